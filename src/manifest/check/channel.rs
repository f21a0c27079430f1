//! Rules about channels and the stores that they send to (API reference, `CreateChannel`; user guide, integrations).

use std::collections::BTreeMap;

use super::common::plain_name;
use super::known::PARTNER_SOURCES;
use super::policy::has_external_id;
use super::scene::{Mistake, Scene};
use super::store::records;
use crate::manifest::suggest::closest;
use crate::manifest::wording::quoted;
use crate::resource::Key;

/// Partners that send by themselves: the policy names their account and the external id that they gave (user guide,
/// integrations; direct integrations as of November 2026).
const DIRECT: [&str; 5] = ["Clumio", "LaunchDarkly", "IBMMulticloud", "MontyCloud", "Snyk"];

pub(super) fn name(scene: &Scene<'_>) -> Vec<Mistake> {
    let wrong = scene.channels().map(|(key, _)| key).filter(|key| {
        !plain_name(key.name.as_str(), "._-") && !key.name.as_str().starts_with("aws-service-channel")
    });
    wrong
        .map(|key| {
            let message = format!("{} cannot be the name of a channel", quoted(key.name.as_str()));
            Mistake::new(key, "name", message).help("3 to 128 letters, digits, `.`, `_` and `-`")
        })
        .collect()
}

pub(super) fn repeated_source(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut first: BTreeMap<&str, &Key> = BTreeMap::new();
    let mut found = Vec::new();
    for (key, channel) in scene.channels() {
        match first.get(channel.source.as_str()) {
            None => drop(first.insert(&channel.source, key)),
            Some(other) => {
                let message = format!("{other} has the source {} already", quoted(&channel.source));
                let mistake = Mistake::new(key, "source", message).related(other, "source", "declared here");
                found.push(
                    mistake.help(
                        "an account has one channel for each source, which can have several destinations",
                    ),
                );
            }
        }
    }
    found
}

pub(super) fn repeated_destination(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, channel) in scene.channels() {
        for (index, destination) in channel.destinations.iter().enumerate() {
            if channel.destinations.iter().take(index).any(|other| other == destination) {
                let at = format!("destinations[{index}].eventDataStore");
                found.push(
                    Mistake::new(key, &at, "the destination stands in this list already").help("remove it"),
                );
            }
        }
    }
    found
}

/// Which declared store each destination means, and where that is written.
fn destinations<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, String, Key)> {
    let each = scene.channels().flat_map(|(key, channel)| {
        channel.destinations.iter().enumerate().flat_map(move |(index, text)| {
            let at = format!("destinations[{index}].eventDataStore");
            text.references().into_iter().map(move |named| (key, at.clone(), named))
        })
    });
    each.collect()
}

pub(super) fn destination_category(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, named) in destinations(scene) {
        let Some(store) = scene.store(&named) else { continue };
        let category = records(store).unwrap_or("Management");
        if category != "ActivityAuditLog" {
            let message =
                format!("{named} records {category}, and a channel sends to a store of ActivityAuditLog");
            let mistake = Mistake::new(key, &at, message)
                .related(&named, "advancedEventSelectors", "what the store records")
                .help("the store's only selector is {field: eventCategory, equals: [ActivityAuditLog]}");
            found.push(mistake);
        }
    }
    found
}

pub(super) fn destination_regions(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, named) in destinations(scene) {
        if scene.store(&named).is_some_and(|store| store.multi_region_enabled) {
            let message =
                format!("{named} is a multi-region store, and a channel sends to a store of one region");
            let mistake = Mistake::new(key, &at, message)
                .related(&named, "multiRegionEnabled", "the store")
                .help("write `multiRegionEnabled: false` at the store: its default is `true`");
            found.push(mistake);
        }
    }
    found
}

pub(super) fn unknown_source(scene: &Scene<'_>) -> Vec<Mistake> {
    let unknown = scene.channels().filter(|(_, channel)| !PARTNER_SOURCES.has(&channel.source));
    unknown
        .map(|(key, channel)| {
            let message = format!("{} is no source that channels are known to have", quoted(&channel.source));
            Mistake::new(key, "source", message).suggest(closest(&channel.source, PARTNER_SOURCES.values()))
        })
        .collect()
}

pub(super) fn direct_partner(scene: &Scene<'_>) -> Vec<Mistake> {
    let direct = scene.channels().filter(|(_, channel)| DIRECT.contains(&channel.source.as_str()));
    let shut = direct.filter(|(key, _)| {
        !scene.policy_elsewhere(key) && !scene.policy_of(key).is_some_and(has_external_id)
    });
    shut.map(|(key, channel)| {
        let message = format!(
            "{} sends by itself, and needs a resource policy with its account and external id",
            quoted(&channel.source)
        );
        let help = "allow `cloudtrail-data:PutAuditEvents` to the partner's account under {StringEquals: {\"cloudtrail:ExternalId\": …}}";
        Mistake::new(key, "source", message).help(help)
    })
    .collect()
}
