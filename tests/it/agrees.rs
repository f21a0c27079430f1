//! Each check names the error that it spares the user. Here the value that it refuses is sent past it, as a bare request to
//! the service: the service must answer just that error. A check without such a request says why.

use crate::support::{Lab, run};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use trailkeeper::manifest::CHECKS;
use trailkeeper::manifest::problem::Severity;

/// How a check is held against the service.
enum Trial {
    /// These calls are answered, but the last, which is refused. `{lake}` stands for the ARN of a store of management events,
    /// `{activity}` of one for channels, `{audit}` for the name of a trail, `{channel}` and `{board}` for those ARNs.
    Refused(Vec<(&'static str, Value)>),
    /// Why there is nothing to send.
    Reason(&'static str),
}

fn refused(operation: &'static str, request: Value) -> Trial {
    Trial::Refused(vec![(operation, request)])
}

fn field(name: &str, operator: &str, values: &[&str]) -> Value {
    json!({"Field": name, operator: values})
}

/// Advanced selectors of the trail.
fn advanced(selectors: &[Value]) -> Trial {
    let selectors: Vec<Value> = selectors.iter().map(|fields| json!({"FieldSelectors": fields})).collect();
    refused("PutEventSelectors", json!({"TrailName": "audit", "AdvancedEventSelectors": selectors}))
}

fn basic(selector: Value) -> Trial {
    refused("PutEventSelectors", json!({"TrailName": "audit", "EventSelectors": [selector]}))
}

/// A trail that is wrong in one setting.
fn trail(setting: &str, value: Value) -> Trial {
    let mut request = json!({"Name": "other", "S3BucketName": "acme-trail-logs"});
    request[setting] = value;
    refused("CreateTrail", request)
}

fn store(setting: &str, value: Value) -> Trial {
    let mut request = json!({"Name": "other"});
    request[setting] = value;
    refused("CreateEventDataStore", request)
}

fn channel(name: &str, source: &str, locations: &[&str]) -> Value {
    let destinations: Vec<Value> =
        locations.iter().map(|location| json!({"Type": "EVENT_DATA_STORE", "Location": location})).collect();
    json!({"Name": name, "Source": source, "Destinations": destinations})
}

fn policy(arn: &str, statement: Value) -> Trial {
    let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    refused("PutResourcePolicy", json!({"ResourceArn": arn, "ResourcePolicy": document}))
}

fn statement(principal: Value, action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource})
}

fn put(principal: Value) -> Value {
    statement(principal, "cloudtrail-data:PutAuditEvents", "{channel}")
}

fn widget(query: &str, parameters: &[&str]) -> Trial {
    let view = json!({"Height": "2", "Width": "4", "Title": "Calls", "View": "Table"});
    let widget = json!({"QueryStatement": query, "QueryParameters": parameters, "ViewProperties": view});
    refused("CreateDashboard", json!({"Name": "other", "Widgets": [widget]}))
}

fn insights(store: &str, types: &[&str], destination: Option<&str>) -> Trial {
    let selectors: Vec<Value> = types.iter().map(|name| json!({"InsightType": name})).collect();
    let mut request = json!({"EventDataStore": store, "InsightSelectors": selectors});
    if let Some(destination) = destination {
        request["InsightsDestination"] = destination.into();
    }
    refused("PutInsightSelectors", request)
}

fn configuration(request: Value) -> Trial {
    refused("PutEventConfiguration", request)
}

/// Every error of the list, tried. Warnings are legal requests, or hang on lists that AWS extends.
fn trials() -> BTreeMap<&'static str, Trial> {
    let management = field("eventCategory", "Equals", &["Management"]);
    let data = field("eventCategory", "Equals", &["Data"]);
    let objects = field("resources.type", "Equals", &["AWS::S3::Object"]);
    let accounts = json!({"AWS": "444455556666"});
    let tags = |count: usize| -> Value {
        (0..count).map(|n| json!({"Key": format!("k{n}"), "Value": "v"})).collect()
    };
    let many: Vec<String> = (0..501).map(|n| format!("Get{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let objects_of: Vec<String> = (0..251).map(|n| format!("arn:aws:s3:::b{n}/")).collect();
    let group = "arn:aws:logs:us-east-1:111122223333:log-group:trail:*";
    let six: Vec<(&str, Value)> = (0..5)
        .map(|n| ("CreateTrail", json!({"Name": format!("trail-{n}"), "S3BucketName": "acme-trail-logs"})))
        .collect();
    let elsewhere =
        "arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/a1b2c3d4-5678-90ab-cdef-111122223333";
    let unknown = elsewhere.replace("eu-west-1", "us-east-1");
    BTreeMap::from([
        ("TK021", refused("CreateChannel", channel("other", "Custom", &[&unknown]))),
        ("TK031", trail("TagsList", json!([{"Key": "k".repeat(129), "Value": "v"}]))),
        ("TK032", trail("TagsList", tags(51))),
        ("TK033", Trial::Refused(six)),
        (
            "TK034",
            Trial::Reason(
                "what Control Tower and AWS's services own is guarded by policies of the organization",
            ),
        ),
        ("TK035", trail("KmsKeyId", "no key".into())),
        (
            "TK036",
            refused(
                "CreateTrail",
                json!({"Name": "other", "S3BucketName": "acme", "CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": "CloudTrailLogs"}),
            ),
        ),
        ("TK037", insights("{lake}", &["ApiCallRateInsight"], Some("arn:aws:s3:::acme"))),
        ("TK038", refused("CreateChannel", channel("other", "Custom", &[elsewhere]))),
        ("TK039", trail("SnsTopicName", "arn:aws-cn:sns:us-east-1:111122223333:trail".into())),
        ("TK101", trail("Name", "-audit".into())),
        ("TK102", trail("S3BucketName", "Acme_Logs".into())),
        ("TK103", trail("SnsTopicName", "trail.fifo".into())),
        (
            "TK104",
            refused(
                "CreateTrail",
                json!({"Name": "other", "S3BucketName": "acme", "IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": false}),
            ),
        ),
        ("TK105", trail("CloudWatchLogsLogGroupArn", group.into())),
        (
            "TK106",
            refused(
                "CreateTrail",
                json!({"Name": "other", "S3BucketName": "acme", "CloudWatchLogsLogGroupArn": group.replace("us-east-1", "eu-west-1"),
                       "CloudWatchLogsRoleArn": "arn:aws:iam::111122223333:role/CloudTrailLogs"}),
            ),
        ),
        (
            "TK201",
            refused(
                "PutEventSelectors",
                json!({"TrailName": "audit", "EventSelectors": [{}], "AdvancedEventSelectors": [{"FieldSelectors": [management]}]}),
            ),
        ),
        ("TK202", basic(json!({"IncludeManagementEvents": false}))),
        ("TK203", basic(json!({"DataResources": [{"Type": "AWS::S3::Object", "Values": objects_of}]}))),
        (
            "TK204",
            basic(json!({"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::*"]}]})),
        ),
        (
            "TK205",
            basic(
                json!({"IncludeManagementEvents": false, "ExcludeManagementEventSources": ["kms.amazonaws.com"],
                      "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}),
            ),
        ),
        ("TK210", advanced(&[json!([field("eventCategory", "Equals", &["Insight"])])])),
        (
            "TK211",
            store(
                "AdvancedEventSelectors",
                json!([{"FieldSelectors": [management]}, {"FieldSelectors": [field("eventCategory", "Equals", &["Insight"])]}]),
            ),
        ),
        ("TK212", advanced(&[json!([management, field("eventName", "Equals", &["PutObject"])])])),
        ("TK214", advanced(&[json!([data, objects, field("readOnly", "NotEquals", &["true"])])])),
        ("TK215", advanced(&[json!([data, objects, field("readOnly", "Equals", &["yes"])])])),
        (
            "TK216",
            advanced(&[json!([
                data,
                objects,
                field("eventName", "Equals", &["A"]),
                field("eventName", "Equals", &["B"])
            ])]),
        ),
        ("TK217", advanced(&[json!([data])])),
        ("TK218", advanced(&[json!([data, objects, {"Field": "eventName"}])])),
        ("TK219", advanced(&[json!([data, objects, field("eventName", "Equals", &many)])])),
        (
            "TK230",
            refused(
                "PutInsightSelectors",
                json!({"TrailName": "audit", "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiCallRateInsight"}]}),
            ),
        ),
        (
            "TK231",
            refused(
                "PutInsightSelectors",
                json!({"TrailName": "audit", "InsightSelectors": [{"InsightType": "ApiCallRateInsight", "EventCategories": ["Data"]}]}),
            ),
        ),
        ("TK232", insights("{activity}", &["ApiCallRateInsight"], Some("{insights}"))),
        ("TK233", insights("{lake}", &["ApiCallRateInsight"], None)),
        ("TK234", insights("{lake}", &["ApiCallRateInsight"], Some("{activity}"))),
        (
            "TK235",
            configuration(
                json!({"TrailName": "audit", "AggregationConfigurations": [{"EventCategory": "Data", "Templates": ["API_ACTIVITY"]}]}),
            ),
        ),
        (
            "TK236",
            Trial::Reason(
                "the emulator does not know which ARNs a type has; AWS does (API reference, AdvancedFieldSelector)",
            ),
        ),
        ("TK301", store("Name", "no name".into())),
        (
            "TK303",
            refused(
                "CreateEventDataStore",
                json!({"Name": "other", "BillingMode": "FIXED_RETENTION_PRICING", "RetentionPeriod": 3000}),
            ),
        ),
        ("TK304", refused("StopEventDataStoreIngestion", json!({"EventDataStore": "{activity}"}))),
        (
            "TK305",
            refused(
                "CreateEventDataStore",
                json!({"Name": "other", "OrganizationEnabled": true,
                       "AdvancedEventSelectors": [{"FieldSelectors": [field("eventCategory", "Equals", &["ActivityAuditLog"])]}]}),
            ),
        ),
        ("TK306", configuration(json!({"EventDataStore": "{activity}", "MaxEventSize": "Large"}))),
        (
            "TK307",
            configuration(
                json!({"EventDataStore": "{lake}", "MaxEventSize": "Standard", "ContextKeySelectors": [{"Type": "TagContext", "Equals": ["team"]}]}),
            ),
        ),
        (
            "TK308",
            configuration(json!({"EventDataStore": "{lake}", "MaxEventSize": "Large",
                       "ContextKeySelectors": [{"Type": "TagContext", "Equals": ["a"]}, {"Type": "TagContext", "Equals": ["b"]}]})),
        ),
        ("TK401", refused("CreateChannel", channel("no name", "Other", &["{activity}"]))),
        ("TK402", refused("CreateChannel", channel("other", "Custom", &["{activity}"]))),
        ("TK403", refused("CreateChannel", channel("other", "GitHub", &["{activity}", "{activity}"]))),
        ("TK404", refused("CreateChannel", channel("other", "GitHub", &["{lake}"]))),
        ("TK405", refused("CreateChannel", channel("other", "GitHub", &["{everywhere}"]))),
        (
            "TK501",
            policy(
                "{channel}",
                json!([put(json!({"AWS": vec!["arn:aws:iam::444455556666:role/partner-role-name"; 200]}))]),
            ),
        ),
        (
            "TK502",
            policy(
                "{channel}",
                json!([{"Effect": "Permit", "Principal": accounts, "Action": "cloudtrail-data:PutAuditEvents"}]),
            ),
        ),
        ("TK503", policy("{channel}", json!(vec![put(accounts.clone()); 21]))),
        (
            "TK504",
            policy("{channel}", json!([statement(accounts.clone(), "cloudtrail:StartQuery", "{channel}")])),
        ),
        ("TK505", policy("{channel}", json!([put(json!({"AWS": "somebody"}))]))),
        (
            "TK506",
            policy(
                "{channel}",
                json!([statement(accounts.clone(), "cloudtrail-data:PutAuditEvents", "{lake}")]),
            ),
        ),
        (
            "TK507",
            policy(
                "{lake}",
                json!([statement(
                    json!({"Service": "cloudtrail.amazonaws.com"}),
                    "cloudtrail:GetQueryResults",
                    "{lake}"
                )]),
            ),
        ),
        (
            "TK509",
            Trial::Reason(
                "the emulator does not judge operators of conditions; IAM does (IAM user guide, condition operators)",
            ),
        ),
        ("TK601", refused("CreateDashboard", json!({"Name": "over.view"}))),
        (
            "TK602",
            refused(
                "CreateDashboard",
                json!({"Name": "other", "Widgets": [{"QueryStatement": "SELECT 1 FROM {lake-id}", "ViewProperties": {"View": "Table"}}]}),
            ),
        ),
        ("TK603", widget("SELECT eventName FROM {lake-id} WHERE eventTime > '?'", &[])),
        ("TK604", widget("SELECT eventName FROM {lake}", &[])),
        (
            "TK605",
            refused(
                "CreateDashboard",
                json!({"Name": "other", "RefreshSchedule": {"Frequency": {"Unit": "HOURS", "Value": 5}, "Status": "ENABLED"}}),
            ),
        ),
        (
            "TK606",
            refused(
                "CreateDashboard",
                json!({"Name": "AWSCloudTrail-Highlights", "RefreshSchedule": {"Frequency": {"Unit": "HOURS", "Value": 1}, "Status": "ENABLED"}}),
            ),
        ),
        ("TK609", Trial::Reason("the emulator does not parse SQL; the user guide wants `'?'` for times")),
        ("TK610", widget("DELETE FROM {lake-id}", &[])),
        ("TK611", widget("SELECT eventName FROM lake", &[])),
    ])
}

