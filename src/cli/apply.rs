//! `apply`: plan, show, ask, perform, read again, report. The only command that can write.

use super::args::{ApplyArgs, Format, TargetArgs};
use super::failure::{Exit, Failure, told};
use super::iam_policy::advise;
use super::interrupt::Words;
use super::observe::{Observed, observe};
use super::output::{Output, Report};
use super::progress::Line;
use super::saved;
use crate::apply::{Applied, Event, Verified, apply, patience, timed, verify};
use crate::aws::Writer;
use crate::plan::cover::cover;
use crate::plan::{Decision, Plan, Step};
use crate::report::{Style, Trouble, gap, json, markdown, text};
use crate::state::{Bindings, RunOptions};
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) async fn run(
    args: &ApplyArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    if !args.yes && args.plan.is_none() && !output.terminal.interactive {
        let trouble =
            Trouble::new("apply asks before it changes anything, and there is no terminal to ask on");
        return Err(trouble.help("use --yes, or --plan with a plan that was saved").into());
    }
    let saved = args.plan.as_deref().map(saved::read).transpose()?;
    let observed = observe(&args.manifest, target, true, output).await?;
    let options = observed.options(&args.guards);
    let decision = observed.decide_only(&options, &args.only)?;
    let gaps = saved.map(|saved| cover(saved.evidence(), &decision)).unwrap_or_default();
    let Decision { plan, bindings } = decision;
    // A plan for another account is the wrong file, whatever this account needs.
    let wrong_file = gaps.iter().any(|gap| gap.key().is_none());
    let early = match () {
        () if wrong_file => Some(Exit::NotCovered),
        () if plan.is_refused() => Some(Exit::Refused),
        () if plan.is_empty() => Some(Exit::Done),
        () if !gaps.is_empty() => Some(Exit::NotCovered),
        () => None,
    };
    // In every other format the plan is a part of the one document that follows.
    if output.form.format == Format::Text {
        output.terminal.show(&text::plan(&plan, output.style()))?;
    }
    if let Some(exit) = early {
        output.report(&Report {
            text: &|_| String::new(),
            markdown: &|bytes| markdown::not_applied(&plan, &gaps, bytes),
            json: &|| json::not_applied(&plan, &bindings, &gaps, &observed.run),
            annotations: &String::new,
        })?;
        if let (Exit::NotCovered, Some(file)) = (exit, &args.plan) {
            let trouble = gap::trouble(&file.to_string_lossy(), &gaps);
            let style = output.side_style();
            output.terminal.say(&trouble.text(style));
        }
        return Ok(exit);
    }
    if !args.yes && args.plan.is_none() {
        confirm(&plan, &bindings, output)?;
    }
    let (mut applied, verified) =
        perform(&observed, &plan, &bindings, &options, target.sandbox.is_some(), output).await;
    advise(&observed.desired, &plan, &mut applied);
    let exit = Exit::of_apply(&applied, &verified);
    let until = observed.restorable_until.as_str();
    let report = output.report(&Report {
        text: &|style| format!("\n{}", text::applied(&plan, &applied, &verified, until, style)),
        markdown: &|bytes| markdown::applied(&plan, &applied, &verified, until, bytes),
        json: &|| json::applied(&plan, &bindings, &applied, &verified, until, &observed.run),
        annotations: &String::new,
    });
    // What was done counts, whether or not the report could be written.
    if let Err(error) = report {
        let style = output.side_style();
        output.terminal.say(&told(&error).text(style));
        return Ok(if exit == Exit::Done { Exit::Incomplete } else { exit });
    }
    Ok(exit)
}

fn confirm(plan: &Plan, bindings: &Bindings, output: &mut Output<'_, '_>) -> anyhow::Result<()> {
    let style = output.side_style();
    if output.form.format != Format::Text {
        output.terminal.say(&text::plan(plan, style));
    }
    let question = format!(
        "\nApply this plan to account {} in {}? Only `yes` is taken as yes, `details` shows every request: ",
        plan.target.account, plan.target.region
    );
    loop {
        match output.terminal.ask(&question) {
            Ok(answer) if answer == "yes" => return Ok(()),
            Ok(answer) if answer == "details" => {
                output.terminal.say(&format!("\n{}", text::details(plan, bindings, style)));
            }
            Ok(_) => bail!("not applied, as answered; nothing was changed"),
            Err(error) => return Err(error).context("could not ask; nothing was changed"),
        }
    }
}

