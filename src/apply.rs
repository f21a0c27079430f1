//! Plan -> outcomes: the steps one at a time and in order; independent steps go on after a failure, dependants
//! are skipped, events go out. Decides nothing and reads no manifest.

mod verify;

pub use verify::{Verified, patience, verify};

use crate::aws::{Effect, Failure, Writer};
use crate::name::Arn;
use crate::plan::{Plan, Step, StepId};
use crate::resource::Key;
use crate::state::Bindings;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// What came of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// One for each step of the plan, in its order.
    pub outcomes: Vec<Outcome>,
    /// The ARNs that were known in the end.
    pub bindings: Bindings,
    /// What was created.
    pub created: BTreeMap<Key, Arn>,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The step.
    pub step: StepId,
    /// What came of it.
    pub result: StepResult,
}

/// The four ends of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepResult {
    /// The service did it.
    Done,
    /// The service did not do it, or nobody knows, or it did not come to its end.
    Failed(Failure),
    /// It was not begun, because a step that it needs was not done: the first one, not the last link of the chain.
    Skipped {
        /// The step that failed.
        because: StepId,
    },
    /// It was not begun, because the run was interrupted.
    Interrupted,
}

/// What happens while a plan is applied.
#[derive(Debug)]
pub enum Event<'a> {
    /// The call is about to be made, with the ARNs known now.
    Started(&'a Step, &'a Bindings),
    /// The call waits for this, before it is made again or after it was accepted.
    Waiting(&'a Step, &'a str),
    /// The call has been running for so long, which is told every second.
    Running(&'a Step, Duration),
    /// The call was settled, after so long.
    Finished(&'a Step, &'a StepResult, Duration),
}

impl Applied {
    /// Whether every step was done.
    pub fn is_complete(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.result == StepResult::Done)
    }

    /// Whether the account may be another than before: a step was done, or may have been.
    pub fn touched(&self) -> bool {
        self.outcomes.iter().any(|outcome| match &outcome.result {
            StepResult::Done => true,
            StepResult::Failed(failure) => failure.effect != Effect::Nothing,
            StepResult::Skipped { .. } | StepResult::Interrupted => false,
        })
    }
}

