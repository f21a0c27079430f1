//! `plan` against the emulator over HTTP, 50 ms for each call: how long the real binary takes, and how much of that
//! could not be saved. The floor is the longest chain of calls that need each other's answers, and for the operation
//! that is called most what is left of its calls after a second's worth, at ten a second (General Reference, CloudTrail
//! quotas), whichever chain it stands in.
//!
//! On a machine with two cores, which the emulator shares: 1.14 of the floor for a typical region, 1.00 for a full one, and
//! 5 ms to the first call of a typical region's plan, 13 ms of a full one's. The aims are 1.15 and 10 ms. Of what is left,
//! 2 ms are the emulator's for each call of the chain: its timer ticks in milliseconds.

#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]

#[path = "../tests/it/region.rs"]
mod region;

use region::{FULL, Size, TYPICAL};
use std::collections::BTreeMap;
use std::io::Read;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use trailkeeper::emulator::Emulator;

const ACCOUNT: &str = "111122223333";

const LATENCY: Duration = Duration::from_millis(50);

/// Who we are; the lists; what each of them names; what may be asked of a store only when its state is known.
fn chain(size: Size) -> u32 {
    match size {
        Size { stores: 1.., .. } => 4,
        Size { trails: 0, stores: 0, channels: 0, dashboards: 0 } => 2,
        _ => 3,
    }
}

/// Calls of one operation a second, and as many at once.
const RATE: u64 = 10;

fn main() {
    println!(
        "{:<10} {:>6} {:>6} {:>10} {:>10} {:>7} {:>12}",
        "region", "things", "calls", "wall", "floor", "ratio", "first call"
    );
    for (name, size) in [
        ("empty", Size { trails: 0, stores: 0, channels: 0, dashboards: 0 }),
        ("typical", TYPICAL),
        ("full", FULL),
    ] {
        let Size { trails, stores, channels, dashboards } = size;
        let Measured { calls, wall, first } = measure(size);
        let most = calls.values().copied().max().unwrap_or_default();
        let paced = Duration::from_secs(1).mul_f64(most.saturating_sub(RATE) as f64 / RATE as f64);
        let floor = LATENCY * chain(size) + paced;
        println!(
            "{name:<10} {:>6} {:>6} {:>10} {:>10} {:>7.2} {:>12}",
            trails + stores + channels + dashboards,
            calls.values().sum::<u64>(),
            format!("{wall:.0?}"),
            format!("{floor:.0?}"),
            wall.as_secs_f64() / floor.as_secs_f64(),
            format!("{first:.1?}"),
        );
    }
}

struct Measured {
    calls: BTreeMap<String, u64>,
    wall: Duration,
    /// From the start of the process to its first call.
    first: Duration,
}

/// The best of several runs: what else the machine does is no property of ours.
fn measure(size: Size) -> Measured {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let emulator = Emulator::restore(&region::snapshot(size), ACCOUNT).unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let served = emulator.clone();
    runtime.spawn(async move { served.serve(listener, LATENCY, std::future::pending()).await });

    let folder = tempfile::tempdir().unwrap();
    let manifest =
        run(address, folder.path(), &["export", "--name", "acme", "--region", "us-east-1", "-q"]).stdout;
    let manifest = match manifest.is_empty() || size.trails == 0 {
        true => format!("version: 1\nname: acme\naccount: \"{ACCOUNT}\"\nregion: us-east-1\nremoved: [{{trail: none-such}}, {{channel: none-such}}, {{eventDataStore: none-such}}, {{dashboard: none-such}}]\n").into_bytes(),
        false => manifest,
    };
    std::fs::write(folder.path().join("trailkeeper.yaml"), manifest).unwrap();

    let runs = (0..if size.dashboards > 0 { 2 } else { 7 }).map(|_| {
        // What was asked a second ago does not count against this run.
        std::thread::sleep(Duration::from_millis(1100));
        emulator.clear_calls();
        let begin = Instant::now();
        let output = run(address, folder.path(), &["plan", "-q", "--detailed-exitcode"]);
        let wall = begin.elapsed();
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        let mut calls = BTreeMap::new();
        emulator.calls().into_iter().for_each(|call| *calls.entry(call.operation).or_default() += 1);
        (calls, wall)
    });
    let (calls, wall) = runs.min_by_key(|(_, wall)| *wall).unwrap();
    Measured { calls, wall, first: first_call(folder.path()) }
}

/// Whoever listens here hears the call begin and never answers.
fn first_call(folder: &Path) -> Duration {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let runs = (0..10).map(|_| {
        let begin = Instant::now();
        let mut plan = command(address, folder, &["plan", "-q"]).spawn().unwrap();
        listener.accept().unwrap().0.read_exact(&mut [0]).unwrap();
        let first = begin.elapsed();
        plan.kill().unwrap();
        plan.wait().unwrap();
        first
    });
    runs.min().unwrap()
}

fn run(address: SocketAddr, folder: &Path, args: &[&str]) -> Output {
    command(address, folder, args).output().unwrap()
}

fn command(address: SocketAddr, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailkeeper"));
    command.current_dir(folder).env_clear().env("HOME", folder).stdin(Stdio::null());
    command.env("AWS_ACCESS_KEY_ID", "bench").env("AWS_SECRET_ACCESS_KEY", "bench");
    command.env("AWS_ENDPOINT_URL", format!("http://{address}"));
    command.args(args);
    command
}
