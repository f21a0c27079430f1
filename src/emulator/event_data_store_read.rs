//! Event data stores as they are seen: how an id or ARN finds one, how it reads back, GetEventDataStore and
//! ListEventDataStores.

use serde::{Deserialize, Serialize};

use super::account::{Context, Place, Standing};
use super::arn;
use super::error::{ServiceError, refuse, require};
use super::event_data_store::{BillingMode, EventDataStore, FederationStatus, Status};
use super::kms;
use super::paging::{in_bounds, page};
use super::selector::AdvancedEventSelector;
use super::settling::look;
use super::tag::Tag;

/// A request that only names a store.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct StoreRequest {
    pub(super) event_data_store: String,
}

/// The store that an id or ARN means to the caller. To name a store is to look at it: what is settling moves
/// on, whatever the call.
pub(super) fn found(
    context: &mut Context<'_>,
    id_or_arn: &str,
) -> Result<(Place, EventDataStore), ServiceError> {
    let place = place_of(context, id_or_arn)?;
    let missing = || {
        let text = format!("The event data store {id_or_arn} was not found.");
        refuse("EventDataStoreNotFoundException", text)
    };
    if context.state(&place.account, &place.region).is_none() {
        return Err(missing());
    }
    let state = context.state_mut(&place.account, &place.region);
    let store = state.event_data_stores.get_mut(&place.key).ok_or_else(missing)?;
    let mut moved = look(&mut store.status, &mut store.settling);
    if let Some(federation) = &mut store.federation {
        moved |= look(&mut federation.status, &mut federation.settling);
        if federation.status == FederationStatus::Disabled {
            store.federation = None;
        }
    }
    let store = store.clone();
    context.touched |= moved;
    Ok((place, store))
}

fn place_of(context: &Context<'_>, id_or_arn: &str) -> Result<Place, ServiceError> {
    const INVALID: &str = "EventDataStoreARNInvalidException";
    let here = context.region.to_owned();
    if !arn::is_meant(id_or_arn) {
        let shaped =
            !id_or_arn.is_empty() && id_or_arn.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        require(shaped, INVALID, format!("{id_or_arn} is not the id or ARN of an event data store."))?;
        return Ok(Place { account: context.caller.to_owned(), region: here, key: id_or_arn.to_owned() });
    }
    let parts = arn::parse(id_or_arn)
        .filter(|parts| parts.service == "cloudtrail" && parts.partition == context.partition())
        .and_then(|parts| Some((parts, parts.resource.strip_prefix("eventdatastore/")?)));
    let Some((parts, id)) = parts else {
        return Err(refuse(INVALID, format!("{id_or_arn} is not the ARN of an event data store.")));
    };
    // A delegated administrator reaches the organization's stores, which the management account owns.
    let delegated = match context.standing() {
        Standing::DelegatedAdmin { management } => management == parts.account,
        Standing::Management | Standing::Member { .. } | Standing::Outside => false,
    };
    let organization = context
        .state(parts.account, parts.region)
        .and_then(|state| state.event_data_stores.get(id))
        .is_some_and(|store| store.organization_enabled);
    require(
        parts.account == context.caller || delegated && organization,
        INVALID,
        format!("{id_or_arn} does not map to an event data store in your account."),
    )?;
    require(
        parts.region == here,
        "EventDataStoreNotFoundException",
        format!("The event data store {id_or_arn} was not found in {here}."),
    )?;
    Ok(Place { account: parts.account.to_owned(), region: here, key: id.to_owned() })
}

/// In PENDING_DELETION only RestoreEventDataStore is possible (user guide, event data store lifecycle).
pub(super) fn require_active(store: &EventDataStore) -> Result<(), ServiceError> {
    require(
        store.status != Status::PendingDeletion,
        "InactiveEventDataStoreException",
        format!("The event data store {} is inactive: it is pending deletion.", store.name),
    )
}

/// Whether a change is possible in a transitional status is unverified, hence the switch.
pub(super) fn require_settled(context: &Context<'_>, settling: bool) -> Result<(), ServiceError> {
    require(
        !settling || !context.switches.transient_writes_refused,
        "ConflictException",
        "The resource is not ready, or another operation is modifying it. Wait a few minutes and try again.",
    )
}

/// A store's ARN.
pub(super) fn arn_of(context: &Context<'_>, place: &Place) -> String {
    context.arn(&place.account, &place.region, &format!("eventdatastore/{}", place.key))
}

