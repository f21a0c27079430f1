//! The shapes of event selectors, insight selectors and aggregation, shared by trails and event data stores.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::unless;
use crate::resource::selector::{
    AdvancedEventSelector, AggregationConfiguration, DataResource, EventSelector, FieldSelector,
    InsightSelector,
};

/// A basic event selector: management events, and data events of S3, Lambda and DynamoDB.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "EventSelector")]
pub(super) struct EventSelectorShape {
    /// Which of reads and writes are recorded. Default: `All`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["All", "ReadOnly", "WriteOnly"], "default" = "All"))]
    read_write_type: Option<String>,
    /// Whether management events are recorded. Default: `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = true))]
    include_management_events: Option<bool>,
    /// Which data events are recorded. Default: none. At most 250 values in all selectors of a trail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    data_resources: Vec<DataResourceShape>,
    /// Sources left out of the management events: `kms.amazonaws.com` and `rdsdata.amazonaws.com`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("items" = {"type": "string", "enum": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]}))]
    exclude_management_event_sources: Vec<String>,
}

/// Objects, functions or tables whose data events are recorded.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "DataResource")]
pub(super) struct DataResourceShape {
    /// The type. Basic selectors know these three; advanced selectors know all.
    #[schemars(extend("enum" = ["AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"]))]
    r#type: String,
    /// ARNs. `arn:aws:s3`, `arn:aws:lambda` and `arn:aws:dynamodb` mean all; an S3 ARN ends with `/` or a prefix.
    #[schemars(length(min = 1))]
    values: Vec<String>,
}

/// An advanced event selector: an event is recorded when all field selectors of one selector match.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "AdvancedEventSelector")]
pub(super) struct AdvancedEventSelectorShape {
    /// A remark, which CloudTrail keeps and does nothing with. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1000))]
    name: Option<String>,
    /// Conditions on fields; `eventCategory` with one value of `equals` is required.
    #[schemars(length(min = 1))]
    field_selectors: Vec<FieldSelectorShape>,
}

/// A condition on one field of an event. `not…` operators must all miss, of the others one must hit. No wildcards.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "FieldSelector")]
pub(super) struct FieldSelectorShape {
    /// The field: `eventCategory`, `readOnly`, `eventName`, `eventSource`, `eventType`, `resources.type`, `resources.ARN`,
    /// `userIdentity.arn`, `sessionCredentialFromConsole`, `errorCode` or `vpcEndpointId`; which may stand depends on the category.
    #[schemars(length(min = 1, max = 1000))]
    field: String,
    /// Is one of these. Default: any value may stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), inner(length(min = 1, max = 2048)))]
    equals: Option<Vec<String>>,
    /// Is none of these. Default: nothing is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), inner(length(min = 1, max = 2048)))]
    not_equals: Option<Vec<String>>,
    /// Starts with one of these. Default: any value may stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), inner(length(min = 1, max = 2048)))]
    starts_with: Option<Vec<String>>,
    /// Starts with none of these. Default: nothing is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), inner(length(min = 1, max = 2048)))]
    not_starts_with: Option<Vec<String>>,
    /// Ends with one of these. Default: any value may stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), inner(length(min = 1, max = 2048)))]
    ends_with: Option<Vec<String>>,
    /// Ends with none of these. Default: nothing is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), inner(length(min = 1, max = 2048)))]
    not_ends_with: Option<Vec<String>>,
}

/// Unusual activity to look for.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "InsightSelector")]
pub(super) struct InsightSelectorShape {
    /// Unusual rates of calls, or of errors. Rates of calls are measured on management events that write.
    #[schemars(extend("enum" = ["ApiCallRateInsight", "ApiErrorRateInsight"]))]
    insight_type: String,
    /// Among which events. Default: `[Management]`. `Data` is for trails only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), extend("items" = {"type": "string", "enum": ["Management", "Data"]}, "default" = ["Management"]))]
    event_categories: Option<Vec<String>>,
}

/// Data events of a trail, aggregated.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "AggregationConfiguration")]
pub(super) struct AggregationConfigurationShape {
    /// The category of the events: `Data`.
    #[schemars(extend("enum" = ["Data"]))]
    event_category: String,
    /// What is summed up, each once.
    #[schemars(length(min = 1, max = 50), extend("uniqueItems" = true, "items" = {"type": "string", "enum": ["API_ACTIVITY", "RESOURCE_ACCESS", "USER_ACTIONS"]}))]
    templates: Vec<String>,
}

