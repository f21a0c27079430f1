//! The calls that make a trail, change it and delete it, in the service's own words and in a safe order.

use super::Trail;
use crate::name::{Name, Tags};
use crate::resource::insight::{self, AggregationConfiguration, InsightSelector};
use crate::resource::selector::Selectors;
use crate::resource::task::{append, push, tag_list, tag_tasks};
use crate::resource::{Action, After, Call, Task};
use serde_json::{Map, Value as Json, json};

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
        match self {
            TrailAction::Create { .. } => Call::CreateTrail,
            TrailAction::Update(_) => Call::UpdateTrail,
            TrailAction::Delete => Call::DeleteTrail,
            TrailAction::StartLogging => Call::StartLogging,
            TrailAction::StopLogging => Call::StopLogging,
            TrailAction::PutEventSelectors(_) => Call::PutEventSelectors,
            TrailAction::PutInsightSelectors(_) => Call::PutInsightSelectors,
            TrailAction::PutEventConfiguration(_) => Call::PutEventConfiguration,
        }
    }

    /// The request in the service's own words. A trail is always addressed by its ARN, because a name means
    /// nothing where the owner is another account; the member is `Name` or `TrailName` (API reference).
    pub(in crate::resource) fn request(&self, arn: &str) -> Json {
        match self {
            TrailAction::Create { name, settings, tags } => {
                let mut request = settings.members();
                request.insert("Name".to_owned(), name.as_str().into());
                request.insert("TagsList".to_owned(), tag_list(tags).into());
                Json::Object(request)
            }
            TrailAction::Update(settings) => {
                let mut request = settings.members();
                request.insert("Name".to_owned(), arn.into());
                Json::Object(request)
            }
            TrailAction::Delete | TrailAction::StartLogging | TrailAction::StopLogging => {
                json!({"Name": arn})
            }
            TrailAction::PutEventSelectors(selectors) => {
                let (member, written) = selectors.wire();
                json!({"TrailName": arn, member: written})
            }
            TrailAction::PutInsightSelectors(selectors) => {
                json!({"TrailName": arn, "InsightSelectors": insight::wire(selectors)})
            }
            TrailAction::PutEventConfiguration(configurations) => {
                let written = insight::aggregation_wire(configurations);
                json!({"TrailName": arn, "AggregationConfigurations": written})
            }
        }
    }
}

impl TrailSettings {
    fn members(&self) -> Map<String, Json> {
        let TrailSettings {
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
        } = self;
        let texts = [
            ("S3BucketName", s3_bucket_name),
            ("S3KeyPrefix", s3_key_prefix),
            ("SnsTopicName", sns_topic_name),
            ("CloudWatchLogsLogGroupArn", cloud_watch_logs_log_group_arn),
            ("CloudWatchLogsRoleArn", cloud_watch_logs_role_arn),
            ("KmsKeyId", kms_key_id),
        ];
        let switches = [
            ("IncludeGlobalServiceEvents", include_global_service_events),
            ("IsMultiRegionTrail", is_multi_region_trail),
            ("EnableLogFileValidation", enable_log_file_validation),
            ("IsOrganizationTrail", is_organization_trail),
            ("RecursiveLogging", recursive_logging),
        ];
        let texts = texts.into_iter().filter_map(|(member, text)| Some((member, text.as_deref()?.into())));
        let switches = switches.into_iter().filter_map(|(member, switch)| Some((member, (*switch)?.into())));
        texts.chain(switches).map(|(member, value)| (member.to_owned(), value)).collect()
    }
}

/// CloudTrail creates trails with logging off (API reference, `CreateTrail`), which serves us: the trail gets all its
/// settings first, so that nothing unintended is recorded or delivered.
pub(super) fn create(trail: &Trail) -> Vec<Task> {
    let settings = Box::new(TrailSettings {
        s3_bucket_name: Some(trail.s3_bucket_name.clone()),
        s3_key_prefix: trail.s3_key_prefix.clone(),
        sns_topic_name: trail.sns_topic_name.clone(),
        include_global_service_events: Some(trail.include_global_service_events),
        is_multi_region_trail: Some(trail.is_multi_region_trail),
        enable_log_file_validation: Some(trail.enable_log_file_validation),
        cloud_watch_logs_log_group_arn: trail.cloud_watch_logs_log_group_arn.clone(),
        cloud_watch_logs_role_arn: trail.cloud_watch_logs_role_arn.clone(),
        kms_key_id: trail.kms_key_id.clone(),
        is_organization_trail: Some(trail.is_organization_trail),
        recursive_logging: Some(trail.recursive_logging),
    });
    let action = TrailAction::Create { name: trail.name.clone(), settings, tags: trail.tags.clone() };
    let mut tasks = vec![task(action, &[])];
    let mut ready = vec![0];
    if !trail.event_selectors.is_default() {
        let action = TrailAction::PutEventSelectors(trail.event_selectors.clone());
        ready.push(push(&mut tasks, task(action, &[0])));
    }
    // Insights and aggregation are refused without the events that they look at (API reference).
    if !trail.insight_selectors.is_empty() {
        tasks.push(task(TrailAction::PutInsightSelectors(trail.insight_selectors.clone()), &ready));
    }
    if !trail.aggregation_configurations.is_empty() {
        let action = TrailAction::PutEventConfiguration(trail.aggregation_configurations.clone());
        tasks.push(task(action, &ready));
    }
    if trail.is_logging {
        tasks.push(task(TrailAction::StartLogging, &ready));
    }
    tasks
}

