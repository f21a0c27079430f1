//! Every API operation that we use, reads too: its name, whether it writes, its published rate and the
//! IAM actions that it needs. The one table: pacing, least privilege and the plan's wording read it.

use std::fmt;

/// An operation of CloudTrail, or one of the two of other services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// CloudTrail `CreateTrail`.
    CreateTrail,
    /// CloudTrail `UpdateTrail`.
    UpdateTrail,
    /// CloudTrail `DeleteTrail`.
    DeleteTrail,
    /// CloudTrail `StartLogging`.
    StartLogging,
    /// CloudTrail `StopLogging`.
    StopLogging,
    /// CloudTrail `PutEventSelectors`.
    PutEventSelectors,
    /// CloudTrail `PutInsightSelectors`.
    PutInsightSelectors,
    /// CloudTrail `PutEventConfiguration`.
    PutEventConfiguration,
    /// CloudTrail `CreateEventDataStore`.
    CreateEventDataStore,
    /// CloudTrail `UpdateEventDataStore`.
    UpdateEventDataStore,
    /// CloudTrail `DeleteEventDataStore`.
    DeleteEventDataStore,
    /// CloudTrail `RestoreEventDataStore`.
    RestoreEventDataStore,
    /// CloudTrail `StartEventDataStoreIngestion`.
    StartEventDataStoreIngestion,
    /// CloudTrail `StopEventDataStoreIngestion`.
    StopEventDataStoreIngestion,
    /// CloudTrail `EnableFederation`.
    EnableFederation,
    /// CloudTrail `DisableFederation`.
    DisableFederation,
    /// CloudTrail `CreateChannel`.
    CreateChannel,
    /// CloudTrail `UpdateChannel`.
    UpdateChannel,
    /// CloudTrail `DeleteChannel`.
    DeleteChannel,
    /// CloudTrail `CreateDashboard`.
    CreateDashboard,
    /// CloudTrail `UpdateDashboard`.
    UpdateDashboard,
    /// CloudTrail `DeleteDashboard`.
    DeleteDashboard,
    /// CloudTrail `PutResourcePolicy`.
    PutResourcePolicy,
    /// CloudTrail `DeleteResourcePolicy`.
    DeleteResourcePolicy,
    /// CloudTrail `AddTags`.
    AddTags,
    /// CloudTrail `RemoveTags`.
    RemoveTags,
    /// CloudTrail `DescribeTrails`.
    DescribeTrails,
    /// CloudTrail `GetTrailStatus`.
    GetTrailStatus,
    /// CloudTrail `GetEventSelectors`.
    GetEventSelectors,
    /// CloudTrail `GetInsightSelectors`.
    GetInsightSelectors,
    /// CloudTrail `GetEventConfiguration`.
    GetEventConfiguration,
    /// CloudTrail `ListTrails`.
    ListTrails,
    /// CloudTrail `ListEventDataStores`.
    ListEventDataStores,
    /// CloudTrail `GetEventDataStore`.
    GetEventDataStore,
    /// CloudTrail `ListChannels`.
    ListChannels,
    /// CloudTrail `GetChannel`.
    GetChannel,
    /// CloudTrail `ListDashboards`.
    ListDashboards,
    /// CloudTrail `GetDashboard`.
    GetDashboard,
    /// CloudTrail `GetResourcePolicy`.
    GetResourcePolicy,
    /// CloudTrail `ListTags`.
    ListTags,
    /// CloudTrail `LookupEvents`: who did what.
    LookupEvents,
    /// STS: who we are, for the account guard.
    GetCallerIdentity,
    /// KMS: which key a spelling means.
    DescribeKey,
}

/// What a call does to its resource, as far as the order of calls asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Changes nothing.
    Read,
    /// Makes the resource exist; for a policy, puts it.
    Create,
    /// Changes the settings that the resource was created with, its name among them.
    Update,
    /// Ends the resource.
    Delete,
    /// Says which events are recorded.
    Select,
    /// Begins to record.
    Start,
    /// Ceases to record.
    Stop,
    /// Says what is made of the recorded events.
    Derive,
    /// Changes tags.
    Tag,
}

