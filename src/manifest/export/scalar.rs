//! One scalar as YAML text that every reader takes for the same text: YAML 1.2, as we read it, and YAML 1.1, as PyYAML,
//! Ansible and most other tools do. Where scalars stand in a document is `layout`'s.

use std::fmt::Write;

/// Where a scalar stands, which decides what it may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind `key: ` or `- `.
    Block,
    /// Inside `[…]` or `{…}`, or as a key.
    Flow,
}

/// Words that YAML 1.1 reads as booleans or as nothing, in any letter case (yaml.org/type/bool.html and null.html).
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "true", "false", "on", "off", "null"];

/// The text, in quotes where it needs them.
pub(super) fn scalar(text: &str, place: Place) -> String {
    if is_plain(text, place) {
        text.to_owned()
    } else if text.chars().all(is_visible) && text.contains(['"', '\\']) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        double_quoted(text)
    }
}

/// Whether the text may stand without quotes. What begins like a number, a date or a time is quoted without a closer
/// look: `012`, `1_000`, `12:30:45`, `1e3`, `2026-12-01`, `.5` and `-.inf` are read differently here and there
/// (yaml.org/type, int, float and timestamp of YAML 1.1), and nobody misses the quotes that would do no harm.
fn is_plain(text: &str, place: Place) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '_' | '$');
    // Older readers of YAML 1.1 end a plain scalar in a flow collection at any colon.
    let breaks = match place {
        Place::Block => text.contains(": ") || text.ends_with(':'),
        Place::Flow => text.contains([':', ',', '[', ']', '{', '}']),
    };
    text.starts_with(begins)
        && !text.ends_with(' ')
        && !text.contains(" #")
        && !breaks
        && text.chars().all(is_visible)
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        // Writing to a String cannot fail.
        let _ = match character {
            '"' | '\\' => write!(quoted, "\\{character}"),
            '\n' => write!(quoted, "\\n"),
            '\t' => write!(quoted, "\\t"),
            '\r' => write!(quoted, "\\r"),
            visible if is_visible(visible) => write!(quoted, "{visible}"),
            hidden => match u32::from(hidden) {
                code @ ..=0xFF => write!(quoted, "\\x{code:02x}"),
                code @ ..=0xFFFF => write!(quoted, "\\u{code:04x}"),
                code => write!(quoted, "\\U{code:08x}"),
            },
        };
    }
    quoted.push('"');
    quoted
}

/// Whether a character shows what it is: no control character, no line break of YAML 1.1 (U+0085, U+2028, U+2029), no mark
/// that turns the reading direction around or has no width, nothing that YAML does not let stand (YAML 1.2.2, §5.1).
pub(super) fn is_visible(character: char) -> bool {
    let hidden = character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}');
    !hidden
}

