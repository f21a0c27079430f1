//! Resource policies of channels, stores and dashboards.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::{Destination, DestinationType};
use trailkeeper::emulator::{Emulator, Switches};

use super::event_data_store::store_of;
use super::{ACCOUNT, client, code, refused};

async fn with_channel() -> (Emulator, Client, String) {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "partner", "ActivityAuditLog").await;
    let to = Destination::builder().r#type(DestinationType::EventDataStore).location(store).build().unwrap();
    let create = client.create_channel().name("inbox").source("Custom").destinations(to);
    let arn = create.send().await.unwrap().channel_arn.unwrap();
    (emulator, client, arn)
}

/// A statement for a channel, with `$` for its ARN.
fn channel_policy(arn: &str, statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.replace('$', arn))
}

const GOOD: &str = r#"{"Effect":"Allow","Principal":{"AWS":["444455556666"]},"Action":["cloudtrail-data:PutAuditEvents"],"Resource":"$","Condition":{"StringEquals":{"cloudtrail:ExternalId":"d1f0"}}}"#;

/// Put, get, replace, delete; no policy is an error (API reference, GetResourcePolicy).
#[tokio::test(start_paused = true)]
async fn a_policy_is_put_read_and_deleted() {
    let (_emulator, client, arn) = with_channel().await;
    let get = || client.get_resource_policy().resource_arn(&arn).send();
    let delete = || client.delete_resource_policy().resource_arn(&arn).send();
    assert_eq!(code(get().await), "ResourcePolicyNotFoundException");
    assert_eq!(code(delete().await), "ResourcePolicyNotFoundException");
    let policy = channel_policy(&arn, GOOD);
    client.put_resource_policy().resource_arn(&arn).resource_policy(&policy).send().await.unwrap();
    assert_eq!(get().await.unwrap().resource_policy(), Some(policy.as_str()));
    delete().await.unwrap();
    assert_eq!(code(get().await), "ResourcePolicyNotFoundException");
}

/// A policy may read back re-serialised (policies.md); what is rewritten is unverified: the other way.
#[tokio::test(start_paused = true)]
async fn a_policy_may_read_back_respelled() {
    let (emulator, client, arn) = with_channel().await;
    emulator.set_switches(Switches { policy_reserialised: true, ..Switches::default() });
    let policy = channel_policy(&arn, GOOD);
    client.put_resource_policy().resource_arn(&arn).resource_policy(&policy).send().await.unwrap();
    let read = client.get_resource_policy().resource_arn(&arn).send().await.unwrap();
    let expected = format!(
        "{{\"Statement\":[{{\"Action\":\"cloudtrail-data:PutAuditEvents\",\
         \"Condition\":{{\"StringEquals\":{{\"cloudtrail:ExternalId\":\"d1f0\"}}}},\"Effect\":\"Allow\",\
         \"Principal\":{{\"AWS\":\"arn:aws:iam::444455556666:root\"}},\"Resource\":\"{arn}\"}}],\
         \"Version\":\"2012-10-17\"}}"
    );
    assert_eq!(read.resource_policy(), Some(expected.as_str()));
}

/// What a channel's policy may say (user guide, "Resource-based policy examples for channels").
#[tokio::test(start_paused = true)]
async fn a_channels_policy_is_checked() {
    let (emulator, client, arn) = with_channel().await;
    let principals: Vec<String> = (0..51).map(|number| format!("\"{number:012}\"")).collect();
    let bad = [
        "not json".to_owned(),
        "[]".to_owned(),
        channel_policy(&arn, ""),
        channel_policy(&arn, &GOOD.replace("PutAuditEvents", "GetChannel")),
        channel_policy(
            &arn,
            &GOOD.replace("\"$\"", "\"arn:aws:cloudtrail:us-east-1:111122223333:channel/x\""),
        ),
        channel_policy(&arn, &GOOD.replace("\"Resource\":\"$\",", "")),
        channel_policy(&arn, &GOOD.replace("Allow", "Perhaps")),
        channel_policy(&arn, &GOOD.replace("444455556666", "nobody")),
        channel_policy(&arn, &GOOD.replace("\"444455556666\"", "")),
        channel_policy(&arn, &GOOD.replace("\"444455556666\"", &principals.join(","))),
        channel_policy(
            &arn,
            &GOOD.replace("\"AWS\"", "\"Service\"").replace("444455556666", "cloudtrail.amazonaws.com"),
        ),
        channel_policy(&arn, &GOOD.replace("\"Effect\"", "\"NotAction\":\"x\",\"Effect\"")),
        channel_policy(&arn, &[GOOD; 21].join(",")),
        channel_policy(&arn, &GOOD.replace("d1f0", &"x".repeat(8192))),
    ];
    for policy in bad {
        let put = client.put_resource_policy().resource_arn(&arn).resource_policy(policy);
        refused(&emulator, put.send(), "ResourcePolicyNotValidException").await;
    }
    emulator.set_switches(Switches { channel_policy_needs_resource: false, ..Switches::default() });
    let without = channel_policy(&arn, &GOOD.replace("\"Resource\":\"$\",", ""));
    client.put_resource_policy().resource_arn(&arn).resource_policy(without).send().await.unwrap();
}

/// What a store's policy may say; a dashboard's service is alone in its statement (user guide, examples for
/// event data stores).
#[tokio::test(start_paused = true)]
async fn a_stores_policy_is_checked() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    let put = |statement: &str| {
        client
            .put_resource_policy()
            .resource_arn(&store)
            .resource_policy(channel_policy(&store, statement))
            .send()
    };
    let account = r#"{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":["cloudtrail:StartQuery","cloudtrail:GetQueryResults"]}"#;
    let service = r#"{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"cloudtrail:StartQuery","Condition":{"StringLike":{"AWS:SourceArn":"arn:aws:cloudtrail:us-east-1:111122223333:dashboard/d","AWS:SourceAccount":"111122223333"}}}"#;
    put(&format!("{account},{service}")).await.unwrap();
    for bad in [
        account.replace("StartQuery", "DeleteEventDataStore"),
        service.replace("StartQuery", "ListQueries"),
        service.replace("AWS:SourceAccount", "aws:PrincipalOrgID"),
        service.replace("cloudtrail.amazonaws.com", "s3.amazonaws.com"),
    ] {
        refused(&emulator, put(&bad), "ResourcePolicyNotValidException").await;
    }
}

/// Trails have no policies; an ARN that maps to nothing is not valid (API reference, PutResourcePolicy).
#[tokio::test(start_paused = true)]
async fn trails_and_unknown_resources_have_no_policy() {
    let (emulator, client, arn) = with_channel().await;
    client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    let trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit";
    let get = |arn: &str| client.get_resource_policy().resource_arn(arn).send();
    refused(&emulator, get(trail), "ResourceTypeNotSupportedException").await;
    refused(&emulator, get("inbox"), "ResourceARNNotValidException").await;
    refused(&emulator, get(&arn.replace("0002", "ffff")), "ResourceARNNotValidException").await;
    let dashboard = "arn:aws:cloudtrail:us-east-1:111122223333:dashboard/none";
    refused(&emulator, get(dashboard), "ResourceARNNotValidException").await;
}
