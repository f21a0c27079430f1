//! Faults: what each of them does to a call, seen through the SDK and its retries.

use aws_sdk_cloudtrail::Client;
use trailkeeper::emulator::{Emulator, Fault, Then};

use super::{ACCOUNT, client, code};

fn fault(on: &str, nth: u32, then: Then) -> Vec<Fault> {
    vec![Fault { on: on.to_owned(), nth: Some(nth), then }]
}

async fn trails(client: &Client) -> usize {
    client.describe_trails().send().await.unwrap().trail_list().len()
}

/// The errors that were answered, call by call.
fn errors(emulator: &Emulator) -> Vec<Option<String>> {
    emulator.calls().into_iter().map(|call| call.error).collect()
}

fn answered(code: &str) -> Option<String> {
    Some(code.to_owned())
}

/// The SDK retries throttles and 5xx; three attempts are what the client allows itself.
#[tokio::test(start_paused = true)]
async fn throttles_and_unavailability_pass_and_denial_does_not() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create = |name: &str| client.create_trail().name(name).s3_bucket_name("logs").send();
    emulator.set_faults(fault("CreateTrail", 1, Then::Throttled { times: 2 }));
    create("one").await.unwrap();
    assert_eq!(errors(&emulator), [answered("ThrottlingException"), answered("ThrottlingException"), None]);
    emulator.set_faults(fault("*", 1, Then::Unavailable));
    create("two").await.unwrap();
    emulator.set_faults(fault("CreateTrail", 2, Then::ThrottledForever));
    create("three").await.unwrap();
    assert_eq!(code(create("four").await), "ThrottlingException");
    emulator.set_faults(fault("CreateTrail", 1, Then::Denied));
    assert_eq!(code(create("four").await), "AccessDeniedException");
    emulator.set_faults(fault("CreateTrail", 1, Then::Conflict { times: 2 }));
    assert_eq!(code(create("four").await), "ConflictException");
    assert_eq!(code(create("four").await), "ConflictException");
    create("four").await.unwrap();
    let error = Then::Error { code: "KmsException".to_owned(), message: "no".to_owned() };
    emulator.set_faults(vec![Fault { on: "GetTrail".to_owned(), nth: None, then: error }]);
    for _ in 0..2 {
        assert_eq!(code(client.get_trail().name("four").send().await), "KmsException");
    }
    assert_eq!(trails(&client).await, 4);
}

/// A reset call was not performed and is retried; a lost one was, so its retry finds the trail.
#[tokio::test(start_paused = true)]
async fn a_reset_call_was_not_performed_and_a_lost_one_was() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create = |name: &str| client.create_trail().name(name).s3_bucket_name("logs").send();
    emulator.set_faults(fault("CreateTrail", 1, Then::Reset));
    create("one").await.unwrap();
    assert_eq!(errors(&emulator), [answered("ConnectionReset"), None]);
    emulator.clear_calls();
    emulator.set_faults(fault("CreateTrail", 1, Then::Lost));
    assert_eq!(code(create("two").await), "TrailAlreadyExistsException");
    let calls = emulator.calls();
    let seen: Vec<_> =
        calls.iter().map(|call| (call.error.as_deref(), call.answered, call.writes())).collect();
    assert_eq!(seen, [(None, false, true), (Some("TrailAlreadyExistsException"), true, true)]);
    assert_eq!(calls[0].request, serde_json::json!({"Name": "two", "S3BucketName": "logs"}));
}

/// After a stale answer so many reads see the world before; writes always see the present one.
#[tokio::test(start_paused = true)]
async fn reads_after_a_stale_call_see_the_world_before_it() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    emulator.set_faults(fault("CreateTrail", 1, Then::Stale { reads: 2 }));
    client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    assert_eq!(trails(&client).await, 0);
    client.start_logging().name("audit").send().await.unwrap();
    assert_eq!(code(client.get_trail_status().name("audit").send().await), "TrailNotFoundException");
    assert_eq!(client.get_trail_status().name("audit").send().await.unwrap().is_logging(), Some(true));
}

/// A web page and an unavailable service have done nothing; a failure after the fact and a late answer have.
#[tokio::test(start_paused = true)]
async fn what_is_answered_does_not_tell_what_was_done() {
    let performed = [
        (Then::Unavailable, false),
        (Then::Html, false),
        (Then::InternalFailure, true),
        (Then::Slow { seconds: 5 }, true),
    ];
    for (then, performed) in performed {
        let emulator = Emulator::new(ACCOUNT);
        emulator.set_faults(fault("CreateTrail", 1, then.clone()));
        let begin = tokio::time::Instant::now();
        let created = client(&emulator).create_trail().name("audit").s3_bucket_name("logs").send().await;
        assert_eq!(emulator.calls()[0].error.is_none(), performed, "{then:?}");
        match then {
            Then::InternalFailure => assert_eq!(code(created), "TrailAlreadyExistsException"),
            Then::Slow { .. } => assert_eq!(begin.elapsed().as_secs(), 5),
            _ => drop(created.unwrap()),
        }
    }
}

