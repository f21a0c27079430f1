//! Every setting of a trail: named alone when it differs, left alone when asked, written in the service's words.

use super::*;
use crate::resource::selector::{AdvancedEventSelector, DataResource, EventSelector, FieldSelector};
use crate::resource::{Action, After, Guard};
use serde_json::{Value as Json, json};

const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit";

pub(super) fn audit() -> Trail {
    Trail {
        name: Name::new("audit"),
        s3_bucket_name: "logs".to_owned(),
        s3_key_prefix: None,
        sns_topic_name: None,
        include_global_service_events: true,
        is_multi_region_trail: false,
        enable_log_file_validation: false,
        cloud_watch_logs_log_group_arn: None,
        cloud_watch_logs_role_arn: None,
        kms_key_id: None,
        is_organization_trail: false,
        recursive_logging: true,
        is_logging: true,
        event_selectors: Selectors::default(),
        insight_selectors: Vec::new(),
        aggregation_configurations: Vec::new(),
        tags: Tags::new(),
        home: Region::parse("us-east-1"),
    }
}

fn data_events() -> Selectors {
    let resource =
        DataResource { r#type: "AWS::S3::Object".to_owned(), values: vec!["arn:aws:s3:::a/".to_owned()] };
    Selectors::Basic(vec![EventSelector {
        read_write_type: "All".to_owned(),
        include_management_events: true,
        data_resources: vec![resource],
        exclude_management_event_sources: Vec::new(),
    }])
}

fn advanced() -> Selectors {
    let equals = vec!["Data".to_owned()];
    let category = FieldSelector { field: "eventCategory".to_owned(), equals, ..FieldSelector::default() };
    Selectors::Advanced(vec![AdvancedEventSelector { name: None, field_selectors: vec![category] }])
}

fn insight(insight_type: &str, categories: &[&str]) -> InsightSelector {
    let event_categories = categories.iter().map(ToString::to_string).collect();
    InsightSelector { insight_type: insight_type.to_owned(), event_categories }
}

fn aggregation() -> Vec<AggregationConfiguration> {
    let templates = vec!["API_ACTIVITY".to_owned()];
    vec![AggregationConfiguration { event_category: "Data".to_owned(), templates }]
}

fn group(trail: &mut Trail) {
    trail.cloud_watch_logs_log_group_arn =
        Some("arn:aws:logs:us-east-1:111122223333:log-group:g:*".to_owned());
    trail.cloud_watch_logs_role_arn = Some("arn:aws:iam::111122223333:role/r".to_owned());
}

type Set = fn(&mut Trail);

/// Every setting, and how to give it a value that is not the default. A setting that is missing here fails the test below.
const SETTINGS: [(&[&str], Set); 16] = [
    (&["s3BucketName"], |trail| trail.s3_bucket_name = "other".to_owned()),
    (&["s3KeyPrefix"], |trail| trail.s3_key_prefix = Some("p".to_owned())),
    (&["snsTopicName"], |trail| trail.sns_topic_name = Some("t".to_owned())),
    (&["includeGlobalServiceEvents"], |trail| trail.include_global_service_events = false),
    (&["isMultiRegionTrail"], |trail| trail.is_multi_region_trail = true),
    (&["enableLogFileValidation"], |trail| trail.enable_log_file_validation = true),
    (&["cloudWatchLogsLogGroupArn", "cloudWatchLogsRoleArn"], group),
    (&["kmsKeyId"], |trail| trail.kms_key_id = Some("k".to_owned())),
    (&["isOrganizationTrail"], |trail| trail.is_organization_trail = true),
    (&["recursiveLogging"], |trail| trail.recursive_logging = false),
    (&["isLogging"], |trail| trail.is_logging = false),
    (&["eventSelectors"], |trail| trail.event_selectors = data_events()),
    (&["advancedEventSelectors"], |trail| trail.event_selectors = advanced()),
    (&["insightSelectors"], |trail| trail.insight_selectors = vec![insight("ApiCallRateInsight", &[])]),
    (&["aggregationConfigurations"], |trail| trail.aggregation_configurations = aggregation()),
    (&["tags.team"], |trail| drop(trail.tags.insert("team".to_owned(), "security".to_owned()))),
];

fn changed(set: Set) -> Trail {
    let mut trail = audit();
    set(&mut trail);
    trail
}

fn paths(desired: &Trail, live: &Trail) -> Vec<String> {
    let changes = field::changes(&desired.fields(), &live.fields());
    changes.iter().map(|change| change.path.to_string()).collect()
}

/// Each call with the places in the list that it waits for, and its request.
fn calls(tasks: &[Task]) -> Json {
    let key = Key::parse("trail/audit").unwrap();
    let written = tasks.iter().map(|task| {
        let own = |after: &After| if let After::Own(place) = after { *place } else { panic!("{after:?}") };
        let after: Vec<usize> = task.after.iter().map(own).collect();
        let request = task.action.request(&key, &|_| ARN.to_owned());
        json!([task.action.call().name(), after, request])
    });
    written.collect()
}

fn update(desired: &Trail, live: &Trail) -> Json {
    let Way::InPlace(tasks) = desired.update(live) else { panic!("in place") };
    calls(&tasks)
}

fn settings_of(set: Set, clear: bool) -> Json {
    let (desired, live) = if clear { (audit(), changed(set)) } else { (changed(set), audit()) };
    let tasks = update(&desired, &live);
    assert_eq!(tasks[0][0], "UpdateTrail");
    let mut request = tasks[0][2].clone();
    assert_eq!(request.as_object_mut().unwrap().remove("Name"), Some(json!(ARN)));
    request
}

pub(super) fn reasons(desired: Option<&Trail>, live: &Trail) -> Vec<String> {
    let dangers = Trail::dangers(desired, Some(live));
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
    let mut trail = audit();
    trail.tags.insert("team".to_owned(), "security".to_owned());
    let fields: Vec<String> = trail.fields().iter().map(|field| field.path.to_string()).collect();
    assert_eq!(fields, listed);
}

#[test]
fn a_setting_that_differs_is_named_alone_and_mended_by_calls() {
    for (names, set) in SETTINGS {
        for (desired, live) in [(changed(set), audit()), (audit(), changed(set))] {
            assert_eq!(paths(&desired, &live), names);
            assert_ne!(update(&desired, &live), json!([]), "{names:?}");
            assert_eq!(paths(&desired, &desired), Vec::<String>::new());
            assert_eq!(update(&desired, &desired), json!([]));
        }
    }
}

#[test]
fn what_is_left_alone_is_as_it_is() {
    for (names, set) in SETTINGS {
        for name in names {
            for path in [Path::new(*name), Path::new(Path::new(*name).top())] {
                for (mut desired, live) in [(changed(set), audit()), (audit(), changed(set))] {
                    desired.leave(&path, &live);
                    assert_eq!(paths(&desired, &live), Vec::<String>::new(), "{path}");
                }
            }
        }
    }
}

#[test]
fn one_member_of_a_pair_can_be_left_alone_while_both_are_there() {
    let (mut desired, mut live) = (changed(group), changed(group));
    live.cloud_watch_logs_role_arn = Some("theirs".to_owned());
    live.cloud_watch_logs_log_group_arn = Some("theirs:*".to_owned());
    desired.leave(&Path::new("cloudWatchLogsRoleArn"), &live);
    assert_eq!(paths(&desired, &live), ["cloudWatchLogsLogGroupArn"]);
}

#[test]
fn a_trail_gets_its_settings_before_it_logs() {
    let mut trail = audit();
    trail.kms_key_id = Some("k".to_owned());
    trail.event_selectors = data_events();
    trail.insight_selectors = vec![insight("ApiCallRateInsight", &["Management", "Data"])];
    trail.aggregation_configurations = aggregation();
    trail.tags = Tags::from([("team".to_owned(), "security".to_owned())]);
    let expected = json!([
        ["CreateTrail", [], {
            "Name": "audit", "S3BucketName": "logs", "KmsKeyId": "k", "IncludeGlobalServiceEvents": true,
            "IsMultiRegionTrail": false, "EnableLogFileValidation": false, "IsOrganizationTrail": false,
            "RecursiveLogging": true, "TagsList": [{"Key": "team", "Value": "security"}],
        }],
        ["PutEventSelectors", [0], {"TrailName": ARN, "EventSelectors": [{
            "ReadWriteType": "All", "IncludeManagementEvents": true, "ExcludeManagementEventSources": [],
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::a/"]}],
        }]}],
        ["PutInsightSelectors", [0, 1], {"TrailName": ARN, "InsightSelectors": [
            {"InsightType": "ApiCallRateInsight", "EventCategories": ["Management", "Data"]},
        ]}],
        ["PutEventConfiguration", [0, 1], {"TrailName": ARN, "AggregationConfigurations": [
            {"EventCategory": "Data", "Templates": ["API_ACTIVITY"]},
        ]}],
        ["StartLogging", [0, 1], {"Name": ARN}],
    ]);
    assert_eq!(calls(&trail.create()), expected);
}

#[test]
fn a_silent_trail_with_defaults_is_one_call() {
    let tasks = calls(&changed(|trail| trail.is_logging = false).create());
    assert_eq!(tasks.as_array().unwrap().len(), 1);
}

#[test]
fn what_goes_is_sent_as_the_empty_string() {
    assert_eq!(
        settings_of(|trail| trail.s3_key_prefix = Some("p".to_owned()), true),
        json!({"S3KeyPrefix": ""})
    );
    assert_eq!(
        settings_of(|trail| trail.sns_topic_name = Some("t".to_owned()), true),
        json!({"SnsTopicName": ""})
    );
    assert_eq!(settings_of(|trail| trail.kms_key_id = Some("k".to_owned()), true), json!({"KmsKeyId": ""}));
    let pair = json!({"CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": ""});
    assert_eq!(settings_of(group, true), pair);
}

#[test]
fn log_group_and_role_travel_together() {
    let (mut desired, live) = (changed(group), changed(group));
    desired.cloud_watch_logs_log_group_arn = Some("new:*".to_owned());
    let request = update(&desired, &live)[0][2].clone();
    let role = "arn:aws:iam::111122223333:role/r";
    let pair = json!({"Name": ARN, "CloudWatchLogsLogGroupArn": "new:*", "CloudWatchLogsRoleArn": role});
    assert_eq!(request, pair);
}

#[test]
fn multi_region_and_global_events_change_in_one_call() {
    let live = changed(|trail| trail.include_global_service_events = false);
    let desired = changed(|trail| trail.is_multi_region_trail = true);
    let expected = json!([["UpdateTrail", [], {
        "Name": ARN, "IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": true,
    }]]);
    assert_eq!(update(&desired, &live), expected);
}

#[test]
fn insights_come_after_the_events_that_they_need_and_go_before_them() {
    let with = changed(|trail| {
        trail.event_selectors = data_events();
        trail.insight_selectors = vec![insight("ApiCallRateInsight", &["Data"])];
        trail.aggregation_configurations = aggregation();
    });
    let names = |tasks: &Json| -> Vec<Json> {
        tasks.as_array().unwrap().iter().map(|task| json!([task[0], task[1]])).collect()
    };
    assert_eq!(
        names(&update(&with, &audit())),
        [
            json!(["PutEventSelectors", []]),
            json!(["PutInsightSelectors", [0]]),
            json!(["PutEventConfiguration", [0]])
        ]
    );
    assert_eq!(
        names(&update(&audit(), &with)),
        [
            json!(["PutInsightSelectors", []]),
            json!(["PutEventConfiguration", []]),
            json!(["PutEventSelectors", [0, 1]])
        ]
    );
    // Something goes and something comes: what stays on meanwhile is what both have.
    let mut other = with.clone();
    other.event_selectors = advanced();
    other.insight_selectors =
        vec![insight("ApiErrorRateInsight", &["Data"]), insight("ApiCallRateInsight", &["Data"])];
    let mut live = with;
    live.insight_selectors = vec![insight("ApiCallRateInsight", &["Management", "Data"])];
    let tasks = update(&other, &live);
    assert_eq!(
        names(&tasks),
        [
            json!(["PutInsightSelectors", []]),
            json!(["PutEventSelectors", [0]]),
            json!(["PutInsightSelectors", [1]])
        ]
    );
    let staying = json!([{"InsightType": "ApiCallRateInsight", "EventCategories": ["Data"]}]);
    assert_eq!(tasks[0][2]["InsightSelectors"], staying);
}

#[test]
fn a_reset_writes_the_explicit_default() {
    let tasks = update(&audit(), &changed(|trail| trail.event_selectors = advanced()));
    let selector = json!({
        "ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [],
        "ExcludeManagementEventSources": [],
    });
    assert_eq!(tasks, json!([["PutEventSelectors", [], {"TrailName": ARN, "EventSelectors": [selector]}]]));
}

#[test]
fn logging_stops_first_and_starts_last() {
    let silent = |trail: &Trail| Trail { is_logging: false, ..trail.clone() };
    let other = changed(|trail| {
        trail.s3_bucket_name = "other".to_owned();
        trail.event_selectors = data_events();
    });
    let names = |tasks: Json| -> Vec<(Json, Json)> {
        tasks.as_array().unwrap().iter().map(|task| (task[0].clone(), task[1].clone())).collect()
    };
    let starting = names(update(&other, &silent(&audit())));
    assert_eq!(starting.last(), Some(&(json!("StartLogging"), json!([0, 1]))));
    assert_eq!(names(update(&silent(&other), &audit()))[0], (json!("StopLogging"), json!([])));
}

#[test]
fn tags_are_calls_of_their_own() {
    let mut live = audit();
    live.tags = Tags::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "1".to_owned())]);
    let mut desired = audit();
    desired.tags = Tags::from([("b".to_owned(), "2".to_owned())]);
    desired.kms_key_id = Some("k".to_owned());
    let expected = json!([
        ["UpdateTrail", [], {"Name": ARN, "KmsKeyId": "k"}],
        ["RemoveTags", [], {"ResourceId": ARN, "TagsList": [{"Key": "a"}]}],
        ["AddTags", [1], {"ResourceId": ARN, "TagsList": [{"Key": "b", "Value": "2"}]}],
    ]);
    assert_eq!(update(&desired, &live), expected);
    assert_eq!(calls(&live.delete()), json!([["DeleteTrail", [], {"Name": ARN}]]));
}

