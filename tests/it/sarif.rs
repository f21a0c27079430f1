//! What is written for code scanning against what SARIF 2.1.0 asks for: the objects that we write and their properties, as the
//! standard's own schema has them, and what its text and GitHub ask for beyond a schema.

use crate::cli::{Folder, MANIFEST};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// An object that has these properties and may have those; nothing else, as everywhere in SARIF's schema.
fn object(required: &[&str], typed: Value, others: &[&str]) -> Value {
    let mut properties = typed;
    for name in others.iter().chain(&["properties"]) {
        properties[name] = json!(true);
    }
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn of(definition: &str) -> Value {
    json!({"$ref": format!("#/definitions/{definition}")})
}

fn list(definition: &str) -> Value {
    json!({"type": "array", "uniqueItems": true, "items": of(definition)})
}

/// The part of the standard's schema that we write (OASIS SARIF 2.1.0, appendix of the schema; sections in §3).
fn standard() -> Value {
    let text = json!({"type": "string"});
    let from_one = json!({"type": "integer", "minimum": 1});
    let level = json!({"enum": ["none", "note", "warning", "error"]});
    let mut log = object(
        &["version", "runs"],
        json!({"$schema": {"type": "string", "format": "uri"}, "version": {"enum": ["2.1.0"]}, "runs": {"type": "array", "items": of("run")}}),
        &["inlineExternalProperties"],
    );
    log["definitions"] = json!({
        "run": object(
            &["tool"],
            json!({"tool": object(&["driver"], json!({"driver": of("component")}), &["extensions"]),
                   "results": {"type": "array", "items": of("result")},
                   "invocations": {"type": "array", "items": of("invocation")},
                   "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]}}),
            &["originalUriBaseIds", "artifacts", "automationDetails", "language", "versionControlProvenance"],
        ),
        "invocation": object(
            &["executionSuccessful"],
            json!({"executionSuccessful": {"type": "boolean"},
                   "toolExecutionNotifications": {"type": "array", "items": of("notification")}}),
            &["exitCode", "commandLine", "startTimeUtc", "endTimeUtc"],
        ),
        "notification": object(
            &["message"],
            json!({"message": of("message"), "level": level}),
            &["locations", "descriptor", "associatedRule", "exception", "timeUtc", "threadId"],
        ),
        "component": object(
            &["name"],
            json!({"name": text, "version": text, "rules": list("rule")}),
            &["informationUri", "semanticVersion", "organization", "fullName", "notifications"],
        ),
        "rule": object(
            &["id"],
            json!({"id": text, "name": text, "shortDescription": of("words"), "fullDescription": of("words"), "help": of("words"),
                   "defaultConfiguration": object(&[], json!({"level": level}), &["enabled", "rank", "parameters"])}),
            &["helpUri", "messageStrings", "deprecatedIds"],
        ),
        "words": object(&["text"], json!({"text": text, "markdown": text}), &[]),
        "message": object(&["text"], json!({"text": text, "markdown": text}), &["id", "arguments"]),
        "result": object(
            &["message"],
            json!({"ruleId": text, "ruleIndex": {"type": "integer", "minimum": -1}, "level": level, "message": of("message"),
                   "locations": {"type": "array", "items": of("location")}, "relatedLocations": list("location"),
                   "suppressions": {"type": "array", "uniqueItems": true, "items": of("suppression")}}),
            &["kind", "partialFingerprints", "fingerprints", "fixes", "rank", "guid", "codeFlows"],
        ),
        "suppression": object(
            &["kind"],
            json!({"kind": {"enum": ["inSource", "external"]}, "justification": text}),
            &["status", "location", "guid"],
        ),
        "location": object(
            &[],
            json!({"physicalLocation": of("physical"), "message": of("message"),
                   "logicalLocations": {"type": "array", "uniqueItems": true, "items":
                       object(&[], json!({"fullyQualifiedName": text, "name": text}), &["kind", "index", "parentIndex", "decoratedName"])}}),
            &["id", "annotations", "relationships"],
        ),
        "physical": object(
            &["artifactLocation"],
            json!({"artifactLocation": object(&[], json!({"uri": {"type": "string", "pattern": "^[!-~]+$"}}), &["uriBaseId", "index", "description"]),
                   "region": object(
                       &["startLine"],
                       json!({"startLine": from_one, "startColumn": from_one, "endLine": from_one, "endColumn": from_one}),
                       &["snippet", "message", "charOffset", "charLength", "byteOffset", "byteLength", "sourceLanguage"])}),
            &["contextRegion", "address"],
        ),
    });
    log
}

/// What the schema cannot say, and what GitHub asks for (documentation, SARIF support for code scanning).
fn hold(document: &Value) {
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());
    for rule in rules {
        for description in ["shortDescription", "fullDescription"] {
            assert!(rule[description]["text"].as_str().unwrap().len() <= 1024, "{rule}");
        }
    }
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"], "{result}");
        // §3.27.23: all results have `suppressions`, or none has.
        assert!(result["suppressions"].is_array(), "{result}");
        assert_eq!(result["locations"].as_array().unwrap().len(), 1, "{result}");
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let at = |name: &str| region[name].as_u64().unwrap_or(1);
        let (start, end) =
            ((at("startLine"), at("startColumn")), (at("endLine").max(at("startLine")), at("endColumn")));
        assert!(region.get("endLine").is_none() || start <= end, "{result}");
    }
}

#[test]
fn every_broken_manifest_gives_a_document_that_the_standard_takes() {
    let validator = jsonschema::draft7::new(&standard()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems");
    let lab = Folder::new();
    let mut results = 0;
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| name.ends_with(".yaml"));
    names.sort();
    // One in four; every sort of place is among them.
    for name in names.iter().step_by(4) {
        lab.write(name, std::fs::read(folder.join(name)).unwrap());
        let output = lab.run(&format!("validate --format sarif {name}"));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {}", errors.join("\n"));
        hold(&document);
        results += document["runs"][0]["results"].as_array().unwrap().len();
    }
    assert!(results > 40, "{results}");
}

/// The document for a command line that is no good, whatever is wrong with it.
fn document(lab: &Folder, line: &str) -> Value {
    let output = lab.run(line);
    assert_eq!(output.status.code(), Some(1), "{line}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let validator = jsonschema::draft7::new(&standard()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{line}: {}", errors.join("\n"));
    hold(&document);
    document
}

#[test]
fn a_manifest_that_cannot_be_read_is_a_result_at_its_path() {
    let lab = Folder::new();
    lab.write("binary.yaml", [0x7f, b'E', b'L', b'F', 0, 1]).write("no-yaml/README.md", "nothing");
    for (path, message) in [
        ("missing.yaml", "could not read `missing.yaml`: No such file or directory"),
        ("binary.yaml", "`binary.yaml` is a binary file"),
        ("no-yaml", "the folder `no-yaml` holds no manifest"),
    ] {
        let document = document(&lab, &format!("validate --format sarif {path}"));
        let run = &document["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), 1, "{path}");
        let result = &run["results"][0];
        assert_eq!((&result["ruleId"], &result["level"]), (&json!("TK001"), &json!("error")), "{path}");
        assert!(result["message"]["text"].as_str().unwrap().starts_with(message), "{result}");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(*place, json!({"artifactLocation": {"uri": path}, "region": {"startLine": 1}}));
        assert_eq!(run.get("invocations"), None);
    }
}

#[test]
fn what_is_wrong_beside_the_manifest_is_told_by_the_run() {
    let lab = Folder::new();
    lab.write("trailkeeper.yaml", MANIFEST);
    for (line, message) in [
        (
            "validate --format sarif --region us-east-1",
            "the manifest is for region eu-central-1, and --region says us-east-1",
        ),
        ("validate --format=sarif --region Frankfurt", "invalid value 'Frankfurt' for '--region <REGION>'"),
    ] {
        let document = document(&lab, line);
        let run = &document["runs"][0];
        assert_eq!(run["results"], json!([]), "{line}");
        let [invocation] = run["invocations"].as_array().unwrap().as_slice() else { panic!("{line}") };
        assert_eq!(invocation["executionSuccessful"], false);
        let [notification] = invocation["toolExecutionNotifications"].as_array().unwrap().as_slice() else {
            panic!("{line}")
        };
        assert_eq!(notification["level"], "error");
        let text = notification["message"]["text"].as_str().unwrap();
        assert!(text.starts_with(message), "{text}");
    }
}
