//! A CloudTrail Lake dashboard: widgets over event data stores, refreshed on a schedule.

mod health;
#[cfg(test)]
mod tests;

pub use health::DashboardHealth;

use super::field::{self, Value};
use super::task::{append, push, tag_list, tag_tasks};
use super::{
    Action, After, Call, Contradiction, Coverage, Danger, Field, Key, Kind, Parent, Path, Resource, Task,
    Text, Vocabulary, Way,
};
use crate::name::{Name, Tags};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The one dashboard of AWS's that an account may create and change (user guide, Highlights dashboard).
pub(crate) const HIGHLIGHTS: &str = "AWSCloudTrail-Highlights";

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
    /// CreateDashboard. A custom dashboard gets its schedule later: that needs the dashboard's policy first (user
    /// guide, custom dashboards).
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
        match self {
            DashboardAction::Create { .. } => Call::CreateDashboard,
            DashboardAction::Update(_) => Call::UpdateDashboard,
            DashboardAction::Delete => Call::DeleteDashboard,
        }
    }

    /// The request in the service's own words.
    pub(super) fn request(&self, arn: &str, spell: &dyn Fn(&Text) -> String) -> Json {
        match self {
            DashboardAction::Create { name, settings, tags } => {
                let mut request = settings.members(spell);
                request.insert("Name".to_owned(), name.as_str().into());
                request.insert("TagsList".to_owned(), tag_list(tags).into());
                Json::Object(request)
            }
            DashboardAction::Update(settings) => {
                let mut request = settings.members(spell);
                request.insert("DashboardId".to_owned(), arn.into());
                Json::Object(request)
            }
            DashboardAction::Delete => json!({"DashboardId": arn}),
        }
    }
}

impl DashboardSettings {
    fn members(&self, spell: &dyn Fn(&Text) -> String) -> Map<String, Json> {
        let DashboardSettings { widgets, refresh_schedule, termination_protection_enabled } = self;
        let widgets =
            widgets.as_ref().map(|widgets| widgets.iter().map(|widget| widget.wire(spell)).collect());
        let members = [
            ("Widgets", widgets),
            ("RefreshSchedule", refresh_schedule.as_ref().map(RefreshSchedule::wire)),
            ("TerminationProtectionEnabled", termination_protection_enabled.map(Json::Bool)),
        ];
        members.into_iter().filter_map(|(member, value)| Some((member.to_owned(), value?))).collect()
    }
}

impl Widget {
    fn wire(&self, spell: &dyn Fn(&Text) -> String) -> Json {
        let Widget { query_statement, query_parameters, view_properties } = self;
        let mut widget = json!({"QueryStatement": spell(query_statement), "ViewProperties": view_properties});
        // The list has at least one member when it is there (API reference, RequestWidget).
        if !query_parameters.is_empty() {
            widget["QueryParameters"] = json!(query_parameters);
        }
        widget
    }

    fn document(&self) -> Json {
        let Widget { query_statement, query_parameters, view_properties } = self;
        let mut document =
            json!({"queryStatement": query_statement.to_string(), "viewProperties": view_properties});
        if !query_parameters.is_empty() {
            document["queryParameters"] = json!(query_parameters);
        }
        document
    }
}

impl Frequency {
    fn words(&self) -> String {
        let Frequency { unit, value } = self;
        format!("{value} {unit}")
    }
}

impl RefreshSchedule {
    /// A schedule cannot be taken away, only disabled (API reference, `UpdateDashboard`).
    fn disabled() -> RefreshSchedule {
        RefreshSchedule { frequency: None, status: "DISABLED".to_owned(), time_of_day: None }
    }

    fn wire(&self) -> Json {
        let RefreshSchedule { frequency, status, time_of_day } = self;
        let mut schedule = json!({"Status": status});
        if let Some(Frequency { unit, value }) = frequency {
            schedule["Frequency"] = json!({"Unit": unit, "Value": value});
        }
        if let Some(time) = time_of_day {
            schedule["TimeOfDay"] = time.as_str().into();
        }
        schedule
    }
}

impl Resource for Dashboard {
    fn fields(&self) -> Vec<Field> {
        let Dashboard {
            // The identity: a dashboard of another name is another dashboard.
            name: _,
            widgets,
            refresh_schedule: _,
            termination_protection_enabled,
            tags,
        } = self;
        let mut fields =
            vec![Field::new("widgets", Value::list(widgets.iter().map(Widget::document).collect()))];
        fields.extend(self.schedule_fields());
        fields.push(Field::new("terminationProtectionEnabled", Value::Bool(*termination_protection_enabled)));
        fields.extend(field::tag_fields(tags));
        fields
    }

    fn references(&self) -> Vec<Key> {
        let keys: BTreeSet<Key> =
            self.widgets.iter().flat_map(|widget| widget.query_statement.references()).collect();
        keys.into_iter().collect()
    }

    fn settle(&mut self, vocabulary: &Vocabulary) {
        for widget in &mut self.widgets {
            widget.query_statement = vocabulary.store_ids(&widget.query_statement);
        }
        if let Some(schedule) = &mut self.refresh_schedule {
            field::empty_is_none(&mut schedule.time_of_day);
        }
    }

