//! Actions on their way: exactly the announced request is sent, and the answer is waited for.

use super::*;
use std::collections::BTreeSet;
use trailkeeper::aws::{Class, Failure, Writer};
use trailkeeper::resource::channel::ChannelAction;
use trailkeeper::resource::dashboard::{
    DashboardAction, DashboardSettings, Frequency, RefreshSchedule, Widget,
};
use trailkeeper::resource::event_data_store::{
    ContextKeySelector, EventDataStoreAction, EventDataStoreSettings, MaxEventSize,
};
use trailkeeper::resource::policy::PolicyAction;
use trailkeeper::resource::selector::*;
use trailkeeper::resource::trail::{TrailAction, TrailSettings};
use trailkeeper::resource::{Action, Part, Text};
use trailkeeper::state::Bindings;

pub(super) fn create_trail(name: &str) -> Action {
    Action::Trail(TrailAction::Create {
        name: Name::new(name),
        settings: Box::new(TrailSettings {
            s3_bucket_name: Some("logs".to_owned()),
            sns_topic_name: Some("news".to_owned()),
            kms_key_id: Some("alias/trail".to_owned()),
            is_multi_region_trail: Some(true),
            ..TrailSettings::default()
        }),
        tags: our_tags(name),
    })
}

fn category(category: &str) -> AdvancedEventSelector {
    let field = FieldSelector {
        field: "eventCategory".to_owned(),
        equals: vec![category.to_owned()],
        ..FieldSelector::default()
    };
    AdvancedEventSelector { name: None, field_selectors: vec![field] }
}

pub(super) fn create_store(name: &str, class: &str) -> Action {
    Action::EventDataStore(EventDataStoreAction::Create {
        settings: Box::new(EventDataStoreSettings {
            name: Some(Name::new(name)),
            advanced_event_selectors: Some(vec![category(class)]),
            multi_region_enabled: Some(class == "Management"),
            organization_enabled: Some(false),
            retention_period: Some(90),
            termination_protection_enabled: Some(false),
            ..EventDataStoreSettings::default()
        }),
        start_ingestion: true,
        tags: our_tags(name),
    })
}

pub(super) fn create_channel(name: &str, store: &str) -> Action {
    Action::Channel(ChannelAction::Create {
        name: Name::new(name),
        source: "Custom".to_owned(),
        destinations: vec![Text::arn(key(store))],
        tags: our_tags(name),
    })
}

pub(super) fn create_dashboard(name: &str, store: &str) -> Action {
    let statement = Text::new([
        Part::Lit("SELECT eventName FROM ".to_owned()),
        Part::Id(key(store)),
        Part::Lit(" WHERE eventTime > '?'".to_owned()),
    ]);
    let properties = [("Height", "2"), ("Width", "4"), ("Title", "Names"), ("View", "Table")];
    let widget = Widget {
        query_statement: statement,
        query_parameters: vec!["$StartTime$".to_owned()],
        view_properties: properties.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
    };
    Action::Dashboard(DashboardAction::Create {
        name: Name::new(name),
        settings: Box::new(DashboardSettings {
            widgets: Some(vec![widget]),
            refresh_schedule: None,
            termination_protection_enabled: Some(false),
        }),
        tags: our_tags(name),
    })
}

fn store(action: EventDataStoreAction) -> Action {
    Action::EventDataStore(action)
}

