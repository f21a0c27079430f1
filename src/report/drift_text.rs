//! Drift for people, read from the manifest's side: what is declared, what is live instead, since when, and how soon
//! somebody must look.

use super::drift::Seen;
use super::style::{Ink, Style};
use super::{checked, count, document, drift, json, text, uncompared, value, who};
use crate::name::Time;
use crate::plan::drift::{Complaint, Difference, DriftedField};
use crate::plan::unmanaged::Unmanaged;
use crate::plan::{Plan, Planned, Verb};
use crate::resource::{FieldChange, Key, Severity, Symptom, Value};

/// What differs, what does not work, what nobody declared when somebody asked, and the last line.
pub(super) fn drift(seen: &Seen<'_>, style: Style) -> String {
    let Seen { plan, drift, who: _, unmanaged, now } = *seen;
    let rows = seen.differing().into_iter().flat_map(|(key, planned, difference)| {
        let mut lines = vec![head(plan, key, planned, difference, style)];
        lines.extend(seen.answer(key).map(|answer| who::line(answer, now, style)));
        lines.extend(details(key, planned, difference, now, style));
        lines
    });
    let health = drift.complaints.iter().flat_map(|complaint| complained(complaint, now, style));
    let notes = seen.notes().map(|note| text::noted(&json::note_record(note), style));
    let strangers = unmanaged.unwrap_or_default().iter().flat_map(|one| stranger(one, style));
    let last = style.paint(Ink::Strong, &last_line(seen));
    text::sections([rows.collect(), health.collect(), notes.collect(), strangers.collect(), vec![last]])
}

/// What is not as declared about one resource, beneath its name.
fn details(key: &Key, planned: &Planned, difference: &Difference, now: Time, style: Style) -> Vec<String> {
    let Difference { severity: _, losses, fields } = difference;
    let gone = matches!(planned.verb, Verb::Create | Verb::Delete | Verb::Restore);
    let mut lines = Vec::new();
    // A missing resource records nothing at all; naming each loss and each setting would only repeat it.
    if !gone || key.is_policy() {
        lines.extend(losses.iter().map(|loss| text::worse("    weakened", loss, style)));
    }
    // Of a policy it is worth knowing who is let in.
    if !gone || (key.is_policy() && planned.counted) {
        lines.extend(fields.iter().flat_map(|field| drifted(field, now, style)));
    }
    lines
}

fn head(plan: &Plan, key: &Key, planned: &Planned, difference: &Difference, style: Style) -> String {
    // Guards do not concern drift; that apply cannot mend it at all does.
    let hopeless = plan.refusals.iter().filter(|refusal| refusal.key == *key && refusal.guard.is_none());
    let whys: String = hopeless.map(|refusal| format!(", {}", refusal.reason)).collect();
    let right = format!(
        "{}: {}{}",
        severity(difference.severity, style),
        drift::word(key, planned),
        style.paint(Ink::Plain, &whys)
    );
    style.row(Ink::Strong, &key.to_string(), &right)
}

fn severity(severity: Severity, style: Style) -> String {
    let ink = match severity {
        Severity::Critical => Ink::Bad,
        Severity::Warning => Ink::Change,
        Severity::Info => Ink::Plain,
    };
    style.paint(ink, severity.word())
}

fn drifted(field: &DriftedField, now: Time, style: Style) -> Vec<String> {
    let FieldChange { path, desired, live } = &field.change;
    let left = format!("    {path}");
    if value::is_long(live) || value::is_long(desired) {
        let (live, desired) = value::both_lines(live, desired);
        let lines = document::diff(&live, &desired, style);
        let legend = style.paint(Ink::Quiet, "- declared, + live");
        return value::under(&left, &legend, lines, style);
    }
    if let Some(members) = members(desired, live, style) {
        return style.rows(Ink::Plain, &left, &members);
    }
    let [is, declared, since] = wording(field, now, str::to_owned);
    let right = format!(
        "{}, {}{}",
        style.paint(Ink::Bad, &is),
        style.paint(Ink::Good, &declared),
        style.paint(Ink::Plain, &since)
    );
    vec![style.row(Ink::Plain, &left, &right)]
}

/// A setting from the manifest's side where there is but one line: `isLogging is false, declared true`. `quoted` writes
/// names and values, which are not ours, into a page that tells them from our own words.
pub(super) fn in_one_line(field: &DriftedField, now: Time, quoted: fn(&str) -> String) -> String {
    let FieldChange { path, desired, live } = &field.change;
    let path = quoted(path.as_str());
    if !value::fits_a_line(live) || !value::fits_a_line(desired) {
        return format!("{path} is not as declared");
    }
    let [is, declared, since] = wording(field, now, quoted);
    format!("{path} {is}, {declared}{since}")
}

/// How a setting is, how it is declared, and since when it is so, where the service tells: `is false`, `declared true`,
/// `; off since 03:12Z (5 h 47 m)`.
fn wording(field: &DriftedField, now: Time, quoted: fn(&str) -> String) -> [String; 3] {
    let DriftedField { change, severity: _, since } = field;
    let FieldChange { path: _, desired, live } = change;
    let is = match live {
        Value::Absent => "is not set".to_owned(),
        live => format!("is {}", quoted(&value::short(live))),
    };
    let declared = match desired {
        Value::Absent => "not declared".to_owned(),
        desired => format!("declared {}", quoted(&value::short(desired))),
    };
    let how = match live {
        Value::Bool(false) => "off",
        Value::Bool(true) => "on",
        _ => "so",
    };
    let since = since.map(|since| format!("; {how} since {}", moment(since, now)));
    [is, declared, since.unwrap_or_default()]
}

