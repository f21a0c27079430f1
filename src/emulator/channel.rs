//! Channels: what is kept of one, and its five calls. Service-linked channels can be present, from a
//! snapshot, and cannot be changed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::account::{Context, Place};
use super::arn;
use super::error::{ServiceError, refuse, require};
use super::event_data_store::is_name;
use super::event_data_store_read::{arn_of as store_arn, found as found_store, require_active};
use super::paging::{in_bounds, page};
use super::selector::AdvancedEventSelector;
use super::tag::{self, Tag, Tags};
use super::trail::Nothing;

/// The most channels in a region, service-linked ones apart (General Reference, CloudTrail quotas).
const MOST_CHANNELS: usize = 25;
/// The most destinations of a channel (CloudFormation; the API's model says 200, more than a region can hold).
const MOST_DESTINATIONS: usize = 10;

const INVALID: &str = "InvalidParameterException";

/// A channel as it is kept, in the API's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Channel {
    pub(super) name: String,
    source: String,
    destinations: Vec<Destination>,
    /// A service-linked channel's; only a snapshot sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_config: Option<SourceConfig>,
    /// What came in so far: nothing ever does here, so only a snapshot sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ingestion_status: Option<IngestionStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resource_policy: Option<String>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub(super) tags: Tags,
}

/// How the last events came in (API reference, IngestionStatus); every member is left out before the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct IngestionStatus {
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_ingestion_success_time: Option<u64>,
    #[serde(rename = "LatestIngestionSuccessEventID", skip_serializing_if = "Option::is_none")]
    latest_ingestion_success_event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_ingestion_error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_ingestion_attempt_time: Option<u64>,
    #[serde(rename = "LatestIngestionAttemptEventID", skip_serializing_if = "Option::is_none")]
    latest_ingestion_attempt_event_id: Option<String>,
}

impl Channel {
    /// A channel that an AWS service has made for itself: its name says so (user guide, service-linked
    /// channels).
    pub(super) fn is_service_linked(&self) -> bool {
        self.name.starts_with("aws-service-channel/")
    }
}

/// Where a channel delivers to (API reference, Destination); a store is kept by its ARN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Destination {
    r#type: String,
    location: String,
}

/// What a service-linked channel collects (API reference, SourceConfig).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SourceConfig {
    apply_to_all_regions: bool,
    advanced_event_selectors: Vec<AdvancedEventSelector>,
}

/// CreateChannel's request. Its tags are `Tags`, not `TagsList` as everywhere else.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateChannelRequest {
    name: String,
    source: String,
    destinations: Vec<Destination>,
    tags: Option<Vec<Tag>>,
}

/// UpdateChannel's request: what is left out stays.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateChannelRequest {
    channel: String,
    name: Option<String>,
    destinations: Option<Vec<Destination>>,
}

/// A request that only names a channel.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ChannelRequest {
    channel: String,
}

/// A channel as CloudTrail describes it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChannelDescription {
    channel_arn: String,
    name: String,
    source: String,
    destinations: Vec<Destination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_config: Option<SourceConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ingestion_status: Option<IngestionStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<Tag>>,
}

/// CreateChannel.
pub(super) fn create_channel(
    context: &mut Context<'_>,
    request: CreateChannelRequest,
) -> Result<ChannelDescription, ServiceError> {
    let CreateChannelRequest { name, source, destinations, tags } = request;
    check_name(&name)?;
    // A partner's name or `Custom`. AWS's list of partners changes, so every other name is taken for one.
    let partner = (1..=256).contains(&source.chars().count()) && source.trim() == source;
    require(
        partner && source != "CloudTrail",
        "InvalidSourceException",
        format!("{source} is not a valid source for a channel."),
    )?;
    let tags = tag::of_new_resource(tags)?;
    let destinations = resolved(context, destinations)?;
    require_free_name(context, &name, None)?;
    // One channel per source (user guide, integrations); that this is the code is unverified.
    let mut own = context.own(context.region).into_iter().flat_map(|state| state.channels.values());
    require(
        !own.any(|channel| channel.source == source && !channel.is_service_linked()),
        "ChannelAlreadyExistsException",
        format!("A channel for the source {source} already exists."),
    )?;
    let counted = context
        .own(context.region)
        .map_or(0, |state| state.channels.values().filter(|channel| !channel.is_service_linked()).count());
    let text = format!("The maximum number of channels, {MOST_CHANNELS}, has been reached.");
    require(counted < MOST_CHANNELS, "ChannelMaxLimitExceededException", text)?;
    context.tick();
    let id = context.next_id();
    let place = here(context, id);
    let channel = Channel {
        name,
        source,
        destinations,
        source_config: None,
        ingestion_status: None,
        resource_policy: None,
        tags,
    };
    let tags = Some(tag::listed(context, &channel.tags));
    let description = ChannelDescription { tags, ..describe(context, &place, &channel) };
    keep(context, place, channel);
    Ok(description)
}

