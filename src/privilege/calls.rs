//! Which writing calls an apply of this manifest may make, whatever the account looks like, as long as no guard stops
//! it. What the manifest itself asks for (`removed`, the header's `allow`) is among them; what takes `--allow` or
//! `--prune` on the command line is not: that is for people, with permissions of their own.

use crate::resource::event_data_store::MaxEventSize;
use crate::resource::{Call, EventDataStore, Guard, Key, Kind, Path, Spec, Trail};
use crate::state::{Desired, Removal};
use std::collections::BTreeSet;

/// Every call of an apply.
pub(super) fn all(desired: &Desired) -> BTreeSet<Call> {
    let made = desired.specs.iter().flat_map(|(key, spec)| declared(desired, key, spec));
    made.chain(desired.removed.iter().flat_map(|(key, removal)| removed(key, removal))).collect()
}

/// The calls about a declared resource and its policy.
pub(super) fn declared(desired: &Desired, key: &Key, spec: &Spec) -> BTreeSet<Call> {
    let case = Case { desired, key };
    // Adopting adds our tags; a tag that nobody declared is taken off again, and so is the mark of what is being made.
    let mut calls = BTreeSet::from([Call::AddTags]);
    let marked = || !desired.postponed(key).is_empty();
    calls.extend((case.governs("tags") || marked()).then_some(Call::RemoveTags));
    match spec {
        Spec::Trail(trail) => case.trail(trail, &mut calls),
        Spec::EventDataStore(store) => case.store(store, &mut calls),
        Spec::Channel(_) => case.channel(&mut calls),
        Spec::Dashboard(_) => calls.extend([Call::CreateDashboard, Call::UpdateDashboard]),
        // Its calls are about its parent, and stand there.
        Spec::Policy(_) => return BTreeSet::new(),
    }
    calls.extend(case.policy());
    calls
}

/// The calls about a resource under `removed`. A guard that stops a deletion changes nothing here: the manifest asks
/// for it, and whoever allows it should not meet a missing permission.
pub(super) fn removed(key: &Key, removal: &Removal) -> BTreeSet<Call> {
    if removal.keep {
        return BTreeSet::from([Call::RemoveTags]);
    }
    match key.kind {
        Kind::Trail => BTreeSet::from([Call::DeleteTrail]),
        // Insights and federation stand in the way of a store's deletion and go first.
        Kind::EventDataStore => {
            BTreeSet::from([Call::PutInsightSelectors, Call::DisableFederation, Call::DeleteEventDataStore])
        }
        Kind::Channel => BTreeSet::from([Call::DeleteChannel]),
        Kind::Dashboard => BTreeSet::from([Call::DeleteDashboard]),
        // A policy goes with its parent.
        Kind::Policy(_) => BTreeSet::new(),
    }
}

/// A declared resource and the manifest around it.
struct Case<'a> {
    desired: &'a Desired,
    key: &'a Key,
}

impl Case<'_> {
    /// Whether the setting is put right when somebody changes it: it is not under `ignore`.
    fn governs(&self, setting: &str) -> bool {
        let ignored = self.desired.ignore.get(self.key);
        !ignored.is_some_and(|paths| paths.contains(&Path::new(setting)))
    }

    fn trail(&self, trail: &Trail, calls: &mut BTreeSet<Call>) {
        calls.extend([Call::CreateTrail, Call::UpdateTrail]);
        let selectors = self.governs("eventSelectors") && self.governs("advancedEventSelectors");
        let insights = self.governs("insightSelectors") || !trail.insight_selectors.is_empty();
        let aggregation =
            self.governs("aggregationConfigurations") || !trail.aggregation_configurations.is_empty();
        calls.extend((selectors || !trail.event_selectors.is_default()).then_some(Call::PutEventSelectors));
        calls.extend(insights.then_some(Call::PutInsightSelectors));
        calls.extend(aggregation.then_some(Call::PutEventConfiguration));
        if trail.is_logging {
            calls.insert(Call::StartLogging);
        } else if self.governs("isLogging") {
            calls.insert(Call::StopLogging);
        }
    }

    fn store(&self, store: &EventDataStore, calls: &mut BTreeSet<Call>) {
        calls.extend([Call::CreateEventDataStore, Call::UpdateEventDataStore, Call::RestoreEventDataStore]);
        // A store's class never changes, unless nobody here says what it is.
        let open = !self.governs("advancedEventSelectors");
        if store.is_for_aws_events() || open {
            let insights = self.governs("insightSelectors") || !store.insight_selectors.is_empty();
            let configuration = self.governs("maxEventSize")
                || self.governs("contextKeySelectors")
                || store.max_event_size != MaxEventSize::Standard
                || !store.context_key_selectors.is_empty();
            calls.extend(insights.then_some(Call::PutInsightSelectors));
            calls.extend(configuration.then_some(Call::PutEventConfiguration));
        }
        // Events from elsewhere, insights and evidence cannot be paused (API reference, StopEventDataStoreIngestion).
        if store.is_for_aws_events() || store.class() == "ConfigurationItem" || open {
            if store.ingestion_enabled {
                calls.insert(Call::StartEventDataStoreIngestion);
            } else if self.governs("ingestionEnabled") {
                calls.insert(Call::StopEventDataStoreIngestion);
            }
        }
        calls.extend(store.federation_role_arn.is_some().then_some(Call::EnableFederation));
        // Federation that nobody declared is switched off, and a role is changed by off and on again. No guard stands
        // before either: no event is lost. `ignore: [federationRoleArn]` leaves it, and the permission, out.
        calls.extend(self.governs("federationRoleArn").then_some(Call::DisableFederation));
    }

    /// A channel whose source has changed is deleted and made again, which only its blind spot's permission lets through.
    fn channel(&self, calls: &mut BTreeSet<Call>) {
        calls.extend([Call::CreateChannel, Call::UpdateChannel]);
        // Whether the permission has ended is left open: a role's policy is not made anew every day.
        let mut permissions = self.desired.permissions.iter();
        let replaced = permissions.any(|it| it.guard == Guard::BlindSpot && it.key == *self.key);
        calls.extend(replaced.then_some(Call::DeleteChannel));
    }

    /// Where a policy can be and none is declared, one that somebody put there is drift and goes.
    fn policy(&self) -> Option<Call> {
        let policy = self.key.policy()?;
        if self.desired.specs.contains_key(&policy) {
            return Some(Call::PutResourcePolicy);
        }
        self.governs("resourcePolicy").then_some(Call::DeleteResourcePolicy)
    }
}
