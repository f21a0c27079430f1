//! Reports for people: two columns, what weakens first, and a last line that scripts can rely on.

use super::drift::Seen;
use super::record::{NoteRecord, RefusalRecord, StepRecord};
use super::style::{Ink, Style};
use super::view::{Row, View};
use super::{count, document, drift, drift_text, json, restorable, uncompared, value};
use crate::apply::{Applied, Outcome, StepResult, Verified};
use crate::aws::{Effect, Failure};
use crate::manifest::Rule;
use crate::manifest::problem::Severity;
use crate::plan::{Plan, Step, StepId, Verb};
use crate::resource::{FieldChange, Key};
use crate::state::{Bindings, Desired};

/// A plan: every change, refusal and note, and the last line.
pub fn plan(plan: &Plan, style: Style) -> String {
    view(&View::of(plan), style)
}

/// A plan that is made, or was made and saved.
pub(super) fn view(view: &View, style: Style) -> String {
    let View { rows, refusals, notes, checked: _ } = view;
    let changes = rows.iter().flat_map(|row| change(view, row, style));
    let refused = refusals.iter().flat_map(|refusal| refused(refusal, style));
    let noted = notes.iter().map(|note| noted(note, style));
    let mut last = Vec::new();
    if !refusals.is_empty() {
        let refusals = count(refusals.len(), "refusal");
        let text = format!("{refusals}: apply will not begin until each is resolved or allowed.");
        last.push(style.paint(Ink::Bad, &text));
    }
    last.push(style.paint(Ink::Strong, &last_line(view)));
    sections([changes.collect(), refused.chain(noted).collect(), last])
}

/// The last line of a plan, which is stable.
pub(super) fn last_line(view: &View) -> String {
    if view.rows.is_empty() {
        let checked = count(view.checked, "resource");
        return match uncompared(view.notes.iter().map(|note| note.word.as_str())) {
            None => format!("No changes. {checked} checked."),
            Some(settings) => format!("No changes found; {settings}. {checked} checked."),
        };
    }
    let always = |verb: Verb| !matches!(verb, Verb::Restore | Verb::Forget);
    let counts = Verb::ALL.into_iter().map(|verb| (verb, view.count(verb)));
    let shown = counts.filter(|(verb, number)| always(*verb) || *number > 0);
    let words: Vec<String> = shown.map(|(verb, number)| format!("{number} to {verb}")).collect();
    format!("Plan: {}.", words.join(", "))
}

/// Every call of a plan with its whole request, for those who are asked to agree to it.
pub fn details(plan: &Plan, bindings: &Bindings, style: Style) -> String {
    let steps = json::step_records(&plan.steps, bindings.clone());
    let lines = steps.iter().flat_map(|StepRecord { id, key, call, request, needs }| {
        let needs: Vec<String> = needs.iter().map(ToString::to_string).collect();
        let after = if needs.is_empty() { String::new() } else { format!(", after {}", needs.join(" and ")) };
        let head = style.row(
            Ink::Strong,
            &format!("{id}. {key}"),
            &style.paint(Ink::Plain, &format!("{call}{after}")),
        );
        let request = document::lines(request).into_iter();
        std::iter::once(head).chain(request.map(|line| format!("      {}", style.paint(Ink::Plain, &line))))
    });
    format!("{}\n", lines.collect::<Vec<String>>().join("\n"))
}

/// What differs, seen from the account, and what does not work there.
pub fn drift(seen: &Seen<'_>, style: Style) -> String {
    drift_text::drift(seen, style)
}

/// What came of the steps, after the plan has been shown.
///
/// What was deleted can be restored until `restorable_until`, in UTC, as RFC 3339.
pub fn applied(
    plan: &Plan,
    applied: &Applied,
    verified: &Verified,
    restorable_until: &str,
    style: Style,
) -> String {
    let restorable = restorable(plan, applied).map(|key| {
        let text = format!("until {restorable_until}, by declaring it again");
        style.row(Ink::Strong, &format!("restorable: {key}"), &style.paint(Ink::Plain, &text))
    });
    let created = applied.created.iter().map(|(key, arn)| {
        style.row(Ink::Good, &format!("created: {key}"), &style.paint(Ink::Plain, arn.as_str()))
    });
    let troubles = applied.outcomes.iter().flat_map(|outcome| fate(plan, outcome, style));
    let still = verified.still.iter().flat_map(|(key, planned)| {
        let head = format!("still differs: {key}");
        let word = style.paint(Ink::Bad, drift::word(key, planned));
        let fields = fields(planned.verb, is_detailed(key, planned.counted), &planned.fields, style);
        std::iter::once(style.row(Ink::Bad, &head, &word)).chain(fields)
    });
    let unread = verified.trouble.iter().map(|trouble| {
        style.row(
            Ink::Bad,
            "not verified:",
            &style.paint(Ink::Plain, &format!("could not read again: {trouble}")),
        )
    });
    let last = style.paint(Ink::Strong, &outcome_line(plan, applied, verified));
    sections([created.chain(restorable).collect(), troubles.chain(still).chain(unread).collect(), vec![last]])
}

