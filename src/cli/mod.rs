//! The command line: reads files, the clock and signals, calls the pipeline, prints, and turns the end into an
//! exit code. Decides nothing about CloudTrail.

mod args;
mod failure;
mod interrupt;
mod terminal;

mod validate;

mod plan;

mod apply;

mod show;

mod drift;

mod export;
mod iam_policy;

mod schema;

mod completions;

mod sandbox;

mod clock;
mod files;
mod load;
mod observe;
mod output;
mod progress;
mod saved;
mod target;

pub use failure::Exit;
pub use interrupt::Interrupt;
pub use terminal::Terminal;

use crate::report::{Trouble, github, json, sarif};
use args::{Command, CommandLine, command_line};
use clap::FromArgMatches;
use clap::error::ErrorKind;
use failure::Failure;
use output::Output;
use std::ffi::OsString;

/// Runs one command line, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    match understood(&args) {
        Ok(line) => command(&line, terminal),
        Err(error) => usage(&error, wanted_format(&args), terminal),
    }
}

fn understood(args: &[OsString]) -> Result<CommandLine, clap::Error> {
    let mut command = command_line();
    let matches = command.try_get_matches_from_mut(args);
    let line = matches.and_then(|matches| CommandLine::from_arg_matches(&matches));
    line.map_err(|error| error.format(&mut command))
}

fn command(line: &CommandLine, terminal: &mut Terminal<'_>) -> Exit {
    let CommandLine { command, target, output } = line;
    let mut output = Output::new(terminal, command.word(), command.form(), output);
    let ended = match command {
        Command::Validate(args) => validate::run(args, target, &mut output),
        Command::IamPolicy(args) => iam_policy::run(args, target, &mut output),
        Command::Schema(args) => schema::run(args, &mut output),
        Command::Completions(args) => completions::run(args, &mut output),
        Command::Show(args) => show::run(args, &mut output),
        Command::Sandbox(args) => wait_for(sandbox::run(args, target, &mut output)),
        Command::Plan(args) => wait_for(plan::run(args, target, &mut output)),
        Command::Apply(args) => wait_for(apply::run(args, target, &mut output)),
        Command::Drift(args) => wait_for(drift::run(args, target, &mut output)),
        Command::Export(args) => wait_for(export::run(args, target, &mut output)),
    };
    ended.unwrap_or_else(|failure| {
        output.fail(&failure);
        Exit::Trouble
    })
}

fn wait_for(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    // One more thread, which hears signals whatever this one does.
    match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => Err(anyhow::Error::new(error).context("could not start").into()),
    }
}

/// Help and version are reports; anything else that clap says is bad usage. clap's own exit code for that is 2,
/// which means "differences" here.
fn usage(error: &clap::Error, format: Option<&str>, terminal: &mut Terminal<'_>) -> Exit {
    let text = |colored: bool| {
        let text = error.render();
        if colored { text.ansi().to_string() } else { text.to_string() }
    };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = text(terminal.stdout_colored);
            match terminal.report(&text) {
                Ok(()) => Exit::Done,
                Err(_) => Exit::Trouble,
            }
        }
        _ => {
            let said = text(terminal.stderr_colored);
            terminal.say(&said);
            let trouble = misused(&text(false));
            let document = match format {
                Some("json") => Some(json::trouble(&trouble)),
                Some("github") => Some(github::trouble(&trouble)),
                Some("sarif") => Some(sarif::trouble(&trouble)),
                _ => None,
            };
            if let Some(document) = document {
                // There is nobody else to be told that even this could not be printed.
                let _ = terminal.report(&document);
            }
            Exit::Trouble
        }
    }
}

/// How the report was to be written, on a command line that could not be understood as a whole.
fn wanted_format(args: &[OsString]) -> Option<&str> {
    let mut ours = args.iter().take_while(|arg| *arg != "--").map(|arg| arg.to_str().unwrap_or_default());
    while let Some(arg) = ours.next() {
        match arg.strip_prefix("--format") {
            Some("") => return ours.next(),
            Some(value) if value.starts_with('=') => return value.get(1..),
            _ => {}
        }
    }
    None
}

/// What clap says, in paragraphs of which the first says what is wrong, as trouble.
fn misused(text: &str) -> Trouble {
    let mut paragraphs = text.split("\n\n").map(|paragraph| {
        let lines: Vec<&str> = paragraph.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        lines.join(" ")
    });
    let first = paragraphs.next().unwrap_or_default();
    let trouble = Trouble::new(first.strip_prefix("error: ").unwrap_or(&first));
    paragraphs.filter(|paragraph| !paragraph.is_empty()).fold(trouble, Trouble::help)
}
