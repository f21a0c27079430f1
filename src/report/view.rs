//! A plan as its text shows it, whether it was just made or comes out of a file: one rendering for both.

use super::json::{note_record, refusal_record};
use super::record::{NoteRecord, RefusalRecord};
use super::{checked, in_order};
use crate::plan::{Plan, Planned, Verb};
use crate::resource::{FieldChange, Key};

/// Everything that the text of a plan says.
#[derive(Debug)]
pub(super) struct View {
    /// The changes, in the order in which they are shown.
    pub(super) rows: Vec<Row>,
    pub(super) refusals: Vec<RefusalRecord>,
    pub(super) notes: Vec<NoteRecord>,
    /// How many resources were looked at; a policy belongs to its parent.
    pub(super) checked: usize,
}

/// What happens to one resource.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) verb: Verb,
    pub(super) why: Option<String>,
    /// A policy that goes with its parent's action is shown but not counted.
    pub(super) goes_along: bool,
    /// What gets worse, in words.
    pub(super) losses: Vec<String>,
    pub(super) fields: Vec<FieldChange>,
}

impl View {
    /// What this plan shows.
    pub(super) fn of(plan: &Plan) -> View {
        View {
            rows: in_order(plan).into_iter().map(|(key, planned)| row(key, planned)).collect(),
            refusals: plan.refusals.iter().map(refusal_record).collect(),
            notes: plan.notes.iter().map(note_record).collect(),
            checked: checked(plan),
        }
    }

    /// How many counted changes bear this verb.
    pub(super) fn count(&self, verb: Verb) -> usize {
        self.rows.iter().filter(|row| !row.goes_along && row.verb == verb && !row.is_out_of_reach()).count()
    }
}

impl Row {
    /// What happens to it, in a word for people.
    pub(super) fn word(&self) -> &'static str {
        match self.verb {
            Verb::Create if self.is_out_of_reach() => "not created",
            Verb::Delete if self.is_out_of_reach() => "not deleted",
            verb => verb.word(),
        }
    }

    /// See [`Planned::is_out_of_reach`].
    pub(super) fn is_out_of_reach(&self) -> bool {
        matches!(self.verb, Verb::Create | Verb::Delete) && self.fields.is_empty()
    }
}

fn row(key: &Key, planned: &Planned) -> Row {
    let Planned { verb, why, counted, desired: _, live: _, fields, weakens: _, losses } = planned;
    Row {
        key: key.clone(),
        verb: *verb,
        why: why.clone(),
        goes_along: !counted,
        losses: losses.clone(),
        fields: fields.clone(),
    }
}
