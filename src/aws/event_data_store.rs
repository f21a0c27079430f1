//! Event data stores and the SDK: which calls make up a store's settings. How the actions are sent, and what
//! its states mean, stands in the two files beneath.

mod calls;
mod state;

pub(super) use calls::send;
pub(super) use state::State;

use super::connection::Connection;
use super::error::{CallError, Class};
use super::read::{One, Reading, Readings, arn, filled, foreignness, time};
use super::selector;
use super::together::all_together;
use super::{policy, tags, trail};
use crate::name::{Arn, Name, Tags};
use crate::resource::event_data_store::{
    BillingMode, ContextKeySelector, EventDataStoreHealth, EventDataStoreSettings, MaxEventSize,
};
use crate::resource::selector::InsightSelector;
use crate::resource::{Call, EventDataStore, Health, Key, Kind, Parent, Spec, Text};
use crate::state::{Asks, Foreign, Pending};
use aws_sdk_cloudtrail::operation::get_event_data_store::GetEventDataStoreOutput;
use aws_sdk_cloudtrail::types::{self, EventDataStoreStatus, FederationStatus};

/// Entries of one page (API reference, `ListEventDataStores`).
const PAGE: i32 = 1000;

/// All stores that this region shows. Nothing else can be asked of one that waits for its deletion, tags neither, so
/// that the state of each is asked for first.
pub(super) async fn read(connection: &Connection, asks: &Asks) -> Result<Readings, CallError> {
    let listed = list(connection).await?;
    let states = listed.iter().map(|(name, arn)| look(connection, asks, name, arn));
    let looks = all_together(states).await?;
    let active = looks.iter().filter_map(|look| match look {
        Look::Active(_, _, arn) => Some(arn.clone()),
        Look::Settled(_) => None,
    });
    let (reads, tags) = tokio::join!(
        all_together(looks.iter().map(|look| read_one(connection, look))),
        tags::read(connection, active),
    );
    Ok(Readings::of(reads?, tags))
}

/// A store at the first look.
enum Look {
    /// There is more to be read.
    Active(Box<EventDataStore>, EventDataStoreHealth, Arn),
    /// That was all.
    Settled(One),
}

/// Name and ARN of every store: the list tells no more (API reference, `ListEventDataStores`).
async fn list(connection: &Connection) -> Result<Vec<(Name, Arn)>, CallError> {
    let mut listed = Vec::new();
    let mut next = None;
    loop {
        let request =
            connection.cloudtrail.list_event_data_stores().max_results(PAGE).set_next_token(next.take());
        let page =
            connection.call(Call::ListEventDataStores, "event data stores", Box::pin(request.send())).await?;
        for store in page.event_data_stores() {
            let name = store.name().map(Name::new);
            listed.extend(name.zip(arn(store.event_data_store_arn())));
        }
        match page.next_token() {
            Some(token) if !token.is_empty() => next = Some(token.to_owned()),
            _ => return Ok(listed),
        }
    }
}

async fn look(connection: &Connection, asks: &Asks, name: &Name, arn: &Arn) -> Result<Look, CallError> {
    if let Some(why) = foreignness(connection, asks, arn) {
        let key = Key::new(Kind::EventDataStore, name);
        return Ok(Look::Settled(One::Foreign(Foreign { key, arn: arn.clone(), why, spec: None })));
    }
    let answer = match decided(connection, name, arn).await {
        Ok(Some(answer)) => answer,
        Ok(None) => return Ok(Look::Settled(One::Gone)),
        Err(error) if is_gone(&error) => return Ok(Look::Settled(One::Gone)),
        Err(error) => return Err(error),
    };
    let name = answer.name().map_or_else(|| name.clone(), Name::new);
    Ok(match answer.status() {
        // InactiveEventDataStoreException (API reference, the errors of most operations).
        Some(EventDataStoreStatus::PendingDeletion) => {
            Look::Settled(One::Pending(Pending { arn: arn.clone(), name }))
        }
        _ => Look::Active(Box::new(described(&answer, &name)), health(&answer), arn.clone()),
    })
}

fn is_gone(error: &CallError) -> bool {
    error.is_not_found() || error.has_code("InactiveEventDataStoreException")
}

async fn read_one(connection: &Connection, look: &Look) -> Result<One, CallError> {
    match look {
        Look::Settled(one) => Ok(one.clone()),
        Look::Active(described, health, arn) => match whole(connection, described, health, arn).await {
            Err(error) if is_gone(&error) => Ok(One::Gone),
            read => read,
        },
    }
}

