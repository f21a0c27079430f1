//! The resource policy of an event data store, channel or dashboard. It belongs to its parent:
//! created, changed and removed with it, and shown as a row of its own.

use super::{Call, Coverage, Danger, Field, Key, Kind, Parent, Path, Resource, Task, Text, Vocabulary, Way};
use crate::name::Name;

/// A resource policy and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The kind of the resource that it is about.
    pub parent: Parent,
    /// The name of the resource that it is about.
    pub name: Name,
    /// The document as JSON text, compact, in the written order: what is sent. References inside its strings.
    pub document: Text,
}

/// One call about a resource policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyAction {
    /// PutResourcePolicy: replaces the whole document.
    Put(Text),
    /// DeleteResourcePolicy.
    Delete,
}

impl PolicyAction {
    /// Which operation of the service this is.
    pub fn call(&self) -> Call {
        todo!()
    }

    /// The request in the service's own words.
    pub(super) fn request(&self, _arn: &str, _spell: &dyn Fn(&Text) -> String) -> serde_json::Value {
        todo!()
    }
}

impl Resource for Policy {
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
