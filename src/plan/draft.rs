//! Verbs: what happens to each resource that differs, with the calls that it takes, still unordered.
//! What may not be done is for the modules beside this one to say.

use super::{Planned, Refusal, Verb, restore, unfinished};
use crate::diff::{Change, Diff};
use crate::keep::{Kept, is_of_aws};
use crate::resource::{FieldChange, Guard, Key, Spec, Task, Way};
use crate::state::{Desired, Foreign, Foreignness, Found, Live, Note, Owner, Pending, RunOptions};
use std::collections::{BTreeMap, BTreeSet};

/// What the planner looks at. All of it is settled.
pub(super) struct Case<'a> {
    pub(super) kept: &'a Kept,
    pub(super) live: &'a Live,
    pub(super) options: &'a RunOptions,
    /// What is not ours to write, by key.
    pub(super) foreign: BTreeMap<&'a Key, &'a Foreign>,
    /// Stores that wait for their deletion, by key.
    pub(super) pending: BTreeMap<Key, Vec<&'a Pending>>,
}

/// The calls behind a row.
#[derive(Default)]
pub(super) struct Tasks {
    /// Those that delete the live resource.
    pub(super) unmake: Vec<Task>,
    /// Those that make, change or restore the desired one.
    pub(super) make: Vec<Task>,
}

impl Tasks {
    fn making(make: Vec<Task>) -> Tasks {
        Tasks { unmake: Vec::new(), make }
    }
}

/// A plan in the making.
#[derive(Default)]
pub(super) struct Draft {
    /// What the plan shows.
    pub(super) rows: BTreeMap<Key, Planned>,
    /// The calls of those rows that have some.
    pub(super) tasks: BTreeMap<Key, Tasks>,
    pub(super) refusals: Vec<Refusal>,
    /// Rows that no flag can allow: they have no steps.
    pub(super) blocked: BTreeSet<Key>,
    pub(super) notes: Vec<Note>,
    /// What the next plan will see, after a store has been restored.
    pub(super) waiting: BTreeSet<Key>,
}

impl<'a> Case<'a> {
    pub(super) fn new(kept: &'a Kept, live: &'a Live, options: &'a RunOptions) -> Case<'a> {
        // Of several with one key the first counts.
        let foreign = live.foreign.iter().rev().map(|foreign| (&foreign.key, foreign)).collect();
        Case { kept, live, options, foreign, pending: restore::pending(live) }
    }

    pub(super) fn desired(&self) -> &'a Desired {
        &self.kept.desired
    }

    /// Whether this live resource bears this manifest's tags.
    pub(super) fn owns(&self, found: &Found) -> bool {
        self.desired().owns(&found.owner)
    }
}

impl Draft {
    fn put(&mut self, key: &Key, row: Planned, tasks: Tasks) {
        if !tasks.unmake.is_empty() || !tasks.make.is_empty() {
            self.tasks.insert(key.clone(), tasks);
        }
        self.rows.insert(key.clone(), row);
    }

    /// No flag helps: the row stays, its steps go.
    pub(super) fn block(&mut self, key: &Key, reason: String, help: &str) {
        self.blocked.insert(key.clone());
        let help = Some(help.to_owned());
        self.refusals.push(Refusal { key: key.clone(), guard: None, reason, help });
    }

    /// A guard stops it until somebody allows it: the row keeps its steps.
    pub(super) fn refuse(&mut self, key: &Key, guard: Guard, reason: String) {
        self.refusals.push(Refusal { key: key.clone(), guard: Some(guard), reason, help: None });
    }

    pub(super) fn note(&mut self, key: &Key, word: &'static str, text: String) {
        self.notes.push(Note { key: Some(key.clone()), word, text });
    }

    /// The verb of a row that is not blocked.
    pub(super) fn verb(&self, key: &Key) -> Option<Verb> {
        let row = self.rows.get(key).filter(|_| !self.is_blocked(key))?;
        Some(row.verb)
    }

    /// Whether this row, or the row with which this policy goes, can have no steps.
    pub(super) fn is_blocked(&self, key: &Key) -> bool {
        let goes_along = || self.rows.get(key).is_some_and(|row| !row.counted);
        self.blocked.contains(key) || (key.is_policy() && goes_along() && self.blocked.contains(&key.bound()))
    }
}

