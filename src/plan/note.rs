//! What stops nothing and should be known: what was left alone, what was not read, what can be taken out.

use super::Verb;
use super::draft::{Case, Draft};
use crate::resource::{Key, Kind};
use crate::state::Note;

/// Adds the notes of keep and those about the whole run, and puts them all in order.
pub(super) fn complete(case: &Case, draft: &mut Draft) {
    draft.notes.extend(case.kept.notes.iter().cloned());
    unread(case, draft);
    previous_names(case, draft);
    restorable(draft);
    draft
        .notes
        .sort_by(|one, other| (&one.key, one.word, &one.text).cmp(&(&other.key, other.word, &other.text)));
    draft.refusals.sort_by(|one, other| {
        (&one.key, one.guard, &one.reason).cmp(&(&other.key, other.guard, &other.reason))
    });
}

fn unread(case: &Case, draft: &mut Draft) {
    for (kind, cause) in &case.live.unread {
        let what = match kind {
            Kind::Policy(parent) => format!("the policies of {}", parent.kind().plural()),
            kind => kind.plural().to_owned(),
        };
        draft.notes.push(Note { key: None, word: "unread", text: format!("{what}: {cause}") });
    }
}

/// `renamedFrom` has done its work when the resource bears its declared name.
fn previous_names(case: &Case, draft: &mut Draft) {
    for (key, previous) in &case.desired().renamed_from {
        let text = match case.live.found.get(key) {
            Some(found) if found.spec.name() == &key.name => {
                "renamedFrom is fulfilled and can be taken out".to_owned()
            }
            Some(_) => continue,
            None => format!("renamedFrom finds nothing of ours under the name {previous}"),
        };
        draft.note(key, "note", text);
    }
}

/// A deleted store waits seven days before its events are gone (API reference, `DeleteEventDataStore`).
fn restorable(draft: &mut Draft) {
    let stores: Vec<Key> = draft
        .rows
        .keys()
        .filter(|key| key.kind.waits_for_deletion() && draft.verb(key) == Some(Verb::Delete))
        .cloned()
        .collect();
    for key in stores {
        let text = "can be restored for seven days by declaring it again".to_owned();
        draft.note(&key, "note", text);
    }
}
