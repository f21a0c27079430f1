//! What is fuzzed: each function takes any bytes where a user, a file or the service could give some, and panics when what
//! must hold for all of them does not.

mod answering;
mod seeds;

use std::collections::BTreeMap;

use trailkeeper::emulator::Emulator;
use trailkeeper::manifest::problem::{Problem, Problems};
use trailkeeper::manifest::{Manifest, SourceFile, Sources, render_text};
use trailkeeper::name::Date;
use trailkeeper::plan::decide;
use trailkeeper::report::saved::SavedPlan;
use trailkeeper::report::{Findings, Style, github, json, sarif, text};
use trailkeeper::resource::policy_document;
use trailkeeper::state::{Desired, RunOptions};

pub use answering::{Recording, connected};
pub use seeds::write_if_asked;

/// The account of everything here.
pub const ACCOUNT: &str = "111122223333";

/// The text of a manifest: it is told about in every format, in file order, inside the file.
pub fn manifest(bytes: &[u8]) {
    let Ok(source) = SourceFile::decode("m.yaml", bytes) else { return };
    told(&source, &BTreeMap::new());
}

/// A policy document in a file of its own, for each kind of resource that has one; and what it means for itself.
pub fn policy(bytes: &[u8]) {
    let source = SourceFile::decode("m.yaml", POLICIES.as_bytes()).expect("the manifest is text");
    let policies = BTreeMap::from([("policy.json".to_owned(), Ok(bytes.to_vec()))]);
    told(&source, &policies);
    let own = "arn:aws:cloudtrail:us-east-1:111122223333:channel/a";
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(canonical) = policy_document::canonical(text, own) {
        let again = policy_document::canonical(&canonical.to_string(), own);
        assert_eq!(again.as_ref(), Ok(&canonical), "a canonical form is its own canonical form");
    }
    if let Ok(compact) = policy_document::compact(text) {
        assert_eq!(policy_document::compact(&compact).as_ref(), Ok(&compact));
        assert_eq!(policy_document::canonical(&compact, own), policy_document::canonical(text, own));
    }
}

/// A saved plan: what is taken for one is shown and written, and what is written is taken for the same.
pub fn saved_plan(bytes: &[u8]) {
    let Ok(saved) = SavedPlan::parse(bytes) else { return };
    saved.about();
    saved.text(Style::default());
    let written = saved.json();
    let again = SavedPlan::parse(written.as_bytes()).expect("what is written is a plan");
    assert_eq!(again.json(), written);
}

/// A sandbox's file: what is taken for one can be read through the SDK, planned for, and written the same again.
pub fn sandbox(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(emulator) = Emulator::restore(text, ACCOUNT) else { return };
    let snapshot = emulator.snapshot();
    let again = Emulator::restore(&snapshot, ACCOUNT).expect("a snapshot can be restored");
    assert_eq!(again.snapshot(), snapshot);
    planned(emulator.http_client());
}

/// The service's answers, one a line: an operation and a body; with a `!` before it, a refusal. What is not among them is
/// answered with nothing.
pub fn answers(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    planned(connected(text));
}

/// Reads an account and plans for it: any end but a panic is a good one.
fn planned(client: aws_smithy_runtime_api::client::http::SharedHttpClient) {
    let desired = desired();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let live = runtime.expect("a runtime can be made").block_on(async {
        let reader = trailkeeper::aws::connect(trailkeeper::aws::ConnectOptions {
            region: trailkeeper::name::Region::parse("us-east-1"),
            sandbox: Some(client),
            ..Default::default()
        });
        let reader = reader.await.ok()?;
        reader.read(&desired.asks()).await.ok()
    });
    let today = Date::parse("2026-11-20").expect("a date");
    let options = RunOptions { prune: true, max_deletes: Some(5), allow: Default::default(), today };
    if let Some(Ok(decision)) = live.map(|live| decide(&desired, &live, &options)) {
        text::plan(&decision.plan, Style::default());
    }
}

