//! Which settings do not go together, and that those of an ordinary resource do.

use super::*;
use crate::name::{Name, Tags};
use crate::resource::event_data_store::ContextKeySelector;
use crate::resource::insight::{AggregationConfiguration, InsightSelector};
use crate::resource::selector::{AdvancedEventSelector, FieldSelector, Selectors};

fn trail() -> Trail {
    Trail {
        name: Name::new("audit"),
        s3_bucket_name: "logs".to_owned(),
        s3_key_prefix: None,
        sns_topic_name: None,
        include_global_service_events: true,
        is_multi_region_trail: true,
        enable_log_file_validation: true,
        cloud_watch_logs_log_group_arn: None,
        cloud_watch_logs_role_arn: None,
        kms_key_id: None,
        is_organization_trail: false,
        recursive_logging: true,
        is_logging: true,
        event_selectors: Selectors::default(),
        insight_selectors: vec![insight("ApiCallRateInsight", "Management")],
        aggregation_configurations: Vec::new(),
        tags: Tags::new(),
        home: None,
    }
}

fn store(category: &str) -> EventDataStore {
    EventDataStore {
        name: Name::new("lake"),
        advanced_event_selectors: selectors(&[("eventCategory", category)]),
        multi_region_enabled: false,
        organization_enabled: false,
        billing_mode: BillingMode::Fixed,
        retention_period: 2557,
        termination_protection_enabled: true,
        kms_key_id: None,
        ingestion_enabled: true,
        federation_role_arn: None,
        insight_selectors: Vec::new(),
        insights_destination: None,
        max_event_size: MaxEventSize::Standard,
        context_key_selectors: Vec::new(),
        tags: Tags::new(),
        home: None,
    }
}

fn insight(insight_type: &str, category: &str) -> InsightSelector {
    InsightSelector { insight_type: insight_type.to_owned(), event_categories: vec![category.to_owned()] }
}

/// One selector of these fields.
fn selectors(fields: &[(&str, &str)]) -> Vec<AdvancedEventSelector> {
    let field_selectors = fields.iter().map(|(field, value)| FieldSelector {
        field: (*field).to_owned(),
        equals: vec![(*value).to_owned()],
        ..FieldSelector::default()
    });
    vec![AdvancedEventSelector { name: None, field_selectors: field_selectors.collect() }]
}

fn whys(contradictions: Vec<Contradiction>) -> Vec<String> {
    contradictions
        .into_iter()
        .map(|Contradiction { settings, why }| {
            // Whoever reads it must find both settings in it, by one of their names.
            assert!(settings.iter().filter(|setting| why.contains(*setting)).count() >= 1, "{why}");
            why
        })
        .collect()
}

#[test]
fn what_is_usual_goes_together() {
    assert_eq!(of_trail(&trail()), []);
    for category in ["Management", "ActivityAuditLog", "ConfigurationItem"] {
        assert_eq!(of_store(&store(category)), []);
    }
}

#[test]
fn every_region_means_global_services_too() {
    let trail = Trail { include_global_service_events: false, ..trail() };
    assert_eq!(
        whys(of_trail(&trail)),
        ["a trail with isMultiRegionTrail must have includeGlobalServiceEvents too"]
    );
}

#[test]
fn insights_and_aggregation_need_their_events() {
    let reads = selectors(&[("eventCategory", "Management"), ("readOnly", "true")]);
    let trail = Trail {
        event_selectors: Selectors::Advanced(reads.clone()),
        insight_selectors: vec![
            insight("ApiCallRateInsight", "Management"),
            insight("ApiErrorRateInsight", "Management"),
            insight("ApiErrorRateInsight", "Data"),
        ],
        aggregation_configurations: vec![AggregationConfiguration {
            event_category: "Data".to_owned(),
            templates: vec!["API_ACTIVITY".to_owned()],
        }],
        ..trail()
    };
    assert_eq!(
        whys(of_trail(&trail)),
        [
            "insightSelectors look for ApiCallRateInsight of Management events, which the event selectors do not let in",
            "insightSelectors look for ApiErrorRateInsight of Data events, which the event selectors do not let in",
            "aggregationConfigurations need data events, which the event selectors do not let in",
        ]
    );
    let store = EventDataStore {
        advanced_event_selectors: reads,
        insight_selectors: vec![insight("ApiCallRateInsight", "Management")],
        ..store("Management")
    };
    assert_eq!(
        whys(of_store(&store)),
        [
            "insightSelectors look for ApiCallRateInsight of Management events, which advancedEventSelectors do not let in"
        ]
    );
}

#[test]
fn retention_and_context_keys_need_their_mode_and_size() {
    let context = ContextKeySelector { r#type: "TagContext".to_owned(), equals: vec!["team".to_owned()] };
    let store = EventDataStore {
        retention_period: 2558,
        context_key_selectors: vec![context],
        ..store("Management")
    };
    assert_eq!(
        whys(of_store(&store)),
        [
            "billingMode FIXED_RETENTION_PRICING admits a retentionPeriod of 2557 days, not of 2558",
            "contextKeySelectors need maxEventSize Large",
        ]
    );
}

#[test]
fn a_store_for_events_from_elsewhere_is_of_one_region_and_account() {
    let store = EventDataStore {
        multi_region_enabled: true,
        organization_enabled: true,
        max_event_size: MaxEventSize::Large,
        ..store("ActivityAuditLog")
    };
    assert_eq!(
        whys(of_store(&store)),
        [
            "advancedEventSelectors for ActivityAuditLog cannot have multiRegionEnabled",
            "advancedEventSelectors for ActivityAuditLog cannot have organizationEnabled",
            "advancedEventSelectors for ActivityAuditLog cannot have maxEventSize",
        ]
    );
}
