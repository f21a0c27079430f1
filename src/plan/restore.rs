//! Stores that are taken out of PENDING_DELETION, and what must wait until the next plan can see them.

use super::draft::{Case, Draft};
use super::{Planned, Verb};
use crate::diff::{Change, Diff};
use crate::resource::{Action, Key, Spec, Task};
use crate::state::{Live, Pending};
use std::collections::{BTreeMap, BTreeSet};

/// The stores that wait for their deletion, by key: several may have had one name.
pub(super) fn pending(live: &Live) -> BTreeMap<Key, Vec<&Pending>> {
    let mut named: BTreeMap<Key, Vec<&Pending>> = BTreeMap::new();
    for pending in &live.pending {
        named.entry(pending.key()).or_default().push(pending);
    }
    named.values_mut().for_each(|several| several.sort_by(|one, other| one.arn.cmp(&other.arn)));
    named
}

/// The row of a store that is restored: what the store is like only the next read can tell (user guide,
/// RestoreEventDataStore).
pub(super) fn row(missing: Planned) -> Planned {
    // ListTags refuses such a store (InactiveEventDataStoreException), so that its owner cannot be known before.
    let why = "it waits for its deletion; its settings follow in the next plan, which refuses if it is another manifest's: whose it was is not readable until it is restored";
    Planned { verb: Verb::Restore, why: Some(why.to_owned()), fields: Vec::new(), ..missing }
}

/// One call, because nothing else is legal before it is restored.
pub(super) fn tasks(key: &Key) -> Vec<Task> {
    Action::restore(key.kind).map(Task::first).into_iter().collect()
}

/// Every difference that must wait for the next plan, because it depends on a store that is being restored.
pub(super) fn waiting(case: &Case, diff: &Diff) -> BTreeSet<Key> {
    let missing = |key: &Key| matches!(diff.get(key), Some(Change::Missing(_)));
    let single = case.pending.iter().filter(|(key, pending)| missing(key) && pending.len() == 1);
    let restored: BTreeSet<&Key> = single.map(|(key, _)| key).collect();
    let mut waiting = BTreeSet::new();
    if restored.is_empty() {
        return waiting;
    }
    loop {
        let absent = |key: &Key| restored.contains(key) || (waiting.contains(key) && missing(key));
        let held = held(case, &waiting);
        let more: Vec<Key> = diff
            .iter()
            .filter(|(key, _)| !waiting.contains(*key) && !restored.contains(*key))
            .filter(|(key, change)| match change {
                Change::Missing(_) | Change::Differs(_) => needs(case, key, &absent),
                Change::Extra(_) => held.contains(key) || absent(&key.bound()),
            })
            .map(|(key, _)| key.clone())
            .collect();
        if more.is_empty() {
            return waiting;
        }
        waiting.extend(more);
    }
}

fn needs(case: &Case, key: &Key, absent: &dyn Fn(&Key) -> bool) -> bool {
    let references = case.desired().specs.get(key).map(Spec::references).unwrap_or_default();
    references.iter().any(absent) || (key.is_policy() && absent(&key.bound()))
}

/// What something live that has to wait still refers to, and what therefore cannot go yet.
fn held(case: &Case, waiting: &BTreeSet<Key>) -> BTreeSet<Key> {
    let holders = waiting.iter().filter_map(|key| case.live.found.get(key));
    holders.flat_map(|found| found.spec.references()).collect()
}

/// Says what is not in this plan yet.
pub(super) fn note(draft: &mut Draft, waiting: &BTreeSet<Key>) {
    for key in waiting {
        draft.note(
            key,
            "waits",
            "for the next plan: it depends on a store that is restored first".to_owned(),
        );
    }
}
