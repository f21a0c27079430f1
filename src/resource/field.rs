//! How any resource lists its settings, so that diff, reports, drift and JSON read one list.

use crate::name::Tags;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Where a setting stands: `kmsKeyId`, `tags.team`, `refreshSchedule.status`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(String);

impl Path {
    /// A path from its text.
    pub fn new(text: impl Into<String>) -> Path {
        Path(text.into())
    }

    /// The path of one tag.
    pub fn tag(key: &str) -> Path {
        Path(format!("tags.{key}"))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The top-level setting: `tags` of `tags.team`.
    pub fn top(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }

    /// The key of the tag that this path names, when it names one.
    pub fn tag_key(&self) -> Option<&str> {
        self.0.strip_prefix("tags.")
    }

    /// Whether this path names `other` or something above it. A dot in a tag's key is a letter like any other.
    pub fn covers(&self, other: &Path) -> bool {
        match other.0.strip_prefix(&self.0) {
            Some(rest) => rest.is_empty() || (rest.starts_with('.') && self.tag_key().is_none()),
            None => false,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A setting's value, fit for comparison and for print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Not set.
    Absent,
    /// A switch.
    Bool(bool),
    /// A number.
    Int(i64),
    /// One text; references stand as `${channels.okta.arn}`. May have several lines (SQL).
    Text(String),
    /// Texts whose order means nothing.
    Set(BTreeSet<String>),
    /// A document in its canonical form, shown as a line diff.
    Document(Json),
}

impl Value {
    /// A text, or absent.
    pub fn text(text: Option<&str>) -> Value {
        text.map_or(Value::Absent, |text| Value::Text(text.to_owned()))
    }

    /// A set, or absent when it is empty.
    pub fn set(items: impl IntoIterator<Item = String>) -> Value {
        let items: BTreeSet<String> = items.into_iter().collect();
        if items.is_empty() { Value::Absent } else { Value::Set(items) }
    }

    /// A document, or absent when it is an empty list.
    pub fn list(items: Vec<Json>) -> Value {
        if items.is_empty() { Value::Absent } else { Value::Document(Json::Array(items)) }
    }

    /// The value as reports write it: `null` when it is not set.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Absent => Json::Null,
            Value::Bool(switch) => Json::from(*switch),
            Value::Int(number) => Json::from(*number),
            Value::Text(text) => Json::from(text.as_str()),
            Value::Set(words) => words.iter().map(String::as_str).collect(),
            Value::Document(document) => document.clone(),
        }
    }

    /// Reads what [`Value::to_json`] writes. Documents are objects and lists of objects, so that a list of words is
    /// a set.
    pub fn from_json(json: Json) -> Value {
        match json {
            Json::Null => Value::Absent,
            Json::Bool(switch) => Value::Bool(switch),
            Json::String(text) => Value::Text(text),
            Json::Number(number) => match number.as_i64() {
                Some(number) => Value::Int(number),
                None => Value::Document(Json::Number(number)),
            },
            Json::Array(items) => {
                let words: Option<BTreeSet<String>> =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                words.map_or(Value::Document(Json::Array(items)), Value::Set)
            }
            Json::Object(members) => Value::Document(Json::Object(members)),
        }
    }
}

/// One setting of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Which setting.
    pub path: Path,
    /// Its value.
    pub value: Value,
}

impl Field {
    /// A field from its two parts.
    pub fn new(path: &str, value: Value) -> Field {
        Field { path: Path::new(path), value }
    }
}

/// A setting that differs. Text reads `live -> desired`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Which setting.
    pub path: Path,
    /// What the manifest asks.
    pub desired: Value,
    /// What the account has.
    pub live: Value,
}

/// One field for each tag, so that a diff, an `ignore` and a report can name a single one.
pub fn tag_fields(tags: &Tags) -> impl Iterator<Item = Field> + '_ {
    tags.iter().map(|(key, value)| Field { path: Path::tag(key), value: Value::Text(value.clone()) })
}

/// The empty string is how the service and some manifests spell "none".
pub(super) fn empty_is_none(setting: &mut Option<String>) {
    if setting.as_deref() == Some("") {
        *setting = None;
    }
}

/// Takes over from live the tags that `path` covers: all of them, or a single one.
pub fn leave_tags(tags: &mut Tags, path: &Path, live: &Tags) {
    let covered = |key: &String| path.covers(&Path::tag(key));
    tags.retain(|key, _| !covered(key));
    tags.extend(live.iter().filter(|(key, _)| covered(key)).map(|(key, value)| (key.clone(), value.clone())));
}

/// The settings that differ between two lists of fields, in desired's order, those that only live has last.
/// Both sides' paths count: a setting that only one side has is a difference, never overlooked.
pub fn changes(desired: &[Field], live: &[Field]) -> Vec<FieldChange> {
    let (desired_values, live_values) = (by_path(desired), by_path(live));
    let only_live = live.iter().filter(|field| !desired_values.contains_key(&field.path));
    let changes = desired.iter().chain(only_live).filter_map(|Field { path, value: _ }| {
        let desired = desired_values.get(path).copied().unwrap_or(&Value::Absent);
        let live = live_values.get(path).copied().unwrap_or(&Value::Absent);
        (desired != live).then(|| FieldChange {
            path: path.clone(),
            desired: desired.clone(),
            live: live.clone(),
        })
    });
    changes.collect()
}

fn by_path(fields: &[Field]) -> BTreeMap<&Path, &Value> {
    fields.iter().map(|field| (&field.path, &field.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_covers_what_is_below_it_and_nothing_else() {
        let covers = |upper, lower| Path::new(upper).covers(&Path::new(lower));
        assert!(covers("tags", "tags.team"));
        assert!(covers("tags.team", "tags.team"));
        assert!(!covers("tags.te", "tags.team"));
        assert!(!covers("tags.team", "tags"));
        assert!(!covers("tags.team", "tags.team.lead"));
    }

    #[test]
    fn a_setting_that_only_live_has_is_a_change() {
        let live = [Field::new("kmsKeyId", Value::Text("k".into()))];
        let found = changes(&[], &live);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].desired, Value::Absent);
        assert_eq!(changes(&live, &live), []);
    }

    #[test]
    fn a_value_reads_what_it_writes() {
        let values = [
            Value::Absent,
            Value::Bool(true),
            Value::Int(-366),
            Value::Text("null".into()),
            Value::Set(["a".to_owned(), "b".to_owned()].into()),
            Value::Document(serde_json::json!([{"field": "eventCategory", "equals": ["Data"]}])),
            Value::Document(serde_json::json!({"Version": "2012-10-17"})),
        ];
        for value in values {
            assert_eq!(Value::from_json(value.to_json()), value);
        }
    }
}
