//! WHAT CloudTrail things are: kinds, keys, their settings and the calls that change them.
//! Pure and total, without the SDK. Each kind answers the questions of the trait [`Resource`];
//! the one match that joins the kinds stands at the end of this file.

mod access;
pub mod call;
pub mod contradiction;
pub mod coverage;
pub mod danger;
pub mod field;
pub mod health;
pub mod insight;
pub mod key;
pub mod midway;
pub mod policy_document;
pub mod remark;
mod selection;
pub mod selector;
pub mod severity;
pub mod task;
pub mod text;
pub mod vocabulary;

pub mod trail;

pub mod event_data_store;

pub mod channel;

pub mod dashboard;

pub mod policy;

pub use call::Call;
pub use channel::{Channel, ChannelAction};
pub use contradiction::Contradiction;
pub use coverage::Coverage;
pub use danger::{Danger, Guard};
pub use dashboard::{Dashboard, DashboardAction};
pub use event_data_store::{EventDataStore, EventDataStoreAction};
pub use field::{Field, FieldChange, Path, Value};
pub use health::{Health, Symptom};
pub use key::{DELETION_WAIT, Key, Kind, Parent};
pub use policy::{Policy, PolicyAction};
pub use remark::Surroundings;
pub use severity::Severity;
pub use task::{After, Task, Way};
pub use text::{Part, Text};
pub use trail::{Trail, TrailAction};
pub use vocabulary::Vocabulary;

use crate::name::{Name, Tags};
use std::collections::BTreeSet;

/// What the pure stages ask of any resource.
pub trait Resource: Sized {
    /// Every setting in print order, one field for each tag. Sets are sorted and documents canonical, so that
    /// two resources mean the same exactly when their fields are equal. Nothing else tells that they differ.
    fn fields(&self) -> Vec<Field>;

    /// The resources that must exist for this one to work.
    fn references(&self) -> Vec<Key>;

    /// Puts every spelling into the one vocabulary that desired and live share.
    fn settle(&mut self, vocabulary: &Vocabulary);

    /// The calls that make this resource from nothing, the creating call first.
    fn create(&self) -> Vec<Task>;

    /// The calls that turn `live` into this one, or why there are none.
    fn update(&self, live: &Self) -> Way;

    /// The calls that delete this (live) resource.
    fn delete(&self) -> Vec<Task>;

    /// Why this (live) resource cannot be deleted as it is, and the way out; none when it can.
    fn undeletable(&self) -> Option<(String, String)>;

    /// Takes over the live value of one setting or tag, so that it stays as it is.
    /// A path that names a whole setting covers everything below it (`tags` covers `tags.team`).
    fn leave(&mut self, path: &Path, live: &Self);

    /// Which AWS events this resource records now; none when it is switched off or records none.
    fn records(&self) -> Option<Coverage>;

    /// The AWS events for which other resources may rely on this one, because it records them now and keeps
    /// recording them; none when it is no such thing.
    fn cover(&self) -> Option<Coverage>;

    /// Settings of this resource that CloudTrail does not take together.
    fn contradictions(&self) -> Vec<Contradiction>;

    /// What is lost, or recorded, delivered or proven less, when `live` becomes `desired`.
    /// `desired` is absent when the resource is deleted, `live` when it is created.
    fn dangers(desired: Option<&Self>, live: Option<&Self>) -> Vec<Danger>;
}

/// All settings of a resource, defaults filled in. The written order of lists is kept for writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spec {
    /// A trail.
    Trail(Trail),
    /// A CloudTrail Lake event data store.
    EventDataStore(EventDataStore),
    /// A CloudTrail Lake channel (integration).
    Channel(Channel),
    /// A CloudTrail Lake dashboard.
    Dashboard(Dashboard),
    /// The resource policy of a store, channel or dashboard.
    Policy(Policy),
}

