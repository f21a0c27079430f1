//! Reports for programs: a plan, what came of it, drift, problems and trouble, as the records of `record`.

use super::drift::Seen;
use super::record::{
    ApplyReport, ChangeRecord, CheckedRecord, ErrorRecord, FORMAT_VERSION, FieldRecord, NoteRecord,
    OutcomeRecord, PlanReport, ProblemsReport, RefusalRecord, RestorableRecord, RunRecord, StepRecord,
    Summary, TroubleReport,
};
use super::style::is_hidden;
use super::{Findings, Run, Trouble, drift_json, gap, in_order, restorable};
use crate::apply::{Applied, Outcome, StepResult, Verified};
use crate::aws::Effect;
use crate::name::Arn;
use crate::plan::cover::Gap;
use crate::plan::{Plan, Planned, Refusal, Step, Verb};
use crate::resource::{Field, FieldChange, Key};
use crate::state::{Bindings, Found, Note};
use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The report of `plan`. `bindings` are the ARNs known when the plan was made.
pub fn plan(plan: &Plan, bindings: &Bindings, run: &Run) -> String {
    print(&plan_report("plan", plan, bindings, run))
}

/// The report of `apply` when it did not begin: nothing to do, refused, or not covered by the saved plan.
pub fn not_applied(plan: &Plan, bindings: &Bindings, gaps: &[Gap], run: &Run) -> String {
    print(&ApplyReport {
        plan: plan_report("apply", plan, bindings, run),
        not_covered: gaps.iter().map(gap::record).collect(),
        outcomes: Vec::new(),
        verified: None,
        still_differs: Vec::new(),
        restorable: Vec::new(),
        not_verified_because: None,
    })
}

/// The report of `apply`. `bindings` are the ARNs known when the plan was made; what was deleted can be restored until
/// `restorable_until`, in UTC, as RFC 3339.
pub fn applied(
    plan: &Plan,
    bindings: &Bindings,
    applied: &Applied,
    verified: &Verified,
    restorable_until: &str,
    run: &Run,
) -> String {
    let waiting = |key: &Key| RestorableRecord { key: key.to_string(), until: restorable_until.to_owned() };
    let outcomes = applied.outcomes.iter().map(|outcome| outcome_record(plan, applied, outcome));
    print(&ApplyReport {
        plan: plan_report("apply", plan, bindings, run),
        not_covered: Vec::new(),
        outcomes: outcomes.collect(),
        verified: Some(applied.is_complete() && verified.is_clean()),
        still_differs: verified.still.iter().map(|(key, planned)| drift_json::still(key, planned)).collect(),
        restorable: restorable(plan, applied).map(waiting).collect(),
        not_verified_because: verified.trouble.clone(),
    })
}

/// The report of `drift`.
pub fn drift(seen: &Seen<'_>, run: &Run) -> String {
    print(&drift_json::report(seen, run))
}

/// The most problems that are listed; how many more there are is said.
const MAX_PROBLEMS: usize = 1000;

/// What was found in a manifest; no problems when it is valid.
pub fn problems(findings: &Findings<'_>) -> String {
    let Findings { problems, silenced, sources } = findings;
    let listed = problems.iter().take(MAX_PROBLEMS);
    print(&ProblemsReport {
        format_version: FORMAT_VERSION.to_owned(),
        problems: listed.map(|problem| problem.record(sources)).collect(),
        omitted: problems.len().saturating_sub(MAX_PROBLEMS),
        silenced: silenced.len(),
    })
}

/// Trouble: nothing was changed.
pub fn trouble(trouble: &Trouble) -> String {
    print(&TroubleReport { format_version: FORMAT_VERSION.to_owned(), error: trouble.clone() })
}

/// Texts, numbers and lists of them can always be written; an error would be a fault of ours, told as JSON too.
pub(super) fn print(report: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(report)
        .unwrap_or_else(|error| serde_json::json!({"error": {"message": error.to_string()}}).to_string());
    format!("{}\n", harmless(&text))
}

/// The same document with what would act on a terminal, or hide there, as JSON's own escapes. Between strings there is
/// nothing of the sort but line breaks.
fn harmless(document: &str) -> String {
    let mut shown = String::with_capacity(document.len());
    for character in document.chars() {
        if character == '\n' || !is_hidden(character) {
            shown.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            shown.push_str(&format!("\\u{unit:04x}"));
        }
    }
    shown
}

fn plan_report(command: &str, plan: &Plan, bindings: &Bindings, run: &Run) -> PlanReport {
    let count = |verb| plan.count(verb);
    PlanReport {
        format_version: FORMAT_VERSION.to_owned(),
        command: command.to_owned(),
        run: run_record(plan, run),
        changes: in_order(plan).into_iter().map(|(key, planned)| change_record(key, planned)).collect(),
        steps: step_records(&plan.steps, bindings.clone()),
        refusals: plan.refusals.iter().map(refusal_record).collect(),
        notes: plan.notes.iter().map(note_record).collect(),
        checked: plan.checked.iter().map(|(key, found)| checked_record(key, found)).collect(),
        summary: Summary {
            create: count(Verb::Create),
            update: count(Verb::Update),
            replace: count(Verb::Replace),
            delete: count(Verb::Delete),
            adopt: count(Verb::Adopt),
            restore: count(Verb::Restore),
            forget: count(Verb::Forget),
        },
    }
}

