//! Trails as they are seen: how a name or ARN finds one, shadows and organization trails, and the calls that
//! only read.

use serde::{Deserialize, Serialize};

use super::account::{Context, Place, Standing};
use super::arn;
use super::error::{ServiceError, refuse, require};
use super::event_selectors;
use super::paging::page;
use super::trail::{Trail, TrailRequest};
use super::trail_rules::check_name;

/// What a call wants of the trail that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Its description or status: open to members of the organization, by ARN.
    Status,
    /// Its selectors, insights or configuration.
    Read,
    /// A change: in the home region only.
    Write,
}

/// The trail that a name or an ARN means to the caller.
pub(super) fn find<'a>(
    context: &'a Context<'_>,
    name_or_arn: &str,
    access: Access,
) -> Result<(Place, &'a Trail), ServiceError> {
    let place = if arn::is_meant(name_or_arn) {
        place_of_arn(context, name_or_arn, access)?
    } else {
        check_name(name_or_arn)?;
        place_of_name(context, name_or_arn, access)?
    };
    match context.state(&place.account, &place.region).and_then(|state| state.trails.get(&place.key)) {
        Some(trail) => Ok((place, trail)),
        None => Err(unknown(context, name_or_arn)),
    }
}

fn unknown(context: &Context<'_>, name_or_arn: &str) -> ServiceError {
    let text = format!("Unknown trail: {name_or_arn} for the user: {}", context.caller);
    refuse("TrailNotFoundException", text)
}

fn wrong_region(context: &Context<'_>, home: &str) -> ServiceError {
    let text = format!("The trail's home Region is {home}; this Region is {}.", context.region);
    refuse("InvalidHomeRegionException", text)
}

/// Names mean trails of this region. The shadow of a trail from elsewhere is named by its ARN (API
/// reference, GetTrailStatus); changing it from here is the wrong home region.
fn place_of_name(context: &Context<'_>, name: &str, access: Access) -> Result<Place, ServiceError> {
    let here = context.own(context.region).is_some_and(|state| state.trails.contains_key(name));
    let shadow = context
        .regions(context.caller)
        .find(|(_, state)| state.trails.get(name).is_some_and(|trail| trail.is_multi_region_trail));
    match shadow {
        Some((home, _)) if !here && access == Access::Write => Err(wrong_region(context, home)),
        _ => Ok(Place {
            account: context.caller.to_owned(),
            region: context.region.to_owned(),
            key: name.to_owned(),
        }),
    }
}

fn place_of_arn(context: &Context<'_>, text: &str, access: Access) -> Result<Place, ServiceError> {
    const INVALID: &str = "CloudTrailARNInvalidException";
    let parts = arn::parse(text).filter(|parts| {
        parts.service == "cloudtrail"
            && parts.partition == context.partition()
            && arn::is_account(parts.account)
    });
    let Some((parts, name)) = parts.and_then(|parts| Some((parts, parts.resource.strip_prefix("trail/")?)))
    else {
        return Err(refuse(INVALID, format!("Invalid trail ARN: {text}")));
    };
    if parts.account != context.caller {
        let organization = context
            .state(parts.account, parts.region)
            .and_then(|state| state.trails.get(name))
            .is_some_and(|trail| trail.is_organization_trail);
        let open = match context.standing() {
            Standing::DelegatedAdmin { management } => management == parts.account,
            Standing::Member { management } => management == parts.account && access == Access::Status,
            Standing::Management | Standing::Outside => false,
        };
        let message = format!(
            "AccountID in ARN is wrong, you can only access resources with AccountID {}",
            context.caller
        );
        require(open && organization, INVALID, message)?;
    }
    let exists = context.state(parts.account, parts.region).is_some_and(|s| s.trails.contains_key(name));
    if exists && parts.region != context.region && access == Access::Write {
        return Err(wrong_region(context, parts.region));
    }
    Ok(Place { account: parts.account.to_owned(), region: parts.region.to_owned(), key: name.to_owned() })
}

