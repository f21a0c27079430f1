//! `drift`: whether the account is as the manifest says. It cannot write, and guards do not concern it.

use super::args::{DriftArgs, TargetArgs};
use super::failure::{Exit, Failure};
use super::observe::{Observed, observe};
use super::output::Output;
use crate::plan::{Decision, Plan, inquiries};
use crate::report::{Asked, json, text};
use crate::state::Bindings;
use crate::state::who::Who;

pub(super) async fn run(
    args: &DriftArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    let observed = observe(&args.manifest, target, false, output).await?;
    let Decision { mut plan, bindings } = observed.decide(&observed.no_options())?;
    let who = if args.who { Some(who(&observed, &mut plan, &bindings).await) } else { None };
    let asked = who.as_ref().map(|who| Asked { who, observed_at: &observed.run.observed_at });
    output.report(|style| text::drift(&plan, asked, style), || json::drift(&plan, asked, &observed.run))?;
    Ok(if plan.is_empty() { Exit::Done } else { Exit::Differs })
}

/// Who made the differences. That it cannot be found out is a note, because drift is known without it.
async fn who(observed: &Observed, plan: &mut Plan, bindings: &Bindings) -> Who {
    let inquiries = inquiries(plan, bindings);
    let who = Box::pin(observed.reader.who(&inquiries, &plan.manifest)).await;
    plan.notes.extend(who.note());
    who
}