pub(super) fn run_record(plan: &Plan, run: &Run) -> RunRecord {
    let Run { observed_at, caller, manifest_sha256 } = run;
    RunRecord {
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        observed_at: observed_at.clone(),
        caller: caller.clone(),
        manifest: plan.manifest.clone(),
        manifest_sha256: manifest_sha256.clone(),
        account: plan.target.account.to_string(),
        region: plan.target.region.to_string(),
    }
}

fn change_record(key: &Key, planned: &Planned) -> ChangeRecord {
    let Planned { verb, why, counted, desired: _, live, fields, weakens, losses } = planned;
    ChangeRecord {
        key: key.to_string(),
        kind: key.kind.word().to_owned(),
        name: key.name.to_string(),
        arn: live.as_ref().map(|found| found.arn.to_string()),
        action: verb.to_string(),
        weakens: *weakens,
        losses: losses.clone(),
        goes_along: !counted,
        reason: why.clone(),
        fields: fields.iter().map(field_record).collect(),
    }
}

pub(super) fn field_record(change: &FieldChange) -> FieldRecord {
    let FieldChange { path, desired, live } = change;
    FieldRecord { path: path.to_string(), live: live.to_json(), desired: desired.to_json() }
}

/// The requests as apply would send them: each delete takes its ARN out of what is known.
pub(super) fn step_records(steps: &[Step], mut bindings: Bindings) -> Vec<StepRecord> {
    let mut records = Vec::new();
    for step in steps {
        let Step { id, key, action, needs } = step;
        let call = action.call();
        records.push(StepRecord {
            id: id.0,
            key: key.to_string(),
            call: call.name().to_owned(),
            request: action.request(key, &|text| bindings.spell(text)),
            needs: needs.iter().map(|need| need.0).collect(),
        });
        if call.deletes() {
            bindings.unbind(key);
        }
    }
    records
}

pub(super) fn refusal_record(refusal: &Refusal) -> RefusalRecord {
    let Refusal { key, guard, reason, help } = refusal;
    RefusalRecord {
        key: key.to_string(),
        guard: guard.map(|guard| guard.to_string()),
        reason: reason.clone(),
        allow: refusal.allow(),
        help: help.clone(),
    }
}

pub(super) fn note_record(note: &Note) -> NoteRecord {
    let Note { key, word, text } = note;
    NoteRecord { key: key.as_ref().map(Key::to_string), word: (*word).to_owned(), text: text.clone() }
}

pub(super) fn checked_record(key: &Key, found: &Found) -> CheckedRecord {
    CheckedRecord {
        key: key.to_string(),
        arn: found.arn.to_string(),
        fingerprint: fingerprint(&found.spec.fields()),
    }
}

fn outcome_record(plan: &Plan, applied: &Applied, outcome: &Outcome) -> OutcomeRecord {
    let Outcome { step, result } = outcome;
    let made = || created(plan.steps.iter().find(|candidate| candidate.id == *step)?, applied);
    let (word, error, because, effect) = match result {
        StepResult::Done => ("done", None, None, None),
        StepResult::Failed(failure) => {
            let error = ErrorRecord {
                code: failure.error.code.clone(),
                message: failure.error.message.clone(),
                help: failure.error.help.clone(),
            };
            ("failed", Some(error), None, Some(&failure.effect))
        }
        StepResult::Skipped { because } => ("skipped", None, Some(because.0), None),
        StepResult::Interrupted => ("interrupted", None, None, None),
    };
    let accepted = matches!(effect, Some(Effect::Accepted(_)));
    let arn = if word == "done" || accepted { made().map(Arn::to_string) } else { None };
    OutcomeRecord {
        step: step.0,
        outcome: word.to_owned(),
        arn,
        error,
        because,
        maybe_done: (effect == Some(&Effect::Unknown)).then_some(true),
        accepted: accepted.then_some(true),
    }
}

/// The ARN that this step returned: creating calls are the ones that make.
fn created<'a>(step: &Step, applied: &'a Applied) -> Option<&'a Arn> {
    step.action.call().creates().then(|| applied.created.get(&step.key))?
}

/// SHA-256 of every setting by its path. `serde_json` orders the members of objects, so equal settings give equal bytes.
pub fn fingerprint(fields: &[Field]) -> String {
    let settings: BTreeMap<&str, Json> =
        fields.iter().map(|field| (field.path.as_str(), field.value.to_json())).collect();
    hex(&Sha256::digest(Json::from_iter(settings).to_string()))
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
