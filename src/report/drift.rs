//! A plan seen from the account: what somebody changed there, in words of its own. Shared by text and JSON.

use crate::plan::unmanaged::Standing;
use crate::plan::{Planned, Verb};
use crate::resource::Key;
use crate::state::Foreignness;

/// What is the matter with a resource, seen from the account.
pub(super) fn word(key: &Key, planned: &Planned) -> &'static str {
    match planned.verb {
        Verb::Create => "missing",
        Verb::Update | Verb::Replace => "changed",
        // Its parent stays: nobody asked for the policy to be removed, somebody put it there.
        Verb::Delete if key.is_policy() && planned.counted => "undeclared",
        Verb::Delete => "not removed",
        Verb::Adopt => "not adopted",
        Verb::Restore => "pending deletion",
        Verb::Forget => "not forgotten",
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
