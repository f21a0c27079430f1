//! Saved plans with the real binary: reviewed, applied, stale, edited, half done; and `--only`.

use super::{Folder, MANIFEST, expect};
use serde_json::Value as Json;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

/// A manifest with two trails, so that there is something that another change is unrelated to.
fn two_trails() -> String {
    MANIFEST.replace(
        "\neventDataStores:",
        "  - name: second\n    s3BucketName: acme-second-logs\n\neventDataStores:",
    )
}

fn without_insights(manifest: &str) -> String {
    manifest.replace("    insightSelectors:\n      - insightType: ApiCallRateInsight\n", "")
}

/// Changes the saved plan as somebody with an editor would.
fn edit(folder: &Folder, change: impl Fn(&mut Json)) {
    let path = folder.path().join("plan.json");
    let mut plan = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut plan);
    fs::write(path, plan.to_string()).unwrap();
}

/// The sandbox's account after somebody has changed a word of it by hand.
fn by_hand(folder: &Folder, from: &str, to: &str) {
    let account = fs::read_to_string(folder.path().join("s")).unwrap();
    assert!(account.contains(from), "{account}");
    folder.write("s", account.replacen(from, to, 1));
}

#[test]
fn a_reviewed_plan_is_applied_without_a_question() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    let plan = folder.run("plan --sandbox s --out plan.json");
    let shown = folder.run("show plan.json");
    assert_eq!(shown.stdout, plan.stdout, "show prints what plan printed");
    let printed = folder.run("plan --sandbox s --format json --out same.json").stdout;
    let saved = fs::read(folder.path().join("same.json")).unwrap();
    assert_eq!(saved, printed);
    assert_eq!(folder.run("show same.json --format json").stdout, saved);

    let mut lines = vec!["plan --sandbox s --out plan.json --detailed-exitcode"];
    lines.extend(["apply --sandbox s --plan plan.json", "apply --sandbox s --plan plan.json"]);
    let told = folder.transcript(&lines);
    let time = about(&folder);
    expect("saved", &format!("{told}{}", folder.transcript(&["show plan.json -q"]).replace(&time, "TIME")));
}

/// When the plan was saved.
fn about(folder: &Folder) -> String {
    let plan: Json = serde_json::from_slice(&fs::read(folder.path().join("plan.json")).unwrap()).unwrap();
    plan["run"]["observed_at"].as_str().unwrap().to_owned()
}

