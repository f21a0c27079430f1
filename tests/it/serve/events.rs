//! LookupEvents: the writing calls that the sandbox itself recorded.

use super::{ACCOUNT, HOME, OTHER, Server};
use crate::cli::Folder;
use crate::emulator::code;
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use serde_json::{Value, json};

async fn lookup(client: &Client, key: LookupAttributeKey, value: &str) -> Vec<Event> {
    let attribute = LookupAttribute::builder().attribute_key(key).attribute_value(value).build().unwrap();
    let answer = client.lookup_events().lookup_attributes(attribute).send().await.unwrap();
    answer.events.unwrap_or_default()
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().filter_map(Event::event_name).collect()
}

/// Who, when, from where, with what, and which request parameters (user guide, "CloudTrail record contents").
#[tokio::test]
async fn a_writing_call_is_recorded_with_everything_that_tells_who_made_it() {
    let folder = Folder::new();
    let server = Server::start(&folder, "--state account.yaml");
    let client = server.client(ACCOUNT, HOME);
    client
        .create_trail()
        .name("audit")
        .s3_bucket_name("logs")
        .is_multi_region_trail(true)
        .send()
        .await
        .unwrap();
    let stopped = client.stop_logging().name("audit").send().await;
    stopped.unwrap();
    let refused = client.create_trail().name("audit").s3_bucket_name("logs").send().await;
    assert_eq!(code(refused), "TrailAlreadyExistsException");
    client.get_trail().name("audit").send().await.unwrap();
    drop(client);
    server.kill();

    let server = Server::start(&folder, "--state account.yaml");
    let client = server.client(ACCOUNT, HOME);
    let answer = client.lookup_events().send().await.unwrap();
    assert_eq!(
        names(answer.events()),
        ["CreateTrail", "StopLogging", "CreateTrail"],
        "newest first, no reads"
    );
    let event = &answer.events()[2];
    assert_eq!((event.username(), event.read_only()), (Some("sandbox"), Some("false")));
    let mut record: Value = serde_json::from_str(event.cloud_trail_event().unwrap()).unwrap();
    let agent = record["userAgent"].take();
    assert!(agent.as_str().unwrap().starts_with("aws-sdk-rust/"), "{agent}");
    let id = event.event_id().unwrap();
    assert_eq!(
        record,
        json!({
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "IAMUser", "principalId": "AIDAEXAMPLESANDBOX", "accountId": ACCOUNT,
                "arn": "arn:aws:iam::111122223333:user/sandbox", "accessKeyId": ACCOUNT, "userName": "sandbox",
            },
            "eventTime": "2026-01-01T00:00:00Z", "eventSource": "cloudtrail.amazonaws.com",
            "eventName": "CreateTrail", "awsRegion": HOME, "sourceIPAddress": "127.0.0.1", "userAgent": null,
            "requestParameters": {"name": "audit", "s3BucketName": "logs", "isMultiRegionTrail": true},
            "responseElements": {
                "name": "audit", "s3BucketName": "logs", "includeGlobalServiceEvents": true,
                "isMultiRegionTrail": true, "isOrganizationTrail": false, "recursiveLogging": true,
                "logFileValidationEnabled": false,
                "trailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit",
            },
            "requestID": id, "eventID": id, "readOnly": false,
            "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        })
    );
    let record: Value = serde_json::from_str(answer.events()[0].cloud_trail_event().unwrap()).unwrap();
    assert_eq!(record["errorCode"], "TrailAlreadyExistsException");

    let arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit";
    for name in [arn, "audit"] {
        assert_eq!(lookup(&client, LookupAttributeKey::ResourceName, name).await.len(), 3, "{name}");
    }
    assert_eq!(names(&lookup(&client, LookupAttributeKey::EventName, "StopLogging").await), ["StopLogging"]);
    assert_eq!(lookup(&client, LookupAttributeKey::EventId, id).await.len(), 1);
    assert_eq!(lookup(&client, LookupAttributeKey::Username, "alice").await, []);
    for elsewhere in [server.client(ACCOUNT, "eu-west-1"), server.client(OTHER, HOME)] {
        assert_eq!(elsewhere.lookup_events().send().await.unwrap().events(), []);
    }
}

/// Pages of at most 50, spans of time, and the refusals (API reference, LookupEvents).
#[tokio::test]
async fn events_come_in_pages_and_in_spans_of_time() {
    let folder = Folder::new();
    let server = Server::start(&folder, "");
    let client = server.client(ACCOUNT, HOME);
    client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    for _ in 0..30 {
        client.start_logging().name("audit").send().await.unwrap();
        client.stop_logging().name("audit").send().await.unwrap();
    }
    let first = client.lookup_events().send().await.unwrap();
    let second = client.lookup_events().set_next_token(first.next_token.clone()).send().await.unwrap();
    assert_eq!((first.events().len(), second.events().len(), second.next_token()), (50, 11, None));
    let times: Vec<i64> =
        first.events().iter().chain(second.events()).map(|e| e.event_time().unwrap().secs()).collect();
    assert!(times.is_sorted_by(|newer, older| newer > older), "{times:?}");
    let span = client.lookup_events().start_time(DateTime::from_secs(times[9]));
    assert_eq!(span.end_time(DateTime::from_secs(times[3])).send().await.unwrap().events().len(), 7);

    let wrong = client.lookup_events().start_time(DateTime::from_secs(2)).end_time(DateTime::from_secs(1));
    assert_eq!(code(wrong.send().await), "InvalidTimeRangeException");
    assert_eq!(code(client.lookup_events().max_results(51).send().await), "InvalidMaxResultsException");
    assert_eq!(code(client.lookup_events().next_token("?").send().await), "InvalidNextTokenException");
}
