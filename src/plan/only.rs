//! `--only`: of a finished plan, some resources and what they need. Guards of the others do not count, because
//! nothing happens to the others.

use super::{Plan, Step, StepId};
use crate::resource::{Key, Spec};
use crate::state::{Desired, Note};
use std::collections::{BTreeMap, BTreeSet};

/// The part of the plan that is about these resources, with a note about what is left out. Both sides are settled.
pub(super) fn limit(plan: Plan, desired: &Desired, only: &BTreeSet<Key>) -> Plan {
    let chosen = needed(&plan, desired, only);
    let is_chosen = |key: &Key| chosen.contains(&key.bound());
    let left_out = left_out(&plan, &is_chosen);
    let Plan { manifest, target, mut changes, steps, mut refusals, mut notes, mut checked, mut waiting } =
        plan;
    changes.retain(|key, _| is_chosen(key));
    refusals.retain(|refusal| is_chosen(&refusal.key));
    notes.retain(|note| note.key.as_ref().is_none_or(is_chosen));
    notes.splice(0..0, left_out);
    checked.retain(|key, _| is_chosen(key));
    waiting.retain(is_chosen);
    let steps = numbered(steps.into_iter().filter(|step| is_chosen(&step.key)));
    Plan { manifest, target, changes, steps, refusals, notes, checked, waiting }
}

/// These resources, what they refer to, and whatever has to happen before what happens to them. Each stands for its
/// policy too.
fn needed(plan: &Plan, desired: &Desired, only: &BTreeSet<Key>) -> BTreeSet<Key> {
    let by_id: BTreeMap<StepId, &Key> = plan.steps.iter().map(|step| (step.id, &step.key)).collect();
    let mut needs: BTreeMap<Key, Vec<StepId>> = BTreeMap::new();
    for step in &plan.steps {
        needs.entry(step.key.bound()).or_default().extend(&step.needs);
    }
    let mut chosen: BTreeSet<Key> = BTreeSet::new();
    let mut next: Vec<Key> = only.iter().map(Key::bound).collect();
    while let Some(key) = next.pop() {
        if !chosen.insert(key.clone()) {
            continue;
        }
        let specs = [Some(key.clone()), key.policy()].into_iter().flatten();
        let references = specs.filter_map(|key| desired.specs.get(&key)).flat_map(Spec::references);
        let before = needs.get(&key).into_iter().flatten();
        let before = before.filter_map(|need| by_id.get(need).copied().cloned());
        next.extend(references.chain(before).map(|key| key.bound()));
    }
    chosen
}

fn left_out(plan: &Plan, is_chosen: &dyn Fn(&Key) -> bool) -> Option<Note> {
    let refused: BTreeSet<&Key> =
        plan.refusals.iter().map(|refusal| &refusal.key).filter(|key| !is_chosen(key)).collect();
    let rows = plan.changes.iter().filter(|(key, planned)| planned.counted && !is_chosen(key));
    let others: BTreeSet<&Key> = rows.map(|(key, _)| key).chain(refused.iter().copied()).collect();
    let mut text = match others.len() {
        0 => return None,
        1 => "1 other change is left out by --only".to_owned(),
        number => format!("{number} other changes are left out by --only"),
    };
    if !refused.is_empty() {
        text.push_str(&format!(" ({} refused)", refused.len()));
    }
    Some(Note { key: None, word: "note", text })
}

/// Steps numbered from one again; what a chosen step needs is chosen too.
fn numbered(steps: impl Iterator<Item = Step>) -> Vec<Step> {
    let steps: Vec<Step> = steps.collect();
    let ids: BTreeMap<StepId, StepId> =
        steps.iter().enumerate().map(|(place, step)| (step.id, StepId(place + 1))).collect();
    let renumber = |id: &StepId| ids.get(id).copied();
    let renumbered = steps.into_iter().filter_map(|step| {
        let Step { id, key, action, needs } = step;
        Some(Step { id: renumber(&id)?, key, action, needs: needs.iter().filter_map(renumber).collect() })
    });
    renumbered.collect()
}
