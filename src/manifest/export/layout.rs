//! Values as lines of YAML, laid out as a person would: short lists and conditions on one line, SQL in blocks,
//! comments wrapped. How a single scalar looks is `scalar`'s.

use serde_yaml::{Mapping, Value};

use super::scalar::{Place, is_visible, literal, scalar};

/// What fits on one line, in characters.
const WIDTH: usize = 100;

/// Settings whose mappings, or whose entries, stand on one line where they fit: single conditions and principals.
fn is_compact(setting: &str) -> bool {
    matches!(
        setting,
        "fieldSelectors" | "dataResources" | "frequency" | "Principal" | "NotPrincipal" | "Condition"
    )
}

/// A text as comment lines, `# ` before each.
pub(super) fn comment(text: &str, indent: usize, out: &mut String) {
    let text: String = text.chars().map(|c| if is_visible(c) { c } else { ' ' }).collect();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && indent + 3 + length(&line) + length(word) > WIDTH {
            put(indent, &format!("#{line}"), out);
            line.clear();
        }
        line.push(' ');
        line.push_str(word);
    }
    put(indent, &format!("#{line}"), out);
}

/// A line of its own.
pub(super) fn put(indent: usize, text: &str, out: &mut String) {
    out.push_str(&" ".repeat(indent));
    out.push_str(text);
    out.push('\n');
}

/// An entry of a list of resources: `- name: …` and what follows.
pub(super) fn entry(settings: &Mapping, indent: usize, out: &mut String) {
    out.push_str(&format!("{}- ", " ".repeat(indent)));
    mapping(settings, indent + 2, false, out);
}

/// The lines of a mapping. The indentation of the first is there already.
fn mapping(entries: &Mapping, indent: usize, compact: bool, out: &mut String) {
    for (place, (key, value)) in entries.iter().enumerate() {
        if place > 0 {
            out.push_str(&" ".repeat(indent));
        }
        let setting = key.as_str().unwrap_or_default();
        let key = format!("{}:", scalar(setting, Place::Flow));
        out.push_str(&key);
        if let Some(block) = block(setting, value, indent + 2) {
            out.push_str(&block);
            continue;
        }
        let compact = compact || is_compact(setting);
        if let Some(text) = one_line(value, compact, indent + length(&key) + 1) {
            out.push_str(&format!(" {text}\n"));
            continue;
        }
        match value {
            Value::Mapping(entries) => {
                out.push_str(&format!("\n{}", " ".repeat(indent + 2)));
                mapping(entries, indent + 2, compact, out);
            }
            Value::Sequence(items) => {
                out.push('\n');
                list(items, indent + 2, compact, out);
            }
            _ => {}
        }
    }
}

fn list(items: &[Value], indent: usize, compact: bool, out: &mut String) {
    for item in items {
        out.push_str(&format!("{}- ", " ".repeat(indent)));
        match (one_line(item, compact, indent + 2), item) {
            (Some(text), _) => out.push_str(&format!("{text}\n")),
            (None, Value::Mapping(entries)) => mapping(entries, indent + 2, compact, out),
            // Lists within lists are nowhere in a manifest, but may be in what somebody calls a policy.
            (None, _) => out.push_str(&format!("{}\n", flow(item))),
        }
    }
}

/// A text as it is: SQL always, so that it looks alike everywhere, and whatever has several lines. None where its spaces
/// would be lost.
fn block(setting: &str, value: &Value, indent: usize) -> Option<String> {
    let text = value.as_str().filter(|text| setting == "queryStatement" || text.contains('\n'))?;
    let (head, lines) = literal(text)?;
    let mut block = format!(" {head}\n");
    for line in lines {
        put(if line.is_empty() { 0 } else { indent }, line, &mut block);
    }
    Some(block)
}

