//! All that the emulated AWS remembers: accounts, regions, what is in them, and the counters that stand in
//! for clock and chance. How it is written to disk is the sandbox file's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::arn;
use super::channel::Channel;
use super::dashboard::Dashboard;
use super::error::{ServiceError, refuse};
use super::event_data_store::EventDataStore;
use super::event_history::EventHistory;
use super::sts::{Identity, Session};
use super::switches::Switches;
use super::trail::Trail;

/// The version of the snapshot's form.
pub(super) const FORMAT_VERSION: u32 = 1;

/// Second zero of the counter clock: 2026-01-01T00:00:00Z.
const CLOCK_START: u64 = 1_767_225_600;

/// A whole AWS. Maps are sorted, so the same state is the same text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct World {
    pub(super) format_version: u32,
    /// Seconds so far: one for each call that notes a time.
    #[serde(default)]
    clock: u64,
    /// Ids given out so far.
    #[serde(default)]
    ids: u64,
    /// Without it every account counts as the management account of an organization, as buckets and roles
    /// are taken to exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) organization: Option<Organization>,
    #[serde(default)]
    pub(super) accounts: BTreeMap<String, AccountState>,
    /// Whose temporary access keys STS has given out, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sessions: Vec<Session>,
    /// Who did what.
    #[serde(default, skip_serializing_if = "EventHistory::is_empty")]
    pub(super) event_history: EventHistory,
}

/// Who is who in AWS Organizations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Organization {
    pub(super) management_account: String,
    #[serde(default)]
    pub(super) delegated_admins: Vec<String>,
    #[serde(default)]
    pub(super) member_accounts: Vec<String>,
}

/// One account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AccountState {
    #[serde(default)]
    pub(super) regions: BTreeMap<String, RegionState>,
}

/// One region of one account: trails and dashboards by name, stores and channels by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct RegionState {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) trails: BTreeMap<String, Trail>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) event_data_stores: BTreeMap<String, EventDataStore>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) channels: BTreeMap<String, Channel>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) dashboards: BTreeMap<String, Dashboard>,
}

impl RegionState {
    fn is_empty(&self) -> bool {
        let RegionState { trails, event_data_stores, channels, dashboards } = self;
        trails.is_empty() && event_data_stores.is_empty() && channels.is_empty() && dashboards.is_empty()
    }
}

impl World {
    /// An AWS in which nothing has been created.
    pub(super) fn empty() -> World {
        World {
            format_version: FORMAT_VERSION,
            clock: 0,
            ids: 0,
            organization: None,
            accounts: BTreeMap::new(),
            sessions: Vec::new(),
            event_history: EventHistory::default(),
        }
    }

    /// Everything but the event history.
    pub(super) fn without_history(&self) -> World {
        let World { format_version, clock, ids, organization, accounts, sessions, event_history: _ } = self;
        World {
            format_version: *format_version,
            clock: *clock,
            ids: *ids,
            organization: organization.clone(),
            accounts: accounts.clone(),
            sessions: sessions.clone(),
            event_history: EventHistory::default(),
        }
    }

    /// The present second of the counter clock, as seconds since 1970.
    pub(super) fn now(&self) -> u64 {
        CLOCK_START + self.clock
    }

    /// Drops accounts and regions that hold nothing, so that creating and deleting leaves no trace.
    pub(super) fn forget_empty_places(&mut self) {
        for account in self.accounts.values_mut() {
            account.regions.retain(|_, region| !region.is_empty());
        }
        self.accounts.retain(|_, account| !account.regions.is_empty());
    }
}

/// What an account may do in its organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Management,
    DelegatedAdmin { management: String },
    Member { management: String },
    Outside,
}

/// Where a resource lives: whose it is, in which region, under which key of [`RegionState`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) key: String,
}

/// One call's view of the world: who calls, in which region.
pub(super) struct Context<'a> {
    pub(super) world: &'a mut World,
    pub(super) identity: &'a Identity,
    /// The account of `identity`.
    pub(super) caller: &'a str,
    pub(super) region: &'a str,
    pub(super) switches: &'a Switches,
    /// Set when something settled, so that a read that moved the world on is saved too.
    pub(super) touched: bool,
}

