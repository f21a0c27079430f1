//! PutEventConfiguration and GetEventConfiguration: aggregation on trails, event size and context keys on
//! event data stores.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::account::{Context, Place};
use super::error::{ServiceError, refuse, require};
use super::event_data_store::{self, EventDataStore};
use super::event_data_store_read::{arn_of, found as found_store, require_active, require_settled};
use super::event_selectors;
use super::trail;
use super::trail_read::{Access, find};

const INVALID: &str = "InvalidParameterException";
const COMBINATION: &str = "InvalidParameterCombinationException";

/// Which aggregations of data events a trail delivers (API reference, AggregationConfiguration).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AggregationConfiguration {
    templates: Vec<String>,
    event_category: String,
}

/// The largest event that a store keeps: 256 KB or 1 MB (API reference, MaxEventSize).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum MaxEventSize {
    Standard,
    Large,
}

/// Which keys a store adds to its events (API reference, ContextKeySelector).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ContextKeySelector {
    r#type: String,
    equals: Vec<String>,
}

/// PutEventConfiguration's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PutEventConfigurationRequest {
    trail_name: Option<String>,
    event_data_store: Option<String>,
    max_event_size: Option<MaxEventSize>,
    context_key_selectors: Option<Vec<ContextKeySelector>>,
    aggregation_configurations: Option<Vec<AggregationConfiguration>>,
}

/// GetEventConfiguration's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetEventConfigurationRequest {
    trail_name: Option<String>,
    event_data_store: Option<String>,
}

/// What both calls answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EventConfigurationResponse {
    #[serde(rename = "TrailARN", skip_serializing_if = "Option::is_none")]
    trail_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_data_store_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_event_size: Option<MaxEventSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_key_selectors: Option<Vec<ContextKeySelector>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregation_configurations: Option<Vec<AggregationConfiguration>>,
}

fn one_target() -> ServiceError {
    refuse(COMBINATION, "Specify either TrailName or EventDataStore.")
}

/// PutEventConfiguration.
pub(super) fn put_event_configuration(
    context: &mut Context<'_>,
    request: PutEventConfigurationRequest,
) -> Result<EventConfigurationResponse, ServiceError> {
    match (&request.trail_name, &request.event_data_store) {
        (Some(name), None) => {
            // Which code the service answers for a member of the other kind is unverified.
            require(
                request.max_event_size.is_none() && request.context_key_selectors.is_none(),
                COMBINATION,
                "MaxEventSize and ContextKeySelectors are for event data stores.",
            )?;
            put_on_trail(context, name, request.aggregation_configurations)
        }
        (None, Some(id)) => {
            let text = "AggregationConfigurations are for trails.";
            require(request.aggregation_configurations.is_none(), COMBINATION, text)?;
            put_on_store(context, id, request.max_event_size, request.context_key_selectors.clone())
        }
        _ => Err(one_target()),
    }
}

/// What is left out stays or is cleared, and whether an empty list clears: unverified, hence the switches.
fn put_on_trail(
    context: &mut Context<'_>,
    name: &str,
    configurations: Option<Vec<AggregationConfiguration>>,
) -> Result<EventConfigurationResponse, ServiceError> {
    let (place, found) = find(context, name, Access::Write)?;
    let configurations = match configurations {
        Some(empty) if empty.is_empty() && context.switches.empty_aggregation_keeps => {
            found.aggregation_configurations.clone()
        }
        Some(configurations) => configurations,
        None if context.switches.event_configuration_omission_clears => Vec::new(),
        None => found.aggregation_configurations.clone(),
    };
    check_aggregation(&configurations)?;
    require(
        configurations.is_empty() || event_selectors::logged(found).data,
        INVALID,
        "Aggregation needs data events, which the trail does not log.",
    )?;
    let answer = of_trail(context, &place, &configurations);
    trail::kept(context, &place)?.aggregation_configurations = configurations;
    Ok(answer)
}

/// Event size and context keys, for stores of CloudTrail events. Keys need large events (API reference,
/// PutEventConfiguration). What is left out stays or is cleared: unverified, hence the switch.
fn put_on_store(
    context: &mut Context<'_>,
    id: &str,
    max_event_size: Option<MaxEventSize>,
    selectors: Option<Vec<ContextKeySelector>>,
) -> Result<EventConfigurationResponse, ServiceError> {
    let (place, store) = found_configurable(context, id)?;
    require_settled(context, store.settling.is_some())?;
    event_data_store::require_not_stopped(context, &store)?;
    let clears = context.switches.event_configuration_omission_clears;
    let kept_size = if clears { MaxEventSize::Standard } else { store.max_event_size };
    let kept_selectors = if clears { Vec::new() } else { store.context_key_selectors.clone() };
    let max_event_size = max_event_size.unwrap_or(kept_size);
    let context_key_selectors = selectors.unwrap_or(kept_selectors);
    check_context_keys(&context_key_selectors)?;
    require(
        context_key_selectors.is_empty() || max_event_size == MaxEventSize::Large,
        INVALID,
        "MaxEventSize must be Large when there are ContextKeySelectors.",
    )?;
    let store = EventDataStore { max_event_size, context_key_selectors, ..store };
    let answer = of_store(context, &place, &store);
    event_data_store::keep(context, place, store);
    Ok(answer)
}

