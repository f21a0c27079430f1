//! The shape of an event data store in the manifest, and the store that it means.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use super::policy::policy_schema;
use super::reference::StoreReference;
use super::selector::{AdvancedEventSelectorShape, InsightSelectorShape};
use super::unless;
use crate::name::{Name, Tags};
use crate::resource::EventDataStore;
use crate::resource::event_data_store::{BillingMode, ContextKeySelector, MaxEventSize};
use crate::resource::selector::{AdvancedEventSelector, FieldSelector};

/// A CloudTrail Lake event data store. A setting that is left out has its default, whatever the account has now.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "EventDataStore")]
pub(super) struct EventDataStoreShape {
    /// 3–128 letters, digits, `.`, `_` and `-`. Can be changed in place, with `renamedFrom`.
    #[schemars(length(min = 3, max = 128))]
    pub(super) name: String,
    /// The store's previous name: it is renamed in place (UpdateEventDataStore). Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 128))]
    pub(super) renamed_from: Option<String>,
    /// Which events are recorded, up to 500 values. Default: all management events. Events of AWS, insights, configuration
    /// items, audit evidence and activity of partners (`ActivityAuditLog`) need stores of their own, for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    advanced_event_selectors: Option<Vec<AdvancedEventSelectorShape>>,
    /// Whether events of all regions are recorded. Default: `true`. Must be `false` for the destination of a channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = true))]
    multi_region_enabled: Option<bool>,
    /// Whether events of every account of the organization are recorded. Default: `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    organization_enabled: Option<bool>,
    /// How retention is paid. Default: `EXTENDABLE_RETENTION_PRICING`. Fixed can become extendable, never the other way round.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["EXTENDABLE_RETENTION_PRICING", "FIXED_RETENTION_PRICING"], "default" = "EXTENDABLE_RETENTION_PRICING"))]
    billing_mode: Option<String>,
    /// Days, 7–3653 extendable and 7–2557 fixed. Default: 366 extendable, 2557 fixed. Lowering it deletes what is older.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 7, max = 3653))]
    retention_period: Option<u32>,
    /// Whether deletion is refused. Default: `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = true))]
    termination_protection_enabled: Option<bool>,
    /// The KMS key that encrypts the store, in its region: `alias/…`, alias ARN, key id or key ARN. Default: none.
    /// Once set, it can be neither changed nor removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 350))]
    kms_key_id: Option<String>,
    /// Whether events are taken in (Start- and StopEventDataStoreIngestion). Default: `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = true))]
    ingestion_enabled: Option<bool>,
    /// The role with which the store is federated, to be queried with Athena (EnableFederation, DisableFederation). Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 125))]
    federation_role_arn: Option<String>,
    /// Unusual activity to look for among management events. Needs `insightsDestination`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    insight_selectors: Vec<InsightSelectorShape>,
    /// The store that receives insights, of category `Insight`: a name in this manifest, or an ARN. Needs
    /// `insightSelectors`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    insights_destination: Option<StoreReference>,
    /// The largest event that is taken in: `Standard` (256 KB) or `Large` (1 MB). Default: `Standard`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["Standard", "Large"], "default" = "Standard"))]
    max_event_size: Option<String>,
    /// Keys by which events are enriched; needs `maxEventSize: Large`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 2))]
    context_key_selectors: Vec<ContextKeySelectorShape>,
    /// Tags, key to value, at most 50 with the header's and the two of trailkeeper's own, which are added. Default: none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) tags: BTreeMap<String, String>,
    /// The resource policy: a mapping, or a JSON text. `${self.arn}` is this store. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "policy_schema")]
    pub(super) resource_policy: Option<Value>,
    /// A file with the resource policy as JSON, relative to this file; instead of `resourcePolicy`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub(super) resource_policy_file: Option<String>,
    /// Settings and single tags that somebody else looks after: `retentionPeriod`, `tags.cost-center`, `resourcePolicy`.
    /// Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ignore: Vec<String>,
}

/// Keys by which events are enriched, of one type.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ContextKeySelector")]
pub(super) struct ContextKeySelectorShape {
    /// `TagContext` for keys of resource tags, `RequestContext` for IAM's global condition keys.
    #[schemars(extend("enum" = ["TagContext", "RequestContext"]))]
    r#type: String,
    /// The keys: of tags, or condition keys such as `aws:PrincipalArn`.
    #[schemars(length(min = 1, max = 50), inner(length(min = 1, max = 128)))]
    equals: Vec<String>,
}

