//! Plan -> outcomes: the steps one at a time and in order; independent steps go on after a failure, dependants
//! are skipped, events go out. Then the account is read again. Decides nothing and reads no manifest.

use crate::aws::{Failure, ReadError, Reader, Writer};
use crate::name::Arn;
use crate::plan::{Plan, Planned, Step, StepId, Verb, decide};
use crate::resource::{Call, Key};
use crate::state::{Bindings, Desired, RunOptions};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
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
    /// The service did not do it, or nobody knows.
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
            StepResult::Failed(failure) => failure.maybe_done,
            StepResult::Skipped { .. } | StepResult::Interrupted => false,
        })
    }
}

/// Whether the call takes a resource away, and its ARN with it.
pub(crate) fn unbinds(call: Call) -> bool {
    matches!(
        call,
        Call::DeleteTrail | Call::DeleteEventDataStore | Call::DeleteChannel | Call::DeleteDashboard
    )
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
            let result = match answer {
                Ok(answer) => {
                    if let Some(arn) = answer {
                        bindings.bind(&step.key, arn.clone());
                        created.insert(step.key.clone(), arn);
                    }
                    if unbinds(step.action.call()) {
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

/// What the account says after apply.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// What was applied and differs all the same, and what it would take now.
    pub still: BTreeMap<Key, Planned>,
    /// Why the account could not be read again.
    pub trouble: Option<String>,
}

impl Verified {
    /// Whether nothing that was applied differs.
    pub fn is_clean(&self) -> bool {
        let Verified { still, trouble } = self;
        still.is_empty() && trouble.is_none()
    }
}

/// How long to wait before each further look at the account. CloudTrail is eventually consistent: what was
/// written may be read a little later (user guide, data consistency).
pub fn patience(sandbox: bool) -> Vec<Duration> {
    // A minute and a half in all. In the sandbox states settle by being read, so there is nothing to wait for.
    let seconds: [u64; 9] = [1, 2, 4, 8, 15, 15, 15, 15, 15];
    seconds.into_iter().map(|wait| Duration::from_secs(if sandbox { 0 } else { wait })).collect()
}

/// Reads again until nothing of what was applied differs, or the patience is used up.
/// What was not applied completely is known to differ and is not waited for.
pub async fn verify(
    plan: &Plan,
    applied: &Applied,
    desired: &Desired,
    options: &RunOptions,
    reader: &Reader,
    patience: &[Duration],
) -> Verified {
    let keys = finished(plan, applied);
    let asks = desired.asks();
    let look = async || {
        let live = Box::pin(reader.read(&asks)).await.map_err(|error| unreadable(&error))?;
        let now = decide(desired, &live, options)
            .map_err(|conflicts| conflicts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
        Ok(differing(plan, &keys, now.plan.changes))
    };
    poll(look, patience).await
}

fn unreadable(error: &ReadError) -> String {
    error.help().map_or_else(|| error.to_string(), |help| format!("{error}; {help}"))
}

async fn poll(
    look: impl AsyncFn() -> Result<BTreeMap<Key, Planned>, String>,
    patience: &[Duration],
) -> Verified {
    let mut verified = Verified::default();
    let waits = std::iter::once(Duration::ZERO).chain(patience.iter().copied());
    for wait in waits {
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        verified = match look().await {
            Ok(still) => Verified { still, trouble: None },
            Err(trouble) => Verified { still: BTreeMap::new(), trouble: Some(trouble) },
        };
        if verified.is_clean() {
            break;
        }
    }
    verified
}

/// The changes of which every step was done. A policy that goes with its parent may have no step of its own.
fn finished(plan: &Plan, applied: &Applied) -> BTreeSet<Key> {
    let undone = applied.outcomes.iter().filter(|outcome| outcome.result != StepResult::Done);
    let undone: BTreeSet<StepId> = undone.map(|outcome| outcome.step).collect();
    let steps = |key: &Key| plan.steps.iter().any(|step| step.key == *key);
    let failed = |key: &Key| plan.steps.iter().any(|step| step.key == *key && undone.contains(&step.id));
    let whole = |key: &&Key| !failed(key) && (steps(key) || !failed(&key.bound()));
    plan.changes.keys().filter(whole).cloned().collect()
}

/// Of what a new plan would change, what this plan has changed already.
fn differing(plan: &Plan, finished: &BTreeSet<Key>, now: BTreeMap<Key, Planned>) -> BTreeMap<Key, Planned> {
    let restored = |key: &Key| plan.changes.get(key).is_some_and(|planned| planned.verb == Verb::Restore);
    let differs = |key: &Key, again: &Planned| {
        // A restored store is back as it was; its settings are the next plan's.
        finished.contains(key) && (!restored(key) || matches!(again.verb, Verb::Create | Verb::Restore))
    };
    now.into_iter().filter(|(key, again)| differs(key, again)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{CallError, Class};
    use crate::name::{AccountId, Name, Region, Tags, Target};
    use crate::resource::{Action, Spec, Text};
    use std::cell::Cell;

    fn key(name: &str) -> Key {
        Key::parse(&format!("channel/{name}")).unwrap()
    }

    fn arn(name: &str) -> Arn {
        Arn::parse(format!("arn:aws:cloudtrail:us-east-1:111122223333:channel/{name}")).unwrap()
    }

    fn create(name: &str) -> Action {
        Action::Channel(crate::resource::ChannelAction::Create {
            name: Name::new(name),
            source: "Custom".to_owned(),
            destinations: vec![Text::plain("*")],
            tags: Tags::new(),
        })
    }

    /// Steps numbered from 1, each about a channel of its own.
    fn plan(steps: &[(&str, Action, &[usize])]) -> Plan {
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
        }
    }

    fn failure(maybe_done: bool) -> Failure {
        let error = CallError {
            call: Call::CreateChannel,
            subject: "channel/a".to_owned(),
            code: Some("AccessDeniedException".to_owned()),
            message: "no".to_owned(),
            help: None,
            class: Class::Denied,
        };
        Failure { error, maybe_done }
    }

    /// Performs the plan; the named channels fail.
    async fn perform(plan: &Plan, failing: &[&str], cancelled: &dyn Fn() -> bool) -> (Applied, Vec<String>) {
        let calls = RefCell::new(Vec::new());
        let perform = async |step: &Step, bindings: &Bindings, _: &dyn Fn(&str) -> bool| {
            let known = bindings.arn(&step.key).map_or("", Arn::id);
            calls.borrow_mut().push(format!("{} {known}", step.action.call()));
            if failing.contains(&step.key.name.as_str()) {
                return Err(failure(false));
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
            StepResult::Failed(failure(false)),
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

    #[tokio::test(start_paused = true)]
    async fn looking_again_ends_with_the_first_clean_look_or_the_patience() {
        let looks = Cell::new(0);
        let clean_at_third = async || {
            looks.set(looks.get() + 1);
            if looks.get() < 3 { Err("stale".to_owned()) } else { Ok(BTreeMap::new()) }
        };
        assert!(poll(clean_at_third, &patience(false)).await.is_clean());
        assert_eq!(looks.get(), 3);

        let begin = tokio::time::Instant::now();
        let never = poll(async || Err("denied".to_owned()), &patience(false)).await;
        assert_eq!(never.trouble.as_deref(), Some("denied"));
        assert_eq!(begin.elapsed(), Duration::from_secs(90));
    }

    #[test]
    fn what_was_not_done_is_not_waited_for() {
        let mut plan = plan(&[("a", create("a"), &[]), ("b", create("b"), &[])]);
        let planned = |verb| Planned {
            verb,
            why: None,
            counted: true,
            desired: None::<Spec>,
            live: None,
            fields: Vec::new(),
            weakens: false,
            losses: Vec::new(),
        };
        for key in [key("a"), key("b")] {
            let policy = key.policy().unwrap();
            plan.changes.extend([(key, planned(Verb::Restore)), (policy, planned(Verb::Create))]);
        }
        let result = |step, result| Outcome { step: StepId(step), result };
        let applied = Applied {
            outcomes: vec![result(1, StepResult::Done), result(2, StepResult::Interrupted)],
            bindings: Bindings::default(),
            created: BTreeMap::new(),
        };
        let finished = finished(&plan, &applied);
        assert_eq!(finished, BTreeSet::from([key("a"), key("a").policy().unwrap()]));

        let now = |verb| BTreeMap::from([(key("a"), planned(verb)), (key("b"), planned(verb))]);
        assert!(differing(&plan, &finished, now(Verb::Update)).is_empty());
        assert_eq!(differing(&plan, &finished, now(Verb::Restore)).len(), 1);
    }
}
