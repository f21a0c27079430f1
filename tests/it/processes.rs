//! Processes that end badly or meet each other: killed, side by side, without room to write, without a reader.
//! What they leave behind is whole, and the next run finishes.

use crate::cli::Folder;
use crate::faults::account::Account;
use crate::serve::Server;
use std::io::{BufRead, BufReader, Read};
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
    enableLogFileValidation: true
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

/// Stores whose tags fill a pipe that nobody reads, when each request is shown: the process stands still in the
/// middle of its work for as long as a test wants.
#[cfg(unix)]
fn stuck(line: &str) -> (Folder, Child) {
    let mut text = MANIFEST.split("trails:").next().unwrap().to_owned() + "eventDataStores:\n";
    let value = "x".repeat(250);
    for n in 0..9 {
        text.push_str(&format!("  - name: store-{n}\n    tags:\n"));
        text.extend((0..40).map(|tag| format!("      tag-{tag}: {value}\n")));
    }
    let folder = Folder::new();
    folder.write("manifest.yaml", text);
    let mut command = folder.command(line);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Long before this the pipe is full.
    std::thread::sleep(Duration::from_secs(2));
    (folder, child)
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(status.unwrap().success());
    std::thread::sleep(Duration::from_millis(300));
}

/// The end of the process, which is not waited for longer than for anything else.
#[cfg(unix)]
fn ends(mut child: Child) -> Output {
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begin.elapsed() < Duration::from_secs(30), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
#[test]
fn every_signal_that_ends_a_process_is_answered_with_a_report_of_what_was_done() {
    for name in ["INT", "TERM", "HUP"] {
        let (folder, child) = stuck("apply manifest.yaml --sandbox account.yaml --yes -v --format json");
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        assert_eq!(exit(&output), 5, "{name}: {}", stderr(&output));
        assert!(stderr(&output).contains("once more ends at once"), "{name}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let outcomes = report["outcomes"].as_array().unwrap();
        let count = |word: &str| outcomes.iter().filter(|outcome| outcome["outcome"] == word).count();
        assert_eq!(count("done") + count("interrupted"), outcomes.len(), "{name}: {report:#}");
        assert!(count("done") > 0 && count("interrupted") > 0, "{name}: {report:#}");
        // Each store that was created is named.
        let snapshot = std::fs::read_to_string(folder.path().join("account.yaml")).unwrap();
        let named = outcomes.iter().filter(|outcome| outcome["arn"].is_string()).count();
        assert_eq!(named, snapshot.matches("Name: store-").count(), "{name}: {report:#}");
        assert_eq!(exit(&folder.run("apply manifest.yaml --sandbox account.yaml --yes -q")), 0, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_the_process_at_once() {
    let (folder, child) = stuck("apply manifest.yaml --sandbox account.yaml --yes -v --format json");
    signal(&child, "INT");
    signal(&child, "INT");
    // Nobody has read a byte, so nothing but the signal can have ended it.
    let output = ends(child);
    assert_eq!(exit(&output), 5);
    assert!(output.stdout.is_empty(), "{output:?}");
    assert_eq!(exit(&folder.run("apply manifest.yaml --sandbox account.yaml --yes -q")), 0);
}

/// Reads until this has been said.
#[cfg(unix)]
fn hear(from: &mut impl Read, words: &str) {
    let (mut said, mut byte) = (Vec::new(), [0]);
    while !String::from_utf8_lossy(&said).contains(words) {
        assert_eq!(from.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&said));
        said.push(byte[0]);
    }
}

/// Quietly or not: without a report nobody would know otherwise what may have been done.
#[cfg(unix)]
#[test]
fn a_run_that_is_ended_at_once_says_so_and_what_to_do() {
    for (quiet, first) in
        [("", "interrupted: the running call is finished first; once more ends at once\n"), ("-q", "")]
    {
        let folder = folder();
        folder.write("faults.yaml", "[{on: CreateTrail, then: slow, seconds: 60}]");
        let serve = Server::start(&folder, "--faults faults.yaml");
        let line = format!("apply manifest.yaml --endpoint-url {} --yes {quiet}", serve.url());
        let mut command = folder.command(&line);
        command.env("AWS_ACCESS_KEY_ID", "111122223333").env("AWS_SECRET_ACCESS_KEY", "secret");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        // The plan has been shown, and the first call is under way.
        hear(&mut stdout, "Plan: ");
        std::thread::sleep(Duration::from_secs(2));
        signal(&child, "INT");
        signal(&child, "INT");
        let output = ends(child);
        let mut said = String::new();
        stderr.read_to_string(&mut said).unwrap();
        assert_eq!(exit(&output), 5, "{said}");
        let last = "ended at once, without a report: a call may be under way; run plan to see what was done, and apply to finish\n";
        assert!(said.contains(first) && said.ends_with(&format!("\n{last}")), "{said}");
        assert_eq!(said.contains("interrupted"), quiet.is_empty(), "{said}");
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert!(!rest.contains("Incomplete") && !rest.contains("Applied"), "{rest}");
    }
}

/// Whoever interrupts the last look is not told of a running call, and of nothing after the report.
#[cfg(unix)]
#[test]
fn a_signal_while_the_account_is_read_again_is_told_before_the_report() {
    let folder = folder();
    let serve = Server::start(&folder, "--latency 300");
    let mut command = folder.command(&format!("apply manifest.yaml --endpoint-url {} --yes", serve.url()));
    command.env("AWS_ACCESS_KEY_ID", "111122223333").env("AWS_SECRET_ACCESS_KEY", "secret");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    hear(&mut stderr, "reading again … ");
    signal(&child, "INT");
    let output = ends(child);
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!((exit(&output), said.as_str()), (5, "interrupted: the account is not read again\n"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("not verified"), "{output:?}");
}

/// `nohup trailkeeper apply` goes on when the terminal goes away.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_from_outside_stays_ignored() {
    let folder = folder();
    let mut shell = Command::new("/bin/sh");
    let script = "trap '' HUP; \"$0\" \"$@\" & while kill -HUP $! 2>/dev/null; do :; done; wait $!";
    shell.args(["-c", script, env!("CARGO_BIN_EXE_trailkeeper")]).args(APPLY.split(' '));
    let output = shell.current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
    assert_eq!(exit(&output), 0, "{output:?}");
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