/// A dependency is not known for so many calls, and a conflict lasts as long as it lasts.
#[tokio::test(start_paused = true)]
async fn what_passes_passes_with_calls_or_with_time() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create = || client.create_trail().name("audit").s3_bucket_name("logs").send();
    let bucket = "InsufficientS3BucketPolicyException".to_owned();
    emulator.set_faults(fault("CreateTrail", 1, Then::NotYet { code: bucket.clone(), times: 2 }));
    assert_eq!(code(create().await), bucket);
    assert_eq!(code(create().await), bucket);
    create().await.unwrap();

    emulator.set_faults(fault("StartLogging", 2, Then::ConflictFor { seconds: 180 }));
    let start = || client.start_logging().name("audit").send();
    start().await.unwrap();
    assert_eq!(code(start().await), "ConflictException");
    tokio::time::advance(std::time::Duration::from_secs(179)).await;
    assert_eq!(code(start().await), "ConflictException");
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    start().await.unwrap();
}

/// A state may take many looks to settle.
#[tokio::test(start_paused = true)]
async fn a_state_may_take_long_to_settle() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    emulator.set_faults(fault("CreateEventDataStore", 1, Then::Settling { reads: 3 }));
    let store = client.create_event_data_store().name("lake").send().await.unwrap();
    let arn = store.event_data_store_arn().unwrap();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let store = client.get_event_data_store().event_data_store(arn).send().await.unwrap();
        seen.push(store.status().unwrap().as_str().to_owned());
    }
    assert_eq!(seen, ["CREATED", "CREATED", "CREATED", "ENABLED"]);
}

/// A fork goes its own way, without faults.
#[tokio::test(start_paused = true)]
async fn a_fork_goes_its_own_way() {
    let emulator = Emulator::new(ACCOUNT);
    emulator.set_faults(fault("CreateTrail", 1, Then::Denied));
    let fork = emulator.fork();
    client(&fork).create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    assert_eq!((trails(&client(&fork)).await, trails(&client(&emulator)).await), (1, 0));
}

/// A crash answers nothing until the emulator is revived, and keeps what was there.
#[tokio::test(start_paused = true)]
async fn a_crash_answers_nothing_until_it_is_revived() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    emulator.set_faults(fault("StartLogging", 1, Then::Crash));
    assert_eq!(code(client.start_logging().name("audit").send().await), "no answer");
    assert_eq!(code(client.get_trail().name("audit").send().await), "no answer");
    emulator.revive();
    let status = client.get_trail_status().name("audit").send().await.unwrap();
    assert_eq!(status.is_logging(), Some(false));
}

/// Faults are written as flat mappings, and a member that does not belong is refused.
#[test]
fn faults_are_read_from_yaml() {
    let text = "
- {on: CreateChannel, nth: 2, then: throttled, times: 3}
- {on: CreateTrail, then: throttledForever}
- {on: \"*\", nth: 1, then: stale, reads: 2}
- {on: GetTrail, nth: 1, then: error, code: KmsException, message: no key}
- {on: StartLogging, nth: 4, then: crash}
- {on: UpdateTrail, then: conflict, seconds: 180}
- {on: CreateTrail, nth: 1, then: notYet, code: InsufficientS3BucketPolicyException, times: 3}
- {on: GetTrail, then: html}
- {on: StopLogging, nth: 1, then: internalFailure}
- {on: GetTrail, then: slow, seconds: 5}
- {on: DeleteTrail, nth: 1, then: settling, reads: 9}
";
    let expected = [
        Fault { on: "CreateChannel".to_owned(), nth: Some(2), then: Then::Throttled { times: 3 } },
        Fault { on: "CreateTrail".to_owned(), nth: None, then: Then::ThrottledForever },
        Fault { on: "*".to_owned(), nth: Some(1), then: Then::Stale { reads: 2 } },
        Fault {
            on: "GetTrail".to_owned(),
            nth: Some(1),
            then: Then::Error { code: "KmsException".to_owned(), message: "no key".to_owned() },
        },
        Fault { on: "StartLogging".to_owned(), nth: Some(4), then: Then::Crash },
        Fault { on: "UpdateTrail".to_owned(), nth: None, then: Then::ConflictFor { seconds: 180 } },
        Fault {
            on: "CreateTrail".to_owned(),
            nth: Some(1),
            then: Then::NotYet { code: "InsufficientS3BucketPolicyException".to_owned(), times: 3 },
        },
        Fault { on: "GetTrail".to_owned(), nth: None, then: Then::Html },
        Fault { on: "StopLogging".to_owned(), nth: Some(1), then: Then::InternalFailure },
        Fault { on: "GetTrail".to_owned(), nth: None, then: Then::Slow { seconds: 5 } },
        Fault { on: "DeleteTrail".to_owned(), nth: Some(1), then: Then::Settling { reads: 9 } },
    ];
    assert_eq!(serde_yaml::from_str::<Vec<Fault>>(text).unwrap(), expected);
    for wrong in [
        "{on: X, then: lost, times: 2}",
        "{on: X, then: error}",
        "{on: X, then: slow}",
        "{on: X, then: conflict, times: 1, seconds: 1}",
        "{on: X, nth: 0, then: lost}",
        "{then: lost}",
    ] {
        assert!(serde_yaml::from_str::<Fault>(wrong).is_err(), "{wrong}");
    }
}
