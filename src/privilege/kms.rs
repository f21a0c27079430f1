//! What the identity may do with KMS keys: find out which key a spelling means, and make stores that are encrypted.

use super::document::{Conditions, condition};
use super::grant::Grant;
use super::{arn, stores};
use crate::name::Arn;
use crate::resource::Spec;
use crate::state::{Desired, is_key_arn};
use std::collections::BTreeSet;

/// DescribeKey, where a spelling does not say itself which key it means. CloudTrail may answer the key of a store as an
/// alias's ARN (user guide, examples of GetEventDataStore; unverified), so stores need it whatever the manifest says.
pub(super) fn resolving(desired: &Desired) -> Vec<Grant> {
    let asked =
        desired.specs.values().filter(|spec| matches!(spec, Spec::EventDataStore(_)) || !is_plain(spec));
    let spellings: BTreeSet<&str> = asked.filter_map(Spec::kms_key).collect();
    let grants = spellings
        .into_iter()
        .map(|spelling| on_key(desired, "ResolveKmsKeys", &["kms:DescribeKey"], spelling));
    grants.flatten().collect()
}

fn is_plain(spec: &Spec) -> bool {
    spec.kms_key().is_some_and(is_key_arn)
}

/// Whoever creates or updates a store with a key needs the key (user guide, granting decrypt permissions for event data
/// stores). Trails need nothing of the caller: CloudTrail uses the key as itself. No page asks for kms:CreateGrant.
pub(super) fn of_stores(desired: &Desired) -> Vec<Grant> {
    let spellings: BTreeSet<&str> = stores(desired).filter_map(|store| store.kms_key_id.as_deref()).collect();
    let actions = ["kms:Decrypt", "kms:GenerateDataKey"];
    spellings.into_iter().flat_map(|spelling| on_key(desired, "StoreKmsKeys", &actions, spelling)).collect()
}

/// In an IAM policy a key has no other name than its ARN; an alias is a condition (KMS developer guide, specifying KMS keys
/// in IAM policy statements).
fn on_key(desired: &Desired, sid: &'static str, actions: &[&str], spelling: &str) -> Vec<Grant> {
    let (resource, conditions) = scope(desired, spelling);
    Grant::of(sid, actions, [resource]).into_iter().map(|grant| grant.when(&conditions)).collect()
}

fn scope(desired: &Desired, spelling: &str) -> (String, Conditions) {
    let of_alias = |alias: &str| condition("ForAnyValue:StringEquals", "kms:ResourceAliases", [alias]);
    let in_target = |id: &str| arn(desired, "kms", &desired.target.account, &format!("key/{id}"));
    match Arn::parse(spelling) {
        Ok(alias) if alias.resource().starts_with("alias/") => {
            let (partition, region, account) = (alias.partition(), alias.region(), alias.account());
            (format!("arn:{partition}:kms:{region}:{account}:key/*"), of_alias(alias.resource()))
        }
        Ok(key) => (key.as_str().to_owned(), Conditions::new()),
        Err(_) if spelling.starts_with("alias/") => (in_target("*"), of_alias(spelling)),
        Err(_) => (in_target(spelling), Conditions::new()),
    }
}
