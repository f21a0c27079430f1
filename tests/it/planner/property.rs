//! What holds in every world: nothing is lost, nobody else's things are touched, and when the plan has
//! come about there is nothing left to plan.

use super::{OURS, World, channel, live_channel, policy, rows, store, trail};
use proptest::prelude::*;
use std::collections::BTreeSet;
use trailkeeper::name::{Arn, Name, Tags, Time};
use trailkeeper::plan::drift::drift;
use trailkeeper::plan::unmanaged::unmanaged;
use trailkeeper::plan::{Planned, Verb};
use trailkeeper::resource::{EventDataStore, Key, Kind, Parent, Severity, Spec, Trail};
use trailkeeper::settle::settle;
use trailkeeper::state::{Found, Live, NAME_TAG, Owner};

const NAMES: [&str; 3] = ["a", "b", "c"];
const SOURCES: [&str; 3] = ["Okta", "OneLogin", "Snyk"];

/// What a world may hold under one name.
#[derive(Debug, Clone)]
struct Choice {
    kind: u8,
    name: usize,
    other: usize,
    source: usize,
    setting: bool,
    policy: bool,
}

#[derive(Debug, Clone)]
enum Fact {
    Declared(Choice),
    Removed(Choice),
    Forgotten(Choice),
    Ours(Choice),
    OursUnderAnotherName(Choice),
    Untagged(Choice),
    Theirs(Choice),
    Pending(usize),
}

fn choice() -> impl Strategy<Value = Choice> {
    (0..3u8, 0..3usize, 0..3usize, 0..3usize, any::<bool>(), any::<bool>()).prop_map(
        |(kind, name, other, source, setting, policy)| Choice { kind, name, other, source, setting, policy },
    )
}

fn fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        4 => choice().prop_map(Fact::Declared),
        1 => choice().prop_map(Fact::Removed),
        1 => choice().prop_map(Fact::Forgotten),
        4 => choice().prop_map(Fact::Ours),
        2 => choice().prop_map(Fact::OursUnderAnotherName),
        1 => choice().prop_map(Fact::Untagged),
        1 => choice().prop_map(Fact::Theirs),
        1 => (0..3usize).prop_map(Fact::Pending),
    ]
}

impl Choice {
    fn spec(&self, live: bool) -> Spec {
        let name = NAMES[self.name];
        match self.kind {
            0 => Spec::Trail(Trail { enable_log_file_validation: self.setting, ..trail(name) }),
            1 => {
                let retention_period = if self.setting { 366 } else { 90 };
                Spec::EventDataStore(EventDataStore { retention_period, ..store(name) })
            }
            _ if live => Spec::Channel(live_channel(name, SOURCES[self.source], NAMES[self.other])),
            _ => Spec::Channel(channel(name, SOURCES[self.source], NAMES[self.other])),
        }
    }

    fn policy(&self) -> Option<Spec> {
        let parent = match self.kind {
            0 => return None,
            1 => Parent::EventDataStore,
            _ => Parent::Channel,
        };
        let account = if self.setting { "444455556666" } else { "777788889999" };
        self.policy.then(|| Spec::Policy(policy(parent, NAMES[self.name], account)))
    }
}

/// A world of these facts. As the manifest's checks and the service see to it, a name is declared, removed
/// and live at most once, and a source belongs to one live channel.
fn world(facts: &[Fact]) -> World {
    let mut world = World::new();
    let mut told: BTreeSet<Key> = BTreeSet::new();
    let mut sources: BTreeSet<usize> = BTreeSet::new();
    for fact in facts {
        world = match fact {
            Fact::Declared(choice) | Fact::Removed(choice) | Fact::Forgotten(choice) => {
                if !told.insert(choice.spec(false).key()) {
                    continue;
                }
                let text = choice.spec(false).key().to_string();
                match fact {
                    Fact::Removed(_) => world.remove(&text),
                    Fact::Forgotten(_) => world.forget(&text),
                    _ => choice.policy().into_iter().fold(world.declare(choice.spec(false)), World::declare),
                }
            }
            Fact::Ours(choice)
            | Fact::OursUnderAnotherName(choice)
            | Fact::Untagged(choice)
            | Fact::Theirs(choice) => {
                let spec = choice.spec(true);
                let taken = choice.kind == 2 && !sources.insert(choice.source);
                if taken || world.live.found.contains_key(&spec.key()) {
                    continue;
                }
                let own = choice.policy();
                match fact {
                    Fact::Ours(_) => own.into_iter().fold(world.ours(spec), World::ours),
                    Fact::Untagged(_) => own.into_iter().fold(world.untagged(spec), World::untagged),
                    Fact::Theirs(_) => own.into_iter().fold(world.theirs(spec), World::theirs),
                    _ => own.into_iter().fold(world.ours_as(spec, NAMES[choice.other]), World::ours),
                }
            }
            Fact::Pending(name) => {
                let id = format!("pending-{}", world.live.pending.len());
                world.pending(NAMES[*name], &id)
            }
        };
    }
    world
}

