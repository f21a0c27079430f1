//! Trails: what is kept of one, and the calls that create, change and delete it. How a trail is found and
//! described is in `trail_read`, the rules for its settings in `trail_rules`.

use serde::{Deserialize, Serialize};

use super::account::{Context, Place};
use super::arn;
use super::error::{ServiceError, refuse, require};
use super::event_configuration::AggregationConfiguration;
use super::insight::InsightSelector;
use super::kms;
use super::selector::{AdvancedEventSelector, EventSelector};
use super::tag::{self, Tag, Tags};
use super::trail_read::{Access, TrailDescription, describe, find};
use super::trail_rules::{check_bucket, check_name, check_prefix, check_topic, cloud_watch_pair};

/// The most trails in a region, shadow copies included (General Reference, CloudTrail quotas).
const MOST_TRAILS: usize = 5;

/// A trail as it is kept, in the API's words. What is left out in a hand-written snapshot has the default of
/// CreateTrail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct Trail {
    pub(super) s3_bucket_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) s3_key_prefix: Option<String>,
    /// As it was sent: a name or an ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sns_topic_name: Option<String>,
    pub(super) include_global_service_events: bool,
    pub(super) is_multi_region_trail: bool,
    pub(super) log_file_validation_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cloud_watch_logs_log_group_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cloud_watch_logs_role_arn: Option<String>,
    /// Always the key's ARN, whatever was sent (API reference, Trail).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kms_key_id: Option<String>,
    pub(super) is_organization_trail: bool,
    pub(super) recursive_logging: bool,
    pub(super) is_logging: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_logging_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stop_logging_time: Option<u64>,
    /// At most one kind of selector is there; neither means the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event_selectors: Option<Vec<EventSelector>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) insight_selectors: Vec<InsightSelector>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) aggregation_configurations: Vec<AggregationConfiguration>,
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub(super) tags: Tags,
    /// What GetTrailStatus reports of deliveries: nothing is ever delivered here, so only a snapshot sets these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_delivery_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_notification_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_digest_delivery_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_cloud_watch_logs_delivery_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_delivery_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_notification_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_digest_delivery_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_cloud_watch_logs_delivery_time: Option<u64>,
}

impl Default for Trail {
    /// The defaults of CreateTrail (API reference). Trails are created with logging off.
    fn default() -> Self {
        Trail {
            s3_bucket_name: String::new(),
            s3_key_prefix: None,
            sns_topic_name: None,
            include_global_service_events: true,
            is_multi_region_trail: false,
            log_file_validation_enabled: false,
            cloud_watch_logs_log_group_arn: None,
            cloud_watch_logs_role_arn: None,
            kms_key_id: None,
            is_organization_trail: false,
            recursive_logging: true,
            is_logging: false,
            start_logging_time: None,
            stop_logging_time: None,
            event_selectors: None,
            advanced_event_selectors: None,
            insight_selectors: Vec::new(),
            aggregation_configurations: Vec::new(),
            tags: Tags::new(),
            latest_delivery_error: None,
            latest_notification_error: None,
            latest_digest_delivery_error: None,
            latest_cloud_watch_logs_delivery_error: None,
            latest_delivery_time: None,
            latest_notification_time: None,
            latest_digest_delivery_time: None,
            latest_cloud_watch_logs_delivery_time: None,
        }
    }
}

/// CreateTrail's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateTrailRequest {
    name: String,
    s3_bucket_name: String,
    s3_key_prefix: Option<String>,
    sns_topic_name: Option<String>,
    include_global_service_events: Option<bool>,
    is_multi_region_trail: Option<bool>,
    enable_log_file_validation: Option<bool>,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
    is_organization_trail: Option<bool>,
    tags_list: Option<Vec<Tag>>,
    recursive_logging: Option<bool>,
}

/// UpdateTrail's request: what is left out stays, what is "" is cleared (API reference, UpdateTrail, for
/// KmsKeyId; that the other members are cleared so is what Terraform relies on).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateTrailRequest {
    name: String,
    s3_bucket_name: Option<String>,
    s3_key_prefix: Option<String>,
    sns_topic_name: Option<String>,
    include_global_service_events: Option<bool>,
    is_multi_region_trail: Option<bool>,
    enable_log_file_validation: Option<bool>,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
    is_organization_trail: Option<bool>,
    recursive_logging: Option<bool>,
}