    /// A schedule needs the policy that lets CloudTrail refresh, and the policy needs the dashboard (user guide, custom
    /// dashboards), so the schedule comes in a call of its own. The Highlights dashboard must be created with it (API
    /// reference, `CreateDashboard`; that the guide's example does without is no reason to leave it out).
    fn create(&self) -> Vec<Task> {
        let at_once = self.active_schedule().filter(|_| self.name.as_str() == HIGHLIGHTS);
        let settings = Box::new(DashboardSettings {
            widgets: (!self.widgets.is_empty()).then(|| self.widgets.clone()),
            refresh_schedule: at_once.cloned(),
            termination_protection_enabled: Some(self.termination_protection_enabled),
        });
        let action = DashboardAction::Create { name: self.name.clone(), settings, tags: self.tags.clone() };
        let mut tasks = vec![Task::first(Action::Dashboard(action)).and_after(self.stores())];
        if let Some(schedule) = self.active_schedule().filter(|_| at_once.is_none()) {
            tasks.push(self.schedule_task(schedule.clone(), &[0]));
        }
        tasks
    }

    fn update(&self, live: &Self) -> Way {
        let mut tasks = Vec::new();
        let documents =
            |dashboard: &Dashboard| -> Vec<Json> { dashboard.widgets.iter().map(Widget::document).collect() };
        let widgets = (documents(self) != documents(live)).then(|| self.widgets.clone());
        let protection = self.termination_protection_enabled;
        let settings = DashboardSettings {
            widgets,
            refresh_schedule: None,
            termination_protection_enabled: (protection != live.termination_protection_enabled)
                .then_some(protection),
        };
        let mut ready = Vec::new();
        if settings != DashboardSettings::default() {
            let stores: Vec<After> =
                if settings.widgets.is_some() { self.stores().collect() } else { Vec::new() };
            let action = Action::Dashboard(DashboardAction::Update(Box::new(settings)));
            ready.push(push(&mut tasks, Task::first(action).and_after(stores)));
        }
        if self.schedule_fields() != live.schedule_fields() {
            let schedule = self.active_schedule().cloned().unwrap_or_else(RefreshSchedule::disabled);
            tasks.push(self.schedule_task(schedule, &ready));
        }
        append(&mut tasks, tag_tasks(&self.tags, &live.tags));
        Way::InPlace(tasks)
    }

    fn delete(&self) -> Vec<Task> {
        vec![Task::first(Action::Dashboard(DashboardAction::Delete))]
    }

    fn undeletable(&self) -> Option<(String, String)> {
        self.termination_protection_enabled.then(|| {
            (
                "termination protection is on".to_owned(),
                "switch terminationProtectionEnabled off in the manifest and apply first".to_owned(),
            )
        })
    }

    fn leave(&mut self, path: &Path, live: &Self) {
        match path.top() {
            "widgets" => self.widgets.clone_from(&live.widgets),
            // Its parts mean nothing one by one: a frequency without a status is no schedule.
            "refreshSchedule" => self.refresh_schedule.clone_from(&live.refresh_schedule),
            "terminationProtectionEnabled" => {
                self.termination_protection_enabled = live.termination_protection_enabled;
            }
            "tags" => field::leave_tags(&mut self.tags, path, &live.tags),
            _ => {}
        }
    }

    /// A dashboard shows events and records none.
    fn records(&self) -> Option<Coverage> {
        None
    }

    fn cover(&self) -> Option<Coverage> {
        None
    }

    fn contradictions(&self) -> Vec<Contradiction> {
        Vec::new()
    }

    fn dangers(desired: Option<&Self>, live: Option<&Self>) -> Vec<Danger> {
        let protected = |dashboard: &Dashboard| dashboard.termination_protection_enabled;
        match (desired, live) {
            (Some(desired), Some(live)) if protected(live) && !protected(desired) => {
                vec![Danger::shown("the dashboard can be deleted from now on")]
            }
            _ => Vec::new(),
        }
    }
}

impl Dashboard {
    /// The schedule that is not disabled. What else a disabled schedule says has no effect, and whether the service
    /// keeps it is unverified, so a disabled schedule is the same as none.
    pub(crate) fn active_schedule(&self) -> Option<&RefreshSchedule> {
        self.refresh_schedule.as_ref().filter(|schedule| schedule.status != "DISABLED")
    }

    fn schedule_fields(&self) -> [Field; 3] {
        let (frequency, status, time) = match self.active_schedule() {
            None => (Value::Absent, Value::Absent, Value::Absent),
            Some(RefreshSchedule { frequency, status, time_of_day }) => (
                frequency.as_ref().map_or(Value::Absent, |frequency| Value::Text(frequency.words())),
                Value::Text(status.clone()),
                // Midnight when nobody says (API reference, RefreshSchedule).
                Value::text(Some(time_of_day.as_deref().filter(|time| !time.is_empty()).unwrap_or("00:00"))),
            ),
        };
        [
            Field::new("refreshSchedule.frequency", frequency),
            Field::new("refreshSchedule.status", status),
            Field::new("refreshSchedule.timeOfDay", time),
        ]
    }

    fn schedule_task(&self, schedule: RefreshSchedule, own: &[usize]) -> Task {
        let policy = (schedule.status != "DISABLED")
            .then(|| After::Key(Key::new(Kind::Policy(Parent::Dashboard), &self.name)));
        let settings = DashboardSettings { refresh_schedule: Some(schedule), ..DashboardSettings::default() };
        let action = Action::Dashboard(DashboardAction::Update(Box::new(settings)));
        Task::after_own(action, own).and_after(policy)
    }

    /// The id that a query names is known only when its store is there.
    fn stores(&self) -> impl Iterator<Item = After> {
        self.references().into_iter().map(After::Exists)
    }
}
