//! `export`: the live account as a manifest. It cannot write.

use super::args::{ExportArgs, TargetArgs};
use super::failure::{Exit, Failure};
use super::observe::{live, reader};
use super::output::Output;
use super::target;
use crate::manifest::Header;
use crate::manifest::export::{ExportOptions, Exported, Pick, export};
use crate::name::Target;
use crate::report::Trouble;
use crate::report::style::escape;
use crate::resource::{Key, Kind};
use crate::state::Asks;
use std::collections::BTreeSet;

pub(super) async fn run(
    args: &ExportArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    let ExportArgs { picks, name } = args;
    let options = ExportOptions { name: name.clone(), picks: picks.iter().cloned().collect() };
    let wanted = target::wanted(&Header::default(), target)?;
    let reader = reader(&wanted, target, name.as_deref().unwrap_or_default()).await?;
    let live = live(&reader, &asks(&options), output).await?;
    let exported = export(&live, &options);
    for key in options.picks.iter().filter_map(picked) {
        must_be_there(key, &exported, reader.target())?;
    }
    for (kind, cause) in live.unread.iter().filter(|(kind, _)| options.kinds().contains(&kind.bound())) {
        output.progress(&format!("warning: {} could not be read: {}\n", words(*kind), escape(cause)));
    }
    if exported.declared.is_empty() {
        let Target { account, region, partition: _ } = reader.target();
        output.progress(&format!("warning: nothing to export in account {account} in {region}\n"));
    }
    output.terminal.report(&exported.text)?;
    Ok(Exit::Done)
}

/// What is asked for by its kind must be read completely; of everything else, what can be read.
fn asks(options: &ExportOptions) -> Asks {
    let kinds = if options.picks.is_empty() { BTreeSet::new() } else { options.kinds() };
    let policies = kinds.iter().filter_map(|kind| kind.as_parent()).map(Kind::Policy);
    Asks { needed: kinds.iter().copied().chain(policies).collect(), ..Asks::default() }
}

fn picked(pick: &Pick) -> Option<&Key> {
    match pick {
        Pick::Kind(_) => None,
        Pick::Key(key) => Some(key),
    }
}

/// Who asks for one resource is not content with a comment.
fn must_be_there(key: &Key, exported: &Exported, target: &Target) -> Result<(), Trouble> {
    if exported.declared.contains(key) {
        return Ok(());
    }
    let trouble = Trouble::new(format!("could not export {key}"));
    let whys: Vec<&str> =
        exported.left_out.iter().filter(|left| left.key == *key).map(|left| left.why.as_str()).collect();
    if whys.is_empty() {
        let Target { account, region, partition: _ } = target;
        let trouble = trouble.because(format!("account {account} has none of this name in {region}"));
        return Err(trouble.help("`trailkeeper export` without arguments shows everything"));
    }
    Err(whys.into_iter().fold(trouble, |trouble, why| trouble.because(format!("{key} {why}"))))
}

fn words(kind: Kind) -> String {
    match kind {
        Kind::Policy(parent) => format!("the policies of {}", parent.kind().plural()),
        kind => kind.plural().to_owned(),
    }
}
