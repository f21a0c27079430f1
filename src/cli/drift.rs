//! `drift`: whether the account is as the manifest says, and works. It cannot write, and guards do not concern it.

use super::args::{DriftArgs, TargetArgs};
use super::failure::{Exit, Failure};
use super::observe::{Observed, observe};
use super::output::{Output, Report};
use super::saved;
use crate::plan::drift::drift;
use crate::plan::unmanaged::{Unmanaged, unmanaged};
use crate::plan::{Decision, Plan, inquiries};
use crate::report::{Seen, github, json, markdown, text};
use crate::state::who::Who;
use crate::state::{Bindings, Note};

pub(super) async fn run(
    args: &DriftArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    let observed = observe(&args.manifest, target, false, output).await?;
    let Decision { mut plan, bindings } = observed.decide(&observed.no_options())?;
    let strangers = if args.unmanaged { Some(undeclared(&observed, &mut plan).await) } else { None };
    let who = if args.who { Some(who(&observed, &mut plan, &bindings).await) } else { None };
    let drift = drift(&plan, &observed.live, observed.now);
    let seen = Seen {
        plan: &plan,
        drift: &drift,
        who: who.as_ref(),
        unmanaged: strangers.as_deref(),
        now: observed.now,
    };
    if let Some(file) = &args.out {
        saved::write(file, &json::drift(&seen, &observed.run))?;
        output.saved(file);
    }
    output.report(&Report {
        text: &|style| text::drift(&seen, style),
        markdown: &|bytes| markdown::drift(&seen, bytes),
        json: &|| json::drift(&seen, &observed.run),
        annotations: &|| github::drift(&seen, &observed.places()),
    })?;
    Ok(if drift.counts(args.fail_on, args.ignore_health) { Exit::Differs } else { Exit::Done })
}

/// What nobody declared, in this region and, of trails, in others. What is not told of others is a note.
async fn undeclared(observed: &Observed, plan: &mut Plan) -> Vec<Unmanaged> {
    let elsewhere = Box::pin(observed.reader.trails_elsewhere()).await.unwrap_or_else(|error| {
        let help = error.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let text = format!("trails of other regions: {error}{help}");
        plan.notes.push(Note { key: None, word: "unread", text });
        Vec::new()
    });
    unmanaged(plan, &observed.desired, &observed.live, &elsewhere)
}

/// Who made the differences. That it cannot be found out is a note, because drift is known without it.
async fn who(observed: &Observed, plan: &mut Plan, bindings: &Bindings) -> Who {
    let inquiries = inquiries(plan, bindings);
    let who = Box::pin(observed.reader.who(&inquiries, &plan.manifest)).await;
    plan.notes.extend(who.note());
    who
}
