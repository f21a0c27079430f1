//! What a failed call means. CloudTrail answers every modelled error with HTTP 400, so the code alone tells
//! (API reference); many codes are unmodelled on the operation that answers them. What follows from a class
//! is decided by whoever called.

use super::reach::{SILENCE, is_unreached};
use crate::resource::Call;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;
use std::error::Error;
use std::fmt;

/// A call that did not succeed, with its subject, its cause and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// The operation.
    pub call: Call,
    /// What it was about: a key, an ARN, or the kind that was listed.
    pub subject: String,
    /// The service's code; none when no answer of the service arrived.
    pub code: Option<String>,
    /// The service's words, or what happened to the call.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// What the error means for what comes next.
    pub class: Class,
}

/// What an error means for what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The subject does not exist.
    NotFound,
    /// Something has the name already.
    AlreadyExists,
    /// Too many calls; nothing was done.
    Throttled,
    /// The subject is being changed, or is not in a state that admits the call; later it may be.
    Busy,
    /// Something that the call depends on does not admit it. It may be new, and not known everywhere yet.
    Dependency,
    /// The caller may not do this.
    Denied,
    /// The service does not know the operation, here.
    Unsupported,
    /// No connection came about, so that nothing was sent.
    Unreachable,
    /// It may have been done or not: no answer, or a failure of the service.
    Unknown,
    /// Trying again changes nothing.
    Permanent,
}

impl CallError {
    /// What the SDK answered, understood.
    pub(super) fn of<E>(call: Call, subject: &str, error: &SdkError<E, HttpResponse>) -> CallError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let code = error.code().map(str::to_owned);
        let class = match error {
            SdkError::ConstructionFailure(_) => Class::Permanent,
            SdkError::ServiceError(_) => {
                let failed = error.raw_response().is_some_and(|raw| raw.status().is_server_error());
                let class = classify(call, code.as_deref(), error.message().unwrap_or_default());
                if failed && class == Class::Permanent { Class::Unknown } else { class }
            }
            _ if credentials_problem(error).is_some() => Class::Permanent,
            _ if is_unreached(error) => Class::Unreachable,
            _ => Class::Unknown,
        };
        let message = match error.message() {
            Some(message) if !message.is_empty() => message.to_owned(),
            _ => no_answer(error),
        };
        let help = match credentials_problem(error) {
            Some(help) => Some(help.to_owned()),
            None => help(call, code.as_deref(), class),
        };
        CallError { call, subject: subject.to_owned(), code, message, help, class }
    }

    /// A call that could not be made at all.
    pub(super) fn unmade(call: Call, subject: &str, message: String) -> CallError {
        CallError {
            call,
            subject: subject.to_owned(),
            code: None,
            message,
            help: None,
            class: Class::Permanent,
        }
    }

    /// A call that was not sent, because the service has not answered a single one for long.
    pub(super) fn unsent(call: Call, subject: &str) -> CallError {
        let message = format!("not sent, because no call was answered for {} seconds", SILENCE.as_secs());
        let class = Class::Unreachable;
        CallError { class, help: help(call, None, class), ..CallError::unmade(call, subject, message) }
    }

    /// A request that the SDK refuses to build: a required member is missing.
    pub(super) fn unbuilt(call: Call, subject: &str, error: &BuildError) -> CallError {
        CallError::unmade(call, subject, format!("the request is incomplete: {error}"))
    }

    /// Whether the service answered with this code.
    pub fn has_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the subject does not exist.
    pub(super) fn is_not_found(&self) -> bool {
        self.class == Class::NotFound
    }

    /// What the service answered, for who knows about what.
    pub fn answer(&self) -> String {
        self.code.as_ref().map_or_else(|| self.message.clone(), |code| format!("{code}: {}", self.message))
    }

    /// The same error with a remark after its message.
    pub(super) fn remarked(mut self, remark: &str) -> CallError {
        let message = self.message.trim_end_matches('.');
        self.message = format!("{message} ({remark})");
        self
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CallError { call, subject, code, message, help: _, class: _ } = self;
        match code {
            Some(code) => write!(f, "{call} for {subject}: {code}: {message}"),
            None => write!(f, "{call} for {subject}: {message}"),
        }
    }
}

impl Error for CallError {}

