//! What a command says, in the colours and as much as the command line asks.

use super::args::{Color, Form, Format, OutputArgs};
use super::failure::{Failure, told};
use super::terminal::Terminal;
use crate::manifest::render_text;
use crate::report::{Findings, Style, Trouble, count, github, json, markdown, text};
use std::path::Path;
use std::time::SystemTime;

/// The terminal, and how to use it.
pub(super) struct Output<'o, 't> {
    pub(super) terminal: &'o mut Terminal<'t>,
    /// The command's name.
    command: &'static str,
    pub(super) form: Form,
    color: Color,
    verbose: bool,
    quiet: bool,
}

impl<'o, 't> Output<'o, 't> {
    pub(super) fn new(
        terminal: &'o mut Terminal<'t>,
        command: &'static str,
        form: Form,
        args: &OutputArgs,
    ) -> Output<'o, 't> {
        let OutputArgs { color, verbose, quiet } = args;
        Output { terminal, command, form, color: *color, verbose: *verbose, quiet: *quiet }
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

    /// That a report stands in a file too.
    pub(super) fn saved(&mut self, file: &Path) {
        let file = text::plain(&file.to_string_lossy(), self.side_style());
        self.progress(&format!("saved in {file}\n"));
    }

    /// Problems that stop nothing, and that some are not told.
    pub(super) fn warn(&mut self, findings: &Findings<'_>) {
        self.warnings(findings);
        let silenced = findings.silenced.len();
        if silenced > 0 {
            self.progress(&format!("{} silenced by the manifest\n", count(silenced, "warning")));
        }
    }

    /// Problems that stop nothing.
    pub(super) fn warnings(&mut self, findings: &Findings<'_>) {
        let Findings { problems, silenced: _, sources } = findings;
        if !self.quiet {
            let text = render_text(problems, sources, self.side_style().colored);
            self.terminal.say(&text);
        }
    }

    /// What stands in the place of a report: for people on stderr, for everybody else on stdout too.
    pub(super) fn fail(&mut self, failure: &Failure) {
        let style = self.side_style();
        let printed = match failure {
            Failure::Trouble(error) => {
                let trouble = told(error);
                self.terminal.say(&trouble.text(style));
                self.report(&Report {
                    text: &|_| String::new(),
                    markdown: &|bytes| markdown::trouble(self.command, &trouble, bytes),
                    json: &|| json::trouble(&trouble),
                    annotations: &|| github::trouble(&trouble),
                })
            }
            Failure::Problems { problems, silenced, sources } => {
                let findings = Findings { problems, silenced, sources };
                let text = render_text(problems, sources, style.colored);
                self.terminal.say(&format!("{text}{}\n", findings.tally()));
                self.report(&Report {
                    text: &|_| String::new(),
                    markdown: &|bytes| markdown::problems(self.command, &findings, bytes),
                    json: &|| json::problems(&findings),
                    annotations: &|| github::problems(&findings),
                })
            }
        };
        if let Err(error) = printed {
            self.terminal.say(&told(&error).text(style));
        }
    }

    /// The report, in the format that was asked for.
    pub(super) fn report(&mut self, report: &Report<'_>) -> anyhow::Result<()> {
        let Report { text, markdown, json, annotations } = report;
        let Form { format, max_bytes } = self.form;
        let report = match format {
            Format::Text => text(self.style()),
            Format::Markdown => markdown(max_bytes),
            Format::Json => json(),
            Format::Github => {
                self.summarize(&markdown(max_bytes));
                let text = text(self.style());
                let text = if text.is_empty() { text } else { github::quiet(&text) };
                format!("{text}{}", annotations())
            }
        };
        if report.is_empty() { Ok(()) } else { self.terminal.report(&report) }
    }

    /// The report stands in the log all the same where GitHub's page cannot be written.
    fn summarize(&mut self, markdown: &str) {
        if let Err(error) = self.terminal.summarize(markdown) {
            let path = self.terminal.step_summary.as_deref().unwrap_or(Path::new("")).display();
            let trouble = Trouble::new(format!("could not write the step's summary to `{path}`"))
                .because(error.to_string())
                .help("GITHUB_STEP_SUMMARY must name a file that can be written, in a folder that exists");
            let text = trouble.text(self.side_style());
            self.terminal.say(&text);
        }
    }
}

/// A report in every format.
pub(super) struct Report<'r> {
    pub(super) text: &'r dyn Fn(Style) -> String,
    /// In at most so many bytes.
    pub(super) markdown: &'r dyn Fn(usize) -> String,
    pub(super) json: &'r dyn Fn() -> String,
    /// What GitHub shows at the manifest's lines.
    pub(super) annotations: &'r dyn Fn() -> String,
}