impl Role {
    /// Whether the resource may record less after such a call.
    pub fn may_weaken(self) -> bool {
        matches!(self, Role::Update | Role::Delete | Role::Select | Role::Stop)
    }
}

/// What is known of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The operation's name in the service's API.
    pub name: &'static str,
    /// Whether it changes anything.
    pub writes: bool,
    /// Calls per second, per account and region, that the service admits (General Reference, CloudTrail quotas).
    pub per_second: u32,
    /// The IAM actions that a caller needs, whatever the request says (Service Authorization Reference, API operations).
    /// What single settings need beyond them stands in `privilege`.
    pub iam: &'static [&'static str],
}

impl Call {
    /// Every operation that we use, writes first.
    pub const ALL: [Call; 43] = [
        Call::CreateTrail,
        Call::UpdateTrail,
        Call::DeleteTrail,
        Call::StartLogging,
        Call::StopLogging,
        Call::PutEventSelectors,
        Call::PutInsightSelectors,
        Call::PutEventConfiguration,
        Call::CreateEventDataStore,
        Call::UpdateEventDataStore,
        Call::DeleteEventDataStore,
        Call::RestoreEventDataStore,
        Call::StartEventDataStoreIngestion,
        Call::StopEventDataStoreIngestion,
        Call::EnableFederation,
        Call::DisableFederation,
        Call::CreateChannel,
        Call::UpdateChannel,
        Call::DeleteChannel,
        Call::CreateDashboard,
        Call::UpdateDashboard,
        Call::DeleteDashboard,
        Call::PutResourcePolicy,
        Call::DeleteResourcePolicy,
        Call::AddTags,
        Call::RemoveTags,
        Call::DescribeTrails,
        Call::GetTrailStatus,
        Call::GetEventSelectors,
        Call::GetInsightSelectors,
        Call::GetEventConfiguration,
        Call::ListTrails,
        Call::ListEventDataStores,
        Call::GetEventDataStore,
        Call::ListChannels,
        Call::GetChannel,
        Call::ListDashboards,
        Call::GetDashboard,
        Call::GetResourcePolicy,
        Call::ListTags,
        Call::LookupEvents,
        Call::GetCallerIdentity,
        Call::DescribeKey,
    ];

    /// The operation's name in the service's API.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The operation with this name.
    pub fn parse(name: &str) -> Option<Call> {
        Call::ALL.into_iter().find(|call| call.name() == name)
    }

    /// Whether it changes anything.
    pub fn writes(self) -> bool {
        self.facts().writes
    }

    /// What it does to its resource.
    pub fn role(self) -> Role {
        match self {
            Call::CreateTrail
            | Call::CreateEventDataStore
            | Call::RestoreEventDataStore
            | Call::CreateChannel
            | Call::CreateDashboard
            | Call::PutResourcePolicy => Role::Create,
            Call::UpdateTrail | Call::UpdateEventDataStore | Call::UpdateChannel | Call::UpdateDashboard => {
                Role::Update
            }
            Call::DeleteTrail
            | Call::DeleteEventDataStore
            | Call::DeleteChannel
            | Call::DeleteDashboard
            | Call::DeleteResourcePolicy => Role::Delete,
            Call::PutEventSelectors => Role::Select,
            Call::StartLogging | Call::StartEventDataStoreIngestion => Role::Start,
            Call::StopLogging | Call::StopEventDataStoreIngestion => Role::Stop,
            Call::PutInsightSelectors
            | Call::PutEventConfiguration
            | Call::EnableFederation
            | Call::DisableFederation => Role::Derive,
            Call::AddTags | Call::RemoveTags => Role::Tag,
            Call::DescribeTrails
            | Call::GetTrailStatus
            | Call::GetEventSelectors
            | Call::GetInsightSelectors
            | Call::GetEventConfiguration
            | Call::ListTrails
            | Call::ListEventDataStores
            | Call::GetEventDataStore
            | Call::ListChannels
            | Call::GetChannel
            | Call::ListDashboards
            | Call::GetDashboard
            | Call::GetResourcePolicy
            | Call::ListTags
            | Call::LookupEvents
            | Call::GetCallerIdentity
            | Call::DescribeKey => Role::Read,
        }
    }

