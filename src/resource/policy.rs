//! The resource policy of an event data store, channel or dashboard. It belongs to its parent:
//! created, changed and removed with it, and shown as a row of its own.

#[cfg(test)]
mod tests;

use super::field::Value;
use super::{
    Action, After, Call, Contradiction, Coverage, Danger, Field, Guard, Key, Parent, Part, Path, Resource,
    Task, Text, Vocabulary, Way, access, policy_document, text,
};
use crate::name::{AccountId, Name};
use serde_json::{Value as Json, json};

/// What a sender of events is allowed to do at a channel (Service Authorization Reference, CloudTrail data).
const SEND: &str = "cloudtrail-data:PutAuditEvents";

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
        match self {
            PolicyAction::Put(_) => Call::PutResourcePolicy,
            PolicyAction::Delete => Call::DeleteResourcePolicy,
        }
    }

    /// The request in the service's own words.
    pub(super) fn request(&self, arn: &str, spell: &dyn Fn(&Text) -> String) -> Json {
        match self {
            PolicyAction::Put(document) => json!({"ResourceArn": arn, "ResourcePolicy": spell(document)}),
            PolicyAction::Delete => json!({"ResourceArn": arn}),
        }
    }
}

impl Resource for Policy {
    fn fields(&self) -> Vec<Field> {
        let Policy { parent: _, name: _, document } = self;
        let value = match self.canonical() {
            Ok(canonical) => Value::Document(canonical),
            // What is no policy at all can only be compared and shown as it is.
            Err(_) => Value::Text(document.to_string()),
        };
        vec![Field::new("resourcePolicy", value)]
    }

    fn references(&self) -> Vec<Key> {
        let mut keys = self.document.references();
        keys.push(self.parent_key());
        keys.sort();
        keys.dedup();
        keys
    }

    fn settle(&mut self, vocabulary: &Vocabulary) {
        // The service may answer the text re-serialised; ARNs are found in the plain spelling of JSON.
        if let Some(compact) = self.document.as_plain().and_then(|text| policy_document::compact(text).ok()) {
            self.document = Text::plain(compact);
        }
        self.document = vocabulary.arns(&self.document);
    }

    /// A policy needs nothing but that what it names is there: ARNs are known only then.
    fn create(&self) -> Vec<Task> {
        let put = Action::Policy(PolicyAction::Put(self.document.clone()));
        vec![Task::first(put).and_after(self.references().into_iter().map(After::Exists))]
    }

    fn update(&self, live: &Self) -> Way {
        Way::InPlace(if self.fields() == live.fields() { Vec::new() } else { self.create() })
    }

    fn delete(&self) -> Vec<Task> {
        vec![Task::first(Action::Policy(PolicyAction::Delete))]
    }

    fn undeletable(&self) -> Option<(String, String)> {
        None
    }

    fn leave(&mut self, path: &Path, live: &Self) {
        if path.top() == "resourcePolicy" {
            self.document.clone_from(&live.document);
        }
    }

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
        let Some(place) = desired.or(live).map(|policy| policy.parent_key().to_string()) else {
            return Vec::new();
        };
        let canonical = |policy: Option<&Policy>| policy.and_then(|policy| policy.canonical().ok());
        let (after, before) = (canonical(desired), canonical(live));
        let (after, before) = (after.as_ref(), before.as_ref());
        // Who may not send to a channel any more is not recorded any more; and nobody means everybody.
        let receives = desired.or(live).is_some_and(|policy| policy.parent == Parent::Channel);
        let grave = receives || access::opens_to_everybody(after, before);
        let losses = access::losses(after, before, &place).into_iter();
        let shown = losses.map(if grave { Danger::grave } else { Danger::shown });
        // A channel to which none of its senders may send records what a deleted one does (user guide, create an
        // integration with a partner: the policy is what lets the partner send).
        let silenced = receives && access::locks_out(after, before, SEND);
        let reason = format!("nobody who may send events to {place} certainly may any more");
        shown.chain(silenced.then(|| Danger::guarded(Guard::BlindSpot, reason))).collect()
    }
}

impl Policy {
    /// Whom it lets in who is not of this account: accounts, ARNs, services, `*`.
    pub(super) fn admits_others(&self, account: &AccountId) -> Vec<String> {
        self.canonical().map(|document| access::others(&document, account)).unwrap_or_default()
    }

    fn parent_key(&self) -> Key {
        Key::new(self.parent.kind(), &self.name)
    }

    /// The document as it is compared and printed, references as the manifest writes them.
    fn canonical(&self) -> Result<Json, String> {
        let parts = self.document.parts().iter().map(|part| match part {
            // Already JSON; only what looks like a reference and is none is told apart.
            Part::Lit(text) => text::escape(text),
            reference => policy_document::inside_string(&reference.to_string()),
        });
        let own = Part::Arn(self.parent_key()).to_string();
        policy_document::canonical(&parts.collect::<String>(), &own)
    }
}
