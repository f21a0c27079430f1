//! A document that is wrong in places, made readable: the wrong places get something of the right shape, so that everything
//! else can be looked at. What was put in is never reported upon: `Damage` knows where it stands.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use serde_yaml::{Mapping, Value};

use super::position::{Pointer, Segment};

/// The places of a document that are known to be wrong.
#[derive(Debug, Clone, Default)]
pub(super) struct Damage(BTreeSet<Pointer>);

impl Damage {
    /// Adds a place.
    pub(super) fn add(&mut self, pointer: Pointer) {
        self.0.insert(pointer);
    }

    /// Whether nothing is known to be wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The places, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Pointer> {
        self.0.iter()
    }

    /// Whether something in the same entry of the same list is known to be wrong.
    pub(super) fn is_beside(&self, pointer: &Pointer) -> bool {
        let entry = pointer.0.get(..2).unwrap_or(&pointer.0);
        self.0.range(Pointer(entry.to_vec())..).next().is_some_and(|next| next.0.starts_with(entry))
    }

    /// Whether what stands at a place, around it or inside it is known to be wrong. The conditions of an event selector mean
    /// something together only, so that one of them spoils all.
    pub(super) fn touches(&self, pointer: &Pointer) -> bool {
        let unit = unit(pointer);
        let above =
            (0..=pointer.0.len()).any(|length| self.0.contains(&Pointer(pointer.0[..length].to_vec())));
        let inside = self.0.range(unit.clone()..).next().is_some_and(|next| next.0.starts_with(&unit.0));
        above || inside
    }
}

/// The selector that a place stands in; else the place itself.
fn unit(pointer: &Pointer) -> Pointer {
    match pointer.0.as_slice() {
        [list, entry, Segment::Key(setting), index, ..]
            if setting.ends_with("EventSelectors") || setting == "eventSelectors" =>
        {
            Pointer(vec![list.clone(), entry.clone(), Segment::Key(setting.clone()), index.clone()])
        }
        _ => pointer.clone(),
    }
}

/// Makes a value fit the types that a schema wants; limits and choices are left as they are, where the types can hold them.
pub(super) fn repair(value: &mut Value, schema: &Json, root: &Json) {
    let Some(schema) = resolve(schema, root) else { return };
    if !fits(value, schema) {
        *value = stand_in(schema);
    }
    match value {
        Value::Mapping(entries) => mapping(entries, schema, root),
        Value::Sequence(items) => {
            if let Some(schema) = schema.get("items") {
                items.iter_mut().for_each(|item| repair(item, schema, root));
            }
        }
        _ => {}
    }
}

/// The schema that a `$ref` leads to, alone or as the only one of `allOf`.
fn resolve<'a>(schema: &'a Json, root: &'a Json) -> Option<&'a Map<String, Json>> {
    let mut schema = schema.as_object()?;
    loop {
        let name = match schema.get("allOf").and_then(Json::as_array).map(Vec::as_slice) {
            Some([only]) => only.get("$ref"),
            _ => schema.get("$ref"),
        };
        let Some(name) = name else { return Some(schema) };
        schema = root.pointer(name.as_str()?.strip_prefix('#')?)?.as_object()?;
    }
}

fn fits(value: &Value, schema: &Map<String, Json>) -> bool {
    let types: Vec<&str> = match schema.get("type") {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        _ => return true,
    };
    types.iter().any(|name| match (*name, value) {
        ("string", Value::String(_)) | ("boolean", Value::Bool(_)) | ("number", Value::Number(_)) => true,
        ("array", Value::Sequence(_)) | ("object", Value::Mapping(_)) => true,
        // The shapes hold whole numbers within the schema's limits, and no others.
        ("integer", Value::Number(number)) => number.as_u64().is_some_and(|number| within(number, schema)),
        _ => false,
    })
}

fn within(number: u64, schema: &Map<String, Json>) -> bool {
    let limit = |word: &str| schema.get(word).and_then(Json::as_u64);
    let chosen = schema.get("enum").and_then(Json::as_array);
    limit("minimum").is_none_or(|least| number >= least)
        && limit("maximum").is_none_or(|most| number <= most)
        && chosen.is_none_or(|choices| choices.iter().any(|choice| choice.as_u64() == Some(number)))
}

