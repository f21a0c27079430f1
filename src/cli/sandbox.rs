//! `sandbox`: the embedded CloudTrail over HTTP, and its state. The server itself is the emulator's.

use super::args::{SandboxCommand, ServeArgs, StateArgs, TargetArgs};
use super::failure::{Exit, Failure};
use super::interrupt::Words;
use super::output::Output;
use super::target::SANDBOX_ACCOUNT;
use crate::emulator::{Emulator, Fault, OpenError, Remote, RemoteError};
use crate::name::AccountId;
use crate::report::Trouble;
use crate::report::style::escape;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;

pub(super) async fn run(
    command: &SandboxCommand,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    if target.sandbox.is_some() {
        let trouble = Trouble::new("--sandbox is for the commands that look at an account");
        return Err(trouble.help("name the sandbox's file with --state").into());
    }
    match command {
        SandboxCommand::Serve(args) => serve(args, target, output).await?,
        SandboxCommand::Reset(args) => {
            let place = reset(args, target).await?;
            output.terminal.report(&format!("{place} is empty now\n"))?;
        }
        SandboxCommand::Show(args) => {
            let state = show(args, target).await?;
            // Anybody may have written anything into it.
            let lines: String = state.lines().map(|line| format!("{}\n", escape(line))).collect();
            output.terminal.report(&lines)?;
        }
    }
    Ok(Exit::Done)
}

async fn serve(args: &ServeArgs, target: &TargetArgs, output: &mut Output<'_, '_>) -> anyhow::Result<()> {
    let ServeArgs { state, listen, latency, enforce_limits, faults } = args;
    let account = target.account.as_ref().map_or(SANDBOX_ACCOUNT, AccountId::as_str);
    let faults = faults.as_deref().map(read_faults).transpose()?.unwrap_or_default();
    let emulator = match state {
        Some(file) => Emulator::open(file, account).map_err(|error| unopened(&error))?,
        None => Emulator::new(account),
    };
    emulator.forget_calls();
    emulator.set_faults(faults);
    if *enforce_limits {
        emulator.enforce_limits();
    }
    let listener = TcpListener::bind(listen).await;
    let bound = listener.and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (address, listener) = bound.map_err(|error| {
        let trouble = Trouble::new(format!("could not listen on {listen}")).because(error.to_string());
        trouble.help("choose another address with --listen; port 0 picks a free one")
    })?;
    let interrupt = output.terminal.interrupt.clone();
    // A server that is told to end ends; there is no call to speak of.
    interrupt.listen(Words::default(), Exit::Done.code());
    warn_of_strangers(address, output);
    output.terminal.report(&format!("listening on http://{address}\n"))?;
    emulator.serve(listener, Duration::from_millis(*latency), interrupt.wanted()).await;
    output.progress("ended as asked\n");
    Ok(())
}

fn warn_of_strangers(address: SocketAddr, output: &mut Output<'_, '_>) {
    if !address.ip().is_loopback() {
        let warning = "everybody who can reach this address can read and change the sandbox";
        output.progress(&format!("warning: {warning}\n"));
    }
}

fn read_faults(path: &Path) -> Result<Vec<Fault>, Trouble> {
    let unread = |cause: String| {
        Trouble::new(format!("could not read the faults in `{}`", path.display())).because(cause)
    };
    let text = fs::read_to_string(path).map_err(|error| unread(error.to_string()))?;
    Fault::list(&text).map_err(|cause| {
        unread(cause).help("the file is a YAML list, such as `[{on: CreateTrail, nth: 2, then: throttled}]`")
    })
}

async fn reset(args: &StateArgs, target: &TargetArgs) -> Result<String, Trouble> {
    match (&args.state, &target.endpoint_url) {
        (Some(file), _) => {
            let emulator = Emulator::open(file, SANDBOX_ACCOUNT).map_err(|error| unopened(&error))?;
            emulator.reset().map_err(|error| unopened(&error))?;
            Ok(format!("the sandbox {}", file.display()))
        }
        (None, Some(url)) => {
            let asked = async { Remote::at(url)?.reset().await };
            asked.await.map_err(|error| unreached(url, &error))?;
            Ok(format!("the sandbox at {url}"))
        }
        (None, None) => Err(unnamed()),
    }
}

async fn show(args: &StateArgs, target: &TargetArgs) -> Result<String, Trouble> {
    match (&args.state, &target.endpoint_url) {
        (Some(file), _) => Emulator::state_of(file).map_err(|error| unopened(&error)),
        (None, Some(url)) => {
            let asked = async { Remote::at(url)?.state().await };
            asked.await.map_err(|error| unreached(url, &error))
        }
        (None, None) => Err(unnamed()),
    }
}

fn unnamed() -> Trouble {
    Trouble::new("no sandbox was named").help("name its file with --state, or its server with --endpoint-url")
}

fn unopened(error: &OpenError) -> Trouble {
    let trouble = Trouble::new(error.to_string());
    match error {
        OpenError::Locked { .. } => {
            trouble.help(format!("{}; a server is asked with --endpoint-url", error.help()))
        }
        _ => trouble.help(error.help()),
    }
}

fn unreached(url: &str, error: &RemoteError) -> Trouble {
    Trouble::new(format!("could not ask the sandbox at {url}"))
        .because(error.to_string())
        .help("--endpoint-url takes what `trailkeeper sandbox serve` prints")
}
