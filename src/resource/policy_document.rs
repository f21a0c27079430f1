//! Canonical form of IAM policy documents: two documents mean the same exactly when their canonical forms are equal.
//! It knows the grammar of policies; which policies a resource may have is the manifest's business.

use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// Words that IAM reads in any letter case and that people know in this one. Words that are not listed
/// are compared in lower case.
const KNOWN_WORDS: [&str; 48] = [
    "Allow",
    "Deny",
    // Actions that resource policies of CloudTrail may name (user guide, resource-based policies).
    "cloudtrail-data:PutAuditEvents",
    "cloudtrail:CancelQuery",
    "cloudtrail:DescribeQuery",
    "cloudtrail:GenerateQuery",
    "cloudtrail:GenerateQueryResultsSummary",
    "cloudtrail:GetEventDataStore",
    "cloudtrail:GetQueryResults",
    "cloudtrail:ListQueries",
    "cloudtrail:StartDashboardRefresh",
    "cloudtrail:StartQuery",
    // Condition operators (IAM user guide, condition operators).
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    // Condition keys that stand in policies of CloudTrail.
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "cloudtrail:ExternalId",
];

/// What stands behind a principal that is no more.
pub(super) const DELETED: &str = " (principal was deleted)";

/// The canonical form of the document in `text`. `own_arn` is how the resource that the policy is about is spelled: a
/// statement without a resource means that one.
///
/// # Errors
/// When the text is not JSON or not an object, in words.
pub fn canonical(text: &str, own_arn: &str) -> Result<Json, String> {
    let document: Json = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    let Json::Object(members) = document else {
        return Err("a policy is a JSON object".to_owned());
    };
    let canonical = members.into_iter().map(|(member, value)| {
        let value = if member == "Statement" { statements(value, own_arn) } else { value };
        (member, value)
    });
    Ok(object(canonical))
}

/// The document without white space, its members in the written order: what is sent, and counted against the limit.
///
/// # Errors
/// When the text is not JSON, in words.
pub fn compact(text: &str) -> Result<String, String> {
    // Read as a whole first, so that the cutting below meets nothing but JSON.
    serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|error| format!("not JSON: {error}"))?;
    let mut compact = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        compact.extend(rest[..start].split_ascii_whitespace());
        let end = start + string_length(&rest[start..]);
        // Read and written again, so that an escaped slash or letter is spelled in one way.
        match serde_json::from_str::<String>(&rest[start..end]) {
            Ok(string) => compact.push_str(&Json::String(string).to_string()),
            Err(error) => return Err(format!("not JSON: {error}")),
        }
        rest = &rest[end..];
    }
    compact.extend(rest.split_ascii_whitespace());
    Ok(compact)
}

/// The length of the JSON string at the beginning of the text, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The text as it stands inside a JSON string.
pub(super) fn inside_string(text: &str) -> String {
    let quoted = Json::String(text.to_owned()).to_string();
    quoted.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned()
}

/// One statement is a list of one; order and repetition mean nothing. Statements stand in the order of their `Sid`, so
/// that a change inside one does not move it.
fn statements(value: Json, own_arn: &str) -> Json {
    let sid = |statement: &Json| statement.get("Sid").and_then(Json::as_str).unwrap_or_default().to_owned();
    let by_text: BTreeMap<(String, String), Json> = listed(value)
        .into_iter()
        .map(|each| statement(each, own_arn))
        .map(|statement| ((sid(&statement), statement.to_string()), statement))
        .collect();
    Json::Array(by_text.into_values().collect())
}

fn statement(value: Json, own_arn: &str) -> Json {
    let Json::Object(mut members) = value else { return value };
    if !members.contains_key("Resource") && !members.contains_key("NotResource") {
        members.insert("Resource".to_owned(), own_arn.into());
    }
    let canonical = members.into_iter().filter_map(|(member, value)| {
        let value = match member.as_str() {
            "Effect" => word(value),
            "Action" | "NotAction" => set(listed(value).into_iter().map(word)),
            "Resource" | "NotResource" => set(listed(value).into_iter()),
            "Principal" | "NotPrincipal" => principal(value)?,
            "Condition" => condition(value)?,
            _ => value,
        };
        Some((member, value))
    });
    object(canonical)
}

