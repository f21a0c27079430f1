//! The life of an event data store: deletion and restoring, ingestion off and on, federation off and on.

use serde::{Deserialize, Serialize};

use super::account::Context;
use super::arn;
use super::channel;
use super::error::{ServiceError, refuse, require};
use super::event_data_store::{EventDataStore, Federation, FederationStatus, Status, can_stop, keep};
use super::event_data_store_read::{
    StoreDescription, StoreRequest, arn_of, describe, found, require_active, require_settled,
};
use super::settling::Settling;
use super::trail::Nothing;

/// DeleteEventDataStore: what still leans on the store stops it; else it waits in PENDING_DELETION, from
/// where it can be restored (user guide, event data store lifecycle).
pub(super) fn delete_event_data_store(
    context: &mut Context<'_>,
    request: StoreRequest,
) -> Result<Nothing, ServiceError> {
    let (place, store) = found(context, &request.event_data_store)?;
    let name = &store.name;
    require_active(&store)?;
    require(
        !store.termination_protection_enabled,
        "EventDataStoreTerminationProtectedException",
        format!("The event data store {name} cannot be deleted because termination protection is enabled."),
    )?;
    require(
        store.federation.is_none(),
        "EventDataStoreFederationEnabledException",
        format!("The event data store {name} cannot be deleted because Lake query federation is enabled."),
    )?;
    require(
        !channel::any_sends_to(context, &place),
        "ChannelExistsForEDSException",
        format!("The event data store {name} cannot be deleted because a channel delivers to it."),
    )?;
    require(
        !store.has_ongoing_import,
        "EventDataStoreHasOngoingImportException",
        format!("The event data store {name} has an ongoing import."),
    )?;
    // Whether an insights destination in use can be deleted is undocumented, hence the switch.
    let destination = arn_of(context, &place);
    let in_use = context.own(context.region).is_some_and(|state| {
        state.event_data_stores.values().any(|other| {
            other.insights_destination.as_ref() == Some(&destination)
                && other.status != Status::PendingDeletion
        })
    });
    require(
        !in_use || !context.switches.insights_destination_protected,
        "ConflictException",
        format!("The event data store {name} is the insights destination of another event data store."),
    )?;
    require_settled(context, store.settling.is_some())?;
    let now = context.tick();
    keep(
        context,
        place,
        EventDataStore { status: Status::PendingDeletion, settling: None, updated_timestamp: now, ..store },
    );
    Ok(Nothing {})
}

/// RestoreEventDataStore. What comes after is unverified: here CREATED, settling to ENABLED or, by a switch,
/// to STOPPED_INGESTION; and termination protection comes back, unless a switch says that it stays off.
pub(super) fn restore_event_data_store(
    context: &mut Context<'_>,
    request: StoreRequest,
) -> Result<StoreDescription, ServiceError> {
    let (place, store) = found(context, &request.event_data_store)?;
    require_status(&store, Status::PendingDeletion)?;
    let switches = context.switches;
    let to = if switches.restored_stopped && can_stop(&store) {
        Status::StoppedIngestion
    } else {
        Status::Enabled
    };
    let store = EventDataStore {
        status: Status::Created,
        settling: Some(Settling { to, after_reads: switches.settle_reads }),
        termination_protection_enabled: store.termination_protection_enabled || switches.restored_protection,
        updated_timestamp: context.tick(),
        ..store
    };
    let description = describe(context, &place, &store).of_restored();
    keep(context, place, store);
    Ok(description)
}

/// StartEventDataStoreIngestion: from STOPPED_INGESTION only (API reference).
pub(super) fn start_ingestion(
    context: &mut Context<'_>,
    request: StoreRequest,
) -> Result<Nothing, ServiceError> {
    switch_ingestion(context, &request, Status::StoppedIngestion, Status::StartingIngestion, Status::Enabled)
}

/// StopEventDataStoreIngestion: from ENABLED only (API reference).
pub(super) fn stop_ingestion(
    context: &mut Context<'_>,
    request: StoreRequest,
) -> Result<Nothing, ServiceError> {
    switch_ingestion(context, &request, Status::Enabled, Status::StoppingIngestion, Status::StoppedIngestion)
}

