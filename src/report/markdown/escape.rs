//! Text of a manifest or an account as Markdown that says the same and does nothing else: it leaves no cell and no
//! fence, mentions nobody, and is no HTML, on GitHub, GitLab and Bitbucket alike.

use crate::report::style;

/// The longest text of a cell, in characters: what is longer stands whole in the diff and in the text report.
const LONGEST: usize = 400;

/// The longest part of a marker, in bytes.
const LONGEST_MARK: usize = 64;

/// A sentence. Words of letters stand as they are; every other word is code, which no renderer looks into for mentions,
/// links, references and emphasis (GitHub Flavored Markdown, code spans).
pub(super) fn prose(text: &str) -> String {
    let text = shortened(&style::escape(text), LONGEST);
    let mut words = Vec::new();
    let mut rest = text.trim_start_matches(' ');
    while !rest.is_empty() {
        let quoted = quoted(rest);
        let end = quoted.map_or_else(|| rest.find(' ').unwrap_or(rest.len()), |(_, end)| end);
        let (word, after) = rest.split_at(end);
        words.push(match quoted {
            Some((inner, _)) => format!("{}{}", code(inner), &word[inner.len() + 2..]),
            None => self::word(word),
        });
        rest = after.trim_start_matches(' ');
    }
    words.join(" ")
}

/// What stands between backticks at the beginning of a text, when a sentence goes on behind them; and where the word ends.
fn quoted(text: &str) -> Option<(&str, usize)> {
    let (inner, after) = text.strip_prefix('`')?.split_once('`')?;
    let end = after.find(' ').unwrap_or(after.len());
    let tail = after[..end].strip_prefix("'s").unwrap_or(&after[..end]);
    let is_whole = !inner.is_empty() && tail.chars().all(is_stop);
    is_whole.then_some((inner, inner.len() + 2 + end))
}

fn word(word: &str) -> String {
    let core = word.trim_start_matches('(').trim_end_matches(is_stop);
    if core.is_empty() || is_plain(core) {
        return word.to_owned();
    }
    let core = core.strip_suffix("'s").filter(|core| !core.is_empty()).unwrap_or(core);
    let before = word.len() - word.trim_start_matches('(').len();
    let after = &word[before + core.len()..];
    format!("{}{}{after}", &word[..before], code(core))
}

/// What may follow a word without meaning anything in Markdown.
fn is_stop(character: char) -> bool {
    matches!(character, ',' | ';' | '.' | ':' | '?' | ')' | '…')
}

/// A word of letters, or a number: neither a path, a domain, a reference nor a commit.
fn is_plain(word: &str) -> bool {
    let inner = |character: char| character.is_alphabetic() || matches!(character, '\'' | '’' | '-');
    let lettered = word.starts_with(char::is_alphabetic) && word.chars().all(inner);
    lettered || (word.len() < 7 && word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A name or a value.
pub(super) fn code(text: &str) -> String {
    let text = shortened(&style::escape(text), LONGEST);
    // In a table a pipe ends the cell within a code span too, and renderers disagree on what escapes it
    // (GitHub Flavored Markdown, tables); an entity is a pipe to none of them.
    let fits = !text.is_empty() && text.trim() == text && !text.contains(['`', '|', '\\']);
    if fits { format!("`{text}`") } else { format!("<code>{}</code>", entities(&text)) }
}

/// Every character that Markdown or HTML could take for something, by its number.
fn entities(text: &str) -> String {
    let entity = |character: char| match character {
        plain if plain.is_alphanumeric() || plain == ' ' => plain.to_string(),
        other => format!("&#{};", u32::from(other)),
    };
    text.chars().map(entity).collect()
}

/// Lines in a fence that none of them can close.
pub(super) fn fence(language: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: String = lines.iter().map(|line| format!("{}\n", style::escape(line))).collect();
    format!("{fence}{language}\n{lines}{fence}\n")
}

fn longest_run(line: &str) -> usize {
    line.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

/// A word of a marker, which is an HTML comment.
pub(super) fn mark(text: &str) -> String {
    let byte = |byte: u8| match byte {
        plain if plain.is_ascii_alphanumeric() || b"._-".contains(&plain) => char::from(plain).to_string(),
        other => format!("%{other:02X}"),
    };
    let mut mark: String = text.bytes().map(byte).collect();
    mark.truncate(LONGEST_MARK);
    mark
}

/// The text, or its beginning.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_stays_one_and_everything_else_is_code() {
        let same = "CloudTrail cannot change a channel's source; its ARN changes, tell the sender (twice).";
        assert_eq!(prose(same), same);
        assert_eq!(
            prose("allow with --allow blind-spot=trail/a, then"),
            "allow with `--allow` `blind-spot=trail/a`, then"
        );
        assert_eq!(
            prose("set `isLogging: false` (see https://x.example/#1)"),
            "set `isLogging: false` (see `https://x.example/#1`)"
        );
        assert_eq!(prose("account 111122223333's, `a`'s"), "account `111122223333`'s, `a`'s");
        assert_eq!(prose("90 days, 1234567 commits"), "90 days, `1234567` commits");
    }

    #[test]
    fn nothing_mentions_links_or_ends_a_cell() {
        assert_eq!(
            prose("ask @acme/security, #12 or www.example.com"),
            "ask `@acme/security`, `#12` or `www.example.com`"
        );
        assert_eq!(prose("a|b `c` `d"), "<code>a&#124;b</code> `c` <code>&#96;d</code>");
        assert_eq!(code("<img src=x>"), "`<img src=x>`");
        assert_eq!(code("a`b|c\\"), "<code>a&#96;b&#124;c&#92;</code>");
        assert_eq!(code("a\nb"), "<code>a&#92;nb</code>");
        assert_eq!(code(""), "<code></code>");
        assert_eq!(prose("`a``b` ``"), "<code>&#96;a&#96;&#96;b&#96;</code> <code>&#96;&#96;</code>");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let lines = ["  ````".to_owned(), "~~~\r".to_owned()];
        assert_eq!(fence("diff", &lines), "`````diff\n  ````\n~~~\\r\n`````\n");
    }

    #[test]
    fn a_marker_ends_where_it_should() {
        assert_eq!(mark("security-baseline"), "security-baseline");
        assert_eq!(mark("a-->b\n"), "a--%3Eb%0A");
    }
}
