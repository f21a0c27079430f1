//! A CloudTrail Lake event data store: its settings. The calls that change them stand in `calls`, what a change may
//! lose in `dangers`.

mod calls;
mod dangers;
mod health;
#[cfg(test)]
mod tests;

pub use calls::{EventDataStoreAction, EventDataStoreSettings};
pub use health::EventDataStoreHealth;

use super::contradiction;
use super::coverage::{Scope, meets_global_services};
use super::field::{self, Value};
use super::insight::{self, InsightSelector};
use super::selector::{self, AdvancedEventSelector, FieldSelector};
use super::{Contradiction, Coverage, Danger, Field, Key, Path, Resource, Task, Text, Vocabulary, Way};
use crate::name::{Name, Region, Tags};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt;

/// All settings of an event data store. Names and defaults are those of `CreateEventDataStore` (API reference).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDataStore {
    /// Unique per account and region; can be changed in place.
    pub name: Name,
    /// Which events are recorded. Their category is the store's class and cannot be changed.
    pub advanced_event_selectors: Vec<AdvancedEventSelector>,
    /// Whether events of all regions are recorded. True by default, unlike a trail.
    pub multi_region_enabled: bool,
    /// Whether events of every account of the organization are recorded.
    pub organization_enabled: bool,
    /// How retention is paid. Extendable can never become fixed again.
    pub billing_mode: BillingMode,
    /// Days; 7–3653 extendable, 7–2557 fixed. Lowering it deletes what is older.
    pub retention_period: u32,
    /// Whether deletion is refused. True by default.
    pub termination_protection_enabled: bool,
    /// Alias name, alias ARN, key id or key ARN; settled, the key ARN. Set once, never changed.
    pub kms_key_id: Option<String>,
    /// Whether events are taken in (Start- and StopEventDataStoreIngestion).
    pub ingestion_enabled: bool,
    /// The role with which the store is federated to Athena; none when it is not.
    pub federation_role_arn: Option<String>,
    /// Which unusual activity is looked for; order means nothing.
    pub insight_selectors: Vec<InsightSelector>,
    /// The store that receives insights; settled, a reference when we know it.
    pub insights_destination: Option<Text>,
    /// `Standard` (256 KB) or `Large` (1 MB).
    pub max_event_size: MaxEventSize,
    /// Keys by which events are enriched; needs large events.
    pub context_key_selectors: Vec<ContextKeySelector>,
    /// Tags, ours among them.
    pub tags: Tags,
    /// Where it lives, which is no setting; known when settled.
    pub home: Option<Region>,
}

/// How retention is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillingMode {
    /// `EXTENDABLE_RETENTION_PRICING`, the default.
    Extendable,
    /// `FIXED_RETENTION_PRICING`.
    Fixed,
    /// What a later service may answer.
    Other(String),
}

/// The largest event that a store takes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaxEventSize {
    /// `Standard`: 256 KB, the default.
    Standard,
    /// `Large`: 1 MB.
    Large,
    /// What a later service may answer.
    Other(String),
}

/// Keys by which events are enriched; order means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextKeySelector {
    /// `TagContext` or `RequestContext`; one selector each.
    pub r#type: String,
    /// 1–50 keys of 1–128 characters.
    pub equals: Vec<String>,
}

impl BillingMode {
    /// The service's word.
    pub fn as_str(&self) -> &str {
        match self {
            BillingMode::Extendable => "EXTENDABLE_RETENTION_PRICING",
            BillingMode::Fixed => "FIXED_RETENTION_PRICING",
            BillingMode::Other(word) => word,
        }
    }

    /// The mode with this word.
    pub fn from_word(word: &str) -> BillingMode {
        match word {
            "EXTENDABLE_RETENTION_PRICING" => BillingMode::Extendable,
            "FIXED_RETENTION_PRICING" => BillingMode::Fixed,
            other => BillingMode::Other(other.to_owned()),
        }
    }

    /// Days of retention when none are declared (API reference, `CreateEventDataStore`).
    pub fn default_retention(&self) -> u32 {
        match self {
            BillingMode::Extendable | BillingMode::Other(_) => 366,
            BillingMode::Fixed => 2557,
        }
    }
}

impl fmt::Display for BillingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl MaxEventSize {
    /// The service's word.
    pub fn as_str(&self) -> &str {
        match self {
            MaxEventSize::Standard => "Standard",
            MaxEventSize::Large => "Large",
            MaxEventSize::Other(word) => word,
        }
    }