fn channel_policy(channel: &str) -> Action {
    let before = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"cloudtrail-data:PutAuditEvents","Resource":""#;
    let document = [Part::Lit(before.to_owned()), Part::Arn(key(channel)), Part::Lit(r#""}]}"#.to_owned())];
    Action::Policy(PolicyAction::Put(Text::new(document)))
}

/// A life of everything: every action that there is, in an order in which the service takes them.
fn a_whole_life() -> Vec<(Key, Action)> {
    let insights = vec![InsightSelector {
        insight_type: "ApiCallRateInsight".to_owned(),
        event_categories: vec!["Management".to_owned()],
    }];
    let role = "arn:aws:iam::111122223333:role/federation".to_owned();
    let (trail, lake) = (key("trail/audit"), key("eventDataStore/lake"));
    let (sink, partners) = (key("eventDataStore/sink"), key("eventDataStore/partners"));
    let (channel, policy) = (key("channel/okta"), key("policy/channel/okta"));
    let dashboard = key("dashboard/overview");
    let data = EventSelector {
        read_write_type: "All".to_owned(),
        include_management_events: true,
        data_resources: vec![DataResource {
            r#type: "AWS::S3::Object".to_owned(),
            values: vec!["arn:aws:s3:::bucket/".to_owned()],
        }],
        exclude_management_event_sources: Vec::new(),
    };
    let aggregation = AggregationConfiguration {
        event_category: "Data".to_owned(),
        templates: vec!["API_ACTIVITY".to_owned()],
    };
    let update = TrailSettings {
        s3_key_prefix: Some("a".to_owned()),
        kms_key_id: Some(String::new()),
        ..TrailSettings::default()
    };
    let retention =
        EventDataStoreSettings { retention_period: Some(365), ..EventDataStoreSettings::default() };
    let schedule = RefreshSchedule {
        frequency: Some(Frequency { unit: "HOURS".to_owned(), value: 6 }),
        status: "ENABLED".to_owned(),
        time_of_day: Some("01:00".to_owned()),
    };
    let scheduled = DashboardSettings { refresh_schedule: Some(schedule), ..DashboardSettings::default() };
    let context = ContextKeySelector { r#type: "TagContext".to_owned(), equals: vec!["team".to_owned()] };
    let refresh = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"cloudtrail:StartDashboardRefresh"}]}"#;
    vec![
        (trail.clone(), create_trail("audit")),
        (trail.clone(), Action::Trail(TrailAction::PutEventSelectors(Selectors::Basic(vec![data])))),
        (trail.clone(), Action::Trail(TrailAction::PutInsightSelectors(insights.clone()))),
        (trail.clone(), Action::Trail(TrailAction::PutEventConfiguration(vec![aggregation]))),
        (trail.clone(), Action::Trail(TrailAction::StartLogging)),
        (trail.clone(), Action::Trail(TrailAction::Update(Box::new(update)))),
        (trail.clone(), Action::Trail(TrailAction::PutEventConfiguration(Vec::new()))),
        (
            trail.clone(),
            Action::Trail(TrailAction::PutEventSelectors(Selectors::Advanced(vec![category("Management")]))),
        ),
        (trail.clone(), Action::AddTags([("team".to_owned(), "a".to_owned())].into())),
        (trail.clone(), Action::RemoveTags(BTreeSet::from(["team".to_owned()]))),
        (trail.clone(), Action::Trail(TrailAction::StopLogging)),
        (sink.clone(), create_store("sink", "Insight")),
        (lake.clone(), create_store("lake", "Management")),
        (
            lake.clone(),
            store(EventDataStoreAction::PutInsightSelectors {
                selectors: insights,
                destination: Some(Text::arn(sink.clone())),
            }),
        ),
        (
            lake.clone(),
            store(EventDataStoreAction::PutEventConfiguration {
                max_event_size: MaxEventSize::Large,
                context_key_selectors: vec![context],
            }),
        ),
        (lake.clone(), store(EventDataStoreAction::Update(Box::new(retention)))),
        (lake.clone(), store(EventDataStoreAction::StopIngestion)),
        (lake.clone(), store(EventDataStoreAction::StartIngestion)),
        (lake.clone(), store(EventDataStoreAction::EnableFederation(role))),
        (lake.clone(), store(EventDataStoreAction::DisableFederation)),
        (partners.clone(), create_store("partners", "ActivityAuditLog")),
        (channel.clone(), create_channel("okta", "eventDataStore/partners")),
        (policy.clone(), channel_policy("channel/okta")),
        (
            channel.clone(),
            Action::Channel(ChannelAction::Update {
                name: Some(Name::new("okta-2")),
                destinations: Some(vec![Text::arn(partners.clone())]),
            }),
        ),
        (dashboard.clone(), create_dashboard("overview", "eventDataStore/lake")),
        (key("policy/dashboard/overview"), Action::Policy(PolicyAction::Put(Text::plain(refresh)))),
        (dashboard.clone(), Action::Dashboard(DashboardAction::Update(Box::new(scheduled)))),
        (dashboard, Action::Dashboard(DashboardAction::Delete)),
        (policy, Action::Policy(PolicyAction::Delete)),
        (channel, Action::Channel(ChannelAction::Delete)),
        (partners, store(EventDataStoreAction::Delete)),
        (lake.clone(), store(EventDataStoreAction::Delete)),
        (lake, store(EventDataStoreAction::Restore)),
        (trail, Action::Trail(TrailAction::Delete)),
    ]
}

