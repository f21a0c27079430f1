//! What is printed: text for people, JSON for programs. Takes finished values and returns text;
//! where it goes, and which exit code follows, is the command line's.

pub mod style;

pub mod trouble;

pub mod text;

pub mod markdown;

pub mod json;

pub mod github;

pub mod sarif;

pub mod schema;

pub mod saved;

mod document;
mod drift;
mod drift_json;
mod drift_text;
mod findings;
pub(crate) mod gap;
mod pair;
mod record;
mod value;
mod view;
mod who;

pub use drift::Seen;
pub use findings::Findings;
pub use style::Style;
pub use trouble::Trouble;

use crate::apply::{Applied, StepResult};
use crate::keep::UNRESOLVED;
use crate::plan::{Plan, Planned, Step, Verb};
use crate::resource::Key;
use std::collections::BTreeSet;

/// What a report says about the run itself. Only `observed_at` differs between two runs over the same input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// When the account was read, in UTC, as RFC 3339.
    pub observed_at: String,
    /// The ARN that STS says we are.
    pub caller: String,
    /// SHA-256, in hexadecimal, of everything that the manifest consists of.
    pub manifest_sha256: String,
}

/// The changes as every report lists them: what weakens first, then by key.
fn in_order(plan: &Plan) -> Vec<(&Key, &Planned)> {
    let (first, rest): (Vec<_>, Vec<_>) = plan.changes.iter().partition(|(_, planned)| planned.weakens);
    first.into_iter().chain(rest).collect()
}

/// How many resources were looked at, and for; a policy belongs to its parent. What waits for a store to be restored was
/// looked for as well.
fn checked(plan: &Plan) -> usize {
    let keys = plan.checked.keys().chain(plan.changes.keys()).chain(&plan.waiting);
    keys.map(Key::bound).collect::<BTreeSet<Key>>().len()
}

/// What was deleted and waits to be gone, so that declaring it again would restore it.
fn restorable<'a>(plan: &'a Plan, applied: &'a Applied) -> impl Iterator<Item = &'a Key> {
    let undone = |step: &Step| {
        let outcome = applied.outcomes.iter().find(|outcome| outcome.step == step.id);
        outcome.is_none_or(|outcome| outcome.result != StepResult::Done)
    };
    let deleted = plan.changes.iter().filter(|(_, planned)| planned.verb == Verb::Delete);
    let waiting = deleted.map(|(key, _)| key).filter(|key| key.kind.waits_for_deletion());
    waiting.filter(move |key| !plan.steps.iter().any(|step| step.key == **key && undone(step)))
}

/// What nobody could compare, by the words of the notes: sameness is not claimed of it.
fn uncompared<'a>(notes: impl Iterator<Item = &'a str>) -> Option<String> {
    let number = notes.filter(|word| *word == UNRESOLVED).count();
    (number > 0).then(|| format!("{} could not be compared", count(number, "setting")))
}

/// `1 step`, `2 steps`.
pub(crate) fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}
