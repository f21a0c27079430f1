//! Something wrong in a manifest, with its place and what to do: all of them at once, in file order.
//! How they are drawn is `render`'s; who finds them is everybody else's.

use std::fmt;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;

use super::position::Pointer;
use super::source::Sources;

/// The stable code of a sort of problem, as in `error[TK021]`. A code is never given to another sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(pub &'static str);

impl Code {
    /// The file is not there, cannot be read, is too large, binary, or not UTF-8; or a folder holds none.
    pub const UNREADABLE: Code = Code("TK001");
    /// The text is not YAML.
    pub const SYNTAX: Code = Code("TK002");
    /// The file holds nothing but comments.
    pub const EMPTY: Code = Code("TK003");
    /// The file holds more than one YAML document.
    pub const DOCUMENTS: Code = Code("TK004");
    /// A key is given twice in one mapping.
    pub const DUPLICATE_KEY: Code = Code("TK005");
    /// The text is nested too deeply, or its aliases make too many copies.
    pub const LIMIT: Code = Code("TK006");
    /// There are more problems than are told at once.
    pub const MANY: Code = Code("TK008");
    /// YAML that a manifest has no meaning for: tags, keys that are not text, merges of no mapping.
    pub const UNUSABLE: Code = Code("TK007");
    /// A key that a mapping does not have.
    pub const UNKNOWN_KEY: Code = Code("TK010");
    /// A key that a mapping must have is not there.
    pub const MISSING_KEY: Code = Code("TK011");
    /// A value of the wrong type.
    pub const TYPE: Code = Code("TK012");
    /// A value that is not among those that may be chosen.
    pub const CHOICE: Code = Code("TK013");
    /// A value of the right type outside its limits: too long, too small, of the wrong form.
    pub const RANGE: Code = Code("TK014");
    /// A key without a value.
    pub const NO_VALUE: Code = Code("TK015");
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Whether a problem stops the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The manifest cannot be used.
    Error,
    /// Worth a look; the command goes on.
    Warning,
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The file's path, as given.
    pub file: String,
    /// The bytes that it takes in the file; none when it is about the whole file.
    pub range: Option<Range<usize>>,
    /// The setting that stands there; empty for the whole document.
    pub pointer: Pointer,
}

impl At {
    /// A whole file.
    pub fn file(path: &str) -> At {
        At { file: path.to_owned(), range: None, pointer: Pointer::default() }
    }
}

/// Something wrong in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The sort of problem.
    pub code: Code,
    /// Whether it stops the command.
    pub severity: Severity,
    /// Where it stands; none when it stands nowhere, such as a header in no file.
    pub at: Option<At>,
    /// What is wrong, in one line that can be understood without the snippet.
    pub message: String,
    /// A few words under the place, such as "did you mean `x`?".
    pub label: Option<String>,
    /// What to do about it, one line each.
    pub help: Vec<String>,
    /// Other places that belong to it, each with a few words, such as "first given here".
    pub related: Vec<(At, String)>,
}

impl Problem {
    /// A problem that stops the command.
    pub fn error(code: Code, message: impl Into<String>) -> Problem {
        Problem::new(code, Severity::Error, message.into())
    }

    /// A problem that the command only reports.
    pub fn warning(code: Code, message: impl Into<String>) -> Problem {
        Problem::new(code, Severity::Warning, message.into())
    }

    fn new(code: Code, severity: Severity, message: String) -> Problem {
        Problem { code, severity, at: None, message, label: None, help: Vec::new(), related: Vec::new() }
    }

    /// The same problem at this place.
    pub fn at(self, at: At) -> Problem {
        Problem { at: Some(at), ..self }
    }

    /// The same problem with these words under its place.
    pub fn label(self, label: impl Into<String>) -> Problem {
        Problem { label: Some(label.into()), ..self }
    }

