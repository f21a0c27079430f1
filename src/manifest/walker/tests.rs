//! The walker's words for each mistake, and its agreement with jsonschema on what is valid.

use serde_json::json;

use super::super::document::read_document;
use super::super::render_text;
use super::super::source::Sources;
use super::*;

/// A schema of the forms that schemars derives: references, nullable settings, documented choices, string or
/// mapping, one key of several.
fn schema() -> Json {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "required": ["version"],
        "additionalProperties": false,
        "properties": {
            "version": {"type": "integer", "const": 1},
            "account": {"type": ["string", "null"], "description": "An AWS account. It has a number.", "pattern": "^[0-9]{12}$"},
            "tags": {
                "type": "object", "additionalProperties": {"type": "string", "maxLength": 8}, "maxProperties": 3,
                "propertyNames": {"maxLength": 6},
            },
            "trails": {"type": "array", "items": {"$ref": "#/definitions/Trail"}, "maxItems": 3},
            "removed": {"type": "array", "items": {"anyOf": [{"$ref": "#/definitions/Gone/trail"}, {"$ref": "#/definitions/Gone/channel"}]}},
            "nested": {"allOf": [{"$ref": "#/definitions/Trail"}]},
            "weight": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1.5},
            "free": true,
            "never": false,
        },
        "definitions": {
            "Trail": {
                "type": "object",
                "required": ["name", "s3BucketName"],
                "additionalProperties": false,
                "properties": {
                    "name": {"type": "string", "minLength": 3, "maxLength": 12},
                    "s3BucketName": {"type": "string"},
                    "isLogging": {"type": "boolean"},
                    "retention": {"type": "integer", "minimum": 7, "maximum": 3653, "multipleOf": 1},
                    "billing": {"anyOf": [{"$ref": "#/definitions/Billing"}, {"type": "null"}]},
                    "sources": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": true},
                    "policy": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["Version"]}]},
                    "schedule": {"oneOf": [
                        {"type": "object", "properties": {"kind": {"const": "daily"}, "at": {"type": "string"}}, "required": ["kind", "at"]},
                        {"type": "object", "properties": {"kind": {"const": "hourly"}, "every": {"type": "integer"}}, "required": ["kind"]},
                    ]},
                },
            },
            "Billing": {"oneOf": [
                {"type": "string", "const": "EXTENDABLE_RETENTION_PRICING", "description": "Pay as it grows."},
                {"type": "string", "enum": ["FIXED_RETENTION_PRICING"]},
            ]},
            "Gone": {
                "trail": {"type": "object", "additionalProperties": false, "required": ["trail"],
                    "properties": {"trail": {"type": "string"}, "keep": {"type": "boolean"}}},
                "channel": {"type": "object", "additionalProperties": false, "required": ["channel"],
                    "properties": {"channel": {"type": "string"}}},
            },
        },
    })
}

fn source(text: &str) -> SourceFile {
    SourceFile::decode("m.yaml", text.as_bytes()).unwrap()
}

/// All that is wrong, as `line:column code message | label | help`.
fn told(text: &str) -> Vec<String> {
    let source = source(text);
    let mut problems = Problems::default();
    let document = read_document(&source, &mut problems).unwrap();
    check_shape(&schema(), &source, &document, &mut problems);
    let sources: Sources = [source].into_iter().collect();
    let line = |problem: &super::super::problem::Problem| {
        let record = problem.record(&sources);
        let (line, column) = record.line.zip(record.column).unwrap();
        let words: Vec<String> = std::iter::once(record.message).chain(record.help).collect();
        format!("{line}:{column} {} {}", record.code, words.join(" | "))
    };
    problems.into_sorted(&sources).iter().map(line).collect()
}

/// What is wrong with one trail that has these lines.
fn trail(lines: &str) -> Vec<String> {
    told(&format!("version: 1\ntrails:\n- name: audit\n  s3BucketName: logs\n{lines}"))
}

