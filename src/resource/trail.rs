//! A trail: its settings. The calls that change them stand in `calls`, what a change may lose in `dangers`.

mod calls;
mod dangers;
mod health;
#[cfg(test)]
mod tests;

pub use calls::{TrailAction, TrailSettings};
pub(super) use dangers::narrowed;
pub use health::{Delivery, TrailHealth};

use super::contradiction;
use super::coverage::{Scope, meets_global_services};
use super::field::{self, Value};
use super::insight::{self, AggregationConfiguration, InsightSelector};
use super::selector::Selectors;
use super::{Contradiction, Coverage, Danger, Field, Key, Path, Resource, Task, Vocabulary, Way};
use crate::name::{Name, Region, Tags};

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
    /// Where it lives, which is no setting; known when settled.
    pub home: Option<Region>,
}

impl Resource for Trail {
    fn fields(&self) -> Vec<Field> {
        let Trail {
            // The identity: a trail of another name is another trail.
            name: _,
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
        } = self;
        let mut fields = vec![
            Field::new("s3BucketName", Value::Text(s3_bucket_name.clone())),
            Field::new("s3KeyPrefix", Value::text(s3_key_prefix.as_deref())),
            Field::new("snsTopicName", Value::text(sns_topic_name.as_deref())),
            Field::new("includeGlobalServiceEvents", Value::Bool(*include_global_service_events)),
            Field::new("isMultiRegionTrail", Value::Bool(*is_multi_region_trail)),
            Field::new("enableLogFileValidation", Value::Bool(*enable_log_file_validation)),
            Field::new("cloudWatchLogsLogGroupArn", Value::text(cloud_watch_logs_log_group_arn.as_deref())),
            Field::new("cloudWatchLogsRoleArn", Value::text(cloud_watch_logs_role_arn.as_deref())),
            Field::new("kmsKeyId", Value::text(kms_key_id.as_deref())),
            Field::new("isOrganizationTrail", Value::Bool(*is_organization_trail)),
            Field::new("recursiveLogging", Value::Bool(*recursive_logging)),
            Field::new("isLogging", Value::Bool(*is_logging)),
        ];
        fields.extend(event_selectors.fields());
        fields.push(Field::new("insightSelectors", insight::words(insight_selectors)));
        let aggregations = Value::list(insight::aggregation_documents(aggregation_configurations));
        fields.push(Field::new("aggregationConfigurations", aggregations));
        fields.extend(field::tag_fields(tags));
        fields
    }

    /// Buckets, topics, roles and keys are not CloudTrail's, so a trail refers to nothing of ours.
    fn references(&self) -> Vec<Key> {
        Vec::new()
    }

    fn settle(&mut self, vocabulary: &Vocabulary) {
        self.home = Some(vocabulary.target().region.clone());
        field::empty_is_none(&mut self.s3_key_prefix);
        field::empty_is_none(&mut self.sns_topic_name);
        field::empty_is_none(&mut self.cloud_watch_logs_log_group_arn);
        field::empty_is_none(&mut self.cloud_watch_logs_role_arn);
        field::empty_is_none(&mut self.kms_key_id);
        if let Some(topic) = &mut self.sns_topic_name {
            *topic = vocabulary.topic(topic);
        }
        // CloudTrail refuses a log group without `:*` and answers it with `:*`; both spellings are in use.
        if let Some(group) =
            self.cloud_watch_logs_log_group_arn.as_mut().filter(|group| !group.ends_with(":*"))
        {
            group.push_str(":*");
        }
        if let Some(key) = &mut self.kms_key_id {
            *key = vocabulary.kms_key(key);
        }
    }

    fn create(&self) -> Vec<Task> {
        calls::create(self)
    }

    fn update(&self, live: &Self) -> Way {
        Way::InPlace(calls::update(self, live))
    }

    /// A logging trail can be deleted directly (user guide, deleting a trail).
    fn delete(&self) -> Vec<Task> {
        vec![Task::first(super::Action::Trail(TrailAction::Delete))]
    }

