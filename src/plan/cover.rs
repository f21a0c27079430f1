//! Does a saved plan cover what apply would do? It is evidence of what was reviewed, never instructions: nothing
//! here makes a step, and the worst that a changed file can do is to cover less.

mod told;

use super::{Decision, Plan, Planned, Step, Verb};
use crate::name::Arn;
use crate::resource::midway::left_by;
use crate::resource::{Call, FieldChange, Key, Part, Path, Value};
use crate::state::{Bindings, UNFINISHED_TAG};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use told::Done;

pub(crate) use told::permits;

/// What a saved plan says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The name of the manifest that was planned.
    pub manifest: String,
    /// The account that was read.
    pub account: String,
    /// The region whose endpoint was asked.
    pub region: String,
    /// How each resource differed.
    pub changes: BTreeMap<Key, RecordedChange>,
    /// The calls that were to be made.
    pub steps: Vec<RecordedStep>,
}

/// How one resource differed when the plan was saved, and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedChange {
    /// Its ARN, when it existed.
    pub arn: Option<Arn>,
    /// What was to happen to it.
    pub verb: Verb,
    /// Why, where the verb alone did not say it.
    pub why: Option<String>,
    /// Whether it was a policy that goes with its parent's action.
    pub goes_along: bool,
    /// Whether less was to be recorded, delivered or proven.
    pub weakens: bool,
    /// What was to get worse, in words.
    pub losses: Vec<String>,
    /// Why it was permitted all the same.
    pub notes: Vec<RecordedNote>,
    /// The settings that differed.
    pub fields: Vec<FieldChange>,
}

/// What a saved plan says of why a guarded change may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedNote {
    /// `allowed` or `covered`.
    pub word: String,
    /// The guard, the reason and who allows it; or what makes up for it.
    pub text: String,
}

/// A call of a saved plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedStep {
    /// The resource that it is about.
    pub key: Key,
    /// The operation.
    pub call: Call,
    /// The request; ARNs that were not known stand as `${channels.okta.arn}`.
    pub request: Json,
}

/// Something that apply would do, or would meet, and that the saved plan does not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// The plan was made for something else: which word of the target, what the plan says, and what is meant now.
    Target(&'static str, String, String),
    /// A setting that did not differ, or was not looked at, when the plan was saved.
    New(Key, FieldChange),
    /// A setting that the account has changed since.
    Live {
        /// The resource.
        key: Key,
        /// The setting.
        path: Path,
        /// What the account had when the plan was saved.
        then: Value,
        /// What it has now.
        now: Value,
    },
    /// A setting that the manifest has changed since.
    Desired {
        /// The resource.
        key: Key,
        /// The setting.
        path: Path,
        /// What the manifest asked when the plan was saved.
        then: Value,
        /// What it asks now.
        now: Value,
    },
    /// A call that the saved plan does not hold.
    Step(Key, Call),
    /// A call that the saved plan holds with another request.
    Request {
        /// The resource.
        key: Key,
        /// The operation.
        call: Call,
        /// The first member that differs.
        member: String,
        /// What the saved plan has there.
        then: Json,
        /// What would be sent now.
        now: Json,
    },
    /// A change of which the saved plan says something else than apply would.
    Told {
        /// The resource.
        key: Key,
        /// What is said otherwise: `action`, `reason`, `count`, `losses`, `weakening` or `allowances`.
        what: &'static str,
        /// What the saved plan says; empty when it says nothing.
        then: String,
        /// What is so now; empty when there is nothing to say.
        now: String,
    },
}

