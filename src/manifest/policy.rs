//! A resource policy as written, a mapping or JSON, and the document that is sent: compact, in the written order.
//! What a policy may say is for the checks; when two mean the same is for `resource`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_yaml::{Mapping, Value};

use super::reference::Words;
use crate::name::Name;
use crate::resource::{Key, Parent, Part, Policy, Text};

/// A mapping, or the same as JSON text. What may stand in it, the checks know and say in better words.
pub(super) fn policy_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["object", "string"]})
}

/// Reads a policy that is written as JSON text, keeping its order.
///
/// # Errors
/// What is wrong, with line and column in the text.
pub(super) fn read_json(text: &str) -> Result<Value, String> {
    let value: Value =
        serde_json::from_str(text.trim_start_matches('\u{FEFF}')).map_err(|error| error.to_string())?;
    if value.is_mapping() { Ok(value) } else { Err("a policy is a JSON object".to_owned()) }
}

/// The policy of a resource; `written` has its variables put in and references as `Text` prints them.
pub(super) fn policy(parent: Parent, name: &Name, written: &Value) -> Policy {
    let mut document = written.clone();
    if parent == Parent::Channel {
        // A channel's policy is about the channel (user guide, resource policies for channels: `Resource` is its ARN);
        // the guide leaves `Resource` out for stores and dashboards only.
        let own = Text::arn(Key::new(parent.kind(), name)).to_string();
        complete_resource(&mut document, &own);
    }
    let mut parts = Vec::new();
    write(&document, &mut parts);
    Policy { parent, name: name.clone(), document: Text::new(parts) }
}

fn complete_resource(document: &mut Value, own: &str) {
    let complete = |statement: &mut Value| {
        if let Value::Mapping(entries) = statement
            && !entries.contains_key("Resource")
            && !entries.contains_key("NotResource")
        {
            entries.insert("Resource".into(), own.into());
        }
    };
    match document.get_mut("Statement") {
        Some(Value::Sequence(statements)) => statements.iter_mut().for_each(complete),
        Some(statement) => complete(statement),
        None => {}
    }
}

fn write(value: &Value, parts: &mut Vec<Part>) {
    match value {
        Value::Null => parts.push(Part::Lit("null".to_owned())),
        Value::Bool(value) => parts.push(Part::Lit(value.to_string())),
        Value::Number(number) => parts.push(Part::Lit(number.to_string())),
        Value::String(text) => write_text(&Words::read(text).0, parts),
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                parts.push(Part::Lit(if index == 0 { "[" } else { "," }.to_owned()));
                write(item, parts);
            }
            parts.push(Part::Lit(if items.is_empty() { "[]" } else { "]" }.to_owned()));
        }
        Value::Mapping(entries) => write_mapping(entries, parts),
        Value::Tagged(tagged) => write(&tagged.value, parts),
    }
}

fn write_mapping(entries: &Mapping, parts: &mut Vec<Part>) {
    for (index, (key, value)) in entries.iter().enumerate() {
        parts.push(Part::Lit(if index == 0 { "{" } else { "," }.to_owned()));
        write_text(&Text::plain(key.as_str().unwrap_or_default()), parts);
        parts.push(Part::Lit(":".to_owned()));
        write(value, parts);
    }
    parts.push(Part::Lit(if entries.is_empty() { "{}" } else { "}" }.to_owned()));
}

/// A JSON string with references inside. ARNs and ids have nothing that JSON would escape.
fn write_text(text: &Text, parts: &mut Vec<Part>) {
    parts.push(Part::Lit("\"".to_owned()));
    parts.extend(text.parts().iter().map(|part| match part {
        Part::Lit(text) => {
            let quoted = serde_json::Value::from(text.as_str()).to_string();
            Part::Lit(quoted[1..quoted.len() - 1].to_owned())
        }
        other => other.clone(),
    }));
    parts.push(Part::Lit("\"".to_owned()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(parent: Parent, yaml: &str) -> String {
        policy(parent, &Name::new("okta"), &serde_yaml::from_str(yaml).unwrap()).document.to_string()
    }

    #[test]
    fn a_document_is_compact_and_keeps_its_order() {
        let yaml = "{Version: '2012-10-17', Id: \"a \\\"b\\\" é\\n\", Statement: {Sid: Z, Resource: '${channels.okta.arn}', Condition: {Bool: {\"a:b\": true}, N: {c: [1, 1.5, null, []]}}}}";
        let json = r#"{"Version":"2012-10-17","Id":"a \"b\" é\n","Statement":{"Sid":"Z","Resource":"${channels.okta.arn}","Condition":{"Bool":{"a:b":true},"N":{"c":[1,1.5,null,[]]}}}}"#;
        assert_eq!(written(Parent::Channel, yaml), json);
    }

    #[test]
    fn a_channels_statements_are_about_the_channel() {
        let yaml = "{Statement: [{Sid: A}, {Sid: B, NotResource: x}]}";
        assert_eq!(
            written(Parent::Channel, yaml),
            r#"{"Statement":[{"Sid":"A","Resource":"${channels.okta.arn}"},{"Sid":"B","NotResource":"x"}]}"#
        );
        assert_eq!(
            written(Parent::Dashboard, yaml),
            r#"{"Statement":[{"Sid":"A"},{"Sid":"B","NotResource":"x"}]}"#
        );
    }

    #[test]
    fn json_keeps_its_order_and_its_errors_their_place() {
        let value = read_json("\u{FEFF}{\"b\": 1, \"a\": 2}").unwrap();
        assert_eq!(
            policy(Parent::Dashboard, &Name::new("d"), &value).document.to_string(),
            r#"{"b":1,"a":2}"#
        );
        assert!(read_json("{\"a\": }").unwrap_err().contains("line 1 column 7"));
        assert!(read_json("{\"a\": 1, \"a\": 2}").unwrap_err().contains("duplicate"));
        assert_eq!(read_json("[]").unwrap_err(), "a policy is a JSON object");
    }
}
