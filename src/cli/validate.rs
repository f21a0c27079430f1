//! `validate`: the manifest alone, offline. The problems are the report's place; without any there is one line.

use super::args::{TargetArgs, ValidateArgs};
use super::failure::{Exit, Failure};
use super::load::{Loaded, load, problems};
use super::output::Output;
use super::target;
use crate::manifest::Resolved;
use crate::report::{json, text};

pub(super) fn run(
    args: &ValidateArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    let Loaded { manifest, sources, files, documents, sha256: _ } = load(&args.manifest.manifests)?;
    target::wanted(manifest.header(), target)?;
    let Resolved { desired, warnings } = match manifest.resolve(&manifest.stand_in_target(), &documents) {
        Ok(resolved) => resolved,
        Err(found) => return Err(problems(found, sources)),
    };
    output.warn(&warnings, &sources);
    let records = || warnings.iter().map(|warning| warning.record(&sources)).collect();
    output.report(|style| text::valid(&desired, files, style), || json::problems(records()))?;
    Ok(Exit::Done)
}
