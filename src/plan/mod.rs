//! What will happen: verbs, ordered steps, refusals and notes, as plain data that is compared, printed and saved.
//! The planner cannot fail and cannot wait, and a plan leaves nothing to decide.

mod draft;

mod holders;

mod restore;

mod unfinished;

mod slot;

mod impossible;

mod contradiction;

mod guard;

mod note;

mod order;

mod only;

pub mod cover;

pub mod drift;

pub mod unmanaged;

mod who;

use crate::diff::{Diff, diff};
use crate::keep::{Kept, keep};
use crate::name::Arn;
use crate::resource::{Action, FieldChange, Guard, Key, Spec};
use crate::settle::{Conflict, Settled, settle};
use crate::state::{Bindings, Desired, Found, Live, Note, RunOptions, Target};
use draft::Case;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use who::inquiries;

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The manifest's name.
    pub manifest: String,
    /// Whose CloudTrail, and where.
    pub target: Target,
    /// What happens to which resource; a change may have no step when it is refused as impossible.
    pub changes: BTreeMap<Key, Planned>,
    /// The calls, in an order that is safe one by one.
    pub steps: Vec<Step>,
    /// Why this plan may not be applied; any refusal means exit 3.
    pub refusals: Vec<Refusal>,
    /// What stops nothing and should be known.
    pub notes: Vec<Note>,
    /// Everything declared or ours that was compared, as it was found.
    pub checked: BTreeMap<Key, Found>,
    /// What differs and must wait for the next plan, because it depends on a store that this one restores.
    pub waiting: BTreeSet<Key>,
}

/// What happens to one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The verb.
    pub verb: Verb,
    /// Why, where the verb alone does not say it.
    pub why: Option<String>,
    /// A policy that goes with its parent's action is shown but not counted.
    pub counted: bool,
    /// What the manifest asks; absent when it is deleted.
    pub desired: Option<Spec>,
    /// What the account has; absent when it is created.
    pub live: Option<Found>,
    /// The settings that differ, in print order.
    pub fields: Vec<FieldChange>,
    /// Whether less is recorded, delivered or proven than before: such changes stand first in every report.
    pub weakens: bool,
    /// What gets worse, in words.
    pub losses: Vec<String>,
}

impl Planned {
    /// Whether somebody else's resource is in the way: what cannot be created because its name is taken, or deleted
    /// because it is not ours, changes no setting.
    pub fn is_out_of_reach(&self) -> bool {
        matches!(self.verb, Verb::Create | Verb::Delete) && self.fields.is_empty()
    }
}

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is deleted and made again.
    Replace,
    /// It is deleted.
    Delete,
    /// It becomes ours.
    Adopt,
    /// A store is taken out of PENDING_DELETION.
    Restore,
    /// It stops being ours and keeps running.
    Forget,
}

impl Verb {
    /// Every verb, in the order of the last line of a plan.
    pub const ALL: [Verb; 7] =
        [Verb::Create, Verb::Update, Verb::Replace, Verb::Delete, Verb::Adopt, Verb::Restore, Verb::Forget];

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Replace => "replace",
            Verb::Delete => "delete",
            Verb::Adopt => "adopt",
            Verb::Restore => "restore",
            Verb::Forget => "forget",
        }
    }

    /// The verb with this word.
    pub fn parse(word: &str) -> Option<Verb> {
        Verb::ALL.into_iter().find(|verb| verb.word() == word)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The number of a step within its plan, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub usize);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One API call and the steps that must be done before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number; steps are listed in ascending order, and `needs` are smaller.
    pub id: StepId,
    /// The resource that it is about.
    pub key: Key,
    /// The call.
    pub action: Action,
    /// What must be done first.
    pub needs: Vec<StepId>,
}

/// Why a plan may not be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The resource.
    pub key: Key,
    /// The guard that can be allowed; none when no flag helps.
    pub guard: Option<Guard>,
    /// The reason.
    pub reason: String,
    /// What to do instead, where no flag helps or something better than the flag exists.
    pub help: Option<String>,
}

impl Refusal {
    /// The words on the command line that would allow it.
    pub fn allow(&self) -> Option<String> {
        self.guard.map(|guard| format!("--allow {guard}={}", self.key))
    }
}

/// A plan and the ARNs with which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What will happen.
    pub plan: Plan,
    /// The ARNs of everything live under its settled key, and of the stores that are to be restored.
    pub bindings: Bindings,
}

/// The whole pure pipeline: settle, keep, diff, plan.
///
/// # Errors
/// Ownership tags that do not tell which live resource is the declared one.
pub fn decide(desired: &Desired, live: &Live, options: &RunOptions) -> Result<Decision, Vec<Conflict>> {
    decide_only(desired, live, options, &BTreeSet::new())
}

/// The same for some resources and what they need; for all of them when none is named.
///
/// # Errors
/// Ownership tags that do not tell which live resource is the declared one.
pub fn decide_only(
    desired: &Desired,
    live: &Live,
    options: &RunOptions,
    only: &BTreeSet<Key>,
) -> Result<Decision, Vec<Conflict>> {
    let Settled { desired, live } = settle(desired, live)?;
    let kept = keep(desired, &live, options);
    let diff = diff(&kept.desired, &live);
    let pending = restore::pending(&live);
    let restored = pending.into_iter().filter_map(|(key, pending)| match pending.as_slice() {
        [pending] => Some((key, pending.arn.clone())),
        _ => None,
    });
    let restored: Vec<(Key, Arn)> = restored.collect();
    let mut bindings = Bindings::of(&live);
    let mut plan = plan(&kept, live, diff, options);
    if !only.is_empty() {
        plan = only::limit(plan, &kept.desired, only);
    }
    for (key, arn) in restored {
        if plan.changes.get(&key).is_some_and(|planned| planned.verb == Verb::Restore) {
            bindings.bind(&key, arn);
        }
    }
    Ok(Decision { plan, bindings })
}

/// What is to be done about the differences. Total: what cannot or may not be done is a refusal.
pub fn plan(kept: &Kept, live: Live, diff: Diff, options: &RunOptions) -> Plan {
    let case = Case::new(kept, &live, options);
    let mut draft = draft::draft(&case, diff);
    impossible::judge(&case, &mut draft);
    contradiction::judge(&case, &mut draft);
    let slots = slot::judge(&case, &mut draft);
    guard::judge(&case, &mut draft);
    note::complete(&case, &mut draft);
    let steps = order::steps(&case, &draft, &slots);
    let Live { target, found: mut checked, .. } = live;
    checked.retain(|key, found| is_checked(kept, key, found));
    Plan {
        manifest: kept.desired.manifest.clone(),
        target,
        steps,
        checked,
        changes: draft.rows,
        refusals: draft.refusals,
        notes: draft.notes,
        waiting: draft.waiting,
    }
}

/// Whether this live resource is this manifest's business: declared, removed or ours.
fn is_checked(kept: &Kept, key: &Key, found: &Found) -> bool {
    kept.declared.contains_key(&key.bound()) || kept.desired.owns(&found.owner)
}

impl Plan {
    /// How many counted changes bear this verb: what the last line and the JSON summary say.
    pub fn count(&self, verb: Verb) -> usize {
        let counts =
            |planned: &&Planned| planned.counted && planned.verb == verb && !planned.is_out_of_reach();
        self.changes.values().filter(counts).count()
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether apply may not begin.
    pub fn is_refused(&self) -> bool {
        !self.refusals.is_empty()
    }
}
