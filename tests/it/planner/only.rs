//! `--only`: some resources, what they need, and nobody else's guards.

use super::{NONE, World, channel, key, live_channel, notes, policy, refusals, rows, steps, store, trail};
use std::collections::BTreeSet;
use trailkeeper::plan::{Plan, decide_only};
use trailkeeper::resource::insight::InsightSelector;
use trailkeeper::resource::{EventDataStore, Parent, Spec, Text, Trail};

fn only(world: &World, keys: &[&str]) -> Plan {
    let keys: BTreeSet<_> = keys.iter().map(|text| key(text)).collect();
    decide_only(&world.desired, &world.live, &world.options, &keys).unwrap().plan
}

/// Everything is missing, but for a trail that shall stop.
fn world() -> World {
    World::new()
        .declare(Spec::Trail(Trail { is_logging: false, ..trail("audit") }))
        .ours(Spec::Trail(trail("audit")))
        .declare(Spec::Trail(Trail { is_multi_region_trail: false, ..trail("second") }))
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .declare(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .declare(Spec::Channel(channel("other", "Custom", "lake")))
}

#[test]
fn nothing_named_means_everything() {
    let world = world();
    assert_eq!(only(&world, &[]), world.plan());
}

#[test]
fn a_resource_comes_with_what_it_refers_to_and_its_policy() {
    let expected = [
        "1 eventDataStore/lake CreateEventDataStore []",
        "2 channel/okta CreateChannel [1]",
        "3 policy/channel/okta PutResourcePolicy [2]",
    ];
    for named in ["channel/okta", "policy/channel/okta"] {
        let plan = only(&world(), &[named]);
        assert_eq!(steps(&plan), expected, "{named}");
        assert_eq!(refusals(&plan), NONE);
        assert_eq!(notes(&plan), ["note : 3 other changes are left out by --only (1 refused)"]);
        assert!(plan.checked.is_empty());
    }
}

#[test]
fn what_is_named_keeps_its_guards() {
    let plan = only(&world(), &["trail/audit"]);
    assert_eq!(rows(&plan), ["trail/audit update weakens: isLogging"]);
    assert_eq!(plan.refusals.len(), 1);
    assert_eq!(notes(&plan), ["note : 4 other changes are left out by --only"]);
    assert_eq!(plan.checked.len(), 1);
}

#[test]
fn references_lead_on_over_what_does_not_change() {
    let sink = |retention_period| Spec::EventDataStore(EventDataStore { retention_period, ..store("sink") });
    let insight =
        InsightSelector { insight_type: "ApiCallRateInsight".to_owned(), event_categories: Vec::new() };
    let watched = |destination: Text| {
        let insight_selectors = vec![insight.clone()];
        let insights_destination = Some(destination);
        Spec::EventDataStore(EventDataStore { insight_selectors, insights_destination, ..store("lake") })
    };
    let world = World::new()
        .declare(sink(400))
        .ours(sink(366))
        .declare(watched(Text::arn(key("eventDataStore/sink"))))
        .ours(watched(Text::plain(super::arn(&key("eventDataStore/sink")).as_str())))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")));
    let plan = only(&world, &["channel/okta"]);
    assert_eq!(rows(&plan), ["eventDataStore/sink update: retentionPeriod", "channel/okta create"]);
    assert_eq!(notes(&plan), NONE);
}

#[test]
fn a_trail_that_stops_waits_for_the_one_that_takes_over() {
    let world = world().declare(Spec::Trail(trail("second")));
    let plan = only(&world, &["trail/audit"]);
    assert_eq!(rows(&plan), ["trail/audit update weakens: isLogging", "trail/second create"]);
}

#[test]
fn what_must_happen_before_belongs_to_it() {
    let world = World::new()
        .remove("eventDataStore/lake")
        .ours(Spec::EventDataStore(store("lake")))
        .remove("channel/okta")
        .ours(Spec::Channel(live_channel("okta", "Okta", "lake")))
        .declare(Spec::Trail(trail("audit")));
    let plan = only(&world, &["eventDataStore/lake"]);
    assert_eq!(
        steps(&plan),
        ["1 channel/okta DeleteChannel []", "2 eventDataStore/lake DeleteEventDataStore [1]"]
    );
    // Both are guarded, and the guards of both count.
    assert_eq!(plan.refusals.len(), 2);
    assert_eq!(only(&world, &["channel/okta"]).refusals.len(), 1);
}
