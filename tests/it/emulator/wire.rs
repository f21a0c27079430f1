//! The wire: what other clients send, what is refused aloud; STS and KMS.

use aws_sdk_kms::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use trailkeeper::emulator::Emulator;

use super::{ACCOUNT, HOME, code};

fn credentials() -> Credentials {
    Credentials::new("AKIAEXAMPLE", "secret", None, None, "test")
}

fn kms(emulator: &Emulator) -> aws_sdk_kms::Client {
    let config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(HOME))
        .credentials_provider(credentials())
        .http_client(emulator.http_client())
        .build();
    aws_sdk_kms::Client::from_conf(config)
}

/// One request as any client could send it, and the status and JSON that come back.
async fn send(emulator: &Emulator, target: &str, authorization: Option<&str>, body: &str) -> (u16, Value) {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").unwrap();
    request.headers_mut().insert("x-amz-target", target.to_owned());
    if let Some(authorization) = authorization {
        request.headers_mut().insert("authorization", authorization.to_owned());
    }
    let answer = SharedHttpConnector::new(emulator.clone()).call(request).await.unwrap();
    let body = serde_json::from_slice(answer.body().bytes().unwrap()).unwrap();
    (answer.status().as_u16(), body)
}

const SIGNED: Option<&str> = Some(
    "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/cloudtrail/aws4_request, SignedHeaders=host, Signature=0",
);

/// The operation is what follows the last dot of the target: the SDK and boto3 prefix it differently.
#[tokio::test]
async fn short_and_long_targets_are_the_same_operation() {
    let emulator = Emulator::new(ACCOUNT);
    for target in [
        "CloudTrail_20131101.DescribeTrails",
        "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.DescribeTrails",
    ] {
        assert_eq!(send(&emulator, target, SIGNED, "{}").await, (200, json!({"trailList": []})));
    }
}

/// Unknown operations and members, missing members and bodies that cannot be read are refused, each by name.
#[tokio::test]
async fn what_the_model_does_not_have_is_refused_aloud() {
    let emulator = Emulator::new(ACCOUNT);
    let refusal = |target: &'static str, authorization, body: &'static str| {
        let emulator = emulator.clone();
        async move {
            let (status, body) = send(&emulator, target, authorization, body).await;
            let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
            (status, text("__type"), text("message"))
        }
    };
    let (status, code, message) = refusal("CloudTrail_20131101.CreateTrial", SIGNED, "{}").await;
    assert_eq!((status, code.as_str()), (400, "UnknownOperationException"));
    assert!(message.contains("CreateTrial"), "{message}");
    let body = r#"{"Name":"audit","S3BucketName":"logs","Colour":"red"}"#;
    let (_, code, message) = refusal("CloudTrail_20131101.CreateTrail", SIGNED, body).await;
    assert_eq!(code, "SerializationException");
    assert!(message.contains("Colour"), "{message}");
    let (_, code, message) = refusal("CloudTrail_20131101.CreateTrail", SIGNED, r#"{"Name":"audit"}"#).await;
    assert_eq!(code, "ValidationException");
    assert!(message.contains("S3BucketName"), "{message}");
    let (_, code, _) = refusal("CloudTrail_20131101.CreateTrail", SIGNED, "{").await;
    assert_eq!(code, "SerializationException");
    let mut request = HttpRequest::new(SdkBody::from("{}"));
    request.headers_mut().insert("authorization", SIGNED.unwrap());
    let answer = SharedHttpConnector::new(emulator.clone()).call(request).await.unwrap();
    let text = std::str::from_utf8(answer.body().bytes().unwrap()).unwrap();
    assert!(text.contains("UnknownOperationException"), "a GET is no call: {text}");
    let (_, code, _) = refusal("CloudTrail_20131101.CreateTrail", None, "{}").await;
    assert_eq!(code, "MissingAuthenticationToken");
}

/// STS says the default account for any access key, and an access key that is an account id for itself.
#[tokio::test(start_paused = true)]
async fn the_caller_is_the_default_account_or_the_access_key() {
    let emulator = Emulator::new(ACCOUNT);
    for (key, account) in [("AKIAEXAMPLE", ACCOUNT), ("444455556666", "444455556666")] {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
            .region(aws_sdk_sts::config::Region::new(HOME))
            .credentials_provider(Credentials::new(key, "secret", None, None, "test"))
            .http_client(emulator.http_client())
            .build();
        let identity = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await.unwrap();
        let arn = format!("arn:aws:iam::{account}:user/sandbox");
        assert_eq!((identity.account(), identity.arn()), (Some(account), Some(arn.as_str())));
    }
}

/// KMS DescribeKey: an alias is one stable key, its name and ARN alike; a key is itself (KMS API reference).
#[tokio::test(start_paused = true)]
async fn an_alias_is_one_stable_key() {
    let emulator = Emulator::new(ACCOUNT);
    let client = kms(&emulator);
    let arn = |key: &str| {
        let describe = client.describe_key().key_id(key);
        async move { describe.send().await.unwrap().key_metadata.unwrap().arn.unwrap() }
    };
    let key = arn("alias/trail").await;
    assert!(key.starts_with("arn:aws:kms:us-east-1:111122223333:key/"), "{key}");
    assert_eq!(arn("arn:aws:kms:us-east-1:111122223333:alias/trail").await, key);
    assert_eq!(arn(&key).await, key);
    assert_eq!(arn(key.rsplit('/').next().unwrap()).await, key);
    assert_ne!(arn("alias/other").await, key);
    let again = kms(&Emulator::new(ACCOUNT)).describe_key().key_id("alias/trail").send().await.unwrap();
    assert_eq!(again.key_metadata.unwrap().arn.unwrap(), key);
    assert_eq!(code(client.describe_key().key_id("what").send().await), "NotFoundException");
}
