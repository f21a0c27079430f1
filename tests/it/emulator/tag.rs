//! Tags of all four kinds.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::Tag;
use trailkeeper::emulator::{Emulator, Switches};

use super::event_data_store::store_of;
use super::{ACCOUNT, client, client_in, refused};

const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit";

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

async fn with_tagged_trail() -> (Emulator, Client) {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create =
        client.create_trail().name("audit").s3_bucket_name("logs").tags_list(tag("team", "security"));
    create.send().await.unwrap();
    (emulator, client)
}

async fn tags(client: &Client, arn: &str) -> Vec<Tag> {
    let listed = client.list_tags().resource_id_list(arn).send().await.unwrap();
    let [resource] = listed.resource_tag_list() else { panic!("one resource was expected") };
    assert_eq!(resource.resource_id(), Some(arn));
    resource.tags_list().to_vec()
}

/// AddTags overwrites, RemoveTags goes by key (API reference; user guide's examples).
#[tokio::test(start_paused = true)]
async fn tags_are_added_overwritten_and_removed_by_key() {
    let (emulator, client) = with_tagged_trail().await;
    let add = client.add_tags().resource_id(TRAIL).tags_list(tag("team", "platform"));
    let bare = Tag::builder().key("bare").build().unwrap();
    add.tags_list(bare.clone()).send().await.unwrap();
    assert_eq!(tags(&client, TRAIL).await, [tag("bare", ""), tag("team", "platform")]);
    emulator.set_switches(Switches { empty_tag_value_absent: true, ..Switches::default() });
    assert_eq!(tags(&client, TRAIL).await, [bare, tag("team", "platform")]);
    let remove = client.remove_tags().resource_id(TRAIL).tags_list(tag("team", "whatever"));
    remove.tags_list(tag("unknown", "")).send().await.unwrap();
    assert_eq!(tags(&client, TRAIL).await, [Tag::builder().key("bare").build().unwrap()]);
}

/// The rules for tags (API reference, AddTags; General Reference, quotas).
#[tokio::test(start_paused = true)]
async fn tags_are_checked() {
    let (emulator, client) = with_tagged_trail().await;
    let add = || client.add_tags().resource_id(TRAIL);
    let cases = [
        (add().tags_list(tag("aws:mine", "x")), "InvalidTagParameterException"),
        (add().tags_list(tag("a", "1")).tags_list(tag("a", "2")), "InvalidTagParameterException"),
        (add().tags_list(tag(&"k".repeat(129), "x")), "InvalidTagParameterException"),
        (add().tags_list(tag("k", &"v".repeat(257))), "InvalidTagParameterException"),
        (
            add().set_tags_list(Some((0..50).map(|n| tag(&n.to_string(), "")).collect())),
            "TagsLimitExceededException",
        ),
    ];
    for (request, expected) in cases {
        refused(&emulator, request.send(), expected).await;
    }
    let nowhere = client.add_tags().resource_id(TRAIL.replace("audit", "none")).tags_list(tag("a", "b"));
    refused(&emulator, nowhere.send(), "ResourceNotFoundException").await;
}

/// ListTags: twenty ARNs, one bad one fails them all, tags live in the home Region (API reference; user guide,
/// "Managing tags"). That kinds may be mixed is unverified: both ways.
#[tokio::test(start_paused = true)]
async fn tags_are_listed_in_batches_of_twenty() {
    let (emulator, client) = with_tagged_trail().await;
    let store = store_of(&client, "lake", "Management").await;
    let list = |ids: Vec<String>| client.list_tags().set_resource_id_list(Some(ids)).send();
    let mixed = || vec![TRAIL.to_owned(), store.clone()];
    assert_eq!(list(mixed()).await.unwrap().resource_tag_list().len(), 2);
    refused(&emulator, list(vec![TRAIL.to_owned(); 21]), "ValidationException").await;
    let foreign = TRAIL.replace(ACCOUNT, "444455556666");
    refused(&emulator, list(vec![TRAIL.to_owned(), foreign]), "CloudTrailARNInvalidException").await;
    refused(&emulator, list(vec!["audit".to_owned()]), "CloudTrailARNInvalidException").await;
    let unknown = store.replace("0001", "ffff");
    refused(&emulator, list(vec![unknown]), "EventDataStoreNotFoundException").await;
    let west = client_in(&emulator, ACCOUNT, "us-west-2");
    let elsewhere = west.list_tags().resource_id_list(TRAIL).send();
    refused(&emulator, elsewhere, "CloudTrailARNInvalidException").await;
    emulator.set_switches(Switches { list_tags_one_kind: true, page_size: Some(1), ..Switches::default() });
    refused(&emulator, list(mixed()), "ResourceTypeNotSupportedException").await;
    let first = list(vec![TRAIL.to_owned(), TRAIL.to_owned()]).await.unwrap();
    assert_eq!((first.resource_tag_list().len(), first.next_token().is_some()), (1, true));
}
