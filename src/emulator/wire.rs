//! awsJson 1.1 and awsQuery, as far as three services need them: a request's bytes to a call, an answer's
//! values to bytes. It knows no transport and no behaviour.

use serde_json::{Map, Value, json};
use std::time::Duration;

use super::error::{ServiceError, refuse};

/// What a transport hands over of an HTTP request.
#[derive(Clone, Copy, Debug)]
pub(super) struct WireRequest<'a> {
    pub(super) target: Option<&'a str>,
    pub(super) authorization: Option<&'a str>,
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
    Refused {
        status: u16,
        code: String,
        message: String,
    },
    /// HTTP 503 with a web page, as a proxy or load balancer on the way answers.
    Page,
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
            other => {
                let text = format!("The emulator has no service {other}: CloudTrail, KMS and STS only.");
                return Err(refuse("UnknownOperationException", text));
            }
        };
        Ok(Scope { access_key, region, service })
    }
}

/// The call that a request means.
pub(super) fn decode(request: &WireRequest<'_>) -> Result<Call, ServiceError> {
    let Scope { access_key, region, service } = Scope::read(request.authorization)?;
    let (operation, body) = match service {
        Service::Sts => read_query(request.body)?,
        Service::CloudTrail | Service::Kms => (read_target(request.target)?, read_json(request.body)?),
    };
    Ok(Call {
        service,
        operation,
        access_key: access_key.to_owned(),
        region: region.to_owned(),
        request: body,
    })
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

/// A form: `Action=GetCallerIdentity&Version=2011-06-15`. No member that is answered needs unescaping.
fn read_query(body: &[u8]) -> Result<(String, Value), ServiceError> {
    let text =
        std::str::from_utf8(body).map_err(|_| refuse("InvalidParameterValue", "The body is not a form."))?;
    let members: Map<String, Value> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_owned(), Value::from(value)))
        .collect();
    let action = members.get("Action").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok((action, Value::Object(members)))
}

/// The bytes of an outcome, in the service's protocol.
pub(super) fn encode(service: Service, request_id: String, outcome: Outcome) -> WireAnswer {
    let page = outcome == Outcome::Page;
    let (status, body) = match (service, outcome) {
        (_, Outcome::Page) => (503, "<html><body>503 Service Unavailable</body></html>".to_owned()),
        (Service::Sts, Outcome::Answered(value)) => (200, identity_xml(&value, &request_id)),
        (Service::Sts, Outcome::Refused { status, code, message }) => {
            (status, error_xml(&code, &message, &request_id))
        }
        (_, Outcome::Answered(value)) => (200, value.to_string()),
        (_, Outcome::Refused { status, code, message }) => {
            (status, json!({"__type": code, "message": message}).to_string())
        }
    };
    let content_type = match service {
        _ if page => "text/html",
        Service::Sts => "text/xml",
        Service::CloudTrail | Service::Kms => "application/x-amz-json-1.1",
    };
    WireAnswer { status, content_type, request_id, body, delay: Duration::ZERO }
}

fn identity_xml(identity: &Value, request_id: &str) -> String {
    let member = |name: &str| escape(identity.get(name).and_then(Value::as_str).unwrap_or_default());
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>\
         </GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId>\
         </ResponseMetadata></GetCallerIdentityResponse>",
        member("Arn"),
        member("UserId"),
        member("Account"),
    )
}

fn error_xml(code: &str, message: &str, request_id: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{}</Code><Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(code),
        escape(message),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
