//! The account as it is read: how many calls that takes, what is found, foreign, pending or unread.

use super::*;
use trailkeeper::aws::{Class, Trouble};
use trailkeeper::emulator::Switches;
use trailkeeper::name::{AccountId, Time};
use trailkeeper::resource::dashboard::DashboardHealth;
use trailkeeper::resource::event_data_store::EventDataStoreHealth;
use trailkeeper::resource::trail::{Delivery, TrailHealth};
use trailkeeper::resource::{Health, Kind, Parent, Spec};
use trailkeeper::state::{Foreign, Foreignness, Owner};

const EVERYTHING: &str = r#"
trails:
  audit:
    S3BucketName: logs
    IsLogging: true
    InsightSelectors: [{InsightType: ApiCallRateInsight, EventCategories: [Management]}]
    Tags: {"trailkeeper:manifest": baseline, "trailkeeper:name": audit, team: security}
  plain: {S3BucketName: other}
eventDataStores:
  aaaa: {Name: lake, KmsKeyId: "arn:aws:kms:us-east-1:111122223333:alias/lake"}
  bbbb:
    Name: partners
    AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [ActivityAuditLog]}]}]
    MultiRegionEnabled: false
    ResourcePolicy: '{"Version":"2012-10-17","Statement":[]}'
  cccc: {Name: gone, Status: PENDING_DELETION}
channels:
  dddd:
    Name: okta
    Source: Okta
    Destinations: [{Type: EVENT_DATA_STORE, Location: "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/bbbb"}]
    ResourcePolicy: '{"Version":"2012-10-17"}'
  aws-service-channel/resource-explorer-2/eeee:
    Name: aws-service-channel/resource-explorer-2/default
    Source: CloudTrail
    Destinations: [{Type: AWS_SERVICE, Location: resource-explorer-2}]
dashboards:
  overview: {RefreshSchedule: {Status: ENABLED, Frequency: {Unit: HOURS, Value: 6}}}
"#;

#[tokio::test]
async fn an_empty_account_takes_five_calls() {
    let emulator = Emulator::new(ACCOUNT);
    let live = live(&emulator, &Asks::default()).await;
    assert!(live.found.is_empty() && live.unread.is_empty(), "{live:?}");
    // GetDashboard asks for the Highlights dashboard, which no list is documented to hold.
    let calls = [
        ("DescribeTrails", 1),
        ("ListEventDataStores", 1),
        ("ListChannels", 1),
        ("ListDashboards", 1),
        ("GetDashboard", 1),
    ];
    assert_eq!(counts(&emulator), counted(&calls));
}

#[tokio::test]
async fn everything_is_read_once() {
    let emulator = emulator(EVERYTHING);
    emulator.set_switches(Switches { eds_kms_as_alias: true, ..Switches::default() });
    let asks = Asks { kms_keys: ["alias/lake".to_owned()].into(), ..Asks::default() };
    let live = live(&emulator, &asks).await;
    let keys = [
        "trail/audit",
        "trail/plain",
        "eventDataStore/lake",
        "eventDataStore/partners",
        "policy/eventDataStore/partners",
        "channel/okta",
        "policy/channel/okta",
        "dashboard/overview",
    ];
    assert_eq!(found(&live), keys);
    let calls = [
        ("DescribeTrails", 1),
        ("GetTrailStatus", 2),
        ("GetEventSelectors", 2),
        // Of both trails, and of the one store with management events.
        ("GetInsightSelectors", 3),
        ("GetEventConfiguration", 3),
        ("ListEventDataStores", 1),
        ("GetEventDataStore", 3),
        ("ListChannels", 1),
        ("GetChannel", 1),
        ("ListDashboards", 1),
        ("GetDashboard", 2),
        ("GetResourcePolicy", 4),
        // One for each kind that has any.
        ("ListTags", 4),
        // The manifest's spelling and the store's.
        ("DescribeKey", 2),
    ];
    assert_eq!(counts(&emulator), counted(&calls));
}

