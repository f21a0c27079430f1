//! One file's document: its value with aliases and merges applied, and where each part of it stands.
//! Shape is the walker's, meaning is everybody else's.

use serde_json::Value as Json;
use serde_yaml::{Mapping, Value};

use super::position::{Index, Node};
use super::problem::Problems;
use super::scan::scan;
use super::source::SourceFile;

/// One YAML document. Every key is text, every number finite, no value tagged; nesting is at most 64 levels.
#[derive(Debug, Clone)]
pub struct Document {
    /// The value, aliases unfolded and merge keys applied, mappings in written order.
    pub value: Value,
    /// Where each value stands.
    pub index: Index,
}

/// Reads a file's text as YAML. None when there is nothing to look at: the text is not YAML, is empty, has
/// several documents, or is
/// beyond the limits. Trouble that leaves something to look at (a key given twice, say) gives a document **and**
/// problems.
pub fn read_document(source: &SourceFile, problems: &mut Problems) -> Option<Document> {
    let index = scan(source, problems)?;
    Some(Document { value: value(&index, index.root.node), index })
}

impl Document {
    /// The value as JSON, which schemas speak about.
    pub fn to_json(&self) -> Json {
        json(&self.value)
    }
}

fn value(index: &Index, node: usize) -> Value {
    match index.nodes.get(node) {
        None => Value::Null,
        Some(Node::Scalar(value)) => value.clone(),
        Some(Node::Sequence(items)) => {
            Value::Sequence(items.iter().map(|item| value(index, item.node)).collect())
        }
        Some(Node::Mapping { .. }) => {
            let mut mapping = Mapping::new();
            fill(&mut mapping, index, node);
            Value::Mapping(mapping)
        }
    }
}

