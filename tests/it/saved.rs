//! A plan is saved, a run ends half-way, and the same file covers what is left: for every scenario, after every
//! number of steps, and after every single step that fails while the others go on. One run in four is tried, others
//! in other folders; `SAVED=all` tries all.

use crate::scenarios::{Scene, folders, prepare};
use crate::support::{Lab, bold, run};
use std::cell::Cell;
use std::path::Path;
use trailkeeper::apply::apply;
use trailkeeper::aws::Writer;
use trailkeeper::emulator::{Fault, Then};
use trailkeeper::plan::cover::{Evidence, cover};
use trailkeeper::plan::{Decision, Plan, Verb};
use trailkeeper::report::saved::SavedPlan;
use trailkeeper::report::{Run, Style, json, text};
use trailkeeper::state::{Desired, RunOptions};

/// What a decision proves once it has been through a file.
pub(crate) fn saved(decision: &Decision) -> SavedPlan {
    let run = Run {
        observed_at: "2026-11-20T09:00:00Z".to_owned(),
        caller: "arn:aws:iam::111122223333:user/ops".to_owned(),
        manifest_sha256: "00".to_owned(),
    };
    let written = json::plan(&decision.plan, &decision.bindings, &run);
    let saved = SavedPlan::parse(written.as_bytes()).unwrap();
    assert_eq!(saved.json(), written, "what is read is written again");
    assert_eq!(saved.text(Style::default()), text::plan(&decision.plan, Style::default()));
    saved
}

#[test]
fn a_saved_plan_covers_what_a_run_that_ended_half_way_has_left() {
    let all = std::env::var("SAVED").is_ok_and(|which| which == "all");
    let mut runs = 0;
    let mut failures = Vec::new();
    for (number, folder) in folders().iter().enumerate() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let wanted = |end: usize| all || (number + end).is_multiple_of(4);
        let tried = run(some_ends(folder, &wanted)).unwrap_or_else(|trouble| panic!("{name}: {trouble}"));
        runs += tried.len();
        failures.extend(tried.into_iter().flatten().map(|gap| format!("{name}: {gap}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(runs > 40, "only {runs} runs");
}

/// One entry for each run: what the saved plan does not cover after it.
async fn some_ends(folder: &Path, wanted: &dyn Fn(usize) -> bool) -> Result<Vec<Option<String>>, String> {
    let Scene { lab, desired, mut options } = prepare(folder).await?;
    let account = lab.emulator.snapshot();
    // What guards stop is allowed here: half of it done is as good as half of anything.
    let keys = lab.plan(&desired, &options).await.changes;
    options.allow = bold(keys.keys()).allow;
    let decision = lab.decide(&desired, &options).await;
    let evidence = saved(&decision).evidence().clone();
    assert_eq!(cover(&evidence, &decision), []);
    let plan = &decision.plan;
    // What a restored store is like only the next plan can tell, and nobody has seen it yet.
    if plan.is_refused() || plan.count(Verb::Restore) > 0 || plan.steps.len() < 2 {
        return Ok(Vec::new());
    }
    let after = (1..plan.steps.len()).map(|steps| (Some(steps), Vec::new(), format!("after {steps} steps")));
    let without = (0..plan.steps.len())
        .map(|place| (None, vec![denial(plan, place)], format!("without step {}", place + 1)));
    let mut ends = Vec::new();
    for (_, (steps, faults, end)) in after.chain(without).enumerate().filter(|(end, _)| wanted(*end)) {
        let lab = Lab::restore(&account);
        lab.emulator.set_faults(faults);
        perform(&lab, &decision, steps).await;
        lab.emulator.set_faults(Vec::new());
        let left = left(&lab, &evidence, &desired, &options).await;
        ends.push(left.map(|gap| format!("{end}: {gap}")));
    }
    Ok(ends)
}

/// Refuses the call of one step, and of it alone.
fn denial(plan: &Plan, place: usize) -> Fault {
    let call = plan.steps[place].action.call();
    let before = plan.steps[..place].iter().filter(|step| step.action.call() == call).count();
    let nth = u32::try_from(before + 1).unwrap();
    Fault { on: call.name().to_owned(), nth: Some(nth), then: Then::Denied }
}

async fn perform(lab: &Lab, decision: &Decision, steps: Option<usize>) {
    let begun = Cell::new(0);
    let cancelled = || steps.is_some_and(|steps| begun.replace(begun.get() + 1) >= steps);
    let writer = Writer::new(&lab.reader().await);
    apply(&decision.plan, decision.bindings.clone(), &writer, &mut |_| (), &cancelled).await;
}

async fn left(lab: &Lab, evidence: &Evidence, desired: &Desired, options: &RunOptions) -> Option<String> {
    let decision = lab.decide(desired, options).await;
    let gaps = cover(evidence, &decision);
    (!gaps.is_empty()).then(|| format!("{gaps:#?}"))
}
