//! Rules about a trail's own settings (cloudtrail API reference, `CreateTrail`; user guide, naming requirements).

use super::common::{like_an_address, plain_name, well_punctuated};
use super::insight::records_management;
use super::known::OPTIONAL_REGIONS;
use super::scene::{Mistake, Scene};
use super::selector::is_understood;
use crate::manifest::wording::quoted;
use crate::name::Arn;
use crate::resource::Kind;

pub(super) fn name(scene: &Scene<'_>) -> Vec<Mistake> {
    let wrong = |name: &str| !plain_name(name, "._-") || !well_punctuated(name) || like_an_address(name);
    let trails = scene.trails().filter(|(key, _)| wrong(key.name.as_str()));
    trails
        .map(|(key, _)| {
            let message = format!("{} cannot be the name of a trail", quoted(key.name.as_str()));
            Mistake::new(key, "name", message).help(
                "3 to 128 letters, digits, `.`, `_` and `-`; a letter or digit first and last; no two of `.`, `_`, `-` together; no IP address",
            )
        })
        .collect()
}

pub(super) fn bucket(scene: &Scene<'_>) -> Vec<Mistake> {
    let trails = scene.trails().filter(|(_, trail)| !is_bucket(&trail.s3_bucket_name));
    trails
        .map(|(key, trail)| {
            let message = format!("{} cannot be the name of a bucket", quoted(&trail.s3_bucket_name));
            Mistake::new(key, "s3BucketName", message).help(
                "3 to 63 lower-case letters, digits, `.` and `-`; a letter or digit first and last; no `..`, `.-` or `-.`; no IP address",
            )
        })
        .collect()
}

/// The rules that CloudTrail applies are stricter than S3's old ones (user guide, S3 bucket naming requirements).
fn is_bucket(name: &str) -> bool {
    let letters =
        name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-'));
    let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let pairs = ["..", ".-", "-."].iter().any(|pair| name.contains(pair));
    letters
        && (3..=63).contains(&name.len())
        && name.starts_with(ends)
        && name.ends_with(ends)
        && !pairs
        && !like_an_address(name)
}

