//! Event data stores: settings, life, federation.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::operation::get_event_data_store::GetEventDataStoreOutput;
use aws_sdk_cloudtrail::types::{BillingMode, EventDataStoreStatus as Status, FederationStatus};
use trailkeeper::emulator::{Emulator, Switches};

use super::selector::selector;
use super::{ACCOUNT, HOME, client, client_in, code, refused};

const ROLE: &str = "arn:aws:iam::111122223333:role/lake";

async fn get(client: &Client, store: &str) -> GetEventDataStoreOutput {
    client.get_event_data_store().event_data_store(store).send().await.unwrap()
}

/// Reads a store until it stands still; the emulator settles after one read.
pub(crate) async fn settled(client: &Client, store: &str) -> GetEventDataStoreOutput {
    get(client, store).await;
    get(client, store).await
}

/// A settled store for events of one category, single-Region and unprotected, by its ARN.
pub(crate) async fn store_of(client: &Client, name: &str, category: &str) -> String {
    let create = client
        .create_event_data_store()
        .name(name)
        .multi_region_enabled(false)
        .termination_protection_enabled(false)
        .advanced_event_selectors(selector(&[("eventCategory", "Equals", &[category])]));
    let store = create.send().await.unwrap().event_data_store_arn.unwrap();
    settled(client, &store).await;
    store
}

/// CreateEventDataStore's defaults, and CREATED before ENABLED (API reference; user guide, lifecycle).
#[tokio::test(start_paused = true)]
async fn a_store_is_created_with_the_documented_defaults_and_settles() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let created = client.create_event_data_store().name("lake").send().await.unwrap();
    let arn = created.event_data_store_arn().unwrap();
    assert_eq!(
        arn,
        "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/00000000-0000-4000-8000-000000000001"
    );
    assert_eq!(created.status(), Some(&Status::Created));
    assert_eq!(get(&client, arn).await.status(), Some(&Status::Created));
    let store = get(&client, arn.rsplit('/').next().unwrap()).await;
    let mut management = selector(&[("eventCategory", "Equals", &["Management"])]);
    management.name = Some("Default management events".to_owned());
    assert_eq!(store.advanced_event_selectors(), [management]);
    assert_eq!(
        (
            store.status(),
            store.multi_region_enabled(),
            store.organization_enabled(),
            store.retention_period(),
            store.billing_mode(),
            store.termination_protection_enabled(),
            store.kms_key_id(),
            store.federation_status(),
        ),
        (
            Some(&Status::Enabled),
            Some(true),
            Some(false),
            Some(366),
            Some(&BillingMode::ExtendableRetentionPricing),
            Some(true),
            None,
            Some(&FederationStatus::Disabled),
        )
    );
}

/// Transitions take as many reads as they are told to; writing meanwhile is a conflict (unverified).
#[tokio::test(start_paused = true)]
async fn a_store_settles_after_the_told_number_of_reads() {
    let emulator = Emulator::new(ACCOUNT);
    emulator.set_switches(Switches { settle_reads: 3, ..Switches::default() });
    let client = client(&emulator);
    let arn =
        client.create_event_data_store().name("lake").send().await.unwrap().event_data_store_arn.unwrap();
    for _ in 0..2 {
        assert_eq!(get(&client, &arn).await.status(), Some(&Status::Created));
    }
    let update = client.update_event_data_store().event_data_store(&arn).retention_period(400);
    assert_eq!(code(update.clone().send().await), "ConflictException");
    update.send().await.unwrap();
    assert_eq!(get(&client, &arn).await.status(), Some(&Status::Enabled));
}

/// The errors of CreateEventDataStore (API reference), and its quota of ten in any status (General Reference).
#[tokio::test(start_paused = true)]
async fn stores_are_checked_unique_and_at_most_ten() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create = |name: &str| client.create_event_data_store().name(name);
    let activity = selector(&[("eventCategory", "Equals", &["ActivityAuditLog"])]);
    let cases = [
        (create("a b"), "InvalidParameterException"),
        (create("lake").retention_period(6), "InvalidParameterException"),
        (create("lake").retention_period(3654), "InvalidParameterException"),
        (
            create("lake").retention_period(2558).billing_mode(BillingMode::FixedRetentionPricing),
            "InvalidParameterException",
        ),
        (create("lake").kms_key_id("odd"), "InvalidKmsKeyIdException"),
        (
            create("lake").start_ingestion(false).advanced_event_selectors(activity.clone()),
            "InvalidEventDataStoreCategoryException",
        ),
        (
            create("lake").organization_enabled(true).advanced_event_selectors(activity),
            "InvalidParameterException",
        ),
    ];
    for (request, expected) in cases {
        refused(&emulator, request.send(), expected).await;
    }
    create("lake").send().await.unwrap();
    refused(&emulator, create("lake").send(), "EventDataStoreAlreadyExistsException").await;
    // Multi-Region stores of other Regions count.
    let west = client_in(&emulator, ACCOUNT, "us-west-2");
    west.create_event_data_store().name("west").send().await.unwrap();
    for number in 3..=10 {
        create(&format!("lake-{number}")).send().await.unwrap();
    }
    refused(&emulator, create("eleventh").send(), "EventDataStoreMaxLimitExceededException").await;
}