/// Principals by type, each type a set. Nobody at all is the same as no principal; `"*"` stays apart from
/// `{"AWS": "*"}`, because IAM records them differently.
fn principal(value: Json) -> Option<Json> {
    let Json::Object(types) = value else {
        return (!value.is_null()).then_some(value);
    };
    let types = types.into_iter().filter_map(|(kind, value)| {
        let names = listed(value).into_iter().map(|name| if kind == "AWS" { account(name) } else { name });
        let names: Vec<Json> = names.collect();
        (!names.is_empty()).then(|| (kind, set(names.into_iter())))
    });
    match object(types) {
        Json::Object(none) if none.is_empty() => None,
        types => Some(types),
    }
}

/// An account's root ARN means the account, in any partition. A bare unique id is what IAM leaves of a user or role
/// that was deleted (IAM user guide, principal), which is shown as such.
fn account(name: Json) -> Json {
    let name = text(name);
    let Json::String(name) = name else { return name };
    let parts: Vec<&str> = name.split(':').collect();
    if let ["arn", _, "iam", "", account, "root"] = parts.as_slice() {
        return Json::from(*account);
    }
    let unique_id = name.strip_prefix("AIDA").or_else(|| name.strip_prefix("AROA")).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    });
    if unique_id { Json::from(format!("{name}{DELETED}")) } else { Json::String(name) }
}

/// Operators and keys in any letter case, values as sets of texts.
fn condition(value: Json) -> Option<Json> {
    let Json::Object(operators) = value else { return Some(value) };
    let operators = folded(operators, operator).into_iter().map(|(operator, keys)| {
        let Json::Object(keys) = keys else { return (operator, keys) };
        let keys = folded(keys, known).into_iter();
        (operator, object(keys.map(|(key, values)| (key, set(listed(values).into_iter().map(text))))))
    });
    let operators = operators.filter(|(_, keys)| keys.as_object().is_none_or(|keys| !keys.is_empty()));
    match object(operators) {
        Json::Object(none) if none.is_empty() => None,
        operators => Some(operators),
    }
}

/// The members under their folded names. Two members that fold into one are both conditions that must hold, so the
/// one that is spelled otherwise keeps its own spelling.
fn folded(members: Map<String, Json>, fold: fn(&str) -> String) -> BTreeMap<String, Json> {
    let mut named: Vec<(String, String, Json)> =
        members.into_iter().map(|(name, value)| (fold(&name), name, value)).collect();
    named.sort_by(|(word, name, _), (other_word, other_name, _)| {
        (word != name, name).cmp(&(other_word != other_name, other_name))
    });
    let mut folded = BTreeMap::new();
    for (word, name, value) in named {
        folded.insert(if folded.contains_key(&word) { name } else { word }, value);
    }
    folded
}

/// `ForAnyValue:StringEqualsIfExists` has three parts, each in any letter case.
fn operator(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let (qualifier, rest) = match lower.split_once(':') {
        Some(("forallvalues", rest)) => ("ForAllValues:", rest),
        Some(("foranyvalue", rest)) => ("ForAnyValue:", rest),
        _ => ("", lower.as_str()),
    };
    let (base, suffix) = match rest.strip_suffix("ifexists") {
        Some(base) => (base, "IfExists"),
        None => (rest, ""),
    };
    format!("{qualifier}{}{suffix}", known(base))
}

fn word(value: Json) -> Json {
    match value {
        Json::String(word) => Json::String(known(&word)),
        other => other,
    }
}

fn known(word: &str) -> String {
    let found = KNOWN_WORDS.iter().find(|known| known.eq_ignore_ascii_case(word));
    found.map_or_else(|| word.to_ascii_lowercase(), |known| (*known).to_owned())
}

/// A boolean or number as the text that IAM compares.
fn text(value: Json) -> Json {
    match value {
        Json::Bool(_) | Json::Number(_) => Json::String(value.to_string()),
        other => other,
    }
}

fn listed(value: Json) -> Vec<Json> {
    match value {
        Json::Array(items) => items,
        other => vec![other],
    }
}

/// Order and repetition mean nothing. Always a list, so that one more value is one more line.
fn set(items: impl Iterator<Item = Json>) -> Json {
    let by_text: BTreeMap<String, Json> = items.map(|item| (item.to_string(), item)).collect();
    Json::Array(by_text.into_values().collect())
}

/// An object whose members stand in one order, however the JSON library keeps them.
fn object(members: impl Iterator<Item = (String, Json)>) -> Json {
    let members: BTreeMap<String, Json> = members.collect();
    Json::Object(members.into_iter().collect())
}
