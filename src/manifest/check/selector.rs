//! Rules about advanced event selectors, for trails and stores: the matrix of categories, fields and operators
//! (API reference, `AdvancedFieldSelector`; user guide, logging events). The table stands in `matrix`.

pub(super) mod arn;
pub(super) mod basic;
pub(super) mod cost;
mod matrix;
pub(super) mod value;

use std::collections::BTreeSet;

use super::scene::{Mistake, Scene};
use crate::manifest::suggest::closest;
use crate::manifest::wording::{either, quoted};
use crate::name::Arn;
use crate::resource::selector::{AdvancedEventSelector, FieldSelector, Selectors};
use crate::resource::{Key, Kind};
pub(in crate::manifest) use matrix::FIELDS;
use matrix::{Rule, categories, rule};
pub(super) use value::values;

/// One condition of one selector, and where it stands.
struct Condition<'a> {
    key: &'a Key,
    at: String,
    category: Option<&'a str>,
    field: &'a FieldSelector,
}

/// The advanced selectors of everything, in order.
fn selectors<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, &'a [AdvancedEventSelector])> {
    let of_trails = scene.trails().filter_map(|(key, trail)| match &trail.event_selectors {
        Selectors::Advanced(selectors) => Some((key, selectors.as_slice())),
        Selectors::Basic(_) => None,
    });
    of_trails
        .chain(scene.stores().map(|(key, store)| (key, store.advanced_event_selectors.as_slice())))
        .collect()
}

fn each<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, String, &'a AdvancedEventSelector)> {
    let all = selectors(scene).into_iter().flat_map(|(key, selectors)| {
        selectors
            .iter()
            .enumerate()
            .map(move |(index, selector)| (key, format!("advancedEventSelectors[{index}]"), selector))
    });
    all.collect()
}

fn conditions<'a>(scene: &Scene<'a>) -> Vec<Condition<'a>> {
    let all = each(scene).into_iter().flat_map(|(key, at, selector)| {
        let category = selector.category();
        selector.field_selectors.iter().enumerate().map(move |(index, field)| Condition {
            key,
            at: format!("{at}.fieldSelectors[{index}]"),
            category,
            field,
        })
    });
    all.collect()
}

/// Whether every selector says which events it is about.
pub(super) fn is_understood(selectors: &Selectors) -> bool {
    match selectors {
        Selectors::Basic(_) => true,
        Selectors::Advanced(selectors) => selectors.iter().all(|selector| {
            selector.category().is_some_and(|category| categories(Kind::Trail).contains(&category))
        }),
    }
}

pub(super) fn category(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, selector) in each(scene) {
        let fields = &selector.field_selectors;
        let Some(index) = fields.iter().position(|field| field.field == "eventCategory") else {
            let message = "the selector does not say which `eventCategory` it is about";
            let help = "add {field: eventCategory, equals: [Management]}";
            found.push(Mistake::new(key, &format!("{at}.fieldSelectors"), message).help(help));
            continue;
        };
        let at = format!("{at}.fieldSelectors[{index}]");
        let known = categories(key.kind);
        match fields.get(index).map(|field| field.operators().collect::<Vec<_>>()).as_deref() {
            Some([("equals", [one])]) if known.contains(&one.as_str()) => {}
            Some([("equals", [one])]) => {
                let elsewhere = categories(Kind::EventDataStore).contains(&one.as_str());
                let message = if elsewhere {
                    format!("a trail cannot record events of category {}", quoted(one))
                } else {
                    format!("there is no event category {}", quoted(one))
                };
                let mistake = Mistake::new(key, &format!("{at}.equals[0]"), message);
                found.push(
                    mistake
                        .suggest(closest(one, known.iter().copied()))
                        .help(format!("it can be {}", either(known))),
                );
            }
            _ => {
                let message = "`eventCategory` takes `equals` with exactly one value";
                found.push(Mistake::new(key, &at, message).help("add a selector for each category"));
            }
        }
    }
    found
}

