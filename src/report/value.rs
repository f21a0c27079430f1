//! One setting of a text report: its value, or how live and desired differ.

use super::style::{Ink, Style};
use super::{document, pair};
use crate::resource::{FieldChange, Value};

/// The lines of one setting that becomes `desired`.
pub(super) fn change(change: &FieldChange, style: Style) -> Vec<String> {
    let FieldChange { path, desired, live } = change;
    let left = format!("    {path}");
    match (live, desired) {
        (Value::Set(_), Value::Set(_) | Value::Absent) | (Value::Absent, Value::Set(_)) => {
            style.rows(Ink::Plain, &left, &members(desired, live, style))
        }
        _ if is_long(live) || is_long(desired) => {
            let (desired, live) = both_lines(desired, live);
            let lines = document::diff(&desired, &live, style);
            under(&left, "", lines, style)
        }
        _ => {
            let arrow = format!(
                "{} {} {}",
                style.paint(Ink::Bad, &short(live)),
                style.paint(Ink::Quiet, "->"),
                style.paint(Ink::Good, &short(desired))
            );
            vec![style.row(Ink::Plain, &left, &arrow)]
        }
    }
}

/// The lines of one setting of a resource that comes or goes as a whole; none when it is not set.
pub(super) fn whole(path: &str, value: &Value, style: Style) -> Vec<String> {
    let left = format!("    {path}");
    match value {
        Value::Absent => Vec::new(),
        Value::Set(words) => {
            let words: Vec<String> = words.iter().map(|word| document::scalar(word)).collect();
            let joined = words.join(", ");
            let right = if joined.chars().count() <= document::ONE_LINE { vec![joined] } else { words };
            let painted: Vec<String> = right.iter().map(|text| style.paint(Ink::Plain, text)).collect();
            style.rows(Ink::Plain, &left, &painted)
        }
        Value::Document(document) => {
            let lines = document::compact(document);
            under(&left, "", lines.iter().map(|line| style.paint(Ink::Plain, line)).collect(), style)
        }
        long if is_long(long) => {
            let painted = lines(long).iter().map(|line| style.paint(Ink::Plain, line)).collect();
            under(&left, "", painted, style)
        }
        other => vec![style.row(Ink::Plain, &left, &style.paint(Ink::Plain, &short(other)))],
    }
}

/// Documents are wide: their lines stand under the setting's name, beside which may stand how they are read.
pub(super) fn under(left: &str, right: &str, lines: Vec<String>, style: Style) -> Vec<String> {
    let indented = lines.into_iter().map(|line| format!("      {line}").trim_end_matches(' ').to_owned());
    std::iter::once(style.row(Ink::Plain, left, right)).chain(indented).collect()
}

fn members(desired: &Value, live: &Value, style: Style) -> Vec<String> {
    let words = |value: &Value| match value {
        Value::Set(words) => words.clone(),
        _ => std::collections::BTreeSet::new(),
    };
    let (desired, live) = (words(desired), words(live));
    let gone = live.difference(&desired).map(|word| (Ink::Bad, format!("- {}", document::scalar(word))));
    let new = desired.difference(&live).map(|word| (Ink::Good, format!("+ {}", document::scalar(word))));
    gone.chain(new).map(|(ink, text)| style.paint(ink, &text)).collect()
}

pub(super) fn is_long(value: &Value) -> bool {
    match value {
        Value::Document(_) => true,
        Value::Text(text) => text.trim_end().contains('\n'),
        Value::Absent | Value::Bool(_) | Value::Int(_) | Value::Set(_) => false,
    }
}

/// Whether one line can say a value: one of several lines can be written with their ends as escapes, and only a document's
/// would be too many.
pub(super) fn fits_a_line(value: &Value) -> bool {
    !matches!(value, Value::Document(_))
}

/// The lines of two values, what belongs together in one order.
pub(super) fn both_lines(desired: &Value, live: &Value) -> (Vec<String>, Vec<String>) {
    match (desired, live) {
        (Value::Document(desired), Value::Document(live)) => {
            let (desired, live) = pair::side_by_side(desired, live);
            (document::lines(&desired), document::lines(&live))
        }
        (desired, live) => (lines(desired), lines(live)),
    }
}

pub(super) fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Absent => Vec::new(),
        Value::Document(document) => document::lines(document),
        Value::Text(text) => text.lines().map(str::to_owned).collect(),
        Value::Set(words) => words.iter().map(|word| document::scalar(word)).collect(),
        other => vec![short(other)],
    }
}

/// A value on one line. What is not set stands in parentheses, which no bare text begins with.
pub(super) fn short(value: &Value) -> String {
    match value {
        Value::Absent => "(none)".to_owned(),
        Value::Bool(switch) => switch.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => document::scalar(text),
        Value::Set(_) | Value::Document(_) => lines(value).join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Path;
    use serde_json::json;

    fn shown(live: Value, desired: Value) -> String {
        change(&FieldChange { path: Path::new("setting"), desired, live }, Style::default()).join("\n")
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn set(words: &[&str]) -> Value {
        Value::Set(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn text_reads_live_to_desired() {
        let right = |shown: String| shown.split_once("setting").unwrap().1.trim_start().to_owned();
        assert_eq!(right(shown(Value::Bool(false), Value::Bool(true))), "false -> true");
        assert_eq!(right(shown(Value::Absent, Value::Int(90))), "(none) -> 90");
        assert_eq!(right(shown(text("(none)"), text(""))), "\"(none)\" -> \"\"");
        assert_eq!(right(shown(text("a -> b"), text("1"))), "\"a -> b\" -> 1");
        assert_eq!(right(shown(text("\u{1b}[31m"), Value::Absent)), "\"\\u001b[31m\" -> (none)");
    }

    #[test]
    fn sets_show_their_members() {
        let expected = format!("{:<36}- a\n{:36}+ c\n{:36}+ d", "    setting", "", "");
        assert_eq!(shown(set(&["a", "b"]), set(&["b", "c", "d"])), expected);
        assert_eq!(shown(Value::Absent, set(&["a"])), format!("{:<36}+ a", "    setting"));
        assert_eq!(
            whole("setting", &set(&["b", "a"]), Style::default()),
            [format!("{:<36}a, b", "    setting")]
        );
    }

    #[test]
    fn documents_and_texts_of_several_lines_are_line_diffs() {
        let document = Value::Document(json!([{"field": "eventCategory"}]));
        assert_eq!(shown(Value::Absent, document.clone()), "    setting\n      + - field: eventCategory");
        assert_eq!(
            whole("setting", &document, Style::default()),
            ["    setting", "      - field: eventCategory"]
        );
        assert_eq!(
            shown(text("SELECT a\nFROM x"), text("SELECT b\nFROM x")),
            "    setting\n      - SELECT a\n      + SELECT b\n        FROM x"
        );
    }
}
