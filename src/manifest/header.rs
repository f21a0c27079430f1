//! The shape of a manifest file: its header and its lists. What each header key means once everything
//! is resolved stands in `Header`; the resources' own shapes stand beside this file.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_yaml::Value;

use super::channel::ChannelShape;
use super::dashboard::DashboardShape;
use super::event_data_store::EventDataStoreShape;
use super::removed::RemovedShape;
use super::trail::TrailShape;
use crate::name::{AccountId, Region};

/// The keys that make a file the one with the header.
pub(super) const HEADER_KEYS: [&str; 10] =
    ["version", "name", "account", "region", "vars", "tags", "ignoreTags", "allow", "lint", "organization"];

/// What the header says before a target is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Whose things these are: the value of the tag `trailkeeper:manifest`.
    pub name: String,
    /// The only account that may be touched.
    pub account: Option<AccountId>,
    /// The home region of everything declared.
    pub region: Option<Region>,
    /// The organization's management account, whose organization trails and stores this account may write.
    pub management_account: Option<AccountId>,
}

/// One AWS account's CloudTrail, in one region, as it shall be. The header keys (`version` to `organization`)
/// stand in exactly one file; the lists of all files add up.
//
// An entry of a list that is known to be wrong is blanked out before the typed parse, so that the others keep their places.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "trailkeeper manifest")]
pub(super) struct FileShape {
    /// The version of the manifest's language: 1. It fixes the settings whose absence means the default.
    #[schemars(extend("enum" = [1]))]
    pub(super) version: Option<u32>,
    /// Whose things these are: the value of the tag `trailkeeper:manifest` on everything that is created or adopted.
    #[schemars(length(max = 64), regex(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$"))]
    pub(super) name: Option<String>,
    /// The account that may be touched, 12 digits in quotes. Any other is refused. Default: any; `apply` then
    /// asks for `--account`.
    #[schemars(regex(pattern = "^[0-9]{12}$"))]
    pub(super) account: Option<String>,
    /// The home region of everything declared. It wins over the environment and the profile.
    /// Default: theirs.
    #[schemars(regex(pattern = "^[a-z]+(-[a-z]+)+-[0-9]+$"))]
    pub(super) region: Option<String>,
    /// Values for `${vars.name}`: texts, numbers, true or false. They may use `${account}`, `${region}` and `${partition}`,
    /// but not each other. Default: none.
    #[serde(default)]
    #[schemars(schema_with = "vars_schema")]
    pub(super) vars: Option<BTreeMap<String, Value>>,
    /// Tags of every taggable resource. A resource's own tag wins over one of the same key. Default: none.
    pub(super) tags: Option<BTreeMap<String, String>>,
    /// Keys of tags that robots set, left alone on every resource; a `*` at the end stands for anything. `aws:*` always is.
    /// Default: none.
    #[schemars(inner(length(min = 1, max = 128), regex(pattern = "^[^*]*\\*?$")))]
    pub(super) ignore_tags: Option<Vec<String>>,
    /// What guards would stop, allowed after review. Default: nothing.
    pub(super) allow: Option<Vec<Option<AllowShape>>>,
    /// Which warnings are silenced. Default: none.
    pub(super) lint: Option<LintShape>,
    /// The organization whose resources this account may write. Default: none, they are read-only.
    pub(super) organization: Option<OrganizationShape>,
    /// Trails: events delivered to a bucket. Default: none.
    #[serde(default)]
    pub(super) trails: Vec<Option<TrailShape>>,
    /// CloudTrail Lake event data stores. Lake has been closed to new AWS customers since 2026-05-31.
    /// Default: none.
    #[serde(default)]
    pub(super) event_data_stores: Vec<Option<EventDataStoreShape>>,
    /// CloudTrail Lake channels: events from partners or own sources into event data stores. Default: none.
    #[serde(default)]
    pub(super) channels: Vec<Option<ChannelShape>>,
    /// CloudTrail Lake dashboards. Default: none.
    #[serde(default)]
    pub(super) dashboards: Vec<Option<DashboardShape>>,
    /// What shall be deleted, or forgotten. A resource that merely disappears from the manifest is kept, with a note.
    /// Default: nothing.
    #[serde(default)]
    pub(super) removed: Vec<Option<RemovedShape>>,
}

/// One permission: a guard, a resource, and why.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Allow")]
pub(super) struct AllowShape {
    /// The guard that shall not stop apply.
    #[schemars(extend("enum" = ["data-loss", "blind-spot", "irreversible", "adopt-changes", "take-ownership"]))]
    pub(super) guard: String,
    /// The resource's key, such as `trail/audit` or `policy/channel/okta`.
    pub(super) resource: String,
    /// Why, for the reviewers. Default: nothing is said.
    pub(super) reason: Option<String>,
    /// The last day on which it holds, such as `2026-12-01`. Required for `data-loss`. Default: it holds as long as it stands here.
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub(super) until: Option<String>,
}

/// Which warnings are silenced.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Lint")]
pub(super) struct LintShape {
    /// Codes of warnings, such as `TK108`. Errors cannot be silenced. Default: none.
    #[serde(default)]
    #[schemars(inner(regex(pattern = "^TK[0-9]{3}$")))]
    pub(super) allow: Vec<String>,
}

/// The organization whose resources this account may write.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Organization")]
pub(super) struct OrganizationShape {
    /// The management account, 12 digits in quotes. In a delegated administrator's account, declared organization
    /// trails and stores bear this account in their ARN; without it they are read-only.
    #[schemars(regex(pattern = "^[0-9]{12}$"))]
    pub(super) management_account: String,
}

fn vars_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"},
        "additionalProperties": {"type": ["string", "number", "boolean"]}
    })
}
