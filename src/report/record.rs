//! The reports' own types, so that the JSON format changes only on purpose: a contract with a schema in
//! `schemas/`; within a major version there are only additions. Who fills them is `json`; who reads a plan back is
//! `saved`.

use super::Trouble;
use super::who::OriginRecord;
use crate::manifest::problem::ProblemRecord;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The version of every report here.
pub(super) const FORMAT_VERSION: &str = "1.0";

/// What `plan` prints.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct PlanReport {
    /// The version of the format; the major part changes only when something is taken away or means something else.
    pub(super) format_version: String,
    /// The command that was run: `plan` or `apply`.
    pub(super) command: String,
    pub(super) run: RunRecord,
    /// What happens to which resource; what weakens recording, delivery or evidence first.
    pub(super) changes: Vec<ChangeRecord>,
    /// The API calls, in the order in which they are made.
    pub(super) steps: Vec<StepRecord>,
    /// Why apply will not begin.
    pub(super) refusals: Vec<RefusalRecord>,
    /// What stops nothing and should be known.
    pub(super) notes: Vec<NoteRecord>,
    /// Everything declared or ours that was compared, as it was found.
    pub(super) checked: Vec<CheckedRecord>,
    pub(super) summary: Summary,
}

/// What `apply` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ApplyReport {
    #[serde(flatten)]
    pub(super) plan: PlanReport,
    /// What apply would do and the saved plan does not show, so that apply did not begin; absent when it covers all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) not_covered: Vec<GapRecord>,
    /// One for each step; empty when apply did not begin.
    pub(super) outcomes: Vec<OutcomeRecord>,
    /// Whether the account was read again and nothing that was applied differs; absent when apply did not begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verified: Option<bool>,
    /// What was applied and differs all the same.
    pub(super) still_differs: Vec<DriftRecord>,
    /// What was deleted and can still be restored, by declaring it again; absent when there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) restorable: Vec<RestorableRecord>,
    /// Why the account could not be read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_verified_because: Option<String>,
}

/// Something deleted that waits to be gone.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RestorableRecord {
    /// The resource.
    pub(super) key: String,
    /// Until when: RFC 3339, UTC, seven days after the account was read (user guide, event data store lifecycle).
    pub(super) until: String,
}

/// What `drift` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DriftReport {
    /// The version of the format; the major part changes only when something is taken away or means something else.
    pub(super) format_version: String,
    /// The command that was run: `drift`.
    pub(super) command: String,
    pub(super) run: RunRecord,
    /// The worst severity of changes and health: `critical`, `warning` or `info`; absent when there is neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<String>,
    /// What differs, the worst first.
    pub(super) changes: Vec<DriftRecord>,
    /// What does not work, the worst first.
    pub(super) health: Vec<HealthRecord>,
    /// What lives in the account and nobody declared, what is worth a look first; present with `--unmanaged`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unmanaged: Option<Vec<UnmanagedRecord>>,
    /// What should be known.
    pub(super) notes: Vec<NoteRecord>,
    /// Everything declared or ours that was compared, as it was found.
    pub(super) checked: Vec<CheckedRecord>,
}

/// What every command prints when the manifest has problems, and `validate` always.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProblemsReport {
    /// The version of the format.
    pub(super) format_version: String,
    /// The problems, in file order.
    pub(super) problems: Vec<ProblemRecord>,
    /// How many more there are than are listed; absent when all are.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) omitted: usize,
    /// How many warnings the manifest silences; absent when it silences none.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) silenced: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What every command prints when it could not do its work.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TroubleReport {
    /// The version of the format.
    pub(super) format_version: String,
    pub(super) error: Trouble,
}

/// The run itself. Apart from `observed_at`, the same input gives the same bytes.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct RunRecord {
    /// The version of trailkeeper.
    pub(super) tool: String,
    /// When the account was read: RFC 3339, UTC.
    pub(super) observed_at: String,
    /// The ARN that STS says we are.
    pub(super) caller: String,
    /// The manifest's name.
    pub(super) manifest: String,
    /// SHA-256, in hexadecimal, of everything that the manifest consists of.
    pub(super) manifest_sha256: String,
    /// The account, twelve digits.
    pub(super) account: String,
    /// The region whose endpoint was asked.
    pub(super) region: String,
}

/// What happens to one resource.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct ChangeRecord {
    /// `trail/<name>`, `policy/channel/<name>`, …
    pub(super) key: String,
    /// `trail`, `eventDataStore`, `channel`, `dashboard` or `policy`.
    pub(super) kind: String,
    /// The declared name; the parent's for a policy.
    pub(super) name: String,
    /// Its ARN, when it exists; the parent's for a policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arn: Option<String>,
    /// `create`, `update`, `replace`, `delete`, `adopt`, `restore` or `forget`.
    pub(super) action: String,
    /// Whether less is recorded, delivered or proven than before.
    pub(super) weakens: bool,
    /// What gets worse, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) losses: Vec<String>,
    /// Present, and true, for a policy that goes with its parent's action and is not counted again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) goes_along: bool,
    /// Why, where the action alone does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// The settings that differ. None for what is out of reach and has no steps: a `create` whose name is somebody else's,
    /// a `delete` of what is not this manifest's; the summary does not count them.
    pub(super) fields: Vec<FieldRecord>,
}

