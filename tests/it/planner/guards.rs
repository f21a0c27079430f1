//! Guards: what stops apply, what allows it, and what covers for it.

use super::{
    ACCOUNT, NONE, World, channel, key, live_channel, notes, policy, refusals, rows, steps, store, trail,
};
use trailkeeper::name::AccountId;
use trailkeeper::resource::{EventDataStore, Guard, Parent, Spec, Trail};
use trailkeeper::state::Foreignness;

fn silenced() -> World {
    World::new()
        .declare(Spec::Trail(Trail { is_logging: false, ..trail("audit") }))
        .ours(Spec::Trail(trail("audit")))
}

fn guards(world: World) -> Vec<(String, Option<Guard>)> {
    world.plan().refusals.iter().map(|refusal| (refusal.key.to_string(), refusal.guard)).collect()
}

#[test]
fn a_blind_spot_is_refused_but_its_steps_stay() {
    let plan = silenced().plan();
    assert_eq!(rows(&plan), ["trail/audit update weakens: isLogging"]);
    assert_eq!(steps(&plan), ["1 trail/audit StopLogging []"]);
    assert_eq!(plan.refusals.len(), 1);
    assert_eq!(plan.refusals[0].allow().as_deref(), Some("--allow blind-spot=trail/audit"));
    assert_eq!(plan.changes[&key("trail/audit")].losses, [plan.refusals[0].reason.clone()]);
}

#[test]
fn the_command_line_and_the_manifest_allow_it() {
    let by_flag = silenced().allow(Guard::BlindSpot, "trail/audit").plan();
    assert_eq!(refusals(&by_flag), NONE);
    let by_manifest = silenced().permit(Guard::BlindSpot, "trail/audit", Some("2026-11-20")).plan();
    assert_eq!(refusals(&by_manifest), NONE);
    assert!(
        notes(&by_manifest)[0].ends_with("(the manifest's allow list: SEC-9)"),
        "{:?}",
        notes(&by_manifest)
    );
    assert!(by_manifest.changes[&key("trail/audit")].weakens);
}

#[test]
fn a_permission_is_for_exactly_its_guard_and_resource() {
    let refused = vec![("trail/audit".to_owned(), Some(Guard::BlindSpot))];
    assert_eq!(guards(silenced().permit(Guard::DataLoss, "trail/audit", None)), refused);
    assert_eq!(guards(silenced().permit(Guard::BlindSpot, "trail/other", None)), refused);
}

#[test]
fn a_permission_that_has_ended_permits_nothing_and_is_a_warning() {
    let plan = silenced().permit(Guard::BlindSpot, "trail/audit", Some("2026-11-19")).plan();
    assert_eq!(plan.refusals.len(), 1);
    assert_eq!(
        notes(&plan),
        [
            "warning trail/audit: the manifest's permission for blind-spot ended on 2026-11-19; take it out or renew it"
        ]
    );
}

#[test]
fn a_permission_that_permits_nothing_is_a_warning() {
    let plan = World::new()
        .declare(Spec::Trail(trail("audit")))
        .ours(Spec::Trail(trail("audit")))
        .permit(Guard::BlindSpot, "trail/audit", None)
        .allow(Guard::DataLoss, "eventDataStore/lake")
        .plan();
    assert_eq!(
        notes(&plan),
        [
            "warning trail/audit: the manifest's permission for blind-spot permits nothing in this plan; take it out",
            "warning eventDataStore/lake: --allow data-loss=eventDataStore/lake permits nothing in this plan",
        ]
    );
}

#[test]
fn another_trail_of_ours_that_records_the_same_is_cover() {
    let plan = silenced().declare(Spec::Trail(trail("second"))).ours(Spec::Trail(trail("second"))).plan();
    assert_eq!(refusals(&plan), NONE);
    assert!(plan.changes[&key("trail/audit")].weakens);
    assert_eq!(notes(&plan).len(), 1);
    assert!(notes(&plan)[0].starts_with("covered trail/audit: "), "{:?}", notes(&plan));
    assert!(notes(&plan)[0].ends_with("trail/second records the same"), "{:?}", notes(&plan));
}

#[test]
fn a_trail_without_global_services_is_no_cover_for_a_store_that_records_them() {
    let lake = |ingestion_enabled| {
        let store =
            EventDataStore { advanced_event_selectors: Vec::new(), ingestion_enabled, ..store("lake") };
        Spec::EventDataStore(store)
    };
    let beside = |include_global_service_events| {
        let second = Trail { is_multi_region_trail: false, include_global_service_events, ..trail("second") };
        let second = Spec::Trail(second);
        guards(World::new().declare(lake(false)).ours(lake(true)).declare(second.clone()).ours(second))
    };
    // The world is in us-east-1, where events of global services happen.
    assert_eq!(beside(true), []);
    assert_eq!(beside(false), [("eventDataStore/lake".to_owned(), Some(Guard::BlindSpot))]);
}