/// Performs every step of the plan. `cancelled` is asked between two steps and before each wait; a call that runs is
/// never cut off.
pub async fn apply(
    plan: &Plan,
    bindings: Bindings,
    writer: &Writer,
    observer: &mut dyn FnMut(&Event<'_>),
    cancelled: &dyn Fn() -> bool,
) -> Applied {
    let perform = async |step: &Step, bindings: &Bindings, go_on: &dyn Fn(&str) -> bool| {
        writer.perform_while(&step.key, &step.action, bindings, go_on).await
    };
    each_step(plan, bindings, perform, observer, cancelled).await
}

async fn each_step(
    plan: &Plan,
    mut bindings: Bindings,
    perform: impl AsyncFn(&Step, &Bindings, &dyn Fn(&str) -> bool) -> Result<Option<Arn>, Failure>,
    observer: &mut dyn FnMut(&Event<'_>),
    cancelled: &dyn Fn() -> bool,
) -> Applied {
    // Told between two steps and in the middle of one.
    let observer = RefCell::new(observer);
    let tell = |event: &Event<'_>| observer.borrow_mut()(event);
    let mut results: BTreeMap<StepId, StepResult> = BTreeMap::new();
    let mut created = BTreeMap::new();
    for step in &plan.steps {
        let result = if cancelled() {
            StepResult::Interrupted
        } else if let Some(because) = step.needs.iter().find_map(|need| cause(*need, &results)) {
            StepResult::Skipped { because }
        } else {
            tell(&Event::Started(step, &bindings));
            let go_on = |cause: &str| {
                tell(&Event::Waiting(step, cause));
                !cancelled()
            };
            let call = perform(step, &bindings, &go_on);
            let (answer, took) = timed(call, &mut |so_far| tell(&Event::Running(step, so_far))).await;
            // What was made is there, whatever the wait for its state came to.
            let made = match &answer {
                Ok(made) | Err(Failure { effect: Effect::Accepted(made), .. }) => made.clone(),
                Err(_) => None,
            };
            if let Some(arn) = made {
                bindings.bind(&step.key, arn.clone());
                created.insert(step.key.clone(), arn);
            }
            let result = match answer {
                Ok(_) => {
                    if step.action.call().deletes() {
                        bindings.unbind(&step.key);
                        created.remove(&step.key);
                    }
                    StepResult::Done
                }
                Err(failure) => StepResult::Failed(failure),
            };
            tell(&Event::Finished(step, &result, took));
            result
        };
        results.insert(step.id, result);
    }
    let outcomes = results.into_iter().map(|(step, result)| Outcome { step, result }).collect();
    Applied { outcomes, bindings, created }
}

/// Waits for the work and tells every second how long it has taken so far; answers how long it took.
pub async fn timed<T>(work: impl Future<Output = T>, tick: &mut dyn FnMut(Duration)) -> (T, Duration) {
    let begin = tokio::time::Instant::now();
    // On the heap: futures that call the SDK are large.
    let mut work = Box::pin(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return (done, begin.elapsed()),
            () = tokio::time::sleep(Duration::from_secs(1)) => tick(begin.elapsed()),
        }
    }
}

/// The step that must answer for `need` not being done.
fn cause(need: StepId, results: &BTreeMap<StepId, StepResult>) -> Option<StepId> {
    match results.get(&need) {
        Some(StepResult::Done) => None,
        Some(StepResult::Skipped { because }) => Some(*because),
        // A need that has no result stands later in the plan: not done, whatever the reason.
        Some(StepResult::Failed(_) | StepResult::Interrupted) | None => Some(need),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{CallError, Class};
    use crate::name::{AccountId, Name, Region, Tags, Target};
    use crate::resource::{Action, Call, Text};
    use std::cell::Cell;
    use std::collections::BTreeSet;

    pub(super) fn key(name: &str) -> Key {
        Key::parse(&format!("channel/{name}")).unwrap()
    }

    fn arn(name: &str) -> Arn {
        Arn::parse(format!("arn:aws:cloudtrail:us-east-1:111122223333:channel/{name}")).unwrap()
    }

    pub(super) fn create(name: &str) -> Action {
        Action::Channel(crate::resource::ChannelAction::Create {
            name: Name::new(name),
            source: "Custom".to_owned(),
            destinations: vec![Text::plain("*")],
            tags: Tags::new(),
        })
    }

    /// Steps numbered from 1, each about a channel of its own.
    pub(super) fn plan(steps: &[(&str, Action, &[usize])]) -> Plan {
        let region = Region::parse("us-east-1").unwrap();
        let partition = region.partition();
        let account = AccountId::parse("111122223333").unwrap();
        let steps = steps.iter().enumerate().map(|(index, (name, action, needs))| Step {
            id: StepId(index + 1),
            key: key(name),
            action: action.clone(),
            needs: needs.iter().copied().map(StepId).collect(),
        });
        Plan {
            manifest: "m".to_owned(),
            target: Target { account, region, partition },
            changes: BTreeMap::new(),
            steps: steps.collect(),
            refusals: Vec::new(),
            notes: Vec::new(),
            checked: BTreeMap::new(),
            waiting: BTreeSet::new(),
        }
    }

    fn failure(effect: Effect) -> Failure {
        let error = CallError {
            call: Call::CreateChannel,
            subject: "channel/a".to_owned(),
            code: Some("AccessDeniedException".to_owned()),
            message: "no".to_owned(),
            help: None,
            class: Class::Denied,
        };
        Failure { error, effect }
    }

    /// Performs the plan; the named channels fail.
    async fn perform(plan: &Plan, failing: &[&str], cancelled: &dyn Fn() -> bool) -> (Applied, Vec<String>) {
        let calls = RefCell::new(Vec::new());
        let perform = async |step: &Step, bindings: &Bindings, _: &dyn Fn(&str) -> bool| {
            let known = bindings.arn(&step.key).map_or("", Arn::id);
            calls.borrow_mut().push(format!("{} {known}", step.action.call()));
            if failing.contains(&step.key.name.as_str()) {
                return Err(failure(Effect::Nothing));
            }
            let creates = step.action.call() == Call::CreateChannel;
            Ok(creates.then(|| arn(&format!("{}-new", step.key.name))))
        };
        let mut bindings = Bindings::default();
        bindings.bind(&key("old"), arn("old"));
        let applied = each_step(plan, bindings, perform, &mut |_| {}, cancelled).await;
        (applied, calls.into_inner())
    }

    fn results(applied: &Applied) -> Vec<StepResult> {
        applied.outcomes.iter().map(|outcome| outcome.result.clone()).collect()
    }

    #[tokio::test]
    async fn bindings_follow_creates_and_deletes() {
        let delete = Action::Channel(crate::resource::ChannelAction::Delete);
        let tag = Action::AddTags(Tags::new());
        let plan = plan(&[("old", delete, &[]), ("old", create("old"), &[1]), ("old", tag, &[2])]);
        let (applied, calls) = perform(&plan, &[], &|| false).await;
        assert_eq!(calls, ["DeleteChannel old", "CreateChannel ", "AddTags old-new"]);
        assert!(applied.is_complete() && applied.touched());
        assert_eq!(applied.created, BTreeMap::from([(key("old"), arn("old-new"))]));
        assert_eq!(applied.bindings.arn(&key("old")), Some(&arn("old-new")));
    }

    #[tokio::test]
    async fn dependants_are_skipped_for_the_root_cause_and_others_go_on() {
        let steps: [(&str, Action, &[usize]); 4] = [
            ("a", create("a"), &[]),
            ("b", create("b"), &[1]),
            ("c", create("c"), &[2]),
            ("d", create("d"), &[]),
        ];
        let (applied, calls) = perform(&plan(&steps), &["a"], &|| false).await;
        assert_eq!(calls, ["CreateChannel ", "CreateChannel "]);
        let because = StepId(1);
        let expected = [
            StepResult::Failed(failure(Effect::Nothing)),
            StepResult::Skipped { because },
            StepResult::Skipped { because },
            StepResult::Done,
        ];
        assert_eq!(results(&applied), expected);
        assert!(!applied.is_complete() && applied.touched());
    }

    #[tokio::test]
    async fn an_interrupted_run_begins_no_further_step() {
        let plan = plan(&[("a", create("a"), &[]), ("b", create("b"), &[1])]);
        let asked = Cell::new(0);
        let cancelled = || asked.replace(asked.get() + 1) > 0;
        let (applied, _) = perform(&plan, &[], &cancelled).await;
        assert_eq!(results(&applied), [StepResult::Done, StepResult::Interrupted]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_is_told_every_second() {
        let mut told = Vec::new();
        let work = tokio::time::sleep(Duration::from_millis(2500));
        let ((), took) = timed(work, &mut |so_far| told.push(so_far.as_secs())).await;
        assert_eq!(told, [1, 2]);
        assert_eq!(took, Duration::from_millis(2500));
    }
}
