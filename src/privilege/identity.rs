//! What the identity needs that plans or applies this manifest: the table of calls, turned into IAM statements.
//! What the calls need of other services stands in `dependent`.

use super::document::{Conditions, Document, condition};
use super::grant::{Grant, statements};
use super::{arn, calls, dependent, kms};
use crate::name::{AccountId, Arn};
use crate::resource::{Call, Channel, Key, Kind, Spec};
use crate::state::{Desired, MANIFEST_TAG};
use std::collections::BTreeSet;

/// The least that `plan` and `drift` need: every read, of everything. In a statement of its own, which may be left out,
/// the event history that `drift --who` asks.
pub fn plan(desired: &Desired) -> Document {
    let history = Grant::of("OptionalDriftWho", Call::LookupEvents.facts().iam, ["*"]);
    Document::new(statements(reading(desired).into_iter().chain(history)))
}

/// The least that `apply` needs: what plan needs, and each call that an apply of this manifest may make.
pub fn apply(desired: &Desired) -> Document {
    let writing = desired.specs.iter().flat_map(|(key, spec)| declared(desired, key, spec));
    let removing = desired.removed.keys().flat_map(|key| removed(desired, key));
    let own = reading(desired).into_iter().chain(writing).chain(removing);
    Document::new(statements(own.chain(dependent::grants(desired))))
}

/// Ownership, guards and pruning look at every resource of every kind, so reads know no narrower resource. Lists could
/// not have one anyway (Service Authorization Reference, CloudTrail).
fn reading(desired: &Desired) -> Vec<Grant> {
    let apart = [Call::DescribeKey, Call::LookupEvents];
    let reads = Call::ALL.into_iter().filter(|call| !call.writes() && !apart.contains(call));
    let actions: Vec<&str> = reads.flat_map(|call| call.facts().iam).copied().collect();
    let mut grants = Grant::of("ReadCloudTrail", &actions, ["*"]);
    grants.extend(kms::resolving(desired));
    grants
}

fn declared(desired: &Desired, key: &Key, spec: &Spec) -> Vec<Grant> {
    let own = resources(desired, key.kind, key.name.as_str(), &owners(desired, Some(spec)));
    let calls = calls::declared(desired, key, spec);
    let grant = |action: &'static str| {
        let mut resources = own.clone();
        match (action, spec) {
            // Both are authorised for the stores that are written to and asked (Service Authorization Reference).
            ("cloudtrail:CreateChannel", Spec::Channel(channel)) => {
                resources.extend(destinations(desired, channel));
            }
            ("cloudtrail:StartQuery", _) => resources = own_stores(desired),
            _ => {}
        }
        Grant { sid: heading(key.kind), action: action.to_owned(), resources, conditions: Conditions::new() }
    };
    actions(calls).into_iter().map(grant).collect()
}

/// Only what bears our tag is deleted or forgotten, so nothing else needs to be permitted: the ids of stores and channels
/// are not known here, and tags are what IAM can tell them by (user guide, denying access to event data stores based on
/// tags).
fn removed(desired: &Desired, key: &Key) -> Vec<Grant> {
    let Some(removal) = desired.removed.get(key) else { return Vec::new() };
    let ours = condition("StringEquals", &format!("aws:ResourceTag/{MANIFEST_TAG}"), [&desired.manifest]);
    let resources = resources(desired, key.kind, key.name.as_str(), &owners(desired, None));
    let actions: Vec<&str> = actions(calls::removed(key, removal)).into_iter().collect();
    Grant::of("Removed", &actions, resources).into_iter().map(|grant| grant.when(&ours)).collect()
}

fn actions(calls: BTreeSet<Call>) -> BTreeSet<&'static str> {
    calls.into_iter().flat_map(|call| call.facts().iam).copied().collect()
}

fn heading(kind: Kind) -> &'static str {
    match kind.bound() {
        Kind::Trail => "Trails",
        Kind::EventDataStore => "EventDataStores",
        Kind::Channel => "Channels",
        Kind::Dashboard | Kind::Policy(_) => "Dashboards",
    }
}

/// The accounts that the resource's ARN may bear. What a delegated administrator makes for the organization belongs to
/// the management account (user guide, organization delegated administrator); with which of the two its creation is
/// authorised is unverified, so both are named.
fn owners(desired: &Desired, spec: Option<&Spec>) -> BTreeSet<AccountId> {
    let organization = match spec {
        Some(Spec::Trail(trail)) => trail.is_organization_trail,
        Some(Spec::EventDataStore(store)) => store.organization_enabled,
        Some(Spec::Channel(_) | Spec::Dashboard(_) | Spec::Policy(_)) => false,
        // Nobody says what a resource was that is to go.
        None => true,
    };
    let management = desired.management_account.iter().filter(|_| organization);
    std::iter::once(&desired.target.account).chain(management).cloned().collect()
}

/// Trails and dashboards are named in their ARNs; the ids of stores and channels are CloudTrail's choice (Service
/// Authorization Reference, resource types).
fn resources(desired: &Desired, kind: Kind, name: &str, owners: &BTreeSet<AccountId>) -> BTreeSet<String> {
    let resource = match kind.bound() {
        Kind::Trail => format!("trail/{name}"),
        Kind::EventDataStore => "eventdatastore/*".to_owned(),
        Kind::Channel => "channel/*".to_owned(),
        Kind::Dashboard | Kind::Policy(_) => format!("dashboard/{name}"),
    };
    owners.iter().map(|owner| arn(desired, "cloudtrail", owner, &resource)).collect()
}

/// Channels and dashboards are never about the organization's stores (user guide, organization event data stores).
fn own_stores(desired: &Desired) -> BTreeSet<String> {
    let account = BTreeSet::from([desired.target.account.clone()]);
    resources(desired, Kind::EventDataStore, "", &account)
}

/// The stores that a channel sends to: those managed elsewhere by their ARNs, those of this manifest by no id yet.
fn destinations(desired: &Desired, channel: &Channel) -> BTreeSet<String> {
    let arns = channel.destinations.iter().map(|text| {
        let arn = text.as_plain().and_then(|text| Arn::parse(text).ok());
        arn.map_or_else(|| own_stores(desired), |arn| BTreeSet::from([arn.as_str().to_owned()]))
    });
    arns.flatten().collect()
}
