//! The command line with a help that shows, for each command, only what it does something with. Every command still
//! takes the options of all, so that a script can give the same to each.

use super::CommandLine;
use clap::{Arg, Command, CommandFactory};

/// An option of all commands, and what it means to one of them; nothing where it means the same to all.
type Used = (&'static str, Option<&'static str>);

const COLOR: Used = ("color", None);
const QUIET: Used = ("quiet", None);
const ACCOUNT: Used = ("account", Some("The account, where the manifest does not say it"));
const REGION: Used = ("region", Some("The region, where the manifest does not say it"));
const CALLER: Used =
    ("account", Some("The account that calls, unless the access key names another [default: 123456789012]"));
const SERVER: Used = ("endpoint_url", Some("Where the server is, as `sandbox serve` says it"));

/// What of the options of all commands has a meaning for these; for the others each has.
const USED: [(&str, &[Used]); 6] = [
    ("validate", &[ACCOUNT, REGION, COLOR, QUIET]),
    ("iam-policy", &[ACCOUNT, REGION, COLOR, QUIET]),
    ("show", &[COLOR, QUIET]),
    ("schema", &[COLOR]),
    ("completions", &[COLOR]),
    ("sandbox", &[COLOR]),
];

/// The same below `sandbox`.
const USED_BY_SANDBOX: [(&str, &[Used]); 3] =
    [("serve", &[CALLER, COLOR, QUIET]), ("reset", &[SERVER, COLOR]), ("show", &[SERVER, COLOR])];

/// The whole command line.
pub(in crate::cli) fn command_line() -> Command {
    let command = CommandLine::command();
    let global: Vec<Arg> = command.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    told(command, &USED, &global)
        .mut_subcommand("sandbox", |sandbox| told(sandbox, &USED_BY_SANDBOX, &global))
}

/// The command whose subcommands show what they use.
fn told(command: Command, commands: &[(&str, &[Used])], global: &[Arg]) -> Command {
    command.mut_subcommands(|sub| match commands.iter().find(|(name, _)| sub.get_name() == *name) {
        // Where a subcommand has an option of that name, clap does not put the one of all commands there.
        Some((_, used)) => sub.args(global.iter().map(|arg| shown(arg.clone(), used))),
        None => sub,
    })
}

fn shown(arg: Arg, used: &[Used]) -> Arg {
    match used.iter().find(|(id, _)| arg.get_id() == id) {
        Some((_, Some(help))) => arg.help(help),
        Some((_, None)) => arg,
        None => arg.hide(true),
    }
}
