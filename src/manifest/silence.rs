//! What keeps warnings quiet: `lint: {allow: [TK031]}` in the header, everywhere; `# trailkeeper: allow TK031` at a line,
//! there. Whatever is kept quiet is counted, and what keeps nothing quiet is a warning itself.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::check;
use super::file::File;
use super::position::Pointer;
use super::problem::{At, Code, Problem, Severity};
use super::suggest::closest;
use super::wording::quoted;

/// An entry of `allow` or `lint`, or a comment, that cannot be.
pub(super) const ALLOW: Code = Code("TK020");

/// A warning is allowed, and there is none.
pub(super) const IDLE: Code = Code("TK043");

/// What a comment for trailkeeper begins with, behind its `#`.
const MARK: &str = "trailkeeper:";

/// The wish to hear no more of one sort of warning.
#[derive(Debug)]
pub(super) struct Silence {
    code: String,
    at: At,
    /// The line (from 1) of the file where the wish holds; none for everywhere.
    line: Option<usize>,
}

impl Silence {
    /// A wish of the header.
    ///
    /// # Errors
    /// When there is no such warning.
    pub(super) fn everywhere(code: &str, at: At) -> Result<Silence, Box<Problem>> {
        known(code, at.clone())?;
        Ok(Silence { code: code.to_owned(), at, line: None })
    }
}

fn known(code: &str, at: At) -> Result<(), Box<Problem>> {
    if code == IDLE.0 || check::warnings().any(|known| known == code) {
        return Ok(());
    }
    let problem = Problem::error(ALLOW, format!("{} is not the code of a warning", quoted(code))).at(at);
    Err(Box::new(problem.help("errors cannot be silenced")))
}

/// The wishes in the comments of a file. A comment with a line of its own is about the next line that says something.
pub(super) fn comments(file: &File, problems: &mut Vec<Problem>) -> Vec<Silence> {
    let text = file.source.text();
    if !text.contains(MARK) {
        return Vec::new();
    }
    let scalars = file.document.index.scalars();
    let inside = |offset: usize| {
        let before = scalars.partition_point(|range| range.start <= offset);
        before.checked_sub(1).and_then(|last| scalars.get(last)).is_some_and(|range| offset < range.end)
    };
    let lines = 1..=file.source.line_at(text.len());
    let saying: Vec<usize> = lines.filter(|line| says_something(file, *line)).collect();
    let mut found = Vec::new();
    for (hash, _) in text.match_indices('#') {
        let before = text.get(..hash).and_then(|text| text.chars().next_back());
        let line = file.source.line_at(hash);
        let end = file.source.line(line).end;
        let Some(body) = text.get(hash + 1..end).filter(|_| before.is_none_or(char::is_whitespace)) else {
            continue;
        };
        if !body.trim_start().starts_with(MARK) || inside(hash) {
            continue;
        }
        found.extend(comment(file, line, hash..end, body, &saying, problems));
    }
    found
}

fn comment(
    file: &File,
    line: usize,
    range: Range<usize>,
    body: &str,
    saying: &[usize],
    problems: &mut Vec<Problem>,
) -> Vec<Silence> {
    let place = |range: Range<usize>| file.source.at(range, Pointer::default());
    let words = words(body, range.start + 1);
    let rest = words.iter().skip_while(|(word, _)| !word.ends_with(':')).skip(1);
    let mut rest = rest.skip_while(|(word, _)| *word == "allow").peekable();
    let codes = std::iter::from_fn(|| rest.next_if(|(word, _)| is_code(word)));
    let codes: Vec<_> = codes.collect();
    let verb = words.get(1).map_or("", |(word, _)| *word);
    if verb != "allow" || codes.is_empty() {
        let problem = Problem::error(ALLOW, "this comment for trailkeeper says nothing that it understands")
            .at(place(range));
        let near = closest(verb, ["allow"]).filter(|near| *near != verb);
        let problem = match near {
            Some(near) => problem.label(format!("did you mean `{near}`?")),
            None => problem,
        };
        problems.push(problem.help("write `# trailkeeper: allow TK108`, with the codes of warnings"));
        return Vec::new();
    }
    let own = file.source.line(line).start;
    let alone = file.source.text().get(own..range.start).is_some_and(|text| text.trim().is_empty());
    let next = saying.get(saying.partition_point(|saying| *saying <= line)).copied();
    let about = next.filter(|_| alone).unwrap_or(line);
    let mut found = Vec::new();
    for (code, range) in codes {
        match known(code, place(range.clone())) {
            Ok(()) => {
                found.push(Silence { code: (*code).to_owned(), at: place(range.clone()), line: Some(about) });
            }
            Err(problem) => problems.push(*problem),
        }
    }
    found
}

