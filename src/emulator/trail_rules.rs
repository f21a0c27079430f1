//! The rules for a trail's settings, each with the code that CloudTrail answers (API reference, CreateTrail
//! and its "Errors"; user guide, "Naming requirements").

use super::account::Context;
use super::arn;
use super::error::{ServiceError, refuse, require};

/// 3 to 128 of letters, digits and `._-`, beginning and ending with a letter or digit, no two of `._-` next to
/// each other, not shaped like an IP address.
pub(super) fn check_name(name: &str) -> Result<(), ServiceError> {
    const INVALID: &str = "InvalidTrailNameException";
    let length = name.chars().count();
    if length < 3 {
        let text = format!(
            "Trail name too short. Minimum allowed length: 3 characters. Specified name length: {length} characters."
        );
        return Err(refuse(INVALID, text));
    }
    if length > 128 {
        let text = format!(
            "Trail name too long. Maximum allowed length: 128 characters. Specified name length: {length} characters."
        );
        return Err(refuse(INVALID, text));
    }
    require(
        name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)),
        INVALID,
        "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).",
    )?;
    let edges = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric());
    require(edges, INVALID, "Trail name must start and end with a letter or number.")?;
    let adjacent = name
        .as_bytes()
        .windows(2)
        .any(|pair| !pair[0].is_ascii_alphanumeric() && !pair[1].is_ascii_alphanumeric());
    require(!adjacent, INVALID, "Trail name cannot have adjacent periods, hyphens or underscores.")?;
    require(!is_ip_shaped(name), INVALID, "Trail name cannot be in IP address format.")
}

fn is_ip_shaped(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 4
        && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
}

/// S3's own rules for names, as the CloudTrail guide repeats them.
pub(super) fn check_bucket(name: &str) -> Result<(), ServiceError> {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = (3..=63).contains(&name.len())
        && name.chars().all(|c| edge(c) || c == '.' || c == '-')
        && name.starts_with(edge)
        && name.ends_with(edge)
        && !["..", ".-", "-."].iter().any(|pair| name.contains(pair))
        && !is_ip_shaped(name);
    require(good, "InvalidS3BucketNameException", format!("Bucket name {name} is not valid."))
}

/// At most 200 characters.
pub(super) fn check_prefix(prefix: &str) -> Result<(), ServiceError> {
    require(
        prefix.chars().count() <= 200,
        "InvalidS3PrefixException",
        "The S3 key prefix has at most 200 characters.",
    )
}

/// A topic's name, or its ARN when it is elsewhere.
pub(super) fn check_topic(topic: &str, partition: &str) -> Result<(), ServiceError> {
    let name = match arn::parse(topic) {
        Some(parts) if parts.service == "sns" && parts.partition == partition => parts.resource,
        Some(_) => "",
        None => topic,
    };
    let good = (1..=256).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    require(good, "InvalidSnsTopicNameException", format!("SNS topic name {topic} is not valid."))
}

/// The CloudWatch Logs pair travels together: neither is accepted without the other, and both are cleared by
/// empty strings.
pub(super) fn cloud_watch_pair(
    context: &Context<'_>,
    group: Option<&str>,
    role: Option<&str>,
) -> Result<(String, String), ServiceError> {
    const GROUP: &str = "InvalidCloudWatchLogsLogGroupArnException";
    const ROLE: &str = "InvalidCloudWatchLogsRoleArnException";
    let (group, role) = match (group, role) {
        (Some(""), Some("")) => return Ok((String::new(), String::new())),
        (Some(group), Some(role)) if !group.is_empty() && !role.is_empty() => (group, role),
        (None, _) | (Some(""), Some(_)) => {
            return Err(refuse(GROUP, "You must specify a log group as well as a role ARN."));
        }
        (Some(_), _) => return Err(refuse(ROLE, "You must specify a role ARN as well as a log group.")),
    };
    // The same account, region and partition as the trail, and `:*` at the end (user guide, "Sending events
    // to CloudWatch Logs").
    let here = arn::parse(group).is_some_and(|parts| {
        let name = parts.resource.strip_prefix("log-group:").and_then(|rest| rest.strip_suffix(":*"));
        parts.partition == context.partition()
            && parts.service == "logs"
            && parts.region == context.region
            && parts.account == context.caller
            && name.is_some_and(|name| !name.is_empty() && !name.contains(':'))
    });
    require(here, GROUP, "CloudTrail cannot validate the specified log group ARN.")?;
    let usable = arn::parse(role).is_some_and(|parts| {
        parts.partition == context.partition()
            && parts.service == "iam"
            && parts.account == context.caller
            && parts.resource.strip_prefix("role/").is_some_and(|name| !name.is_empty())
    });
    require(usable, ROLE, "CloudTrail cannot validate the specified role ARN.")?;
    Ok((group.to_owned(), role.to_owned()))
}
