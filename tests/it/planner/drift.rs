//! Drift: how bad each difference is, which health counts, and what nobody declared.

use super::{World, arn, channel, dashboard, key, live_channel, policy, store, tags, trail};
use trailkeeper::name::{AccountId, Region, Time};
use trailkeeper::plan::drift::{Drift, drift};
use trailkeeper::plan::unmanaged::unmanaged;
use trailkeeper::resource::channel::ChannelHealth;
use trailkeeper::resource::trail::{Delivery, TrailHealth};
use trailkeeper::resource::{EventDataStore, Health, Parent, Severity, Spec, Text, Trail};
use trailkeeper::state::{Foreign, Foreignness};

const NOW: i64 = 1_795_165_200;
const DAY: i64 = 24 * 60 * 60;

fn at(seconds: i64) -> Time {
    Time::from_unix(seconds).unwrap()
}

fn seen(world: &World) -> Drift {
    drift(&world.plan(), &world.live, at(NOW))
}

/// Severity and key of each difference, and the severity of each of its settings.
fn differences(world: &World) -> Vec<String> {
    let seen = seen(world);
    let one = |(key, difference): (&_, &trailkeeper::plan::drift::Difference)| {
        let fields: Vec<String> = difference
            .fields
            .iter()
            .map(|field| format!("{} {}", field.severity, field.change.path))
            .collect();
        format!("{} {key}: {}", difference.severity, fields.join(", "))
    };
    seen.differences.iter().map(one).collect()
}

/// A trail that is declared as [`trail`] makes it, and is live with these changes.
fn changed(change: impl Fn(&mut Trail)) -> World {
    let mut live = trail("audit");
    change(&mut live);
    World::new().declare(Spec::Trail(trail("audit"))).ours(Spec::Trail(live))
}

/// Health of the trail `audit`, which is as declared.
fn with_health(health: TrailHealth) -> World {
    let mut world = changed(|_| {});
    world.live.health.insert(arn(&key("trail/audit")), Health::Trail(health));
    world
}

#[test]
fn what_weakens_recording_or_evidence_is_critical_and_what_does_not_a_warning() {
    assert_eq!(
        differences(&changed(|live| live.is_logging = false)),
        ["critical trail/audit: critical isLogging"]
    );
    let seen = differences(&changed(|live| {
        live.s3_bucket_name = "elsewhere".to_owned();
        live.enable_log_file_validation = false;
        live.is_multi_region_trail = false;
        live.s3_key_prefix = Some("new".to_owned());
        live.recursive_logging = false;
        live.tags = tags(&[("team", "ops")]);
    }));
    let expected = "critical trail/audit: critical s3BucketName, warning s3KeyPrefix, critical isMultiRegionTrail, \
                    critical enableLogFileValidation, warning recursiveLogging, info tags.team";
    assert_eq!(seen, [expected]);
    let seen = differences(&changed(|live| live.tags = tags(&[("team", "ops")])));
    assert_eq!(seen, ["info trail/audit: info tags.team"]);
}

#[test]
fn what_is_missing_is_as_bad_as_what_it_would_record() {
    let world = World::new()
        .declare(Spec::Trail(trail("audit")))
        .declare(Spec::Trail(Trail { is_logging: false, ..trail("off") }))
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Dashboard(dashboard("board", Text::plain("SELECT 1"))));
    let severities: Vec<String> = seen(&world)
        .differences
        .iter()
        .map(|(key, difference)| format!("{} {key}", difference.severity))
        .collect();
    let expected = [
        "critical trail/audit",
        "warning trail/off",
        "critical eventDataStore/lake",
        "warning dashboard/board",
    ];
    assert_eq!(severities, expected);
}

#[test]
fn a_sender_that_is_shut_out_is_critical_and_so_is_everybody_let_in() {
    let world = |account: &str| {
        World::new()
            .declare(Spec::EventDataStore(store("lake")))
            .declare(Spec::Channel(channel("okta", "Okta", "lake")))
            .declare(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
            .ours(Spec::EventDataStore(store("lake")))
            .ours(Spec::Channel(live_channel("okta", "Okta", "lake")))
            .ours(Spec::Policy(policy(Parent::Channel, "okta", account)))
    };
    for account in ["777788889999", "*"] {
        let expected = ["critical policy/channel/okta: critical resourcePolicy"];
        assert_eq!(differences(&world(account)), expected, "{account}");
    }
    let open = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Policy(policy(Parent::EventDataStore, "lake", "*")));
    assert_eq!(differences(&open), ["critical policy/eventDataStore/lake: warning resourcePolicy"]);
    let named = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Policy(policy(Parent::EventDataStore, "lake", "444455556666")));
    assert_eq!(differences(&named), ["warning policy/eventDataStore/lake: warning resourcePolicy"]);
}

#[test]
fn a_channel_for_another_source_is_none_for_the_declared_one() {
    let world = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("okta", "OneLogin", "lake")));
    assert_eq!(differences(&world), ["critical channel/okta: warning source"]);
    assert_eq!(seen(&world).differences[&key("channel/okta")].losses, ["events from Okta stop"]);
}