/// Sets by what they lack and what they have too many, when one of the two is a set.
fn members(desired: &Value, live: &Value, style: Style) -> Option<Vec<String>> {
    let (desired, live) = match (desired, live) {
        (Value::Set(desired), Value::Set(live)) => (desired.clone(), live.clone()),
        (Value::Set(desired), Value::Absent) => (desired.clone(), Default::default()),
        (Value::Absent, Value::Set(live)) => (Default::default(), live.clone()),
        _ => return None,
    };
    let lacks = desired.difference(&live).map(|word| (Ink::Bad, format!("lacks {}", document::scalar(word))));
    let extra = live.difference(&desired);
    let extra = extra.map(|word| (Ink::Change, format!("has {}, not declared", document::scalar(word))));
    Some(lacks.chain(extra).map(|(ink, text)| style.paint(ink, &text)).collect())
}

fn complained(complaint: &Complaint, now: Time, style: Style) -> Vec<String> {
    let Complaint { key, arn: _, symptom } = complaint;
    let text = trouble(symptom, now);
    let first = format!("{}: {}", severity(symptom.severity, style), style.paint(Ink::Plain, &text));
    let help = symptom.help.iter().map(|help| style.paint(Ink::Plain, help));
    let right: Vec<String> = std::iter::once(first).chain(help).collect();
    style.rows(Ink::Strong, &format!("health: {key}"), &right)
}

/// What does not work, since when, and when it last did.
pub(super) fn trouble(symptom: &Symptom, now: Time) -> String {
    let Symptom { severity: _, concerns: _, text, since, until, last_success, help: _ } = symptom;
    let mut text = text.clone();
    match (since, until) {
        (Some(since), Some(until)) => {
            let lasted = since.until(*until).map(|lasted| format!(" ({lasted})")).unwrap_or_default();
            text.push_str(&format!(" from {} to {}{lasted}", since.seen_from(now), until.seen_from(now)));
        }
        (Some(since), None) => text.push_str(&format!(" since {}", moment(*since, now))),
        (None, _) => {}
    }
    if let Some(last) = last_success {
        let ago = last.until(now).map(|ago| format!(" ({ago} ago)")).unwrap_or_default();
        text.push_str(&format!("; last successful {}{ago}", last.seen_from(now)));
    }
    text
}

/// `03:12Z (5 h 47 m)`.
fn moment(time: Time, now: Time) -> String {
    let lasts = time.until(now).map(|lasts| format!(" ({lasts})")).unwrap_or_default();
    format!("{}{lasts}", time.seen_from(now))
}

fn stranger(one: &Unmanaged, style: Style) -> Vec<String> {
    let Unmanaged { key, arn: _, standing, remarks } = one;
    let right = std::iter::once(drift::owner(standing)).chain(remarks.iter().cloned());
    let right: Vec<String> = right.map(|text| style.paint(Ink::Plain, &text)).collect();
    style.rows(Ink::Change, &format!("unmanaged: {key}"), &right)
}

/// The last line of drift, which is stable. What was looked at is said whether or not something differs.
pub(super) fn last_line(seen: &Seen<'_>) -> String {
    let Seen { plan, drift, who: _, unmanaged, now: _ } = seen;
    let checked = count(checked(plan), "resource");
    let mut words = match differing(plan) {
        0 if plan.is_empty() => match uncompared(plan.notes.iter().map(|note| note.word)) {
            None => "No drift".to_owned(),
            Some(settings) => format!("No drift found; {settings}"),
        },
        1 => "Drift: 1 resource differs".to_owned(),
        number => format!("Drift: {number} resources differ"),
    };
    if !drift.complaints.is_empty() {
        words.push_str(&format!(", {}", count(drift.complaints.len(), "health finding")));
    }
    if let Some(unmanaged) = unmanaged {
        words.push_str(&format!(", {} unmanaged", unmanaged.len()));
    }
    format!("{words}. {checked} checked.")
}

/// How many resources differ. What waits for the next plan differs today; a policy goes with the resource that it waits for.
fn differing(plan: &Plan) -> usize {
    let goes_along = |key: &Key| {
        let parent = key.bound();
        key.is_policy() && (plan.waiting.contains(&parent) || plan.changes.contains_key(&parent))
    };
    let changes = plan.changes.values().filter(|planned| planned.counted).count();
    changes + plan.waiting.iter().filter(|key| !goes_along(key)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Path;

    #[test]
    fn a_value_is_never_taken_for_our_own_words() {
        let now = Time::from_unix(1_795_143_600).unwrap();
        let said = |live: Value| {
            let change = FieldChange { path: Path::new("tags.note"), desired: text("hello"), live };
            in_one_line(&DriftedField { change, severity: Severity::Info, since: None }, now, str::to_owned)
        };
        for (live, expected) in [
            (Value::Absent, "tags.note is not set, declared hello"),
            (text("not set"), "tags.note is \"not set\", declared hello"),
            (text("not set, declared x"), "tags.note is \"not set, declared x\", declared hello"),
            (text("a, declared b"), "tags.note is \"a, declared b\", declared hello"),
            (text("hello"), "tags.note is hello, declared hello"),
        ] {
            assert_eq!(said(live), expected);
        }
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}