    /// The same problem with one more thing to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help.push(help.into());
        self
    }

    /// The same problem with another place that belongs to it.
    pub fn related(mut self, at: At, label: impl Into<String>) -> Problem {
        self.related.push((at, label.into()));
        self
    }

    /// The problem as the JSON report shows it. The label stands first in `help`: nothing is lost without the
    /// snippet.
    pub fn record(&self, sources: &Sources) -> ProblemRecord {
        let Problem { code, severity, at, message, label, help, related: _ } = self;
        let places = at.as_ref().and_then(|at| {
            let source = sources.get(&at.file)?;
            at.range.as_ref().map(|range| (source.position(range.start), source.position(range.end)))
        });
        let (position, end) = places.unzip();
        ProblemRecord {
            code: code.to_string(),
            severity: *severity,
            file: at.as_ref().map(|at| at.file.clone()),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            end_line: end.map(|end| end.line),
            end_column: end.map(|end| end.column),
            path: at.as_ref().filter(|at| !at.pointer.is_root()).map(|at| at.pointer.to_string()),
            message: message.clone(),
            help: label.iter().chain(help).cloned().collect(),
        }
    }
}

/// A problem in the JSON report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProblemRecord {
    /// The stable code, such as `TK021`.
    pub code: String,
    /// Whether it stops the command.
    pub severity: Severity,
    /// The file's path, as given on the command line.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The line in which the place ends, from 1.
    pub end_line: Option<usize>,
    /// The column behind the place's last character, from 1.
    pub end_column: Option<usize>,
    /// The setting, such as `channels[0].source`.
    pub path: Option<String>,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it.
    pub help: Vec<String>,
}

/// How many errors, and how many warnings, are kept. Nobody reads more, and a file with a mistake in each of its
/// lines must not take minutes.
pub const MAX_KEPT: usize = 1000;

/// All problems of a manifest, up to [`MAX_KEPT`] of each severity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    kept: Vec<Problem>,
    errors: usize,
    /// The worst of those that were not kept.
    more: Option<Severity>,
    silenced: Vec<Problem>,
}

impl Problems {
    /// What is heard, and the warnings that the manifest does not want to hear.
    /// `more` is the worst of what was found and not kept before.
    pub(super) fn parted(
        (heard, silenced): (Vec<Problem>, Vec<Problem>),
        more: Option<Severity>,
    ) -> Problems {
        let all = Problems::from(heard);
        Problems { silenced, more: worse(all.more, more), ..all }
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        let error = problem.severity == Severity::Error;
        let alike = if error { self.errors } else { self.kept.len() - self.errors };
        if alike < MAX_KEPT {
            self.errors += usize::from(error);
            self.kept.push(problem);
        } else {
            self.more = worse(self.more, Some(problem.severity));
        }
    }

    /// Adds all of others, and that there were more.
    pub fn append(&mut self, others: Problems) {
        let Problems { kept, errors: _, more, silenced } = others;
        self.extend(kept);
        self.silenced.extend(silenced);
        self.more = worse(self.more, more);
    }

    /// Keeps those of which this holds.
    pub(super) fn retain(&mut self, holds: impl FnMut(&Problem) -> bool) {
        self.kept.retain(holds);
        self.errors = self.kept.iter().filter(|problem| problem.severity == Severity::Error).count();
    }

    /// Each of them changed.
    pub(super) fn map(self, change: impl Fn(Problem) -> Problem) -> Problems {
        Problems { kept: self.kept.into_iter().map(change).collect(), ..self }
    }

    /// Whether a further error would not be told any more, so that its words need not be found.
    pub(super) fn is_full(&self) -> bool {
        self.errors >= MAX_KEPT
    }

    /// The worst of those that were not kept.
    pub(super) fn more(&self) -> Option<Severity> {
        self.more
    }

    /// The warnings that the manifest does not want to hear; they count for nothing else here.
    pub fn silenced(&self) -> &[Problem] {
        &self.silenced
    }

