//! From AWS's refusal to the statements that were missing.

use super::{buckets, keys, logs_roles, topics};
use crate::resource::{Key, Spec, Vocabulary};
use crate::state::Desired;
use serde::Serialize;
use std::collections::BTreeMap;

/// Stands for the organization's id, which neither a manifest nor an error names.
const SOME_ORGANIZATION: &str = "ORGANIZATION_ID";

/// What to put where, as lines of text, when a call about this resource was answered with this error code; none for codes
/// that are about something else. `InsufficientEncryptionPolicyException` may mean the bucket too (API reference).
pub fn remedy(desired: &Desired, key: &Key, code: &str) -> Option<String> {
    let vocabulary = Vocabulary::new(desired.target.clone(), BTreeMap::new(), BTreeMap::new());
    let mut spec = desired.specs.get(key)?.clone();
    spec.settle(&vocabulary);
    match (code, &spec) {
        ("InsufficientS3BucketPolicyException", Spec::Trail(trail)) => {
            let bucket = &trail.s3_bucket_name;
            let policy = buckets(desired, SOME_ORGANIZATION).remove(bucket)?;
            written(format!("the policy of bucket {bucket} needs these statements"), policy.statements())
        }
        ("InsufficientSnsTopicPolicyException", Spec::Trail(trail)) => {
            let topic = trail.sns_topic_name.as_ref()?;
            let policy = topics(desired).remove(topic)?;
            written(format!("the policy of topic {topic} needs this statement"), policy.statements())
        }
        ("InsufficientEncryptionPolicyException", _) => {
            let spelling = spec.kms_key()?;
            let policy = keys(desired).remove(spelling)?;
            written(format!("the policy of key {spelling} needs these statements"), policy.statements())
        }
        (
            "InvalidCloudWatchLogsRoleArnException" | "InvalidCloudWatchLogsLogGroupArnException",
            Spec::Trail(trail),
        ) => {
            let arn = trail.cloud_watch_logs_role_arn.as_ref()?;
            let role = logs_roles(desired, SOME_ORGANIZATION).remove(arn)?;
            written(format!("{arn} needs this trust and these permissions"), &role)
        }
        _ => None,
    }
}

fn written(what: String, statements: impl Serialize) -> Option<String> {
    let json = serde_json::to_string_pretty(&statements).ok()?;
    Some(format!("{what}:\n{json}"))
}
