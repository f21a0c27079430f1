//! Live resources as entries of a manifest's lists: references instead of ARNs where both ends are exported, what is
//! plain text escaped, and what AWS or we add ourselves left out. How an entry looks is `layout`'s.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_yaml::{Mapping, Number, Value};

use super::super::channel::ChannelShape;
use super::super::dashboard::DashboardShape;
use super::super::event_data_store::EventDataStoreShape;
use super::super::policy::read_json;
use super::super::trail::TrailShape;
use crate::name::Arn;
use crate::resource::{Key, Part, Policy, Spec, Text, Vocabulary, text};
use crate::state::{Live, is_own_tag};

/// What the spellings of one export mean.
pub(super) struct Speller {
    arns: BTreeMap<Key, Arn>,
    vocabulary: Vocabulary,
}

impl Speller {
    /// Refers to what is exported, and to nothing else.
    pub(super) fn new(live: &Live, exported: &BTreeSet<Key>) -> Speller {
        let found = live.found.iter().filter(|(key, _)| exported.contains(key));
        let arns: BTreeMap<Key, Arn> = found.map(|(key, found)| (key.clone(), found.arn.clone())).collect();
        let resources = arns.iter().map(|(key, arn)| (arn.clone(), key.clone())).collect();
        // Without keys, so that each stays spelled as the service answers it.
        let vocabulary = Vocabulary::new(live.target.clone(), resources, BTreeMap::new());
        Speller { arns, vocabulary }
    }

    /// The entry of a resource, without its policy. A policy has none of its own.
    pub(super) fn entry(&self, spec: &Spec) -> Mapping {
        let mut spec = spec.clone();
        spec.settle(&self.vocabulary);
        if let Some(tags) = spec.tags_mut() {
            tags.retain(|tag, _| !is_left_out(tag));
        }
        match spec {
            Spec::Trail(mut trail) => {
                trail.sns_topic_name = trail.sns_topic_name.map(|topic| self.topic(topic));
                settings(&TrailShape::of(&trail))
            }
            Spec::EventDataStore(store) => settings(&EventDataStoreShape::of(&store)),
            Spec::Channel(channel) => settings(&ChannelShape::of(&channel)),
            Spec::Dashboard(mut dashboard) => {
                for widget in &mut dashboard.widgets {
                    widget.query_statement = self.readable(&widget.query_statement);
                }
                settings(&DashboardShape::of(&dashboard))
            }
            Spec::Policy(_) => Mapping::new(),
        }
    }

    /// The policy as a mapping in its own order. What is no JSON object stays the text that it is.
    pub(super) fn policy(&self, policy: &Policy) -> Value {
        let text = self.written(&policy.document);
        let Ok(mut document) = read_json(&text) else { return Value::String(text) };
        let own = Key::new(policy.parent.kind(), &policy.name);
        match document.get_mut("Statement") {
            Some(Value::Sequence(statements)) => {
                statements.iter_mut().for_each(|statement| self.leave_own_resource_out(statement, &own));
            }
            Some(statement) => self.leave_own_resource_out(statement, &own),
            None => {}
        }
        self.words(document, &own)
    }

    /// A topic of the target by its name alone.
    fn topic(&self, topic: String) -> String {
        match Arn::parse(topic.as_str()) {
            Ok(arn) if self.vocabulary.topic(arn.resource()) == topic => arn.resource().to_owned(),
            _ => topic,
        }
    }

    /// A resource policy is about its own resource, so that saying so is needless.
    fn leave_own_resource_out(&self, statement: &mut Value, own: &Key) {
        let Value::Mapping(members) = statement else { return };
        let is_own = |value: &Value| match (value, self.arns.get(own)) {
            (Value::String(text), Some(arn)) => text == arn.as_str(),
            _ => false,
        };
        let only_own = match members.get("Resource") {
            Some(Value::Sequence(items)) => matches!(items.as_slice(), [only] if is_own(only)),
            Some(value) => is_own(value),
            None => false,
        };
        if only_own && !members.contains_key("NotResource") {
            members.shift_remove("Resource");
        }
    }

