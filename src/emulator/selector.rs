//! Event selectors: their shapes, the rules that CloudTrail holds them to, and what they log. Trails and
//! event data stores share them; who may carry which is in the rules.

use serde::{Deserialize, Serialize};

use super::arn;
use super::error::{ServiceError, refuse, require};

const INVALID: &str = "InvalidEventSelectorsException";

/// A basic event selector (API reference, EventSelector). Members left out have the documented defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct EventSelector {
    pub(super) read_write_type: String,
    pub(super) include_management_events: bool,
    pub(super) data_resources: Vec<DataResource>,
    pub(super) exclude_management_event_sources: Vec<String>,
}

impl Default for EventSelector {
    /// What a trail logs that nobody configured: all management events, no data events.
    fn default() -> Self {
        EventSelector {
            read_write_type: "All".to_owned(),
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }
    }
}

/// Data events of one type (API reference, DataResource).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DataResource {
    r#type: String,
    #[serde(default)]
    values: Vec<String>,
}

/// An advanced event selector (API reference, AdvancedEventSelector).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AdvancedEventSelector {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) field_selectors: Vec<FieldSelector>,
}

/// One field of an advanced selector (API reference, AdvancedFieldSelector).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct FieldSelector {
    pub(super) field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) equals: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) starts_with: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ends_with: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_equals: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_starts_with: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_ends_with: Option<Vec<String>>,
}

impl FieldSelector {
    /// The operators that are given, with their values.
    pub(super) fn operators(&self) -> Vec<(&'static str, &[String])> {
        let FieldSelector {
            field: _,
            equals,
            starts_with,
            ends_with,
            not_equals,
            not_starts_with,
            not_ends_with,
        } = self;
        [
            ("Equals", equals),
            ("StartsWith", starts_with),
            ("EndsWith", ends_with),
            ("NotEquals", not_equals),
            ("NotStartsWith", not_starts_with),
            ("NotEndsWith", not_ends_with),
        ]
        .into_iter()
        .filter_map(|(name, values)| values.as_deref().map(|values| (name, values)))
        .collect()
    }
}

impl AdvancedEventSelector {
    /// One selector of one category, with nothing to narrow it.
    pub(super) fn of_category(name: &str, category: &str) -> AdvancedEventSelector {
        AdvancedEventSelector {
            name: Some(name.to_owned()),
            field_selectors: vec![FieldSelector {
                field: "eventCategory".to_owned(),
                equals: Some(vec![category.to_owned()]),
                ..FieldSelector::default()
            }],
        }
    }

    /// The one value of `eventCategory`, or "" when there is none.
    pub(super) fn category(&self) -> &str {
        self.equals("eventCategory").and_then(|values| values.first()).map_or("", String::as_str)
    }

    fn equals(&self, field: &str) -> Option<&Vec<String>> {
        self.field_selectors.iter().find(|selector| selector.field == field)?.equals.as_ref()
    }
}

/// What a set of selectors logs, as far as insights and aggregation ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Logged {
    pub(super) management_reads: bool,
    pub(super) management_writes: bool,
    pub(super) data: bool,
}

/// What basic selectors log.
pub(super) fn logged_by_basic(selectors: &[EventSelector]) -> Logged {
    selectors.iter().fold(Logged::default(), |so_far, selector| Logged {
        management_reads: so_far.management_reads
            || selector.include_management_events && selector.read_write_type != "WriteOnly",
        management_writes: so_far.management_writes
            || selector.include_management_events && selector.read_write_type != "ReadOnly",
        data: so_far.data || !selector.data_resources.is_empty(),
    })
}

/// What advanced selectors log.
pub(super) fn logged_by_advanced(selectors: &[AdvancedEventSelector]) -> Logged {
    selectors.iter().fold(Logged::default(), |so_far, selector| {
        let only = selector.equals("readOnly").and_then(|values| values.first()).map(String::as_str);
        let management = selector.category() == "Management";
        Logged {
            management_reads: so_far.management_reads || management && only != Some("false"),
            management_writes: so_far.management_writes || management && only != Some("true"),
            data: so_far.data || selector.category() == "Data",
        }
    })
}