#[test]
fn a_plan_that_is_stale_is_refused_and_says_why() {
    let folder = Folder::new();
    let encrypted =
        two_trails().replace("isMultiRegionTrail: true", "isMultiRegionTrail: true\n    kmsKeyId: alias/a");
    folder
        .write("trailkeeper.yaml", two_trails())
        .write("encrypted.yaml", &encrypted)
        .write("other-key.yaml", encrypted.replace("alias/a", "alias/b"))
        .write("silent.yaml", encrypted.replace("kmsKeyId: alias/a", "isLogging: false"))
        .write("renamed.yaml", encrypted.replace("name: security-baseline", "name: other"));
    let mut told = folder.transcript(&[
        "apply --sandbox s --yes --quiet",
        "plan --sandbox s --out plan.json encrypted.yaml",
        "apply --sandbox s --plan plan.json other-key.yaml",
        "apply --sandbox s --plan plan.json silent.yaml",
        "apply --sandbox s --plan plan.json renamed.yaml",
    ]);
    // Somebody else stops the first trail, whose key the plan would set.
    by_hand(&folder, "IsLogging: true", "IsLogging: false");
    told.push_str(&folder.transcript(&[
        "apply --sandbox s --plan plan.json encrypted.yaml",
        "apply --sandbox s --plan plan.json encrypted.yaml --format json",
    ]));
    let time = regex_lite::Regex::new(r#""observed_at": "[^"]*""#).unwrap();
    expect("saved-stale", &time.replace_all(&told, r#""observed_at": "TIME""#));
}

#[test]
fn an_edited_file_can_only_make_apply_refuse() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", without_insights(MANIFEST));
    let edits: [fn(&mut Json); 5] = [
        |plan| plan["steps"][0]["call"] = "DeleteTrail".into(),
        |plan| plan["steps"][0]["request"]["S3BucketName"] = "evil-bucket".into(),
        |plan| plan["changes"][0]["fields"][0]["live"] = "acme-old-logs".into(),
        |plan| plan["run"]["account"] = "999988887777".into(),
        |plan| plan["steps"].as_array_mut().unwrap().truncate(1),
    ];
    let mut told = String::new();
    for change in edits {
        folder.run("plan --sandbox s --out plan.json");
        edit(&folder, change);
        told.push_str(&folder.transcript(&["apply --sandbox s --plan plan.json --quiet"]));
        assert!(!folder.path().join("s").exists(), "nothing was changed");
    }
    let told: Vec<&str> =
        told.lines().filter(|line| line.starts_with("2>") || line.starts_with('[')).collect();
    expect("saved-edited", &format!("{}\n", told.join("\n")));

    // Steps that nobody planned are not done for standing in the file.
    folder.run("plan --sandbox s --out plan.json");
    edit(&folder, |plan| {
        let mut step = plan["steps"][0].clone();
        step["key"] = "trail/evil".into();
        step["request"]["Name"] = "evil".into();
        plan["steps"].as_array_mut().unwrap().push(step);
        plan["refusals"] = Json::Array(Vec::new());
    });
    assert_eq!(folder.run("apply --sandbox s --plan plan.json").status.code(), Some(0));
    assert!(!fs::read_to_string(folder.path().join("s")).unwrap().contains("evil"));
}

#[test]
fn a_guard_is_judged_again_whatever_the_file_says() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST).write(
        "silent.yaml",
        MANIFEST.replace("isMultiRegionTrail: true", "isMultiRegionTrail: true\n    isLogging: false"),
    );
    folder.run("apply --sandbox s --yes");
    let allowed = "--allow blind-spot=trail/audit";
    assert_eq!(
        folder.run(&format!("plan --sandbox s --out plan.json silent.yaml {allowed}")).status.code(),
        Some(0)
    );
    assert_eq!(folder.run("apply --sandbox s --plan plan.json silent.yaml").status.code(), Some(3));
    let done = folder.run(&format!("apply --sandbox s --plan plan.json silent.yaml {allowed}"));
    assert_eq!(done.status.code(), Some(0));
}

#[test]
fn a_half_done_run_is_run_again_with_the_same_file() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    folder.run("plan --sandbox s --out plan.json");
    // What a killed run leaves: the trail without insights and not logging, a store that nothing sends to.
    let (first, _) = MANIFEST.split_once("\nchannels:").unwrap();
    let first = without_insights(first)
        .replace("isMultiRegionTrail: true", "isMultiRegionTrail: true\n    isLogging: false");
    folder.write("half.yaml", first);
    folder.run("apply --sandbox s --yes half.yaml");
    let mut told =
        folder.transcript(&["apply --sandbox s --plan plan.json", "plan --sandbox s --detailed-exitcode"]);

    // Something that the plan does not touch is changed in between, and another trail made.
    folder.write("trailkeeper.yaml", two_trails());
    folder.run("plan --sandbox s --out plan.json");
    by_hand(&folder, "Source: Custom", "Source: Custom # seen");
    told.push_str(&folder.transcript(&["apply --sandbox s --plan plan.json --quiet"]));
    expect("saved-half-done", &told);
}

