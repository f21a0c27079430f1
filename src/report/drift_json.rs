//! Drift for programs: the same facts as the text, with severities and times as values.

use super::drift::{self, Seen};
use super::json::{checked_record, field_record, note_record, run_record};
use super::record::{
    DriftRecord, DriftReport, DriftedFieldRecord, FORMAT_VERSION, HealthRecord, UnmanagedRecord,
};
use super::{Run, who};
use crate::name::Time;
use crate::plan::Planned;
use crate::plan::drift::{Complaint, Difference, DriftedField, difference};
use crate::plan::unmanaged::Unmanaged;
use crate::resource::{Key, Symptom};
use crate::state::who::Answer;

pub(super) fn report(seen: &Seen<'_>, run: &Run) -> DriftReport {
    let Seen { plan, drift, who: _, unmanaged, now: _ } = *seen;
    let differing = seen.differing().into_iter();
    let changes =
        differing.map(|(key, planned, difference)| change(key, planned, difference, seen.answer(key)));
    DriftReport {
        format_version: FORMAT_VERSION.to_owned(),
        command: "drift".to_owned(),
        run: run_record(plan, run),
        severity: drift.worst().map(|severity| severity.to_string()),
        changes: changes.collect(),
        health: drift.complaints.iter().map(health).collect(),
        unmanaged: unmanaged.map(|list| list.iter().map(stranger).collect()),
        notes: seen.notes().map(note_record).collect(),
        checked: plan.checked.iter().map(|(key, found)| checked_record(key, found)).collect(),
    }
}

/// What was applied and differs all the same.
pub(super) fn still(key: &Key, planned: &Planned) -> DriftRecord {
    change(key, planned, &difference(key, planned, None), None)
}

fn change(key: &Key, planned: &Planned, difference: &Difference, answer: Option<&Answer>) -> DriftRecord {
    let Difference { severity, losses, fields } = difference;
    DriftRecord {
        key: key.to_string(),
        kind: key.kind.word().to_owned(),
        name: key.name.to_string(),
        arn: planned.live.as_ref().map(|found| found.arn.to_string()),
        drift: drift::word(key, planned).to_owned(),
        severity: severity.to_string(),
        weakened: !losses.is_empty(),
        losses: losses.clone(),
        fields: fields.iter().map(field).collect(),
        origin: answer.map(who::record).unwrap_or_default(),
    }
}

fn field(field: &DriftedField) -> DriftedFieldRecord {
    let DriftedField { change, severity, since } = field;
    DriftedFieldRecord { field: field_record(change), severity: severity.to_string(), since: written(*since) }
}

fn health(complaint: &Complaint) -> HealthRecord {
    let Complaint { key, arn, symptom } = complaint;
    let Symptom { severity, concerns, text, since, until, last_success, help } = symptom;
    HealthRecord {
        key: key.to_string(),
        arn: arn.to_string(),
        severity: severity.to_string(),
        concerns: (*concerns).to_owned(),
        message: text.clone(),
        since: written(*since),
        until: written(*until),
        last_success: written(*last_success),
        help: help.map(str::to_owned),
    }
}

fn stranger(one: &Unmanaged) -> UnmanagedRecord {
    let Unmanaged { key, arn, standing, remarks } = one;
    UnmanagedRecord {
        key: key.to_string(),
        kind: key.kind.word().to_owned(),
        name: key.name.to_string(),
        arn: arn.to_string(),
        standing: drift::standing(standing).to_owned(),
        owner: drift::owner(standing),
        remarks: remarks.clone(),
    }
}

fn written(time: Option<Time>) -> Option<String> {
    time.map(|time| time.to_string())
}
