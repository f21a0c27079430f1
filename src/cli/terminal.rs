//! Where a command reads from and prints to. Tests put their own in its place and drive commands in process.

use super::interrupt::Interrupt;
use anstream::{AutoStream, ColorChoice};
use anyhow::Context;
use std::fs::OpenOptions;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::time::SystemTime;

/// The surroundings of a command.
pub struct Terminal<'a> {
    /// What a person types.
    pub stdin: &'a mut dyn BufRead,
    /// Where the report goes, and nothing else.
    pub stdout: &'a mut dyn Write,
    /// Where progress, warnings, errors and questions go.
    pub stderr: &'a mut dyn Write,
    /// Whether there is a person who reads stderr and answers on stdin.
    pub interactive: bool,
    /// Whether stdout shows colours, when nothing is asked.
    pub stdout_colored: bool,
    /// Whether stderr shows colours, when nothing is asked.
    pub stderr_colored: bool,
    /// The file whose Markdown GitHub Actions shows with the step, when it is GitHub Actions.
    pub step_summary: Option<PathBuf>,
    /// The time.
    pub now: fn() -> SystemTime,
    /// Who says that the run shall end.
    pub interrupt: Interrupt,
}

impl<'a> Terminal<'a> {
    /// The process's own streams, clock and signals.
    pub fn of_process(
        stdin: &'a mut io::StdinLock<'static>,
        stdout: &'a mut io::Stdout,
        stderr: &'a mut io::Stderr,
    ) -> Terminal<'a> {
        Terminal {
            interactive: stdin.is_terminal() && stderr.is_terminal(),
            // NO_COLOR, CLICOLOR and TERM are honoured here.
            stdout_colored: AutoStream::choice(stdout) != ColorChoice::Never,
            stderr_colored: AutoStream::choice(stderr) != ColorChoice::Never,
            stdin,
            stdout,
            stderr,
            step_summary: std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            now: SystemTime::now,
            interrupt: Interrupt::from_signals(),
        }
    }

    /// Prints the report, or a part of it. A reader who has gone away wanted no more of it.
    pub(super) fn report(&mut self, text: &str) -> anyhow::Result<()> {
        match self.print(text) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            printed => printed.context("could not write the report"),
        }
    }

    /// Prints what must be seen before anything is done.
    pub(super) fn show(&mut self, text: &str) -> anyhow::Result<()> {
        self.print(text).context("could not show the plan, so nothing was done")
    }

    fn print(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(text.as_bytes())?;
        self.stdout.flush()
    }

    /// Adds to what GitHub shows with the step, where earlier commands of the step may have written already
    /// (GitHub documentation, workflow commands: adding a job summary).
    pub(super) fn summarize(&mut self, markdown: &str) -> io::Result<()> {
        let Some(path) = &self.step_summary else { return Ok(()) };
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(format!("{markdown}\n").as_bytes())
    }

    /// Says something beside the report. Where nobody listens there is nothing to be done about it.
    pub(super) fn say(&mut self, text: &str) {
        let _ = self.stderr.write_all(text.as_bytes()).and_then(|()| self.stderr.flush());
    }

    /// Asks, and reads one line of answer.
    pub(super) fn ask(&mut self, question: &str) -> io::Result<String> {
        self.stderr.write_all(question.as_bytes())?;
        self.stderr.flush()?;
        let mut answer = String::new();
        self.stdin.read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }
}
