//! Rules about an event data store's own settings (API reference, `CreateEventDataStore` and `PutEventConfiguration`).

use super::common::{plain_name, well_punctuated};
use super::known::CONDITION_KEYS;
use super::scene::{Mistake, Scene, near};
use crate::manifest::wording::quoted;
use crate::resource::EventDataStore;
use crate::resource::event_data_store::{BillingMode, MaxEventSize};
use crate::resource::selector::AdvancedEventSelector;

/// The category of what a store records; of one for CloudTrail events, any of theirs.
pub(super) fn records(store: &EventDataStore) -> Option<&str> {
    store.advanced_event_selectors.first().and_then(AdvancedEventSelector::category)
}

pub(super) fn is_of_cloudtrail(category: &str) -> bool {
    matches!(category, "Management" | "Data" | "NetworkActivity")
}

pub(super) fn name(scene: &Scene<'_>) -> Vec<Mistake> {
    let stores = scene.stores().filter(|(key, _)| !plain_name(key.name.as_str(), "._-"));
    stores
        .map(|(key, _)| {
            let message = format!("{} cannot be the name of an event data store", quoted(key.name.as_str()));
            Mistake::new(key, "name", message).help("3 to 128 letters, digits, `.`, `_` and `-`")
        })
        .collect()
}

pub(super) fn name_punctuation(scene: &Scene<'_>) -> Vec<Mistake> {
    // The model admits such names, the user guide does not.
    let names = scene
        .stores()
        .map(|(key, _)| key)
        .filter(|key| plain_name(key.name.as_str(), "._-") && !well_punctuated(key.name.as_str()));
    names
        .map(|key| {
            let message = format!("{} may not be taken as a name", quoted(key.name.as_str()));
            Mistake::new(key, "name", message)
                .help("a letter or digit first and last, and no two of `.`, `_`, `-` together")
        })
        .collect()
}

pub(super) fn retention(scene: &Scene<'_>) -> Vec<Mistake> {
    let long = scene
        .stores()
        .filter(|(_, store)| store.billing_mode == BillingMode::Fixed && store.retention_period > 2557);
    long.map(|(key, store)| {
        let message =
            format!("fixed pricing keeps events for at most 2557 days, not {}", store.retention_period);
        Mistake::new(key, "retentionPeriod", message)
            .help("EXTENDABLE_RETENTION_PRICING keeps them for up to 3653")
    })
    .collect()
}

pub(super) fn ingestion(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, store) in scene.stores().filter(|(_, store)| !store.ingestion_enabled) {
        let category = records(store).unwrap_or("Management");
        if !is_of_cloudtrail(category) && category != "ConfigurationItem" {
            let message = format!("a store that records {category} cannot stop taking events in");
            found.push(Mistake::new(key, "ingestionEnabled", message));
        }
    }
    found
}

pub(super) fn organization(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, store) in scene.stores().filter(|(_, store)| store.organization_enabled) {
        if let Some(category @ ("ActivityAuditLog" | "Evidence")) = records(store) {
            let message = format!("a store that records {category} cannot be an organization's");
            found.push(Mistake::new(key, "organizationEnabled", message));
        }
    }
    found
}

pub(super) fn event_configuration(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, store) in scene.stores() {
        let Some(category) = records(store).filter(|category| !is_of_cloudtrail(category)) else { continue };
        let settings = [
            ("maxEventSize", store.max_event_size != MaxEventSize::Standard),
            ("contextKeySelectors", !store.context_key_selectors.is_empty()),
        ];
        for (setting, _) in settings.into_iter().filter(|(_, set)| *set) {
            let message = format!("`{setting}` is for CloudTrail events, and {key} records {category}");
            found.push(Mistake::new(key, setting, message).on_key());
        }
    }
    found
}

pub(super) fn context_size(scene: &Scene<'_>) -> Vec<Mistake> {
    let small = scene.stores().filter(|(_, store)| {
        !store.context_key_selectors.is_empty() && store.max_event_size != MaxEventSize::Large
    });
    small
        .map(|(key, _)| {
            let message = "context keys make events larger, and need `maxEventSize: Large`";
            Mistake::new(key, "contextKeySelectors", message).on_key()
        })
        .collect()
}

pub(super) fn repeated_context(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, store) in scene.stores() {
        for (index, selector) in store.context_key_selectors.iter().enumerate() {
            let mut earlier = store.context_key_selectors.iter().take(index);
            if earlier.any(|other| other.r#type == selector.r#type) {
                let message = format!("{} is declared already", selector.r#type);
                let at = format!("contextKeySelectors[{index}].type");
                found.push(Mistake::new(key, &at, message).help("one entry for each type"));
            }
        }
    }
    found
}

pub(super) fn request_context(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, store) in scene.stores() {
        for (index, selector) in store.context_key_selectors.iter().enumerate() {
            for (place, written) in selector.equals.iter().enumerate() {
                let known = written.starts_with("aws:PrincipalTag/")
                    || CONDITION_KEYS.values().any(|key| key.eq_ignore_ascii_case(written));
                if selector.r#type == "RequestContext" && !known {
                    let meant = near(
                        &found,
                        &format!("aws:{}", written.trim_start_matches("aws:")),
                        CONDITION_KEYS.values(),
                    );
                    let message = format!(
                        "{} is no condition key that events are known to be enriched with",
                        quoted(written)
                    );
                    let at = format!("contextKeySelectors[{index}].equals[{place}]");
                    found.push(Mistake::new(key, &at, message).suggest(meant));
                }
            }
        }
    }
    found
}

pub(super) fn evidence(scene: &Scene<'_>) -> Vec<Mistake> {
    let stores = scene.stores().filter(|(_, store)| records(store) == Some("Evidence"));
    stores
        .map(|(key, _)| {
            Mistake::new(key, "advancedEventSelectors[0]", format!("{key} records audit evidence"))
        })
        .collect()
}
