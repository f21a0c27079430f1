//! `drift --who` against the emulator's own event history: who is named, with how many lookups, and what is said when
//! the history cannot be asked.

use crate::scenarios::{Scene, folders, prepare};
use crate::support::{ACCOUNT, Lab, careful, desired, run};
use serde_json::{Value, json};
use std::path::Path;
use trailkeeper::emulator::{Fault, Then};
use trailkeeper::name::Time;
use trailkeeper::plan::drift::drift as judged;
use trailkeeper::plan::{Decision, decide, inquiries};
use trailkeeper::report::{Seen, Style, text};
use trailkeeper::state::who::{Origin, Who};
use trailkeeper::state::{Desired, RunOptions};

const ALICE: &str = "arn:aws:sts::111122223333:assumed-role/admin/alice";

const MANIFEST: &str = r#"version: 1
name: acme
account: "111122223333"
region: us-east-1
trails:
  - name: audit
    s3BucketName: acme-trail-logs
  - name: payments
    s3BucketName: acme-trail-logs
eventDataStores:
  - name: partners
    multiRegionEnabled: false
    terminationProtectionEnabled: false
    advancedEventSelectors:
      - fieldSelectors:
          - {field: eventCategory, equals: [ActivityAuditLog]}
channels:
  - name: okta
    source: Okta
    destinations:
      - eventDataStore: partners
    resourcePolicy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {AWS: "444455556666"}
          Action: cloudtrail-data:PutAuditEvents
          Condition: {StringEquals: {"cloudtrail:ExternalId": an-external-id}}
"#;

/// The manifest, applied.
async fn applied() -> Lab {
    let lab = Lab::new();
    let wanted = desired(MANIFEST, Path::new(".")).unwrap();
    lab.apply_cleanly(&wanted, &careful()).await;
    lab
}

/// What drift says about a manifest, and how often it looked up events.
async fn drift(lab: &Lab, manifest: &str) -> (Who, String, usize) {
    let wanted = desired(manifest, Path::new(".")).unwrap();
    let before = lab.emulator.calls().len();
    let (who, said) = asked(lab, &wanted, &careful()).await;
    let lookups =
        lab.emulator.calls().iter().skip(before).filter(|call| call.operation == "LookupEvents").count();
    (who, said, lookups)
}

/// Who it was, and what drift says about it on the emulator's first day.
async fn asked(lab: &Lab, desired: &Desired, options: &RunOptions) -> (Who, String) {
    let live = lab.read(desired).await.unwrap();
    let Decision { mut plan, bindings } = decide(desired, &live, options).unwrap();
    let who = lab.reader().await.who(&inquiries(&plan, &bindings), &plan.manifest).await;
    plan.notes.extend(who.note());
    let now = Time::from_unix(1_767_225_600 + 6 * 60 * 60).unwrap();
    let drift = judged(&plan, &live, now);
    let seen = Seen { plan: &plan, drift: &drift, who: Some(&who), unmanaged: None, now };
    let said = text::drift(&seen, Style::default());
    (who, said)
}

/// The lines that say who.
fn who_lines(said: &str) -> Vec<&str> {
    said.lines().filter_map(|line| line.trim_start().strip_prefix("who").map(str::trim_start)).collect()
}

async fn alice(lab: &Lab, calls: &[(&str, Value)]) {
    for (operation, request) in calls {
        lab.call_as("alice", operation, request).await.unwrap();
    }
}

