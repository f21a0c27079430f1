//! STS: who calls, and GetCallerIdentity and AssumeRole. Signatures are not verified: an access key alone
//! says who calls.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::account::{Context, World};
use super::arn;
use super::error::{ServiceError, refuse, require};

/// The most temporary keys that are remembered; the account of an older one can still be told from the key.
const MOST_SESSIONS: usize = 1000;

/// When temporary keys expire: never, as far as a client's clock is concerned. The emulator's own clock counts
/// calls, and a client would take a time of it for long past.
const EXPIRATION: &str = "2099-12-31T23:59:59Z";

const INVALID: &str = "ValidationError";

/// A role that somebody has assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Session {
    access_key: String,
    role_arn: String,
    session_name: String,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) account: String,
    pub(super) arn: String,
    pub(super) principal_id: String,
    pub(super) access_key: String,
}

impl Identity {
    /// A temporary key is the session that it was given out for; an access key that is an account id of twelve
    /// digits calls as that account, and every other one as `default_account`.
    pub(super) fn of(world: &World, access_key: &str, region: &str, default_account: &str) -> Identity {
        let partition = arn::partition_of(region);
        let session = world.sessions.iter().rev().find(|session| session.access_key == access_key);
        if let Some((session, role)) = session.and_then(|session| Some((session, session.role()?))) {
            let Role { account, name } = role;
            let assumed = format!("assumed-role/{name}/{}", session.session_name);
            return Identity {
                account: account.to_owned(),
                arn: format!("arn:{partition}:sts::{account}:{assumed}"),
                principal_id: format!("AROAEXAMPLESANDBOX:{}", session.session_name),
                access_key: access_key.to_owned(),
            };
        }
        let account = match access_key {
            key if arn::is_account(key) => key,
            key => account_of_temporary(key).unwrap_or(default_account),
        };
        Identity {
            account: account.to_owned(),
            arn: format!("arn:{partition}:iam::{account}:user/sandbox"),
            principal_id: "AIDAEXAMPLESANDBOX".to_owned(),
            access_key: access_key.to_owned(),
        }
    }
}

/// The parts of a role's ARN.
struct Role<'a> {
    account: &'a str,
    name: &'a str,
}

impl Session {
    fn role(&self) -> Option<Role<'_>> {
        role(&self.role_arn)
    }
}

/// A role's name is the last part of its path (IAM user guide, "IAM identifiers").
fn role(text: &str) -> Option<Role<'_>> {
    let parts = arn::parse(text).filter(|parts| parts.service == "iam" && arn::is_account(parts.account))?;
    let name = parts.resource.strip_prefix("role/")?.rsplit('/').next()?;
    (!name.is_empty()).then_some(Role { account: parts.account, name })
}

/// A temporary key of twenty characters, as AWS's are: `ASIA`, the account, and a number in base 36.
fn temporary(account: &str, mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut tail = String::new();
    for _ in 0..4 {
        let digit = usize::try_from(number % 36).unwrap_or_default();
        tail.insert(0, char::from(DIGITS[digit]));
        number /= 36;
    }
    format!("ASIA{account}{tail}")
}

fn account_of_temporary(key: &str) -> Option<&str> {
    let account = key.strip_prefix("ASIA")?.get(..12)?;
    (key.len() == 20 && arn::is_account(account)).then_some(account)
}

/// GetCallerIdentity.
pub(super) fn get_caller_identity(context: &Context<'_>) -> Value {
    let identity = context.identity;
    json!({"Account": identity.account, "Arn": identity.arn, "UserId": identity.principal_id})
}

/// AssumeRole. Every role is taken to exist, and to trust everybody.
pub(super) fn assume_role(context: &mut Context<'_>, request: &Value) -> Result<Value, ServiceError> {
    let text = |member: &str| request.get(member).and_then(Value::as_str).unwrap_or_default();
    let (role_arn, session_name) = (text("RoleArn"), text("RoleSessionName"));
    let Some(role) = role(role_arn) else {
        return Err(refuse(INVALID, format!("{role_arn} is invalid")));
    };
    let named = (2..=64).contains(&session_name.len())
        && session_name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_=,.@-".contains(&byte));
    let pattern = "Member must satisfy regular expression pattern: [\\w+=,.@-]* and have 2 to 64 characters";
    require(named, INVALID, format!("Value '{session_name}' at 'roleSessionName' failed: {pattern}"))?;
    let access_key = temporary(role.account, context.next_number());
    context.touched = true;
    let session = Session {
        access_key: access_key.clone(),
        role_arn: role_arn.to_owned(),
        session_name: session_name.to_owned(),
    };
    let sessions = &mut context.world.sessions;
    sessions.push(session);
    let surplus = sessions.len().saturating_sub(MOST_SESSIONS);
    sessions.drain(..surplus);
    let identity = Identity::of(context.world, &access_key, context.region, context.caller);
    Ok(json!({
        "Credentials": {
            "AccessKeyId": access_key,
            "SecretAccessKey": "sandbox",
            "SessionToken": "sandbox",
            "Expiration": EXPIRATION,
        },
        "AssumedRoleUser": {"Arn": identity.arn, "AssumedRoleId": identity.principal_id},
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_key_tells_its_account() {
        let key = temporary("111122223333", 37);
        assert_eq!(key, "ASIA1111222233330011");
        assert_eq!(account_of_temporary(&key), Some("111122223333"));
        for other in ["ASIA11112222333300111", "AKIA1111222233330011", "ASIAéééééééé", "ASIA"] {
            assert_eq!(account_of_temporary(other), None, "{other}");
        }
    }
}
