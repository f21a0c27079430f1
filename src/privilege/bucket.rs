//! What CloudTrail needs of a bucket (user guide, Amazon S3 bucket policy for CloudTrail).

use super::document::{Document, Statement, condition};
use super::{Source, arns, sources_by};
use crate::state::Desired;
use std::collections::{BTreeMap, BTreeSet};

/// The statements that the policy of each bucket must hold, by the bucket's name. `organization` is the id of the
/// organization, such as `o-exampleorgid`; it is written only where an organization trail delivers.
pub fn buckets(desired: &Desired, organization: &str) -> BTreeMap<String, Document> {
    let groups = sources_by(desired, |trail| Some(&trail.s3_bucket_name));
    let policy = |(bucket, sources): (String, Vec<Source>)| {
        let document = policy(desired, &bucket, &sources, organization);
        (bucket, document)
    };
    groups.into_iter().map(policy).collect()
}

fn policy(desired: &Desired, bucket: &str, sources: &[Source], organization: &str) -> Document {
    // Buckets belong to no region and no account, also in their ARNs.
    let bucket = format!("arn:{}:s3:::{bucket}", desired.target.partition);
    let check = Statement::allow("AWSCloudTrailAclCheck", ["s3:GetBucketAcl"])
        .for_cloudtrail()
        .on([&bucket])
        .when(condition("StringEquals", "aws:SourceArn", arns(sources)));
    // An organization trail also writes under its own account: it may become a trail of that account alone.
    let own = sources.iter().map(|source| (folder(&bucket, source, source.owner.as_str()), source));
    let of_organization = sources.iter().filter(|source| source.trail.is_organization_trail);
    let shared = of_organization.map(|source| (folder(&bucket, source, organization), source));
    let writes = writes("AWSCloudTrailWrite", own);
    let organization_writes = self::writes("AWSCloudTrailOrganizationWrite", shared);
    Document::new(std::iter::once(check).chain(writes).chain(organization_writes))
}

/// Everything that CloudTrail writes, digests and insights too, goes below this.
fn folder(bucket: &str, source: &Source, owner: &str) -> String {
    match &source.trail.s3_key_prefix {
        Some(prefix) => format!("{bucket}/{prefix}/AWSLogs/{owner}/*"),
        None => format!("{bucket}/AWSLogs/{owner}/*"),
    }
}

/// One statement for the trails that write to the same folders, so that no trail may write where another does.
fn writes<'a>(sid: &str, folders: impl Iterator<Item = (String, &'a Source)>) -> Vec<Statement> {
    let mut writers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (folder, source) in folders {
        writers.entry(folder).or_default().insert(source.arn.clone());
    }
    let mut shared: BTreeMap<BTreeSet<String>, BTreeSet<String>> = BTreeMap::new();
    for (folder, trails) in writers {
        shared.entry(trails).or_default().insert(folder);
    }
    let statements = shared.into_iter().map(|(trails, folders)| {
        Statement::allow(sid, ["s3:PutObject"])
            .for_cloudtrail()
            .on(folders)
            .when(condition("StringEquals", "s3:x-amz-acl", ["bucket-owner-full-control"]))
            .when(condition("StringEquals", "aws:SourceArn", trails))
    });
    statements.collect()
}
