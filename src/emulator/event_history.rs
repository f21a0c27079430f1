//! The event history: who made which writing call of CloudTrail's, as LookupEvents answers it. The service
//! records every management event; here these are the calls that the emulator itself has answered.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::arn;
use super::sts::Identity;

/// The most events that are kept; the oldest go first. AWS keeps 90 days of them.
const MOST_EVENTS: usize = 500;

/// Requests and answers beyond this many bytes are left out, as AWS does (user guide, "CloudTrail record
/// contents").
const MOST_PARAMETERS: usize = 100 * 1024;

/// What has been recorded, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventHistory {
    /// Events so far, those that are no longer kept included.
    #[serde(default)]
    recorded: u64,
    #[serde(default)]
    pub(super) events: Vec<Event>,
}

/// One recorded call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Event {
    pub(super) event_id: String,
    /// Seconds since 1970.
    pub(super) event_time: u64,
    pub(super) event_name: String,
    /// The account that called, which is where the event can be looked up.
    pub(super) account: String,
    pub(super) region: String,
    /// The caller's ARN: a user's or an assumed role's.
    pub(super) principal: String,
    #[serde(default)]
    pub(super) principal_id: String,
    #[serde(default)]
    pub(super) access_key_id: String,
    #[serde(default)]
    pub(super) source_ip_address: String,
    #[serde(default)]
    pub(super) user_agent: String,
    #[serde(default)]
    pub(super) request_parameters: Value,
    /// Null where the service answers nothing.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(super) response_elements: Value,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) resources: Vec<EventResource>,
    /// Of a call that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error_message: Option<String>,
}

/// Something that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventResource {
    pub(super) resource_type: String,
    pub(super) resource_name: String,
}

/// A call that has been answered.
pub(super) struct Answered<'a> {
    pub(super) operation: &'a str,
    pub(super) identity: &'a Identity,
    pub(super) region: &'a str,
    pub(super) source_address: &'a str,
    pub(super) user_agent: &'a str,
    pub(super) request: &'a Value,
    /// The answer, or the code and message of the refusal.
    pub(super) result: Result<&'a Value, (&'a str, &'a str)>,
}

impl EventHistory {
    /// Whether there is nothing to write down.
    pub(super) fn is_empty(&self) -> bool {
        *self == EventHistory::default()
    }

    /// Adds an event. Its second is `now`, or the one after the last event: no two are of the same time.
    pub(super) fn record(&mut self, now: u64, call: &Answered<'_>) {
        self.recorded += 1;
        let last = self.events.last().map_or(0, |event| event.event_time);
        let refusal = call.result.err();
        self.events.push(Event {
            event_id: format!("00000000-0000-4000-a000-{:012x}", self.recorded),
            event_time: now.max(last + 1),
            event_name: call.operation.to_owned(),
            account: call.identity.account.clone(),
            region: call.region.to_owned(),
            principal: call.identity.arn.clone(),
            principal_id: call.identity.principal_id.clone(),
            access_key_id: call.identity.access_key.clone(),
            source_ip_address: call.source_address.to_owned(),
            user_agent: call.user_agent.to_owned(),
            request_parameters: shown(call.request, "requestParameters"),
            response_elements: answered(call),
            resources: resources(call),
            error_code: refusal.map(|(code, _)| code.to_owned()),
            error_message: refusal.map(|(_, message)| message.to_owned()),
        });
        let surplus = self.events.len().saturating_sub(MOST_EVENTS);
        self.events.drain(..surplus);
    }
}

/// A request or an answer as an event shows it: members begin with small letters (user guide, "CloudTrail record
/// contents", the examples).
fn shown(document: &Value, member: &str) -> Value {
    if document.to_string().len() > MOST_PARAMETERS {
        return json!({"omitted": true, "reason": format!("{member} too large")});
    }
    lower_camel(document)
}

/// What a call answered, or null when that was nothing.
fn answered(call: &Answered<'_>) -> Value {
    match call.result {
        Ok(answer) if answer.as_object().is_some_and(|members| !members.is_empty()) => {
            shown(answer, "responseElements")
        }
        Ok(_) | Err(_) => Value::Null,
    }
}

