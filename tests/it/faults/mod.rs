//! The matrix: every scenario folder × every call that its apply makes × every fault. Whatever happens, the
//! report is true, nothing is done twice or beside the plan, and the next run finishes the job.
//!
//! By default a sample of the matrix is run, always the same; `FAULTS=all` runs the whole of it, and
//! `SCENARIO=part-of-name` that of a few folders.

pub(crate) mod account;
mod attempt;
mod judge;
mod misfortune;

use crate::scenarios::{Scene, folders, prepare};
use crate::support::run;
use account::Account;
use attempt::{Attempt, End, attempt};
use judge::{Case, judge};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use trailkeeper::emulator::{CallRecord, Emulator};
use trailkeeper::plan::Decision;
use trailkeeper::state::{Desired, RunOptions};

/// Of the writing and the reading calls' cases, one in so many belongs to the sample.
const SAMPLE: [u64; 2] = [4, 24];

/// The SDK's futures are large in a debug build.
const STACK: usize = 64 * 1024 * 1024;

/// A scenario and what becomes of it when nothing goes wrong.
pub(crate) struct Ground {
    name: String,
    account: Emulator,
    desired: Desired,
    options: RunOptions,
    /// The account before the first run, after it, and when there is nothing more to do.
    before: Account,
    after: Account,
    end: Account,
    /// Every call of the first run.
    calls: Vec<CallRecord>,
    /// How many of them came before the plan, and the plan.
    planned_after: usize,
    decision: Decision,
}

/// The scenario undisturbed; none when there is nothing to apply.
fn survey(folder: &Path) -> Result<Option<Ground>, String> {
    let Scene { lab, desired, options } = run(prepare(folder))?;
    let account = lab.emulator.fork();
    let before = Account::of(&account)?;
    lab.emulator.clear_calls();
    let first = run(attempt(&lab.emulator, &desired, &options, None));
    let End::Applied(first) = first else { return Ok(None) };
    let Attempt { planned_after, decision, .. } = *first;
    let calls = lab.emulator.calls();
    let after = Account::of(&lab.emulator)?;
    finish(&lab.emulator, &desired, &options)?;
    let end = Account::of(&lab.emulator)?;
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    Ok(Some(Ground { name, account, desired, options, before, after, end, calls, planned_after, decision }))
}

/// Runs without faults until there is nothing more to do. A store that was restored is changed by the run after.
fn finish(emulator: &Emulator, desired: &Desired, options: &RunOptions) -> Result<(), String> {
    for _ in 0..3 {
        match run(attempt(emulator, desired, options, None)) {
            End::Nothing => return Ok(()),
            End::Applied(attempt) if attempt.did_as_planned() => {}
            other => return Err(format!("a run without faults ends so: {other}")),
        }
    }
    Err("there is always something more to do".to_owned())
}

/// One cell of the matrix.
fn play(
    ground: &Ground,
    case: &Case,
    finished: &Mutex<BTreeMap<String, Result<(), String>>>,
) -> Result<(), String> {
    let emulator = ground.account.fork();
    emulator.set_faults(case.faults.clone());
    let expected = case.is_over_with_the_plan.then_some(&ground.decision);
    let end = run(attempt(&emulator, &ground.desired, &ground.options, expected));
    let now = Account::of(&emulator)?;
    judge(ground, case, &end, &emulator, &now)?;
    if now == ground.end || now == ground.before {
        return Ok(());
    }
    // Many misfortunes leave the same account behind, and a run is a function of the account.
    let left = without_times(&emulator.snapshot());
    let known = finished.lock().unwrap().get(&left).cloned();
    let converges = known.unwrap_or_else(|| {
        let next = emulator.fork();
        finish(&next, &ground.desired, &ground.options).and_then(|()| {
            let now = Account::of(&next)?;
            let same = now == ground.end;
            if same {
                Ok(())
            } else {
                Err(format!("the next run leaves another account:\n{}", now.difference(&ground.end)))
            }
        })
    });
    finished.lock().unwrap().insert(left, converges.clone());
    converges
}

