//! Doubt: an answer that never arrived, or a name that is taken. What was done is found out, not guessed.

use super::perform::{create_channel, create_dashboard, create_store, create_trail, perform};
use super::*;
use trailkeeper::aws::{Class, Writer};
use trailkeeper::resource::channel::ChannelAction;
use trailkeeper::resource::event_data_store::EventDataStoreAction;
use trailkeeper::resource::policy::PolicyAction;
use trailkeeper::resource::{Action, Text};
use trailkeeper::state::Bindings;

/// Everything that can be created, in order.
fn creates() -> Vec<(Key, Action)> {
    let store = "eventDataStore/partners";
    vec![
        (key("trail/audit"), create_trail("audit")),
        (key(store), create_store("partners", "ActivityAuditLog")),
        (key("channel/okta"), create_channel("okta", store)),
        (key("dashboard/overview"), create_dashboard("overview", store)),
    ]
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_found_and_not_made_twice() {
    let emulator = Emulator::new(ACCOUNT);
    let reader = reader(&emulator).await;
    let writer = Writer::new(&reader);
    let mut bindings = Bindings::default();
    for (key, action) in creates() {
        emulator.set_faults(vec![fault(action.call().name(), Some(1), Then::Lost)]);
        let made =
            perform(&writer, &mut bindings, &key, &action).await.unwrap_or_else(|error| panic!("{error}"));
        assert!(made.is_some(), "{key}");
    }
    emulator.set_faults(Vec::new());
    let live = reader.read(&Asks::default()).await.unwrap();
    let keys: Vec<String> = creates().iter().map(|(key, _)| key.to_string()).collect();
    assert_eq!(found(&live), keys);
    for (key, found) in &live.found {
        assert_eq!(bindings.arn(key), Some(&found.arn));
    }
}

#[tokio::test]
async fn creates_that_are_not_idempotent_are_sent_once_unless_throttled() {
    for (key, action) in creates() {
        let name = action.call().name();
        let attempts = |then| {
            let (key, action) = (key.clone(), action.clone());
            async move {
                let emulator = Emulator::new(ACCOUNT);
                let writer = Writer::new(&reader(&emulator).await);
                let mut bindings = Bindings::default();
                bindings.bind(&super::key("eventDataStore/partners"), own_arn("eventdatastore/none"));
                emulator.set_faults(vec![fault(name, None, then)]);
                let failure = writer.perform(&key, &action, &bindings).await.unwrap_err();
                (counts(&emulator)[name], failure.is_in_doubt())
            }
        };
        let once = matches!(name, "CreateEventDataStore" | "CreateChannel");
        let (sent, maybe_done) = attempts(Then::Unavailable).await;
        assert!(maybe_done && if once { sent == 1 } else { sent > 6 }, "{name}: {sent}");
        let (throttled, maybe_done) = attempts(Then::ThrottledForever).await;
        assert!(throttled > 6 && !maybe_done, "{name}: {throttled}");
    }
}

#[tokio::test]
async fn a_name_that_somebody_else_has_is_a_failure_that_names_them() {
    let emulator = emulator("trails:\n  audit: {S3BucketName: logs}\neventDataStores:\n  aaaa: {Name: lake}");
    let writer = Writer::new(&reader(&emulator).await);
    let creates = [
        (key("trail/audit"), create_trail("audit"), "trail/audit"),
        (key("eventDataStore/lake"), create_store("lake", "Management"), "eventdatastore/aaaa"),
    ];
    for (key, action, arn) in creates {
        let failure = writer.perform(&key, &action, &Bindings::default()).await.unwrap_err();
        assert_eq!((failure.error.class, failure.is_in_doubt()), (Class::AlreadyExists, false));
        let remark = format!("(the name belongs to {}, which is not ours)", own_arn(arn));
        assert!(failure.to_string().ends_with(&remark), "{failure}");
    }
}

#[tokio::test]
async fn one_of_ours_that_is_not_as_sent_is_not_taken_for_the_new_one() {
    let tags = r#"Tags: {"trailkeeper:manifest": baseline, "trailkeeper:name": audit}"#;
    let trail = format!("trails:\n  audit: {{S3BucketName: elsewhere, {tags}}}");
    let emulator = emulator(&trail);
    let writer = Writer::new(&reader(&emulator).await);
    let failure =
        writer.perform(&key("trail/audit"), &create_trail("audit"), &Bindings::default()).await.unwrap_err();
    assert!(failure.to_string().ends_with("is ours, but not as it was sent; plan again)"), "{failure}");
    assert!(!failure.is_in_doubt());
}

#[tokio::test]
async fn a_stale_list_hides_what_was_made_only_for_a_while() {
    let emulator = Emulator::new(ACCOUNT);
    let writer = Writer::new(&reader(&emulator).await);
    let (lake, create) = (key("eventDataStore/lake"), create_store("lake", "Management"));
    let then = Then::Stale { reads: 4 };
    emulator.set_faults(vec![fault("CreateEventDataStore", Some(1), then)]);
    let mut bindings = Bindings::default();
    assert!(perform(&writer, &mut bindings, &lake, &create).await.unwrap().is_some());
}

#[tokio::test]
async fn deleting_what_is_gone_is_done() {
    let emulator = Emulator::new(ACCOUNT);
    let writer = Writer::new(&reader(&emulator).await);
    let mut bindings = Bindings::default();
    let deletes = [
        ("trail/a", "trail/a", Action::Trail(trailkeeper::resource::TrailAction::Delete)),
        ("eventDataStore/a", "eventdatastore/aaaa", Action::EventDataStore(EventDataStoreAction::Delete)),
        ("channel/a", "channel/bbbb", Action::Channel(ChannelAction::Delete)),
        ("policy/channel/a", "channel/bbbb", Action::Policy(PolicyAction::Delete)),
        ("dashboard/a", "dashboard/a", Action::Dashboard(trailkeeper::resource::DashboardAction::Delete)),
    ];
    for (text, arn, action) in deletes {
        bindings.bind(&key(text), own_arn(arn));
        assert_eq!(writer.perform(&key(text), &action, &bindings).await, Ok(None), "{text}");
    }
}

#[tokio::test]
async fn a_change_of_state_whose_answer_is_lost_is_found_done() {
    let emulator = emulator("eventDataStores:\n  aaaa: {Name: lake, TerminationProtectionEnabled: false}");
    let writer = Writer::new(&reader(&emulator).await);
    let lake = key("eventDataStore/lake");
    let mut bindings = Bindings::default();
    bindings.bind(&lake, own_arn("eventdatastore/aaaa"));
    for action in [
        EventDataStoreAction::StopIngestion,
        EventDataStoreAction::StartIngestion,
        EventDataStoreAction::EnableFederation("arn:aws:iam::111122223333:role/f".to_owned()),
        EventDataStoreAction::DisableFederation,
        EventDataStoreAction::Delete,
        EventDataStoreAction::Restore,
    ] {
        let action = Action::EventDataStore(action);
        emulator.set_faults(vec![fault(action.call().name(), Some(1), Then::Lost)]);
        let done = writer.perform(&lake, &action, &bindings).await;
        assert_eq!(done, Ok(None), "{}", action.call());
    }
}

#[tokio::test]
async fn a_deletion_under_protection_is_refused_and_nothing_is_claimed() {
    let emulator = emulator(
        "eventDataStores:\n  aaaa: {Name: lake}\ndashboards:\n  overview: {TerminationProtectionEnabled: true}",
    );
    let writer = Writer::new(&reader(&emulator).await);
    let mut bindings = Bindings::default();
    bindings.bind(&key("eventDataStore/lake"), own_arn("eventdatastore/aaaa"));
    bindings.bind(&key("dashboard/overview"), own_arn("dashboard/overview"));
    let store = Action::EventDataStore(EventDataStoreAction::Delete);
    let failure = writer.perform(&key("eventDataStore/lake"), &store, &bindings).await.unwrap_err();
    assert!(failure.error.has_code("EventDataStoreTerminationProtectedException") && !failure.is_in_doubt());
    let dashboard = Action::Dashboard(trailkeeper::resource::DashboardAction::Delete);
    let failure = writer.perform(&key("dashboard/overview"), &dashboard, &bindings).await.unwrap_err();
    assert_eq!((failure.error.class, failure.is_in_doubt()), (Class::Permanent, false), "{failure}");
    assert_eq!(counts(&emulator)["DeleteDashboard"], 1);
}

#[tokio::test]
async fn an_update_without_an_answer_may_have_been_done() {
    let emulator = emulator("channels: {}");
    let writer = Writer::new(&reader(&emulator).await);
    let mut bindings = Bindings::default();
    bindings.bind(&key("channel/okta"), own_arn("channel/aaaa"));
    emulator.set_faults(vec![fault("PutResourcePolicy", None, Then::Reset)]);
    let put = Action::Policy(PolicyAction::Put(Text::plain("{}")));
    let failure = writer.perform(&key("policy/channel/okta"), &put, &bindings).await.unwrap_err();
    assert_eq!((failure.error.class, failure.is_in_doubt()), (Class::Unknown, true));
}

#[tokio::test]
async fn a_stale_list_that_shows_the_one_before_does_not_tell_that_the_new_one_failed() {
    let emulator = Emulator::new(ACCOUNT);
    let writer = Writer::new(&reader(&emulator).await);
    let mut bindings = Bindings::default();
    let [_, (store, make_store), (channel, make_channel), _] = creates().try_into().unwrap();
    perform(&writer, &mut bindings, &store, &make_store).await.unwrap();
    let Action::Channel(ChannelAction::Create { name, destinations, tags, .. }) = make_channel.clone() else {
        panic!("{make_channel:?}");
    };
    let source = "OktaSystemLogEvents".to_owned();
    let before = Action::Channel(ChannelAction::Create { name, source, destinations, tags });
    perform(&writer, &mut bindings, &channel, &before).await.unwrap();

    // The reads after the deletion still show what was deleted, and the answer to the new one is lost.
    emulator.set_faults(vec![
        fault("DeleteChannel", Some(1), Then::Stale { reads: 4 }),
        fault("CreateChannel", Some(1), Then::Lost),
    ]);
    let delete = Action::Channel(ChannelAction::Delete);
    perform(&writer, &mut bindings, &channel, &delete).await.unwrap();
    let made = perform(&writer, &mut bindings, &channel, &make_channel).await.unwrap();
    assert!(made.is_some());
    assert_eq!(counts(&emulator)["CreateChannel"], 2);
}
