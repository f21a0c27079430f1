//! Calls that somebody else makes, in the service's own words. One that the service refuses changes nothing.

use super::{CHANNELS, DASHBOARDS, INSIGHTS, LAKES, PARTNERS, TRAILS};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A call; `{channel/okta}` stands for the ARN of what has this name now.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) request: Value,
}

fn call(operation: &'static str, request: Value) -> Call {
    Call { operation, request }
}

pub(super) fn by_hand() -> BoxedStrategy<Call> {
    prop_oneof![trail(), store(), channel(), dashboard(), anything()].boxed()
}

fn name(names: &[&'static str]) -> impl Strategy<Value = &'static str> + use<> {
    prop::sample::select(names.to_vec())
}

fn trail() -> BoxedStrategy<Call> {
    let requests = |trail: &str| {
        vec![
            call("StopLogging", json!({"Name": trail})),
            call("StartLogging", json!({"Name": trail})),
            call("DeleteTrail", json!({"Name": trail})),
            call("CreateTrail", json!({"Name": trail, "S3BucketName": "hand-made"})),
            call(
                "UpdateTrail",
                json!({"Name": trail, "S3BucketName": "elsewhere", "S3KeyPrefix": "by-hand"}),
            ),
            call("UpdateTrail", json!({"Name": trail, "KmsKeyId": ""})),
            call(
                "UpdateTrail",
                json!({"Name": trail, "KmsKeyId": "alias/by-hand", "SnsTopicName": "by-hand"}),
            ),
            call(
                "UpdateTrail",
                json!({"Name": trail, "IsMultiRegionTrail": false, "IncludeGlobalServiceEvents": false}),
            ),
            call(
                "UpdateTrail",
                json!({"Name": trail, "IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": true}),
            ),
            call(
                "UpdateTrail",
                json!({"Name": trail, "CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": ""}),
            ),
            call(
                "UpdateTrail",
                json!({"Name": trail, "EnableLogFileValidation": false, "RecursiveLogging": false}),
            ),
            call("PutInsightSelectors", json!({"TrailName": trail, "InsightSelectors": []})),
            call(
                "PutInsightSelectors",
                json!({"TrailName": trail, "InsightSelectors": [{"InsightType": "ApiErrorRateInsight"}]}),
            ),
            call("PutEventConfiguration", json!({"TrailName": trail, "AggregationConfigurations": []})),
            call(
                "PutEventSelectors",
                json!({"TrailName": trail, "EventSelectors": [{"ReadWriteType": "ReadOnly"}]}),
            ),
            call(
                "PutEventSelectors",
                json!({"TrailName": trail, "AdvancedEventSelectors": [of("Management")]}),
            ),
            call(
                "PutEventSelectors",
                json!({"TrailName": trail, "AdvancedEventSelectors": [of("Management"), data()]}),
            ),
        ]
    };
    name(&TRAILS).prop_flat_map(move |trail| prop::sample::select(requests(trail))).boxed()
}

fn of(category: &str) -> Value {
    json!({"FieldSelectors": [{"Field": "eventCategory", "Equals": [category]}]})
}

fn data() -> Value {
    json!({"Name": "by hand", "FieldSelectors": [
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        {"Field": "eventCategory", "Equals": ["Data"]},
    ]})
}

fn store() -> BoxedStrategy<Call> {
    let requests = |name: &str, other: &str| {
        let store = format!("{{eventDataStore/{name}}}");
        let insights = json!([{"InsightType": "ApiCallRateInsight"}]);
        vec![
            call("DeleteEventDataStore", json!({"EventDataStore": store})),
            call(
                "UpdateEventDataStore",
                json!({"EventDataStore": store, "TerminationProtectionEnabled": false}),
            ),
            call("UpdateEventDataStore", json!({"EventDataStore": store, "Name": other})),
            call("UpdateEventDataStore", json!({"EventDataStore": store, "Name": "by-hand"})),
            call("UpdateEventDataStore", json!({"EventDataStore": store, "RetentionPeriod": 30})),
            call("UpdateEventDataStore", json!({"EventDataStore": store, "MultiRegionEnabled": false})),
            call("UpdateEventDataStore", json!({"EventDataStore": store, "MultiRegionEnabled": true})),
            call(
                "UpdateEventDataStore",
                json!({"EventDataStore": store, "AdvancedEventSelectors": [of("Management"), data()]}),
            ),
            call("UpdateEventDataStore", json!({"EventDataStore": store, "KmsKeyId": "alias/cloudtrail"})),
            call("StopEventDataStoreIngestion", json!({"EventDataStore": store})),
            call("StartEventDataStoreIngestion", json!({"EventDataStore": store})),
            call(
                "EnableFederation",
                json!({"EventDataStore": store, "FederationRoleArn": "arn:aws:iam::111122223333:role/hand"}),
            ),
            call("DisableFederation", json!({"EventDataStore": store})),
            call(
                "PutEventConfiguration",
                json!({"EventDataStore": store, "MaxEventSize": "Large", "ContextKeySelectors": [{"Type": "TagContext", "Equals": ["hand"]}]}),
            ),
            call("PutInsightSelectors", json!({"EventDataStore": store, "InsightSelectors": []})),
            call(
                "PutInsightSelectors",
                json!({"EventDataStore": store, "InsightSelectors": insights, "InsightsDestination": format!("{{eventDataStore/{other}}}")}),
            ),
            call(
                "CreateEventDataStore",
                json!({"Name": name, "TerminationProtectionEnabled": false, "AdvancedEventSelectors": [of(category(name))], "MultiRegionEnabled": false}),
            ),
            call("DeleteResourcePolicy", json!({"ResourceArn": store})),
        ]
    };
    let names: Vec<&'static str> = [&LAKES[..], &INSIGHTS, &PARTNERS].concat();
    (name(&names), name(&names))
        .prop_flat_map(move |(one, other)| prop::sample::select(requests(one, other)))
        .boxed()
}

fn category(store: &str) -> &'static str {
    match store {
        _ if INSIGHTS.contains(&store) => "Insight",
        _ if PARTNERS.contains(&store) => "ActivityAuditLog",
        _ => "Management",
    }
}

fn channel() -> BoxedStrategy<Call> {
    let requests = |name: &str, other: &str, store: &str| {
        let channel = format!("{{channel/{name}}}");
        let destinations =
            json!([{"Type": "EVENT_DATA_STORE", "Location": format!("{{eventDataStore/{store}}}")}]);
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": "999988887777"},
            "Action": "cloudtrail-data:PutAuditEvents",
            "Resource": channel,
        }]});
        vec![
            call("DeleteChannel", json!({"Channel": channel})),
            call("UpdateChannel", json!({"Channel": channel, "Name": other})),
            call("UpdateChannel", json!({"Channel": channel, "Name": "by-hand"})),
            call("UpdateChannel", json!({"Channel": channel, "Destinations": destinations})),
            call(
                "CreateChannel",
                json!({"Name": name, "Source": "LaunchDarkly", "Destinations": destinations}),
            ),
            call("PutResourcePolicy", json!({"ResourceArn": channel, "ResourcePolicy": policy.to_string()})),
            call("DeleteResourcePolicy", json!({"ResourceArn": channel})),
        ]
    };
    (name(&CHANNELS), name(&CHANNELS), name(&PARTNERS))
        .prop_flat_map(move |(one, other, store)| prop::sample::select(requests(one, other, store)))
        .boxed()
}