    /// Whether it makes a resource.
    pub fn creates(self) -> bool {
        matches!(
            self,
            Call::CreateTrail | Call::CreateEventDataStore | Call::CreateChannel | Call::CreateDashboard
        )
    }

    /// Whether it deletes a resource; a policy is a part of one.
    pub fn deletes(self) -> bool {
        matches!(
            self,
            Call::DeleteTrail | Call::DeleteEventDataStore | Call::DeleteChannel | Call::DeleteDashboard
        )
    }

    /// The call that takes back what this one did; none where the same call does.
    pub fn opposite(self) -> Option<Call> {
        let pairs = [
            (Call::CreateTrail, Call::DeleteTrail),
            (Call::StartLogging, Call::StopLogging),
            (Call::CreateEventDataStore, Call::DeleteEventDataStore),
            (Call::StartEventDataStoreIngestion, Call::StopEventDataStoreIngestion),
            (Call::EnableFederation, Call::DisableFederation),
            (Call::CreateChannel, Call::DeleteChannel),
            (Call::CreateDashboard, Call::DeleteDashboard),
            (Call::PutResourcePolicy, Call::DeleteResourcePolicy),
            (Call::AddTags, Call::RemoveTags),
        ];
        pairs.into_iter().find_map(|(one, other)| match self {
            call if call == one => Some(other),
            call if call == other => Some(one),
            _ => None,
        })
    }

