//! What the documentation leaves open, both ways, and what only a snapshot can set up.

use aws_sdk_cloudtrail::types::{
    BillingMode, EventDataStoreStatus, EventSelector, FederationStatus, InsightSelector, InsightType,
    MaxEventSize,
};
use trailkeeper::emulator::{Emulator, Switches};

use super::event_data_store::{settled, store_of};
use super::{ACCOUNT, HOME, client, client_in, code, refused};

/// The read-back of trails: SnsTopicName, RecursiveLogging, HasCustomEventSelectors; the reach of ListTrails.
#[tokio::test(start_paused = true)]
#[expect(deprecated, reason = "SnsTopicName is deprecated, and still answered")]
async fn trails_read_back_either_way() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    client.create_trail().name("audit").s3_bucket_name("logs").sns_topic_name("topic").send().await.unwrap();
    let default = EventSelector::builder().build();
    let read = || async {
        client
            .put_event_selectors()
            .trail_name("audit")
            .event_selectors(default.clone())
            .send()
            .await
            .unwrap();
        let trail = client.get_trail().name("audit").send().await.unwrap().trail.unwrap();
        (trail.sns_topic_name, trail.recursive_logging, trail.has_custom_event_selectors)
    };
    assert_eq!(read().await, (Some("topic".to_owned()), Some(true), Some(false)));
    emulator.set_switches(Switches {
        sns_topic_name_as_arn: true,
        recursive_logging_absent: true,
        custom_selectors_flag_sticks: true,
        list_trails_one_region: true,
        ..Switches::default()
    });
    let arn = "arn:aws:sns:us-east-1:111122223333:topic".to_owned();
    assert_eq!(read().await, (Some(arn), None, Some(true)));
    let west = client_in(&emulator, ACCOUNT, "us-west-2");
    assert_eq!(west.list_trails().send().await.unwrap().trails(), []);
}

/// The life of stores: what a restored store is, how no federation reads, whether waiting can be skipped,
/// whether an insights destination is protected, whether other Regions' stores are listed.
#[tokio::test(start_paused = true)]
async fn stores_live_either_way() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    let insights = store_of(&client, "insights", "Insight").await;
    let calls = InsightSelector::builder().insight_type(InsightType::ApiCallRateInsight).build();
    let put = client.put_insight_selectors().event_data_store(&store).insights_destination(&insights);
    put.insight_selectors(calls).send().await.unwrap();
    emulator.set_switches(Switches {
        restored_stopped: true,
        restored_protection: false,
        federation_disabled_absent: true,
        insights_destination_protected: true,
        shadow_stores_listed: true,
        transient_writes_refused: false,
        ..Switches::default()
    });
    let delete = |store: &str| client.delete_event_data_store().event_data_store(store).send();
    refused(&emulator, delete(&insights), "ConflictException").await;
    delete(&store).await.unwrap();
    client.restore_event_data_store().event_data_store(&store).send().await.unwrap();
    client
        .update_event_data_store()
        .event_data_store(&store)
        .multi_region_enabled(true)
        .send()
        .await
        .unwrap();
    let restored = settled(&client, &store).await;
    assert_eq!(
        (restored.status(), restored.termination_protection_enabled(), restored.federation_status()),
        (Some(&EventDataStoreStatus::StoppedIngestion), Some(false), None::<&FederationStatus>)
    );
    let west = client_in(&emulator, ACCOUNT, "us-west-2").list_event_data_stores().send().await.unwrap();
    let arns: Vec<_> = west.event_data_stores().iter().map(|s| s.event_data_store_arn().unwrap()).collect();
    assert_eq!(arns, [store.as_str()]);
}

