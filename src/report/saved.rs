//! A saved plan read back. Whoever could write the file may have written anything: its size is bounded, its shape
//! and words are checked, and everything that is shown of it is made harmless like any other text.

use super::markdown::Subject;
use super::record::{
    ChangeRecord, CheckedRecord, FORMAT_VERSION, FieldRecord, NoteRecord, PlanReport, RunRecord, StepRecord,
    Summary,
};
use super::style::Style;
use super::view::{Row, View};
use super::{Trouble, json, markdown, text};
use crate::name::Arn;
use crate::plan::Verb;
use crate::plan::cover::{Evidence, RecordedChange, RecordedNote, RecordedStep, permits};
use crate::resource::{Call, FieldChange, Key, Path, Value};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use std::collections::BTreeMap;

/// The largest plan file, in bytes. An account that is full of the longest dashboards makes about 25 MB.
pub const MAX_SIZE: usize = 32 * 1024 * 1024;

/// A plan out of a file.
#[derive(Debug)]
pub struct SavedPlan {
    report: PlanReport,
    view: View,
    evidence: Evidence,
}

/// The beginning of every report. What tells reports apart is read before the rest, which only plans have.
#[derive(Deserialize)]
struct Head {
    format_version: String,
    #[serde(default)]
    command: Option<String>,
    /// Of what `validate` prints, and every command when the manifest has problems.
    #[serde(default)]
    problems: Option<IgnoredAny>,
    /// Of what every command prints when it could not do its work.
    #[serde(default)]
    error: Option<IgnoredAny>,
}

impl SavedPlan {
    /// Reads what `plan --out` writes.
    ///
    /// # Errors
    /// What is no plan, or a plan of another major version of the format; the file is not named.
    pub fn parse(bytes: &[u8]) -> Result<SavedPlan, Trouble> {
        if bytes.len() > MAX_SIZE {
            return Err(Trouble::new(format!("it has more than {MAX_SIZE} bytes, which no plan has")));
        }
        let head = head(bytes)?;
        check_version(&head.format_version)?;
        if let Some(other) = head.other() {
            return Err(no_plan(other));
        }
        let report: PlanReport = read(bytes)?;
        let view = view(&report).map_err(no_plan)?;
        agree(&report, &view).map_err(no_plan)?;
        let evidence = evidence(&report, &view).map_err(no_plan)?;
        Ok(SavedPlan { report, view, evidence })
    }

    /// Of what, for whom and when it was made, in one line.
    pub fn about(&self) -> String {
        let RunRecord { manifest, account, region, observed_at, .. } = &self.report.run;
        format!("plan of {manifest} for account {account} in {region}, made at {observed_at}")
    }

    /// The plan as `plan` showed it.
    pub fn text(&self, style: Style) -> String {
        text::view(&self.view, style)
    }

    /// The plan as `plan --format markdown` prints it.
    pub fn markdown(&self, max_bytes: usize) -> String {
        let RunRecord { manifest, account, region, .. } = &self.report.run;
        markdown::view(&self.view, &Subject { manifest, account, region }, max_bytes)
    }

    /// The plan as `plan --format json` prints it.
    pub fn json(&self) -> String {
        json::print(&self.report)
    }

