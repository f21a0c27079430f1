//! Cover: another trail, of ours or of the organization, that records what is about to be lost
//! and goes on doing so after this plan.

use super::draft::Case;
use crate::resource::{Coverage, Key, Spec};
use crate::state::Foreignness;

/// The first trail, by key, that provably records all of `lost` before and after this plan.
pub(super) fn cover(case: &Case, changing: &Key, lost: &Coverage) -> Option<Key> {
    let ours = case.live.found.iter().filter(|(key, found)| {
        let stays = case.desired().specs.get(*key).is_some_and(|desired| covers(desired, lost));
        // Forgotten and untagged trails are not ours to rely on, unless they are the organization's.
        let trusted = case.owns(found) && !case.desired().removed.contains_key(*key);
        (trusted || of_organization(&found.spec)) && stays && covers(&found.spec, lost)
    });
    let theirs = case.live.foreign.iter().filter(|foreign| {
        let of_organization =
            foreign.spec.as_deref().is_some_and(|spec| of_organization(spec) && covers(spec, lost));
        matches!(foreign.why, Foreignness::Account(_)) && of_organization
    });
    let candidates = ours.map(|(key, _)| key).chain(theirs.map(|foreign| &foreign.key));
    candidates.filter(|key| *key != changing).min().cloned()
}

fn of_organization(spec: &Spec) -> bool {
    matches!(spec, Spec::Trail(trail) if trail.is_organization_trail)
}

/// Whether this is a trail that records now and provably records all of it.
pub(super) fn covers(spec: &Spec, lost: &Coverage) -> bool {
    matches!(spec, Spec::Trail(_)) && spec.records().is_some_and(|records| records.covers(lost) == Some(true))
}
