//! What each `${…}` becomes, in each place where it may stand.

use super::super::document::read_document;
use super::super::source::SourceFile;
use super::*;
use crate::name::{AccountId, Region};

fn target() -> Target {
    let region = Region::parse("us-gov-west-1").unwrap();
    Target { account: AccountId::parse("011122223333").unwrap(), partition: region.partition(), region }
}

/// The document with its variables put in, and what is wrong with it.
fn expanded(yaml: &str) -> (Value, Vec<String>) {
    let source = SourceFile::decode("m.yaml", yaml.as_bytes()).unwrap();
    let mut problems = Problems::default();
    let document = read_document(&source, &mut problems).unwrap();
    let file = File { source, document };
    let vars: BTreeMap<String, Value> = file
        .document
        .value
        .get("vars")
        .map(|vars| serde_yaml::from_value(vars.clone()).unwrap())
        .unwrap_or_default();
    let names: BTreeMap<Pointer, Key> = entries(&file.document.value)
        .map(|(kind, at, entry)| {
            (at, Key::new(kind, &crate::name::Name::new(entry["name"].as_str().unwrap())))
        })
        .collect();
    let declared: BTreeSet<Key> = names.values().cloned().collect();
    let target = target();
    let scope = Scope { vars: Some(&vars), target: Some(&target), declared: Some(&declared) };
    let mut expander = Expander::new(&scope, &file, &mut problems);
    let value = expander.document(&names);
    (value, problems.iter().map(|problem| problem.message.clone()).collect())
}

/// What one setting of a trail becomes.
fn setting(vars: &str, written: &str) -> (Value, Vec<String>) {
    let (value, problems) =
        expanded(&format!("vars: {vars}\ntrails:\n  - {{name: audit, setting: {written}}}\n"));
    (value["trails"][0]["setting"].clone(), problems)
}

fn becomes(vars: &str, written: &str) -> Value {
    let (value, problems) = setting(vars, written);
    assert_eq!(problems, Vec::<String>::new(), "{written}");
    value
}

#[test]
fn a_text_is_cut_into_its_pieces() {
    use Piece::{Open, Plain, Variable};
    let cut = |text| pieces(text).collect::<Vec<_>>();
    assert_eq!(cut("a${b}c"), [Plain("a"), Variable("b"), Plain("c")]);
    assert_eq!(cut("$${b}$"), [Plain("${"), Plain("b}$")]);
    assert_eq!(cut("$$${b}"), [Plain("$"), Plain("${"), Plain("b}")]);
    assert_eq!(cut("${aws:username}${*}${$}"), [Plain("${aws:username}"), Plain("${*}"), Plain("${$}")]);
    assert_eq!(cut("é${"), [Plain("é"), Open("${")]);
    assert_eq!(cut("$StartTime$ {} $"), [Plain("$StartTime$ {} $")]);
    assert_eq!(cut(""), []);
}

#[test]
fn a_variable_keeps_its_type_when_it_stands_alone() {
    let vars = "{n: 7, b: true, t: text}";
    assert_eq!(becomes(vars, "'${vars.n}'"), Value::from(7));
    assert_eq!(becomes(vars, "'${vars.b}'"), Value::from(true));
    assert_eq!(becomes(vars, "'${vars.t}'"), Value::from("text"));
    assert_eq!(becomes(vars, "'${vars.n}${vars.b}-${vars.t}'"), Value::from("7true-text"));
}

#[test]
fn the_target_stands_in_texts_and_in_variables() {
    let vars = "{logs: 'acme-${account}-${region}'}";
    assert_eq!(becomes(vars, "'${vars.logs}'"), Value::from("acme-011122223333-us-gov-west-1"));
    assert_eq!(
        becomes(vars, "'arn:${partition}:s3:::${vars.logs}/'"),
        Value::from("arn:aws-us-gov:s3:::acme-011122223333-us-gov-west-1/")
    );
}

#[test]
fn escapes_and_iams_own_variables_stay() {
    assert_eq!(
        becomes("{}", "'$${vars.x} ${aws:username} ${saml:sub} ${?}'"),
        Value::from("${vars.x} ${aws:username} ${saml:sub} ${?}")
    );
    // The pieces of a value are never read again: nothing that a variable brings can become another variable.
    assert_eq!(
        becomes("{a: $, b: '$${account}'}", "'${vars.a}{account} ${vars.b}'"),
        Value::from("${account} ${account}")
    );
}

#[test]
fn what_is_unknown_or_misplaced_is_told() {
    let told = |written| setting("{x: 1, y: '${trails.audit.arn}'}", written).1;
    assert_eq!(told("'${vars.z}'"), ["the header's `vars` has no `z`"]);
    assert_eq!(told("'${enviroment}'"), ["`${enviroment}` is unknown"]);
    assert_eq!(told("'${trail.audit.arn}'"), ["`${trail.audit.arn}` is unknown"]);
    assert_eq!(told("'${self.arn}'"), ["`${self.arn}` has a meaning inside a `resourcePolicy` only"]);
    assert_eq!(
        told("'${trails.audit.arn}'"),
        ["`${trails.audit.arn}` cannot stand here: the setting takes no reference"]
    );
    assert_eq!(
        told("'${vars.y}'"),
        ["`${trails.audit.arn}` cannot stand here: the setting takes no reference"]
    );
    assert_eq!(told("'a ${vars.x'"), ["`${` without its `}`"]);
}

#[test]
fn references_stay_references_and_dots_in_names_do_not_matter() {
    let yaml = "
channels:
  - name: a.arn.b
    destinations: [{eventDataStore: '${eventDataStores.l.id}'}]
    resourcePolicy: {Resource: '${self.arn}', Other: ['${channels.a.arn.b.arn} $${x} ${aws:username}']}
eventDataStores:
  - {name: l, resourcePolicy: '{\"B\": \"${self.arn}\", \"A\": \"${channels.nope.arn}\"}'}
";
    let (value, problems) = expanded(yaml);
    let channel = &value["channels"][0];
    assert_eq!(channel["destinations"][0]["eventDataStore"], Value::from("${eventDataStores.l.id}"));
    assert_eq!(channel["resourcePolicy"]["Resource"], Value::from("${channels.a.arn.b.arn}"));
    assert_eq!(
        channel["resourcePolicy"]["Other"][0],
        Value::from("${channels.a.arn.b.arn} $${x} ${aws:username}")
    );
    let policy = &value["eventDataStores"][0]["resourcePolicy"];
    assert_eq!(policy["B"], Value::from("${eventDataStores.l.arn}"));
    assert_eq!(
        problems,
        ["`${channels.nope.arn}` refers to channel/nope, which the manifest does not declare"]
    );
}

#[test]
fn variables_do_not_refer_to_each_other_and_names_know_no_target() {
    let (_, problems) = expanded("vars: {a: '${vars.b}', b: x}\ntrails:\n  - {name: 'audit-${region}'}\n");
    assert_eq!(problems, ["a variable cannot refer to another variable", "`${region}` cannot stand here"]);
}
