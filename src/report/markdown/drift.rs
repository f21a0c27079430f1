//! Drift as a page: what is weaker than declared and what does not work stand first.

use super::super::drift::Seen;
use super::super::{checked, count, drift, drift_text, json, text, uncompared, who};
use super::escape::{code, prose};
use super::page::{Page, Rank, Table};
use super::{Subject, diff, diffs, notes, sentences, table};
use crate::name::Time;
use crate::plan::drift::{Complaint, Difference};
use crate::plan::unmanaged::Unmanaged;
use crate::plan::{Planned, Verb};
use crate::resource::{FieldChange, Key, Severity};

/// What differs, and what does not work, seen from the account. `max_bytes` are at least [`super::LEAST`].
pub fn drift(seen: &Seen<'_>, max_bytes: usize) -> String {
    page(seen).print(max_bytes)
}

fn page(seen: &Seen<'_>) -> Page {
    let Seen { plan, drift, who: _, unmanaged, now } = *seen;
    let subject = Subject::of(plan);
    let strangers = unmanaged.unwrap_or_default();
    let is_well = plan.is_empty() && drift.complaints.is_empty();
    if is_well && seen.notes().next().is_none() && strangers.is_empty() {
        let checked = count(checked(plan), "resource");
        return subject.page("drift", &format!("No drift, {checked} checked"));
    }
    let word = match () {
        () if !plan.is_empty() => "Drift",
        () if !drift.complaints.is_empty() => "Unhealthy",
        () if uncompared(plan.notes.iter().map(|note| note.word)).is_some() => "No drift found",
        () => "No drift",
    };
    let mut page = subject.page("drift", word);
    page.legend = "<code>-</code> declared, <code>+</code> the account";
    page.summary.push(format!("**{}**", drift_text::last_line(seen)));
    let (worse, other): (Vec<_>, Vec<_>) =
        seen.differing().into_iter().partition(|(_, _, difference)| must_be_seen(difference));
    let row = |(key, planned, difference): &(&Key, &Planned, &Difference)| {
        let word = format!("{}: {}", difference.severity.word(), drift::word(key, planned));
        vec![code(&key.to_string()), word, what(seen, key, planned, difference)]
    };
    page.tables = [
        table(
            Rank::Loss,
            "grave change",
            &["weakened", "drift", "what is not as declared"],
            worse.iter().map(row),
        ),
        complaints(&drift.complaints, now),
        table(
            Rank::Change,
            "change",
            &["differs", "drift", "what is not as declared"],
            other.iter().map(row),
        ),
        notes(seen.notes().map(json::note_record)),
        undeclared(strangers),
    ]
    .into_iter()
    .flatten()
    .collect();
    page.diffs = diffs(worse.iter().chain(&other).map(|(key, planned, _)| lines(key, planned)));
    page
}

fn must_be_seen(difference: &Difference) -> bool {
    difference.severity == Severity::Critical || !difference.losses.is_empty()
}

/// What is lost, every setting that differs, and who made it so.
fn what(seen: &Seen<'_>, key: &Key, planned: &Planned, difference: &Difference) -> String {
    let Difference { severity: _, losses, fields } = difference;
    // A missing resource records nothing at all; naming each loss and each setting would only repeat it.
    let is_gone = is_gone(planned);
    let losses = losses.iter().filter(|_| !is_gone || key.is_policy()).map(|loss| prose(loss));
    let fields = fields.iter().filter(|_| !is_gone);
    // A value is one piece of code: its words among ours, each by itself, would read as ours.
    let fields = fields.map(|field| drift_text::in_one_line(field, seen.now, code));
    let who = seen.answer(key).map(|answer| prose(&format!("who: {}", who::told(answer, seen.now))));
    losses.chain(fields).chain(who).collect::<Vec<String>>().join("<br>")
}

fn is_gone(planned: &Planned) -> bool {
    matches!(planned.verb, Verb::Create | Verb::Delete | Verb::Restore)
}

/// The other way round than a plan: what was declared comes first, what somebody made of it second.
fn lines(key: &Key, planned: &Planned) -> Vec<String> {
    if is_gone(planned) && !(key.is_policy() && planned.counted) {
        return Vec::new();
    }
    let turned = planned.fields.iter().map(|FieldChange { path, desired, live }| FieldChange {
        path: path.clone(),
        desired: live.clone(),
        live: desired.clone(),
    });
    let turned: Vec<FieldChange> = turned.collect();
    let detailed = text::is_detailed(key, planned.counted);
    diff::lines(&key.to_string(), drift::word(key, planned), planned.verb, detailed, &turned)
}

fn complaints(complaints: &[Complaint], now: Time) -> Option<Table> {
    let rows = complaints.iter().map(|Complaint { key, arn: _, symptom }| {
        let trouble = drift_text::trouble(symptom, now);
        let words = std::iter::once(trouble.as_str()).chain(symptom.help);
        vec![code(&key.to_string()), symptom.severity.word().to_owned(), sentences(words)]
    });
    table(Rank::Loss, "health finding", &["health", "severity", "what does not work"], rows)
}

fn undeclared(strangers: &[Unmanaged]) -> Option<Table> {
    let rows = strangers.iter().map(|Unmanaged { key, arn: _, standing, remarks }| {
        let remarks = sentences(remarks.iter().map(String::as_str));
        vec![code(&key.to_string()), prose(&drift::owner(standing)), remarks]
    });
    table(Rank::Note, "stranger", &["unmanaged", "whose", "worth a look"], rows)
}
