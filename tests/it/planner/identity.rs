//! Who is who: tags first, then names, then previous names.

use super::{
    ACCOUNT, NONE, World, arn, channel, key, live_channel, notes, policy, refusals, rows, steps, store, trail,
};
use trailkeeper::plan::{Verb, decide};
use trailkeeper::resource::{Parent, Spec};
use trailkeeper::settle::{Conflict, settle};

#[test]
fn a_store_renamed_by_hand_is_drift_on_its_name_and_renamed_back() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours_as(Spec::EventDataStore(store("puddle")), "lake")
        .plan();
    assert_eq!(rows(&plan), ["eventDataStore/lake update: name"]);
    assert_eq!(steps(&plan), ["1 eventDataStore/lake UpdateEventDataStore []"]);
}

#[test]
fn the_policy_of_a_renamed_channel_goes_with_it() {
    let world = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .declare(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours_as(Spec::Channel(live_channel("elsewhere", "Okta", "lake")), "okta")
        .ours(Spec::Policy(policy(Parent::Channel, "elsewhere", "444455556666")));
    assert_eq!(rows(&world.plan()), ["channel/okta update: name"]);
}

#[test]
fn a_bystander_with_the_declared_name_steps_aside_and_is_not_lost() {
    let world = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours_as(Spec::EventDataStore(store("puddle")), "lake")
        .untagged(Spec::EventDataStore(store("lake")));
    let settled = settle(&world.desired, &world.live).unwrap();
    let found: Vec<String> =
        settled.live.found.iter().map(|(key, found)| format!("{key} is {}", found.arn.id())).collect();
    let aside = arn(&key("eventDataStore/lake"));
    assert_eq!(
        found,
        [format!("eventDataStore/{aside} is id-of-lake"), "eventDataStore/lake is id-of-puddle".to_owned()]
    );
    let plan = world.plan();
    assert_eq!(
        refusals(&plan),
        [format!(
            "eventDataStore/lake -: the name `lake` is taken by {aside}, and this plan does not free it"
        )]
    );
    assert_eq!(steps(&plan), NONE);
}

#[test]
fn a_tag_that_names_nothing_says_nothing() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours_as(Spec::EventDataStore(store("lake")), "misspelt")
        .plan();
    assert_eq!(rows(&plan), ["eventDataStore/lake update: tags.trailkeeper:name"]);
}

#[test]
fn two_resources_with_the_same_tags_are_a_conflict_that_names_both() {
    let world = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours_as(Spec::EventDataStore(store("copy")), "lake");
    let conflicts = decide(&world.desired, &world.live, &world.options).unwrap_err();
    let arns = ["eventDataStore/copy", "eventDataStore/lake"].map(|text| arn(&key(text)));
    assert_eq!(conflicts, [Conflict::Twice { key: key("eventDataStore/lake"), arns: arns.to_vec() }]);
    assert_eq!(
        conflicts[0].to_string(),
        format!(
            "several live resources bear the ownership tags of eventDataStore/lake: {} and {}",
            arns[0], arns[1]
        )
    );
}

#[test]
fn a_trail_keeps_its_name_whatever_its_tags_say() {
    let world =
        World::new().declare(Spec::Trail(trail("audit"))).ours_as(Spec::Trail(trail("audit")), "misspelt");
    assert_eq!(rows(&world.plan()), ["trail/audit update: tags.trailkeeper:name"]);
}

#[test]
fn a_trail_that_claims_to_be_another_declared_one_is_a_conflict() {
    let world =
        World::new().declare(Spec::Trail(trail("audit"))).ours_as(Spec::Trail(trail("copy")), "audit");
    assert_eq!(
        settle(&world.desired, &world.live).unwrap_err(),
        [Conflict::Misnamed { key: key("trail/audit"), arn: arn(&key("trail/copy")) }]
    );
}

#[test]
fn renamed_from_renames_in_place_what_is_ours() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .renamed("eventDataStore/lake", "pond")
        .ours(Spec::EventDataStore(store("pond")))
        .plan();
    assert_eq!(rows(&plan), ["eventDataStore/lake update: name, tags.trailkeeper:name"]);
    assert_eq!(notes(&plan), NONE);
}