/// A request that only names a trail.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TrailRequest {
    pub(super) name: String,
}

/// An answer without members.
#[derive(Serialize)]
pub(super) struct Nothing {}

/// CreateTrail.
pub(super) fn create_trail(
    context: &mut Context<'_>,
    request: CreateTrailRequest,
) -> Result<TrailDescription, ServiceError> {
    let CreateTrailRequest { name, s3_bucket_name, tags_list, is_organization_trail, .. } = &request;
    check_name(name)?;
    let organization = is_organization_trail.unwrap_or(false);
    let account = if organization { context.organization_owner()? } else { context.caller.to_owned() };
    check_bucket(s3_bucket_name)?;
    let mut trail = Trail {
        is_organization_trail: organization,
        tags: tag::of_new_resource(tags_list.clone())?,
        ..Trail::default()
    };
    let place = Place { account, region: context.region.to_owned(), key: name.clone() };
    settle_settings(
        context,
        &mut trail,
        UpdateTrailRequest {
            name: request.name,
            s3_bucket_name: Some(request.s3_bucket_name),
            s3_key_prefix: request.s3_key_prefix,
            sns_topic_name: request.sns_topic_name,
            include_global_service_events: request.include_global_service_events,
            is_multi_region_trail: request.is_multi_region_trail,
            enable_log_file_validation: request.enable_log_file_validation,
            cloud_watch_logs_log_group_arn: request.cloud_watch_logs_log_group_arn,
            cloud_watch_logs_role_arn: request.cloud_watch_logs_role_arn,
            kms_key_id: request.kms_key_id,
            is_organization_trail: None,
            recursive_logging: request.recursive_logging,
        },
    )?;
    require_free(context, &place, true, trail.is_multi_region_trail)?;
    require_room(context, &place, trail.is_multi_region_trail)?;
    let description = describe(context, &place, &trail).of_change();
    context.state_mut(&place.account, &place.region).trails.insert(place.key, trail);
    Ok(description)
}

/// UpdateTrail.
pub(super) fn update_trail(
    context: &mut Context<'_>,
    request: UpdateTrailRequest,
) -> Result<TrailDescription, ServiceError> {
    let (place, trail) = find(context, &request.name, Access::Write)?;
    let mut trail = trail.clone();
    if let Some(organization) = request.is_organization_trail
        && organization != trail.is_organization_trail
    {
        context.may_convert()?;
        trail.is_organization_trail = organization;
    }
    let was_multi_region = trail.is_multi_region_trail;
    settle_settings(context, &mut trail, request)?;
    if trail.is_multi_region_trail && !was_multi_region {
        require_free(context, &place, false, true)?;
    }
    let description = describe(context, &place, &trail).of_change();
    *kept(context, &place)? = trail;
    Ok(description)
}

/// DeleteTrail: no need to stop logging before (user guide, "Deleting a trail").
pub(super) fn delete_trail(
    context: &mut Context<'_>,
    request: TrailRequest,
) -> Result<Nothing, ServiceError> {
    let (place, _) = find(context, &request.name, Access::Write)?;
    context.state_mut(&place.account, &place.region).trails.remove(&place.key);
    Ok(Nothing {})
}

/// StartLogging.
pub(super) fn start_logging(
    context: &mut Context<'_>,
    request: TrailRequest,
) -> Result<Nothing, ServiceError> {
    let (place, _) = find(context, &request.name, Access::Write)?;
    let now = context.tick();
    let trail = kept(context, &place)?;
    if !trail.is_logging {
        trail.is_logging = true;
        trail.start_logging_time = Some(now);
    }
    Ok(Nothing {})
}

/// StopLogging.
pub(super) fn stop_logging(
    context: &mut Context<'_>,
    request: TrailRequest,
) -> Result<Nothing, ServiceError> {
    let (place, _) = find(context, &request.name, Access::Write)?;
    let now = context.tick();
    let trail = kept(context, &place)?;
    if trail.is_logging {
        trail.is_logging = false;
        trail.stop_logging_time = Some(now);
    }
    Ok(Nothing {})
}

/// The trail at a place that was found, to change it.
pub(super) fn kept<'a>(context: &'a mut Context<'_>, place: &Place) -> Result<&'a mut Trail, ServiceError> {
    let text = format!("Unknown trail: {} for the user: {}", place.key, context.caller);
    let region = context.state_mut(&place.account, &place.region);
    region.trails.get_mut(&place.key).ok_or_else(|| refuse("TrailNotFoundException", text))
}