    /// What it proves.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

/// Whether this begins as every report does, of whatever version: what a plan file may replace.
pub fn is_report(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Head>(bytes).is_ok()
}

impl Head {
    /// Which report this is, when it is no plan.
    fn other(&self) -> Option<String> {
        let Head { format_version: _, command, problems, error } = self;
        match (command.as_deref(), problems, error) {
            (Some("plan"), ..) => None,
            (Some(command), ..) => Some(format!("it is a report of `{command}`")),
            (None, Some(_), _) => Some("it is a report of a manifest's problems".to_owned()),
            (None, None, Some(_)) => Some("it is a report of what went wrong in a run".to_owned()),
            (None, None, None) => Some("it is no report of a plan: it has no `command`".to_owned()),
        }
    }
}

/// Whatever JSON is no report of ours is called so, and only what is no JSON is told in the parser's words.
fn head(bytes: &[u8]) -> Result<Head, Trouble> {
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => no_plan("it is JSON, and no report of trailkeeper".to_owned()),
        Category::Io | Category::Syntax | Category::Eof => no_plan(error.to_string()),
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Trouble> {
    serde_json::from_slice(bytes).map_err(|error| no_plan(error.to_string()))
}

fn no_plan(cause: String) -> Trouble {
    Trouble::new("it is not a saved plan").because(cause).help("`trailkeeper plan --out FILE` writes one")
}

/// Within a major version there are only additions, which an older trailkeeper may leave aside.
fn check_version(version: &str) -> Result<(), Trouble> {
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    if major(version) == major(FORMAT_VERSION) {
        return Ok(());
    }
    let trouble = Trouble::new(format!(
        "it has version {version} of the format, and this trailkeeper ({}) reads {FORMAT_VERSION}",
        env!("CARGO_PKG_VERSION")
    ));
    Err(trouble.help("plan again with this trailkeeper, or use the one that saved the plan"))
}

fn view(report: &PlanReport) -> Result<View, String> {
    let checked = report.checked.iter().map(|CheckedRecord { key, .. }| parse_key(key));
    let checked = checked.collect::<Result<Vec<Key>, String>>()?;
    Ok(View {
        rows: report.changes.iter().map(row).collect::<Result<_, String>>()?,
        refusals: report.refusals.clone(),
        notes: report.notes.clone(),
        checked: checked.iter().filter(|key| !key.is_policy()).count(),
    })
}

fn row(change: &ChangeRecord) -> Result<Row, String> {
    let ChangeRecord {
        key,
        // Both stand in the key, as `agree` has seen, and the ARN is evidence.
        kind: _,
        name: _,
        arn: _,
        action,
        // Such changes stand first already.
        weakens: _,
        losses,
        goes_along,
        reason,
        fields,
    } = change;
    Ok(Row {
        key: parse_key(key)?,
        verb: Verb::parse(action).ok_or_else(|| format!("`{action}` is no action"))?,
        why: reason.clone(),
        goes_along: *goes_along,
        losses: losses.clone(),
        fields: fields.iter().map(field).collect(),
    })
}

fn field(record: &FieldRecord) -> FieldChange {
    let FieldRecord { path, live, desired } = record;
    FieldChange {
        path: Path::new(path.as_str()),
        desired: Value::from_json(desired.clone()),
        live: Value::from_json(live.clone()),
    }
}

fn evidence(report: &PlanReport, view: &View) -> Result<Evidence, String> {
    let mut changes = BTreeMap::new();
    for (row, change) in view.rows.iter().zip(&report.changes) {
        if changes.insert(row.key.clone(), recorded(row, change, report)).is_some() {
            return Err(format!("it has two changes of `{}`", row.key));
        }
    }
    // A call that this version does not know is none that it would make.
    let steps = report.steps.iter().filter_map(|step| {
        let StepRecord { id: _, key, call, request, needs: _ } = step;
        let call = Call::parse(call)?;
        Some(parse_key(key).map(|key| RecordedStep { key, call, request: request.clone() }))
    });
    Ok(Evidence {
        manifest: report.run.manifest.clone(),
        account: report.run.account.clone(),
        region: report.run.region.clone(),
        changes,
        steps: steps.collect::<Result<_, String>>()?,
    })
}

/// What stands in a file twice must say the same: programs read the one, and people the other.
fn agree(report: &PlanReport, view: &View) -> Result<(), String> {
    for (row, change) in view.rows.iter().zip(&report.changes) {
        if change.kind != row.key.kind.word() || change.name != row.key.name.to_string() {
            return Err(format!("kind and name of `{}` are another's", row.key));
        }
    }
    let Summary { create, update, replace, delete, adopt, restore, forget } = report.summary;
    let counts = [create, update, replace, delete, adopt, restore, forget];
    let wrong = Verb::ALL.into_iter().zip(counts).find(|(verb, count)| view.count(*verb) != *count);
    match wrong {
        Some((verb, count)) => {
            Err(format!("its summary says {count} to {verb}, and its changes {}", view.count(verb)))
        }
        None => Ok(()),
    }
}

fn recorded(row: &Row, change: &ChangeRecord, report: &PlanReport) -> RecordedChange {
    let Row { key: _, verb, why, goes_along, losses, fields } = row;
    let notes =
        report.notes.iter().filter(|note| note.key.as_ref() == Some(&change.key) && permits(&note.word));
    let notes = notes
        .map(|NoteRecord { key: _, word, text }| RecordedNote { word: word.clone(), text: text.clone() });
    RecordedChange {
        arn: change.arn.as_deref().and_then(|arn| Arn::parse(arn).ok()),
        verb: *verb,
        why: why.clone(),
        goes_along: *goes_along,
        weakens: change.weakens,
        losses: losses.clone(),
        notes: notes.collect(),
        fields: fields.clone(),
    }
}

fn parse_key(text: &str) -> Result<Key, String> {
    Key::parse(text).ok_or_else(|| format!("`{text}` is no key"))
}