#[test]
fn the_walker_and_jsonschema_agree_on_what_is_valid() {
    let schema = schema();
    let oracle = jsonschema::validator_for(&schema).unwrap();
    let documents = [
        "{version: 1}",
        "{version: 2}",
        "{version: '1'}",
        "{}",
        "[]",
        "text",
        "7",
        "{version: 1, vresion: 1}",
        "{version: 1, account: '111122223333'}",
        "{version: 1, account: 111122223333}",
        "{version: 1, account: ~}",
        "{version: 1, account: '1'}",
        "{version: 1, tags: {a: b}}",
        "{version: 1, tags: {a: 1}}",
        "{version: 1, tags: {a: ~}}",
        "{version: 1, tags: {a: '123456789'}}",
        "{version: 1, tags: {abcdefg: b}}",
        "{version: 1, tags: {a: b, c: d, e: f, g: h}}",
        "{version: 1, tags: []}",
        "{version: 1, trails: ~}",
        "{version: 1, trails: []}",
        "{version: 1, trails: [{}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b}]}",
        "{version: 1, trails: [{name: ab, s3BucketName: b}]}",
        "{version: 1, trails: [{name: üüü, s3BucketName: b}]}",
        "{version: 1, trails: [{name: abcdefghijklm, s3BucketName: b}]}",
        "{version: 1, trails: [{name: abc, S3BucketName: b}]}",
        "{version: 1, trails: [a]}",
        "{version: 1, trails: {a: b}}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, isLogging: yes}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, isLogging: true}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, retention: 6}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, retention: 7}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, retention: 7.5}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, retention: 4000}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, billing: ~}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, billing: FIXED_RETENTION_PRICING}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, billing: EXTENDABLE_RETENTION_PRICING}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, billing: fixed}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, billing: 3}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, sources: []}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, sources: [a, b]}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, sources: [a, a]}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, sources: [a, 1]}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, policy: text}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, policy: {Version: x}}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, policy: {version: x}}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, policy: [x]}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, schedule: {kind: daily, at: noon}}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, schedule: {kind: daily}}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, schedule: {kind: hourly, every: 6}}]}",
        "{version: 1, trails: [{name: abc, s3BucketName: b, schedule: {kind: never}}]}",
        "{version: 1, removed: [{trail: a}, {channel: b}, {trail: c, keep: true}]}",
        "{version: 1, removed: [{}]}",
        "{version: 1, removed: [{channel: b, keep: true}]}",
        "{version: 1, removed: [{trail: a, channel: b}]}",
        "{version: 1, nested: {name: abc, s3BucketName: b}}",
        "{version: 1, nested: {name: abc}}",
        "{version: 1, nested: 3}",
        "{version: 1, weight: 1}",
        "{version: 1, weight: 0}",
        "{version: 1, weight: 1.5}",
        "{version: 1, weight: x}",
        "{version: 1, free: [x, {y: z}]}",
        "{version: 1, free: ~}",
        "{version: 1, never: x}",
        "{version: 1, trails: [{name: a, s3BucketName: b}, {name: abc, s3BucketName: b}, {name: abc, s3BucketName: b}, {name: abc, s3BucketName: b}]}",
    ];
    for text in documents {
        let document = read_document(&source(text), &mut Problems::default()).unwrap();
        assert_eq!(told(text).is_empty(), oracle.is_valid(&document.to_json()), "{text}: {:?}", told(text));
    }
}

