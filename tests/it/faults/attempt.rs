//! One run of apply as the command line makes it, and how it ended.

use crate::support::{Lab, RESTORABLE_UNTIL, is_as_planned};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use trailkeeper::apply::{self, Applied, Event, Verified};
use trailkeeper::aws::Writer;
use trailkeeper::cli::Exit;
use trailkeeper::emulator::Emulator;
use trailkeeper::plan::{Decision, Plan, StepId, decide};
use trailkeeper::report::style::Style;
use trailkeeper::report::text;
use trailkeeper::state::{Desired, RunOptions};

/// How a run ended.
pub(crate) enum End {
    /// Before anything could be planned.
    Trouble(String),
    /// By a guard.
    Refused(Box<Plan>),
    /// Nothing was to be done.
    Nothing,
    /// With the plan that was expected.
    AsExpected,
    /// After writing.
    Applied(Box<Attempt>),
}

/// What a run that wrote did, and what it says that it did.
pub(crate) struct Attempt {
    pub(crate) decision: Decision,
    /// How many calls it took to come to the plan.
    pub(crate) planned_after: usize,
    pub(crate) plan: Plan,
    pub(crate) applied: Applied,
    pub(crate) verified: Verified,
    /// The request of each step that was begun.
    pub(crate) requests: BTreeMap<StepId, (String, Value)>,
}

impl Attempt {
    pub(crate) fn exit(&self) -> Exit {
        Exit::of_apply(&self.applied, &self.verified)
    }

    /// Every step was done, and nothing differs but what a restored store leaves to the next plan.
    pub(crate) fn did_as_planned(&self) -> bool {
        self.applied.is_complete() && is_as_planned(&self.plan, &self.verified)
    }

    pub(crate) fn report(&self) -> String {
        text::applied(&self.plan, &self.applied, &self.verified, RESTORABLE_UNTIL, Style::default())
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Trouble(trouble) => write!(f, "trouble: {trouble}"),
            End::Refused(plan) => f.write_str(&text::plan(plan, Style::default())),
            End::Nothing => f.write_str("nothing to do"),
            End::AsExpected => f.write_str("the plan is as expected"),
            End::Applied(attempt) => f.write_str(&attempt.report()),
        }
    }
}

/// Connects, reads, plans, applies and reads again. What follows from a plan is a function of the plan and the
/// account, so a run that comes to the `expected` one may end with it.
pub(crate) async fn attempt(
    emulator: &Emulator,
    desired: &Desired,
    options: &RunOptions,
    expected: Option<&Decision>,
) -> End {
    let lab = Lab::of(emulator.clone());
    let reader = match lab.connect().await {
        Ok(reader) => reader,
        Err(error) => return End::Trouble(error.to_string()),
    };
    let live = match reader.read(&desired.asks()).await {
        Ok(live) => live,
        Err(error) => return End::Trouble(error.to_string()),
    };
    let decision = match decide(desired, &live, options) {
        Ok(decision) => decision,
        Err(conflicts) => return End::Trouble(format!("{conflicts:?}")),
    };
    if expected == Some(&decision) {
        return End::AsExpected;
    }
    let planned_after = emulator.calls().len();
    let Decision { plan, bindings } = decision.clone();
    if plan.is_refused() {
        return End::Refused(Box::new(plan));
    }
    if plan.is_empty() {
        return End::Nothing;
    }
    let mut requests = BTreeMap::new();
    let mut observer = |event: &Event<'_>| {
        if let Event::Started(step, bindings) = event {
            let request = step.action.request(&step.key, &|text| bindings.spell(text));
            requests.insert(step.id, (step.action.call().to_string(), request));
        }
    };
    let writer = Writer::new(&reader);
    let applied = apply::apply(&plan, bindings, &writer, &mut observer, &|| false).await;
    let verified = match applied.touched() {
        true => apply::verify(&plan, &applied, desired, options, &reader, &patience()).await,
        false => Verified::default(),
    };
    End::Applied(Box::new(Attempt { decision, planned_after, plan, applied, verified, requests }))
}

/// The first looks of the command line's patience: the faults have passed by then, or never do.
fn patience() -> Vec<Duration> {
    apply::patience(true).into_iter().take(2).collect()
}
