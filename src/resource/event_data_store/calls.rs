//! The calls that make an event data store, change it and delete it, in the service's own words and in a safe order.

use super::{BillingMode, ContextKeySelector, EventDataStore, MaxEventSize, context_documents};
use crate::name::{Name, Tags};
use crate::resource::insight::{self, InsightSelector};
use crate::resource::selector::{self, AdvancedEventSelector};
use crate::resource::task::{append, push, tag_list, tag_tasks};
use crate::resource::{Action, After, Call, Task, Text};
use serde_json::{Map, Value as Json, json};

/// The members that CreateEventDataStore and UpdateEventDataStore share. An absent member of an update keeps its live value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventDataStoreSettings {
    /// `Name`
    pub name: Option<Name>,
    /// `AdvancedEventSelectors`
    pub advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
    /// `MultiRegionEnabled`
    pub multi_region_enabled: Option<bool>,
    /// `OrganizationEnabled`
    pub organization_enabled: Option<bool>,
    /// `RetentionPeriod`, days
    pub retention_period: Option<u32>,
    /// `BillingMode`
    pub billing_mode: Option<BillingMode>,
    /// `TerminationProtectionEnabled`
    pub termination_protection_enabled: Option<bool>,
    /// `KmsKeyId`
    pub kms_key_id: Option<String>,
}

/// One call about an event data store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventDataStoreAction {
    /// CreateEventDataStore.
    Create {
        /// Everything that an update takes too.
        settings: Box<EventDataStoreSettings>,
        /// `StartIngestion`: false is sent only when ingestion is declared off, because some
        /// categories refuse the member (user guide, event data store categories).
        start_ingestion: bool,
        /// Tags travel in the create call, so that nothing of ours is ever unowned.
        tags: Tags,
    },
    /// UpdateEventDataStore with the members that change.
    Update(Box<EventDataStoreSettings>),
    /// DeleteEventDataStore: seven days in PENDING_DELETION follow.
    Delete,
    /// RestoreEventDataStore: out of PENDING_DELETION.
    Restore,
    /// StartEventDataStoreIngestion.
    StartIngestion,
    /// StopEventDataStoreIngestion.
    StopIngestion,
    /// EnableFederation with this role.
    EnableFederation(String),
    /// DisableFederation.
    DisableFederation,
    /// PutInsightSelectors; an empty list switches insights off.
    PutInsightSelectors {
        /// The new selectors.
        selectors: Vec<InsightSelector>,
        /// The store that receives insights.
        destination: Option<Text>,
    },
    /// PutEventConfiguration; both members always travel together (what omission means is unverified).
    PutEventConfiguration {
        /// `MaxEventSize`
        max_event_size: MaxEventSize,
        /// `ContextKeySelectors`; an empty list clears.
        context_key_selectors: Vec<ContextKeySelector>,
    },
}

impl EventDataStoreAction {
    /// Which operation of the service this is.
    pub fn call(&self) -> Call {
        match self {
            EventDataStoreAction::Create { .. } => Call::CreateEventDataStore,
            EventDataStoreAction::Update(_) => Call::UpdateEventDataStore,
            EventDataStoreAction::Delete => Call::DeleteEventDataStore,
            EventDataStoreAction::Restore => Call::RestoreEventDataStore,
            EventDataStoreAction::StartIngestion => Call::StartEventDataStoreIngestion,
            EventDataStoreAction::StopIngestion => Call::StopEventDataStoreIngestion,
            EventDataStoreAction::EnableFederation(_) => Call::EnableFederation,
            EventDataStoreAction::DisableFederation => Call::DisableFederation,
            EventDataStoreAction::PutInsightSelectors { .. } => Call::PutInsightSelectors,
            EventDataStoreAction::PutEventConfiguration { .. } => Call::PutEventConfiguration,
        }
    }

