//! Commands in process, on a terminal that a test plays: questions, interrupts, a report that cannot be written.

use super::{Folder, MANIFEST};
use std::io::{self, Cursor, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use trailkeeper::cli::{Exit, Interrupt, Terminal, run};

/// A stream that keeps what is written, interrupts at a word, or breaks.
#[derive(Default)]
pub(super) struct Stream {
    pub(super) text: String,
    pub(super) interrupt: Option<(&'static str, Interrupt)>,
    broken: Option<io::ErrorKind>,
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(kind) = self.broken {
            return Err(kind.into());
        }
        self.text.push_str(str::from_utf8(bytes).unwrap());
        if let Some((word, interrupt)) = &self.interrupt
            && self.text.contains(word)
        {
            interrupt.want();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) struct Session {
    pub(super) folder: Folder,
    answer: &'static str,
    interactive: bool,
    pub(super) stdout: Stream,
    pub(super) stderr: Stream,
    pub(super) interrupt: Interrupt,
}

impl Session {
    pub(super) fn new() -> Session {
        let folder = Folder::new();
        folder.write("trailkeeper.yaml", MANIFEST);
        Session {
            folder,
            answer: "",
            interactive: false,
            stdout: Stream::default(),
            stderr: Stream::default(),
            interrupt: Interrupt::default(),
        }
    }

    /// Runs a command on the manifest, in the sandbox.
    pub(super) fn run(&mut self, words: &str) -> Exit {
        let path = |name: &str| self.folder.path().join(name).into_os_string();
        let mut args = vec!["trailkeeper".into()];
        args.extend(words.split_whitespace().map(Into::into));
        args.extend(["--sandbox".into(), path("sandbox"), path("trailkeeper.yaml")]);
        let mut stdin = Cursor::new(self.answer);
        let mut terminal = Terminal {
            stdin: &mut stdin,
            stdout: &mut self.stdout,
            stderr: &mut self.stderr,
            interactive: self.interactive,
            stdout_colored: false,
            stderr_colored: false,
            step_summary: None,
            now: || UNIX_EPOCH + Duration::from_secs(1_795_165_200),
            interrupt: self.interrupt.clone(),
        };
        run(args, &mut terminal)
    }

    fn last_line(&self) -> &str {
        self.stdout.text.lines().last().unwrap_or_default()
    }
}

const CREATES: &str = "Plan: 3 to create, 0 to update, 0 to replace, 0 to delete, 0 to adopt.";

#[test]
fn without_a_terminal_apply_needs_yes() {
    let mut session = Session::new();
    assert_eq!(session.run("apply"), Exit::Trouble);
    assert_eq!(session.stdout.text, "");
    assert!(session.stderr.text.contains("use --yes"), "{}", session.stderr.text);
}

#[test]
fn apply_asks_and_takes_only_yes_as_yes() {
    for answer in ["", "no\n", "y\n", "YES\n"] {
        let mut session = Session { answer, interactive: true, ..Session::new() };
        assert_eq!(session.run("apply"), Exit::Trouble, "{answer}");
        assert_eq!(session.last_line(), CREATES);
        let question = "Apply this plan to account 111122223333 in eu-central-1? Only `yes` is taken as yes, `details` shows every request: ";
        assert!(session.stderr.text.contains(question), "{}", session.stderr.text);
        assert!(session.stderr.text.contains("nothing was changed"), "{}", session.stderr.text);
    }
    let mut session = Session { answer: "yes\n", interactive: true, ..Session::new() };
    assert_eq!(session.run("apply"), Exit::Done);
    assert_eq!(session.last_line(), "Applied: 6 steps done.");
}

#[test]
fn details_shows_every_request_and_asks_again() {
    let mut session = Session { answer: "details\nyes\n", interactive: true, ..Session::new() };
    assert_eq!(session.run("apply"), Exit::Done);
    let asked = session.stderr.text.matches("Only `yes` is taken as yes").count();
    assert_eq!(asked, 2);
    let (_, details) = session.stderr.text.split_once("every request: \n").unwrap();
    let (details, _) = details.split_once("\n\nApply").unwrap();
    let expected = "\
4. eventDataStore/partner-activity  CreateEventDataStore
";
    assert!(details.contains(expected), "{details}");
    let policy = "\
6. policy/channel/partner           PutResourcePolicy, after 5
      ResourceArn: ${channels.partner.arn}
";
    assert!(details.contains(policy), "{details}");

    let mut session = Session { answer: "details\n", interactive: true, ..Session::new() };
    assert_eq!(session.run("apply"), Exit::Trouble);
    assert!(session.stderr.text.contains("nothing was changed"), "{}", session.stderr.text);
}

#[test]
fn json_is_one_document_and_the_plan_is_seen_before_the_question() {
    let mut session = Session { answer: "yes\n", interactive: true, ..Session::new() };
    assert_eq!(session.run("apply --format json"), Exit::Done);
    let report: serde_json::Value = serde_json::from_str(&session.stdout.text).unwrap();
    assert_eq!(report["verified"], true);
    assert!(session.stderr.text.contains(CREATES), "{}", session.stderr.text);
}

#[test]
fn an_interrupted_apply_finishes_the_call_and_the_next_run_the_job() {
    let mut session = Session::new();
    session.stderr.interrupt = Some(("CreateTrail", session.interrupt.clone()));
    assert_eq!(session.run("apply --yes"), Exit::Incomplete);
    assert_eq!(
        session.last_line(),
        "Incomplete: 1 of 6 steps done, 5 interrupted. Run apply again to finish."
    );
    assert!(session.stdout.text.contains("interrupted: trail/audit            StartLogging was not begun"));

    session.stderr.interrupt = None;
    session.interrupt = Interrupt::default();
    assert_eq!(session.run("apply --yes"), Exit::Done);
    assert_eq!(session.run("plan --detailed-exitcode"), Exit::Done);
    assert_eq!(session.last_line(), "No changes. 3 resources checked.");
}

#[test]
fn an_interrupted_apply_of_a_saved_plan_is_run_again_with_the_same_file() {
    let mut session = Session::new();
    let file = session.folder.path().join("plan.json").to_string_lossy().into_owned();
    assert_eq!(session.run(&format!("plan --out {file}")), Exit::Done);
    session.stderr.interrupt = Some(("PutInsightSelectors", session.interrupt.clone()));
    assert_eq!(session.run(&format!("apply --plan {file}")), Exit::Incomplete);
    session.stderr.interrupt = None;
    session.interrupt = Interrupt::default();
    assert_eq!(session.run(&format!("apply --plan {file}")), Exit::Done);
    assert_eq!(session.last_line(), "Applied: 4 steps done.");
    assert_eq!(session.run(&format!("apply --plan {file}")), Exit::Done);
    assert_eq!(session.last_line(), "No changes. 3 resources checked.");
}

#[test]
fn who_interrupts_reading_again_is_told_that_nothing_is_read() {
    let mut session = Session::new();
    session.stderr.interrupt = Some(("reading again", session.interrupt.clone()));
    assert_eq!(session.run("apply --yes"), Exit::Incomplete);
    let last = "reading again … interrupted: the account is not read again\n";
    assert!(session.stderr.text.ends_with(last), "{}", session.stderr.text);
    let told = "could not read again: the run was interrupted";
    assert!(session.stdout.text.contains(told), "{}", session.stdout.text);
    assert_eq!(
        session.last_line(),
        "Incomplete: 6 of 6 steps done, not verified. Run apply again to finish."
    );
}

#[test]
fn an_interrupt_before_the_first_step_has_changed_nothing() {
    let mut session = Session::new();
    session.interrupt.want();
    assert_eq!(session.run("apply --yes"), Exit::Trouble);
    assert_eq!(session.last_line(), "Not applied: 6 interrupted. Nothing was changed.");
}

#[test]
fn what_could_not_be_shown_is_not_applied() {
    for kind in [io::ErrorKind::BrokenPipe, io::ErrorKind::StorageFull] {
        let mut session = Session::new();
        session.stdout.broken = Some(kind);
        assert_eq!(session.run("apply --yes"), Exit::Trouble);
        session.stdout.broken = None;
        assert_eq!(session.run("plan --detailed-exitcode"), Exit::Differs);
        assert_eq!(session.last_line(), CREATES);
    }
}

#[test]
fn a_full_disk_is_trouble() {
    let mut session = Session::new();
    session.stdout.broken = Some(io::ErrorKind::StorageFull);
    assert_eq!(session.run("plan"), Exit::Trouble);
    assert!(session.stderr.text.contains("could not write the report"), "{}", session.stderr.text);
}

#[test]
fn an_impossible_clock_is_trouble() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    let (mut stdin, mut stdout, mut stderr) = (Cursor::new(""), Stream::default(), Stream::default());
    let mut terminal = Terminal {
        stdin: &mut stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
        interactive: false,
        stdout_colored: false,
        stderr_colored: false,
        step_summary: None,
        now: || SystemTime::UNIX_EPOCH - Duration::from_secs(1),
        interrupt: Interrupt::default(),
    };
    let path = |name: &str| folder.path().join(name).into_os_string();
    let args = ["trailkeeper".into(), "plan".into(), "--sandbox".into(), path("s"), path("trailkeeper.yaml")];
    assert_eq!(run(args, &mut terminal), Exit::Trouble);
    assert!(stderr.text.contains("the clock of this machine"), "{}", stderr.text);
}

#[test]
fn drift_says_since_when_a_trail_is_off() {
    let mut session = Session::new();
    assert_eq!(session.run("apply --yes"), Exit::Done);
    let path = session.folder.path().join("sandbox");
    let account = std::fs::read_to_string(&path).unwrap();
    // It is nine o'clock; the trail was stopped at 03:12 of the same day.
    let stopped = "IsLogging: false\n            StopLoggingTime: 1795144320";
    std::fs::write(&path, account.replace("IsLogging: true", stopped)).unwrap();
    session.stdout.text.clear();
    assert_eq!(session.run("drift"), Exit::Differs);
    let line = "    isLogging                       is false, declared true; off since 03:12Z (5 h 48 m)\n";
    assert!(session.stdout.text.contains(line), "{}", session.stdout.text);
}