#[test]
fn what_does_not_stay_or_is_not_ours_is_no_cover() {
    let refused = [("trail/audit".to_owned(), Some(Guard::BlindSpot))];
    let second = || Spec::Trail(trail("second"));
    assert_eq!(guards(silenced().untagged(second())), refused);
    assert_eq!(guards(silenced().theirs(second())), refused);
    assert_eq!(guards(silenced().forget("trail/second").ours(second())), refused);
    assert_eq!(guards(silenced().declare(second())), refused);
    let regional = Trail { is_multi_region_trail: false, ..trail("second") };
    assert_eq!(
        guards(silenced().declare(Spec::Trail(regional.clone())).ours(Spec::Trail(regional))),
        refused
    );
    // Both go: neither covers the other.
    let both = World::new()
        .remove("trail/audit")
        .remove("trail/second")
        .ours(Spec::Trail(trail("audit")))
        .ours(second());
    assert_eq!(guards(both).len(), 2);
}

#[test]
fn the_organizations_trail_is_cover() {
    let trail = Trail { is_organization_trail: true, ..trail("org") };
    let account = AccountId::parse("999988887777").unwrap();
    let plan = silenced().foreign(Spec::Trail(trail), Foreignness::Account(account)).plan();
    assert_eq!(refusals(&plan), NONE);
    assert!(notes(&plan)[0].ends_with("trail/org records the same"), "{:?}", notes(&plan));
}

#[test]
fn deleting_a_store_and_lowering_its_retention_lose_data() {
    let lower = World::new()
        .declare(Spec::EventDataStore(EventDataStore { retention_period: 90, ..store("lake") }))
        .ours(Spec::EventDataStore(store("lake")));
    assert_eq!(guards(lower), [("eventDataStore/lake".to_owned(), Some(Guard::DataLoss))]);
    let delete = World::new().remove("eventDataStore/lake").ours(Spec::EventDataStore(store("lake")));
    assert!(guards(delete.clone()).contains(&("eventDataStore/lake".to_owned(), Some(Guard::DataLoss))));
    let notes = notes(&delete.plan());
    assert!(notes.contains(
        &"note eventDataStore/lake: can be restored for seven days by declaring it again".to_owned()
    ));
}

#[test]
fn a_replaced_channel_is_a_blind_spot() {
    let world = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("okta", "OneLogin", "lake")));
    assert_eq!(guards(world), [("channel/okta".to_owned(), Some(Guard::BlindSpot))]);
}

#[test]
fn an_adoption_that_changes_anything_else_is_refused_once() {
    let world = World::new()
        .declare(Spec::Trail(Trail {
            is_logging: false,
            s3_key_prefix: Some("x".to_owned()),
            ..trail("audit")
        }))
        .untagged(Spec::Trail(trail("audit")));
    let plan = world.plan();
    assert_eq!(
        refusals(&plan),
        ["trail/audit adopt-changes: adopting it would change s3KeyPrefix, isLogging"]
    );
    assert_eq!(
        steps(&plan),
        ["1 trail/audit StopLogging []", "2 trail/audit UpdateTrail []", "3 trail/audit AddTags []"]
    );
    let allowed = world.allow(Guard::AdoptChanges, "trail/audit");
    assert_eq!(guards(allowed), [("trail/audit".to_owned(), Some(Guard::BlindSpot))]);
}

#[test]
fn a_policy_belongs_to_the_adoption_of_its_parent() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .untagged(Spec::EventDataStore(store("lake")))
        .untagged(Spec::Policy(policy(Parent::EventDataStore, "lake", "444455556666")))
        .plan();
    assert_eq!(
        refusals(&plan),
        ["eventDataStore/lake adopt-changes: adopting it would change resourcePolicy"]
    );
}

#[test]
fn what_another_manifest_owns_is_refused_by_its_name() {
    let world = World::new().declare(Spec::Trail(trail("audit"))).theirs(Spec::Trail(trail("audit")));
    assert_eq!(refusals(&world.plan()), ["trail/audit take-ownership: owned by the manifest `payments`"]);
    let plan = world.allow(Guard::TakeOwnership, "trail/audit").plan();
    assert_eq!(rows(&plan), ["trail/audit adopt: tags.trailkeeper:manifest"]);
    assert_eq!(steps(&plan), ["1 trail/audit AddTags []"]);
}

#[test]
fn pruning_needs_a_limit_that_holds() {
    let world = || {
        let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/a");
        World::new()
            .declare(Spec::Trail(trail("audit")))
            .ours(Spec::Trail(trail("audit")))
            .ours(Spec::Trail(Trail { is_logging: false, ..trail("old") }))
            .ours(Spec::Trail(Trail { is_logging: false, kms_key_id: Some(key), ..trail("older") }))
    };
    assert_eq!(
        refusals(&world().prune(None).plan()),
        ["trail/old -: pruning would delete 2, and no limit is given"]
    );
    let refused = world().prune(Some(1)).plan();
    assert_eq!(refusals(&refused), ["trail/old -: pruning would delete 2, the limit is 1"]);
    assert_eq!(refused.refusals[0].help.as_deref(), Some("--max-deletes 2"));
    let plan = world().prune(Some(2)).plan();
    assert_eq!(refusals(&plan), NONE);
    assert_eq!(steps(&plan), ["1 trail/old DeleteTrail []", "2 trail/older DeleteTrail []"]);
}

#[test]
fn pruning_with_a_manifest_that_declares_nothing_is_refused() {
    let plan = World::new()
        .remove("trail/gone")
        .ours(Spec::Trail(Trail { is_logging: false, ..trail("old") }))
        .prune(Some(9))
        .plan();
    assert_eq!(
        refusals(&plan),
        ["trail/old -: pruning with a manifest that declares nothing would delete all that is ours"]
    );
}
