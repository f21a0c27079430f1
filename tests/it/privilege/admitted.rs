//! Every scenario as its own witness: whatever plan and apply called is admitted by the policies that the manifest's
//! iam-policy prints, and what destroys or stops something is granted only where the manifest's text asks for it.

use crate::scenarios::{Scene, folders, prepare};
use crate::support::run;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use trailkeeper::emulator::CallRecord;
use trailkeeper::privilege;
use trailkeeper::state::{Asks, Owner};

#[test]
fn every_call_of_every_scenario_is_admitted() {
    let mut refused = Vec::new();
    let mut applied = 0;
    for folder in folders().iter().filter(|folder| !folder.join("args.txt").exists()) {
        let (writes, trouble) = run(witness(folder));
        applied += usize::from(writes > 0);
        refused.extend(trouble.into_iter().map(|line| format!("{}: {line}", folder.display())));
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(applied > 30, "only {applied} scenarios wrote anything");
}

/// How many calls wrote, and what the policies would have refused.
async fn witness(folder: &Path) -> (usize, Vec<String>) {
    let Scene { lab, desired, options } = prepare(folder).await.unwrap();
    let tags = owners(&lab).await;
    let before = lab.emulator.calls().len();
    let plan = lab.plan(&desired, &options).await;
    let planned = lab.emulator.calls().len();
    if !plan.is_refused() {
        lab.apply(&desired, &options).await;
    }
    let calls = lab.emulator.calls();
    let (plan_policy, apply_policy) = (json!(privilege::plan(&desired)), json!(privilege::apply(&desired)));
    let needs =
        |call: &CallRecord| needed(call).into_iter().map(|need| need.with_tags(&tags)).collect::<Vec<_>>();
    let planning = calls[before..planned].iter().flat_map(needs).filter(|need| !admits(&plan_policy, need));
    let applying = calls[before..].iter().flat_map(needs).filter(|need| !admits(&apply_policy, need));
    let refused = planning.chain(applying).map(|need| format!("{need:?}"));
    let writes = calls[planned..].iter().filter(|call| call.writes()).count();
    (writes, refused.collect())
}

/// The manifest tag of everything that lives, by ARN.
async fn owners(lab: &crate::support::Lab) -> BTreeMap<String, String> {
    let live = lab.reader().await.read(&Asks::default()).await.unwrap();
    let owned = live.found.values().filter_map(|found| match &found.owner {
        Owner::Manifest { manifest, .. } => Some((found.arn.to_string(), manifest.clone())),
        Owner::Nobody => None,
    });
    owned.collect()
}

#[test]
fn nothing_is_destroyed_or_stopped_that_the_manifest_does_not_ask_for() {
    for folder in folders() {
        let text = fs::read_to_string(folder.join("manifest.yaml")).unwrap();
        let Scene { desired, .. } = run(prepare(&folder)).unwrap();
        let policy = json!(privilege::apply(&desired)).to_string();
        let asks = |words: &[&str]| words.iter().any(|word| text.contains(word));
        // Each action, and one of the words without which no manifest needs it.
        let rules: [(&str, &[&str]); 9] = [
            ("cloudtrail:DeleteTrail\"", &["removed:"]),
            ("cloudtrail:DeleteEventDataStore\"", &["removed:"]),
            ("cloudtrail:DeleteDashboard\"", &["removed:"]),
            ("cloudtrail:DeleteChannel\"", &["removed:", "guard: blind-spot"]),
            ("cloudtrail:DeleteResourcePolicy\"", &["eventDataStores:", "channels:", "dashboards:"]),
            ("cloudtrail:StopLogging\"", &["isLogging: false"]),
            ("cloudtrail:StopEventDataStoreIngestion\"", &["ingestionEnabled: false"]),
            ("cloudtrail:DisableFederation\"", &["eventDataStores:", "removed:"]),
            ("iam:PassRole\"", &["RoleArn:"]),
        ];
        for (action, words) in rules {
            let granted = policy.contains(action);
            assert!(!granted || asks(words), "{} is granted {action}", folder.display());
        }
        assert!(!json!(privilege::plan(&desired)).to_string().contains("cloudtrail:Put"));
    }
}

/// An action on a resource, with what a condition can see of it.
#[derive(Debug, Clone)]
struct Need {
    action: String,
    resource: String,
    context: BTreeMap<&'static str, String>,
}

impl Need {
    fn new(action: &str, resource: &str) -> Need {
        Need { action: action.to_owned(), resource: resource.to_owned(), context: BTreeMap::new() }
    }

    fn seeing(mut self, key: &'static str, value: &str) -> Need {
        self.context.insert(key, value.to_owned());
        self
    }

    fn with_tags(self, tags: &BTreeMap<String, String>) -> Need {
        match tags.get(&self.resource) {
            Some(manifest) => self.seeing("aws:ResourceTag/trailkeeper:manifest", manifest),
            None => self,
        }
    }
}

/// What IAM would ask for this call (Service Authorization Reference, API operations and actions).
fn needed(call: &CallRecord) -> Vec<Need> {
    let CallRecord { operation, request, account, region, .. } = call;
    let own = |resource: &str| format!("arn:aws:cloudtrail:{region}:{account}:{resource}");
    let text = |member: &str| request[member].as_str().unwrap_or_default().to_owned();
    let action = format!("cloudtrail:{operation}");
    let mut needs = match operation.as_str() {
        "GetCallerIdentity" => Vec::new(),
        "DescribeKey" => {
            let spelling = text("KeyId");
            let id = "key/1234abcd-12ab-34cd-56ef-1234567890ab";
            match spelling.rsplit_once("alias/") {
                Some((place, alias)) => {
                    // An alias and its key are of one account and region.
                    let here = format!("arn:aws:kms:{region}:{account}:");
                    let place = if place.is_empty() { &here } else { place };
                    let need = Need::new("kms:DescribeKey", &format!("{place}{id}"));
                    vec![need.seeing("kms:ResourceAliases", &format!("alias/{alias}"))]
                }
                None if spelling.starts_with("arn:") => vec![Need::new("kms:DescribeKey", &spelling)],
                None => {
                    vec![Need::new(
                        "kms:DescribeKey",
                        &format!("arn:aws:kms:{region}:{account}:key/{spelling}"),
                    )]
                }
            }
        }
        "DescribeTrails" | "ListEventDataStores" | "ListChannels" | "ListDashboards" => {
            vec![Need::new(&action, "*")]
        }
        "ListTags" => {
            let ids = request["ResourceIdList"].as_array().unwrap();
            ids.iter().map(|id| Need::new(&action, id.as_str().unwrap())).collect()
        }
        "CreateTrail" => created(&action, &own(&format!("trail/{}", text("Name")))),
        "CreateDashboard" => created(&action, &own(&format!("dashboard/{}", text("Name")))),
        "CreateEventDataStore" => created(&action, &own("eventdatastore/EXAMPLE-new")),
        "CreateChannel" => {
            let mut needs = created(&action, &own("channel/EXAMPLE-new"));
            let destinations = request["Destinations"].as_array().unwrap();
            needs.extend(
                destinations.iter().map(|store| Need::new(&action, store["Location"].as_str().unwrap())),
            );
            needs
        }
        _ => {
            let members = [
                "EventDataStore",
                "Channel",
                "DashboardId",
                "ResourceArn",
                "ResourceId",
                "TrailName",
                "Name",
            ];
            let named = members.iter().find_map(|member| request[*member].as_str());
            vec![Need::new(&action, named.unwrap_or_else(|| panic!("{operation}: {request}")))]
        }
    };
    if let "CreateDashboard" | "UpdateDashboard" = operation.as_str() {
        let dashboard = needs[0].resource.clone();
        needs.push(Need::new("cloudtrail:StartDashboardRefresh", &dashboard));
        needs.push(Need::new("cloudtrail:StartQuery", &own("eventdatastore/EXAMPLE-asked")));
    }
    for role in
        [text("CloudWatchLogsRoleArn"), text("FederationRoleArn")].iter().filter(|role| !role.is_empty())
    {
        needs.push(Need::new("iam:PassRole", role).seeing("iam:PassedToService", "cloudtrail.amazonaws.com"));
    }
    needs
}

fn created(action: &str, resource: &str) -> Vec<Need> {
    vec![Need::new(action, resource), Need::new("cloudtrail:AddTags", resource)]
}

fn admits(policy: &Value, need: &Need) -> bool {
    policy["Statement"].as_array().unwrap().iter().any(|statement| {
        statement["Effect"] == "Allow"
            && strings(&statement["Action"]).contains(&need.action.as_str())
            && strings(&statement["Resource"]).iter().any(|pattern| matches(pattern, &need.resource))
            && holds(&statement["Condition"], need)
    })
}

fn holds(conditions: &Value, need: &Need) -> bool {
    conditions.as_object().into_iter().flatten().all(|(operator, keys)| {
        assert!(["StringEquals", "ForAnyValue:StringEquals"].contains(&operator.as_str()), "{operator}");
        keys.as_object().unwrap().iter().all(|(key, values)| {
            need.context.get(key.as_str()).is_some_and(|value| strings(values).contains(&value.as_str()))
        })
    })
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// `*` stands for anything, as in IAM.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| matches(rest, &text[at..]))
        }),
    }
}

#[test]
fn the_matcher_itself_refuses() {
    let policy = json!({"Statement": [{
        "Effect": "Allow", "Action": "a:B", "Resource": "arn:x/*", "Condition": {"StringEquals": {"k": ["v", "w"]}},
    }]});
    let need = Need::new("a:B", "arn:x/1").seeing("k", "w");
    assert!(admits(&policy, &need));
    assert!(!admits(&policy, &Need::new("a:B", "arn:x/1")));
    assert!(!admits(&policy, &Need::new("a:B", "arn:y/1").seeing("k", "w")));
    assert!(!admits(&policy, &Need::new("a:C", "arn:x/1").seeing("k", "w")));
    assert!(matches("*", "") && matches("a*b*c", "a-b-b-c") && !matches("a*b", "a-c"));
}
