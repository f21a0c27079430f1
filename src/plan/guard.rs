//! Guards: what a change destroys, hides or takes over, and who has allowed it.
//! What no flag can allow is said in `impossible` and `slot`.

use super::draft::{Case, Draft};
use super::{Planned, Verb};
use crate::name::Arn;
use crate::resource::health::Health;
use crate::resource::{Coverage, Danger, Guard, Key, Path, Spec};
use crate::state::{Foreignness, MANIFEST_TAG, NAME_TAG, Note, Owner, Permission};
use std::collections::{BTreeMap, BTreeSet};

/// The reasons of each guard at each resource.
type Concerns = BTreeMap<(Key, Guard), Vec<String>>;

/// Marks what weakens, refuses what nobody has allowed, and tells which permissions permit nothing.
pub(super) fn judge(case: &Case, draft: &mut Draft) {
    let mut concerns = Concerns::new();
    for (key, row) in &draft.rows {
        ownership(case, draft, key, row, &mut concerns);
    }
    for (key, row) in &mut draft.rows {
        let covered = dangers(case, key, row, &mut concerns);
        let note = |text: String| Note { key: Some(key.clone()), word: "covered", text };
        draft.notes.extend(covered.into_iter().map(note));
    }
    for ((key, guard), reasons) in &concerns {
        let reason = reasons.join("; ");
        let adoption = concerns.contains_key(&(key.clone(), Guard::AdoptChanges))
            && allowed(case, Guard::AdoptChanges, key).is_none();
        match allowed(case, *guard, key) {
            Some(by) => draft.note(key, "allowed", format!("{guard}: {reason} ({by})")),
            // An adoption that is refused anyway need not repeat what its changes would do.
            None if adoption && *guard != Guard::AdoptChanges => {}
            // No flag helps a row that is refused without one.
            None if draft.is_blocked(key) => {}
            None => draft.refuse(key, *guard, reason),
        }
    }
    prune(case, draft);
    idle(case, draft, &concerns.into_keys().collect());
}

/// Adopting may only add our tags; what another manifest owns is not touched at all.
fn ownership(case: &Case, draft: &Draft, key: &Key, row: &Planned, concerns: &mut Concerns) {
    let Some(found) = row.live.as_ref().filter(|_| !key.is_policy()) else { return };
    match &found.owner {
        _ if !case.kept.declared.contains_key(key) => {}
        Owner::Manifest { manifest, .. } if *manifest != case.desired().manifest => {
            let reason = format!("owned by the manifest `{manifest}`");
            concerns.entry((key.clone(), Guard::TakeOwnership)).or_default().push(reason);
        }
        Owner::Nobody => {
            let policy = key.policy().filter(|policy| draft.rows.contains_key(policy));
            let mut changing: Vec<&str> = row.fields.iter().map(|change| change.path.as_str()).collect();
            changing
                .retain(|path| [MANIFEST_TAG, NAME_TAG].iter().all(|tag| Path::tag(tag).as_str() != *path));
            changing.extend(policy.map(|_| "resourcePolicy"));
            if !changing.is_empty() {
                let reason = format!("adopting it would change {}", changing.join(", "));
                concerns.entry((key.clone(), Guard::AdoptChanges)).or_default().push(reason);
            }
        }
        Owner::Manifest { .. } => {}
    }
}

/// What gets worse: shown first in every report, and stopped where a guard stands before it. Answers what is told of
/// what another resource makes up for.
fn dangers(case: &Case, key: &Key, row: &mut Planned, concerns: &mut Concerns) -> Vec<String> {
    let dangers = of(row);
    row.weakens = !dangers.is_empty();
    for danger in &dangers {
        if !row.losses.contains(&danger.reason) {
            row.losses.push(danger.reason.clone());
        }
    }
    let mut covered = Vec::new();
    for Danger { guard, severity: _, reason, loses } in dangers {
        // What goes along with its parent is guarded there.
        let Some(guard) = guard.filter(|_| row.counted) else { continue };
        let cover = loses.filter(|_| guard == Guard::BlindSpot).and_then(|lost| cover(case, key, &lost));
        if let Some((cover, spec)) = cover {
            row.losses.extend(evidence(row, spec));
            covered.push(format!("{reason}; {cover} records the same"));
            continue;
        }
        let reasons = concerns.entry((key.clone(), guard)).or_default();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    covered
}

/// The dangers of a row. A replacement is a deletion too.
pub(super) fn of(row: &Planned) -> Vec<Danger> {
    let live = row.live.as_ref().map(|found| &found.spec);
    let desired = row.desired.as_ref();
    match row.verb {
        Verb::Restore => Vec::new(),
        _ if row.is_out_of_reach() => Vec::new(),
        Verb::Replace if row.counted => {
            let mut dangers = Spec::dangers(None, live);
            dangers.extend(Spec::dangers(desired, live));
            dangers
        }
        _ => Spec::dangers(desired, live),
    }
}

/// Another resource, of ours or of the organization, that provably records all of `lost` before and after this plan,
/// and what it is after it: the first by key. What the service says does not arrive is recorded nowhere.
fn cover<'a>(case: &'a Case, changing: &Key, lost: &Coverage) -> Option<(&'a Key, &'a Spec)> {
    let delivers = |arn: &Arn| case.live.health.get(arn).is_none_or(Health::delivers);
    let ours = case.live.found.iter().filter(|(_, found)| delivers(&found.arn)).filter_map(|(key, found)| {
        // What is forgotten or untagged is not ours to rely on, unless it is the organization's.
        let trusted = case.owns(found) && !case.desired().removed.contains_key(key);
        let relied_on = (trusted || of_organization(&found.spec)) && covers(&found.spec, lost);
        let stays = case.desired().specs.get(key).filter(|desired| relied_on && covers(desired, lost));
        Some((key, stays?))
    });
    let theirs = case.live.foreign.iter().filter_map(|foreign| {
        let spec = foreign.spec.as_deref().filter(|spec| of_organization(spec) && covers(spec, lost));
        matches!(foreign.why, Foreignness::Account(_)).then_some((&foreign.key, spec?))
    });
    ours.chain(theirs).filter(|(key, _)| *key != changing).min_by_key(|(key, _)| *key)
}