#[test]
fn spellings_are_settled() {
    let region = crate::name::Region::parse("us-east-1").unwrap();
    let account = crate::name::AccountId::parse("111122223333").unwrap();
    let target = crate::name::Target { account, partition: region.partition(), region };
    let key = crate::name::Arn::parse("arn:aws:kms:us-east-1:111122223333:key/1").unwrap();
    let keys = [("alias/x".to_owned(), key.clone())].into();
    let vocabulary = Vocabulary::new(target, [].into(), keys);
    let mut trail = audit();
    trail.kms_key_id = Some("alias/x".to_owned());
    trail.sns_topic_name = Some("t".to_owned());
    trail.s3_key_prefix = Some(String::new());
    trail.cloud_watch_logs_log_group_arn = Some("arn:aws:logs:us-east-1:111122223333:log-group:g".to_owned());
    trail.cloud_watch_logs_role_arn = Some("arn:aws:iam::111122223333:role/r".to_owned());
    trail.settle(&vocabulary);
    let mut expected = audit();
    group(&mut expected);
    expected.kms_key_id = Some(key.to_string());
    expected.sns_topic_name = Some("arn:aws:sns:us-east-1:111122223333:t".to_owned());
    assert_eq!(trail, expected);
    trail.settle(&vocabulary);
    assert_eq!(trail, expected);
}

