//! A sandbox that another process serves, as far as this program asks it for more than AWS's operations: its
//! state, and to begin again.

use std::error::Error;
use std::fmt;

use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::server::STATE_PATH;

/// A served sandbox.
#[derive(Clone, Debug)]
pub struct Remote {
    /// `host:port`.
    authority: String,
}

/// Why a served sandbox did not do what it was asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum RemoteError {
    /// The URL is not `http://host:port`.
    Url(String),
    /// Nobody answered, or the answer broke off.
    Unreachable(Box<dyn Error + Send + Sync>),
    /// What answered is no sandbox, or the sandbox could not do it.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        body: String,
    },
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RemoteError::Url(url) => write!(f, "`{url}` is not the URL of a sandbox: http://127.0.0.1:PORT"),
            RemoteError::Unreachable(cause) => write!(f, "no answer: {cause}"),
            RemoteError::Refused { status, body } => write!(f, "HTTP status {status}: {}", body.trim_end()),
        }
    }
}

impl Error for RemoteError {}

impl Remote {
    /// The sandbox at `url`. Nobody is asked yet.
    ///
    /// # Errors
    /// [`RemoteError::Url`] when it is another kind of URL.
    pub fn at(url: &str) -> Result<Remote, RemoteError> {
        let wrong = || RemoteError::Url(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        match (uri.scheme_str(), uri.authority(), uri.path()) {
            (Some("http"), Some(authority), "/" | "") => {
                let port = authority.port_u16().unwrap_or(80);
                Ok(Remote { authority: format!("{}:{port}", authority.host()) })
            }
            _ => Err(wrong()),
        }
    }

    /// The whole state as YAML.
    ///
    /// # Errors
    /// [`RemoteError`] when nobody answers, or something else does.
    pub async fn state(&self) -> Result<String, RemoteError> {
        self.ask(Method::GET, STATE_PATH).await
    }

    /// Makes the sandbox begin again.
    ///
    /// # Errors
    /// [`RemoteError`] when nobody answers, something else does, or the sandbox could not save.
    pub async fn reset(&self) -> Result<(), RemoteError> {
        self.ask(Method::POST, "/_sandbox/reset").await.map(drop)
    }

    async fn ask(&self, method: Method, path: &str) -> Result<String, RemoteError> {
        let (status, body) = self.exchange(method, path).await.map_err(RemoteError::Unreachable)?;
        if status == StatusCode::OK {
            return Ok(body);
        }
        Err(RemoteError::Refused { status: status.as_u16(), body })
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
    ) -> Result<(StatusCode, String), Box<dyn Error + Send + Sync>> {
        let stream = TcpStream::connect(&self.authority).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let request = Request::builder().method(method).uri(path).header("host", &self.authority);
        let request = request.header("connection", "close").body(Empty::<Bytes>::new())?;
        let answered = async {
            let response = sender.send_request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            Ok((status, String::from_utf8_lossy(&body).into_owned()))
        };
        let (answered, _) = tokio::join!(answered, connection);
        answered
    }
}
