//! What a resource policy may say, by the kind of its resource (API reference, PutResourcePolicy; user guide,
//! "CloudTrail resource-based policy examples"). Everything wrong is ResourcePolicyNotValidException.

use serde_json::{Map, Value};

use super::arn;
use super::error::{ServiceError, refuse};
use super::resource::Kind;

/// The service that runs a dashboard's queries.
const SERVICE: &str = "cloudtrail.amazonaws.com";

/// What a store's policy may allow.
const STORE_ACTIONS: [&str; 8] = [
    "cloudtrail:StartQuery",
    "cloudtrail:CancelQuery",
    "cloudtrail:ListQueries",
    "cloudtrail:DescribeQuery",
    "cloudtrail:GetQueryResults",
    "cloudtrail:GenerateQuery",
    "cloudtrail:GenerateQueryResultsSummary",
    "cloudtrail:GetEventDataStore",
];

/// Holds a policy to the rules of its resource's kind.
pub(super) fn check(
    policy: &str,
    kind: Kind,
    resource_arn: &str,
    needs_resource: bool,
) -> Result<(), ServiceError> {
    judge(policy, kind, resource_arn, needs_resource).map_err(|why| {
        refuse("ResourcePolicyNotValidException", format!("The resource policy is not valid: {why}"))
    })
}

fn judge(policy: &str, kind: Kind, resource_arn: &str, needs_resource: bool) -> Result<(), String> {
    if !(1..=8192).contains(&policy.chars().count()) {
        return Err("it has 1 to 8192 characters".to_owned());
    }
    let document: Value = serde_json::from_str(policy).map_err(|error| format!("it is not JSON: {error}"))?;
    let document = document.as_object().ok_or("it is not a JSON object")?;
    known_keys(document, &["Version", "Id", "Statement"])?;
    let version = document.get("Version").map_or(Some("2012-10-17"), Value::as_str);
    if !matches!(version, Some("2012-10-17" | "2008-10-17")) {
        return Err("its Version is not 2012-10-17".to_owned());
    }
    let statements = document.get("Statement").map(listed).unwrap_or_default();
    if statements.is_empty() {
        return Err("it has no statement".to_owned());
    }
    // 20 statements in a channel's policy (API reference, PutResourcePolicy).
    if kind == Kind::Channel && statements.len() > 20 {
        return Err("a channel's policy has at most 20 statements".to_owned());
    }
    for statement in statements {
        let statement = statement.as_object().ok_or("a statement is not an object")?;
        judge_statement(statement, kind, resource_arn, needs_resource)?;
    }
    Ok(())
}

fn judge_statement(
    statement: &Map<String, Value>,
    kind: Kind,
    resource_arn: &str,
    needs_resource: bool,
) -> Result<(), String> {
    known_keys(statement, &["Sid", "Effect", "Principal", "Action", "Resource", "Condition"])?;
    let effect = statement.get("Effect").and_then(Value::as_str).unwrap_or_default();
    if !effect.eq_ignore_ascii_case("Allow") && !effect.eq_ignore_ascii_case("Deny") {
        return Err("a statement's Effect is neither Allow nor Deny".to_owned());
    }
    let resources = strings(statement.get("Resource"))?;
    if resources.iter().any(|resource| *resource != resource_arn) {
        return Err(format!("a statement's Resource is not {resource_arn}"));
    }
    if needs_resource && resources.is_empty() {
        return Err("a statement has no Resource".to_owned());
    }
    let principals = principals(statement.get("Principal"))?;
    if kind == Kind::Channel && principals.len() > 50 {
        return Err("a statement of a channel's policy has at most 50 principals".to_owned());
    }
    let actions = strings(statement.get("Action"))?;
    if actions.is_empty() {
        return Err("a statement has no Action".to_owned());
    }
    let for_service = principals.iter().any(|principal| principal.kind == "Service");
    let allowed: &[&str] = match kind {
        Kind::Channel => &["cloudtrail-data:PutAuditEvents"],
        Kind::Dashboard => &["cloudtrail:StartDashboardRefresh"],
        // A dashboard's queries run as the service, which may start them and nothing else.
        Kind::EventDataStore if for_service => &["cloudtrail:StartQuery"],
        Kind::EventDataStore => &STORE_ACTIONS,
        Kind::Trail => &[],
    };
    for action in &actions {
        if !allowed.iter().any(|one| one.eq_ignore_ascii_case(action)) {
            return Err(format!("the action {action} is not supported here"));
        }
    }
    let service_only = kind == Kind::Dashboard || kind == Kind::EventDataStore && for_service;
    if service_only {
        judge_service_statement(&principals, statement.get("Condition"))?;
    } else if for_service {
        return Err("a service cannot be a principal here".to_owned());
    }
    Ok(())
}