/// A store as CloudTrail describes it (API reference, GetEventDataStore).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StoreDescription {
    event_data_store_arn: String,
    name: String,
    status: Status,
    advanced_event_selectors: Vec<AdvancedEventSelector>,
    multi_region_enabled: bool,
    organization_enabled: bool,
    retention_period: i64,
    billing_mode: BillingMode,
    termination_protection_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    federation_status: Option<FederationStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    federation_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags_list: Option<Vec<Tag>>,
    created_timestamp: u64,
    updated_timestamp: u64,
}

impl StoreDescription {
    /// The answer of CreateEventDataStore names the tags, and nothing of federation.
    pub(super) fn of_new(self, tags: Vec<Tag>) -> StoreDescription {
        StoreDescription { tags_list: Some(tags), ..self.of_restored() }
    }

    /// The answer of RestoreEventDataStore, which says nothing of federation.
    pub(super) fn of_restored(self) -> StoreDescription {
        StoreDescription { federation_status: None, federation_role_arn: None, ..self }
    }
}

/// How a store reads back.
pub(super) fn describe(context: &Context<'_>, place: &Place, store: &EventDataStore) -> StoreDescription {
    // The API reference says key ARN, the guide's examples show the alias ARN that was given.
    let key = |given: &String| match context.switches.eds_kms_as_alias {
        true => Some(given.clone()),
        false => kms::key_arn(context, given),
    };
    let off = (!context.switches.federation_disabled_absent).then_some(FederationStatus::Disabled);
    StoreDescription {
        event_data_store_arn: arn_of(context, place),
        name: store.name.clone(),
        status: store.status,
        advanced_event_selectors: store.advanced_event_selectors.clone(),
        multi_region_enabled: store.multi_region_enabled,
        organization_enabled: store.organization_enabled,
        retention_period: store.retention_period,
        billing_mode: store.billing_mode,
        termination_protection_enabled: store.termination_protection_enabled,
        kms_key_id: store.kms_key_id.as_ref().and_then(key),
        federation_status: store.federation.as_ref().map_or(off, |federation| Some(federation.status)),
        federation_role_arn: store.federation.as_ref().map(|federation| federation.role_arn.clone()),
        tags_list: None,
        created_timestamp: store.created_timestamp,
        updated_timestamp: store.updated_timestamp,
    }
}

/// GetEventDataStore: of any status.
pub(super) fn get_event_data_store(
    context: &mut Context<'_>,
    request: StoreRequest,
) -> Result<StoreDescription, ServiceError> {
    let (place, store) = found(context, &request.event_data_store)?;
    Ok(describe(context, &place, &store))
}

/// ListEventDataStores's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListEventDataStoresRequest {
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// ListEventDataStores's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListEventDataStoresResponse {
    event_data_stores: Vec<StoreName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StoreName {
    event_data_store_arn: String,
    name: String,
}

/// ListEventDataStores: ARN and name only (API reference: the other members are no longer returned), stores
/// that wait for deletion included.
pub(super) fn list_event_data_stores(
    context: &mut Context<'_>,
    request: ListEventDataStoresRequest,
) -> Result<ListEventDataStoresResponse, ServiceError> {
    require(
        in_bounds(request.max_results),
        "InvalidMaxResultsException",
        "MaxResults must be between 1 and 1000.",
    )?;
    let delegated = match context.standing() {
        Standing::DelegatedAdmin { management } => Some(management),
        Standing::Management | Standing::Member { .. } | Standing::Outside => None,
    };
    let shadows = context.switches.shadow_stores_listed;
    let accounts = std::iter::once(context.caller.to_owned()).chain(delegated);
    let mut entries = Vec::new();
    for account in accounts {
        for (region, state) in context.regions(&account) {
            for (id, store) in &state.event_data_stores {
                let seen = region == context.region || shadows && store.multi_region_enabled;
                if seen && (account == context.caller || store.organization_enabled) {
                    let place = Place { account: account.clone(), region: region.clone(), key: id.clone() };
                    let event_data_store_arn = arn_of(context, &place);
                    entries.push((
                        event_data_store_arn.clone(),
                        StoreName { event_data_store_arn, name: store.name.clone() },
                    ));
                }
            }
        }
    }
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    let (event_data_stores, next_token) =
        page(context, entries, request.max_results, request.next_token.as_deref())?;
    Ok(ListEventDataStoresResponse { event_data_stores, next_token })
}
