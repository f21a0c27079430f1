//! Desired against live: facts only. Order and policy are the planner's.

use crate::resource::field::changes;
use crate::resource::{FieldChange, Key};
use crate::state::{Desired, Live};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that differs, by key. No order, no exceptions: what stays as it is has become part of desired before.
pub type Diff = BTreeMap<Key, Change>;

/// How one resource differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Desired has it, live does not.
    Missing(Vec<FieldChange>),
    /// Both have it, and these settings differ.
    Differs(Vec<FieldChange>),
    /// Live has it, desired does not.
    Extra(Vec<FieldChange>),
}

impl Change {
    /// The settings that differ, in print order.
    pub fn fields(&self) -> &[FieldChange] {
        match self {
            Change::Missing(fields) | Change::Differs(fields) | Change::Extra(fields) => fields,
        }
    }
}

/// What differs between two settled sides, over the keys of both.
pub fn diff(desired: &Desired, live: &Live) -> Diff {
    let keys: BTreeSet<&Key> = desired.specs.keys().chain(live.found.keys()).collect();
    keys.into_iter().filter_map(|key| Some((key.clone(), change(key, desired, live)?))).collect()
}

fn change(key: &Key, desired: &Desired, live: &Live) -> Option<Change> {
    match (desired.specs.get(key), live.found.get(key)) {
        (Some(desired), Some(live)) => {
            let fields = changes(&desired.fields(), &live.spec.fields());
            (!fields.is_empty()).then_some(Change::Differs(fields))
        }
        (Some(desired), None) => Some(Change::Missing(changes(&desired.fields(), &[]))),
        (None, Some(live)) => Some(Change::Extra(changes(&[], &live.spec.fields()))),
        (None, None) => None,
    }
}