fn lower_camel(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| {
                // The keys of a map are the caller's own.
                let value = if key == "ViewProperties" { value.clone() } else { lower_camel(value) };
                (lower_first(key), value)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(lower_camel).collect(),
        other => other.clone(),
    }
}

fn lower_first(key: &str) -> String {
    let mut characters = key.chars();
    characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
}

/// The resources of an event: how the request names it, its name and its ARN. AWS lists a trail by name and by
/// ARN; that Lake's kinds are listed in the same way is unverified.
fn resources(call: &Answered<'_>) -> Vec<EventResource> {
    let of = |holder: &Value, member: &str| holder.get(member).and_then(Value::as_str).map(str::to_owned);
    let answer = call.result.ok().unwrap_or(&Value::Null);
    let mut found = Vec::new();
    for (member, kind) in KINDS_OF_ANSWERS {
        found.extend(of(answer, member).map(|name| (kind, name)));
    }
    for (member, kind) in KINDS_OF_REQUESTS {
        found.extend(of(call.request, member).map(|name| (kind, name)));
    }
    for member in ["ResourceArn", "ResourceId"] {
        let arn = of(call.request, member);
        found.extend(arn.and_then(|arn| Some((kind_of_arn(&arn)?, arn))));
    }
    if let Some(name) = of(call.request, "Name") {
        let named = ["Trail", "Dashboard", "Logging"].iter().any(|word| call.operation.ends_with(word));
        let kind = if call.operation.ends_with("Dashboard") { DASHBOARD } else { TRAIL };
        found.extend(named.then_some((kind, name)));
    }
    let mut names: Vec<EventResource> = Vec::new();
    for (kind, name) in found {
        for name in spellings(call, kind, &name) {
            let resource = EventResource { resource_type: kind.to_owned(), resource_name: name };
            if !names.contains(&resource) {
                names.push(resource);
            }
        }
    }
    names
}

const TRAIL: &str = "AWS::CloudTrail::Trail";
const STORE: &str = "AWS::CloudTrail::EventDataStore";
const CHANNEL: &str = "AWS::CloudTrail::Channel";
const DASHBOARD: &str = "AWS::CloudTrail::Dashboard";

const KINDS_OF_ANSWERS: [(&str, &str); 4] =
    [("TrailARN", TRAIL), ("EventDataStoreArn", STORE), ("ChannelArn", CHANNEL), ("DashboardArn", DASHBOARD)];

const KINDS_OF_REQUESTS: [(&str, &str); 4] =
    [("TrailName", TRAIL), ("EventDataStore", STORE), ("Channel", CHANNEL), ("DashboardId", DASHBOARD)];

fn kind_of_arn(text: &str) -> Option<&'static str> {
    let parts = arn::parse(text).filter(|parts| parts.service == "cloudtrail")?;
    match parts.resource.split_once('/')?.0 {
        "trail" => Some(TRAIL),
        "eventdatastore" => Some(STORE),
        "channel" => Some(CHANNEL),
        "dashboard" => Some(DASHBOARD),
        _ => None,
    }
}

/// A trail or dashboard by its ARN and by its name, a store or channel by its ARN, however it was spelled.
fn spellings(call: &Answered<'_>, kind: &str, spelled: &str) -> Vec<String> {
    let word = match kind {
        TRAIL => "trail",
        STORE => "eventdatastore",
        CHANNEL => "channel",
        _ => "dashboard",
    };
    let named = kind == TRAIL || kind == DASHBOARD;
    let (arn, name) = match arn::parse(spelled) {
        Some(parts) => (spelled.to_owned(), parts.resource.rsplit('/').next().unwrap_or_default().to_owned()),
        None => {
            let partition = arn::partition_of(call.region);
            let account = &call.identity.account;
            let arn = format!("arn:{partition}:cloudtrail:{}:{account}:{word}/{spelled}", call.region);
            (arn, spelled.to_owned())
        }
    };
    if named { vec![arn, name] } else { vec![arn] }
}