/// The last line of apply, which is stable.
pub(super) fn outcome_line(plan: &Plan, applied: &Applied, verified: &Verified) -> String {
    let number = |wanted: fn(&StepResult) -> bool| {
        applied.outcomes.iter().filter(|outcome| wanted(&outcome.result)).count()
    };
    let done = number(|result| matches!(result, StepResult::Done));
    if applied.is_complete() && verified.is_clean() {
        return format!("Applied: {} done.", count(done, "step"));
    }
    let mut words = Vec::new();
    if applied.touched() {
        words.push(format!("{done} of {} done", count(applied.outcomes.len(), "step")));
    }
    let counts = [
        (number(|result| matches!(result, StepResult::Failed(_))), "failed"),
        (number(|result| matches!(result, StepResult::Skipped { .. })), "skipped"),
        (number(|result| matches!(result, StepResult::Interrupted)), "interrupted"),
    ];
    words.extend(
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")),
    );
    if !verified.still.is_empty() {
        let number = verified.still.len();
        words.push(format!("{} still {}", count(number, "resource"), differ(number)));
    }
    if verified.trouble.is_some() {
        words.push("not verified".to_owned());
    }
    let words = words.join(", ");
    if applied.touched() {
        // What a restored store still needs, no plan has shown yet: a saved one cannot cover it.
        let again = if plan.count(Verb::Restore) > 0 { "Plan again, and apply" } else { "Run apply again" };
        format!("Incomplete: {words}. {again} to finish.")
    } else {
        format!("Not applied: {words}. Nothing was changed.")
    }
}

/// That a manifest is valid, what it holds, and how many warnings it silences.
pub fn valid(desired: &Desired, files: usize, silenced: usize, style: Style) -> String {
    let resources = desired.specs.keys().filter(|key| !key.is_policy()).count();
    let quiet =
        if silenced == 0 { String::new() } else { format!(", {} silenced", count(silenced, "warning")) };
    let text = format!("valid: {} in {}{quiet}", count(resources, "resource"), count(files, "file"));
    format!("{}\n", style.paint(Ink::Good, &text))
}

/// Rules, each with all that is known of it.
pub fn rules(rules: &[Rule], style: Style) -> String {
    let texts: Vec<String> = rules.iter().map(|one| rule(one, style)).collect();
    texts.join("\n")
}

fn rule(rule: &Rule, style: Style) -> String {
    let Rule { code, severity, what, why, fix, source, prevents } = rule;
    let (word, ink) = match severity {
        Severity::Error => ("error", Ink::Bad),
        Severity::Warning => ("warning", Ink::Strong),
    };
    let line =
        |name: &str, text: &str| format!("  {} {text}\n", style.paint(Ink::Quiet, &format!("{name:<9}")));
    let mut text = format!("{} {what}\n", style.paint(ink, &format!("{word}[{code}]:")));
    text.push_str(&line("why:", why));
    text.push_str(&line("fix:", fix));
    if let Some(prevents) = prevents {
        text.push_str(&line("prevents:", prevents));
    }
    text.push_str(&line("source:", source));
    text
}

/// Any text, made harmless.
pub fn plain(text: &str, style: Style) -> String {
    style.paint(Ink::Quiet, text)
}

/// One step on its way: `channel/okta: CreateChannel`.
pub fn step(step: &Step, style: Style) -> String {
    style.paint(Ink::Plain, &format!("{}: {}", step.key, step.action.call()))
}

/// What became of a step, in one word for the progress line.
pub fn result(result: &StepResult, style: Style) -> String {
    match result {
        StepResult::Done => style.paint(Ink::Good, "done"),
        StepResult::Failed(failure) => {
            let word = match failure.effect {
                Effect::Nothing => "failed",
                Effect::Unknown => "unknown",
                Effect::Accepted(Some(_)) => "created, but not waited for",
                Effect::Accepted(None) => "accepted, but not waited for",
            };
            style.paint(Ink::Bad, word)
        }
        StepResult::Skipped { because } => {
            style.paint(Ink::Change, &format!("skipped, because of step {because}"))
        }
        StepResult::Interrupted => style.paint(Ink::Change, "interrupted"),
    }
}