/// A mapping's own keys win over merged ones, and earlier merges over later ones (YAML merge key type,
/// yaml.org/type/merge.html).
fn fill(mapping: &mut Mapping, index: &Index, node: usize) {
    let Some(Node::Mapping { entries, merged }) = index.nodes.get(node) else { return };
    for entry in entries.iter() {
        let key = Value::String(entry.key.clone());
        if !mapping.contains_key(&key) {
            mapping.insert(key, value(index, entry.value.node));
        }
    }
    for merge in merged {
        fill(mapping, index, merge.node);
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::String(text) => Json::String(text.clone()),
        Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), _, _) => number.into(),
            (_, Some(number), _) => number.into(),
            (_, _, number) => number.and_then(serde_json::Number::from_f64).map_or(Json::Null, Json::Number),
        },
        Value::Sequence(items) => Json::Array(items.iter().map(json).collect()),
        Value::Mapping(entries) => entries
            .iter()
            .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), json(value))))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Tagged(tagged) => json(&tagged.value),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::position::Pointer;
    use super::super::render_text;
    use super::super::source::Sources;
    use super::*;

    fn read(text: &str) -> (Option<Document>, String) {
        let mut problems = Problems::default();
        let sources: Sources = match SourceFile::decode("m.yaml", text.as_bytes()) {
            Ok(source) => [source].into_iter().collect(),
            Err(problem) => {
                problems.push(*problem);
                Sources::default()
            }
        };
        let document = sources.iter().next().and_then(|source| read_document(source, &mut problems));
        (document, render_text(&problems.into_sorted(&sources), &sources, false))
    }

    /// The first line of what is wrong with a text, its place, and its help.
    fn told(text: &str) -> String {
        let shown = read(text).1;
        let lines = shown
            .lines()
            .filter(|line| line.starts_with("error") || line.contains("--> ") || line.contains("= help"));
        let words: Vec<&str> = lines.map(|line| line.trim_start_matches([' ', '|', '=', '-', '>'])).collect();
        words.join(" | ")
    }

    #[test]
    fn text_that_is_no_yaml_says_what_to_do() {
        let cases = [
            ("a: [${vars.x}]", "1:6 | help: put a value with `${…}` in quotes there"),
            ("a: {b: ${vars.x}}", "1:9 | help: put a value with `${…}` in quotes there"),
            ("a: *foo", "1:4 | help: text that starts with `*` is put in quotes"),
            ("- *", "1:3 | help: text that starts with `*` or `&` is put in quotes"),
            ("a: @x", "1:4 | help: put it in quotes"),
            (
                "a: b: c",
                "1:5 | help: put a value with a colon in quotes, or mend the indentation of this line",
            ),
            ("a: [1,\n 2\n\n", "2:2 | help: close it with `]`"),
            ("a: {b: 1\nc: 2\n", "2:2 | help: close it with `}`"),
            ("a:\n\t- b", "2:2 | help: indent with spaces"),
            ("a: 'x\n", "1:4 | help: close it with the same quote"),
            ("a: \"\\d\"\n", "1:4 | help: write `\\\\` for a backslash, or use single quotes"),
            ("a: 1\nb\nc: 2\n", "2:1 | help: write `key: value`; a list's entries start with `- `"),
            ("a:\n    b: 1\n  c: 2\n", "3:3 | help: align it with its neighbours"),
        ];
        for (text, expected) in cases {
            let told = told(text);
            let (message, place) = told.split_once(" | m.yaml:").unwrap();
            assert!(message.starts_with("error[TK002]: not valid YAML: "), "{text}: {message}");
            assert_eq!(place, expected, "{text}: {message}");
        }
    }

    #[test]
    fn what_yaml_allows_and_a_manifest_does_not_is_refused() {
        let cases = [
            (
                "",
                "error[TK003]: `m.yaml` is empty | m.yaml:1:1 | help: a manifest starts with `version: 1`, or holds lists such as `trails:`",
            ),
            (
                "# no\n",
                "error[TK003]: `m.yaml` is empty | m.yaml:1:1 | help: a manifest starts with `version: 1`, or holds lists such as `trails:`",
            ),
            (
                "a: 1\n---\nb: 2\n",
                "error[TK004]: a second YAML document starts here | m.yaml:2:1 | help: a manifest is one document: put the second one into a file of its own, and give both",
            ),
            ("a: &x [*x]", "error[TK006]: an alias stands inside the value that it repeats | m.yaml:1:8"),
            (
                "a: !Ref b",
                "error[TK007]: the YAML tag `!Ref` means nothing in a manifest | m.yaml:1:9 | help: remove the tag",
            ),
            (": x", "error[TK007]: a `:` without a key before it | m.yaml:1:1"),
            ("1: x", "error[TK007]: a key must be text, and `1` is not | m.yaml:1:1"),
            (
                "? [a]\n: x",
                "error[TK007]: a key must be text, and this one is a list or a mapping | m.yaml:1:3",
            ),
            ("a: .inf", "error[TK007]: `.inf` is not a number that a manifest can hold | m.yaml:1:4"),
            ("<<: 1", "error[TK007]: `<<` takes a mapping, or a list of mappings | m.yaml:1:5"),
        ];
        for (text, expected) in cases {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    /// The parser has a limit of its own, which brackets reach before they are looked at.
    #[test]
    fn too_many_levels_are_told_alike_however_many_and_however_written() {
        let closed = |levels| format!("a: {}{}\n", "[".repeat(levels), "]".repeat(levels));
        let lines: String = (0..100).map(|level| format!("{:level$}a:\n", "")).collect();
        for text in [closed(64), closed(300), closed(5000), format!("a: {}", "{a: ".repeat(300)), lines] {
            let told = told(&text);
            let (message, help) = told.split_once(" | help: ").unwrap();
            assert!(message.starts_with("error[TK006]: nested more than 64 levels deep | m.yaml:"), "{told}");
            let expected =
                "nothing in a manifest is nested so deep: look where brackets or indentation went wrong";
            assert_eq!(help, expected, "{told}");
        }
        assert_eq!(told(&closed(62)), "");
    }

    #[test]
    fn a_key_given_twice_shows_both_places_and_the_first_counts() {
        let (document, shown) = read("tags:\n  team: a\n  \"team\": b\n");
        assert_eq!(document.unwrap().to_json(), serde_json::json!({"tags": {"team": "a"}}));
        let expected = "\
error[TK005]: the key `team` is given twice; the first is in line 2
 --> m.yaml:3:3
  |
2 |   team: a
  |   ---- first given here
3 |   \"team\": b
  |   ^^^^^^ given again

";
        assert_eq!(shown, expected);
    }

    #[test]
    fn merges_of_merges_are_applied() {
        let text = "a: &a {x: 1, y: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: [*b, *a, {x: 9, z: 3}], w: !!str 4}\n";
        let (document, shown) = read(text);
        let expected = serde_json::json!({"a": {"x": 1, "y": 1}, "b": {"x": 1, "y": 2}, "c": {"x": 1, "y": 2, "z": 3, "w": "4"}});
        assert_eq!((document.unwrap().to_json(), shown.as_str()), (expected, ""));
    }

    #[test]
    fn bombs_and_towers_are_refused_before_they_unfold() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..10 {
            let below = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", [below.as_str(); 10].join(", ")));
        }
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 1000].join(", "));
        let towers =
            ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)];
        for text in towers.into_iter().chain([bomb, long]) {
            let (document, shown) = read(&text);
            assert!(document.is_none() && shown.starts_with("error[TK00"), "{shown}");
        }
    }

    #[test]
    fn a_large_manifest_keeps_its_places() {
        let mut text = String::from("version: 1\ntrails:\n");
        for trail in 0..2000 {
            text.push_str(&format!("  - name: trail-{trail}\n    s3BucketName: logs\n    tags:\n      team: \"é\"\n      tier: \"1\"\n    isLogging: true\n"));
        }
        let document = read(&text).0.unwrap();
        let last = Pointer::default().key("trails").index(1999).key("tags").key("tier");
        assert_eq!(&text[document.index.value(&last).range.unwrap()], "\"1\"");
    }

    /// serde_yaml's own reading, its merges applied until none is left: the oracle for ours.
    fn serde_reading(text: &str) -> Option<Value> {
        let mut value: Value = serde_yaml::from_str(text).ok()?;
        for _ in 0..8 {
            value.apply_merge().ok()?;
        }
        Some(value)
    }

    /// Pieces that make a text which is often YAML, and sometimes what trips a parser up. It ends with a line
    /// break: without one,
    /// saphyr-parser gives a block scalar at the end of the text a line break nevertheless, and libyaml does not.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a",
            "b",
            "name",
            ": ",
            ":",
            "- ",
            "\n",
            "\n  ",
            "\n    ",
            "\n- ",
            "\r\n",
            "[",
            "]",
            "{",
            "}",
            ", ",
            "'",
            "\"",
            "#",
            " # c",
            "&x ",
            "*x",
            "<<: ",
            "<<",
            "|",
            ">-",
            "? ",
            "!!str ",
            "!t ",
            "---\n",
            "...\n",
            "1",
            "012",
            "1.5",
            "true",
            "~",
            "é",
            "\u{1F600}",
            "\t",
            "${vars.x}",
            "\\",
            "%",
            "@",
            "\u{85}",
            "\u{2028}",
            "a: 1\n",
            "b: &x {c: 2}\n",
            "d: *x\n",
            "e:\n  <<: *x\n",
            "f: \"g\\nh\"\n",
        ]);
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat() + "\n")
    }

    /// Every value of the document stands in the text.
    fn stands(document: &Document, value: &Value, at: &Pointer, text: &str) {
        let range = document.index.literal(at).unwrap();
        assert!(text.get(range.clone()).is_some(), "{at} at {range:?}");
        match value {
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    stands(document, item, &at.index(index), text);
                }
            }
            Value::Mapping(entries) => {
                for (key, item) in entries {
                    stands(document, item, &at.key(key.as_str().unwrap()), text);
                }
            }
            _ => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn any_text_is_read_or_refused(text in pieces()) {
            let (document, shown) = read(&text);
            prop_assert!(document.is_some() || shown.starts_with("error["));
            let Some(document) = document else { return Ok(()) };
            stands(&document, &document.value, &Pointer::default(), &text);
            // libyaml reads YAML 1.1, where U+0085 and U+2028 break lines; YAML 1.2 took that back (§5.4).
            let breaks = text.contains(['\u{85}', '\u{2028}']);
            if shown.is_empty() && !breaks && document.value.is_mapping() && let Some(theirs) = serde_reading(&text) {
                prop_assert_eq!(document.value, theirs);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64), text in any::<String>()) {
            read(&text);
            if let Ok(source) = SourceFile::decode("m.yaml", &bytes) {
                read_document(&source, &mut Problems::default());
            }
        }
    }
}
