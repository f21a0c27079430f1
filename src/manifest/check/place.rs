//! Rules about where things are: ARNs of another partition, region or account, and regions without CloudTrail Lake.
//! What is compared with the target is left out for what the header does not name.

use super::common::store_settings;
use super::known::{LAKE_REGIONS, WITHOUT_CHANNELS};
use super::policy;
use super::scene::{Mistake, Scene, path};
use super::selector;
use crate::manifest::position::Pointer;
use crate::manifest::wording::quoted;
use crate::name::Arn;
use crate::resource::selector::Selectors;
use crate::resource::{Key, Kind};

/// Every text that is an ARN, or begins like one, and where it stands.
fn arns(scene: &Scene<'_>) -> Vec<(Key, Pointer, String)> {
    let mut found = Vec::new();
    let mut add = |key: &Key, at: Pointer, text: &str| {
        if text.starts_with("arn:") {
            found.push((key.clone(), at, text.to_owned()));
        }
    };
    for (key, trail) in scene.trails() {
        let settings = [
            ("snsTopicName", &trail.sns_topic_name),
            ("cloudWatchLogsLogGroupArn", &trail.cloud_watch_logs_log_group_arn),
            ("cloudWatchLogsRoleArn", &trail.cloud_watch_logs_role_arn),
            ("kmsKeyId", &trail.kms_key_id),
        ];
        for (setting, text) in settings {
            text.iter().for_each(|text| add(key, path(setting), text));
        }
        if let Selectors::Basic(selectors) = &trail.event_selectors {
            for (index, selector) in selectors.iter().enumerate() {
                for (place, resource) in selector.data_resources.iter().enumerate() {
                    let at = path(&format!("eventSelectors[{index}].dataResources[{place}].values"));
                    resource.values.iter().enumerate().for_each(|(n, value)| add(key, at.index(n), value));
                }
            }
        }
    }
    for (key, store) in scene.stores() {
        let settings = [("kmsKeyId", &store.kms_key_id), ("federationRoleArn", &store.federation_role_arn)];
        for (setting, text) in settings {
            text.iter().for_each(|text| add(key, path(setting), text));
        }
    }
    for (key, at, text) in store_settings(scene) {
        text.as_plain().into_iter().for_each(|text| add(key, path(&at), text));
    }
    selector::values(scene).into_iter().for_each(|(key, at, value)| add(key, path(&at), value));
    policy::principals(scene).iter().for_each(|(key, at, principal)| add(key, at.clone(), principal));
    found
}

/// An ARN means something in its own partition only (AWS General Reference, ARNs: partitions).
pub(super) fn partition(scene: &Scene<'_>) -> Vec<Mistake> {
    let Some(region) = scene.region else { return Vec::new() };
    let own = region.partition();
    let mut found = Vec::new();
    for (key, at, text) in arns(scene) {
        // The beginning of an ARN, as selectors take it, may end before its partition does.
        let Some((partition, _)) = text.strip_prefix("arn:").and_then(|rest| rest.split_once(':')) else {
            continue;
        };
        if partition != own.as_str() {
            let message = format!(
                "{} is of the partition {}, and {region} is in {own}",
                quoted(&text),
                quoted(partition)
            );
            found.push(Mistake::below(&key, at, message).help("`${partition}` stands for the partition"));
        }
    }
    found
}

/// What CloudTrail looks for in the store's own region: its key (API reference, CreateEventDataStore, KmsKeyId), and the
/// stores that are sent to, which an endpoint knows of its own region and account only (API reference, PutInsightSelectors,
/// InsightsDestination).
pub(super) fn elsewhere(scene: &Scene<'_>) -> Vec<Mistake> {
    let keys = scene.stores().filter_map(|(key, store)| {
        Some((key, "kmsKeyId".to_owned(), "the key", store.kms_key_id.as_deref()?))
    });
    let stores = store_settings(scene);
    let stores =
        stores.iter().filter_map(|(key, at, text)| Some((*key, at.clone(), "the store", text.as_plain()?)));
    let mut found = Vec::new();
    for (key, at, what, text) in keys.chain(stores) {
        let Ok(arn) = Arn::parse(text) else { continue };
        if let Some(region) = scene.region.filter(|region| arn.region() != region.as_str()) {
            let message = format!("{what} is in {}, and must be in {region}", quoted(arn.region()));
            found.push(Mistake::new(key, &at, message).help("`${region}` stands for the region"));
        }
        // A key may be another account's. Of an organization's stores the management account is the owner.
        let own = scene.account.filter(|_| scene.desired.management_account.is_none());
        if let Some(account) =
            own.filter(|account| arn.service() == "cloudtrail" && arn.account() != account.as_str())
        {
            let message = format!("{what} is of account {}, and must be of {account}", quoted(arn.account()));
            found.push(Mistake::new(key, &at, message).help("`${account}` stands for the account"));
        }
    }
    found
}

pub(super) fn lake(scene: &Scene<'_>) -> Vec<Mistake> {
    let Some(region) = scene.region else { return Vec::new() };
    let of_lake = |kind: Kind| matches!(kind, Kind::EventDataStore | Kind::Channel | Kind::Dashboard);
    let declared = || scene.desired.specs.keys().filter(|key| of_lake(key.kind));
    let told = if !LAKE_REGIONS.has(region.as_str()) {
        let message = format!("CloudTrail Lake is not known to be in {region}");
        declared().next().map(|key| (key, message))
    } else if WITHOUT_CHANNELS.contains(&region.as_str()) {
        let message = format!("{region} has CloudTrail Lake, and is not known to take events of channels");
        declared().find(|key| key.kind == Kind::Channel).map(|key| (key, message))
    } else {
        None
    };
    told.into_iter()
        .map(|(key, message)| Mistake::new(key, "name", message).help("declare it in a region that has it"))
        .collect()
}
