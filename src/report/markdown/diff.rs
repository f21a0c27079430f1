//! A change as the lines of a diff, which a renderer colours by their first character: `-` what the account has, `+`
//! what the manifest asks.

use super::super::style::Style;
use super::super::{document, value};
use crate::plan::Verb;
use crate::resource::{FieldChange, Value};

/// The lines of one change; none when no setting of it is worth a look.
pub(super) fn lines(
    key: &str,
    word: &str,
    verb: Verb,
    detailed: bool,
    fields: &[FieldChange],
) -> Vec<String> {
    let shown = fields.iter().filter(|field| match verb {
        // The key has said the name already.
        Verb::Create => field.path.as_str() != "name",
        Verb::Delete => detailed,
        Verb::Update | Verb::Replace | Verb::Adopt | Verb::Restore | Verb::Forget => true,
    });
    let lines: Vec<String> = shown.flat_map(field).collect();
    if lines.is_empty() {
        return lines;
    }
    std::iter::once(format!("@@ {key}: {word} @@")).chain(lines).collect()
}

fn field(change: &FieldChange) -> Vec<String> {
    let FieldChange { path, desired, live } = change;
    match (dash(desired), dash(live)) {
        // The name stands above the lines that differ, however far from it they are.
        (Some(wanted), Some(present)) => {
            let (desired, live) = value::both_lines(desired, live);
            let diff = document::diff(&inner(wanted, desired), &inner(present, live), Style::default());
            std::iter::once(format!("  {path}:")).chain(diff).collect()
        }
        _ => {
            let [desired, live] = [desired, live].map(|value| setting(path.as_str(), value));
            document::diff(&desired, &live, Style::default())
        }
    }
}

/// A setting as the manifest would write it.
fn setting(path: &str, value: &Value) -> Vec<String> {
    match (value, dash(value)) {
        (_, Some(dash)) => {
            std::iter::once(format!("{path}:")).chain(inner(dash, value::lines(value))).collect()
        }
        (Value::Absent, None) => Vec::new(),
        (short, None) => vec![format!("{path}: {}", value::short(short))],
    }
}

/// What each line of a value of several lines begins with; none when one line says it.
fn dash(value: &Value) -> Option<&'static str> {
    match value {
        Value::Set(_) => Some("- "),
        long if value::is_long(long) => Some(""),
        _ => None,
    }
}

/// The lines of a value below the line of its name.
fn inner(dash: &str, lines: Vec<String>) -> Vec<String> {
    lines.into_iter().map(|line| format!("  {dash}{line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Path;
    use serde_json::json;

    #[test]
    fn every_kind_of_value_is_lines_that_come_and_go() {
        let field = |path: &str, live, desired| FieldChange { path: Path::new(path), desired, live };
        let set = |words: &[&str]| Value::Set(words.iter().map(|word| (*word).to_owned()).collect());
        let fields = [
            field("isLogging", Value::Bool(false), Value::Bool(true)),
            field("kmsKeyId", Value::Absent, Value::Text("alias/a".to_owned())),
            field("destinations", set(&["a", "b"]), set(&["b", "c"])),
            field(
                "resourcePolicy",
                Value::Document(json!({"Version": "1", "Id": "x"})),
                Value::Document(json!({"Version": "1"})),
            ),
        ];
        let expected = [
            "@@ trail/a: update @@",
            "- isLogging: false",
            "+ isLogging: true",
            "+ kmsKeyId: alias/a",
            "  destinations:",
            "-   - a",
            "    - b",
            "+   - c",
            "  resourcePolicy:",
            "    Version: 1",
            "-   Id: x",
        ];
        assert_eq!(lines("trail/a", "update", Verb::Update, false, &fields), expected);
        assert!(lines("trail/a", "delete", Verb::Delete, false, &fields).is_empty());
    }
}