/// What the evidence lacks; nothing when every step that is left stands in it, with the same live values before it, and
/// the same is said of every change that is left.
/// Steps that have been done since may be missing from the decision, and what they leave half-way is known.
pub fn cover(evidence: &Evidence, decision: &Decision) -> Vec<Gap> {
    let Decision { plan, bindings } = decision;
    let targets = other_target(evidence, plan);
    if !targets.is_empty() {
        return targets;
    }
    let known = Replacements::of_known(bindings);
    let recorded: Vec<(&RecordedStep, Json)> =
        evidence.steps.iter().map(|step| (step, known.apply(&step.request))).collect();
    let left: Vec<(&Step, Json)> = plan
        .steps
        .iter()
        .map(|step| (step, known.apply(&step.action.request(&step.key, &|text| bindings.spell(text)))))
        .collect();
    let is_left = |(step, request): &(&RecordedStep, Json)| {
        left.iter().any(|(now, sent)| is_same_call(step, now) && request == sent)
    };
    let done: Vec<&RecordedStep> =
        recorded.iter().filter(|step| !is_left(step)).map(|(step, _)| *step).collect();

    let mut gaps = field_gaps(evidence, plan, &done);
    let explained: BTreeSet<Key> = gaps.iter().filter_map(Gap::key).map(Key::bound).collect();
    let unexplained = left.iter().filter(|(step, _)| !explained.contains(&step.key.bound()));
    gaps.extend(unexplained.filter_map(|(step, request)| step_gap(step, request, &recorded)));
    let explained: BTreeSet<Key> = gaps.iter().filter_map(Gap::key).map(Key::bound).collect();
    let unexplained = touched(plan).filter(|(key, _)| !explained.contains(&key.bound()));
    let otherwise = unexplained.filter_map(|(key, planned)| {
        let all = done.iter().map(|step| step.call).collect();
        let done = Done { own: calls_about(key, &done), all };
        told::gap(key, planned, plan, evidence.changes.get(key), &done)
    });
    gaps.extend(otherwise.collect::<Vec<Gap>>());
    gaps
}

impl Gap {
    /// The resource that the gap is about; none when it is about the whole plan.
    pub fn key(&self) -> Option<&Key> {
        match self {
            Gap::Target(..) => None,
            Gap::New(key, _)
            | Gap::Live { key, .. }
            | Gap::Desired { key, .. }
            | Gap::Step(key, _)
            | Gap::Request { key, .. }
            | Gap::Told { key, .. } => Some(key),
        }
    }
}

fn other_target(evidence: &Evidence, plan: &Plan) -> Vec<Gap> {
    let pairs = [
        ("manifest", &evidence.manifest, plan.manifest.clone()),
        ("account", &evidence.account, plan.target.account.to_string()),
        ("region", &evidence.region, plan.target.region.to_string()),
    ];
    let differing = pairs.into_iter().filter(|(_, then, now)| *then != now);
    differing.map(|(word, then, now)| Gap::Target(word, then.clone(), now)).collect()
}

fn is_same_call(recorded: &RecordedStep, now: &Step) -> bool {
    recorded.key == now.key && recorded.call == now.action.call()
}

/// Every change that a step is left for, the policies that go with it included.
fn touched(plan: &Plan) -> impl Iterator<Item = (&Key, &Planned)> {
    let touched: BTreeSet<&Key> = plan.steps.iter().map(|step| &step.key).collect();
    plan.changes.iter().filter(move |(key, planned)| {
        touched.contains(key) || (!planned.counted && touched.contains(&key.bound()))
    })
}

/// The calls about a resource and its policy.
fn calls_about(key: &Key, done: &[&RecordedStep]) -> Vec<Call> {
    done.iter().filter(|step| step.key.bound() == key.bound()).map(|step| step.call).collect()
}

fn field_gaps(evidence: &Evidence, plan: &Plan, done: &[&RecordedStep]) -> Vec<Gap> {
    let gone = Replacements::of_gone(evidence, done);
    touched(plan)
        .flat_map(|(key, planned)| {
            let recorded = evidence.changes.get(key);
            let calls = calls_about(key, done);
            let gone = &gone;
            planned.fields.iter().filter_map(move |change| field_gap(key, change, recorded, &calls, gone))
        })
        .collect()
}