    /// The row of the table.
    pub fn facts(self) -> Facts {
        match self {
            Call::CreateTrail => write("CreateTrail", &["cloudtrail:CreateTrail", "cloudtrail:AddTags"]),
            Call::UpdateTrail => write("UpdateTrail", &["cloudtrail:UpdateTrail"]),
            Call::DeleteTrail => write("DeleteTrail", &["cloudtrail:DeleteTrail"]),
            Call::StartLogging => write("StartLogging", &["cloudtrail:StartLogging"]),
            Call::StopLogging => write("StopLogging", &["cloudtrail:StopLogging"]),
            Call::PutEventSelectors => write("PutEventSelectors", &["cloudtrail:PutEventSelectors"]),
            Call::PutInsightSelectors => write("PutInsightSelectors", &["cloudtrail:PutInsightSelectors"]),
            // Not in the published list; the rates of its like are assumed (unverified).
            Call::PutEventConfiguration => {
                write("PutEventConfiguration", &["cloudtrail:PutEventConfiguration"])
            }
            // Tags that travel in a create are authorised as AddTags, and ours always do.
            Call::CreateEventDataStore => {
                write("CreateEventDataStore", &["cloudtrail:CreateEventDataStore", "cloudtrail:AddTags"])
            }
            Call::UpdateEventDataStore => write("UpdateEventDataStore", &["cloudtrail:UpdateEventDataStore"]),
            Call::DeleteEventDataStore => write("DeleteEventDataStore", &["cloudtrail:DeleteEventDataStore"]),
            Call::RestoreEventDataStore => {
                write("RestoreEventDataStore", &["cloudtrail:RestoreEventDataStore"])
            }
            Call::StartEventDataStoreIngestion => {
                write("StartEventDataStoreIngestion", &["cloudtrail:StartEventDataStoreIngestion"])
            }
            Call::StopEventDataStoreIngestion => {
                write("StopEventDataStoreIngestion", &["cloudtrail:StopEventDataStoreIngestion"])
            }
            Call::EnableFederation => write("EnableFederation", &["cloudtrail:EnableFederation"]),
            Call::DisableFederation => write("DisableFederation", &["cloudtrail:DisableFederation"]),
            Call::CreateChannel => {
                write("CreateChannel", &["cloudtrail:CreateChannel", "cloudtrail:AddTags"])
            }
            Call::UpdateChannel => write("UpdateChannel", &["cloudtrail:UpdateChannel"]),
            Call::DeleteChannel => write("DeleteChannel", &["cloudtrail:DeleteChannel"]),
            // A dashboard's queries are run in the name of whoever writes it.
            Call::CreateDashboard => write(
                "CreateDashboard",
                &[
                    "cloudtrail:CreateDashboard",
                    "cloudtrail:AddTags",
                    "cloudtrail:StartDashboardRefresh",
                    "cloudtrail:StartQuery",
                ],
            ),
            Call::UpdateDashboard => write(
                "UpdateDashboard",
                &["cloudtrail:UpdateDashboard", "cloudtrail:StartDashboardRefresh", "cloudtrail:StartQuery"],
            ),
            Call::DeleteDashboard => write("DeleteDashboard", &["cloudtrail:DeleteDashboard"]),
            Call::PutResourcePolicy => write("PutResourcePolicy", &["cloudtrail:PutResourcePolicy"]),
            Call::DeleteResourcePolicy => write("DeleteResourcePolicy", &["cloudtrail:DeleteResourcePolicy"]),
            Call::AddTags => write("AddTags", &["cloudtrail:AddTags"]),
            Call::RemoveTags => write("RemoveTags", &["cloudtrail:RemoveTags"]),
            Call::DescribeTrails => read("DescribeTrails", &["cloudtrail:DescribeTrails"]),
            Call::GetTrailStatus => read("GetTrailStatus", &["cloudtrail:GetTrailStatus"]),
            Call::GetEventSelectors => read("GetEventSelectors", &["cloudtrail:GetEventSelectors"]),
            Call::GetInsightSelectors => read("GetInsightSelectors", &["cloudtrail:GetInsightSelectors"]),
            // Not in the published list; the rates of its like are assumed (unverified).
            Call::GetEventConfiguration => {
                read("GetEventConfiguration", &["cloudtrail:GetEventConfiguration"])
            }
            Call::ListTrails => read("ListTrails", &["cloudtrail:ListTrails"]),
            Call::ListEventDataStores => read("ListEventDataStores", &["cloudtrail:ListEventDataStores"]),
            Call::GetEventDataStore => read("GetEventDataStore", &["cloudtrail:GetEventDataStore"]),
            Call::ListChannels => read("ListChannels", &["cloudtrail:ListChannels"]),
            Call::GetChannel => read("GetChannel", &["cloudtrail:GetChannel"]),
            Call::ListDashboards => read("ListDashboards", &["cloudtrail:ListDashboards"]),
            Call::GetDashboard => read("GetDashboard", &["cloudtrail:GetDashboard"]),
            Call::GetResourcePolicy => read("GetResourcePolicy", &["cloudtrail:GetResourcePolicy"]),
            Call::ListTags => read("ListTags", &["cloudtrail:ListTags"]),
            // The one read that is limited to two a second.
            Call::LookupEvents => {
                Facts { per_second: 2, ..read("LookupEvents", &["cloudtrail:LookupEvents"]) }
            }
            // Needs no permission (API reference, STS). The rates of STS and KMS are far above what a run
            // asks.
            Call::GetCallerIdentity => read("GetCallerIdentity", &[]),
            Call::DescribeKey => read("DescribeKey", &["kms:DescribeKey"]),
        }
    }
}

/// Writes are limited to one a second for each operation.
const fn write(name: &'static str, iam: &'static [&'static str]) -> Facts {
    Facts { name, writes: true, per_second: 1, iam }
}

/// Reads are limited to ten a second for each operation.
const fn read(name: &'static str, iam: &'static [&'static str]) -> Facts {
    Facts { name, writes: false, per_second: 10, iam }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_names_each_call_once() {
        let mut names: Vec<&str> = Call::ALL.iter().map(|call| call.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Call::ALL.len());
        for call in Call::ALL {
            assert_eq!(format!("{call:?}"), call.name());
            let reading =
                ["Get", "List", "Describe", "Lookup"].iter().any(|verb| call.name().starts_with(verb));
            assert_eq!(call.writes(), !reading, "{call}");
            assert_eq!(call.role() == Role::Read, reading, "{call}");
            let back = call.opposite().map_or(Some(call), Call::opposite);
            assert_eq!(back, Some(call), "what takes it back is taken back by it");
        }
    }
}
