//! The rows of `tests/settings/*.yaml`, one file for each list of a manifest, and the settings that the manifest's
//! schema knows. A setting without a row fails here; what a row proves stands in `settings`.

use serde::Deserialize;
use serde_json::Value as Json;
use serde_yaml::{Mapping, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// One file: a resource, and one row for each of its settings, nested ones included.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Table {
    /// What every row starts from.
    resource: Mapping,
    /// Other resources of the manifest, by list.
    #[serde(default)]
    around: Mapping,
    /// What the schema knows and is no setting of the resource, with the reason.
    not_settings: BTreeMap<String, String>,
    pub(super) settings: BTreeMap<String, Row>,
}

/// One setting: two values, and how somebody else changes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Row {
    /// Two values of the top-level setting that holds this one.
    values: [Value; 2],
    /// The top-level setting without this one; absent when nothing is said.
    without: Option<Value>,
    /// Whether there is no manifest without it.
    #[serde(default)]
    pub(super) required: bool,
    /// Settings that stand beside it in every manifest of the row.
    #[serde(default)]
    with: Mapping,
    /// Settings that come and go with it.
    #[serde(default)]
    along: Mapping,
    /// Settings that stand beside the second value only.
    #[serde(default)]
    beside_second: Mapping,
    /// Calls by somebody else, made while the account holds the first value.
    pub(super) by_hand: Vec<serde_json::Map<String, Json>>,
    /// Calls by somebody else that set it where it is not; those of `by_hand` unless it takes others.
    set_by_hand: Option<Vec<serde_json::Map<String, Json>>>,
    /// What the plan names, where it is not the top-level setting (and `along`, when they come and go).
    #[serde(default)]
    names: Names,
    /// What CloudTrail cannot do, with the reason: the plan names it and is refused.
    #[serde(default)]
    pub(super) cannot: BTreeMap<Move, String>,
    /// Members of the account that stay behind in it, with the reason.
    #[serde(default)]
    pub(super) remains: BTreeMap<String, String>,
}

/// How an account comes to differ from the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Move {
    /// The manifest gets the first value.
    Set,
    /// The manifest goes from the first value to the second.
    Change,
    /// The manifest loses the setting.
    Remove,
    /// Somebody else changes the account.
    ByHand,
    /// Somebody else sets what the manifest has never said.
    SetByHand,
}

/// The same in every move, or move by move.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    Always(Vec<String>),
    ByMove(BTreeMap<Move, Vec<String>>),
}

impl Default for Names {
    fn default() -> Names {
        Names::ByMove(BTreeMap::new())
    }
}

/// Which of a row's manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Without,
    First,
    Second,
}

impl Row {
    /// The calls by somebody else that make this move.
    pub(super) fn by_hand(&self, how: Move) -> &[serde_json::Map<String, Json>] {
        match how {
            Move::Set | Move::Change | Move::Remove => &[],
            Move::ByHand => &self.by_hand,
            Move::SetByHand => self.set_by_hand.as_ref().unwrap_or(&self.by_hand),
        }
    }

    /// What the plan names for this move, and nothing else.
    pub(super) fn named(&self, setting: &str, how: Move) -> BTreeSet<String> {
        match &self.names {
            Names::Always(names) => names.iter().cloned().collect(),
            Names::ByMove(names) if names.contains_key(&how) => names[&how].iter().cloned().collect(),
            // What appears is named as what goes.
            Names::ByMove(names) if how == Move::SetByHand && names.contains_key(&Move::Set) => {
                names[&Move::Set].iter().cloned().collect()
            }
            Names::ByMove(_) => {
                let along =
                    matches!(how, Move::Set | Move::Remove | Move::SetByHand).then(|| self.along.keys());
                let along = along.into_iter().flatten().map(|key| key.as_str().unwrap().to_owned());
                along.chain([top(setting).to_owned()]).collect()
            }
        }
    }

    fn settings(&self, setting: &str, stage: Stage) -> Mapping {
        let (value, besides) = match stage {
            Stage::Without => (self.without.as_ref(), vec![&self.with]),
            Stage::First => (Some(&self.values[0]), vec![&self.with, &self.along]),
            Stage::Second => (Some(&self.values[1]), vec![&self.with, &self.along, &self.beside_second]),
        };
        let mut settings: Mapping =
            besides.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
        if let Some(value) = value {
            settings.insert(top(setting).into(), value.clone());
        }
        settings
    }
}

impl Table {
    /// The row's manifest at one stage.
    pub(super) fn manifest(&self, list: &str, setting: &str, stage: Stage) -> String {
        let mut resource = self.resource.clone();
        resource.extend(self.settings[setting].settings(setting, stage));
        let mut manifest = self.around.clone();
        let entries = manifest.entry(list.into()).or_insert_with(|| Value::Sequence(Vec::new()));
        entries.as_sequence_mut().unwrap().push(Value::Mapping(resource));
        let header = "version: 1\nname: acme\naccount: \"111122223333\"\nregion: us-east-1\n";
        format!("{header}{}", serde_yaml::to_string(&manifest).unwrap())
    }
}

/// The top-level setting: `eventSelectors` of `eventSelectors[].readWriteType`.
fn top(setting: &str) -> &str {
    setting.split(['.', '[']).next().unwrap()
}

