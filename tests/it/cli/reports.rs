//! Reports for comments and for GitHub Actions, with the real binary.

use super::{Folder, MANIFEST, expect, told};
use std::fs;

/// A partner is replaced, a trail is weakened, another setting changes, a store goes.
fn changed() -> String {
    MANIFEST
        .replace("source: Custom", "source: LaunchDarkly")
        .replace("777788889999", "888899990000")
        .replace("ApiCallRateInsight", "ApiErrorRateInsight")
        .replace("enableLogFileValidation: true", "enableLogFileValidation: false")
        .replace("region: eu-central-1", "region: eu-central-1\nlint: {allow: [TK108, TK407]}")
}

/// Changes a word of the account by hand.
fn by_hand(folder: &Folder, from: &str, to: &str) {
    let account = fs::read_to_string(folder.path().join("s")).unwrap();
    assert!(account.contains(from), "{account}");
    folder.write("s", account.replacen(from, to, 1));
}

#[test]
fn a_comment_shows_what_must_be_seen_first() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST).write("changed.yaml", changed()).write(
        "removed.yaml",
        "version: 1\nname: security-baseline\naccount: \"111122223333\"\nregion: eu-central-1\n\
         removed:\n  - {channel: partner, reason: contract ended}\n  - {trail: audit, keep: true}\n",
    );
    folder.write("bad.yaml", MANIFEST.replace("isMultiRegionTrail", "isMultiRegionTrial"));
    let mut told = folder.transcript(&[
        "plan --sandbox s --format markdown --quiet",
        "plan --sandbox s --format markdown --quiet --max-bytes 2000",
        "apply --sandbox s --format markdown --quiet --yes",
        "apply --sandbox s --format markdown --quiet --yes",
        "plan --sandbox s --format markdown",
        "plan --sandbox s --format markdown changed.yaml",
        "apply --sandbox s --format markdown changed.yaml --yes",
        "plan --sandbox s --format markdown removed.yaml",
        "plan --sandbox s --out plan.json --quiet",
        "drift --sandbox s --format markdown",
    ]);
    assert_eq!(
        folder.run("show plan.json --format markdown").stdout,
        folder.run("plan --sandbox s --format markdown").stdout
    );
    by_hand(&folder, "IsLogging: true", "IsLogging: false");
    by_hand(&folder, "IsMultiRegionTrail: true", "IsMultiRegionTrail: false");
    told.push_str(&folder.transcript(&[
        "drift --sandbox s --format markdown",
        "apply --sandbox s --plan plan.json --format markdown",
        "plan --format markdown bad.yaml --sandbox s",
        "plan --format markdown missing.yaml --sandbox s",
        "plan --format markdown --max-bytes 100",
    ]));
    expect("markdown", &told);
}

/// A cell has one line, and says a value of several lines all the same; of a document it says that it differs.
#[test]
fn no_cell_is_empty_where_something_differs() {
    let folder = Folder::new();
    let tags = "isMultiRegionTrail: true\n    tags: {note: quiet}";
    folder.write("trailkeeper.yaml", MANIFEST.replace("isMultiRegionTrail: true", tags));
    assert!(folder.run("apply --sandbox s --yes").status.success());
    by_hand(&folder, "note: quiet", "note: \"two\\nlines | `of` it\"");
    by_hand(&folder, "777788889999", "888899990000");
    let told = folder.transcript(&[
        "drift --sandbox s",
        "drift --sandbox s --format markdown",
        "drift --sandbox s --format github",
        "plan --sandbox s --format markdown --only trail/audit",
    ]);
    expect("markdown-lines", &told);
}

#[test]
fn github_is_shown_the_lines_and_the_page() {
    let folder = Folder::new();
    folder
        .write("trailkeeper.yaml", MANIFEST)
        .write("live/changed.yaml", changed())
        .write("bad.yaml", "version: 1\nname: ${a}\n")
        .write("removed.yaml", "version: 1\nname: security-baseline\naccount: \"111122223333\"\nregion: eu-central-1\nremoved:\n  - {channel: partner}\n");
    assert!(folder.run("apply --sandbox s --yes").status.success());
    by_hand(&folder, "IsLogging: true", "IsLogging: false");
    let lines = [
        "plan --sandbox s --format github live --detailed-exitcode",
        "plan --sandbox s --format github removed.yaml --allow blind-spot=channel/partner",
        "drift --sandbox s --format github",
        "plan --sandbox s --format github bad.yaml --quiet",
        "drift --sandbox s --format github missing.yaml",
    ];
    let summary = folder.path().join("summary.md");
    let mut text = String::new();
    for line in lines {
        let output = folder.command(line).env("GITHUB_STEP_SUMMARY", &summary).output().unwrap();
        text.push_str(&told(line, &output));
    }
    text.push_str(&format!("# $GITHUB_STEP_SUMMARY\n{}", fs::read_to_string(&summary).unwrap()));
    expect("github", &text);
    let output = folder.command(lines[2]).env("GITHUB_STEP_SUMMARY", folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "the summary is no reason to fail");
    let expected = format!(
        "error: could not write the step's summary to `{}`\n  because: Is a directory (os error 21)\n  help: \
         GITHUB_STEP_SUMMARY must name a file that can be written, in a folder that exists\n",
        folder.path().display()
    );
    assert!(String::from_utf8_lossy(&output.stderr).ends_with(&expected), "{output:?}");
}

#[test]
fn evidence_is_what_drift_prints() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    folder.run("apply --sandbox s --yes");
    let printed = folder.run("drift --sandbox s --out evidence.json --format json --quiet");
    assert_eq!((printed.status.code(), printed.stderr.len()), (Some(0), 0));
    assert_eq!(fs::read(folder.path().join("evidence.json")).unwrap(), printed.stdout);
    assert_eq!(folder.run("drift --sandbox s --out nowhere/evidence.json").status.code(), Some(1));
    assert_eq!(folder.run("show evidence.json").status.code(), Some(1), "drift is no plan");
}

#[test]
fn the_order_of_files_changes_no_byte() {
    let folder = Folder::new();
    let (before, rest) = MANIFEST.split_once("\neventDataStores:").unwrap();
    folder.write("base/trails.yaml", before).write("prod.yaml", format!("eventDataStores:{rest}"));
    let time = regex_lite::Regex::new(r#""observed_at": "[^"]*""#).unwrap();
    let plan = |files: &str| {
        let output = folder.run(&format!("plan --sandbox s --format json {files}"));
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        time.replace(&String::from_utf8(output.stdout).unwrap(), "").into_owned()
    };
    assert_eq!(plan("base prod.yaml"), plan("prod.yaml base"));
    assert_eq!(plan("base prod.yaml"), plan("./prod.yaml base/trails.yaml"));
}

/// What a name or value can say ends neither the quiet nor begins a command behind it.
#[test]
fn no_line_of_the_text_is_a_command() {
    let folder = Folder::new();
    let manifest = MANIFEST
        .replace("isMultiRegionTrail: true", "isMultiRegionTrail: true\n    tags: {note: \"::error::x\"}");
    folder.write("trailkeeper.yaml", manifest);
    let output = folder.run("plan --sandbox s --format github");
    let text = String::from_utf8(output.stdout).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    let word = first.strip_prefix("::stop-commands::").unwrap();
    assert!(word.len() == 64 && rest.contains("::error::x"), "{text}");
    let (muted, after) = rest.split_once(&format!("\n::{word}::\n")).unwrap();
    assert!(!muted.contains(word) && after.is_empty(), "{text}");
}
