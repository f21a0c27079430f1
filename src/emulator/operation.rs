//! The table of operations: which name is which behaviour. Requests become typed here, and a member that the
//! model does not have is refused aloud.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::account::Context;
use super::arn;
use super::error::{ServiceError, refuse, require};
use super::wire::Service;
use super::{
    channel, dashboard, delegated_admin, event_configuration, event_data_store, event_data_store_life,
    event_data_store_read, event_selectors, insight, kms, lookup_events, policy, preparation, public_keys,
    sts, tag, trail, trail_read,
};

/// Whether an operation changes anything. The service's own names tell.
pub(super) fn writes(operation: &str) -> bool {
    !["Get", "List", "Describe", "Lookup", "Search"].iter().any(|verb| operation.starts_with(verb))
}

/// One call, from untyped request to untyped answer.
pub(super) fn perform(
    context: &mut Context<'_>,
    service: Service,
    operation: &str,
    request: Value,
) -> Result<Value, ServiceError> {
    match (service, operation) {
        (Service::CloudTrail, _) => cloudtrail(context, operation, request),
        (Service::Kms, "DescribeKey") => typed(context, request, kms::describe_key),
        (Service::Kms, "ListAliases") => typed(context, request, preparation::list_aliases),
        (Service::Kms, _) => Err(unknown(operation)),
        (Service::Sts, "GetCallerIdentity") => Ok(sts::get_caller_identity(context)),
        (Service::Sts, "AssumeRole") => sts::assume_role(context, &request),
        (Service::Sts, _) => Err(refuse("InvalidAction", format!("Could not find operation {operation}"))),
        (Service::Sns, _) => preparation::sns(context, operation, &request),
        (Service::S3, _) => preparation::s3(operation, &request),
    }
}

fn cloudtrail(context: &mut Context<'_>, operation: &str, request: Value) -> Result<Value, ServiceError> {
    match operation {
        "CreateTrail" => typed(context, request, trail::create_trail),
        "UpdateTrail" => typed(context, request, trail::update_trail),
        "DeleteTrail" => typed(context, request, trail::delete_trail),
        "StartLogging" => typed(context, request, trail::start_logging),
        "StopLogging" => typed(context, request, trail::stop_logging),
        "GetTrail" => typed(context, request, trail_read::get_trail),
        "GetTrailStatus" => typed(context, request, trail_read::get_trail_status),
        "DescribeTrails" => typed(context, request, trail_read::describe_trails),
        "ListTrails" => typed(context, request, trail_read::list_trails),
        "PutEventSelectors" => typed(context, request, event_selectors::put_event_selectors),
        "GetEventSelectors" => typed(context, request, event_selectors::get_event_selectors),
        "PutInsightSelectors" => typed(context, request, insight::put_insight_selectors),
        "GetInsightSelectors" => typed(context, request, insight::get_insight_selectors),
        "PutEventConfiguration" => typed(context, request, event_configuration::put_event_configuration),
        "GetEventConfiguration" => typed(context, request, event_configuration::get_event_configuration),
        "AddTags" => typed(context, request, tag::add_tags),
        "RemoveTags" => typed(context, request, tag::remove_tags),
        "ListTags" => typed(context, request, tag::list_tags),
        "LookupEvents" => typed(context, request, lookup_events::lookup_events),
        "ListPublicKeys" => typed(context, request, public_keys::list_public_keys),
        "RegisterOrganizationDelegatedAdmin" => typed(context, request, delegated_admin::register),
        "DeregisterOrganizationDelegatedAdmin" => typed(context, request, delegated_admin::deregister),
        _ => lake(context, operation, request),
    }
}

/// The operations on recorded data: nothing is recorded into stores, so there is nothing to ask.
const WITHOUT_DATA: [&str; 15] = [
    "CancelQuery",
    "DescribeQuery",
    "GenerateQuery",
    "GetImport",
    "GetQueryResults",
    "ListImportFailures",
    "ListImports",
    "ListInsightsData",
    "ListInsightsMetricData",
    "ListQueries",
    "SearchSampleQueries",
    "StartDashboardRefresh",
    "StartImport",
    "StartQuery",
    "StopImport",
];

