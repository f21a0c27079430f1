//! What CloudTrail needs of a KMS key (user guide, configure AWS KMS key policies for CloudTrail). In a key's policy `*` is
//! the key itself. Who may read what was encrypted, and who administers the key, is for its owner to say.

use super::document::{Conditions, Document, Statement, condition};
use super::{Source, arn, arns, sources_by};
use crate::resource::EventDataStore;
use crate::state::Desired;
use std::collections::{BTreeMap, BTreeSet};

/// The statements that the policy of each key must hold, by the key as the manifest spells it: offline nobody knows that
/// two spellings mean one key.
pub fn keys(desired: &Desired) -> BTreeMap<String, Document> {
    let trails = sources_by(desired, |trail| trail.kms_key_id.as_deref());
    let mut stores: BTreeMap<String, Vec<&EventDataStore>> = BTreeMap::new();
    for store in super::stores(desired) {
        if let Some(spelling) = &store.kms_key_id {
            stores.entry(spelling.clone()).or_default().push(store);
        }
    }
    let spellings: BTreeSet<&String> = trails.keys().chain(stores.keys()).collect();
    let policies = spellings.into_iter().map(|spelling| {
        let sources = trails.get(spelling).map(Vec::as_slice).unwrap_or_default();
        let stores = stores.get(spelling).map(Vec::as_slice).unwrap_or_default();
        let statements = of_trails(desired, sources).into_iter().chain(of_stores(desired, stores));
        (spelling.clone(), Document::new(statements.chain([describe(sources, stores)])))
    });
    policies.collect()
}

/// Decrypt is needed for buckets with an S3 Bucket Key; the guide gives it without a condition, and whether CloudTrail names
/// the trail there is unverified.
fn of_trails(desired: &Desired, sources: &[Source]) -> Vec<Statement> {
    if sources.is_empty() {
        return Vec::new();
    }
    let partition = &desired.target.partition;
    let owners: BTreeSet<_> = sources.iter().map(|source| &source.owner).collect();
    // The encryption context names the trail, from whichever region it delivers.
    let contexts = owners.into_iter().map(|owner| format!("arn:{partition}:cloudtrail:*:{owner}:trail/*"));
    let encrypt = Statement::allow("AllowCloudTrailEncryptLogs", ["kms:GenerateDataKey*"])
        .for_cloudtrail()
        .on(["*"])
        .when(condition("StringEquals", "aws:SourceArn", arns(sources)))
        .when(condition("StringLike", "kms:EncryptionContext:aws:cloudtrail:arn", contexts));
    let decrypt = Statement::allow("AllowCloudTrailDecryptTrail", ["kms:Decrypt"]).for_cloudtrail().on(["*"]);
    vec![encrypt, decrypt]
}

/// The guide adds the conditions only once the store exists, and the id of a store that is still to be made is not known. So
/// they hold where CloudTrail names the store, for all stores of the account, and do not stand in the way of its making.
fn of_stores(desired: &Desired, stores: &[&EventDataStore]) -> Vec<Statement> {
    if stores.is_empty() {
        return Vec::new();
    }
    let organization = stores.iter().any(|store| store.organization_enabled);
    let management = desired.management_account.iter().filter(|_| organization);
    let owners: BTreeSet<_> = std::iter::once(&desired.target.account).chain(management).collect();
    let arns = owners.iter().map(|owner| arn(desired, "cloudtrail", owner, "eventdatastore/*"));
    let encrypt = Statement::allow("AllowCloudTrailEncryptEds", ["kms:GenerateDataKey", "kms:Decrypt"])
        .for_cloudtrail()
        .on(["*"])
        .when(condition(
            "StringEqualsIfExists",
            "aws:SourceAccount",
            owners.iter().map(|owner| owner.as_str()),
        ))
        .when(condition("StringLikeIfExists", "aws:SourceArn", arns));
    let decrypt = Statement::allow("AllowCloudTrailDecryptEds", ["kms:Decrypt"]).for_cloudtrail().on(["*"]);
    vec![encrypt, decrypt]
}

/// The guide names the trail here; for stores it gives no condition.
fn describe(sources: &[Source], stores: &[&EventDataStore]) -> Statement {
    let describe = Statement::allow("AllowCloudTrailAccess", ["kms:DescribeKey"]).for_cloudtrail().on(["*"]);
    let only_trails = if stores.is_empty() {
        condition("StringEquals", "aws:SourceArn", arns(sources))
    } else {
        Conditions::new()
    };
    describe.when(only_trails)
}
