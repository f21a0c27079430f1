//! Whose something is, with the real binary: adopted, somebody else's, removed, forgotten, pruned, renamed by hand, and
//! one manifest name in two repositories.

use super::{Folder, MANIFEST, expect};
use std::fs;

const HEADER: &str = "version: 1\nname: security-baseline\naccount: \"111122223333\"\nregion: eu-central-1\n\
                      lint: {allow: [TK108, TK110, TK226]}\n";

/// A manifest of this name that declares these trails.
fn manifest(name: &str, trails: &[&str]) -> String {
    let header = HEADER.replace("security-baseline", name);
    let trails: Vec<String> = trails
        .iter()
        .map(|trail| {
            format!("  - name: {trail}\n    s3BucketName: acme-{trail}-logs\n    isMultiRegionTrail: true\n")
        })
        .collect();
    format!("{header}trails:\n{}", trails.concat())
}

fn removed(entries: &str) -> String {
    format!("{HEADER}removed:\n{entries}")
}

/// The sandbox's account after somebody has changed a word of it by hand.
fn by_hand(folder: &Folder, from: &str, to: &str) {
    let account = fs::read_to_string(folder.path().join("s")).unwrap();
    assert!(account.contains(from), "{account}");
    folder.write("s", account.replace(from, to));
}

/// An account with a trail that nobody has tagged.
fn untagged(folder: &Folder, multi_region: bool) {
    folder.write(
        "s",
        format!(
            "formatVersion: 1\naccounts:\n  \"111122223333\":\n    regions:\n      eu-central-1:\n        trails:\n          \
             audit:\n            S3BucketName: acme-audit-logs\n            IsMultiRegionTrail: {multi_region}\n            \
             IsLogging: true\n            Tags: {{owner: terraform}}\n# end of sandbox\n"
        ),
    );
}

#[test]
fn adopt() {
    let folder = Folder::new();
    untagged(&folder, true);
    let with_tag = format!("{}    tags: {{owner: terraform}}\n", manifest("security-baseline", &["audit"]));
    folder.write("trailkeeper.yaml", with_tag);
    let lines = [
        "drift --sandbox s -q",
        "plan --sandbox s --detailed-exitcode -q",
        "apply --sandbox s --yes -q",
        "plan --sandbox s --detailed-exitcode -q",
        "drift --sandbox s -q",
    ];
    expect("ownership-adopt", &folder.transcript(&lines));
}

#[test]
fn adopt_with_changes_is_refused() {
    let folder = Folder::new();
    untagged(&folder, false);
    folder.write("trailkeeper.yaml", manifest("security-baseline", &["audit"]));
    let lines = [
        "apply --sandbox s --yes -q",
        "apply --sandbox s --yes -q --allow adopt-changes=trail/audit",
        "plan --sandbox s --detailed-exitcode -q",
    ];
    expect("ownership-adopt-changes", &folder.transcript(&lines));
}

#[test]
fn a_foreign_owner_is_refused_until_somebody_takes_ownership() {
    let folder = Folder::new();
    folder
        .write("trailkeeper.yaml", manifest("security-baseline", &["audit"]))
        .write("payments.yaml", manifest("payments", &["audit"]))
        .write("removes.yaml", removed("  - {trail: audit}\n"))
        .write(
            "empties.yaml",
            removed("  - {trail: audit, keep: true}\n").replace("security-baseline", "payments"),
        );
    let lines = [
        "apply --sandbox s payments.yaml --yes -q",
        "plan --sandbox s --detailed-exitcode -q",
        "apply --sandbox s --yes -q",
        "drift --sandbox s -q",
        "apply --sandbox s removes.yaml --yes -q",
        "apply --sandbox s --yes -q --allow take-ownership=trail/audit",
        "plan --sandbox s --detailed-exitcode -q",
        "plan --sandbox s payments.yaml --detailed-exitcode -q",
        "apply --sandbox s empties.yaml --yes -q",
    ];
    expect("ownership-foreign", &folder.transcript(&lines));
}

#[test]
fn removed_is_deleted_and_what_is_gone_already_is_nothing() {
    let folder = Folder::new();
    folder
        .write("trailkeeper.yaml", manifest("security-baseline", &["audit", "second"]))
        .write(
            "removes.yaml",
            format!(
                "{}removed:\n  - {{trail: second, reason: SEC-9}}\n",
                manifest("security-baseline", &["audit"])
            ),
        )
        .write("empty.yaml", removed("  - {trail: audit}\n  - {trail: second}\n"));
    let lines = [
        "apply --sandbox s --yes -q",
        "drift --sandbox s removes.yaml -q",
        "apply --sandbox s removes.yaml --yes -q",
        "plan --sandbox s removes.yaml --detailed-exitcode -q",
        "apply --sandbox s empty.yaml --yes -q",
        "apply --sandbox s empty.yaml --yes -q --allow blind-spot=trail/audit",
        "drift --sandbox s empty.yaml -q",
    ];
    expect("ownership-removed", &folder.transcript(&lines));
}

