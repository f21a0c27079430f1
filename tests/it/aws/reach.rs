//! An endpoint that nobody answers at: it is tried for a while, by all calls of a run together, and then told. Whoever
//! comes back in time is not missed.

use super::perform::{create_channel, create_store, create_trail, perform};
use super::*;
use crate::support::{careful, desired};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use trailkeeper::apply::{apply, patience, verify};
use trailkeeper::aws::{Class, Effect, Failure, Writer};
use trailkeeper::plan::{Decision, decide};
use trailkeeper::resource::Action;
use trailkeeper::state::Bindings;

/// The way to an emulator, which can be cut; then it counts the connections that are refused.
#[derive(Debug, Clone)]
struct Way {
    emulator: Emulator,
    refused: Arc<Mutex<Option<usize>>>,
    /// The operation behind whose first call the way is cut.
    last: Option<&'static str>,
    /// Whether what is refused is taken, and never answered.
    hangs: bool,
}

impl Way {
    fn to(emulator: &Emulator) -> Way {
        Way { emulator: emulator.clone(), refused: Arc::default(), last: None, hangs: false }
    }

    fn cut(&self) {
        *self.refused.lock().unwrap() = Some(0);
    }

    /// How many connections were refused.
    fn mend(&self) -> usize {
        self.refused.lock().unwrap().take().unwrap()
    }

    async fn reader(&self) -> Result<Reader, ConnectError> {
        let connector = SharedHttpConnector::new(self.clone());
        connect(ConnectOptions {
            region: Region::parse(HOME),
            sandbox: Some(http_client_fn(move |_, _| connector.clone())),
            // With the waits of AWS; the clock of these tests stands still.
            paced: true,
            ..ConnectOptions::default()
        })
        .await
    }
}

impl HttpConnector for Way {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut refused = self.refused.lock().unwrap();
        if let Some(refused) = &mut *refused {
            *refused += 1;
            if self.hangs {
                return HttpConnectorFuture::new(std::future::pending());
            }
            let error = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused");
            return HttpConnectorFuture::ready(Err(ConnectorError::io(error.into())));
        }
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        *refused = self.last.filter(|last| target.ends_with(last)).map(|_| 0);
        self.emulator.call(request)
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_call_is_tried_three_times() {
    let way = Way::to(&Emulator::new(ACCOUNT));
    way.cut();
    let error = way.reader().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "could not find out whose credentials these are: GetCallerIdentity for the caller: io error: connection refused"
    );
    assert_eq!(
        error.help.as_deref(),
        Some("check the network, the region, and --endpoint-url or AWS_ENDPOINT_URL")
    );
    assert_eq!(way.mend(), 3);
}

/// What a run does is made by several calls, and none of them begins to wait anew.
#[tokio::test(start_paused = true)]
async fn a_run_waits_once_for_an_endpoint_that_is_gone() {
    let way = Way::to(&Emulator::new(ACCOUNT));
    let writer = Writer::new(&way.reader().await.unwrap());
    way.cut();
    let begin = Instant::now();
    let mut bindings = Bindings::default();
    let mut failures = Vec::new();
    for (key, action) in [
        (key("trail/audit"), create_trail("audit")),
        (key("trail/second"), create_trail("second")),
        // Creates that are looked for when their answer is lost: nothing was sent, so there is nothing to look for.
        (key("eventDataStore/partners"), create_store("partners", "ActivityAuditLog")),
    ] {
        failures.push(perform(&writer, &mut bindings, &key, &action).await.unwrap_err());
    }
    for Failure { error, effect } in &failures {
        assert_eq!((error.class, effect), (Class::Unreachable, &Effect::Nothing), "{error}");
    }
    assert_eq!(failures[0].error.to_string(), "CreateTrail for trail/audit: io error: connection refused",);
    // At the beginning, after one, three, seven and fifteen seconds; and once for each of the others.
    assert_eq!(way.mend(), 5 + 2);
    assert_eq!(
        begin.elapsed().as_secs(),
        16,
        "and one second in which a second CreateTrail had to wait for its turn"
    );
}

