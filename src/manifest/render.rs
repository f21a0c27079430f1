//! Problems as text: message, place, the line with carets, help, as rustc prints them.
//! Pieces of a manifest are made harmless for terminals here: nothing in a file moves a cursor or turns letters
//! around.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::problem::{At, Problem, Severity};
use super::source::{SourceFile, Sources};

/// The longest line that is shown with carets, in bytes; of a longer one only its place is told.
const MAX_LINE: usize = 4096;

/// How far apart two places may stand to be shown as one piece of the file, in lines.
const MAX_LINES_BETWEEN: usize = 200;

/// How many problems are drawn; how many more there are is said.
const MAX_SHOWN: usize = 200;

/// The problems as text, each followed by an empty line. `color` writes ANSI colours.
pub fn render_text(problems: &[Problem], sources: &Sources, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for problem in problems.iter().take(MAX_SHOWN) {
        text.push_str(&renderer.render(&[group(problem, sources)]));
        text.push_str("\n\n");
    }
    if let Some(more @ 1..) = problems.len().checked_sub(MAX_SHOWN) {
        text.push_str(&format!("… and {more} more problems\n\n"));
    }
    text
}

fn group<'a>(problem: &'a Problem, sources: &'a Sources) -> Group<'a> {
    let Problem { code, severity, at, message, label, help, related } = problem;
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(visible(message)).id(code.0));
    let mut untold = None;
    if let Some(at) = at {
        let label = label.as_deref();
        group = match place(at, sources) {
            Some(place) => places(group, &place, label, related, sources),
            None => {
                untold = label;
                group.element(origin(at, sources))
            }
        };
    } else {
        untold = label.as_deref();
    }
    let help = untold.into_iter().chain(help.iter().map(String::as_str));
    group.elements(help.map(|help| Level::HELP.message(visible(help))))
}

/// A place that can be drawn: its file, its first line, and the bytes of it in that line.
struct Place<'a> {
    source: &'a SourceFile,
    line: usize,
    range: Range<usize>,
}

fn place<'a>(at: &At, sources: &'a Sources) -> Option<Place<'a>> {
    let source = sources.get(&at.file)?;
    let range = at.range.as_ref()?;
    let line = source.line_at(range.start);
    let text = source.line(line);
    let start = source.floor(range.start).min(text.end);
    if text.len() > MAX_LINE {
        return None;
    }
    // A value of many lines is marked in its first: that is where one looks.
    let end = source.floor(range.end).clamp(start, text.end.max(start));
    let trimmed = source.text().get(start..end).unwrap_or_default().trim_end().len();
    Some(Place { source, line, range: start..start + trimmed })
}

fn origin(at: &At, sources: &Sources) -> Origin<'static> {
    let origin = Origin::path(visible(&at.file));
    let position =
        sources.get(&at.file).zip(at.range.as_ref()).map(|(source, range)| source.position(range.start));
    match position {
        None => origin,
        Some(position) => origin.line(position.line).char_column(position.column),
    }
}

fn places<'a>(
    group: Group<'a>,
    main: &Place<'a>,
    label: Option<&str>,
    related: &[(At, String)],
    sources: &'a Sources,
) -> Group<'a> {
    let others: Vec<(Place<'_>, &str)> =
        related.iter().filter_map(|(at, label)| Some((place(at, sources)?, label.as_str()))).collect();
    let (near, far): (Vec<_>, Vec<_>) = others.into_iter().partition(|(other, _)| {
        std::ptr::eq(other.source, main.source) && other.line.abs_diff(main.line) <= MAX_LINES_BETWEEN
    });
    let mut group = group.element(snippet(main, label, &near));
    for (other, label) in far {
        group = group.element(excerpt(&other, other.line..=other.line).annotation(mark(
            &other,
            other.line,
            AnnotationKind::Context,
            Some(label),
        )));
    }
    group
}

fn snippet<'a>(
    main: &Place<'a>,
    label: Option<&str>,
    near: &[(Place<'a>, &str)],
) -> Snippet<'a, Annotation<'a>> {
    let lines = || near.iter().map(|(other, _)| other.line).chain([main.line]);
    let (first, last) = (lines().min().unwrap_or(main.line), lines().max().unwrap_or(main.line));
    let mut snippet =
        excerpt(main, first..=last).annotation(mark(main, first, AnnotationKind::Primary, label));
    for (other, label) in near {
        snippet = snippet.annotation(mark(other, first, AnnotationKind::Context, Some(label)));
    }
    snippet
}

/// Some lines of a file: annotate-snippets goes through all that it is given, for each problem.
fn excerpt<'a>(place: &Place<'a>, lines: std::ops::RangeInclusive<usize>) -> Snippet<'a, Annotation<'a>> {
    let range = place.source.line(*lines.start()).start..place.source.line(*lines.end()).end;
    let text = place.source.text().get(range).unwrap_or_default();
    Snippet::source(drawable(text)).line_start(*lines.start()).path(visible(place.source.path()))
}