/// What is planned for.
fn desired() -> Desired {
    let source = SourceFile::decode("m.yaml", EVERYTHING.as_bytes()).expect("the manifest is text");
    let manifest = Manifest::parse(&[source]).expect("the manifest is one");
    let target = manifest.stand_in_target();
    manifest.resolve(&target, &BTreeMap::new()).expect("the manifest is valid").desired
}

fn told(source: &SourceFile, policies: &BTreeMap<String, Result<Vec<u8>, String>>) {
    let sources: Sources = [source.clone()].into_iter().collect();
    let problems: Problems = match Manifest::parse(std::slice::from_ref(source)) {
        Ok(manifest) => match manifest.resolve(&manifest.stand_in_target(), policies) {
            Ok(resolved) => resolved.warnings.into(),
            Err(problems) => problems,
        },
        Err(problems) => problems,
    };
    let problems: Vec<Problem> = problems.into_sorted(&sources);
    let mut last = (0, 0);
    for problem in &problems {
        let at = problem.at.as_ref().filter(|at| at.file == source.path());
        let Some(range) = at.and_then(|at| at.range.clone()) else { continue };
        assert!(source.text().get(range.clone()).is_some(), "{range:?} of {problem:?}");
        assert!((range.start, range.end) >= last, "out of order: {problem:?}");
        last = (range.start, range.end);
    }
    let findings = Findings { problems: &problems, silenced: &[], sources: &sources };
    render_text(&problems, &sources, true);
    assert_eq!(github::problems(&findings).lines().count(), problems.len());
    for document in [json::problems(&findings), sarif::problems(&findings)] {
        let document: Result<serde_json::Value, _> = serde_json::from_str(&document);
        document.expect("a document is JSON");
    }
}

/// A manifest with a policy file for each kind of resource.
const POLICIES: &str = r#"
version: 1
name: fuzzed
account: "111122223333"
region: us-east-1
eventDataStores:
  - name: activity
    multiRegionEnabled: false
    advancedEventSelectors: [{fieldSelectors: [{field: eventCategory, equals: [ActivityAuditLog]}]}]
    resourcePolicyFile: policy.json
channels:
  - {name: partner, source: Custom, destinations: [{eventDataStore: activity}], resourcePolicyFile: policy.json}
dashboards:
  - {name: overview, resourcePolicyFile: policy.json}
"#;

/// A manifest with something of every kind.
const EVERYTHING: &str = r#"
version: 1
name: acme
account: "111122223333"
region: us-east-1
trails:
  - name: audit
    s3BucketName: acme-trail-logs
    isMultiRegionTrail: true
    kmsKeyId: alias/cloudtrail
    advancedEventSelectors:
      - fieldSelectors: [{field: eventCategory, equals: [Management]}]
      - fieldSelectors: [{field: eventCategory, equals: [Data]}, {field: resources.type, equals: ["AWS::S3::Object"]}, {field: eventName, startsWith: [Put]}]
    insightSelectors: [{insightType: ApiCallRateInsight}]
eventDataStores:
  - {name: lake, retentionPeriod: 90, tags: {team: security}}
  - name: activity
    multiRegionEnabled: false
    advancedEventSelectors: [{fieldSelectors: [{field: eventCategory, equals: [ActivityAuditLog]}]}]
channels:
  - name: partner
    source: Custom
    destinations: [{eventDataStore: activity}]
    resourcePolicy:
      Version: "2012-10-17"
      Statement: [{Effect: Allow, Principal: {AWS: "444455556666"}, Action: cloudtrail-data:PutAuditEvents}]
dashboards:
  - name: overview
    widgets:
      - queryStatement: SELECT eventName FROM ${eventDataStores.lake.id}
        viewProperties: {Height: "2", Width: "4", Title: Calls, View: Table}
removed:
  - {trail: old}
"#;
