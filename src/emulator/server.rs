//! The emulator over HTTP, for clients that are not this program. It knows HTTP/1.1 and two paths of its own;
//! everything else is the exchange's, as it is behind the connector.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, USER_AGENT};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::Emulator;
use super::wire::WireRequest;

/// The largest body that is read, in bytes; every request that the limits of CloudTrail admit is smaller.
const MOST_BODY: usize = 4 * 1024 * 1024;

/// How much of a body that is too large is read before the connection is given up, in bytes: a client that is
/// still sending would not see the answer.
const MOST_DRAINED: usize = 64 * 1024 * 1024;

/// How long connections may take to finish what they are at when the server ends.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the state is cleared: the sandbox's own path, and the one that test-suites written for moto send.
const RESET_PATHS: [&str; 2] = ["/_sandbox/reset", "/moto-api/reset"];

/// Where the state can be read.
pub(super) const STATE_PATH: &str = "/_sandbox/state";

impl Emulator {
    /// Answers over HTTP until `end`, each request `latency` after it came. What was answered has been saved.
    ///
    /// Beside AWS's own operations, `POST /_sandbox/reset` clears the state (so does `/moto-api/reset`), and
    /// `GET /_sandbox/state` answers it as YAML.
    pub async fn serve(&self, listener: TcpListener, latency: Duration, end: impl Future<Output = ()>) {
        let connections = GracefulShutdown::new();
        let mut end = pin!(end);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut end => break,
            };
            match accepted {
                Ok((stream, peer)) => self.attend(stream, peer, latency, &connections),
                // A connection that broke at once, or no file handle left: either passes.
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
        drop(listener);
        // Whoever is slower than this has not been answered, which is all that was promised.
        let _ = timeout(PATIENCE, connections.shutdown()).await;
    }

    fn attend(&self, stream: TcpStream, peer: SocketAddr, latency: Duration, connections: &GracefulShutdown) {
        // Answers are small and complete: nothing is to be gathered before they leave.
        let _ = stream.set_nodelay(true);
        let emulator = self.clone();
        let answer = service_fn(move |request| {
            let emulator = emulator.clone();
            async move {
                // Even the shortest sleep lasts until the next tick of a timer.
                if !latency.is_zero() {
                    sleep(latency).await;
                }
                emulator.respond(request, peer).await
            }
        });
        let connection =
            http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), answer);
        let watched = connections.watch(connection);
        // A connection that ends badly concerns nobody but its client.
        tokio::spawn(async move { watched.await.unwrap_or_default() });
    }

    /// The answer to one request. An error breaks the connection, which is what an unanswered call is.
    async fn respond(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<Response<Full<Bytes>>, io::Error> {
        let (head, body) = request.into_parts();
        let body = match read(body).await {
            Ok(Some(body)) => body,
            Ok(None) => return Ok(too_large()),
            Err(error) => return Err(io::Error::other(error)),
        };
        let path = head.uri.path();
        if RESET_PATHS.contains(&path) {
            return Ok(self.respond_to_reset(&head.method));
        }
        if path == STATE_PATH {
            return Ok(match head.method {
                Method::GET => plain(StatusCode::OK, "application/yaml", self.state()),
                _ => wrong_method("GET"),
            });
        }
        let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
        let answered = self.exchange(&WireRequest {
            method: head.method.as_str(),
            path: head.uri.path_and_query().map_or("/", |path| path.as_str()),
            host: text(HOST).unwrap_or_default(),
            target: text(HeaderName::from_static("x-amz-target")),
            authorization: text(AUTHORIZATION),
            user_agent: text(USER_AGENT).unwrap_or_default(),
            source_address: &peer.ip().to_string(),
            body: &body,
        });
        let Ok(answer) = answered else { return Err(io::ErrorKind::ConnectionReset.into()) };
        // A slow answer: what it tells has happened already.
        sleep(answer.delay).await;
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = plain(status, answer.content_type, answer.body);
        if let Ok(id) = HeaderValue::try_from(&answer.request_id) {
            response.headers_mut().insert("x-amzn-requestid", id);
        }
        Ok(response)
    }

    fn respond_to_reset(&self, method: &Method) -> Response<Full<Bytes>> {
        if method != Method::POST {
            return wrong_method("POST");
        }
        match self.reset() {
            Ok(()) => plain(StatusCode::OK, "application/json", r#"{"status": "ok"}"#.to_owned()),
            Err(error) => {
                error_json(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure", &error.to_string())
            }
        }
    }
}

/// The whole body, or `None` when it is too large; then it has been read nevertheless, within bounds.
async fn read(mut body: Incoming) -> Result<Option<Vec<u8>>, hyper::Error> {
    let mut kept = Vec::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        size += data.len();
        if size <= MOST_BODY {
            kept.extend_from_slice(&data);
        } else if size > MOST_DRAINED {
            break;
        }
    }
    Ok((size <= MOST_BODY).then_some(kept))
}

fn too_large() -> Response<Full<Bytes>> {
    let text = format!("The request is larger than {MOST_BODY} bytes.");
    error_json(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLargeException", &text)
}

fn wrong_method(right: &'static str) -> Response<Full<Bytes>> {
    let text = format!("The method is not allowed here: {right} is.");
    let mut response = error_json(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", &text);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(right));
    response
}

fn error_json(status: StatusCode, code: &str, message: &str) -> Response<Full<Bytes>> {
    let body = serde_json::json!({"__type": code, "message": message});
    plain(status, "application/x-amz-json-1.1", body.to_string())
}

fn plain(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