fn switch_ingestion(
    context: &mut Context<'_>,
    request: &StoreRequest,
    from: Status,
    through: Status,
    to: Status,
) -> Result<Nothing, ServiceError> {
    let (place, store) = found(context, &request.event_data_store)?;
    require_active(&store)?;
    require(
        can_stop(&store),
        "InvalidEventDataStoreCategoryException",
        format!("Ingestion of {} events cannot be started or stopped.", store.class()),
    )?;
    require_status(&store, from)?;
    let settling = Some(Settling { to, after_reads: context.switches.settle_reads });
    let updated_timestamp = context.tick();
    keep(context, place, EventDataStore { status: through, settling, updated_timestamp, ..store });
    Ok(Nothing {})
}

fn require_status(store: &EventDataStore, status: Status) -> Result<(), ServiceError> {
    let text =
        format!("The event data store {} is in status {:?}, not {status:?}.", store.name, store.status);
    require(store.status == status, "InvalidEventDataStoreStatusException", text)
}

/// EnableFederation's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct EnableFederationRequest {
    event_data_store: String,
    federation_role_arn: String,
}

/// What both federation calls answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FederationResponse {
    event_data_store_arn: String,
    federation_status: FederationStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    federation_role_arn: Option<String>,
}

/// EnableFederation: ENABLING, then ENABLED. Another role takes disabling first: on a store that is federated
/// it is refused (that this is the trigger of the code is unverified).
pub(super) fn enable_federation(
    context: &mut Context<'_>,
    request: EnableFederationRequest,
) -> Result<FederationResponse, ServiceError> {
    let EnableFederationRequest { event_data_store, federation_role_arn: role_arn } = request;
    let (place, store) = found(context, &event_data_store)?;
    require_active(&store)?;
    let usable = arn::parse(&role_arn).is_some_and(|parts| {
        parts.service == "iam"
            && parts.partition == context.partition()
            && parts.account == context.caller
            && parts.resource.strip_prefix("role/").is_some_and(|name| !name.is_empty())
    });
    require(
        usable && role_arn.len() <= 125,
        "InvalidParameterException",
        format!("{role_arn} is not the ARN of a role in your account of at most 125 characters."),
    )?;
    match store.federation.as_ref().map(|federation| federation.status) {
        None => {}
        Some(FederationStatus::Disabling) => return Err(busy()),
        Some(_) => {
            let text = format!("Federation is already enabled for the event data store {}.", store.name);
            return Err(refuse("EventDataStoreFederationEnabledException", text));
        }
    }
    let settling = Settling { to: FederationStatus::Enabled, after_reads: context.switches.settle_reads };
    let status = FederationStatus::Enabling;
    let federation = Federation { role_arn: role_arn.clone(), status, settling: Some(settling) };
    let event_data_store_arn = arn_of(context, &place);
    let updated_timestamp = context.tick();
    keep(context, place, EventDataStore { federation: Some(federation), updated_timestamp, ..store });
    Ok(FederationResponse {
        event_data_store_arn,
        federation_status: status,
        federation_role_arn: Some(role_arn),
    })
}

/// DisableFederation: DISABLING, then DISABLED. On a store that is not federated nothing happens (unverified).
pub(super) fn disable_federation(
    context: &mut Context<'_>,
    request: StoreRequest,
) -> Result<FederationResponse, ServiceError> {
    let (place, store) = found(context, &request.event_data_store)?;
    require_active(&store)?;
    let event_data_store_arn = arn_of(context, &place);
    let Some(federation) = &store.federation else {
        let federation_status = FederationStatus::Disabled;
        return Ok(FederationResponse { event_data_store_arn, federation_status, federation_role_arn: None });
    };
    if federation.settling.is_some() {
        return Err(busy());
    }
    let federation = Federation {
        role_arn: federation.role_arn.clone(),
        status: FederationStatus::Disabling,
        settling: Some(Settling {
            to: FederationStatus::Disabled,
            after_reads: context.switches.settle_reads,
        }),
    };
    let updated_timestamp = context.tick();
    keep(context, place, EventDataStore { federation: Some(federation), updated_timestamp, ..store });
    let federation_status = FederationStatus::Disabling;
    Ok(FederationResponse { event_data_store_arn, federation_status, federation_role_arn: None })
}

fn busy() -> ServiceError {
    refuse(
        "ConcurrentModificationException",
        "You are trying to update a resource when another request is in progress. Try again later.",
    )
}
