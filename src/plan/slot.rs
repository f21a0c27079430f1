//! What there is only so much of: quota slots, names, and the sources of channels. Whoever takes one that
//! is in use waits for the step that frees it; where no step does, the plan is refused.

use super::draft::{Case, Draft, name_help, name_taken};
use super::{Planned, Verb};
use crate::name::Name;
use crate::resource::{Key, Kind};
use crate::state::{Foreign, Foreignness, Found};
use std::collections::{BTreeMap, BTreeSet};

/// Which resource's creation or renaming waits for which other one's deletion or renaming.
pub(super) struct Slots {
    /// Taker and freer of a name or source.
    pub(super) values: Vec<(Key, Key)>,
    /// Taker and freer of a quota slot.
    pub(super) quotas: Vec<(Key, Key)>,
}

/// Finds who frees what, and refuses what nobody frees.
pub(super) fn judge(case: &Case, draft: &mut Draft) -> Slots {
    let mut values = unique_settings(case, draft);
    values.extend(names(case, draft));
    let quotas = Kind::NAMED.into_iter().flat_map(|kind| quota(case, draft, kind)).collect();
    Slots { values, quotas }
}

/// A kind, a setting of it, and what the setting is.
type Value<'a> = (Kind, &'static str, &'a str);

fn unique_settings(case: &Case, draft: &mut Draft) -> Vec<(Key, Key)> {
    let wanted: Vec<(Key, &'static str, String)> = draft
        .rows
        .iter()
        .filter(|(_, row)| matches!(row.verb, Verb::Create | Verb::Replace))
        .filter_map(|(key, row)| {
            let (setting, value) = row.desired.as_ref()?.unique()?;
            Some((key.clone(), setting, value.to_owned()))
        })
        .collect();
    let mut slots = Vec::new();
    if wanted.is_empty() {
        return slots;
    }
    let mut taken_by: BTreeMap<Value, Vec<(&Key, &Found)>> = BTreeMap::new();
    for (holder, found) in &case.live.found {
        if let Some((setting, value)) = found.spec.unique() {
            taken_by.entry((holder.kind, setting, value)).or_default().push((holder, found));
        }
    }
    let theirs = case.live.foreign.iter().rev().filter_map(|foreign| {
        let (setting, value) = foreign.spec.as_deref()?.unique()?;
        Some(((foreign.key.kind, setting, value), foreign))
    });
    let theirs: BTreeMap<Value, &Foreign> = theirs.collect();
    for (key, setting, wanted) in wanted {
        let value = (key.kind, setting, wanted.as_str());
        let holders = taken_by.get(&value).into_iter().flatten();
        for (holder, found) in holders.filter(|(other, _)| **other != key) {
            match draft.verb(holder) {
                Some(Verb::Delete | Verb::Replace) => slots.push((key.clone(), (*holder).clone())),
                _ => {
                    let help = format!("remove {holder} or change its {setting} first");
                    draft.block(&key, taken(setting, &wanted, found), &help);
                }
            }
        }
        if let Some(foreign) = theirs.get(&value).filter(|foreign| foreign.key != key) {
            let reason = format!("the {setting} `{wanted}` is taken by {}", foreign.arn);
            draft.block(&key, reason, &format!("CloudTrail admits one {} per {setting}", key.kind.word()));
        }
    }
    slots
}

fn taken(what: &str, value: &str, holder: &Found) -> String {
    format!("the {what} `{value}` is taken by {}, and this plan does not free it", holder.arn)
}

/// The name that a row takes: a new resource's, or the new name of a live one.
fn new_name(row: &Planned) -> Option<&Name> {
    let desired = row.desired.as_ref()?.name();
    let same = row.live.as_ref().is_some_and(|live| live.spec.name() == desired);
    (!same).then_some(desired)
}

fn names(case: &Case, draft: &mut Draft) -> Vec<(Key, Key)> {
    let takers: Vec<(&Key, &Name)> = draft
        .rows
        .iter()
        .filter(|(key, row)| !key.is_policy() && row.verb != Verb::Restore)
        .filter_map(|(key, row)| Some((key, new_name(row)?)))
        .collect();
    if takers.is_empty() {
        return Vec::new();
    }
    let mut slots = BTreeMap::new();
    let mut refused = Vec::new();
    let mut named: BTreeMap<(Kind, &Name), Vec<(&Key, &Found)>> = BTreeMap::new();
    for (holder, found) in &case.live.found {
        named.entry((holder.kind, found.spec.name())).or_default().push((holder, found));
    }
    let frees = |holder: &Key| draft.rows.get(holder).is_some_and(|row| new_name(row).is_some());
    for (key, name) in takers {
        let mut holders = named.get(&(key.kind, name)).into_iter().flatten().copied();
        match holders.find(|(other, _)| *other != key) {
            Some((holder, _)) if draft.verb(holder) == Some(Verb::Delete) || frees(holder) => {
                slots.insert(key.clone(), holder.clone());
            }
            Some((_, found)) => {
                let help = "rename or delete that one first, or declare this one under another name";
                refused.push((key.clone(), taken("name", name.as_str(), found), help));
                continue;
            }
            None => {}
        }
        let foreign = case.foreign.get(&Key::new(key.kind, name));
        if let Some(foreign) = foreign.filter(|_| !draft.blocked.contains(key)) {
            refused.push((key.clone(), name_taken(foreign), name_help(foreign)));
        }
    }
    for (key, reason, help) in refused {
        draft.block(&key, reason, help);
    }
    refuse_swaps(draft, &slots);
    slots.into_iter().collect()
}

/// In a ring of renames each waits for the next; CloudTrail renames one at a time.
fn refuse_swaps(draft: &mut Draft, slots: &BTreeMap<Key, Key>) {
    let mut met: BTreeSet<&Key> = BTreeSet::new();
    for start in slots.keys() {
        let mut way: Vec<&Key> = Vec::new();
        let mut next = Some(start);
        while let Some(key) = next.filter(|key| met.insert(key)) {
            way.push(key);
            next = slots.get(key);
        }
        // A way that ends where it has been before, and not at another way, holds a ring.
        let ring = next.and_then(|key| way.iter().position(|one| *one == key));
        for key in ring.into_iter().flat_map(|begin| &way[begin..]) {
            let reason = "names cannot be swapped: each is taken until the other is free".to_owned();
            draft.block(key, reason, "give one of them a third name and apply first");
        }
    }
}

fn quota(case: &Case, draft: &mut Draft, kind: Kind) -> Vec<(Key, Key)> {
    let Some(limit) = kind.quota() else { return Vec::new() };
    let with = |draft: &Draft, verb: Verb| -> Vec<Key> {
        let rows = draft.rows.iter().filter(|(key, row)| key.kind == kind && row.verb == verb);
        rows.map(|(key, _)| key).filter(|key| !draft.is_blocked(key)).cloned().collect()
    };
    let creates = with(draft, Verb::Create);
    // A deleted store keeps its slot for seven days (user guide, event data store lifecycle).
    let frees = if kind.waits_for_deletion() { Vec::new() } else { with(draft, Verb::Delete) };
    let free = limit.saturating_sub(used(case, kind));
    let full = full(case, kind, limit);
    let mut slots = Vec::new();
    for (number, key) in creates.iter().skip(free).enumerate() {
        match frees.get(number) {
            Some(freed) => slots.push((key.clone(), freed.clone())),
            None => draft.block(key, full.clone(), "delete one that is not needed any more first"),
        }
    }
    let shadows = shadows(case, kind);
    let after = (used(case, kind) + creates.len()).saturating_sub(frees.len());
    if let Some(key) = creates.last().filter(|_| after <= limit && after + shadows > limit) {
        let text = format!(
            "CloudTrail admits {limit} of its kind in {}; {shadows} of other accounts or regions may count too",
            case.live.target.region
        );
        draft.note(key, "quota", text);
    }
    slots
}

fn full(case: &Case, kind: Kind, limit: usize) -> String {
    let pending =
        if kind.waits_for_deletion() { ", those that wait for their deletion included" } else { "" };
    format!(
        "{} admits {limit} of its kind{pending}, all are in use, and this plan does not free one",
        case.live.target.region
    )
}

/// What certainly takes a slot: everything of this account, whoever looks after it.
fn used(case: &Case, kind: Kind) -> usize {
    let account = case.live.target.account.as_str();
    let found =
        case.live.found.iter().filter(|(key, found)| key.kind == kind && found.arn.account() == account);
    let pending = if kind.waits_for_deletion() { case.live.pending.len() } else { 0 };
    let of_services = case.live.foreign.iter().filter(|foreign| {
        kind.counts_those_of_services()
            && foreign.key.kind == kind
            && matches!(foreign.why, Foreignness::Service(_))
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
