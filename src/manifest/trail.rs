//! The shape of a trail in the manifest, and the trail that it means.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::selector::{
    AdvancedEventSelectorShape, AggregationConfigurationShape, EventSelectorShape, InsightSelectorShape,
};
use super::unless;
use crate::name::{Name, Tags};
use crate::resource::Trail;
use crate::resource::selector::Selectors;

/// A trail: events delivered to a bucket. A setting that is left out has its default, whatever the account has now.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Trail")]
pub(super) struct TrailShape {
    /// 3–128 letters, digits, `.`, `_` and `-`; starts and ends with a letter or digit, no two of `.`, `_`, `-` together.
    /// Cannot be changed: another name is another trail.
    #[schemars(length(min = 3, max = 128))]
    pub(super) name: String,
    /// The bucket that receives log files. It may be another account's; its policy must let CloudTrail write.
    #[schemars(length(min = 3, max = 63))]
    s3_bucket_name: String,
    /// What stands before `AWSLogs/…` in the names of log files, up to 200 characters. Default: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    s3_key_prefix: Option<String>,
    /// The topic that is told of each log file: its name, or its ARN when it is in another account or region. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    sns_topic_name: Option<String>,
    /// Whether events of global services such as IAM are recorded. Default: `true`; must be `true` for a multi-region trail.
    /// Outside of us-east-1, a single-region trail gets none either way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = true))]
    include_global_service_events: Option<bool>,
    /// Whether events of all enabled regions are recorded. Default: `false` (the console's is `true`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    is_multi_region_trail: Option<bool>,
    /// Whether digest files prove that log files were not changed. Default: `false` (the console's is `true`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    enable_log_file_validation: Option<bool>,
    /// The log group that receives events too: its ARN, with or without `:*` at the end. Needs `cloudWatchLogsRoleArn`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_watch_logs_log_group_arn: Option<String>,
    /// The role with which CloudTrail writes to the log group. Needs `cloudWatchLogsLogGroupArn`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_watch_logs_role_arn: Option<String>,
    /// The KMS key that encrypts log files, in the bucket's region: `alias/…`, alias ARN, key id or key ARN.
    /// Default: none, which means SSE-S3.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    kms_key_id: Option<String>,
    /// Whether the trail records every account of the organization. Only the management account or a delegated
    /// administrator can have one. Default: `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    is_organization_trail: Option<bool>,
    /// Whether CloudTrail's own deliveries to the bucket and log group are recorded. Default: `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = true))]
    recursive_logging: Option<bool>,
    /// Whether the trail records (StartLogging, StopLogging). Default: `true`, unlike `CreateTrail`'s.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = true))]
    is_logging: Option<bool>,
    /// Basic event selectors, up to five; or `advancedEventSelectors`. Default: all management events and no data events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 5))]
    pub(super) event_selectors: Option<Vec<EventSelectorShape>>,
    /// Advanced event selectors, up to 500 values; or `eventSelectors`. Default: all management events and no data events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub(super) advanced_event_selectors: Option<Vec<AdvancedEventSelectorShape>>,
    /// Unusual activity to look for. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    insight_selectors: Vec<InsightSelectorShape>,
    /// Aggregated data events; at most one entry. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1))]
    aggregation_configurations: Vec<AggregationConfigurationShape>,
    /// Tags, key to value, at most 50 with the header's and the two of trailkeeper's own, which are added. Default: none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) tags: BTreeMap<String, String>,
    /// Settings and single tags that somebody else looks after: `kmsKeyId`, `tags.cost-center`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ignore: Vec<String>,
}

