//! What to ask about who made the account differ: the calls by which somebody can have gone from what is declared to
//! what is there, which are a plan the other way round. Who answers is not known here.

use super::{Plan, Planned, Verb};
use crate::name::Arn;
use crate::resource::call::Role;
use crate::resource::{Action, Key, Spec, Way};
use crate::state::Bindings;
use crate::state::who::{Inquiry, Maker, Member, Suspect};
use serde_json::Value as Json;

/// A question for each resource that differs and whose difference somebody can have made. What is still there although
/// the manifest removes it needs no question, and a policy that goes with its parent none of its own.
pub fn inquiries(plan: &Plan, bindings: &Bindings) -> Vec<Inquiry> {
    let asked = plan.changes.iter().filter(|(_, planned)| planned.counted);
    asked.filter_map(|(key, planned)| inquiry(plan, key, planned, bindings)).collect()
}

fn inquiry(plan: &Plan, key: &Key, planned: &Planned, bindings: &Bindings) -> Option<Inquiry> {
    let arn = || bindings.arn(key).cloned().or_else(|| key.named_arn(&plan.target));
    let live = planned.live.as_ref().map(|found| &found.spec);
    let inquiry = |missing: bool, suspects: Vec<Suspect>, maker: Option<&Spec>| Inquiry {
        key: key.clone(),
        name: live.map_or_else(|| key.name.clone(), |live| live.name().clone()),
        arn: planned.live.as_ref().map(|found| found.arn.clone()).or_else(arn),
        missing,
        suspects,
        maker: maker.and_then(|spec| self::maker(key, spec, planned.verb != Verb::Adopt, bindings)),
    };
    match (planned.verb, &planned.desired, live) {
        (Verb::Create | Verb::Restore, Some(desired), _) => {
            let actions = desired.delete().into_iter().map(|task| task.action);
            let ends = actions.filter(|action| action.call().role() == Role::Delete);
            let suspects = ends.map(|action| Suspect { call: action.call(), member: None });
            Some(inquiry(true, suspects.collect(), Some(desired)))
        }
        (Verb::Update | Verb::Replace, Some(desired), Some(live)) => {
            Some(inquiry(false, suspects(key, desired, live, bindings), Some(live)))
        }
        // Somebody made it who knows nothing of us: that is no change. Taking our tags off is.
        (Verb::Adopt, Some(desired), Some(live)) => {
            Some(inquiry(false, suspects(key, desired, live, bindings), Some(live)))
        }
        // A policy that nobody declared was put by somebody.
        (Verb::Delete, None, Some(live)) if key.is_policy() => {
            let actions = live.create().into_iter().map(|task| task.action);
            let suspects = actions.flat_map(|action| of_action(key, &action, bindings));
            Some(inquiry(false, suspects.collect(), Some(live)))
        }
        _ => None,
    }
}

/// How somebody would have made what is there.
fn maker(key: &Key, spec: &Spec, is_to_blame: bool, bindings: &Bindings) -> Option<Maker> {
    let mut actions = spec.create().into_iter().map(|task| task.action);
    let first = actions.next()?;
    let request = first.request(key, &|text| bindings.spell(text));
    Some(Maker {
        call: first.call(),
        request,
        then: actions.map(|action| action.call()).collect(),
        is_to_blame,
    })
}

/// The calls that turn what is declared into what is there.
fn suspects(key: &Key, desired: &Spec, live: &Spec, bindings: &Bindings) -> Vec<Suspect> {
    let tasks = match live.update(desired) {
        Way::InPlace(tasks) => tasks,
        // Only deleting and making it anew leads there.
        Way::Replace(_) | Way::Impossible { .. } => live.create().into_iter().take(1).collect(),
    };
    let mut suspects: Vec<Suspect> = Vec::new();
    for task in &tasks {
        let found = of_action(key, &task.action, bindings);
        // Of two calls of one operation the last leaves what is there.
        suspects.retain(|known| !found.iter().any(|one| same_part(one, known)));
        suspects.extend(found);
    }
    suspects
}

fn same_part(one: &Suspect, other: &Suspect) -> bool {
    let name = |suspect: &Suspect| suspect.member.as_ref().map(|member| member.name.clone());
    one.call == other.call && name(one) == name(other)
}

/// A suspect for each member that the call sets: several people may have changed one each.
fn of_action(key: &Key, action: &Action, bindings: &Bindings) -> Vec<Suspect> {
    let call = action.call();
    let request = action.request(key, &|text| bindings.spell(text));
    let own = bindings.arn(key).map(Arn::as_str);
    let members: Vec<Member> = match request {
        Json::Object(members) if call.role() != Role::Create || key.is_policy() => members
            .into_iter()
            .filter(|(_, value)| value.as_str().is_none_or(|text| Some(text) != own))
            .map(|(name, value)| Member { name, value })
            .collect(),
        _ => Vec::new(),
    };
    if members.is_empty() {
        return vec![Suspect { call, member: None }];
    }
    members.into_iter().map(|member| Suspect { call, member: Some(member) }).collect()
}
