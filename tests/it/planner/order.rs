//! Which step waits for which.

use super::{NONE, World, channel, dashboard, key, live_channel, policy, refusals, steps, store, trail};
use trailkeeper::resource::dashboard::{Frequency, RefreshSchedule};
use trailkeeper::resource::selector::{EventSelector, Selectors};
use trailkeeper::resource::{Dashboard, EventDataStore, Guard, Parent, Spec, Text, Trail};

#[test]
fn a_deleted_store_waits_for_the_channel_that_moves_away_and_for_the_one_that_goes() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("new")))
        .declare(Spec::Channel(channel("okta", "Okta", "new")))
        .remove("channel/gone")
        .remove("eventDataStore/old")
        .ours(Spec::EventDataStore(store("old")))
        .ours(Spec::Channel(live_channel("okta", "Okta", "old")))
        .ours(Spec::Channel(live_channel("gone", "Gone", "old")))
        .plan();
    assert_eq!(
        steps(&plan),
        [
            "1 eventDataStore/new CreateEventDataStore []",
            "2 channel/okta UpdateChannel [1]",
            "3 channel/gone DeleteChannel []",
            "4 eventDataStore/old DeleteEventDataStore [2 3]",
        ]
    );
}

#[test]
fn a_channel_waits_for_its_store_to_become_fit_for_it() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .ours(Spec::EventDataStore(EventDataStore { retention_period: 30, ..store("lake") }))
        .plan();
    assert_eq!(
        steps(&plan),
        ["1 eventDataStore/lake UpdateEventDataStore []", "2 channel/okta CreateChannel [1]"]
    );
}

#[test]
fn a_dashboards_schedule_waits_for_its_policy_and_that_for_the_dashboard() {
    let schedule = RefreshSchedule {
        frequency: Some(Frequency { unit: "HOURS".to_owned(), value: 6 }),
        status: "ENABLED".to_owned(),
        time_of_day: Some("00:00".to_owned()),
    };
    let board = |schedule: Option<RefreshSchedule>| {
        Spec::Dashboard(Dashboard {
            refresh_schedule: schedule,
            ..dashboard("board", Text::plain("SELECT 1"))
        })
    };
    let policy = || Spec::Policy(policy(Parent::Dashboard, "board", "444455556666"));
    let created = World::new().declare(board(Some(schedule.clone()))).declare(policy()).plan();
    assert_eq!(
        steps(&created),
        [
            "1 dashboard/board CreateDashboard []",
            "2 policy/dashboard/board PutResourcePolicy [1]",
            "3 dashboard/board UpdateDashboard [1 2]",
        ]
    );
    let updated = World::new().declare(board(Some(schedule))).declare(policy()).ours(board(None)).plan();
    assert_eq!(
        steps(&updated),
        ["1 policy/dashboard/board PutResourcePolicy []", "2 dashboard/board UpdateDashboard [1]"]
    );
}

#[test]
fn a_trail_goes_when_its_successor_records() {
    let world =
        World::new().declare(Spec::Trail(trail("new"))).remove("trail/old").ours(Spec::Trail(trail("old")));
    assert_eq!(
        steps(&world.plan()),
        ["1 trail/new CreateTrail []", "2 trail/new StartLogging [1]", "3 trail/old DeleteTrail [2]"]
    );
    assert_eq!(world.plan().refusals.len(), 1);
    assert_eq!(refusals(&world.allow(Guard::BlindSpot, "trail/old").plan()), NONE);
}

#[test]
fn a_trail_is_narrowed_when_its_successor_records() {
    let writes = |name: &str| Trail {
        event_selectors: Selectors::Basic(vec![EventSelector {
            read_write_type: "WriteOnly".to_owned(),
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }]),
        ..trail(name)
    };
    let plan = World::new()
        .declare(Spec::Trail(writes("audit")))
        .declare(Spec::Trail(trail("reads")))
        .ours(Spec::Trail(trail("audit")))
        .plan();
    assert_eq!(
        steps(&plan),
        [
            "1 trail/reads CreateTrail []",
            "2 trail/reads StartLogging [1]",
            "3 trail/audit PutEventSelectors [2]",
        ]
    );
}

#[test]
fn a_trail_that_records_something_else_is_no_successor() {
    let regional = Trail { is_multi_region_trail: false, ..trail("new") };
    let plan = World::new()
        .declare(Spec::Trail(regional))
        .remove("trail/old")
        .ours(Spec::Trail(trail("old")))
        .plan();
    assert_eq!(steps(&plan)[2], "3 trail/old DeleteTrail []");
}

#[test]
fn with_no_room_for_both_the_old_trail_goes_first() {
    let quiet = |name: &str| Spec::Trail(Trail { is_logging: false, ..trail(name) });
    let four = ["a", "b", "c", "d"].into_iter().fold(World::new(), |world, name| world.untagged(quiet(name)));
    let plan =
        four.declare(Spec::Trail(trail("new"))).remove("trail/old").ours(Spec::Trail(trail("old"))).plan();
    assert_eq!(
        steps(&plan),
        ["1 trail/old DeleteTrail []", "2 trail/new CreateTrail [1]", "3 trail/new StartLogging [2]"]
    );
}

#[test]
fn two_channels_may_exchange_their_sources() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("a", "Okta", "lake")))
        .declare(Spec::Channel(channel("b", "OneLogin", "lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("a", "OneLogin", "lake")))
        .ours(Spec::Channel(live_channel("b", "Okta", "lake")))
        .plan();
    assert_eq!(
        steps(&plan),
        [
            "1 channel/a DeleteChannel []",
            "2 channel/b DeleteChannel []",
            "3 channel/a CreateChannel [1 2]",
            "4 channel/b CreateChannel [1 2]",
        ]
    );
}

#[test]
fn resources_that_refer_to_each_other_end_in_an_order_all_the_same() {
    let to = |name: &str, other: &str| {
        let destination = Some(Text::arn(key(&format!("eventDataStore/{other}"))));
        Spec::EventDataStore(EventDataStore { insights_destination: destination, ..store(name) })
    };
    let world = World::new()
        .remove("eventDataStore/a")
        .remove("eventDataStore/b")
        .ours(to("a", "b"))
        .ours(to("b", "a"));
    assert_eq!(world.plan().steps.len(), 2);
}
