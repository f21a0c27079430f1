//! What the values of advanced selectors mean, and seldom should: wildcards, prefixes that reach further than they look,
//! values that change nothing, conditions that nothing fulfils. All of it legal, so all of it is warned of.

use std::collections::BTreeSet;

use crate::manifest::check::known::{Known, NETWORK_SOURCES, RESOURCE_TYPES};
use crate::manifest::check::scene::{Mistake, Scene, near};
use crate::manifest::wording::quoted;
use crate::resource::selector::FieldSelector;
use crate::resource::{Key, Kind};

use super::{Condition, conditions, count, each, matrix, selectors};

/// The most values of one resource that are held against each other; more are refused anyway.
const MOST_VALUES: usize = 500;

/// Every value of every condition, and where it stands.
pub(in crate::manifest::check) fn values<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, String, &'a str)> {
    let all = conditions(scene).into_iter().flat_map(|Condition { key, at, field, .. }| {
        field.operators().flat_map(move |(operator, values)| {
            let at = format!("{at}.{operator}");
            values
                .iter()
                .enumerate()
                .map(move |(index, value)| (key, format!("{at}[{index}]"), value.as_str()))
        })
    });
    all.collect()
}

pub(in crate::manifest::check) fn wildcard(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for Condition { key, at, field, .. } in conditions(scene) {
        for (operator, values) in field.operators() {
            for (index, value) in values.iter().enumerate().filter(|(_, value)| value.contains('*')) {
                let message = format!("{} has a `*`, and selectors know no wildcards", quoted(value));
                let at = format!("{at}.{operator}[{index}]");
                found.push(Mistake::new(key, &at, message).help(meant(operator, value)));
            }
        }
    }
    found
}

/// A condition that means what a wildcard was to mean.
fn meant(operator: &str, value: &str) -> String {
    let not = operator.starts_with("not");
    let bare = value.trim_matches('*');
    let starts = if not { "notStartsWith" } else { "startsWith" };
    let ends = if not { "notEndsWith" } else { "endsWith" };
    match (value.starts_with('*'), value.ends_with('*')) {
        _ if bare.contains('*') || bare.is_empty() => {
            format!("`{starts}` and `{ends}` match the parts around it")
        }
        (false, true) => format!("write `{starts}: [\"{bare}\"]`"),
        (true, false) => format!("write `{ends}: [\"{bare}\"]`"),
        _ => "no operator looks for a part in the middle; select by the beginning or the end".to_owned(),
    }
}

fn unknown_values(scene: &Scene<'_>, category: &str, field: &str, known: Known, what: &str) -> Vec<Mistake> {
    let mut found = Vec::new();
    for condition in conditions(scene) {
        if condition.category != Some(category) || condition.field.field != field {
            continue;
        }
        for (index, value) in condition.field.equals.iter().enumerate() {
            // What does not even look like one is an error, told elsewhere.
            let formed = matrix::is_resource_type(value) || matrix::is_event_source(value);
            if formed && !known.has(value) {
                let message = format!("{} is no {what} that is known to be recorded", quoted(value));
                let at = format!("{}.equals[{index}]", condition.at);
                let meant = near(&found, value, known.values());
                found.push(Mistake::new(condition.key, &at, message).suggest(meant));
            }
        }
    }
    found
}

pub(in crate::manifest::check) fn unknown_type(scene: &Scene<'_>) -> Vec<Mistake> {
    unknown_values(scene, "Data", "resources.type", RESOURCE_TYPES, "resource type")
}

pub(in crate::manifest::check) fn unknown_source(scene: &Scene<'_>) -> Vec<Mistake> {
    unknown_values(scene, "NetworkActivity", "eventSource", NETWORK_SOURCES, "source of network activity")
}

/// The bucket of an S3 ARN that names a bucket only, with or without the slash behind it.
fn bucket_only(value: &str) -> Option<&str> {
    let (_, rest) = value.strip_prefix("arn:")?.split_once(':')?;
    let bucket = rest.strip_prefix("s3:::")?.trim_end_matches('/');
    (!bucket.is_empty() && !bucket.contains('/')).then_some(bucket)
}

