//! Arbitrary accounts: what somebody else may have called. What the service refuses has not happened, so that every
//! account here is one that can be reached.

use crate::support::Lab;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use trailkeeper::state::Asks;

/// One call. `{arn:lake}` and `{id:lake}` in a string stand for what creating the store or channel of that name answered.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    operation: &'static str,
    request: Value,
}

fn call(operation: &'static str, request: Value) -> Call {
    Call { operation, request }
}

/// Calls everything, one after the other, and waits until what was made has settled: a store in CREATED does not tell
/// whether it will take events in.
pub(crate) async fn make(lab: &Lab, calls: &[Call]) {
    let mut arns: BTreeMap<String, String> = BTreeMap::new();
    for Call { operation, request } in calls {
        let mut text = request.to_string();
        for (name, arn) in &arns {
            let id = arn.rsplit('/').next().unwrap();
            text = text.replace(&format!("{{arn:{name}}}"), arn).replace(&format!("{{id:{name}}}"), id);
        }
        let sent: Value = serde_json::from_str(&text).unwrap();
        let mut answer = lab.call(operation, &sent).await;
        for _ in 0..3 {
            // What was made just now is looked at until it has settled.
            if answer
                .as_ref()
                .is_err_and(|error| error.contains("ConflictException") || error.contains("being created"))
            {
                lab.reader().await.read(&Asks::default()).await.unwrap();
                answer = lab.call(operation, &sent).await;
            }
        }
        let Ok(answer) = answer else { continue };
        for member in ["EventDataStoreArn", "ChannelArn"] {
            if let (true, Some(arn)) = (operation.starts_with("Create"), answer[member].as_str()) {
                arns.insert(request["Name"].as_str().unwrap().to_owned(), arn.to_owned());
            }
        }
    }
    for _ in 0..3 {
        lab.reader().await.read(&Asks::default()).await.unwrap();
    }
}

/// An account with something of everything.
pub(crate) fn account() -> impl Strategy<Value = Vec<Call>> {
    let trails = prop::collection::vec(trail(), 0..4);
    let stores = (named("mgmt", store()), activity(), prop::collection::vec(any_store(), 0..3));
    let channels = prop::collection::vec(channel(), 0..3);
    let dashboards = prop::collection::vec(dashboard(), 0..3);
    let policies = prop::collection::vec(policy(), 0..3);
    (trails, stores, channels, dashboards, policies, any::<bool>()).prop_map(
        |(trails, (mgmt, activity, stores), channels, dashboards, policies, pending)| {
            let mut calls = trails.concat();
            calls.extend(mgmt);
            calls.extend(activity);
            calls.extend(stores.concat());
            calls.extend(channels.concat());
            calls.extend(dashboards.concat());
            calls.extend(policies);
            if pending {
                calls.push(call(
                    "CreateEventDataStore",
                    json!({"Name": "going", "TerminationProtectionEnabled": false}),
                ));
                calls.push(call("DeleteEventDataStore", json!({"EventDataStore": "{arn:going}"})));
            }
            calls
        },
    )
}

/// Names that some reader of YAML takes for something else.
fn name() -> impl Strategy<Value = String> {
    let names = ["audit", "off", "null", "yes", "2026-12-01", "1e3", "0x1F", "012", "a-b_c", "True"];
    prop::sample::select(names.map(str::to_owned).to_vec())
}

/// Any text at all, rich in what YAML and variables give a meaning.
fn words() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "no",
        "12:30:45",
        "2026-12-01",
        ": ",
        " #",
        "- ",
        "'",
        "\"",
        "\\",
        "\n",
        "\t",
        " ",
        "é",
        "\u{1F600}",
        "${vars.x}",
        "${self.arn}",
        "$",
        "$${",
        "${aws:username}",
        "${",
        "}",
        "{arn:mgmt}",
        "{id:mgmt}",
        "[",
        ",",
        "~",
        "\u{85}",
        "\u{2028}",
        "\u{1b}",
        "*",
        "&",
        "!",
        "%",
        "@",
        "`",
        "|",
        ">",
    ]);
    prop::collection::vec(pieces, 1..8).prop_map(|pieces| pieces.concat())
}

/// What a tag may hold.
fn tag_words() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a", "no", "1_000", "12:30", ":", " ", "=", "-", ".", "/", "@", "é", "0", "_",
    ]);
    prop::collection::vec(pieces, 1..5).prop_map(|pieces| pieces.concat().trim().to_owned())
}