/// What switches something off comes before what it would contradict, what switches something on after what it needs.
pub(super) fn update(desired: &Trail, live: &Trail) -> Vec<Task> {
    let mut tasks = Vec::new();
    if live.is_logging && !desired.is_logging {
        tasks.push(task(TrailAction::StopLogging, &[]));
    }
    let mut ready = Vec::new();
    if let Some(settings) = changed_settings(desired, live) {
        ready.push(push(&mut tasks, task(TrailAction::Update(Box::new(settings)), &[])));
    }
    ready.extend(selector_tasks(&mut tasks, desired, live));
    if desired.is_logging && !live.is_logging {
        tasks.push(task(TrailAction::StartLogging, &ready));
    }
    append(&mut tasks, tag_tasks(&desired.tags, &live.tags));
    tasks
}

/// Selectors, insights and aggregation. CloudTrail refuses insights and aggregation without the events that they
/// look at (API reference), so what goes off does so before the selectors change, and what comes on does so after.
/// Answers the place of the selectors' own call.
fn selector_tasks(tasks: &mut Vec<Task>, desired: &Trail, live: &Trail) -> Option<usize> {
    let insights_differ = !insight::same(&desired.insight_selectors, &live.insight_selectors);
    let staying = insight::common(&desired.insight_selectors, &live.insight_selectors);
    let aggregations = |trail: &Trail| insight::aggregation_documents(&trail.aggregation_configurations);
    let aggregation_differs = aggregations(desired) != aggregations(live);

    let mut before = Vec::new();
    let selectors_differ = desired.event_selectors.fields() != live.event_selectors.fields();
    if selectors_differ && insights_differ && !insight::same(&staying, &live.insight_selectors) {
        before.push(push(tasks, task(TrailAction::PutInsightSelectors(staying.clone()), &[])));
    }
    let aggregation_off = aggregation_differs && desired.aggregation_configurations.is_empty();
    if aggregation_off {
        before.push(push(tasks, task(TrailAction::PutEventConfiguration(Vec::new()), &[])));
    }
    let selectors = selectors_differ.then(|| {
        let written = if desired.event_selectors.is_default() {
            Selectors::default()
        } else {
            desired.event_selectors.clone()
        };
        push(tasks, task(TrailAction::PutEventSelectors(written), &before))
    });
    let after: Vec<usize> = selectors.into_iter().collect();
    let insights_on = !selectors_differ || !insight::same(&staying, &desired.insight_selectors);
    if insights_differ && insights_on {
        tasks.push(task(TrailAction::PutInsightSelectors(desired.insight_selectors.clone()), &after));
    }
    if aggregation_differs && !aggregation_off {
        let action = TrailAction::PutEventConfiguration(desired.aggregation_configurations.clone());
        tasks.push(task(action, &after));
    }
    selectors
}

/// The members of UpdateTrail that differ; none when all are equal. UpdateTrail merges, so what is to go is sent as
/// the empty string (API reference for the key; the practice of other tools for the others).
fn changed_settings(desired: &Trail, live: &Trail) -> Option<TrailSettings> {
    let text = |desired: &Option<String>, live: &Option<String>| {
        (desired != live).then(|| desired.clone().unwrap_or_default())
    };
    let switch = |desired: bool, live: bool| (desired != live).then_some(desired);
    // "You must specify a role ARN as well as a log group": the pair travels together, also when it goes.
    let pair = |trail: &Trail| {
        (trail.cloud_watch_logs_log_group_arn.clone(), trail.cloud_watch_logs_role_arn.clone())
    };
    let (group, role) = if pair(desired) == pair(live) {
        (None, None)
    } else {
        let (group, role) = pair(desired);
        (Some(group.unwrap_or_default()), Some(role.unwrap_or_default()))
    };
    // Multi-region and global events go in this one call, because neither order of two calls is admitted
    // ("Multi-Region trail must include global service events").
    let settings = TrailSettings {
        s3_bucket_name: (desired.s3_bucket_name != live.s3_bucket_name)
            .then(|| desired.s3_bucket_name.clone()),
        s3_key_prefix: text(&desired.s3_key_prefix, &live.s3_key_prefix),
        sns_topic_name: text(&desired.sns_topic_name, &live.sns_topic_name),
        include_global_service_events: switch(
            desired.include_global_service_events,
            live.include_global_service_events,
        ),
        is_multi_region_trail: switch(desired.is_multi_region_trail, live.is_multi_region_trail),
        enable_log_file_validation: switch(
            desired.enable_log_file_validation,
            live.enable_log_file_validation,
        ),
        cloud_watch_logs_log_group_arn: group,
        cloud_watch_logs_role_arn: role,
        kms_key_id: text(&desired.kms_key_id, &live.kms_key_id),
        is_organization_trail: switch(desired.is_organization_trail, live.is_organization_trail),
        recursive_logging: switch(desired.recursive_logging, live.recursive_logging),
    };
    (settings != TrailSettings::default()).then_some(settings)
}

fn task(action: TrailAction, after: &[usize]) -> Task {
    Task { action: Action::Trail(action), after: after.iter().copied().map(After::Own).collect() }
}
