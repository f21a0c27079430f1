//! Processes that end badly or meet each other: killed, side by side, without room to write, without a reader.
//! What they leave behind is whole, and the next run finishes.

use crate::cli::Folder;
use crate::faults::account::Account;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use trailkeeper::emulator::Emulator;

const MANIFEST: &str = r#"
version: 1
name: acme
account: "111122223333"
region: us-east-1
trails:
  - name: audit
    s3BucketName: acme-trail-logs
    isMultiRegionTrail: true
    insightSelectors: [{insightType: ApiCallRateInsight}]
eventDataStores:
  - name: partners
    retentionPeriod: 365
    multiRegionEnabled: false
    advancedEventSelectors:
      - fieldSelectors: [{field: eventCategory, equals: [ActivityAuditLog]}]
channels:
  - name: okta
    source: OktaSystemLogEvents
    destinations: [{eventDataStore: partners}]
    resourcePolicy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {AWS: "444455556666"}
          Action: cloudtrail-data:PutAuditEvents
          Resource: ${self.arn}
dashboards:
  - name: overview
    widgets:
      - queryStatement: SELECT eventName FROM ${eventDataStores.partners.id} WHERE eventTime > '?'
        queryParameters: [$StartTime$]
        viewProperties: {Height: "2", Width: "4", Title: Names, View: Table}
"#;

const APPLY: &str = "apply manifest.yaml --sandbox account.yaml --yes";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("manifest.yaml", MANIFEST);
    folder
}

fn account(folder: &Path) -> Account {
    let emulator = Emulator::open(&folder.join("account.yaml"), "111122223333");
    Account::of(&emulator.unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn exit(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("{output:?}"))
}

/// An apply that nobody disturbs: the account afterwards, and how long it took.
fn undisturbed() -> (Account, Duration) {
    let folder = folder();
    let begin = Instant::now();
    let output = folder.run(APPLY);
    assert_eq!(exit(&output), 0, "{}", stderr(&output));
    (account(folder.path()), begin.elapsed())
}

fn spawn(folder: &Folder) -> Child {
    folder.command(APPLY).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Whatever is there now is a whole account, from which one more apply comes to the undisturbed one.
fn finishes(folder: &Folder, expected: &Account, when: &str) {
    account(folder.path());
    let output = folder.run(APPLY);
    assert_eq!(exit(&output), 0, "killed {when}: {}", stderr(&output));
    let now = account(folder.path());
    assert!(now == *expected, "killed {when}: {}", now.difference(expected));
}

#[test]
fn killed_after_any_step_an_apply_is_finished_by_the_next() {
    let (expected, _) = undisturbed();
    let mut steps = 0;
    loop {
        let folder = folder();
        let mut child = spawn(&folder);
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let seen = lines.filter(|line| line.ends_with("done")).take(steps).count();
        child.kill().unwrap();
        child.wait().unwrap();
        finishes(&folder, &expected, &format!("after {seen} steps"));
        if seen < steps {
            break;
        }
        steps += 1;
    }
    assert!(steps > 5, "{steps} steps");
}

#[test]
fn killed_at_any_time_an_apply_is_finished_by_the_next() {
    let (expected, whole) = undisturbed();
    for part in 1..=12 {
        let folder = folder();
        let mut child = spawn(&folder);
        std::thread::sleep(whole * part / 12);
        child.kill().unwrap();
        child.wait().unwrap();
        finishes(&folder, &expected, &format!("after {part}/12 of its time"));
    }
}

#[test]
fn of_two_applies_at_once_the_second_is_told_or_sees_what_the_first_has_done() {
    let (expected, _) = undisturbed();
    for _ in 0..4 {
        let folder = folder();
        let children = [spawn(&folder), spawn(&folder)];
        let outputs = children.map(|child| child.wait_with_output().unwrap());
        let told =
            |output: &Output| exit(output) == 1 && stderr(output).contains("another process is using it");
        assert!(outputs.iter().all(|output| exit(output) == 0 || told(output)), "{outputs:?}");
        assert!(outputs.iter().any(|output| exit(output) == 0), "{outputs:?}");
        let now = account(folder.path());
        assert!(now == expected, "{}", now.difference(&expected));
    }
}

#[cfg(unix)]
#[test]
fn a_termination_lets_the_running_call_finish_and_the_next_run_does_the_rest() {
    let (expected, _) = undisturbed();
    let folder = folder();
    let mut child = spawn(&folder);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("done")));
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    let output = child.wait_with_output().unwrap();
    // The steps take milliseconds: the last of them may have been done already.
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    let interrupted = exit(&output) == 5 && report.contains("interrupted");
    assert!(interrupted || exit(&output) == 0, "{output:?} {rest:?}");
    finishes(&folder, &expected, "gently");
}