pub(super) fn mixed_store(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, store) in scene.stores() {
        let category = |index: usize| {
            store.advanced_event_selectors.get(index).and_then(AdvancedEventSelector::category)
        };
        let Some(first) = category(0) else { continue };
        for index in 1..store.advanced_event_selectors.len() {
            let Some(other) = category(index) else { continue };
            if matrix::class(first) != matrix::class(other) {
                let message = format!("one store cannot record both {first} and {other}");
                let at = format!("advancedEventSelectors[{index}]");
                found.push(Mistake::new(key, &at, message).help("declare a store for each"));
            }
        }
    }
    found
}

pub(super) fn field(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for Condition { key, at, category, field } in conditions(scene) {
        let Some(category) = category.filter(|category| categories(key.kind).contains(category)) else {
            continue;
        };
        let name = field.field.as_str();
        let known =
            name == "eventCategory" || !FIELDS.contains(&name) || rule(key.kind, category, name).is_some();
        if known {
            continue;
        }
        let what = if key.kind == Kind::Trail { "a trail" } else { "an event data store" };
        let message = format!("{what} cannot select {category} events by `{name}`");
        let able: Vec<String> = FIELDS
            .iter()
            .filter(|field| rule(key.kind, category, field).is_some())
            .map(|field| format!("`{field}`"))
            .collect();
        let help = if able.is_empty() {
            format!("`eventCategory` stands alone for {category}")
        } else {
            format!("beside `eventCategory` it can be {}", either(&able))
        };
        found.push(Mistake::new(key, &format!("{at}.field"), message).help(help));
    }
    found
}

pub(super) fn unknown_field(scene: &Scene<'_>) -> Vec<Mistake> {
    let unknown = conditions(scene).into_iter().filter(|condition| {
        let name = condition.field.field.as_str();
        name != "eventCategory" && !FIELDS.contains(&name)
    });
    unknown
        .map(|Condition { key, at, field, .. }| {
            let near = closest(&field.field, FIELDS.iter().copied().chain(["eventCategory"]));
            let message = format!("{} is no field that selectors are known to have", quoted(&field.field));
            Mistake::new(key, &format!("{at}.field"), message).suggest(near)
        })
        .collect()
}

/// The conditions whose field may stand where it does, with its rule.
fn ruled<'a>(scene: &Scene<'a>) -> Vec<(Condition<'a>, Rule)> {
    let with_rule = |condition: Condition<'a>| {
        let rule = rule(condition.key.kind, condition.category?, &condition.field.field)?;
        Some((condition, rule))
    };
    conditions(scene).into_iter().filter_map(with_rule).collect()
}

pub(super) fn operator(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (Condition { key, at, category, field }, rule) in ruled(scene) {
        for (operator, _) in field.operators() {
            if !rule.operators.contains(&operator) {
                let category = category.unwrap_or_default();
                let message = format!("`{}` of {category} events does not take `{operator}`", field.field);
                let words: Vec<String> = rule.operators.iter().map(|word| format!("`{word}`")).collect();
                let help = format!("it takes {}", either(&words));
                found.push(Mistake::new(key, &format!("{at}.{operator}"), message).on_key().help(help));
            }
        }
    }
    found
}

pub(super) fn value(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (Condition { key, at, field, .. }, rule) in ruled(scene) {
        for (operator, values) in field.operators().filter(|(word, _)| rule.operators.contains(word)) {
            if rule.single && values.len() > 1 {
                let message = format!("`{}` takes one value", field.field);
                let help = if field.field == "readOnly" {
                    "leave the field out to record both"
                } else {
                    "add a selector for each"
                };
                found.push(Mistake::new(key, &format!("{at}.{operator}"), message).help(help));
            }
            for (index, value) in values.iter().enumerate() {
                let at = format!("{at}.{operator}[{index}]");
                if let Some(mistake) = wrong_value(key, &at, &field.field, operator, value, &rule) {
                    found.push(mistake);
                }
            }
        }
    }
    found
}

