//! What the role needs with which CloudTrail writes to a log group (user guide, role policy document for CloudTrail to use
//! CloudWatch Logs, and sending events to CloudWatch Logs).

use super::document::{Document, Statement};
use super::{Source, sources_by};
use crate::name::Target;
use crate::state::Desired;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The two documents of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role {
    /// Who may assume it.
    pub trust: Document,
    /// What it may do.
    pub permissions: Document,
}

/// The documents of each role, by its ARN. `organization` is the id of the organization, such as `o-exampleorgid`; it
/// is written only where an organization trail delivers.
pub fn logs_roles(desired: &Desired, organization: &str) -> BTreeMap<String, Role> {
    let groups = sources_by(desired, |trail| trail.cloud_watch_logs_role_arn.as_deref());
    let roles = groups.into_iter().map(|(role, sources)| {
        // The guide's trust policy has no condition; whether CloudTrail names the trail when it assumes the role is
        // unverified.
        let assume = Statement::allow("AllowCloudTrailAssumeRole", ["sts:AssumeRole"]).for_cloudtrail();
        let streams = sources.iter().flat_map(|source| streams(desired, source, organization));
        let streams: BTreeSet<String> = streams.collect();
        let create = Statement::allow("AWSCloudTrailCreateLogStream", ["logs:CreateLogStream"]);
        let put = Statement::allow("AWSCloudTrailPutLogEvents", ["logs:PutLogEvents"]);
        let permissions = Document::new([create.on(&streams), put.on(&streams)]);
        (role, Role { trust: Document::new([assume]), permissions })
    });
    roles.collect()
}

/// Streams are named after account and region of the trail, in an organization also after the organization (user guide,
/// log stream naming). For a delegated administrator the group's account is not the trail's, so both are named; which of
/// them CloudTrail takes is unverified.
fn streams(desired: &Desired, source: &Source, organization: &str) -> Vec<String> {
    let Target { account, region, partition: _ } = &desired.target;
    let Some(group) = &source.trail.cloud_watch_logs_log_group_arn else { return Vec::new() };
    let group = group.strip_suffix(":*").unwrap_or(group);
    let accounts = BTreeSet::from([account, &source.owner]);
    let own =
        accounts.into_iter().map(|account| format!("{group}:log-stream:{account}_CloudTrail_{region}*"));
    let shared = source.trail.is_organization_trail.then(|| format!("{group}:log-stream:{organization}_*"));
    own.chain(shared).collect()
}
