//! The shape of a dashboard in the manifest, and the dashboard that it means.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use super::policy::policy_schema;
use super::reference::Words;
use super::unless;
use crate::name::{Name, Tags};
use crate::resource::Dashboard;
use crate::resource::dashboard::{Frequency, HIGHLIGHTS, RefreshSchedule, Widget};

/// A CloudTrail Lake dashboard: widgets over event data stores. A setting that is left out has its default.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Dashboard")]
pub(super) struct DashboardShape {
    /// 3–128 letters, digits, `_` and `-`. Cannot be changed. `AWSCloudTrail-Highlights` is the Highlights dashboard.
    #[schemars(length(min = 3, max = 128))]
    pub(super) name: String,
    /// Up to ten charts and tables, in order. The Highlights dashboard has none of its own. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10))]
    widgets: Vec<WidgetShape>,
    /// When the dashboard is refreshed; needs a resource policy that lets CloudTrail do so. Default: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_schedule: Option<RefreshScheduleShape>,
    /// Whether deletion is refused. Default: `false`; of the Highlights dashboard `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    termination_protection_enabled: Option<bool>,
    /// Tags, key to value, at most 50 with the header's and the two of trailkeeper's own, which are added. Default: none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) tags: BTreeMap<String, String>,
    /// The resource policy: a mapping, or a JSON text. `${self.arn}` is this dashboard. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "policy_schema")]
    pub(super) resource_policy: Option<Value>,
    /// A file with the resource policy as JSON, relative to this file; instead of `resourcePolicy`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub(super) resource_policy_file: Option<String>,
    /// Settings and single tags that somebody else looks after: `widgets`, `tags.cost-center`, `resourcePolicy`.
    /// Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ignore: Vec<String>,
}

/// One chart or table.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Widget")]
pub(super) struct WidgetShape {
    /// SQL over a store's id: `SELECT eventName FROM ${eventDataStores.lake.id} WHERE eventTime > '?'`.
    #[schemars(length(min = 1, max = 10000))]
    query_statement: Words,
    /// What replaces each `?` of the statement, in order. Default: nothing, for a statement without `?`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10), extend("items" = {"type": "string", "enum": ["$StartTime$", "$EndTime$", "$Period$"]}))]
    query_parameters: Vec<String>,
    /// How it is drawn. All need `Height`, `Width`, `Title` and `View` (`Table`, `LineChart`, `PieChart` or `BarChart`);
    /// line charts `YAxisColumn` and `XAxisColumn`; pie and bar charts `LabelColumn` and `ValueColumn`.
    view_properties: BTreeMap<String, String>,
}

/// When a dashboard is refreshed.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "RefreshSchedule")]
pub(super) struct RefreshScheduleShape {
    /// How often: every 1, 6, 12 or 24 hours, or once a day. An enabled schedule needs it. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency: Option<FrequencyShape>,
    /// Whether the schedule runs. Default: `ENABLED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["ENABLED", "DISABLED"], "default" = "ENABLED"))]
    status: Option<String>,
    /// `HH:MM` in UTC; of an hourly schedule only the minutes count. Default: `00:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    time_of_day: Option<String>,
}

/// How often a dashboard is refreshed: every 1, 6, 12 or 24 hours, or once a day.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Frequency")]
pub(super) struct FrequencyShape {
    /// `HOURS` or `DAYS`.
    #[schemars(extend("enum" = ["HOURS", "DAYS"]))]
    unit: String,
    /// 1, 6, 12 or 24 hours, or 1 day.
    #[schemars(range(min = 1, max = 24))]
    value: u32,
}

impl DashboardShape {
    /// The shape that means this dashboard, without what is the default anyway. Its policy is a resource of its own.
    pub(super) fn of(dashboard: &Dashboard) -> DashboardShape {
        let Dashboard { name, widgets, refresh_schedule: _, termination_protection_enabled, tags } =
            dashboard;
        DashboardShape {
            name: name.as_str().to_owned(),
            widgets: widgets.iter().map(WidgetShape::of).collect(),
            refresh_schedule: dashboard.active_schedule().map(RefreshScheduleShape::of),
            termination_protection_enabled: unless(
                *termination_protection_enabled,
                protected_by_default(name.as_str()),
            ),
            tags: tags.clone(),
            resource_policy: None,
            resource_policy_file: None,
            ignore: Vec::new(),
        }
    }

    /// The dashboard with its defaults (API reference, `CreateDashboard`; that a custom dashboard is created
    /// without termination protection is unverified, so it is always sent) and all of its tags.
    pub(super) fn into_dashboard(self, tags: Tags) -> Dashboard {
        let DashboardShape {
            name,
            widgets,
            refresh_schedule,
            termination_protection_enabled,
            tags: _,
            resource_policy: _,
            resource_policy_file: _,
            ignore: _,
        } = self;
        Dashboard {
            termination_protection_enabled: termination_protection_enabled
                .unwrap_or_else(|| protected_by_default(&name)),
            name: Name::new(name),
            widgets: widgets.into_iter().map(WidgetShape::into_widget).collect(),
            refresh_schedule: refresh_schedule.map(RefreshScheduleShape::into_schedule),
            tags,
        }
    }
}

/// The console enables the Highlights dashboard with its protection on (user guide, Highlights dashboard), and most are
/// enabled there.
fn protected_by_default(name: &str) -> bool {
    name == HIGHLIGHTS
}

impl WidgetShape {
    fn of(widget: &Widget) -> WidgetShape {
        let Widget { query_statement, query_parameters, view_properties } = widget.clone();
        WidgetShape { query_statement: Words(query_statement), query_parameters, view_properties }
    }

    fn into_widget(self) -> Widget {
        let WidgetShape { query_statement: Words(query_statement), query_parameters, view_properties } = self;
        Widget { query_statement, query_parameters, view_properties }
    }
}

impl RefreshScheduleShape {
    fn of(schedule: &RefreshSchedule) -> RefreshScheduleShape {
        let RefreshSchedule { frequency, status, time_of_day } = schedule.clone();
        RefreshScheduleShape {
            frequency: frequency.map(|Frequency { unit, value }| FrequencyShape { unit, value }),
            status: unless(status, "ENABLED".to_owned()),
            // Midnight when nobody says (API reference, RefreshSchedule).
            time_of_day: time_of_day.filter(|time| time != "00:00"),
        }
    }

    fn into_schedule(self) -> RefreshSchedule {
        let RefreshScheduleShape { frequency, status, time_of_day } = self;
        RefreshSchedule {
            frequency: frequency.map(|FrequencyShape { unit, value }| Frequency { unit, value }),
            status: status.unwrap_or_else(|| "ENABLED".to_owned()),
            time_of_day,
        }
    }
}