fn wrong_value(
    key: &Key,
    at: &str,
    field: &str,
    operator: &str,
    value: &str,
    rule: &Rule,
) -> Option<Mistake> {
    let message = format!("`{field}` cannot be {}", quoted(value));
    if let Some(known) = rule.values {
        let near = closest(value, known.iter().copied());
        let words: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
        let mistake =
            Mistake::new(key, at, message).suggest(near).help(format!("it can be {}", either(&words)));
        return (!known.contains(&value)).then_some(mistake);
    }
    let exact = matches!(operator, "equals" | "notEquals");
    match field {
        // The list of types grows monthly, so only their form is looked at.
        "resources.type" if !matrix::is_resource_type(value) => {
            Some(Mistake::new(key, at, message).help("a resource type looks like `AWS::S3::Object`"))
        }
        "eventSource" if exact && !matrix::is_event_source(value) => {
            Some(Mistake::new(key, at, message).help("an event source looks like `s3.amazonaws.com`"))
        }
        "resources.ARN" if exact && Arn::parse(value).is_err() => Some(
            Mistake::new(key, at, message)
                .help("`equals` and `notEquals` take a whole ARN; `startsWith` takes a part"),
        ),
        _ => None,
    }
}

pub(super) fn repeated_field(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, selector) in each(scene) {
        let mut seen = BTreeSet::new();
        for (index, field) in selector.field_selectors.iter().enumerate() {
            if !seen.insert(&field.field) {
                let message = format!("`{}` stands in this selector already", field.field);
                let help = "one entry for each field; it can have several operators and values";
                found.push(
                    Mistake::new(key, &format!("{at}.fieldSelectors[{index}].field"), message).help(help),
                );
            }
        }
    }
    found
}

pub(super) fn missing_field(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, selector) in each(scene) {
        let (needed, example) = match selector.category() {
            Some("Data") => ("resources.type", "AWS::S3::Object"),
            Some("NetworkActivity") => ("eventSource", "kms.amazonaws.com"),
            _ => continue,
        };
        if !selector.field_selectors.iter().any(|field| field.field == needed) {
            let category = selector.category().unwrap_or_default();
            let message = format!("a selector of {category} events needs `{needed}`");
            let help = format!("add {{field: {needed}, equals: [\"{example}\"]}}");
            found.push(Mistake::new(key, &format!("{at}.fieldSelectors"), message).help(help));
        }
    }
    found
}

pub(super) fn no_operator(scene: &Scene<'_>) -> Vec<Mistake> {
    let idle = conditions(scene).into_iter().filter(|condition| {
        condition.field.field != "eventCategory" && condition.field.operators().next().is_none()
    });
    idle.map(|Condition { key, at, field, .. }| {
        let message = format!("the condition on `{}` has no operator", field.field);
        Mistake::new(key, &at, message).help("add `equals`, `startsWith`, `notEquals` or another")
    })
    .collect()
}

/// How many values selectors have, over all fields and operators.
fn count(selectors: &[AdvancedEventSelector]) -> usize {
    let fields = selectors.iter().flat_map(|selector| &selector.field_selectors);
    fields.flat_map(FieldSelector::operators).map(|(_, values)| values.len()).sum()
}

pub(super) fn too_many_values(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, selectors) in selectors(scene) {
        let count = count(selectors);
        if count > 500 {
            let message = format!("{key} selects by {count} values, and 500 are possible");
            found.push(Mistake::new(key, "advancedEventSelectors", message).on_key());
        }
    }
    found
}

pub(super) fn many_selectors(scene: &Scene<'_>) -> Vec<Mistake> {
    // The API reference says five for a store, the user guide speaks of 500 values only.
    let many = scene.stores().filter(|(_, store)| store.advanced_event_selectors.len() > 5);
    many.map(|(key, store)| {
        let count = store.advanced_event_selectors.len();
        Mistake::new(
            key,
            "advancedEventSelectors[5]",
            format!("{key} has {count} selectors, and five are documented"),
        )
    })
    .collect()
}
