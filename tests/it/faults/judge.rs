//! Whether what a run says is what the service saw.

use super::Ground;
use super::account::Account;
use super::attempt::{Attempt, End};
use serde_json::Value;
use std::collections::BTreeSet;
use trailkeeper::apply::StepResult;
use trailkeeper::aws::{Effect, Failure};
use trailkeeper::cli::Exit;
use trailkeeper::emulator::{CallRecord, Emulator, Fault, Then};
use trailkeeper::plan::{Step, StepId};

/// One cell of the matrix.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) faults: Vec<Fault>,
    /// Whether nothing is left of the faults once the plan stands.
    pub(crate) is_over_with_the_plan: bool,
}

/// Holds everything that is true of any run, whatever befell it.
pub(crate) fn judge(
    ground: &Ground,
    case: &Case,
    end: &End,
    emulator: &Emulator,
    now: &Account,
) -> Result<(), String> {
    let writes: Vec<CallRecord> = emulator.calls().into_iter().filter(CallRecord::writes).collect();
    let untouched = writes.is_empty() && *now == ground.before;
    let judged = match end {
        End::Trouble(_) | End::AsExpected if untouched => Ok(()),
        End::Trouble(_) | End::AsExpected => Err("something was changed".to_owned()),
        // What cannot be read of a trail that is not ours covers nothing: a guard stops what it would have let through.
        End::Refused(plan) if untouched && plan.refusals.iter().all(|it| it.guard.is_some()) => Ok(()),
        // What a key means cannot be told without KMS: it is left as it is, and that is said.
        End::Nothing(plan) if untouched && plan.notes.iter().any(|note| note.word == "unresolved") => Ok(()),
        // Whatever else the service answers, the same account is read, or the run ends as trouble.
        End::Refused(_) | End::Nothing(_) => Err("the plan is another one".to_owned()),
        End::Applied(attempt) => applied(ground, case, attempt, &writes, emulator, now),
    };
    judged.map_err(|trouble| format!("{trouble}\n{end}{}", calls(emulator)))
}

fn applied(
    ground: &Ground,
    case: &Case,
    attempt: &Attempt,
    writes: &[CallRecord],
    emulator: &Emulator,
    now: &Account,
) -> Result<(), String> {
    let dead = case.faults.iter().any(|fault| fault.then == Then::Crash);
    let planned: Vec<&(String, Value)> = attempt.requests.values().collect();
    if let Some(stray) = writes.iter().find(|call| !planned.iter().any(|request| is(call, request))) {
        return Err(format!("{} {} is not of the plan", stray.operation, stray.request));
    }
    for outcome in &attempt.applied.outcomes {
        let step = attempt.plan.steps.iter().find(|step| step.id == outcome.step).unwrap();
        let mine =
            |call: &&CallRecord| attempt.requests.get(&step.id).is_some_and(|request| is(call, request));
        let mine: Vec<&CallRecord> = writes.iter().filter(mine).collect();
        one_step(attempt, step, &outcome.result, &mine, dead).map_err(|trouble| {
            format!("step {}, {} of {}: {trouble}", step.id, step.action.call(), step.key)
        })?;
    }
    if let Some((key, arn)) =
        attempt.applied.created.iter().find(|(_, arn)| !Account::holds(emulator, arn.as_str()))
    {
        return Err(format!("{key} is said to be created as {arn}, which does not exist"));
    }
    for outcome in &attempt.applied.outcomes {
        if let StepResult::Failed(Failure { effect: Effect::Accepted(Some(arn)), .. }) = &outcome.result
            && !attempt.applied.created.values().any(|created| created == arn)
        {
            return Err(format!("{arn} was created, and is not said to be"));
        }
    }
    match attempt.exit() {
        Exit::Done if *now == ground.after => Ok(()),
        Exit::Done => Err(format!("it is said to be done:\n{}", now.difference(&ground.after))),
        Exit::Incomplete => Ok(()),
        Exit::Trouble if *now == ground.before => Ok(()),
        Exit::Trouble => Err("exit code 1 means that nothing was changed".to_owned()),
        other => Err(format!("an apply does not end with exit code {}", other.code())),
    }
}

fn is(call: &CallRecord, (operation, request): &(String, Value)) -> bool {
    call.operation == *operation && call.request == *request
}

/// Whether the outcome of a step is what its calls came to.
fn one_step(
    attempt: &Attempt,
    step: &Step,
    result: &StepResult,
    mine: &[&CallRecord],
    dead: bool,
) -> Result<(), String> {
    let performed = mine.iter().filter(|call| call.error.is_none()).count();
    if performed > 1 && step.action.call().name().starts_with("Create") {
        return Err(format!("it was created {performed} times"));
    }
    let responsible = responsible(attempt, step);
    match result {
        StepResult::Done if performed == 0 => Err("it is said to be done, and never was".to_owned()),
        StepResult::Failed(failure) if failure.effect == Effect::Nothing && performed > 0 => {
            Err("it is said to have failed, and was done".to_owned())
        }
        StepResult::Failed(failure) if matches!(failure.effect, Effect::Accepted(_)) && performed == 0 => {
            Err("it is said to be accepted, and never was".to_owned())
        }
        // What is sent into a dead connection is not recorded.
        StepResult::Failed(failure)
            if failure.is_in_doubt() && !dead && !mine.iter().any(|call| is_doubtful(call)) =>
        {
            Err("it is said to be in doubt, and every call was refused".to_owned())
        }
        StepResult::Done | StepResult::Failed(_) if !responsible.is_empty() => {
            Err(format!("it needs {responsible:?}, and was begun"))
        }
        StepResult::Skipped { because } if !responsible.contains(because) => {
            Err(format!("it is said to be skipped because of {because}, and {responsible:?} failed"))
        }
        StepResult::Skipped { .. } if !mine.is_empty() => Err("it was skipped, and sent".to_owned()),
        StepResult::Interrupted => Err("nobody interrupted it".to_owned()),
        StepResult::Done | StepResult::Failed(_) | StepResult::Skipped { .. } => Ok(()),
    }
}

/// Whether the caller cannot know if the call was performed, or it was.
fn is_doubtful(call: &CallRecord) -> bool {
    let unclear = ["ServiceUnavailable", "WebPage", "ConnectionReset"];
    call.error.as_deref().is_none_or(|error| unclear.contains(&error))
}

/// The failed steps that the step needs, directly or not.
fn responsible(attempt: &Attempt, step: &Step) -> BTreeSet<StepId> {
    let mut found = BTreeSet::new();
    let mut needs = step.needs.clone();
    while let Some(need) = needs.pop() {
        let outcome = attempt.applied.outcomes.iter().find(|outcome| outcome.step == need).unwrap();
        if matches!(outcome.result, StepResult::Failed(_)) {
            found.insert(need);
        }
        let step = attempt.plan.steps.iter().find(|step| step.id == need).unwrap();
        needs.extend(&step.needs);
    }
    found
}

/// The writing calls, for a message.
fn calls(emulator: &Emulator) -> String {
    let writes = emulator.calls().into_iter().filter(CallRecord::writes).take(40).map(|call| {
        let CallRecord { operation, request, error, answered, .. } = call;
        let fate = error
            .unwrap_or_else(|| if answered { "done".to_owned() } else { "done, not answered".to_owned() });
        let request: String = request.to_string().chars().take(150).collect();
        format!("  {operation}: {fate} {request}\n")
    });
    writes.collect()
}