#[test]
fn what_records_less_is_a_blind_spot_and_can_be_covered() {
    let live = changed(|trail| {
        trail.is_multi_region_trail = true;
        trail.is_organization_trail = true;
        trail.event_selectors = data_events();
    });
    let everything = "S3 object events in arn:aws:s3:::a/; management events";
    assert_eq!(reasons(None, &live), [format!("blind-spot: stops recording: {everything}")]);
    let silent = Trail { is_logging: false, ..live.clone() };
    assert_eq!(
        reasons(Some(&silent), &live),
        [format!("blind-spot: logging is switched off; stops recording: {everything}")]
    );
    assert_eq!(
        reasons(Some(&changed(|trail| trail.include_global_service_events = false)), &live),
        [
            "blind-spot: stops recording other regions",
            "blind-spot: stops recording global services such as IAM",
            "blind-spot: stops recording the organization's other accounts",
            "blind-spot: stops recording: S3 object events in arn:aws:s3:::a/",
        ]
    );
    for danger in Trail::dangers(None, Some(&live)) {
        assert_eq!(live.records().unwrap().covers(&danger.loses.unwrap()), Some(true));
    }
}

#[test]
fn a_silent_trail_has_nothing_to_lose() {
    let silent = changed(|trail| trail.is_logging = false);
    assert_eq!(silent.records(), None);
    assert_eq!(reasons(None, &silent), ["the trail is deleted; it was not logging"]);
    let narrowed = changed(|trail| {
        trail.is_logging = false;
        trail.event_selectors = advanced();
    });
    assert_eq!(reasons(Some(&narrowed), &silent), Vec::<String>::new());
}

