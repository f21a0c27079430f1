//! Who we are, and what every request says about us.

use super::*;
use aws_sdk_cloudtrail::config::RuntimeComponents;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use std::sync::{Arc, Mutex};

/// An HTTP client that keeps the headers of every request for the test to look at.
#[derive(Debug, Clone)]
struct Tap {
    behind: SharedHttpClient,
    connector: Option<SharedHttpConnector>,
    seen: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
}

impl HttpClient for Tap {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = Some(self.behind.http_connector(settings, components));
        SharedHttpConnector::new(Tap { connector, ..self.clone() })
    }
}

impl HttpConnector for Tap {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.seen.lock().unwrap().push(headers.collect());
        self.connector.as_ref().unwrap().call(request)
    }
}

#[tokio::test]
async fn the_caller_and_its_partition_come_from_sts() {
    let emulator = Emulator::new(ACCOUNT);
    let china = try_connect(&emulator, Some("cn-north-1")).await.unwrap();
    assert_eq!(china.target().partition.as_str(), "aws-cn");
    assert_eq!(china.target().region.as_str(), "cn-north-1");
    let reader = try_connect(&emulator, Some(HOME)).await.unwrap();
    assert_eq!(reader.target().account.as_str(), ACCOUNT);
    assert_eq!(reader.caller().as_str(), format!("arn:aws:iam::{ACCOUNT}:user/sandbox"));
}

#[tokio::test]
async fn every_request_names_the_program_and_the_manifest() {
    let emulator = Emulator::new(ACCOUNT);
    let seen = Arc::default();
    let tap = Tap { behind: emulator.http_client(), connector: None, seen: Arc::clone(&seen) };
    let reader = connect(ConnectOptions {
        region: Region::parse(HOME),
        manifest: "security baseline/eu\r\nx".to_owned(),
        sandbox: Some(SharedHttpClient::new(tap)),
        ..ConnectOptions::default()
    })
    .await
    .unwrap();
    let asks = Asks { kms_keys: ["alias/logs".to_owned()].into(), ..Asks::default() };
    reader.read(&asks).await.unwrap();

    let words = format!("trailkeeper/{} manifest/security-baseline-eu--x ", env!("CARGO_PKG_VERSION"));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), emulator.calls().len());
    for headers in seen.iter() {
        for name in ["user-agent", "x-amz-user-agent"] {
            assert!(headers[name].starts_with(&words), "{name}: {}", headers[name]);
            assert!(headers[name].contains("aws-sdk-rust/"), "{name}: {}", headers[name]);
        }
        assert!(headers["authorization"].contains("x-amz-user-agent"), "{}", headers["authorization"]);
    }
}

#[tokio::test]
async fn without_a_region_nobody_is_asked() {
    let emulator = Emulator::new(ACCOUNT);
    let error = try_connect(&emulator, None).await.unwrap_err();
    assert_eq!(error.to_string(), "no region is set");
    assert!(error.help.unwrap().contains("--region"));
    assert_eq!(emulator.calls(), []);
}

#[tokio::test]
async fn expired_credentials_are_told_with_the_way_out() {
    let emulator = Emulator::new(ACCOUNT);
    emulator.set_faults(vec![fault("GetCallerIdentity", None, refusal("ExpiredToken"))]);
    let error = try_connect(&emulator, Some(HOME)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "could not find out whose credentials these are: GetCallerIdentity for the caller: ExpiredToken: as the test wants it"
    );
    let help = "the credentials have expired; sign in again (for example `aws sso login`)";
    assert_eq!(error.help.as_deref(), Some(help));
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_tried_and_then_told() {
    let emulator = Emulator::new(ACCOUNT);
    emulator.set_faults(vec![fault("*", None, Then::Reset)]);
    let error = try_connect(&emulator, Some(HOME)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "could not find out whose credentials these are: GetCallerIdentity for the caller: io error: the connection broke"
    );
    assert!(error.help.unwrap().contains("--endpoint-url"));
    assert_eq!(emulator.calls().len(), 3);
}