#[test]
fn whoever_stopped_and_narrowed_a_trail_is_named_with_one_lookup() {
    run(async {
        let lab = applied().await;
        let selectors = json!([{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]);
        alice(
            &lab,
            &[
                ("PutEventSelectors", json!({"TrailName": "audit", "EventSelectors": selectors})),
                ("StopLogging", json!({"Name": "audit"})),
            ],
        )
        .await;
        let (who, said, lookups) = drift(&lab, MANIFEST).await;
        let expected = "changed outside by arn:aws:sts::111122223333:assumed-role/admin/alice, 00:00Z \
             (StopLogging, event 00000000-0000-4000-a000-000000000009), 00:00Z \
             (PutEventSelectors, event 00000000-0000-4000-a000-000000000008)";
        assert_eq!((who_lines(&said), lookups), (vec![expected], 1), "{said}");
        assert_eq!(who.unread, None);
    });
}

#[test]
fn one_operation_on_many_resources_is_one_lookup() {
    run(async {
        let lab = applied().await;
        alice(
            &lab,
            &[("StopLogging", json!({"Name": "audit"})), ("StopLogging", json!({"Name": "payments"}))],
        )
        .await;
        let (_, said, lookups) = drift(&lab, MANIFEST).await;
        assert!(who_lines(&said).iter().all(|line| line.starts_with("changed outside by ")), "{said}");
        assert_eq!((who_lines(&said).len(), lookups), (2, 1), "{said}");
    });
}

#[test]
fn what_the_manifest_says_since_is_not_applied_yet() {
    run(async {
        let lab = applied().await;
        let edited = MANIFEST.replace("  - name: audit\n", "  - name: audit\n    isLogging: false\n");
        let edited = edited.replace("  - name: payments\n", "  - name: payments-2\n");
        let (_, said, _) = drift(&lab, &edited).await;
        let lines = who_lines(&said);
        let ours = "not applied yet, last written by trailkeeper as arn:aws:iam::111122223333:user/sandbox, 00:00Z \
                    (StartLogging, event ";
        assert_eq!(lines.len(), 2, "{said}");
        assert!(lines.iter().any(|line| line.starts_with(ours)), "{said}");
        assert!(lines.iter().any(|line| line.starts_with("not applied yet: nobody deleted it")), "{said}");
    });
}

#[test]
fn what_is_missing_is_attributed_to_who_deleted_it() {
    run(async {
        let lab = applied().await;
        alice(
            &lab,
            &[
                ("DeleteTrail", json!({"Name": "audit"})),
                ("DeleteChannel", json!({"Channel": "{channel/okta}"})),
            ],
        )
        .await;
        let (_, said, lookups) = drift(&lab, MANIFEST).await;
        let lines = who_lines(&said);
        assert!(lines[0].contains(ALICE) && lines[0].contains("(DeleteTrail, event "), "{said}");
        assert!(
            lines[1].starts_with("deleted outside by") && lines[1].contains("(DeleteChannel, "),
            "{said}"
        );
        // The trail by its ARN, the channel by deletions and creations.
        assert_eq!((lines.len(), lookups), (2, 3), "{said}");
    });
}

#[test]
fn a_store_that_waits_for_its_deletion_and_a_policy_are_attributed_too() {
    run(async {
        let lab = applied().await;
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"777788889999"},"Action":"cloudtrail-data:PutAuditEvents","Resource":"{channel/okta}"}]}"#;
        alice(
            &lab,
            &[("PutResourcePolicy", json!({"ResourceArn": "{channel/okta}", "ResourcePolicy": policy}))],
        )
        .await;
        let (_, said, lookups) = drift(&lab, MANIFEST).await;
        assert!(who_lines(&said)[0].contains("(PutResourcePolicy, event "), "{said}");
        assert_eq!((who_lines(&said).len(), lookups), (1, 1), "{said}");
        alice(
            &lab,
            &[
                ("DeleteChannel", json!({"Channel": "{channel/okta}"})),
                ("DeleteEventDataStore", json!({"EventDataStore": "{eventDataStore/partners}"})),
            ],
        )
        .await;
        let (_, said, _) = drift(&lab, MANIFEST).await;
        assert!(who_lines(&said)[0].contains("(DeleteEventDataStore, event "), "{said}");
    });
}