#[test]
fn weaker_evidence_is_shown_and_stopped_by_nothing() {
    let live = changed(|trail| {
        group(trail);
        trail.enable_log_file_validation = true;
        trail.kms_key_id = Some("k".to_owned());
        trail.sns_topic_name = Some("t".to_owned());
        trail.insight_selectors = vec![insight("ApiCallRateInsight", &[])];
        trail.aggregation_configurations = aggregation();
    });
    let desired = changed(|trail| {
        trail.s3_bucket_name = "other".to_owned();
        trail.recursive_logging = false;
    });
    assert_eq!(
        reasons(Some(&desired), &live),
        [
            "log files no longer go to bucket logs",
            "log files can no longer be proven unchanged; the digest chain breaks",
            "log files are no longer encrypted with a KMS key",
            "events no longer go to log group arn:aws:logs:us-east-1:111122223333:log-group:g:*",
            "deliveries are no longer announced to t",
            "CloudTrail's own deliveries are no longer recorded",
            "no longer looks for ApiCallRateInsight of Management events",
            "data events are no longer aggregated",
        ]
    );
    // The way back, and the same again, weaken nothing.
    assert_eq!(reasons(Some(&live), &live), Vec::<String>::new());
    assert!(Trail::dangers(Some(&live), None).is_empty());
}

#[test]
fn a_wider_selection_is_no_danger() {
    let live = audit();
    assert_eq!(
        reasons(Some(&changed(|trail| trail.event_selectors = data_events())), &live),
        Vec::<String>::new()
    );
    assert_eq!(
        reasons(Some(&changed(|trail| trail.event_selectors = advanced())), &live),
        ["blind-spot: stops recording: management events"]
    );
    assert_eq!(
        Trail::dangers(Some(&changed(|trail| trail.event_selectors = advanced())), Some(&live))[0].guard,
        Some(Guard::BlindSpot)
    );
    assert!(matches!(live.delete()[0].action, Action::Trail(TrailAction::Delete)));
}
