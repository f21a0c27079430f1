//! Event selectors, shared by trails and event data stores: the data, its canonical form and the service's.
//! What selectors mean, and whether one set records everything that another does, is `coverage`'s.

use super::field::{Field, Value};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

pub use super::insight::{AggregationConfiguration, InsightSelector};

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

impl Default for Selectors {
    /// The explicit form of what CloudTrail does when nobody chose: all management events, nothing else.
    /// There is no call that takes selectors away, so this is also what a reset writes
    /// (an empty `PutEventSelectors` is refused; API reference and the practice of other tools).
    fn default() -> Selectors {
        Selectors::Basic(vec![EventSelector {
            read_write_type: "All".to_owned(),
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }])
    }
}

impl Selectors {
    /// Whether these mean the same as no selectors at all. A trail that nobody configured answers either form
    /// (user guide: the basic one on older trails, the advanced one on newer); some servers answer none.
    pub fn is_default(&self) -> bool {
        match self {
            // Twice the default is no more than once.
            Selectors::Basic(selectors) => selectors.iter().all(EventSelector::is_default),
            Selectors::Advanced(selectors) => selectors.is_empty() || is_management_only(selectors),
        }
    }

    /// `eventSelectors` and `advancedEventSelectors`; the default is absent under both.
    pub(super) fn fields(&self) -> [Field; 2] {
        let (mut basic, mut advanced) = (Value::Absent, Value::Absent);
        match self {
            _ if self.is_default() => {}
            Selectors::Basic(selectors) => basic = Value::list(basic_documents(selectors)),
            Selectors::Advanced(selectors) => advanced = Value::list(advanced_documents(selectors)),
        }
        [Field::new("eventSelectors", basic), Field::new("advancedEventSelectors", advanced)]
    }

    /// The member of `PutEventSelectors` and its value. One kind erases the other (API reference).
    pub(super) fn wire(&self) -> (&'static str, Json) {
        match self {
            Selectors::Basic(selectors) => ("EventSelectors", basic_wire(selectors)),
            Selectors::Advanced(selectors) => ("AdvancedEventSelectors", advanced_wire(selectors)),
        }
    }
}

impl EventSelector {
    fn is_default(&self) -> bool {
        let EventSelector {
            read_write_type,
            include_management_events,
            data_resources,
            exclude_management_event_sources,
        } = self;
        read_write_type == "All"
            && *include_management_events
            && data_resources.is_empty()
            && exclude_management_event_sources.is_empty()
    }
}

/// Whether the one selector is `eventCategory equals Management`, whatever it is called.
pub(super) fn is_management_only(selectors: &[AdvancedEventSelector]) -> bool {
    let [AdvancedEventSelector { name: _, field_selectors }] = selectors else { return false };
    let [only] = field_selectors.as_slice() else { return false };
    let equals = vec!["Management".to_owned()];
    *only == FieldSelector { field: "eventCategory".to_owned(), equals, ..FieldSelector::default() }
}

impl AdvancedEventSelector {
    /// The category of the events that it is about.
    pub(crate) fn category(&self) -> Option<&str> {
        let field = self.field_selectors.iter().find(|field| field.field == "eventCategory")?;
        field.equals.first().map(String::as_str)
    }
}

