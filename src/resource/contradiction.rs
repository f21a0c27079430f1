//! Settings of one resource that CloudTrail does not take together. Where they are written, a manifest's checks refuse
//! them; they meet again when a setting is left to somebody else and its live value does not fit what is declared.

use super::event_data_store::{BillingMode, MaxEventSize};
use super::{EventDataStore, Trail, insight};

/// Two settings of which one must change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The names of both; where a setting has two names, both of them.
    pub settings: &'static [&'static str],
    /// What the service says to it, with the settings' names.
    pub why: String,
}

impl Contradiction {
    fn new(settings: &'static [&'static str], why: impl Into<String>) -> Contradiction {
        Contradiction { settings, why: why.into() }
    }
}

pub(super) fn of_trail(trail: &Trail) -> Vec<Contradiction> {
    let mut found = Vec::new();
    // InvalidParameterCombinationException (API reference, UpdateTrail).
    if trail.is_multi_region_trail && !trail.include_global_service_events {
        found.push(Contradiction::new(
            &["isMultiRegionTrail", "includeGlobalServiceEvents"],
            "a trail with isMultiRegionTrail must have includeGlobalServiceEvents too",
        ));
    }
    let recorded = trail.coverage();
    for insight in insight::unfed(&trail.insight_selectors, &recorded) {
        found.push(Contradiction::new(
            &["insightSelectors", "eventSelectors", "advancedEventSelectors"],
            format!("insightSelectors look for {insight}, which the event selectors do not let in"),
        ));
    }
    // That the service refuses this is unverified; without data events there is nothing to aggregate.
    if !trail.aggregation_configurations.is_empty() && !recorded.has_data() {
        found.push(Contradiction::new(
            &["aggregationConfigurations", "eventSelectors", "advancedEventSelectors"],
            "aggregationConfigurations need data events, which the event selectors do not let in",
        ));
    }
    found
}

pub(super) fn of_store(store: &EventDataStore) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let (days, most) = (store.retention_period, most_days(&store.billing_mode));
    if days > most {
        let mode = &store.billing_mode;
        found.push(Contradiction::new(
            &["retentionPeriod", "billingMode"],
            format!("billingMode {mode} admits a retentionPeriod of {most} days, not of {days}"),
        ));
    }
    if !store.context_key_selectors.is_empty() && store.max_event_size != MaxEventSize::Large {
        found.push(Contradiction::new(
            &["contextKeySelectors", "maxEventSize"],
            "contextKeySelectors need maxEventSize Large",
        ));
    }
    for insight in insight::unfed(&store.insight_selectors, &store.coverage()) {
        found.push(Contradiction::new(
            &["insightSelectors", "advancedEventSelectors"],
            format!("insightSelectors look for {insight}, which advancedEventSelectors do not let in"),
        ));
    }
    if !store.is_for_aws_events() {
        found.extend(beside_aws(store));
    }
    found
}

/// What only stores for the events of AWS can have (user guide, event data stores).
fn beside_aws(store: &EventDataStore) -> impl Iterator<Item = Contradiction> {
    let class = store.class();
    let from_elsewhere = class == "ActivityAuditLog";
    let settings: [(bool, &'static [&'static str]); 4] = [
        (from_elsewhere && store.multi_region_enabled, &["multiRegionEnabled", "advancedEventSelectors"]),
        (from_elsewhere && store.organization_enabled, &["organizationEnabled", "advancedEventSelectors"]),
        (store.max_event_size == MaxEventSize::Large, &["maxEventSize", "advancedEventSelectors"]),
        (!store.context_key_selectors.is_empty(), &["contextKeySelectors", "advancedEventSelectors"]),
    ];
    let wrong = settings.into_iter().filter(|(wrong, _)| *wrong);
    wrong.map(move |(_, settings)| {
        let why = format!("advancedEventSelectors for {class} cannot have {}", settings[0]);
        Contradiction::new(settings, why)
    })
}

/// Days of retention that a billing mode admits (API reference, `CreateEventDataStore`).
fn most_days(mode: &BillingMode) -> u32 {
    match mode {
        BillingMode::Extendable => 3653,
        BillingMode::Fixed => 2557,
        // What a later service admits is for it to say.
        BillingMode::Other(_) => u32::MAX,
    }
}

#[cfg(test)]
mod tests;