/// One API call as data, about the resource whose key stands beside it in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A call of a trail's own.
    Trail(TrailAction),
    /// A call of an event data store's own.
    EventDataStore(EventDataStoreAction),
    /// A call of a channel's own.
    Channel(ChannelAction),
    /// A call of a dashboard's own.
    Dashboard(DashboardAction),
    /// A call about a resource policy.
    Policy(PolicyAction),
    /// AddTags: adds or overwrites.
    AddTags(Tags),
    /// RemoveTags: by key, the value does not matter.
    RemoveTags(BTreeSet<String>),
}

impl Action {
    /// The call that takes something of this kind out of its wait for deletion; none where nothing waits.
    pub fn restore(kind: Kind) -> Option<Action> {
        kind.waits_for_deletion().then_some(Action::EventDataStore(EventDataStoreAction::Restore))
    }

    /// Which operation of the service this is.
    pub fn call(&self) -> Call {
        match self {
            Action::Trail(action) => action.call(),
            Action::EventDataStore(action) => action.call(),
            Action::Channel(action) => action.call(),
            Action::Dashboard(action) => action.call(),
            Action::Policy(action) => action.call(),
            Action::AddTags(_) => Call::AddTags,
            Action::RemoveTags(_) => Call::RemoveTags,
        }
    }

    /// The request in the service's own words. `key` is what the call is about; `spell` writes
    /// texts that refer to resources, with the ARNs known so far.
    pub fn request(&self, key: &Key, spell: &dyn Fn(&Text) -> String) -> serde_json::Value {
        let arn = || spell(&Text::arn(key.bound()));
        match self {
            Action::Trail(action) => action.request(&arn()),
            Action::EventDataStore(action) => action.request(&arn(), spell),
            Action::Channel(action) => action.request(&arn(), spell),
            Action::Dashboard(action) => action.request(&arn(), spell),
            Action::Policy(action) => action.request(&arn(), spell),
            Action::AddTags(tags) => {
                serde_json::json!({"ResourceId": arn(), "TagsList": task::tag_list(tags)})
            }
            Action::RemoveTags(keys) => {
                let list: Vec<_> = keys.iter().map(|key| serde_json::json!({"Key": key})).collect();
                serde_json::json!({"ResourceId": arn(), "TagsList": list})
            }
        }
    }
}

impl Spec {
    /// Which sort of thing this is.
    pub fn kind(&self) -> Kind {
        match self {
            Spec::Trail(_) => Kind::Trail,
            Spec::EventDataStore(_) => Kind::EventDataStore,
            Spec::Channel(_) => Kind::Channel,
            Spec::Dashboard(_) => Kind::Dashboard,
            Spec::Policy(policy) => Kind::Policy(policy.parent),
        }
    }

    /// The name; that of its parent for a policy.
    pub fn name(&self) -> &Name {
        match self {
            Spec::Trail(trail) => &trail.name,
            Spec::EventDataStore(store) => &store.name,
            Spec::Channel(channel) => &channel.name,
            Spec::Dashboard(dashboard) => &dashboard.name,
            Spec::Policy(policy) => &policy.name,
        }
    }

    /// Kind and name together.
    pub fn key(&self) -> Key {
        Key { kind: self.kind(), name: self.name().clone() }
    }

    /// A setting that no two resources of one account and region may share, with its value: a channel's source
    /// (API reference, `CreateChannel`).
    pub fn unique(&self) -> Option<(&'static str, &str)> {
        match self {
            Spec::Channel(channel) => Some(("source", &channel.source)),
            Spec::Trail(_) | Spec::EventDataStore(_) | Spec::Dashboard(_) | Spec::Policy(_) => None,
        }
    }

    /// The tags; a policy has none of its own (API reference, `AddTags`).
    pub fn tags(&self) -> Option<&Tags> {
        match self {
            Spec::Trail(trail) => Some(&trail.tags),
            Spec::EventDataStore(store) => Some(&store.tags),
            Spec::Channel(channel) => Some(&channel.tags),
            Spec::Dashboard(dashboard) => Some(&dashboard.tags),
            Spec::Policy(_) => None,
        }
    }