impl TrailShape {
    /// The shape that means this trail, without what is the default anyway. Beside it, nobody else's: `ignore` is empty.
    pub(super) fn of(trail: &Trail) -> TrailShape {
        let Trail {
            name,
            s3_bucket_name,
            s3_key_prefix,
            sns_topic_name,
            include_global_service_events,
            is_multi_region_trail,
            enable_log_file_validation,
            cloud_watch_logs_log_group_arn,
            cloud_watch_logs_role_arn,
            kms_key_id,
            is_organization_trail,
            recursive_logging,
            is_logging,
            event_selectors,
            insight_selectors,
            aggregation_configurations,
            tags,
            home: _,
        } = trail;
        let (basic, advanced) = match event_selectors {
            selectors if selectors.is_default() => (None, None),
            Selectors::Basic(selectors) => {
                (Some(selectors.iter().map(EventSelectorShape::of).collect()), None)
            }
            Selectors::Advanced(selectors) => {
                (None, Some(selectors.iter().map(AdvancedEventSelectorShape::of).collect()))
            }
        };
        TrailShape {
            name: name.as_str().to_owned(),
            s3_bucket_name: s3_bucket_name.clone(),
            s3_key_prefix: s3_key_prefix.clone(),
            sns_topic_name: sns_topic_name.clone(),
            include_global_service_events: unless(*include_global_service_events, true),
            is_multi_region_trail: unless(*is_multi_region_trail, false),
            enable_log_file_validation: unless(*enable_log_file_validation, false),
            cloud_watch_logs_log_group_arn: cloud_watch_logs_log_group_arn.clone(),
            cloud_watch_logs_role_arn: cloud_watch_logs_role_arn.clone(),
            kms_key_id: kms_key_id.clone(),
            is_organization_trail: unless(*is_organization_trail, false),
            recursive_logging: unless(*recursive_logging, true),
            is_logging: unless(*is_logging, true),
            event_selectors: basic,
            advanced_event_selectors: advanced,
            insight_selectors: insight_selectors.iter().map(InsightSelectorShape::of).collect(),
            aggregation_configurations: aggregation_configurations
                .iter()
                .map(AggregationConfigurationShape::of)
                .collect(),
            tags: tags.clone(),
            ignore: Vec::new(),
        }
    }

    /// The trail with its defaults (API reference, `CreateTrail`) and all of its tags.
    /// When both kinds of selectors are declared, which a check refuses, the advanced ones count.
    pub(super) fn into_trail(self, tags: Tags) -> Trail {
        let TrailShape {
            name,
            s3_bucket_name,
            s3_key_prefix,
            sns_topic_name,
            include_global_service_events,
            is_multi_region_trail,
            enable_log_file_validation,
            cloud_watch_logs_log_group_arn,
            cloud_watch_logs_role_arn,
            kms_key_id,
            is_organization_trail,
            recursive_logging,
            is_logging,
            event_selectors,
            advanced_event_selectors,
            insight_selectors,
            aggregation_configurations,
            tags: _,
            ignore: _,
        } = self;
        let event_selectors = match (event_selectors, advanced_event_selectors) {
            (_, Some(advanced)) => Selectors::Advanced(
                advanced.into_iter().map(AdvancedEventSelectorShape::into_selector).collect(),
            ),
            (Some(basic), None) => {
                Selectors::Basic(basic.into_iter().map(EventSelectorShape::into_selector).collect())
            }
            (None, None) => Selectors::Basic(vec![EventSelectorShape::default_selector()]),
        };
        Trail {
            name: Name::new(name),
            s3_bucket_name,
            s3_key_prefix,
            sns_topic_name,
            include_global_service_events: include_global_service_events.unwrap_or(true),
            is_multi_region_trail: is_multi_region_trail.unwrap_or(false),
            enable_log_file_validation: enable_log_file_validation.unwrap_or(false),
            cloud_watch_logs_log_group_arn,
            cloud_watch_logs_role_arn,
            kms_key_id,
            is_organization_trail: is_organization_trail.unwrap_or(false),
            recursive_logging: recursive_logging.unwrap_or(true),
            is_logging: is_logging.unwrap_or(true),
            event_selectors,
            insight_selectors: insight_selectors
                .into_iter()
                .map(InsightSelectorShape::into_selector)
                .collect(),
            aggregation_configurations: aggregation_configurations
                .into_iter()
                .map(AggregationConfigurationShape::into_configuration)
                .collect(),
            tags,
            home: None,
        }
    }
}