    /// Whether there is none, not even a warning.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// The problems, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.kept.iter()
    }

    /// Whether one of them stops the command.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// The problems in file order: files as given, then by place; what stands nowhere comes last. What several
    /// pointers reach (through an alias) is told once. The last one says that there are more, when there are.
    pub fn into_sorted(self, sources: &Sources) -> Vec<Problem> {
        let mut sorted = in_file_order(self.kept, sources);
        sorted.extend(self.more.map(|severity| {
            let message = "there are more problems, which are told once these are mended";
            Problem::new(Code::MANY, severity, message.to_owned())
        }));
        sorted
    }
}

/// Problems in file order; what several pointers reach (through an alias) is told once, and of what stands for nothing only that.
pub fn in_file_order(mut problems: Vec<Problem>, sources: &Sources) -> Vec<Problem> {
    problems.sort_by_cached_key(|problem| {
        let place = problem.at.as_ref().map(|at| {
            let start = at.range.as_ref().map(|range| (range.start, range.end));
            (sources.rank(&at.file), at.file.clone(), start)
        });
        (place.is_none(), place, problem.code, problem.message.clone())
    });
    let file = |problem: &Problem| problem.at.as_ref().map(|at| (at.file.clone(), at.range.clone()));
    problems.dedup_by(|a, b| {
        let same = a.code == b.code && a.message == b.message;
        // Of what has no meaning, nothing else is wrong.
        let follows = b.code == Code::UNUSABLE && a.code != Code::UNUSABLE && b.at.is_some();
        (same || follows) && file(a) == file(b)
    });
    problems
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(problems: Vec<Problem>) -> Self {
        let mut all = Problems::default();
        all.extend(problems);
        all
    }
}

/// An error is worse than a warning.
pub(super) fn worse(one: Option<Severity>, other: Option<Severity>) -> Option<Severity> {
    one.into_iter().chain(other).min()
}

#[cfg(test)]
mod tests {
    use super::super::source::SourceFile;
    use super::*;

    #[test]
    fn problems_stand_in_file_order_once_each() {
        let file = |path: &str| SourceFile::decode(path, b"a: 1\nb: 2\n").unwrap();
        let sources: Sources = [file("z.yaml"), file("a.yaml")].into_iter().collect();
        let at = |path: &str, start| At { range: Some(start..start + 1), ..At::file(path) };
        let mut problems = Problems::default();
        problems.push(Problem::error(Code::TYPE, "nowhere"));
        problems.push(Problem::error(Code::TYPE, "second file").at(at("a.yaml", 0)));
        problems.push(Problem::warning(Code::TYPE, "late").at(at("z.yaml", 5)));
        problems.push(Problem::error(Code::TYPE, "early").at(at("z.yaml", 0)));
        problems.push(Problem::error(Code::TYPE, "early").at(at("z.yaml", 0)));
        problems.push(Problem::error(Code::TYPE, "whole file").at(At::file("z.yaml")));
        assert!(problems.has_errors());
        let told: Vec<String> = problems.into_sorted(&sources).into_iter().map(|p| p.message).collect();
        assert_eq!(told, ["whole file", "early", "late", "second file", "nowhere"]);
    }

    #[test]
    fn a_record_says_everything_that_the_snippet_says() {
        let source = SourceFile::decode("m.yaml", "tags:\n  é: 1\n".as_bytes()).unwrap();
        let pointer = Pointer::default().key("tags").key("é");
        let at = source.at(12..13, pointer);
        let problem =
            Problem::error(Code::TYPE, "expected text").at(at).label("quote it: \"1\"").help("see TAGS");
        let record = serde_json::to_value(problem.record(&[source].into_iter().collect())).unwrap();
        let expected = serde_json::json!({
            "code": "TK012", "severity": "error", "file": "m.yaml", "line": 2, "column": 6,
            "end_line": 2, "end_column": 7, "path": "tags[\"é\"]",
            "message": "expected text", "help": ["quote it: \"1\"", "see TAGS"],
        });
        assert_eq!(record, expected);
    }
}
