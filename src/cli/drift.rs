//! `drift`: whether the account is as the manifest says. It cannot write, and guards do not concern it.

use super::args::{DriftArgs, TargetArgs};
use super::failure::{Exit, Failure};
use super::observe::observe;
use super::output::{Output, Report};
use super::saved;
use crate::plan::Decision;
use crate::report::{github, json, markdown, text};

pub(super) async fn run(
    args: &DriftArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    let observed = observe(&args.manifest, target, false, output).await?;
    let Decision { plan, bindings: _ } = observed.decide(&observed.no_options())?;
    if let Some(file) = &args.out {
        saved::write(file, &json::drift(&plan, &observed.run))?;
        output.saved(file);
    }
    output.report(&Report {
        text: &|style| text::drift(&plan, style),
        markdown: &|bytes| markdown::drift(&plan, bytes),
        json: &|| json::drift(&plan, &observed.run),
        annotations: &|| github::drift(&plan, &observed.places()),
    })?;
    Ok(if plan.is_empty() { Exit::Done } else { Exit::Differs })
}
