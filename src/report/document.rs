//! Documents as lines, and two of them as the lines that differ. A line holds one member of a list or one
//! key, without commas, so that one changed principal is one changed line.

use super::style::{Ink, Style};
use serde_json::{Map, Value as Json};
use similar::{ChangeTag, TextDiff};

/// Lines of unchanged text around a change.
const CONTEXT: usize = 2;

/// The longest list of words that stands on one line of a compact document.
pub(super) const ONE_LINE: usize = 72;

/// Members that a reader looks for first, in the order in which AWS's documentation writes them: what tells one
/// item from the next, then what it is about. All others follow by name.
const FIRST: [&str; 19] = [
    "Version",
    "Id",
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "name",
    "field",
    "type",
    "eventCategory",
    "readWriteType",
    "includeManagementEvents",
    "queryStatement",
    "queryParameters",
    "viewProperties",
];

/// A document as lines in the manner of YAML, fit for a diff.
pub(super) fn lines(document: &Json) -> Vec<String> {
    let mut lines = Vec::new();
    write(document, 0, empty_or_scalar, &mut lines);
    lines
}

/// A document as fewer lines: short lists of words stand on one.
pub(super) fn compact(document: &Json) -> Vec<String> {
    let mut lines = Vec::new();
    write(document, 0, short_list, &mut lines);
    lines
}

/// `small` writes on one line what may stand on one.
fn write(value: &Json, indent: usize, small: fn(&Json) -> Option<String>, lines: &mut Vec<String>) {
    if let Some(text) = small(value) {
        lines.push(format!("{:indent$}{text}", ""));
        return;
    }
    match value {
        Json::Object(members) => {
            for (key, member) in in_reading_order(members) {
                match (small(member), member) {
                    (Some(text), _) => lines.push(format!("{:indent$}{}: {text}", "", scalar(key))),
                    (None, Json::String(text)) => {
                        lines.push(format!("{:indent$}{}: |-", "", scalar(key)));
                        block(text, indent + 2, lines);
                    }
                    (None, _) => {
                        lines.push(format!("{:indent$}{}:", "", scalar(key)));
                        write(member, indent + 2, small, lines);
                    }
                }
            }
        }
        Json::Array(items) => {
            for item in items {
                let first = lines.len();
                write(item, indent + 2, small, lines);
                // The dash stands in the indentation of the item's first line.
                if let Some(line) = lines.get_mut(first) {
                    line.replace_range(indent..indent + 1, "-");
                }
            }
        }
        Json::String(text) => {
            lines.push(format!("{:indent$}|-", ""));
            block(text, indent, lines);
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// SQL and other texts of several lines, so that one changed condition is one changed line.
fn block(text: &str, indent: usize, lines: &mut Vec<String>) {
    lines.extend(text.lines().map(|line| format!("{:indent$}{line}", "")));
}

/// Whether a text reads as well line by line: it has several, and nothing about their ends that a block would hide.
fn is_block(text: &str) -> bool {
    let plain =
        |line: &str| !line.is_empty() && line.trim_end() == line && !line.chars().any(char::is_control);
    text.contains('\n') && !text.starts_with(' ') && text.split('\n').all(plain)
}

fn in_reading_order(members: &Map<String, Json>) -> Vec<(&String, &Json)> {
    let place = |key: &String| FIRST.iter().position(|first| first == key).unwrap_or(FIRST.len());
    let mut ordered: Vec<_> = members.iter().collect();
    ordered.sort_by_key(|(key, _)| (place(key), *key));
    ordered
}

fn empty_or_scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => (!is_block(text)).then(|| scalar(text)),
        Json::Null | Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        Json::Array(items) => items.is_empty().then(|| "[]".to_owned()),
        Json::Object(members) => members.is_empty().then(|| "{}".to_owned()),
    }
}

fn short_list(value: &Json) -> Option<String> {
    let Json::Array(items) = value else { return empty_or_scalar(value) };
    let words: Option<Vec<String>> = items
        .iter()
        .map(|item| match item {
            Json::Array(_) | Json::Object(_) => None,
            scalar => empty_or_scalar(scalar),
        })
        .collect();
    let list = format!("[{}]", words?.join(", "));
    (list.chars().count() <= ONE_LINE).then_some(list)
}

/// A text as it is, or in quotes when it would read as something else. Numbers and switches in a text stand
/// bare: canonical documents hold every scalar as text, and an account id reads better so.
pub(super) fn scalar(text: &str) -> String {
    let reads_otherwise = text.is_empty()
        || text.trim() != text
        || text.starts_with(['-', '"', '\'', '[', '{', '#', '(', '+'])
        || text.contains(": ")
        || text.contains(" -> ")
        || text.starts_with("not set")
        || text.contains(", declared ")
        || text.ends_with(':')
        || text.chars().any(char::is_control);
    if reads_otherwise { Json::String(text.to_owned()).to_string() } else { text.to_owned() }
}

/// The lines that differ, live's with `-`, desired's with `+`, with a little of what is around them.
pub(super) fn diff(desired: &[String], live: &[String], style: Style) -> Vec<String> {
    let bare = |lines: &[String]| lines.iter().map(|line| without_dash(line)).collect::<Vec<String>>();
    let (mut new, mut old) = (bare(desired), bare(live));
    if new == old {
        // They differ in nothing but where items begin.
        (new, old) = (desired.to_vec(), live.to_vec());
    }
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    let diff = TextDiff::from_slices(&old, &new);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push(style.paint(Ink::Quiet, "…"));
        }
        // No deadline: the same input must give the same bytes on a slow machine too.
        let changes = group.iter().flat_map(|op| diff.iter_inline_changes_deadline(op, None));
        for change in changes {
            let (sign, ink, word) = match change.tag() {
                ChangeTag::Equal => (" ", Ink::Quiet, Ink::Quiet),
                ChangeTag::Delete => ("-", Ink::Bad, Ink::BadWord),
                ChangeTag::Insert => ("+", Ink::Good, Ink::GoodWord),
            };
            // Of an equal line, desired's is shown.
            let written = change.new_index().and_then(|at| desired.get(at));
            let written = written.or_else(|| change.old_index().and_then(|at| live.get(at)));
            let dash = written.and_then(|line| dash(line));
            let mut at = 0;
            let pieces = change.values().iter().map(|(emphasised, piece)| {
                let piece = piece.trim_end_matches('\n');
                let begun = at;
                at += piece.len();
                let mut piece = piece.to_owned();
                if let Some(dash) = dash.filter(|dash| (begun..at).contains(dash)) {
                    piece.replace_range(dash - begun..dash - begun + 1, "-");
                }
                style.paint(if *emphasised { word } else { ink }, &piece)
            });
            let pieces = pieces.collect::<String>();
            lines.push(format!("{} {pieces}", style.paint(ink, sign)));
        }
    }
    lines
}