/// Progress, which some do not want to see.
const ENDING: &str = "interrupted: the running call is finished first; once more ends at once";

/// What becomes of reading again: nothing in it must be finished first.
const NOT_READ: &str = "interrupted: the account is not read again";

/// The only report of a run that was not let come to its end.
const ENDED: &str = "ended at once, without a report: a call may be under way; run plan to see what was done, and apply to finish";

async fn perform(
    observed: &Observed,
    plan: &Plan,
    bindings: &Bindings,
    options: &RunOptions,
    sandbox: bool,
    output: &mut Output<'_, '_>,
) -> (Applied, Verified) {
    let interrupt = output.terminal.interrupt.clone();
    let first = Some(ENDING).filter(|_| !output.is_quiet());
    interrupt.listen(Words { first, second: Some(ENDED) }, Exit::Incomplete.code());
    let writer = Writer::new(&observed.reader);
    let style = output.side_style();
    let mut line = Line::default();
    let mut told = String::new();
    let mut observer = |event: &Event<'_>| match event {
        Event::Started(step, bindings) => {
            told.clear();
            let request = if output.is_verbose() { request(step, bindings, style) } else { String::new() };
            line = Line::begin(&format!("{}{request}", text::step(step, style)), output);
        }
        Event::Running(_, so_far) => line.wait(*so_far, output),
        Event::Finished(_, result, took) => {
            std::mem::take(&mut line).end(&text::result(result, style), *took, output);
        }
        // In the sandbox there is nothing worth telling, and everybody knows it after the first time.
        Event::Waiting(_, cause) if !sandbox && told != *cause => {
            told = (*cause).to_owned();
            line.explain(&text::plain(cause, style), output);
        }
        Event::Waiting(..) => {}
    };
    let applied = apply(plan, bindings.clone(), &writer, &mut observer, &|| interrupt.is_wanted()).await;
    interrupt.hush();
    if !applied.touched() {
        return (applied, Verified::default());
    }
    // Nobody who has asked for the end wants to wait for consistency: one look must do.
    let interrupted = interrupt.is_wanted();
    let waits = if interrupted { Vec::new() } else { patience(sandbox) };
    let mut line = Line::begin("reading again", output);
    let look = verify(plan, &applied, &observed.desired, options, &observed.reader, &waits);
    let mut tick = |so_far| line.wait(so_far, output);
    let looked = tokio::select! {
        biased;
        () = interrupt.wanted(), if !interrupted => None,
        looked = timed(look, &mut tick) => Some(looked),
    };
    let Some((verified, took)) = looked else {
        line.end(NOT_READ, Duration::ZERO, output);
        let trouble = Some("the run was interrupted".to_owned());
        return (applied, Verified { still: BTreeMap::new(), trouble });
    };
    line.end(seen(&applied, &verified), took, output);
    (applied, verified)
}

/// What the second look has shown, without claiming more.
fn seen(applied: &Applied, verified: &Verified) -> &'static str {
    match (verified.is_clean(), applied.is_complete()) {
        (true, true) => "as applied",
        (true, false) => "what was done is there",
        (false, _) if verified.trouble.is_some() => "could not read",
        (false, _) => "not as applied",
    }
}

/// The request as it is sent, after the step's name.
fn request(step: &Step, bindings: &Bindings, style: Style) -> String {
    let request = step.action.request(&step.key, &|text| bindings.spell(text));
    format!(" {}", text::plain(&request.to_string(), style))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_read_is_not_said_to_differ() {
        let applied =
            Applied { outcomes: Vec::new(), bindings: Bindings::default(), created: BTreeMap::new() };
        let seen_with = |trouble: Option<&str>| {
            let trouble = trouble.map(str::to_owned);
            seen(&applied, &Verified { still: BTreeMap::new(), trouble })
        };
        assert_eq!(seen_with(None), "as applied");
        assert_eq!(seen_with(Some("nobody answers")), "could not read");
    }
}