/// UpdateChannel: a new name, or the whole list of destinations.
pub(super) fn update_channel(
    context: &mut Context<'_>,
    request: UpdateChannelRequest,
) -> Result<ChannelDescription, ServiceError> {
    let (place, channel) = found(context, &request.channel)?;
    require_own(&channel)?;
    let name = request.name.unwrap_or_else(|| channel.name.clone());
    check_name(&name)?;
    require_free_name(context, &name, Some(&place.key))?;
    let destinations = match request.destinations {
        Some(destinations) => resolved(context, destinations)?,
        None => channel.destinations.clone(),
    };
    context.tick();
    let channel = Channel { name, destinations, ..channel };
    let description = describe(context, &place, &channel);
    keep(context, place, channel);
    Ok(description)
}

/// DeleteChannel. The channel's policy goes with it (unverified).
pub(super) fn delete_channel(
    context: &mut Context<'_>,
    request: ChannelRequest,
) -> Result<Nothing, ServiceError> {
    let (place, channel) = found(context, &request.channel)?;
    require_own(&channel)?;
    context.tick();
    context.state_mut(&place.account, &place.region).channels.remove(&place.key);
    Ok(Nothing {})
}

/// GetChannel.
pub(super) fn get_channel(
    context: &mut Context<'_>,
    request: ChannelRequest,
) -> Result<ChannelDescription, ServiceError> {
    let (place, channel) = found(context, &request.channel)?;
    // Service-linked channels ingest nothing from outside; that they lack the member is unverified.
    let status = (!channel.is_service_linked()).then(|| channel.ingestion_status.clone().unwrap_or_default());
    Ok(ChannelDescription { ingestion_status: status, ..describe(context, &place, &channel) })
}

/// ListChannels's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListChannelsRequest {
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// ListChannels's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListChannelsResponse {
    channels: Vec<ChannelName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChannelName {
    channel_arn: String,
    name: String,
}

/// ListChannels: ARN and name only, service-linked channels included (API reference).
pub(super) fn list_channels(
    context: &mut Context<'_>,
    request: ListChannelsRequest,
) -> Result<ListChannelsResponse, ServiceError> {
    require(in_bounds(request.max_results), "ValidationException", "MaxResults must be between 1 and 1000.")?;
    let own = context.own(context.region).into_iter().flat_map(|state| &state.channels);
    let entries = own
        .map(|(id, channel)| {
            let channel_arn = arn_of(context, &here(context, id.clone()));
            (id.clone(), ChannelName { channel_arn, name: channel.name.clone() })
        })
        .collect();
    let (channels, next_token) = page(context, entries, request.max_results, request.next_token.as_deref())?;
    Ok(ListChannelsResponse { channels, next_token })
}

/// The channel that an id or ARN means to the caller.
pub(super) fn found(context: &Context<'_>, id_or_arn: &str) -> Result<(Place, Channel), ServiceError> {
    const INVALID: &str = "ChannelARNInvalidException";
    let id = if arn::is_meant(id_or_arn) {
        arn::parse(id_or_arn)
            .filter(|parts| {
                parts.service == "cloudtrail"
                    && parts.partition == context.partition()
                    && parts.account == context.caller
                    && parts.region == context.region
            })
            .and_then(|parts| parts.resource.strip_prefix("channel/"))
            .ok_or_else(|| refuse(INVALID, format!("{id_or_arn} is not the ARN of a channel of yours.")))?
    } else {
        id_or_arn
    };
    let place = here(context, id.to_owned());
    let channel = context.own(context.region).and_then(|state| state.channels.get(id)).cloned();
    let text = format!("The channel {id_or_arn} was not found.");
    channel.map(|channel| (place, channel)).ok_or_else(|| refuse("ChannelNotFoundException", text))
}