/// A member that begins an item is the same member where it does not: whether another stands before it is that other
/// line's difference.
fn without_dash(line: &str) -> String {
    let mut bare = line.to_owned();
    if let Some(dash) = dash(line) {
        bare.replace_range(dash..dash + 1, " ");
    }
    bare
}

/// Where the dash of an item stands that begins with a member.
fn dash(line: &str) -> Option<usize> {
    let at = line.len() - line.trim_start().len();
    let member = line[at..].strip_prefix("- ")?;
    (member.contains(": ") || member.ends_with(':')).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_reads_like_the_manifest() {
        let document = json!([{"fieldSelectors": [{"equals": ["Data"], "field": "eventCategory"}], "none": []},
            ["a", ["b"]], "no: quotes", 7]);
        let expected = [
            "- fieldSelectors:",
            "    - field: eventCategory",
            "      equals:",
            "        - Data",
            "  none: []",
            "- - a",
            "  - - b",
            "- \"no: quotes\"",
            "- 7",
        ];
        assert_eq!(lines(&document), expected);
        let expected = [
            "- fieldSelectors:",
            "    - field: eventCategory",
            "      equals: [Data]",
            "  none: []",
            "- - a",
            "  - [b]",
            "- \"no: quotes\"",
            "- 7",
        ];
        assert_eq!(compact(&document), expected);
    }

    #[test]
    fn a_text_of_several_lines_is_a_block() {
        let sql = "SELECT eventName\nFROM lake\n  WHERE a = b";
        let document = json!([{"queryStatement": sql, "list": [sql], "odd": "a \n", "tab": "a\n\tb"}]);
        let expected = [
            "- queryStatement: |-",
            "    SELECT eventName",
            "    FROM lake",
            "      WHERE a = b",
            "  list:",
            "    - |-",
            "      SELECT eventName",
            "      FROM lake",
            "        WHERE a = b",
            "  odd: \"a \\n\"",
            "  tab: \"a\\n\\tb\"",
        ];
        assert_eq!(lines(&document), expected);
        assert_eq!(compact(&document), expected);
    }

    #[test]
    fn one_changed_principal_is_one_changed_line() {
        let policy = |principals: &[&str]| {
            lines(&json!({"Statement": [{"Action": ["a", "b", "c"], "Principal": {"AWS": principals}}]}))
        };
        let changed = diff(
            &policy(&["111111111111", "222222222222", "333333333333", "555555555555"]),
            &policy(&["111111111111", "222222222222", "333333333333", "444444444444"]),
            Style::default(),
        );
        let expected = [
            "          - 222222222222",
            "          - 333333333333",
            "-         - 444444444444",
            "+         - 555555555555",
            "      Action:",
            "        - a",
        ];
        assert_eq!(changed, expected);
    }

    #[test]
    fn far_changes_are_parted_and_words_are_emphasised() {
        let text = |first: &str, last: &str| {
            let middle = (0..9).map(|line| format!("line {line}"));
            std::iter::once(first.to_owned()).chain(middle).chain([last.to_owned()]).collect::<Vec<_>>()
        };
        let changed = diff(&text("read all events", "z"), &text("read my events", "y"), Style::default());
        assert_eq!(changed[0], "- read my events");
        assert_eq!(changed[1], "+ read all events");
        assert!(changed.contains(&"…".to_owned()));
        let colored = diff(
            &["read all the events".to_owned()],
            &["read my own events".to_owned()],
            Style { colored: true },
        );
        assert!(colored[1].contains("\u{1b}[4m"), "{colored:?}");
    }
}
