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
    match (head_and_inner(path.as_str(), desired), head_and_inner(path.as_str(), live)) {
        // The name stands above the lines that differ, however far from it they are.
        (Some((head, desired)), Some((_, live))) => {
            let inner = document::diff(&desired, &live, Style::default());
            std::iter::once(format!("  {head}")).chain(inner).collect()
        }
        _ => {
            let [desired, live] = [desired, live].map(|value| setting(path.as_str(), value));
            document::diff(&desired, &live, Style::default())
        }
    }
}

/// A setting as the manifest would write it.
fn setting(path: &str, value: &Value) -> Vec<String> {
    match (value, head_and_inner(path, value)) {
        (_, Some((head, inner))) => std::iter::once(head).chain(inner).collect(),
        (Value::Absent, None) => Vec::new(),
        (short, None) => vec![format!("{path}: {}", value::short(short))],
    }
}

/// A value of several lines: the line of its name, and its own.
fn head_and_inner(path: &str, value: &Value) -> Option<(String, Vec<String>)> {
    let dash = match value {
        Value::Set(_) => "- ",
        long if value::is_long(long) => "",
        _ => return None,
    };
    let inner = value::lines(value).into_iter().map(|line| format!("  {dash}{line}"));
    Some((format!("{path}:"), inner.collect()))
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
