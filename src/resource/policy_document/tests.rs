//! One test for each line of the rules, and a property over re-spelled policies.

use super::*;
use proptest::prelude::*;
use serde_json::json;

const OWN: &str = "${channels.okta.arn}";

fn form(document: &Json) -> Json {
    canonical(&document.to_string(), OWN).unwrap()
}

/// A document with one statement that differs from the usual one in these members.
fn with(members: Json) -> Json {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "cloudtrail-data:PutAuditEvents",
        "Resource": OWN,
    });
    for (member, value) in members.as_object().unwrap() {
        statement[member] = value.clone();
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn same(one: &Json, other: &Json) {
    assert_eq!(form(one), form(other));
}

fn different(one: &Json, other: &Json) {
    assert_ne!(form(one), form(other));
}

#[test]
fn the_canonical_form_is_lists_in_order_and_usual_spellings() {
    let text = r#"{
        "Statement": {"Sid": "Put", "effect": 1, "Effect": "ALLOW", "Action": "CloudTrail-Data:putauditevents",
            "Principal": {"Service": [], "AWS": ["arn:aws:iam::444455556666:root", "111122223333"]},
            "Condition": {"stringequals": {"CLOUDTRAIL:externalid": "x"}}},
        "Version": "2012-10-17"}"#;
    let expected = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "Put",
            "effect": 1,
            "Effect": "Allow",
            "Action": ["cloudtrail-data:PutAuditEvents"],
            "Principal": {"AWS": ["111122223333", "444455556666"]},
            "Resource": [OWN],
            "Condition": {"StringEquals": {"cloudtrail:ExternalId": ["x"]}},
        }],
    });
    assert_eq!(canonical(text, OWN).unwrap(), expected);
}

#[test]
fn order_of_statements_and_of_sets_means_nothing() {
    let statement = |sid: &str, actions: Json| json!({"Sid": sid, "Effect": "Allow", "Action": actions});
    let one = json!({"Statement": [statement("a", json!(["x:A", "x:B"])), statement("b", json!("x:C"))]});
    let other = json!({"Statement": [statement("b", json!("x:C")), statement("a", json!(["x:B", "x:A"]))]});
    same(&one, &other);
    let values = |values: Json| with(json!({"Condition": {"StringEquals": {"aws:SourceAccount": values}}}));
    same(&values(json!(["1", "2"])), &values(json!(["2", "1"])));
    same(&with(json!({"Resource": ["a", "b"]})), &with(json!({"Resource": ["b", "a"]})));
    same(&with(json!({"Principal": {"AWS": ["a", "b"]}})), &with(json!({"Principal": {"AWS": ["b", "a"]}})));
}

#[test]
fn a_scalar_is_the_list_that_holds_only_it() {
    for member in ["Action", "NotAction", "Resource", "NotResource"] {
        same(&with(json!({member: "x:A"})), &with(json!({member: ["x:A"]})));
    }
    same(&with(json!({"Principal": {"Service": "s"}})), &with(json!({"Principal": {"Service": ["s"]}})));
    let condition = |value: Json| with(json!({"Condition": {"StringEquals": {"aws:SourceAccount": value}}}));
    same(&condition(json!("1")), &condition(json!(["1"])));
}

#[test]
fn one_statement_is_a_list_of_one() {
    let list = with(json!({}));
    same(&json!({"Version": "2012-10-17", "Statement": list["Statement"][0]}), &list);
}

#[test]
fn an_account_is_its_root_in_any_partition() {
    let principal = |name: Json| with(json!({"Principal": {"AWS": name}}));
    let account = principal(json!("111122223333"));
    for partition in ["aws", "aws-cn", "aws-us-gov"] {
        let root = format!("arn:{partition}:iam::111122223333:root");
        same(&principal(json!(root)), &account);
        same(&principal(json!([root, "b"])), &principal(json!(["b", "111122223333"])));
    }
    different(&principal(json!("arn:aws:iam::111122223333:role/root")), &account);
}

#[test]
fn everybody_and_every_principal_of_aws_are_told_apart() {
    different(&with(json!({"Principal": "*"})), &with(json!({"Principal": {"AWS": "*"}})));
}

