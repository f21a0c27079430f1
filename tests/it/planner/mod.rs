//! The pure pipeline on hand-made worlds: one sentence-named test per rule. This file knows how to make
//! a world and how to read a plan back as lines.

mod cover;
mod drift;
mod guards;
mod identity;
mod limits;
mod only;
mod order;
mod property;
mod staying;
mod verbs;

use std::collections::{BTreeMap, BTreeSet};
use trailkeeper::name::{AccountId, Arn, Date, Name, Region, Tags, Target, Time};
use trailkeeper::plan::drift as seen;
use trailkeeper::plan::{Decision, Plan, decide};
use trailkeeper::report::{Seen, Style, text};
use trailkeeper::resource::dashboard::Widget;
use trailkeeper::resource::event_data_store::{BillingMode, MaxEventSize};
use trailkeeper::resource::selector::{AdvancedEventSelector, FieldSelector, Selectors};
use trailkeeper::resource::{
    Channel, Dashboard, EventDataStore, Guard, Key, Kind, Parent, Path, Policy, Spec, Text, Trail,
};
use trailkeeper::state::{
    Bindings, Desired, Foreign, Foreignness, Found, Live, Owner, Pending, Permission, Removal, RunOptions,
    ownership_tags,
};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OURS: &str = "baseline";

/// A manifest, an account and a command line.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) desired: Desired,
    pub(crate) live: Live,
    pub(crate) options: RunOptions,
}

impl World {
    pub(crate) fn new() -> World {
        let region = Region::parse("us-east-1").unwrap();
        let partition = region.partition();
        let target = Target { account: AccountId::parse(ACCOUNT).unwrap(), region, partition };
        World {
            desired: Desired {
                manifest: OURS.to_owned(),
                target: target.clone(),
                specs: BTreeMap::new(),
                renamed_from: BTreeMap::new(),
                removed: BTreeMap::new(),
                ignore: BTreeMap::new(),
                ignore_tags: Vec::new(),
                permissions: Vec::new(),
                management_account: None,
            },
            live: Live {
                target,
                found: BTreeMap::new(),
                pending: Vec::new(),
                foreign: Vec::new(),
                kms_keys: BTreeMap::new(),
                unresolved_keys: BTreeMap::new(),
                unread: BTreeMap::new(),
                health: BTreeMap::new(),
            },
            options: RunOptions {
                prune: false,
                max_deletes: None,
                allow: BTreeSet::new(),
                today: Date::parse("2026-11-20").unwrap(),
            },
        }
    }

    /// Declares it: our two tags are added, as resolve does.
    pub(crate) fn declare(mut self, mut spec: Spec) -> World {
        let tags = ownership_tags(OURS, spec.name());
        spec.tags_mut().into_iter().for_each(|own| own.extend(tags.clone()));
        self.desired.specs.insert(spec.key(), spec);
        self
    }

    pub(crate) fn remove(self, key: &str) -> World {
        self.removal(key, false)
    }

    pub(crate) fn forget(self, key: &str) -> World {
        self.removal(key, true)
    }

    fn removal(mut self, text: &str, keep: bool) -> World {
        self.desired.removed.insert(key(text), Removal { keep, reason: None });
        self
    }

    pub(crate) fn renamed(mut self, declared: &str, previous: &str) -> World {
        self.desired.renamed_from.insert(key(declared), Name::new(previous));
        self
    }

    pub(crate) fn ignore(mut self, of: &str, paths: &[&str]) -> World {
        let paths = paths.iter().map(|path| Path::new(*path)).collect();
        self.desired.ignore.insert(key(of), paths);
        self
    }

    /// Live and ours, under its own name.
    pub(crate) fn ours(self, spec: Spec) -> World {
        let name = spec.name().as_str().to_owned();
        self.ours_as(spec, &name)
    }

    /// Live and ours, declared under another name than it bears.
    pub(crate) fn ours_as(self, spec: Spec, name: &str) -> World {
        self.owned(spec, OURS, name)
    }

    pub(crate) fn theirs(self, spec: Spec) -> World {
        let name = spec.name().as_str().to_owned();
        self.owned(spec, "payments", &name)
    }

    fn owned(self, mut spec: Spec, manifest: &str, name: &str) -> World {
        let name = Name::new(name);
        spec.tags_mut().into_iter().for_each(|tags| tags.extend(ownership_tags(manifest, &name)));
        self.found(spec, Owner::Manifest { manifest: manifest.to_owned(), name })
    }

    pub(crate) fn untagged(self, spec: Spec) -> World {
        self.found(spec, Owner::Nobody)
    }

    fn found(mut self, spec: Spec, owner: Owner) -> World {
        let arn = arn(&spec.key().bound());
        self.live.found.insert(spec.key(), Found { arn, spec, owner });
        self
    }