/// The head of a literal block and its lines, when the text can stand in one as it is.
pub(super) fn literal(text: &str) -> Option<(&'static str, Vec<&str>)> {
    let (head, body) = match text.strip_suffix('\n') {
        Some(body) => ("|", body),
        None => ("|-", text),
    };
    let lines: Vec<&str> = body.split('\n').collect();
    // An indented first line would need an indentation indicator, and white space alone is lost in some editors.
    let stands = |line: &&str| {
        let visible = line.chars().all(|c| is_visible(c) || c == '\t');
        visible && !line.starts_with('\t') && (line.is_empty() || !line.trim().is_empty())
    };
    let first = lines.first().is_some_and(|line| !line.is_empty() && !line.starts_with(' '));
    let last = lines.last().is_some_and(|line| !line.is_empty());
    (first && last && lines.iter().all(stands)).then_some((head, lines))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_lite::Regex;
    use serde_yaml::Value;

    use super::*;

    #[test]
    fn what_some_reader_takes_for_something_else_is_quoted() {
        let misread = [
            "",
            " ",
            "~",
            "null",
            "Null",
            "NULL",
            "y",
            "Y",
            "yes",
            "Yes",
            "n",
            "N",
            "no",
            "NO",
            "on",
            "On",
            "off",
            "OFF",
            "true",
            "TRUE",
            "false",
            "1",
            "-1",
            "+1",
            "0",
            "00",
            "012",
            "0o14",
            "0x1F",
            "0b1",
            "1_000",
            "1.",
            ".5",
            "1.5",
            "1e3",
            "1.5e+3",
            ".inf",
            "-.INF",
            ".nan",
            "12:30",
            "12:30:45",
            "190:20:30",
            "2026-12-01",
            "2001-12-14t21:59:43.10-05:00",
            "2001-12-14 21:59:43",
            "=",
            "<<",
            "111122223333",
            "- a",
            "-",
            "?",
            "? a",
            ":",
            "a:",
            "a: b",
            "a #b",
            "#a",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "'a",
            "\"a",
            "[a",
            "]",
            "{a",
            "}",
            ",a",
            "a ",
            " a",
            "---",
            "...",
        ];
        for text in misread {
            for place in [Place::Block, Place::Flow] {
                assert!(scalar(text, place).starts_with(['"', '\'']), "{text}");
            }
        }
    }

    #[test]
    fn what_everybody_reads_as_text_stands_as_it_is() {
        for text in [
            "audit",
            "us-east-1",
            "AWS::S3::Object",
            "a#b",
            "it's",
            "cloudtrail-data:PutAuditEvents",
            "/a",
            "Grüße",
        ] {
            assert_eq!(scalar(text, Place::Block), text);
        }
        assert_eq!(scalar("${self.arn}", Place::Block), "${self.arn}");
        assert_eq!(scalar("${self.arn}", Place::Flow), "\"${self.arn}\"");
        assert_eq!(scalar("arn:aws:s3", Place::Flow), "\"arn:aws:s3\"");
        assert_eq!(scalar("say \"a\\b\" isn't", Place::Flow), "say \"a\\b\" isn't");
        assert_eq!(scalar("\"a\\b\" isn't", Place::Flow), "'\"a\\b\" isn''t'");
        assert_eq!(
            scalar("a\n\t\u{85}\u{202e}\u{e0001}", Place::Block),
            "\"a\\n\\t\\x85\\u202e\\U000e0001\""
        );
    }

    #[test]
    fn sql_stands_in_blocks_unless_its_spaces_would_be_lost() {
        assert_eq!(literal("SELECT *\n\n  FROM x"), Some(("|-", vec!["SELECT *", "", "  FROM x"])));
        assert_eq!(literal("SELECT *\n"), Some(("|", vec!["SELECT *"])));
        for text in ["", "\n", " a", "\na", "a\n\n", "a\n \nb", "a\r\nb", "a\n\tb", "a\u{2028}b"] {
            assert_eq!(literal(text), None, "{text:?}");
        }
    }

    /// What YAML 1.1 takes for something other than text: the patterns of its type repository (yaml.org/type), with the
    /// bounds that PyYAML's resolver has.
    fn is_text_in_yaml_1_1(plain: &str) -> bool {
        let patterns = [
            r"^(~|null|Null|NULL|)$",
            r"^(y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$",
            r"^[-+]?(0b[0-1_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)$",
            r"^[-+]?([0-9][0-9_]*)?\.[0-9_]*([eE][-+]?[0-9]+)?$",
            r"^[-+]?[0-9][0-9_]*([eE][-+]?[0-9]+|(:[0-5]?[0-9])+\.[0-9_]*)$",
            r"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$",
            r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*)?$",
            r"^(<<|=)$",
        ];
        !patterns.iter().any(|pattern| Regex::new(pattern).unwrap().is_match(plain))
    }

    fn texts() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "a",
            "y",
            "no",
            "On",
            "null",
            "~",
            "1",
            "0",
            "_",
            "e3",
            "0x",
            ":",
            ": ",
            "30",
            "-",
            ".",
            "2026-12-01",
            " ",
            "#",
            " #",
            ",",
            "[",
            "]",
            "{",
            "}",
            "\"",
            "'",
            "\\",
            "\n",
            "\t",
            "\r",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "é",
            "\u{1F600}",
            "$",
            "${x}",
            "&",
            "*",
            "!",
            "|",
            ">",
            "%",
            "@",
            "`",
            "=",
            "<<",
            "?",
            "\0",
        ]);
        prop_oneof![prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat()), any::<String>()]
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_it_was_written(text in texts()) {
            let value = Value::String(text.clone());
            let flow = scalar(&text, Place::Flow);
            let block = scalar(&text, Place::Block);
            for plain in [&flow, &block].into_iter().filter(|written| !written.starts_with(['"', '\''])) {
                prop_assert!(is_text_in_yaml_1_1(plain), "{}", plain);
            }
            let yaml = format!("block: {block}\nflow: [{flow}, {{{flow}: {flow}}}]\n{flow}: key\n");
            let read: Value = serde_yaml::from_str(&yaml).unwrap();
            prop_assert_eq!(&read["block"], &value, "{}", yaml);
            prop_assert_eq!(&read["flow"][0], &value, "{}", yaml);
            prop_assert_eq!(&read["flow"][1][&value], &value, "{}", yaml);
            prop_assert!(read.get(&value).is_some(), "{}", yaml);
        }

        #[test]
        fn any_block_is_read_as_it_was_written(text in texts()) {
            if let Some((head, lines)) = literal(&text) {
                let yaml = format!("sql: {head}\n  {}\nnext: x\n", lines.join("\n  "));
                let read: Value = serde_yaml::from_str(&yaml).unwrap();
                prop_assert_eq!(&read["sql"], &Value::String(text), "{}", yaml);
            }
        }
    }
}
