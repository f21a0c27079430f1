//! LookupEvents: the event history as the service answers it. What is recorded is the history's.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::account::Context;
use super::arn;
use super::error::{ServiceError, refuse, require};
use super::event_history::{Event, EventResource};
use super::paging::page;

const SOURCE: &str = "cloudtrail.amazonaws.com";

/// LookupEvents's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct LookupEventsRequest {
    lookup_attributes: Option<Vec<LookupAttribute>>,
    start_time: Option<f64>,
    end_time: Option<f64>,
    event_category: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LookupAttribute {
    attribute_key: AttributeKey,
    attribute_value: String,
}

#[derive(Clone, Copy, Deserialize)]
enum AttributeKey {
    EventId,
    EventName,
    ReadOnly,
    Username,
    ResourceType,
    ResourceName,
    EventSource,
    AccessKeyId,
}

/// LookupEvents's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LookupEventsResponse {
    events: Vec<EventSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventSummary {
    event_id: String,
    event_name: String,
    read_only: &'static str,
    access_key_id: String,
    event_time: u64,
    event_source: &'static str,
    username: String,
    resources: Vec<ResourceSummary>,
    cloud_trail_event: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceSummary {
    resource_type: String,
    resource_name: String,
}

/// LookupEvents: the caller's events in this region, newest first, at most 50 at once (API reference). Only
/// what the emulator recorded is there: writing calls of CloudTrail's own.
pub(super) fn lookup_events(
    context: &mut Context<'_>,
    request: LookupEventsRequest,
) -> Result<LookupEventsResponse, ServiceError> {
    let LookupEventsRequest {
        lookup_attributes,
        start_time,
        end_time,
        event_category,
        max_results,
        next_token,
    } = request;
    let attributes = lookup_attributes.unwrap_or_default();
    // "Currently the list can contain only one item" (API reference).
    let text = "At most one lookup attribute can be given, with a value of 1 to 2000 characters.";
    let sized = attributes.iter().all(|a| (1..=2000).contains(&a.attribute_value.chars().count()));
    require(attributes.len() <= 1 && sized, "InvalidLookupAttributesException", text)?;
    let most = max_results.unwrap_or(50);
    let text = "MaxResults must be between 1 and 50.";
    require((1..=50).contains(&most), "InvalidMaxResultsException", text)?;
    let (start, end) = (start_time.unwrap_or(f64::MIN), end_time.unwrap_or(f64::MAX));
    require(start <= end, "InvalidTimeRangeException", "The start time is after the end time.")?;
    let insights = match event_category.as_deref() {
        None => false,
        Some("insight") => true,
        Some(other) => {
            let text = format!("The event category {other} is not valid: only insight is.");
            return Err(refuse("InvalidEventCategoryException", text));
        }
    };
    let entries = context
        .world
        .event_history
        .events
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, event)| !insights && event.account == context.caller && event.region == context.region)
        .filter(|(_, event)| (start..=end).contains(&seconds(event.event_time)))
        .filter(|(_, event)| attributes.iter().all(|attribute| matches(event, attribute)))
        // A page goes by ascending keys, so the newest event has the smallest: times are never the same.
        .map(|(_, event)| (format!("{:020}", u64::MAX - event.event_time), summary(event)))
        .collect();
    let (events, next_token) = page(context, entries, Some(most), next_token.as_deref())?;
    Ok(LookupEventsResponse { events, next_token })
}

/// Seconds as the wire's numbers have them.
fn seconds(time: u64) -> f64 {
    time as f64
}

fn matches(event: &Event, LookupAttribute { attribute_key, attribute_value }: &LookupAttribute) -> bool {
    let any = |test: fn(&EventResource) -> &str| {
        event.resources.iter().any(|resource| test(resource) == attribute_value)
    };
    match attribute_key {
        AttributeKey::EventId => event.event_id == *attribute_value,
        AttributeKey::EventName => event.event_name == *attribute_value,
        AttributeKey::ReadOnly => attribute_value == "false",
        AttributeKey::Username => user_name(event) == attribute_value,
        AttributeKey::ResourceType => any(|resource| &resource.resource_type),
        AttributeKey::ResourceName => any(|resource| &resource.resource_name),
        AttributeKey::EventSource => attribute_value == SOURCE,
        AttributeKey::AccessKeyId => event.access_key_id == *attribute_value,
    }
}

/// A user's name, or the name of a role's session: the last part of the ARN.
fn user_name(event: &Event) -> &str {
    event.principal.rsplit('/').next().unwrap_or_default()
}

fn summary(event: &Event) -> EventSummary {
    let resource = |resource: &EventResource| ResourceSummary {
        resource_type: resource.resource_type.clone(),
        resource_name: resource.resource_name.clone(),
    };
    EventSummary {
        event_id: event.event_id.clone(),
        event_name: event.event_name.clone(),
        read_only: "false",
        access_key_id: event.access_key_id.clone(),
        event_time: event.event_time,
        event_source: SOURCE,
        username: user_name(event).to_owned(),
        resources: event.resources.iter().map(resource).collect(),
        cloud_trail_event: record(event).to_string(),
    }
}

/// The event itself, as CloudTrail would deliver it (user guide, "CloudTrail record contents").
fn record(event: &Event) -> Value {
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": user_identity(event),
        "eventTime": rfc3339(event.event_time),
        "eventSource": SOURCE,
        "eventName": event.event_name,
        "awsRegion": event.region,
        "sourceIPAddress": event.source_ip_address,
        "userAgent": event.user_agent,
        "requestParameters": event.request_parameters,
        "responseElements": event.response_elements,
        "requestID": event.event_id,
        "eventID": event.event_id,
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": event.account,
        "eventCategory": "Management",
    });
    for (member, value) in [("errorCode", &event.error_code), ("errorMessage", &event.error_message)] {
        if let Some(value) = value {
            record[member] = value.as_str().into();
        }
    }
    record
}

/// A user, or an assumed role with the role that issued its session (user guide, "userIdentity element").
fn user_identity(event: &Event) -> Value {
    let Event { account, principal, principal_id, access_key_id, .. } = event;
    let parts = arn::parse(principal);
    let assumed = parts.and_then(|parts| parts.resource.strip_prefix("assumed-role/")?.split_once('/'));
    let mut identity = json!({
        "type": if assumed.is_some() { "AssumedRole" } else { "IAMUser" },
        "principalId": principal_id,
        "arn": principal,
        "accountId": account,
        "accessKeyId": access_key_id,
    });
    match (parts, assumed) {
        (Some(parts), Some((role, _))) => {
            let issuer = principal_id.split(':').next().unwrap_or_default();
            identity["sessionContext"] = json!({
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": issuer,
                    "arn": format!("arn:{}:iam::{}:role/{role}", parts.partition, parts.account),
                    "accountId": parts.account,
                    "userName": role,
                },
                "attributes": {"creationDate": rfc3339(event.event_time), "mfaAuthenticated": "false"},
            });
        }
        _ => identity["userName"] = user_name(event).into(),
    }
    identity
}

/// Seconds since 1970 as text in UTC, by the usual arithmetic on days that begin in March.
fn rfc3339(time: u64) -> String {
    let (days, second) = (time / 86_400, time % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute) = (second / 3600, second % 3600 / 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_days_and_times() {
        // `date -u -d @…` of GNU coreutils.
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_767_225_601), "2026-01-01T00:00:01Z");
        assert_eq!(rfc3339(4_107_542_400), "2100-03-01T00:00:00Z");
    }
}