    pub(crate) fn pending(mut self, name: &str, id: &str) -> World {
        let arn = format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:eventdatastore/{id}");
        self.live.pending.push(Pending { arn: Arn::parse(arn).unwrap(), name: Name::new(name) });
        self
    }

    pub(crate) fn foreign(mut self, spec: Spec, why: Foreignness) -> World {
        let (key, arn) = (spec.key(), arn(&spec.key()));
        self.live.foreign.push(Foreign { key, arn, why, spec: Some(Box::new(spec)) });
        self
    }

    pub(crate) fn allow(mut self, guard: Guard, text: &str) -> World {
        self.options.allow.insert((guard, key(text)));
        self
    }

    pub(crate) fn permit(mut self, guard: Guard, text: &str, until: Option<&str>) -> World {
        let until = until.map(|day| Date::parse(day).unwrap());
        let reason = Some("SEC-9".to_owned());
        self.desired.permissions.push(Permission { guard, key: key(text), reason, until });
        self
    }

    pub(crate) fn prune(mut self, max_deletes: Option<usize>) -> World {
        self.options.prune = true;
        self.options.max_deletes = max_deletes;
        self
    }

    pub(crate) fn decide(&self) -> Decision {
        let decision = decide(&self.desired, &self.live, &self.options).unwrap();
        assert_ordered(&decision.plan);
        decision
    }

    pub(crate) fn plan(&self) -> Plan {
        self.decide().plan
    }
}

/// Steps are numbered from one, and none needs a later one.
fn assert_ordered(plan: &Plan) {
    for (place, step) in plan.steps.iter().enumerate() {
        assert_eq!(step.id.0, place + 1);
        assert!(step.needs.iter().all(|need| need.0 >= 1 && *need < step.id), "{step:?}");
    }
}

pub(crate) fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

/// The ARN under which a test's resource is live: ids are made of names.
pub(crate) fn arn(key: &Key) -> Arn {
    let resource = match key.kind {
        Kind::Trail => "trail/",
        Kind::EventDataStore => "eventdatastore/id-of-",
        Kind::Channel => "channel/id-of-",
        Kind::Dashboard => "dashboard/",
        Kind::Policy(_) => unreachable!(),
    };
    Arn::parse(format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:{resource}{}", key.name)).unwrap()
}

pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn trail(name: &str) -> Trail {
    Trail {
        name: Name::new(name),
        s3_bucket_name: "logs".to_owned(),
        s3_key_prefix: None,
        sns_topic_name: None,
        include_global_service_events: true,
        is_multi_region_trail: true,
        enable_log_file_validation: true,
        cloud_watch_logs_log_group_arn: None,
        cloud_watch_logs_role_arn: None,
        kms_key_id: None,
        is_organization_trail: false,
        recursive_logging: true,
        is_logging: true,
        event_selectors: Selectors::default(),
        insight_selectors: Vec::new(),
        aggregation_configurations: Vec::new(),
        tags: Tags::new(),
        home: None,
    }
}

/// A store for the events of channels, without termination protection.
pub(crate) fn store(name: &str) -> EventDataStore {
    let field = FieldSelector {
        field: "eventCategory".to_owned(),
        equals: vec!["ActivityAuditLog".to_owned()],
        ..FieldSelector::default()
    };
    EventDataStore {
        name: Name::new(name),
        advanced_event_selectors: vec![AdvancedEventSelector { name: None, field_selectors: vec![field] }],
        multi_region_enabled: false,
        organization_enabled: false,
        billing_mode: BillingMode::Extendable,
        retention_period: 366,
        termination_protection_enabled: false,
        kms_key_id: None,
        ingestion_enabled: true,
        federation_role_arn: None,
        insight_selectors: Vec::new(),
        insights_destination: None,
        max_event_size: MaxEventSize::Standard,
        context_key_selectors: Vec::new(),
        tags: Tags::new(),
        home: None,
    }
}

/// A channel as it is declared: its destination is a reference.
pub(crate) fn channel(name: &str, source: &str, destination: &str) -> Channel {
    Channel {
        name: Name::new(name),
        source: source.to_owned(),
        destinations: vec![Text::arn(key(&format!("eventDataStore/{destination}")))],
        tags: Tags::new(),
    }
}

/// A channel as it is read: its destination is an ARN.
pub(crate) fn live_channel(name: &str, source: &str, destination: &str) -> Channel {
    let arn = arn(&key(&format!("eventDataStore/{destination}")));
    Channel { destinations: vec![Text::plain(arn.as_str())], ..channel(name, source, destination) }
}

pub(crate) fn policy(parent: Parent, name: &str, account: &str) -> Policy {
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},"Action":"cloudtrail-data:PutAuditEvents"}}]}}"#
    );
    Policy { parent, name: Name::new(name), document: Text::plain(document) }
}