/// How one resource differs from what is declared.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DriftRecord {
    /// `trail/<name>`, `policy/channel/<name>`, …
    pub(super) key: String,
    /// `trail`, `eventDataStore`, `channel`, `dashboard` or `policy`.
    pub(super) kind: String,
    /// The declared name; the parent's for a policy.
    pub(super) name: String,
    /// Its ARN, when it exists; the parent's for a policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arn: Option<String>,
    /// `missing`, `changed`, `undeclared`, `another manifest's`, `not removed`, `not adopted`, `pending deletion` or
    /// `not forgotten`.
    pub(super) drift: String,
    /// How soon somebody must look: `critical`, `warning` or `info`.
    pub(super) severity: String,
    /// Whether less is recorded, delivered or proven than declared.
    pub(super) weakened: bool,
    /// What is worse than declared, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) losses: Vec<String>,
    /// The settings that differ.
    pub(super) fields: Vec<DriftedFieldRecord>,
    #[serde(flatten)]
    pub(super) origin: OriginRecord,
}

/// A setting that differs from what is declared.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DriftedFieldRecord {
    #[serde(flatten)]
    pub(super) field: FieldRecord,
    /// How soon somebody must look: `critical`, `warning` or `info`.
    pub(super) severity: String,
    /// Since when it has its live value: RFC 3339, UTC; absent where the service does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<String>,
}

/// Something that does not work although it is set up.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct HealthRecord {
    /// The resource.
    pub(super) key: String,
    /// Its ARN.
    pub(super) arn: String,
    /// How soon somebody must look: `critical`, `warning` or `info`, which is an interruption of long ago.
    pub(super) severity: String,
    /// `delivery`, `digest`, `logGroup`, `notification`, `gap`, `ingestion`, `refresh` or `federation`.
    pub(super) concerns: String,
    /// What is wrong, with the service's own words.
    pub(super) message: String,
    /// Since when: RFC 3339, UTC; absent where the service does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<String>,
    /// Until when; absent unless it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
    /// When it last worked; absent where the service does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_success: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<String>,
}

/// Something live that nobody declared.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct UnmanagedRecord {
    /// Kind and live name.
    pub(super) key: String,
    /// `trail`, `eventDataStore`, `channel` or `dashboard`.
    pub(super) kind: String,
    /// Its live name.
    pub(super) name: String,
    /// Its ARN.
    pub(super) arn: String,
    /// Whose it is: `untagged`, `otherManifest`, `otherAccount`, `otherRegion`, `service` or `pendingDeletion`.
    pub(super) standing: String,
    /// Whose it is, in words.
    pub(super) owner: String,
    /// What makes it worth a look, in words.
    pub(super) remarks: Vec<String>,
}

/// A setting that differs. `null` stands for what is not set; lists whose order means nothing are sorted.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct FieldRecord {
    /// The manifest's name of the setting: `kmsKeyId`, `tags.team`.
    pub(super) path: String,
    /// What the account has.
    pub(super) live: Json,
    /// What the manifest asks.
    pub(super) desired: Json,
}

/// One API call.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct StepRecord {
    /// Its number, from 1.
    pub(super) id: usize,
    /// The resource that it is about.
    pub(super) key: String,
    /// The operation.
    pub(super) call: String,
    /// The request in the service's own words. ARNs that do not exist yet stand as `${channels.okta.arn}`.
    pub(super) request: Json,
    /// The steps that must be done before.
    pub(super) needs: Vec<usize>,
}

/// Why apply will not begin.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct RefusalRecord {
    /// The resource.
    pub(super) key: String,
    /// The guard; absent when no flag helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) guard: Option<String>,
    /// The reason.
    pub(super) reason: String,
    /// The words on the command line that allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) allow: Option<String>,
    /// What to do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<String>,
}

/// Something that should be known.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct NoteRecord {
    /// What it is about; absent when it is about the whole run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    /// Which sort of note: `kept`, `note`, `unread`, …
    pub(super) word: String,
    /// What to know.
    pub(super) text: String,
}

/// A resource as it was found.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct CheckedRecord {
    /// `trail/<name>`, …
    pub(super) key: String,
    /// Its ARN.
    pub(super) arn: String,
    /// SHA-256, in hexadecimal, of all its settings. Equal fingerprints mean equal settings.
    pub(super) fingerprint: String,
}

/// How many resources are changed how. A policy that goes with its parent's action is not counted again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Summary {
    pub(super) create: usize,
    pub(super) update: usize,
    pub(super) replace: usize,
    pub(super) delete: usize,
    pub(super) adopt: usize,
    pub(super) restore: usize,
    pub(super) forget: usize,
}

/// Something that a saved plan does not show.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct GapRecord {
    /// The resource; absent when it is about the whole plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    /// The setting, the operation, the word of the target, or what is said of the change: `kmsKeyId`, `StopLogging`,
    /// `account`, `action`, `losses`.
    pub(super) field: String,
    /// What differs, in words.
    pub(super) message: String,
}

/// What came of a step.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OutcomeRecord {
    /// The step's number.
    pub(super) step: usize,
    /// `done`, `failed`, `skipped` or `interrupted`.
    pub(super) outcome: String,
    /// The ARN of what the step created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arn: Option<String>,
    /// What the service said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<ErrorRecord>,
    /// The step because of which it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) because: Option<usize>,
    /// Present, and true, when nobody knows whether it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maybe_done: Option<bool>,
    /// Present, and true, when the failed step's call was accepted, and only the wait for its end has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) accepted: Option<bool>,
}

/// An answer of the service.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ErrorRecord {
    /// The service's error code; absent when there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    /// The service's message.
    pub(super) message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<String>,
}