/// An account with one of everything that requests speak of, and what their braces stand for.
async fn account() -> (Lab, BTreeMap<&'static str, String>) {
    let lab = Lab::new();
    let of = |category: &str| json!([{"FieldSelectors": [field("eventCategory", "Equals", &[category])]}]);
    let created = [
        ("{lake}", "CreateEventDataStore", json!({"Name": "lake"}), "EventDataStoreArn"),
        (
            "{activity}",
            "CreateEventDataStore",
            json!({"Name": "activity", "MultiRegionEnabled": false, "AdvancedEventSelectors": of("ActivityAuditLog")}),
            "EventDataStoreArn",
        ),
        (
            "{everywhere}",
            "CreateEventDataStore",
            json!({"Name": "everywhere", "AdvancedEventSelectors": of("ActivityAuditLog")}),
            "EventDataStoreArn",
        ),
        (
            "{insights}",
            "CreateEventDataStore",
            json!({"Name": "insights", "AdvancedEventSelectors": of("Insight")}),
            "EventDataStoreArn",
        ),
        ("{channel}", "CreateChannel", channel("partner", "Custom", &["{activity}"]), "ChannelArn"),
        ("{board}", "CreateDashboard", json!({"Name": "overview"}), "DashboardArn"),
        ("{audit}", "CreateTrail", json!({"Name": "audit", "S3BucketName": "acme-trail-logs"}), "TrailARN"),
    ];
    let mut names: BTreeMap<&'static str, String> = BTreeMap::new();
    for (name, operation, request, arn) in created {
        let answer = lab.call(operation, &filled(&request, &names)).await.unwrap();
        names.insert(name, answer[arn].as_str().unwrap().to_owned());
        if operation == "CreateEventDataStore" {
            // A new store settles while it is looked at.
            for _ in 0..3 {
                lab.call("GetEventDataStore", &json!({"EventDataStore": answer[arn]})).await.unwrap();
            }
        }
    }
    let id = names["{lake}"].rsplit('/').next().unwrap().to_owned();
    names.insert("{lake-id}", id);
    (lab, names)
}

