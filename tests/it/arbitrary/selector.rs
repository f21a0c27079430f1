//! Event selectors of trails and stores, and which insights their events admit.

use super::{Setting, Settings, always, is, list, object, rarely, sometimes, switch, text, word, words};
use proptest::prelude::*;
use serde_json::{Value, json};

const OPERATORS: &[&str] = &["equals", "startsWith", "endsWith", "notEquals", "notStartsWith", "notEndsWith"];
const CONSOLE: &[&str] = &["true"];
const NAMES: &[&str] = &["GetObject", "PutObject", "DeleteObject", "ConsoleLogin"];
const BUCKETS: &[&str] = &["arn:aws:s3:::payroll/", "arn:aws:s3:::payroll/2026/", "arn:aws:s3:::public/"];

/// A trail's selectors of either kind, as the members that write them.
pub(super) fn of_trail() -> BoxedStrategy<Value> {
    prop_oneof![
        list(basic(), 3).prop_map(|selectors| json!({"eventSelectors": selectors})),
        list(prop_oneof![management_of_trail(), data(), network(true)].boxed(), 3)
            .prop_map(|selectors| json!({"advancedEventSelectors": selectors})),
    ]
    .boxed()
}

/// The selectors of a store for CloudTrail events.
pub(super) fn of_store() -> BoxedStrategy<Value> {
    list(prop_oneof![management_of_store(), data(), network(false)].boxed(), 3)
}

/// The one selector of a store for any other events.
pub(super) fn of_category(category: &str) -> Value {
    json!([{"fieldSelectors": [{"field": "eventCategory", "equals": [category]}]}])
}

fn basic() -> BoxedStrategy<Value> {
    let selector = object(vec![
        sometimes("readWriteType", word(&["All", "ReadOnly", "WriteOnly"])),
        sometimes("includeManagementEvents", switch()),
        sometimes("dataResources", list(data_resource(), 2)),
        rarely("excludeManagementEventSources", words(&["kms.amazonaws.com", "rdsdata.amazonaws.com"], 2)),
    ]);
    // A selector that selects nothing is refused, and so is an exclusion from nothing.
    let repaired = |mut selector: Value| {
        if let Value::Object(members) = &mut selector
            && !is(members, "includeManagementEvents", true)
        {
            members.remove("excludeManagementEventSources");
            if !members.contains_key("dataResources") {
                members.remove("includeManagementEvents");
            }
        }
        selector
    };
    selector.prop_map(repaired).boxed()
}

fn data_resource() -> BoxedStrategy<Value> {
    prop_oneof![
        words(&["arn:aws:s3:::payroll/", "arn:aws:s3:::public/a", "arn:aws:s3"], 2)
            .prop_map(|values| json!({"type": "AWS::S3::Object", "values": values})),
        words(&["arn:aws:lambda", "arn:${partition}:lambda:${region}:${account}:function:pay"], 1)
            .prop_map(|values| json!({"type": "AWS::Lambda::Function", "values": values})),
        Just(json!({
            "type": "AWS::DynamoDB::Table",
            "values": ["arn:aws:dynamodb:us-east-1:111122223333:table/t"],
        })),
    ]
    .boxed()
}

/// A selector of one category: the field selectors that are there, in any order, and a name now and then.
fn advanced(category: &'static str, fields: Vec<Setting>) -> BoxedStrategy<Value> {
    let (names, conditions): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let fields = conditions.prop_map(move |conditions| {
        let mut selectors = vec![json!({"field": "eventCategory", "equals": [category]})];
        for (name, condition) in names.iter().zip(conditions) {
            if let Some(Value::Object(mut operators)) = condition {
                operators.insert("field".to_owned(), (*name).into());
                selectors.push(Value::Object(operators));
            }
        }
        selectors
    });
    let remark = prop::option::weighted(0.3, word(&["a remark", "payroll: \"$${all}\" # of it"]));
    (fields.prop_shuffle(), remark)
        .prop_map(|(fields, remark)| match remark {
            Some(name) => json!({"name": name, "fieldSelectors": fields}),
            None => json!({"fieldSelectors": fields}),
        })
        .boxed()
}

fn one(values: &'static [&'static str]) -> BoxedStrategy<Value> {
    word(values).prop_map(|value| json!({"equals": [value]})).boxed()
}

/// Any operators on a field that takes all of them.
fn any_of(values: &'static [&'static str]) -> BoxedStrategy<Value> {
    let chosen = prop::collection::vec((prop::sample::select(OPERATORS), words(values, 2)), 1..=2);
    chosen
        .prop_map(|chosen| chosen.into_iter().map(|(name, values)| (name.to_owned(), values)).collect())
        .boxed()
}

fn management_of_trail() -> BoxedStrategy<Value> {
    let excluded = words(&["kms.amazonaws.com", "rdsdata.amazonaws.com"], 2);
    advanced(
        "Management",
        vec![
            sometimes("readOnly", one(&["true", "false"])),
            rarely("eventSource", excluded.prop_map(|values| json!({"notEquals": values}))),
        ],
    )
}

