//! Desired against live: facts only. Order and policy are the planner's.

use crate::resource::{FieldChange, Key};
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