fn found_configurable(context: &mut Context<'_>, id: &str) -> Result<(Place, EventDataStore), ServiceError> {
    let (place, store) = found_store(context, id)?;
    require_active(&store)?;
    require(
        store.class() == "CloudTrail",
        "InvalidEventDataStoreCategoryException",
        format!("The event data store {} does not collect CloudTrail events.", store.name),
    )?;
    Ok((place, store))
}

fn of_store(context: &Context<'_>, place: &Place, store: &EventDataStore) -> EventConfigurationResponse {
    EventConfigurationResponse {
        trail_arn: None,
        event_data_store_arn: Some(arn_of(context, place)),
        max_event_size: Some(store.max_event_size),
        context_key_selectors: Some(store.context_key_selectors.clone()),
        aggregation_configurations: None,
    }
}

/// At most one selector per type, with 1 to 50 keys of 1 to 128 characters; of the request's context only the
/// documented condition keys (user guide, "Enrich CloudTrail events").
fn check_context_keys(selectors: &[ContextKeySelector]) -> Result<(), ServiceError> {
    let mut seen = BTreeSet::new();
    for ContextKeySelector { r#type, equals } in selectors {
        let known = matches!(r#type.as_str(), "TagContext" | "RequestContext");
        require(known, INVALID, format!("{type} is not a valid type of context key selector."))?;
        require(seen.insert(r#type), INVALID, format!("{type} is given more than once."))?;
        require((1..=50).contains(&equals.len()), INVALID, "A context key selector has 1 to 50 keys.")?;
        for key in equals {
            let fits = (1..=128).contains(&key.chars().count());
            let allowed = r#type == "TagContext" || is_request_context_key(key);
            require(fits && allowed, INVALID, format!("The context key {key} is not valid for {type}."))?;
        }
    }
    Ok(())
}

fn is_request_context_key(key: &str) -> bool {
    const KEYS: [&str; 22] = [
        "CurrentTime",
        "EpochTime",
        "FederatedProvider",
        "MultiFactorAuthAge",
        "MultiFactorAuthPresent",
        "PrincipalAccount",
        "PrincipalArn",
        "PrincipalIsAWSService",
        "PrincipalOrgID",
        "PrincipalOrgPaths",
        "PrincipalServiceName",
        "PrincipalServiceNamesList",
        "PrincipalType",
        "RequestedRegion",
        "SecureTransport",
        "SourceAccount",
        "SourceIdentity",
        "SourceOrgID",
        "TokenIssueTime",
        "ViaAWSService",
        "userid",
        "username",
    ];
    let Some(name) = key.strip_prefix("aws:") else { return false };
    // The spelling of principal tags is unverified.
    name.starts_with("PrincipalTag/") || KEYS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// GetEventConfiguration.
pub(super) fn get_event_configuration(
    context: &mut Context<'_>,
    request: GetEventConfigurationRequest,
) -> Result<EventConfigurationResponse, ServiceError> {
    match (request.trail_name, request.event_data_store) {
        (Some(name), None) => {
            let (place, trail) = find(context, &name, Access::Read)?;
            Ok(of_trail(context, &place, &trail.aggregation_configurations))
        }
        (None, Some(id)) => {
            let (place, store) = found_configurable(context, &id)?;
            Ok(of_store(context, &place, &store))
        }
        _ => Err(one_target()),
    }
}

fn of_trail(
    context: &Context<'_>,
    place: &Place,
    configurations: &[AggregationConfiguration],
) -> EventConfigurationResponse {
    EventConfigurationResponse {
        trail_arn: Some(context.arn(&place.account, &place.region, &format!("trail/{}", place.key))),
        event_data_store_arn: None,
        max_event_size: None,
        context_key_selectors: None,
        aggregation_configurations: Some(configurations.to_vec()),
    }
}

/// At most one configuration, for data events, with 1 to 50 different templates (API reference).
fn check_aggregation(configurations: &[AggregationConfiguration]) -> Result<(), ServiceError> {
    require(configurations.len() <= 1, INVALID, "A trail has at most one aggregation configuration.")?;
    for AggregationConfiguration { templates, event_category } in configurations {
        let text = format!("{event_category} is not a valid category for aggregation.");
        require(event_category == "Data", INVALID, text)?;
        require((1..=50).contains(&templates.len()), INVALID, "Aggregation takes 1 to 50 templates.")?;
        let mut seen = BTreeSet::new();
        for template in templates {
            let known = matches!(template.as_str(), "API_ACTIVITY" | "RESOURCE_ACCESS" | "USER_ACTIONS");
            require(known, INVALID, format!("{template} is not a valid aggregation template."))?;
            require(seen.insert(template), INVALID, format!("{template} is given more than once."))?;
        }
    }
    Ok(())
}
