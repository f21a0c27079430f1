//! What a policy may say and seldom means: anybody, the service on behalf of anybody, and conditions that are none
//! (IAM user guide, condition operators, the confused deputy problem).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::{Statement, is_cloudtrail, read, statements, texts};
use super::{all, placed};
use crate::manifest::check::scene::{Mistake, Scene};
use crate::manifest::suggest::closest;
use crate::manifest::wording::quoted;
use crate::resource::Policy;

/// The condition operators of IAM; all but `Null` take `IfExists` behind them.
const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

fn allows(statement: &Statement) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some("Allow")
}

/// The condition keys of a statement.
fn condition_keys(statement: &Statement) -> impl Iterator<Item = &String> {
    let operators = statement.get("Condition").and_then(Value::as_object);
    operators
        .into_iter()
        .flat_map(Map::values)
        .flat_map(|conditions| conditions.as_object().into_iter().flat_map(Map::keys))
}

pub(in crate::manifest::check) fn anybody(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, _, statement) in all(scene) {
        let at = statement.at.key("Principal");
        let place = match statement.get("Principal") {
            Some(Value::String(any)) if any == "*" => Some(at),
            Some(types) => types.get("AWS").and_then(|value| {
                placed(&at.key("AWS"), value).into_iter().find(|(_, text)| *text == "*").map(|(at, _)| at)
            }),
            None => None,
        };
        if let Some(at) = place.filter(|_| allows(&statement) && condition_keys(&statement).next().is_none())
        {
            let message = format!("{key} lets in every AWS account there is");
            let help = "name the accounts, or add a condition such as {StringEquals: {\"aws:PrincipalOrgID\": o-example}}";
            found.push(Mistake::below(key, at, message).help(help));
        }
    }
    found
}

pub(in crate::manifest::check) fn confused_deputy(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, _, statement) in all(scene) {
        let mut keys = condition_keys(&statement);
        let bound = keys.any(|key| {
            ["aws:SourceArn", "aws:SourceAccount"].iter().any(|known| known.eq_ignore_ascii_case(key))
        });
        if allows(&statement) && is_cloudtrail(&statement) && !bound {
            let message = format!("{key} lets CloudTrail act for any account's dashboards");
            let help = "add `Condition: {StringEquals: {\"aws:SourceAccount\": \"${account}\"}}`";
            found.push(Mistake::below(key, statement.at.key("Principal"), message).help(help));
        }
    }
    found
}

pub(in crate::manifest::check) fn operator(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, _, statement) in all(scene) {
        for written in statement.get("Condition").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let word = written.split_once(':').map_or(written.as_str(), |(_, word)| word);
            let stem = word
                .len()
                .checked_sub("IfExists".len())
                .filter(|at| word.get(*at..).is_some_and(|end| end.eq_ignore_ascii_case("IfExists")));
            let stem = stem.and_then(|at| word.get(..at)).unwrap_or(word);
            let qualified = written.split_once(':').is_none_or(|(qualifier, _)| {
                ["ForAllValues", "ForAnyValue"].iter().any(|known| known.eq_ignore_ascii_case(qualifier))
            });
            if qualified && OPERATORS.iter().any(|known| known.eq_ignore_ascii_case(stem)) {
                continue;
            }
            let message = format!("there is no condition operator {}", quoted(written));
            let at = statement.at.key("Condition").key(written);
            found.push(Mistake::below(key, at, message).on_key().suggest(closest(stem, OPERATORS)));
        }
    }
    found
}

pub(in crate::manifest::check) fn repeated_sid(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, policy) in scene.policies() {
        let mut first = BTreeMap::new();
        for statement in statements(&read(policy)) {
            let Some(sid) = statement.get("Sid").and_then(Value::as_str) else { continue };
            if first.insert(sid.to_owned(), statement.at.clone()).is_some() {
                let message = format!("the `Sid` {} stands in this policy already", quoted(sid));
                found.push(Mistake::below(key, statement.at.key("Sid"), message));
            }
        }
    }
    found
}

/// Whether a policy lets somebody in under an external id.
pub(in crate::manifest::check) fn has_external_id(policy: &Policy) -> bool {
    statements(&read(policy)).iter().any(|statement| {
        let accounts = statement.get("Principal").and_then(|types| types.get("AWS")).map(texts);
        allows(statement)
            && accounts.is_some_and(|accounts| !accounts.is_empty())
            && condition_keys(statement).any(|key| key.eq_ignore_ascii_case("cloudtrail:ExternalId"))
    })
}
