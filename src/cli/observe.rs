//! What every command that looks at the account does first: load, connect, check whose account it is, resolve,
//! read. It cannot write.

use super::args::{GuardArgs, ManifestArgs, OnlyArgs, TargetArgs};
use super::failure::Failure;
use super::load::{Meant, load};
use super::output::Output;
use super::target::Wanted;
use super::{clock, target};
use crate::aws::{ConnectOptions, ReadError, Reader, connect};
use crate::manifest::Manifest;
use crate::manifest::source::Sources;
use crate::manifest::suggest::closest;
use crate::name::{Date, Target, Time};
use crate::plan::{Decision, decide, decide_only};
use crate::report::github::Places;
use crate::report::{Run, Trouble};
use crate::resource::{DELETION_WAIT, Key};
use crate::settle::Conflict;
use crate::state::{Asks, Desired, Live, RunOptions};
use std::collections::BTreeSet;

/// A manifest and an account, side by side.
pub(super) struct Observed {
    manifest: Manifest,
    sources: Sources,
    pub(super) desired: Desired,
    pub(super) live: Live,
    pub(super) reader: Reader,
    pub(super) run: Run,
    /// Until when a store that is deleted now can be restored, at least.
    pub(super) restorable_until: String,
    /// When the account was read.
    pub(super) now: Time,
    today: Date,
}

/// Looks at the account with the manifest's eyes. With `guarded`, the account must have been named beforehand.
pub(super) async fn observe(
    manifest: &ManifestArgs,
    target: &TargetArgs,
    guarded: bool,
    output: &mut Output<'_, '_>,
) -> Result<Observed, Failure> {
    let loaded = load(manifest, output.terminal.stdin)?;
    let header = loaded.manifest.header();
    let wanted = target::wanted(header, target)?;
    if guarded {
        target::must_name_account(&wanted)?;
    }
    let reader = reader(&wanted, target, &header.name).await?;
    let meant = loaded.resolve(reader.target())?;
    output.warn(&meant.findings());
    let Meant { manifest, desired, sources, sha256, warnings: _, silenced: _, files: _ } = meant;

    let read_at = output.now();
    let restorable_until = read_at.checked_add(DELETION_WAIT).and_then(clock::time);
    let now = clock::time(read_at);
    let (Some(now), Some(restorable_until), Some(today)) = (now, restorable_until, now.and_then(Time::date))
    else {
        return Err(Trouble::new("the clock of this machine shows an impossible time").into());
    };
    let live = live(&reader, &desired.asks(), output).await?;
    let observed_at = now.to_string();
    let run = Run { observed_at, caller: reader.caller().to_string(), manifest_sha256: sha256 };
    let restorable_until = restorable_until.to_string();
    Ok(Observed { manifest, sources, desired, live, reader, run, restorable_until, now, today })
}

/// Connects to the account that is meant, on behalf of the manifest of this name, which may be empty.
pub(super) async fn reader(wanted: &Wanted, target: &TargetArgs, manifest: &str) -> Result<Reader, Trouble> {
    target::must_be_endpoints(target)?;
    let sandbox = target::sandbox(target, wanted)?;
    let options = ConnectOptions {
        region: wanted.region.clone(),
        profile: target.profile.clone(),
        endpoint_url: target.endpoint_url.clone(),
        manifest: manifest.to_owned(),
        sandbox: sandbox.map(|emulator| emulator.http_client()),
        paced: false,
    };
    let reader = Box::pin(connect(options)).await.map_err(|error| Trouble {
        message: error.message,
        causes: error.causes,
        help: error.help.into_iter().collect(),
    })?;
    target::must_be(wanted, reader.target())?;
    Ok(reader)
}

/// The account as it is now.
pub(super) async fn live(reader: &Reader, asks: &Asks, output: &mut Output<'_, '_>) -> Result<Live, Trouble> {
    let Target { account, region, partition: _ } = reader.target();
    output.detail(&format!("reading account {account} in {region} as {}", reader.caller()));
    Box::pin(reader.read(asks)).await.map_err(unreadable)
}

impl Observed {
    /// Where the manifest says what.
    pub(super) fn places(&self) -> Places<'_> {
        Places { manifest: &self.manifest, sources: &self.sources }
    }

    /// What the command line adds, without anything allowed.
    pub(super) fn no_options(&self) -> RunOptions {
        RunOptions { prune: false, max_deletes: None, allow: BTreeSet::new(), today: self.today }
    }

    /// What the command line adds.
    pub(super) fn options(&self, args: &GuardArgs) -> RunOptions {
        let GuardArgs { allow, prune, max_deletes } = args;
        RunOptions {
            prune: *prune,
            max_deletes: *max_deletes,
            allow: allow.iter().cloned().collect(),
            today: self.today,
        }
    }

    /// What is to be done.
    pub(super) fn decide(&self, options: &RunOptions) -> Result<Decision, Trouble> {
        decide(&self.desired, &self.live, options).map_err(|conflicts| ambiguous(&conflicts))
    }

    /// What is to be done about the resources that the command line names, or about all.
    pub(super) fn decide_only(&self, options: &RunOptions, only: &OnlyArgs) -> Result<Decision, Trouble> {
        let only: BTreeSet<Key> = only.only.iter().cloned().collect();
        if let Some(unknown) = only.iter().find(|key| !self.is_named(key)) {
            return Err(self.not_named(unknown));
        }
        decide_only(&self.desired, &self.live, options, &only).map_err(|conflicts| ambiguous(&conflicts))
    }

    /// Whether the manifest says anything about this resource, or about that of this policy.
    fn is_named(&self, key: &Key) -> bool {
        let Desired { specs, removed, .. } = &self.desired;
        specs.contains_key(&key.bound()) || removed.contains_key(&key.bound())
    }

    fn not_named(&self, key: &Key) -> Trouble {
        let Desired { specs, removed, .. } = &self.desired;
        let names: Vec<String> = specs.keys().chain(removed.keys()).map(Key::to_string).collect();
        let trouble = Trouble::new(format!("--only names {key}, which is neither declared nor removed"));
        match closest(&key.to_string(), names.iter().map(String::as_str)) {
            Some(near) => trouble.help(format!("did you mean {near}?")),
            None => trouble.help(format!("the manifest speaks of {}", some(&names))),
        }
    }
}

/// The first few, and how many more there are.
fn some(names: &[String]) -> String {
    let shown = names.len().min(5);
    let more = names.len() - shown;
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    if names.is_empty() { "no resource".to_owned() } else { names[..shown].join(", ") + &rest }
}

fn unreadable(error: ReadError) -> Trouble {
    let trouble = Trouble::new("could not read the account").because(error.to_string());
    error.help().into_iter().fold(trouble, Trouble::help)
}

fn ambiguous(conflicts: &[Conflict]) -> Trouble {
    let trouble = Trouble::new("the account's ownership tags contradict each other");
    let trouble = conflicts.iter().fold(trouble, |trouble, conflict| trouble.because(conflict.to_string()));
    conflicts.iter().fold(trouble, |trouble, conflict| trouble.help(conflict.help()))
}
