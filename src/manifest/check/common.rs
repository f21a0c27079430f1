//! Rules that hold for several kinds: tags, quotas, reserved names, keys, roles, and stores that are referred to.

use super::scene::{Mistake, Scene, near, path};
use crate::manifest::wording::quoted;
use crate::name::{Arn, Tags};
use crate::resource::{Key, Kind, Text};
use crate::state::{MANIFEST_TAG, NAME_TAG};

/// The settings that mean an event data store: whose, where, and what they mean.
pub(super) fn store_settings<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, String, &'a Text)> {
    let mut found = Vec::new();
    for (key, channel) in scene.channels() {
        let places = channel.destinations.iter().enumerate();
        found
            .extend(places.map(|(index, text)| (key, format!("destinations[{index}].eventDataStore"), text)));
    }
    for (key, store) in scene.stores() {
        found.extend(
            store.insights_destination.iter().map(|text| (key, "insightsDestination".to_owned(), text)),
        );
    }
    found
}

pub(super) fn undeclared_store(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    let stores: Vec<&Key> =
        scene.manifest.places.keys().filter(|key| key.kind == Kind::EventDataStore).collect();
    for (key, at, text) in store_settings(scene) {
        for named in text.references() {
            if !scene.manifest.whole || scene.manifest.places.contains_key(&named) {
                continue;
            }
            let does = match key.kind {
                Kind::Channel => format!("channel `{}` sends to", key.name),
                _ => format!("event data store `{}` sends insights to", key.name),
            };
            let message =
                format!("{does} event data store `{}`, which the manifest does not declare", named.name);
            let others = stores.iter().filter(|other| **other != key);
            let meant = near(&found, named.name.as_str(), others.map(|other| other.name.as_str()));
            let mistake = Mistake::new(key, &at, message).suggest(meant);
            found.push(mistake.help("a store managed elsewhere can be given by its ARN"));
        }
    }
    found
}

pub(super) fn store_arn(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, text) in store_settings(scene) {
        let Some(plain) = text.as_plain() else {
            let whole = matches!(text.parts(), [part] if part.key().is_some_and(|key| key.kind == Kind::EventDataStore));
            if !whole {
                found.push(Mistake::new(
                    key,
                    &at,
                    format!("{} is not an event data store", quoted(&text.to_string())),
                ));
            }
            continue;
        };
        let store = Arn::parse(plain)
            .is_ok_and(|arn| arn.service() == "cloudtrail" && arn.resource().starts_with("eventdatastore/"));
        if !store {
            let message = format!("{} is not the ARN of an event data store", quoted(plain));
            let help = "it looks like arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/EXAMPLE-f852-4e8f-8bd1-bcf6cEXAMPLE";
            found.push(Mistake::new(key, &at, message).help(help));
        }
    }
    found
}

/// Where a tag is written: at the resource, or in the header.
pub(super) fn tag_mistake(scene: &Scene<'_>, key: &Key, tag: &str, message: String) -> Mistake {
    let own = path("tags").key(tag);
    if scene.manifest.writes(key, &own) {
        Mistake::below(key, own, message)
    } else {
        Mistake::header(path("tags").key(tag), message)
    }
}

/// The tags that the manifest writes.
fn tags<'a>(scene: &Scene<'a>) -> impl Iterator<Item = (&'a Key, &'a Tags)> {
    scene.desired.specs.iter().filter_map(|(key, spec)| Some((key, spec.tags()?)))
}

pub(super) fn tag_text(scene: &Scene<'_>) -> Vec<Mistake> {
    // Letters, digits, spaces and these (Tagging AWS resources, naming limits).
    let admitted =
        |text: &str| text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c));
    let mut found = Vec::new();
    for (key, tags) in tags(scene) {
        for (tag, value) in tags.iter().filter(|(tag, _)| ![MANIFEST_TAG, NAME_TAG].contains(&tag.as_str())) {
            if tag.is_empty() || tag.chars().count() > 128 || !admitted(tag) {
                let message = format!("{} cannot be the key of a tag", quoted(tag));
                let help = "a key has 1 to 128 letters, digits, spaces and `_ . : / = + - @`";
                found.push(tag_mistake(scene, key, tag, message).on_key().help(help));
            }
            if value.chars().count() > 256 || !admitted(value) {
                let message = format!("the tag {} cannot have this value", quoted(tag));
                let help = "a value has up to 256 letters, digits, spaces and `_ . : / = + - @`";
                found.push(tag_mistake(scene, key, tag, message).help(help));
            }
        }
    }
    found
}

pub(super) fn tag_count(scene: &Scene<'_>) -> Vec<Mistake> {
    // One more while it is being made, where `ignore` leaves alone what comes after its creating call.
    let marked = |key: &Key| usize::from(!scene.desired.postponed(key).is_empty());
    let counted = tags(scene).map(|(key, tags)| (key, tags.len() + marked(key)));
    let many = counted.filter(|(_, count)| *count > 50);
    many.map(|(key, count)| {
        let message = format!("{key} has {count} tags, and a resource can have 50");
        let help = match marked(key) {
            0 => "the header's tags and two of trailkeeper's own are among them",
            _ => "the header's tags and three of trailkeeper's own are among them, one only while it is being made",
        };
        Mistake::new(key, "tags", message).on_key().help(help)
    })
    .collect()
}

