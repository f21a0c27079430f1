//! A trail: its settings and the calls that change them.

use super::selector::{AggregationConfiguration, InsightSelector, Selectors};
use super::{Call, Coverage, Danger, Field, Key, Path, Resource, Task, Vocabulary, Way};
use crate::name::{Name, Tags};

/// All settings of a trail. Names and defaults are those of `CreateTrail` (API reference), except `is_logging`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// Unique per account and region; cannot be changed.
    pub name: Name,
    /// The bucket that receives log files.
    pub s3_bucket_name: String,
    /// Up to 200 characters before the log file names.
    pub s3_key_prefix: Option<String>,
    /// Topic name or ARN; settled, the ARN.
    pub sns_topic_name: Option<String>,
    /// Whether events of global services such as IAM are recorded.
    pub include_global_service_events: bool,
    /// Whether events of all enabled regions are recorded.
    pub is_multi_region_trail: bool,
    /// Whether digest files prove that log files were not changed.
    pub enable_log_file_validation: bool,
    /// Log group ARN; settled, it ends with `:*`.
    pub cloud_watch_logs_log_group_arn: Option<String>,
    /// The role that CloudTrail assumes to write to the log group; always together with the group.
    pub cloud_watch_logs_role_arn: Option<String>,
    /// Alias name, alias ARN, key id or key ARN; settled, the key ARN.
    pub kms_key_id: Option<String>,
    /// Whether the trail records every account of the organization.
    pub is_organization_trail: bool,
    /// Whether CloudTrail's own deliveries are recorded.
    pub recursive_logging: bool,
    /// Whether the trail records (StartLogging, StopLogging). Declared trails do unless the manifest says no.
    pub is_logging: bool,
    /// Which events are recorded.
    pub event_selectors: Selectors,
    /// Which unusual activity is looked for; order means nothing.
    pub insight_selectors: Vec<InsightSelector>,
    /// Aggregated data events; none or one.
    pub aggregation_configurations: Vec<AggregationConfiguration>,
    /// Tags, ours among them.
    pub tags: Tags,
}

/// The members that CreateTrail and UpdateTrail share. An absent member of an update keeps its live value;
/// the empty string clears prefix, topic, key, log group and role (API reference, `UpdateTrail`; the last
/// four by the practice of other tools).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrailSettings {
    /// `S3BucketName`
    pub s3_bucket_name: Option<String>,
    /// `S3KeyPrefix`
    pub s3_key_prefix: Option<String>,
    /// `SnsTopicName`
    pub sns_topic_name: Option<String>,
    /// `IncludeGlobalServiceEvents`
    pub include_global_service_events: Option<bool>,
    /// `IsMultiRegionTrail`
    pub is_multi_region_trail: Option<bool>,
    /// `EnableLogFileValidation`
    pub enable_log_file_validation: Option<bool>,
    /// `CloudWatchLogsLogGroupArn`
    pub cloud_watch_logs_log_group_arn: Option<String>,
    /// `CloudWatchLogsRoleArn`
    pub cloud_watch_logs_role_arn: Option<String>,
    /// `KmsKeyId`
    pub kms_key_id: Option<String>,
    /// `IsOrganizationTrail`
    pub is_organization_trail: Option<bool>,
    /// `RecursiveLogging`
    pub recursive_logging: Option<bool>,
}

/// One call about a trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrailAction {
    /// CreateTrail; the trail does not record yet.
    Create {
        /// The name.
        name: Name,
        /// Everything else that the call takes.
        settings: Box<TrailSettings>,
        /// Tags travel in the create call, so that nothing of ours is ever unowned.
        tags: Tags,
    },
    /// UpdateTrail with the members that change.
    Update(Box<TrailSettings>),
    /// DeleteTrail.
    Delete,
    /// StartLogging.
    StartLogging,
    /// StopLogging.
    StopLogging,
    /// PutEventSelectors: replaces selectors of either kind.
    PutEventSelectors(Selectors),
    /// PutInsightSelectors; an empty list switches insights off.
    PutInsightSelectors(Vec<InsightSelector>),
    /// PutEventConfiguration; an empty list switches aggregation off (unverified).
    PutEventConfiguration(Vec<AggregationConfiguration>),
}

impl TrailAction {
    /// Which operation of the service this is.
    pub fn call(&self) -> Call {
        todo!()
    }

    /// The request in the service's own words.
    pub(super) fn request(&self, _key: &Key, _arn: &str) -> serde_json::Value {
        todo!()
    }
}

impl Resource for Trail {
    fn fields(&self) -> Vec<Field> {
        todo!()
    }

    fn references(&self) -> Vec<Key> {
        todo!()
    }

    fn settle(&mut self, _vocabulary: &Vocabulary) {
        todo!()
    }

    fn create(&self) -> Vec<Task> {
        todo!()
    }

    fn update(&self, _live: &Self) -> Way {
        todo!()
    }

    fn delete(&self) -> Vec<Task> {
        todo!()
    }

    fn leave(&mut self, _path: &Path, _live: &Self) {
        todo!()
    }

    fn records(&self) -> Option<Coverage> {
        todo!()
    }

    fn dangers(_desired: Option<&Self>, _live: Option<&Self>) -> Vec<Danger> {
        todo!()
    }
}
