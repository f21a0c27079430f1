//! The account -> Live. Each kind's file knows which calls that takes; here their answers come together with
//! tags and keys, and it is decided whether a failure stops the run. What is ours is settled later.

use super::connection::Connection;
use super::error::CallError;
use super::{Reader, channel, dashboard, event_data_store, kms, tags, trail};
use crate::name::{AccountId, Arn, Region, Time};
use crate::resource::{Health, Key, Kind, Policy, Spec};
use crate::state::{Asks, Foreign, Foreignness, Found, Live, Pending};
use aws_smithy_types::DateTime;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What one kind's calls gave.
#[derive(Debug, Default)]
pub(super) struct Readings {
    pub(super) found: Vec<Reading>,
    pub(super) pending: Vec<Pending>,
    pub(super) foreign: Vec<Foreign>,
    /// Why policies of this kind could not be read, when that is so.
    pub(super) policies_unread: Option<CallError>,
    /// The tags of what was found, and perhaps of more.
    pub(super) tags: tags::Answers,
}

/// A resource that this account may write, but for its tags.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) arn: Arn,
    pub(super) spec: Spec,
    pub(super) policy: Option<Policy>,
    pub(super) health: Health,
}

/// One resource's reading, or why there is none.
#[derive(Debug, Clone)]
pub(super) enum One {
    Found(Box<Reading>, Option<CallError>),
    Pending(Pending),
    Foreign(Foreign),
    /// It went between list and get.
    Gone,
}

impl Readings {
    pub(super) fn of(readings: impl IntoIterator<Item = One>, tags: tags::Answers) -> Readings {
        let mut all = Readings { tags, ..Readings::default() };
        for one in readings {
            match one {
                One::Found(reading, policy_error) => {
                    all.found.push(*reading);
                    all.policies_unread = all.policies_unread.or(policy_error);
                }
                One::Pending(pending) => all.pending.push(pending),
                One::Foreign(foreign) => all.foreign.push(foreign),
                One::Gone => {}
            }
        }
        all
    }
}

/// Why this account cannot write what has this ARN, when it cannot. Lists may show what lives in another
/// account or region (user guide, organization trails and stores; quotas, multi-Region stores).
pub(super) fn foreignness(connection: &Connection, asks: &Asks, arn: &Arn) -> Option<Foreignness> {
    let target = &connection.target;
    let writable = |account: &str| {
        account == target.account.as_str()
            || asks.management_account.as_ref().is_some_and(|management| account == management.as_str())
    };
    if !writable(arn.account()) {
        let service = || Foreignness::Service(arn.account().to_owned());
        return Some(AccountId::parse(arn.account()).map_or_else(service, Foreignness::Account));
    }
    if arn.region() != target.region.as_str() {
        let service = || Foreignness::Service(arn.region().to_owned());
        return Some(Region::parse(arn.region()).map_or_else(service, Foreignness::HomeRegion));
    }
    None
}

/// An ARN of an answer. What is no ARN cannot be addressed, so nothing can be done about it.
pub(super) fn arn(text: Option<&str>) -> Option<Arn> {
    text.and_then(|text| Arn::parse(text).ok())
}

/// A time of an answer.
pub(super) fn time(time: Option<&DateTime>) -> Option<Time> {
    time.and_then(|time| Time::from_unix(time.secs()))
}