impl EventDataStoreShape {
    /// The shape that means this store, without what is the default anyway. Its policy is a resource of its own.
    pub(super) fn of(store: &EventDataStore) -> EventDataStoreShape {
        let EventDataStore {
            name,
            advanced_event_selectors,
            multi_region_enabled,
            organization_enabled,
            billing_mode,
            retention_period,
            termination_protection_enabled,
            kms_key_id,
            ingestion_enabled,
            federation_role_arn,
            insight_selectors,
            insights_destination,
            max_event_size,
            context_key_selectors,
            tags,
            home: _,
        } = store;
        let selectors = (!store.has_default_selectors())
            .then(|| advanced_event_selectors.iter().map(AdvancedEventSelectorShape::of).collect());
        // Without insights a destination means nothing.
        let destination = insights_destination.as_ref().filter(|_| !insight_selectors.is_empty());
        EventDataStoreShape {
            name: name.as_str().to_owned(),
            renamed_from: None,
            advanced_event_selectors: selectors,
            multi_region_enabled: unless(*multi_region_enabled, true),
            organization_enabled: unless(*organization_enabled, false),
            billing_mode: unless(billing_mode, &BillingMode::Extendable).map(ToString::to_string),
            retention_period: unless(*retention_period, billing_mode.default_retention()),
            termination_protection_enabled: unless(*termination_protection_enabled, true),
            kms_key_id: kms_key_id.clone(),
            ingestion_enabled: unless(*ingestion_enabled, true),
            federation_role_arn: federation_role_arn.clone(),
            insight_selectors: insight_selectors.iter().map(InsightSelectorShape::of).collect(),
            insights_destination: destination.cloned().map(StoreReference),
            max_event_size: unless(max_event_size, &MaxEventSize::Standard).map(ToString::to_string),
            context_key_selectors: context_key_selectors
                .iter()
                .map(|ContextKeySelector { r#type, equals }| ContextKeySelectorShape {
                    r#type: r#type.clone(),
                    equals: equals.clone(),
                })
                .collect(),
            tags: tags.clone(),
            resource_policy: None,
            resource_policy_file: None,
            ignore: Vec::new(),
        }
    }

    /// The store with its defaults (API reference, `CreateEventDataStore`) and all of its tags.
    pub(super) fn into_store(self, tags: Tags) -> EventDataStore {
        let EventDataStoreShape {
            name,
            renamed_from: _,
            advanced_event_selectors,
            multi_region_enabled,
            organization_enabled,
            billing_mode,
            retention_period,
            termination_protection_enabled,
            kms_key_id,
            ingestion_enabled,
            federation_role_arn,
            insight_selectors,
            insights_destination,
            max_event_size,
            context_key_selectors,
            tags: _,
            resource_policy: _,
            resource_policy_file: _,
            ignore: _,
        } = self;
        let billing_mode = billing_mode.map_or(BillingMode::Extendable, |word| BillingMode::from_word(&word));
        let selectors = advanced_event_selectors
            .map(|selectors| selectors.into_iter().map(AdvancedEventSelectorShape::into_selector).collect());
        EventDataStore {
            name: Name::new(name),
            advanced_event_selectors: selectors.unwrap_or_else(|| vec![default_selector()]),
            multi_region_enabled: multi_region_enabled.unwrap_or(true),
            organization_enabled: organization_enabled.unwrap_or(false),
            retention_period: retention_period.unwrap_or_else(|| billing_mode.default_retention()),
            billing_mode,
            termination_protection_enabled: termination_protection_enabled.unwrap_or(true),
            kms_key_id,
            ingestion_enabled: ingestion_enabled.unwrap_or(true),
            federation_role_arn,
            insight_selectors: insight_selectors
                .into_iter()
                .map(InsightSelectorShape::into_selector)
                .collect(),
            insights_destination: insights_destination.map(|StoreReference(text)| text),
            max_event_size: max_event_size
                .map_or(MaxEventSize::Standard, |word| MaxEventSize::from_word(&word)),
            context_key_selectors: context_key_selectors
                .into_iter()
                .map(|ContextKeySelectorShape { r#type, equals }| ContextKeySelector { r#type, equals })
                .collect(),
            tags,
            home: None,
        }
    }
}

/// What a store records when no selector is declared (API reference, `CreateEventDataStore`).
fn default_selector() -> AdvancedEventSelector {
    let category = FieldSelector {
        field: "eventCategory".to_owned(),
        equals: vec!["Management".to_owned()],
        ..FieldSelector::default()
    };
    AdvancedEventSelector {
        name: Some("Default management events".to_owned()),
        field_selectors: vec![category],
    }
}