fn mark<'a>(
    place: &Place<'_>,
    first_line: usize,
    kind: AnnotationKind,
    label: Option<&str>,
) -> Annotation<'a> {
    let from = place.source.line(first_line).start;
    kind.span(place.range.start - from..place.range.end - from).label(label.map(visible))
}

/// Text with escapes for what a terminal would act on.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_command(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// A piece of the source with stand-ins of the same length in bytes for what a terminal would act on: the marks
/// must keep their places.
fn drawable(text: &str) -> Cow<'_, str> {
    let stands = |c: char| matches!(c, '\n' | '\r' | '\t') || !is_command(c);
    if text.chars().all(stands) {
        return Cow::Borrowed(text);
    }
    let stand_in = |c: char| match c.len_utf8() {
        _ if stands(c) => c,
        1 => '?',
        2 => '\u{B7}',
        _ => '\u{FFFD}',
    };
    Cow::Owned(text.chars().map(stand_in).collect())
}

/// Control characters (C0, DEL, C1), and those that turn the direction of writing or break lines.
fn is_command(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::super::position::Pointer;
    use super::super::problem::Code;
    use super::*;

    fn sources(text: &str) -> Sources {
        [SourceFile::decode("cloudtrail.yaml", text.as_bytes()).unwrap()].into_iter().collect()
    }

    fn at(sources: &Sources, needle: &str) -> At {
        let source = sources.iter().next().unwrap();
        let start = source.text().find(needle).unwrap();
        source.at(start..start + needle.len(), Pointer::default())
    }

    #[test]
    fn a_problem_shows_its_line_as_rustc_does() {
        let text = format!("{}      - eventDataStore: partner-activty\n", "\n".repeat(22));
        let sources = sources(&text);
        let problem = Problem::error(Code("TK021"), "channel `launchdarkly` sends to event data store `partner-activty`, which the manifest does not declare")
            .at(at(&sources, "partner-activty"))
            .label("did you mean `partner-activity`?")
            .help("a store managed elsewhere can be given by its ARN");
        let expected = "\
error[TK021]: channel `launchdarkly` sends to event data store `partner-activty`, which the manifest does not declare
  --> cloudtrail.yaml:23:25
   |
23 |       - eventDataStore: partner-activty
   |                         ^^^^^^^^^^^^^^^ did you mean `partner-activity`?
   |
   = help: a store managed elsewhere can be given by its ARN

";
        assert_eq!(render_text(&[problem], &sources, false), expected);
    }

    #[test]
    fn two_places_stand_in_one_snippet_and_many_lines_are_marked_in_the_first() {
        let sources = sources("a:\r\n  b: 1\r\n\r\n\r\n\r\n\r\nc: 2\r\n");
        let problem = Problem::warning(Code("TK005"), "again")
            .at(at(&sources, "c"))
            .related(at(&sources, "b: 1\r\n\r\n"), "first");
        let expected = "\
warning[TK005]: again
 --> cloudtrail.yaml:7:1
  |
2 |   b: 1
  |   ---- first
...
7 | c: 2
  | ^

";
        assert_eq!(render_text(&[problem], &sources, false), expected);
    }

    #[test]
    fn what_has_no_place_has_no_snippet_and_loses_no_word() {
        let far = "x".repeat(5000);
        let sources = sources(&far);
        let problems = [
            Problem::error(Code("TK001"), "no header").label("label").help("help"),
            Problem::error(Code("TK001"), "binary").at(At::file("other.yaml")).help("help"),
            Problem::error(Code("TK001"), "far")
                .at(sources.iter().next().unwrap().at(4000..4001, Pointer::default()))
                .label("label"),
        ];
        let expected = "\
error[TK001]: no header
 |
 = help: label
 = help: help

error[TK001]: binary
--> other.yaml
 = help: help

error[TK001]: far
--> cloudtrail.yaml:1:4001
 = help: label

";
        assert_eq!(render_text(&problems, &sources, false), expected);
    }

    #[test]
    fn nothing_in_a_manifest_reaches_the_terminal_as_a_command() {
        let sources = sources("a: \u{202E}x\u{85}y\u{200F}\n");
        let problem = Problem::error(Code("TK001"), "\x1b[31mred\u{9b}\n")
            .at(at(&sources, "\u{202E}x\u{85}y"))
            .label("\u{7}");
        let text = render_text(&[problem], &sources, false);
        assert!(
            text.starts_with("error[TK001]: \\u{1b}[31mred\\u{9b}\\n\n --> cloudtrail.yaml:1:4\n"),
            "{text}"
        );
        assert!(
            !text.chars().any(|c| (c.is_control() && c != '\n') || ('\u{202A}'..='\u{202E}').contains(&c)),
            "{text:?}"
        );
    }

    #[test]
    fn a_flood_is_counted() {
        let problems = vec![Problem::error(Code("TK001"), "x"); 205];
        assert!(
            render_text(&problems, &Sources::default(), false).ends_with("\n\n… and 5 more problems\n\n")
        );
    }
}
