//! A plan, and what came of it, as a page: refusals, then what takes something away, then everything else.

use super::super::record::RefusalRecord;
use super::super::view::{Row, View};
use super::super::{count, drift, gap, restorable, text, uncompared};
use super::escape::{code, prose};
use super::page::{Page, Rank, Table};
use super::{Subject, diff, diffs, notes, sentences, settings, table};
use crate::apply::{Applied, StepResult, Verified};
use crate::plan::cover::Gap;
use crate::plan::{Plan, Planned, Verb};

/// A plan. `max_bytes` are at least [`LEAST`].
pub fn plan(plan: &Plan, max_bytes: usize) -> String {
    view(&View::of(plan), &Subject::of(plan), max_bytes)
}

/// A plan that is made, or was made and saved.
pub(in crate::report) fn view(view: &View, subject: &Subject<'_>, max_bytes: usize) -> String {
    plan_page("plan", view, subject, &[]).print(max_bytes)
}

/// What came of an apply that did not begin: nothing to do, refused, or not covered by the saved plan.
pub fn not_applied(plan: &Plan, gaps: &[Gap], max_bytes: usize) -> String {
    plan_page("apply", &View::of(plan), &Subject::of(plan), gaps).print(max_bytes)
}

/// What came of the steps. What was deleted can be restored until `restorable_until`, in UTC, as RFC 3339.
pub fn applied(
    plan: &Plan,
    applied: &Applied,
    verified: &Verified,
    restorable_until: &str,
    max_bytes: usize,
) -> String {
    let subject = Subject::of(plan);
    let view = View::of(plan);
    let word = match () {
        () if applied.is_complete() && verified.is_clean() => "Applied",
        () if applied.touched() => "Incomplete",
        () => "Not applied",
    };
    let mut page = plan_page("apply", &view, &subject, &[]);
    page.heading = subject.heading(word);
    page.summary = vec![format!("**{}**", text::outcome_line(plan, applied, verified))];
    page.tables.splice(
        0..0,
        [troubles(plan, applied, verified), done(plan, applied, restorable_until)].into_iter().flatten(),
    );
    page.print(max_bytes)
}