/// A trail as CloudTrail describes it (API reference, Trail; the answers of CreateTrail and UpdateTrail lack
/// the last members).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TrailDescription {
    name: String,
    s3_bucket_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    s3_key_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sns_topic_name: Option<String>,
    #[serde(rename = "SnsTopicARN", skip_serializing_if = "Option::is_none")]
    sns_topic_arn: Option<String>,
    include_global_service_events: bool,
    is_multi_region_trail: bool,
    #[serde(rename = "TrailARN")]
    trail_arn: String,
    log_file_validation_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_watch_logs_log_group_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_watch_logs_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    is_organization_trail: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    recursive_logging: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_custom_event_selectors: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_insight_selectors: Option<bool>,
}

impl TrailDescription {
    /// The answer to a change.
    pub(super) fn of_change(self) -> TrailDescription {
        TrailDescription {
            home_region: None,
            has_custom_event_selectors: None,
            has_insight_selectors: None,
            ..self
        }
    }
}

/// How a trail reads back.
pub(super) fn describe(context: &Context<'_>, place: &Place, trail: &Trail) -> TrailDescription {
    // A topic's name means one in the trail's region and account (user guide, "Configuring SNS").
    let topic_arn = trail.sns_topic_name.as_ref().map(|topic| match arn::is_meant(topic) {
        true => topic.clone(),
        false => {
            let partition = arn::partition_of(&place.region);
            format!("arn:{partition}:sns:{}:{}:{topic}", place.region, place.account)
        }
    });
    let as_arn = context.switches.sns_topic_name_as_arn;
    let silent = trail.recursive_logging && context.switches.recursive_logging_absent;
    TrailDescription {
        name: place.key.clone(),
        s3_bucket_name: trail.s3_bucket_name.clone(),
        s3_key_prefix: trail.s3_key_prefix.clone(),
        sns_topic_name: if as_arn { topic_arn.clone() } else { trail.sns_topic_name.clone() },
        sns_topic_arn: topic_arn,
        include_global_service_events: trail.include_global_service_events,
        is_multi_region_trail: trail.is_multi_region_trail,
        trail_arn: context.arn(&place.account, &place.region, &format!("trail/{}", place.key)),
        log_file_validation_enabled: trail.log_file_validation_enabled,
        cloud_watch_logs_log_group_arn: trail.cloud_watch_logs_log_group_arn.clone(),
        cloud_watch_logs_role_arn: trail.cloud_watch_logs_role_arn.clone(),
        kms_key_id: trail.kms_key_id.clone(),
        is_organization_trail: trail.is_organization_trail,
        recursive_logging: (!silent).then_some(trail.recursive_logging),
        home_region: Some(place.region.clone()),
        has_custom_event_selectors: Some(event_selectors::are_custom(context, trail)),
        has_insight_selectors: Some(!trail.insight_selectors.is_empty()),
    }
}

/// GetTrail's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetTrailResponse {
    trail: TrailDescription,
}

/// GetTrail.
pub(super) fn get_trail(
    context: &mut Context<'_>,
    request: TrailRequest,
) -> Result<GetTrailResponse, ServiceError> {
    let (place, trail) = find(context, &request.name, Access::Status)?;
    Ok(GetTrailResponse { trail: describe(context, &place, trail) })
}

/// DescribeTrails's request; its members begin with small letters in the model.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DescribeTrailsRequest {
    trail_name_list: Option<Vec<String>>,
    include_shadow_trails: Option<bool>,
}

/// DescribeTrails's answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeTrailsResponse {
    trail_list: Vec<TrailDescription>,
}

/// DescribeTrails: names find trails of this region, ARNs trails anywhere, what is not found is left out.
/// Without a list: this region's trails and, unless `includeShadowTrails` is false, the shadows of
/// multi-Region trails and of the organization's (API reference, DescribeTrails).
pub(super) fn describe_trails(
    context: &mut Context<'_>,
    request: DescribeTrailsRequest,
) -> Result<DescribeTrailsResponse, ServiceError> {
    let named = request.trail_name_list.unwrap_or_default();
    let mut trail_list = Vec::new();
    for name in &named {
        match find(context, name, Access::Status) {
            Ok((place, trail)) => trail_list.push(describe(context, &place, trail)),
            Err(error) if error.code == "TrailNotFoundException" => {}
            Err(error) => return Err(error),
        }
    }
    if named.is_empty() {
        let shadows = request.include_shadow_trails.unwrap_or(true);
        let seen = visible(context).filter(|(place, _)| is_home(context, place) || shadows);
        trail_list.extend(seen.map(|(place, trail)| describe(context, &place, trail)));
    }
    Ok(DescribeTrailsResponse { trail_list })
}