async fn whole(
    connection: &Connection,
    described: &EventDataStore,
    health: &EventDataStoreHealth,
    arn: &Arn,
) -> Result<One, CallError> {
    let (insights, configuration, policy) = tokio::join!(
        insights(connection, described, arn),
        configuration(connection, described, arn),
        policy::read(connection, Parent::EventDataStore, &described.name, arn),
    );
    let (insight_selectors, insights_destination) = insights?;
    let (max_event_size, context_key_selectors) = configuration?;
    let store = EventDataStore {
        insight_selectors,
        insights_destination,
        max_event_size,
        context_key_selectors,
        ..described.clone()
    };
    let (policy, policy_error) = policy.map_or_else(|error| (None, Some(error)), |policy| (policy, None));
    let reading = Box::new(Reading {
        arn: arn.clone(),
        spec: Spec::EventDataStore(store),
        policy,
        health: Health::EventDataStore(health.clone()),
    });
    Ok(One::Found(reading, policy_error))
}

/// One store once it says where it is going. CREATED does not: ENABLED or STOPPED_INGESTION may follow
/// (API reference, `CreateEventDataStore`, StartIngestion). One that stays so counts as taking events in.
async fn decided(
    connection: &Connection,
    name: &Name,
    arn: &Arn,
) -> Result<Option<GetEventDataStoreOutput>, CallError> {
    let mut patience = connection.pace.short();
    loop {
        let store = get(connection, name, arn).await?;
        let created = Some(&EventDataStoreStatus::Created);
        if store.as_ref().and_then(GetEventDataStoreOutput::status) != created || !patience.wait().await {
            return Ok(store);
        }
    }
}

