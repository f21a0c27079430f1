//! An account without clock, ids and timestamps, so that two histories of it can be compared.

use serde_yaml::{Mapping, Value};
use std::collections::BTreeMap;
use trailkeeper::emulator::Emulator;

/// `region/kind/name` and what it is, as text. Those of one name that wait for their deletion are counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account(BTreeMap<String, String>);

/// What is said of something in PENDING_DELETION.
const WAITS: &str = " (waits for its deletion)";

impl Account {
    /// What the emulator holds now.
    pub(crate) fn of(emulator: &Emulator) -> Result<Account, String> {
        Account::parse(&emulator.snapshot())
    }

    /// What a snapshot holds. Two things of one name are an error, except where one waits for its deletion.
    pub(crate) fn parse(snapshot: &str) -> Result<Account, String> {
        let world: Value = serde_yaml::from_str(snapshot).unwrap();
        let mut things = Vec::new();
        let mut ids = Vec::new();
        for (account, regions) in entries(&world["accounts"]) {
            for (region, kinds) in entries(&regions["regions"]) {
                for (kind, members) in entries(kinds) {
                    for (id, thing) in entries(members) {
                        let name = thing["Name"].as_str().unwrap_or(&id).to_owned();
                        let mut place = format!("{account}/{region}/{kind}/{name}");
                        if thing["Status"].as_str() == Some("PENDING_DELETION") {
                            place.push_str(WAITS);
                        }
                        if id != name {
                            ids.push((id, format!("<{place}>")));
                        }
                        things.push((place, timeless(thing)));
                    }
                }
            }
        }
        let mut named: Vec<(String, String)> = Vec::new();
        for (place, thing) in things {
            let mut text = serde_yaml::to_string(&thing).unwrap();
            for (id, spelling) in &ids {
                text = text.replace(id, spelling);
            }
            named.push((place, text));
        }
        // In the order of what they are: ids tell how often it was tried.
        named.sort();
        let mut account = BTreeMap::new();
        for (place, text) in named {
            let many = account.range(format!("{place} #")..format!("{place} $")).count();
            if account.contains_key(&place) && !place.ends_with(WAITS) {
                return Err(format!("{place} is there twice"));
            }
            let place = if account.contains_key(&place) { format!("{place} #{}", many + 2) } else { place };
            account.insert(place, text);
        }
        Ok(Account(account))
    }

    /// Whether something has this ARN.
    pub(crate) fn holds(emulator: &Emulator, arn: &str) -> bool {
        let id = arn.rsplit('/').next().unwrap_or(arn);
        let world: Value = serde_yaml::from_str(&emulator.snapshot()).unwrap();
        entries(&world["accounts"])
            .iter()
            .flat_map(|(_, regions)| entries(&regions["regions"]))
            .flat_map(|(_, kinds)| entries(kinds))
            .any(|(_, members)| entries(members).iter().any(|(key, _)| key == id))
    }

    /// Where the two differ, for a message.
    pub(crate) fn difference(&self, other: &Account) -> String {
        let (Account(these), Account(those)) = (self, other);
        let nothing = "nothing\n".to_owned();
        let places = these.keys().chain(those.keys().filter(|place| !these.contains_key(*place)));
        let differing = places.filter(|place| these.get(*place) != those.get(*place)).map(|place| {
            let (this, that) = (these.get(place).unwrap_or(&nothing), those.get(place).unwrap_or(&nothing));
            format!("{place} is\n{this}instead of\n{that}")
        });
        differing.collect()
    }
}

fn entries(value: &Value) -> Vec<(String, &Value)> {
    let pairs = value.as_mapping().into_iter().flatten();
    pairs.map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), value)).collect()
}

/// Without times and spellings of keys, and with every state at the end of its way.
fn timeless(value: &Value) -> Value {
    let Value::Mapping(mapping) = value else { return value.clone() };
    let mut kept = Mapping::new();
    for (key, value) in mapping {
        let name = key.as_str().unwrap_or_default();
        if name == "KmsKeyId" {
            // Where KMS could not be asked, a key is named by its alias: another spelling, and the same key.
            kept.insert(key.clone(), Value::from("a key"));
        } else if name == "Federation" && timeless(value)["Status"].as_str() == Some("DISABLED") {
            // Federation on its way to being off is off, once somebody has looked.
        } else if name != "Settling" && !name.ends_with("Timestamp") && !name.ends_with("Time") {
            kept.insert(key.clone(), timeless(value));
        }
    }
    if let Some(to) = mapping.get("Settling").and_then(|settling| settling.get("To")) {
        kept.insert(Value::from("Status"), to.clone());
    }
    // Whether a dashboard was changed after it was created is history.
    if kept.get("Status").and_then(Value::as_str) == Some("UPDATED") {
        kept.insert(Value::from("Status"), Value::from("CREATED"));
    }
    Value::Mapping(kept)
}