    /// The size with this word.
    pub fn from_word(word: &str) -> MaxEventSize {
        match word {
            "Standard" => MaxEventSize::Standard,
            "Large" => MaxEventSize::Large,
            other => MaxEventSize::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for MaxEventSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Resource for EventDataStore {
    fn fields(&self) -> Vec<Field> {
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
        } = self;
        // Without insights a destination means nothing, and the service answers none.
        let destination = insights_destination.as_ref().filter(|_| !insight_selectors.is_empty());
        let selectors = if self.has_default_selectors() {
            Value::Absent
        } else {
            Value::list(selector::advanced_documents(advanced_event_selectors))
        };
        let mut fields = vec![
            Field::new("name", Value::Text(name.as_str().to_owned())),
            Field::new("advancedEventSelectors", selectors),
            Field::new("multiRegionEnabled", Value::Bool(*multi_region_enabled)),
            Field::new("organizationEnabled", Value::Bool(*organization_enabled)),
            Field::new("billingMode", Value::Text(billing_mode.as_str().to_owned())),
            Field::new("retentionPeriod", Value::Int(i64::from(*retention_period))),
            Field::new("terminationProtectionEnabled", Value::Bool(*termination_protection_enabled)),
            Field::new("kmsKeyId", Value::text(kms_key_id.as_deref())),
            Field::new("ingestionEnabled", Value::Bool(*ingestion_enabled)),
            Field::new("federationRoleArn", Value::text(federation_role_arn.as_deref())),
            Field::new("insightSelectors", insight::words(insight_selectors)),
            Field::new(
                "insightsDestination",
                destination.map_or(Value::Absent, |text| Value::Text(text.to_string())),
            ),
            Field::new("maxEventSize", Value::Text(max_event_size.as_str().to_owned())),
            Field::new("contextKeySelectors", Value::list(context_documents(context_key_selectors))),
        ];
        fields.extend(field::tag_fields(tags));
        fields
    }

    fn references(&self) -> Vec<Key> {
        let destination = self.insights_destination.iter().filter(|_| !self.insight_selectors.is_empty());
        destination.flat_map(Text::references).collect()
    }

    fn settle(&mut self, vocabulary: &Vocabulary) {
        self.home = Some(vocabulary.target().region.clone());
        field::empty_is_none(&mut self.kms_key_id);
        field::empty_is_none(&mut self.federation_role_arn);
        if let Some(key) = &mut self.kms_key_id {
            *key = vocabulary.kms_key(key);
        }
        // Sent as ARN or id, answered as ARN (API reference, GetInsightSelectors).
        self.insights_destination = self.insights_destination.as_ref().map(|text| vocabulary.store(text));
    }

    fn create(&self) -> Vec<Task> {
        calls::create(self)
    }

    fn update(&self, live: &Self) -> Way {
        match dangers::impossible(self, live) {
            Some((why, help)) => Way::Impossible { why, help },
            None => Way::InPlace(calls::update(self, live)),
        }
    }

    fn delete(&self) -> Vec<Task> {
        calls::delete(self)
    }

    fn undeletable(&self) -> Option<(String, String)> {
        // EventDataStoreTerminationProtectedException (API reference, DeleteEventDataStore).
        self.termination_protection_enabled.then(|| {
            (
                "termination protection is on".to_owned(),
                "switch terminationProtectionEnabled off in the manifest and apply first".to_owned(),
            )
        })
    }

    fn leave(&mut self, path: &Path, live: &Self) {
        match path.top() {
            "name" => self.name.clone_from(&live.name),
            "advancedEventSelectors" => {
                self.advanced_event_selectors.clone_from(&live.advanced_event_selectors);
            }
            "multiRegionEnabled" => self.multi_region_enabled = live.multi_region_enabled,
            "organizationEnabled" => self.organization_enabled = live.organization_enabled,
            "billingMode" => self.billing_mode.clone_from(&live.billing_mode),
            "retentionPeriod" => self.retention_period = live.retention_period,
            "terminationProtectionEnabled" => {
                self.termination_protection_enabled = live.termination_protection_enabled;
            }
            "kmsKeyId" => self.kms_key_id.clone_from(&live.kms_key_id),
            "ingestionEnabled" => self.ingestion_enabled = live.ingestion_enabled,
            "federationRoleArn" => self.federation_role_arn.clone_from(&live.federation_role_arn),
            "insightSelectors" => {
                self.insight_selectors.clone_from(&live.insight_selectors);
                self.leave_no_half_insights(live);
            }
            "insightsDestination" => {
                self.insights_destination.clone_from(&live.insights_destination);
                self.leave_no_half_insights(live);
            }
            "maxEventSize" => self.max_event_size.clone_from(&live.max_event_size),
            "contextKeySelectors" => self.context_key_selectors.clone_from(&live.context_key_selectors),
            "tags" => field::leave_tags(&mut self.tags, path, &live.tags),
            _ => {}
        }
    }

    fn records(&self) -> Option<Coverage> {
        (self.ingestion_enabled && self.is_for_aws_events()).then(|| self.coverage())
    }

    /// A store forgets after its retention period, so that it cannot stand in for a trail.
    fn cover(&self) -> Option<Coverage> {
        None
    }

    fn contradictions(&self) -> Vec<Contradiction> {
        contradiction::of_store(self)
    }

    fn dangers(desired: Option<&Self>, live: Option<&Self>) -> Vec<Danger> {
        match (desired, live) {
            (Some(desired), Some(live)) => dangers::of_change(desired, live),
            (None, Some(live)) => dangers::of_deletion(live),
            (_, None) => Vec::new(),
        }
    }
}

/// The class of the categories that one store may mix (user guide, event data stores for CloudTrail events).
const AWS_EVENTS: &str = "CloudTrail events";

impl EventDataStore {
    /// The selector that CloudTrail gives a store for which nobody chose one (API reference,
    /// `CreateEventDataStore`); also what a reset writes.
    pub fn default_selectors() -> Vec<AdvancedEventSelector> {
        let equals = vec!["Management".to_owned()];
        let category =
            FieldSelector { field: "eventCategory".to_owned(), equals, ..FieldSelector::default() };
        vec![AdvancedEventSelector {
            name: Some("Default management events".to_owned()),
            field_selectors: vec![category],
        }]
    }

    /// Whether these selectors mean the same as none at all.
    pub(crate) fn has_default_selectors(&self) -> bool {
        let selectors = &self.advanced_event_selectors;
        selectors.is_empty() || selector::is_management_only(selectors)
    }

    /// The selectors as they are sent: the default is written out.
    fn written_selectors(&self) -> Vec<AdvancedEventSelector> {
        if self.advanced_event_selectors.is_empty() {
            EventDataStore::default_selectors()
        } else {
            self.advanced_event_selectors.clone()
        }
    }

    /// Which sort of events the store is for: management, data and network activity events may be mixed, each other
    /// category stands alone, and no store changes from one to another (user guide; for some pairs unverified).
    pub fn class(&self) -> String {
        let written = self.written_selectors();
        let fields = written.iter().flat_map(|selector| &selector.field_selectors);
        let categories: BTreeSet<&str> = fields
            .filter(|field| field.field == "eventCategory")
            .flat_map(|field| &field.equals)
            .map(|category| match category.as_str() {
                "Management" | "Data" | "NetworkActivity" => AWS_EVENTS,
                other => other,
            })
            .collect();
        categories.into_iter().collect::<Vec<_>>().join(" and ")
    }

    /// Whether it takes in what AWS itself records, alone of which there is more to choose: insights, enrichment, pausing.
    pub fn is_for_aws_events(&self) -> bool {
        self.class() == AWS_EVENTS
    }

    /// What channels send is taken in by stores for nothing else, of one region and one account (user guide,
    /// integrations).
    pub(super) fn unfit_for_channels(&self) -> Option<String> {
        let reason = if self.class() != "ActivityAuditLog" {
            "records no ActivityAuditLog"
        } else if self.multi_region_enabled {
            "is of all regions"
        } else if self.organization_enabled {
            "is the organization's"
        } else {
            return None;
        };
        Some(format!("it {reason}, so that no channel can send to it"))
    }

    /// Insights are taken in by stores for nothing else (API reference, `PutInsightSelectors`).
    pub(super) fn unfit_for_insights(&self) -> Option<String> {
        (self.class() != "Insight")
            .then(|| "it does not record Insight, so that no insights go to it".to_owned())
    }

    /// Stores have no such switch: one of a single region records what happens there.
    fn records_global_services(&self) -> Option<bool> {
        match (self.is_for_aws_events(), self.multi_region_enabled) {
            (false, _) => Some(false),
            (true, true) => Some(true),
            (true, false) => meets_global_services(self.home.as_ref()),
        }
    }

    /// What the store records while it takes events in.
    pub(super) fn coverage(&self) -> Coverage {
        let scope = Scope {
            multi_region: self.multi_region_enabled,
            global_services: self.records_global_services(),
            organization: self.organization_enabled,
            deliveries: true,
        };
        Coverage::of_advanced(&self.written_selectors(), scope)
    }

    /// The service takes insights only with a destination (API reference, `PutInsightSelectors`), so what is left to
    /// somebody else must not make half a pair.
    fn leave_no_half_insights(&mut self, live: &EventDataStore) {
        if self.insight_selectors.is_empty() == self.insights_destination.is_some() {
            self.insight_selectors.clone_from(&live.insight_selectors);
            self.insights_destination.clone_from(&live.insights_destination);
        }
    }
}

/// Context keys in canonical form: order means nothing (CloudFormation schema, `insertionOrder: false`).
fn context_documents(selectors: &[ContextKeySelector]) -> Vec<serde_json::Value> {
    selector::sorted(selectors.iter().map(|ContextKeySelector { r#type, equals }| {
        let equals: BTreeSet<&String> = equals.iter().collect();
        json!({"type": r#type, "equals": equals})
    }))
}