fn change(view: &View, row: &Row, style: Style) -> Vec<String> {
    let Row { key, verb, why, goes_along, losses, fields: settings } = row;
    let ink = match verb {
        Verb::Create => Ink::Good,
        Verb::Delete | Verb::Replace => Ink::Bad,
        Verb::Update | Verb::Adopt | Verb::Restore | Verb::Forget => Ink::Change,
    };
    let why = why.as_ref().map(|why| style.paint(Ink::Plain, &format!(", {why}")));
    let right = format!("{}{}", style.paint(ink, row.word()), why.unwrap_or_default());
    let key_text = key.to_string();
    let mut lines = vec![style.row(Ink::Strong, &key_text, &right)];
    // What a refusal or note says about this resource is not said twice, unless the resource goes: then every loss
    // stands first, whoever has allowed it.
    let said = |loss: &String| {
        let refused = view.refusals.iter().any(|it| it.key == key_text && it.reason.contains(loss));
        refused || view.notes.iter().any(|it| it.key.as_ref() == Some(&key_text) && it.text.contains(loss))
    };
    let goes = matches!(verb, Verb::Delete | Verb::Replace);
    // Nobody needs to be told what follows from its parent's going.
    let follows = *verb == Verb::Delete && *goes_along;
    let losses = losses.iter().filter(|loss| !follows && (goes || !said(loss)));
    lines.extend(losses.map(|loss| worse("    weakens", loss, style)));
    lines.extend(fields(*verb, is_detailed(key, !goes_along), settings, style));
    lines
}

pub(super) fn worse(left: &str, loss: &str, style: Style) -> String {
    style.row(Ink::Bad, left, &style.paint(Ink::Bad, loss))
}

/// Of a policy that is deleted it is worth knowing who loses what.
pub(super) fn is_detailed(key: &Key, counted: bool) -> bool {
    key.is_policy() && counted
}

fn fields(verb: Verb, detailed: bool, fields: &[FieldChange], style: Style) -> Vec<String> {
    let lines = fields.iter().map(|field| match verb {
        // The key has said the name already.
        Verb::Create if field.path.as_str() == "name" => Vec::new(),
        Verb::Create => value::whole(field.path.as_str(), &field.desired, style),
        Verb::Delete if !detailed => Vec::new(),
        Verb::Delete | Verb::Update | Verb::Replace | Verb::Adopt | Verb::Restore | Verb::Forget => {
            value::change(field, style)
        }
    });
    lines.flatten().collect()
}

fn refused(refusal: &RefusalRecord, style: Style) -> Vec<String> {
    let RefusalRecord { key, guard, reason, allow, help } = refusal;
    let mut text = guard.as_ref().map_or_else(|| reason.clone(), |guard| format!("{guard}: {reason}"));
    if let Some(allow) = allow {
        text.push_str(&format!("; allow with {allow}"));
    }
    let mut right = vec![style.paint(Ink::Plain, &text)];
    right.extend(help.iter().map(|help| style.paint(Ink::Plain, help)));
    style.rows(Ink::Bad, &format!("refused: {key}"), &right)
}

pub(super) fn noted(note: &NoteRecord, style: Style) -> String {
    let NoteRecord { key, word, text } = note;
    let left = key.as_ref().map_or_else(|| format!("{word}:"), |key| format!("{word}: {key}"));
    style.row(Ink::Change, &left, &style.paint(Ink::Plain, text))
}

fn fate(plan: &Plan, outcome: &Outcome, style: Style) -> Vec<String> {
    let Outcome { step, result } = outcome;
    let Some(step) = find(plan, *step) else { return Vec::new() };
    let call = step.action.call();
    let (word, mut right) = match result {
        StepResult::Done => return Vec::new(),
        StepResult::Failed(failure) => {
            let error = &failure.error;
            let help = error.help.iter().flat_map(|help| help.lines()).map(str::to_owned);
            let rest = help.chain(in_fact(failure).map(str::to_owned));
            // Who waits makes other calls than the one that is waited for.
            let of = if failure.effect == Effect::Nothing { call } else { error.call };
            ("failed", std::iter::once(format!("{of}: {}", error.answer())).chain(rest).collect())
        }
        StepResult::Skipped { because } => {
            let cause = find(plan, *because)
                .map(|step| format!(", {} of {}", step.action.call(), step.key))
                .unwrap_or_default();
            ("skipped", vec![format!("{call}, because of step {because}{cause}")])
        }
        StepResult::Interrupted => ("interrupted", vec![format!("{call} was not begun")]),
    };
    for line in &mut right {
        *line = style.paint(Ink::Plain, line);
    }
    style.rows(Ink::Bad, &format!("{word}: {}", step.key), &right)
}

/// What came of a failed call all the same.
pub(super) fn in_fact(failure: &Failure) -> Option<&'static str> {
    match failure.effect {
        Effect::Nothing => None,
        Effect::Unknown => Some("whether it was done is not known; run plan"),
        Effect::Accepted(Some(_)) => Some("it was created; only the wait for its state has failed; run plan"),
        Effect::Accepted(None) => Some("it was accepted; only the wait for its end has failed; run plan"),
    }
}

pub(super) fn find(plan: &Plan, id: StepId) -> Option<&Step> {
    plan.steps.iter().find(|step| step.id == id)
}

pub(super) fn differ(number: usize) -> &'static str {
    if number == 1 { "differs" } else { "differ" }
}

/// The sections that hold something, an empty line between them.
pub(super) fn sections<const N: usize>(sections: [Vec<String>; N]) -> String {
    let full = sections.into_iter().filter(|lines| !lines.is_empty());
    let texts: Vec<String> = full.map(|lines| lines.join("\n")).collect();
    format!("{}\n", texts.join("\n\n"))
}
