//! What gets worse when one document becomes another.

use super::*;
use crate::resource::policy_document::canonical;
use serde_json::json;

const PUT: &str = "cloudtrail-data:PutAuditEvents";

/// The losses at `channel/okta` from a document with the first statements to one with the second.
fn lost(before: &Json, after: &Json) -> Vec<String> {
    let form = |statements: &Json| canonical(&json!({"Statement": statements}).to_string(), "own").unwrap();
    losses(Some(&form(after)), Some(&form(before)), "channel/okta")
}

fn allow(who: &Json) -> Json {
    json!({"Effect": "Allow", "Principal": who, "Action": PUT})
}

fn under(mut statement: Json, condition: &Json) -> Json {
    statement["Condition"] = condition.clone();
    statement
}

fn account(id: &str) -> Json {
    json!({"AWS": id})
}

const NONE: [&str; 0] = [];

#[test]
fn who_is_no_longer_allowed_loses_access() {
    let both =
        json!([allow(&json!({"AWS": ["1", "2"]})), allow(&json!({"Service": "cloudtrail.amazonaws.com"}))]);
    assert_eq!(
        lost(&both, &json!([allow(&account("1"))])),
        ["2 loses access to channel/okta", "cloudtrail.amazonaws.com loses access to channel/okta"]
    );
    assert_eq!(lost(&json!([]), &both), NONE);
    assert_eq!(losses(None, None, "channel/okta"), NONE);
}

#[test]
fn whoever_could_send_is_locked_out_when_none_of_them_can_any_more() {
    let form = |statements: Json| canonical(&json!({"Statement": statements}).to_string(), "own").unwrap();
    let one = form(json!([allow(&account("1"))]));
    let both = form(json!([allow(&json!({"AWS": ["1", "2"]}))]));
    let anybody = form(json!([allow(&json!("*"))]));
    let deny =
        |who: &str| json!({"Effect": "Deny", "Principal": account(who), "Action": "cloudtrail-data:*"});
    let denied = form(json!([allow(&account("1")), deny("1")]));
    let all_denied = form(json!([allow(&account("1")), deny("*")]));
    let sometimes = under(deny("*"), &json!({"Bool": {"aws:SecureTransport": "false"}}));
    let guarded = form(json!([allow(&account("1")), sometimes]));
    let external = |operator: &str, id: &str| {
        let condition = json!({operator: {"cloudtrail:ExternalId": id}});
        form(json!([under(allow(&account("1")), &condition)]))
    };
    let (old, new) = (external("StringEquals", "a"), external("StringEquals", "b"));
    assert!(locks_out(Some(&new), Some(&old), PUT));
    assert!(locks_out(Some(&external("StringNotEquals", "a")), Some(&old), PUT));
    assert!(locks_out(Some(&old), Some(&one), PUT));
    assert!(!locks_out(Some(&one), Some(&old), PUT));
    let other = form(json!([allow(&account("3"))]));
    let reads =
        form(json!([{"Effect": "Allow", "Principal": account("1"), "Action": "cloudtrail:GetChannel"}]));

    for after in [None, Some(&denied), Some(&all_denied), Some(&other), Some(&reads)] {
        assert!(locks_out(after, Some(&one), PUT), "{after:?}");
    }
    for after in [&one, &both, &anybody, &guarded] {
        assert!(!locks_out(Some(after), Some(&one), PUT), "{after}");
    }
    // One of two is no longer a sender; everybody becomes somebody; nobody sent before.
    assert!(!locks_out(Some(&one), Some(&both), PUT));
    assert!(!locks_out(Some(&one), Some(&anybody), PUT));
    assert!(locks_out(None, Some(&anybody), PUT));
    assert!(!locks_out(None, Some(&reads), PUT));
    assert!(!locks_out(None, None, PUT));
}

#[test]
fn a_deleted_principal_has_no_access_to_lose() {
    assert_eq!(lost(&json!([allow(&account("AIDA2345ABC"))]), &json!([])), NONE);
}