#[test]
fn letter_case_of_effect_action_operator_and_key_means_nothing() {
    same(&with(json!({"Effect": "allow"})), &with(json!({"Effect": "Allow"})));
    same(&with(json!({"Action": "S3:getobject"})), &with(json!({"Action": "s3:GetObject"})));
    let condition = |operator: &str, key: &str| with(json!({"Condition": {operator: {key: "x"}}}));
    same(&condition("stringEQUALS", "AWS:sourcearn"), &condition("StringEquals", "aws:SourceArn"));
    same(
        &condition("foranyvalue:stringlikeIFEXISTS", "k"),
        &condition("ForAnyValue:StringLikeIfExists", "K"),
    );
}

#[test]
fn booleans_and_numbers_are_the_texts_that_iam_compares() {
    let condition = |value: Json| with(json!({"Condition": {"Bool": {"aws:SecureTransport": value}}}));
    same(&condition(json!(true)), &condition(json!("true")));
    same(&condition(json!([100])), &condition(json!("100")));
}

#[test]
fn nobody_is_no_principal() {
    let statement = json!({"Effect": "Allow", "Action": "x:A"});
    let absent = json!({"Statement": [statement]});
    for nobody in [json!({}), json!({"Service": []}), json!({"AWS": [], "Service": []})] {
        let mut document = absent.clone();
        document["Statement"][0]["Principal"] = nobody;
        same(&document, &absent);
    }
}

#[test]
fn duplicates_count_once() {
    same(&with(json!({"Action": ["x:A", "X:a"]})), &with(json!({"Action": "x:A"})));
    let mut twice = with(json!({}));
    let statement = twice["Statement"][0].clone();
    twice["Statement"].as_array_mut().unwrap().push(statement);
    same(&twice, &with(json!({})));
}

#[test]
fn an_absent_resource_means_the_own_one() {
    let mut document = with(json!({}));
    document["Statement"][0].as_object_mut().unwrap().remove("Resource");
    same(&document, &with(json!({})));
    document["Statement"][0]["NotResource"] = json!("x");
    different(&document, &with(json!({})));
}