/// UpdateEventDataStore: renames, and refuses what cannot be taken back (API reference; codes unverified for
/// billing, key and class).
#[tokio::test(start_paused = true)]
async fn a_store_is_renamed_and_irreversible_settings_stay() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    store_of(&client, "other", "Management").await;
    let update = || client.update_event_data_store().event_data_store(&store);
    let activity = selector(&[("eventCategory", "Equals", &["ActivityAuditLog"])]);
    update().kms_key_id("alias/lake").send().await.unwrap();
    let key = get(&client, &store).await.kms_key_id.unwrap();
    assert!(key.starts_with("arn:aws:kms:us-east-1:111122223333:key/"), "{key}");
    let cases = [
        (update(), "InvalidParameterException"),
        (update().name("other"), "EventDataStoreAlreadyExistsException"),
        (update().billing_mode(BillingMode::FixedRetentionPricing), "InvalidParameterException"),
        (update().kms_key_id("alias/another"), "InvalidParameterException"),
        (update().advanced_event_selectors(activity), "InvalidEventSelectorsException"),
    ];
    for (request, expected) in cases {
        refused(&emulator, request.send(), expected).await;
    }
    update().kms_key_id(&key).name("sea").retention_period(30).send().await.unwrap();
    let renamed = get(&client, &store).await;
    assert_eq!((renamed.name(), renamed.retention_period()), (Some("sea"), Some(30)));
    emulator.set_switches(Switches { eds_kms_as_alias: true, ..Switches::default() });
    let mine = client.create_event_data_store().name("mine").kms_key_id("alias/lake").send().await.unwrap();
    assert_eq!(mine.kms_key_id(), Some("arn:aws:kms:us-east-1:111122223333:alias/lake"));
}

/// FIXED to EXTENDABLE is possible, with a longer retention in the same call.
#[tokio::test(start_paused = true)]
async fn fixed_pricing_becomes_extendable_with_its_retention() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create =
        client.create_event_data_store().name("lake").billing_mode(BillingMode::FixedRetentionPricing);
    let arn = create.send().await.unwrap().event_data_store_arn.unwrap();
    assert_eq!(settled(&client, &arn).await.retention_period(), Some(2557));
    let update = client.update_event_data_store().event_data_store(&arn).retention_period(3653);
    let update = update.billing_mode(BillingMode::ExtendableRetentionPricing).send().await.unwrap();
    assert_eq!(update.retention_period(), Some(3653));
}

/// Deletion: protection, federation and channels stop it; then PENDING_DELETION, where only Restore is legal
/// and the store is still listed (user guide, lifecycle).
#[tokio::test(start_paused = true)]
async fn a_deleted_store_waits_and_can_be_restored() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    let protect =
        |on| client.update_event_data_store().event_data_store(&store).termination_protection_enabled(on);
    protect(true).send().await.unwrap();
    let delete = || client.delete_event_data_store().event_data_store(&store).send();
    refused(&emulator, delete(), "EventDataStoreTerminationProtectedException").await;
    protect(false).send().await.unwrap();
    let restore = || client.restore_event_data_store().event_data_store(&store).send();
    refused(&emulator, restore(), "InvalidEventDataStoreStatusException").await;
    delete().await.unwrap();
    assert_eq!(get(&client, &store).await.status(), Some(&Status::PendingDeletion));
    assert_eq!(client.list_event_data_stores().send().await.unwrap().event_data_stores().len(), 1);
    refused(&emulator, delete(), "InactiveEventDataStoreException").await;
    refused(&emulator, protect(true).send(), "InactiveEventDataStoreException").await;
    let tags = client.list_tags().resource_id_list(&store).send();
    refused(&emulator, tags, "InactiveEventDataStoreException").await;
    let policy = client.get_resource_policy().resource_arn(&store).send();
    refused(&emulator, policy, "InactiveEventDataStoreException").await;
    restore().await.unwrap();
    let restored = settled(&client, &store).await;
    assert_eq!(
        (restored.status(), restored.termination_protection_enabled()),
        (Some(&Status::Enabled), Some(true))
    );
}

/// Whether a name is free while its store waits for deletion is undocumented: both ways.
#[tokio::test(start_paused = true)]
async fn the_name_of_a_waiting_store_is_free_or_reserved() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    client.delete_event_data_store().event_data_store(&store).send().await.unwrap();
    emulator.set_switches(Switches { pending_deletion_reserves_name: true, ..Switches::default() });
    let create = || client.create_event_data_store().name("lake").send();
    refused(&emulator, create(), "EventDataStoreAlreadyExistsException").await;
    emulator.set_switches(Switches::default());
    create().await.unwrap();
    let listed = client.list_event_data_stores().send().await.unwrap();
    let names: Vec<_> = listed.event_data_stores().iter().map(|store| store.name().unwrap()).collect();
    assert_eq!(names, ["lake", "lake"]);
}

