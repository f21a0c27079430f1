//! A CloudTrail Lake dashboard: widgets over event data stores, refreshed on a schedule.

use super::{Call, Coverage, Danger, Field, Key, Path, Resource, Task, Text, Vocabulary, Way};
use crate::name::{Name, Tags};
use std::collections::BTreeMap;

/// All settings of a custom dashboard (API reference, `CreateDashboard`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    /// Unique per account; cannot be changed.
    pub name: Name,
    /// Up to ten; their order means something.
    pub widgets: Vec<Widget>,
    /// When the dashboard is refreshed. Absent means the same as a disabled schedule.
    pub refresh_schedule: Option<RefreshSchedule>,
    /// Whether deletion is refused.
    pub termination_protection_enabled: bool,
    /// Tags, ours among them.
    pub tags: Tags,
}

/// One chart or table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Widget {
    /// SQL, 1–10,000 characters; names stores by id.
    pub query_statement: Text,
    /// What replaces each `?`, in order: `$StartTime$`, `$EndTime$`, `$Period$`.
    pub query_parameters: Vec<String>,
    /// How it is drawn: `Height`, `Width`, `Title`, `View` and what the view needs.
    pub view_properties: BTreeMap<String, String>,
}

/// When a dashboard is refreshed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshSchedule {
    /// `HOURS` or `DAYS`, and how many.
    pub frequency: Option<Frequency>,
    /// `ENABLED` or `DISABLED`.
    pub status: String,
    /// `HH:MM` in UTC; absent means `00:00`.
    pub time_of_day: Option<String>,
}

/// How often a dashboard is refreshed: every 1, 6, 12 or 24 hours, or once a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequency {
    /// `HOURS` or `DAYS`.
    pub unit: String,
    /// How many of the unit.
    pub value: u32,
}

/// The members that CreateDashboard and UpdateDashboard share. An absent member of an update keeps its live value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DashboardSettings {
    /// `Widgets`
    pub widgets: Option<Vec<Widget>>,
    /// `RefreshSchedule`
    pub refresh_schedule: Option<RefreshSchedule>,
    /// `TerminationProtectionEnabled`
    pub termination_protection_enabled: Option<bool>,
}

/// One call about a dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DashboardAction {
    /// CreateDashboard, always without a schedule: it needs the dashboard's policy first (user guide, custom dashboards).
    Create {
        /// The name.
        name: Name,
        /// Everything else that the call takes.
        settings: Box<DashboardSettings>,
        /// Tags travel in the create call, so that nothing of ours is ever unowned.
        tags: Tags,
    },
    /// UpdateDashboard with the members that change.
    Update(Box<DashboardSettings>),
    /// DeleteDashboard.
    Delete,
}

impl DashboardAction {
    /// Which operation of the service this is.
    pub fn call(&self) -> Call {
        todo!()
    }

    /// The request in the service's own words.
    pub(super) fn request(
        &self,
        _key: &Key,
        _arn: &str,
        _spell: &dyn Fn(&Text) -> String,
    ) -> serde_json::Value {
        todo!()
    }
}

impl Resource for Dashboard {
    fn fields(&self) -> Vec<Field> {
        todo!()
    }

    fn references(&self) -> Vec<Key> {
        todo!()
    }

    fn settle(&mut self, _vocabulary: &Vocabulary) {
        todo!()
    }

    fn create(&self) -> Vec<Task> {
        todo!()
    }

    fn update(&self, _live: &Self) -> Way {
        todo!()
    }

    fn delete(&self) -> Vec<Task> {
        todo!()
    }

    fn leave(&mut self, _path: &Path, _live: &Self) {
        todo!()
    }

    fn records(&self) -> Option<Coverage> {
        todo!()
    }

    fn dangers(_desired: Option<&Self>, _live: Option<&Self>) -> Vec<Danger> {
        todo!()
    }
}
