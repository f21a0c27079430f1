//! A plan seen from the account: how bad each difference is, since when, and what does not work although it is as
//! declared. Facts with a severity; how they read is the report's.

use super::{Plan, Planned, Verb};
use crate::name::{Arn, Time};
use crate::resource::{Danger, FieldChange, Health, Key, Path, Severity, Spec, Symptom, Value};
use crate::state::{Live, MANIFEST_TAG};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Everything that is not as the manifest says, and everything that does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The severity, losses and times of each change of the plan.
    pub differences: BTreeMap<Key, Difference>,
    /// What does not work, the worst first, then by key.
    pub complaints: Vec<Complaint>,
}

/// One resource that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// How soon somebody must look.
    pub severity: Severity,
    /// What the account records, delivers or proves less than the manifest declares, in words.
    pub losses: Vec<String>,
    /// The settings that differ, in print order.
    pub fields: Vec<DriftedField>,
}

/// One setting that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftedField {
    /// Which setting, and its two values.
    pub change: FieldChange,
    /// How soon somebody must look.
    pub severity: Severity,
    /// Since when it has its live value, where the service tells.
    pub since: Option<Time>,
}

/// Something that does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The resource.
    pub key: Key,
    /// Its ARN.
    pub arn: Arn,
    /// What is wrong.
    pub symptom: Symptom,
}

/// What somebody must look at, and how soon. `live` is the account that the plan was made of, read at `now`.
pub fn drift(plan: &Plan, live: &Live, now: Time) -> Drift {
    let judged = |(key, planned): (&Key, &Planned)| {
        let health = planned.live.as_ref().and_then(|found| live.health.get(&found.arn));
        (key.clone(), difference(key, planned, health))
    };
    Drift { differences: plan.changes.iter().map(judged).collect(), complaints: complaints(plan, live, now) }
}

impl Drift {
    /// The worst of it all; none when nothing differs and everything works.
    pub fn worst(&self) -> Option<Severity> {
        let complaints = self.complaints.iter().map(|complaint| complaint.symptom.severity);
        self.differences.values().map(|difference| difference.severity).chain(complaints).max()
    }

    /// Whether there is something to look at: any difference, and health that is worse than an interruption of long
    /// ago. With a `limit`, what is at least as bad, of whichever sort.
    pub fn counts(&self, limit: Option<Severity>, ignore_health: bool) -> bool {
        let differs = self.differences.values().any(|it| Some(it.severity) >= limit);
        let limit = limit.unwrap_or(Severity::Warning);
        let fails = self.complaints.iter().any(|complaint| complaint.symptom.severity >= limit);
        differs || (fails && !ignore_health)
    }
}

/// How bad it is that a resource differs.
pub fn difference(key: &Key, planned: &Planned, health: Option<&Health>) -> Difference {
    let dangers = dangers(key, planned);
    let fields: Vec<DriftedField> =
        planned.fields.iter().map(|change| drifted(planned, change, health)).collect();
    let least = match planned.verb {
        Verb::Create | Verb::Delete | Verb::Restore => Severity::Warning,
        // Tags come and go with what is not adopted or not forgotten yet.
        Verb::Update | Verb::Replace | Verb::Adopt => {
            fields.iter().map(|field| field.severity).max().unwrap_or(Severity::Info)
        }
        Verb::Forget => Severity::Info,
    };
    let worst = dangers.iter().map(|danger| danger.severity).max();
    Difference {
        severity: worst.unwrap_or(least).max(least),
        losses: dangers.into_iter().map(|danger| danger.reason).collect(),
        fields,
    }
}

/// The dangers of the way that somebody has gone already, from what is declared to what is live.
fn dangers(key: &Key, planned: &Planned) -> Vec<Danger> {
    let live = planned.live.as_ref().map(|found| &found.spec);
    match planned.verb {
        // Leftovers record more than declared, not less; a policy that nobody declared may let everybody in.
        Verb::Delete if key.is_policy() && planned.counted => Spec::dangers(live, None),
        Verb::Delete | Verb::Forget => Vec::new(),
        // What is there is another resource than the declared one, which is missing.
        Verb::Replace if planned.counted => {
            let mut dangers = Spec::dangers(None, planned.desired.as_ref());
            dangers.extend(Spec::dangers(live, planned.desired.as_ref()));
            dangers
        }
        Verb::Create | Verb::Update | Verb::Replace | Verb::Adopt | Verb::Restore => {
            Spec::dangers(live, planned.desired.as_ref())
        }
    }
}

fn drifted(planned: &Planned, change: &FieldChange, health: Option<&Health>) -> DriftedField {
    let live = planned.live.as_ref().map(|found| &found.spec);
    DriftedField {
        change: change.clone(),
        severity: severity(planned, change, live),
        since: health.zip(live).and_then(|(health, live)| health.since(&change.path, live)),
    }
}

/// How bad one setting is by itself: the dangers of a resource that is as declared but for this one.
fn severity(planned: &Planned, change: &FieldChange, live: Option<&Spec>) -> Severity {
    // What is to be somebody else's may be as it likes.
    if planned.verb == Verb::Forget {
        return Severity::Info;
    }
    if let Some(tag) = change.path.tag_key() {
        // Another manifest that claims a resource will write to it too.
        let claimed = tag == MANIFEST_TAG && change.live != Value::Absent;
        return if claimed { Severity::Warning } else { Severity::Info };
    }
    let (Some(desired), Some(live)) = (&planned.desired, live) else { return Severity::Warning };
    let mut but_for_this = desired.clone();
    but_for_this.leave(&Path::new(change.path.top()), live);
    let dangers = Spec::dangers(Some(&but_for_this), Some(desired));
    dangers.iter().map(|danger| danger.severity).max().unwrap_or(Severity::Warning)
}

/// What does not work of all that was compared. What is to go, or to be somebody else's, need not work.
fn complaints(plan: &Plan, live: &Live, now: Time) -> Vec<Complaint> {
    let leaves = |key: &Key| {
        plan.changes.get(key).is_some_and(|planned| matches!(planned.verb, Verb::Delete | Verb::Forget))
    };
    let compared = plan.checked.iter().filter(|(key, _)| !key.is_policy() && !leaves(key));
    let mut complaints: Vec<Complaint> = compared
        .filter_map(|(key, found)| Some((key, found, live.health.get(&found.arn)?)))
        .flat_map(|(key, found, health)| {
            let symptoms = health.symptoms(&found.spec, now).into_iter();
            symptoms.map(|symptom| Complaint { key: key.clone(), arn: found.arn.clone(), symptom })
        })
        .collect();
    // The sort is stable: of equal severity by key, and then in the order in which its kind tells them.
    complaints.sort_by_key(|complaint| Reverse(complaint.symptom.severity));
    complaints
}
