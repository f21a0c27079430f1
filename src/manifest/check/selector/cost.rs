//! Events that are recorded more often than anybody meant: a trail that records its own deliveries, and two resources
//! that record the same (user guide, logging data events; CloudTrail pricing).

use super::value::admits;
use crate::manifest::check::scene::{Mistake, Scene};
use crate::manifest::check::store;
use crate::resource::coverage::{Coverage, Scope};
use crate::resource::selector::{AdvancedEventSelector, FieldSelector, Selectors};
use crate::resource::{EventDataStore, Key, Trail};

/// How many resources of a kind are compared with each other: more than a region can have.
const MOST_COMPARED: usize = 10;

/// The most selectors of one resource that are compared with another's.
const MOST_SELECTORS: usize = 20;

/// The most values of one resource that are compared with another's.
const MOST_VALUES: usize = 100;

pub(in crate::manifest::check) fn feedback(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, trail) in scene.trails().filter(|(_, trail)| trail.recursive_logging && trail.is_logging) {
        let bucket = format!("arn:{}:s3:::{}/", scene.desired.target.partition, trail.s3_bucket_name);
        let object = delivered(scene, trail, &bucket);
        let loops = match &trail.event_selectors {
            Selectors::Basic(_) => basic_loops(trail, &object),
            Selectors::Advanced(selectors) => selectors
                .iter()
                .enumerate()
                .filter(|(_, selector)| records(selector, &object))
                .map(|(index, selector)| arn_condition(&format!("advancedEventSelectors[{index}]"), selector))
                .collect(),
        };
        for at in loops {
            let message = format!(
                "{key} records the delivery of its own log files to `{}`: each makes the next",
                trail.s3_bucket_name
            );
            let exclude = format!("{{field: resources.ARN, notStartsWith: [\"{bucket}\"]}}");
            let help = match &trail.event_selectors {
                Selectors::Advanced(_) => format!("add {exclude}"),
                Selectors::Basic(_) => format!("with `advancedEventSelectors`, add {exclude}"),
            };
            let mistake = Mistake::new(key, &at, message).related(key, "s3BucketName", "the bucket");
            found.push(
                mistake
                    .help(help)
                    .help("or write `recursiveLogging: false`, which leaves out CloudTrail's own deliveries"),
            );
        }
    }
    found
}

/// A log file as CloudTrail would deliver it (user guide, finding your CloudTrail log files).
fn delivered(scene: &Scene<'_>, trail: &Trail, bucket: &str) -> String {
    let target = &scene.desired.target;
    let prefix = trail.s3_key_prefix.as_deref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
    let (account, region) = (&target.account, &target.region);
    format!(
        "{bucket}{prefix}AWSLogs/{account}/CloudTrail/{region}/2026/11/20/{account}_CloudTrail_{region}.json.gz"
    )
}

fn basic_loops(trail: &Trail, object: &str) -> Vec<String> {
    let Selectors::Basic(selectors) = &trail.event_selectors else { return Vec::new() };
    let mut found = Vec::new();
    for (index, selector) in selectors.iter().enumerate().filter(|(_, one)| one.read_write_type != "ReadOnly")
    {
        for (place, resource) in selector.data_resources.iter().enumerate() {
            let values = resource.values.iter().enumerate();
            let hits = values.filter(|(_, value)| {
                // `arn:aws:s3` means all objects; anything longer is the beginning of their ARNs.
                resource.r#type == "AWS::S3::Object" && object.starts_with(value.as_str())
            });
            found.extend(hits.map(|(number, _)| {
                format!("eventSelectors[{index}].dataResources[{place}].values[{number}]")
            }));
        }
    }
    found
}

