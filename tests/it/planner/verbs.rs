//! Verbs: what happens to a resource, what its policy does, and what is counted.

use super::{
    NONE, World, arn, channel, drift_text, key, live_channel, notes, policy, refusals, rows, steps, store,
    tags, trail,
};
use trailkeeper::plan::Verb;
use trailkeeper::report::{Style, text};
use trailkeeper::resource::{Guard, Parent, Spec, Text, Trail};

fn integration() -> World {
    World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(Spec::Channel(channel("okta", "Okta", "lake")))
        .declare(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
}

#[test]
fn what_is_missing_is_created_in_the_order_of_its_references() {
    let plan = integration().plan();
    assert_eq!(
        rows(&plan),
        ["eventDataStore/lake create", "channel/okta create", "policy/channel/okta create (goes along)"]
    );
    assert_eq!(
        steps(&plan),
        [
            "1 eventDataStore/lake CreateEventDataStore []",
            "2 channel/okta CreateChannel [1]",
            "3 policy/channel/okta PutResourcePolicy [2]",
        ]
    );
    assert_eq!(plan.count(Verb::Create), 2);
    assert_eq!(plan.changes[&key("policy/channel/okta")].why.as_deref(), Some("goes with channel/okta"));
}

#[test]
fn a_changed_setting_is_updated_in_place() {
    let live = Trail { s3_key_prefix: Some("x".to_owned()), ..trail("audit") };
    let plan = World::new().declare(Spec::Trail(trail("audit"))).ours(Spec::Trail(live)).plan();
    assert_eq!(rows(&plan), ["trail/audit update: s3KeyPrefix"]);
    assert_eq!(steps(&plan), ["1 trail/audit UpdateTrail []"]);
}

#[test]
fn another_source_replaces_the_channel_and_puts_its_policy_again() {
    let plan = integration()
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("okta", "OneLogin", "lake")))
        .ours(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .plan();
    assert_eq!(
        rows(&plan),
        ["channel/okta replace weakens: source", "policy/channel/okta replace (goes along)"]
    );
    assert_eq!(
        steps(&plan),
        [
            "1 channel/okta DeleteChannel []",
            "2 channel/okta CreateChannel [1]",
            "3 policy/channel/okta PutResourcePolicy [2]",
        ]
    );
    assert_eq!(
        plan.changes[&key("channel/okta")].why.as_deref(),
        Some("CloudTrail cannot change a channel's source; its ARN changes, tell the sender")
    );
    assert_eq!((plan.count(Verb::Replace), plan.count(Verb::Create)), (1, 0));
}

