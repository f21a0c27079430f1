//! `plan`: what apply would do. It cannot write.

use super::args::{PlanArgs, TargetArgs};
use super::failure::{Exit, Failure};
use super::observe::observe;
use super::output::{Output, Report};
use super::saved;
use crate::plan::{Decision, Plan};
use crate::report::{github, json, markdown, text};

pub(super) async fn run(
    args: &PlanArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    let observed = observe(&args.manifest, target, false, output).await?;
    let Decision { plan, bindings } = observed.decide_only(&observed.options(&args.guards), &args.only)?;
    if let Some(file) = &args.out {
        saved::write(file, &json::plan(&plan, &bindings, &observed.run))?;
        output.saved(file);
    }
    output.report(&Report {
        text: &|style| text::plan(&plan, style),
        markdown: &|bytes| markdown::plan(&plan, bytes),
        json: &|| json::plan(&plan, &bindings, &observed.run),
        annotations: &|| github::plan(&plan, &observed.places()),
    })?;
    Ok(exit(&plan, args.detailed_exitcode))
}

/// Refused comes first: what apply would answer matters more than that something differs.
fn exit(plan: &Plan, detailed: bool) -> Exit {
    match detailed {
        true if plan.is_refused() => Exit::Refused,
        true if !plan.is_empty() => Exit::Differs,
        _ => Exit::Done,
    }
}
