//! `apply`: plan, show, ask, perform, read again, report. The only command that can write.

use super::args::{ApplyArgs, Format, TargetArgs};
use super::failure::{Exit, Failure, told};
use super::observe::{Observed, observe};
use super::output::Output;
use crate::apply::{Applied, Event, Verified, apply, patience, verify};
use crate::aws::Writer;
use crate::plan::{Decision, Plan, Step};
use crate::report::{Style, Trouble, json, text};
use crate::state::{Bindings, RunOptions};
use anyhow::{Context, bail};

pub(super) async fn run(
    args: &ApplyArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    if !args.yes && !output.terminal.interactive {
        let trouble =
            Trouble::new("apply asks before it changes anything, and there is no terminal to ask on");
        return Err(trouble.help("use --yes").into());
    }
    let observed = observe(&args.manifest, target, true, output).await?;
    let options = observed.options(&args.guards);
    let Decision { plan, bindings } = observed.decide(&options)?;
    let ends_here = plan.is_refused() || plan.is_empty();
    match output.format {
        Format::Text => output.terminal.show(&text::plan(&plan, output.style()))?,
        Format::Json if ends_here => {
            output.terminal.report(&json::not_applied(&plan, &bindings, &observed.run))?;
        }
        // The plan is a part of the one document that follows.
        Format::Json => {}
    }
    if ends_here {
        return Ok(if plan.is_refused() { Exit::Refused } else { Exit::Done });
    }
    if !args.yes {
        confirm(&plan, output)?;
    }
    let (applied, verified) =
        perform(&observed, &plan, &bindings, &options, target.sandbox.is_some(), output).await;
    let exit = exit(&applied, &verified);
    let report = output.report(
        |style| format!("\n{}", text::applied(&plan, &applied, &verified, style)),
        || json::applied(&plan, &bindings, &applied, &verified, &observed.run),
    );
    // What was done counts, whether or not the report could be written.
    if let Err(error) = report {
        let style = output.side_style();
        output.terminal.say(&told(&error).text(style));
        return Ok(if exit == Exit::Done { Exit::Incomplete } else { exit });
    }
    Ok(exit)
}

/// Incomplete means that something was changed; a first step that AWS refuses has changed nothing.
fn exit(applied: &Applied, verified: &Verified) -> Exit {
    if applied.is_complete() && verified.is_clean() {
        Exit::Done
    } else if applied.touched() {
        Exit::Incomplete
    } else {
        Exit::Trouble
    }
}

fn confirm(plan: &Plan, output: &mut Output<'_, '_>) -> anyhow::Result<()> {
    if output.format == Format::Json {
        let shown = text::plan(plan, output.side_style());
        output.terminal.say(&shown);
    }
    let question = format!(
        "\nApply this plan to account {} in {}? Only `yes` is taken as yes: ",
        plan.target.account, plan.target.region
    );
    match output.terminal.ask(&question) {
        Ok(answer) if answer == "yes" => Ok(()),
        Ok(_) => bail!("not applied, as answered; nothing was changed"),
        Err(error) => Err(error).context("could not ask; nothing was changed"),
    }
}

async fn perform(
    observed: &Observed,
    plan: &Plan,
    bindings: &Bindings,
    options: &RunOptions,
    sandbox: bool,
    output: &mut Output<'_, '_>,
) -> (Applied, Verified) {
    let interrupt = output.terminal.interrupt.clone();
    interrupt.listen(Exit::Incomplete.code());
    let writer = Writer::new(&observed.reader);
    let style = output.side_style();
    let mut observer = |event: &Event<'_>| match event {
        Event::Started(step, bindings) => {
            let request = if output.is_verbose() { request(step, bindings, style) } else { String::new() };
            output.progress(&format!("{}{request} … ", text::step(step, style)));
        }
        Event::Finished(_, result) => output.progress(&format!("{}\n", text::result(result, style))),
    };
    let applied = apply(plan, bindings.clone(), &writer, &mut observer, &|| interrupt.is_wanted()).await;
    if !applied.touched() {
        return (applied, Verified::default());
    }
    output.progress("reading again … ");
    // Nobody who has asked for the end wants to wait for consistency: one look must do.
    let waits = if interrupt.is_wanted() { Vec::new() } else { patience(sandbox) };
    let verified = verify(plan, &applied, &observed.desired, options, &observed.reader, &waits).await;
    let word = if verified.is_clean() { "as applied" } else { "not as applied" };
    output.progress(&format!("{word}\n"));
    (applied, verified)
}

/// The request as it is sent, after the step's name.
fn request(step: &Step, bindings: &Bindings, style: Style) -> String {
    let request = step.action.request(&step.key, &|text| bindings.spell(text));
    format!(" {}", text::plain(&request.to_string(), style))
}
