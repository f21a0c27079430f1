//! Drift as a page: what is weaker than declared stands first.

use super::super::{checked, count, drift, json, text};
use super::escape::code;
use super::page::Rank;
use super::{Subject, diff, diffs, notes, sentences, settings, table};
use crate::plan::{Plan, Planned};
use crate::resource::Key;

/// What differs, seen from the account.
pub fn drift(plan: &Plan, max_bytes: usize) -> String {
    let subject = Subject::of(plan);
    let mut changes: Vec<Drifted<'_>> =
        plan.changes.iter().map(|(key, planned)| Drifted::of(key, planned)).collect();
    // The sort is stable, so that keys stay in order behind it.
    changes.sort_by_key(|change| change.losses.is_empty());
    let differing = plan.changes.values().filter(|planned| planned.counted).count();
    let checked = count(checked(plan), "resource");
    if plan.is_empty() && plan.notes.is_empty() {
        return subject.page("drift", &format!("No drift, {checked} checked")).print(max_bytes);
    }
    let mut page = subject.page("drift", if plan.is_empty() { "No drift" } else { "Drift" });
    page.summary.push(format!(
        "**{} {}. {checked} checked.**",
        count(differing, "resource"),
        text::differ(differing)
    ));
    let (worse, other): (Vec<&Drifted<'_>>, Vec<&Drifted<'_>>) =
        changes.iter().partition(|change| !change.losses.is_empty());
    let row = |change: &&Drifted<'_>, last: String| {
        vec![code(&change.key.to_string()), drift::word(change.planned.verb).to_owned(), last]
    };
    page.tables = [
        table(
            Rank::Loss,
            "change",
            &["weakened", "drift", "what is worse than declared"],
            worse.iter().map(|change| row(change, sentences(change.losses.iter().map(String::as_str)))),
        ),
        table(
            Rank::Change,
            "change",
            &["differs", "drift", "settings"],
            other.iter().map(|change| row(change, settings(change.planned.verb, &change.planned.fields))),
        ),
        notes(plan.notes.iter().map(json::note_record)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let detailed = |change: &Drifted<'_>| text::is_detailed(change.key, change.planned.counted);
    page.diffs = diffs(changes.iter().map(|change| {
        let Planned { verb, fields, .. } = change.planned;
        diff::lines(&change.key.to_string(), drift::word(*verb), *verb, detailed(change), fields)
    }));
    page.print(max_bytes)
}

/// A change seen from the account.
struct Drifted<'a> {
    key: &'a Key,
    planned: &'a Planned,
    losses: Vec<String>,
}

impl Drifted<'_> {
    fn of<'a>(key: &'a Key, planned: &'a Planned) -> Drifted<'a> {
        Drifted { key, planned, losses: drift::losses(planned) }
    }
}
