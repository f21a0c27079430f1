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
    ];
    assert_eq!(serde_yaml::from_str::<Vec<Fault>>(text).unwrap(), expected);
    for wrong in [
        "{on: X, then: lost, times: 2}",
        "{on: X, then: error}",
        "{on: X, nth: 0, then: lost}",
        "{then: lost}",
    ] {
        assert!(serde_yaml::from_str::<Fault>(wrong).is_err(), "{wrong}");
    }
}