/// Whether a store takes changes while its ingestion is stopped, and a new way of paying together with a retention that
/// only it admits, is unverified.
#[tokio::test(start_paused = true)]
async fn stores_change_either_way() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create =
        client.create_event_data_store().name("lake").billing_mode(BillingMode::FixedRetentionPricing);
    let store = create.send().await.unwrap().event_data_store_arn.unwrap();
    settled(&client, &store).await;
    let update = || client.update_event_data_store().event_data_store(&store);
    let both = || update().billing_mode(BillingMode::ExtendableRetentionPricing).retention_period(3653);
    emulator.set_switches(Switches {
        billing_comes_alone: true,
        stopped_writes_refused: true,
        ..Switches::default()
    });
    refused(&emulator, both().send(), "InvalidParameterException").await;
    update().billing_mode(BillingMode::ExtendableRetentionPricing).send().await.unwrap();
    update().retention_period(3653).send().await.unwrap();
    client.stop_event_data_store_ingestion().event_data_store(&store).send().await.unwrap();
    settled(&client, &store).await;
    let shorter = || update().retention_period(90);
    let configured = client.put_event_configuration().event_data_store(&store);
    let large = configured.max_event_size(MaxEventSize::Large);
    refused(&emulator, shorter().send(), "InvalidEventDataStoreStatusException").await;
    refused(&emulator, large.clone().send(), "InvalidEventDataStoreStatusException").await;
    emulator.set_switches(Switches::default());
    shorter().send().await.unwrap();
    large.send().await.unwrap();
}

/// Highlights may need its schedule at once (the API's model and the guide differ).
#[tokio::test(start_paused = true)]
async fn highlights_may_need_its_schedule() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create = || client.create_dashboard().name("AWSCloudTrail-Highlights").send();
    emulator.set_switches(Switches { highlights_needs_schedule: true, ..Switches::default() });
    refused(&emulator, create(), "ValidationException").await;
    emulator.set_switches(Switches::default());
    create().await.unwrap();
}

/// Delivery errors, ongoing imports, AWS's own policy on an organization's store, a transition on its way: a
/// snapshot written by hand sets them up, and leaves out what has its default.
#[tokio::test(start_paused = true)]
async fn a_hand_written_snapshot_sets_up_what_no_call_can() {
    const SNAPSHOT: &str = "
formatVersion: 1
organization: {managementAccount: \"999900001111\", delegatedAdmins: [\"111122223333\"]}
accounts:
  \"111122223333\":
    regions:
      us-east-1:
        trails:
          aws-controltower-BaselineCloudTrail:
            S3BucketName: logs
            IsLogging: true
            LatestDeliveryError: AccessDenied
        eventDataStores:
          11111111-2222-4333-8444-555555555555:
            Name: importing
            TerminationProtectionEnabled: false
            HasOngoingImport: true
          22222222-2222-4333-8444-555555555555:
            Name: stopping
            Status: STOPPING_INGESTION
            Settling: {To: STOPPED_INGESTION, AfterReads: 1}
  \"999900001111\":
    regions:
      us-east-1:
        eventDataStores:
          33333333-2222-4333-8444-555555555555:
            Name: org
            OrganizationEnabled: true
            ResourcePolicy: '{}'
            DelegatedAdminResourcePolicy: '{\"Version\":\"2012-10-17\"}'
";
    let emulator = Emulator::restore(SNAPSHOT, ACCOUNT).unwrap();
    let client = client(&emulator);
    let status = client.get_trail_status().name("aws-controltower-BaselineCloudTrail").send().await.unwrap();
    assert_eq!((status.is_logging(), status.latest_delivery_error()), (Some(true), Some("AccessDenied")));
    let importing = "11111111-2222-4333-8444-555555555555";
    let delete = client.delete_event_data_store().event_data_store(importing).send();
    refused(&emulator, delete, "EventDataStoreHasOngoingImportException").await;
    let stopping = settled(&client, "22222222-2222-4333-8444-555555555555").await;
    assert_eq!(stopping.status(), Some(&EventDataStoreStatus::StoppedIngestion));
    let listed = client.list_event_data_stores().send().await.unwrap();
    let names: Vec<_> = listed.event_data_stores().iter().map(|store| store.name().unwrap()).collect();
    assert_eq!(names, ["importing", "stopping", "org"]);
    let org = "arn:aws:cloudtrail:us-east-1:999900001111:eventdatastore/33333333-2222-4333-8444-555555555555";
    let policy = client.get_resource_policy().resource_arn(org).send().await.unwrap();
    assert_eq!(policy.delegated_admin_resource_policy(), Some("{\"Version\":\"2012-10-17\"}"));
    let outside = client_in(&emulator, "444455556666", HOME);
    let get = outside.get_event_data_store().event_data_store(org).send().await;
    assert_eq!(code(get), "EventDataStoreARNInvalidException");
    assert_eq!(Emulator::restore(&emulator.snapshot(), ACCOUNT).unwrap().snapshot(), emulator.snapshot());
}
