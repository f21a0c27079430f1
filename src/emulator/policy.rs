//! Resource policies of stores, channels and dashboards: PutResourcePolicy, GetResourcePolicy and
//! DeleteResourcePolicy, and how a policy reads back. What a policy may say is in `policy_rules`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::account::{Context, Place};
use super::arn;
use super::channel;
use super::dashboard;
use super::error::{ServiceError, refuse, require};
use super::event_data_store_read::{found as found_store, require_active};
use super::policy_rules;
use super::resource::{Kind, kind_of};
use super::trail::Nothing;

/// PutResourcePolicy's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PutResourcePolicyRequest {
    resource_arn: String,
    resource_policy: String,
}

/// A request that only names a resource.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ResourcePolicyRequest {
    resource_arn: String,
}

/// What putting and getting answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ResourcePolicyResponse {
    resource_arn: String,
    resource_policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegated_admin_resource_policy: Option<String>,
}

/// A resource that can have a policy, and what it has.
struct Holder {
    kind: Kind,
    place: Place,
    policy: Option<String>,
    delegated_admin_policy: Option<String>,
    /// Whether it is AWS's, so that nobody can change it.
    is_managed: bool,
}

/// PutResourcePolicy: replaces the whole document.
pub(super) fn put_resource_policy(
    context: &mut Context<'_>,
    request: PutResourcePolicyRequest,
) -> Result<ResourcePolicyResponse, ServiceError> {
    let PutResourcePolicyRequest { resource_arn, resource_policy } = request;
    let holder = holder(context, &resource_arn)?;
    require_changeable(&holder)?;
    let needs_resource = holder.kind == Kind::Channel && context.switches.channel_policy_needs_resource;
    policy_rules::check(&resource_policy, holder.kind, &resource_arn, needs_resource)?;
    context.tick();
    let answer = ResourcePolicyResponse {
        resource_policy: read_back(context, &resource_policy),
        delegated_admin_resource_policy: holder.delegated_admin_policy.clone(),
        resource_arn,
    };
    keep(context, &holder, Some(resource_policy));
    Ok(answer)
}

/// GetResourcePolicy: no policy is an error (API reference).
pub(super) fn get_resource_policy(
    context: &mut Context<'_>,
    request: ResourcePolicyRequest,
) -> Result<ResourcePolicyResponse, ServiceError> {
    let ResourcePolicyRequest { resource_arn } = request;
    let holder = holder(context, &resource_arn)?;
    let policy = holder.policy.ok_or_else(|| not_found(&resource_arn))?;
    Ok(ResourcePolicyResponse {
        resource_policy: read_back(context, &policy),
        delegated_admin_resource_policy: holder.delegated_admin_policy,
        resource_arn,
    })
}

/// DeleteResourcePolicy.
pub(super) fn delete_resource_policy(
    context: &mut Context<'_>,
    request: ResourcePolicyRequest,
) -> Result<Nothing, ServiceError> {
    let holder = holder(context, &request.resource_arn)?;
    require_changeable(&holder)?;
    require(
        holder.policy.is_some(),
        "ResourcePolicyNotFoundException",
        not_found(&request.resource_arn).message,
    )?;
    context.tick();
    keep(context, &holder, None);
    Ok(Nothing {})
}

fn not_found(resource: &str) -> ServiceError {
    refuse("ResourcePolicyNotFoundException", format!("There is no resource policy on {resource}."))
}

/// What the ARN names. Trails have no policies (ResourceTypeNotSupportedException); an ARN that is malformed
/// or maps to nothing is ResourceARNNotValidException (API reference, PutResourcePolicy).
fn holder(context: &mut Context<'_>, text: &str) -> Result<Holder, ServiceError> {
    let invalid = || refuse("ResourceARNNotValidException", format!("The resource ARN {text} is not valid."));
    match kind_of(text).ok_or_else(invalid)? {
        Kind::Trail => Err(refuse(
            "ResourceTypeNotSupportedException",
            format!("Resource policies are not supported for trails: {text}"),
        )),
        Kind::EventDataStore => {
            let (place, store) = found_store(context, text).map_err(|_| invalid())?;
            require_active(&store)?;
            Ok(Holder {
                kind: Kind::EventDataStore,
                place,
                policy: store.resource_policy,
                delegated_admin_policy: store.delegated_admin_resource_policy,
                is_managed: false,
            })
        }
        Kind::Channel => {
            let (place, channel) = channel::found(context, text).map_err(|_| invalid())?;
            let is_managed = channel.is_service_linked();
            let policy = channel.resource_policy;
            Ok(Holder { kind: Kind::Channel, place, policy, delegated_admin_policy: None, is_managed })
        }
        Kind::Dashboard => {
            let (place, dashboard) = dashboard::found(context, text).map_err(|_| invalid())?;
            let is_managed = dashboard::require_own(&place, &dashboard).is_err();
            let policy = dashboard.resource_policy;
            Ok(Holder { kind: Kind::Dashboard, place, policy, delegated_admin_policy: None, is_managed })
        }
    }
}

fn require_changeable(holder: &Holder) -> Result<(), ServiceError> {
    require(
        !holder.is_managed,
        "OperationNotPermittedException",
        format!("The policy of {}, which AWS manages, cannot be changed.", holder.place.key),
    )
}

fn keep(context: &mut Context<'_>, holder: &Holder, policy: Option<String>) {
    let Place { account, region, key } = &holder.place;
    let state = context.state_mut(account, region);
    let kept = match holder.kind {
        Kind::Trail => None,
        Kind::EventDataStore => state.event_data_stores.get_mut(key).map(|store| &mut store.resource_policy),
        Kind::Channel => state.channels.get_mut(key).map(|channel| &mut channel.resource_policy),
        Kind::Dashboard => state.dashboards.get_mut(key).map(|dashboard| &mut dashboard.resource_policy),
    };
    if let Some(kept) = kept {
        *kept = policy;
    }
}

/// Services that keep policies may hand them back re-serialised; what exactly CloudTrail rewrites is
/// unverified, so a switch chooses between the text as sent and a text that means the same.
fn read_back(context: &Context<'_>, policy: &str) -> String {
    if !context.switches.policy_reserialised {
        return policy.to_owned();
    }
    match serde_json::from_str(policy) {
        Ok(document) => respelled(&document, context.partition(), false).to_string(),
        Err(_) => policy.to_owned(),
    }
}

/// The same document: keys sorted, lists of one as scalars, the prefix of global condition keys in small letters, and
/// account ids as root ARNs where they are principals (IAM user guide, "AWS account principals"; a condition's value
/// is compared with what the request says and stays).
fn respelled(value: &Value, partition: &str, in_principal: bool) -> Value {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<(String, Value)> = members
                .iter()
                .map(|(key, value)| {
                    let global = key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
                    let key = if global { format!("aws:{}", &key[4..]) } else { key.clone() };
                    // The list of statements stays a list, however short.
                    let value = match value {
                        Value::Array(items) if key != "Statement" && items.len() == 1 => &items[0],
                        other => other,
                    };
                    let in_principal = in_principal || key == "Principal";
                    let value = respelled(value, partition, in_principal);
                    (key, value)
                })
                .collect();
            sorted.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(sorted.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| respelled(item, partition, in_principal)).collect())
        }
        Value::String(text) if in_principal && arn::is_account(text) => {
            Value::String(format!("arn:{partition}:iam::{text}:root"))
        }
        other => other.clone(),
    }
}