/// A shell's limit on the size of files stands for the full disk: what is written beyond it fails.
#[cfg(unix)]
#[test]
fn without_room_to_write_the_sandbox_stays_as_it_was_and_the_report_says_why() {
    let folder = folder();
    folder.write("first.yaml", MANIFEST.split("eventDataStores:").next().unwrap());
    assert_eq!(exit(&folder.run("apply first.yaml --sandbox account.yaml --yes")), 0);
    let before = std::fs::read_to_string(folder.path().join("account.yaml")).unwrap();

    let mut shell = Command::new("/bin/sh");
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
    shell.args(["-c", script, env!("CARGO_BIN_EXE_trailkeeper")]).args(APPLY.split(' '));
    let output = shell.current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert_eq!(exit(&output), 1, "{output:?}");
    assert!(report.contains("the sandbox was not saved: could not save "), "{report}");
    assert!(!report.contains("AWS Health Dashboard") && !report.contains("not known"), "{report}");
    assert_eq!(std::fs::read_to_string(folder.path().join("account.yaml")).unwrap(), before);
    assert_eq!(exit(&folder.run(APPLY)), 0);
}

#[test]
fn a_sandbox_where_none_can_be_is_told_before_anything_is_done() {
    let folder = folder();
    let mut places = vec![
        ("manifest.yaml/account.yaml", "its folder does not exist"),
        ("missing/account.yaml", "its folder does not exist"),
        (".", "it is not a file"),
    ];
    if cfg!(target_os = "linux") {
        places.extend([("/dev/full", "it is not a file"), ("/proc/account.yaml", "could not open")]);
    }
    for (place, cause) in places {
        let output = folder.run(&format!("apply manifest.yaml --yes --sandbox {place}"));
        assert_eq!(exit(&output), 1, "{place}: {output:?}");
        let told = stderr(&output);
        assert!(told.contains(cause) && told.contains("help:"), "{place}: {told}");
    }
}

/// Where the plan cannot be shown, nothing is done; where the report cannot, that much is said.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_told() {
    let full = || Stdio::from(std::fs::File::options().write(true).open("/dev/full").unwrap());
    let run = |folder: &Folder, line: &str| {
        folder
            .command(line)
            .stdout(full())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap()
    };
    let folder = folder();
    let plan = run(&folder, "plan manifest.yaml --sandbox account.yaml");
    assert_eq!(exit(&plan), 1);
    assert!(stderr(&plan).contains("could not write the report"), "{}", stderr(&plan));

    let apply = run(&folder, APPLY);
    assert_eq!(exit(&apply), 1);
    assert!(stderr(&apply).contains("could not show the plan, so nothing was done"), "{}", stderr(&apply));
    assert!(!folder.path().join("account.yaml").exists());

    // JSON is one document, written in the end: what was done counts.
    let apply = run(&folder, &format!("{APPLY} --format json"));
    assert_eq!(exit(&apply), 5);
    assert!(stderr(&apply).contains("could not write the report"), "{}", stderr(&apply));
    assert_eq!(exit(&folder.run("plan manifest.yaml --sandbox account.yaml --detailed-exitcode")), 0);
}

/// `trailkeeper … | head`: a reader who has gone away wanted no more, but nothing unseen is applied.
#[test]
fn a_reader_who_has_gone_away_is_no_trouble_to_a_plan_and_stops_an_apply() {
    let folder = folder();
    let run = |line: &str| {
        let mut command = folder.command(line);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        child.wait_with_output().unwrap()
    };
    let plan = run("plan manifest.yaml --sandbox account.yaml");
    assert_eq!((exit(&plan), stderr(&plan)), (0, String::new()));
    let apply = run(APPLY);
    assert_eq!(exit(&apply), 1, "{apply:?}");
    assert!(!folder.path().join("account.yaml").exists());
}
