//! What a command says, in the colours and as much as the command line asks.

use super::args::{Color, Format, OutputArgs};
use super::failure::{Failure, told};
use super::terminal::Terminal;
use crate::manifest::problem::{Code, Problem, Severity};
use crate::manifest::render_text;
use crate::manifest::source::Sources;
use crate::report::{Style, count, json};
use std::time::SystemTime;

/// The terminal, and how to use it.
pub(super) struct Output<'o, 't> {
    pub(super) terminal: &'o mut Terminal<'t>,
    pub(super) format: Format,
    color: Color,
    verbose: bool,
    quiet: bool,
}

impl<'o, 't> Output<'o, 't> {
    pub(super) fn new(terminal: &'o mut Terminal<'t>, format: Format, args: &OutputArgs) -> Output<'o, 't> {
        let OutputArgs { color, verbose, quiet } = args;
        Output { terminal, format, color: *color, verbose: *verbose, quiet: *quiet }
    }

    /// How the report looks.
    pub(super) fn style(&self) -> Style {
        self.colored(self.terminal.stdout_colored)
    }

    /// How everything beside the report looks.
    pub(super) fn side_style(&self) -> Style {
        self.colored(self.terminal.stderr_colored)
    }

    fn colored(&self, default: bool) -> Style {
        let colored = match self.color {
            Color::Auto => default,
            Color::Always => true,
            Color::Never => false,
        };
        Style { colored }
    }

    pub(super) fn now(&self) -> SystemTime {
        (self.terminal.now)()
    }

    /// A line that only those want who asked for more.
    pub(super) fn detail(&mut self, line: &str) {
        if self.verbose {
            self.terminal.say(&format!("{line}\n"));
        }
    }

    /// Whether requests are shown as they are sent.
    pub(super) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Whether progress is left out.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Progress, for those who did not ask for quiet.
    pub(super) fn progress(&mut self, text: &str) {
        if !self.quiet {
            self.terminal.say(text);
        }
    }

    /// Problems that stop nothing.
    pub(super) fn warn(&mut self, warnings: &[Problem], sources: &Sources) {
        if !self.quiet {
            let text = render_text(warnings, sources, self.side_style().colored);
            self.terminal.say(&text);
        }
    }

    /// What stands in the place of a report: for people on stderr, for programs on stdout too.
    pub(super) fn fail(&mut self, failure: &Failure) {
        let style = self.side_style();
        let (text, document) = match failure {
            Failure::Trouble(error) => {
                let trouble = told(error);
                (trouble.text(style), json::trouble(&trouble))
            }
            Failure::Problems { problems, sources } => {
                let records = problems.iter().map(|problem| problem.record(sources)).collect();
                let text = render_text(problems, sources, style.colored);
                (format!("{text}{}", tally(problems)), json::problems(records))
            }
        };
        self.terminal.say(&text);
        if self.format == Format::Json
            && let Err(error) = self.terminal.report(&document)
        {
            self.terminal.say(&told(&error).text(style));
        }
    }

    /// The report, in the format that was asked for.
    pub(super) fn report(
        &mut self,
        text: impl Fn(Style) -> String,
        json: impl Fn() -> String,
    ) -> anyhow::Result<()> {
        let report = match self.format {
            Format::Text => text(self.style()),
            Format::Json => json(),
        };
        self.terminal.report(&report)
    }
}

/// `2 problems`, with the warnings among them.
fn tally(problems: &[Problem]) -> String {
    let (more, told): (Vec<_>, Vec<_>) = problems.iter().partition(|problem| problem.code == Code::MANY);
    let least = if more.is_empty() { "" } else { "more than " };
    let warnings = told.iter().filter(|problem| problem.severity == Severity::Warning).count();
    let errors = count(told.len() - warnings, "problem");
    match warnings {
        0 => format!("{least}{errors}\n"),
        warnings => format!("{least}{errors}, {}\n", count(warnings, "warning")),
    }
}
