//! Event selectors, shared by trails and event data stores: what is recorded, and whether one set of
//! selectors records everything that another does.

/// The selectors of a trail: one kind or the other, never both (API reference, `PutEventSelectors`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selectors {
    /// `EventSelectors`, up to five.
    Basic(Vec<EventSelector>),
    /// `AdvancedEventSelectors`, up to 500 values.
    Advanced(Vec<AdvancedEventSelector>),
}

/// A basic event selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSelector {
    /// `All`, `ReadOnly` or `WriteOnly`.
    pub read_write_type: String,
    /// Whether management events are recorded.
    pub include_management_events: bool,
    /// Which data events are recorded.
    pub data_resources: Vec<DataResource>,
    /// Sources left out of the management events: `kms.amazonaws.com`, `rdsdata.amazonaws.com`.
    pub exclude_management_event_sources: Vec<String>,
}

/// Objects, functions or tables whose data events are recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataResource {
    /// `AWS::S3::Object`, `AWS::Lambda::Function` or `AWS::DynamoDB::Table`.
    pub r#type: String,
    /// ARNs, or the beginning of ARNs for S3.
    pub values: Vec<String>,
}

/// An advanced event selector: all its field selectors must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvancedEventSelector {
    /// A remark, up to 1,000 characters.
    pub name: Option<String>,
    /// At least one.
    pub field_selectors: Vec<FieldSelector>,
}

/// A condition on one field of an event. Operators that exclude must all miss, and of the others one must hit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldSelector {
    /// `eventCategory`, `resources.ARN`, …
    pub field: String,
    /// Is one of these.
    pub equals: Vec<String>,
    /// Is none of these.
    pub not_equals: Vec<String>,
    /// Starts with one of these.
    pub starts_with: Vec<String>,
    /// Starts with none of these.
    pub not_starts_with: Vec<String>,
    /// Ends with one of these.
    pub ends_with: Vec<String>,
    /// Ends with none of these.
    pub not_ends_with: Vec<String>,
}

/// Unusual activity to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsightSelector {
    /// `ApiCallRateInsight` or `ApiErrorRateInsight`.
    pub insight_type: String,
    /// `Management`, `Data`; an empty list from the service means `Management` (API reference, `InsightSelector`).
    pub event_categories: Vec<String>,
}

/// Aggregated data events of a trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregationConfiguration {
    /// `Data`.
    pub event_category: String,
    /// `API_ACTIVITY`, `RESOURCE_ACCESS`, `USER_ACTIONS`.
    pub templates: Vec<String>,
}

/// The AWS events that a set of selectors records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {}