#[test]
fn a_file_that_is_no_plan_is_trouble_and_nothing_is_done() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST).write("folder/nothing", "");
    folder.run("plan --sandbox s --out plan.json");
    let plan = fs::read_to_string(folder.path().join("plan.json")).unwrap();
    let json = |folder: &Folder, name: &str, from: &str, to: &str| {
        assert!(plan.contains(from), "{from}");
        folder.write(name, plan.replacen(from, to, 1));
    };
    json(&folder, "version.json", r#""format_version": "1.0""#, r#""format_version": "2.0""#);
    json(&folder, "minor.json", r#""format_version": "1.0""#, r#""format_version": "1.7", "new": [1]"#);
    json(&folder, "key.json", r#""key": "trail/audit""#, r#""key": "audit""#);
    json(&folder, "action.json", r#""action": "create""#, "\"action\": \"\\u001b[2Jburn\"");
    json(&folder, "command.json", r#""command": "plan""#, r#""command": "drift""#);
    folder
        .write("null.json", "null")
        .write("list.json", "[1]")
        .write(
            "foreign.json",
            r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}}"#,
        )
        .write("other.json", r#"{"Version": "2012-10-17"}"#)
        .write("half.json", &plan[..plan.len() / 2])
        .write("empty.json", "")
        .write("deep.json", format!(r#"{{"format_version": "1.0", "steps": {}"#, "[".repeat(100_000)))
        .write("large.json", vec![b' '; 33 * 1024 * 1024]);
    folder.write("bad.yaml", "version: 1\n");
    for (name, line) in [
        ("drift.json", "drift --sandbox s --format json"),
        ("problems.json", "plan --sandbox s --format json bad.yaml"),
        ("trouble.json", "show gone.json --format json"),
    ] {
        folder.write(name, folder.run(line).stdout);
    }
    let lines = [
        "show drift.json",
        "show problems.json",
        "show trouble.json",
        "show null.json",
        "show list.json",
        "show foreign.json",
        "show other.json",
        "show gone.json",
        "show folder",
        "show trailkeeper.yaml",
        "show half.json",
        "show empty.json",
        "show deep.json",
        "show large.json",
        "show key.json",
        "show action.json",
        "show command.json",
        "show version.json",
        "show version.json --format json",
        "apply --sandbox s --plan version.json",
        "plan --sandbox s --quiet --out folder",
        "plan --sandbox s --quiet --out nowhere/plan.json",
    ];
    expect("saved-unreadable", &folder.transcript(&lines));
    assert!(!folder.path().join("s").exists());
    assert_eq!(folder.run("show minor.json").status.code(), Some(0));
}

#[test]
fn what_a_file_says_cannot_drive_a_terminal() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    folder.run("plan --sandbox s --out plan.json");
    edit(&folder, |plan| {
        let evil = "\u{1b}]0;evil\u{7}\r\n\u{202e}Plan: nothing";
        for place in ["manifest", "account", "region", "observed_at"] {
            plan["run"][place] = evil.into();
        }
        plan["changes"][0]["key"] = format!("trail/{evil}").into();
        plan["changes"][0]["name"] = evil.into();
        plan["changes"][0]["reason"] = evil.into();
        plan["changes"][0]["losses"] = vec![evil].into();
        plan["changes"][0]["fields"][0] =
            serde_json::json!({"path": evil, "live": {evil: [evil]}, "desired": evil});
        plan["refusals"] =
            serde_json::json!([{"key": evil, "guard": evil, "reason": evil, "allow": evil, "help": evil}]);
        plan["notes"] = serde_json::json!([{"key": evil, "word": evil, "text": evil}]);
    });
    let output = folder.run("show plan.json");
    assert_eq!(output.status.code(), Some(0));
    for stream in [output.stdout, output.stderr] {
        let text = String::from_utf8(stream).unwrap();
        let hidden =
            |character: char| (character.is_control() && character != '\n') || character == '\u{202e}';
        assert!(!text.contains(hidden), "{text:?}");
        assert!(text.contains("\\u{1b}]0;evil") || text.contains("\\u001b]0;evil"), "{text}");
    }
}

#[test]
fn a_plan_is_saved_whole_or_not_at_all() {
    let folder = Folder::new();
    folder
        .write("trailkeeper.yaml", MANIFEST)
        .write("real/plan.json", r#"{"format_version": "0.9"}"#)
        .write("bad.yaml", "version: 1\n");
    symlink("real/plan.json", folder.path().join("plan.json")).unwrap();
    assert_eq!(folder.run("plan --sandbox s --out plan.json bad.yaml").status.code(), Some(1));
    assert_eq!(fs::read(folder.path().join("real/plan.json")).unwrap(), br#"{"format_version": "0.9"}"#);
    assert_eq!(folder.run("plan --sandbox s --out plan.json").status.code(), Some(0));
    assert!(fs::symlink_metadata(folder.path().join("plan.json")).unwrap().is_symlink());
    let names = |folder: PathBuf| fs::read_dir(folder).unwrap().count();
    assert_eq!(names(folder.path().join("real")), 1, "no temporary file is left");
    assert_eq!(folder.run("show real/plan.json").status.code(), Some(0));
    assert_eq!(folder.run("plan --sandbox s --out /dev/stdout").status.code(), Some(1));

    // Nothing but a plan is replaced by a plan: not the manifest, not the account's file.
    folder.run("apply --sandbox s --yes");
    for name in ["trailkeeper.yaml", "s"] {
        let before = fs::read(folder.path().join(name)).unwrap();
        let output = folder.run(&format!("plan --sandbox s --out {name}"));
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("it exists and is no saved report"), "{told}");
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), before);
    }
}

#[test]
fn an_incident_is_mended_while_something_else_is_refused() {
    let folder = Folder::new();
    let changed = two_trails()
        .replace(
            "terminationProtectionEnabled: false",
            "terminationProtectionEnabled: false\n    retentionPeriod: 30",
        )
        .replace("s3BucketName: acme-second-logs", "s3BucketName: acme-new-logs");
    folder.write("trailkeeper.yaml", two_trails()).write("changed.yaml", changed);
    folder.run("apply --sandbox s --yes");
    by_hand(&folder, "IsLogging: true", "IsLogging: false");
    let lines = [
        "apply --sandbox s changed.yaml --yes --quiet",
        "plan --sandbox s changed.yaml --only trail/audti",
        "plan --sandbox s changed.yaml --only trail/audit --detailed-exitcode",
        "plan --sandbox s changed.yaml --only channel/partner --detailed-exitcode",
        "plan --sandbox s changed.yaml --only trail/audit --out plan.json --quiet",
        "apply --sandbox s changed.yaml --plan plan.json --quiet",
        "apply --sandbox s changed.yaml --plan plan.json --only trail/audit",
        "apply --sandbox s changed.yaml --plan plan.json --only trail/audit",
        "apply --sandbox s changed.yaml --yes --only trail/audit --only trail/second",
    ];
    expect("only", &folder.transcript(&lines));
}

/// Who reviews a plan decides by what `show` says, so that this must be what apply would do.
#[test]
fn a_file_that_tells_another_tale_of_the_same_calls_is_refused() {
    let folder = Folder::new();
    let (before, trails) = MANIFEST.split_once("\ntrails:").unwrap();
    let (_, stores) = trails.split_once("\neventDataStores:").unwrap();
    let removed = "removed:\n  - {trail: audit, reason: SEC-9}";
    let allow = "allow:\n  - {guard: blind-spot, resource: trail/audit, reason: SEC-9}";
    folder
        .write("trailkeeper.yaml", MANIFEST)
        .write("removed.yaml", format!("{before}\n{removed}\n\n{allow}\n\neventDataStores:{stores}"));
    folder.run("apply --sandbox s --yes");
    let plan = "plan --sandbox s removed.yaml --quiet --out plan.json";
    let mut told = folder.transcript(&[plan]);
    let edits: [fn(&mut Json); 12] = [
        |plan| {
            plan["changes"][0]["action"] = "adopt".into();
            plan["summary"]["delete"] = 0.into();
            plan["summary"]["adopt"] = 1.into();
        },
        |plan| plan["changes"][0]["reason"] = "harmless".into(),
        |plan| plan["changes"][0]["losses"] = Json::Array(Vec::new()),
        |plan| plan["changes"][0]["weakens"] = false.into(),
        |plan| {
            plan["changes"][0]["goes_along"] = true.into();
            plan["summary"]["delete"] = 0.into();
        },
        |plan| plan["notes"] = Json::Array(Vec::new()),
        |plan| {
            let text = "blind-spot: nothing that matters (the manifest's allow list)";
            plan["notes"][0]["text"] = text.into();
        },
        // As if a run had ended half-way.
        |plan| {
            let mut step = plan["steps"][0].clone();
            step["call"] = "StopLogging".into();
            plan["steps"].as_array_mut().unwrap().push(step);
            plan["changes"][0]["losses"] = Json::Array(Vec::new());
        },
        |plan| plan["summary"]["delete"] = 0.into(),
        |plan| plan["changes"][0]["kind"] = "dashboard".into(),
        |plan| plan["changes"][0]["name"] = "nothing".into(),
        |plan| {
            let again = plan["changes"][0].clone();
            plan["changes"].as_array_mut().unwrap().push(again);
            plan["summary"]["delete"] = 2.into();
        },
    ];
    let account = fs::read(folder.path().join("s")).unwrap();
    for change in edits {
        folder.run(plan);
        edit(&folder, change);
        let told_now = folder.transcript(&["apply --sandbox s removed.yaml --plan plan.json --quiet"]);
        told.extend(
            told_now
                .lines()
                .filter(|line| line.contains("because") || line.starts_with('['))
                .map(|line| format!("{line}\n")),
        );
        assert_eq!(fs::read(folder.path().join("s")).unwrap(), account, "nothing was changed");
    }
    folder.run(plan);
    told.push_str(&folder.transcript(&["apply --sandbox s removed.yaml --plan plan.json --quiet"]));
    expect("saved-retold", &told);
}