/// Ingestion stops from ENABLED and starts from STOPPED_INGESTION, through statuses of their own (API
/// reference, StopEventDataStoreIngestion and StartEventDataStoreIngestion).
#[tokio::test(start_paused = true)]
async fn ingestion_stops_and_starts() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    let start = || client.start_event_data_store_ingestion().event_data_store(&store).send();
    let stop = || client.stop_event_data_store_ingestion().event_data_store(&store).send();
    refused(&emulator, start(), "InvalidEventDataStoreStatusException").await;
    stop().await.unwrap();
    assert_eq!(get(&client, &store).await.status(), Some(&Status::StoppingIngestion));
    assert_eq!(get(&client, &store).await.status(), Some(&Status::StoppedIngestion));
    refused(&emulator, stop(), "InvalidEventDataStoreStatusException").await;
    start().await.unwrap();
    assert_eq!(get(&client, &store).await.status(), Some(&Status::StartingIngestion));
    assert_eq!(get(&client, &store).await.status(), Some(&Status::Enabled));
    let create = client.create_event_data_store().name("off").start_ingestion(false).send().await.unwrap();
    let off = create.event_data_store_arn().unwrap();
    assert_eq!(settled(&client, off).await.status(), Some(&Status::StoppedIngestion));
    let activity = store_of(&client, "partner", "ActivityAuditLog").await;
    let stop = client.stop_event_data_store_ingestion().event_data_store(&activity).send();
    refused(&emulator, stop, "InvalidEventDataStoreCategoryException").await;
}

/// Federation: ENABLING and DISABLING settle; another role takes disabling first; a federated store cannot be
/// deleted (API reference, EnableFederation and DeleteEventDataStore).
#[tokio::test(start_paused = true)]
async fn federation_is_enabled_and_disabled() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    let enable =
        |role: &str| client.enable_federation().event_data_store(&store).federation_role_arn(role).send();
    let disable = || client.disable_federation().event_data_store(&store).send();
    let foreign = ROLE.replace(ACCOUNT, "444455556666");
    refused(&emulator, enable(&foreign), "InvalidParameterException").await;
    let enabling = enable(ROLE).await.unwrap();
    assert_eq!(enabling.federation_status(), Some(&FederationStatus::Enabling));
    let federated = settled(&client, &store).await;
    assert_eq!(
        (federated.federation_status(), federated.federation_role_arn()),
        (Some(&FederationStatus::Enabled), Some(ROLE))
    );
    refused(&emulator, enable(ROLE), "EventDataStoreFederationEnabledException").await;
    let delete = client.delete_event_data_store().event_data_store(&store).send();
    refused(&emulator, delete, "EventDataStoreFederationEnabledException").await;
    disable().await.unwrap();
    assert_eq!(code(enable(ROLE).await), "ConcurrentModificationException");
    let off = get(&client, &store).await;
    assert_eq!(
        (off.federation_status(), off.federation_role_arn()),
        (Some(&FederationStatus::Disabled), None)
    );
}

/// Ids and ARNs that mean nothing (API reference, GetEventDataStore).
#[tokio::test(start_paused = true)]
async fn a_store_is_found_by_id_or_arn_in_its_region_and_account() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    let west = client_in(&emulator, ACCOUNT, "us-west-2");
    let other = client_in(&emulator, "444455556666", HOME);
    let get = |client: &Client, id: &str| client.get_event_data_store().event_data_store(id).send();
    assert_eq!(code(get(&west, &store).await), "EventDataStoreNotFoundException");
    assert_eq!(code(get(&other, &store).await), "EventDataStoreARNInvalidException");
    assert_eq!(code(get(&client, "not an id").await), "EventDataStoreARNInvalidException");
    let unknown = "99999999-0000-4000-8000-000000000001";
    assert_eq!(code(get(&client, unknown).await), "EventDataStoreNotFoundException");
}

/// ListEventDataStores: pages, and bounds of MaxResults (API reference).
#[tokio::test(start_paused = true)]
async fn stores_are_listed_in_pages() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    for name in ["one", "two", "three"] {
        client.create_event_data_store().name(name).send().await.unwrap();
    }
    let pages = client.list_event_data_stores().into_paginator().page_size(2).send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    let names: Vec<Vec<_>> = pages
        .iter()
        .map(|page| page.event_data_stores().iter().map(|s| s.name().unwrap()).collect())
        .collect();
    assert_eq!(names, [vec!["one", "two"], vec!["three"]]);
    assert_eq!(
        code(client.list_event_data_stores().max_results(0).send().await),
        "InvalidMaxResultsException"
    );
    assert_eq!(
        code(client.list_event_data_stores().next_token("odd").send().await),
        "InvalidNextTokenException"
    );
}

/// Lake exists in fewer Regions than trails (user guide, supported Regions).
#[tokio::test(start_paused = true)]
async fn a_region_without_lake_says_so() {
    let emulator = Emulator::new(ACCOUNT);
    let calgary = client_in(&emulator, ACCOUNT, "ca-west-1");
    assert_eq!(code(calgary.list_event_data_stores().send().await), "UnsupportedOperationException");
    assert!(calgary.describe_trails().send().await.is_ok());
}