pub(super) fn quota(scene: &Scene<'_>) -> Vec<Mistake> {
    // Published quotas per account and region, none adjustable (General Reference, CloudTrail).
    let quotas = [(Kind::Trail, 5), (Kind::EventDataStore, 10), (Kind::Channel, 25), (Kind::Dashboard, 100)];
    let mut found = Vec::new();
    for (kind, most) in quotas {
        let declared: Vec<&Key> = scene.manifest.places.keys().filter(|key| key.kind == kind).collect();
        if let Some(first) = declared.get(most) {
            let message = format!(
                "the manifest declares {} {}, and a region of an account can have {most}",
                declared.len(),
                words(kind)
            );
            found.push(Mistake::new(first, "name", message).help("the quota cannot be raised"));
        }
    }
    found
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Trail => "trails",
        Kind::EventDataStore => "event data stores",
        Kind::Channel => "channels",
        Kind::Dashboard => "dashboards",
        Kind::Policy(_) => "policies",
    }
}

pub(super) fn reserved_name(scene: &Scene<'_>) -> Vec<Mistake> {
    let reserved = |key: &&Key| match key.kind {
        Kind::Trail => key.name.as_str().starts_with("aws-controltower-"),
        Kind::Channel => key.name.as_str().starts_with("aws-service-channel"),
        _ => false,
    };
    let declared = scene.desired.specs.keys().filter(reserved);
    declared
        .map(|key| {
            Mistake::new(key, "name", format!("{key} is AWS's own, and is not managed here"))
                .help("leave it out")
        })
        .collect()
}

pub(super) fn kms_key(scene: &Scene<'_>) -> Vec<Mistake> {
    let of_trails = scene.trails().map(|(key, trail)| (key, &trail.kms_key_id));
    let of_stores = scene.stores().map(|(key, store)| (key, &store.kms_key_id));
    let mut found = Vec::new();
    for (key, id) in of_trails.chain(of_stores) {
        let Some(id) = id else { continue };
        if !is_kms_key(id) {
            let message = format!("{} is not a KMS key", quoted(id));
            let help = "write an alias (`alias/cloudtrail`), an alias ARN, a key id or a key ARN";
            found.push(Mistake::new(key, "kmsKeyId", message).help(help));
        } else if id.starts_with("alias/aws/") || id.contains(":alias/aws/") {
            // Nobody can change the policy of a key that AWS manages, and CloudTrail must be let use the key (user guide,
            // configure KMS key policies for CloudTrail).
            let message =
                format!("{} is a key that AWS manages, and nobody can let CloudTrail use it", quoted(id));
            found.push(Mistake::new(key, "kmsKeyId", message).help("create a key of your own"));
        }
    }
    found
}

/// The four spellings that KMS and CloudTrail take (API reference, `CreateTrail`, `KmsKeyId`).
fn is_kms_key(id: &str) -> bool {
    let word =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_-".contains(c));
    let alias = |text: &str| text.strip_prefix("alias/").is_some_and(|name| word(name) && name.len() <= 256);
    let key_id = |text: &str| {
        let hex = |part: &str| part.chars().all(|c| c.is_ascii_hexdigit());
        let lengths: Vec<usize> = text.split('-').map(str::len).collect();
        let uuid = lengths == [8, 4, 4, 4, 12] && text.split('-').all(hex);
        uuid || text.strip_prefix("mrk-").is_some_and(|rest| rest.len() == 32 && hex(rest))
    };
    match Arn::parse(id) {
        Ok(arn) => {
            arn.service() == "kms"
                && (alias(arn.resource()) || arn.resource().strip_prefix("key/").is_some_and(word))
        }
        Err(_) => alias(id) || key_id(id),
    }
}

pub(super) fn role(scene: &Scene<'_>) -> Vec<Mistake> {
    let of_trails =
        scene.trails().map(|(key, trail)| (key, "cloudWatchLogsRoleArn", &trail.cloud_watch_logs_role_arn));
    let of_stores = scene.stores().map(|(key, store)| (key, "federationRoleArn", &store.federation_role_arn));
    let mut found = Vec::new();
    for (key, setting, role) in of_trails.chain(of_stores) {
        let Some(role) = role else { continue };
        let arn = Arn::parse(role.as_str()).ok();
        let Some(arn) = arn.filter(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"))
        else {
            let message = format!("{} is not the ARN of a role", quoted(role));
            let help = "it looks like arn:aws:iam::111122223333:role/CloudTrailLogs";
            found.push(Mistake::new(key, setting, message).help(help));
            continue;
        };
        // Of an organization's trail, group and role are the calling account's too (user guide, delegated administrator).
        if let Some(account) = scene.account.filter(|account| arn.account() != account.as_str()) {
            let message =
                format!("the role is of account {}, and must be of {account}", quoted(arn.account()));
            found.push(Mistake::new(key, setting, message).help("`${account}` stands for the account"));
        }
    }
    found
}

/// A name of letters, digits and the given others, of 3 to 128 characters.
pub(super) fn plain_name(name: &str, others: &str) -> bool {
    (3..=128).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

/// Starts and ends with a letter or digit, and no two of `.`, `_`, `-` together.
pub(super) fn well_punctuated(name: &str) -> bool {
    let mark = |c: char| matches!(c, '.' | '_' | '-');
    let pairs = name.chars().zip(name.chars().skip(1)).any(|(a, b)| mark(a) && mark(b));
    !pairs && !name.starts_with(mark) && !name.ends_with(mark)
}

/// Four numbers with dots, possible as an address or not.
pub(super) fn like_an_address(name: &str) -> bool {
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    name.split('.').count() == 4 && name.split('.').all(number)
}
