//! What holds for every valid manifest and every account that can be reached, through the whole pipeline and the real
//! SDK: an apply converges, touches nothing else and does exactly what was planned; a run that was stopped is finished
//! by the next; the order of writing means nothing.
//!
//! Each property looks at a moderate number of cases, always the same ones. `PROPERTY_CASES=10000 cargo test --test it
//! convergence::` looks at more of them, up to millions, and `PROPERTY_SEED=7` at others. A failing case is shrunk, printed,
//! and written as a folder of `tests/scenarios` that is to be named, mended and kept.

mod converges;
mod deterministic;
mod polite;
mod resumes;
mod shrink;

use crate::arbitrary::account::{Account, account};
use crate::arbitrary::manifest::{Manifest, manifest};
use crate::support::run;
use converges::converges;
use deterministic::is_deterministic;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use resumes::resumes;
use shrink::{smallest, told};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where a failing case is written to.
const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");

/// A manifest, the account that it meets, and what a property needs besides.
#[derive(Clone, Debug)]
struct Case {
    account: Account,
    manifest: Manifest,
    /// Whether what is ours and not declared is deleted.
    prune: bool,
    /// Another order of writing.
    order: u64,
    /// After which of its calls a run is stopped.
    stop: u16,
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    /// There was something to do, and it was done.
    Applied,
    /// Nothing differed.
    Nothing,
    /// No flag allows it, or the ownership tags contradict each other.
    Refused,
}

fn case() -> BoxedStrategy<Case> {
    (account(), manifest(), prop::bool::weighted(0.1), 1..u64::MAX, any::<u16>())
        .prop_map(|(account, manifest, prune, order, stop)| {
            let manifest = account.fitted(&manifest, "acme");
            Case { account, manifest, prune, order, stop }
        })
        .boxed()
}

#[test]
fn an_apply_converges_touches_nothing_else_and_does_what_was_planned() {
    hold(60, |case| run(converges(case)));
}

#[test]
fn a_run_that_was_stopped_is_finished_by_the_next() {
    hold(30, |case| run(resumes(case)));
}

#[test]
fn the_order_of_writing_changes_no_byte() {
    hold(30, |case| run(is_deterministic(case)));
}

#[test]
fn a_failing_case_shrinks_and_is_written_as_a_scenario() {
    let scenarios = tempfile::tempdir().unwrap();
    let folder = scenarios.path().join("property-0-0");
    // Stores of accounts with a past fail when they say how long they keep events, let us say.
    let look = |case: &Case| {
        let has_past = !run(case.account.live(&case.manifest))?.emulator.snapshot().is_empty();
        let fails = has_past && case.manifest.text().contains("retentionPeriod");
        expect(!fails, || "a period is declared".to_owned())
    };
    let told = hold_chunk(64, [0, 0], &look, &folder).unwrap_err();
    let manifest = fs::read_to_string(folder.join("manifest.yaml")).unwrap();
    assert!(manifest.contains("retentionPeriod") && manifest.lines().count() < 12, "{told}");
    let account = fs::read_to_string(folder.join("account.yaml")).unwrap();
    assert!(!account.is_empty() && told.contains(&account) && told.contains(&manifest), "{told}");
    assert!(told.contains("property-0-0: a period is declared"), "{told}");
}

fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Looks at this many cases, in chunks of their own seeds, so that the cases do not depend on the number of processors.
fn hold(usual: u32, check: impl Fn(&Case) -> Result<Met, String> + Sync) {
    const CHUNK: u32 = 16;
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u32>().unwrap());
    let chunks = number("PROPERTY_CASES").unwrap_or(usual).div_ceil(CHUNK);
    let seed = number("PROPERTY_SEED").unwrap_or(0);
    let (next, counts) = (AtomicU32::new(0), [const { AtomicU32::new(0) }; 3]);
    let look = |case: &Case| {
        let met = check(case)?;
        counts[met as usize].fetch_add(1, Ordering::Relaxed);
        Ok::<(), String>(())
    };
    let work = || {
        loop {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            if chunk >= chunks {
                return Ok(());
            }
            let folder = Path::new(SCENARIOS).join(format!("property-{seed}-{chunk}"));
            if let Err(failure) = hold_chunk(CHUNK, [seed, chunk], &look, &folder) {
                // The others need not go on.
                next.store(chunks, Ordering::Relaxed);
                return Err(failure);
            }
        }
    };
    let failures: Vec<String> = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        // The SDK's futures are large in debug builds.
        let start = |_| std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work).unwrap();
        let running: Vec<_> = (0..threads).map(start).collect();
        running.into_iter().filter_map(|thread| thread.join().unwrap().err()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let [applied, nothing, refused] = counts.map(AtomicU32::into_inner);
    let all = applied + nothing + refused;
    println!("{all} property cases: {applied} applied, {nothing} without a difference, {refused} refused");
    assert!(applied * 3 > applied + nothing + refused, "too few cases had anything to do");
}

/// Looks at this many cases; the first that fails is made as small as can be, and written to this folder.
fn hold_chunk(
    cases: u32,
    seed: [u32; 2],
    look: &dyn Fn(&Case) -> Result<(), String>,
    folder: &Path,
) -> Result<(), String> {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed[0].to_le_bytes());
    bytes[4..8].copy_from_slice(&seed[1].to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    match runner.run(&case(), |case| look(&case).map_err(TestCaseError::fail)) {
        Ok(()) => Ok(()),
        Err(TestError::Abort(why)) => Err(why.to_string()),
        Err(TestError::Fail(why, case)) => {
            let (case, why) = smallest(case, why.message().to_owned(), look);
            Err(told(&case, &why, folder))
        }
    }
}
