//! What editors are told beyond the shapes: the forms of texts, words to choose from where AWS adds some from time to time,
//! and what a resource policy is made of. The checks hold the same, and say it in better words, so the walker does without.

use serde_json::{Map, Value, json};

use super::check::{FIELDS, PARTNER_SOURCES};
use super::schema::subschemas;

/// The form of a text.
struct Form {
    /// What it is, in an editor's message.
    what: &'static str,
    pattern: &'static str,
    /// The definitions that have it, each with what stands below its properties.
    places: &'static [(&'static str, &'static str)],
}

/// The forms of texts. `check` knows the sources.
const FORMS: [Form; 13] = [
    Form {
        what: "the key of a resource, such as trail/audit or policy/channel/okta",
        pattern: "^(policy/)?(trail|eventDataStore|channel|dashboard)/.+$",
        places: &[("Allow", "resource")],
    },
    Form {
        what: "letters, digits, `.`, `_` and `-`; a letter or digit first and last, no two of the others together",
        pattern: "^[A-Za-z0-9]([._-]?[A-Za-z0-9])*$",
        places: &[("Trail", "name")],
    },
    Form {
        what: "lower-case letters, digits, `.` and `-`; a letter or digit first and last, no two dots together",
        pattern: r"^[a-z0-9](\.?[a-z0-9]|-+[a-z0-9])*$",
        places: &[("Trail", "s3BucketName")],
    },
    Form {
        what: "the name of a topic, or its ARN",
        pattern: "^([A-Za-z0-9_-]+|arn:[^:]+:sns:[^:]*:[^:]*:[A-Za-z0-9_-]+)$",
        places: &[("Trail", "snsTopicName")],
    },
    Form {
        what: "an alias (alias/…), an alias ARN, a key id or a key ARN",
        pattern: "^(alias/[A-Za-z0-9/_-]+|arn:[^:]+:kms:[^:]*:[^:]*:(alias|key)/[A-Za-z0-9/_-]+|mrk-[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$",
        places: &[("Trail", "kmsKeyId"), ("EventDataStore", "kmsKeyId")],
    },
    Form {
        what: "the ARN of a log group, with or without `:*` at its end",
        pattern: r"^arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:*]+(:\*)?$",
        places: &[("Trail", "cloudWatchLogsLogGroupArn")],
    },
    Form {
        what: "the ARN of a role",
        pattern: "^arn:[^:]+:iam::[^:]*:role/.+$",
        places: &[("Trail", "cloudWatchLogsRoleArn"), ("EventDataStore", "federationRoleArn")],
    },
    Form { what: "an ARN", pattern: "^arn:", places: &[("DataResource", "values/items")] },
    Form {
        what: "letters, digits, `.`, `_` and `-`",
        pattern: "^[A-Za-z0-9._-]+$",
        places: &[
            ("EventDataStore", "name"),
            ("EventDataStore", "renamedFrom"),
            ("Channel", "name"),
            ("Channel", "renamedFrom"),
        ],
    },
    Form {
        what: "the name of an event data store, or its ARN",
        pattern: "^([A-Za-z0-9._-]+|arn:[^:]+:cloudtrail:[^:]*:[^:]*:eventdatastore/.+)$",
        places: &[("Destination", "eventDataStore"), ("EventDataStore", "insightsDestination")],
    },
    Form {
        what: "letters, digits, `_` and `-`",
        pattern: "^[A-Za-z0-9_-]+$",
        places: &[("Dashboard", "name")],
    },
    Form {
        what: "1 to 128 letters, digits, spaces, `.`, `_` and `-`",
        pattern: "^[A-Za-z0-9._ -]{1,128}$",
        places: &[("Widget", "viewProperties/additionalProperties")],
    },
    Form {
        what: "3 to 128 letters, digits, `.`, `_` and `-`",
        pattern: "^[A-Za-z0-9._-]{3,128}$",
        places: &[("Widget", "viewProperties/propertyNames")],
    },
];

/// Adds all of it to the schema of the shapes.
pub(super) fn furnish(schema: &mut Value) {
    for Form { what, pattern, places } in &FORMS {
        // VS Code and yaml-language-server say these words in place of the pattern.
        let words = json!({"pattern": pattern, "patternErrorMessage": format!("Expected {what}.")});
        places.iter().for_each(|(definition, below)| add(schema, definition, below, words.clone()));
    }
    add(schema, "FieldSelector", "field", offered(["eventCategory"].into_iter().chain(FIELDS)));
    add(schema, "Channel", "source", offered(PARTNER_SOURCES.values()));
    for kind in ["EventDataStore", "Channel", "Dashboard"] {
        add(schema, kind, "resourcePolicy", policy());
    }
    for kind in ["Trail", "EventDataStore", "Channel", "Dashboard"] {
        add(schema, kind, "tags", tags());
    }
    merge(schema.pointer_mut("/properties/tags"), tags());
    unwrap_references(schema);
    // Editors would show it above everything that they say.
    if let Value::Object(whole) = schema {
        whole.remove("title");
    }
}