/// The least value of the first type.
fn stand_in(schema: &Map<String, Json>) -> Value {
    let name = match schema.get("type") {
        Some(Json::Array(several)) => several.first().and_then(Json::as_str),
        other => other.and_then(Json::as_str),
    };
    match name {
        Some("boolean") => Value::Bool(schema.get("default") == Some(&Json::Bool(true))),
        Some("integer" | "number") => {
            let chosen = schema.get("enum").and_then(|choices| choices.get(0)).and_then(Json::as_u64);
            let least = schema.get("minimum").and_then(Json::as_u64);
            Value::from(chosen.or(least).unwrap_or_default())
        }
        Some("array") => Value::Sequence(Vec::new()),
        Some("object") => Value::Mapping(Mapping::new()),
        _ => Value::String(String::new()),
    }
}

fn mapping(entries: &mut Mapping, schema: &Map<String, Json>, root: &Json) {
    let properties = schema.get("properties").and_then(Json::as_object);
    let known = |key: &str| properties.and_then(|known| known.get(key));
    let others = schema.get("additionalProperties");
    entries.retain(|key, _| others != Some(&Json::Bool(false)) || key.as_str().and_then(known).is_some());
    for (key, value) in entries.iter_mut() {
        if let Some(schema) = key.as_str().and_then(known).or(others) {
            repair(value, schema, root);
        }
    }
    let required = schema.get("required").and_then(Json::as_array);
    for key in required.into_iter().flatten().filter_map(Json::as_str) {
        if let Some(schema) = known(key).filter(|_| !entries.contains_key(key)) {
            let mut value = Value::Null;
            repair(&mut value, schema, root);
            entries.insert(key.into(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::FileShape;
    use super::super::schema::shape_schema;
    use super::*;

    fn repaired(text: &str) -> Value {
        let schema = shape_schema();
        let mut value: Value = serde_yaml::from_str(text).unwrap();
        repair(&mut value, &schema, &schema);
        serde_yaml::from_value::<FileShape>(value.clone()).unwrap();
        value
    }

    #[test]
    fn what_is_wrong_is_filled_in_and_the_rest_stays() {
        let text = "{version: 7, name: a, owner: b, tags: {tier: 1, team: x}, trails: [{name: one, isLogging: maybe, ignore: x, \
                    advancedEventSelectors: [{fieldSelectors: [{equals: [1, a]}]}]}, 7], eventDataStores: [{name: lake, \
                    retentionPeriod: 99999999999, billingMode: none}], channels: {a: b}, removed: [{trial: x, keep: 1}]}";
        let expected = "{version: 1, name: a, tags: {tier: '', team: x}, trails: [{name: one, isLogging: true, ignore: [], \
                        advancedEventSelectors: [{fieldSelectors: [{equals: ['', a], field: ''}]}], s3BucketName: ''}, \
                        {name: '', s3BucketName: ''}], eventDataStores: [{name: lake, retentionPeriod: 7, billingMode: none}], \
                        channels: [], removed: [{keep: false}]}";
        assert_eq!(repaired(text), serde_yaml::from_str::<Value>(expected).unwrap());
    }

    #[test]
    fn damage_reaches_up_and_down_and_through_a_selector() {
        let to = |text: &str| {
            let step =
                |part: &str| part.parse().map_or_else(|_| Segment::Key(part.to_owned()), Segment::Index);
            Pointer(text.split('/').map(step).collect())
        };
        let mut damage = Damage::default();
        damage.add(to("trails/0/tags/tier"));
        damage.add(to("trails/1/advancedEventSelectors/0/fieldSelectors/0/field"));
        for touched in [
            "trails/0/tags/tier",
            "trails/0/tags",
            "trails/0/tags/tier/x",
            "trails/1/advancedEventSelectors/0/fieldSelectors/1",
        ] {
            assert!(damage.touches(&to(touched)), "{touched}");
        }
        for whole in ["trails/0/tags/team", "trails/0/name", "trails/1/advancedEventSelectors/1", "trails/2"]
        {
            assert!(!damage.touches(&to(whole)), "{whole}");
        }
    }
}