/// The error catalogue (API reference, errors of each operation; which of them pass is other tools' practice).
fn classify(call: Call, code: Option<&str>, message: &str) -> Class {
    match code.unwrap_or_default() {
        "TrailNotFoundException"
        | "EventDataStoreNotFoundException"
        | "ChannelNotFoundException"
        | "ResourceNotFoundException"
        | "ResourcePolicyNotFoundException"
        | "InsightNotEnabledException"
        | "NotFoundException"
        // Also answered for a well-formed ARN that maps to nothing.
        | "EventDataStoreARNInvalidException"
        | "ResourceARNNotValidException" => Class::NotFound,
        "TrailAlreadyExistsException"
        | "EventDataStoreAlreadyExistsException"
        | "ChannelAlreadyExistsException" => Class::AlreadyExists,
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "LimitExceededException"
        | "SlowDown" => Class::Throttled,
        "ConflictException"
        | "ConcurrentModificationException"
        // Transient while a store is STARTING, STOPPING or CREATED.
        | "InvalidEventDataStoreStatusException" => Class::Busy,
        "InsufficientS3BucketPolicyException"
        | "InsufficientSnsTopicPolicyException"
        | "InsufficientEncryptionPolicyException"
        | "KmsKeyNotFoundException"
        | "S3BucketDoesNotExistException" => Class::Dependency,
        // A log group or role that has just been made is answered so until IAM knows it everywhere.
        "InvalidCloudWatchLogsRoleArnException" | "InvalidCloudWatchLogsLogGroupArnException"
            if message.to_lowercase().contains("access denied") =>
        {
            Class::Dependency
        }
        // A store that has just been made is not active for a while. One that waits for its deletion is answered
        // alike, and stays so.
        "InactiveEventDataStoreException"
            if matches!(call, Call::CreateChannel | Call::UpdateChannel | Call::CreateDashboard) =>
        {
            Class::Dependency
        }
        // A principal that has just been made is unknown for a while; what else is wrong with a policy stays wrong.
        // That the message speaks of a principal then is what other services do (unverified for CloudTrail).
        "ResourcePolicyNotValidException"
            if call == Call::PutResourcePolicy && message.to_lowercase().contains("principal") =>
        {
            Class::Dependency
        }
        // A role that has just been made cannot be assumed for a while.
        "AccessDeniedException" if call == Call::EnableFederation => Class::Dependency,
        code if is_denied(code) => Class::Denied,
        // `InvalidAction` and `NotImplemented` come from other implementations of the API.
        "UnsupportedOperationException" | "UnknownOperationException" | "InvalidAction" | "NotImplemented" => {
            Class::Unsupported
        }
        "InternalFailure"
        | "InternalServerError"
        | "InternalServiceError"
        | "InternalError"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "RequestTimeout" => Class::Unknown,
        _ => Class::Permanent,
    }
}

fn is_denied(code: &str) -> bool {
    matches!(code, "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation")
}

/// The way out, where the code tells one.
fn help(call: Call, code: Option<&str>, class: Class) -> Option<String> {
    let code = code.unwrap_or_default();
    let text = match code {
        code if is_denied(code) => return Some(permission(call)),
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            "the credentials have expired; sign in again (for example `aws sso login`)"
        }
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidAccessKeyId" => {
            "AWS does not know these credentials; check the profile, and that the region is enabled in the account"
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" => {
            "check the secret access key, and that this machine's clock is right"
        }
        "CloudTrailAccessNotEnabledException" => {
            "enable trusted access for CloudTrail in AWS Organizations, from the management account"
        }
        "NotOrganizationMasterAccountException" | "NotOrganizationManagementAccountException" => {
            "only the organization's management account may do this"
        }
        "OperationNotPermittedException" => {
            "the service's rules or an organization policy do not permit this to the caller"
        }
        "EventDataStoreAlreadyExistsException" => {
            "the name may still be taken by a store that waits for its deletion; restore that one or choose another name"
        }
        // Whether a store takes changes while its ingestion is stopped is unverified.
        "InvalidEventDataStoreStatusException" => {
            "run again when the store has settled; if its ingestion is stopped, declare ingestionEnabled: true, apply, and stop it again"
        }
        "InactiveEventDataStoreException" => {
            "a store that waits for its deletion must be restored first: declare it"
        }
        "InsufficientS3BucketPolicyException" => {
            "let cloudtrail.amazonaws.com use s3:GetBucketAcl and s3:PutObject in the bucket's policy"
        }
        "InsufficientSnsTopicPolicyException" => {
            "let cloudtrail.amazonaws.com use sns:Publish in the topic's policy"
        }
        "InsufficientEncryptionPolicyException" => {
            "let cloudtrail.amazonaws.com use kms:GenerateDataKey* and kms:DescribeKey in the key's policy"
        }
        _ => match class {
            Class::Unsupported => "CloudTrail does not offer this operation here",
            Class::Throttled => "something else calls CloudTrail in this account; try again later",
            Class::Unreachable => "check the network, the region, and --endpoint-url or AWS_ENDPOINT_URL",
            Class::Unknown => {
                "check the network and the AWS Health Dashboard; run again to see what was done"
            }
            _ => return None,
        },
    };
    Some(text.to_owned())
}