#[test]
fn renamed_from_adopts_what_is_untagged_when_that_is_allowed() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .renamed("eventDataStore/lake", "pond")
        .untagged(Spec::EventDataStore(store("pond")))
        .plan();
    assert_eq!(plan.changes[&key("eventDataStore/lake")].verb, Verb::Adopt);
    assert_eq!(refusals(&plan), ["eventDataStore/lake adopt-changes: adopting it would change name"]);
}

#[test]
fn renamed_from_leaves_what_another_manifest_owns() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .renamed("eventDataStore/lake", "pond")
        .theirs(Spec::EventDataStore(store("pond")))
        .plan();
    assert_eq!(rows(&plan), ["eventDataStore/lake create"]);
    assert_eq!(
        notes(&plan),
        ["note eventDataStore/lake: renamedFrom finds nothing of ours under the name pond"]
    );
}

#[test]
fn renamed_from_that_is_fulfilled_is_a_note() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .renamed("eventDataStore/lake", "pond")
        .ours(Spec::EventDataStore(store("lake")))
        .plan();
    assert!(plan.is_empty());
    assert_eq!(notes(&plan), ["note eventDataStore/lake: renamedFrom is fulfilled and can be taken out"]);
}

#[test]
fn names_that_move_on_are_freed_before_they_are_taken() {
    // The store that was `a` becomes `b`, and the one that was `b` becomes `c`.
    let plan = World::new()
        .declare(Spec::EventDataStore(store("b")))
        .declare(Spec::EventDataStore(store("c")))
        .ours_as(Spec::EventDataStore(store("a")), "b")
        .ours_as(Spec::EventDataStore(store("b")), "c")
        .plan();
    assert_eq!(
        steps(&plan),
        ["1 eventDataStore/c UpdateEventDataStore []", "2 eventDataStore/b UpdateEventDataStore [1]"]
    );
    assert_eq!(refusals(&plan), NONE);
}

#[test]
fn swapped_names_are_refused() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("a")))
        .declare(Spec::EventDataStore(store("b")))
        .ours_as(Spec::EventDataStore(store("a")), "b")
        .ours_as(Spec::EventDataStore(store("b")), "a")
        .plan();
    assert_eq!(rows(&plan), ["eventDataStore/a update: name", "eventDataStore/b update: name"]);
    assert_eq!(
        refusals(&plan),
        [
            "eventDataStore/a -: names cannot be swapped: each is taken until the other is free",
            "eventDataStore/b -: names cannot be swapped: each is taken until the other is free",
        ]
    );
    assert_eq!(steps(&plan), NONE);
}

#[test]
fn a_removed_store_is_found_by_its_tags_too() {
    let decision = World::new()
        .remove("eventDataStore/lake")
        .ours_as(Spec::EventDataStore(store("puddle")), "lake")
        .untagged(Spec::EventDataStore(store("lake")))
        .decide();
    assert_eq!(rows(&decision.plan), ["eventDataStore/lake delete weakens"]);
    let bound = decision.bindings.arn(&key("eventDataStore/lake"));
    assert_eq!(
        bound.map(ToString::to_string),
        Some(format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:eventdatastore/id-of-puddle"))
    );
}

#[test]
fn a_destination_is_the_same_store_by_arn_and_by_name() {
    let world = World::new()
        .declare(Spec::Channel(live_channel("okta", "Okta", "lake")))
        .untagged(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("okta", "Okta", "lake")));
    let settled = settle(&world.desired, &world.live).unwrap();
    let references = |spec: &Spec| spec.references();
    assert_eq!(references(&settled.desired.specs[&key("channel/okta")]), [key("eventDataStore/lake")]);
    assert_eq!(references(&settled.live.found[&key("channel/okta")].spec), [key("eventDataStore/lake")]);
    assert!(world.plan().is_empty());
}

#[test]
fn a_name_alone_is_not_enough_to_delete_what_its_tags_call_otherwise() {
    let plan = World::new()
        .remove("eventDataStore/lake")
        .ours_as(Spec::EventDataStore(store("lake")), "other")
        .plan();
    assert!(plan.is_empty());
    assert_eq!(
        notes(&plan),
        [format!(
            "kept eventDataStore/{}: ours (trailkeeper:name is other), but neither declared nor removed",
            arn(&key("eventDataStore/lake"))
        )]
    );
}
