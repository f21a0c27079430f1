//! What is printed: text for people, JSON for programs. Takes finished values and returns text;
//! where it goes, and which exit code follows, is the command line's.

pub mod style;

pub mod trouble;

pub mod text;

pub mod json;

pub mod github;

pub mod sarif;

pub mod schema;

pub mod saved;

mod document;
mod drift;
mod findings;
pub(crate) mod gap;
mod record;
mod value;
mod view;
mod who;

pub use findings::Findings;
pub use style::Style;
pub use trouble::Trouble;
pub use who::Asked;

use crate::plan::{Plan, Planned};
use crate::resource::Key;

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

/// How many resources were looked at; a policy belongs to its parent.
fn checked(plan: &Plan) -> usize {
    plan.checked.keys().filter(|key| !key.is_policy()).count()
}

/// `1 step`, `2 steps`.
pub(crate) fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}
