//! Trouble: something failed before anything was changed. Its subject, its causes and its way out.

use super::style::{Ink, Style};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// Why a command could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trouble {
    /// What could not be done, with its subject.
    pub message: String,
    /// Why, from near to far.
    pub causes: Vec<String>,
    /// What to do about it.
    pub help: Vec<String>,
}

impl Trouble {
    /// Trouble without a cause beneath it.
    pub fn new(message: impl Into<String>) -> Trouble {
        Trouble { message: message.into(), causes: Vec::new(), help: Vec::new() }
    }

    /// The same trouble because of this.
    pub fn because(mut self, cause: impl Into<String>) -> Trouble {
        self.causes.push(cause.into());
        self
    }

    /// The same trouble with one more thing to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Trouble {
        self.help.push(help.into());
        self
    }

    /// Everything that it says, each on a line of its own.
    pub(super) fn lines(&self) -> Vec<&str> {
        let Trouble { message, causes, help } = self;
        std::iter::once(message).chain(causes).chain(help).map(String::as_str).collect()
    }

    /// The trouble as lines for stderr.
    pub fn text(&self, style: Style) -> String {
        let Trouble { message, causes, help } = self;
        let line = |mark: &str, text: &String| {
            // A message of the service may have several lines; each is shown, none of them can forge another.
            let lines: Vec<String> = text.lines().map(|line| style.paint(Ink::Plain, line)).collect();
            format!("  {} {}\n", style.paint(Ink::Quiet, mark), lines.join("\n    "))
        };
        let head = format!("{} {}\n", style.paint(Ink::Bad, "error:"), style.paint(Ink::Strong, message));
        let causes = causes.iter().map(|cause| line("because:", cause));
        let help = help.iter().map(|help| line("help:", help));
        std::iter::once(head).chain(causes).chain(help).collect()
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Trouble {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_names_subject_cause_and_way_out() {
        let trouble = Trouble::new("could not read `x.yaml`").because("no such file").help("check the path");
        let expected = "error: could not read `x.yaml`\n  because: no such file\n  help: check the path\n";
        assert_eq!(trouble.text(Style::default()), expected);
        let odd = Trouble::new("a\u{1b}[2Jb").because("one\ntwo");
        assert_eq!(odd.text(Style::default()), "error: a\\u{1b}[2Jb\n  because: one\n    two\n");
    }
}