fn of_organization(spec: &Spec) -> bool {
    spec.cover().is_some_and(|records| records.scope().organization)
}

/// Whether this can be relied on and provably records all of it.
pub(super) fn covers(spec: &Spec, lost: &Coverage) -> bool {
    spec.cover().is_some_and(|records| records.covers(lost) == Some(true))
}

/// What the cover delivers or proves less than what records no more: another bucket, no digest files. Nothing when
/// this still records the rest.
fn evidence(planned: &Planned, cover: &Spec) -> Vec<String> {
    let ends = planned.desired.as_ref().and_then(Spec::records).is_none();
    let live = planned.live.as_ref().map(|found| &found.spec).filter(|_| ends);
    let weaker = Spec::dangers(Some(cover), live).into_iter().filter(|danger| danger.guard.is_none());
    weaker.map(|danger| danger.reason).collect()
}

/// Who allows this, in words.
fn allowed(case: &Case, guard: Guard, key: &Key) -> Option<String> {
    if case.options.allow.contains(&(guard, key.clone())) {
        return Some("--allow".to_owned());
    }
    let mut permissions = case.desired().permissions.iter();
    let permission = permissions.find(|it| it.guard == guard && it.key == *key && !has_ended(case, it))?;
    let reason = permission.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    Some(format!("the manifest's allow list{reason}"))
}

fn has_ended(case: &Case, permission: &Permission) -> bool {
    permission.until.is_some_and(|until| until < case.options.today)
}

/// Pruning is for people at a terminal: bounded, and never with a manifest that declares nothing.
fn prune(case: &Case, draft: &mut Draft) {
    let is_pruned = |key: &&Key| {
        !key.is_policy()
            && !case.desired().removed.contains_key(*key)
            && draft.rows.get(*key).is_some_and(|row| row.verb == Verb::Delete)
    };
    let pruned: Vec<Key> = draft.rows.keys().filter(is_pruned).cloned().collect();
    let Some(first) = pruned.first() else { return };
    let count = pruned.len();
    let (reason, help) = match case.options.max_deletes {
        _ if case.kept.declared.is_empty() => (
            "pruning with a manifest that declares nothing would delete all that is ours".to_owned(),
            "name what is to go under `removed`".to_owned(),
        ),
        None => {
            (format!("pruning would delete {count}, and no limit is given"), format!("--max-deletes {count}"))
        }
        Some(limit) if count > limit => {
            (format!("pruning would delete {count}, the limit is {limit}"), format!("--max-deletes {count}"))
        }
        Some(_) => return,
    };
    draft.refusals.push(super::Refusal { key: first.clone(), guard: None, reason, help: Some(help) });
}

/// Permissions that have ended, or that permit nothing in this plan.
fn idle(case: &Case, draft: &mut Draft, asked: &BTreeSet<(Key, Guard)>) {
    for permission in &case.desired().permissions {
        let Permission { guard, key, until, .. } = permission;
        let text = match until {
            Some(until) if has_ended(case, permission) => {
                format!("the manifest's permission for {guard} ended on {until}; take it out or renew it")
            }
            _ if asked.contains(&(key.clone(), *guard)) => continue,
            _ => format!("the manifest's permission for {guard} permits nothing in this plan; take it out"),
        };
        draft.notes.push(Note { key: Some(key.clone()), word: "warning", text });
    }
    for (guard, key) in &case.options.allow {
        if !asked.contains(&(key.clone(), *guard)) {
            draft.note(key, "warning", format!("--allow {guard}={key} permits nothing in this plan"));
        }
    }
}
