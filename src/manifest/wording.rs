//! The words in which problems of text and shape are told: kinds of values, quoted pieces of the manifest, hints.

use serde_json::Value as Json;

use super::position::Pointer;

/// The longest piece of a manifest that is repeated in a message, in characters.
const MAX_QUOTED: usize = 60;

/// A piece of the manifest in a message, shortened when it is long.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        None => format!("`{text}`"),
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
    }
}

/// What a user calls the value.
pub(super) fn subject(at: &Pointer) -> String {
    if at.is_root() { "the manifest".to_owned() } else { quoted(&at.tail().to_string()) }
}

/// How to make text of an unquoted scalar. Quoting what stands in the source keeps its leading zeros and its letters.
pub(super) fn quote_it(literal: &str) -> String {
    match literal.chars().count() {
        0 => "write it as text, in quotes".to_owned(),
        1..=MAX_QUOTED => format!("quote it: {literal:?}"),
        _ => "quote it".to_owned(),
    }
}

/// A list of alternatives in words: "a, b or c".
pub(super) fn either<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", first.join(", "), last.as_ref())
        }
    }
}

/// A JSON Schema type as a user calls it.
pub(super) fn type_word(name: &str) -> &'static str {
    match name {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a mapping",
        _ => "nothing",
    }
}

/// A found value as a user calls it.
pub(super) fn found_word(value: &Json, literal: &str) -> String {
    match value {
        Json::Null => "nothing".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) if literal.is_empty() => format!("the number {number}"),
        Json::Number(_) => format!("the number {}", quoted(literal).trim_matches('`')),
        Json::String(text) => format!("the text {}", quoted(text)),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a mapping".to_owned(),
    }
}

/// A scalar in a message, as it would be written.
pub(super) fn scalar_word(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Array(_) | Json::Object(_) => found_word(value, ""),
        other => quoted(&other.to_string()),
    }
}

/// What a syntax error of saphyr-parser means for who wrote the file, and what to do.
/// `found` is the character at its place, `line` the line that it stands in.
pub(super) fn syntax(info: &str, found: Option<char>, line: &str) -> (String, Vec<String>) {
    let has = |words: &str| info.contains(words);
    let (message, help) = if has("tab") && !has("tabl") {
        ("a tab where YAML wants spaces", "indent with spaces")
    } else if has("unknown anchor") {
        (
            "`*` starts an alias, and no anchor has this name before it",
            "text that starts with `*` is put in quotes",
        )
    } else if has("anchor or alias") {
        (
            "`*` and `&` start an alias and an anchor, and a name must follow",
            "text that starts with `*` or `&` is put in quotes",
        )
    } else if has("unexpected character") {
        ("a value cannot start with this character", "put it in quotes")
    } else if has("flow") && line.contains("${") {
        ("braces end a value inside `[ ]` and `{ }`", "put a value with `${…}` in quotes there")
    } else if has("flow sequence") {
        ("a list that starts with `[` is not closed, or lacks a comma here", "close it with `]`")
    } else if has("flow mapping") {
        ("a mapping that starts with `{` is not closed, or lacks a comma here", "close it with `}`")
    } else if has("mapping values are not allowed") || has("illegal placement of ':'") {
        (
            "a `:` is not allowed here",
            "put a value with a colon in quotes, or mend the indentation of this line",
        )
    } else if has("quoted scalar, found unexpected") || has("indentation in quoted scalar") {
        ("a quote is not closed", "close it with the same quote")
    } else if has("unknown escape") {
        (
            "an escape that YAML does not know in double quotes",
            "write `\\\\` for a backslash, or use single quotes",
        )
    } else if has("simple key expect") {
        ("a key without its `:`", "write `key: value`; a list's entries start with `- `")
    } else if has("did not find expected key")
        || has("invalid indentation")
        || has("expected '-'")
        || has("entries are not allowed")
    {
        ("this line does not fit the indentation around it", "align it with its neighbours")
    } else if found.is_some() {
        (info, "")
    } else {
        (info, "the text ends too early")
    };
    (message.to_owned(), Some(help).filter(|help| !help.is_empty()).map(str::to_owned).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_pieces_are_shortened() {
        assert_eq!(quoted("short"), "`short`");
        assert_eq!(quoted(&"ü".repeat(99)), format!("`{}…`", "ü".repeat(60)));
        assert_eq!(quote_it("0112"), "quote it: \"0112\"");
        assert_eq!(quote_it(&"1".repeat(99)), "quote it");
    }

    #[test]
    fn alternatives_are_joined_in_words() {
        assert_eq!(either(&["a"]), "a");
        assert_eq!(either(&["a", "b", "c"]), "a, b or c");
        assert_eq!(either::<&str>(&[]), "");
    }
}
