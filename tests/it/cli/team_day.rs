//! A team's days from the first export to an interrupted run, as one session.

use super::terminal::Session;
use super::{Folder, expect};
use std::fs;
use trailkeeper::cli::Exit;

/// An account that was made by other means.
const ACCOUNT: &str = include_str!("../../export/an-account-made-by-hand/account.yaml");

fn edit(folder: &Folder, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.path().join(file)).unwrap();
    assert!(text.contains(from), "{file}: {text}");
    folder.write(file, text.replacen(from, to, 1));
}

#[test]
fn a_team_takes_an_account_over_and_keeps_it() {
    let mut session = Session::new();
    let folder = &session.folder;
    folder.write("sandbox", format!("{ACCOUNT}# end of sandbox\n"));

    // What is there is written down and committed; the first plan adopts it and changes nothing else.
    let export = folder.run("export --sandbox sandbox --region us-east-1 --account 111122223333 --name acme");
    assert_eq!((export.status.code(), export.stderr.len()), (Some(0), 0));
    folder.write("trailkeeper.yaml", &export.stdout);
    let mut told = folder.transcript(&[
        "validate",
        "plan --sandbox sandbox --detailed-exitcode --quiet",
        "apply --sandbox sandbox --yes --quiet",
        "drift --sandbox sandbox --quiet",
    ]);

    // Somebody stops the trail by hand.
    edit(folder, "sandbox", "IsLogging: true", "IsLogging: false");
    told.push_str(&folder.transcript(&[
        "drift --sandbox sandbox --quiet",
        "drift --sandbox sandbox --format markdown --quiet",
    ]));

    // A pull request with another change shows both; what was reviewed is applied after the merge.
    edit(folder, "trailkeeper.yaml", "s3KeyPrefix: org/audit", "s3KeyPrefix: org/trail");
    told.push_str(&folder.transcript(&[
        "plan --sandbox sandbox --out reviewed.json --format markdown --quiet",
        "apply --sandbox sandbox --plan reviewed.json --quiet",
        "drift --sandbox sandbox --quiet",
    ]));

    // The account changes between review and merge, where the plan would change it: nobody has reviewed that.
    edit(folder, "trailkeeper.yaml", "s3KeyPrefix: org/trail", "s3KeyPrefix: org/events");
    told.push_str(&folder.transcript(&["plan --sandbox sandbox --out reviewed.json --quiet"]));
    edit(folder, "sandbox", "S3KeyPrefix: org/trail", "S3KeyPrefix: elsewhere");
    told.push_str(&folder.transcript(&[
        "apply --sandbox sandbox --plan reviewed.json --quiet",
        "plan --sandbox sandbox --out reviewed.json --quiet",
        "apply --sandbox sandbox --plan reviewed.json --quiet",
    ]));

    // A run is interrupted after its first call, and finished by the next with the same plan.
    let added = "trails:\n  - name: payments\n    s3BucketName: acme-payments-logs\n    isMultiRegionTrail: true\n    \
                 insightSelectors:\n      - insightType: ApiCallRateInsight\n";
    edit(folder, "trailkeeper.yaml", "trails:\n", added);
    told.push_str(&folder.transcript(&["plan --sandbox sandbox --out reviewed.json --quiet"]));
    let interrupt = session.interrupt.clone();
    session.stderr.interrupt = Some(("CreateTrail … done", interrupt));
    let plan = session.folder.path().join("reviewed.json");
    assert_eq!(session.run(&format!("apply --plan {}", plan.display())), Exit::Incomplete);
    let (_, report) = session.stdout.text.rsplit_once("\n\n\n").unwrap_or(("", &session.stdout.text));
    told.push_str(&format!("# interrupted after the first call\n{report}[exit 5]\n\n"));
    told.push_str(&session.folder.transcript(&[
        "apply --sandbox sandbox --plan reviewed.json --quiet",
        "apply --sandbox sandbox --plan reviewed.json --quiet",
        "drift --sandbox sandbox --quiet",
    ]));
    expect("team-day", &told);
}