/// Every row, policies after their parents, because they go with them.
pub(super) fn draft(case: &Case, diff: Diff) -> Draft {
    let mut draft = Draft::default();
    let waiting = restore::waiting(case, &diff);
    let is_policy = |key: &&Key| key.is_policy();
    let unchanged = case.desired().specs.keys().filter(is_policy).filter(|key| !diff.contains_key(key));
    let unchanged: Vec<&Key> = unchanged.collect();
    let ready = diff.into_iter().filter(|(key, _)| !waiting.contains(key));
    let (policies, others): (Vec<_>, Vec<_>) = ready.partition(|(key, _)| key.is_policy());
    for (key, change) in others {
        match change {
            Change::Missing(fields) => missing(case, &mut draft, &key, fields),
            Change::Differs(fields) => differs(case, &mut draft, &key, fields),
            Change::Extra(fields) => extra(case, &mut draft, &key, fields),
        }
    }
    for (key, change) in policies {
        policy(case, &mut draft, &key, change.into_fields());
    }
    for key in unchanged {
        policy_beside_a_replacement(case, &mut draft, key);
    }
    restore::note(&mut draft, &waiting);
    draft.waiting = waiting;
    draft
}

fn missing(case: &Case, draft: &mut Draft, key: &Key, fields: Vec<FieldChange>) {
    let Some(desired) = case.desired().specs.get(key) else { return };
    if let Some(foreign) = case.foreign.get(key) {
        // What cannot come into being gets no settings either; the row says that it is not there.
        let row = planned(case, key, Verb::Create, None, Vec::new());
        draft.put(key, row, Tasks::default());
        return draft.block(key, name_taken(foreign), name_help(foreign));
    }
    let row = planned(case, key, Verb::Create, None, fields);
    match case.pending.get(key).map(Vec::as_slice).unwrap_or_default() {
        [] => draft.put(key, row, Tasks::making(unfinished::create(case, key, desired))),
        [_] => draft.put(key, restore::row(row), Tasks::making(restore::tasks(key))),
        several => {
            let arns: Vec<&str> = several.iter().map(|pending| pending.arn.as_str()).collect();
            let reason =
                format!("several stores of this name wait for their deletion: {}", arns.join(" and "));
            draft.block(
                key,
                reason,
                "restore the right one (aws cloudtrail restore-event-data-store), or use another name",
            );
            draft.put(key, row, Tasks::default());
        }
    }
}

/// Whose a resource is that this account sees and must not write.
pub(super) fn whose(foreign: &Foreign) -> String {
    let arn = &foreign.arn;
    match &foreign.why {
        Foreignness::Account(account) => format!("{arn} belongs to account {account}"),
        Foreignness::HomeRegion(region) => format!("{arn} has its home in {region}"),
        Foreignness::Service(service) => format!("{arn} is {service}'s"),
    }
}

/// Why what this account sees keeps a declared resource from coming into being.
pub(super) fn name_taken(foreign: &Foreign) -> String {
    format!("the name is taken: {}", whose(foreign))
}

/// Who can change what stands in the way, and what else to do.
pub(super) fn name_help(foreign: &Foreign) -> &'static str {
    match &foreign.why {
        Foreignness::HomeRegion(_) => {
            "manage it with a manifest for its home region, or declare another name"
        }
        Foreignness::Account(_) if foreign.key.kind.can_be_of_an_organization() => {
            "manage it from its own account, or as a delegated administrator with `organization: {managementAccount: …}` \
             in the header; or declare another name"
        }
        Foreignness::Account(_) | Foreignness::Service(_) => "declare it under another name",
    }
}

fn differs(case: &Case, draft: &mut Draft, key: &Key, fields: Vec<FieldChange>) {
    let (Some(desired), Some(found)) = (case.desired().specs.get(key), case.live.found.get(key)) else {
        return;
    };
    let (verb, why) = match (&found.owner, case.desired().removed.get(key)) {
        (_, Some(removal)) if !case.kept.declared.contains_key(key) => (Verb::Forget, removal.reason.clone()),
        (Owner::Nobody, _) => (Verb::Adopt, Some(tags_found(found))),
        (Owner::Manifest { manifest, .. }, _) if !case.owns(found) => {
            (Verb::Adopt, Some(format!("owned by the manifest `{manifest}`")))
        }
        (Owner::Manifest { .. }, _) => (Verb::Update, None),
    };
    let mut row = planned(case, key, verb, why, fields);
    let mut tasks = Tasks::default();
    match unfinished::update(key, desired, &found.spec) {
        Way::InPlace(make) => tasks.make = make,
        Way::Replace(why) => {
            row.verb = Verb::Replace;
            row.why = Some(format!("{why}; its ARN changes, tell the sender"));
            tasks = Tasks { unmake: found.spec.delete(), make: again(case, key, desired) };
        }
        Way::Impossible { why, help } => draft.block(key, why, &help),
    }
    draft.put(key, row, tasks);
}