/// The words of a comment, each with its bytes. Commas stand between words as spaces do.
fn words(body: &str, start: usize) -> Vec<(&str, Range<usize>)> {
    let cut = |c: char| c.is_whitespace() || c == ',';
    let mut found = Vec::new();
    let mut from = 0;
    for piece in body.split(cut) {
        if !piece.is_empty() {
            found.push((piece, start + from..start + from + piece.len()));
        }
        // Everything that cuts but a comma and a space is still white space: its own length counts.
        let width =
            body.get(from + piece.len()..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        from += piece.len() + width;
    }
    found
}

fn is_code(word: &str) -> bool {
    word.strip_prefix("TK")
        .is_some_and(|digits| digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a line (from 1) is neither empty nor a comment.
fn says_something(file: &File, line: usize) -> bool {
    let text = file.source.text().get(file.source.line(line)).unwrap_or_default().trim_start();
    !text.is_empty() && !text.starts_with('#')
}

/// A code, and the file and line where it is to be kept quiet: none means everywhere.
type Wish<'a> = (&'a str, Option<(&'a str, usize)>);

/// Parts what is heard from what is kept quiet. Where nothing is wrong, wishes that keep nothing quiet are told: with errors,
/// and without the `whole` manifest, not everything could be looked at.
pub(super) fn part(
    problems: Vec<Problem>,
    silences: &[Silence],
    files: &[File],
    whole: bool,
) -> (Vec<Problem>, Vec<Problem>) {
    let mut used = BTreeSet::new();
    // Of two equal wishes the first keeps quiet, and the other keeps nothing quiet.
    let mut wishes: BTreeMap<Wish<'_>, usize> = BTreeMap::new();
    for (index, Silence { code, at, line }) in silences.iter().enumerate() {
        wishes.entry((code, line.map(|line| (at.file.as_str(), line)))).or_insert(index);
    }
    let lines: BTreeMap<&str, &File> = files.iter().map(|file| (file.source.path(), file)).collect();
    let mut cover = |problem: &Problem| {
        let place = problem.at.as_ref().and_then(|at| {
            let (path, file) = lines.get_key_value(at.file.as_str())?;
            Some((*path, file.source.line_at(at.range.as_ref()?.start)))
        });
        // The nearer wish is the one that counts.
        let nearest = wishes.get(&(problem.code.0, place)).filter(|_| place.is_some());
        let covering = nearest.or_else(|| wishes.get(&(problem.code.0, None)));
        covering.map(|index| used.insert(*index)).is_some()
    };
    let quiet = |problem: &Problem| problem.severity == Severity::Warning && !silences.is_empty();
    let (mut silenced, mut heard): (Vec<Problem>, Vec<Problem>) =
        problems.into_iter().partition(|problem| quiet(problem) && cover(problem));
    if whole && heard.iter().all(|problem| problem.severity == Severity::Warning) {
        let idle = silences
            .iter()
            .enumerate()
            .filter(|(index, silence)| !used.contains(index) && silence.code != IDLE.0);
        let idle = idle.map(|(_, silence)| {
            let message = format!("{} is allowed here, and nothing of the kind is found", silence.code);
            Problem::warning(IDLE, message)
                .at(silence.at.clone())
                .help("remove it, so that it hides nothing later")
        });
        let allowed = silences.iter().any(|silence| silence.code == IDLE.0);
        if allowed { silenced.extend(idle) } else { heard.extend(idle) }
    }
    (heard, silenced)
}

#[cfg(test)]
mod tests {
    use super::super::document::read_document;
    use super::super::problem::Problems;
    use super::super::source::SourceFile;
    use super::*;

    fn file(text: &str) -> File {
        let source = SourceFile::decode("m.yaml", text.as_bytes()).unwrap();
        let document = read_document(&source, &mut Problems::default()).unwrap();
        File { source, document }
    }

    /// Each wish with its line, and each complaint.
    fn read(text: &str) -> (Vec<(String, usize)>, Vec<String>) {
        let mut problems = Vec::new();
        let found = comments(&file(text), &mut problems);
        let found = found.into_iter().map(|silence| (silence.code, silence.line.unwrap()));
        (found.collect(), problems.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn a_comment_is_about_its_line_or_the_next_that_says_something() {
        let text = "a: 1 # trailkeeper: allow TK108, TK110 because of SEC-9\n#trailkeeper:  allow TK226\n\n# why\nb: é\n";
        let expected = [("TK108", 1), ("TK110", 1), ("TK226", 5)].map(|(code, line)| (code.to_owned(), line));
        assert_eq!(read(text), (expected.to_vec(), vec![]));
    }

    #[test]
    fn what_stands_in_a_value_is_no_comment() {
        let text = "a: \"x # trailkeeper: allow TK108\"\nb: |\n  c # trailkeeper: allow TK108\n\nd: x#trailkeeper allow\ne: 1 # trailkeeper: allow TK108\n";
        assert_eq!(read(text), (vec![("TK108".to_owned(), 6)], vec![]));
    }

    #[test]
    fn a_comment_that_is_not_understood_is_an_error() {
        let lost = "this comment for trailkeeper says nothing that it understands";
        for text in [
            "a: 1 # trailkeeper: alow TK108\n",
            "a: 1 # trailkeeper: allow\n",
            "a: 1 # trailkeeper: allow108\n",
        ] {
            assert_eq!(read(text), (vec![], vec![lost.to_owned()]), "{text}");
        }
        let (found, told) = read("a: 1 # trailkeeper: allow TK101, TK108\n");
        assert_eq!(found, [("TK108".to_owned(), 1)]);
        assert_eq!(told, ["`TK101` is not the code of a warning"]);
    }
}
