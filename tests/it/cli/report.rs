//! The JSON reports against their schemas, and the text of what goes wrong while applying.

use super::{Folder, MANIFEST, expect};
use crate::support::RESTORABLE_UNTIL;
use serde_json::Value as Json;
use std::path::Path;
use trailkeeper::apply::{Applied, Verified, apply, patience, verify};
use trailkeeper::aws::{ConnectOptions, Writer, connect};
use trailkeeper::emulator::{Emulator, Fault, Then};
use trailkeeper::manifest::Manifest;
use trailkeeper::manifest::source::SourceFile;
use trailkeeper::name::Date;
use trailkeeper::plan::{Decision, Plan, decide};
use trailkeeper::report::{Run, Style, json, schema, text};
use trailkeeper::state::{Bindings, RunOptions};

fn schemas() -> [(&'static str, Json); 4] {
    [
        ("validate", schema::validate().into()),
        ("plan", schema::plan().into()),
        ("drift", schema::drift().into()),
        ("apply", schema::apply().into()),
    ]
}

#[test]
fn the_reports_schemas_are_fresh_and_schemas() {
    for (name, schema) in schemas() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{name}.schema.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "UPDATE_EXPECTED=1 refreshes it");
        assert!(jsonschema::draft7::meta::is_valid(&schema));
        let printed = Folder::new().run(&format!("schema {name}")).stdout;
        assert_eq!(String::from_utf8(printed).unwrap(), text);
    }
}

/// That a document is what the schema's form of this name describes, not merely one of the three.
#[track_caller]
fn conforms(name: &str, form: &str, document: &Json) {
    let (_, mut schema) = schemas().into_iter().find(|(candidate, _)| *candidate == name).unwrap();
    let whole = jsonschema::draft7::new(&schema).unwrap();
    assert!(whole.is_valid(document), "{document:#}");
    schema["anyOf"] = serde_json::json!([{"$ref": format!("#/definitions/{form}")}]);
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?} in {document:#}");
}

#[test]
fn what_the_commands_print_conforms() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST).write("bad.yaml", "version: 1\n");
    let changed = MANIFEST.replace("source: Custom", "source: LaunchDarkly");
    folder.write("changed.yaml", changed);
    let run = |line: &str| {
        let output = folder.run(line);
        (output.status.code().unwrap(), serde_json::from_slice::<Json>(&output.stdout).unwrap())
    };
    let check = |name: &str, form: &str, line: &str, code: i32| {
        let (exit, document) = run(&format!("{name} --format json --sandbox s {line}"));
        assert_eq!(exit, code, "{name} {line}: {document:#}");
        conforms(name, form, &document);
        document
    };
    check("plan", "PlanReport", "", 0);
    check("drift", "DriftReport", "", 2);
    check("drift", "DriftReport", "--who", 2);
    check("drift", "DriftReport", "--unmanaged", 2);
    check("apply", "ApplyReport", "--yes", 0);
    check("drift", "DriftReport", "--unmanaged", 0);
    check("apply", "ApplyReport", "--yes", 0);
    check("apply", "ApplyReport", "--yes changed.yaml", 3);
    check("plan", "PlanReport", "--detailed-exitcode changed.yaml", 3);
    folder.run("plan --sandbox s --out plan.json").status.code().unwrap();
    let other =
        MANIFEST.replace("isMultiRegionTrail: true", "isMultiRegionTrail: true\n    kmsKeyId: alias/a");
    folder.write("other.yaml", other);
    let uncovered = check("apply", "ApplyReport", "--plan plan.json other.yaml", 4)["not_covered"].take();
    assert_eq!(uncovered[0]["key"], "trail/audit");
    assert_eq!(uncovered[0]["field"], "kmsKeyId");
    let (_, shown) = run("show --format json plan.json");
    conforms("plan", "PlanReport", &shown);
    check("plan", "ProblemsReport", "bad.yaml", 1);
    check("plan", "ProblemsReport", "missing.yaml", 1);
    check("plan", "TroubleReport", "--region us-east-1", 1);
    let mut steps = check("plan", "PlanReport", "changed.yaml", 0)["steps"].take();
    // The ARN of what is made anew is not known, and nobody guesses it.
    assert_eq!(steps[2]["request"]["ResourceArn"], "${channels.partner.arn}");
    assert_eq!(steps[1]["request"]["Name"], "partner");
    let store = steps[1]["request"]["Destinations"][0]["Location"].take();
    assert!(
        store.as_str().unwrap().starts_with("arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/")
    );
}