/// CloudTrail Lake's operations, where there is a Lake.
fn lake(context: &mut Context<'_>, operation: &str, request: Value) -> Result<Value, ServiceError> {
    let behaviour: fn(&mut Context<'_>, Value) -> Result<Value, ServiceError> = match operation {
        "CreateEventDataStore" => |c, r| typed(c, r, event_data_store::create_event_data_store),
        "UpdateEventDataStore" => |c, r| typed(c, r, event_data_store::update_event_data_store),
        "DeleteEventDataStore" => |c, r| typed(c, r, event_data_store_life::delete_event_data_store),
        "RestoreEventDataStore" => |c, r| typed(c, r, event_data_store_life::restore_event_data_store),
        "StartEventDataStoreIngestion" => |c, r| typed(c, r, event_data_store_life::start_ingestion),
        "StopEventDataStoreIngestion" => |c, r| typed(c, r, event_data_store_life::stop_ingestion),
        "EnableFederation" => |c, r| typed(c, r, event_data_store_life::enable_federation),
        "DisableFederation" => |c, r| typed(c, r, event_data_store_life::disable_federation),
        "GetEventDataStore" => |c, r| typed(c, r, event_data_store_read::get_event_data_store),
        "ListEventDataStores" => |c, r| typed(c, r, event_data_store_read::list_event_data_stores),
        "CreateChannel" => |c, r| typed(c, r, channel::create_channel),
        "UpdateChannel" => |c, r| typed(c, r, channel::update_channel),
        "DeleteChannel" => |c, r| typed(c, r, channel::delete_channel),
        "GetChannel" => |c, r| typed(c, r, channel::get_channel),
        "ListChannels" => |c, r| typed(c, r, channel::list_channels),
        "PutResourcePolicy" => |c, r| typed(c, r, policy::put_resource_policy),
        "GetResourcePolicy" => |c, r| typed(c, r, policy::get_resource_policy),
        "DeleteResourcePolicy" => |c, r| typed(c, r, policy::delete_resource_policy),
        "CreateDashboard" => |c, r| typed(c, r, dashboard::create_dashboard),
        "UpdateDashboard" => |c, r| typed(c, r, dashboard::update_dashboard),
        "DeleteDashboard" => |c, r| typed(c, r, dashboard::delete_dashboard),
        "GetDashboard" => |c, r| typed(c, r, dashboard::get_dashboard),
        "ListDashboards" => |c, r| typed(c, r, dashboard::list_dashboards),
        _ if WITHOUT_DATA.contains(&operation) => {
            let text = format!("{operation} is not supported: the emulator records no events into stores.");
            return Err(refuse("UnsupportedOperationException", text));
        }
        _ => return Err(unknown(operation)),
    };
    let text = format!("{operation} is not supported in {}.", context.region);
    require(arn::has_lake(context.region), "UnsupportedOperationException", text)?;
    behaviour(context, request)
}

fn typed<Q: DeserializeOwned, A: Serialize>(
    context: &mut Context<'_>,
    request: Value,
    behaviour: impl FnOnce(&mut Context<'_>, Q) -> Result<A, ServiceError>,
) -> Result<Value, ServiceError> {
    let request = serde_json::from_value(request).map_err(|error| unreadable(&error))?;
    let answer = behaviour(context, request)?;
    serde_json::to_value(answer).map_err(|error| refuse("InternalFailure", error.to_string()))
}

/// A missing member or a value outside its enumeration is a validation error; a member of the wrong type, or
/// one that the model does not have, cannot be read at all.
fn unreadable(error: &serde_json::Error) -> ServiceError {
    let message = error.to_string();
    let invalid = message.starts_with("missing field") || message.starts_with("unknown variant");
    refuse(if invalid { "ValidationException" } else { "SerializationException" }, message)
}

fn unknown(operation: &str) -> ServiceError {
    refuse("UnknownOperationException", format!("The emulator has no operation {operation}."))
}