pub(crate) fn dashboard(name: &str, query: Text) -> Dashboard {
    let widget =
        Widget { query_statement: query, query_parameters: Vec::new(), view_properties: BTreeMap::new() };
    Dashboard {
        name: Name::new(name),
        widgets: vec![widget],
        refresh_schedule: None,
        termination_protection_enabled: false,
        tags: Tags::new(),
    }
}

/// Each row: key, verb, whether it is counted and whether it weakens, the settings that differ.
pub(crate) fn rows(plan: &Plan) -> Vec<String> {
    let rows = plan.changes.iter().map(|(key, planned)| {
        let counted = if planned.counted { "" } else { " (goes along)" };
        let weakens = if planned.weakens { " weakens" } else { "" };
        let fields: Vec<&str> = planned.fields.iter().map(|change| change.path.as_str()).collect();
        let fields = if planned.live.is_some() && planned.desired.is_some() && !fields.is_empty() {
            format!(": {}", fields.join(", "))
        } else {
            String::new()
        };
        format!("{key} {}{counted}{weakens}{fields}", planned.verb)
    });
    rows.collect()
}

/// Each step: number, key, call and needs.
pub(crate) fn steps(plan: &Plan) -> Vec<String> {
    let steps = plan.steps.iter().map(|step| {
        let needs: Vec<String> = step.needs.iter().map(ToString::to_string).collect();
        format!("{} {} {} [{}]", step.id, step.key, step.action.call(), needs.join(" "))
    });
    steps.collect()
}

/// Each refusal: key, guard, reason.
pub(crate) fn refusals(plan: &Plan) -> Vec<String> {
    let refusals = plan.refusals.iter().map(|refusal| {
        let guard = refusal.guard.map_or("-", Guard::word);
        format!("{} {guard}: {}", refusal.key, refusal.reason)
    });
    refusals.collect()
}

/// Each note: word, key, text.
pub(crate) fn notes(plan: &Plan) -> Vec<String> {
    let notes = plan.notes.iter().map(|note| {
        let key = note.key.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {key}: {}", note.word, note.text)
    });
    notes.collect()
}

/// What drift says of a plan whose account tells nothing of health.
pub(crate) fn drift_text(plan: &Plan) -> String {
    let now = Time::from_unix(1_795_165_200).unwrap();
    let drift = seen::drift(plan, &World::new().live, now);
    text::drift(&Seen { plan, drift: &drift, who: None, unmanaged: None, now }, Style::default())
}

pub(crate) const NONE: [&str; 0] = [];

#[test]
fn what_is_as_declared_needs_no_plan() {
    let world = World::new()
        .declare(Spec::Trail(trail("audit")))
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .declare(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .declare(Spec::Dashboard(dashboard("board", Text::plain("SELECT 1"))))
        .ours(Spec::Trail(trail("audit")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("okta", "Okta", "lake")))
        .ours(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .ours(Spec::Dashboard(dashboard("board", Text::plain("SELECT 1"))));
    let decision = world.decide();
    assert!(decision.plan.is_empty());
    assert_eq!(steps(&decision.plan), NONE);
    assert_eq!(refusals(&decision.plan), NONE);
    assert_eq!(notes(&decision.plan), NONE);
    assert_eq!(decision.plan.checked.len(), 5);
    assert_eq!(decision.bindings, Bindings::of(&world.live));
}

#[test]
fn the_same_world_gives_the_same_plan_in_whatever_order_it_is_told() {
    let declare = |specs: Vec<Spec>| {
        let world = specs.into_iter().fold(World::new(), World::declare);
        world.pending("cold", "b").pending("cold", "a").remove("channel/gone").plan()
    };
    let specs = vec![
        Spec::Trail(trail("audit")),
        Spec::EventDataStore(store("cold")),
        Spec::EventDataStore(store("lake")),
        Spec::Channel(channel("okta", "Okta", "lake")),
    ];
    let mut shuffled = specs.clone();
    shuffled.reverse();
    assert_eq!(declare(specs), declare(shuffled));
}

#[test]
fn a_manifest_asks_for_what_it_declares_and_removes() {
    let with = |name: &str, key: &str| Spec::Trail(Trail { kms_key_id: Some(key.to_owned()), ..trail(name) });
    let asks = World::new()
        .declare(with("audit", "alias/trail"))
        .declare(with("second", "arn:aws:kms:us-east-1:111122223333:key/a"))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .remove("dashboard/board")
        .desired
        .asks();
    let kinds = [Kind::Trail, Kind::Channel, Kind::Dashboard, Kind::Policy(Parent::Channel)];
    assert_eq!(asks.needed, BTreeSet::from(kinds));
    assert_eq!(asks.kms_keys, BTreeSet::from(["alias/trail".to_owned()]));
}
