//! Every setting of a store: named alone when it differs, left alone when asked, written in the service's words.

use super::*;
use crate::resource::After;
use serde_json::Value as Json;

const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/EXAMPLE-1";

fn lake() -> EventDataStore {
    EventDataStore {
        name: Name::new("lake"),
        advanced_event_selectors: EventDataStore::default_selectors(),
        multi_region_enabled: true,
        organization_enabled: false,
        billing_mode: BillingMode::Extendable,
        retention_period: 366,
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

fn category(words: &[&str]) -> Vec<AdvancedEventSelector> {
    let selectors = words.iter().map(|word| {
        let equals = vec![(*word).to_owned()];
        let field = FieldSelector { field: "eventCategory".to_owned(), equals, ..FieldSelector::default() };
        AdvancedEventSelector { name: None, field_selectors: vec![field] }
    });
    selectors.collect()
}

fn insights(store: &mut EventDataStore) {
    let insight_type = "ApiErrorRateInsight".to_owned();
    store.insight_selectors = vec![InsightSelector { insight_type, event_categories: Vec::new() }];
    store.insights_destination = Some(Text::arn(Key::parse("eventDataStore/insights").unwrap()));
}

fn enriched(store: &mut EventDataStore) {
    store.max_event_size = MaxEventSize::Large;
    store.context_key_selectors = vec![ContextKeySelector {
        r#type: "TagContext".to_owned(),
        equals: vec!["b".to_owned(), "a".to_owned()],
    }];
}

type Set = fn(&mut EventDataStore);

/// Every setting, and how to give it a value that is not the default. A setting that is missing here fails the test below.
const SETTINGS: [(&[&str], Set); 13] = [
    (&["name"], |store| store.name = Name::new("other")),
    (&["advancedEventSelectors"], |store| store.advanced_event_selectors = category(&["Management", "Data"])),
    (&["multiRegionEnabled"], |store| store.multi_region_enabled = false),
    (&["organizationEnabled"], |store| store.organization_enabled = true),
    (&["billingMode"], |store| store.billing_mode = BillingMode::Fixed),
    (&["retentionPeriod"], |store| store.retention_period = 90),
    (&["terminationProtectionEnabled"], |store| store.termination_protection_enabled = false),
    (&["kmsKeyId"], |store| store.kms_key_id = Some("k".to_owned())),
    (&["ingestionEnabled"], |store| store.ingestion_enabled = false),
    (&["federationRoleArn"], |store| store.federation_role_arn = Some("role".to_owned())),
    (&["insightSelectors", "insightsDestination"], insights),
    (&["maxEventSize", "contextKeySelectors"], enriched),
    (&["tags.team"], |store| drop(store.tags.insert("team".to_owned(), "security".to_owned()))),
];

fn changed(set: Set) -> EventDataStore {
    let mut store = lake();
    set(&mut store);
    store
}

fn paths(desired: &EventDataStore, live: &EventDataStore) -> Vec<String> {
    let changes = field::changes(&desired.fields(), &live.fields());
    changes.iter().map(|change| change.path.to_string()).collect()
}

/// Each call with what it waits for, and its request.
fn calls(tasks: &[Task]) -> Json {
    let key = Key::parse("eventDataStore/lake").unwrap();
    let spell = |text: &Text| if *text == Text::arn(key.clone()) { ARN.to_owned() } else { text.to_string() };
    let after = |after: &After| match after {
        After::Own(place) => json!(place),
        After::Key(key) => json!(key.to_string()),
        After::Exists(key) => json!(format!("{key} exists")),
    };
    let written = tasks.iter().map(|task| {
        let after: Vec<Json> = task.after.iter().map(after).collect();
        json!([task.action.call().name(), after, task.action.request(&key, &spell)])
    });
    written.collect()
}

fn update(desired: &EventDataStore, live: &EventDataStore) -> Json {
    let Way::InPlace(tasks) = desired.update(live) else { panic!("in place") };
    calls(&tasks)
}

fn impossible(desired: &EventDataStore, live: &EventDataStore) -> Option<String> {
    match desired.update(live) {
        Way::Impossible { why, help } => {
            assert!(help.starts_with("declare a store with a new name"));
            Some(why)
        }
        Way::InPlace(_) => None,
        Way::Replace(why) => panic!("{why}"),
    }
}

fn reasons(desired: Option<&EventDataStore>, live: &EventDataStore) -> Vec<String> {
    let dangers = EventDataStore::dangers(desired, Some(live));
    dangers
        .iter()
        .map(|danger| match danger.guard {
            Some(guard) => format!("{guard}: {}", danger.reason),
            None => danger.reason.clone(),
        })
        .collect()
}

#[test]
fn every_setting_is_in_the_list() {
    let listed: Vec<&str> = SETTINGS.iter().flat_map(|(paths, _)| paths.iter().copied()).collect();
    let store = changed(|store| drop(store.tags.insert("team".to_owned(), "security".to_owned())));
    let fields: Vec<String> = store.fields().iter().map(|field| field.path.to_string()).collect();
    assert_eq!(fields, listed);
}

#[test]
fn a_setting_that_differs_is_named_alone_and_mended_or_refused() {
    for (names, set) in SETTINGS {
        for (desired, live) in [(changed(set), lake()), (lake(), changed(set))] {
            assert_eq!(paths(&desired, &live), names);
            assert_ne!(desired.update(&live), Way::InPlace(Vec::new()), "{names:?}");
            assert_eq!(paths(&desired, &desired), Vec::<String>::new());
            assert_eq!(update(&desired, &desired), json!([]));
        }
    }
}

#[test]
fn what_is_left_alone_is_as_it_is() {
    for (names, set) in SETTINGS {
        for (mut desired, live) in [(changed(set), lake()), (lake(), changed(set))] {
            for name in names {
                let path = Path::new(*name);
                desired.leave(&path, &live);
                assert!(!paths(&desired, &live).contains(&path.to_string()), "{path}");
            }
            assert_eq!(paths(&desired, &live), Vec::<String>::new());
        }
    }
}

#[test]
fn a_store_is_created_whole_and_then_enriched_watched_and_federated() {
    let store = changed(|store| {
        insights(store);
        enriched(store);
        store.ingestion_enabled = false;
        store.federation_role_arn = Some("role".to_owned());
        store.tags.insert("team".to_owned(), "security".to_owned());
    });
    let selector = json!({
        "Name": "Default management events",
        "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
    });
    let expected = json!([
        ["CreateEventDataStore", [], {
            "Name": "lake", "AdvancedEventSelectors": [selector], "MultiRegionEnabled": true,
            "OrganizationEnabled": false, "RetentionPeriod": 366, "BillingMode": "EXTENDABLE_RETENTION_PRICING",
            "TerminationProtectionEnabled": true, "StartIngestion": false,
            "TagsList": [{"Key": "team", "Value": "security"}],
        }],
        ["PutEventConfiguration", [0], {
            "EventDataStore": ARN, "MaxEventSize": "Large",
            "ContextKeySelectors": [{"Type": "TagContext", "Equals": ["b", "a"]}],
        }],
        ["PutInsightSelectors", [0, "eventDataStore/insights"], {
            "EventDataStore": ARN, "InsightSelectors": [{"InsightType": "ApiErrorRateInsight"}],
            "InsightsDestination": "${eventDataStores.insights.arn}",
        }],
        ["EnableFederation", [0], {"EventDataStore": ARN, "FederationRoleArn": "role"}],
    ]);
    assert_eq!(calls(&store.create()), expected);
}

#[test]
fn ingestion_is_only_mentioned_when_it_is_off() {
    assert_eq!(calls(&lake().create())[0][2].get("StartIngestion"), None);
}

#[test]
fn everything_that_one_call_takes_travels_in_one_call_but_a_retention_of_the_new_price() {
    let live = changed(|store| {
        store.billing_mode = BillingMode::Fixed;
        store.retention_period = 2557;
    });
    let desired = changed(|store| {
        store.name = Name::new("renamed");
        store.retention_period = 3653;
        store.kms_key_id = Some("k".to_owned());
        store.multi_region_enabled = false;
    });
    let expected = json!([["UpdateEventDataStore", [], {
        "EventDataStore": ARN, "Name": "renamed", "KmsKeyId": "k",
        "BillingMode": "EXTENDABLE_RETENTION_PRICING", "MultiRegionEnabled": false,
    }], ["UpdateEventDataStore", [0], {"EventDataStore": ARN, "RetentionPeriod": 3653}]]);
    assert_eq!(update(&desired, &live), expected);
    let short = EventDataStore { retention_period: 90, ..desired };
    assert_eq!(update(&short, &live).as_array().map(Vec::len), Some(1));
}

#[test]
fn another_federation_role_means_off_and_on_again() {
    let role = |role: &str| EventDataStore { federation_role_arn: Some(role.to_owned()), ..lake() };
    let expected = json!([
        ["DisableFederation", [], {"EventDataStore": ARN}],
        ["EnableFederation", [0], {"EventDataStore": ARN, "FederationRoleArn": "new"}],
    ]);
    assert_eq!(update(&role("new"), &role("old")), expected);
    assert_eq!(update(&lake(), &role("old")), json!([["DisableFederation", [], {"EventDataStore": ARN}]]));
}

#[test]
fn insights_go_before_the_events_that_they_need_and_come_after_them() {
    let data = |store: &mut EventDataStore| store.advanced_event_selectors = category(&["Data"]);
    let (with, without) = (changed(insights), changed(data));
    let off = json!({
        "EventDataStore": ARN, "InsightSelectors": [], "InsightsDestination": "${eventDataStores.insights.arn}",
    });
    let tasks = update(&without, &with);
    assert_eq!(tasks[0], json!(["PutInsightSelectors", [], off]));
    assert_eq!((&tasks[1][0], &tasks[1][1]), (&json!("UpdateEventDataStore"), &json!([0])));
    let tasks = update(&with, &without);
    assert_eq!((&tasks[0][0], &tasks[0][1]), (&json!("UpdateEventDataStore"), &json!([])));
    assert_eq!(tasks[1][1], json!([0, "eventDataStore/insights"]));
    assert_eq!(update(&lake(), &with), json!([["PutInsightSelectors", [], off]]));
}

#[test]
fn insights_that_move_are_put_again() {
    let mut moved = changed(insights);
    moved.insights_destination = Some(Text::plain("elsewhere"));
    let tasks = update(&moved, &changed(insights));
    assert_eq!(tasks[0][2]["InsightsDestination"], "elsewhere");
    assert_eq!(tasks.as_array().unwrap().len(), 1);
}

#[test]
fn a_reset_writes_the_explicit_default() {
    let live = changed(|store| store.advanced_event_selectors = category(&["Management", "Data"]));
    let desired = changed(|store| store.advanced_event_selectors = Vec::new());
    let selector = &update(&desired, &live)[0][2]["AdvancedEventSelectors"][0];
    assert_eq!(selector["Name"], "Default management events");
    assert_eq!(paths(&desired, &lake()), Vec::<String>::new());
}

#[test]
fn ingestion_starts_first_and_stops_last() {
    let off = changed(|store| {
        store.ingestion_enabled = false;
        store.retention_period = 400;
    });
    assert_eq!(
        update(&off, &lake())[1],
        json!(["StopEventDataStoreIngestion", [0], {"EventDataStore": ARN}])
    );
    assert_eq!(
        update(&lake(), &off)[0],
        json!(["StartEventDataStoreIngestion", [], {"EventDataStore": ARN}])
    );
}

#[test]
fn a_deletion_takes_insights_and_federation_off_first() {
    let store = changed(|store| {
        insights(store);
        store.federation_role_arn = Some("role".to_owned());
    });
    let tasks = calls(&store.delete());
    let names: Vec<_> = tasks.as_array().unwrap().iter().map(|task| (&task[0], &task[1])).collect();
    let expected = [
        (&json!("PutInsightSelectors"), &json!([])),
        (&json!("DisableFederation"), &json!([])),
        (&json!("DeleteEventDataStore"), &json!([0, 1])),
    ];
    assert_eq!(names, expected);
    assert_eq!(calls(&lake().delete()).as_array().unwrap().len(), 1);
    assert!(lake().undeletable().is_some());
    assert_eq!(changed(|store| store.termination_protection_enabled = false).undeletable(), None);
}

#[test]
fn what_cloudtrail_cannot_change_is_refused_with_every_reason() {
    let key = |key: &str| EventDataStore { kms_key_id: Some(key.to_owned()), ..lake() };
    let fixed = changed(|store| store.billing_mode = BillingMode::Fixed);
    let partner = changed(|store| store.advanced_event_selectors = category(&["ActivityAuditLog"]));
    assert_eq!(impossible(&key("a"), &lake()), None);
    assert_eq!(impossible(&lake(), &fixed), None);
    assert_eq!(impossible(&lake(), &key("a")).unwrap(), "CloudTrail cannot take away a store's KMS key");
    assert_eq!(impossible(&key("b"), &key("a")).unwrap(), "CloudTrail cannot change a store's KMS key");
    assert_eq!(
        impossible(&fixed, &lake()).unwrap(),
        "CloudTrail cannot change EXTENDABLE_RETENTION_PRICING to FIXED_RETENTION_PRICING"
    );
    assert_eq!(
        impossible(&partner, &lake()).unwrap(),
        "a store for CloudTrail events cannot become one for ActivityAuditLog"
    );
    let mixed =
        changed(|store| store.advanced_event_selectors = category(&["Management", "NetworkActivity"]));
    assert_eq!(impossible(&mixed, &lake()), None);
}

#[test]
fn losses_are_told_by_guard() {
    assert_eq!(
        reasons(None, &lake()),
        [
            "data-loss: deletes the store and every event in it, kept for 366 days; it can be restored for seven days",
            "stops recording: management events",
        ]
    );
    let shorter = changed(|store| store.retention_period = 90);
    assert_eq!(
        reasons(Some(&shorter), &lake()),
        ["data-loss: retention 366 -> 90 days deletes older events"]
    );
    let fixed = changed(|store| store.billing_mode = BillingMode::Fixed);
    assert_eq!(reasons(Some(&lake()), &fixed), ["irreversible: FIXED_RETENTION_PRICING cannot be had again"]);
    let key = changed(|store| store.kms_key_id = Some("k".to_owned()));
    assert_eq!(
        reasons(Some(&key), &lake()),
        ["irreversible: KMS key k can never be changed or taken away again"]
    );
    let off = changed(|store| store.ingestion_enabled = false);
    assert_eq!(
        reasons(Some(&off), &lake()),
        ["blind-spot: ingestion is switched off; stops recording: management events"]
    );
    let narrower = changed(|store| {
        store.multi_region_enabled = false;
        store.termination_protection_enabled = false;
        store.advanced_event_selectors = category(&["Data"]);
    });
    let mut live = changed(insights);
    live.organization_enabled = true;
    assert_eq!(
        reasons(Some(&narrower), &live),
        [
            "blind-spot: stops recording other regions",
            "blind-spot: may stop recording global services such as IAM",
            "blind-spot: stops recording the organization's other accounts",
            "blind-spot: stops recording: management events",
            "the store can be deleted from now on",
            "no longer looks for ApiErrorRateInsight of Management events",
        ]
    );
    assert!(EventDataStore::dangers(Some(&lake()), None).is_empty());
}

#[test]
fn one_region_less_loses_global_services_but_where_they_happen() {
    let lost = |region: &str| {
        let home = Region::parse(region);
        let live = EventDataStore { home: home.clone(), ..lake() };
        let desired = EventDataStore { home, multi_region_enabled: false, ..lake() };
        reasons(Some(&desired), &live)
    };
    let regions = "blind-spot: stops recording other regions";
    assert_eq!(lost("us-east-1"), [regions]);
    assert_eq!(lost("eu-west-1"), [regions, "blind-spot: stops recording global services such as IAM"]);
    assert_eq!(
        lost("us-gov-west-1"),
        [regions, "blind-spot: may stop recording global services such as IAM"]
    );
}

#[test]
fn insights_that_go_elsewhere_are_shown() {
    let mut moved = changed(insights);
    moved.insights_destination = Some(Text::plain("elsewhere"));
    let expected = ["insights no longer go to ${eventDataStores.insights.arn}"];
    assert_eq!(reasons(Some(&moved), &changed(insights)), expected);
}

#[test]
fn smaller_and_poorer_events_are_shown() {
    let context = |kind: &str, keys: &[&str]| ContextKeySelector {
        r#type: kind.to_owned(),
        equals: keys.iter().map(ToString::to_string).collect(),
    };
    let rich = changed(|store| store.max_event_size = MaxEventSize::Large);
    let live = EventDataStore {
        context_key_selectors: vec![
            context("TagContext", &["team", "tier"]),
            context("RequestContext", &["aws:userid"]),
        ],
        ..rich.clone()
    };
    let fewer = EventDataStore { context_key_selectors: vec![context("TagContext", &["tier"])], ..rich };
    let keys = [
        "events no longer bear the RequestContext of aws:userid",
        "events no longer bear the TagContext of team",
    ];
    assert_eq!(reasons(Some(&fewer), &live), keys);
    assert_eq!(
        reasons(Some(&lake()), &fewer),
        ["events may have 256 KB, no longer 1 MB", "events no longer bear the TagContext of tier"]
    );
    assert_eq!(reasons(Some(&live), &fewer), Vec::<String>::new());
}

#[test]
fn events_from_elsewhere_have_no_cover() {
    let partner = |ingestion_enabled: bool| EventDataStore {
        advanced_event_selectors: category(&["ActivityAuditLog"]),
        ingestion_enabled,
        ..lake()
    };
    assert_eq!(partner(true).records(), None);
    let dangers = EventDataStore::dangers(Some(&partner(false)), Some(&partner(true)));
    assert_eq!(dangers.len(), 1);
    assert_eq!(dangers[0].reason, "ingestion is switched off; ActivityAuditLog events stop");
    assert_eq!(dangers[0].loses, None);
}