#[test]
fn valid_manifests_have_no_problems_in_json_either() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    let output = folder.run("validate --format json");
    assert_eq!(output.status.code(), Some(0));
    let expected = "{\n  \"format_version\": \"1.0\",\n  \"problems\": []\n}\n";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

struct Misfortune {
    plan: Plan,
    bindings: Bindings,
    applied: Applied,
    verified: Verified,
}

/// Applies the manifest to an empty account in which these things go wrong.
async fn misfortune(faults: Vec<Fault>) -> Misfortune {
    let emulator = Emulator::new("111122223333");
    let manifest = Manifest::parse(&[SourceFile::decode("m.yaml", MANIFEST.as_bytes()).unwrap()]).unwrap();
    let options = ConnectOptions {
        region: manifest.header().region.clone(),
        sandbox: Some(emulator.http_client()),
        ..ConnectOptions::default()
    };
    let reader = connect(options).await.unwrap();
    let desired = manifest.resolve(reader.target(), &Default::default()).unwrap().desired;
    let live = reader.read(&desired.asks()).await.unwrap();
    let today = Date::parse("2026-11-20").unwrap();
    let options = RunOptions { prune: false, max_deletes: None, allow: Default::default(), today };
    let Decision { plan, bindings } = decide(&desired, &live, &options).unwrap();
    emulator.set_faults(faults);
    let writer = Writer::new(&reader);
    let applied = apply(&plan, bindings.clone(), &writer, &mut |_| {}, &|| false).await;
    let verified = verify(&plan, &applied, &desired, &options, &reader, &patience(true)).await;
    Misfortune { plan, bindings, applied, verified }
}

impl Misfortune {
    fn text(&self) -> String {
        text::applied(&self.plan, &self.applied, &self.verified, RESTORABLE_UNTIL, Style::default())
    }

    fn json(&self) -> Json {
        let run = Run {
            observed_at: "2026-11-20T09:00:00Z".to_owned(),
            caller: "arn:aws:iam::111122223333:user/ops".to_owned(),
            manifest_sha256: "00".to_owned(),
        };
        let text =
            json::applied(&self.plan, &self.bindings, &self.applied, &self.verified, RESTORABLE_UNTIL, &run);
        let document = serde_json::from_str(&text).unwrap();
        conforms("apply", "ApplyReport", &document);
        document
    }
}

fn fault(on: &str, then: Then) -> Fault {
    Fault { on: on.to_owned(), nth: None, then }
}

#[tokio::test(start_paused = true)]
async fn a_denied_step_names_the_permission_and_what_was_skipped_for_it() {
    let fate = misfortune(vec![fault("CreateEventDataStore", Then::Denied)]).await;
    expect("apply-denied", &fate.text());
    let outcomes = fate.json()["outcomes"].take();
    let words: Vec<&str> =
        outcomes.as_array().unwrap().iter().map(|outcome| outcome["outcome"].as_str().unwrap()).collect();
    assert_eq!(words.iter().filter(|word| **word == "skipped").count(), 2, "{outcomes:#}");
    assert_eq!(words.iter().filter(|word| **word == "failed").count(), 1, "{outcomes:#}");
}

#[tokio::test(start_paused = true)]
async fn what_was_created_has_its_arn_though_the_wait_for_it_failed() {
    let fate = misfortune(vec![fault("GetEventDataStore", Then::Reset)]).await;
    let document = fate.json();
    let outcomes = document["outcomes"].as_array().unwrap();
    let outcome = outcomes.iter().find(|outcome| outcome["accepted"] == true).unwrap();
    assert_eq!((&outcome["outcome"], &outcome["maybe_done"]), (&"failed".into(), &Json::Null));
    let arn = outcome["arn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/"), "{arn}");
    assert!(
        fate.text().contains(&format!("created: eventDataStore/partner-activity  {arn}\n")),
        "{}",
        fate.text()
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_again_is_not_claimed_as_success() {
    let fate = misfortune(vec![fault("DescribeTrails", Then::Denied)]).await;
    expect("apply-unread", &fate.text());
    assert_eq!(fate.json()["verified"], false);
}

#[tokio::test(start_paused = true)]
async fn stale_reads_are_waited_for() {
    let fate = misfortune(vec![fault("PutResourcePolicy", Then::Stale { reads: 6 })]).await;
    assert!(fate.verified.is_clean(), "{}", fate.text());
    assert_eq!(fate.text().lines().last(), Some("Applied: 6 steps done."));
}
