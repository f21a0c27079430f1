//! A policy's comparison, calls and losses; what equality means is tested with `policy_document`.

use super::*;
use crate::name::{AccountId, Arn, Region, Target};
use crate::resource::{FieldChange, field};

const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:channel/EXAMPLE-1";

fn policy(document: Text) -> Policy {
    Policy { parent: Parent::Channel, name: Name::new("okta"), document }
}

fn okta() -> Key {
    Key::parse("channel/okta").unwrap()
}

fn document(principals: &[&str], resource: Option<&str>) -> Json {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": {"AWS": principals},
        "Action": "cloudtrail-data:PutAuditEvents",
    });
    if let Some(resource) = resource {
        statement["Resource"] = json!(resource);
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn plain(document: &Json) -> Policy {
    policy(Text::plain(document.to_string()))
}

/// The same document with the own ARN as a reference.
fn referring(document: &Json) -> Policy {
    let text = document.to_string();
    let (before, after) = text.split_once(ARN).unwrap();
    policy(Text::new([Part::Lit(before.to_owned()), Part::Arn(okta()), Part::Lit(after.to_owned())]))
}

fn settled(mut policy: Policy) -> Policy {
    let region = Region::parse("us-east-1").unwrap();
    let account = AccountId::parse("111122223333").unwrap();
    let target = Target { account, partition: region.partition(), region };
    policy.settle(&Vocabulary::new(target, [(Arn::parse(ARN).unwrap(), okta())].into(), [].into()));
    policy
}

fn changes(desired: &Policy, live: &Policy) -> Vec<FieldChange> {
    field::changes(&settled(desired.clone()).fields(), &settled(live.clone()).fields())
}

#[test]
fn the_own_arn_may_be_a_reference_a_literal_or_absent() {
    let spelled = plain(&document(&["111122223333"], Some(ARN)));
    let absent = plain(&document(&["111122223333"], None));
    let reference = referring(&document(&["111122223333"], Some(ARN)));
    let escaped = policy(Text::plain(spelled.document.to_string().replace('/', "\\/")));
    for other in [&absent, &reference, &escaped] {
        assert_eq!(changes(other, &spelled), []);
        assert_eq!(settled(other.clone()).update(&settled(spelled.clone())), Way::InPlace(Vec::new()));
    }
}

#[test]
fn what_is_sent_is_what_was_written() {
    let reference = referring(&document(&["b", "a"], Some(ARN)));
    let tasks = reference.create();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].after, [After::Exists(okta())]);
    let request = tasks[0]
        .action
        .request(&reference.key(), &|text| text.write(|part| part.key().map(|_| ARN.to_owned())).unwrap());
    let written = document(&["b", "a"], Some(ARN)).to_string();
    assert_eq!(request, json!({"ResourceArn": ARN, "ResourcePolicy": written}));
    let delete = &reference.delete()[0].action;
    assert_eq!(delete.request(&reference.key(), &|_| ARN.to_owned()), json!({"ResourceArn": ARN}));
}

#[test]
fn one_changed_principal_is_one_changed_line() {
    let lines = |value: &Value| match value {
        Value::Document(document) => {
            let text = serde_json::to_string_pretty(document).unwrap();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let desired = plain(&document(&["a", "b", "d"], None));
    let live = plain(&document(&["c", "b", "a"], None));
    let changes = changes(&desired, &live);
    assert_eq!(changes[0].path, Path::new("resourcePolicy"));
    let (desired, live) = (lines(&changes[0].desired), lines(&changes[0].live));
    let differing = desired.iter().zip(&live).filter(|(desired, live)| desired != live).count();
    assert_eq!((desired.len(), differing), (live.len(), 1));
}

#[test]
fn a_reference_and_a_literal_that_looks_like_one_are_told_apart() {
    let reference = referring(&document(&["a"], Some(ARN)));
    let literal = plain(&document(&["a"], Some("${channels.okta.arn}")));
    assert_eq!(changes(&reference, &literal).len(), 1);
}

#[test]
fn what_is_no_policy_is_compared_as_text() {
    let broken = policy(Text::plain("{"));
    assert_eq!(broken.fields()[0].value, Value::Text("{".to_owned()));
    let mut desired = plain(&document(&["a"], None));
    assert_eq!(changes(&desired, &broken).len(), 1);
    desired.leave(&Path::new("resourcePolicy"), &broken);
    assert_eq!(desired, broken);
}

#[test]
fn who_loses_access_is_named() {
    let live = plain(&document(&["a", "444455556666"], None));
    let fewer = plain(&document(&["a"], None));
    let shown = |reason: &str| Danger::grave(reason);
    let first = || shown("444455556666 loses access to channel/okta");
    assert_eq!(Policy::dangers(Some(&fewer), Some(&live)), [first()]);
    let nobody = "nobody who may send events to channel/okta certainly may any more";
    assert_eq!(
        Policy::dangers(None, Some(&live)),
        [first(), shown("a loses access to channel/okta"), Danger::guarded(Guard::BlindSpot, nobody)]
    );
    assert_eq!(Policy::dangers(Some(&live), Some(&live)), []);
    assert_eq!(Policy::dangers(Some(&live), None), []);
}

impl Policy {
    fn key(&self) -> Key {
        Key::new(crate::resource::Kind::Policy(self.parent), &self.name)
    }
}
