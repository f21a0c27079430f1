//! Drift with the real binary: severities, health, what nobody declared, and what counts.

use super::{Folder, MANIFEST, expect};
use serde_json::Value as Json;
use std::fs;

/// An applied manifest, and then a bucket that refuses the trail's log files.
fn failing() -> Folder {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    folder.run("apply --sandbox s --yes -q");
    // All of it long ago, whatever the clock of the machine says.
    let account = fs::read_to_string(folder.path().join("s")).unwrap();
    let started = regex_lite::Regex::new(r"StartLoggingTime: \d+").unwrap();
    folder.write("s", &*started.replace(&account, "StartLoggingTime: 1577923200"));
    by_hand(
        &folder,
        "IsLogging: true",
        "IsLogging: true\n            LatestDeliveryError: AccessDenied\n            LatestDeliveryTime: 1577836800",
    );
    folder
}

fn by_hand(folder: &Folder, from: &str, to: &str) {
    let account = fs::read_to_string(folder.path().join("s")).unwrap();
    assert!(account.contains(from), "{account}");
    folder.write("s", account.replacen(from, to, 1));
}

#[test]
fn what_does_not_work_counts_unless_it_is_ignored() {
    let folder = failing();
    let mut told = folder.transcript(&[
        "drift --sandbox s",
        "drift --sandbox s --ignore-health",
        "drift --sandbox s --fail-on critical",
        "plan --sandbox s --detailed-exitcode",
        "drift --sandbox s --format markdown",
        "drift --sandbox s --format github",
        "drift --sandbox s --fail-on severe",
    ]);
    // Somebody stops the trail and changes the channel's tags.
    by_hand(&folder, "IsLogging: true", "IsLogging: false\n            StopLoggingTime: 1577836800");
    by_hand(&folder, "trailkeeper:name: partner\n", "trailkeeper:name: partner\n              by: hand\n");
    told.push_str(
        &folder.transcript(&["drift --sandbox s", "drift --sandbox s --fail-on critical -q --ignore-health"]),
    );
    by_hand(&folder, "IsLogging: false", "IsLogging: true");
    by_hand(&folder, "LatestDeliveryError: AccessDenied", "LatestDeliveryTime: 1577836800");
    by_hand(&folder, "            LatestDeliveryTime: 1577836800\n", "");
    told.push_str(
        &folder.transcript(&["drift --sandbox s --fail-on critical", "drift --sandbox s --fail-on info"]),
    );
    expect("drift-health", &told);
}

#[test]
fn health_stands_in_the_json_with_its_times() {
    let folder = failing();
    let output = folder.run("drift --sandbox s --format json");
    assert_eq!(output.status.code(), Some(2));
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["severity"], "critical");
    assert_eq!(report["changes"], Json::Array(Vec::new()));
    let expected = serde_json::json!([{
        "key": "trail/audit",
        "arn": "arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit",
        "severity": "critical",
        "concerns": "delivery",
        "message": "log files do not reach bucket acme-trail-logs: AccessDenied",
        "last_success": "2020-01-01T00:00:00Z",
        "help": "`trailkeeper iam-policy --for bucket` prints the statements that the bucket needs",
    }]);
    assert_eq!(report["health"], expected);
    assert_eq!(report["checked"].as_array().unwrap().len(), 4, "a policy is checked too");
    assert_eq!(report.get("unmanaged"), None);

    by_hand(&folder, "IsLogging: true", "IsLogging: false\n            StopLoggingTime: 1577836800");
    let output = folder.run("drift --sandbox s --format json");
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!([{
        "path": "isLogging", "live": false, "desired": true, "severity": "critical",
        "since": "2020-01-01T00:00:00Z",
    }]);
    assert_eq!(report["changes"][0]["fields"], expected);
    assert_eq!(report["changes"][0]["severity"], "critical");
}

/// Evidence for an auditor: what was looked at, also when nothing differs.
#[test]
fn a_report_says_what_was_checked_when_nothing_differs() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    folder.run("apply --sandbox s --yes -q");
    let checked = |line: &str| {
        let output = folder.run(line);
        assert_eq!(output.status.code(), Some(0), "{line}");
        let report: Json = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["changes"], Json::Array(Vec::new()));
        report["checked"].clone()
    };
    let drift = checked("drift --sandbox s --format json");
    let keys: Vec<&str> = drift.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(
        keys,
        ["trail/audit", "eventDataStore/partner-activity", "channel/partner", "policy/channel/partner"]
    );
    assert_eq!(checked("plan --sandbox s --format json --detailed-exitcode"), drift);
    assert_eq!(checked("apply --sandbox s --format json --yes"), drift);
    let health = failing();
    let report: Json = serde_json::from_slice(&health.run("drift --sandbox s --format json").stdout).unwrap();
    assert_eq!(report["checked"], drift, "health is no setting");
}

#[test]
fn what_nobody_declared_is_listed_and_does_not_count() {
    let folder = Folder::new();
    let account = include_str!(
        "../../scenarios/what-nobody-declared-is-listed-with-what-makes-it-interesting/account.yaml"
    );
    let manifest = include_str!(
        "../../scenarios/what-nobody-declared-is-listed-with-what-makes-it-interesting/manifest.yaml"
    );
    folder.write("s", format!("{account}# end of sandbox\n")).write("trailkeeper.yaml", manifest);
    let before = fs::read(folder.path().join("s")).unwrap();
    let told = folder.transcript(&[
        "drift --sandbox s -q",
        "drift --sandbox s --unmanaged -q",
        "drift --sandbox s --unmanaged -q --format markdown",
    ]);
    let output = folder.run("drift --sandbox s --unmanaged --format json -q");
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    let unmanaged = serde_json::to_string_pretty(&report["unmanaged"]).unwrap();
    assert_eq!(fs::read(folder.path().join("s")).unwrap(), before, "nothing is written");
    expect("drift-unmanaged", &format!("{told}{unmanaged}\n"));
}

/// Rendered, two spaces among words are one, and a value's words would pass for ours.
#[test]
fn a_value_is_one_piece_of_code_on_a_page() {
    let folder = Folder::new();
    folder.write(
        "trailkeeper.yaml",
        "version: 1\nname: acme\naccount: \"111122223333\"\nregion: us-east-1\ntrails:\n  - name: audit\n    \
         s3BucketName: acme-trail-logs\n    tags: {a: hello hello, b: hello, c: hello}\n",
    );
    folder.run("apply --sandbox s --yes -q");
    by_hand(&folder, "a: hello hello", "a: hello  hello");
    by_hand(&folder, "b: hello", "b: not set");
    by_hand(&folder, "c: hello", "c: hello, declared true; x");
    let page = String::from_utf8(folder.run("drift --sandbox s --format markdown -q").stdout).unwrap();
    let expected = "| `trail/audit` | info: changed | `tags.a` is `hello  hello`, declared `hello hello`<br>\
                    `tags.b` is `\"not set\"`, declared `hello`<br>\
                    `tags.c` is `\"hello, declared true; x\"`, declared `hello` |";
    assert!(page.lines().any(|line| line == expected), "{page}");
}
