//! A CloudTrail Lake event data store: its settings and the calls that change them.

use super::selector::{AdvancedEventSelector, InsightSelector};
use super::{Call, Coverage, Danger, Field, Key, Path, Resource, Task, Text, Vocabulary, Way};
use crate::name::{Name, Tags};
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

impl EventDataStoreAction {
    /// Which operation of the service this is.
    pub fn call(&self) -> Call {
        todo!()
    }

    /// The request in the service's own words.
    pub(super) fn request(&self, _arn: &str, _spell: &dyn Fn(&Text) -> String) -> serde_json::Value {
        todo!()
    }
}

impl Resource for EventDataStore {
    fn fields(&self) -> Vec<Field> {
        todo!()
    }

    fn references(&self) -> Vec<Key> {
        todo!()
    }

    fn settle(&mut self, _vocabulary: &Vocabulary) {
        todo!()
    }

    fn create(&self) -> Vec<Task> {
        todo!()
    }

    fn update(&self, _live: &Self) -> Way {
        todo!()
    }

    fn delete(&self) -> Vec<Task> {
        todo!()
    }

    fn leave(&mut self, _path: &Path, _live: &Self) {
        todo!()
    }

    fn records(&self) -> Option<Coverage> {
        todo!()
    }

    fn dangers(_desired: Option<&Self>, _live: Option<&Self>) -> Vec<Danger> {
        todo!()
    }
}
