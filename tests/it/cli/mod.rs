//! The command line: the real binary in transcripts that hold stdout, stderr and exit code, and in process what
//! needs a terminal of its own. `UPDATE_EXPECTED=1` writes the transcripts anew.

mod drift;
mod hostile;
mod iam_policy;
mod ownership;
mod report;
mod reports;
mod saved;
mod team_day;
mod terminal;
mod transcript;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Everything that the transcripts need, and a place for a sandbox.
pub(crate) struct Folder(tempfile::TempDir);

/// The program with its signals as they are by default. What a shell starts in the background ignores SIGINT, and hands
/// that down; `env` of GNU takes it back.
fn listening(program: &str) -> Command {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
    let (hangup, interrupt, end) = (1 << 0, 1 << 1, 1 << 14);
    if mask & (hangup | interrupt | end) == 0 {
        return Command::new(program);
    }
    let mut command = Command::new("/usr/bin/env");
    command.args(["--default-signal=HUP,INT,TERM", program]);
    command
}

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, with the folders on its way.
    pub(crate) fn write(&self, path: &str, contents: impl AsRef<[u8]>) -> &Folder {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    /// The real binary in this folder, with an environment that says nothing.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = listening(env!("CARGO_BIN_EXE_trailkeeper"));
        command.current_dir(self.path()).env_clear().args(line.split_whitespace()).stdin(Stdio::null());
        // Neither configuration files nor a metadata service of the machine that runs the tests.
        command.env("HOME", self.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    pub(crate) fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// Runs the lines one after the other and tells what each printed.
    pub(crate) fn transcript(&self, lines: &[&str]) -> String {
        let told: String = lines.iter().map(|line| told(line, &self.run(line))).collect();
        timeless(&told.replace(&*self.path().to_string_lossy(), "/folder"))
    }
}

/// Without what the clock of the machine says: until when something can be restored, and how long ago a time is.
pub(crate) fn timeless(told: &str) -> String {
    let moment = regex_lite::Regex::new(r"until `?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").unwrap();
    let span = regex_lite::Regex::new(r"Z(`?) \(\d+ d( \d+ h)?( ago)?\)").unwrap();
    // The word that switches commands off is the digest of the text, with its times.
    let quiet = regex_lite::Regex::new("::[0-9a-f]{64}").unwrap();
    let told = moment.replace_all(told, "until TIME");
    let told = span.replace_all(&told, "Z${1}");
    quiet.replace_all(&told, "::DIGEST").into_owned()
}

/// A command, its stdout, its stderr behind `2>`, and its exit code.
pub(crate) fn told(line: &str, output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr: String =
        String::from_utf8_lossy(&output.stderr).lines().map(|line| format!("2> {line}\n")).collect();
    let stderr = stderr.replace("2> \n", "2>\n");
    format!("$ trailkeeper {line}\n{stdout}{stderr}[exit {}]\n\n", output.status.code().unwrap())
}

/// Compares with `tests/transcripts/<name>.txt`.
#[track_caller]
pub(crate) fn expect(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/transcripts/{name}.txt"));
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, actual).unwrap();
    }
    snapbox::assert_data_eq!(actual.to_owned(), snapbox::Data::read_from(&path, None).raw());
}

/// Whose the manifest is.
pub(crate) const ACCOUNT: &str = "111122223333";

/// A small manifest: a trail, a store, a channel that may be sent to by two.
pub(crate) const MANIFEST: &str = r#"version: 1
name: security-baseline
account: "111122223333"
region: eu-central-1

trails:
  - name: audit
    s3BucketName: acme-trail-logs
    isMultiRegionTrail: true
    enableLogFileValidation: true
    insightSelectors:
      - insightType: ApiCallRateInsight

eventDataStores:
  - name: partner-activity
    multiRegionEnabled: false
    terminationProtectionEnabled: false
    advancedEventSelectors:
      - fieldSelectors:
          - {field: eventCategory, equals: [ActivityAuditLog]}

channels:
  - name: partner
    source: Custom
    destinations:
      - eventDataStore: partner-activity
    resourcePolicy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {AWS: ["444455556666", "777788889999"]}
          Action: cloudtrail-data:PutAuditEvents
"#;