fn permission(call: Call) -> String {
    match call.facts().iam {
        [] => "the caller may not do this".to_owned(),
        actions => format!("allow {} to the caller", actions.join(" and ")),
    }
}

/// What happened to a call that the service did not answer, cause by cause.
fn no_answer(error: &(dyn Error + 'static)) -> String {
    if let Some(problem) = credentials_error(error) {
        return in_one_line(&causes(problem).join(": "));
    }
    let causes = causes(error);
    match causes.split_first() {
        // The SDK's own first word is about the shape of the failure, and what follows says more.
        Some((_, rest)) if !rest.is_empty() => rest.join(": "),
        Some((first, _)) => first.clone(),
        None => "no answer".to_owned(),
    }
}

/// The SDK lists the places where it looked for credentials on lines of their own.
fn in_one_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.collect();
    if rest.is_empty() { first.to_owned() } else { format!("{first} {}", rest.join("; ")) }
}

/// The messages of an error and of everything beneath it, each once.
pub(super) fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    let chain = std::iter::successors(Some(error), beneath);
    let mut messages: Vec<String> = Vec::new();
    for message in chain.map(ToString::to_string) {
        if !message.is_empty() && !messages.iter().any(|known| known.contains(&message)) {
            messages.push(message);
        }
    }
    messages
}

fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    std::iter::successors(Some(error), beneath).find_map(|error| error.downcast_ref())
}

/// What an error is because of.
pub(super) fn beneath<'a>(error: &&'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    (*error).source()
}

/// The way out when the call was never sent because there are no usable credentials.
pub(super) fn credentials_problem(error: &(dyn Error + 'static)) -> Option<&'static str> {
    Some(match credentials_error(error)? {
        CredentialsError::CredentialsNotLoaded(_) => {
            "sign in (for example `aws sso login`), set AWS_PROFILE or AWS_ACCESS_KEY_ID, or use --profile"
        }
        CredentialsError::InvalidConfiguration(_) => "check ~/.aws/config and ~/.aws/credentials",
        _ => "sign in again (for example `aws sso login`), or use another --profile",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_problem_of_a_log_group_may_pass_and_a_wrong_one_does_not() {
        let class =
            |message| classify(Call::CreateTrail, Some("InvalidCloudWatchLogsLogGroupArnException"), message);
        assert_eq!(class("Access denied. Check the permissions for your role."), Class::Dependency);
        assert_eq!(class("CloudTrail cannot validate the specified log group ARN."), Class::Permanent);
    }

    #[test]
    fn a_policy_is_tried_again_only_for_an_unknown_principal() {
        let class =
            |message| classify(Call::PutResourcePolicy, Some("ResourcePolicyNotValidException"), message);
        assert_eq!(class("Invalid principal in policy."), Class::Dependency);
        assert_eq!(class("The policy has no statement."), Class::Permanent);
    }

    #[test]
    fn a_denial_names_the_permission() {
        let help = help(Call::CreateTrail, Some("AccessDeniedException"), Class::Denied);
        assert_eq!(
            help.as_deref(),
            Some("allow cloudtrail:CreateTrail and cloudtrail:AddTags to the caller")
        );
    }

    #[test]
    fn a_denial_of_federation_may_be_a_new_role() {
        let class = |call| classify(call, Some("AccessDeniedException"), "");
        assert_eq!(class(Call::EnableFederation), Class::Dependency);
        assert_eq!(class(Call::DisableFederation), Class::Denied);
    }
}
