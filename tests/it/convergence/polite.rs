//! What an apply may have changed, and what not: looked at from outside, in the snapshots before and after.

use super::expect;
use crate::support::{ACCOUNT, REGION};
use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};
use trailkeeper::resource::Key;
use trailkeeper::state::{Desired, MANIFEST_TAG, NAME_TAG};

/// Everything that is neither declared nor removed is as it was; with prune, unless it is ours.
pub(super) fn is_polite(before: &str, after: &str, desired: &Desired, prune: bool) -> Result<(), String> {
    let ours: BTreeSet<&Key> = desired.specs.keys().chain(desired.removed.keys()).collect();
    let previous: BTreeSet<Key> =
        desired.renamed_from.iter().map(|(key, old)| Key::new(key.kind, old)).collect();
    let may_change = |thing: &Thing| {
        let claimed = thing.claims.as_ref().is_some_and(|(manifest, key)| {
            *manifest == desired.manifest && (prune || ours.contains(key) || previous.contains(key))
        });
        let named = ours.contains(&thing.key) || previous.contains(&thing.key);
        // As its delegated administrator this account writes the organization's, which the management account owns.
        let writable = thing.account == ACCOUNT
            || (thing.is_of_organization
                && desired.management_account.as_ref().is_some_and(|it| it.as_str() == thing.account));
        thing.region == REGION && writable && (claimed || named)
    };
    let (before, after) = (things(before), things(after));
    for (place, thing) in &before {
        let same = after.get(place) == Some(thing);
        expect(same || may_change(thing), || {
            format!("{place:?} was changed: {thing:?} to {:?}", after.get(place))
        })?;
    }
    let new = after.iter().filter(|(place, _)| !before.contains_key(*place));
    for (place, thing) in new {
        expect(desired.specs.contains_key(&thing.key), || format!("{place:?} came into being: {thing:?}"))?;
    }
    Ok(())
}

/// A resource in a snapshot, whoever it belongs to.
#[derive(Debug, PartialEq)]
struct Thing {
    key: Key,
    account: String,
    region: String,
    is_of_organization: bool,
    /// Which manifest's, and which of its resources, the ownership tags say it is.
    claims: Option<(String, Key)>,
    content: Value,
}

/// Account, region, kind, and name or id.
type Place = [String; 4];

fn things(snapshot: &str) -> BTreeMap<Place, Thing> {
    let world: Value = serde_yaml::from_str(snapshot).unwrap();
    let mut things = BTreeMap::new();
    for (account, state) in members(&world["accounts"]) {
        for (region, state) in members(&state["regions"]) {
            for (list, state) in members(&state) {
                for (id, content) in members(&state) {
                    let kind = list.trim_end_matches('s');
                    let name = content["Name"].as_str().unwrap_or(&id);
                    let tag = |key: &str| content["Tags"][key].as_str();
                    let claims = tag(MANIFEST_TAG).zip(tag(NAME_TAG)).and_then(|(manifest, name)| {
                        Some((manifest.to_owned(), Key::parse(&format!("{kind}/{name}"))?))
                    });
                    let key = Key::parse(&format!("{kind}/{name}")).unwrap();
                    let is_of_organization =
                        content["IsOrganizationTrail"] == true || content["OrganizationEnabled"] == true;
                    let (account, region) = (account.clone(), region.clone());
                    let place = [account.clone(), region.clone(), list.clone(), id];
                    things.insert(place, Thing { key, account, region, is_of_organization, claims, content });
                }
            }
        }
    }
    things
}

fn members(value: &Value) -> Vec<(String, Value)> {
    let entries = value.as_mapping().into_iter().flatten();
    entries.map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), value.clone())).collect()
}
