//! Every setting of an event data store. Which store its insights go to is known when the manifest is put together.

use super::policy::{policy, store_statements};
use super::selector::{insights, keep_possible_insights, of_category, of_store};
use super::{
    Settings, always, is, kms_key, list, object, pick, rarely, settings, sometimes, switch, tags, text, word,
    words,
};
use proptest::prelude::*;
use serde_json::Value;

/// What a store takes in. It is chosen by the store's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    CloudTrail,
    Insight,
    ActivityAuditLog,
    ConfigurationItem,
}

pub(super) fn store(class: Class) -> BoxedStrategy<Settings> {
    let mut every = vec![
        sometimes("organizationEnabled", prop::bool::weighted(0.1).prop_map(Value::from)),
        sometimes("multiRegionEnabled", switch()),
        sometimes("billingMode", billing()),
        sometimes(
            "retentionPeriod",
            prop::sample::select(&[7, 90, 366, 2557, 3653][..]).prop_map(Value::from),
        ),
        (
            "terminationProtectionEnabled",
            prop::option::weighted(0.7, prop::bool::weighted(0.2)).prop_map(|it| it.map(Value::from)).boxed(),
        ),
        rarely("kmsKeyId", kms_key()),
        sometimes(
            "federationRoleArn",
            word(&["arn:aws:iam::111122223333:role/lake", "arn:aws:iam::${account}:role/other"]),
        ),
        sometimes("tags", tags()),
        sometimes("resourcePolicy", policy(store_statements())),
        rarely("renamedFrom", pick()),
        rarely("ignore", words(IGNORABLE, 3)),
    ];
    if class == Class::CloudTrail {
        every.extend([
            sometimes("advancedEventSelectors", of_store()),
            sometimes("insightSelectors", insights()),
            always("insightsDestination", pick()),
            sometimes("maxEventSize", word(&["Standard", "Large"])),
            sometimes("contextKeySelectors", context_keys()),
        ]);
    }
    if matches!(class, Class::CloudTrail | Class::ConfigurationItem) {
        every.push(sometimes("ingestionEnabled", switch()));
    }
    settings(every).prop_map(move |store| repaired(class, store)).boxed()
}

const IGNORABLE: &[&str] = &[
    "retentionPeriod",
    "tags.team",
    "tags",
    "ingestionEnabled",
    "resourcePolicy",
    "kmsKeyId",
    "billingMode",
    "advancedEventSelectors",
    "multiRegionEnabled",
    "terminationProtectionEnabled",
    "federationRoleArn",
    "insightSelectors",
    "insightsDestination",
    "maxEventSize",
    "contextKeySelectors",
];

/// Mostly the mode that everything can become.
fn billing() -> BoxedStrategy<Value> {
    prop_oneof![
        6 => Just("EXTENDABLE_RETENTION_PRICING".into()),
        1 => Just("FIXED_RETENTION_PRICING".into()),
    ]
    .boxed()
}

fn context_keys() -> BoxedStrategy<Value> {
    let of_tags = object(vec![
        always("type", word(&["TagContext"])),
        always("equals", words(&["team", "cost-center"], 2)),
    ]);
    let of_requests = object(vec![
        always("type", word(&["RequestContext"])),
        always("equals", words(&["aws:PrincipalArn", "aws:SourceAccount", "aws:username"], 2)),
    ]);
    prop_oneof![
        list(of_tags.clone(), 1),
        list(of_requests.clone(), 1),
        (of_tags, of_requests).prop_map(|(one, other)| Value::from(vec![other, one])),
    ]
    .boxed()
}

fn repaired(class: Class, mut store: Settings) -> Settings {
    let fixed = text(&store, "billingMode") == "FIXED_RETENTION_PRICING";
    if fixed && store.get("retentionPeriod").and_then(Value::as_u64) > Some(2557) {
        store.remove("retentionPeriod");
    }
    let category = match class {
        Class::CloudTrail => None,
        Class::Insight => Some("Insight"),
        Class::ActivityAuditLog => Some("ActivityAuditLog"),
        Class::ConfigurationItem => Some("ConfigurationItem"),
    };
    if let Some(category) = category {
        store.insert("advancedEventSelectors".to_owned(), of_category(category));
    }
    if class == Class::ActivityAuditLog {
        // What channels send is no organization's (user guide, integrations).
        store.remove("organizationEnabled");
    }
    keep_possible_insights(&mut store, false);
    if !store.contains_key("insightSelectors") {
        store.remove("insightsDestination");
    }
    if store.contains_key("contextKeySelectors") {
        store.insert("maxEventSize".to_owned(), "Large".into());
    }
    if !is(&store, "organizationEnabled", false) {
        store.remove("organizationEnabled");
    }
    store
}
