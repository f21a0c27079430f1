//! Arbitrary valid manifests and arbitrary reachable accounts. Here: the words in which the kinds list their
//! settings. Names come from small pools, so that what is declared, removed and live often meets.

pub(crate) mod account;
pub(crate) mod manifest;

mod by_hand;
mod channel;
mod dashboard;
mod event_data_store;
mod policy;
mod selector;
mod trail;

use proptest::prelude::*;
use serde_json::{Map, Value};

/// The settings of one resource, as they are written.
pub(crate) type Settings = Map<String, Value>;

/// A setting and what it may say; shrinking leaves it out where it may be absent.
type Setting = (&'static str, BoxedStrategy<Option<Value>>);

const TRAILS: [&str; 4] = ["audit", "data.trail", "extra-1", "old_trail"];
/// Stores by what they take in: a name has one class of events for good, so that few plans are impossible.
const LAKES: [&str; 3] = ["lake-a", "lake-b", "lake.c"];
const INSIGHTS: [&str; 2] = ["insights-a", "insights-b"];
const PARTNERS: [&str; 2] = ["partner-a", "partner-b"];
const CONFIGS: [&str; 1] = ["config-a"];
/// Stores that are always there and no manifest of ours: named by ARN where a manifest sends something to them.
const FAR_PARTNER: &str = "33333333-3333-4333-8333-333333333333";
const FAR_INSIGHTS: &str = "44444444-4444-4444-8444-444444444444";
const CHANNELS: [&str; 3] = ["okta", "github", "own.app"];
const DASHBOARDS: [&str; 3] = ["overview", "logins_2", "AWSCloudTrail-Highlights"];

fn always(name: &'static str, values: impl Strategy<Value = Value> + 'static) -> Setting {
    (name, values.prop_map(Some).boxed())
}

fn sometimes(name: &'static str, values: impl Strategy<Value = Value> + 'static) -> Setting {
    (name, prop::option::weighted(0.4, values).boxed())
}

fn rarely(name: &'static str, values: impl Strategy<Value = Value> + 'static) -> Setting {
    (name, prop::option::weighted(0.1, values).boxed())
}

/// Each setting, where it is there.
fn settings(list: Vec<Setting>) -> BoxedStrategy<Settings> {
    let (names, values): (Vec<_>, Vec<_>) = list.into_iter().unzip();
    let named = move |values: Vec<Option<Value>>| {
        let present = names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
        present.collect()
    };
    values.prop_map(named).boxed()
}

/// The same as a value of its own.
fn object(list: Vec<Setting>) -> BoxedStrategy<Value> {
    settings(list).prop_map(Value::Object).boxed()
}

fn word(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop::sample::select(words).prop_map(Value::from).boxed()
}

/// Some of the words, each once, in any order.
fn words(words: &'static [&'static str], most: usize) -> BoxedStrategy<Value> {
    let some = prop::sample::subsequence(words, 1..=most.min(words.len())).prop_shuffle();
    some.prop_map(Value::from).boxed()
}

fn switch() -> BoxedStrategy<Value> {
    any::<bool>().prop_map(Value::from).boxed()
}

fn list(values: BoxedStrategy<Value>, most: usize) -> BoxedStrategy<Value> {
    prop::collection::vec(values, 1..=most).prop_map(Value::from).boxed()
}

/// A number that stands for one of things that are known only later.
fn pick() -> BoxedStrategy<Value> {
    any::<u8>().prop_map(Value::from).boxed()
}

/// Tags: of people, and of the robots that some manifests ignore.
fn tags() -> BoxedStrategy<Value> {
    object(vec![
        sometimes("team", word(&["security", "", "a: b = ${account}"])),
        sometimes("tier", word(&["1", "yes"])),
        rarely("awsApplication", word(&["by-us"])),
        rarely("map-migrated", word(&["d-1", "@1"])),
    ])
}

fn kms_key() -> BoxedStrategy<Value> {
    word(&[
        "alias/cloudtrail",
        "arn:aws:kms:us-east-1:111122223333:alias/cloudtrail",
        "arn:${partition}:kms:${region}:${account}:alias/other",
        "12345678-1234-4123-8123-123456789012",
        "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-4123-8123-123456789012",
    ])
}

fn text<'a>(settings: &'a Settings, name: &str) -> &'a str {
    settings.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is(settings: &Settings, name: &str, default: bool) -> bool {
    settings.get(name).and_then(Value::as_bool).unwrap_or(default)
}

/// Puts the members of an object setting in its place.
fn flatten(settings: &mut Settings, name: &str) {
    if let Some(Value::Object(members)) = settings.remove(name) {
        settings.extend(members);
    }
}
