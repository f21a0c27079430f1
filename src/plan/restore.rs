//! Stores that are taken out of PENDING_DELETION, and what must wait until the next plan can see them.

use super::draft::{Case, Draft, Work};
use super::{Planned, Verb};
use crate::diff::Change;
use crate::resource::{Action, EventDataStoreAction, Key, Kind, Spec, Task};
use crate::state::{Live, Pending};
use std::collections::BTreeSet;

/// The stores of this name that wait for their deletion.
pub(super) fn pending<'a>(live: &'a Live, key: &Key) -> Vec<&'a Pending> {
    let mut named: Vec<&Pending> = live
        .pending
        .iter()
        .filter(|pending| key.kind == Kind::EventDataStore && pending.name == key.name)
        .collect();
    named.sort_by(|one, other| one.arn.cmp(&other.arn));
    named
}

/// The row of a store that is restored: one call, because nothing else is legal before, and what the
/// store is like only the next read can tell (user guide, RestoreEventDataStore).
pub(super) fn work(row: Planned) -> Work {
    // ListTags refuses such a store (InactiveEventDataStoreException), so that its owner cannot be known before.
    let why = "it waits for its deletion; its settings follow in the next plan, which refuses if it is another manifest's: whose it was is not readable until it is restored";
    let planned = Planned { verb: Verb::Restore, why: Some(why.to_owned()), fields: Vec::new(), ..row };
    let restore = Task::first(Action::EventDataStore(EventDataStoreAction::Restore));
    Work { planned, unmake: Vec::new(), make: vec![restore] }
}

/// Every difference that must wait for the next plan, because it depends on a store that is being restored.
pub(super) fn waiting(case: &Case) -> BTreeSet<Key> {
    let missing = |key: &Key| matches!(case.diff.get(key), Some(Change::Missing(_)));
    let restored: BTreeSet<&Key> =
        case.diff.keys().filter(|key| missing(key) && pending(case.live, key).len() == 1).collect();
    let mut waiting = BTreeSet::new();
    if restored.is_empty() {
        return waiting;
    }
    loop {
        let absent = |key: &Key| restored.contains(key) || (waiting.contains(key) && missing(key));
        let more: Vec<Key> = case
            .diff
            .iter()
            .filter(|(key, _)| !waiting.contains(*key) && !restored.contains(*key))
            .filter(|(key, change)| match change {
                Change::Missing(_) | Change::Differs(_) => needs(case, key, &absent),
                Change::Extra(_) => is_held(case, key, &waiting) || absent(&key.bound()),
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

/// Whether something live that has to wait still refers to this one, which therefore cannot go yet.
fn is_held(case: &Case, key: &Key, waiting: &BTreeSet<Key>) -> bool {
    let mut holders = case.live.found.iter().filter(|(holder, _)| waiting.contains(holder));
    holders.any(|(_, found)| found.spec.references().contains(key))
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
