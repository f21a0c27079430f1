//! What lives in the account although nobody declared it, with what makes it worth a look. It is never touched and
//! counts for nothing.

use super::Plan;
use crate::name::Arn;
use crate::resource::{Key, Surroundings};
use crate::state::{Desired, Foreign, Foreignness, Live, Owner};
use std::collections::BTreeSet;

/// Something live that this manifest does not declare and that does not bear its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmanaged {
    /// Kind and live name.
    pub key: Key,
    /// Its ARN.
    pub arn: Arn,
    /// Whose it is, as far as can be told.
    pub standing: Standing,
    /// What makes it worth a look, in words.
    pub remarks: Vec<String>,
}

/// Whose something is that this manifest does not declare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It bears no ownership tags.
    Untagged,
    /// Its tags say that it is this manifest's. Whoever may tag may say so.
    Manifest(String),
    /// It is not for this account and region to write.
    Foreign(Foreignness),
    /// A store that waits for its deletion; its tags cannot be read.
    Pending,
}

/// Everything live that is not the manifest's business, what is worth a look first, then by key. `elsewhere` are
/// trails that the region does not show.
pub fn unmanaged(plan: &Plan, desired: &Desired, live: &Live, elsewhere: &[Foreign]) -> Vec<Unmanaged> {
    let around = Surroundings {
        account: live.target.account.clone(),
        buckets: desired.specs.values().filter_map(|spec| spec.bucket()).map(str::to_owned).collect(),
    };
    let mut known: BTreeSet<Arn> = plan.checked.values().map(|found| found.arn.clone()).collect();
    let mut list = Vec::new();
    for (key, found) in live.found.iter().filter(|(key, _)| !key.is_policy()) {
        if !known.insert(found.arn.clone()) {
            continue;
        }
        let policy = key.policy().and_then(|policy| live.found.get(&policy));
        let specs = std::iter::once(&found.spec).chain(policy.map(|policy| &policy.spec));
        list.push(Unmanaged {
            key: key.clone(),
            arn: found.arn.clone(),
            standing: match &found.owner {
                Owner::Nobody => Standing::Untagged,
                Owner::Manifest { manifest, .. } => Standing::Manifest(manifest.clone()),
            },
            remarks: specs.flat_map(|spec| spec.remarks(&around)).collect(),
        });
    }
    for Foreign { key, arn, why, spec } in live.foreign.iter().chain(elsewhere) {
        if known.insert(arn.clone()) {
            // What a service makes for itself is set up as the service wants it.
            let spec = spec.as_deref().filter(|_| !matches!(why, Foreignness::Service(_)));
            let remarks = spec.map(|spec| spec.remarks(&around)).unwrap_or_default();
            let standing = Standing::Foreign(why.clone());
            list.push(Unmanaged { key: key.clone(), arn: arn.clone(), standing, remarks });
        }
    }
    list.extend(pending(plan, desired, live, &mut known));
    list.sort_by(|one, other| {
        (one.remarks.is_empty(), &one.key, &one.arn).cmp(&(other.remarks.is_empty(), &other.key, &other.arn))
    });
    list
}

/// Stores that wait for their deletion, but for those that the plan restores and those that the manifest removed.
fn pending(plan: &Plan, desired: &Desired, live: &Live, known: &mut BTreeSet<Arn>) -> Vec<Unmanaged> {
    let pending = live.pending.iter().filter_map(|pending| {
        let key = pending.key();
        let meant = plan.changes.contains_key(&key) || desired.removed.contains_key(&key);
        let new = !meant && known.insert(pending.arn.clone());
        new.then(|| Unmanaged {
            key,
            arn: pending.arn.clone(),
            standing: Standing::Pending,
            remarks: vec![
                "its events are lost when it is deleted, seven days after somebody asked for it".to_owned(),
            ],
        })
    });
    pending.collect()
}
