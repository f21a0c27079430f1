//! Whether a resource that is set up as declared does its work: what the service tells beside the settings, and what
//! that means. How it is read is `aws`'s, and whether it counts the command line's.

use super::channel::ChannelHealth;
use super::dashboard::DashboardHealth;
use super::event_data_store::EventDataStoreHealth;
use super::trail::TrailHealth;
use super::{Path, Severity, Spec};
use crate::name::Time;

/// What the service tells of a resource beside its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Of a trail.
    Trail(TrailHealth),
    /// Of a CloudTrail Lake event data store.
    EventDataStore(EventDataStoreHealth),
    /// Of a CloudTrail Lake channel.
    Channel(ChannelHealth),
    /// Of a CloudTrail Lake dashboard.
    Dashboard(DashboardHealth),
}

/// Something that does not work although it is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symptom {
    /// How soon somebody must look.
    pub severity: Severity,
    /// What is concerned, in a word for programs: `delivery`, `digest`, `logGroup`, `notification`, `gap`, `ingestion`,
    /// `refresh` or `federation`.
    pub concerns: &'static str,
    /// What is wrong, with the service's own words.
    pub text: String,
    /// Since when, where the service tells.
    pub since: Option<Time>,
    /// Until when, where it is over.
    pub until: Option<Time>,
    /// When it last worked, where the service tells.
    pub last_success: Option<Time>,
    /// What to do about it.
    pub help: Option<&'static str>,
}

impl Symptom {
    /// A symptom of which nothing more is known.
    pub(super) fn new(severity: Severity, concerns: &'static str, text: String) -> Symptom {
        Symptom { severity, concerns, text, since: None, until: None, last_success: None, help: None }
    }

    /// The same with a way out.
    pub(super) fn help(self, help: &'static str) -> Symptom {
        Symptom { help: Some(help), ..self }
    }
}

impl Health {
    /// What does not work now, given the live settings. What is switched off does not fail: what the service still
    /// tells of it is history.
    pub fn symptoms(&self, live: &Spec, now: Time) -> Vec<Symptom> {
        match (self, live) {
            (Health::Trail(health), Spec::Trail(trail)) => health.symptoms(trail, now),
            (Health::EventDataStore(health), Spec::EventDataStore(_)) => health.symptoms(now),
            (Health::Channel(health), Spec::Channel(channel)) => health.symptoms(channel),
            (Health::Dashboard(health), Spec::Dashboard(dashboard)) => health.symptoms(dashboard),
            _ => Vec::new(),
        }
    }

    /// Whether what it records arrives, as far as the service tells: nobody can rely on a trail whose log files the bucket
    /// refuses.
    pub fn delivers(&self) -> bool {
        match self {
            Health::Trail(health) => health.delivery.error.is_none(),
            Health::EventDataStore(_) | Health::Channel(_) | Health::Dashboard(_) => true,
        }
    }

    /// Since when a setting has its live value, where the service tells.
    pub fn since(&self, path: &Path, live: &Spec) -> Option<Time> {
        match (self, live, path.as_str()) {
            (Health::Trail(health), Spec::Trail(trail), "isLogging") => health.switched(trail.is_logging),
            _ => None,
        }
    }
}
