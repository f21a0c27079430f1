//! Event data stores: what is kept of one, and the calls that create and change it. How one is found and
//! described is in `event_data_store_read`, its end and its switches in `event_data_store_life`.

use serde::{Deserialize, Serialize};

use super::account::{Context, Place};
use super::error::{ServiceError, refuse, require};
use super::event_configuration::{ContextKeySelector, MaxEventSize};
use super::event_data_store_read::{StoreDescription, describe, found, require_active, require_settled};
use super::insight::{self, InsightSelector};
use super::kms;
use super::selector::{AdvancedEventSelector, logged_by_advanced};
use super::selector_matrix::{Carrier, check_advanced};
use super::settling::Settling;
use super::tag::{self, Tag, Tags};

/// The most stores in a region, in any status, multi-Region stores of other regions included (General
/// Reference, CloudTrail quotas).
const MOST_STORES: usize = 10;

const INVALID: &str = "InvalidParameterException";

/// A store's status (API reference, EventDataStore).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    Created,
    Enabled,
    PendingDeletion,
    StartingIngestion,
    StoppingIngestion,
    StoppedIngestion,
}

/// How a store is paid for (API reference, BillingMode).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum BillingMode {
    ExtendableRetentionPricing,
    FixedRetentionPricing,
}

/// Where a store's federation stands (API reference, FederationStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum FederationStatus {
    Enabling,
    Enabled,
    Disabling,
    Disabled,
}

/// A store's federation, as long as it is not off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Federation {
    pub(super) role_arn: String,
    pub(super) status: FederationStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) settling: Option<Settling<FederationStatus>>,
}

/// An event data store as it is kept, in the API's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct EventDataStore {
    pub(super) name: String,
    pub(super) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) settling: Option<Settling<Status>>,
    pub(super) advanced_event_selectors: Vec<AdvancedEventSelector>,
    pub(super) multi_region_enabled: bool,
    pub(super) organization_enabled: bool,
    pub(super) retention_period: i64,
    pub(super) billing_mode: BillingMode,
    pub(super) termination_protection_enabled: bool,
    /// The alias's ARN or the key's, as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kms_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) federation: Option<Federation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) insight_selectors: Vec<InsightSelector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) insights_destination: Option<String>,
    pub(super) max_event_size: MaxEventSize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) context_key_selectors: Vec<ContextKeySelector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_policy: Option<String>,
    /// AWS's own policy on an organization's store; only a snapshot sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delegated_admin_resource_policy: Option<String>,
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub(super) tags: Tags,
    pub(super) created_timestamp: u64,
    pub(super) updated_timestamp: u64,
    /// Whether an import runs, which nothing here can start; only a snapshot sets it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) has_ongoing_import: bool,
}

impl Default for EventDataStore {
    /// The defaults of CreateEventDataStore (API reference), settled.
    fn default() -> Self {
        EventDataStore {
            name: String::new(),
            status: Status::Enabled,
            settling: None,
            advanced_event_selectors: vec![AdvancedEventSelector::of_category(
                "Default management events",
                "Management",
            )],
            multi_region_enabled: true,
            organization_enabled: false,
            retention_period: 366,
            billing_mode: BillingMode::ExtendableRetentionPricing,
            termination_protection_enabled: true,
            kms_key_id: None,
            federation: None,
            insight_selectors: Vec::new(),
            insights_destination: None,
            max_event_size: MaxEventSize::Standard,
            context_key_selectors: Vec::new(),
            resource_policy: None,
            delegated_admin_resource_policy: None,
            tags: Tags::new(),
            created_timestamp: 0,
            updated_timestamp: 0,
            has_ongoing_import: false,
        }
    }
}

impl EventDataStore {
    /// The class of events, fixed for a store's life: "CloudTrail" for the three categories that mix, else
    /// the one category.
    pub(super) fn class(&self) -> &str {
        let category = self.advanced_event_selectors.first().map_or("", AdvancedEventSelector::category);
        if matches!(category, "Management" | "Data" | "NetworkActivity") { "CloudTrail" } else { category }
    }
}

/// CreateEventDataStore's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateEventDataStoreRequest {
    name: String,
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
    multi_region_enabled: Option<bool>,
    organization_enabled: Option<bool>,
    retention_period: Option<i64>,
    termination_protection_enabled: Option<bool>,
    tags_list: Option<Vec<Tag>>,
    kms_key_id: Option<String>,
    start_ingestion: Option<bool>,
    billing_mode: Option<BillingMode>,
}

/// UpdateEventDataStore's request: what is left out stays.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateEventDataStoreRequest {
    event_data_store: String,
    name: Option<String>,
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
    multi_region_enabled: Option<bool>,
    organization_enabled: Option<bool>,
    retention_period: Option<i64>,
    termination_protection_enabled: Option<bool>,
    kms_key_id: Option<String>,
    billing_mode: Option<BillingMode>,
}