/// Performs one action, and remembers what it made.
pub(super) async fn perform(
    writer: &Writer,
    bindings: &mut Bindings,
    key: &Key,
    action: &Action,
) -> Result<Option<Arn>, Failure> {
    let created = writer.perform(key, action, bindings).await?;
    if let Some(arn) = created.clone() {
        bindings.bind(key, arn);
    }
    Ok(created)
}

fn writes(emulator: &Emulator) -> Vec<(String, serde_json::Value)> {
    let reads = ["Get", "List", "Describe"];
    let calls = emulator.calls().into_iter();
    let writes = calls.filter(|call| !reads.iter().any(|verb| call.operation.starts_with(verb)));
    writes.map(|call| (call.operation, call.request)).collect()
}

#[tokio::test]
async fn the_announced_request_is_sent_and_nothing_else_is_written() {
    let emulator = Emulator::new(ACCOUNT);
    let writer = Writer::new(&reader(&emulator).await);
    let mut bindings = Bindings::default();
    let mut calls = BTreeSet::new();
    for (key, action) in a_whole_life() {
        emulator.clear_calls();
        let announced = action.request(&key, &|text| bindings.spell(text));
        perform(&writer, &mut bindings, &key, &action).await.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(writes(&emulator), [(action.call().to_string(), announced)], "{key}");
        calls.insert(action.call());
    }
    let every = trailkeeper::resource::Call::ALL.into_iter().filter(|call| call.writes());
    assert_eq!(calls, every.collect());
}

#[tokio::test]
async fn creates_answer_their_arn_and_a_store_takes_events_in_when_it_is_done() {
    let emulator = Emulator::new(ACCOUNT);
    let reader = reader(&emulator).await;
    let writer = Writer::new(&reader);
    let lake = key("eventDataStore/lake");
    let made = writer.perform(&lake, &create_store("lake", "Management"), &Bindings::default()).await;
    let live = reader.read(&Asks::default()).await.unwrap();
    assert_eq!(made.unwrap(), Some(live.found[&lake].arn.clone()));
    assert!(emulator.snapshot().contains("Status: ENABLED"), "{}", emulator.snapshot());
}

#[tokio::test]
async fn without_its_arn_nothing_is_sent() {
    let emulator = Emulator::new(ACCOUNT);
    let writer = Writer::new(&reader(&emulator).await);
    let delete = Action::Trail(TrailAction::Delete);
    let failure = writer.perform(&key("trail/audit"), &delete, &Bindings::default()).await.unwrap_err();
    assert_eq!(failure.to_string(), "DeleteTrail for trail/audit: the ARN of trail/audit is not known");
    assert_eq!(emulator.calls(), []);
}

#[tokio::test]
async fn a_store_on_its_way_is_waited_for_before_the_call() {
    let emulator = emulator(
        "eventDataStores:\n  aaaa: {Name: lake, Status: STARTING_INGESTION, Settling: {To: ENABLED, AfterReads: 3}}",
    );
    let writer = Writer::new(&reader(&emulator).await);
    let lake = key("eventDataStore/lake");
    let mut bindings = Bindings::default();
    bindings.bind(&lake, own_arn("eventdatastore/aaaa"));
    writer.perform(&lake, &store(EventDataStoreAction::StopIngestion), &bindings).await.unwrap();
    let stops: Vec<_> =
        emulator.calls().into_iter().filter(|call| call.operation.starts_with("Stop")).collect();
    assert_eq!(stops.len(), 1);
    assert_eq!(stops[0].error, None);
    assert!(emulator.snapshot().contains("Status: STOPPED_INGESTION"), "{}", emulator.snapshot());
}

