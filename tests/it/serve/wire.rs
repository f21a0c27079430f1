//! Raw HTTP: a connector for the SDK that leads to a socket of ours, and requests that no SDK would send.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use trailkeeper::emulator::Emulator;

/// Serves the emulator on a free port for as long as the runtime lives, and leads there.
pub(crate) async fn served(emulator: &Emulator) -> SharedHttpConnector {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let emulator = emulator.clone();
    tokio::spawn(async move { emulator.serve(listener, Duration::ZERO, std::future::pending()).await });
    SharedHttpConnector::new(Wire(address))
}

/// Sends every request to this address, whatever host it is for.
#[derive(Clone, Copy, Debug)]
struct Wire(SocketAddr);

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let address = self.0;
        HttpConnectorFuture::new(async move { send(address, request).await.map_err(ConnectorError::io) })
    }
}

async fn send(
    address: SocketAddr,
    request: HttpRequest,
) -> Result<HttpResponse, Box<dyn Error + Send + Sync>> {
    let request = request.try_into_http1x()?;
    let (mut head, body) = request.into_parts();
    head.uri = head.uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
    head.headers.insert("host", address.to_string().parse()?);
    let body = Full::new(Bytes::copy_from_slice(body.bytes().unwrap_or_default()));
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let answer: Response<_> = sender.send_request(Request::from_parts(head, body)).await?;
    let (head, body) = answer.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(HttpResponse::try_from(Response::from_parts(head, SdkBody::from(body)))?)
}

/// Sends these bytes and reads what comes until the connection ends.
pub(crate) fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}
