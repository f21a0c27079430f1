//! What there is only so much of: quota slots, names, and the sources of channels. Whoever takes one that
//! is in use waits for the step that frees it; where no step does, the plan is refused.

use super::Verb;
use super::draft::{Case, Draft, Work, name_help, name_taken};
use crate::name::Name;
use crate::resource::{Key, Kind, Spec};
use crate::state::{Foreign, Foreignness, Found};
use std::collections::BTreeMap;

/// Which resource's creation or renaming waits for which other one's deletion or renaming.
pub(super) struct Slots {
    /// Taker and freer of a name or source.
    pub(super) values: Vec<(Key, Key)>,
    /// Taker and freer of a quota slot.
    pub(super) quotas: Vec<(Key, Key)>,
}

/// Finds who frees what, and refuses what nobody frees.
pub(super) fn judge(case: &Case, draft: &mut Draft) -> Slots {
    let mut values = sources(case, draft);
    values.extend(names(case, draft));
    let quotas = [Kind::Trail, Kind::EventDataStore, Kind::Channel, Kind::Dashboard];
    let quotas = quotas.into_iter().flat_map(|kind| quota(case, draft, kind)).collect();
    Slots { values, quotas }
}

/// A channel's source is unique in its account and region (API reference, `CreateChannel`).
fn source(spec: &Spec) -> Option<&str> {
    if let Spec::Channel(channel) = spec { Some(&channel.source) } else { None }
}

fn sources(case: &Case, draft: &mut Draft) -> Vec<(Key, Key)> {
    let wanted: Vec<(Key, String)> = draft
        .works
        .iter()
        .filter(|(_, work)| matches!(work.planned.verb, Verb::Create | Verb::Replace))
        .filter_map(|(key, work)| Some((key.clone(), source(work.planned.desired.as_ref()?)?.to_owned())))
        .collect();
    let mut slots = Vec::new();
    for (key, wanted) in wanted {
        let holders = case.live.found.iter().filter(|(other, _)| **other != key);
        for (holder, found) in holders.filter(|(_, found)| source(&found.spec) == Some(&wanted)) {
            match draft.verb(holder) {
                Some(Verb::Delete | Verb::Replace) => slots.push((key.clone(), holder.clone())),
                _ => {
                    let help = "remove that channel or change its source first";
                    draft.block(&key, taken("source", &wanted, found), help);
                }
            }
        }
        let mut foreign = case.live.foreign.iter();
        if let Some(foreign) = foreign.find(|it| it.spec.as_deref().and_then(source) == Some(&wanted)) {
            let reason = format!("the source `{wanted}` is taken by {}", foreign.arn);
            draft.block(&key, reason, "CloudTrail admits one channel per source");
        }
    }
    slots
}

fn taken(what: &str, value: &str, holder: &Found) -> String {
    format!("the {what} `{value}` is taken by {}, and this plan does not free it", holder.arn)
}

/// The name that a row takes: a new resource's, or the new name of a live one.
fn new_name(work: &Work) -> Option<&Name> {
    let desired = work.planned.desired.as_ref()?.name();
    let same = work.planned.live.as_ref().is_some_and(|live| live.spec.name() == desired);
    (!same).then_some(desired)
}

fn names(case: &Case, draft: &mut Draft) -> Vec<(Key, Key)> {
    let takers: Vec<(Key, Name)> = draft
        .works
        .iter()
        .filter(|(key, work)| !key.is_policy() && work.planned.verb != Verb::Restore)
        .filter_map(|(key, work)| Some((key.clone(), new_name(work)?.clone())))
        .collect();
    let mut slots = BTreeMap::new();
    for (key, name) in takers {
        let mut others = case.live.found.iter().filter(|(other, _)| **other != key && other.kind == key.kind);
        let holder = others.find(|(_, found)| *found.spec.name() == name);
        let frees = |holder: &Key| draft.works.get(holder).is_some_and(|work| new_name(work).is_some());
        match holder {
            Some((holder, _)) if draft.verb(holder) == Some(Verb::Delete) || frees(holder) => {
                slots.insert(key.clone(), holder.clone());
            }
            Some((_, found)) => {
                let help = "rename or delete that one first, or declare this one under another name";
                draft.block(&key, taken("name", name.as_str(), found), help);
            }
            None => {}
        }
        let theirs = |foreign: &&Foreign| foreign.key == Key::new(key.kind, &name);
        let foreign = case.live.foreign.iter().find(theirs).filter(|_| !draft.blocked.contains(&key));
        if let Some(foreign) = foreign {
            draft.block(&key, name_taken(foreign), name_help(foreign));
        }
    }
    refuse_swaps(draft, &slots);
    slots.into_iter().collect()
}

