//! Which field a selector may have, by category and kind, with which operators and values
//! (API reference, `AdvancedFieldSelector`, as of November 2026). Plain data.

use crate::resource::Kind;

/// What a field takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Operators, as they are written.
    pub(super) operators: &'static [&'static str],
    /// The only values; none when there are too many to know.
    pub(super) values: Option<&'static [&'static str]>,
    /// Whether only one value is possible.
    pub(super) single: bool,
}

/// Every field but `eventCategory`. AWS adds some from time to time.
pub(in crate::manifest) const FIELDS: [&str; 10] = [
    "readOnly",
    "eventName",
    "eventSource",
    "eventType",
    "resources.type",
    "resources.ARN",
    "userIdentity.arn",
    "sessionCredentialFromConsole",
    "errorCode",
    "vpcEndpointId",
];

const EQUALS: &[&str] = &["equals"];
const NOT_EQUALS: &[&str] = &["notEquals"];
const EITHER: &[&str] = &["equals", "notEquals"];
const ANY: &[&str] = &["equals", "notEquals", "startsWith", "notStartsWith", "endsWith", "notEndsWith"];

/// The categories that a kind can record.
pub(super) fn categories(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Trail => &["Management", "Data", "NetworkActivity"],
        _ => &[
            "Management",
            "Data",
            "NetworkActivity",
            "Insight",
            "ConfigurationItem",
            "ActivityAuditLog",
            "Evidence",
        ],
    }
}

/// What a store is for: categories of one class can stand in one store (user guide, event data stores).
pub(super) fn class(category: &str) -> &str {
    match category {
        "Management" | "Data" | "NetworkActivity" => "CloudTrail events",
        other => other,
    }
}

/// What a field takes in a selector of this category; none when it cannot stand there.
pub(super) fn rule(kind: Kind, category: &str, field: &str) -> Option<Rule> {
    let trail = kind == Kind::Trail;
    let free = |operators| Some(Rule { operators, values: None, single: false });
    let of = |operators, values, single| Some(Rule { operators, values: Some(values), single });
    match (category, field) {
        ("Management" | "Data", "readOnly") => of(EQUALS, &["true", "false"], true),
        // On a trail, management events can only be thinned out by these two sources.
        ("Management", "eventSource") if trail => {
            of(NOT_EQUALS, &["kms.amazonaws.com", "rdsdata.amazonaws.com"], false)
        }
        ("Management", _) if trail => None,
        ("Management", "eventName" | "eventSource" | "eventType" | "userIdentity.arn") => free(ANY),
        ("Management" | "Data", "sessionCredentialFromConsole") => of(EITHER, &["true"], true),
        ("Data", "resources.type") => Some(Rule { operators: EQUALS, values: None, single: true }),
        ("Data", "eventName" | "eventSource" | "eventType" | "resources.ARN" | "userIdentity.arn") => {
            free(ANY)
        }
        ("NetworkActivity", "eventSource") => Some(Rule { operators: EQUALS, values: None, single: true }),
        ("NetworkActivity", "eventName" | "vpcEndpointId") => free(ANY),
        ("NetworkActivity", "errorCode") => of(EQUALS, &["VpceAccessDenied"], true),
        // The API reference leaves it out, the user guide has it for trails.
        ("NetworkActivity", "userIdentity.arn") if trail => free(ANY),
        _ => None,
    }
}

/// `AWS::S3::Object` and its like.
pub(super) fn is_resource_type(value: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    let parts: Vec<&str> = value.split("::").collect();
    matches!(parts.as_slice(), ["AWS", service, kind] if word(service) && word(kind))
}

/// `s3.amazonaws.com` and its like.
pub(super) fn is_event_source(value: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    };
    value.strip_suffix(".amazonaws.com").or_else(|| value.strip_suffix(".amazon.com")).is_some_and(word)
}
