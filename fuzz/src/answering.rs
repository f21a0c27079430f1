//! The service's side of the SDK's connector: answers out of a text, and answers of the emulator written down as such a text.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use trailkeeper::emulator::Emulator;

/// The operation that a request is for; STS, whose requests are of another kind, has none.
fn operation(request: &HttpRequest) -> Option<String> {
    let target = request.headers().get("x-amz-target")?;
    target.rsplit('.').next().map(str::to_owned)
}

/// Of each operation, in order: whether it is a success, and the body.
type Answers = BTreeMap<String, VecDeque<(bool, String)>>;

/// Answers in the order in which they are written.
#[derive(Debug, Clone)]
struct Answering {
    answers: Arc<Mutex<Answers>>,
    /// Who says who we are.
    emulator: Emulator,
}

impl HttpConnector for Answering {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(operation) = operation(&request) else {
            return HttpConnector::call(&self.emulator, request);
        };
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = answers.get_mut(&operation).and_then(VecDeque::pop_front);
        let (good, body) = next.unwrap_or((true, "{}".to_owned()));
        let status = if good { 200 } else { 400 };
        let status = StatusCode::try_from(status).expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.1");
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// A client that is answered what stands in the text: `ListTrails {…}`, `!GetChannel {…}`.
pub fn connected(text: &str) -> SharedHttpClient {
    let mut answers = Answers::new();
    for line in text.lines() {
        let (word, body) = line.split_once(' ').unwrap_or((line, ""));
        let operation = word.trim_start_matches('!').to_owned();
        answers.entry(operation).or_default().push_back((!word.starts_with('!'), body.to_owned()));
    }
    let answering =
        Answering { answers: Arc::new(Mutex::new(answers)), emulator: Emulator::new(super::ACCOUNT) };
    let connector = SharedHttpConnector::new(answering);
    http_client_fn(move |_, _| connector.clone())
}

/// The emulator, and what it answered.
#[derive(Debug, Clone)]
pub struct Recording {
    emulator: Emulator,
    written: Arc<Mutex<String>>,
}

impl Recording {
    /// Nothing asked so far.
    pub fn new(emulator: Emulator) -> Recording {
        Recording { emulator, written: Arc::default() }
    }

    /// A client of it.
    pub fn client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }

    /// Every answer, as [`connected`] takes them.
    pub fn text(&self) -> String {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl HttpConnector for Recording {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request);
        let answer = HttpConnector::call(&self.emulator, request);
        let written = Arc::clone(&self.written);
        HttpConnectorFuture::new(async move {
            let response = answer.await?;
            let body = response.body().bytes().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
            if let Some(operation) = operation {
                let mark = if response.status().is_success() { "" } else { "!" };
                let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
                written.push_str(&format!("{mark}{operation} {}\n", body.replace('\n', " ")));
            }
            Ok(response)
        })
    }
}