impl FieldSelector {
    /// The operators that have values, with their names in a manifest.
    pub(crate) fn operators(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        let FieldSelector {
            field: _,
            equals,
            not_equals,
            starts_with,
            not_starts_with,
            ends_with,
            not_ends_with,
        } = self;
        let all: [(&'static str, &[String]); 6] = [
            ("equals", equals),
            ("notEquals", not_equals),
            ("startsWith", starts_with),
            ("notStartsWith", not_starts_with),
            ("endsWith", ends_with),
            ("notEndsWith", not_ends_with),
        ];
        all.into_iter().filter(|(_, values)| !values.is_empty())
    }
}

/// Advanced selectors in canonical form: order means nothing at any level (CloudFormation schema,
/// `insertionOrder: false`), an absent operator may be answered as an empty list, an empty name is none.
pub(super) fn advanced_documents(selectors: &[AdvancedEventSelector]) -> Vec<Json> {
    sorted(selectors.iter().map(|AdvancedEventSelector { name, field_selectors }| {
        let mut document = Map::new();
        document.insert("fieldSelectors".to_owned(), Json::Array(by_field(field_selectors)));
        if let Some(name) = name.as_deref().filter(|name| !name.is_empty()) {
            document.insert("name".to_owned(), name.into());
        }
        Json::Object(document)
    }))
}

/// In the order of their fields, so that a selector begins with its category and a change inside a field does not
/// move it.
fn by_field(selectors: &[FieldSelector]) -> Vec<Json> {
    let documents = selectors.iter().map(|selector| {
        let document = field_document(selector);
        ((selector.field.as_str(), document.to_string()), document)
    });
    documents.collect::<BTreeMap<_, _>>().into_values().collect()
}

fn field_document(selector: &FieldSelector) -> Json {
    let mut document = Map::new();
    document.insert("field".to_owned(), selector.field.as_str().into());
    for (operator, values) in selector.operators() {
        document.insert(operator.to_owned(), set(values));
    }
    Json::Object(document)
}

fn basic_documents(selectors: &[EventSelector]) -> Vec<Json> {
    sorted(selectors.iter().map(|selector| {
        let EventSelector {
            read_write_type,
            include_management_events,
            data_resources,
            exclude_management_event_sources,
        } = selector;
        let mut document = Map::new();
        document.insert("readWriteType".to_owned(), read_write_type.as_str().into());
        document.insert("includeManagementEvents".to_owned(), (*include_management_events).into());
        if !data_resources.is_empty() {
            document.insert("dataResources".to_owned(), Json::Array(by_type(data_resources)));
        }
        if !exclude_management_event_sources.is_empty() {
            document
                .insert("excludeManagementEventSources".to_owned(), set(exclude_management_event_sources));
        }
        Json::Object(document)
    }))
}

/// Two entries of one type select what one entry with the values of both does.
fn by_type(resources: &[DataResource]) -> Vec<Json> {
    let mut types: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
    for DataResource { r#type, values } in resources {
        types.entry(r#type).or_default().extend(values);
    }
    types.into_iter().map(|(r#type, values)| json!({"type": r#type, "values": values})).collect()
}

/// The service's form of advanced selectors, in the written order. An empty name is left out: the service
/// takes 0–1000 characters, CloudFormation at least one.
pub(super) fn advanced_wire(selectors: &[AdvancedEventSelector]) -> Json {
    let written = selectors.iter().map(|AdvancedEventSelector { name, field_selectors }| {
        let mut selector = Map::new();
        if let Some(name) = name.as_deref().filter(|name| !name.is_empty()) {
            selector.insert("Name".to_owned(), name.into());
        }
        let fields = field_selectors.iter().map(|field| {
            let mut written = Map::new();
            written.insert("Field".to_owned(), field.field.as_str().into());
            for (operator, values) in field.operators() {
                written.insert(capitalised(operator), json!(values));
            }
            Json::Object(written)
        });
        selector.insert("FieldSelectors".to_owned(), fields.collect());
        Json::Object(selector)
    });
    written.collect()
}

fn basic_wire(selectors: &[EventSelector]) -> Json {
    let written = selectors.iter().map(|selector| {
        let EventSelector {
            read_write_type,
            include_management_events,
            data_resources,
            exclude_management_event_sources,
        } = selector;
        let resources: Vec<Json> = data_resources
            .iter()
            .map(|DataResource { r#type, values }| json!({"Type": r#type, "Values": values}))
            .collect();
        json!({
            "ReadWriteType": read_write_type,
            "IncludeManagementEvents": include_management_events,
            "DataResources": resources,
            "ExcludeManagementEventSources": exclude_management_event_sources,
        })
    });
    written.collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Texts whose order and repetition mean nothing.
fn set(values: &[String]) -> Json {
    let values: BTreeSet<&String> = values.iter().collect();
    json!(values)
}

/// Documents whose order and repetition mean nothing.
pub(super) fn sorted(documents: impl Iterator<Item = Json>) -> Vec<Json> {
    let by_text: BTreeMap<String, Json> =
        documents.map(|document| (document.to_string(), document)).collect();
    by_text.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(field: &str, equals: &[&str]) -> FieldSelector {
        let equals = equals.iter().map(ToString::to_string).collect();
        FieldSelector { field: field.to_owned(), equals, ..FieldSelector::default() }
    }

    fn advanced(name: Option<&str>, field_selectors: Vec<FieldSelector>) -> AdvancedEventSelector {
        AdvancedEventSelector { name: name.map(str::to_owned), field_selectors }
    }

    fn every_event() -> EventSelector {
        let Selectors::Basic(mut selectors) = Selectors::default() else { panic!("basic") };
        selectors.remove(0)
    }

    #[test]
    fn two_entries_of_one_type_are_one() {
        let resource = |values: &[&str]| DataResource {
            r#type: "AWS::S3::Object".to_owned(),
            values: values.iter().map(ToString::to_string).collect(),
        };
        let fields = |data_resources| {
            Selectors::Basic(vec![EventSelector { data_resources, ..every_event() }]).fields()
        };
        let apart = fields(vec![resource(&["arn:b/"]), resource(&["arn:a/"])]);
        assert_eq!(apart, fields(vec![resource(&["arn:a/", "arn:b/"])]));
        assert_ne!(apart, fields(vec![resource(&["arn:a/"])]));
    }

    #[test]
    fn both_answers_of_an_unconfigured_trail_are_the_default() {
        let newer =
            vec![advanced(Some("Management events selector"), vec![field("eventCategory", &["Management"])])];
        for selectors in [
            Selectors::default(),
            Selectors::Advanced(newer),
            Selectors::Basic(vec![]),
            Selectors::Advanced(vec![]),
            Selectors::Basic(vec![every_event(), every_event()]),
        ] {
            assert!(selectors.is_default());
            assert!(selectors.fields().iter().all(|field| field.value == Value::Absent));
        }
    }

    #[test]
    fn every_member_of_a_basic_selector_counts_against_the_default() {
        let changed: [fn(&mut EventSelector); 4] = [
            |selector| selector.read_write_type = "WriteOnly".to_owned(),
            |selector| selector.include_management_events = false,
            |selector| selector.data_resources.push(DataResource { r#type: "t".to_owned(), values: vec![] }),
            |selector| selector.exclude_management_event_sources.push("kms.amazonaws.com".to_owned()),
        ];
        for change in changed {
            let Selectors::Basic(mut selectors) = Selectors::default() else { panic!("basic") };
            change(&mut selectors[0]);
            assert!(!Selectors::Basic(selectors).is_default());
        }
    }

    #[test]
    fn order_means_nothing_at_any_level_and_an_empty_name_is_none() {
        let one = vec![
            advanced(Some(""), vec![field("eventCategory", &["Data"]), field("eventName", &["b", "a"])]),
            advanced(None, vec![field("eventCategory", &["Management"])]),
        ];
        let other = vec![
            advanced(None, vec![field("eventCategory", &["Management"])]),
            advanced(None, vec![field("eventName", &["a", "b", "a"]), field("eventCategory", &["Data"])]),
        ];
        assert_eq!(advanced_documents(&one), advanced_documents(&other));
        assert_ne!(advanced_wire(&one), advanced_wire(&other));
    }

    #[test]
    fn a_selector_reads_from_its_category_to_its_resources() {
        let fields = vec![
            field("resources.type", &["t"]),
            field("resources.ARN", &["a"]),
            field("eventCategory", &["z"]),
        ];
        let documents = advanced_documents(&[advanced(None, fields)]);
        let fields = documents[0]["fieldSelectors"].as_array().unwrap().iter();
        let order: Vec<&str> = fields.map(|field| field["field"].as_str().unwrap()).collect();
        assert_eq!(order, ["eventCategory", "resources.ARN", "resources.type"]);
    }

    #[test]
    fn the_service_gets_the_written_order_and_only_what_is_there() {
        let selectors = [advanced(Some("n"), vec![field("eventName", &["b", "a"])])];
        let wire = json!([{"Name": "n", "FieldSelectors": [{"Field": "eventName", "Equals": ["b", "a"]}]}]);
        assert_eq!(advanced_wire(&selectors), wire);
    }
}