    /// The tags, to be changed.
    pub fn tags_mut(&mut self) -> Option<&mut Tags> {
        match self {
            Spec::Trail(trail) => Some(&mut trail.tags),
            Spec::EventDataStore(store) => Some(&mut store.tags),
            Spec::Channel(channel) => Some(&mut channel.tags),
            Spec::Dashboard(dashboard) => Some(&mut dashboard.tags),
            Spec::Policy(_) => None,
        }
    }

    /// The KMS key as it is spelled here: alias name, alias ARN, key id or key ARN.
    pub fn kms_key(&self) -> Option<&str> {
        match self {
            Spec::Trail(trail) => trail.kms_key_id.as_deref(),
            Spec::EventDataStore(store) => store.kms_key_id.as_deref(),
            Spec::Channel(_) | Spec::Dashboard(_) | Spec::Policy(_) => None,
        }
    }

    /// See [`Resource::fields`].
    pub fn fields(&self) -> Vec<Field> {
        match self {
            Spec::Trail(trail) => trail.fields(),
            Spec::EventDataStore(store) => store.fields(),
            Spec::Channel(channel) => channel.fields(),
            Spec::Dashboard(dashboard) => dashboard.fields(),
            Spec::Policy(policy) => policy.fields(),
        }
    }

    /// See [`Resource::references`].
    pub fn references(&self) -> Vec<Key> {
        match self {
            Spec::Trail(trail) => trail.references(),
            Spec::EventDataStore(store) => store.references(),
            Spec::Channel(channel) => channel.references(),
            Spec::Dashboard(dashboard) => dashboard.references(),
            Spec::Policy(policy) => policy.references(),
        }
    }

    /// See [`Resource::settle`].
    pub fn settle(&mut self, vocabulary: &Vocabulary) {
        match self {
            Spec::Trail(trail) => trail.settle(vocabulary),
            Spec::EventDataStore(store) => store.settle(vocabulary),
            Spec::Channel(channel) => channel.settle(vocabulary),
            Spec::Dashboard(dashboard) => dashboard.settle(vocabulary),
            Spec::Policy(policy) => policy.settle(vocabulary),
        }
    }

    /// See [`Resource::create`].
    pub fn create(&self) -> Vec<Task> {
        match self {
            Spec::Trail(trail) => trail.create(),
            Spec::EventDataStore(store) => store.create(),
            Spec::Channel(channel) => channel.create(),
            Spec::Dashboard(dashboard) => dashboard.create(),
            Spec::Policy(policy) => policy.create(),
        }
    }

    /// See [`Resource::delete`].
    pub fn delete(&self) -> Vec<Task> {
        match self {
            Spec::Trail(trail) => trail.delete(),
            Spec::EventDataStore(store) => store.delete(),
            Spec::Channel(channel) => channel.delete(),
            Spec::Dashboard(dashboard) => dashboard.delete(),
            Spec::Policy(policy) => policy.delete(),
        }
    }

    /// See [`Resource::undeletable`].
    pub fn undeletable(&self) -> Option<(String, String)> {
        match self {
            Spec::Trail(trail) => trail.undeletable(),
            Spec::EventDataStore(store) => store.undeletable(),
            Spec::Channel(channel) => channel.undeletable(),
            Spec::Dashboard(dashboard) => dashboard.undeletable(),
            Spec::Policy(policy) => policy.undeletable(),
        }
    }

    /// Why `holder`, which refers to this resource, cannot do so as the two are.
    pub fn unfit_for(&self, holder: &Spec) -> Option<String> {
        match (self, holder) {
            (Spec::EventDataStore(store), Spec::Channel(_)) => store.unfit_for_channels(),
            (Spec::EventDataStore(store), Spec::EventDataStore(_)) => store.unfit_for_insights(),
            _ => None,
        }
    }