fn management_of_store() -> BoxedStrategy<Value> {
    advanced(
        "Management",
        vec![
            sometimes("readOnly", one(&["true", "false"])),
            rarely("eventName", any_of(NAMES)),
            rarely("eventSource", any_of(&["iam.amazonaws.com", "sts.amazonaws.com"])),
            rarely("eventType", any_of(&["AwsApiCall", "AwsConsoleSignIn"])),
            rarely("userIdentity.arn", any_of(&["arn:aws:iam::111122223333:role/ops"])),
            rarely("sessionCredentialFromConsole", one(CONSOLE)),
        ],
    )
}

fn data() -> BoxedStrategy<Value> {
    // Only of buckets do we know how an ARN begins.
    let of_buckets = vec![sometimes("resources.ARN", buckets())];
    prop_oneof![
        data_of(&["AWS::S3::Object"], of_buckets),
        data_of(&["AWS::Lambda::Function", "AWS::SNS::Topic"], Vec::new()),
    ]
    .boxed()
}

fn data_of(types: &'static [&'static str], more: Vec<Setting>) -> BoxedStrategy<Value> {
    let mut fields = vec![
        always("resources.type", one(types)),
        sometimes("readOnly", one(&["true", "false"])),
        rarely("eventName", any_of(NAMES)),
        rarely("eventSource", any_of(&["s3.amazonaws.com", "lambda.amazonaws.com"])),
        rarely("userIdentity.arn", any_of(&["arn:aws:iam::111122223333:role/ops"])),
    ];
    fields.extend(more);
    advanced("Data", fields)
}

fn buckets() -> BoxedStrategy<Value> {
    let operator = prop::sample::select(&["startsWith", "notStartsWith"][..]);
    (operator, words(BUCKETS, 2)).prop_map(|(operator, values)| json!({operator: values})).boxed()
}

fn network(trail: bool) -> BoxedStrategy<Value> {
    let mut fields = vec![
        always("eventSource", one(&["ec2.amazonaws.com", "kms.amazonaws.com"])),
        sometimes("errorCode", one(&["VpceAccessDenied"])),
        rarely("vpcEndpointId", any_of(&["vpce-1", "vpce-2"])),
    ];
    if trail {
        fields.push(rarely("userIdentity.arn", any_of(&["arn:aws:iam::111122223333:role/ops"])));
    }
    advanced("NetworkActivity", fields)
}

/// What selectors let in, as far as insights and aggregation ask.
#[derive(Default)]
pub(super) struct Logged {
    pub(super) reads: bool,
    pub(super) writes: bool,
    pub(super) data: bool,
}

/// What a trail or store lets in: management events when it has no selectors.
pub(super) fn logged(settings: &Settings) -> Logged {
    let written = ["eventSelectors", "advancedEventSelectors"]
        .into_iter()
        .find_map(|name| settings.get(name)?.as_array());
    let Some(selectors) = written else { return Logged { reads: true, writes: true, data: false } };
    let mut logged = Logged::default();
    for selector in selectors.iter().filter_map(Value::as_object) {
        let (management, data, only) = match selector.get("fieldSelectors").and_then(Value::as_array) {
            Some(fields) => {
                let equals = |name: &str| {
                    let field = fields.iter().find(|field| field["field"] == name);
                    field.and_then(|field| field["equals"][0].as_str()).unwrap_or_default()
                };
                let category = equals("eventCategory");
                let only = match equals("readOnly") {
                    "true" => "ReadOnly",
                    "false" => "WriteOnly",
                    _ => "All",
                };
                (category == "Management", category == "Data", only)
            }
            None => {
                let management = is(selector, "includeManagementEvents", true);
                (management, selector.contains_key("dataResources"), text(selector, "readWriteType"))
            }
        };
        logged.reads |= management && only != "WriteOnly";
        logged.writes |= management && only != "ReadOnly";
        logged.data |= data;
    }
    logged
}

/// Insights of both types, among management events, data events or both.
pub(super) fn insights() -> BoxedStrategy<Value> {
    let categories = || prop::option::of(words(&["Management", "Data"], 2));
    let selector = |kind: &'static str| {
        categories().prop_map(move |categories| match categories {
            Some(categories) => json!({"insightType": kind, "eventCategories": categories}),
            None => json!({"insightType": kind}),
        })
    };
    prop_oneof![
        selector("ApiCallRateInsight").prop_map(|one| json!([one])),
        selector("ApiErrorRateInsight").prop_map(|one| json!([one])),
        (selector("ApiCallRateInsight"), selector("ApiErrorRateInsight"))
            .prop_map(|(one, other)| json!([other, one])),
    ]
    .boxed()
}

/// Takes out the insights whose events are not let in.
pub(super) fn keep_possible_insights(settings: &mut Settings, data_too: bool) {
    let logged = logged(settings);
    let Some(Value::Array(selectors)) = settings.remove("insightSelectors") else { return };
    let possible = selectors.into_iter().filter_map(|mut selector| {
        let of_calls = selector["insightType"] == "ApiCallRateInsight";
        let management = if of_calls { logged.writes } else { logged.writes || logged.reads };
        let Some(categories) = selector.get_mut("eventCategories").and_then(Value::as_array_mut) else {
            return management.then_some(selector);
        };
        categories.retain(|category| if category == "Data" { logged.data && data_too } else { management });
        (!categories.is_empty()).then_some(selector)
    });
    let possible: Vec<Value> = possible.collect();
    if !possible.is_empty() {
        settings.insert("insightSelectors".to_owned(), possible.into());
    }
}