/// The calls that make a replaced resource again. What AWS's robots have written on it was copied from live, and nobody
/// else can write it.
fn again(case: &Case, key: &Key, desired: &Spec) -> Vec<Task> {
    let mut desired = desired.clone();
    desired.tags_mut().into_iter().for_each(|tags| tags.retain(|tag, _| !is_of_aws(tag)));
    unfinished::create(case, key, &desired)
}

/// What an adoption finds: somebody may have left a mark.
fn tags_found(found: &Found) -> String {
    let tags = found.spec.tags().into_iter().flatten();
    let tags: Vec<String> = tags.map(|(key, value)| format!("{key}={value}")).collect();
    match tags.is_empty() {
        true => "no tags found".to_owned(),
        false => format!("tags found: {}", tags.join(", ")),
    }
}

fn extra(case: &Case, draft: &mut Draft, key: &Key, fields: Vec<FieldChange>) {
    // Keep has copied what is not ours, so that this only holds for what is; it must never be otherwise.
    let Some(found) = case.live.found.get(key).filter(|found| case.owns(found)) else { return };
    let why = match case.desired().removed.get(key) {
        Some(removal) => removal.reason.clone(),
        None => Some("pruned: neither declared nor removed".to_owned()),
    };
    let planned = planned(case, key, Verb::Delete, why, fields);
    draft.put(key, planned, Tasks { unmake: found.spec.delete(), make: Vec::new() });
}

/// A policy is created, replaced and deleted with its parent, or changed by itself.
fn policy(case: &Case, draft: &mut Draft, key: &Key, fields: Vec<FieldChange>) {
    let parent = key.bound();
    let with = draft.rows.get(&parent).map(|row| row.verb);
    if draft.rows.get(&parent).is_some_and(Planned::is_out_of_reach) {
        return;
    }
    let desired = case.desired().specs.get(key);
    let found = case.live.found.get(key);
    let (verb, goes_along, unmake, make) = match (with, desired, found) {
        (Some(Verb::Create), Some(desired), _) | (Some(Verb::Replace), Some(desired), None) => {
            (Verb::Create, true, Vec::new(), desired.create())
        }
        (Some(Verb::Replace), Some(desired), Some(_)) => (Verb::Replace, true, Vec::new(), desired.create()),
        // Deleting a resource is assumed to delete its policy (unverified); nothing can be left to attach it to.
        (Some(Verb::Replace | Verb::Delete), None, Some(_)) => (Verb::Delete, true, Vec::new(), Vec::new()),
        (_, Some(desired), None) => (Verb::Create, false, Vec::new(), desired.create()),
        (_, Some(desired), Some(found)) => match desired.update(&found.spec) {
            Way::InPlace(tasks) => (Verb::Update, false, Vec::new(), tasks),
            Way::Replace(_) => (Verb::Update, false, found.spec.delete(), desired.create()),
            Way::Impossible { why, help } => {
                draft.block(key, why, &help);
                (Verb::Update, false, Vec::new(), Vec::new())
            }
        },
        (_, None, Some(found)) => (Verb::Delete, false, found.spec.delete(), Vec::new()),
        (_, None, None) => return,
    };
    let why = goes_along.then(|| format!("goes with {parent}"));
    let planned = Planned { counted: !goes_along, ..planned(case, key, verb, why, fields) };
    draft.put(key, planned, Tasks { unmake, make });
}

/// An unchanged policy is put again when its parent is replaced, or when it names the ARN of another
/// replaced resource: read back, it would name an ARN that is no more.
fn policy_beside_a_replacement(case: &Case, draft: &mut Draft, key: &Key) {
    let parent = key.bound();
    let Some(desired) = case.desired().specs.get(key) else { return };
    let is_replaced = |key: &Key| draft.rows.get(key).is_some_and(|row| row.verb == Verb::Replace);
    if is_replaced(&parent) {
        return policy(case, draft, key, Vec::new());
    }
    let named = desired.references().into_iter().find(|other| is_replaced(other));
    if let Some(named) = named.filter(|_| case.kept.declared.contains_key(&parent)) {
        let why = Some(format!("names {named}, whose ARN changes"));
        let planned = planned(case, key, Verb::Update, why, Vec::new());
        draft.put(key, planned, Tasks::making(desired.create()));
    }
}

pub(super) fn planned(
    case: &Case,
    key: &Key,
    verb: Verb,
    why: Option<String>,
    fields: Vec<FieldChange>,
) -> Planned {
    Planned {
        verb,
        why,
        counted: true,
        desired: case.desired().specs.get(key).cloned(),
        live: case.live.found.get(key).cloned(),
        fields,
        weakens: false,
        losses: Vec::new(),
    }
}
