//! The sandbox file: saving, locking, and what is no sandbox.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::{ProptestConfig, any, proptest};
use trailkeeper::emulator::{Emulator, OpenError};

use super::event_data_store::store_of;
use super::{ACCOUNT, client, code};

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.yaml");
    (folder, file)
}

fn why(path: &Path) -> OpenError {
    match Emulator::open(path, ACCOUNT) {
        Ok(_) => panic!("an error was expected"),
        Err(error) => error,
    }
}

/// The SDK names itself by its version and platform.
fn without_user_agent(text: &str) -> String {
    let line = |line: &str| match line.split_once("userAgent: ") {
        Some((before, _)) => format!("{before}userAgent: [SDK]\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Every writing call is saved before its answer leaves; reading makes no file.
#[tokio::test]
async fn the_file_holds_what_was_answered() {
    let (_folder, file) = folder();
    let emulator = Emulator::open(&file, ACCOUNT).unwrap();
    let client = client(&emulator);
    client.describe_trails().send().await.unwrap();
    assert!(!file.exists());
    client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    assert_eq!(
        without_user_agent(&fs::read_to_string(&file).unwrap()),
        "\
# A trailkeeper sandbox: an embedded AWS account.
formatVersion: 1
clock: 0
ids: 0
accounts:
  '111122223333':
    regions:
      us-east-1:
        trails:
          audit:
            S3BucketName: logs
            IncludeGlobalServiceEvents: true
            IsMultiRegionTrail: false
            LogFileValidationEnabled: false
            IsOrganizationTrail: false
            RecursiveLogging: true
            IsLogging: false
eventHistory:
  recorded: 1
  events:
  - eventId: 00000000-0000-4000-a000-000000000001
    eventTime: 1767225600
    eventName: CreateTrail
    account: '111122223333'
    region: us-east-1
    principal: arn:aws:iam::111122223333:user/sandbox
    principalId: AIDAEXAMPLESANDBOX
    accessKeyId: '111122223333'
    sourceIpAddress: 127.0.0.1
    userAgent: [SDK]
    requestParameters:
      name: audit
      s3BucketName: logs
    responseElements:
      includeGlobalServiceEvents: true
      isMultiRegionTrail: false
      isOrganizationTrail: false
      logFileValidationEnabled: false
      name: audit
      recursiveLogging: true
      s3BucketName: logs
      trailARN: arn:aws:cloudtrail:us-east-1:111122223333:trail/audit
    resources:
    - resourceType: AWS::CloudTrail::Trail
      resourceName: arn:aws:cloudtrail:us-east-1:111122223333:trail/audit
    - resourceType: AWS::CloudTrail::Trail
      resourceName: audit
# end of sandbox
"
    );
    let refused = client.create_trail().name("audit").s3_bucket_name("other").send().await;
    assert_eq!(code(refused), "TrailAlreadyExistsException");
    client.start_logging().name("audit").send().await.unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), emulator.state());
}

/// A second run goes on where the first one ended, a store that is settling included.
#[tokio::test]
async fn a_sandbox_is_opened_again() {
    let (_folder, file) = folder();
    let emulator = Emulator::open(&file, ACCOUNT).unwrap();
    let store = store_of(&client(&emulator), "lake", "Management").await;
    let second = client(&emulator).create_event_data_store().name("sea").send().await.unwrap();
    let before = emulator.state();
    drop(emulator);
    let emulator = Emulator::open(&file, ACCOUNT).unwrap();
    assert_eq!(emulator.state(), before);
    let client = client(&emulator);
    let read = client.get_event_data_store().event_data_store(store).send().await.unwrap();
    assert_eq!(read.name(), Some("lake"));
    let arn = second.event_data_store_arn().unwrap();
    let read = client.get_event_data_store().event_data_store(arn).send().await.unwrap();
    assert_eq!(read.status().unwrap().as_str(), "CREATED");
    assert_ne!(fs::read_to_string(&file).unwrap(), before);
}

/// Creating and deleting leaves no trace but the counters.
#[tokio::test]
async fn a_deleted_trail_leaves_no_trace() {
    let emulator = Emulator::new(ACCOUNT);
    let empty = emulator.snapshot();
    let client = client(&emulator);
    client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    client.delete_trail().name("audit").send().await.unwrap();
    assert_eq!(emulator.snapshot(), empty);
}

/// One process at a time; the lock file stays, and the lock ends with the last clone.
#[test]
fn a_sandbox_in_use_is_locked() {
    let (folder, file) = folder();
    let emulator = Emulator::open(&file, ACCOUNT).unwrap();
    let clone = emulator.clone();
    drop(emulator);
    let error = why(&file);
    assert!(matches!(error, OpenError::Locked { .. }), "{error}");
    let real = fs::canonicalize(folder.path()).unwrap().join("account.yaml");
    let expected = format!("could not open the sandbox {}: another process is using it", real.display());
    assert_eq!((error.to_string(), error.help().is_empty()), (expected, false));
    drop(clone);
    assert!(folder.path().join("account.yaml.lock").exists());
    assert!(Emulator::open(&file, ACCOUNT).is_ok());
}

/// What is no sandbox is told as what it is, and not touched.
#[tokio::test]
async fn other_files_are_refused_and_left_alone() {
    let (folder, file) = folder();
    let emulator = Emulator::open(&file, ACCOUNT).unwrap();
    client(&emulator).create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    let good = emulator.snapshot();
    drop(emulator);
    let try_with = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let error = why(&file);
        assert_eq!(fs::read(&file).unwrap(), bytes);
        error
    };
    assert!(matches!(try_with(b"version: 1\nname: baseline\n"), OpenError::NotASandbox { .. }));
    assert!(matches!(try_with(b"just words"), OpenError::NotASandbox { .. }));
    assert!(matches!(try_with(b"\xff\xfe\x00binary"), OpenError::NotASandbox { .. }));
    assert!(matches!(try_with(b"[: {"), OpenError::NotASandbox { .. }));
    let newer = good.replace("formatVersion: 1", "formatVersion: 2");
    assert!(matches!(try_with(newer.as_bytes()), OpenError::OtherVersion { .. }));
    let unknown = good.replace("IsLogging: false", "IsLoging: false");
    assert!(matches!(try_with(unknown.as_bytes()), OpenError::Damaged { .. }));
    for end in [1, 30, good.len() / 2, good.len() - 40, good.len() - 2] {
        let error = try_with(&good.as_bytes()[..end]);
        let told = matches!(
            error,
            OpenError::Torn { .. } | OpenError::Damaged { .. } | OpenError::NotASandbox { .. }
        );
        assert!(told, "{end}: {error}");
    }
    assert!(matches!(why(folder.path()), OpenError::NotAFile { .. }));
    assert!(matches!(why(&folder.path().join("none/account.yaml")), OpenError::NoFolder { .. }));
    let empty = try_with(b"");
    assert!(matches!(empty, OpenError::Empty { .. }) && empty.help().contains("remove it"), "{empty}");
    let shown = Emulator::state_of(&file).unwrap_err();
    assert_eq!(
        shown.to_string(),
        empty.to_string(),
        "what cannot be opened is not shown as an empty world either"
    );
    fs::remove_file(&file).unwrap();
    assert!(Emulator::open(&file, ACCOUNT).is_ok());
}

