//! Every way in which a saved plan may fail to cover what apply would do, and what does not matter.

use super::{World, arn, channel, key, live_channel, policy, steps, store, trail};
use crate::saved::saved;
use serde_json::json;
use trailkeeper::name::Tags;
use trailkeeper::plan::cover::{Evidence, Gap, cover};
use trailkeeper::resource::insight::InsightSelector;
use trailkeeper::resource::{
    Call, EventDataStore, Field, FieldChange, Guard, Key, Parent, Path, Spec, Text, Trail, Value,
};

fn evidence(world: &World) -> Evidence {
    saved(&world.decide()).evidence().clone()
}

/// What a plan that was saved in one world lacks in another.
fn gaps(then: &World, now: &World) -> Vec<Gap> {
    cover(&evidence(then), &now.decide())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn encrypted(name: &str, alias: Option<&str>) -> Spec {
    let arn = |alias: &str| format!("arn:aws:kms:us-east-1:111122223333:key/{alias}");
    Spec::Trail(Trail { kms_key_id: alias.map(arn), ..trail(name) })
}

fn key_of(alias: &str) -> Value {
    text(&format!("arn:aws:kms:us-east-1:111122223333:key/{alias}"))
}

/// The trail `audit` has no key and shall have one.
fn to_be_encrypted() -> World {
    World::new().declare(encrypted("audit", Some("a"))).ours(encrypted("audit", None))
}

#[test]
fn what_was_saved_covers_itself_and_everything_that_is_done() {
    let world = to_be_encrypted();
    assert_eq!(gaps(&world, &world), []);
    let done = World::new().declare(encrypted("audit", Some("a"))).ours(encrypted("audit", Some("a")));
    assert_eq!(gaps(&world, &done), []);
}

#[test]
fn a_live_value_that_changed_is_named() {
    let now = World::new().declare(encrypted("audit", Some("a"))).ours(encrypted("audit", Some("b")));
    let path = Path::new("kmsKeyId");
    let gap = Gap::Live { key: key("trail/audit"), path, then: Value::Absent, now: key_of("b") };
    assert_eq!(gaps(&to_be_encrypted(), &now), [gap]);
}

#[test]
fn a_setting_that_differs_only_now_is_named() {
    let silent = |kms: Option<&str>| match encrypted("audit", kms) {
        Spec::Trail(trail) => Spec::Trail(Trail { is_logging: false, ..trail }),
        other => other,
    };
    let now = World::new().declare(encrypted("audit", Some("a"))).ours(silent(None));
    let path = Path::new("isLogging");
    let change = FieldChange { path, desired: Value::Bool(true), live: Value::Bool(false) };
    assert_eq!(gaps(&to_be_encrypted(), &now), [Gap::New(key("trail/audit"), change)]);
}

#[test]
fn what_the_manifest_asks_now_is_named() {
    let now = World::new().declare(encrypted("audit", Some("b"))).ours(encrypted("audit", None));
    let path = Path::new("kmsKeyId");
    let gap = Gap::Desired { key: key("trail/audit"), path, then: key_of("a"), now: key_of("b") };
    assert_eq!(gaps(&to_be_encrypted(), &now), [gap]);
}

#[test]
fn another_resource_matters_only_when_it_would_be_touched() {
    let and = |world: World, declared: Option<&str>, live: Option<&str>| {
        world.declare(encrypted("second", declared)).ours(encrypted("second", live))
    };
    let then = and(to_be_encrypted(), Some("a"), Some("a"));
    let stranger = then.clone().untagged(Spec::EventDataStore(store("theirs")));
    assert_eq!(gaps(&then, &stranger), []);
    let drifted = and(to_be_encrypted(), Some("a"), None);
    let change = FieldChange { path: Path::new("kmsKeyId"), desired: key_of("a"), live: Value::Absent };
    assert_eq!(gaps(&then, &drifted), [Gap::New(key("trail/second"), change)]);
    // Done by somebody else: nothing is left to do about it.
    assert_eq!(gaps(&drifted, &then), []);
}

#[test]
fn a_plan_for_something_else_covers_nothing() {
    let world = to_be_encrypted();
    let wrong = |change: fn(&mut Evidence)| {
        let mut evidence = evidence(&world);
        change(&mut evidence);
        cover(&evidence, &world.decide())
    };
    let gap = |word, then: &str, now: &str| vec![Gap::Target(word, then.to_owned(), now.to_owned())];
    assert_eq!(wrong(|it| it.manifest = "other".to_owned()), gap("manifest", "other", "baseline"));
    assert_eq!(wrong(|it| it.account = "1".to_owned()), gap("account", "1", "111122223333"));
    assert_eq!(wrong(|it| it.region = "eu-west-1".to_owned()), gap("region", "eu-west-1", "us-east-1"));
}

#[test]
fn a_file_that_was_changed_covers_less() {
    let world = to_be_encrypted();
    let edited = |change: fn(&mut Evidence)| {
        let mut evidence = evidence(&world);
        change(&mut evidence);
        cover(&evidence, &world.decide())
    };
    let audit = key("trail/audit");
    assert_eq!(edited(|it| it.steps.clear()), [Gap::Step(audit.clone(), Call::UpdateTrail)]);
    assert_eq!(
        edited(|it| it.steps[0].call = Call::DeleteTrail),
        [Gap::Step(audit.clone(), Call::UpdateTrail)]
    );
    assert_eq!(
        edited(|it| it.steps[0].key = Key::parse("trail/other").unwrap()),
        [Gap::Step(audit.clone(), Call::UpdateTrail)]
    );
    let request = Gap::Request {
        key: audit.clone(),
        call: Call::UpdateTrail,
        member: "KmsKeyId".to_owned(),
        then: json!("none"),
        now: json!("arn:aws:kms:us-east-1:111122223333:key/a"),
    };
    assert_eq!(edited(|it| it.steps[0].request["KmsKeyId"] = json!("none")), [request]);
    let lost = edited(|it| it.steps[0].request = json!(7));
    assert!(matches!(lost.as_slice(), [Gap::Request { .. }]), "{lost:?}");
    let change = FieldChange { path: Path::new("kmsKeyId"), desired: key_of("a"), live: Value::Absent };
    assert_eq!(edited(|it| it.changes.clear()), [Gap::New(audit, change)]);
    // What is added makes no difference: nobody takes steps out of a file.
    assert_eq!(edited(|it| it.steps.extend(it.steps.clone())), []);
}

fn created() -> World {
    let logged =
        InsightSelector { insight_type: "ApiCallRateInsight".to_owned(), event_categories: Vec::new() };
    World::new().declare(Spec::Trail(Trail { insight_selectors: vec![logged], ..trail("audit") }))
}

#[test]
fn a_trail_that_is_made_but_not_finished_is_covered() {
    let half = created().ours(Spec::Trail(Trail { is_logging: false, ..trail("audit") }));
    assert_eq!(
        steps(&half.plan()),
        ["1 trail/audit PutInsightSelectors []", "2 trail/audit StartLogging []"]
    );
    assert_eq!(gaps(&created(), &half), []);
}

#[test]
fn a_trail_that_somebody_else_made_meanwhile_is_not() {
    let bare = Trail { is_logging: false, ..trail("audit") };
    let theirs = created().untagged(Spec::Trail(bare)).allow(Guard::AdoptChanges, "trail/audit");
    // Its own two tags travel in the call that the plan holds; AddTags is none of its steps.
    assert_eq!(gaps(&created(), &theirs), [Gap::Step(key("trail/audit"), Call::AddTags)]);
}

#[test]
fn only_a_step_that_was_in_the_plan_explains_a_value_half_way() {
    let role = |name: &str| Some(format!("arn:aws:iam::111122223333:role/{name}"));
    let lake = |role: Option<String>, retention| {
        let federated =
            EventDataStore { federation_role_arn: role, retention_period: retention, ..store("lake") };
        Spec::EventDataStore(federated)
    };
    let then = World::new().declare(lake(role("new"), 400)).ours(lake(role("old"), 366));
    let half = World::new().declare(lake(role("new"), 400)).ours(lake(None, 366));
    assert_eq!(gaps(&then, &half), []);
    // The same from a plan that would not have switched it off.
    let then = World::new().declare(lake(role("new"), 400)).ours(lake(role("new"), 366));
    let path = Path::new("federationRoleArn");
    let new = text("arn:aws:iam::111122223333:role/new");
    let change = FieldChange { path, desired: new, live: Value::Absent };
    assert_eq!(gaps(&then, &half), [Gap::New(key("eventDataStore/lake"), change)]);
}

/// A channel whose source changes, with a policy of its own and one elsewhere that names it.
fn replaced() -> World {
    let naming = |name: Text| {
        let before = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"cloudtrail:StartQuery","Condition":{"StringEquals":{"aws:SourceArn":""#;
        let parts = [trailkeeper::resource::Part::Lit(before.to_owned())];
        let after = [trailkeeper::resource::Part::Lit(r#""}}}]}"#.to_owned())];
        let document = Text::new(parts.into_iter().chain(name.parts().iter().cloned()).chain(after));
        let policy = policy(Parent::EventDataStore, "lake", "1");
        Spec::Policy(trailkeeper::resource::Policy { document, ..policy })
    };
    let okta = key("channel/okta");
    World::new()
        .declare(Spec::EventDataStore(store("lake")))
        .declare(naming(Text::arn(okta.clone())))
        .declare(Spec::Channel(channel("okta", "LaunchDarkly", "lake")))
        .declare(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .ours(Spec::EventDataStore(store("lake")))
        .ours(naming(Text::plain(arn(&okta).as_str())))
        .ours(Spec::Channel(live_channel("okta", "Okta", "lake")))
        .ours(Spec::Policy(policy(Parent::Channel, "okta", "444455556666")))
        .allow(Guard::BlindSpot, "channel/okta")
}

#[test]
fn a_replacement_that_stopped_in_between_is_covered() {
    let then = replaced();
    assert_eq!(then.plan().refusals, []);
    let mut deleted = then.clone();
    deleted.live.found.remove(&key("channel/okta"));
    deleted.live.found.remove(&key("policy/channel/okta"));
    assert_eq!(gaps(&then, &deleted), []);
    let mut made = deleted.ours(Spec::Channel(live_channel("okta", "LaunchDarkly", "lake")));
    let anew =
        trailkeeper::name::Arn::parse("arn:aws:cloudtrail:us-east-1:111122223333:channel/anew").unwrap();
    made.live.found.get_mut(&key("channel/okta")).unwrap().arn = anew;
    let left =
        ["1 policy/eventDataStore/lake PutResourcePolicy []", "2 policy/channel/okta PutResourcePolicy []"];
    assert_eq!(steps(&made.plan()), left);
    assert_eq!(gaps(&then, &made), []);
}

#[test]
fn what_a_deletion_takes_along_must_be_as_it_was_shown() {
    let with = |account: &str, tags: Tags| {
        World::new()
            .remove("channel/okta")
            .ours(Spec::EventDataStore(store("lake")))
            .ours(Spec::Channel(trailkeeper::resource::Channel {
                tags,
                ..live_channel("okta", "Okta", "lake")
            }))
            .ours(Spec::Policy(policy(Parent::Channel, "okta", account)))
    };
    let then = with("444455556666", Tags::new());
    assert_eq!(gaps(&then, &then), []);
    let gaps_now = gaps(&then, &with("777788889999", Tags::new()));
    assert!(matches!(gaps_now.as_slice(), [Gap::Live { key, .. }] if key.is_policy()), "{gaps_now:?}");
    let tagged = with("444455556666", super::tags(&[("team", "security")]));
    let path = Field::new("tags.team", Value::Absent).path;
    let change = FieldChange { path, desired: Value::Absent, live: text("security") };
    assert_eq!(gaps(&then, &tagged), [Gap::New(key("channel/okta"), change)]);
}