/// One store as it is now; none when it is gone.
pub(super) async fn get(
    connection: &Connection,
    name: &Name,
    arn: &Arn,
) -> Result<Option<GetEventDataStoreOutput>, CallError> {
    let subject = subject(name);
    let request = connection.cloudtrail.get_event_data_store().event_data_store(arn.as_str());
    match connection.call(Call::GetEventDataStore, &subject, Box::pin(request.send())).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn subject(name: &Name) -> String {
    Key::new(Kind::EventDataStore, name).to_string()
}

/// What GetEventDataStore tells, states read as their destination; the rest at its defaults.
fn described(store: &GetEventDataStoreOutput, name: &Name) -> EventDataStore {
    let billing_mode =
        store.billing_mode().map_or(BillingMode::Extendable, |mode| BillingMode::from_word(mode.as_str()));
    let retention = store.retention_period().and_then(|days| u32::try_from(days).ok());
    let ingestion_enabled = !matches!(
        store.status(),
        Some(EventDataStoreStatus::StoppedIngestion | EventDataStoreStatus::StoppingIngestion)
    );
    let federated =
        matches!(store.federation_status(), Some(FederationStatus::Enabled | FederationStatus::Enabling));
    EventDataStore {
        name: name.clone(),
        advanced_event_selectors: selector::read_advanced(store.advanced_event_selectors()),
        multi_region_enabled: store.multi_region_enabled().unwrap_or(true),
        organization_enabled: store.organization_enabled().unwrap_or(false),
        retention_period: retention.unwrap_or_else(|| billing_mode.default_retention()),
        billing_mode,
        termination_protection_enabled: store.termination_protection_enabled().unwrap_or(true),
        kms_key_id: filled(store.kms_key_id()),
        ingestion_enabled,
        federation_role_arn: filled(store.federation_role_arn()).filter(|_| federated),
        insight_selectors: Vec::new(),
        insights_destination: None,
        max_event_size: MaxEventSize::Standard,
        context_key_selectors: Vec::new(),
        tags: Tags::new(),
        home: None,
    }
}

/// States read as their destination; that a store stays on its way is told here.
fn health(store: &GetEventDataStoreOutput) -> EventDataStoreHealth {
    let moving = |status: &&FederationStatus| {
        matches!(status, FederationStatus::Enabling | FederationStatus::Disabling)
    };
    EventDataStoreHealth {
        federation: store.federation_status().filter(moving).map(|status| status.as_str().to_owned()),
        updated: time(store.updated_timestamp()),
    }
}

/// The categories of events that the store records. Without selectors those are management events
/// (API reference, `CreateEventDataStore`).
fn records_any_of(store: &EventDataStore, categories: &[&str]) -> bool {
    let selectors = &store.advanced_event_selectors;
    let mut fields = selectors.iter().flat_map(|selector| &selector.field_selectors);
    let mut named =
        fields.by_ref().filter(|field| field.field == "eventCategory").flat_map(|field| &field.equals);
    (selectors.is_empty() && categories.contains(&"Management"))
        || named.any(|category| categories.contains(&category.as_str()))
}

/// Only what records management events can have insights (API reference, `PutInsightSelectors`).
async fn insights(
    connection: &Connection,
    store: &EventDataStore,
    arn: &Arn,
) -> Result<(Vec<InsightSelector>, Option<Text>), CallError> {
    if !records_any_of(store, &["Management"]) {
        return Ok((Vec::new(), None));
    }
    let request = connection.cloudtrail.get_insight_selectors().event_data_store(arn.as_str());
    match connection.call(Call::GetInsightSelectors, &subject(&store.name), Box::pin(request.send())).await {
        Ok(answer) => {
            let selectors = selector::read_insights(answer.insight_selectors());
            // Where nothing is looked for, the destination has no meaning.
            let destination = filled(answer.insights_destination()).filter(|_| !selectors.is_empty());
            Ok((selectors, destination.map(Text::plain)))
        }
        Err(error) if trail::no_insights(&error) => Ok((Vec::new(), None)),
        Err(error) => Err(error),
    }
}

/// Only stores of CloudTrail events have an event configuration (InvalidEventDataStoreCategoryException);
/// where there is no such operation, it is at its defaults.
async fn configuration(
    connection: &Connection,
    store: &EventDataStore,
    arn: &Arn,
) -> Result<(MaxEventSize, Vec<ContextKeySelector>), CallError> {
    let standard = (MaxEventSize::Standard, Vec::new());
    if !records_any_of(store, &["Management", "Data", "NetworkActivity"]) {
        return Ok(standard);
    }
    let request = connection.cloudtrail.get_event_configuration().event_data_store(arn.as_str());
    match connection.call(Call::GetEventConfiguration, &subject(&store.name), Box::pin(request.send())).await
    {
        Ok(answer) => {
            let size = answer
                .max_event_size()
                .map_or(MaxEventSize::Standard, |size| MaxEventSize::from_word(size.as_str()));
            let selector = |selector: &types::ContextKeySelector| ContextKeySelector {
                r#type: selector.r#type().as_str().to_owned(),
                equals: selector.equals().to_vec(),
            };
            Ok((size, answer.context_key_selectors().iter().map(selector).collect()))
        }
        Err(error) if error.class == Class::Unsupported => Ok(standard),
        Err(error) => Err(error),
    }
}

/// The store of this name, if there is one that does not wait for its deletion.
pub(super) async fn find(
    connection: &Connection,
    name: &Name,
) -> Result<Option<(Arn, EventDataStore)>, CallError> {
    for (_, arn) in list(connection).await?.iter().filter(|(listed, _)| listed == name) {
        let Some(answer) = get(connection, name, arn).await? else { continue };
        if answer.status() != Some(&EventDataStoreStatus::PendingDeletion) {
            return Ok(Some((arn.clone(), described(&answer, name))));
        }
    }
    Ok(None)
}

/// The live store as it would be had it been created with these settings: the same again when it was.
/// A member that was not sent has the default, which is left to the service.
pub(super) fn as_created(live: &EventDataStore, sent: &EventDataStoreSettings) -> EventDataStore {
    let EventDataStoreSettings {
        name,
        advanced_event_selectors,
        multi_region_enabled,
        organization_enabled,
        retention_period,
        billing_mode,
        termination_protection_enabled,
        kms_key_id,
    } = sent.clone();
    EventDataStore {
        name: name.unwrap_or_else(|| live.name.clone()),
        advanced_event_selectors: advanced_event_selectors
            .unwrap_or_else(|| live.advanced_event_selectors.clone()),
        multi_region_enabled: multi_region_enabled.unwrap_or(live.multi_region_enabled),
        organization_enabled: organization_enabled.unwrap_or(live.organization_enabled),
        retention_period: retention_period.unwrap_or(live.retention_period),
        billing_mode: billing_mode.unwrap_or_else(|| live.billing_mode.clone()),
        termination_protection_enabled: termination_protection_enabled
            .unwrap_or(live.termination_protection_enabled),
        kms_key_id: trail::key_as_read(kms_key_id, live.kms_key_id.as_ref()),
        ..live.clone()
    }
}
