//! Desired against live: facts only. Order and policy are the planner's.

use crate::resource::field::changes;
use crate::resource::{Field, FieldChange, Key, Spec, Value};
use crate::state::{Desired, Live};
use std::collections::BTreeMap;

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
    pub fn into_fields(self) -> Vec<FieldChange> {
        match self {
            Change::Missing(fields) | Change::Differs(fields) | Change::Extra(fields) => fields,
        }
    }
}

/// What differs between two settled sides, over the keys of both.
pub fn diff(desired: &Desired, live: &Live) -> Diff {
    let wished = desired.specs.iter().filter_map(|(key, spec)| {
        let change = match live.found.get(key) {
            Some(found) => differs(spec, &found.spec)?,
            None => Change::Missing(made(spec)),
        };
        Some((key.clone(), change))
    });
    let extra = live.found.iter().filter(|(key, _)| !desired.specs.contains_key(key));
    let extra = extra.map(|(key, found)| (key.clone(), Change::Extra(unmade(&found.spec))));
    wished.chain(extra).collect()
}

fn made(spec: &Spec) -> Vec<FieldChange> {
    let change = |Field { path, value: desired }| FieldChange { path, desired, live: Value::Absent };
    set(spec).map(change).collect()
}

fn unmade(spec: &Spec) -> Vec<FieldChange> {
    let change = |Field { path, value: live }| FieldChange { path, desired: Value::Absent, live };
    set(spec).map(change).collect()
}

/// Every setting that is not absent anyway.
fn set(spec: &Spec) -> impl Iterator<Item = Field> {
    spec.fields().into_iter().filter(|field| field.value != Value::Absent)
}

fn differs(desired: &Spec, live: &Spec) -> Option<Change> {
    // What is the same to the letter, as most of it is, has the same fields.
    if desired == live {
        return None;
    }
    let fields = changes(&desired.fields(), &live.fields());
    (!fields.is_empty()).then_some(Change::Differs(fields))
}