pub(super) fn topic(scene: &Scene<'_>) -> Vec<Mistake> {
    // Topics of the FIFO kind, whose names have a dot, are not taken (user guide, Amazon SNS topic naming requirements).
    let word = |name: &str| {
        (1..=256).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    let mut found = Vec::new();
    for (key, trail) in scene.trails() {
        let Some(topic) = &trail.sns_topic_name else { continue };
        let fits = match Arn::parse(topic.as_str()) {
            Ok(arn) => arn.service() == "sns" && word(arn.resource()),
            Err(_) => word(topic),
        };
        if !fits {
            let message = format!("{} is neither the name nor the ARN of a topic", quoted(topic));
            let help = "a name has up to 256 letters, digits, `_` and `-`; an ARN looks like arn:aws:sns:us-east-1:111122223333:trail";
            found.push(Mistake::new(key, "snsTopicName", message).help(help));
        }
    }
    found
}

pub(super) fn global_events(scene: &Scene<'_>) -> Vec<Mistake> {
    let trails = scene
        .trails()
        .filter(|(_, trail)| trail.is_multi_region_trail && !trail.include_global_service_events);
    trails
        .map(|(key, _)| {
            let message = "a multi-region trail must include global service events";
            Mistake::new(key, "includeGlobalServiceEvents", message)
                .help("remove the line: `true` is the default")
        })
        .collect()
}

pub(super) fn log_group_pair(scene: &Scene<'_>) -> Vec<Mistake> {
    let (group, role) = ("cloudWatchLogsLogGroupArn", "cloudWatchLogsRoleArn");
    scene
        .trails()
        .filter_map(|(key, trail)| {
            let (present, absent) =
                match (&trail.cloud_watch_logs_log_group_arn, &trail.cloud_watch_logs_role_arn) {
                    (Some(_), None) => (group, role),
                    (None, Some(_)) => (role, group),
                    _ => return None,
                };
            let message = format!("`{present}` needs `{absent}` beside it");
            Some(Mistake::new(key, present, message).on_key())
        })
        .collect()
}

pub(super) fn log_group(scene: &Scene<'_>) -> Vec<Mistake> {
    let setting = "cloudWatchLogsLogGroupArn";
    let mut found = Vec::new();
    for (key, trail) in scene.trails() {
        let Some(written) = &trail.cloud_watch_logs_log_group_arn else { continue };
        let arn = Arn::parse(written.as_str()).ok();
        let Some(arn) = arn.filter(|arn| arn.service() == "logs" && is_log_group(arn.resource())) else {
            let message = format!("{} is not the ARN of a log group", quoted(written));
            let help = "it looks like arn:aws:logs:us-east-1:111122223333:log-group:trail:*";
            found.push(Mistake::new(key, setting, message).help(help));
            continue;
        };
        if let Some(account) = scene.account.filter(|account| arn.account() != account.as_str()) {
            let message =
                format!("the log group is of account {}, and must be of {account}", quoted(arn.account()));
            found.push(Mistake::new(key, setting, message).help("`${account}` stands for the account"));
        }
        if let Some(region) = scene.region.filter(|region| arn.region() != region.as_str()) {
            let message = format!("the log group is in {}, and must be in {region}", quoted(arn.region()));
            found.push(Mistake::new(key, setting, message).help("`${region}` stands for the region"));
        }
    }
    found
}

/// `log-group:name:*`. CloudTrail takes the `:*` only, and settling adds it where it is left out.
fn is_log_group(resource: &str) -> bool {
    let name = resource.strip_prefix("log-group:").map(|rest| rest.strip_suffix(":*").unwrap_or(rest));
    name.is_some_and(|name| !name.is_empty() && !name.contains([':', '*']))
}

pub(super) fn global_events_elsewhere(scene: &Scene<'_>) -> Vec<Mistake> {
    // Since November 2021 global service events are delivered in us-east-1 (user guide, global service events). Other
    // partitions have a region of their own for them, which is not documented, so nothing is said there.
    let Some(region) = scene.region.filter(|region| region.partition().as_str() == "aws") else {
        return Vec::new();
    };
    let setting = "includeGlobalServiceEvents";
    let trails = scene.trails().filter(|(key, trail)| {
        !trail.is_multi_region_trail && trail.include_global_service_events && scene.writes(key, setting)
    });
    trails
        .filter(|_| region.as_str() != "us-east-1")
        .map(|(key, _)| {
            let message = format!("a single-region trail in {region} gets no global service events");
            Mistake::new(key, setting, message).help("`isMultiRegionTrail: true` delivers them")
        })
        .collect()
}

pub(super) fn unproven(scene: &Scene<'_>) -> Vec<Mistake> {
    let trails = scene.trails().filter(|(_, trail)| !trail.enable_log_file_validation);
    trails
        .map(|(key, _)| {
            let message = format!("{key} does not validate its log files");
            Mistake::of(scene, key, "enableLogFileValidation", message)
                .help("write `enableLogFileValidation: true`; it costs nothing")
        })
        .collect()
}

pub(super) fn silent(scene: &Scene<'_>) -> Vec<Mistake> {
    let trails = scene.trails().filter(|(_, trail)| !trail.is_logging);
    trails
        .map(|(key, _)| {
            Mistake::new(key, "isLogging", format!("{key} records nothing"))
                .help("remove the line: `true` is the default")
        })
        .collect()
}

/// One trail of the manifest is told of; a manifest without trails leaves them to somebody else, and what is not understood
/// may be the one that is looked for.
pub(super) fn nowhere_complete(scene: &Scene<'_>) -> Vec<Mistake> {
    let understood = scene.trails().all(|(_, trail)| is_understood(&trail.event_selectors));
    let complete = scene.trails().any(|(_, trail)| {
        trail.is_multi_region_trail && trail.is_logging && records_management(&trail.event_selectors)
    });
    let known = understood && scene.knows_all(Kind::Trail);
    let Some((key, trail)) = scene.trails().next().filter(|_| known && !complete) else { return Vec::new() };
    let message = "no trail of this manifest records management events in all regions";
    let everywhere = trail.is_multi_region_trail && trail.is_logging;
    let (setting, help) = if trail.is_multi_region_trail && !trail.is_logging {
        ("isLogging", "remove the line: a multi-region trail that does not log records nothing anywhere")
    } else if everywhere && scene.writes(key, "eventSelectors") {
        ("eventSelectors", "include management events in a selector of a multi-region trail")
    } else if everywhere {
        (
            "advancedEventSelectors",
            "add the selector {field: eventCategory, equals: [Management]} to a multi-region trail",
        )
    } else {
        ("isMultiRegionTrail", "write `isMultiRegionTrail: true` at the trail that records management events")
    };
    let mistake = Mistake::of(scene, key, setting, message).help(help);
    vec![if everywhere { mistake.on_key() } else { mistake }]
}

/// Members that have not enabled the home region of an organization's trail deliver nothing to it (user guide, creating a
/// trail for an organization).
pub(super) fn organization_in_optional_region(scene: &Scene<'_>) -> Vec<Mistake> {
    let Some(region) = scene.region.filter(|region| OPTIONAL_REGIONS.contains(&region.as_str())) else {
        return Vec::new();
    };
    let trails = scene.trails().filter(|(_, trail)| trail.is_organization_trail);
    trails
        .map(|(key, _)| {
            let message =
                format!("{key} is the organization's, and {region} is a region that accounts must enable");
            Mistake::new(key, "isOrganizationTrail", message)
                .help("declare it in a region that every account has")
        })
        .collect()
}
