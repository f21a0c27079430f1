//! What no flag can allow: impossible changes, names and sources that are taken, quotas that are full.

use super::{
    ACCOUNT, NONE, World, arn, channel, dashboard, key, live_channel, notes, refusals, rows, steps, store,
    trail,
};
use trailkeeper::name::{AccountId, Region};
use trailkeeper::resource::{EventDataStore, Guard, Part, Spec, Text, Trail};
use trailkeeper::state::Foreignness;

fn quiet(name: &str) -> Spec {
    Spec::Trail(Trail { is_logging: false, ..trail(name) })
}

#[test]
fn an_impossible_change_keeps_its_row_and_has_no_step() {
    let with = |key: &str| {
        let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
        Spec::EventDataStore(EventDataStore { kms_key_id: Some(key), ..store("lake") })
    };
    let plan = World::new().declare(with("a")).ours(with("b")).plan();
    assert_eq!(rows(&plan), ["eventDataStore/lake update: kmsKeyId"]);
    assert_eq!(steps(&plan), NONE);
    assert_eq!(plan.refusals.len(), 1);
    assert_eq!((plan.refusals[0].guard, plan.refusals[0].help.is_some()), (None, true));
}

#[test]
fn what_is_under_termination_protection_is_not_deleted() {
    let protected = EventDataStore { termination_protection_enabled: true, ..store("lake") };
    let plan = World::new().remove("eventDataStore/lake").ours(Spec::EventDataStore(protected)).plan();
    assert_eq!(plan.refusals.len(), 1);
    assert_eq!(plan.refusals[0].guard, None);
    assert_eq!(steps(&plan), NONE);
}

#[test]
fn a_name_that_somebody_else_bears_is_refused_with_its_owner() {
    let names = |why: Foreignness| {
        let plan = World::new()
            .declare(Spec::Trail(trail("audit")))
            .foreign(Spec::Trail(trail("audit")), why)
            .plan();
        assert_eq!((rows(&plan), steps(&plan)), (vec!["trail/audit create".to_owned()], Vec::new()));
        refusals(&plan).join("\n")
    };
    let arn = arn(&key("trail/audit"));
    let account = AccountId::parse("999988887777").unwrap();
    assert_eq!(
        names(Foreignness::Account(account)),
        format!("trail/audit -: the name is taken: {arn} belongs to account 999988887777")
    );
    assert_eq!(
        names(Foreignness::HomeRegion(Region::parse("eu-west-1").unwrap())),
        format!("trail/audit -: the name is taken: {arn} has its home in eu-west-1")
    );
    assert_eq!(
        names(Foreignness::Service("Control Tower".to_owned())),
        format!("trail/audit -: the name is taken: {arn} is Control Tower's")
    );
}

#[test]
fn a_source_that_an_undeclared_channel_has_is_refused() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .untagged(Spec::Channel(live_channel("byhand", "Okta", "lake")))
        .plan();
    assert_eq!(
        refusals(&plan),
        [format!(
            "channel/okta -: the source `Okta` is taken by {}, and this plan does not free it",
            arn(&key("channel/byhand"))
        )]
    );
    assert_eq!(steps(&plan), NONE);
}

#[test]
fn a_source_that_a_removed_channel_frees_is_waited_for() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("a", "Okta", "lake")))
        .remove("channel/z")
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("z", "Okta", "lake")))
        .allow(Guard::BlindSpot, "channel/z")
        .plan();
    assert_eq!(steps(&plan), ["1 channel/z DeleteChannel []", "2 channel/a CreateChannel [1]"]);
    assert_eq!(refusals(&plan), NONE);
}

#[test]
fn a_sixth_trail_is_refused_unless_one_is_freed() {
    let five =
        ["a", "b", "c", "d", "e"].into_iter().fold(World::new(), |world, name| world.untagged(quiet(name)));
    let plan = five.declare(quiet("sixth")).plan();
    assert_eq!(
        refusals(&plan),
        ["trail/sixth -: us-east-1 admits 5 of its kind, all are in use, and this plan does not free one"]
    );
    let four = ["a", "b", "c", "d"].into_iter().fold(World::new(), |world, name| world.untagged(quiet(name)));
    let plan = four.ours(quiet("old")).remove("trail/old").declare(quiet("new")).plan();
    assert_eq!(refusals(&plan), NONE);
    assert_eq!(steps(&plan), ["1 trail/old DeleteTrail []", "2 trail/new CreateTrail [1]"]);
}

#[test]
fn a_deleted_store_frees_no_slot_and_a_pending_one_holds_one() {
    let eight = (0..8).fold(World::new(), |world, number| {
        world.untagged(Spec::EventDataStore(store(&format!("store-{number}"))))
    });
    let plan = eight
        .pending("sleeping", "x")
        .ours(Spec::EventDataStore(store("old")))
        .remove("eventDataStore/old")
        .declare(Spec::EventDataStore(store("new")))
        .allow(Guard::DataLoss, "eventDataStore/old")
        .allow(Guard::BlindSpot, "eventDataStore/old")
        .plan();
    assert_eq!(
        refusals(&plan),
        [
            "eventDataStore/new -: us-east-1 admits 10 of its kind, those that wait for their deletion included, \
          all are in use, and this plan does not free one"
        ]
    );
}

#[test]
fn shadow_trails_may_count_and_are_noted() {
    let four = ["a", "b", "c", "d"].into_iter().fold(World::new(), |world, name| world.untagged(quiet(name)));
    let region = Region::parse("eu-west-1").unwrap();
    let plan = four.foreign(quiet("shadow"), Foreignness::HomeRegion(region)).declare(quiet("new")).plan();
    assert_eq!(refusals(&plan), NONE);
    assert_eq!(
        notes(&plan),
        [
            "quota trail/new: CloudTrail admits 5 of its kind in us-east-1; 1 of other accounts or regions may count too"
        ]
    );
}

#[test]
fn a_store_that_something_staying_refers_to_is_not_deleted() {
    let world = || {
        World::new()
            .remove("eventDataStore/lake")
            .ours(Spec::EventDataStore(store("lake")))
            .allow(Guard::DataLoss, "eventDataStore/lake")
            .allow(Guard::BlindSpot, "eventDataStore/lake")
    };
    let refused = |world: World| {
        let plan = world.plan();
        assert_eq!(steps(&plan), NONE);
        refusals(&plan).join("\n")
    };
    let held = "eventDataStore/lake -: channel/okta still refers to it";
    assert_eq!(refused(world().untagged(Spec::Channel(live_channel("okta", "Okta", "lake")))), held);
    assert_eq!(refused(world().ours(Spec::Channel(live_channel("okta", "Okta", "lake")))), held);
    let query = Text::new([Part::Lit("SELECT * FROM ".to_owned()), Part::Id(key("eventDataStore/lake"))]);
    assert_eq!(
        refused(world().untagged(Spec::Dashboard(dashboard("board", query)))),
        "eventDataStore/lake -: dashboard/board still refers to it"
    );
    let linked = Spec::Channel(live_channel("linked", "CloudTrail", "lake"));
    assert_eq!(
        refused(world().foreign(linked, Foreignness::Service("a service".to_owned()))),
        format!("eventDataStore/lake -: {} still refers to it", arn(&key("channel/linked")))
    );
}
