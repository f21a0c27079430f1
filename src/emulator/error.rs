//! An error as the service answers it: AWS's own code and a message. How it travels is the wire's.

/// A refusal by the service. CloudTrail answers every modelled error with HTTP 400 (API reference,
/// "Errors" of each operation), so the code alone tells them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServiceError {
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// The one way to make a [`ServiceError`].
pub(super) fn refuse(code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError { code, message: message.into() }
}

/// `Err` unless `holds`.
pub(super) fn require(
    holds: bool,
    code: &'static str,
    message: impl Into<String>,
) -> Result<(), ServiceError> {
    if holds { Ok(()) } else { Err(refuse(code, message)) }
}
