//! A CloudTrail Lake channel: events from a partner or an own source into event data stores.

mod health;
#[cfg(test)]
mod tests;

pub use health::ChannelHealth;

use super::field::{self, Value};
use super::task::{append, tag_list, tag_tasks};
use super::{
    Action, After, Call, Contradiction, Coverage, Danger, Field, Guard, Key, Path, Resource, Task, Text,
    Vocabulary, Way,
};
use crate::name::{Name, Tags};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// All settings of a channel (API reference, `CreateChannel`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Unique per account and region; can be changed in place.
    pub name: Name,
    /// `Custom` or a partner's name. One channel per source; cannot be changed.
    pub source: String,
    /// The stores that take the events in: ARN, id or reference; settled, a reference when we know the store.
    /// Order means nothing.
    pub destinations: Vec<Text>,
    /// Tags, ours among them.
    pub tags: Tags,
}

/// One call about a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelAction {
    /// CreateChannel.
    Create {
        /// The name.
        name: Name,
        /// The source.
        source: String,
        /// The stores.
        destinations: Vec<Text>,
        /// Tags travel in the create call, so that nothing of ours is ever unowned.
        tags: Tags,
    },
    /// UpdateChannel with the members that change; destinations are replaced as a whole.
    Update {
        /// The new name.
        name: Option<Name>,
        /// The new stores.
        destinations: Option<Vec<Text>>,
    },
    /// DeleteChannel.
    Delete,
}

impl ChannelAction {
    /// Which operation of the service this is.
    pub fn call(&self) -> Call {
        match self {
            ChannelAction::Create { .. } => Call::CreateChannel,
            ChannelAction::Update { .. } => Call::UpdateChannel,
            ChannelAction::Delete => Call::DeleteChannel,
        }
    }

    /// The request in the service's own words. `CreateChannel` alone calls its tags `Tags` (API reference).
    pub(super) fn request(&self, arn: &str, spell: &dyn Fn(&Text) -> String) -> Json {
        match self {
            ChannelAction::Create { name, source, destinations, tags } => json!({
                "Name": name.as_str(),
                "Source": source,
                "Destinations": destination_list(destinations, spell),
                "Tags": tag_list(tags),
            }),
            ChannelAction::Update { name, destinations } => {
                let mut request = json!({"Channel": arn});
                if let Some(name) = name {
                    request["Name"] = name.as_str().into();
                }
                if let Some(destinations) = destinations {
                    request["Destinations"] = destination_list(destinations, spell);
                }
                request
            }
            ChannelAction::Delete => json!({"Channel": arn}),
        }
    }
}

/// The store as reports name it: by its key when we know it, or else as it is spelled.
fn named(destination: &Text) -> String {
    destination.references().first().map_or_else(|| destination.to_string(), Key::to_string)
}

fn destination_list(destinations: &[Text], spell: &dyn Fn(&Text) -> String) -> Json {
    destinations.iter().map(|text| json!({"Type": "EVENT_DATA_STORE", "Location": spell(text)})).collect()
}

impl Resource for Channel {
    fn fields(&self) -> Vec<Field> {
        let Channel { name, source, destinations, tags } = self;
        let mut fields = vec![
            Field::new("name", Value::Text(name.as_str().to_owned())),
            Field::new("source", Value::Text(source.clone())),
            Field::new("destinations", Value::set(destinations.iter().map(Text::to_string))),
        ];
        fields.extend(field::tag_fields(tags));
        fields
    }

    fn references(&self) -> Vec<Key> {
        let keys: BTreeSet<Key> = self.destinations.iter().flat_map(Text::references).collect();
        keys.into_iter().collect()
    }

    fn settle(&mut self, vocabulary: &Vocabulary) {
        for destination in &mut self.destinations {
            *destination = vocabulary.store(destination);
        }
    }

    fn create(&self) -> Vec<Task> {
        let Channel { name, source, destinations, tags } = self.clone();
        let action = ChannelAction::Create { name, source, destinations, tags };
        vec![Task::first(Action::Channel(action)).and_after(self.stores())]
    }

    fn update(&self, live: &Self) -> Way {
        if self.source != live.source {
            return Way::Replace("CloudTrail cannot change a channel's source".to_owned());
        }
        let mut tasks = Vec::new();
        let name = (self.name != live.name).then(|| self.name.clone());
        let destinations =
            (self.destination_set() != live.destination_set()).then(|| self.destinations.clone());
        if name.is_some() || destinations.is_some() {
            let stores: Vec<After> =
                if destinations.is_some() { self.stores().collect() } else { Vec::new() };
            let action = ChannelAction::Update { name, destinations };
            tasks.push(Task::first(Action::Channel(action)).and_after(stores));
        }
        append(&mut tasks, tag_tasks(&self.tags, &live.tags));
        Way::InPlace(tasks)
    }

    fn delete(&self) -> Vec<Task> {
        vec![Task::first(Action::Channel(ChannelAction::Delete))]
    }

    fn undeletable(&self) -> Option<(String, String)> {
        None
    }

    fn leave(&mut self, path: &Path, live: &Self) {
        match path.top() {
            "name" => self.name.clone_from(&live.name),
            "source" => self.source.clone_from(&live.source),
            "destinations" => self.destinations.clone_from(&live.destinations),
            "tags" => field::leave_tags(&mut self.tags, path, &live.tags),
            _ => {}
        }
    }

    /// Events from elsewhere are not AWS events, and no trail records them.
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
        let Some(live) = live else { return Vec::new() };
        let source = &live.source;
        let Some(desired) = desired else {
            return vec![Danger::guarded(Guard::BlindSpot, format!("events from {source} stop"))];
        };
        // Another destination receives what comes from now on, but who looks into the lost one finds nothing there.
        let after = desired.destination_set();
        let lost = live.destinations.iter().filter(|destination| !after.contains(&destination.to_string()));
        let stores: BTreeSet<String> = lost.map(named).collect();
        let reason = |store| format!("{store} no longer records events from {source}");
        stores.into_iter().map(|store| Danger::guarded(Guard::BlindSpot, reason(store))).collect()
    }
}

impl Channel {
    fn destination_set(&self) -> BTreeSet<String> {
        self.destinations.iter().map(Text::to_string).collect()
    }

    /// A destination must be there, and be what it is to be, before events are sent to it.
    fn stores(&self) -> impl Iterator<Item = After> {
        self.references().into_iter().map(After::Key)
    }
}
