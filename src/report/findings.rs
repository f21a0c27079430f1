//! What a look at a manifest found, as every format tells it.

use super::count;
use crate::manifest::problem::{At, Problem, Severity};
use crate::manifest::source::{Position, Sources};

/// What was found in a manifest, in file order, with the texts that it points into.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'a> {
    /// What is told.
    pub problems: &'a [Problem],
    /// The warnings that the manifest does not want to hear; they are counted.
    pub silenced: &'a [Problem],
    /// The manifest's files.
    pub sources: &'a Sources,
}

impl Findings<'_> {
    /// `2 problems, 1 warning, 3 silenced`.
    pub fn tally(&self) -> String {
        let warnings = self.problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
        let parts = [
            Some(count(self.problems.len() - warnings, "problem")),
            (warnings > 0).then(|| count(warnings, "warning")),
            (!self.silenced.is_empty()).then(|| format!("{} silenced", self.silenced.len())),
        ];
        parts.into_iter().flatten().collect::<Vec<String>>().join(", ")
    }

    /// Where a problem begins and where it ends; none when it is about a whole file, or stands nowhere.
    pub(super) fn places(&self, problem: &Problem) -> Option<(Position, Position)> {
        self.place(problem.at.as_ref()?)
    }

    /// Where a place begins and where it ends.
    pub(super) fn place(&self, at: &At) -> Option<(Position, Position)> {
        let source = self.sources.get(&at.file)?;
        let range = at.range.as_ref()?;
        Some((source.position(range.start), source.position(range.end.max(range.start))))
    }
}

/// A problem's message with all that helps, the words under its place first.
pub(super) fn words(problem: &Problem) -> Vec<&str> {
    let Problem { message, label, help, code: _, severity: _, at: _, related: _ } = problem;
    let helps = label.iter().chain(help).map(String::as_str);
    std::iter::once(message.as_str()).chain(helps).collect()
}