    fn undeletable(&self) -> Option<(String, String)> {
        None
    }

    fn leave(&mut self, path: &Path, live: &Self) {
        match path.top() {
            "s3BucketName" => self.s3_bucket_name.clone_from(&live.s3_bucket_name),
            "s3KeyPrefix" => self.s3_key_prefix.clone_from(&live.s3_key_prefix),
            "snsTopicName" => self.sns_topic_name.clone_from(&live.sns_topic_name),
            "includeGlobalServiceEvents" => {
                self.include_global_service_events = live.include_global_service_events;
            }
            "isMultiRegionTrail" => self.is_multi_region_trail = live.is_multi_region_trail,
            "enableLogFileValidation" => self.enable_log_file_validation = live.enable_log_file_validation,
            "cloudWatchLogsLogGroupArn" => {
                self.cloud_watch_logs_log_group_arn.clone_from(&live.cloud_watch_logs_log_group_arn);
                self.leave_no_half_pair(live);
            }
            "cloudWatchLogsRoleArn" => {
                self.cloud_watch_logs_role_arn.clone_from(&live.cloud_watch_logs_role_arn);
                self.leave_no_half_pair(live);
            }
            "kmsKeyId" => self.kms_key_id.clone_from(&live.kms_key_id),
            "isOrganizationTrail" => self.is_organization_trail = live.is_organization_trail,
            "recursiveLogging" => self.recursive_logging = live.recursive_logging,
            "isLogging" => self.is_logging = live.is_logging,
            // A trail has one kind of selectors or the other, so either path means both.
            "eventSelectors" | "advancedEventSelectors" => {
                self.event_selectors.clone_from(&live.event_selectors);
            }
            "insightSelectors" => self.insight_selectors.clone_from(&live.insight_selectors),
            "aggregationConfigurations" => {
                self.aggregation_configurations.clone_from(&live.aggregation_configurations);
            }
            "tags" => field::leave_tags(&mut self.tags, path, &live.tags),
            _ => {}
        }
    }

    fn records(&self) -> Option<Coverage> {
        self.is_logging.then(|| self.coverage())
    }

    fn cover(&self) -> Option<Coverage> {
        self.records()
    }

    fn contradictions(&self) -> Vec<Contradiction> {
        contradiction::of_trail(self)
    }

    fn dangers(desired: Option<&Self>, live: Option<&Self>) -> Vec<Danger> {
        match (desired, live) {
            (Some(desired), Some(live)) => dangers::of_change(desired, live),
            (None, Some(live)) => dangers::of_deletion(live),
            (_, None) => Vec::new(),
        }
    }
}

impl Trail {
    /// The service takes log group and role only together, so what is left to somebody else must not make half a pair.
    fn leave_no_half_pair(&mut self, live: &Trail) {
        if self.cloud_watch_logs_log_group_arn.is_some() != self.cloud_watch_logs_role_arn.is_some() {
            self.cloud_watch_logs_log_group_arn.clone_from(&live.cloud_watch_logs_log_group_arn);
            self.cloud_watch_logs_role_arn.clone_from(&live.cloud_watch_logs_role_arn);
        }
    }

    /// A trail of one region records them only where they happen (API reference, UpdateTrail).
    fn records_global_services(&self) -> Option<bool> {
        match (self.include_global_service_events, self.is_multi_region_trail) {
            (false, _) => Some(false),
            (true, true) => Some(true),
            (true, false) => meets_global_services(self.home.as_ref()),
        }
    }

    /// What the trail records while it logs.
    pub(super) fn coverage(&self) -> Coverage {
        let scope = Scope {
            multi_region: self.is_multi_region_trail,
            global_services: self.records_global_services(),
            organization: self.is_organization_trail,
            deliveries: self.recursive_logging,
        };
        Coverage::of(&self.event_selectors, scope)
    }
}