/// The sole principal is CloudTrail, under no condition but where the call comes from.
fn judge_service_statement(principals: &[Principal<'_>], condition: Option<&Value>) -> Result<(), String> {
    let sole = matches!(principals, [Principal { kind: "Service", name }] if *name == SERVICE);
    if !sole {
        return Err(format!("the sole principal must be the service {SERVICE}"));
    }
    let operators = condition.and_then(Value::as_object);
    for keys in operators.into_iter().flat_map(Map::values).filter_map(Value::as_object) {
        let other = keys.keys().find(|key| {
            !key.eq_ignore_ascii_case("aws:SourceArn") && !key.eq_ignore_ascii_case("aws:SourceAccount")
        });
        if let Some(key) = other {
            return Err(format!("the condition key {key} is not supported here"));
        }
    }
    Ok(())
}

/// One principal: which kind (`AWS`, `Service`, `Federated`, `CanonicalUser`), and who.
struct Principal<'a> {
    kind: &'a str,
    name: &'a str,
}

fn principals(value: Option<&Value>) -> Result<Vec<Principal<'_>>, String> {
    let missing = || "a statement has no principal".to_owned();
    let found = match value.ok_or_else(missing)? {
        Value::String(everyone) if everyone == "*" => vec![Principal { kind: "AWS", name: everyone }],
        Value::Object(kinds) => {
            let mut found = Vec::new();
            for (kind, names) in kinds {
                let names = listed(names);
                for name in names {
                    let name = name.as_str().ok_or("a principal is not a string")?;
                    found.push(Principal { kind, name });
                }
            }
            found
        }
        _ => return Err("a Principal is neither \"*\" nor an object".to_owned()),
    };
    if found.is_empty() {
        return Err(missing());
    }
    match found.iter().find(|principal| !principal.is_well_formed()) {
        Some(Principal { kind, name }) => Err(format!("the {kind} principal {name} is not valid")),
        None => Ok(found),
    }
}

impl Principal<'_> {
    fn is_well_formed(&self) -> bool {
        match self.kind {
            "AWS" => self.name == "*" || arn::is_account(self.name) || is_identity(self.name),
            "Service" => self.name.contains('.'),
            "Federated" => !self.name.is_empty(),
            _ => false,
        }
    }
}

fn is_identity(name: &str) -> bool {
    let Some(parts) = arn::parse(name) else { return false };
    let named = |prefixes: &[&str]| {
        prefixes.iter().any(|prefix| parts.resource.strip_prefix(prefix).is_some_and(|name| !name.is_empty()))
    };
    arn::is_account(parts.account)
        && match parts.service {
            "iam" => parts.resource == "root" || named(&["user/", "role/"]),
            "sts" => named(&["assumed-role/", "federated-user/"]),
            _ => false,
        }
}

fn known_keys(object: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("the key {key} is not supported")),
        None => Ok(()),
    }
}

/// A list, or the one thing that stands for a list of it.
fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

fn strings(value: Option<&Value>) -> Result<Vec<&str>, String> {
    value
        .map(listed)
        .unwrap_or_default()
        .into_iter()
        .map(|item| item.as_str().ok_or_else(|| "an Action or Resource is not a string".to_owned()))
        .collect()
}
