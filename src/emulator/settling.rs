//! Statuses that pass: what a transitional status becomes, and after how many looks. Which statuses there
//! are is each kind's.

use serde::{Deserialize, Serialize};

/// A status on its way: it becomes `to` once it has been looked at `after_reads` times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Settling<S> {
    pub(super) to: S,
    pub(super) after_reads: u32,
}

/// One look at `status`: counts down, or moves it to where it was going. True when anything moved.
pub(super) fn look<S: Clone>(status: &mut S, settling: &mut Option<Settling<S>>) -> bool {
    match settling {
        None => false,
        Some(Settling { to, after_reads: 0 }) => {
            *status = to.clone();
            *settling = None;
            true
        }
        Some(Settling { after_reads, .. }) => {
            *after_reads -= 1;
            true
        }
    }
}
