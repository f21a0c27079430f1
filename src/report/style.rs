//! Colour, columns, and what may reach a terminal. Everything that a report prints passes through here:
//! names and values come from an account that others write to.

use anstyle::{AnsiColor, Effects};
use std::fmt::Write;

/// The width of the first column of every line.
const COLUMN: usize = 36;

/// How text reports look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Whether ANSI colours are written. Without them the text says everything.
    pub colored: bool,
}

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    /// Comes into being, or went well.
    Good,
    /// Goes away, or went wrong.
    Bad,
    /// Becomes different, or wants a look.
    Change,
    /// A word of emphasis within what comes or goes.
    GoodWord,
    BadWord,
    Strong,
    Quiet,
}

impl Style {
    /// The text, harmless and in this colour.
    pub(super) fn paint(self, ink: Ink, text: &str) -> String {
        let text = escape(text);
        if !self.colored || text.is_empty() {
            return text;
        }
        let style = match ink {
            Ink::Plain => return text,
            Ink::Good => anstyle::Style::new().fg_color(Some(AnsiColor::Green.into())),
            Ink::Bad => anstyle::Style::new().fg_color(Some(AnsiColor::Red.into())),
            Ink::Change => anstyle::Style::new().fg_color(Some(AnsiColor::Yellow.into())),
            Ink::GoodWord => word(AnsiColor::Green),
            Ink::BadWord => word(AnsiColor::Red),
            Ink::Strong => anstyle::Style::new().bold(),
            Ink::Quiet => anstyle::Style::new().dimmed(),
        };
        format!("{style}{text}{style:#}")
    }

    /// A line of two columns; `right` is painted already.
    pub(super) fn row(self, ink: Ink, left: &str, right: &str) -> String {
        let left_text = escape(left);
        let gap = COLUMN.saturating_sub(left_text.chars().count()).max(2);
        // Colours end before the gap, so that a reader may cut columns by width.
        let (indent, word) = left.split_at(left.len() - left.trim_start_matches(' ').len());
        let line = format!("{indent}{}{:gap$}{right}", self.paint(ink, word), "");
        line.trim_end_matches(' ').to_owned()
    }

    /// Lines of two columns, the first column filled in the first of them only.
    pub(super) fn rows(self, ink: Ink, left: &str, right: &[String]) -> Vec<String> {
        let Some((first, rest)) = right.split_first() else { return vec![self.row(ink, left, "")] };
        let mut lines = vec![self.row(ink, left, first)];
        lines.extend(rest.iter().map(|text| self.row(Ink::Plain, "", text)));
        lines
    }
}

fn word(color: AnsiColor) -> anstyle::Style {
    anstyle::Style::new().fg_color(Some(color.into())).effects(Effects::BOLD | Effects::UNDERLINE)
}

/// The text with everything that moves a cursor, or hides what it says, made visible: control characters,
/// and the Unicode marks that turn the reading direction around or have no width.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            // Writing to a String cannot fail.
            hidden if is_hidden(hidden) => {
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(hidden));
            }
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// Whether a character acts on a terminal, or shows nothing of itself.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_cursor_or_hides_is_made_visible() {
        assert_eq!(escape("a\u{1b}[2Jb\u{9b}c\u{202e}d\n"), "a\\u{1b}[2Jb\\u{9b}c\\u{202e}d\\n");
        assert_eq!(escape("Grüße ✓ ${channels.x.arn}"), "Grüße ✓ ${channels.x.arn}");
    }

    #[test]
    fn columns_line_up_with_and_without_colour() {
        let plain = Style { colored: false }.row(Ink::Strong, "    source", "a -> b");
        assert_eq!(plain, format!("{:<36}a -> b", "    source"));
        let colored = Style { colored: true }.row(Ink::Strong, "    source", "a -> b");
        assert_eq!(colored, format!("    \u{1b}[1msource\u{1b}[0m{:26}a -> b", ""));
        let long = Style::default().row(Ink::Strong, &"x".repeat(40), "update");
        assert_eq!(long, format!("{}  update", "x".repeat(40)));
    }
}
