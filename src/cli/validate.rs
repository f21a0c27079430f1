//! `validate`: the manifest alone, offline. The problems are the report's place; without any there is one line.

use super::args::{TargetArgs, ValidateArgs};
use super::failure::{Exit, Failure};
use super::load::{Meant, load};
use super::output::Output;
use super::target::{self, Wanted};
use crate::name::Target;
use crate::report::{json, text};

pub(super) fn run(
    args: &ValidateArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    let loaded = load(&args.manifest.manifests)?;
    let files = loaded.sources.iter().count();
    let Wanted { account, region } = target::wanted(loaded.manifest.header(), target)?;
    let example = loaded.manifest.stand_in_target();
    let region = region.unwrap_or(example.region);
    let account = account.unwrap_or(example.account);
    let target = Target { partition: region.partition(), account, region };
    let Meant { desired, warnings, sources, sha256: _ } = loaded.resolve(&target)?;
    output.warn(&warnings, &sources);
    let records = || warnings.iter().map(|warning| warning.record(&sources)).collect();
    output.report(|style| text::valid(&desired, files, style), || json::problems(records()))?;
    Ok(Exit::Done)
}
