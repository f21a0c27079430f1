//! What a change of an event data store destroys, hides or weakens, and which changes CloudTrail does not make.

use super::{BillingMode, EventDataStore, MaxEventSize};
use crate::resource::coverage::Scope;
use crate::resource::trail::narrowed;
use crate::resource::{Coverage, Danger, Guard, Resource, insight};
use std::collections::BTreeSet;

/// The way out where a store cannot become what it is asked to be: another store.
const ANOTHER_STORE: &str = "declare a store with a new name, move the channels and insights to it, and remove this one when it is no longer needed";

/// Why `live` can never become `desired`, and what to do instead.
pub(super) fn impossible(desired: &EventDataStore, live: &EventDataStore) -> Option<(String, String)> {
    let mut whys = Vec::new();
    if live.billing_mode == BillingMode::Extendable && desired.billing_mode == BillingMode::Fixed {
        whys.push(
            "CloudTrail cannot change EXTENDABLE_RETENTION_PRICING to FIXED_RETENTION_PRICING".to_owned(),
        );
    }
    // A key is set once (API reference, UpdateEventDataStore).
    match (&desired.kms_key_id, &live.kms_key_id) {
        (None, Some(_)) => whys.push("CloudTrail cannot take away a store's KMS key".to_owned()),
        (Some(desired), Some(live)) if desired != live => {
            whys.push("CloudTrail cannot change a store's KMS key".to_owned());
        }
        _ => {}
    }
    let (from, to) = (live.class(), desired.class());
    if from != to {
        whys.push(format!("a store for {from} cannot become one for {to}"));
    }
    (!whys.is_empty()).then(|| (whys.join("; "), ANOTHER_STORE.to_owned()))
}

pub(super) fn of_deletion(live: &EventDataStore) -> Vec<Danger> {
    let reason = format!(
        "deletes the store and every event in it, kept for {} days; it can be restored for seven days",
        live.retention_period
    );
    let mut dangers = vec![Danger::guarded(Guard::DataLoss, reason)];
    // Whoever lets the events go that are there lets those go too that would come.
    if live.ingestion_enabled {
        dangers.push(Danger::shown(stops(live)));
    }
    dangers
}

/// What is no longer taken in.
fn stops(live: &EventDataStore) -> String {
    live.records().as_ref().map_or_else(|| format!("{} events stop", live.class()), Coverage::stops)
}

pub(super) fn of_change(desired: &EventDataStore, live: &EventDataStore) -> Vec<Danger> {
    let mut dangers = Vec::new();
    let (days, fewer) = (live.retention_period, desired.retention_period);
    if fewer < days {
        let reason = format!("retention {days} -> {fewer} days deletes older events");
        dangers.push(Danger::guarded(Guard::DataLoss, reason));
    }
    if live.billing_mode == BillingMode::Fixed && desired.billing_mode == BillingMode::Extendable {
        let reason = "FIXED_RETENTION_PRICING cannot be had again";
        dangers.push(Danger::guarded(Guard::Irreversible, reason));
    }
    if let (Some(key), None) = (&desired.kms_key_id, &live.kms_key_id) {
        let reason = format!("KMS key {key} can never be changed or taken away again");
        dangers.push(Danger::guarded(Guard::Irreversible, reason));
    }
    dangers.extend(recording(desired, live));
    dangers.extend(weaker(desired, live).into_iter().map(Danger::shown));
    dangers
}

fn recording(desired: &EventDataStore, live: &EventDataStore) -> Vec<Danger> {
    if !live.ingestion_enabled {
        return Vec::new();
    }
    let before = live.records();
    // Only events of AWS can be recorded by another trail; events from elsewhere are lost.
    let blind = |reason: String, loses: &Option<Coverage>| match loses {
        Some(coverage) => Danger::blind_spot(reason, coverage.clone()),
        None => Danger::guarded(Guard::BlindSpot, reason),
    };
    if !desired.ingestion_enabled {
        return vec![blind(format!("ingestion is switched off; {}", stops(live)), &before)];
    }
    match (&before, desired.records()) {
        (Some(before), Some(after)) => narrowed(before, &after),
        _ => {
            // Global services are told of stores only that stay ones for the events of AWS.
            let places =
                |store: &EventDataStore| Scope { global_services: None, ..*store.coverage().scope() };
            let lost = places(live).lost_under(places(desired));
            lost.into_iter().map(|reason| Danger::guarded(Guard::BlindSpot, reason)).collect()
        }
    }
}

fn weaker(desired: &EventDataStore, live: &EventDataStore) -> Vec<String> {
    let mut weaker = Vec::new();
    if live.termination_protection_enabled && !desired.termination_protection_enabled {
        weaker.push("the store can be deleted from now on".to_owned());
    }
    let insights = insight::switched_off(&desired.insight_selectors, &live.insight_selectors);
    if !insights.is_empty() {
        weaker.push(format!("no longer looks for {}", insights.join(", ")));
    }
    let goes_on = !desired.insight_selectors.is_empty() && !live.insight_selectors.is_empty();
    if let Some(before) = live.insights_destination.as_ref().filter(|_| goes_on)
        && desired.insights_destination.as_ref() != Some(before)
    {
        weaker.push(format!("insights no longer go to {before}"));
    }
    if live.max_event_size == MaxEventSize::Large && desired.max_event_size != MaxEventSize::Large {
        weaker.push("events may have 256 KB, no longer 1 MB".to_owned());
    }
    weaker.extend(unenriched(desired, live));
    weaker
}

/// The context keys that events no longer bear, by their type.
fn unenriched(desired: &EventDataStore, live: &EventDataStore) -> Vec<String> {
    let keys = |store: &EventDataStore, kind: &str| -> BTreeSet<String> {
        let selectors = store.context_key_selectors.iter().filter(|selector| selector.r#type == kind);
        selectors.flat_map(|selector| selector.equals.clone()).collect()
    };
    let kinds: BTreeSet<&str> =
        live.context_key_selectors.iter().map(|selector| selector.r#type.as_str()).collect();
    let mut words = Vec::new();
    for kind in kinds {
        let lost: Vec<String> = keys(live, kind).difference(&keys(desired, kind)).cloned().collect();
        if !lost.is_empty() {
            words.push(format!("events no longer bear the {kind} of {}", lost.join(", ")));
        }
    }
    words
}
