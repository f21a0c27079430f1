//! Delegated administrators of the organization: registering and deregistering. What they may do with trails
//! and stores is in `account`'s standing.

use serde::Deserialize;

use super::account::{Context, Organization, Standing};
use super::error::{ServiceError, refuse, require};
use super::trail::Nothing;

/// The most delegated administrators of an organization (General Reference, CloudTrail quotas).
const MOST_ADMINS: usize = 3;

/// RegisterOrganizationDelegatedAdmin's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RegisterRequest {
    member_account_id: String,
}

/// DeregisterOrganizationDelegatedAdmin's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeregisterRequest {
    delegated_admin_account_id: String,
}

/// RegisterOrganizationDelegatedAdmin. Accounts, like buckets and roles, are taken to exist and to be members.
/// Where no organization has been described, the caller's begins with this call, and every account that it
/// does not name is outside of it.
pub(super) fn register(context: &mut Context<'_>, request: RegisterRequest) -> Result<Nothing, ServiceError> {
    let id = request.member_account_id;
    check(&id)?;
    let caller = context.caller.to_owned();
    let organization = managed(context)?;
    require(
        organization.management_account != id,
        "CannotDelegateManagementAccountException",
        "The management account cannot be a delegated administrator.",
    )?;
    require(
        !organization.delegated_admins.contains(&id),
        "AccountRegisteredException",
        format!("Account {id} is already a delegated administrator of {caller}'s organization."),
    )?;
    require(
        organization.delegated_admins.len() < MOST_ADMINS,
        "DelegatedAdminAccountLimitExceededException",
        format!("An organization has at most {MOST_ADMINS} delegated administrators."),
    )?;
    organization.member_accounts.retain(|member| *member != id);
    organization.delegated_admins.push(id);
    Ok(Nothing {})
}

/// DeregisterOrganizationDelegatedAdmin: the account stays a member, and what it made stays the management
/// account's (user guide, "Organization delegated administrator").
pub(super) fn deregister(
    context: &mut Context<'_>,
    request: DeregisterRequest,
) -> Result<Nothing, ServiceError> {
    let id = request.delegated_admin_account_id;
    check(&id)?;
    let registered =
        context.world.organization.as_ref().is_some_and(|known| known.delegated_admins.contains(&id));
    let organization = match registered {
        true => managed(context)?,
        false => {
            require_management(context)?;
            let text = format!("Account {id} is not a delegated administrator.");
            return Err(refuse("AccountNotRegisteredException", text));
        }
    };
    organization.delegated_admins.retain(|admin| *admin != id);
    organization.member_accounts.push(id);
    Ok(Nothing {})
}

/// 12 to 16 digits in the model; every account id has 12.
fn check(id: &str) -> Result<(), ServiceError> {
    let digits = (12..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    require(digits, "InvalidParameterException", format!("{id} is not an account id."))
}

fn require_management(context: &Context<'_>) -> Result<(), ServiceError> {
    match context.standing() {
        Standing::Management => Ok(()),
        Standing::DelegatedAdmin { .. } | Standing::Member { .. } => Err(refuse(
            "NotOrganizationManagementAccountException",
            format!("Account {} is not the management account of the organization.", context.caller),
        )),
        Standing::Outside => context.organization_owner().map(drop),
    }
}

/// The organization that the caller manages.
fn managed<'a>(context: &'a mut Context<'_>) -> Result<&'a mut Organization, ServiceError> {
    require_management(context)?;
    let caller = context.caller;
    Ok(context.world.organization.get_or_insert_with(|| Organization {
        management_account: caller.to_owned(),
        delegated_admins: Vec::new(),
        member_accounts: Vec::new(),
    }))
}