    /// The request in the service's own words.
    pub(in crate::resource) fn request(&self, arn: &str, spell: &dyn Fn(&Text) -> String) -> Json {
        match self {
            EventDataStoreAction::Create { settings, start_ingestion, tags } => {
                let mut request = settings.members();
                if !start_ingestion {
                    request.insert("StartIngestion".to_owned(), false.into());
                }
                request.insert("TagsList".to_owned(), tag_list(tags).into());
                Json::Object(request)
            }
            EventDataStoreAction::Update(settings) => {
                let mut request = settings.members();
                request.insert("EventDataStore".to_owned(), arn.into());
                Json::Object(request)
            }
            EventDataStoreAction::Delete
            | EventDataStoreAction::Restore
            | EventDataStoreAction::StartIngestion
            | EventDataStoreAction::StopIngestion
            | EventDataStoreAction::DisableFederation => json!({"EventDataStore": arn}),
            EventDataStoreAction::EnableFederation(role) => {
                json!({"EventDataStore": arn, "FederationRoleArn": role})
            }
            EventDataStoreAction::PutInsightSelectors { selectors, destination } => {
                let mut request =
                    json!({"EventDataStore": arn, "InsightSelectors": insight::wire(selectors)});
                if let Some(destination) = destination {
                    request["InsightsDestination"] = spell(destination).into();
                }
                request
            }
            EventDataStoreAction::PutEventConfiguration { max_event_size, context_key_selectors } => {
                let selectors: Vec<Json> = context_key_selectors
                    .iter()
                    .map(|ContextKeySelector { r#type, equals }| json!({"Type": r#type, "Equals": equals}))
                    .collect();
                json!({
                    "EventDataStore": arn,
                    "MaxEventSize": max_event_size.as_str(),
                    "ContextKeySelectors": selectors,
                })
            }
        }
    }
}

impl EventDataStoreSettings {
    fn members(&self) -> Map<String, Json> {
        let EventDataStoreSettings {
            name,
            advanced_event_selectors,
            multi_region_enabled,
            organization_enabled,
            retention_period,
            billing_mode,
            termination_protection_enabled,
            kms_key_id,
        } = self;
        let members = [
            ("Name", name.as_ref().map(|name| name.as_str().into())),
            ("AdvancedEventSelectors", advanced_event_selectors.as_deref().map(selector::advanced_wire)),
            ("MultiRegionEnabled", multi_region_enabled.map(Json::Bool)),
            ("OrganizationEnabled", organization_enabled.map(Json::Bool)),
            ("RetentionPeriod", retention_period.map(Json::from)),
            ("BillingMode", billing_mode.as_ref().map(|mode| mode.as_str().into())),
            ("TerminationProtectionEnabled", termination_protection_enabled.map(Json::Bool)),
            ("KmsKeyId", kms_key_id.as_deref().map(Json::from)),
        ];
        members.into_iter().filter_map(|(member, value)| Some((member.to_owned(), value?))).collect()
    }
}

/// Everything that the create call takes travels in it; the rest waits for the store alone, insights also for the
/// store that receives them.
pub(super) fn create(store: &EventDataStore) -> Vec<Task> {
    let settings = Box::new(EventDataStoreSettings {
        name: Some(store.name.clone()),
        advanced_event_selectors: Some(store.written_selectors()),
        multi_region_enabled: Some(store.multi_region_enabled),
        organization_enabled: Some(store.organization_enabled),
        retention_period: Some(store.retention_period),
        billing_mode: Some(store.billing_mode.clone()),
        termination_protection_enabled: Some(store.termination_protection_enabled),
        kms_key_id: store.kms_key_id.clone(),
    });
    let start_ingestion = store.ingestion_enabled;
    let action = EventDataStoreAction::Create { settings, start_ingestion, tags: store.tags.clone() };
    let mut tasks = vec![task(action, &[])];
    if store.max_event_size != MaxEventSize::Standard || !store.context_key_selectors.is_empty() {
        tasks.push(task(event_configuration(store), &[0]));
    }
    if !store.insight_selectors.is_empty() {
        tasks.push(task(insights(store), &[0]).and_after(destination(store)));
    }
    if let Some(role) = &store.federation_role_arn {
        tasks.push(task(EventDataStoreAction::EnableFederation(role.clone()), &[0]));
    }
    tasks
}

/// What switches something off comes before what it would contradict, what switches something on after what it needs.
/// Ingestion starts first and stops last: whether a store takes changes while it is stopped is unverified, and what is
/// recorded a moment too long does no harm.
pub(super) fn update(desired: &EventDataStore, live: &EventDataStore) -> Vec<Task> {
    let mut tasks = Vec::new();
    if desired.ingestion_enabled && !live.ingestion_enabled {
        tasks.push(task(EventDataStoreAction::StartIngestion, &[]));
    }
    settings_tasks(&mut tasks, desired, live);
    if event_configuration_differs(desired, live) {
        tasks.push(task(event_configuration(desired), &[]));
    }
    federation_tasks(&mut tasks, desired, live);
    if live.ingestion_enabled && !desired.ingestion_enabled {
        let own: Vec<usize> = (0..tasks.len()).collect();
        tasks.push(task(EventDataStoreAction::StopIngestion, &own));
    }
    append(&mut tasks, tag_tasks(&desired.tags, &live.tags));
    tasks
}

/// UpdateEventDataStore, and insights around it: the service refuses selectors that contradict the insights which are on
/// (InvalidInsightSelectorsException, API reference, `UpdateEventDataStore`).
fn settings_tasks(tasks: &mut Vec<Task>, desired: &EventDataStore, live: &EventDataStore) {
    let mut settings = changed_settings(desired, live);
    let longer = settings.as_mut().and_then(later_retention);
    let selectors_differ =
        settings.as_ref().is_some_and(|settings| settings.advanced_event_selectors.is_some());
    let moved =
        desired.insights_destination != live.insights_destination && !desired.insight_selectors.is_empty();
    let looks_differ = !insight::same(&desired.insight_selectors, &live.insight_selectors);
    let staying = insight::common(&desired.insight_selectors, &live.insight_selectors);

    let mut before = Vec::new();
    let off_first = selectors_differ && !insight::same(&staying, &live.insight_selectors);
    if off_first {
        let destination = live.insights_destination.clone();
        let action = EventDataStoreAction::PutInsightSelectors { selectors: staying.clone(), destination };
        before.push(push(tasks, task(action, &[])));
    }
    let update =
        settings.map(|settings| push(tasks, task(EventDataStoreAction::Update(Box::new(settings)), &before)));
    let on_after =
        moved || (looks_differ && !(off_first && insight::same(&staying, &desired.insight_selectors)));
    if on_after && desired.insight_selectors.is_empty() {
        // The destination travels along when insights go, as other tools send it.
        let destination = live.insights_destination.clone();
        let action = EventDataStoreAction::PutInsightSelectors { selectors: Vec::new(), destination };
        tasks.push(task(action, &[]));
    } else if on_after {
        let after: Vec<usize> = update.filter(|_| selectors_differ).into_iter().collect();
        tasks.push(task(insights(desired), &after).and_after(destination(desired)));
    }
    if let Some(longer) = longer {
        let action = EventDataStoreAction::Update(Box::new(longer));
        tasks.push(task(action, &update.into_iter().collect::<Vec<usize>>()));
    }
}

/// A retention that only the new way of paying admits follows in a call of its own: whether one call may carry both is
/// unverified.
fn later_retention(settings: &mut EventDataStoreSettings) -> Option<EventDataStoreSettings> {
    settings.billing_mode.as_ref()?;
    let days = settings.retention_period.take_if(|days| *days > BillingMode::Fixed.default_retention())?;
    Some(EventDataStoreSettings { retention_period: Some(days), ..EventDataStoreSettings::default() })
}

/// A federated store keeps its role: another one means off and on again (EventDataStoreFederationEnabledException).
fn federation_tasks(tasks: &mut Vec<Task>, desired: &EventDataStore, live: &EventDataStore) {
    if desired.federation_role_arn == live.federation_role_arn {
        return;
    }
    let off = live
        .federation_role_arn
        .is_some()
        .then(|| push(tasks, task(EventDataStoreAction::DisableFederation, &[])));
    if let Some(role) = &desired.federation_role_arn {
        let after: Vec<usize> = off.into_iter().collect();
        tasks.push(task(EventDataStoreAction::EnableFederation(role.clone()), &after));
    }
}

/// Insights and federation stand in the way of a deletion (EventDataStoreFederationEnabledException; for insights the
/// user guide's order), so they go first. Seven days in PENDING_DELETION follow.
pub(super) fn delete(live: &EventDataStore) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut before = Vec::new();
    if !live.insight_selectors.is_empty() {
        let destination = live.insights_destination.clone();
        let action = EventDataStoreAction::PutInsightSelectors { selectors: Vec::new(), destination };
        before.push(push(&mut tasks, task(action, &[])));
    }
    if live.federation_role_arn.is_some() {
        before.push(push(&mut tasks, task(EventDataStoreAction::DisableFederation, &[])));
    }
    tasks.push(task(EventDataStoreAction::Delete, &before));
    tasks
}

/// The members of UpdateEventDataStore that differ; none when all are equal.
fn changed_settings(desired: &EventDataStore, live: &EventDataStore) -> Option<EventDataStoreSettings> {
    let switch = |desired: bool, live: bool| (desired != live).then_some(desired);
    let documents = |store: &EventDataStore| {
        (!store.has_default_selectors())
            .then(|| selector::advanced_documents(&store.advanced_event_selectors))
    };
    let settings = EventDataStoreSettings {
        name: (desired.name != live.name).then(|| desired.name.clone()),
        advanced_event_selectors: (documents(desired) != documents(live))
            .then(|| desired.written_selectors()),
        multi_region_enabled: switch(desired.multi_region_enabled, live.multi_region_enabled),
        organization_enabled: switch(desired.organization_enabled, live.organization_enabled),
        retention_period: (desired.retention_period != live.retention_period)
            .then_some(desired.retention_period),
        billing_mode: (desired.billing_mode != live.billing_mode).then(|| desired.billing_mode.clone()),
        termination_protection_enabled: switch(
            desired.termination_protection_enabled,
            live.termination_protection_enabled,
        ),
        // Only from none: any other change of the key has been refused as impossible.
        kms_key_id: desired.kms_key_id.clone().filter(|_| live.kms_key_id.is_none()),
    };
    (settings != EventDataStoreSettings::default()).then_some(settings)
}

fn event_configuration_differs(desired: &EventDataStore, live: &EventDataStore) -> bool {
    desired.max_event_size != live.max_event_size
        || context_documents(&desired.context_key_selectors) != context_documents(&live.context_key_selectors)
}

fn event_configuration(store: &EventDataStore) -> EventDataStoreAction {
    EventDataStoreAction::PutEventConfiguration {
        max_event_size: store.max_event_size.clone(),
        context_key_selectors: store.context_key_selectors.clone(),
    }
}

fn insights(store: &EventDataStore) -> EventDataStoreAction {
    EventDataStoreAction::PutInsightSelectors {
        selectors: store.insight_selectors.clone(),
        destination: store.insights_destination.clone(),
    }
}

fn destination(store: &EventDataStore) -> impl Iterator<Item = After> {
    store.insights_destination.iter().flat_map(Text::references).map(After::Key)
}

fn task(action: EventDataStoreAction, after: &[usize]) -> Task {
    Task::after_own(Action::EventDataStore(action), after)
}
