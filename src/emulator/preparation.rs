//! The few calls of S3, SNS and KMS with which test-suites prepare for CloudTrail. Buckets, topics and keys
//! are taken to exist, so nothing of what these calls make is kept.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::account::Context;
use super::error::{ServiceError, refuse};
use super::trail_rules::check_bucket;

/// S3: CreateBucket, HeadBucket, PutBucketPolicy and DeleteBucket.
pub(super) fn s3(operation: &str, request: &Value) -> Result<Value, ServiceError> {
    if !["CreateBucket", "HeadBucket", "PutBucketPolicy", "DeleteBucket"].contains(&operation) {
        let text = format!("The emulator has no {operation}; every bucket is taken to exist.");
        return Err(refuse("NotImplemented", text));
    }
    let bucket = request.get("Bucket").and_then(Value::as_str).unwrap_or_default();
    check_bucket(bucket).map_err(|error| refuse("InvalidBucketName", error.message))?;
    Ok(Value::Null)
}

/// SNS: CreateTopic.
pub(super) fn sns(context: &Context<'_>, operation: &str, request: &Value) -> Result<Value, ServiceError> {
    if operation != "CreateTopic" {
        let text = format!("The emulator has no {operation}; every topic is taken to exist.");
        return Err(refuse("InvalidAction", text));
    }
    let name = request.get("Name").and_then(Value::as_str).unwrap_or_default();
    // 1 to 256 of letters, digits, hyphens and underscores; a FIFO topic ends in .fifo (SNS API reference).
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    let fits = (1..=256).contains(&name.len())
        && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !fits {
        return Err(refuse("InvalidParameter", "Invalid parameter: Topic Name"));
    }
    let (partition, region, account) = (context.partition(), context.region, context.caller);
    Ok(json!({"TopicArn": format!("arn:{partition}:sns:{region}:{account}:{name}")}))
}

/// KMS ListAliases's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListAliasesRequest {
    #[serde(default, rename = "KeyId")]
    _key_id: Option<String>,
    #[serde(default, rename = "Limit")]
    _limit: Option<i64>,
    #[serde(default, rename = "Marker")]
    _marker: Option<String>,
}

/// KMS ListAliases's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListAliasesResponse {
    aliases: Vec<Value>,
    truncated: bool,
}

/// KMS ListAliases: none, although DescribeKey knows every alias. All of them exist, and nobody created one.
pub(super) fn list_aliases(
    _: &mut Context<'_>,
    _: ListAliasesRequest,
) -> Result<ListAliasesResponse, ServiceError> {
    Ok(ListAliasesResponse { aliases: Vec::new(), truncated: false })
}
