//! The command line: reads files, the clock and signals, calls the pipeline, prints, and turns the end into an
//! exit code. Decides nothing about CloudTrail.

mod args;
mod failure;
mod terminal;

mod validate;

mod plan;

mod apply;

mod show;

mod drift;

mod export;
mod iam_policy;

mod schema;

mod clock;
mod load;
mod observe;
mod output;
mod progress;
mod saved;
mod target;

pub use failure::Exit;
pub use terminal::{Interrupt, Terminal};

use args::{Command, CommandLine};
use clap::Parser;
use clap::error::ErrorKind;
use failure::Failure;
use output::Output;
use std::ffi::OsString;

/// Runs one command line, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> Exit {
    match CommandLine::try_parse_from(args) {
        Ok(line) => command(&line, terminal),
        Err(error) => usage(&error, terminal),
    }
}

fn command(line: &CommandLine, terminal: &mut Terminal<'_>) -> Exit {
    let CommandLine { command, target, output } = line;
    let mut output = Output::new(terminal, command.format(), output);
    let ended = match command {
        Command::Validate(args) => validate::run(args, target, &mut output),
        Command::IamPolicy(args) => iam_policy::run(args, target, &mut output),
        Command::Schema(args) => schema::run(args, &mut output),
        Command::Show(args) => show::run(args, &mut output),
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
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => Err(anyhow::Error::new(error).context("could not start").into()),
    }
}

/// Help and version are reports; anything else that clap says is bad usage. clap's own exit code for that is 2,
/// which means "differences" here.
fn usage(error: &clap::Error, terminal: &mut Terminal<'_>) -> Exit {
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
            let text = text(terminal.stderr_colored);
            terminal.say(&text);
            Exit::Trouble
        }
    }
}
