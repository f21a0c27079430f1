//! Does a saved plan say of a change what apply would say of it? Whoever reviews a plan decides by its words, so that
//! calls and settings alone do not make it the plan that was reviewed. What a run that ended half-way leaves of a
//! change is told in fewer words, never in worse ones.

use super::{Gap, RecordedChange, RecordedNote};
use crate::plan::{Plan, Planned, Verb};
use crate::resource::{Call, Key, Path};

/// The words of the notes that permit a change.
const PERMITTING: [&str; 2] = [ALLOWED, "covered"];

/// A guard that somebody has allowed.
const ALLOWED: &str = "allowed";

/// Whether a note says why a change that is guarded may be made.
pub(crate) fn permits(word: &str) -> bool {
    PERMITTING.contains(&word)
}

/// The calls of the saved plan that are not left.
pub(super) struct Done {
    /// Those about this resource, or the resource whose policy it is.
    pub(super) own: Vec<Call>,
    /// Those about any.
    pub(super) all: Vec<Call>,
}

/// The first thing that the saved plan says otherwise.
pub(super) fn gap(
    key: &Key,
    planned: &Planned,
    plan: &Plan,
    recorded: Option<&RecordedChange>,
    done: &Done,
) -> Option<Gap> {
    let gap = |what, then: String, now: String| Some(Gap::Told { key: key.clone(), what, then, now });
    let Planned { verb, why, counted, desired: _, live: _, fields, weakens, losses } = planned;
    let Some(then) = recorded else { return gap("action", String::new(), verb.to_string()) };
    let untouched = done.all.is_empty();
    let same_verb = then.verb == *verb;
    if !same_verb && !remains(then.verb, *verb, &done.own) {
        return gap("action", then.verb.to_string(), verb.to_string());
    }
    // What names something that is made anew, or goes along with it, stands alone once that is made or deleted.
    let stands_alone = done.all.iter().any(|call| call.creates() || call.deletes());
    let reason = |why: &Option<String>| why.clone().unwrap_or_default();
    if same_verb && then.why != *why && !(why.is_none() && stands_alone) {
        return gap("reason", reason(&then.why), reason(why));
    }
    if then.goes_along == *counted && !(*counted && stands_alone) {
        let word = |goes_along: bool| if goes_along { "goes along" } else { "counted" }.to_owned();
        return gap("count", word(then.goes_along), word(!counted));
    }
    let now = notes(plan, key);
    // What this plan has made meanwhile may cover what was to be lost: allowed was more than that.
    let newly_covered = !untouched
        && now.iter().any(|note| note.word == "covered" && !then.notes.contains(note))
        && then.notes.iter().any(|note| note.word == ALLOWED);
    // A policy that names what has been deleted since has other conditions for the time being. Its text is still the
    // one that was shown, but for that name.
    let was = |path: &Path| then.fields.iter().find(|field| field.path == *path).map(|field| &field.live);
    let names_what_is_gone =
        stands_alone && key.is_policy() && fields.iter().any(|field| was(&field.path) != Some(&field.live));
    let midway = newly_covered || names_what_is_gone;
    let is_told = |loss: &String| then.losses.contains(loss) || midway;
    if (untouched && then.losses != *losses) || !losses.iter().all(is_told) {
        return gap("losses", then.losses.join("; "), losses.join("; "));
    }
    if then.weakens != *weakens && (untouched || (*weakens && !midway)) {
        return gap("weakening", then.weakens.to_string(), weakens.to_string());
    }
    let is_allowed = |note: &RecordedNote| {
        let same_guard = |other: &&RecordedNote| other.word == ALLOWED && other.guard() == note.guard();
        note.word != ALLOWED || then.notes.iter().any(|other| same_guard(&other))
    };
    if (untouched && then.notes != now) || !now.iter().all(is_allowed) {
        return gap("allowances", texts(&then.notes), texts(&now));
    }
    None
}

/// Whether `now` is what a change of the verb `then` becomes when these calls of it have been made.
fn remains(then: Verb, now: Verb, done: &[Call]) -> bool {
    match (then, now) {
        (Verb::Replace, Verb::Create) => done.iter().any(|call| call.deletes()),
        (Verb::Create | Verb::Replace, Verb::Update) => done.iter().any(|call| call.creates()),
        (Verb::Adopt | Verb::Restore, Verb::Update) => !done.is_empty(),
        _ => false,
    }
}

fn notes(plan: &Plan, key: &Key) -> Vec<RecordedNote> {
    let own = plan.notes.iter().filter(|note| note.key.as_ref() == Some(key) && permits(note.word));
    own.map(|note| RecordedNote { word: note.word.to_owned(), text: note.text.clone() }).collect()
}

fn texts(notes: &[RecordedNote]) -> String {
    notes.iter().map(|note| format!("{} {}", note.word, note.text)).collect::<Vec<String>>().join("; ")
}

impl RecordedNote {
    /// The guard stands before the reason.
    fn guard(&self) -> Option<&str> {
        Some(self.text.split_once(": ")?.0)
    }
}
