//! An account in which others chose every name and value to forge what a terminal shows: whatever is said about it, no
//! escape sequence, no control character and no mark that hides or turns text around leaves the program.

use super::{ACCOUNT, Folder, told};
use trailkeeper::emulator::Emulator;

/// Clears the screen, sets the title, begins a sequence in one byte of Latin-1, turns the direction around, has no width,
/// begins a line, begins a command of GitHub Actions.
const EVIL: &str = "x\\e[2J\\e]0;owned\\a\\x9b31m\\u202e\\u200b\\u2028\\r\\n::error::forged";

/// The account, with `EVIL` wherever the service may answer a text.
fn account() -> String {
    let snapshot = r#"formatVersion: 1
accounts:
  "111122223333":
    regions:
      eu-central-1:
        trails:
          "audit":
            S3BucketName: "EVIL"
            S3KeyPrefix: "EVIL"
            SnsTopicName: "EVIL"
            KmsKeyId: "EVIL"
            EventSelectors: [{IncludeManagementEvents: true, ReadWriteType: All, DataResources: [{Type: "EVIL", Values: ["EVIL"]}]}]
            Tags: {"trailkeeper:manifest": "security-baseline", "trailkeeper:name": "audit", "EVIL": "EVIL"}
          "foreign EVIL":
            S3BucketName: "EVIL"
            Tags: {"trailkeeper:manifest": "EVIL", "trailkeeper:name": "EVIL"}
          "ours EVIL":
            S3BucketName: "EVIL"
            Tags: {"trailkeeper:manifest": "security-baseline", "trailkeeper:name": "EVIL"}
        eventDataStores:
          00000000-0000-4000-8000-00000000aa01:
            Name: "partner-activity"
            MultiRegionEnabled: false
            TerminationProtectionEnabled: false
            AdvancedEventSelectors: [{Name: "EVIL", FieldSelectors: [{Field: eventCategory, Equals: [ActivityAuditLog]}, {Field: "EVIL", Equals: ["EVIL"]}]}]
            ResourcePolicy: "EVIL"
            Tags: {"EVIL": "EVIL"}
          00000000-0000-4000-8000-00000000aa03:
            Name: "store EVIL"
            Status: PENDING_DELETION
        channels:
          00000000-0000-4000-8000-00000000aa02:
            Name: "partner"
            Source: "EVIL"
            Destinations: [{Type: EVENT_DATA_STORE, Location: "EVIL"}]
            ResourcePolicy: '{"Version": "2012-10-17", "Statement": [{"Sid": "EVIL", "Effect": "Allow", "Principal": {"AWS": "EVIL"}, "Action": "cloudtrail-data:PutAuditEvents", "Resource": "*"}]}'
            Tags: {"trailkeeper:manifest": "security-baseline", "trailkeeper:name": "partner"}
          00000000-0000-4000-8000-00000000aa04:
            Name: "aws-service-channel/EVIL/x"
            Source: "EVIL"
            Destinations: []
        dashboards:
          "board EVIL":
            Type: CUSTOM
            Widgets: [{QueryStatement: "EVIL", ViewProperties: {"EVIL": "EVIL"}}]
            Tags: {"trailkeeper:manifest": "security-baseline", "trailkeeper:name": "EVIL"}
"#;
    // JSON inside a single-quoted text has no escape of its own for these.
    let json = EVIL.replace("\\e", "\\u001b").replace("\\a", "\\u0007").replace("\\x9b", "\\u009b");
    let lines = snapshot.lines().map(|line| match line.contains("'{") {
        true => format!("{}\n", line.replace("EVIL", &json)),
        false => format!("{}\n", line.replace("EVIL", EVIL)),
    });
    Emulator::restore(&lines.collect::<String>(), ACCOUNT).unwrap_or_else(|error| panic!("{error}")).state()
}

#[test]
fn nothing_that_others_wrote_into_the_account_reaches_the_terminal_as_a_command() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", super::MANIFEST).write("sandbox", account());
    let mut shown = 0;
    for line in [
        "plan --sandbox sandbox",
        "plan --sandbox sandbox --color always",
        "plan --sandbox sandbox --format json",
        "plan --sandbox sandbox --out plan.json",
        "show plan.json",
        "show plan.json --format json",
        "drift --sandbox sandbox",
        "drift --sandbox sandbox --format json",
        "export --sandbox sandbox --region eu-central-1",
        "apply --sandbox sandbox -v --yes",
        "apply --sandbox sandbox -v --yes --allow adopt-changes=eventDataStore/partner-activity --allow blind-spot=channel/partner --allow blind-spot=trail/audit",
        "plan --sandbox sandbox",
        "sandbox show --state sandbox",
    ] {
        let output = folder.run(line);
        let said = told(line, &output);
        shown += usize::from(said.contains("forged"));
        let allowed = |character: char| match character {
            '\n' => true,
            // Our own colours, and nothing else that begins so.
            '\u{1b}' => line.contains("--color always"),
            other => !is_hidden(other),
        };
        let odd = said.chars().find(|character| !allowed(*character));
        assert_eq!(odd, None, "{line}: {:?}", odd.map(|odd| around(&said, odd)));
        let sequences = said.split('\u{1b}').skip(1);
        for sequence in sequences {
            let colour = sequence.strip_prefix('[').and_then(|rest| rest.split_once('m'));
            let digits =
                |text: &str| text.chars().all(|character| character.is_ascii_digit() || character == ';');
            assert!(colour.is_some_and(|(codes, _)| digits(codes)), "{line}: {sequence:?}");
        }
        let command = said.lines().find(|line| line.starts_with("::"));
        assert_eq!(command, None, "{line}");
    }
    assert!(shown > 8, "what is hostile was shown by {shown} commands only");
}

/// What has no shape of its own, and changes that of others.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn around(text: &str, odd: char) -> String {
    let at = text.find(odd).unwrap_or_default();
    let before: String = text[..at].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
    before + &text[at..].chars().take(60).collect::<String>()
}

#[test]
fn policy_files_stand_below_the_manifest_unless_the_command_line_lets_in_others() {
    let folder = Folder::new();
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "cloudtrail-data:PutAuditEvents", "Resource": "${self.arn}"}]}"#;
    let manifest = |path: &str| {
        let (before, _) = super::MANIFEST.split_once("    resourcePolicy:").unwrap();
        format!("{before}    resourcePolicyFile: {path}\n")
    };
    folder.write("outside/policy.json", policy).write("infra/policies/policy.json", policy);
    let outside = folder.path().join("outside/policy.json");
    std::os::unix::fs::symlink(&outside, folder.path().join("infra/link.json")).unwrap();
    let mut said = String::new();
    for path in
        ["policies/policy.json", "../outside/policy.json", "link.json", "../infra/policies/policy.json"]
    {
        folder.write("infra/trailkeeper.yaml", manifest(path));
        said += &folder.transcript(&["validate infra -q"]);
    }
    folder.write("infra/trailkeeper.yaml", manifest("../outside/policy.json"));
    said += &folder
        .transcript(&["validate infra -q --policies-in outside", "validate infra -q --policies-in nowhere"]);
    super::expect("policy-files", &said);
}