/// Merges what a request carries into `trail` and checks the outcome.
fn settle_settings(
    context: &Context<'_>,
    trail: &mut Trail,
    request: UpdateTrailRequest,
) -> Result<(), ServiceError> {
    let UpdateTrailRequest {
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
        is_organization_trail: _,
        recursive_logging,
    } = request;
    if let Some(bucket) = s3_bucket_name {
        check_bucket(&bucket)?;
        trail.s3_bucket_name = bucket;
    }
    if let Some(prefix) = s3_key_prefix {
        check_prefix(&prefix)?;
        trail.s3_key_prefix = unless_empty(prefix);
    }
    if let Some(topic) = sns_topic_name {
        trail.sns_topic_name = unless_empty(topic);
        trail.sns_topic_name.as_ref().map_or(Ok(()), |topic| check_topic(topic, context.partition()))?;
    }
    // Both or none, to clear them too (user guide, "Disabling CloudWatch Logs").
    if cloud_watch_logs_log_group_arn.is_some() || cloud_watch_logs_role_arn.is_some() {
        let (group, role) = cloud_watch_pair(
            context,
            cloud_watch_logs_log_group_arn.as_deref(),
            cloud_watch_logs_role_arn.as_deref(),
        )?;
        trail.cloud_watch_logs_log_group_arn = unless_empty(group);
        trail.cloud_watch_logs_role_arn = unless_empty(role);
    }
    if let Some(key) = kms_key_id {
        trail.kms_key_id = key_of(context, &key)?;
    }
    trail.include_global_service_events =
        include_global_service_events.unwrap_or(trail.include_global_service_events);
    trail.is_multi_region_trail = is_multi_region_trail.unwrap_or(trail.is_multi_region_trail);
    trail.log_file_validation_enabled =
        enable_log_file_validation.unwrap_or(trail.log_file_validation_enabled);
    trail.recursive_logging = recursive_logging.unwrap_or(trail.recursive_logging);
    require(
        trail.include_global_service_events || !trail.is_multi_region_trail,
        "InvalidParameterCombinationException",
        "Multi-Region trail must include global service events.",
    )
}

fn key_of(context: &Context<'_>, spelling: &str) -> Result<Option<String>, ServiceError> {
    if spelling.is_empty() {
        return Ok(None);
    }
    let key = kms::key_arn(context, spelling);
    key.map(Some)
        .ok_or_else(|| refuse("InvalidKmsKeyIdException", format!("KMS key {spelling} is not valid.")))
}

fn unless_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A name is taken in a region by its own trails and by the shadows of multi-Region trails of others.
fn require_free(
    context: &Context<'_>,
    place: &Place,
    is_new: bool,
    is_multi_region: bool,
) -> Result<(), ServiceError> {
    let taken = context.regions(&place.account).any(|(region, state)| match state.trails.get(&place.key) {
        None => false,
        Some(_) if *region == place.region => is_new,
        Some(other) => is_multi_region || other.is_multi_region_trail,
    });
    let text = format!("Trail {} already exists for customer: {}", place.key, place.account);
    require(!taken, "TrailAlreadyExistsException", text)
}

/// A new trail needs room in its region and, when its shadows go everywhere, in the others.
fn require_room(context: &Context<'_>, place: &Place, is_multi_region: bool) -> Result<(), ServiceError> {
    let elsewhere = context.regions(&place.account).map(|(region, _)| region.as_str());
    let crowded = elsewhere
        .filter(|region| is_multi_region || *region == place.region)
        .find(|region| trails_in(context, &place.account, region) >= MOST_TRAILS);
    crowded.map_or(Ok(()), |region| {
        let text = format!("User: {} already has {MOST_TRAILS} trails in {region}.", place.account);
        Err(refuse("MaximumNumberOfTrailsExceededException", text))
    })
}

/// Trails in a region that count against the quota: its own and the shadows of multi-Region trails.
fn trails_in(context: &Context<'_>, account: &str, here: &str) -> usize {
    context
        .regions(account)
        .filter(|(region, _)| arn::partition_of(region) == arn::partition_of(here))
        .flat_map(|(region, state)| state.trails.values().map(move |trail| (region, trail)))
        .filter(|(region, trail)| *region == here || trail.is_multi_region_trail)
        .count()
}