#[tokio::test]
async fn settings_owners_and_policies_are_read_as_the_service_says_them() {
    let emulator = emulator(EVERYTHING);
    emulator.set_switches(Switches { eds_kms_as_alias: true, ..Switches::default() });
    let live = live(&emulator, &Asks::default()).await;
    let audit = &live.found[&key("trail/audit")];
    assert_eq!(audit.arn, own_arn("trail/audit"));
    assert_eq!(audit.owner, Owner::Manifest { manifest: "baseline".to_owned(), name: Name::new("audit") });
    let Spec::Trail(trail) = &audit.spec else { panic!("{audit:?}") };
    assert!(trail.is_logging && trail.recursive_logging && trail.include_global_service_events);
    assert_eq!(trail.insight_selectors[0].insight_type, "ApiCallRateInsight");
    assert_eq!(trail.tags["team"], "security");
    assert_eq!(live.found[&key("trail/plain")].owner, Owner::Nobody);

    let policy = &live.found[&key("policy/channel/okta")];
    assert_eq!(policy.arn, own_arn("channel/dddd"));
    let Spec::Policy(policy) = &policy.spec else { panic!("{policy:?}") };
    assert_eq!(policy.document.as_plain(), Some(r#"{"Version":"2012-10-17"}"#));

    let alias = "arn:aws:kms:us-east-1:111122223333:alias/lake";
    assert!(live.kms_keys[alias].resource().starts_with("key/"), "{:?}", live.kms_keys);
    let pending: Vec<_> = live.pending.iter().map(|store| (store.name.as_str(), store.arn.id())).collect();
    assert_eq!(pending, [("gone", "cccc")]);
    let foreign: Vec<_> = live.foreign.iter().map(|one| (one.key.to_string(), one.why.clone())).collect();
    let linked = "channel/aws-service-channel/resource-explorer-2/default".to_owned();
    assert_eq!(foreign, [(linked, Foreignness::Service("resource-explorer-2".to_owned()))]);
}

#[tokio::test]
async fn what_answers_leave_out_or_page_is_read_the_same() {
    let plain = emulator(EVERYTHING);
    let odd = emulator(EVERYTHING);
    odd.set_switches(Switches {
        recursive_logging_absent: true,
        federation_disabled_absent: true,
        list_tags_one_kind: true,
        page_size: Some(1),
        ..Switches::default()
    });
    assert_eq!(live(&odd, &Asks::default()).await, live(&plain, &Asks::default()).await);
    // One batch for each kind, of two pages for trails and stores.
    assert_eq!(counts(&odd)["ListTags"], 6);
    assert_eq!(counts(&odd)["ListEventDataStores"], 3);
}

#[tokio::test]
async fn trails_of_elsewhere_are_foreign_and_still_tell_what_they_record() {
    let far = "trails:\n  far: {S3BucketName: logs, IsMultiRegionTrail: true, IsLogging: true}";
    let here = "trails:\n  aws-controltower-BaselineCloudTrail: {S3BucketName: logs, IsLogging: true}";
    let emulator = regions(&[("eu-west-1", far), (HOME, here)]);
    let live = live(&emulator, &Asks { needed: [Kind::Trail].into(), ..Asks::default() }).await;
    assert_eq!(found(&live), [] as [&str; 0]);
    let mut foreign: Vec<_> = live
        .foreign
        .iter()
        .map(|one| match one.spec.as_deref() {
            Some(Spec::Trail(trail)) => (one.key.to_string(), one.why.clone(), trail.is_logging),
            spec => panic!("{spec:?}"),
        })
        .collect();
    foreign.sort_by(|one, other| one.0.cmp(&other.0));
    let tower = Foreignness::Service("AWS Control Tower".to_owned());
    let ireland = Foreignness::HomeRegion(Region::parse("eu-west-1").unwrap());
    let expected = [
        ("trail/aws-controltower-BaselineCloudTrail".to_owned(), tower, true),
        ("trail/far".to_owned(), ireland, true),
    ];
    assert_eq!(foreign, expected);
    assert!(!counts(&emulator).contains_key("ListTags"));
}

#[tokio::test]
async fn stores_of_other_regions_are_foreign_and_not_asked_for() {
    let emulator = regions(&[("eu-west-1", "eventDataStores:\n  aaaa: {Name: far}")]);
    emulator.set_switches(Switches { shadow_stores_listed: true, ..Switches::default() });
    let live = live(&emulator, &Asks { needed: [Kind::EventDataStore].into(), ..Asks::default() }).await;
    let [far] = live.foreign.as_slice() else { panic!("{:?}", live.foreign) };
    assert_eq!(far.key, key("eventDataStore/far"));
    assert_eq!(far.why, Foreignness::HomeRegion(Region::parse("eu-west-1").unwrap()));
    assert!(!counts(&emulator).contains_key("GetEventDataStore"));
}

/// An organization in which we are the delegated administrator or a mere member.
fn organization(standing: &str) -> Emulator {
    let text = format!(
        r#"
formatVersion: 1
organization: {{managementAccount: "999988887777", {standing}: ["{ACCOUNT}"]}}
accounts:
  "999988887777":
    regions:
      {HOME}:
        trails:
          org: {{S3BucketName: logs, IsOrganizationTrail: true, IsMultiRegionTrail: true, IsLogging: true}}
"#
    );
    Emulator::restore(&text, ACCOUNT).unwrap()
}

#[tokio::test]
async fn organization_trails_are_ours_to_write_only_when_the_manifest_says_so() {
    let management = AccountId::parse("999988887777").unwrap();
    for standing in ["delegatedAdmins", "memberAccounts"] {
        let live = live(&organization(standing), &Asks::default()).await;
        assert_eq!(found(&live), [] as [&str; 0], "{standing}");
        let [org] = live.foreign.as_slice() else { panic!("{standing}: {:?}", live.foreign) };
        assert_eq!(org.why, Foreignness::Account(management.clone()));
    }
    let asks = Asks { management_account: Some(management), ..Asks::default() };
    let live = live(&organization("delegatedAdmins"), &asks).await;
    assert_eq!(found(&live), ["trail/org"]);
    assert_eq!(live.found[&key("trail/org")].arn.account(), "999988887777");
}

#[tokio::test]
async fn a_denied_read_is_a_note_unless_the_manifest_needs_it() {
    let emulator = emulator(EVERYTHING);
    emulator.set_faults(vec![fault("GetChannel", None, Then::Denied)]);
    let live = live(&emulator, &Asks::default()).await;
    let unread: Vec<_> = live.unread.keys().copied().collect();
    assert_eq!(unread, [Kind::Channel, Kind::Policy(Parent::Channel)]);
    assert!(!found(&live).iter().any(|key| key.contains("channel")), "{:?}", found(&live));

    let asks = Asks { needed: [Kind::Channel].into(), ..Asks::default() };
    let error = reader(&emulator).await.read(&asks).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("could not read the channels: GetChannel for channel/okta: AccessDenied"),
        "{error}"
    );
    assert_eq!(error.help().as_deref(), Some("allow cloudtrail:GetChannel to the caller"));
}

#[tokio::test]
async fn denied_policies_leave_their_parents_readable() {
    let emulator = emulator(EVERYTHING);
    emulator.set_faults(vec![fault("GetResourcePolicy", None, Then::Denied)]);
    let live = live(&emulator, &Asks::default()).await;
    let unread: Vec<_> = live.unread.keys().copied().collect();
    let policies = [Parent::EventDataStore, Parent::Channel, Parent::Dashboard].map(Kind::Policy);
    assert_eq!(unread, policies);
    assert!(live.found.contains_key(&key("channel/okta")));
}

#[tokio::test]
async fn without_tags_nobody_knows_whose_a_resource_is() {
    let emulator = emulator(EVERYTHING);
    emulator.set_faults(vec![fault("ListTags", None, Then::Denied)]);
    let live = live(&emulator, &Asks::default()).await;
    assert_eq!(found(&live), [] as [&str; 0]);
    assert_eq!(live.unread.len(), Kind::ALL.len());
}

#[tokio::test]
async fn a_region_without_lake_still_has_trails() {
    let emulator = Emulator::new(ACCOUNT);
    let reader = try_connect(&emulator, Some("cn-north-1")).await.unwrap();
    let asks = Asks { needed: [Kind::Trail].into(), ..Asks::default() };
    let live = reader.read(&asks).await.unwrap();
    assert!(live.unread.contains_key(&Kind::EventDataStore) && !live.unread.contains_key(&Kind::Trail));
    let asks = Asks { needed: [Kind::Channel].into(), ..Asks::default() };
    let error = reader.read(&asks).await.unwrap_err();
    assert_eq!(error.help().as_deref(), Some("CloudTrail does not offer this operation here"));
}

#[tokio::test]
async fn a_server_that_knows_no_event_configuration_has_the_defaults() {
    let emulator = emulator(EVERYTHING);
    emulator.set_faults(vec![fault("GetEventConfiguration", None, refusal("UnknownOperationException"))]);
    let asks = Asks { needed: [Kind::Trail, Kind::EventDataStore].into(), ..Asks::default() };
    let live = live(&emulator, &asks).await;
    assert!(live.unread.is_empty() && live.found.contains_key(&key("eventDataStore/lake")));
}

#[tokio::test]
async fn what_vanishes_while_it_is_read_is_not_there() {
    for (operation, code, gone) in [
        ("GetTrailStatus", "TrailNotFoundException", "trail/"),
        ("GetEventDataStore", "EventDataStoreNotFoundException", "eventDataStore/"),
        ("GetChannel", "ChannelNotFoundException", "channel/okta"),
        ("GetDashboard", "ResourceNotFoundException", "dashboard/overview"),
    ] {
        let emulator = emulator(EVERYTHING);
        emulator.set_faults(vec![fault(operation, None, refusal(code))]);
        let live = live(&emulator, &Asks { needed: Kind::ALL.into(), ..Asks::default() }).await;
        assert!(!found(&live).iter().any(|key| key.starts_with(gone)), "{operation}: {:?}", found(&live));
        assert!(!live.found.is_empty() && live.unread.is_empty());
    }
}

#[tokio::test]
async fn two_stores_with_one_name_are_an_error_that_names_both() {
    let stores = "eventDataStores:\n  aaaa: {Name: lake}\n  bbbb: {Name: lake}\n  cccc: {Name: lake, Status: PENDING_DELETION}";
    let asks = Asks { needed: [Kind::EventDataStore].into(), ..Asks::default() };
    let error = reader(&emulator(stores)).await.read(&asks).await.unwrap_err();
    let arns = [own_arn("eventdatastore/aaaa"), own_arn("eventdatastore/bbbb")];
    assert_eq!(error.trouble, Trouble::SameName { key: key("eventDataStore/lake"), arns });
}

#[tokio::test]
async fn transitional_states_read_as_their_destination() {
    let stores = r#"
eventDataStores:
  aaaa: {Name: on, Status: STARTING_INGESTION, Settling: {To: ENABLED, AfterReads: 9}}
  bbbb: {Name: off, Status: STOPPING_INGESTION, Settling: {To: STOPPED_INGESTION, AfterReads: 9}}
  cccc: {Name: federated, Federation: {RoleArn: "arn:aws:iam::111122223333:role/f", Status: ENABLING, Settling: {To: ENABLED, AfterReads: 9}}}
  dddd: {Name: unfederated, Federation: {RoleArn: "arn:aws:iam::111122223333:role/f", Status: DISABLING, Settling: {To: DISABLED, AfterReads: 9}}}
"#;
    let live = live(&emulator(stores), &Asks::default()).await;
    let stores: Vec<_> = live
        .found
        .values()
        .map(|found| match &found.spec {
            Spec::EventDataStore(store) => {
                (store.name.as_str(), store.ingestion_enabled, store.federation_role_arn.is_some())
            }
            spec => panic!("{spec:?}"),
        })
        .collect();
    let expected =
        [("federated", true, true), ("off", false, false), ("on", true, false), ("unfederated", true, false)];
    assert_eq!(stores, expected);
}

#[tokio::test]
async fn a_key_that_cannot_be_resolved_stops_nothing() {
    let emulator = emulator(EVERYTHING);
    emulator.set_switches(Switches { eds_kms_as_alias: true, ..Switches::default() });
    emulator.set_faults(vec![fault("DescribeKey", None, Then::Denied)]);
    let key_arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let asks = Asks { kms_keys: [key_arn.to_owned(), "alias/x".to_owned()].into(), ..Asks::default() };
    let live = live(&emulator, &asks).await;
    assert_eq!(live.kms_keys.keys().collect::<Vec<_>>(), [key_arn]);
    assert!(live.unresolved_keys["alias/x"].ends_with("; allow kms:DescribeKey to the caller"));
    assert_eq!(live.unresolved_keys.len(), 2);
}

/// What is known beside the settings, by ARN, and of nothing that is not ours to write.
#[tokio::test(start_paused = true)]
async fn health_is_read_with_what_it_is_about() {
    let emulator = emulator(
        "
trails:
  audit: {S3BucketName: logs, IsLogging: true, LatestDeliveryError: AccessDenied, LatestDeliveryTime: 1767225600}
  aws-controltower-base: {S3BucketName: logs, IsLogging: true, LatestDeliveryError: AccessDenied}
eventDataStores:
  aaaa:
    Name: lake
    Federation: {RoleArn: \"arn:aws:iam::111122223333:role/f\", Status: DISABLING}
    UpdatedTimestamp: 1767225600
dashboards:
  board: {LastRefreshFailureReason: query failed}
",
    );
    let live = live(&emulator, &Asks::default()).await;
    let time = Time::from_unix(1_767_225_600);
    let delivery = Delivery { error: Some("AccessDenied".to_owned()), time };
    let store = EventDataStoreHealth { federation: Some("DISABLING".to_owned()), updated: time };
    let failure = Some("query failed".to_owned());
    let expected = BTreeMap::from([
        (own_arn("trail/audit"), Health::Trail(TrailHealth { delivery, ..TrailHealth::default() })),
        (own_arn("eventdatastore/aaaa"), Health::EventDataStore(store)),
        (own_arn("dashboard/board"), Health::Dashboard(DashboardHealth { failure })),
    ]);
    assert_eq!(live.health, expected);
}

/// Trails of other regions are listed by one call, and looked at by three each; what is refused is left out.
#[tokio::test(start_paused = true)]
async fn trails_of_other_regions_are_looked_at_from_here() {
    let west =
        "trails:\n  quiet: {S3BucketName: logs}\n  shadow: {S3BucketName: logs, IsMultiRegionTrail: true}\n";
    let emulator = regions(&[(HOME, "trails:\n  audit: {S3BucketName: logs}\n"), ("us-west-2", west)]);
    let seen = |found: Vec<Foreign>| -> Vec<(String, bool)> {
        found.iter().map(|one| (one.arn.to_string(), one.spec.is_some())).collect()
    };
    let arn = |name: &str| format!("arn:aws:cloudtrail:us-west-2:{ACCOUNT}:trail/{name}");
    let reader = reader(&emulator).await;
    let found = reader.trails_elsewhere().await.unwrap();
    assert_eq!(found[0].why, Foreignness::HomeRegion(Region::parse("us-west-2").unwrap()));
    assert_eq!(seen(found), [(arn("quiet"), true), (arn("shadow"), true)]);
    let calls = [("DescribeTrails", 2), ("GetEventSelectors", 2), ("GetTrailStatus", 2), ("ListTrails", 1)];
    assert_eq!(counts(&emulator), counted(&calls));

    emulator.set_switches(Switches { page_size: Some(1), ..Switches::default() });
    emulator.set_faults(vec![fault("GetTrailStatus", Some(2), Then::Denied)]);
    let found = reader.trails_elsewhere().await.unwrap();
    assert_eq!(seen(found), [(arn("quiet"), true), (arn("shadow"), false)]);

    emulator.set_faults(vec![fault("ListTrails", None, Then::Denied)]);
    let error = reader.trails_elsewhere().await.unwrap_err();
    assert_eq!((error.call.name(), error.class), ("ListTrails", Class::Denied));
}
