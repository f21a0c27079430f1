//! The JSON Schema of a manifest, derived from the shapes: one for the walker, and one for editors, in which
//! `${…}` may stand wherever a variable may. What editors are told beside, `editor` knows.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::editor;
use super::header::FileShape;

/// The JSON Schema of a manifest file for editors, draft-07: descriptions say what AWS says, and `${…}` may stand for any scalar.
pub fn schema() -> Value {
    let mut schema = shape_schema();
    editor::furnish(&mut schema);
    admit_variables(&mut schema);
    schema
}

/// The schema of the shapes as they are, for manifests whose variables are put in.
pub(super) fn shape_schema() -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<FileShape>().to_value();
    tidy(&mut schema);
    schema
}

/// Takes out what schemars says about Rust and not about YAML: that an `Option` may be null, and how wide an integer is.
fn tidy(schema: &mut Value) {
    if let Value::Object(schema) = schema {
        drop_null(schema);
        let of_rust = |format: &Value| format.as_str().is_some_and(|format| format.starts_with("uint"));
        if schema.get("format").is_some_and(of_rust) {
            schema.remove("format");
        }
        // That nothing is the default, descriptions say; editors would write `trails: []`.
        if schema.get("default").is_some_and(|default| default.is_null() || *default == json!([])) {
            schema.remove("default");
        }
    }
    subschemas(schema, &mut tidy);
}

fn drop_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            schema.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(branches)) = schema.get_mut("anyOf") {
        branches.retain(|branch| branch != &json!({"type": "null"}));
        if let [one] = branches.as_slice() {
            let one = one.clone();
            schema.remove("anyOf");
            // In draft-07 nothing may stand beside a `$ref`.
            match one {
                Value::Object(one) if schema.is_empty() => *schema = one,
                one => drop(schema.insert("allOf".to_owned(), json!([one]))),
            }
        }
    }
}

/// Lets a text with `${…}` stand wherever only other scalars, or texts of a certain form, may.
fn admit_variables(schema: &mut Value) {
    subschemas(schema, &mut admit_variables);
    let Value::Object(whole) = schema else { return };
    let scalar = |name: &Value| matches!(name.as_str(), Some("string" | "integer" | "number" | "boolean"));
    let strict = ["enum", "pattern", "minLength", "maxLength"].iter().any(|word| whole.contains_key(*word));
    let text = whole.get("type").is_some_and(|name| name == "string");
    let is_scalar = whole.get("type").is_some_and(scalar) || whole.contains_key("enum");
    if !is_scalar || (text && !strict) {
        return;
    }
    // What describes the setting stays outside, where editors look for it.
    let mut outside = Map::new();
    for word in ["description", "default", "defaultSnippets"] {
        outside.extend(whole.remove_entry(word));
    }
    let inside = std::mem::take(whole);
    outside.insert("anyOf".to_owned(), json!([inside, {"type": "string", "pattern": "\\$\\{"}]));
    *schema = Value::Object(outside);
}

/// Does something to every schema right below this one.
pub(super) fn subschemas(schema: &mut Value, each: &mut impl FnMut(&mut Value)) {
    let Value::Object(schema) = schema else { return };
    for (word, below) in schema.iter_mut() {
        match (word.as_str(), below) {
            ("properties" | "definitions", Value::Object(named)) => named.values_mut().for_each(&mut *each),
            ("items" | "additionalProperties", below) => each(below),
            ("anyOf" | "allOf" | "oneOf", Value::Array(branches)) => branches.iter_mut().for_each(&mut *each),
            _ => {}
        }
    }
}

/// The settings that a list's entries may have, in the words of the manifest: `s3BucketName`, `tags`, ….
pub(super) fn settings(schema: &Value, list: &str) -> Vec<String> {
    let entry = schema.pointer(&format!("/properties/{list}/items/$ref")).and_then(Value::as_str);
    let properties = entry
        .and_then(|name| schema.pointer(name.strip_prefix('#')?))
        .and_then(|entry| entry.get("properties")?.as_object());
    properties.into_iter().flat_map(Map::keys).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_may_be_null_and_integers_have_no_width() {
        let text = shape_schema().to_string();
        for word in ["null", "uint32", "\"format\""] {
            assert!(!text.contains(word), "{word}");
        }
    }

    #[test]
    fn a_variable_may_stand_for_any_scalar() {
        let schema = schema();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let trail =
            json!({"name": "${vars.a}", "s3BucketName": "${vars.a}", "isMultiRegionTrail": "${vars.a}"});
        let store = json!({"name": "lake", "retentionPeriod": "${vars.a}", "billingMode": "${vars.a}"});
        assert!(validator.is_valid(&json!({"version": 1, "trails": [trail], "eventDataStores": [store]})));
        assert!(
            !validator
                .is_valid(&json!({"trails": [{"name": "abc", "s3BucketName": "abc", "isLogging": "yes"}]}))
        );
        assert!(!validator.is_valid(&json!({"trails": [{"name": "abc"}]})));
        assert!(!validator.is_valid(&json!({"trials": []})));
    }

    #[test]
    fn settings_are_those_of_the_kind() {
        let schema = shape_schema();
        assert!(settings(&schema, "trails").contains(&"kmsKeyId".to_owned()));
        assert!(settings(&schema, "channels").contains(&"resourcePolicy".to_owned()));
        assert!(settings(&schema, "nothing").is_empty());
    }
}