/// In a ring of renames each waits for the next; CloudTrail renames one at a time.
fn refuse_swaps(draft: &mut Draft, slots: &BTreeMap<Key, Key>) {
    for start in slots.keys() {
        let ring = std::iter::successors(slots.get(start), |key| slots.get(*key)).take(slots.len());
        if ring.clone().any(|key| key == start) {
            let reason = "names cannot be swapped: each is taken until the other is free".to_owned();
            draft.block(start, reason, "give one of them a third name and apply first");
        }
    }
}

/// None of these is adjustable (General Reference, CloudTrail quotas).
fn limit(kind: Kind) -> usize {
    match kind {
        Kind::Trail => 5,
        Kind::EventDataStore => 10,
        Kind::Channel => 25,
        Kind::Dashboard => 100,
        // One for each of its parents.
        Kind::Policy(_) => usize::MAX,
    }
}

fn quota(case: &Case, draft: &mut Draft, kind: Kind) -> Vec<(Key, Key)> {
    let with = |draft: &Draft, verb: Verb| -> Vec<Key> {
        let rows = draft.works.keys().filter(|key| key.kind == kind && draft.verb(key) == Some(verb));
        rows.cloned().collect()
    };
    let creates = with(draft, Verb::Create);
    // A deleted store keeps its slot for seven days (user guide, event data store lifecycle).
    let frees = if kind == Kind::EventDataStore { Vec::new() } else { with(draft, Verb::Delete) };
    let free = limit(kind).saturating_sub(used(case, kind));
    let mut slots = Vec::new();
    for (number, key) in creates.iter().skip(free).enumerate() {
        match frees.get(number) {
            Some(freed) => slots.push((key.clone(), freed.clone())),
            None => draft.block(key, full(case, kind), "delete one that is not needed any more first"),
        }
    }
    let shadows = shadows(case, kind);
    let after = (used(case, kind) + creates.len()).saturating_sub(frees.len());
    if let Some(key) = creates.last().filter(|_| after <= limit(kind) && after + shadows > limit(kind)) {
        let text = format!(
            "CloudTrail admits {} of its kind in {}; {shadows} of other accounts or regions may count too",
            limit(kind),
            case.live.target.region
        );
        draft.note(key, "quota", text);
    }
    slots
}

fn full(case: &Case, kind: Kind) -> String {
    let pending =
        if kind == Kind::EventDataStore { ", those that wait for their deletion included" } else { "" };
    format!(
        "{} admits {} of its kind{pending}, all are in use, and this plan does not free one",
        case.live.target.region,
        limit(kind)
    )
}

/// What certainly takes a slot: everything of this account, whoever looks after it. Service-linked channels
/// and managed dashboards do not count.
fn used(case: &Case, kind: Kind) -> usize {
    let account = case.live.target.account.as_str();
    let found =
        case.live.found.iter().filter(|(key, found)| key.kind == kind && found.arn.account() == account);
    let pending = if kind == Kind::EventDataStore { case.live.pending.len() } else { 0 };
    let of_services = case.live.foreign.iter().filter(|foreign| {
        kind == Kind::Trail && foreign.key.kind == kind && matches!(foreign.why, Foreignness::Service(_))
    });
    found.count() + pending + of_services.count()
}

/// What may take a slot: copies of trails and stores whose home is elsewhere. Quotas count them in words
/// that leave room for doubt (General Reference: "shadow trails" count in other regions).
fn shadows(case: &Case, kind: Kind) -> usize {
    let elsewhere = |foreign: &&Foreign| match foreign.why {
        Foreignness::Account(_) | Foreignness::HomeRegion(_) => foreign.key.kind == kind,
        Foreignness::Service(_) => false,
    };
    case.live.foreign.iter().filter(elsewhere).count()
}