/// CreateEventDataStore: answers CREATED, and settles to ENABLED or, with `StartIngestion: false`, to
/// STOPPED_INGESTION.
pub(super) fn create_event_data_store(
    context: &mut Context<'_>,
    request: CreateEventDataStoreRequest,
) -> Result<StoreDescription, ServiceError> {
    let defaults = EventDataStore::default();
    let billing_mode = request.billing_mode.unwrap_or(defaults.billing_mode);
    let organization_enabled = request.organization_enabled.unwrap_or(false);
    let account =
        if organization_enabled { context.organization_owner()? } else { context.caller.to_owned() };
    let destination =
        if request.start_ingestion.unwrap_or(true) { Status::Enabled } else { Status::StoppedIngestion };
    let store = EventDataStore {
        name: request.name,
        status: Status::Created,
        settling: Some(Settling { to: destination, after_reads: context.switches.settle_reads }),
        advanced_event_selectors: request
            .advanced_event_selectors
            .unwrap_or_else(|| defaults.advanced_event_selectors.clone()),
        multi_region_enabled: request.multi_region_enabled.unwrap_or(defaults.multi_region_enabled),
        organization_enabled,
        retention_period: request.retention_period.unwrap_or(default_retention(billing_mode)),
        billing_mode,
        termination_protection_enabled: request.termination_protection_enabled.unwrap_or(true),
        kms_key_id: request.kms_key_id.map(|key| key_of(context, &key)).transpose()?,
        tags: tag::of_new_resource(request.tags_list)?,
        ..defaults
    };
    check(&store)?;
    require(
        destination == Status::Enabled || can_stop(&store),
        "InvalidEventDataStoreCategoryException",
        format!("Ingestion of {} events cannot be stopped.", store.class()),
    )?;
    require_free_name(context, &account, &store.name, None)?;
    require_room(context, &account)?;
    let now = context.tick();
    let store = EventDataStore { created_timestamp: now, updated_timestamp: now, ..store };
    let place = Place { account, region: context.region.to_owned(), key: context.next_id() };
    let description = describe(context, &place, &store).of_new(tag::listed(context, &store.tags));
    context.state_mut(&place.account, &place.region).event_data_stores.insert(place.key, store);
    Ok(description)
}

/// UpdateEventDataStore.
pub(super) fn update_event_data_store(
    context: &mut Context<'_>,
    request: UpdateEventDataStoreRequest,
) -> Result<StoreDescription, ServiceError> {
    let (place, before) = found(context, &request.event_data_store)?;
    require_active(&before)?;
    require_settled(context, before.settling.is_some())?;
    require_not_stopped(context, &before)?;
    let store = updated(context, &before, request)?;
    check(&store)?;
    let beyond = store.billing_mode != before.billing_mode && store.retention_period > 2557;
    require(
        !(beyond && context.switches.billing_comes_alone),
        INVALID,
        "RetentionPeriod must be between 7 and 2557 days.",
    )?;
    require(
        store.class() == before.class(),
        "InvalidEventSelectorsException",
        "The class of events of an event data store cannot be changed.",
    )?;
    // Switching to the one-year price is possible, switching back is not (API reference,
    // UpdateEventDataStore). The code is unverified.
    require(
        store.billing_mode == before.billing_mode
            || store.billing_mode == BillingMode::ExtendableRetentionPricing,
        INVALID,
        "BillingMode cannot be changed from EXTENDABLE_RETENTION_PRICING to FIXED_RETENTION_PRICING.",
    )?;
    // A store's key is set once (API reference, CreateEventDataStore). The code is unverified.
    require(
        before.kms_key_id.is_none() || same_key(context, &before, &store),
        INVALID,
        "The KMS key of an event data store cannot be changed.",
    )?;
    if store.organization_enabled != before.organization_enabled {
        context.may_convert()?;
    }
    insight::check_against(&store.insight_selectors, logged_by_advanced(&store.advanced_event_selectors))?;
    require_fit_for_channels(context, &place, &store)?;
    require_free_name(context, &place.account, &store.name, Some(&place.key))?;
    let store = EventDataStore { updated_timestamp: context.tick(), ..store };
    let description = describe(context, &place, &store);
    keep(context, place, store);
    Ok(description)
}

fn updated(
    context: &Context<'_>,
    before: &EventDataStore,
    request: UpdateEventDataStoreRequest,
) -> Result<EventDataStore, ServiceError> {
    let UpdateEventDataStoreRequest {
        event_data_store: _,
        name,
        advanced_event_selectors,
        multi_region_enabled,
        organization_enabled,
        retention_period,
        termination_protection_enabled,
        kms_key_id,
        billing_mode,
    } = request;
    let given = name.is_some()
        || advanced_event_selectors.is_some()
        || multi_region_enabled.is_some()
        || organization_enabled.is_some()
        || retention_period.is_some()
        || termination_protection_enabled.is_some()
        || kms_key_id.is_some()
        || billing_mode.is_some();
    // At least one optional member (API reference, UpdateEventDataStore).
    require(given, INVALID, "At least one parameter to update is required.")?;
    let kms_key_id = kms_key_id.map(|key| key_of(context, &key)).transpose()?;
    let before = before.clone();
    Ok(EventDataStore {
        name: name.unwrap_or(before.name),
        advanced_event_selectors: advanced_event_selectors.unwrap_or(before.advanced_event_selectors),
        multi_region_enabled: multi_region_enabled.unwrap_or(before.multi_region_enabled),
        organization_enabled: organization_enabled.unwrap_or(before.organization_enabled),
        retention_period: retention_period.unwrap_or(before.retention_period),
        termination_protection_enabled: termination_protection_enabled
            .unwrap_or(before.termination_protection_enabled),
        kms_key_id: kms_key_id.or(before.kms_key_id),
        billing_mode: billing_mode.unwrap_or(before.billing_mode),
        ..before
    })
}

