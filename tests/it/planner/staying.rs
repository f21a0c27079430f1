//! What stays as it is, and what the reader is told about it.

use super::{
    NONE, World, channel, key, live_channel, notes, policy, refusals, rows, steps, store, tags, trail,
};
use trailkeeper::name::Arn;
use trailkeeper::resource::{Call, Channel, Guard, Kind, Parent, Spec, Trail};
use trailkeeper::state::TagPattern;

#[test]
fn an_ignored_setting_is_left_as_it_is_with_a_note() {
    let live = Trail {
        s3_bucket_name: "elsewhere".to_owned(),
        s3_key_prefix: Some("x".to_owned()),
        ..trail("audit")
    };
    let world = World::new().declare(Spec::Trail(trail("audit"))).ours(Spec::Trail(live));
    let plan = world.clone().ignore("trail/audit", &["s3BucketName"]).plan();
    assert_eq!(rows(&plan), ["trail/audit update: s3KeyPrefix"]);
    assert_eq!(notes(&plan), ["ignored trail/audit: s3BucketName: left as it is"]);
    let plan = world.ignore("trail/audit", &["s3BucketName", "s3KeyPrefix"]).plan();
    assert!(plan.is_empty());
}

#[test]
fn ignored_tags_are_left_but_never_our_own() {
    let declared = Trail { tags: tags(&[("team", "security")]), ..trail("audit") };
    let live = Trail { tags: tags(&[("team", "unknown"), ("cost", "1")]), ..trail("audit") };
    let plan = World::new()
        .declare(Spec::Trail(declared))
        .untagged(Spec::Trail(live))
        .ignore("trail/audit", &["tags"])
        .plan();
    assert_eq!(rows(&plan), ["trail/audit adopt: tags.trailkeeper:manifest, tags.trailkeeper:name"]);
    assert_eq!(steps(&plan), ["1 trail/audit AddTags []"]);
}

#[test]
fn an_ignored_policy_stays_or_stays_away() {
    let world = || {
        World::new()
            .declare(Spec::EventDataStore(store("lake")))
            .declare(Spec::Channel(channel("okta", "Okta", "lake")))
            .ours(Spec::EventDataStore(store("lake")))
            .ours(Spec::Channel(live_channel("okta", "Okta", "lake")))
            .ignore("channel/okta", &["resourcePolicy"])
    };
    let live = world().ours(Spec::Policy(policy(Parent::Channel, "okta", "444455556666"))).plan();
    assert!(live.is_empty());
    assert_eq!(notes(&live), ["ignored policy/channel/okta: left as it is"]);
    let declared = world().declare(Spec::Policy(policy(Parent::Channel, "okta", "444455556666"))).plan();
    assert!(declared.is_empty());
    assert_eq!(notes(&declared), ["ignored policy/channel/okta: left as it is"]);
}

#[test]
fn tags_of_robots_and_of_aws_are_left_alone() {
    let declared = Trail { tags: tags(&[("map-x", "declared"), ("team", "security")]), ..trail("audit") };
    let live = Trail {
        tags: tags(&[("aws:stack", "s"), ("map-migrated", "d1"), ("team", "security"), ("stray", "1")]),
        ..trail("audit")
    };
    let mut world = World::new().declare(Spec::Trail(declared)).ours(Spec::Trail(live));
    world.desired.ignore_tags = vec![TagPattern("map-*".to_owned())];
    assert_eq!(rows(&world.plan()), ["trail/audit update: tags.stray"]);
}

#[test]
fn what_is_ours_but_undeclared_is_kept_with_its_policy() {
    let plan = World::new()
        .declare(Spec::Trail(trail("audit")))
        .ours(Spec::Trail(trail("audit")))
        .ours(Spec::Trail(trail("legacy")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Policy(policy(Parent::EventDataStore, "lake", "444455556666")))
        .plan();
    assert!(plan.is_empty());
    assert_eq!(
        notes(&plan),
        [
            "kept trail/legacy: ours, but neither declared nor removed",
            "kept eventDataStore/lake: ours, but neither declared nor removed",
        ]
    );
}

#[test]
fn what_is_neither_declared_nor_ours_is_not_even_mentioned() {
    let plan = World::new()
        .declare(Spec::Trail(trail("audit")))
        .ours(Spec::Trail(trail("audit")))
        .theirs(Spec::Trail(trail("payments")))
        .untagged(Spec::EventDataStore(store("lake")))
        .untagged(Spec::Policy(policy(Parent::EventDataStore, "lake", "444455556666")))
        .prune(Some(10))
        .plan();
    assert!(plan.is_empty());
    assert_eq!(notes(&plan), NONE);
    assert_eq!(plan.checked.keys().collect::<Vec<_>>(), [&key("trail/audit")]);
}

#[test]
fn a_policy_that_nobody_declared_is_drift() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Policy(policy(Parent::EventDataStore, "lake", "444455556666")))
        .plan();
    assert_eq!(rows(&plan), ["policy/eventDataStore/lake delete weakens"]);
    assert_eq!(steps(&plan), ["1 policy/eventDataStore/lake DeleteResourcePolicy []"]);
}