impl Context<'_> {
    /// The partition of the client's region.
    pub(super) fn partition(&self) -> &'static str {
        arn::partition_of(self.region)
    }

    /// The ARN of something of CloudTrail's.
    pub(super) fn arn(&self, account: &str, region: &str, resource: &str) -> String {
        format!("arn:{}:cloudtrail:{region}:{account}:{resource}", arn::partition_of(region))
    }

    /// The next second. There is no other clock, so the same calls give the same state.
    pub(super) fn tick(&mut self) -> u64 {
        self.world.clock += 1;
        self.world.now()
    }

    /// The next id, shaped like a version 4 UUID.
    pub(super) fn next_id(&mut self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.next_number())
    }

    /// The number behind the next id.
    pub(super) fn next_number(&mut self) -> u64 {
        self.world.ids += 1;
        self.world.ids
    }

    /// What the caller sees in a region of its own account, if there is anything.
    pub(super) fn own(&self, region: &str) -> Option<&RegionState> {
        self.state(self.caller, region)
    }

    /// A region of any account, if there is anything.
    pub(super) fn state(&self, account: &str, region: &str) -> Option<&RegionState> {
        self.world.accounts.get(account)?.regions.get(region)
    }

    /// Every region of an account that holds something.
    pub(super) fn regions(&self, account: &str) -> impl Iterator<Item = (&String, &RegionState)> {
        self.world.accounts.get(account).into_iter().flat_map(|account| &account.regions)
    }

    /// A region to create something in.
    pub(super) fn state_mut(&mut self, account: &str, region: &str) -> &mut RegionState {
        let account = self.world.accounts.entry(account.to_owned()).or_default();
        account.regions.entry(region.to_owned()).or_default()
    }

    /// The caller's standing in its organization.
    pub(super) fn standing(&self) -> Standing {
        let Some(organization) = &self.world.organization else { return Standing::Management };
        let Organization { management_account, delegated_admins, member_accounts } = organization;
        let listed = |accounts: &[String]| accounts.iter().any(|account| account == self.caller);
        if management_account == self.caller {
            Standing::Management
        } else if listed(delegated_admins) {
            Standing::DelegatedAdmin { management: management_account.clone() }
        } else if listed(member_accounts) {
            Standing::Member { management: management_account.clone() }
        } else {
            Standing::Outside
        }
    }

    /// The management account whose organization resources the caller sees as somebody else's.
    pub(super) fn foreign_management(&self) -> Option<String> {
        match self.standing() {
            Standing::DelegatedAdmin { management } | Standing::Member { management } => Some(management),
            Standing::Management | Standing::Outside => None,
        }
    }

    /// Who will own an organization resource that the caller creates: always the management account
    /// (user guide, "Organization delegated administrator").
    pub(super) fn organization_owner(&self) -> Result<String, ServiceError> {
        match self.standing() {
            Standing::Management => Ok(self.caller.to_owned()),
            Standing::DelegatedAdmin { management } => Ok(management),
            Standing::Member { .. } => Err(not_the_management_account(self.caller)),
            Standing::Outside => Err(refuse(
                "OrganizationsNotInUseException",
                format!("Account {} is not a member of an organization.", self.caller),
            )),
        }
    }

    /// Converting between account and organization resource is the management account's alone (API
    /// reference, UpdateTrail and UpdateEventDataStore).
    pub(super) fn may_convert(&self) -> Result<(), ServiceError> {
        match self.standing() {
            Standing::Management => Ok(()),
            Standing::DelegatedAdmin { .. } | Standing::Member { .. } => {
                Err(not_the_management_account(self.caller))
            }
            Standing::Outside => self.organization_owner().map(drop),
        }
    }
}

fn not_the_management_account(caller: &str) -> ServiceError {
    refuse(
        "NotOrganizationMasterAccountException",
        format!("Account {caller} is not the management account of the organization."),
    )
}