/// Whether a store takes changes while its ingestion is stopped is unverified, hence the switch; so is the code.
pub(super) fn require_not_stopped(context: &Context<'_>, store: &EventDataStore) -> Result<(), ServiceError> {
    require(
        !(store.status == Status::StoppedIngestion && context.switches.stopped_writes_refused),
        "InvalidEventDataStoreStatusException",
        format!("The event data store {} is in status STOPPED_INGESTION.", store.name),
    )
}

/// Puts a changed store back.
pub(super) fn keep(context: &mut Context<'_>, place: Place, store: EventDataStore) {
    context.state_mut(&place.account, &place.region).event_data_stores.insert(place.key, store);
}

/// The rules for a store's settings (API reference, CreateEventDataStore).
fn check(store: &EventDataStore) -> Result<(), ServiceError> {
    let name = &store.name;
    require(is_name(name), INVALID, format!("The name {name} is not valid."))?;
    check_advanced(&store.advanced_event_selectors, Carrier::EventDataStore)?;
    let most = match store.billing_mode {
        BillingMode::ExtendableRetentionPricing => 3653,
        BillingMode::FixedRetentionPricing => 2557,
    };
    require(
        (7..=most).contains(&store.retention_period),
        INVALID,
        format!("RetentionPeriod must be between 7 and {most} days."),
    )?;
    // Events from outside of AWS cannot be collected for an organization (user guide, integrations).
    require(
        !store.organization_enabled || store.class() != "ActivityAuditLog",
        INVALID,
        "An event data store for ActivityAuditLog events cannot be an organization event data store.",
    )
}

/// 3 to 128 of letters, digits and `._-`: the pattern of stores and channels (model).
pub(super) fn is_name(name: &str) -> bool {
    (3..=128).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// Whether ingestion can be stopped and started (API reference, StartEventDataStoreIngestion).
pub(super) fn can_stop(store: &EventDataStore) -> bool {
    matches!(store.class(), "CloudTrail" | "ConfigurationItem")
}

fn default_retention(billing_mode: BillingMode) -> i64 {
    match billing_mode {
        BillingMode::ExtendableRetentionPricing => 366,
        BillingMode::FixedRetentionPricing => 2557,
    }
}

fn key_of(context: &Context<'_>, spelling: &str) -> Result<String, ServiceError> {
    kms::alias_or_key_arn(context, spelling)
        .ok_or_else(|| refuse("InvalidKmsKeyIdException", format!("KMS key {spelling} is not valid.")))
}

fn same_key(context: &Context<'_>, one: &EventDataStore, other: &EventDataStore) -> bool {
    let key = |store: &EventDataStore| store.kms_key_id.as_ref().and_then(|key| kms::key_arn(context, key));
    key(one) == key(other)
}

/// Names are unique among a region's stores. Whether one that waits for its deletion still has its name is
/// undocumented, hence the switch.
fn require_free_name(
    context: &Context<'_>,
    account: &str,
    name: &str,
    except: Option<&str>,
) -> Result<(), ServiceError> {
    let counts = |store: &EventDataStore| {
        store.status != Status::PendingDeletion || context.switches.pending_deletion_reserves_name
    };
    let taken = context.state(account, context.region).is_some_and(|state| {
        state
            .event_data_stores
            .iter()
            .any(|(id, store)| Some(id.as_str()) != except && store.name == name && counts(store))
    });
    let text = format!("An event data store with the name {name} already exists.");
    require(!taken, "EventDataStoreAlreadyExistsException", text)
}

fn require_room(context: &Context<'_>, account: &str) -> Result<(), ServiceError> {
    let counted = context
        .regions(account)
        .flat_map(|(region, state)| state.event_data_stores.values().map(move |store| (region, store)))
        .filter(|(region, store)| *region == context.region || store.multi_region_enabled)
        .count();
    let text = format!("Your account has used the maximum number of event data stores: {MOST_STORES}.");
    require(counted < MOST_STORES, "EventDataStoreMaxLimitExceededException", text)
}

/// A channel's destination stays single-Region and out of the organization (user guide, integrations).
fn require_fit_for_channels(
    context: &Context<'_>,
    place: &Place,
    store: &EventDataStore,
) -> Result<(), ServiceError> {
    let used = super::channel::any_sends_to(context, place);
    require(
        !used || !store.multi_region_enabled,
        INVALID,
        "An event data store that a channel delivers to cannot be a multi-Region event data store.",
    )
}