#[tokio::test]
async fn what_has_just_been_made_may_not_be_found_at_once() {
    let emulator = emulator("trails:\n  audit: {S3BucketName: logs}");
    let writer = Writer::new(&reader(&emulator).await);
    let mut bindings = Bindings::default();
    bindings.bind(&key("trail/audit"), own_arn("trail/audit"));
    emulator.set_faults(vec![fault("StartLogging", Some(1), refusal("TrailNotFoundException"))]);
    let start = Action::Trail(TrailAction::StartLogging);
    assert_eq!(writer.perform(&key("trail/audit"), &start, &bindings).await, Ok(None));
    assert_eq!(counts(&emulator), counted(&[("StartLogging", 2)]));
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_lasts_is_told() {
    let passing = [
        Then::Conflict { times: 3 },
        Then::Throttled { times: 8 },
        refusal("InsufficientS3BucketPolicyException"),
    ];
    for then in passing {
        let emulator = Emulator::new(ACCOUNT);
        let writer = Writer::new(&reader(&emulator).await);
        emulator.set_faults(vec![fault("CreateTrail", Some(1), then)]);
        let made = writer.perform(&key("trail/audit"), &create_trail("audit"), &Bindings::default()).await;
        assert_eq!(made.unwrap(), Some(own_arn("trail/audit")));
    }
    let lasting = [
        (Then::ThrottledForever, Class::Throttled, "still so after every attempt"),
        (refusal("InsufficientS3BucketPolicyException"), Class::Dependency, "still so after every attempt"),
        (refusal("ConflictException"), Class::Busy, "still so after every attempt"),
        (Then::Denied, Class::Denied, ""),
        (refusal("MaximumNumberOfTrailsExceededException"), Class::Permanent, ""),
    ];
    for (then, class, remark) in lasting {
        let emulator = Emulator::new(ACCOUNT);
        let writer = Writer::new(&reader(&emulator).await);
        emulator.set_faults(vec![fault("CreateTrail", None, then.clone())]);
        let made = writer.perform(&key("trail/audit"), &create_trail("audit"), &Bindings::default()).await;
        let failure = made.unwrap_err();
        assert_eq!((failure.error.class, failure.is_in_doubt()), (class, false), "{then:?}");
        assert!(failure.to_string().contains(remark), "{failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_waited_for_is_told_and_may_be_given_up() {
    let emulator = Emulator::new(ACCOUNT);
    emulator.set_faults(vec![fault("CreateTrail", None, refusal("InsufficientS3BucketPolicyException"))]);
    let writer = Writer::new(&reader(&emulator).await);
    let told = std::cell::RefCell::new(Vec::new());
    let twice = |cause: &str| {
        told.borrow_mut().push(cause.to_owned());
        told.borrow().len() < 3
    };
    let (audit, create) = (key("trail/audit"), create_trail("audit"));
    let failure = writer.perform_while(&audit, &create, &Bindings::default(), &twice).await.unwrap_err();
    let cause = "InsufficientS3BucketPolicyException: as the test wants it";
    assert_eq!(told.into_inner(), [cause; 3]);
    assert!(!failure.is_in_doubt());
    let message = "as the test wants it (not waited for, because the run was interrupted)";
    assert_eq!(failure.error.message, message);
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_counts_when_its_end_is_not_waited_for() {
    let emulator = Emulator::new(ACCOUNT);
    let writer = Writer::new(&reader(&emulator).await);
    let (lake, create) = (key("eventDataStore/lake"), create_store("lake", "Management"));
    let made = writer.perform_while(&lake, &create, &Bindings::default(), &|_| false).await;
    assert!(made.unwrap().is_some());
}