fn is_home(context: &Context<'_>, place: &Place) -> bool {
    place.account == context.caller && place.region == context.region
}

/// Every trail that shows in the client's region, shadows included.
fn visible<'a>(context: &'a Context<'_>) -> impl Iterator<Item = (Place, &'a Trail)> {
    let own = trails_of(context, context.caller);
    let of_organization = context
        .foreign_management()
        .map(|management| trails_of(context, &management).filter(|(_, trail)| trail.is_organization_trail));
    own.chain(of_organization.into_iter().flatten())
        .filter(|(place, trail)| place.region == context.region || trail.is_multi_region_trail)
}

fn trails_of<'a>(
    context: &'a Context<'_>,
    account: &str,
) -> impl Iterator<Item = (Place, &'a Trail)> + use<'a> {
    let account = account.to_owned();
    context.regions(&account).collect::<Vec<_>>().into_iter().flat_map(move |(region, state)| {
        let (account, region) = (account.clone(), region.clone());
        state.trails.iter().map(move |(name, trail)| {
            (Place { account: account.clone(), region: region.clone(), key: name.clone() }, trail)
        })
    })
}

/// ListTrails's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListTrailsRequest {
    next_token: Option<String>,
}

/// ListTrails's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListTrailsResponse {
    trails: Vec<TrailInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TrailInfo {
    #[serde(rename = "TrailARN")]
    trail_arn: String,
    name: String,
    home_region: String,
}

/// ListTrails: "trails in the current account" (API reference); that this means every region is unverified.
pub(super) fn list_trails(
    context: &mut Context<'_>,
    request: ListTrailsRequest,
) -> Result<ListTrailsResponse, ServiceError> {
    let one_region = context.switches.list_trails_one_region;
    let entries = trails_of(context, context.caller)
        .filter(|(place, _)| !one_region || place.region == context.region)
        .map(|(Place { account, region, key }, _)| {
            let trail_arn = context.arn(&account, &region, &format!("trail/{key}"));
            (trail_arn.clone(), TrailInfo { trail_arn, name: key, home_region: region })
        })
        .collect();
    let (trails, next_token) = page(context, entries, None, request.next_token.as_deref())?;
    Ok(ListTrailsResponse { trails, next_token })
}

/// GetTrailStatus's answer, without the members that are obsolete.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TrailStatus {
    is_logging: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_logging_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_logging_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_delivery_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_notification_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_digest_delivery_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_cloud_watch_logs_delivery_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_delivery_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_notification_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_digest_delivery_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_cloud_watch_logs_delivery_time: Option<u64>,
}

/// GetTrailStatus.
pub(super) fn get_trail_status(
    context: &mut Context<'_>,
    request: TrailRequest,
) -> Result<TrailStatus, ServiceError> {
    let (_, trail) = find(context, &request.name, Access::Status)?;
    Ok(TrailStatus {
        is_logging: trail.is_logging,
        start_logging_time: trail.start_logging_time,
        stop_logging_time: trail.stop_logging_time,
        latest_delivery_error: trail.latest_delivery_error.clone(),
        latest_notification_error: trail.latest_notification_error.clone(),
        latest_digest_delivery_error: trail.latest_digest_delivery_error.clone(),
        latest_cloud_watch_logs_delivery_error: trail.latest_cloud_watch_logs_delivery_error.clone(),
        latest_delivery_time: trail.latest_delivery_time,
        latest_notification_time: trail.latest_notification_time,
        latest_digest_delivery_time: trail.latest_digest_delivery_time,
        latest_cloud_watch_logs_delivery_time: trail.latest_cloud_watch_logs_delivery_time,
    })
}
