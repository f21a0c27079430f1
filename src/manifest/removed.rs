//! The shape of `removed:` entries: deletions are declared, and reviewed, like everything else.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::name::Name;
use crate::resource::{Key, Kind};

/// A resource that shall be deleted, or forgotten: exactly one of `trail`, `eventDataStore`, `channel` and `dashboard`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Removed")]
pub(super) struct RemovedShape {
    /// The trail's name.
    #[schemars(length(min = 1))]
    trail: Option<String>,
    /// The event data store's name.
    #[schemars(length(min = 1))]
    event_data_store: Option<String>,
    /// The channel's name.
    #[schemars(length(min = 1))]
    channel: Option<String>,
    /// The dashboard's name.
    #[schemars(length(min = 1))]
    dashboard: Option<String>,
    /// Why, for the reviewers. Default: nothing is said.
    pub(super) reason: Option<String>,
    /// Forget it instead of deleting it: trailkeeper's tags come off, it keeps running. Default: `false`.
    #[serde(default)]
    pub(super) keep: bool,
}

impl RemovedShape {
    /// What is removed; none or several when the entry does not name exactly one thing.
    pub(super) fn keys(&self) -> Vec<Key> {
        let named = [
            (Kind::Trail, &self.trail),
            (Kind::EventDataStore, &self.event_data_store),
            (Kind::Channel, &self.channel),
            (Kind::Dashboard, &self.dashboard),
        ];
        named
            .into_iter()
            .filter_map(|(kind, name)| Some(Key::new(kind, &Name::new(name.as_ref()?))))
            .collect()
    }
}