/// When saving fails, the call fails, and nothing of it is kept.
#[tokio::test]
async fn what_cannot_be_saved_is_not_answered() {
    let (folder, file) = folder();
    let emulator = Emulator::open(&file, ACCOUNT).unwrap();
    let client = client(&emulator);
    // A folder in the place of the temporary file makes every save fail.
    fs::create_dir(folder.path().join("account.yaml.tmp")).unwrap();
    let create = || client.create_trail().name("audit").s3_bucket_name("logs").send();
    assert_eq!(code(create().await), "SandboxNotSaved");
    assert_eq!(client.describe_trails().send().await.unwrap().trail_list(), []);
    fs::remove_dir(folder.path().join("account.yaml.tmp")).unwrap();
    create().await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever text a tag holds, the snapshot gives it back.
    #[test]
    fn a_snapshot_round_trips(key in "[^a]{1,20}", value in any::<String>()) {
        let value: String = value.chars().take(256).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let emulator = Emulator::new(ACCOUNT);
        let tag = aws_sdk_cloudtrail::types::Tag::builder().key(key).value(value).build().unwrap();
        let create = client(&emulator).create_trail().name("audit").s3_bucket_name("logs").tags_list(tag);
        runtime.block_on(create.send()).unwrap();
        let text = emulator.snapshot();
        let restored = Emulator::restore(&text, ACCOUNT).unwrap();
        assert_eq!(restored.snapshot(), text);
    }

    /// No text makes reading it panic.
    #[test]
    fn no_text_makes_restoring_panic(text in any::<String>()) {
        let _ = Emulator::restore(&text, ACCOUNT);
    }
}