#[test]
fn what_cloudtrail_cannot_take_back_is_a_warning_when_it_has_happened() {
    let key = Some("arn:aws:kms:us-east-1:111122223333:key/a".to_owned());
    let world = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours(Spec::EventDataStore(EventDataStore { kms_key_id: key, ..store("lake") }));
    assert_eq!(differences(&world), ["warning eventDataStore/lake: warning kmsKeyId"]);
    let world = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours(Spec::EventDataStore(EventDataStore { retention_period: 30, ..store("lake") }));
    assert_eq!(differences(&world), ["critical eventDataStore/lake: critical retentionPeriod"]);
}

#[test]
fn a_trail_that_another_manifest_claims_is_a_warning_and_an_adoption_bookkeeping() {
    let world = World::new().declare(Spec::Trail(trail("audit"))).theirs(Spec::Trail(trail("audit")));
    assert_eq!(differences(&world), ["warning trail/audit: warning tags.trailkeeper:manifest"]);
    let world = World::new().declare(Spec::Trail(trail("audit"))).untagged(Spec::Trail(trail("audit")));
    let expected = "info trail/audit: info tags.trailkeeper:manifest, info tags.trailkeeper:name";
    assert_eq!(differences(&world), [expected]);
}

#[test]
fn a_delivery_that_fails_counts_unless_health_is_ignored() {
    let delivery = Delivery { error: Some("AccessDenied".to_owned()), time: Some(at(NOW - DAY)) };
    let world = with_health(TrailHealth { delivery, ..TrailHealth::default() });
    let seen = seen(&world);
    assert_eq!(seen.worst(), Some(Severity::Critical));
    assert!(seen.counts(None, false) && seen.counts(Some(Severity::Critical), false));
    assert!(!seen.counts(None, true) && !seen.counts(Some(Severity::Info), true));
    let [complaint] = seen.complaints.as_slice() else { panic!("{seen:?}") };
    assert_eq!(complaint.symptom.text, "log files do not reach bucket logs: AccessDenied");
    assert_eq!(complaint.symptom.last_success, Some(at(NOW - DAY)));
}

#[test]
fn an_interruption_counts_for_three_days_and_is_told_for_ever() {
    let gap = |ended: i64| {
        let (stopped, started) = (Some(at(ended - 60)), Some(at(ended)));
        seen(&with_health(TrailHealth { stopped, started, ..TrailHealth::default() }))
    };
    let severity = |seen: &Drift| seen.complaints[0].symptom.severity;
    assert!(gap(NOW - 3 * DAY).counts(None, false));
    let old = gap(NOW - 3 * DAY - 1);
    assert_eq!(severity(&old), Severity::Info);
    assert!(!old.counts(None, false) && old.counts(Some(Severity::Info), false));
    // A clock that is behind the service's does not make an interruption old.
    assert_eq!(severity(&gap(NOW + 100)), Severity::Warning);
    let never = TrailHealth { started: Some(at(NOW - 60)), ..TrailHealth::default() };
    assert_eq!(seen(&with_health(never)).complaints, []);
}

#[test]
fn what_is_to_go_need_not_work() {
    let failing = ChannelHealth { error: Some("InvalidEventData".to_owned()), ..ChannelHealth::default() };
    let mut world = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("okta", "Okta", "lake")));
    world.live.health.insert(arn(&key("channel/okta")), Health::Channel(failing));
    assert_eq!(seen(&world).complaints.len(), 1, "kept, so that it should work");
    let world = world.remove("channel/okta");
    assert_eq!(seen(&world).complaints, []);
    assert_eq!(seen(&world).differences[&key("channel/okta")].severity, Severity::Warning);
}

#[test]
fn severities_are_counted_from_the_limit_on() {
    let seen = seen(&changed(|live| live.s3_key_prefix = Some("new".to_owned())));
    let counts = |limit| seen.counts(limit, false);
    assert!(counts(None) && counts(Some(Severity::Info)) && counts(Some(Severity::Warning)));
    assert!(!counts(Some(Severity::Critical)));
}

#[test]
fn nothing_of_ours_is_unmanaged_whatever_it_is_called_and_nothing_is_listed_twice() {
    let shadow = Trail { is_logging: false, ..trail("shadow") };
    let region = Foreignness::HomeRegion(Region::parse("eu-west-1").unwrap());
    let world = World::new()
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .declare(Spec::EventDataStore(store("lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours_as(Spec::Channel(live_channel("renamed", "Okta", "lake")), "okta")
        .untagged(Spec::Dashboard(dashboard("board", Text::plain("SELECT 1"))))
        .theirs(Spec::Trail(trail("payments")))
        .foreign(Spec::Trail(shadow.clone()), region.clone())
        .foreign(Spec::Trail(trail("org")), Foreignness::Account(AccountId::parse("999900001111").unwrap()))
        .pending("dropped", "x")
        .remove("eventDataStore/gone")
        .pending("gone", "y");
    let again = Foreign {
        key: key("trail/shadow"),
        arn: arn(&key("trail/shadow")),
        why: region,
        spec: Some(Box::new(Spec::Trail(shadow))),
    };
    let list = unmanaged(&world.plan(), &world.desired, &world.live, &[again]);
    let listed: Vec<String> = list.iter().map(|one| format!("{} {}", one.key, one.remarks.len())).collect();
    let expected = [
        "trail/org 1",
        "trail/payments 1",
        "trail/shadow 2",
        "eventDataStore/dropped 1",
        "dashboard/board 0",
    ];
    assert_eq!(listed, expected);
}
