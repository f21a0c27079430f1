//! Who refers to what, the other way round: a resource names those that it needs, and the planner asks who needs it.

use crate::resource::{Key, Spec};
use std::collections::BTreeMap;

/// What refers to each resource, in the order given.
pub(super) fn holders<'a, H: Copy>(specs: impl IntoIterator<Item = (H, &'a Spec)>) -> BTreeMap<Key, Vec<H>> {
    let mut holders: BTreeMap<Key, Vec<H>> = BTreeMap::new();
    for (holder, spec) in specs {
        for key in spec.references() {
            holders.entry(key).or_default().push(holder);
        }
    }
    holders
}
