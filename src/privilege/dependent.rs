//! What CloudTrail asks of the caller in other services: roles that are passed on, keys, organizations, federation.
//! Nothing of it is called by trailkeeper itself.

use super::document::condition;
use super::grant::Grant;
use super::{arn, calls, kms, stores, trails};
use crate::name::Target;
use crate::resource::Call;
use crate::state::Desired;
use std::collections::BTreeSet;

/// Everything that the calls of this manifest may need elsewhere.
pub(super) fn grants(desired: &Desired) -> Vec<Grant> {
    let sections = [
        logs_roles(desired),
        federation(desired),
        kms::of_stores(desired),
        organization(desired),
        context(desired),
    ];
    sections.into_iter().flatten().collect()
}

/// CreateTrail and UpdateTrail pass the role to CloudTrail (Service Authorization Reference, API operations).
fn logs_roles(desired: &Desired) -> Vec<Grant> {
    let roles = trails(desired).filter_map(|trail| trail.cloud_watch_logs_role_arn.as_deref());
    pass("PassLogsRole", roles.collect())
}

fn pass(sid: &'static str, roles: BTreeSet<&str>) -> Vec<Grant> {
    let to_cloudtrail = condition("StringEquals", "iam:PassedToService", ["cloudtrail.amazonaws.com"]);
    let roles = (!roles.is_empty()).then(|| Grant::of(sid, &["iam:PassRole"], roles));
    roles.into_iter().flatten().map(|grant| grant.when(&to_cloudtrail)).collect()
}

/// The user guide, required permissions for enabling and for disabling federation. There PassRole has no condition; that
/// the role is passed to CloudTrail, though Lake Formation assumes it, says the Service Authorization Reference.
fn federation(desired: &Desired) -> Vec<Grant> {
    let mut grants = Vec::new();
    let roles: BTreeSet<&str> =
        stores(desired).filter_map(|store| store.federation_role_arn.as_deref()).collect();
    if !roles.is_empty() {
        grants.extend(Grant::of("GetFederationRole", &["iam:GetRole"], roles.iter().copied()));
        grants.extend(pass("PassFederationRole", roles));
        let actions = ["glue:CreateDatabase", "glue:CreateTable", "glue:PassConnection"];
        let parts =
            ["catalog", "database/aws:cloudtrail", "table/aws:cloudtrail/*", "connection/aws:cloudtrail"];
        grants.extend(glue(desired, "EnableFederationInGlue", &actions, &parts));
        grants.extend(lake_formation(
            desired,
            &["lakeformation:RegisterResource", "lakeformation:DeregisterResource"],
        ));
    }
    if calls::all(desired).contains(&Call::DisableFederation) {
        let parts = ["catalog", "database/aws:cloudtrail", "table/aws:cloudtrail/*"];
        grants.extend(glue(desired, "DisableFederationInGlue", &["glue:DeleteTable"], &parts));
        grants.extend(lake_formation(desired, &["lakeformation:DeregisterResource"]));
    }
    grants
}

/// The table is named by the store's id, which is not known before the store is.
fn glue(desired: &Desired, sid: &'static str, actions: &[&str], parts: &[&str]) -> Vec<Grant> {
    let resources = parts.iter().map(|part| arn(desired, "glue", &desired.target.account, part));
    Grant::of(sid, actions, resources)
}

fn lake_formation(desired: &Desired, actions: &[&str]) -> Vec<Grant> {
    let account = &desired.target.account;
    let catalog = arn(desired, "lakeformation", account, &format!("catalog:{account}"));
    Grant::of("FederationInLakeFormation", actions, [catalog])
}

/// Organization trails: the user guide's minimum (prepare for creating a trail for your organization) without what only
/// the console needs, and without switching trusted access on and off: that is nobody's side effect. Organization stores
/// are taken to need the same (unverified).
fn organization(desired: &Desired) -> Vec<Grant> {
    let wanted = trails(desired).any(|trail| trail.is_organization_trail)
        || stores(desired).any(|store| store.organization_enabled);
    if !wanted {
        return Vec::new();
    }
    let actions = [
        "organizations:DescribeOrganization",
        "organizations:ListAWSServiceAccessForOrganization",
        "organizations:ListAccounts",
    ];
    let mut grants = Grant::of("Organization", &actions, ["*"]);
    grants.extend(service_linked_role(desired, "cloudtrail.amazonaws.com", "AWSServiceRoleForCloudTrail"));
    grants
}

/// Whoever enriches events first makes CloudTrail's role for it (user guide, using roles for event context). The page names
/// TagContext where the role is deleted; whether RequestContext alone needs it is unverified.
fn context(desired: &Desired) -> Vec<Grant> {
    let wanted = stores(desired).any(|store| !store.context_key_selectors.is_empty());
    let role = "AWSServiceRoleForCloudTrailEventContext";
    if wanted { service_linked_role(desired, "context.cloudtrail.amazonaws.com", role) } else { Vec::new() }
}

/// Looked for, and made when it is not there (API reference, InsufficientIAMAccessPermissionException: "view or create a
/// service-linked role"). The guide's examples look for it in all roles; this names the service-linked ones.
fn service_linked_role(desired: &Desired, service: &'static str, role: &str) -> Vec<Grant> {
    let Target { account, partition, region: _ } = &desired.target;
    let linked = format!("arn:{partition}:iam::{account}:role/aws-service-role");
    let for_service = condition("StringEquals", "iam:AWSServiceName", [service]);
    let create = Grant::of(
        "CreateServiceLinkedRole",
        &["iam:CreateServiceLinkedRole"],
        [format!("{linked}/{service}/{role}")],
    );
    let mut grants: Vec<Grant> = create.into_iter().map(|grant| grant.when(&for_service)).collect();
    grants.extend(Grant::of("GetServiceLinkedRole", &["iam:GetRole"], [format!("{linked}/*")]));
    grants
}