/// Every step is independent of the others, and none of them begins to wait anew for who takes calls and is silent.
#[tokio::test(start_paused = true)]
async fn a_run_waits_once_for_an_endpoint_that_answers_nothing() {
    let way = Way { hangs: true, ..Way::to(&Emulator::new(ACCOUNT)) };
    let writer = Writer::new(&way.reader().await.unwrap());
    way.cut();
    let begin = Instant::now();
    let mut bindings = Bindings::default();
    for nth in 0..28 {
        let name = format!("audit-{nth}");
        let (key, action) = (key(&format!("trail/{name}")), create_trail(&name));
        let failure = perform(&writer, &mut bindings, &key, &action).await.unwrap_err();
        // What was sent may have been done; what was not sent was not.
        assert_eq!(failure.is_in_doubt(), nth == 0, "{failure}");
        assert_eq!(failure.error.message.starts_with("not sent"), nth > 0, "{failure}");
    }
    let took = begin.elapsed().as_secs();
    assert!((120..180).contains(&took), "{took}");
    assert!(way.mend() < 10);
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_in_time_is_not_missed() {
    let emulator = Emulator::new(ACCOUNT);
    let way = Way::to(&emulator);
    let reader = way.reader().await.unwrap();
    let writer = Writer::new(&reader);
    let mut bindings = Bindings::default();
    // Each time anew: an answer forgets how long nobody answered before.
    for round in 0..3 {
        way.cut();
        let back = async {
            sleep(Duration::from_secs(8)).await;
            way.mend()
        };
        let name = format!("audit-{round}");
        let (key, action) = (key(&format!("trail/{name}")), create_trail(&name));
        let (done, refused) = tokio::join!(perform(&writer, &mut bindings, &key, &action), back);
        assert!(done.unwrap().is_some());
        assert_eq!(refused, 4);
        assert!(!reader.is_cut_off());
    }
    assert_eq!(counts(&emulator)["CreateTrail"], 3);
}

/// A create was under way when the endpoint went: it may have been done, and who would know cannot be asked.
#[tokio::test(start_paused = true)]
async fn what_was_under_way_stays_in_doubt() {
    let store = "eventDataStore/partners";
    let makers: [(Key, Action); 2] =
        [(key("trail/audit"), create_trail("audit")), (key("channel/okta"), create_channel("okta", store))];
    for (key, action) in makers {
        let emulator = Emulator::new(ACCOUNT);
        let way = Way { last: Some(action.call().name()), ..Way::to(&emulator) };
        let writer = Writer::new(&way.reader().await.unwrap());
        let mut bindings = Bindings::default();
        let made = create_store("partners", "ActivityAuditLog");
        perform(&writer, &mut bindings, &super::key(store), &made).await.unwrap();
        emulator.set_faults(vec![fault(action.call().name(), Some(1), Then::Lost)]);
        let begin = Instant::now();
        let failure = perform(&writer, &mut bindings, &key, &action).await.unwrap_err();
        assert!(failure.is_in_doubt(), "{failure}");
        // A channel is looked for, with several attempts of each look; a trail is its name, and is made again.
        assert!(way.mend() < 30);
        assert!(begin.elapsed() < Duration::from_secs(20), "{key}: {:?}", begin.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_done_and_cannot_be_read_again_is_told_soon() {
    let way = Way::to(&Emulator::new(ACCOUNT));
    let reader = way.reader().await.unwrap();
    let manifest = "version: 1\nname: baseline\naccount: \"111122223333\"\nregion: us-east-1\n\
                    trails: [{name: audit, s3BucketName: acme-trail-logs}]\n";
    let desired = desired(manifest, Path::new(".")).unwrap();
    let live = reader.read(&desired.asks()).await.unwrap();
    let Decision { plan, bindings } = decide(&desired, &live, &careful()).unwrap();
    let applied = apply(&plan, bindings, &Writer::new(&reader), &mut |_| {}, &|| false).await;
    assert!(applied.is_complete());
    way.cut();
    let begin = Instant::now();
    let verified = verify(&plan, &applied, &desired, &careful(), &reader, &patience(false)).await;
    let trouble = verified.trouble.unwrap();
    let expected = "could not read the trails: DescribeTrails for trails: io error: connection refused; check the network";
    assert!(trouble.starts_with(expected), "{trouble}");
    // Looks at the beginning, after one, three, seven and fifteen seconds.
    assert_eq!(begin.elapsed().as_secs(), 15);
    assert!(reader.is_cut_off());
    // From now on each call is made once.
    let before = way.mend();
    way.cut();
    reader.read(&desired.asks()).await.unwrap_err();
    let once = way.mend();
    assert!(0 < once && once < 10 && once * 5 < before, "{once} of {before}");
}
