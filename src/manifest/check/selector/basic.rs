//! Rules about basic event selectors of trails (API reference, `EventSelector` and `DataResource`).

use crate::manifest::check::scene::{Mistake, Scene};
use crate::manifest::wording::quoted;
use crate::name::Arn;
use crate::resource::Key;
use crate::resource::selector::{DataResource, EventSelector, Selectors};

/// The basic selectors of all trails that declare some, and where they stand.
fn declared<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, String, &'a EventSelector)> {
    let basic = scene.trails().filter_map(|(key, trail)| match &trail.event_selectors {
        Selectors::Basic(selectors) => Some((key, selectors)),
        Selectors::Advanced(_) => None,
    });
    let each = basic.flat_map(|(key, selectors)| {
        selectors
            .iter()
            .enumerate()
            .map(move |(index, selector)| (key, format!("eventSelectors[{index}]"), selector))
    });
    each.collect()
}

pub(in crate::manifest::check) fn both_kinds(scene: &Scene<'_>) -> Vec<Mistake> {
    let both = scene.trails().filter(|(key, _)| {
        scene.writes(key, "eventSelectors") && scene.writes(key, "advancedEventSelectors")
    });
    both.map(|(key, _)| {
        let message = format!("{key} has both basic and advanced event selectors");
        Mistake::new(key, "eventSelectors", message)
            .on_key()
            .help("advanced selectors can say all that basic ones can")
    })
    .collect()
}

pub(in crate::manifest::check) fn nothing_selected(scene: &Scene<'_>) -> Vec<Mistake> {
    let empty = declared(scene)
        .into_iter()
        .filter(|(_, _, selector)| !selector.include_management_events && selector.data_resources.is_empty());
    empty
        .map(|(key, at, _)| {
            let message = "without management events, `dataResources` must not be empty";
            Mistake::new(key, &format!("{at}.includeManagementEvents"), message)
        })
        .collect()
}

pub(in crate::manifest::check) fn too_many_resources(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, trail) in scene.trails() {
        let Selectors::Basic(selectors) = &trail.event_selectors else { continue };
        let resources = selectors.iter().flat_map(|selector| &selector.data_resources);
        let values =
            resources.flat_map(|resource| resource.values.iter().filter(|value| !is_all(resource, value)));
        let count = values.count();
        if count > 250 {
            let message = format!("{key} names {count} data resources, and basic selectors can name 250");
            found.push(
                Mistake::new(key, "eventSelectors", message)
                    .on_key()
                    .help("advanced selectors take 500 values"),
            );
        }
    }
    found
}

/// The value that stands for everything of its type.
fn all_of(resource: &DataResource) -> &'static str {
    match resource.r#type.as_str() {
        "AWS::S3::Object" => "s3",
        "AWS::Lambda::Function" => "lambda",
        _ => "dynamodb",
    }
}

fn is_all(resource: &DataResource, value: &str) -> bool {
    let parts: Vec<&str> = value.split(':').collect();
    matches!(parts.as_slice(), ["arn", partition, service] if !partition.is_empty() && *service == all_of(resource))
}

pub(in crate::manifest::check) fn resource_values(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, selector) in declared(scene) {
        for (index, resource) in selector.data_resources.iter().enumerate() {
            for (place, value) in
                resource.values.iter().enumerate().filter(|(_, value)| !is_all(resource, value))
            {
                let Some((meant, help)) = wrong_value(resource, value) else { continue };
                let message = format!("{} is no value for {}", quoted(value), resource.r#type);
                let at = format!("{at}.dataResources[{index}].values[{place}]");
                found.push(Mistake::new(key, &at, message).suggest(meant.as_deref()).help(help));
            }
        }
    }
    found
}

/// What is wrong with a value, and what to write instead where that can be told; none when the value is fine. Wildcards are
/// refused (`arn:aws:s3:::*`, `arn:aws:lambda:*`).
fn wrong_value(resource: &DataResource, value: &str) -> Option<(Option<String>, String)> {
    let service = all_of(resource);
    let partition =
        value.split(':').nth(1).filter(|partition| value.starts_with("arn:") && !partition.is_empty());
    let all = format!("arn:{}:{service}", partition.unwrap_or("aws"));
    let everything = format!("everything is written `{all}`");
    let Some(arn) = Arn::parse(value).ok().filter(|arn| arn.service() == service) else {
        let meant = value.starts_with(&format!("{all}:")).then_some(all);
        return Some((meant, everything));
    };
    let (bare, wild) = match arn.resource().split_once('*') {
        Some((bare, _)) => (bare, true),
        None => (arn.resource(), false),
    };
    match service {
        "s3" if wild && bare.is_empty() => Some((Some(all), everything)),
        "s3" if wild && bare.contains('/') => {
            let prefix = value.split('*').next().unwrap_or_default().to_owned();
            Some((Some(prefix), "a value is the beginning of ARNs, and knows no wildcards".to_owned()))
        }
        "s3" if wild => {
            let help = format!(
                "advanced selectors take {{field: resources.ARN, startsWith: [\"arn:aws:s3:::{bare}\"]}}"
            );
            Some((None, help))
        }
        "s3" if !bare.contains('/') => Some((
            Some(format!("{value}/")),
            "all objects of a bucket are meant by its ARN and a slash".to_owned(),
        )),
        "lambda" if wild && matches!(bare, "" | "function:") => Some((Some(all), everything)),
        "lambda" if wild || !bare.starts_with("function:") => {
            Some((None, format!("a function's ARN must match exactly; {everything}")))
        }
        "dynamodb" if wild && matches!(bare, "" | "table/") => Some((Some(all), everything)),
        "dynamodb" if wild || !bare.starts_with("table/") => {
            let example = "a table's ARN looks like arn:aws:dynamodb:us-east-1:111122223333:table/Music";
            Some((None, format!("{example}; {everything}")))
        }
        _ => None,
    }
}

pub(in crate::manifest::check) fn idle_exclusion(scene: &Scene<'_>) -> Vec<Mistake> {
    let idle = declared(scene).into_iter().filter(|(_, _, selector)| {
        !selector.include_management_events && !selector.exclude_management_event_sources.is_empty()
    });
    idle.map(|(key, at, _)| {
        let message = "sources are left out of management events that are not recorded";
        Mistake::new(key, &format!("{at}.excludeManagementEventSources"), message).on_key()
    })
    .collect()
}