fn dashboard() -> BoxedStrategy<Call> {
    let requests = |name: &str| {
        let arn = format!("arn:aws:cloudtrail:us-east-1:111122223333:dashboard/{name}");
        vec![
            call("DeleteDashboard", json!({"DashboardId": name})),
            call("CreateDashboard", json!({"Name": name})),
            call("UpdateDashboard", json!({"DashboardId": name, "Widgets": []})),
            call("UpdateDashboard", json!({"DashboardId": name, "TerminationProtectionEnabled": true})),
            call("UpdateDashboard", json!({"DashboardId": name, "RefreshSchedule": {"Status": "DISABLED"}})),
            call("DeleteResourcePolicy", json!({"ResourceArn": arn})),
        ]
    };
    name(&DASHBOARDS).prop_flat_map(move |name| prop::sample::select(requests(name))).boxed()
}

/// Tags: a robot's, a stranger's, and ours, put on by somebody who should not.
fn anything() -> BoxedStrategy<Call> {
    let of = |kind: &'static str, names: &[&'static str]| {
        name(names).prop_map(move |name| match kind {
            "trail" | "dashboard" => format!("arn:aws:cloudtrail:us-east-1:111122223333:{kind}/{name}"),
            _ => format!("{{{kind}/{name}}}"),
        })
    };
    let arn = prop_oneof![
        of("trail", &TRAILS),
        of("eventDataStore", &[&LAKES[..], &PARTNERS].concat()),
        of("channel", &CHANNELS),
        of("dashboard", &DASHBOARDS),
    ];
    let tags = [("team", "by-hand"), ("awsApplication", "robot"), ("map-migrated", "robot"), ("new", "")];
    let ours = prop::sample::select(vec![
        ("acme", "audit"),
        ("acme", "lake-a"),
        ("acme", "okta"),
        ("other", "lake-b"),
    ]);
    let added =
        prop::sample::select(tags.to_vec()).prop_map(|(key, value)| json!([{"Key": key, "Value": value}]));
    let claimed = ours.prop_map(|(manifest, name)| {
        json!([{"Key": "trailkeeper:manifest", "Value": manifest}, {"Key": "trailkeeper:name", "Value": name}])
    });
    let removed = prop::sample::select(&["team", "tier", "trailkeeper:manifest", "trailkeeper:name"][..]);
    prop_oneof![
        6 => (arn.clone(), added).prop_map(|(arn, tags)| call("AddTags", json!({"ResourceId": arn, "TagsList": tags}))),
        1 => (arn.clone(), claimed).prop_map(|(arn, tags)| call("AddTags", json!({"ResourceId": arn, "TagsList": tags}))),
        3 => (arn, removed).prop_map(|(arn, key)| call("RemoveTags", json!({"ResourceId": arn, "TagsList": [{"Key": key}]}))),
    ]
    .boxed()
}
