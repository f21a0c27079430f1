//! A plan seen from the account: what somebody changed there, in words of its own. Shared by text and JSON.

use crate::name::Time;
use crate::plan::drift::{Difference, Drift};
use crate::plan::unmanaged::{Standing, Unmanaged};
use crate::plan::{Plan, Planned, Verb};
use crate::resource::Key;
use crate::state::who::{Answer, Who};
use crate::state::{Foreignness, Note, Owner};
use std::cmp::Reverse;

/// Everything that a report of drift tells.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// What differs.
    pub plan: &'a Plan,
    /// How bad that is, and what does not work.
    pub drift: &'a Drift,
    /// Who made it so, where somebody asked for it.
    pub who: Option<&'a Who>,
    /// What nobody declared, where somebody asked for it.
    pub unmanaged: Option<&'a [Unmanaged]>,
    /// When the account was read.
    pub now: Time,
}

impl<'a> Seen<'a> {
    /// What differs, the worst first, then by key.
    pub(super) fn differing(&self) -> Vec<(&'a Key, &'a Planned, &'a Difference)> {
        let changes = self.plan.changes.iter();
        let judged = |(key, planned)| Some((key, planned, self.drift.differences.get(key)?));
        let mut differing: Vec<_> = changes.filter_map(judged).collect();
        // The sort is stable, so that keys stay in order behind it.
        differing.sort_by_key(|(_, _, difference)| Reverse(difference.severity));
        differing
    }

    /// Who made this difference, as far as somebody asked and it could be found out.
    pub(super) fn answer(&self, key: &Key) -> Option<&'a Answer> {
        self.who?.answers.get(key)
    }

    /// What should be known. Guards do not concern drift, so neither does what they let through.
    pub(super) fn notes(&self) -> impl Iterator<Item = &'a Note> {
        self.plan.notes.iter().filter(|note| !matches!(note.word, "covered" | "allowed"))
    }
}

/// What is the matter with a resource, seen from the account.
pub(super) fn word(key: &Key, planned: &Planned) -> &'static str {
    match planned.verb {
        Verb::Create => "missing",
        Verb::Update | Verb::Replace => "changed",
        // Its parent stays: nobody asked for the policy to be removed, somebody put it there.
        Verb::Delete if key.is_policy() && planned.counted => "undeclared",
        Verb::Delete => "not removed",
        Verb::Adopt if is_claimed(planned) => "another manifest's",
        Verb::Adopt => "not adopted",
        Verb::Restore => "pending deletion",
        Verb::Forget => "not forgotten",
    }
}

/// Whether its tags say that it is another manifest's.
fn is_claimed(planned: &Planned) -> bool {
    planned.live.as_ref().is_some_and(|found| matches!(found.owner, Owner::Manifest { .. }))
}

/// Whose something is that the manifest does not declare, in a word for programs.
pub(super) fn standing(standing: &Standing) -> &'static str {
    match standing {
        Standing::Untagged => "untagged",
        Standing::Manifest(_) => "otherManifest",
        Standing::Foreign(Foreignness::Account(_)) => "otherAccount",
        Standing::Foreign(Foreignness::HomeRegion(_)) => "otherRegion",
        Standing::Foreign(Foreignness::Service(_)) => "service",
        Standing::Pending => "pendingDeletion",
    }
}

/// Whose something is that the manifest does not declare.
pub(super) fn owner(standing: &Standing) -> String {
    match standing {
        Standing::Untagged => "nobody's: it bears no ownership tags".to_owned(),
        Standing::Manifest(manifest) => format!("the manifest `{manifest}`'s, by its tags"),
        Standing::Foreign(Foreignness::Account(account)) => format!("account {account}'s"),
        Standing::Foreign(Foreignness::HomeRegion(region)) => format!("homed in {region}"),
        Standing::Foreign(Foreignness::Service(service)) => format!("{service}'s own"),
        Standing::Pending => "waiting for its deletion".to_owned(),
    }
}