/// The table of one of a manifest's lists.
pub(super) fn table(list: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/settings/{list}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut value: Value = serde_yaml::from_str(&text).unwrap();
    value.apply_merge().unwrap();
    serde_yaml::from_value(value).unwrap_or_else(|error| panic!("{list}.yaml: {error}"))
}

/// The lists of a manifest that hold resources, each with the paths of all of its settings, by the schema: what can
/// be ignored is a resource.
pub(super) fn lists(schema: &Json) -> BTreeMap<String, BTreeSet<String>> {
    let lists = schema["properties"].as_object().unwrap().iter().filter_map(|(list, of)| {
        let resource = definition(schema, of.get("items")?)?;
        resource["properties"].get("ignore")?;
        let mut settings = BTreeSet::new();
        leaves(schema, resource, "", &mut settings);
        Some((list.clone(), settings))
    });
    lists.collect()
}

/// The definition that a subschema refers to, alone or in an `allOf` of one.
fn definition<'a>(schema: &'a Json, of: &'a Json) -> Option<&'a Json> {
    let reference = of.get("$ref").or_else(|| of.get("allOf")?.get(0)?.get("$ref"))?;
    schema.pointer(reference.as_str()?.strip_prefix('#')?)
}

fn leaves(schema: &Json, of: &Json, above: &str, found: &mut BTreeSet<String>) {
    for (name, below) in of["properties"].as_object().unwrap() {
        let path = format!("{above}{name}");
        let entries = below.get("items").and_then(|items| definition(schema, items));
        match (definition(schema, below), entries) {
            (Some(below), _) if below.get("properties").is_some() => {
                leaves(schema, below, &format!("{path}."), found);
            }
            (_, Some(entry)) if entry.get("properties").is_some() => {
                leaves(schema, entry, &format!("{path}[]."), found);
            }
            _ => drop(found.insert(path)),
        }
    }
}

/// What is managed, as a list for readers: every setting that has a row, the nested ones in brackets.
pub(crate) fn managed_settings() -> String {
    let lists = lists(&trailkeeper::manifest::schema()).into_keys();
    let entries = lists.map(|list| {
        let settings: Vec<String> = table(&list).settings.into_keys().collect();
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        wrapped(&format!("- `{list}`: {}", nested(&settings)))
    });
    entries.collect()
}

/// Sorted paths as names, each with what is below it in brackets.
fn nested(paths: &[&str]) -> String {
    let same_top = |one: &&str, other: &&str| top(one) == top(other);
    let names = paths.chunk_by(same_top).map(|paths| {
        let name = top(paths[0]);
        let below = |path: &&'_ str| path[name.len()..].trim_start_matches(['[', ']', '.']).to_owned();
        let below: Vec<String> = paths.iter().map(below).filter(|rest| !rest.is_empty()).collect();
        let below: Vec<&str> = below.iter().map(String::as_str).collect();
        if below.is_empty() { format!("`{name}`") } else { format!("`{name}` ({})", nested(&below)) }
    });
    names.collect::<Vec<String>>().join(", ")
}

/// One entry of a list, in lines of up to 118 characters.
fn wrapped(entry: &str) -> String {
    let (mut text, mut width) = (String::new(), 0);
    for word in entry.split(' ') {
        if width + word.len() > 118 {
            text.push_str("\n ");
            width = 1;
        }
        if width > 0 {
            text.push(' ');
        }
        text.push_str(word);
        width += word.len() + 1;
    }
    text + "\n"
}

#[test]
fn every_setting_of_the_schema_has_a_row() {
    let lists = lists(&trailkeeper::manifest::schema());
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/settings")).unwrap();
    let files: BTreeSet<String> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(files, lists.keys().cloned().collect(), "one file for each list that holds resources");
    for (list, known) in &lists {
        let table = table(list);
        let rows: BTreeSet<String> =
            table.settings.keys().chain(table.not_settings.keys()).cloned().collect();
        assert_eq!(&rows, known, "{list}.yaml has one row for each setting of the schema");
        assert!(known.len() > 5, "{list}: the schema was not understood");
    }
}

#[test]
fn every_row_holds_its_setting() {
    for list in lists(&trailkeeper::manifest::schema()).keys() {
        let table = table(list);
        for (setting, row) in &table.settings {
            let held = row
                .values
                .iter()
                .any(|value| holds(value, setting[top(setting).len()..].trim_start_matches('.')));
            assert!(held, "{list}.yaml: no value of `{setting}` holds it");
            let unlike = row.values[0] != row.values[1] || !row.beside_second.is_empty();
            assert!(unlike, "{list}.yaml: the values of `{setting}` are the same");
        }
    }
}

/// Whether a value has something at the path below it.
fn holds(value: &Value, path: &str) -> bool {
    match (path.strip_prefix("[]."), value) {
        _ if path.is_empty() => true,
        (Some(rest), Value::Sequence(entries)) => entries.iter().any(|entry| holds(entry, rest)),
        (Some(_), _) => false,
        (None, value) => {
            let name = top(path);
            value.get(name).is_some_and(|below| holds(below, path[name.len()..].trim_start_matches('.')))
        }
    }
}