#[test]
fn old_events_are_found_page_by_page() {
    run(async {
        let lab = applied().await;
        let selectors = json!([{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": true}]);
        alice(&lab, &[("PutEventSelectors", json!({"TrailName": "audit", "EventSelectors": selectors}))])
            .await;
        for _ in 0..60 {
            let put = json!({"TrailName": "payments", "EventSelectors": selectors});
            lab.call("PutEventSelectors", &put).await.unwrap();
            let tag = json!({"ResourceId": format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"),
                             "TagsList": [{"Key": "team", "Value": "x"}]});
            lab.call("AddTags", &tag).await.unwrap();
            lab.call("RemoveTags", &tag).await.unwrap();
        }
        let (_, said, lookups) = drift(&lab, MANIFEST).await;
        let lines = who_lines(&said);
        assert!(lines[0].contains(ALICE), "{said}");
        // One page for each of two trails would not do: alice's event is the 121st of its trail, and the 61st of its
        // name, on the second page.
        assert_eq!((lines.len(), lookups), (2, 2), "{said}");
    });
}

#[test]
fn without_the_permission_drift_is_told_all_the_same() {
    run(async {
        let lab = applied().await;
        alice(&lab, &[("StopLogging", json!({"Name": "audit"}))]).await;
        for (then, words) in [
            (
                Then::Denied,
                "AccessDeniedException: User is not authorized to perform this action; allow \
                            cloudtrail:LookupEvents to the caller",
            ),
            (
                Then::ThrottledForever,
                "ThrottlingException: Rate exceeded; LookupEvents admits two calls a second",
            ),
            (Then::Unavailable, "ServiceUnavailable"),
        ] {
            lab.emulator.set_faults(vec![Fault { on: "LookupEvents".to_owned(), nth: None, then }]);
            let (who, said, _) = drift(&lab, MANIFEST).await;
            assert!(who.answers.is_empty() && who_lines(&said).is_empty(), "{said}");
            assert!(
                said.contains("unread:                             who changed what is not known:"),
                "{said}"
            );
            assert!(said.contains(words), "{said}");
            assert!(said.contains("isLogging                       is false, declared true"), "{said}");
        }
    });
}

/// Every scenario is a witness: where nobody else wrote, nobody else is blamed; where somebody did, what differs because
/// of it is laid at that door.
#[test]
fn in_every_scenario_the_right_side_is_blamed() {
    let mut blamed = 0;
    for folder in folders() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        // What stands in a snapshot has no history.
        if folder.join("account.yaml").exists() {
            continue;
        }
        let by_hand = folder.join("by-hand.yaml").exists();
        let (origins, said) = run(async {
            let Scene { lab, desired, options } = prepare(&folder).await.unwrap();
            let (who, said) = asked(&lab, &desired, &options).await;
            let origins: Vec<Origin> = who.answers.values().map(|answer| answer.origin).collect();
            (origins, said)
        });
        let outside = origins.contains(&Origin::Outside);
        assert!(by_hand || !outside, "{name}: nobody else wrote\n{said}");
        assert!(!origins.contains(&Origin::Unknown), "{name}: all of its history is there\n{said}");
        blamed += usize::from(outside);
    }
    assert!(blamed > 15, "only {blamed}");
}

#[test]
fn without_drift_nothing_is_looked_up() {
    run(async {
        let lab = applied().await;
        let (who, said, lookups) = drift(&lab, MANIFEST).await;
        assert_eq!((who, lookups), (Who::default(), 0), "{said}");
    });
}

#[test]
fn what_was_found_out_before_a_lookup_failed_is_told() {
    run(async {
        let lab = applied().await;
        let gone = json!({"Channel": "{channel/okta}"});
        alice(&lab, &[("StopLogging", json!({"Name": "audit"})), ("DeleteChannel", gone)]).await;
        lab.emulator.set_faults(vec![Fault {
            on: "LookupEvents".to_owned(),
            nth: Some(2),
            then: Then::Denied,
        }]);
        let (_, said, lookups) = drift(&lab, MANIFEST).await;
        let lines = who_lines(&said);
        assert!(lines.len() == 1 && lines[0].contains("(StopLogging, event "), "{said}");
        assert!(said.contains("LookupEvents for CreateChannel: AccessDeniedException"), "{said}");
        assert_eq!(lookups, 2);
    });
}
