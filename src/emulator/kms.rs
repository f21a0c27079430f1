//! As much of KMS as CloudTrail leans on: which key a spelling means. Every key is taken to exist.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::account::Context;
use super::arn;
use super::error::{ServiceError, refuse};

/// DescribeKey's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeKeyRequest {
    key_id: String,
    #[serde(default, rename = "GrantTokens")]
    _grant_tokens: Option<Vec<String>>,
}

/// DescribeKey's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeKeyResponse {
    key_metadata: KeyMetadata,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyMetadata {
    #[serde(rename = "AWSAccountId")]
    account: String,
    key_id: String,
    arn: String,
    enabled: bool,
    key_state: &'static str,
    key_usage: &'static str,
    key_manager: &'static str,
}

/// KMS DescribeKey: a key id, key ARN, alias name or alias ARN (KMS API reference).
pub(super) fn describe_key(
    context: &mut Context<'_>,
    request: DescribeKeyRequest,
) -> Result<DescribeKeyResponse, ServiceError> {
    let key = key_arn(context, &request.key_id)
        .ok_or_else(|| refuse("NotFoundException", format!("Invalid keyId '{}'", request.key_id)))?;
    let (account, key_id) = match arn::parse(&key) {
        Some(parts) => (parts.account.to_owned(), parts.resource.trim_start_matches("key/").to_owned()),
        None => (context.caller.to_owned(), key.clone()),
    };
    let key_metadata = KeyMetadata {
        account,
        key_id,
        arn: key,
        enabled: true,
        key_state: "Enabled",
        key_usage: "ENCRYPT_DECRYPT",
        key_manager: "CUSTOMER",
    };
    Ok(DescribeKeyResponse { key_metadata })
}

/// The ARN of the key that `spelling` means to the caller, or `None` when it is no spelling of a key.
pub(super) fn key_arn(context: &Context<'_>, spelling: &str) -> Option<String> {
    let (partition, region, caller) = (context.partition(), context.region, context.caller);
    if is_key_id(spelling) {
        return Some(format!("arn:{partition}:kms:{region}:{caller}:key/{spelling}"));
    }
    if is_alias(spelling) {
        return Some(aliased(partition, region, caller, spelling));
    }
    let parts = arn::parse(spelling)?;
    if parts.service != "kms" || parts.partition != partition || !arn::is_account(parts.account) {
        return None;
    }
    if is_alias(parts.resource) {
        return Some(aliased(partition, parts.region, parts.account, parts.resource));
    }
    parts.resource.strip_prefix("key/").filter(|id| is_key_id(id)).map(|_| spelling.to_owned())
}

/// The alias ARN when `spelling` is an alias, else the key's ARN.
pub(super) fn alias_or_key_arn(context: &Context<'_>, spelling: &str) -> Option<String> {
    let key = key_arn(context, spelling)?;
    let (partition, region, caller) = (context.partition(), context.region, context.caller);
    Some(match arn::parse(spelling) {
        None if is_alias(spelling) => format!("arn:{partition}:kms:{region}:{caller}:{spelling}"),
        Some(parts) if is_alias(parts.resource) => spelling.to_owned(),
        _ => key,
    })
}

/// Every alias points at one key for ever, found by its name, so that two sandboxes agree.
fn aliased(partition: &str, region: &str, account: &str, alias: &str) -> String {
    let digest = Sha256::digest(format!("{account}/{region}/{alias}"));
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let id = format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..]);
    format!("arn:{partition}:kms:{region}:{account}:key/{id}")
}

/// `alias/` and 1 to 249 of `[A-Za-z0-9/_-]` (KMS API reference, CreateAlias).
fn is_alias(text: &str) -> bool {
    text.len() <= 256
        && text.strip_prefix("alias/").is_some_and(|name| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte))
        })
}

/// A UUID, or a multi-Region key's `mrk-` and 32 hexadecimal digits.
fn is_key_id(text: &str) -> bool {
    let hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.strip_prefix("mrk-") {
        Some(rest) => rest.len() == 32 && hex(rest),
        None => is_uuid(text),
    }
}

/// 8-4-4-4-12 hexadecimal digits.
pub(super) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 5
        && groups.iter().zip([8, 4, 4, 4, 12]).all(|(group, length)| {
            group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}