#[test]
fn what_differs_stays_different() {
    let base = with(json!({"Sid": "a", "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}));
    let condition = |condition: Json| with(json!({"Sid": "a", "Condition": condition}));
    for other in [
        json!({"Version": "2008-10-17", "Statement": base["Statement"]}),
        json!({"Version": "2012-10-17", "Id": "i", "Statement": base["Statement"]}),
        with(json!({"Sid": "A"})),
        with(json!({"Sid": "a", "Effect": "Deny"})),
        condition(json!({"StringEquals": {"aws:SourceAccount": "2"}})),
        condition(json!({"StringEquals": {"aws:SourceArn": "1"}})),
        condition(json!({"StringLike": {"aws:SourceAccount": "1"}})),
        condition(json!({"StringEqualsIfExists": {"aws:SourceAccount": "1"}})),
        condition(json!({"ForAnyValue:StringEquals": {"aws:SourceAccount": "1"}})),
    ] {
        different(&other, &base);
    }
    different(&with(json!({"Principal": {"Service": "111122223333"}})), &with(json!({})));
    different(&with(json!({"Resource": "other"})), &with(json!({})));
    let not_action = json!({"Statement": [{"Effect": "Allow", "NotAction": "x:A"}]});
    different(&not_action, &json!({"Statement": [{"Effect": "Allow", "Action": "x:A"}]}));
}

#[test]
fn two_keys_that_fold_into_one_both_stay() {
    let both = json!({"StringEquals": {"aws:SourceArn": "1", "AWS:SourceArn": "2"}});
    let operators = form(&with(json!({"Condition": both})))["Statement"][0]["Condition"].clone();
    assert_eq!(operators["StringEquals"].as_object().unwrap().len(), 2);
}

#[test]
fn a_deleted_principal_is_named_as_such() {
    let document = form(&with(json!({"Principal": {"AWS": ["AIDA2345ABC", "AIDAlice"]}})));
    let names = json!(["AIDA2345ABC (principal was deleted)", "AIDAlice"]);
    assert_eq!(document["Statement"][0]["Principal"]["AWS"], names);
}

#[test]
fn what_is_no_policy_is_said_to_be_none() {
    assert!(canonical("{", OWN).unwrap_err().starts_with("not JSON: "));
    assert_eq!(canonical("[]", OWN).unwrap_err(), "a policy is a JSON object");
    assert!(compact("{\"a\" 1}").unwrap_err().starts_with("not JSON: "));
}

#[test]
fn compact_keeps_the_written_order_and_the_inside_of_strings() {
    let text = "{ \"b\" : [ 1 , \"x  \\\" \\/ \\u0041\" ],\n\t\"a\":null }";
    assert_eq!(compact(text).unwrap(), r#"{"b":[1,"x  \" / A"],"a":null}"#);
}

/// Re-spells a document in every way that means nothing, as the choices in `seed` say.
struct Respelling(u64);

impl Respelling {
    fn choose(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn shuffle(&mut self, items: &mut [Json]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.choose(last + 1));
        }
    }

    fn case(&mut self, word: &str) -> String {
        let letters = word.chars();
        letters
            .map(|c| if self.choose(2) == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect()
    }

    fn set(&mut self, values: &Json, each: fn(&mut Respelling, &str) -> Json) -> Json {
        let mut items: Vec<Json> =
            values.as_array().unwrap().iter().map(|value| each(self, value.as_str().unwrap())).collect();
        if self.choose(3) == 0 {
            items.extend(items.first().cloned());
        }
        self.shuffle(&mut items);
        if items.len() == 1 && self.choose(2) == 0 { items.remove(0) } else { Json::Array(items) }
    }

    fn statement(&mut self, statement: &Json) -> Json {
        let plain: fn(&mut Respelling, &str) -> Json = |_, value| json!(value);
        let mut other = json!({
            "Sid": statement["Sid"],
            "Effect": self.case(statement["Effect"].as_str().unwrap()),
            "Action": self.set(&statement["Action"], |respelling, value| json!(respelling.case(value))),
            "Principal": {"AWS": self.set(&statement["Principal"]["AWS"], |respelling, value| {
                let root = format!("arn:aws:iam::{value}:root");
                if respelling.choose(2) == 0 { json!(root) } else { json!(value) }
            })},
        });
        if self.choose(2) == 0 {
            other["Principal"]["Service"] = json!([]);
        }
        if statement["Resource"] != json!([OWN]) || self.choose(2) == 0 {
            other["Resource"] = self.set(&statement["Resource"], plain);
        }
        for (operator, keys) in statement["Condition"].as_object().unwrap() {
            let operator = self.case(operator);
            for (key, values) in keys.as_object().unwrap() {
                let key = self.case(key);
                other["Condition"][&operator][&key] = self.set(values, |respelling, value| match value {
                    "true" if respelling.choose(2) == 0 => json!(true),
                    "100" if respelling.choose(2) == 0 => json!(100),
                    _ => json!(value),
                });
            }
        }
        other
    }
}

fn arbitrary_statement() -> impl Strategy<Value = Json> {
    let some = |values: &'static [&'static str]| prop::collection::vec(prop::sample::select(values), 1..3);
    let condition = (
        prop::sample::select(&["StringEquals", "ForAnyValue:StringLikeIfExists", "custom"][..]),
        prop::sample::select(&["aws:SourceArn", "aws:PrincipalTag/team"][..]),
        some(&["true", "100", "x"]),
    );
    (
        prop::sample::select(&["", "one", "two"][..]),
        prop::sample::select(&["Allow", "Deny"][..]),
        some(&["cloudtrail:StartQuery", "s3:GetObject", "x:*"]),
        some(&["111122223333", "444455556666"]),
        prop_oneof![Just(vec![OWN]), some(&["a", "b"])],
        prop::option::of(condition),
    )
        .prop_map(|(sid, effect, action, account, resource, condition)| {
            let mut statement = json!({
                "Sid": sid, "Effect": effect, "Action": action, "Principal": {"AWS": account},
                "Resource": resource, "Condition": {},
            });
            if let Some((operator, key, values)) = condition {
                statement["Condition"][operator][key] = json!(values);
            }
            statement
        })
}

proptest! {
    #[test]
    fn a_respelled_policy_has_the_same_canonical_form(
        statements in prop::collection::vec(arbitrary_statement(), 1..4),
        seed in any::<u64>(),
    ) {
        let mut respelling = Respelling(seed);
        let mut respelled: Vec<Json> = statements.iter().map(|each| respelling.statement(each)).collect();
        respelling.shuffle(&mut respelled);
        let respelled = if respelled.len() == 1 { respelled.remove(0) } else { Json::Array(respelled) };
        let (one, other) = (json!({"Statement": statements}), json!({"Statement": respelled}));
        prop_assert_eq!(form(&one), form(&other));
        // The canonical form is its own canonical form.
        prop_assert_eq!(form(&form(&one)), form(&one));
        let pretty = serde_json::to_string_pretty(&other).unwrap();
        prop_assert_eq!(compact(&pretty).unwrap(), other.to_string());
    }
}
