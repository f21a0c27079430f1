//! The committed schema of the manifest is the one that the shapes give, and says of each setting what an editor shows.
//! `UPDATE_EXPECTED=1` writes it anew.

use crate::arbitrary::manifest::manifest;
use crate::examples::OTHERS;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use trailkeeper::manifest::schema;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_manifests_schema_is_fresh_and_a_schema() {
    let path = root().join("schemas/manifest.schema.json");
    let schema = schema();
    let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "UPDATE_EXPECTED=1 refreshes it");
    assert!(jsonschema::draft7::meta::is_valid(&schema));
}

/// Every mapping with settings: its name, and itself.
fn forms(schema: &Value) -> Vec<(&str, &Map<String, Value>)> {
    let definitions = schema["definitions"].as_object().unwrap();
    let whole = schema.as_object().unwrap();
    definitions
        .iter()
        .map(|(name, form)| (name.as_str(), form.as_object().unwrap()))
        .chain([("", whole)])
        .collect()
}

#[test]
fn every_setting_says_what_it_is_and_what_its_absence_means() {
    let schema = schema();
    let mut silent = Vec::new();
    for (name, form) in forms(&schema) {
        assert!(form.contains_key("description"), "{name}");
        let required: Vec<&Value> =
            form.get("required").and_then(Value::as_array).into_iter().flatten().collect();
        for (setting, of) in form["properties"].as_object().unwrap() {
            let words = of["description"].as_str().unwrap_or_default();
            // Of `removed`, exactly one of the four; the header's `version` and `name` are asked for in one file only.
            let optional = !required.contains(&&json!(setting))
                && (name != "Removed" || ["keep", "reason"].contains(&setting.as_str()))
                && !(name.is_empty() && ["version", "name"].contains(&setting.as_str()));
            if words.len() < 15 || optional && !words.contains("Default: ") {
                silent.push(format!("{name}.{setting}: {words:?}"));
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// Below a form, each schema that takes scalars only, with the setting that it belongs to.
fn scalars<'s>(setting: &str, of: &'s Value, found: &mut Vec<(String, &'s Value)>) {
    let below = ["items", "additionalProperties"].into_iter().filter_map(|word| of.get(word));
    let types: Vec<&str> = match &of["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        of => of.as_str().into_iter().collect(),
    };
    let mapping_or_list = types.iter().any(|name| ["object", "array"].contains(name));
    if !mapping_or_list && of.get("$ref").is_none() {
        found.push((setting.to_owned(), of));
    }
    below.for_each(|of| scalars(setting, of, found));
}

#[test]
fn a_variable_may_stand_for_every_scalar() {
    let schema = schema();
    for (name, form) in forms(&schema) {
        for (setting, of) in form["properties"].as_object().unwrap() {
            let mut found = Vec::new();
            scalars(&format!("{name}.{setting}"), of, &mut found);
            for (setting, scalar) in found.iter().filter(|(_, scalar)| scalar.is_object()) {
                let validator = jsonschema::draft7::new(scalar).unwrap();
                assert!(validator.is_valid(&json!("a-${vars.x}")), "{setting}: {scalar}");
            }
        }
    }
}

#[test]
fn what_aws_may_have_learned_since_is_not_refused() {
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    let field = |name: &str, value: &str| json!({"field": name, "equals": [value]});
    let selector = json!({"fieldSelectors": [
        field("eventCategory", "Weather"), field("resources.type", "AWS::Rain::Drop"), field("rain.depth", "2"),
    ]});
    let manifest = json!({
        "region": "moon-north-1",
        "trails": [{"name": "audit", "s3BucketName": "acme", "advancedEventSelectors": [selector]}],
        "channels": [{"name": "new", "source": "RainWorks", "destinations": [{"eventDataStore": "lake"}]}],
        "eventDataStores": [{"name": "lake", "contextKeySelectors": [{"type": "RequestContext", "equals": ["aws:Rain"]}]}],
    });
    assert!(validator.is_valid(&manifest));
}

fn manifests_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if OTHERS.iter().any(|other| path == root().join(other)) {
            continue;
        }
        if path.is_dir() {
            manifests_below(&path, found);
        } else if name.ends_with(".yaml") && !["account.yaml", "by-hand.yaml", "faults.yaml"].contains(&name)
        {
            found.push(path);
        }
    }
}

/// An editor must not be stricter than the program: what is valid is valid for the schema too.
#[test]
fn every_example_and_every_scenario_is_valid_for_an_editor() {
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    let mut paths = Vec::new();
    for folder in ["examples", "tests/scenarios"] {
        manifests_below(&root().join(folder), &mut paths);
    }
    let mut refused = Vec::new();
    for path in &paths {
        let mut manifest: serde_yaml::Value =
            serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        manifest.apply_merge().unwrap();
        let manifest = serde_json::to_value(manifest).unwrap();
        refused.extend(validator.iter_errors(&manifest).map(|error| format!("{}: {error}", path.display())));
    }
    assert!(paths.len() > 100 && refused.is_empty(), "{}", refused.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_valid_manifest_is_valid_for_an_editor(manifest in manifest()) {
        let validator = jsonschema::draft7::new(&schema()).unwrap();
        let value: Value = serde_yaml::from_str(&manifest.text()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        prop_assert!(errors.is_empty(), "{}\n{}", errors.join("\n"), manifest.text());
    }
}
