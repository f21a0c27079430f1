//! A policy's document as the checks read it, and its grammar (IAM user guide, grammar of the JSON policy language).

use serde_json::{Map, Value};

use crate::manifest::check::scene::Mistake;
use crate::manifest::position::Pointer;
use crate::manifest::suggest::closest;
use crate::manifest::wording::{either, quoted};
use crate::resource::{Key, Part, Policy};

/// What a document may have.
const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];

/// What a statement may have.
const STATEMENT: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// One statement, and where it stands below the policy.
pub(super) struct Statement {
    pub(super) at: Pointer,
    entries: Map<String, Value>,
}

impl Statement {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(key)
    }
}

/// The document with references as `${channels.okta.arn}`.
pub(super) fn read(policy: &Policy) -> Value {
    let text = policy.document.write(|part: &Part| Some(part.to_string()));
    text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}

/// The statements that are mappings; `grammar` tells of the others.
pub(super) fn statements(document: &Value) -> Vec<Statement> {
    let at = Pointer::default().key("Statement");
    let read = |at: Pointer, value: &Value| Some(Statement { at, entries: value.as_object()?.clone() });
    match document.get("Statement") {
        Some(Value::Array(items)) => {
            items.iter().enumerate().filter_map(|(index, item)| read(at.index(index), item)).collect()
        }
        Some(one) => read(at, one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A text, or the texts of a list.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    }
}

/// Whether a statement is about CloudTrail as a service.
pub(super) fn is_cloudtrail(statement: &Statement) -> bool {
    let service = statement.get("Principal").and_then(|principal| principal.get("Service"));
    service.is_some_and(|service| texts(service).contains(&super::CLOUDTRAIL))
}

/// What a policy lets CloudTrail itself do.
pub(in crate::manifest::check) struct Grants(Vec<Statement>);

impl Grants {
    pub(in crate::manifest::check) fn of(policy: &Policy, action: &str) -> Grants {
        let mut granting = statements(&read(policy));
        granting.retain(|statement| {
            let actions = statement.get("Action").map(texts).unwrap_or_default();
            let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
            allows && is_cloudtrail(statement) && actions.iter().any(|own| own.eq_ignore_ascii_case(action))
        });
        Grants(granting)
    }

    /// Whether it may do so for this dashboard.
    pub(in crate::manifest::check) fn cover(&self, dashboard: &Key) -> bool {
        let fits = |arns: Vec<&str>| arns.iter().any(|arn| may_be(arn, dashboard));
        self.0.iter().any(|statement| sources(statement).is_none_or(fits))
    }
}

/// The dashboards that a statement is bound to by `aws:SourceArn`; none when it is not.
fn sources(statement: &Statement) -> Option<Vec<&str>> {
    let operators = statement.get("Condition").and_then(Value::as_object);
    let mut conditions = operators.into_iter().flat_map(Map::values).filter_map(Value::as_object).flatten();
    conditions.find(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn")).map(|(_, value)| texts(value))
}

/// Whether an ARN, a pattern or a reference means this dashboard, as far as it can be told.
fn may_be(arn: &str, dashboard: &Key) -> bool {
    arn == Part::Arn(dashboard.clone()).to_string()
        || arn.contains(['*', '?'])
        || arn.ends_with(&format!(":dashboard/{}", dashboard.name))
}

/// What makes a document no policy at all.
pub(super) fn grammar(key: &Key, document: &Value) -> Vec<Mistake> {
    let root = Pointer::default();
    let mut found = Vec::new();
    for name in document.as_object().into_iter().flat_map(Map::keys) {
        if !DOCUMENT.contains(&name.as_str()) {
            found.push(unknown(key, root.key(name), name, "a policy", &DOCUMENT));
        }
    }
    let mistyped = document.get("Version").is_none()
        && document
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .any(|name| name.eq_ignore_ascii_case("Version"));
    match document.get("Version").and_then(Value::as_str) {
        Some("2012-10-17" | "2008-10-17") => {}
        // A mistyped key is told once, not also as missing.
        None if mistyped => {}
        version => {
            let message = match version {
                Some(version) => format!("there is no policy version {}", quoted(version)),
                None => "the policy has no `Version`".to_owned(),
            };
            found.push(
                Mistake::below(key, root.key("Version"), message).help("write `Version: \"2012-10-17\"`"),
            );
        }
    }
    let listed = match document.get("Statement") {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    if listed.is_empty() {
        found.push(Mistake::below(key, root.key("Statement"), "the policy has no statement"));
    }
    for (index, _) in listed.iter().enumerate().filter(|(_, item)| !item.is_object()) {
        found.push(Mistake::below(key, root.key("Statement").index(index), "a statement is a mapping"));
    }
    for statement in statements(document) {
        grammar_of(key, &statement, &mut found);
    }
    found
}

fn grammar_of(key: &Key, statement: &Statement, found: &mut Vec<Mistake>) {
    for name in statement.entries.keys().filter(|name| !STATEMENT.contains(&name.as_str())) {
        found.push(unknown(key, statement.at.key(name), name, "a statement", &STATEMENT));
    }
    match statement.get("Effect").and_then(Value::as_str) {
        Some("Allow" | "Deny") => {}
        effect => {
            let message = match effect {
                Some(effect) => format!("`Effect` cannot be {}", quoted(effect)),
                None => "the statement has no `Effect`".to_owned(),
            };
            let at = if effect.is_some() { statement.at.key("Effect") } else { statement.at.clone() };
            found.push(Mistake::below(key, at, message).help("write `Allow` or `Deny`"));
        }
    }
    let empty = |name: &str| statement.get(name).is_none_or(|value| texts(value).is_empty());
    // A mistyped key is told once, not also as missing.
    let unknown = |name: &&String| !STATEMENT.contains(&name.as_str());
    let mut mistyped = statement.entries.keys().filter(unknown).filter_map(|name| closest(name, STATEMENT));
    if empty("Action") && empty("NotAction") && !mistyped.any(|near| near.ends_with("Action")) {
        found.push(Mistake::below(key, statement.at.clone(), "the statement has no `Action`"));
    }
}

fn unknown(key: &Key, at: Pointer, name: &str, what: &str, known: &[&str]) -> Mistake {
    let message = format!("{what} has no {}", quoted(name));
    let near = closest(name, known.iter().copied());
    Mistake::below(key, at, message).on_key().suggest(near).help(format!("it can have {}", either(known)))
}