    /// See [`Resource::update`]. Both sides come from one key, so they are of one kind;
    /// of two kinds nothing can be said, and nothing is done.
    pub fn update(&self, live: &Spec) -> Way {
        match (self, live) {
            (Spec::Trail(desired), Spec::Trail(live)) => desired.update(live),
            (Spec::EventDataStore(desired), Spec::EventDataStore(live)) => desired.update(live),
            (Spec::Channel(desired), Spec::Channel(live)) => desired.update(live),
            (Spec::Dashboard(desired), Spec::Dashboard(live)) => desired.update(live),
            (Spec::Policy(desired), Spec::Policy(live)) => desired.update(live),
            (desired, live) => Way::Impossible {
                why: format!("{} cannot become {}", live.key(), desired.key()),
                help: "declare it under a name of its own".to_owned(),
            },
        }
    }

    /// See [`Resource::leave`].
    pub fn leave(&mut self, path: &Path, live: &Spec) {
        match (self, live) {
            (Spec::Trail(desired), Spec::Trail(live)) => desired.leave(path, live),
            (Spec::EventDataStore(desired), Spec::EventDataStore(live)) => desired.leave(path, live),
            (Spec::Channel(desired), Spec::Channel(live)) => desired.leave(path, live),
            (Spec::Dashboard(desired), Spec::Dashboard(live)) => desired.leave(path, live),
            (Spec::Policy(desired), Spec::Policy(live)) => desired.leave(path, live),
            _ => {}
        }
    }

    /// See [`Resource::records`].
    pub fn records(&self) -> Option<Coverage> {
        match self {
            Spec::Trail(trail) => trail.records(),
            Spec::EventDataStore(store) => store.records(),
            Spec::Channel(channel) => channel.records(),
            Spec::Dashboard(dashboard) => dashboard.records(),
            Spec::Policy(policy) => policy.records(),
        }
    }

    /// See [`Resource::cover`].
    pub fn cover(&self) -> Option<Coverage> {
        match self {
            Spec::Trail(trail) => trail.cover(),
            Spec::EventDataStore(store) => store.cover(),
            Spec::Channel(channel) => channel.cover(),
            Spec::Dashboard(dashboard) => dashboard.cover(),
            Spec::Policy(policy) => policy.cover(),
        }
    }

    /// See [`Resource::contradictions`].
    pub fn contradictions(&self) -> Vec<Contradiction> {
        match self {
            Spec::Trail(trail) => trail.contradictions(),
            Spec::EventDataStore(store) => store.contradictions(),
            Spec::Channel(channel) => channel.contradictions(),
            Spec::Dashboard(dashboard) => dashboard.contradictions(),
            Spec::Policy(policy) => policy.contradictions(),
        }
    }

    /// See [`Resource::dangers`].
    pub fn dangers(desired: Option<&Spec>, live: Option<&Spec>) -> Vec<Danger> {
        match desired.or(live) {
            None => Vec::new(),
            Some(Spec::Trail(_)) => Trail::dangers(trail(desired), trail(live)),
            Some(Spec::EventDataStore(_)) => EventDataStore::dangers(store(desired), store(live)),
            Some(Spec::Channel(_)) => Channel::dangers(channel(desired), channel(live)),
            Some(Spec::Dashboard(_)) => Dashboard::dangers(dashboard(desired), dashboard(live)),
            Some(Spec::Policy(_)) => Policy::dangers(policy(desired), policy(live)),
        }
    }
}

fn trail(spec: Option<&Spec>) -> Option<&Trail> {
    if let Some(Spec::Trail(trail)) = spec { Some(trail) } else { None }
}

fn store(spec: Option<&Spec>) -> Option<&EventDataStore> {
    if let Some(Spec::EventDataStore(store)) = spec { Some(store) } else { None }
}

fn channel(spec: Option<&Spec>) -> Option<&Channel> {
    if let Some(Spec::Channel(channel)) = spec { Some(channel) } else { None }
}

fn dashboard(spec: Option<&Spec>) -> Option<&Dashboard> {
    if let Some(Spec::Dashboard(dashboard)) = spec { Some(dashboard) } else { None }
}

fn policy(spec: Option<&Spec>) -> Option<&Policy> {
    if let Some(Spec::Policy(policy)) = spec { Some(policy) } else { None }
}