/// Tags, and those of a manifest that owns the resource of this name.
fn tags(name: String) -> impl Strategy<Value = Value> {
    let owner =
        prop::sample::select(vec![None, None, None, None, Some("ours"), Some("ours"), Some("theirs")]);
    (prop::collection::btree_map(tag_words(), prop_oneof![tag_words(), Just(String::new())], 0..4), owner)
        .prop_map(move |(tags, owner)| {
            let tags = tags.into_iter().filter(|(key, _)| !key.is_empty());
            let mut list: Vec<Value> = tags.map(|(key, value)| json!({"Key": key, "Value": value})).collect();
            if let Some(owner) = owner {
                list.push(json!({"Key": "trailkeeper:manifest", "Value": owner}));
                list.push(json!({"Key": "trailkeeper:name", "Value": name}));
            }
            Value::Array(list)
        })
}

/// Each member of an object, there or not.
fn members(choices: Vec<(&'static str, Vec<Value>)>) -> impl Strategy<Value = Value> {
    let member = |(member, values): (&'static str, Vec<Value>)| {
        prop::option::of(prop::sample::select(values))
            .prop_map(move |value| Some((member.to_owned(), value?)))
    };
    let members: Vec<_> = choices.into_iter().map(member).collect();
    members.prop_map(|members| Value::Object(members.into_iter().flatten().collect()))
}

fn with(mut object: Value, more: Value) -> Value {
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

fn trail() -> impl Strategy<Value = Vec<Call>> {
    let on_off = || vec![json!(true), json!(false)];
    let settings = members(vec![
        ("S3KeyPrefix", vec![json!("2026-12-01"), json!("a/b"), json!("on")]),
        (
            "SnsTopicName",
            vec![
                json!("no"),
                json!("arn:aws:sns:us-east-1:444455556666:topic"),
                json!("arn:aws:sns:us-east-1:111122223333:topic"),
            ],
        ),
        ("IncludeGlobalServiceEvents", on_off()),
        ("IsMultiRegionTrail", on_off()),
        ("EnableLogFileValidation", on_off()),
        ("KmsKeyId", vec![json!("alias/logs"), json!("arn:aws:kms:us-east-1:111122223333:alias/other")]),
        ("RecursiveLogging", on_off()),
    ]);
    let logs = json!({
        "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:111122223333:log-group:trail:*",
        "CloudWatchLogsRoleArn": "arn:aws:iam::111122223333:role/logs",
    });
    let logs = prop_oneof![Just(json!({})), Just(logs)];
    let insights = members(vec![
        ("ApiCallRateInsight", vec![json!([]), json!(["Management"]), json!(["Data", "Management"])]),
        ("ApiErrorRateInsight", vec![json!(["Management"]), json!(["Data"])]),
    ]);
    let aggregation =
        prop::option::of(prop::sample::subsequence(vec!["API_ACTIVITY", "USER_ACTIONS"], 1..=2));
    let rest = (trail_selectors(), insights, aggregation, any::<bool>());
    let tags = name().prop_flat_map(|name| (Just(name.clone()), tags(name)));
    (tags, settings, logs, rest).prop_map(
        |((name, tags), settings, logs, (selectors, insights, aggregation, logging))| {
            let create = json!({"Name": name, "S3BucketName": "2026-12-01", "TagsList": tags});
            let mut calls = vec![call("CreateTrail", with(with(create, settings), logs))];
            calls.push(call("PutEventSelectors", with(json!({"TrailName": name}), selectors)));
            for (insight, categories) in insights.as_object().unwrap() {
                let selector = json!({"InsightType": insight, "EventCategories": categories});
                calls.push(call(
                    "PutInsightSelectors",
                    json!({"TrailName": name, "InsightSelectors": [selector]}),
                ));
            }
            if let Some(templates) = aggregation {
                let configurations = json!([{"EventCategory": "Data", "Templates": templates}]);
                calls.push(call(
                    "PutEventConfiguration",
                    json!({"TrailName": name, "AggregationConfigurations": configurations}),
                ));
            }
            if logging {
                calls.push(call("StartLogging", json!({"Name": name})));
            }
            calls
        },
    )
}

fn trail_selectors() -> impl Strategy<Value = Value> {
    let basic = members(vec![
        ("ReadWriteType", vec![json!("ReadOnly"), json!("All")]),
        ("IncludeManagementEvents", vec![json!(true), json!(false)]),
        (
            "DataResources",
            vec![
                json!([{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::a/", "arn:aws:s3:::b/no"]}]),
                json!([{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}, {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]),
            ],
        ),
        ("ExcludeManagementEventSources", vec![json!(["kms.amazonaws.com"])]),
    ]);
    prop_oneof![
        prop::collection::vec(basic, 0..3).prop_map(|selectors| json!({"EventSelectors": selectors})),
        prop::collection::vec(data_selector(), 1..3)
            .prop_map(|selectors| json!({"AdvancedEventSelectors": selectors})),
        Just(
            json!({"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]})
        ),
    ]
}

fn data_selector() -> impl Strategy<Value = Value> {
    let values = || prop::collection::vec(words(), 1..4);
    let conditions = (prop::option::of(values()), prop::option::of(values()), prop::option::of(values()));
    (prop::option::of(words()), conditions).prop_map(|(name, (equals, starts, not_ends))| {
        let mut fields = vec![
            json!({"Field": "eventCategory", "Equals": ["Data"]}),
            json!({"Field": "resources.type", "Equals": ["AWS::DynamoDB::Table"]}),
        ];
        if let Some(equals) = equals {
            fields.push(json!({"Field": "eventName", "Equals": equals}));
        }
        match (starts, not_ends) {
            (Some(starts), Some(not_ends)) => {
                fields.push(
                    json!({"Field": "userIdentity.arn", "StartsWith": starts, "NotEndsWith": not_ends}),
                );
            }
            (Some(starts), None) => fields.push(json!({"Field": "eventSource", "StartsWith": starts})),
            (None, Some(not_ends)) => fields.push(json!({"Field": "eventType", "NotEndsWith": not_ends})),
            (None, None) => {}
        }
        match name {
            Some(name) => json!({"Name": name, "FieldSelectors": fields}),
            None => json!({"FieldSelectors": fields}),
        }
    })
}

fn store() -> impl Strategy<Value = Value> {
    members(vec![
        ("RetentionPeriod", vec![json!(7), json!(366), json!(2557)]),
        ("BillingMode", vec![json!("FIXED_RETENTION_PRICING"), json!("EXTENDABLE_RETENTION_PRICING")]),
        ("TerminationProtectionEnabled", vec![json!(true), json!(false)]),
        ("MultiRegionEnabled", vec![json!(true), json!(false)]),
        ("KmsKeyId", vec![json!("alias/lake")]),
        ("StartIngestion", vec![json!(false)]),
    ])
}

fn named(name: &'static str, settings: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<Call>> {
    (settings, tags(name.to_owned())).prop_map(move |(settings, tags)| {
        vec![call("CreateEventDataStore", with(json!({"Name": name, "TagsList": tags}), settings))]
    })
}

/// Stores for what is not AWS's, and for insights.
fn activity() -> impl Strategy<Value = Vec<Call>> {
    let of = |category: &str| json!({"MultiRegionEnabled": false, "AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": [category]}]}]});
    (named("activity", Just(of("ActivityAuditLog"))), named("insights", Just(of("Insight"))))
        .prop_map(|(activity, insights)| [activity, insights].concat())
}

fn any_store() -> impl Strategy<Value = Vec<Call>> {
    let selectors = prop::option::of(prop::collection::vec(data_selector(), 1..3));
    let insights = prop::option::of(prop::sample::select(vec!["{arn:insights}", "{id:insights}"]));
    let context = prop::option::of(prop::collection::vec(
        prop::sample::select(vec!["no", "a:b", "team", "2026"]),
        1..3,
    ));
    let tags = name().prop_flat_map(|name| (Just(name.clone()), tags(name)));
    (tags, store(), selectors, insights, context, any::<bool>()).prop_map(
        |((name, tags), settings, selectors, insights, context, federated)| {
            let store = format!("{{arn:{name}}}");
            let mut create = with(json!({"Name": name, "TagsList": tags}), settings);
            if let Some(selectors) = selectors {
                create["AdvancedEventSelectors"] = json!(selectors);
            }
            let mut calls = vec![call("CreateEventDataStore", create)];
            if let Some(destination) = insights {
                let selectors = json!([{"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}]);
                let request = json!({"EventDataStore": store, "InsightSelectors": selectors, "InsightsDestination": destination});
                calls.push(call("PutInsightSelectors", request));
            }
            if let Some(keys) = context {
                let request = json!({"EventDataStore": store, "MaxEventSize": "Large", "ContextKeySelectors": [{"Type": "TagContext", "Equals": keys}]});
                calls.push(call("PutEventConfiguration", request));
            }
            if federated {
                calls.push(call("EnableFederation", json!({"EventDataStore": store, "FederationRoleArn": "arn:aws:iam::111122223333:role/lake"})));
            }
            calls
        },
    )
}

fn channel() -> impl Strategy<Value = Vec<Call>> {
    let source = prop::sample::select(vec!["Custom", "OktaSystemLogEvents", "GitHub"]);
    let location = prop::sample::select(vec!["{arn:activity}", "{id:activity}"]);
    let tags = name().prop_flat_map(|name| (Just(name.clone()), tags(name)));
    (tags, source, location, prop::option::of(words())).prop_map(
        |((name, tags), source, location, external)| {
            let name = format!("channel-{name}");
            let arn = format!("{{arn:{name}}}");
            let destinations = json!([{"Type": "EVENT_DATA_STORE", "Location": location}]);
            // The name that the tag says is another one, so that the tags must not make it somebody's.
            let tags: Vec<&Value> = tags
                .as_array()
                .unwrap()
                .iter()
                .filter(|tag| !tag["Key"].as_str().unwrap().starts_with("trailkeeper:"))
                .collect();
            let mut calls = vec![call(
                "CreateChannel",
                json!({"Name": name, "Source": source, "Destinations": destinations, "Tags": tags}),
            )];
            if let Some(external) = external {
                let policy = json!({"Version": "2012-10-17", "Statement": {
                    "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::444455556666:root"]},
                    "Action": "cloudtrail-data:PutAuditEvents", "Resource": arn,
                    "Condition": {"StringEquals": {"cloudtrail:ExternalId": external}},
                }});
                calls.push(put(&arn, &policy));
            }
            calls
        },
    )
}

fn put(arn: &str, policy: &Value) -> Call {
    let text = serde_json::to_string_pretty(policy).unwrap();
    call("PutResourcePolicy", json!({"ResourceArn": arn, "ResourcePolicy": text}))
}

/// The policy of a store, in one of the many ways to write it.
fn policy() -> impl Strategy<Value = Call> {
    let arn = "{arn:mgmt}";
    let resource =
        prop::sample::select(vec![None, Some(json!(arn)), Some(json!([arn])), Some(json!([arn, arn]))]);
    let action = prop::sample::select(vec![
        json!("cloudtrail:StartQuery"),
        json!(["cloudtrail:startquery", "cloudtrail:GetQueryResults"]),
    ]);
    let value = prop_oneof![
        words().prop_map(Value::from),
        prop::collection::vec(words(), 0..3).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e20..1e20f64).prop_map(Value::from),
        Just(json!("arn:aws:cloudtrail:us-east-1:111122223333:dashboard/audit")),
    ];
    let condition = prop::option::of(prop::collection::btree_map(
        prop::sample::select(vec!["aws:SourceArn", "aws:PrincipalTag/no", "aws:sourceIp"])
            .prop_map(str::to_owned),
        value,
        0..3,
    ));
    let sid = prop::option::of(prop::sample::select(vec!["a", "No", "2026"]));
    (sid, action, resource, condition, any::<bool>()).prop_map(
        move |(sid, action, resource, condition, list)| {
            let mut statement =
                json!({"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": action});
            if let Some(sid) = sid {
                statement["Sid"] = sid.into();
            }
            if let Some(resource) = resource {
                statement["Resource"] = resource;
            }
            if let Some(condition) = condition {
                statement["Condition"] = json!({"StringLike": condition});
            }
            let statement = if list { json!([statement]) } else { statement };
            put(arn, &json!({"Version": "2012-10-17", "Statement": statement}))
        },
    )
}

fn dashboard() -> impl Strategy<Value = Vec<Call>> {
    let widget = (words(), words(), any::<bool>()).prop_map(|(before, after, ranged)| {
        // A quote or comment that is not closed before it would swallow the FROM, without which a query is none.
        let before = before.replace(['\'', '"', '`', '*'], "");
        let (range, parameters) =
            if ranged { (" WHERE eventTime > '?'", json!(["$StartTime$"])) } else { ("", json!([])) };
        json!({
            "QueryStatement": format!("SELECT {before}\nFROM {{id:mgmt}}{range} -- {after}"),
            "QueryParameters": parameters,
            "ViewProperties": {"Height": "2", "Width": "6", "Title": "No", "View": "Table"},
        })
    });
    let schedule = prop::option::of(prop::sample::select(vec![
        json!({"Status": "ENABLED", "Frequency": {"Unit": "HOURS", "Value": 6}}),
        json!({"Status": "ENABLED", "Frequency": {"Unit": "DAYS", "Value": 1}, "TimeOfDay": "12:30"}),
        json!({"Status": "DISABLED", "Frequency": {"Unit": "HOURS", "Value": 1}}),
    ]));
    let tags = name().prop_flat_map(|name| (Just(name.clone()), tags(name)));
    (tags, prop::collection::vec(widget, 0..3), schedule, any::<bool>()).prop_map(
        |((name, tags), widgets, schedule, protected)| {
            let arn = format!("arn:aws:cloudtrail:us-east-1:111122223333:dashboard/{name}");
            let request = json!({"Name": name, "Widgets": widgets, "TerminationProtectionEnabled": protected, "TagsList": tags});
            let policy = json!({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "cloudtrail:StartDashboardRefresh",
                "Condition": {"StringEquals": {"AWS:SourceArn": arn, "AWS:SourceAccount": "111122223333"}},
            }]});
            let mut calls = vec![call("CreateDashboard", request), put(&arn, &policy)];
            if let Some(schedule) = schedule {
                calls.push(call("UpdateDashboard", json!({"DashboardId": name, "RefreshSchedule": schedule})));
            }
            calls
        },
    )
}
