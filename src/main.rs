//! The binary: everything is in the library.

use std::io::{stderr, stdin, stdout};
use std::process::ExitCode;
use trailkeeper::cli;

fn main() -> ExitCode {
    let (mut stdin, mut stdout, mut stderr) = (stdin().lock(), stdout(), stderr());
    let mut terminal = cli::Terminal::of_process(&mut stdin, &mut stdout, &mut stderr);
    cli::run(std::env::args_os(), &mut terminal).into()
}