/// The account when every row of the plan has come about.
fn come_about(world: &World) -> World {
    let settled = settle(&world.desired, &world.live).unwrap().live;
    let mut live = Live { found: Default::default(), ..settled.clone() };
    let plan = world.plan();
    let staying = settled.found.iter().filter(|(key, _)| !plan.changes.contains_key(key));
    let mut found: Vec<(Key, Found)> = staying.map(|(key, found)| (key.clone(), found.clone())).collect();
    for (key, planned) in &plan.changes {
        if planned.verb == Verb::Restore {
            live.pending.retain(|pending| pending.name != key.name);
        }
        found.extend(after(key, planned).map(|found| (key.clone(), found)));
    }
    // Live keys bear live names, and a policy that of its parent.
    let names: Vec<(Key, Name)> =
        found.iter().map(|(key, it)| (key.clone(), it.spec.name().clone())).collect();
    for (key, it) in found {
        let parent = names.iter().find(|(other, _)| *other == key.bound()).map(|(_, name)| name);
        let name = if key.is_policy() { parent.unwrap_or(&key.name) } else { it.spec.name() };
        live.found.insert(Key::new(key.kind, name), it.clone());
    }
    World { live, ..world.clone() }
}

fn after(key: &Key, planned: &Planned) -> Option<Found> {
    let spec = planned.desired.clone()?;
    let owner = |tags: Option<&Tags>| match tags.and_then(|tags| tags.get(NAME_TAG)) {
        Some(name) => Owner::Manifest { manifest: OURS.to_owned(), name: Name::new(name.as_str()) },
        None => Owner::Nobody,
    };
    let arn =
        planned.live.as_ref().map(|found| found.arn.clone()).unwrap_or_else(|| super::arn(&key.bound()));
    // Another resource may have been given its ARN by its first name.
    let arn = match planned.verb {
        Verb::Create | Verb::Replace => trailkeeper::name::Arn::parse(format!("{arn}-again")).unwrap(),
        _ => arn,
    };
    Some(Found { arn, owner: owner(spec.tags()), spec })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nobody_elses_things_are_touched(facts in prop::collection::vec(fact(), 0..10)) {
        let world = world(&facts);
        let Ok(settled) = settle(&world.desired, &world.live) else { return Ok(()) };
        let arns = |live: &Live| -> BTreeSet<String> {
            live.found.values().map(|found| found.arn.to_string()).collect()
        };
        prop_assert_eq!(settled.live.found.len(), world.live.found.len());
        prop_assert_eq!(arns(&settled.live), arns(&world.live));
        let plan = world.plan();
        for step in &plan.steps {
            let parent = step.key.bound();
            let ours = settled.live.found.get(&parent).is_some_and(|found| world.desired.owns(&found.owner));
            prop_assert!(ours || world.desired.specs.contains_key(&parent), "{:?}", step);
        }
        prop_assert_eq!(plan, world.plan());
    }

    #[test]
    fn everything_that_lives_is_compared_or_unmanaged_and_every_difference_counts(
        facts in prop::collection::vec(fact(), 0..10)
    ) {
        let world = world(&facts);
        if settle(&world.desired, &world.live).is_err() {
            return Ok(());
        }
        let plan = world.plan();
        let strangers = unmanaged(&plan, &world.desired, &world.live, &[]);
        let strange: BTreeSet<&Arn> = strangers.iter().map(|one| &one.arn).collect();
        prop_assert_eq!(strange.len(), strangers.len(), "nothing is listed twice");
        let checked: BTreeSet<&Arn> = plan.checked.values().map(|found| &found.arn).collect();
        prop_assert!(strange.is_disjoint(&checked));
        for found in world.live.found.values() {
            prop_assert!(strange.contains(&found.arn) || checked.contains(&found.arn), "{}", found.arn);
        }
        let seen = drift(&plan, &world.live, Time::from_unix(1_795_165_200).unwrap());
        prop_assert!(seen.differences.keys().eq(plan.changes.keys()));
        prop_assert_eq!(seen.counts(None, false), !plan.is_empty());
        prop_assert_eq!(seen.counts(Some(Severity::Info), true), !plan.is_empty());
        // What a guard stops in this direction is critical when somebody has gone the other way.
        for (key, difference) in &seen.differences {
            let missing = plan.changes[key].verb == Verb::Create && !key.is_policy();
            prop_assert!(!missing || difference.severity == Severity::Critical, "{}", key);
            prop_assert!(difference.fields.iter().all(|field| field.severity <= difference.severity));
        }
    }

    #[test]
    fn when_a_plan_has_come_about_there_is_nothing_left_to_plan(facts in prop::collection::vec(fact(), 0..10)) {
        let mut world = world(&facts);
        if settle(&world.desired, &world.live).is_err() {
            return Ok(());
        }
        // Whatever guards stop can be allowed; what no flag allows ends the matter.
        let first = world.plan();
        prop_assume!(first.refusals.iter().all(|refusal| refusal.guard.is_some()));
        let restores = first.count(Verb::Restore) > 0;
        world = come_about(&world);
        if restores {
            prop_assume!(world.plan().refusals.iter().all(|refusal| refusal.guard.is_some()));
            world = come_about(&world);
        }
        // What was forgotten may bear the name of something removed, and is not ours to delete now.
        let last = world.plan();
        prop_assume!(last.refusals.iter().all(|refusal| refusal.guard.is_some()));
        prop_assert_eq!(rows(&last), Vec::<String>::new());
    }
}

#[test]
fn the_kinds_of_these_worlds_are_those_that_their_names_say() {
    let choice = |kind| Choice { kind, name: 0, other: 0, source: 0, setting: true, policy: false };
    let kinds = [0, 1, 2].map(|kind| choice(kind).spec(false).kind());
    assert_eq!(kinds, [Kind::Trail, Kind::EventDataStore, Kind::Channel]);
}