impl EventSelectorShape {
    /// The shape that means this selector. Which reads and writes is always said, so that no entry is empty.
    pub(super) fn of(selector: &EventSelector) -> EventSelectorShape {
        let EventSelector {
            read_write_type,
            include_management_events,
            data_resources,
            exclude_management_event_sources,
        } = selector.clone();
        EventSelectorShape {
            read_write_type: Some(read_write_type),
            include_management_events: unless(include_management_events, true),
            data_resources: data_resources
                .into_iter()
                .map(|DataResource { r#type, values }| DataResourceShape { r#type, values })
                .collect(),
            exclude_management_event_sources,
        }
    }

    /// The selector with CloudTrail's defaults (API reference, `EventSelector`).
    pub(super) fn into_selector(self) -> EventSelector {
        let EventSelectorShape {
            read_write_type,
            include_management_events,
            data_resources,
            exclude_management_event_sources,
        } = self;
        EventSelector {
            read_write_type: read_write_type.unwrap_or_else(|| "All".to_owned()),
            include_management_events: include_management_events.unwrap_or(true),
            data_resources: data_resources.into_iter().map(DataResourceShape::into_resource).collect(),
            exclude_management_event_sources,
        }
    }

    /// What a trail records when no selector is declared (API reference, `PutEventSelectors`).
    pub(super) fn default_selector() -> EventSelector {
        EventSelector {
            read_write_type: "All".to_owned(),
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }
    }
}

impl DataResourceShape {
    fn into_resource(self) -> DataResource {
        let DataResourceShape { r#type, values } = self;
        DataResource { r#type, values }
    }
}

impl AdvancedEventSelectorShape {
    /// The shape that means this selector; an empty name is none.
    pub(super) fn of(selector: &AdvancedEventSelector) -> AdvancedEventSelectorShape {
        let AdvancedEventSelector { name, field_selectors } = selector;
        AdvancedEventSelectorShape {
            name: name.clone().filter(|name| !name.is_empty()),
            field_selectors: field_selectors.iter().map(FieldSelectorShape::of).collect(),
        }
    }

    pub(super) fn into_selector(self) -> AdvancedEventSelector {
        let AdvancedEventSelectorShape { name, field_selectors } = self;
        let field_selectors = field_selectors.into_iter().map(FieldSelectorShape::into_selector).collect();
        AdvancedEventSelector { name, field_selectors }
    }
}

impl FieldSelectorShape {
    fn of(selector: &FieldSelector) -> FieldSelectorShape {
        let FieldSelector {
            field,
            equals,
            not_equals,
            starts_with,
            not_starts_with,
            ends_with,
            not_ends_with,
        } = selector.clone();
        FieldSelectorShape {
            field,
            equals: unless(equals, Vec::new()),
            not_equals: unless(not_equals, Vec::new()),
            starts_with: unless(starts_with, Vec::new()),
            not_starts_with: unless(not_starts_with, Vec::new()),
            ends_with: unless(ends_with, Vec::new()),
            not_ends_with: unless(not_ends_with, Vec::new()),
        }
    }

    fn into_selector(self) -> FieldSelector {
        let FieldSelectorShape {
            field,
            equals,
            not_equals,
            starts_with,
            not_starts_with,
            ends_with,
            not_ends_with,
        } = self;
        FieldSelector {
            field,
            equals: equals.unwrap_or_default(),
            not_equals: not_equals.unwrap_or_default(),
            starts_with: starts_with.unwrap_or_default(),
            not_starts_with: not_starts_with.unwrap_or_default(),
            ends_with: ends_with.unwrap_or_default(),
            not_ends_with: not_ends_with.unwrap_or_default(),
        }
    }
}

impl InsightSelectorShape {
    /// The shape that means this selector; no categories mean management events (API reference, `InsightSelector`).
    pub(super) fn of(selector: &InsightSelector) -> InsightSelectorShape {
        let InsightSelector { insight_type, event_categories } = selector.clone();
        let named = Some(event_categories).filter(|named| !named.is_empty() && *named != ["Management"]);
        InsightSelectorShape { insight_type, event_categories: named }
    }

    /// The selector; without categories it is about management events (API reference, `InsightSelector`).
    pub(super) fn into_selector(self) -> InsightSelector {
        let InsightSelectorShape { insight_type, event_categories } = self;
        let event_categories = event_categories.unwrap_or_else(|| vec!["Management".to_owned()]);
        InsightSelector { insight_type, event_categories }
    }
}

impl AggregationConfigurationShape {
    pub(super) fn of(configuration: &AggregationConfiguration) -> AggregationConfigurationShape {
        let AggregationConfiguration { event_category, templates } = configuration.clone();
        AggregationConfigurationShape { event_category, templates }
    }

    pub(super) fn into_configuration(self) -> AggregationConfiguration {
        let AggregationConfigurationShape { event_category, templates } = self;
        AggregationConfiguration { event_category, templates }
    }
}