/// Service-linked channels belong to the service that made them.
pub(super) fn require_own(channel: &Channel) -> Result<(), ServiceError> {
    require(
        !channel.is_service_linked(),
        "OperationNotPermittedException",
        format!("The service-linked channel {} cannot be changed.", channel.name),
    )
}

/// Whether any channel delivers to a store.
pub(super) fn any_sends_to(context: &Context<'_>, store: &Place) -> bool {
    let location = store_arn(context, store);
    context.state(&store.account, &store.region).is_some_and(|state| {
        state
            .channels
            .values()
            .flat_map(|channel| &channel.destinations)
            .any(|destination| destination.location == location)
    })
}

/// Puts a changed channel back.
pub(super) fn keep(context: &mut Context<'_>, place: Place, channel: Channel) {
    context.state_mut(&place.account, &place.region).channels.insert(place.key, channel);
}

fn here(context: &Context<'_>, id: String) -> Place {
    Place { account: context.caller.to_owned(), region: context.region.to_owned(), key: id }
}

fn arn_of(context: &Context<'_>, place: &Place) -> String {
    context.arn(&place.account, &place.region, &format!("channel/{}", place.key))
}

fn describe(context: &Context<'_>, place: &Place, channel: &Channel) -> ChannelDescription {
    let mut destinations = channel.destinations.clone();
    if context.switches.destination_as_id {
        for destination in &mut destinations {
            if let Some((_, id)) = destination.location.rsplit_once('/') {
                destination.location = id.to_owned();
            }
        }
    }
    ChannelDescription {
        channel_arn: arn_of(context, place),
        name: channel.name.clone(),
        source: channel.source.clone(),
        destinations,
        source_config: channel.source_config.clone(),
        ingestion_status: None,
        tags: None,
    }
}

fn check_name(name: &str) -> Result<(), ServiceError> {
    require(
        is_name(name) && !name.starts_with("aws-service-channel"),
        INVALID,
        format!("The channel name {name} is not valid."),
    )
}

fn require_free_name(context: &Context<'_>, name: &str, except: Option<&str>) -> Result<(), ServiceError> {
    let taken = context.own(context.region).is_some_and(|state| {
        state.channels.iter().any(|(id, channel)| Some(id.as_str()) != except && channel.name == name)
    });
    require(!taken, "ChannelAlreadyExistsException", format!("The channel {name} already exists."))
}

/// Destinations by ARN, each a store that takes events from outside of AWS: only ActivityAuditLog, in one
/// Region, not of an organization (user guide, "Create an integration").
fn resolved(context: &mut Context<'_>, given: Vec<Destination>) -> Result<Vec<Destination>, ServiceError> {
    let text = format!("A channel has 1 to {MOST_DESTINATIONS} destinations.");
    require((1..=MOST_DESTINATIONS).contains(&given.len()), INVALID, text)?;
    let mut seen = BTreeSet::new();
    let mut destinations = Vec::new();
    for Destination { r#type, location } in given {
        require(
            r#type == "EVENT_DATA_STORE",
            INVALID,
            format!("The destination type {type} is not valid for a channel."),
        )?;
        let (place, store) = found_store(context, &location)?;
        require_active(&store)?;
        // A store that is being created is not active yet; that it is refused is unverified.
        require(
            store.settling.is_none() || !context.switches.transient_writes_refused,
            "InactiveEventDataStoreException",
            format!("The event data store {} is inactive: it is being created.", store.name),
        )?;
        require(
            store.class() == "ActivityAuditLog",
            "InvalidEventDataStoreCategoryException",
            format!("The event data store {} does not collect ActivityAuditLog events.", store.name),
        )?;
        require(
            !store.multi_region_enabled && !store.organization_enabled,
            INVALID,
            format!("The event data store {} must be for one Region and one account.", store.name),
        )?;
        let location = store_arn(context, &place);
        require(
            seen.insert(location.clone()),
            INVALID,
            format!("The destination {location} is given twice."),
        )?;
        destinations.push(Destination { r#type, location });
    }
    Ok(destinations)
}