#[test]
fn forgotten_things_keep_running_and_bear_our_tags_no_more() {
    let folder = Folder::new();
    folder
        .write("trailkeeper.yaml", MANIFEST)
        .write("forgets.yaml", removed("  - {channel: partner, keep: true}\n  - {eventDataStore: partner-activity, keep: true}\n  - {trail: audit, keep: true}\n"));
    let mut told = folder.transcript(&[
        "apply --sandbox s --yes -q",
        "drift --sandbox s forgets.yaml -q",
        "apply --sandbox s forgets.yaml --yes -q",
        "plan --sandbox s forgets.yaml --detailed-exitcode -q",
        "drift --sandbox s forgets.yaml --unmanaged -q",
    ]);
    let account = fs::read_to_string(folder.path().join("s")).unwrap();
    let (state, _) = account.split_once("eventHistory").unwrap();
    assert!(!state.contains("trailkeeper:") && state.contains("IsLogging: true"), "{state}");
    told.push_str(&folder.transcript(&["plan --sandbox s -q"]));
    expect("ownership-forget", &told);
}

#[test]
fn pruning_takes_what_is_ours_and_nothing_more_than_it_may() {
    let folder = Folder::new();
    folder
        .write("all.yaml", manifest("security-baseline", &["audit", "second", "third"]))
        .write("theirs.yaml", manifest("payments", &["payments"]))
        .write("trailkeeper.yaml", manifest("security-baseline", &["audit"]))
        .write("none.yaml", removed("  - {trail: audit, keep: true}\n"));
    let lines = [
        "apply --sandbox s all.yaml --yes -q",
        "apply --sandbox s theirs.yaml --yes -q",
        "plan --sandbox s --detailed-exitcode -q",
        "drift --sandbox s -q",
        "apply --sandbox s --yes -q --prune",
        "apply --sandbox s --yes -q --prune --max-deletes 1",
        "plan --sandbox s none.yaml --prune --max-deletes 5 -q",
        "apply --sandbox s --yes -q --prune --max-deletes 2",
        "plan --sandbox s --detailed-exitcode -q",
    ];
    expect("ownership-prune", &folder.transcript(&lines));
}

#[test]
fn what_is_renamed_by_hand_is_renamed_back() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    let mut told = folder.transcript(&["apply --sandbox s --yes -q"]);
    by_hand(&folder, "Name: partner-activity\n", "Name: somebodys-lake\n");
    by_hand(&folder, "Name: partner\n", "Name: somebodys-channel\n");
    told.push_str(&folder.transcript(&[
        "drift --sandbox s --unmanaged -q",
        "apply --sandbox s --yes -q",
        "plan --sandbox s --detailed-exitcode -q",
    ]));
    expect("ownership-renamed", &told);
}

/// Nothing tells the two apart but what they declare: each keeps what only the other declares and says so, and what
/// both declare goes back and forth.
#[test]
fn one_manifest_name_in_two_repositories() {
    let folder = Folder::new();
    let theirs = manifest("security-baseline", &["audit", "payments"]);
    folder
        .write("one.yaml", manifest("security-baseline", &["audit", "second"]))
        .write(
            "two.yaml",
            theirs.replace(
                "isMultiRegionTrail: true",
                "isMultiRegionTrail: true\n    enableLogFileValidation: true",
            ),
        )
        .write("prunes.yaml", manifest("security-baseline", &["payments"]));
    let mut told = folder.transcript(&[
        "apply --sandbox s one.yaml --yes -q",
        "plan --sandbox s two.yaml --detailed-exitcode -q",
        "apply --sandbox s two.yaml --yes -q",
        "drift --sandbox s one.yaml -q",
        "plan --sandbox s prunes.yaml -q --prune --max-deletes 1",
    ]);
    // The tags of one are copied to another, as a script that clones resources would.
    by_hand(&folder, "trailkeeper:name: second", "trailkeeper:name: audit");
    told.push_str(&folder.transcript(&["plan --sandbox s one.yaml -q"]));
    expect("ownership-two-repositories", &told);
}
