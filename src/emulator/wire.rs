//! From an HTTP request to a call, and from an outcome to an answer's bytes: whose credentials, which service,
//! and awsJson 1.1. The protocols with XML are in `xml`. It knows no transport and no behaviour.

use serde_json::{Value, json};
use std::time::Duration;

use super::error::{ServiceError, refuse};
use super::xml;

/// What a transport hands over of an HTTP request.
#[derive(Clone, Copy, Debug)]
pub(super) struct WireRequest<'a> {
    pub(super) method: &'a str,
    /// With the query.
    pub(super) path: &'a str,
    pub(super) host: &'a str,
    pub(super) target: Option<&'a str>,
    pub(super) authorization: Option<&'a str>,
    pub(super) user_agent: &'a str,
    /// The address that the request came from.
    pub(super) source_address: &'a str,
    pub(super) body: &'a [u8],
}

/// What a transport sends back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WireAnswer {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) request_id: String,
    pub(super) body: String,
    /// How much later it leaves; the transport waits.
    pub(super) delay: Duration,
}

/// The services that are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    CloudTrail,
    Kms,
    Sts,
    Sns,
    S3,
}

/// A decoded request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) operation: String,
    pub(super) access_key: String,
    pub(super) region: String,
    pub(super) request: Value,
}

/// What is answered to a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    Answered(Value),
    Refused { status: u16, code: String, message: String },
}

impl From<ServiceError> for Outcome {
    fn from(ServiceError { code, message }: ServiceError) -> Self {
        Outcome::Refused { status: 400, code: code.to_owned(), message }
    }
}

/// Who calls, where and which service: all of it stands in the credential scope of the signature
/// (`Credential=KEY/DATE/REGION/SERVICE/aws4_request`).
struct Scope<'a> {
    access_key: &'a str,
    region: &'a str,
    service: Service,
}

impl<'a> Scope<'a> {
    fn read(authorization: Option<&'a str>) -> Result<Scope<'a>, ServiceError> {
        let missing = || refuse("MissingAuthenticationToken", "Request is missing Authentication Token");
        let (_, rest) = authorization.and_then(|text| text.split_once("Credential=")).ok_or_else(missing)?;
        let credential = rest.split([',', ' ']).next().unwrap_or_default();
        let mut parts = credential.split('/');
        let (Some(access_key), Some(_date), Some(region), Some(service)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refuse("IncompleteSignature", "The credential scope is not complete."));
        };
        let service = match service {
            "cloudtrail" => Service::CloudTrail,
            "kms" => Service::Kms,
            "sts" => Service::Sts,
            "sns" => Service::Sns,
            "s3" => Service::S3,
            other => {
                let text = format!(
                    "The emulator has no service {other}: CloudTrail, KMS, STS, and a little of SNS and S3."
                );
                return Err(refuse("UnknownOperationException", text));
            }
        };
        Ok(Scope { access_key, region, service })
    }
}

/// The call that a request means; what cannot be read is refused in the protocol of the service that is named.
pub(super) fn decode(request: &WireRequest<'_>) -> Result<Call, (Service, ServiceError)> {
    let scope = Scope::read(request.authorization).map_err(|error| (Service::CloudTrail, error))?;
    let Scope { access_key, region, service } = scope;
    let (operation, body) = operation(service, request).map_err(|error| (service, error))?;
    Ok(Call {
        service,
        operation,
        access_key: access_key.to_owned(),
        region: region.to_owned(),
        request: body,
    })
}

/// Every service but S3 has one path, and is posted to.
fn operation(service: Service, request: &WireRequest<'_>) -> Result<(String, Value), ServiceError> {
    if service == Service::S3 {
        return Ok(xml::read_rest(request.method, request.path, request.host));
    }
    let path = request.path.split('?').next().unwrap_or_default();
    if request.method != "POST" || !matches!(path, "" | "/") {
        let text = format!("There is no operation at {} {path}: POST to / is expected.", request.method);
        return Err(refuse("UnknownOperationException", text));
    }
    match service {
        Service::Sts | Service::Sns => xml::read_form(request.body),
        _ => Ok((read_target(request.target)?, read_json(request.body)?)),
    }
}

/// The SDK sends `CloudTrail_20131101.CreateTrail`, boto3 a longer name before the last dot.
fn read_target(target: Option<&str>) -> Result<String, ServiceError> {
    let operation = target.and_then(|target| target.rsplit('.').next()).unwrap_or_default();
    if operation.is_empty() {
        return Err(refuse("UnknownOperationException", "The request has no X-Amz-Target."));
    }
    Ok(operation.to_owned())
}

fn read_json(body: &[u8]) -> Result<Value, ServiceError> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| refuse("SerializationException", format!("The body is not JSON: {error}")))?;
    if value.is_object() {
        return Ok(value);
    }
    Err(refuse("SerializationException", "The body is not a JSON object."))
}

/// The bytes of an outcome, in the service's protocol.
pub(super) fn encode(service: Service, operation: &str, request_id: String, outcome: Outcome) -> WireAnswer {
    let (content_type, (status, body)) = match (service, outcome) {
        (Service::CloudTrail | Service::Kms, outcome) => ("application/x-amz-json-1.1", json_body(outcome)),
        (Service::S3, outcome) => ("application/xml", xml::rest_body(operation, &request_id, outcome)),
        (_, outcome) => ("text/xml", xml::query_body(service, operation, &request_id, outcome)),
    };
    WireAnswer { status, content_type, request_id, body, delay: Duration::ZERO }
}

/// HTTP 503 with a web page, which no service sends.
pub(super) fn page(request_id: String) -> WireAnswer {
    let body = "<html><body>503 Service Unavailable</body></html>".to_owned();
    WireAnswer { status: 503, content_type: "text/html", request_id, body, delay: Duration::ZERO }
}

fn json_body(outcome: Outcome) -> (u16, String) {
    match outcome {
        Outcome::Answered(value) => (200, value.to_string()),
        Outcome::Refused { status, code, message } => {
            (status, json!({"__type": code, "message": message}).to_string())
        }
    }
}
