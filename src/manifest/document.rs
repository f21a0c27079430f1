//! One file's document: its value with aliases and merges applied, and where each part of it stands.
//! Shape is the walker's, meaning is everybody else's.

use serde_json::Value as Json;
use serde_yaml::{Mapping, Value};

use super::position::{Index, Node};
use super::problem::Problems;
use super::scan::scan;
use super::source::SourceFile;

/// One YAML document. Every key is text, every number finite, no value tagged; nesting is at most 64 levels.
#[derive(Debug, Clone)]
pub struct Document {
    /// The value, aliases unfolded and merge keys applied, mappings in written order.
    pub value: Value,
    /// Where each value stands.
    pub index: Index,
}

/// Reads a file's text as YAML. None when there is nothing to look at: the text is not YAML, is empty, has several documents, or is
/// beyond the limits. Trouble that leaves something to look at (a key given twice, say) gives a document **and** problems.
pub fn read_document(source: &SourceFile, problems: &mut Problems) -> Option<Document> {
    let index = scan(source, problems)?;
    Some(Document { value: value(&index, index.root.node), index })
}

impl Document {
    /// The value as JSON, which schemas speak about.
    pub fn to_json(&self) -> Json {
        json(&self.value)
    }
}

fn value(index: &Index, node: usize) -> Value {
    match index.nodes.get(node) {
        None => Value::Null,
        Some(Node::Scalar(value)) => value.clone(),
        Some(Node::Sequence(items)) => {
            Value::Sequence(items.iter().map(|item| value(index, item.node)).collect())
        }
        Some(Node::Mapping { .. }) => {
            let mut mapping = Mapping::new();
            fill(&mut mapping, index, node);
            Value::Mapping(mapping)
        }
    }
}

/// A mapping's own keys win over merged ones, and earlier merges over later ones (YAML merge key type, yaml.org/type/merge.html).
fn fill(mapping: &mut Mapping, index: &Index, node: usize) {
    let Some(Node::Mapping { entries, merged }) = index.nodes.get(node) else { return };
    for entry in entries {
        let key = Value::String(entry.key.clone());
        if !mapping.contains_key(&key) {
            mapping.insert(key, value(index, entry.value.node));
        }
    }
    for merge in merged {
        fill(mapping, index, merge.node);
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::String(text) => Json::String(text.clone()),
        Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), _, _) => number.into(),
            (_, Some(number), _) => number.into(),
            (_, _, number) => number.and_then(serde_json::Number::from_f64).map_or(Json::Null, Json::Number),
        },
        Value::Sequence(items) => Json::Array(items.iter().map(json).collect()),
        Value::Mapping(entries) => entries
            .iter()
            .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), json(value))))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Tagged(tagged) => json(&tagged.value),
    }
}