/// Adds words to what stands below a definition; `.../propertyNames` need not be there yet.
fn add(schema: &mut Value, definition: &str, below: &str, words: Value) {
    let setting = format!("/definitions/{definition}/properties/{below}");
    match setting.strip_suffix("/propertyNames") {
        Some(mapping) => merge(schema.pointer_mut(mapping), json!({"propertyNames": words})),
        None => merge(schema.pointer_mut(&setting), words),
    }
}

fn merge(schema: Option<&mut Value>, words: Value) {
    if let (Some(Value::Object(schema)), Value::Object(words)) = (schema, words) {
        schema.extend(words);
    }
}

/// Words that yaml-language-server offers and does not ask for: AWS may know more of them.
fn offered<'w>(words: impl Iterator<Item = &'w str>) -> Value {
    let snippets: Vec<Value> = words.map(|word| json!({"label": word, "body": word})).collect();
    json!({"defaultSnippets": snippets})
}

/// Limits of tags (Tagging AWS resources, naming limits).
fn tags() -> Value {
    json!({
        "propertyNames": {"minLength": 1, "maxLength": 128},
        "additionalProperties": {"type": "string", "maxLength": 256},
    })
}

/// What a policy is made of, as far as it helps who writes one: nothing of it is required here, and nothing else refused.
fn policy() -> Value {
    let some =
        |what: &str| json!({"type": ["string", "array"], "items": {"type": "string"}, "description": what});
    let whom = json!({"type": ["string", "object"], "description": "Whom the statement is about: `{AWS: …}` or `{Service: …}`."});
    let statement = json!({
        "type": "object",
        "properties": {
            "Sid": {"type": "string", "description": "A name for the statement, once in a policy."},
            "Effect": {"type": "string", "enum": ["Allow", "Deny"], "description": "`Allow` or `Deny`."},
            "Principal": whom,
            "Action": some("What is allowed. A channel: `cloudtrail-data:PutAuditEvents`; a dashboard: `cloudtrail:StartDashboardRefresh`; a store: `cloudtrail:StartQuery` and other queries."),
            "Resource": some("The resource itself: `${self.arn}`, or left out."),
            "Condition": {"type": "object", "description": "Under which conditions: operator, key and values."},
        },
    });
    let mut statements = statement.clone();
    merge(
        Some(&mut statements),
        json!({"type": ["array", "object"], "items": statement, "description": "One statement, or a list of them."}),
    );
    json!({
        "properties": {
            "Version": {"type": "string", "enum": ["2012-10-17", "2008-10-17"], "description": "The version of the policy language: `\"2012-10-17\"`."},
            "Id": {"type": "string", "description": "A name for the policy."},
            "Statement": statements,
        },
    })
}

/// Puts a reference right beside its description instead of into an `allOf` of one, which editors do not complete. Draft-07
/// leaves out what stands beside a `$ref`, and a description may be left out.
fn unwrap_references(schema: &mut Value) {
    if let Value::Object(whole) = schema
        && let Some(reference) = lone_reference(whole)
    {
        whole.remove("allOf");
        whole.insert("$ref".to_owned(), reference);
    }
    subschemas(schema, &mut unwrap_references);
}

fn lone_reference(schema: &Map<String, Value>) -> Option<Value> {
    match schema.get("allOf")?.as_array()?.as_slice() {
        [one] => one.get("$ref").cloned(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::schema::shape_schema;

    #[test]
    fn every_pattern_has_a_place_that_it_is_the_first_to_form() {
        let schema = shape_schema();
        for Form { what: _, pattern, places } in &FORMS {
            assert!(regex_lite::Regex::new(pattern).is_ok(), "{pattern}");
            for (definition, below) in *places {
                let setting = format!("/definitions/{definition}/properties/{below}");
                let setting = setting.trim_end_matches("/propertyNames");
                let place = schema.pointer(setting).unwrap_or_else(|| panic!("{setting}"));
                assert!(place.get("pattern").is_none(), "{setting}");
            }
        }
    }
}
