//! Channels: sources, destinations, service-linked ones.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::{Destination, DestinationType};
use trailkeeper::emulator::{Emulator, Switches};

use super::event_data_store::store_of;
use super::{ACCOUNT, client, code, refused};

fn to(location: &str) -> Destination {
    Destination::builder().r#type(DestinationType::EventDataStore).location(location).build().unwrap()
}

async fn with_store() -> (Emulator, Client, String) {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "partner", "ActivityAuditLog").await;
    (emulator, client, store)
}

/// GetChannel shows everything but tags; destinations by ARN, whatever was sent; ListChannels has ARN and name
/// (API reference). Whether a destination may read back as an id is unverified: both ways.
#[tokio::test(start_paused = true)]
async fn a_channel_reads_back_with_the_arn_of_its_store() {
    let (emulator, client, store) = with_store().await;
    let id = store.rsplit('/').next().unwrap();
    let created =
        client.create_channel().name("inbox").source("Custom").destinations(to(id)).send().await.unwrap();
    let arn = created.channel_arn().unwrap();
    assert_eq!(arn, "arn:aws:cloudtrail:us-east-1:111122223333:channel/00000000-0000-4000-8000-000000000002");
    let read = client.get_channel().channel(arn).send().await.unwrap();
    assert_eq!(
        (read.name(), read.source(), read.destinations(), read.source_config()),
        (Some("inbox"), Some("Custom"), &[to(&store)][..], None)
    );
    let listed = client.list_channels().send().await.unwrap();
    let listed: Vec<_> =
        listed.channels().iter().map(|c| (c.channel_arn().unwrap(), c.name().unwrap())).collect();
    assert_eq!(listed, [(arn, "inbox")]);
    emulator.set_switches(Switches { destination_as_id: true, ..Switches::default() });
    let read = client.get_channel().channel(arn.rsplit('/').next().unwrap()).send().await.unwrap();
    assert_eq!(read.destinations(), [to(id)]);
}

/// The errors of CreateChannel (API reference); one channel per source (user guide).
#[tokio::test(start_paused = true)]
async fn channels_are_checked() {
    let (emulator, client, store) = with_store().await;
    let management = store_of(&client, "lake", "Management").await;
    let create = |name: &str, source: &str| client.create_channel().name(name).source(source);
    let aws = Destination::builder().r#type(DestinationType::AwsService).location("config").build().unwrap();
    let unknown = store.replace("000000000001", "00000000ffff");
    let cases = [
        (create("a b", "Custom").destinations(to(&store)), "InvalidParameterException"),
        (create("aws-service-channel-x", "Custom").destinations(to(&store)), "InvalidParameterException"),
        (create("inbox", "CloudTrail").destinations(to(&store)), "InvalidSourceException"),
        (create("inbox", "Custom").set_destinations(Some(Vec::new())), "InvalidParameterException"),
        (create("inbox", "Custom").destinations(aws), "InvalidParameterException"),
        (
            create("inbox", "Custom").destinations(to(&store)).destinations(to(&store)),
            "InvalidParameterException",
        ),
        (create("inbox", "Custom").destinations(to(&management)), "InvalidEventDataStoreCategoryException"),
        (create("inbox", "Custom").destinations(to(&unknown)), "EventDataStoreNotFoundException"),
    ];
    for (request, expected) in cases {
        refused(&emulator, request.send(), expected).await;
    }
    create("inbox", "Custom").destinations(to(&store)).send().await.unwrap();
    let same_source = create("other", "Custom").destinations(to(&store));
    refused(&emulator, same_source.send(), "ChannelAlreadyExistsException").await;
    let same_name = create("inbox", "LaunchDarkly").destinations(to(&store));
    refused(&emulator, same_name.send(), "ChannelAlreadyExistsException").await;
    for number in 2..=25 {
        let source = format!("Partner{number}");
        create(&source, &source).destinations(to(&store)).send().await.unwrap();
    }
    let another = create("one-more", "OneMore").destinations(to(&store));
    refused(&emulator, another.send(), "ChannelMaxLimitExceededException").await;
}

/// A destination collects in one Region for one account (user guide, "Create an integration").
#[tokio::test(start_paused = true)]
async fn a_destination_is_single_region_and_stays_so() {
    let (emulator, client, store) = with_store().await;
    let widen =
        || client.update_event_data_store().event_data_store(&store).multi_region_enabled(true).send();
    widen().await.unwrap();
    let create = || client.create_channel().name("inbox").source("Custom").destinations(to(&store)).send();
    refused(&emulator, create(), "InvalidParameterException").await;
    client
        .update_event_data_store()
        .event_data_store(&store)
        .multi_region_enabled(false)
        .send()
        .await
        .unwrap();
    create().await.unwrap();
    refused(&emulator, widen(), "InvalidParameterException").await;
    let delete = client.delete_event_data_store().event_data_store(&store).send();
    refused(&emulator, delete, "ChannelExistsForEDSException").await;
}

/// UpdateChannel renames or replaces the destinations; a store is free again once the channel is gone.
#[tokio::test(start_paused = true)]
async fn a_channel_is_renamed_moved_and_deleted() {
    let (_emulator, client, store) = with_store().await;
    let second = store_of(&client, "second", "ActivityAuditLog").await;
    let create = client.create_channel().name("inbox").source("Custom").destinations(to(&store));
    let arn = create.send().await.unwrap().channel_arn.unwrap();
    client.update_channel().channel(&arn).name("out").send().await.unwrap();
    let moved = client.update_channel().channel(&arn).destinations(to(&second)).send().await.unwrap();
    assert_eq!((moved.name(), moved.destinations()), (Some("out"), &[to(&second)][..]));
    client.delete_event_data_store().event_data_store(&store).send().await.unwrap();
    client.delete_channel().channel(&arn).send().await.unwrap();
    assert_eq!(code(client.get_channel().channel(&arn).send().await), "ChannelNotFoundException");
    assert_eq!(code(client.delete_channel().channel(&arn).send().await), "ChannelNotFoundException");
    let foreign = arn.replace(ACCOUNT, "444455556666");
    assert_eq!(code(client.get_channel().channel(foreign).send().await), "ChannelARNInvalidException");
}

/// A service-linked channel is listed and read, and cannot be changed (user guide, service-linked channels).
#[tokio::test(start_paused = true)]
async fn a_service_linked_channel_is_only_read() {
    const SNAPSHOT: &str = "
formatVersion: 1
accounts:
  \"111122223333\":
    regions:
      us-east-1:
        channels:
          aws-service-channel/security-lake/11111111-2222-4333-8444-555555555555:
            Name: aws-service-channel/security-lake/slc
            Source: CloudTrail
            Destinations: [{Type: AWS_SERVICE, Location: security-lake}]
            SourceConfig:
              ApplyToAllRegions: true
              AdvancedEventSelectors:
                - FieldSelectors: [{Field: eventCategory, Equals: [Management]}]
";
    let emulator = Emulator::restore(SNAPSHOT, ACCOUNT).unwrap();
    let client = client(&emulator);
    let listed = client.list_channels().send().await.unwrap();
    let [channel] = listed.channels() else { panic!("one channel was expected") };
    assert_eq!(channel.name(), Some("aws-service-channel/security-lake/slc"));
    let arn = channel.channel_arn().unwrap();
    let read = client.get_channel().channel(arn).send().await.unwrap();
    assert_eq!(read.source_config().unwrap().apply_to_all_regions(), Some(true));
    let delete = client.delete_channel().channel(arn).send();
    refused(&emulator, delete, "OperationNotPermittedException").await;
}
