//! The emulator as the SDK's HTTP client: the SDK signs, serialises, retries and parses as always, and only
//! the connection leads here.

use std::io;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::Emulator;
use super::wire::{WireAnswer, WireRequest};

impl Emulator {
    /// The emulator as an HTTP client, for `aws_config::defaults(..).http_client(..)`.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }
}

impl HttpClient for Emulator {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Emulator {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match answer(self, &request) {
            Ok(late) if !late.delay.is_zero() => HttpConnectorFuture::new(async move {
                tokio::time::sleep(late.delay).await;
                response(late)
            }),
            answered => HttpConnectorFuture::ready(answered.and_then(response)),
        }
    }
}

fn answer(emulator: &Emulator, request: &HttpRequest) -> Result<WireAnswer, ConnectorError> {
    let Some(body) = request.body().bytes() else {
        let cause = "the emulator reads no streamed bodies";
        return Err(ConnectorError::user(cause.into()));
    };
    // `https://host/path`: the host stands before the third slash, the path after it.
    let mut parts = request.uri().splitn(4, '/');
    let (host, path) = (parts.nth(2).unwrap_or_default(), parts.next().unwrap_or_default());
    let answered = emulator.exchange(&WireRequest {
        method: request.method(),
        path: &format!("/{path}"),
        host,
        target: request.headers().get("x-amz-target"),
        authorization: request.headers().get("authorization"),
        user_agent: request.headers().get("user-agent").unwrap_or_default(),
        source_address: "127.0.0.1",
        body,
    });
    answered.map_err(|_| {
        let cause = io::Error::new(io::ErrorKind::ConnectionReset, "the connection broke");
        ConnectorError::io(cause.into())
    })
}

fn response(answer: WireAnswer) -> Result<HttpResponse, ConnectorError> {
    let WireAnswer { status, content_type, request_id, body, delay: _ } = answer;
    let status = StatusCode::try_from(status).map_err(|error| ConnectorError::user(error.into()))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", content_type);
    response.headers_mut().insert("x-amzn-requestid", request_id);
    Ok(response)
}
