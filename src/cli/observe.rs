//! What every command that looks at the account does first: load, connect, check whose account it is, resolve,
//! read. It cannot write.

use super::args::{GuardArgs, ManifestArgs, TargetArgs};
use super::failure::Failure;
use super::load::{Loaded, load, problems};
use super::output::Output;
use super::{clock, target};
use crate::aws::{ConnectOptions, ReadError, Reader, connect};
use crate::manifest::Resolved;
use crate::name::Date;
use crate::plan::{Decision, decide};
use crate::report::{Run, Trouble};
use crate::settle::Conflict;
use crate::state::{Desired, Live, RunOptions};
use std::collections::BTreeSet;

/// A manifest and an account, side by side.
pub(super) struct Observed {
    pub(super) desired: Desired,
    pub(super) live: Live,
    pub(super) reader: Reader,
    pub(super) run: Run,
    today: Date,
}

/// Looks at the account with the manifest's eyes. With `guarded`, the account must have been named beforehand.
pub(super) async fn observe(
    manifest: &ManifestArgs,
    target: &TargetArgs,
    guarded: bool,
    output: &mut Output<'_, '_>,
) -> Result<Observed, Failure> {
    let Loaded { manifest, sources, files: _, documents, sha256 } = load(&manifest.manifests)?;
    let wanted = target::wanted(manifest.header(), target)?;
    if guarded {
        target::must_name_account(&wanted)?;
    }
    let sandbox = target::sandbox(target, &wanted)?;
    let options = ConnectOptions {
        region: wanted.region.clone(),
        profile: target.profile.clone(),
        endpoint_url: target.endpoint_url.clone(),
        manifest: manifest.header().name.clone(),
        sandbox: sandbox.map(|emulator| emulator.http_client()),
    };
    let reader = Box::pin(connect(options)).await.map_err(|error| Trouble {
        message: error.message,
        causes: error.causes,
        help: error.help.into_iter().collect(),
    })?;
    target::must_be(&wanted, reader.target())?;
    let Resolved { desired, warnings } = match manifest.resolve(reader.target(), &documents) {
        Ok(resolved) => resolved,
        Err(found) => return Err(problems(found, sources)),
    };
    output.warn(&warnings, &sources);

    let observed_at = clock::rfc3339(output.now());
    let today = observed_at.as_deref().and_then(|time| Date::parse(time.get(..10)?));
    let (Some(observed_at), Some(today)) = (observed_at, today) else {
        return Err(Trouble::new("the clock of this machine shows an impossible time").into());
    };
    let crate::name::Target { account, region, partition: _ } = reader.target();
    output.detail(&format!("reading account {account} in {region} as {}", reader.caller()));
    let live = Box::pin(reader.read(&desired.asks())).await.map_err(unreadable)?;
    let run = Run { observed_at, caller: reader.caller().to_string(), manifest_sha256: sha256 };
    Ok(Observed { desired, live, reader, run, today })
}

impl Observed {
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