/// Whether a selector lets the `PutObject` through with which CloudTrail delivers an object.
fn records(selector: &AdvancedEventSelector, object: &str) -> bool {
    let admits_event = selector.field_selectors.iter().all(|field| match field.field.as_str() {
        "resources.type" => admits(field, "AWS::S3::Object"),
        "resources.ARN" => admits(field, object),
        "readOnly" => admits(field, "false"),
        "eventName" => admits(field, "PutObject"),
        "eventSource" => admits(field, "s3.amazonaws.com"),
        "eventType" => admits(field, "AwsApiCall"),
        // The service has no ARN, and no console.
        "userIdentity.arn" | "sessionCredentialFromConsole" => admits(field, ""),
        _ => true,
    });
    let typed = selector.field_selectors.iter().any(|field| field.field == "resources.type");
    selector.category() == Some("Data") && typed && admits_event
}

/// The condition on ARNs, where there is one: it is the one to be mended.
fn arn_condition(at: &str, selector: &AdvancedEventSelector) -> String {
    match selector.field_selectors.iter().position(|field| field.field == "resources.ARN") {
        Some(index) => format!("{at}.fieldSelectors[{index}]"),
        None => at.to_owned(),
    }
}

pub(in crate::manifest::check) fn paid_twice(scene: &Scene<'_>) -> Vec<Mistake> {
    let trails = scene
        .trails()
        .filter(|(_, trail)| {
            trail.is_logging
                && match &trail.event_selectors {
                    Selectors::Basic(selectors) => selectors.len() <= MOST_SELECTORS,
                    Selectors::Advanced(selectors) => is_comparable(selectors),
                }
        })
        .take(MOST_COMPARED);
    let trails: Vec<(&Key, Coverage)> = trails.map(|(key, trail)| (key, of_trail(trail))).collect();
    let recording = |store: &EventDataStore| {
        let category = store::records(store);
        let comparable = is_comparable(&store.advanced_event_selectors);
        comparable && store.ingestion_enabled && category.is_none_or(store::is_of_cloudtrail)
    };
    let stores = scene.stores().filter(|(_, store)| recording(store)).take(MOST_COMPARED);
    let stores: Vec<(&Key, Coverage)> = stores.map(|(key, store)| (key, of_store(store))).collect();
    pairs(scene, &trails).into_iter().chain(pairs(scene, &stores)).collect()
}

/// Whether selectors are few enough to be compared: the work grows with the product of their values.
fn is_comparable(selectors: &[AdvancedEventSelector]) -> bool {
    let fields = || selectors.iter().flat_map(|selector| &selector.field_selectors);
    let values: usize = fields().flat_map(FieldSelector::operators).map(|(_, values)| values.len()).sum();
    selectors.len() <= MOST_SELECTORS && fields().count() <= MOST_VALUES && values <= MOST_VALUES
}

fn of_trail(trail: &Trail) -> Coverage {
    let scope = Scope {
        multi_region: trail.is_multi_region_trail,
        global_services: Some(trail.include_global_service_events),
        organization: trail.is_organization_trail,
        deliveries: trail.recursive_logging,
    };
    Coverage::of(&trail.event_selectors, scope)
}

fn of_store(store: &EventDataStore) -> Coverage {
    let scope = Scope {
        multi_region: store.multi_region_enabled,
        global_services: Some(true),
        organization: store.organization_enabled,
        deliveries: true,
    };
    Coverage::of_advanced(&store.advanced_event_selectors, scope)
}

/// Whatever their scopes, two resources of one home region meet at least there.
fn pairs(scene: &Scene<'_>, recorders: &[(&Key, Coverage)]) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (index, (key, coverage)) in recorders.iter().enumerate() {
        for (other, earlier) in recorders.iter().take(index) {
            let Some(shared) = coverage.shared(earlier).filter(|shared| !shared.is_empty()) else { continue };
            let message =
                format!("{key} records what {other} records already: {}", shared.words().join("; "));
            let setting = ["advancedEventSelectors", "eventSelectors"]
                .into_iter()
                .find(|setting| scene.writes(key, setting));
            let mistake = Mistake::new(key, setting.unwrap_or("name"), message);
            let mistake = if setting.is_some() { mistake.on_key() } else { mistake };
            found.push(
                mistake.related(other, "name", "also recorded here").help("select in one of them only"),
            );
        }
    }
    found
}