#[test]
fn somebody_who_becomes_everybody_loses_nothing_and_everybody_gains() {
    let somebody = json!([allow(&account("1"))]);
    for everybody in [json!("*"), account("*")] {
        let statements = json!([allow(&everybody)]);
        assert_eq!(lost(&somebody, &statements), ["everybody gains access to channel/okta"]);
        assert_eq!(lost(&statements, &statements), NONE);
        assert_eq!(lost(&statements, &somebody), ["everybody loses access to channel/okta"]);
    }
    let inside = under(allow(&json!("*")), &json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}));
    assert_eq!(
        lost(&somebody, &json!([allow(&account("1")), inside])),
        ["everybody gains access to channel/okta under a condition"]
    );
    let others = json!([{"Effect": "Allow", "NotPrincipal": account("2"), "Action": PUT}]);
    assert_eq!(lost(&somebody, &others), ["everybody gains access to channel/okta"]);
}

#[test]
fn a_denial_is_told_of_those_who_were_allowed() {
    let allowed = json!([allow(&account("1"))]);
    let deny = |who: &Json| json!({"Effect": "Deny", "Principal": who, "Action": PUT});
    assert_eq!(lost(&allowed, &json!([deny(&account("1"))])), ["1 is denied access to channel/okta"]);
    let beside = json!([allow(&account("1")), deny(&account("1"))]);
    assert_eq!(lost(&allowed, &beside), ["1 is denied access to channel/okta"]);
    assert_eq!(lost(&beside, &beside), NONE);
    assert_eq!(lost(&allowed, &json!([allow(&account("1")), deny(&account("2"))])), NONE);
    let insecure = under(deny(&json!("*")), &json!({"Bool": {"aws:SecureTransport": "false"}}));
    assert_eq!(
        lost(&allowed, &json!([allow(&account("1")), insecure])),
        ["everybody is denied access to channel/okta under a condition"]
    );
}

#[test]
fn a_condition_that_was_not_there_or_is_narrower_is_told() {
    let plain = json!([allow(&account("1"))]);
    let with = |condition: Json| json!([under(allow(&account("1")), &condition)]);
    let external = |ids: &[&str]| with(json!({"StringEquals": {"cloudtrail:ExternalId": ids}}));
    assert_eq!(lost(&plain, &external(&["a"])), ["1 has access to channel/okta now only under a condition"]);
    let other = ["1 has access to channel/okta now under other conditions"];
    assert_eq!(lost(&external(&["a", "b"]), &external(&["a"])), other);
    assert_eq!(lost(&external(&["a"]), &with(json!({"StringLike": {"cloudtrail:ExternalId": "a"}}))), other);
    let both = json!({"StringEquals": {"cloudtrail:ExternalId": "a", "aws:PrincipalOrgID": "o-1"}});
    assert_eq!(lost(&external(&["a"]), &with(both.clone())), other);
    // Wider, or gone, is no loss.
    assert_eq!(lost(&external(&["a"]), &external(&["a", "b"])), NONE);
    assert_eq!(lost(&with(both), &external(&["a"])), NONE);
    assert_eq!(lost(&external(&["a"]), &plain), NONE);
    // The more values are excluded, the fewer get through.
    let except = |ids: &[&str]| with(json!({"StringNotEquals": {"cloudtrail:ExternalId": ids}}));
    assert_eq!(lost(&except(&["a"]), &except(&["a", "b"])), other);
}

#[test]
fn an_action_that_is_taken_away_is_named() {
    let actions = |actions: Json| json!([{"Effect": "Allow", "Principal": account("1"), "Action": actions}]);
    let both = actions(json!(["cloudtrail:StartQuery", "cloudtrail:GetQueryResults"]));
    assert_eq!(
        lost(&both, &actions(json!("cloudtrail:StartQuery"))),
        ["1 may no longer cloudtrail:GetQueryResults at channel/okta"]
    );
    assert_eq!(lost(&both, &actions(json!("cloudtrail:*"))), NONE);
}