/// The rules for basic selectors (API reference, PutEventSelectors and EventSelector).
pub(super) fn check_basic(selectors: &[EventSelector], partition: &str) -> Result<(), ServiceError> {
    require(
        (1..=5).contains(&selectors.len()),
        INVALID,
        "A trail takes between one and five event selectors.",
    )?;
    for selector in selectors {
        check_basic_one(selector, partition)?;
    }
    // "All of a type" does not count (General Reference, CloudTrail quotas: 250 data resources per trail).
    let resources = selectors.iter().flat_map(|selector| &selector.data_resources);
    let counted = resources.flat_map(|resource| &resource.values).filter(|value| arn::parse(value).is_some());
    require(
        counted.count() <= 250,
        INVALID,
        "The number of data resources exceeds the maximum of 250 for a trail.",
    )
}

fn check_basic_one(selector: &EventSelector, partition: &str) -> Result<(), ServiceError> {
    let EventSelector {
        read_write_type,
        include_management_events,
        data_resources,
        exclude_management_event_sources,
    } = selector;
    require(
        matches!(read_write_type.as_str(), "All" | "ReadOnly" | "WriteOnly"),
        INVALID,
        format!("{read_write_type} is not a valid value for ReadWriteType."),
    )?;
    require(
        *include_management_events || !data_resources.is_empty(),
        INVALID,
        "When includeManagementEvents is false, DataResources must not be empty",
    )?;
    for source in exclude_management_event_sources {
        require(
            is_excludable(source),
            INVALID,
            format!("{source} is not a valid value for ExcludeManagementEventSources."),
        )?;
    }
    require(
        *include_management_events || exclude_management_event_sources.is_empty(),
        INVALID,
        "ExcludeManagementEventSources needs IncludeManagementEvents to be true.",
    )?;
    for resource in data_resources {
        check_data_resource(resource, partition)?;
    }
    Ok(())
}

/// The two sources that management events can be logged without (API reference, EventSelector).
pub(super) fn is_excludable(source: &str) -> bool {
    matches!(source, "kms.amazonaws.com" | "rdsdata.amazonaws.com")
}

fn check_data_resource(resource: &DataResource, partition: &str) -> Result<(), ServiceError> {
    let service = match resource.r#type.as_str() {
        "AWS::S3::Object" => "s3",
        "AWS::Lambda::Function" => "lambda",
        "AWS::DynamoDB::Table" => "dynamodb",
        other => return Err(refuse(INVALID, format!("Value {other} for DataResources.Type is invalid."))),
    };
    require(!resource.values.is_empty(), INVALID, "DataResources.Values must not be empty.")?;
    for value in &resource.values {
        require(
            is_data_resource_value(service, value, partition),
            INVALID,
            format!("Value {value} for DataResources.Values is invalid."),
        )?;
    }
    Ok(())
}

/// `arn:P:s3` for everything, else a bucket with its slash, a function or a table. No wildcards: AWS
/// refuses `arn:aws:s3:::*` and `arn:aws:lambda:*`.
fn is_data_resource_value(service: &str, value: &str, partition: &str) -> bool {
    if value == format!("arn:{partition}:{service}") || value == format!("arn:{partition}:{service}:::") {
        return service == "s3" || !value.ends_with(':');
    }
    let Some(parts) = arn::parse(value) else { return false };
    let here = parts.partition == partition && parts.service == service && !value.contains('*');
    let of_service = match service {
        "s3" => parts.region.is_empty() && parts.resource.contains('/') && !parts.resource.starts_with('/'),
        "lambda" => parts.resource.starts_with("function:") && arn::is_account(parts.account),
        _ => parts.resource.starts_with("table/") && arn::is_account(parts.account),
    };
    here && of_service
}