fn filled(request: &Value, names: &BTreeMap<&'static str, String>) -> Value {
    let text = names.iter().fold(request.to_string(), |text, (name, arn)| text.replace(name, arn));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn what_a_check_refuses_the_service_refuses_with_that_error() {
    let trials = trials();
    let mut wrong = Vec::new();
    for check in CHECKS {
        match (check.severity, trials.get(check.code)) {
            (Severity::Warning, None) => {}
            (Severity::Warning, Some(_)) => wrong.push(format!("{} is a warning, and is tried", check.code)),
            (Severity::Error, None) => {
                wrong.push(format!("{} is not tried, and no reason is given", check.code));
            }
            (Severity::Error, Some(Trial::Reason(reason))) => assert!(reason.len() > 20),
            (Severity::Error, Some(Trial::Refused(calls))) => {
                let answers = run(async {
                    let (lab, names) = account().await;
                    let mut answers = Vec::new();
                    for (operation, request) in calls {
                        answers.push(lab.call(operation, &filled(request, &names)).await);
                    }
                    answers
                });
                let (last, before) = answers.split_last().unwrap();
                if let Some(Err(early)) = before.iter().find(|answer| answer.is_err()) {
                    wrong.push(format!("{}: refused too early: {early}", check.code));
                }
                let code = |text: &String| -> String {
                    let answer: Value = serde_json::from_str(text).unwrap_or_default();
                    answer["__type"]
                        .as_str()
                        .unwrap_or_default()
                        .rsplit('#')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                };
                match last {
                    Err(answer) if !code(answer).is_empty() && check.prevents.contains(&code(answer)) => {}
                    answer => wrong.push(format!(
                        "{} says {}, and the service answers {answer:?}",
                        check.code, check.prevents
                    )),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
