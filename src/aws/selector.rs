//! Selectors of every sort as the SDK's types, and back. Absent and empty lists are the same to the service,
//! so empty operators are not sent.

use crate::resource::selector::{
    AdvancedEventSelector, AggregationConfiguration, DataResource, EventSelector, FieldSelector,
    InsightSelector, Selectors,
};
use aws_sdk_cloudtrail::types;
use aws_smithy_types::error::operation::BuildError;

/// What `GetEventSelectors` answered. With neither kind there is the default: a trail that nobody configured
/// records all management events (API reference, `PutEventSelectors`; some implementations answer it empty).
pub(super) fn selectors(
    basic: &[types::EventSelector],
    advanced: &[types::AdvancedEventSelector],
) -> Selectors {
    match (basic, advanced) {
        (_, [_, ..]) => Selectors::Advanced(read_advanced(advanced)),
        ([], []) => Selectors::Basic(vec![EventSelector {
            read_write_type: "All".to_owned(),
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }]),
        (basic, []) => Selectors::Basic(basic.iter().map(read_basic).collect()),
    }
}

fn read_basic(selector: &types::EventSelector) -> EventSelector {
    let data_resource = |resource: &types::DataResource| DataResource {
        r#type: resource.r#type().unwrap_or_default().to_owned(),
        values: resource.values().to_vec(),
    };
    EventSelector {
        read_write_type: selector.read_write_type().map_or("All", types::ReadWriteType::as_str).to_owned(),
        include_management_events: selector.include_management_events().unwrap_or(true),
        data_resources: selector.data_resources().iter().map(data_resource).collect(),
        exclude_management_event_sources: selector.exclude_management_event_sources().to_vec(),
    }
}

/// Advanced selectors as the service answered them.
pub(super) fn read_advanced(selectors: &[types::AdvancedEventSelector]) -> Vec<AdvancedEventSelector> {
    let field = |field: &types::AdvancedFieldSelector| FieldSelector {
        field: field.field().to_owned(),
        equals: field.equals().to_vec(),
        not_equals: field.not_equals().to_vec(),
        starts_with: field.starts_with().to_vec(),
        not_starts_with: field.not_starts_with().to_vec(),
        ends_with: field.ends_with().to_vec(),
        not_ends_with: field.not_ends_with().to_vec(),
    };
    let selector = |selector: &types::AdvancedEventSelector| AdvancedEventSelector {
        name: selector.name().filter(|name| !name.is_empty()).map(str::to_owned),
        field_selectors: selector.field_selectors().iter().map(field).collect(),
    };
    selectors.iter().map(selector).collect()
}

/// Insight selectors as the service answered them.
pub(super) fn read_insights(selectors: &[types::InsightSelector]) -> Vec<InsightSelector> {
    let insight = |selector: &types::InsightSelector| InsightSelector {
        insight_type: selector.insight_type().map(|word| word.as_str().to_owned()).unwrap_or_default(),
        event_categories: selector.event_categories().iter().map(|word| word.as_str().to_owned()).collect(),
    };
    selectors.iter().map(insight).collect()
}

/// Aggregations as the service answered them.
pub(super) fn read_aggregations(
    configurations: &[types::AggregationConfiguration],
) -> Vec<AggregationConfiguration> {
    let aggregation = |configuration: &types::AggregationConfiguration| AggregationConfiguration {
        event_category: configuration.event_category().as_str().to_owned(),
        templates: configuration.templates().iter().map(|word| word.as_str().to_owned()).collect(),
    };
    configurations.iter().map(aggregation).collect()
}

/// Basic selectors as they are sent: all members, as the service answers them.
pub(super) fn write_basic(selectors: &[EventSelector]) -> Vec<types::EventSelector> {
    selectors.iter().map(write_basic_one).collect()
}

fn write_basic_one(selector: &EventSelector) -> types::EventSelector {
    let EventSelector {
        read_write_type,
        include_management_events,
        data_resources,
        exclude_management_event_sources,
    } = selector;
    let data_resource = |DataResource { r#type, values }: &DataResource| {
        types::DataResource::builder().r#type(r#type).set_values(Some(values.clone())).build()
    };
    types::EventSelector::builder()
        .read_write_type(types::ReadWriteType::from(read_write_type.as_str()))
        .include_management_events(*include_management_events)
        .set_data_resources(Some(data_resources.iter().map(data_resource).collect()))
        .set_exclude_management_event_sources(Some(exclude_management_event_sources.clone()))
        .build()
}

/// Advanced selectors as they are sent.
///
/// # Errors
/// A selector without a field.
pub(super) fn write_advanced(
    selectors: &[AdvancedEventSelector],
) -> Result<Vec<types::AdvancedEventSelector>, BuildError> {
    let selector = |AdvancedEventSelector { name, field_selectors }: &AdvancedEventSelector| {
        let fields = field_selectors.iter().map(write_field).collect::<Result<_, _>>()?;
        // Left out rather than sent empty: CloudFormation refuses an empty name.
        let name = name.clone().filter(|name| !name.is_empty());
        types::AdvancedEventSelector::builder().set_name(name).set_field_selectors(Some(fields)).build()
    };
    selectors.iter().map(selector).collect()
}

fn write_field(selector: &FieldSelector) -> Result<types::AdvancedFieldSelector, BuildError> {
    let FieldSelector { field, equals, not_equals, starts_with, not_starts_with, ends_with, not_ends_with } =
        selector;
    types::AdvancedFieldSelector::builder()
        .field(field)
        .set_equals(filled(equals))
        .set_not_equals(filled(not_equals))
        .set_starts_with(filled(starts_with))
        .set_not_starts_with(filled(not_starts_with))
        .set_ends_with(filled(ends_with))
        .set_not_ends_with(filled(not_ends_with))
        .build()
}

/// Insight selectors as they are sent; without categories the service takes Management
/// (API reference, `InsightSelector`).
pub(super) fn write_insights(selectors: &[InsightSelector]) -> Vec<types::InsightSelector> {
    let insight = |InsightSelector { insight_type, event_categories }: &InsightSelector| {
        let categories = event_categories.iter().map(|word| types::SourceEventCategory::from(word.as_str()));
        types::InsightSelector::builder()
            .insight_type(types::InsightType::from(insight_type.as_str()))
            .set_event_categories((!event_categories.is_empty()).then(|| categories.collect()))
            .build()
    };
    selectors.iter().map(insight).collect()
}

/// Aggregations as they are sent.
///
/// # Errors
/// An aggregation without templates or category.
pub(super) fn write_aggregations(
    configurations: &[AggregationConfiguration],
) -> Result<Vec<types::AggregationConfiguration>, BuildError> {
    let aggregation = |AggregationConfiguration { event_category, templates }: &AggregationConfiguration| {
        let templates = templates.iter().map(|word| types::Template::from(word.as_str())).collect();
        types::AggregationConfiguration::builder()
            .event_category(types::EventCategoryAggregation::from(event_category.as_str()))
            .set_templates(Some(templates))
            .build()
    };
    configurations.iter().map(aggregation).collect()
}

/// A list as it is sent when the service wants at least one element or none of the member.
pub(super) fn filled(list: &[String]) -> Option<Vec<String>> {
    (!list.is_empty()).then(|| list.to_vec())
}