/// Whole buckets of `AWS::S3::Object`: by equality none of their objects, without the slash those of others too
/// (API reference, AdvancedFieldSelector, resources.ARN).
pub(in crate::manifest::check) fn bucket(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, selector) in each(scene) {
        let of_objects = selector.field_selectors.iter().any(|field| {
            field.field == "resources.type" && field.equals.iter().any(|value| value == "AWS::S3::Object")
        });
        let fields = selector.field_selectors.iter().enumerate();
        for (place, field) in fields.filter(|(_, field)| of_objects && field.field == "resources.ARN") {
            for (operator, values) in field.operators() {
                for (index, value) in values.iter().enumerate() {
                    let Some(bucket) = bucket_only(value) else { continue };
                    let (message, help) = match operator {
                        "equals" | "notEquals" => {
                            let starts = if operator == "equals" { "startsWith" } else { "notStartsWith" };
                            let whole = format!("{}/", value.trim_end_matches('/'));
                            ("no object is the bucket itself", format!("write `{starts}: [\"{whole}\"]`"))
                        }
                        "startsWith" | "notStartsWith" if !value.ends_with('/') => (
                            "every bucket whose name begins so is meant too",
                            format!("write \"{value}/\" for the bucket {bucket} alone"),
                        ),
                        _ => continue,
                    };
                    let at = format!("{at}.fieldSelectors[{place}].{operator}[{index}]");
                    found.push(Mistake::new(key, &at, message).help(help));
                }
            }
        }
    }
    found
}

/// Values that another value of the same list says already. Where there are more than are possible, they are refused, and
/// not compared.
pub(in crate::manifest::check) fn needless(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    let full: BTreeSet<&Key> = selectors(scene)
        .into_iter()
        .filter(|(_, selectors)| count(selectors) > MOST_VALUES)
        .map(|(key, _)| key)
        .collect();
    for Condition { key, at, field, .. } in
        conditions(scene).into_iter().filter(|one| !full.contains(one.key))
    {
        for (operator, values) in field.operators() {
            let says = |one: &str, other: &str| match operator {
                "startsWith" | "notStartsWith" => other.starts_with(one),
                "endsWith" | "notEndsWith" => other.ends_with(one),
                _ => one == other,
            };
            for (index, value) in values.iter().enumerate() {
                // Of equal values the first is needed.
                let needed_by = values.iter().enumerate().find(|(other, before)| {
                    *other != index && says(before, value) && (*before != value || *other < index)
                });
                if let Some((_, other)) = needed_by {
                    let message = format!("{} is among {} already", quoted(value), quoted(other));
                    let at = format!("{at}.{operator}[{index}]");
                    found.push(Mistake::new(key, &at, message).help("remove it"));
                }
            }
        }
    }
    found
}

/// Conditions that let nothing through: each value that one operator wants, another excludes.
pub(in crate::manifest::check) fn impossible(scene: &Scene<'_>) -> Vec<Mistake> {
    let contradicts = |field: &FieldSelector| {
        let only_equals = field.starts_with.is_empty() && field.ends_with.is_empty();
        let few = field.equals.len() <= MOST_VALUES;
        few && only_equals
            && !field.equals.is_empty()
            && !field.equals.iter().any(|value| admits(field, value))
    };
    let conditions = conditions(scene).into_iter().filter(|condition| contradicts(condition.field));
    conditions
        .map(|Condition { key, at, field, .. }| {
            let message = format!("no event can fulfil the condition on `{}`", field.field);
            Mistake::new(key, &at, message).help("remove from one operator what the other excludes")
        })
        .collect()
}

/// Whether a condition lets a value through: of the positive operators one must hit, of the negative ones all must miss
/// (user guide, how CloudTrail evaluates multiple conditions for a field).
pub(super) fn admits(field: &FieldSelector, value: &str) -> bool {
    let FieldSelector {
        field: _,
        equals,
        not_equals,
        starts_with,
        not_starts_with,
        ends_with,
        not_ends_with,
    } = field;
    let hits = |equals: &[String], starts: &[String], ends: &[String]| {
        equals.iter().any(|text| text == value)
            || starts.iter().any(|text| value.starts_with(text.as_str()))
            || ends.iter().any(|text| value.ends_with(text.as_str()))
    };
    let free = equals.is_empty() && starts_with.is_empty() && ends_with.is_empty();
    (free || hits(equals, starts_with, ends_with)) && !hits(not_equals, not_starts_with, not_ends_with)
}

/// The General Reference still prints a quota of 250 data resources; the user guide's 500 values are what advanced selectors
/// are said to take.
pub(in crate::manifest::check) fn many_resources(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, selectors) in selectors(scene).into_iter().filter(|(key, _)| key.kind == Kind::Trail) {
        let fields = selectors.iter().flat_map(|selector| &selector.field_selectors);
        let of_arns = fields.filter(|field| field.field == "resources.ARN");
        let count: usize = of_arns.flat_map(FieldSelector::operators).map(|(_, values)| values.len()).sum();
        if (251..=MOST_VALUES).contains(&count) {
            let message = format!("{key} selects by {count} ARNs, and 250 data resources are documented too");
            found.push(Mistake::new(key, "advancedEventSelectors", message).on_key());
        }
    }
    found
}