#[test]
fn every_mistake_is_told_at_its_place() {
    let text = "\
vresion: 1
account: 011122223333x
tags: {team: 7, abcdefgh: \"123456789\"}
trails:
  - name: ab
    S3BucketName: logs
    isLogging: yes
    zzz: 1
    sources: [a, b, a]
  - s3BucketName:
removed:
  - {chanel: x}
  - {keep: true}
  - {}
never: 1
";
    let expected = [
        "1:1 TK010 unknown key `vresion` | did you mean `version`?",
        "2:10 TK014 `011122223333x` is not a valid `account` | An AWS account. | it must match `^[0-9]{12}$`",
        "3:14 TK012 expected text for `team`, found the number 7 | quote it: \"7\"",
        "3:17 TK014 `abcdefgh` must have at most 6 characters, and has 8",
        "3:27 TK014 `abcdefgh` must have at most 8 characters, and has 9",
        "5:11 TK014 `name` must have at least 3 characters, and has 2",
        "6:5 TK010 unknown key `S3BucketName` in `trails[0]` | did you mean `s3BucketName`?",
        "7:16 TK012 expected true or false for `isLogging`, found the text `yes` | write true",
        "8:5 TK010 unknown key `zzz` in `trails[0]` | known here: billing, isLogging, name, policy, retention, s3BucketName, schedule, sources",
        "9:21 TK014 `sources[2]` repeats entry 0",
        "10:5 TK011 missing key `name` in `trails[1]`",
        "10:5 TK015 `s3BucketName` has no value | expected text | give it a value, or remove it",
        "12:6 TK010 unknown key `chanel` in `removed[0]` | did you mean `channel`?",
        "13:5 TK011 missing key `trail` in `removed[1]`",
        "14:5 TK011 missing one of the keys `trail` or `channel` in `removed[2]`",
        "15:1 TK010 `never` is not allowed here",
    ];
    assert_eq!(told(text), expected);
}

#[test]
fn wrong_types_are_told_in_the_users_words() {
    let cases = [
        (
            "  retention: '365'\n",
            "5:14 TK012 expected a whole number for `retention`, found the text `365` | write 365 without quotes",
        ),
        (
            "  retention: a year\n",
            "5:14 TK012 expected a whole number for `retention`, found the text `a year`",
        ),
        (
            "  retention: 365.0\n",
            "5:14 TK012 expected a whole number for `retention`, found the number 365.0",
        ),
        ("  retention: 3\n", "5:14 TK014 `retention` must be at least 7, and is 3"),
        (
            "  isLogging: 'True'\n",
            "5:14 TK012 expected true or false for `isLogging`, found the text `True` | write true without quotes",
        ),
        (
            "  isLogging: no\n",
            "5:14 TK012 expected true or false for `isLogging`, found the text `no` | write false",
        ),
        (
            "  isLogging: ~\n",
            "5:3 TK015 `isLogging` is null | expected true or false | give it a value, or remove it",
        ),
        (
            "  sources: a\n",
            "5:12 TK012 expected a list for `sources`, found the text `a` | a list of one is written [a]",
        ),
        (
            "  sources:\n    a: b\n",
            "6:5 TK012 expected a list for `sources`, found a mapping | start each entry with `- `",
        ),
        ("  sources: []\n", "5:12 TK014 `sources` must have at least 1 entry, and has 0"),
        (
            "  sources: [0x1F]\n",
            "5:13 TK012 expected text for `sources[0]`, found the number 0x1F | quote it: \"0x1F\"",
        ),
        ("  policy: [x]\n", "5:11 TK012 expected text or a mapping for `policy`, found a list"),
        ("  policy: {}\n", "5:11 TK011 missing key `Version` in `trails[0].policy`"),
        (
            "  schedule: {kind: weekly}\n",
            "5:20 TK013 `kind` cannot be `weekly` | it can be `daily` or `hourly`",
        ),
        (
            "  billing: fixed_retention_pricing\n",
            "5:12 TK013 `billing` cannot be `fixed_retention_pricing` | did you mean `FIXED_RETENTION_PRICING`? | it can be `EXTENDABLE_RETENTION_PRICING` or `FIXED_RETENTION_PRICING`",
        ),
    ];
    for (lines, expected) in cases {
        let expected: Vec<String> = match lines {
            "  policy: {}\n" => vec![expected.replace("5:11", "5:3")],
            _ => vec![expected.to_owned()],
        };
        assert_eq!(trail(lines), expected, "{lines}");
    }
}

#[test]
fn an_unquoted_account_is_quoted_as_it_stands() {
    let expected =
        "1:22 TK012 expected text for `account`, found the number 111122223333 | quote it: \"111122223333\"";
    assert_eq!(told("{version: 1, account: 111122223333}"), [expected.replace("1:22", "1:23")]);
    assert!(told("{version: 1, account: 012345678901}").is_empty(), "leading zeros make it text");
}

#[test]
fn a_variable_may_stand_for_any_scalar_and_for_nothing_else() {
    let text = "
version: ${vars.v}
account: ${vars.account}
tags: {a: '${vars.a} is longer than eight'}
trails:
  - name: ${vars.n}
    s3BucketName: ${vars.b}
    isLogging: ${vars.logging}
    retention: ${vars.days}
    billing: ${vars.billing}
    policy: ${vars.policy}
  - name: $${no}
    s3BucketName: x
    isLogging: $${no}
    sources: ${vars.sources}
  - ${vars.trail}
";
    let expected = [
        "14:16 TK012 expected true or false for `isLogging`, found the text `$${no}`",
        "15:14 TK012 expected a list for `sources`, found the text `${vars.sources}` | a list of one is written [${vars.sources}]",
        "16:5 TK012 expected a mapping for `trails[2]`, found the text `${vars.trail}`",
    ];
    assert_eq!(told(text), expected);
}

#[test]
fn merged_settings_are_told_where_they_stand() {
    let text = "\
version: 1
free: &base
  isLogging: on
trails:
  - <<: *base
    name: audit
    s3BucketName: logs
nested: {<<: *base, name: audit, s3BucketName: logs, retention: &r 1}
weight: 1
removed: [{trail: *r}]
";
    let source = source(text);
    let mut problems = Problems::default();
    let document = read_document(&source, &mut problems).unwrap();
    check_shape(&schema(), &source, &document, &mut problems);
    let sources: Sources = [source].into_iter().collect();
    let shown = render_text(&problems.into_sorted(&sources), &sources, false);
    let expected = "\
error[TK012]: expected true or false for `isLogging`, found the text `on`
 --> m.yaml:3:14
  |
3 |   isLogging: on
  |              ^^ write true

error[TK014]: `retention` must be at least 7, and is 1
 --> m.yaml:8:68
  |
8 | nested: {<<: *base, name: audit, s3BucketName: logs, retention: &r 1}
  |                                                                    ^

error[TK012]: expected text for `trail`, found the number 1
  --> m.yaml:10:19
   |
10 | removed: [{trail: *r}]
   |                   ^^ write it as text, in quotes

";
    assert_eq!(shown, expected);
}
