//! `completions`: what a shell needs to complete this command line. It comes from the command line itself.

use super::args::{CompletionsArgs, command_line};
use super::failure::{Exit, Failure};
use super::output::Output;

pub(super) fn run(args: &CompletionsArgs, output: &mut Output<'_, '_>) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command_line(), "trailkeeper", &mut script);
    output.terminal.report(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