/// The value on the rest of a line that is `used` up already, when it belongs there.
fn one_line(value: &Value, compact: bool, used: usize) -> Option<String> {
    let fits = |text: String| (used + length(&text) <= WIDTH).then_some(text);
    match value {
        Value::String(text) => Some(scalar(text, Place::Block)),
        Value::Sequence(items) if items.is_empty() => Some(flow(value)),
        Value::Sequence(items) if items.iter().all(is_scalar) => fits(flow(value)),
        Value::Mapping(entries) if entries.is_empty() => Some(flow(value)),
        Value::Mapping(_) if compact => fits(flow(value)),
        Value::Sequence(_) | Value::Mapping(_) => None,
        _ => Some(flow(value)),
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Sequence(_) | Value::Mapping(_))
}

/// The value as a flow collection.
fn flow(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => scalar(text, Place::Flow),
        Value::Sequence(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", flow(key), flow(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Tagged(tagged) => flow(&tagged.value),
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(yaml: &str) -> String {
        let value: Value = serde_yaml::from_str(yaml).unwrap();
        let mut out = String::new();
        entry(value.as_mapping().unwrap(), 2, &mut out);
        out
    }

    #[test]
    fn a_resource_looks_as_a_person_would_write_it() {
        let text = r#"  - name: okta
    retentionPeriod: 90
    advancedEventSelectors:
      - name: writes
        fieldSelectors:
          - {field: eventCategory, equals: [Data]}
          - field: resources.ARN
            startsWith:
              - arn:aws:s3:::a-bucket-with-a-very-long-name-for-the-payroll/
              - arn:aws:s3:::another-bucket-with-a-very-long-name/
    tags:
      tier: "1"
    widgets:
      - queryStatement: |-
          SELECT eventName

            FROM x
      - queryStatement: |-
          SELECT 1
    resourcePolicy:
      Version: "2012-10-17"
      Statement:
        - Principal: {AWS: "arn:aws:iam::444455556666:root"}
          Action: [a:B, c:D]
          Condition:
            StringEquals: {"aws:SourceAccount": "111122223333"}
            ArnLike:
              "aws:SourceArn":
                - arn:aws:cloudtrail:us-east-1:111122223333:dashboard/a-dashboard-with-a-long-name
                - arn:aws:cloudtrail:us-east-1:111122223333:dashboard/another
          Odd: []
"#
        .replace("[a:B, c:D]", r#"["a:B", "c:D"]"#);
        assert_eq!(written(&text.replacen("  - ", "    ", 1)), text);
    }

    #[test]
    fn comments_are_wrapped_and_end_where_they_end() {
        let mut out = String::new();
        comment(&format!("a\nb\u{2028}c {} {}", "x".repeat(80), "y".repeat(120)), 2, &mut out);
        let expected = format!("  # a b c {}\n  # {}\n", "x".repeat(80), "y".repeat(120));
        assert_eq!(out, expected);
    }

    fn values() -> impl Strategy<Value = Value> {
        let text =
            prop::sample::select(vec!["a", "no", "a: b", "x\ny", "x\n y\n", "\n", "é", "${self.arn}", ""]);
        let leaf = prop_oneof![
            text.prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(Value::Null),
            Just(Value::from("word ".repeat(30).trim_end())),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let key = prop::sample::select(vec!["a", "Condition", "dataResources", "no", "aws:x", "b c"]);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Sequence),
                prop::collection::vec((key, inner), 0..4).prop_map(|entries| {
                    Value::Mapping(
                        entries.into_iter().map(|(key, value)| (Value::from(key), value)).collect(),
                    )
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_is_read_as_it_was_written(value in values()) {
            let settings: Mapping = [(Value::from("name"), value)].into_iter().collect();
            let mut out = String::new();
            entry(&settings, 2, &mut out);
            let read: Value = serde_yaml::from_str(&format!("list:\n{out}")).unwrap();
            prop_assert_eq!(&read["list"][0], &Value::Mapping(settings), "{}", out);
        }
    }
}
