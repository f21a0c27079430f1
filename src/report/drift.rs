//! A plan seen from the account: what somebody changed there, in words of its own. Shared by text and JSON.

use crate::plan::{Planned, Verb};
use crate::resource::Spec;

/// What is the matter with a resource, seen from the account.
pub(super) fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "missing",
        Verb::Update | Verb::Replace => "changed",
        Verb::Delete => "not removed",
        Verb::Adopt => "not adopted",
        Verb::Restore => "pending deletion",
        Verb::Forget => "not forgotten",
    }
}

/// What the account records, delivers or proves less than the manifest declares: the dangers of the way that
/// somebody has gone already, from what is declared to what is live.
pub(super) fn losses(planned: &Planned) -> Vec<String> {
    let live = planned.live.as_ref().map(|found| &found.spec);
    match planned.verb {
        // Leftovers record more than declared, not less.
        Verb::Delete | Verb::Forget => Vec::new(),
        Verb::Create | Verb::Update | Verb::Replace | Verb::Adopt | Verb::Restore => {
            Spec::dangers(live, planned.desired.as_ref()).into_iter().map(|danger| danger.reason).collect()
        }
    }
}
