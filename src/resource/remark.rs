//! What makes a resource worth a look that nobody declared: where its events go, whom it lets in, whether it works at
//! all. That nobody declared it is for others to find out.

use super::{Channel, Dashboard, EventDataStore, Policy, Spec, Trail};
use crate::name::{AccountId, Arn};
use std::collections::BTreeSet;

/// What is known around a resource that nobody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// The account that is looked at.
    pub account: AccountId,
    /// The buckets that declared trails deliver to.
    pub buckets: BTreeSet<String>,
}

impl Spec {
    /// The bucket that it delivers to, when it delivers to one.
    pub fn bucket(&self) -> Option<&str> {
        match self {
            Spec::Trail(trail) => Some(&trail.s3_bucket_name),
            Spec::EventDataStore(_) | Spec::Channel(_) | Spec::Dashboard(_) | Spec::Policy(_) => None,
        }
    }

    /// What makes it worth a look.
    pub fn remarks(&self, around: &Surroundings) -> Vec<String> {
        match self {
            Spec::Trail(trail) => of_trail(trail, around),
            Spec::EventDataStore(store) => of_store(store, around),
            Spec::Channel(channel) => of_channel(channel),
            Spec::Dashboard(dashboard) => of_dashboard(dashboard),
            Spec::Policy(policy) => of_policy(policy, around),
        }
    }
}

fn of_trail(trail: &Trail, around: &Surroundings) -> Vec<String> {
    let mut remarks = Vec::new();
    if !trail.is_logging {
        remarks.push("is not logging".to_owned());
    }
    // No call of CloudTrail's tells a bucket's owner.
    if !around.buckets.contains(&trail.s3_bucket_name) {
        let bucket = &trail.s3_bucket_name;
        remarks.push(format!(
            "delivers to bucket {bucket}, to which no declared trail does; whose it is CloudTrail does not tell"
        ));
    }
    let elsewhere = [
        ("announces deliveries to a topic", &trail.sns_topic_name),
        ("sends events to a log group", &trail.cloud_watch_logs_log_group_arn),
        ("encrypts with a key", &trail.kms_key_id),
    ];
    remarks.extend(elsewhere.into_iter().filter_map(|(what, place)| {
        let account = other_account(place.as_deref()?, around)?;
        Some(format!("{what} of account {account}"))
    }));
    if trail.is_organization_trail {
        remarks.push("records every account of the organization".to_owned());
    }
    remarks
}

fn of_store(store: &EventDataStore, around: &Surroundings) -> Vec<String> {
    let mut remarks = Vec::new();
    if !store.ingestion_enabled {
        remarks.push("takes no events in".to_owned());
    }
    if store.organization_enabled {
        remarks.push("records every account of the organization".to_owned());
    }
    if let Some(role) = &store.federation_role_arn {
        remarks.push(format!("is open to queries from outside of CloudTrail, through {role}"));
    }
    if let Some(account) = store.kms_key_id.as_deref().and_then(|key| other_account(key, around)) {
        remarks.push(format!("encrypts with a key of account {account}"));
    }
    remarks
}

fn of_channel(channel: &Channel) -> Vec<String> {
    let stores: Vec<String> = channel.destinations.iter().map(ToString::to_string).collect();
    vec![format!("takes events from {} into {}", channel.source, stores.join(", "))]
}

fn of_dashboard(dashboard: &Dashboard) -> Vec<String> {
    let scheduled = dashboard.active_schedule().map(|_| "runs its queries on a schedule, which is charged");
    scheduled.map(str::to_owned).into_iter().collect()
}

fn of_policy(policy: &Policy, around: &Surroundings) -> Vec<String> {
    let others = policy.admits_others(&around.account);
    let names: Vec<&str> = others.iter().map(|who| if who == "*" { "everybody" } else { who }).collect();
    if names.is_empty() { Vec::new() } else { vec![format!("its policy lets in {}", names.join(", "))] }
}

/// The account of an ARN, when it is another one.
fn other_account(place: &str, around: &Surroundings) -> Option<String> {
    let arn = Arn::parse(place).ok()?;
    let account = arn.account();
    (!account.is_empty() && account != around.account.as_str()).then(|| account.to_owned())
}
