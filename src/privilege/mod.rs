//! Least privilege: what the identity needs that plans or applies a manifest, and what CloudTrail needs of the buckets,
//! topics, keys and roles that the manifest names. Read off the manifest and the table of calls, without an account.
//!
//! Sources, as the comments name them: the AWS CloudTrail user guide, its API reference, and the Service Authorization
//! Reference for CloudTrail. What none of them says is marked unverified.

mod document;
mod grant;

mod identity;

mod calls;
mod dependent;
mod kms;

mod bucket;

mod topic;

mod key;

mod logs_role;

mod remedy;

pub use bucket::buckets;
pub use document::{Document, Statement};
pub use identity::{apply, plan};
pub use key::keys;
pub use logs_role::{Role, logs_roles};
pub use remedy::remedy;
pub use topic::topics;

use crate::name::{AccountId, Target};
use crate::resource::{EventDataStore, Spec, Trail, Vocabulary};
use crate::state::Desired;
use std::collections::{BTreeMap, BTreeSet};

/// Whether the statements about buckets and log roles name the organization. Its id is nowhere in a manifest.
pub fn names_organization(desired: &Desired) -> bool {
    trails(desired).any(|trail| trail.is_organization_trail)
}

fn trails(desired: &Desired) -> impl Iterator<Item = &Trail> {
    desired.specs.values().filter_map(|spec| if let Spec::Trail(trail) = spec { Some(trail) } else { None })
}

fn stores(desired: &Desired) -> impl Iterator<Item = &EventDataStore> {
    desired
        .specs
        .values()
        .filter_map(|spec| if let Spec::EventDataStore(store) = spec { Some(store) } else { None })
}

/// An ARN in the target's partition and region.
fn arn(desired: &Desired, service: &str, account: &AccountId, resource: &str) -> String {
    let Target { partition, region, account: _ } = &desired.target;
    format!("arn:{partition}:{service}:{region}:{account}:{resource}")
}

/// A trail with topics and log groups spelled as ARNs, and what CloudTrail says of itself when it comes for this trail.
struct Source {
    trail: Trail,
    /// Who owns the trail: an organization trail belongs to the management account, whoever made it (user guide, organization
    /// delegated administrator).
    owner: AccountId,
    /// The value of `aws:SourceArn`.
    arn: String,
}

/// The trails, grouped by what they name; trails that name nothing are left out.
fn sources_by(desired: &Desired, named: impl Fn(&Trail) -> Option<&str>) -> BTreeMap<String, Vec<Source>> {
    let vocabulary = Vocabulary::new(desired.target.clone(), BTreeMap::new(), BTreeMap::new());
    let mut groups: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for spec in desired.specs.values() {
        let mut spec = spec.clone();
        spec.settle(&vocabulary);
        let Spec::Trail(trail) = spec else { continue };
        let Some(name) = named(&trail).map(str::to_owned) else { continue };
        let management = desired.management_account.clone().filter(|_| trail.is_organization_trail);
        let owner = management.unwrap_or_else(|| desired.target.account.clone());
        let arn = arn(desired, "cloudtrail", &owner, &format!("trail/{}", trail.name));
        groups.entry(name).or_default().push(Source { trail, owner, arn });
    }
    groups
}

fn arns(sources: &[Source]) -> BTreeSet<String> {
    sources.iter().map(|source| source.arn.clone()).collect()
}
