//! ListPublicKeys: keys that digest files would be signed with. No digest is ever delivered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::account::Context;
use super::error::{ServiceError, require};

/// ListPublicKeys's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListPublicKeysRequest {
    start_time: Option<f64>,
    end_time: Option<f64>,
    #[serde(default, rename = "NextToken")]
    _next_token: Option<String>,
}

/// ListPublicKeys's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListPublicKeysResponse {
    public_key_list: Vec<Value>,
}

/// ListPublicKeys: there is none, in any span of time.
pub(super) fn list_public_keys(
    _: &mut Context<'_>,
    request: ListPublicKeysRequest,
) -> Result<ListPublicKeysResponse, ServiceError> {
    let ordered = request.start_time.zip(request.end_time).is_none_or(|(start, end)| start <= end);
    require(ordered, "InvalidTimeRangeException", "The start time is after the end time.")?;
    Ok(ListPublicKeysResponse { public_key_list: Vec::new() })
}