    /// A policy's values as the manifest writes them.
    fn words(&self, value: Value, own: &Key) -> Value {
        match value {
            Value::String(text) => {
                let text = self.readable(&self.vocabulary.arns(&Text::plain(text)));
                let spelled = text.parts().iter().map(|part| match part {
                    Part::Arn(key) if key == own => "${self.arn}".to_owned(),
                    part => part.to_string(),
                });
                Value::String(spelled.collect())
            }
            // IAM compares texts, and readers of YAML disagree about the spelling of numbers with a fraction.
            Value::Number(number) if number.is_f64() => Value::String(fraction(&number)),
            Value::Sequence(items) => items.into_iter().map(|item| self.words(item, own)).collect(),
            Value::Mapping(entries) => Value::Mapping(
                entries.into_iter().map(|(key, value)| (key, self.words(value, own))).collect(),
            ),
            other => other,
        }
    }

    /// The text with every reference behind a `$` written out: `$${` is how a literal `${` is written, so that nothing can
    /// refer to a resource there.
    fn readable(&self, text: &Text) -> Text {
        let mut behind_dollar = false;
        let parts = text.parts().iter().map(|part| {
            let part = if behind_dollar { self.write_out(part) } else { part.clone() };
            behind_dollar = matches!(&part, Part::Lit(text) if text.ends_with('$'));
            part
        });
        Text::new(parts.collect::<Vec<Part>>())
    }

    fn write_out(&self, part: &Part) -> Part {
        let written = match part {
            Part::Lit(_) => None,
            Part::Arn(key) => self.arns.get(key).map(|arn| arn.as_str().to_owned()),
            Part::Id(key) => self.arns.get(key).map(|arn| arn.id().to_owned()),
        };
        written.map_or_else(|| part.clone(), Part::Lit)
    }

    /// The text as the service has it. Live texts refer to nothing until they are settled.
    fn written(&self, text: &Text) -> String {
        text.parts()
            .iter()
            .map(|part| match self.write_out(part) {
                Part::Lit(text) => text,
                reference => reference.to_string(),
            })
            .collect()
    }
}

/// Our own tags are added by us, and AWS's cannot be written by anybody else (Tag Editor user guide, tag naming limits).
fn is_left_out(tag: &str) -> bool {
    is_own_tag(tag) || tag.starts_with("aws:")
}

/// The settings of a shape in its order, with what is plain text escaped.
fn settings(shape: &impl Serialize) -> Mapping {
    // A shape is a struct of texts, numbers, lists and mappings, which cannot fail to be a mapping.
    let Ok(Value::Mapping(settings)) = serde_yaml::to_value(shape) else { return Mapping::new() };
    let escaped = settings.into_iter().map(|(setting, value)| {
        let value = match (setting.as_str(), value) {
            // What may refer to resources has been escaped where it was spelled.
            (Some("destinations" | "insightsDestination"), value) => value,
            (Some("widgets"), Value::Sequence(widgets)) => widgets.into_iter().map(widget).collect(),
            (_, value) => escape(value),
        };
        (setting, value)
    });
    escaped.collect()
}

fn widget(widget: Value) -> Value {
    let Value::Mapping(settings) = widget else { return escape(widget) };
    let escaped = settings.into_iter().map(|(setting, value)| match setting.as_str() {
        Some("queryStatement") => (setting, value),
        _ => (setting, escape(value)),
    });
    Value::Mapping(escaped.collect())
}

/// Every text of the value as one that refers to nothing. Keys hold no variables.
fn escape(value: Value) -> Value {
    match value {
        Value::String(literal) => Value::String(text::escape(&literal)),
        Value::Sequence(items) => items.into_iter().map(escape).collect(),
        Value::Mapping(entries) => {
            Value::Mapping(entries.into_iter().map(|(key, value)| (key, escape(value))).collect())
        }
        other => other,
    }
}

/// As JSON writes it, which is how policies are compared.
fn fraction(number: &Number) -> String {
    let json = number.as_f64().and_then(serde_json::Number::from_f64);
    json.map_or_else(|| number.to_string(), |json| json.to_string())
}