/// `done` are the calls about this resource that have been made since.
fn field_gap(
    key: &Key,
    change: &FieldChange,
    recorded: Option<&RecordedChange>,
    done: &[Call],
    gone: &Replacements,
) -> Option<Gap> {
    let FieldChange { path, desired, live } = change;
    // The mark that a create of this plan left; whatever it says, the calls that follow from it must stand in the plan.
    if path.tag_key() == Some(UNFINISHED_TAG) {
        return None;
    }
    let listed = recorded.and_then(|recorded| recorded.fields.iter().find(|field| field.path == *path));
    // What did not differ was as it is desired.
    let then = listed.map_or(desired, |field| &field.live);
    let as_then = live == then || Value::from_json(gone.apply(&live.to_json())) == *then;
    let half_way = || done.iter().any(|call| left_by(*call, path, desired, then).as_ref() == Some(live));
    if !as_then && !half_way() {
        return Some(match listed {
            Some(field) => Gap::Live {
                key: key.clone(),
                path: path.clone(),
                then: field.live.clone(),
                now: live.clone(),
            },
            None => Gap::New(key.clone(), change.clone()),
        });
    }
    let other = listed.filter(|field| field.desired != *desired)?;
    let (then, now) = (other.desired.clone(), desired.clone());
    Some(Gap::Desired { key: key.clone(), path: path.clone(), then, now })
}

fn step_gap(step: &Step, request: &Json, recorded: &[(&RecordedStep, Json)]) -> Option<Gap> {
    let mut same = recorded.iter().filter(|(recorded, _)| is_same_call(recorded, step));
    let call = step.action.call();
    let Some((_, first)) = same.clone().next() else { return Some(Gap::Step(step.key.clone(), call)) };
    if same.any(|(_, then)| then == request) {
        return None;
    }
    let (member, then, now) = difference(first, request);
    Some(Gap::Request { key: step.key.clone(), call, member, then, now })
}

/// The first member in which two requests differ; the whole of them when they are not both objects.
fn difference(then: &Json, now: &Json) -> (String, Json, Json) {
    let members = |request: &Json| request.as_object().cloned().unwrap_or_default();
    let (old, new) = (members(then), members(now));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differing = names.into_iter().find(|name| old.get(*name) != new.get(*name));
    match differing {
        Some(name) => {
            let value =
                |members: &serde_json::Map<String, Json>| members.get(name).cloned().unwrap_or_default();
            (name.clone(), value(&old), value(&new))
        }
        None => ("request".to_owned(), then.clone(), now.clone()),
    }
}

/// Spellings of one thing that changed when it came to be or ceased to be.
struct Replacements(Vec<(String, String)>);

impl Replacements {
    /// What was a reference when the plan was saved has an ARN by now, when a step has created it since.
    fn of_known(bindings: &Bindings) -> Replacements {
        let pairs = bindings.iter().flat_map(|(key, arn)| {
            [
                (Part::Arn(key.clone()).to_string(), arn.to_string()),
                (Part::Id(key.clone()).to_string(), arn.id().to_owned()),
            ]
        });
        Replacements(pairs.collect())
    }

    /// What was a reference to something live is its bare ARN again, when a step has deleted it since.
    fn of_gone(evidence: &Evidence, done: &[&RecordedStep]) -> Replacements {
        let gone = done.iter().filter(|step| step.call.deletes()).map(|step| &step.key);
        let arns = gone.filter_map(|key| Some((key, evidence.changes.get(key)?.arn.as_ref()?)));
        let pairs = arns.flat_map(|(key, arn)| {
            [
                (arn.to_string(), Part::Arn(key.clone()).to_string()),
                (arn.id().to_owned(), Part::Id(key.clone()).to_string()),
            ]
        });
        Replacements(pairs.collect())
    }

    fn apply(&self, json: &Json) -> Json {
        match json {
            Json::String(text) => {
                Json::String(self.0.iter().fold(text.clone(), |text, (from, to)| text.replace(from, to)))
            }
            Json::Array(items) => items.iter().map(|item| self.apply(item)).collect(),
            Json::Object(members) => {
                members.iter().map(|(name, member)| (name.clone(), self.apply(member))).collect()
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => json.clone(),
        }
    }
}
