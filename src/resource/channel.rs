//! A CloudTrail Lake channel: events from a partner or an own source into event data stores.

use super::{Call, Coverage, Danger, Field, Key, Path, Resource, Task, Text, Vocabulary, Way};
use crate::name::{Name, Tags};

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
        todo!()
    }

    /// The request in the service's own words.
    pub(super) fn request(&self, _arn: &str, _spell: &dyn Fn(&Text) -> String) -> serde_json::Value {
        todo!()
    }
}

impl Resource for Channel {
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