/// A text of an answer, where the empty one means none.
pub(super) fn filled(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

impl Reader {
    /// The account as it is now, complete for every kind in `asks.needed`.
    ///
    /// # Errors
    /// [`ReadError`] when a needed kind cannot be read completely, or two of its resources have one name.
    pub async fn read(&self, asks: &Asks) -> Result<Live, ReadError> {
        let connection = &*self.connection;
        // The stores take the longest chain of calls, so theirs leave first, and what follows from an answer too.
        let (stores, trails, channels, dashboards, mut keys) = tokio::join!(
            biased;
            event_data_store::read(connection, asks),
            trail::read(connection, asks),
            channel::read(connection, asks),
            dashboard::read(connection, asks),
            kms::resolve(connection, &asks.kms_keys),
        );
        let kinds = [
            (Kind::Trail, trails),
            (Kind::EventDataStore, stores),
            (Kind::Channel, channels),
            (Kind::Dashboard, dashboards),
        ];
        let spellings =
            kinds.iter().filter_map(|(_, readings)| readings.as_ref().ok()).flat_map(kms_spellings);
        let unknown: BTreeSet<String> = spellings.filter(|spelling| !keys.contains_key(spelling)).collect();
        let more = kms::resolve(connection, &unknown).await;
        keys.extend(more);

        let mut live = empty(connection, keys);
        for (kind, readings) in kinds {
            let joined = readings.map_err(Trouble::Call).and_then(own);
            match joined {
                Ok(readings) => readings.join(kind, asks, &mut live)?,
                Err(trouble) => unread(kind, trouble, asks, &mut live)?,
            }
        }
        Ok(live)
    }
}

fn empty(connection: &Connection, keys: kms::Answers) -> Live {
    let mut live = Live {
        target: connection.target.clone(),
        found: BTreeMap::new(),
        pending: Vec::new(),
        foreign: Vec::new(),
        kms_keys: BTreeMap::new(),
        unresolved_keys: BTreeMap::new(),
        unread: BTreeMap::new(),
        health: BTreeMap::new(),
    };
    for (spelling, key) in keys {
        match key {
            Ok(arn) => drop(live.kms_keys.insert(spelling, arn)),
            Err(reason) => drop(live.unresolved_keys.insert(spelling, reason)),
        }
    }
    live
}

fn kms_spellings(readings: &Readings) -> impl Iterator<Item = String> {
    readings.found.iter().filter_map(|one| match &one.spec {
        Spec::Trail(trail) => trail.kms_key_id.clone(),
        Spec::EventDataStore(store) => store.kms_key_id.clone(),
        Spec::Channel(_) | Spec::Dashboard(_) | Spec::Policy(_) => None,
    })
}

/// A kind's readings with tags and owners.
struct Owned {
    found: BTreeMap<Key, Found>,
    policies: Result<BTreeMap<Key, Found>, CallError>,
    pending: Vec<Pending>,
    foreign: Vec<Foreign>,
    health: BTreeMap<Arn, Health>,
}

/// Adds the tags. Without them nobody knows whose a resource is, so then the kind is unread.
fn own(readings: Readings) -> Result<Owned, Trouble> {
    let Readings { found, pending, foreign, policies_unread, mut tags } = readings;
    let mut owned = BTreeMap::new();
    let mut policies = BTreeMap::new();
    let mut healths = BTreeMap::new();
    for Reading { arn, mut spec, policy, health } in found {
        let Some(tags) = tags.remove(&arn).unwrap_or(Ok(None)).map_err(Trouble::Call)? else { continue };
        let key = spec.key();
        let owner = tags::owner(&tags, &key.name);
        if let Some(place) = spec.tags_mut() {
            *place = tags;
        }
        if let Some(policy) = policy {
            let spec = Spec::Policy(policy);
            policies.insert(spec.key(), Found { arn: arn.clone(), spec, owner: owner.clone() });
        }
        healths.insert(arn.clone(), health);
        let found = Found { arn: arn.clone(), spec, owner };
        if let Some(other) = owned.insert(key.clone(), found) {
            return Err(Trouble::SameName { key, arns: [other.arn, arn] });
        }
    }
    let policies = policies_unread.map_or(Ok(policies), Err);
    Ok(Owned { found: owned, policies, pending, foreign, health: healths })
}

impl Owned {
    fn join(self, kind: Kind, asks: &Asks, live: &mut Live) -> Result<(), ReadError> {
        let Owned { found, policies, pending, foreign, health } = self;
        live.health.extend(health);
        live.found.extend(found);
        live.pending.extend(pending);
        live.foreign.extend(foreign);
        match (policies, kind.as_parent()) {
            (Ok(policies), _) => live.found.extend(policies),
            (Err(error), Some(parent)) => {
                refuse(Kind::Policy(parent), Trouble::Call(error), asks, live)?;
            }
            (Err(_), None) => {}
        }
        Ok(())
    }
}

/// A kind that could not be read takes its policies with it: they are found through it.
fn unread(kind: Kind, trouble: Trouble, asks: &Asks, live: &mut Live) -> Result<(), ReadError> {
    refuse(kind, trouble.clone(), asks, live)?;
    match kind.as_parent() {
        Some(parent) => refuse(Kind::Policy(parent), trouble, asks, live),
        None => Ok(()),
    }
}

/// Stops the run when the kind is needed, because what is not read would look as if it did not exist.
fn refuse(kind: Kind, trouble: Trouble, asks: &Asks, live: &mut Live) -> Result<(), ReadError> {
    if asks.needed.contains(&kind) {
        return Err(ReadError { kind, trouble });
    }
    live.unread.insert(kind, trouble.to_string());
    Ok(())
}

/// Why a kind that the manifest needs could not be read completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// The kind.
    pub kind: Kind,
    /// What went wrong.
    pub trouble: Trouble,
}

/// What stands in the way of reading a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A call failed.
    Call(CallError),
    /// Two resources have one name, so the name says nothing.
    SameName {
        /// Kind and name.
        key: Key,
        /// Both of them.
        arns: [Arn; 2],
    },
}

impl ReadError {
    /// The way out.
    pub fn help(&self) -> Option<String> {
        match &self.trouble {
            Trouble::Call(error) => error.help.clone(),
            Trouble::SameName { key, .. } if key.kind.can_be_renamed() => {
                Some("rename or delete one of the two".to_owned())
            }
            Trouble::SameName { .. } => Some("delete one of the two: neither can be renamed".to_owned()),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = match self.kind {
            Kind::Trail => "trails",
            Kind::EventDataStore => "event data stores",
            Kind::Channel => "channels",
            Kind::Dashboard => "dashboards",
            Kind::Policy(_) => "resource policies",
        };
        write!(f, "could not read the {plural}: {}", self.trouble)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Call(error) => error.fmt(f),
            Trouble::SameName { key, arns: [one, other] } => write!(f, "{key} is both {one} and {other}"),
        }
    }
}

impl std::error::Error for ReadError {}
