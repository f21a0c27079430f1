//! Resource policies: what each kind's may say, in any of the spellings that mean the same.

use super::{object, rarely, sometimes, word, words};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A policy and how it is written: 0 a mapping, 1 a JSON text, 2 a file of its own.
pub(super) fn policy(statement: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let statements = prop_oneof![
        3 => prop::collection::vec(statement.clone(), 1..=3).prop_map(Value::from),
        1 => statement,
    ];
    let id = prop::option::weighted(0.2, word(&["acme"]));
    let document = (id, statements).prop_map(|(id, statements)| match id {
        Some(id) => json!({"Version": "2012-10-17", "Id": id, "Statement": statements}),
        None => json!({"Version": "2012-10-17", "Statement": statements}),
    });
    (document, 0..3u8).prop_map(|(document, form)| json!({"document": document, "form": form})).boxed()
}

fn accounts() -> BoxedStrategy<Value> {
    let who = &[
        "444455556666",
        "arn:aws:iam::444455556666:root",
        "arn:${partition}:iam::777788889999:role/sender",
        "arn:aws:iam::777788889999:user/anna",
    ];
    prop_oneof![word(who), words(who, 3)].prop_map(|who| json!({"AWS": who})).boxed()
}

/// The parts that every statement may have, and those that are this kind's.
fn statement(parts: Value) -> BoxedStrategy<Value> {
    let common = object(vec![
        sometimes("Sid", word(&["One", "Two"])),
        rarely("Effect", word(&["Deny"])),
        sometimes("Resource", prop_oneof![word(&["${self.arn}"]), words(&["${self.arn}"], 1)].boxed()),
    ]);
    common
        .prop_map(move |mut statement| {
            if let (Value::Object(statement), Value::Object(parts)) = (&mut statement, &parts) {
                statement.extend(parts.clone());
                statement.entry("Effect").or_insert_with(|| "Allow".into());
            }
            statement
        })
        .boxed()
}

pub(super) fn channel_statements() -> BoxedStrategy<Value> {
    let actions = prop_oneof![
        word(&["cloudtrail-data:PutAuditEvents", "CloudTrail-Data:putauditevents"]),
        words(&["cloudtrail-data:PutAuditEvents"], 1),
    ];
    let condition = prop::option::weighted(0.3, word(&["d1f0", "${aws:username}"]));
    (accounts(), actions, condition)
        .prop_flat_map(|(principal, action, external_id)| {
            let mut parts = json!({"Principal": principal, "Action": action});
            if let Some(id) = external_id {
                parts["Condition"] = json!({"StringEquals": {"cloudtrail:ExternalId": id}});
            }
            statement(parts)
        })
        .boxed()
}

pub(super) fn store_statements() -> BoxedStrategy<Value> {
    let queries = &["cloudtrail:StartQuery", "cloudtrail:GetQueryResults", "cloudtrail:ListQueries"];
    let people = (accounts(), words(queries, 3))
        .prop_flat_map(|(principal, actions)| statement(json!({"Principal": principal, "Action": actions})));
    // `dashboards` becomes the ARN of one that is declared, when there is one.
    let service = statement(json!({
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "cloudtrail:StartQuery",
        "Condition": {"StringEquals": {"AWS:SourceArn": "dashboards", "AWS:SourceAccount": "${account}"}},
    }));
    prop_oneof![people, service].boxed()
}

pub(super) fn dashboard_statements() -> BoxedStrategy<Value> {
    statement(json!({
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "cloudtrail:StartDashboardRefresh",
        "Condition": {"StringEquals": {"AWS:SourceArn": "${self.arn}", "AWS:SourceAccount": "${account}"}},
    }))
}