fn plan_page(command: &str, view: &View, subject: &Subject<'_>, gaps: &[Gap]) -> Page {
    let View { rows, refusals, notes: noted, checked } = view;
    if rows.is_empty() && refusals.is_empty() && noted.is_empty() && gaps.is_empty() {
        return subject.page(command, &format!("No changes, {} checked", count(*checked, "resource")));
    }
    let word = match () {
        () if !refusals.is_empty() => "Refused",
        () if !gaps.is_empty() => "Not covered by the saved plan",
        () if rows.is_empty() && uncompared(noted.iter().map(|note| note.word.as_str())).is_some() => {
            "No changes found"
        }
        () if rows.is_empty() => "No changes",
        () => "Changes",
    };
    let mut page = subject.page(command, word);
    page.summary.push(format!("**{}**", text::last_line(view)));
    if !refusals.is_empty() {
        let refusals = count(refusals.len(), "refusal");
        page.summary.push(format!("{refusals}: apply will not begin until each is resolved or allowed."));
    }
    let (losses, changes): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| takes_away(row));
    page.tables = [
        uncovered(gaps),
        table(Rank::Refusal, "refusal", &["refused", "why", "way out"], refusals.iter().map(refused)),
        table(
            Rank::Loss,
            "grave change",
            &["deletes or weakens", "action", "what is lost"],
            losses.iter().map(|row| {
                let Row { key, verb, why, goes_along: _, losses, fields } = row;
                let words = losses.iter().chain(why).map(String::as_str);
                let lost = if losses.is_empty() && why.is_none() {
                    settings(*verb, fields)
                } else {
                    sentences(words)
                };
                vec![code(&key.to_string()), format!("**{}**", row.word()), lost]
            }),
        ),
        table(
            Rank::Change,
            "change",
            &["changes", "action", "settings"],
            changes.iter().map(|row| {
                let Row { key, verb, why, goes_along: _, losses: _, fields } = row;
                let settings = settings(*verb, fields);
                let words: Vec<String> = why
                    .iter()
                    .map(|why| prose(why))
                    .chain((!settings.is_empty()).then_some(settings))
                    .collect();
                vec![code(&key.to_string()), row.word().to_owned(), words.join("<br>")]
            }),
        ),
        notes(noted.iter().cloned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    page.diffs = diffs(losses.into_iter().chain(changes).map(|row| {
        let Row { key, verb, why: _, goes_along, losses: _, fields } = row;
        diff::lines(&key.to_string(), row.word(), *verb, text::is_detailed(key, !goes_along), fields)
    }));
    page
}

/// Whether a change must be seen.
fn takes_away(row: &Row) -> bool {
    let goes = matches!(row.verb, Verb::Delete | Verb::Replace) && !row.is_out_of_reach();
    goes || !row.losses.is_empty()
}

fn refused(refusal: &RefusalRecord) -> Vec<String> {
    let RefusalRecord { key, guard, reason, allow, help } = refusal;
    let why = match guard {
        Some(guard) => format!("**{}**: {}", prose(guard), prose(reason)),
        None => prose(reason),
    };
    let ways = help.iter().map(|help| prose(help)).chain(allow.iter().map(|allow| code(allow)));
    vec![code(key), why, ways.collect::<Vec<String>>().join("<br>")]
}

fn uncovered(gaps: &[Gap]) -> Option<Table> {
    let rows = gaps.iter().map(gap::record).map(|gap| {
        vec![gap.key.as_deref().map(code).unwrap_or_default(), code(&gap.field), prose(&gap.message)]
    });
    table(Rank::Refusal, "gap", &["not covered", "setting or call", "what differs"], rows)
}

fn troubles(plan: &Plan, applied: &Applied, verified: &Verified) -> Option<Table> {
    let outcomes = applied.outcomes.iter().filter_map(|outcome| {
        let step = text::find(plan, outcome.step)?;
        let (word, why) = match &outcome.result {
            StepResult::Done => return None,
            StepResult::Failed(failure) => {
                let error = &failure.error;
                let code = error.code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
                let said = format!("{code}{}", error.message);
                let help = error.help.iter().flat_map(|help| help.lines());
                (
                    "failed",
                    sentences(std::iter::once(said.as_str()).chain(help).chain(text::in_fact(failure))),
                )
            }
            StepResult::Skipped { because } => ("skipped", format!("because of step {because}")),
            StepResult::Interrupted => ("interrupted", "not begun".to_owned()),
        };
        Some(vec![code(&step.key.to_string()), format!("**{word}**: {}", step.action.call()), why])
    });
    let still = verified.still.iter().map(|(key, planned)| {
        let Planned { verb, fields, .. } = planned;
        vec![
            code(&key.to_string()),
            format!("**still differs**: {}", drift::word(key, planned)),
            settings(*verb, fields),
        ]
    });
    let unread = verified.trouble.iter().map(|trouble| {
        vec![String::new(), "**not verified**".to_owned(), prose(&format!("could not read again: {trouble}"))]
    });
    let rows = outcomes.chain(still).chain(unread);
    table(Rank::Refusal, "trouble", &["incomplete", "what", "why"], rows)
}

fn done(plan: &Plan, applied: &Applied, restorable_until: &str) -> Option<Table> {
    let created = applied
        .created
        .iter()
        .map(|(key, arn)| vec![format!("created {}", code(&key.to_string())), code(arn.as_str())]);
    let restorable = restorable(plan, applied).map(|key| {
        let until = format!("until {}, by declaring it again", code(restorable_until));
        vec![format!("restorable {}", code(&key.to_string())), until]
    });
    table(Rank::Note, "resource", &["done", ""], created.chain(restorable))
}