fn without_times(snapshot: &str) -> String {
    let lasting = |line: &&str| {
        !line.contains("Timestamp: ") && !line.contains("Time: ") && !line.starts_with("clock:")
    };
    snapshot.lines().filter(lasting).collect::<Vec<_>>().join("\n")
}

/// All cells of one scenario.
fn cases(ground: &Ground, whole: bool) -> Vec<Case> {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut cases = Vec::new();
    for (index, call) in (1..).zip(&ground.calls) {
        let nth = seen.entry(&call.operation).or_default();
        *nth += 1;
        for (word, faults) in misfortune::all(&call.operation, *nth, index, call.writes()) {
            let name = format!("{}: {} #{nth} {word}", ground.name, call.operation);
            let [writes, reads] = SAMPLE;
            if whole || hash(&name).is_multiple_of(if call.writes() { writes } else { reads }) {
                let is_over_with_the_plan =
                    index as usize <= ground.planned_after && misfortune::passes(&faults);
                cases.push(Case { name, faults, is_over_with_the_plan });
            }
        }
    }
    cases
}

/// FNV-1a: the same sample everywhere.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Side by side over all cores.
fn side_by_side<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            let worker = || {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            };
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker).unwrap();
        }
    });
}

/// What is known not to hold yet: the scenario, the call that the fault strikes (none for all), and why.
const OPEN: [(&str, Option<&str>, &str); 3] = [
    (
        "a-replacement-keeps-what-is-ignored-and-declared-as-it-is",
        Some("PutResourcePolicy"),
        "a replacement that ends before its ignored policy was put again leaves a channel without one, and the next \
         run cannot tell that from a policy that somebody else took off",
    ),
    (
        "federation-is-switched-off",
        Some("DisableFederation"),
        "a store whose federation is still being switched off when the run ends reads as settled in the next one",
    ),
    (
        "of-two-stores-that-wait-for-deletion-none-is-restored",
        None,
        "two pending stores of one name cannot be told apart by this comparison of accounts",
    ),
];

fn is_open(folder: &Path, case: &str) -> bool {
    OPEN.iter().any(|(scenario, call, _)| {
        folder.ends_with(scenario) && call.is_none_or(|call| case.contains(&format!(": {call} ")))
    })
}

#[test]
fn whatever_happens_the_report_is_true_and_the_next_run_finishes() {
    let wanted = std::env::var("SCENARIO").unwrap_or_default();
    let whole = std::env::var("FAULTS").is_ok_and(|faults| faults == "all");
    let folders: Vec<PathBuf> =
        folders().into_iter().filter(|folder| folder.to_string_lossy().contains(&wanted)).collect();
    let failures = Mutex::new(Vec::new());
    let (ran, scenarios) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let fail = |name: &str, trouble: String| failures.lock().unwrap().push(format!("== {name}\n{trouble}"));
    side_by_side(&folders, |folder| {
        if OPEN.iter().any(|(scenario, call, _)| call.is_none() && folder.ends_with(scenario)) {
            return;
        }
        let ground = match guarded(|| survey(folder)) {
            Ok(Some(ground)) => ground,
            Ok(None) => return,
            Err(trouble) => return fail(&folder.to_string_lossy(), trouble),
        };
        scenarios.fetch_add(1, Ordering::Relaxed);
        let finished = Mutex::default();
        for case in cases(&ground, whole).into_iter().filter(|case| !is_open(folder, &case.name)) {
            ran.fetch_add(1, Ordering::Relaxed);
            if let Err(trouble) = guarded(|| play(&ground, &case, &finished)) {
                fail(&case.name, trouble);
            }
        }
    });
    let (ran, scenarios) = (ran.into_inner(), scenarios.into_inner());
    println!("{ran} fault cases over {scenarios} scenarios");
    for (scenario, call, why) in OPEN {
        println!("not held yet: {scenario}, {}: {why}", call.unwrap_or("every call"));
    }
    let failures = failures.into_inner().unwrap();
    let shown = failures.iter().take(400).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} of {ran} cases:\n{shown}", failures.len());
    assert!(
        !wanted.is_empty() || ran > 500 && scenarios > 30,
        "{ran} cases over {scenarios} scenarios are too few"
    );
}

/// A panic in one case must not hide the others.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "panicked".to_owned()))
    })
}