#[test]
fn a_policy_that_names_a_replaced_channel_is_put_again() {
    let names = |name: Text| {
        let mut policy = policy(Parent::EventDataStore, "lake", "444455556666");
        let document = policy.document.recut(|text| match text.split_once("444455556666") {
            None => vec![trailkeeper::resource::Part::Lit(text.to_owned())],
            Some((before, after)) => {
                let lit = |text: &str| trailkeeper::resource::Part::Lit(text.to_owned());
                [vec![lit(before)], name.parts().to_vec(), vec![lit(after)]].concat()
            }
        });
        policy.document = document;
        Spec::Policy(policy)
    };
    let okta = key("channel/okta");
    let plan = integration()
        .declare(names(Text::arn(okta.clone())))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(names(Text::plain(arn(&okta).as_str())))
        .ours(Spec::Channel(live_channel("okta", "OneLogin", "lake")))
        .ours(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .plan();
    assert_eq!(
        rows(&plan),
        [
            "policy/eventDataStore/lake update",
            "channel/okta replace weakens: source",
            "policy/channel/okta replace (goes along)",
        ]
    );
    assert_eq!(
        steps(&plan),
        [
            "1 channel/okta DeleteChannel []",
            "2 channel/okta CreateChannel [1]",
            "3 policy/eventDataStore/lake PutResourcePolicy [2]",
            "4 policy/channel/okta PutResourcePolicy [2]",
        ]
    );
}

#[test]
fn what_is_removed_is_deleted_and_its_policy_goes_without_a_step() {
    let plan = World::new()
        .remove("channel/okta")
        .untagged(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("okta", "Okta", "lake")))
        .ours(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .allow(Guard::BlindSpot, "channel/okta")
        .plan();
    assert_eq!(
        rows(&plan),
        ["channel/okta delete weakens", "policy/channel/okta delete (goes along) weakens"]
    );
    assert_eq!(steps(&plan), ["1 channel/okta DeleteChannel []"]);
    assert_eq!(plan.count(Verb::Delete), 1);
    assert_eq!(refusals(&plan), NONE);
}

#[test]
fn what_is_removed_and_gone_is_nothing() {
    let plan = World::new().remove("trail/audit").pending("lake", "a").remove("eventDataStore/lake").plan();
    assert!(plan.is_empty());
    assert_eq!((refusals(&plan), notes(&plan)), (Vec::new(), Vec::new()));
}

#[test]
fn what_is_removed_and_not_ours_is_refused() {
    let plan = World::new()
        .remove("trail/audit")
        .remove("trail/payments")
        .untagged(Spec::Trail(trail("audit")))
        .theirs(Spec::Trail(trail("payments")))
        .plan();
    // What is to go is still there, so the rows say it, though nothing can be done.
    assert_eq!(rows(&plan), ["trail/audit delete", "trail/payments delete"]);
    assert_eq!(steps(&plan), NONE);
    let said = text::plan(&plan, Style::default());
    assert!(said.starts_with("trail/audit                         not deleted\ntrail/payments "), "{said}");
    assert!(
        said.ends_with("Plan: 0 to create, 0 to update, 0 to replace, 0 to delete, 0 to adopt.\n"),
        "{said}"
    );
    let said = drift_text(&plan);
    assert!(
        said.starts_with("trail/audit                         warning: not removed, arn:aws:cloudtrail:"),
        "{said}"
    );
    assert!(said.ends_with("Drift: 2 resources differ. 2 resources checked.\n"), "{said}");
    let arn = |text: &str| arn(&key(text));
    assert_eq!(
        refusals(&plan),
        [
            format!(
                "trail/audit -: {} bears no ownership tags, so it is not ours to delete",
                arn("trail/audit")
            ),
            format!(
                "trail/payments -: {} is owned by the manifest `payments`, not ours to delete",
                arn("trail/payments")
            ),
        ]
    );
}

#[test]
fn what_is_forgotten_loses_our_tags_and_nothing_else() {
    let live = Trail { tags: tags(&[("team", "security")]), ..trail("audit") };
    let plan = World::new().forget("trail/audit").ours(Spec::Trail(live.clone())).plan();
    assert_eq!(rows(&plan), ["trail/audit forget: tags.trailkeeper:manifest, tags.trailkeeper:name"]);
    assert_eq!(steps(&plan), ["1 trail/audit RemoveTags []"]);
    assert!(World::new().forget("trail/audit").untagged(Spec::Trail(live)).plan().is_empty());
}

#[test]
fn an_adoption_adds_our_tags_and_shows_those_that_it_finds() {
    let tagged = Trail { tags: tags(&[("team", "security")]), ..trail("audit") };
    let plan = World::new().declare(Spec::Trail(tagged.clone())).untagged(Spec::Trail(tagged)).plan();
    assert_eq!(rows(&plan), ["trail/audit adopt: tags.trailkeeper:manifest, tags.trailkeeper:name"]);
    assert_eq!(steps(&plan), ["1 trail/audit AddTags []"]);
    assert_eq!(plan.changes[&key("trail/audit")].why.as_deref(), Some("tags found: team=security"));
    assert_eq!(refusals(&plan), NONE);
}

#[test]
fn a_pending_store_is_restored_and_what_depends_on_it_waits() {
    let world = integration()
        .declare(Spec::Policy(policy(Parent::EventDataStore, "lake", "444455556666")))
        .declare(Spec::Trail(trail("audit")))
        .pending("lake", "old");
    let decision = world.decide();
    assert_eq!(rows(&decision.plan), ["trail/audit create", "eventDataStore/lake restore"]);
    assert_eq!(
        steps(&decision.plan),
        [
            "1 trail/audit CreateTrail []",
            "2 trail/audit StartLogging [1]",
            "3 eventDataStore/lake RestoreEventDataStore []",
        ]
    );
    let waits = "for the next plan: it depends on a store that is restored first";
    assert_eq!(
        notes(&decision.plan),
        [
            format!("waits policy/eventDataStore/lake: {waits}"),
            format!("waits channel/okta: {waits}"),
            format!("waits policy/channel/okta: {waits}"),
        ]
    );
    let bound = decision.bindings.arn(&key("eventDataStore/lake")).map(|arn| arn.id().to_owned());
    assert_eq!(bound.as_deref(), Some("old"));
}

#[test]
fn a_store_waits_to_be_deleted_while_its_channel_waits_to_move() {
    let plan = integration()
        .remove("eventDataStore/old")
        .ours(Spec::EventDataStore(store("old")))
        .ours(Spec::Channel(live_channel("okta", "Okta", "old")))
        .ours(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .pending("lake", "sleeping")
        .plan();
    assert_eq!(rows(&plan), ["eventDataStore/lake restore"]);
    assert_eq!(steps(&plan), ["1 eventDataStore/lake RestoreEventDataStore []"]);
}

#[test]
fn of_several_pending_stores_with_the_name_none_is_restored() {
    let plan = World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .pending("lake", "b")
        .pending("lake", "a")
        .plan();
    assert_eq!(rows(&plan), ["eventDataStore/lake create"]);
    assert_eq!(steps(&plan), NONE);
    assert_eq!(plan.refusals.len(), 1);
    assert!(plan.refusals[0].reason.contains("eventdatastore/a and arn:"), "{}", plan.refusals[0].reason);
}

#[test]
fn a_policy_changed_by_itself_counts() {
    let plan = integration()
        .ours(Spec::EventDataStore(store("lake")))
        .ours(Spec::Channel(live_channel("okta", "Okta", "lake")))
        .ours(Spec::Policy(policy(Parent::Channel, "okta", "777788889999")))
        .plan();
    assert_eq!(plan.count(Verb::Update), 1);
    assert_eq!(steps(&plan), ["1 policy/channel/okta PutResourcePolicy []"]);
}
