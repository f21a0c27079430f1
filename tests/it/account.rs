//! An account to be compared with another: the emulator's snapshot without what tells when and in which order it
//! came about.

use serde_yaml::Value;
use std::collections::BTreeMap;

/// Members that tell when something happened, or how much has happened before.
const WHEN: [&str; 6] =
    ["clock", "ids", "CreatedTimestamp", "UpdatedTimestamp", "StartLoggingTime", "StopLoggingTime"];

/// The account's state, with names for ids, without times and without the members that the caller leaves out.
pub(crate) fn timeless(snapshot: &str, left_out: &[&str]) -> String {
    let mut world: Value = serde_yaml::from_str(snapshot).unwrap();
    let mut names = BTreeMap::new();
    collect_names(&world, &mut names);
    drop_members(&mut world, &|member| WHEN.contains(&member) || left_out.contains(&member));
    let mut text = serde_yaml::to_string(&world).unwrap();
    for (id, name) in names {
        text = text.replace(&id, &name);
    }
    // Renaming the ids may have changed their order.
    let sorted: Value = serde_yaml::from_str(&text).unwrap();
    serde_yaml::to_string(&sorted_keys(sorted)).unwrap()
}

/// Whether a dashboard has ever been changed is history too.
fn settled(member: &str, value: &mut Value) {
    if member == "Status" && value.as_str() == Some("UPDATED") {
        *value = "CREATED".into();
    }
}

/// Stores and channels are kept by id; each says its name.
fn collect_names(value: &Value, names: &mut BTreeMap<String, String>) {
    let Value::Mapping(members) = value else { return };
    for (key, below) in members {
        let name = below.get("Name").and_then(Value::as_str);
        if let (Some(id), Some(name)) = (key.as_str(), name) {
            names.insert(id.to_owned(), format!("<id of {name}>"));
        }
        collect_names(below, names);
    }
}

fn drop_members(value: &mut Value, unwanted: &dyn Fn(&str) -> bool) {
    match value {
        Value::Mapping(members) => {
            members.retain(|key, _| !key.as_str().is_some_and(unwanted));
            for (key, below) in members.iter_mut() {
                settled(key.as_str().unwrap_or_default(), below);
                drop_members(below, unwanted);
            }
        }
        Value::Sequence(entries) => entries.iter_mut().for_each(|entry| drop_members(entry, unwanted)),
        _ => {}
    }
}

fn sorted_keys(value: Value) -> Value {
    match value {
        Value::Mapping(members) => {
            let sorted: BTreeMap<String, Value> = members
                .into_iter()
                .map(|(key, below)| (key.as_str().unwrap_or_default().to_owned(), sorted_keys(below)))
                .collect();
            Value::Mapping(sorted.into_iter().map(|(key, below)| (key.into(), below)).collect())
        }
        Value::Sequence(entries) => Value::Sequence(entries.into_iter().map(sorted_keys).collect()),
        other => other,
    }
}
