//! Every setting of a trail.

use super::selector::{insights, keep_possible_insights, logged, of_trail};
use super::{
    Settings, always, flatten, is, kms_key, list, object, rarely, settings, sometimes, switch, tags, word,
    words,
};
use proptest::prelude::*;

pub(super) fn trail() -> BoxedStrategy<Settings> {
    let topics =
        &["topic", "arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:eu-west-1:444455556666:far"];
    let every = settings(vec![
        always("s3BucketName", word(&["acme-logs", "acme-logs-2"])),
        sometimes("s3KeyPrefix", word(&["p", "logs/2026"])),
        sometimes("snsTopicName", word(topics)),
        sometimes("includeGlobalServiceEvents", switch()),
        sometimes("isMultiRegionTrail", switch()),
        sometimes("enableLogFileValidation", switch()),
        sometimes("cloudWatchLogs", log_group()),
        sometimes("kmsKeyId", kms_key()),
        rarely("isOrganizationTrail", switch()),
        rarely("recursiveLogging", switch()),
        sometimes("isLogging", switch()),
        sometimes("selectors", of_trail()),
        sometimes("insightSelectors", insights()),
        sometimes("aggregationConfigurations", aggregation()),
        sometimes("tags", tags()),
        rarely("ignore", words(IGNORABLE, 3)),
    ]);
    every.prop_map(repaired).boxed()
}

const IGNORABLE: &[&str] = &[
    "kmsKeyId",
    "tags.team",
    "tags",
    "isLogging",
    "s3BucketName",
    "s3KeyPrefix",
    "snsTopicName",
    "includeGlobalServiceEvents",
    "isMultiRegionTrail",
    "enableLogFileValidation",
    "cloudWatchLogsLogGroupArn",
    "cloudWatchLogsRoleArn",
    "recursiveLogging",
    "eventSelectors",
    "advancedEventSelectors",
    "insightSelectors",
    "aggregationConfigurations",
];

/// Group and role go together.
fn log_group() -> BoxedStrategy<serde_json::Value> {
    let groups = &[
        "arn:aws:logs:us-east-1:111122223333:log-group:trail:*",
        "arn:aws:logs:us-east-1:111122223333:log-group:trail",
        "arn:aws:logs:${region}:${account}:log-group:other:*",
    ];
    let roles = &["arn:aws:iam::111122223333:role/logs", "arn:aws:iam::${account}:role/path/logs-2"];
    object(vec![
        always("cloudWatchLogsLogGroupArn", word(groups)),
        always("cloudWatchLogsRoleArn", word(roles)),
    ])
}

fn aggregation() -> BoxedStrategy<serde_json::Value> {
    let one = object(vec![
        always("eventCategory", word(&["Data"])),
        always("templates", words(&["API_ACTIVITY", "RESOURCE_ACCESS", "USER_ACTIONS"], 3)),
    ]);
    list(one, 1)
}

fn repaired(mut trail: Settings) -> Settings {
    flatten(&mut trail, "cloudWatchLogs");
    flatten(&mut trail, "selectors");
    if is(&trail, "isMultiRegionTrail", false) && !is(&trail, "includeGlobalServiceEvents", true) {
        trail.remove("includeGlobalServiceEvents");
    }
    keep_possible_insights(&mut trail, true);
    if !logged(&trail).data {
        trail.remove("aggregationConfigurations");
    }
    trail
}