#[test]
fn an_alias_that_nobody_could_resolve_leaves_the_live_key_with_a_note() {
    let arn = "arn:aws:kms:us-east-1:111122223333:key/aaaa-1";
    let with = |key: &str| Trail { kms_key_id: Some(key.to_owned()), ..trail("audit") };
    let mut world = World::new().declare(Spec::Trail(with("alias/trail"))).ours(Spec::Trail(with(arn)));
    world.live.unresolved_keys.insert("alias/trail".to_owned(), "kms:DescribeKey was denied".to_owned());
    let plan = world.plan();
    assert!(plan.is_empty());
    assert_eq!(
        notes(&plan),
        [format!(
            "unresolved trail/audit: kmsKeyId: cannot tell whether `alias/trail` and the live `{arn}` are one key \
             (kms:DescribeKey was denied); left as it is"
        )]
    );
    world.live.kms_keys.insert("alias/trail".to_owned(), Arn::parse(arn).unwrap());
    assert_eq!(notes(&world.plan()), NONE);
}

#[test]
fn an_unresolved_key_id_that_names_another_key_is_a_change() {
    let with = |key: &str| Trail { kms_key_id: Some(key.to_owned()), ..trail("audit") };
    let live = with("arn:aws:kms:us-east-1:111122223333:key/aaaa-1");
    let world = |declared: &str| {
        World::new().declare(Spec::Trail(with(declared))).ours(Spec::Trail(live.clone())).plan()
    };
    assert!(world("aaaa-1").is_empty());
    assert_eq!(rows(&world("bbbb-2")), ["trail/audit update weakens: kmsKeyId"]);
}

#[test]
fn kinds_that_were_not_read_are_noted() {
    let mut world = World::new().declare(Spec::Trail(trail("audit"))).ours(Spec::Trail(trail("audit")));
    world.live.unread.insert(Kind::Dashboard, "ListDashboards was denied".to_owned());
    world.live.unread.insert(Kind::Policy(Parent::Channel), "GetResourcePolicy was denied".to_owned());
    assert_eq!(
        notes(&world.plan()),
        [
            "unread : dashboards: ListDashboards was denied",
            "unread : the policies of channels: GetResourcePolicy was denied"
        ]
    );
}

#[test]
fn a_tag_of_aws_does_not_travel_to_what_is_made_again() {
    let live = Channel {
        tags: tags(&[("aws:cloudformation:stack-name", "partners")]),
        ..live_channel("okta", "OneLogin", "lake")
    };
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live))
        .allow(Guard::BlindSpot, "channel/okta")
        .plan();
    assert_eq!(refusals(&plan), NONE);
    let create = plan.steps.iter().find(|step| step.action.call() == Call::CreateChannel).unwrap();
    let request = create.action.request(&create.key, &|text| text.to_string());
    let keys: Vec<&str> =
        request["Tags"].as_array().unwrap().iter().map(|tag| tag["Key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["trailkeeper:manifest", "trailkeeper:name"]);
}

#[test]
fn what_only_the_account_knows_stops_a_replacement() {
    let live = Channel { tags: tags(&[("cost", "7")]), ..live_channel("okta", "OneLogin", "lake") };
    let world = |declared: Channel| {
        World::new()
            .declare(Spec::EventDataStore(store("lake")))
            .declare(Spec::Channel(declared))
            .ours(Spec::EventDataStore(store("lake")))
            .ours(Spec::Channel(live.clone()))
            .ours(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
            .allow(Guard::BlindSpot, "channel/okta")
            .ignore("channel/okta", &["tags", "resourcePolicy"])
    };
    let plan = world(channel("okta", "Okta", "lake")).plan();
    assert_eq!(
        refusals(&plan),
        [
            "channel/okta -: replacing it deletes what is ignored and only the account knows: tags.cost, resourcePolicy"
        ]
    );
    assert_eq!(steps(&plan), NONE);
    let declared = Channel { tags: tags(&[("cost", "7")]), ..channel("okta", "Okta", "lake") };
    let as_it_is = Spec::Policy(policy(Parent::Channel, "okta", "444455556666"));
    assert_eq!(refusals(&world(declared).declare(as_it_is).plan()), NONE);
}

#[test]
fn declared_tags_and_those_that_stay_are_counted_together() {
    let plan = |robots: usize| {
        let numbered = (0..robots).map(|number| (format!("map-{number}"), "1".to_owned()));
        let live = Trail { tags: numbered.collect(), ..trail("audit") };
        let declared = Trail { tags: tags(&[("team", "security")]), ..trail("audit") };
        let mut world = World::new().declare(Spec::Trail(declared)).ours(Spec::Trail(live));
        world.desired.ignore_tags = vec![TagPattern("map-*".to_owned())];
        world.plan()
    };
    assert_eq!(refusals(&plan(47)), NONE);
    assert_eq!(
        refusals(&plan(48)),
        ["trail/audit -: with the tags that are ignored and stay it would have 51, and CloudTrail admits 50"]
    );
    assert_eq!(steps(&plan(48)), NONE);
}
