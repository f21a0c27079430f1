//! The account read again after a plan was applied: success is claimed only for what has been read back.

use super::{Applied, StepResult};
use crate::aws::{ReadError, Reader};
use crate::plan::{Plan, Planned, StepId, Verb, decide};
use crate::resource::Key;
use crate::state::{Desired, RunOptions};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

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
/// What was not applied completely is known to differ and is not waited for; nor is what the plan left to the next one,
/// which is told when it differs: success is claimed only for an account that is as declared.
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
        Ok(Differing::of(plan, &keys, now.plan.changes))
    };
    poll(look, &|| reader.is_cut_off(), patience).await
}

fn unreadable(error: &ReadError) -> String {
    error.help().map_or_else(|| error.to_string(), |help| format!("{error}; {help}"))
}

/// `is_cut_off` tells that there is nobody to ask any more.
async fn poll(
    look: impl AsyncFn() -> Result<Differing, String>,
    is_cut_off: &dyn Fn() -> bool,
    patience: &[Duration],
) -> Verified {
    let mut verified = Verified::default();
    let waits = std::iter::once(Duration::ZERO).chain(patience.iter().copied());
    for wait in waits {
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let (settled, looked) = match look().await {
            Ok(Differing { still, left }) => {
                (still.is_empty(), Verified { still: still.into_iter().chain(left).collect(), trouble: None })
            }
            Err(trouble) => (false, Verified { still: BTreeMap::new(), trouble: Some(trouble) }),
        };
        verified = looked;
        if settled || is_cut_off() {
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

/// What a new plan would change.
#[derive(Default)]
struct Differing {
    /// What this plan has changed already: the service may only be slow to show it.
    still: BTreeMap<Key, Planned>,
    /// What this plan left to the next one: the settings of a restored store, and what waits for it.
    left: BTreeMap<Key, Planned>,
}

impl Differing {
    fn of(plan: &Plan, finished: &BTreeSet<Key>, now: BTreeMap<Key, Planned>) -> Differing {
        let restored = |key: &Key| plan.changes.get(key).is_some_and(|planned| planned.verb == Verb::Restore);
        let mut differing = Differing::default();
        for (key, again) in now {
            let is_back = restored(&key) && !matches!(again.verb, Verb::Create | Verb::Restore);
            if plan.waiting.contains(&key) || (finished.contains(&key) && is_back) {
                differing.left.insert(key, again);
            } else if finished.contains(&key) {
                differing.still.insert(key, again);
            }
        }
        differing
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{create, key, plan};
    use super::*;
    use crate::resource::Spec;
    use crate::state::Bindings;
    use std::cell::Cell;

    #[tokio::test(start_paused = true)]
    async fn looking_again_ends_with_the_first_clean_look_or_the_patience() {
        let looks = Cell::new(0);
        let clean_at_third = async || {
            looks.set(looks.get() + 1);
            if looks.get() < 3 { Err("stale".to_owned()) } else { Ok(Differing::default()) }
        };
        assert!(poll(clean_at_third, &|| false, &patience(false)).await.is_clean());
        assert_eq!(looks.get(), 3);

        let begin = tokio::time::Instant::now();
        let never = poll(async || Err("denied".to_owned()), &|| false, &patience(false)).await;
        assert_eq!(never.trouble.as_deref(), Some("denied"));
        assert_eq!(begin.elapsed(), Duration::from_secs(90));

        looks.set(0);
        let nobody = async || {
            looks.set(looks.get() + 1);
            Err("nobody answers".to_owned())
        };
        assert!(!poll(nobody, &|| looks.get() > 1, &patience(false)).await.is_clean());
        assert_eq!(looks.get(), 2);
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
        let result = |step, result| crate::apply::Outcome { step: StepId(step), result };
        let applied = Applied {
            outcomes: vec![result(1, StepResult::Done), result(2, StepResult::Interrupted)],
            bindings: Bindings::default(),
            created: BTreeMap::new(),
        };
        let finished = finished(&plan, &applied);
        assert_eq!(finished, BTreeSet::from([key("a"), key("a").policy().unwrap()]));

        let now = |verb| BTreeMap::from([(key("a"), planned(verb)), (key("b"), planned(verb))]);
        let keys = |verb| {
            let Differing { still, left } = Differing::of(&plan, &finished, now(verb));
            (still.into_keys().collect::<Vec<_>>(), left.into_keys().collect::<Vec<_>>())
        };
        // A restored store is back as it was; its settings are the next plan's.
        assert_eq!(keys(Verb::Update), (vec![], vec![key("a")]));
        assert_eq!(keys(Verb::Restore), (vec![key("a")], vec![]));
    }
}
