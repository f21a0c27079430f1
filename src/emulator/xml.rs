//! The two protocols with XML, as far as the services beside CloudTrail need them: awsQuery (STS, SNS), where
//! requests are forms, and REST (S3), where method and path say what is meant.

use serde_json::{Map, Value, json};

use super::error::{ServiceError, refuse};
use super::wire::{Outcome, Service};

/// A form: `Action=GetCallerIdentity&Version=2011-06-15`.
pub(super) fn read_form(body: &[u8]) -> Result<(String, Value), ServiceError> {
    let text =
        std::str::from_utf8(body).map_err(|_| refuse("InvalidParameterValue", "The body is not a form."))?;
    let members: Map<String, Value> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (decoded(key), Value::from(decoded(value))))
        .collect();
    let action = members.get("Action").and_then(Value::as_str).unwrap_or_default().to_owned();
    if action.is_empty() {
        return Err(refuse("MissingAction", "The request has no Action."));
    }
    Ok((action, Value::Object(members)))
}

/// `%41+b` is `A b`. What is no escape stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, after) = match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high * 16 + low, after),
                _ => (b'%', tail),
            },
            (b'+', _) => (b' ', tail),
            (byte, _) => (*byte, tail),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// What a request to S3 means. The bucket is the first part of the path or, in the virtual-hosted style, of
/// the host (S3 user guide, "Virtual hosting of buckets").
pub(super) fn read_rest(method: &str, path: &str, host: &str) -> (String, Value) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let (bucket, rest) = match first {
        "" => (host.split('.').next().unwrap_or_default(), ""),
        bucket => (bucket, path.trim_start_matches('/')[bucket.len()..].trim_matches('/')),
    };
    let about = query.split(['&', '=']).next().unwrap_or_default();
    let operation = match (method, rest, about) {
        ("PUT", "", "" | "x-id") => "CreateBucket",
        ("PUT", "", "policy") => "PutBucketPolicy",
        ("HEAD", "", "") => "HeadBucket",
        ("DELETE", "", "") => "DeleteBucket",
        _ => "",
    };
    let operation = match operation {
        "" => format!("{method} {path}"),
        known => known.to_owned(),
    };
    (operation, json!({"Bucket": decoded(bucket)}))
}

/// The body of an answer of STS or SNS.
pub(super) fn query_body(
    service: Service,
    operation: &str,
    request_id: &str,
    outcome: Outcome,
) -> (u16, String) {
    let namespace = match service {
        Service::Sns => "http://sns.amazonaws.com/doc/2010-03-31/",
        _ => "https://sts.amazonaws.com/doc/2011-06-15/",
    };
    match outcome {
        Outcome::Answered(value) => {
            let body = format!(
                "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>{}</{operation}Result>\
                 <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>",
                elements(&value),
            );
            (200, body)
        }
        Outcome::Refused { status, code, message } => {
            let body = format!(
                "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>Sender</Type><Code>{}</Code>\
                 <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
                escaped(&code),
                escaped(&message),
            );
            (status, body)
        }
    }
}

/// The body of an answer of S3; most have none.
pub(super) fn rest_body(operation: &str, request_id: &str, outcome: Outcome) -> (u16, String) {
    match outcome {
        Outcome::Answered(_) => match operation {
            "DeleteBucket" | "PutBucketPolicy" => (204, String::new()),
            _ => (200, String::new()),
        },
        Outcome::Refused { status, code, message } => {
            let body = format!(
                "<Error><Code>{}</Code><Message>{}</Message><RequestId>{request_id}</RequestId></Error>",
                escaped(&code),
                escaped(&message),
            );
            (status, body)
        }
    }
}

fn elements(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("<{name}>{}</{name}>", elements(value))).collect()
        }
        Value::String(text) => escaped(text),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// As text of an element. Characters that XML cannot hold at all become a replacement character.
fn escaped(text: &str) -> String {
    let allowed = |character: char| !character.is_control() || "\t\n\r".contains(character);
    let text: String = text.chars().map(|c| if allowed(c) { c } else { '\u{fffd}' }).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded_and_never_panics() {
        let read = |text: &str| read_form(text.as_bytes()).unwrap();
        let (action, members) = read("Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa+b&x");
        assert_eq!(action, "AssumeRole");
        assert_eq!(members["RoleArn"], "arn:aws:iam::1:role/a b");
        assert_eq!(decoded("%"), "%");
        assert_eq!(decoded("%4"), "%4");
        assert_eq!(decoded("%é1%zz%41"), "%é1%zzA");
        assert_eq!(decoded("%ff"), "\u{fffd}");
        assert!(read_form(b"").is_err());
        assert!(read_form(b"\xff=\xff").is_err());
    }

    #[test]
    fn a_bucket_stands_in_the_path_or_in_the_host() {
        let bucket = |method: &str, path: &str, host: &str| {
            let (operation, request) = read_rest(method, path, host);
            (operation, request["Bucket"].as_str().unwrap_or_default().to_owned())
        };
        let create = ("CreateBucket".to_owned(), "logs".to_owned());
        assert_eq!(bucket("PUT", "/logs", "127.0.0.1:1"), create);
        assert_eq!(bucket("PUT", "/", "logs.localhost:1"), create);
        assert_eq!(bucket("PUT", "/logs?policy", "localhost").0, "PutBucketPolicy");
        assert_eq!(bucket("PUT", "/logs/key", "localhost").0, "PUT /logs/key");
        assert_eq!(bucket("GET", "", "").0, "GET ");
    }
}
