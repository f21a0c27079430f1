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

/// What is known of accounts already, by their snapshots without times: many misfortunes leave the same one behind.
#[derive(Default)]
struct Known {
    accounts: Mutex<BTreeMap<String, Result<Account, String>>>,
    /// Whether runs without faults come from there to where they should: a run is a function of the account.
    ends: Mutex<BTreeMap<String, Result<(), String>>>,
}

impl Known {
    fn account(&self, left: &str) -> Result<Account, String> {
        if let Some(known) = self.accounts.lock().unwrap().get(left) {
            return known.clone();
        }
        let account = Account::parse(left);
        self.accounts.lock().unwrap().insert(left.to_owned(), account.clone());
        account
    }

    fn end(&self, left: String, run: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        if let Some(known) = self.ends.lock().unwrap().get(&left) {
            return known.clone();
        }
        let end = run();
        self.ends.lock().unwrap().insert(left, end.clone());
        end
    }
}

/// One cell of the matrix.
fn play(ground: &Ground, case: &Case, known: &Known) -> Result<(), String> {
    let emulator = ground.account.fork();
    emulator.set_faults(case.faults.clone());
    let expected = case.is_over_with_the_plan.then_some(&ground.decision);
    let end = run(attempt(&emulator, &ground.desired, &ground.options, expected));
    let left = without_times(&emulator.snapshot());
    let now = known.account(&left)?;
    judge(ground, case, &end, &emulator, &now)?;
    if now == ground.end || now == ground.before {
        return Ok(());
    }
    known.end(left, || {
        let next = emulator.fork();
        finish(&next, &ground.desired, &ground.options)?;
        let now = Account::of(&next)?;
        match now == ground.end {
            true => Ok(()),
            false => {
                let difference = now.difference(&ground.end);
                Err(format!("the next run leaves another account:\n{difference}"))
            }
        }
    })
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

#[test]
fn whatever_happens_the_report_is_true_and_the_next_run_finishes() {
    let wanted = std::env::var("SCENARIO").unwrap_or_default();
    let whole = std::env::var("FAULTS").is_ok_and(|faults| faults == "all");
    let folders: Vec<PathBuf> =
        folders().into_iter().filter(|folder| folder.to_string_lossy().contains(&wanted)).collect();
    let failures = Mutex::new(Vec::new());
    let fail = |name: &str, trouble: String| failures.lock().unwrap().push(format!("== {name}\n{trouble}"));
    let grounds = Mutex::new(Vec::new());
    side_by_side(&folders, |folder| match guarded(|| survey(folder)) {
        Ok(Some(ground)) => grounds.lock().unwrap().push((ground, Known::default())),
        Ok(None) => {}
        Err(trouble) => fail(&folder.to_string_lossy(), trouble),
    });
    let grounds = grounds.into_inner().unwrap();
    let cells: Vec<(&Ground, &Known, Case)> = grounds
        .iter()
        .flat_map(|(ground, known)| cases(ground, whole).into_iter().map(move |case| (ground, known, case)))
        .collect();
    side_by_side(&cells, |(ground, known, case)| {
        if let Err(trouble) = guarded(|| play(ground, case, known)) {
            fail(&case.name, trouble);
        }
    });
    let (ran, scenarios) = (cells.len(), grounds.len());
    println!("{ran} fault cases over {scenarios} scenarios");
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
