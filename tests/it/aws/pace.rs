//! A service that holds its published limits, read at the published rates: nobody lives off being throttled.

use super::{ConnectOptions, connect};
use crate::region::{FULL, Size, TYPICAL, snapshot};
use crate::support::{ACCOUNT, REGION, run};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use trailkeeper::emulator::Emulator;
use trailkeeper::name::Region;
use trailkeeper::resource::{Kind, Parent};
use trailkeeper::state::Asks;

/// What leads to the emulator and takes so long, half of it on the way there; when which call left.
#[derive(Clone, Debug)]
struct Far(Emulator, Duration, Arc<Mutex<Vec<(Instant, String)>>>);

impl HttpConnector for Far {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Far(emulator, latency, left) = self.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or("GetCallerIdentity").to_owned();
            left.lock().unwrap().push((Instant::now(), target));
            sleep(latency / 2).await;
            let answer = emulator.call(request).await;
            sleep(latency / 2).await;
            answer
        })
    }
}

/// Reads such a region, so far away, and answers how long that took and how often each operation was called.
fn read(size: Size, latency: Duration) -> (Duration, BTreeMap<String, usize>) {
    run(async {
        let emulator = Emulator::restore(&snapshot(size), ACCOUNT).unwrap_or_else(|error| panic!("{error}"));
        emulator.enforce_limits();
        let left = Arc::default();
        let connector = SharedHttpConnector::new(Far(emulator.clone(), latency, Arc::clone(&left)));
        let begin = Instant::now();
        let reader = connect(ConnectOptions {
            region: Region::parse(REGION),
            sandbox: Some(http_client_fn(move |_, _| connector.clone())),
            paced: true,
            ..ConnectOptions::default()
        });
        let reader = reader.await.unwrap();
        let policies = [Parent::EventDataStore, Parent::Channel, Parent::Dashboard].map(Kind::Policy);
        let needed = Kind::NAMED.into_iter().chain(policies).collect();
        let live = reader.read(&Asks { needed, ..Asks::default() }).await.unwrap();
        let took = begin.elapsed();
        let Size { trails, stores, channels, dashboards } = size;
        assert_eq!(live.found.len(), trails + 2 * (stores + channels + dashboards), "with policies");
        let refused: Vec<_> = emulator.calls().into_iter().filter(|call| call.error.is_some()).collect();
        let known = |code: &str| ["ResourceNotFoundException", "InsightNotEnabledException"].contains(&code);
        let throttled = refused.iter().filter(|call| !call.error.as_deref().is_some_and(known));
        assert_eq!(throttled.count(), 0, "{latency:?}: {refused:#?}");
        // For who wants to know why it took longer.
        for (at, target) in left.lock().unwrap().iter() {
            println!("{:?} {target}", at.duration_since(begin));
        }
        let mut counts = BTreeMap::new();
        emulator.calls().into_iter().for_each(|call| *counts.entry(call.operation).or_default() += 1);
        (took, counts)
    })
}

#[test]
fn a_full_region_is_read_without_a_single_throttle_however_far_away_it_is() {
    for milliseconds in [0, 50, 300, 1500] {
        let latency = Duration::from_millis(milliseconds);
        let (took, counts) = read(FULL, latency);
        // The most frequent call sets the pace: ten at once, and ten a second from then on.
        let most = counts.values().copied().max().unwrap();
        let paced = Duration::from_millis(100 * (most as u64 - 10));
        assert!(took >= paced, "{took:?} for {counts:?}");
        if milliseconds <= 50 {
            // Before the first of them we are known and the list is there; after the last of them come the tags.
            let floor = paced + 4 * latency;
            assert!(took <= floor.mul_f64(1.15), "{took:?} instead of {floor:?} for {counts:?}");
        }
    }
}

#[test]
fn a_typical_region_is_read_as_fast_as_answers_need_each_other() {
    let latency = Duration::from_millis(50);
    let (took, counts) = read(TYPICAL, latency);
    assert!(took <= (4 * latency).mul_f64(1.15), "{took:?} for {counts:?}");
}
