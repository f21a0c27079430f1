//! What holds for every valid manifest and every account that can be reached, through the whole pipeline and the real
//! SDK: an apply converges, touches nothing else and does exactly what was planned; a run that was stopped is finished
//! by the next; the order of writing means nothing.
//!
//! Each property looks at a moderate number of cases, always the same ones. `PROPERTY_CASES=10000 cargo test --test it
//! convergence::` looks at more of them and `PROPERTY_SEED=7` at others. A failing case is shrunk and printed as the
//! files of a folder; `PROPERTY_SAVE=a-sentence` also writes them to `tests/scenarios/a-sentence`.

use crate::arbitrary::account::{Account, account};
use crate::arbitrary::manifest::{Manifest, manifest};
use crate::support::{ACCOUNT, Lab, REGION, bold, careful, is_as_planned, plan_text, planned, run, seen};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use trailkeeper::apply::{StepResult, patience, verify};
use trailkeeper::emulator::{Fault, Then};
use trailkeeper::plan::{Decision, Verb, decide};
use trailkeeper::report::{Run, json};
use trailkeeper::resource::Key;
use trailkeeper::settle::{Settled, settle};
use trailkeeper::state::{Desired, MANIFEST_TAG, NAME_TAG, RunOptions};

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

/// Converges, idempotent, honest, polite, agrees.
async fn converges(case: &Case) -> Result<Met, String> {
    let lab = case.account.live(&case.manifest).await?;
    let desired = admissible(case, &lab).await?;
    let before = lab.emulator.snapshot();
    let untouched = left_alone(&lab, &desired).await?;
    let options = allowed(&lab, &desired, case.prune).await?;
    let decision = lab.try_decide(&desired, &options).await?.filter(|decision| !decision.plan.is_refused());
    expect(lab.emulator.snapshot() == before, || "planning changed the account".to_owned())?;
    let Some(decision) = decision else { return Ok(Met::Refused) };
    let restores = decision.plan.count(Verb::Restore) > 0;
    let nothing = decision.plan.is_empty();
    perform(&lab, decision, &desired, &options).await?;
    if restores {
        let options = allowed(&lab, &desired, case.prune).await?;
        let decision = lab.try_decide(&desired, &options).await?;
        let Some(decision) = decision.filter(|decision| !decision.plan.is_refused()) else {
            return Ok(Met::Refused);
        };
        perform(&lab, decision, &desired, &options).await?;
    }
    let again = lab
        .try_decide(&desired, &options)
        .await?
        .ok_or("after apply, the ownership tags contradict each other")?;
    let is_empty = again.plan.is_empty() && !again.plan.is_refused();
    expect(is_empty, || format!("the second plan is not empty:\n{}", plan_text(&again.plan)))?;
    is_polite(&before, &lab.emulator.snapshot(), &desired, case.prune)?;
    let left = left_alone(&lab, &desired).await?;
    let changed = untouched.iter().find(|(place, value)| left.get(*place) != Some(value));
    expect(changed.is_none(), || format!("{changed:?} is ignored, and is {left:#?}"))?;
    let after = lab.emulator.snapshot();
    perform(&lab, again, &desired, &options).await?;
    expect(lab.emulator.snapshot() == after, || "applying an empty plan changed the account".to_owned())?;
    Ok(if nothing { Met::Nothing } else { Met::Applied })
}

/// What the manifest asks, without those resources of which no flag allows what it asks. What remains may still be
/// refused: when it is not valid without the others, or again and again.
async fn admissible(case: &Case, lab: &Lab) -> Result<Desired, String> {
    let mut manifest = case.manifest.clone();
    let mut desired = manifest.desired(0)?;
    for _ in 0..3 {
        let options = allowed(lab, &desired, case.prune).await?;
        let Some(decision) = lab.try_decide(&desired, &options).await? else { break };
        let hopeless: BTreeSet<Key> =
            decision.plan.refusals.iter().map(|refusal| refusal.key.bound()).collect();
        manifest = manifest.without(&hopeless);
        match manifest.desired(0) {
            Ok(fewer) if !hopeless.is_empty() => desired = fewer,
            _ => break,
        }
    }
    Ok(desired)
}

/// The settings that `ignore` names, of what is there.
async fn left_alone(lab: &Lab, desired: &Desired) -> Result<BTreeMap<String, String>, String> {
    let live = lab.read(desired).await?;
    let Ok(Settled { live, .. }) = settle(desired, &live) else { return Ok(BTreeMap::new()) };
    let ignored = |key: &Key, path: &str| {
        let paths = desired.ignore.get(&key.bound()).into_iter().flatten();
        paths
            .map(trailkeeper::resource::Path::as_str)
            .any(|it| it == path || path.starts_with(&format!("{it}.")))
    };
    let fields = live
        .found
        .iter()
        .flat_map(|(key, found)| found.spec.fields().into_iter().map(move |field| (key, field)));
    let left = fields.filter(|(key, field)| {
        let ours =
            [MANIFEST_TAG, NAME_TAG].iter().any(|tag| field.path == trailkeeper::resource::Path::tag(tag));
        !ours && ignored(key, field.path.as_str())
    });
    Ok(left.map(|(key, field)| (format!("{key} {}", field.path), format!("{:?}", field.value))).collect())
}

/// The run that carries this case through: careful where guards stop nothing, else everything in the plan allowed.
async fn allowed(lab: &Lab, desired: &Desired, prune: bool) -> Result<RunOptions, String> {
    let of = |options: RunOptions| RunOptions { prune, max_deletes: Some(100), ..options };
    let options = of(careful());
    let Some(decision) = lab.try_decide(desired, &options).await? else { return Ok(options) };
    Ok(if decision.plan.is_refused() { of(bold(decision.plan.changes.keys())) } else { options })
}

/// Applies, and holds that every step was done at once, that the service saw exactly the plan's requests, and that the
/// account says so.
async fn perform(
    lab: &Lab,
    decision: Decision,
    desired: &Desired,
    options: &RunOptions,
) -> Result<(), String> {
    let reader = lab.try_reader().await?;
    let (applied, writes) = lab.carry_out(&decision, &reader).await;
    let plan = &decision.plan;
    for outcome in &applied.outcomes {
        let done = outcome.result == StepResult::Done;
        expect(done, || format!("step {}: {:?} of\n{}", outcome.step, outcome.result, plan_text(plan)))?;
    }
    let expected = planned(plan, decision.bindings.clone(), &applied);
    expect(seen(&writes) == expected, || format!("not the plan's calls: {writes:#?}\nbut\n{expected:#?}"))?;
    let verified = verify(plan, &applied, desired, options, &reader, &patience(true)).await;
    let still =
        verified.still.iter().map(|(key, again)| format!("{key}: {:?}\n", again.fields)).collect::<String>();
    let trouble = verified.trouble.clone().unwrap_or_default();
    expect(is_as_planned(plan, &verified), || {
        format!("still differs: {still}{trouble}\nafter\n{}", plan_text(plan))
    })
}

/// Everything that is neither declared nor removed is as it was; with prune, unless it is ours.
fn is_polite(before: &str, after: &str, desired: &Desired, prune: bool) -> Result<(), String> {
    let ours: BTreeSet<&Key> = desired.specs.keys().chain(desired.removed.keys()).collect();
    let previous: BTreeSet<Key> =
        desired.renamed_from.iter().map(|(key, old)| Key::new(key.kind, old)).collect();
    let may_change = |thing: &Thing| {
        let claimed = thing.claims.as_ref().is_some_and(|(manifest, key)| {
            *manifest == desired.manifest && (prune || ours.contains(key) || previous.contains(key))
        });
        let named = ours.contains(&thing.key) || previous.contains(&thing.key);
        // As its delegated administrator this account writes the organization's, which the management account owns.
        let writable = thing.account == ACCOUNT
            || (thing.is_of_organization
                && desired.management_account.as_ref().is_some_and(|it| it.as_str() == thing.account));
        thing.region == REGION && writable && (claimed || named)
    };
    let (before, after) = (things(before), things(after));
    for (place, thing) in &before {
        let same = after.get(place) == Some(thing);
        expect(same || may_change(thing), || {
            format!("{place:?} was changed: {thing:?} to {:?}", after.get(place))
        })?;
    }
    let new = after.iter().filter(|(place, _)| !before.contains_key(*place));
    for (place, thing) in new {
        expect(desired.specs.contains_key(&thing.key), || format!("{place:?} came into being: {thing:?}"))?;
    }
    Ok(())
}

/// A resource in a snapshot, whoever it belongs to.
#[derive(Debug, PartialEq)]
struct Thing {
    key: Key,
    account: String,
    region: String,
    is_of_organization: bool,
    /// Which manifest's, and which of its resources, the ownership tags say it is.
    claims: Option<(String, Key)>,
    content: Value,
}

/// Account, region, kind, and name or id.
type Place = [String; 4];

fn things(snapshot: &str) -> BTreeMap<Place, Thing> {
    let world: Value = serde_yaml::from_str(snapshot).unwrap();
    let mut things = BTreeMap::new();
    for (account, state) in members(&world["accounts"]) {
        for (region, state) in members(&state["regions"]) {
            for (list, state) in members(&state) {
                for (id, content) in members(&state) {
                    let kind = list.trim_end_matches('s');
                    let name = content["Name"].as_str().unwrap_or(&id);
                    let tag = |key: &str| content["Tags"][key].as_str();
                    let claims = tag(MANIFEST_TAG).zip(tag(NAME_TAG)).and_then(|(manifest, name)| {
                        Some((manifest.to_owned(), Key::parse(&format!("{kind}/{name}"))?))
                    });
                    let key = Key::parse(&format!("{kind}/{name}")).unwrap();
                    let is_of_organization =
                        content["IsOrganizationTrail"] == true || content["OrganizationEnabled"] == true;
                    let (account, region) = (account.clone(), region.clone());
                    let place = [account.clone(), region.clone(), list.clone(), id];
                    things.insert(place, Thing { key, account, region, is_of_organization, claims, content });
                }
            }
        }
    }
    things
}

fn members(value: &Value) -> Vec<(String, Value)> {
    let entries = value.as_mapping().into_iter().flatten();
    entries.map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), value.clone())).collect()
}

/// Stop after any call, run again: the account is as if nothing had happened.
async fn resumes(case: &Case) -> Result<Met, String> {
    let lab = case.account.live(&case.manifest).await?;
    let desired = admissible(case, &lab).await?;
    let undisturbed = case.account.copy(&lab);
    if !finish(&undisturbed, &desired, case.prune).await? {
        return Ok(Met::Refused);
    }
    // Every call from here on can be the last one: the first run sees no more of them than these.
    let calls = undisturbed.emulator.calls();
    let nth = 1 + u32::from(case.stop) % calls.len() as u32;
    let stop = Fault { on: "*".to_owned(), nth: Some(nth), then: Then::Crash };
    lab.emulator.set_faults(vec![stop]);
    // What the stopped run has to say about it is not looked at here.
    drop(finish(&lab, &desired, case.prune).await);
    lab.emulator.set_faults(Vec::new());
    lab.emulator.revive();
    let last = &calls[nth as usize - 1];
    let finished =
        finish(&lab, &desired, case.prune).await.map_err(|error| format!("stopped at {last:?}: {error}"))?;
    expect(finished, || format!("stopped at {last:?}, the next run is refused"))?;
    let (expected, resumed) = (standing(&undisturbed, &desired).await?, standing(&lab, &desired).await?);
    expect(expected == resumed, || format!("stopped at {last:?}: {resumed:#?}\ninstead of\n{expected:#?}"))?;
    Ok(if calls.iter().any(trailkeeper::emulator::CallRecord::writes) { Met::Applied } else { Met::Nothing })
}

/// Plans and applies until nothing differs; false when a plan is refused.
async fn finish(lab: &Lab, desired: &Desired, prune: bool) -> Result<bool, String> {
    let mut rows = String::new();
    for _ in 0..4 {
        let options = allowed(lab, desired, prune).await?;
        let decision = lab.try_decide(desired, &options).await?;
        let Some(decision) = decision.filter(|decision| !decision.plan.is_refused()) else {
            return Ok(false);
        };
        if decision.plan.is_empty() {
            return Ok(true);
        }
        let (applied, _) = lab.carry_out(&decision, &lab.try_reader().await?).await;
        rows = format!("{}{:#?}", plan_text(&decision.plan), applied.outcomes);
    }
    Err(format!("there is always something left to do:\n{rows}"))
}

/// What the account has, without ids and times: they tell how often it was tried.
async fn standing(lab: &Lab, desired: &Desired) -> Result<BTreeMap<String, String>, String> {
    let live = lab.read(desired).await?;
    let pending = live.pending.iter().map(|pending| format!("{} waits for its deletion", pending.name));
    let mut pending: Vec<String> = pending.collect();
    pending.sort();
    let Settled { live, .. } = settle(desired, &live).map_err(|conflicts| format!("{conflicts:?}"))?;
    let found = live.found.iter().map(|(key, found)| {
        let fields = found.spec.fields();
        (key.to_string(), format!("{:?} {} {fields:#?}", found.owner, found.spec.name()))
    });
    let foreign =
        live.foreign.iter().map(|foreign| (foreign.arn.to_string(), format!("{:#?}", foreign.spec)));
    Ok(found.chain(foreign).chain([("pending".to_owned(), pending.join(", "))]).collect())
}

/// Neither the order of writing nor another look changes what is said.
async fn is_deterministic(case: &Case) -> Result<Met, String> {
    let lab = case.account.live(&case.manifest).await?;
    let mut reports = Vec::new();
    for order in [0, case.order] {
        let desired = case.manifest.desired(order)?;
        let live = lab.read(&desired).await?;
        let options = RunOptions { prune: case.prune, ..careful() };
        reports.push(match decide(&desired, &live, &options) {
            Ok(Decision { plan, bindings }) => {
                let words = |text: &str| text.to_owned();
                let run = Run { observed_at: words(""), caller: words(""), manifest_sha256: words("") };
                plan_text(&plan) + &json::plan(&plan, &bindings, &run)
            }
            Err(conflicts) => format!("{conflicts:#?}"),
        });
    }
    let same = reports[0] == reports[1];
    expect(same, || format!("written in order {}:\n{}\ninstead of\n{}", case.order, reports[1], reports[0]))?;
    Ok(Met::Applied)
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
            if let Err(failure) = hold_chunk(CHUNK, [seed, chunk], &look) {
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
    println!("{applied} applied, {nothing} without a difference, {refused} refused");
    assert!(applied * 3 > applied + nothing + refused, "too few cases had anything to do");
}

fn hold_chunk(cases: u32, seed: [u32; 2], look: &dyn Fn(&Case) -> Result<(), String>) -> Result<(), String> {
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
            Err(told(&case, &why))
        }
    }
}

/// The smallest case near this one that fails too, and why. Cases are built of dozens of independent choices, for
/// which taking out whole resources first is much faster than what proptest would do.
fn smallest(mut case: Case, mut why: String, look: &dyn Fn(&Case) -> Result<(), String>) -> (Case, String) {
    let mut place = 0;
    let mut changed = false;
    loop {
        let Some(smaller) = case.smaller().into_iter().nth(place) else {
            if !changed {
                return (case, why);
            }
            (place, changed) = (0, false);
            continue;
        };
        match look(&smaller) {
            Err(again) if kind(&again) == kind(&why) => (case, why, changed) = (smaller, again, true),
            _ => place += 1,
        }
    }
}

/// What sort of failure it is: the operation and the error's code, or how the complaint begins.
fn kind(why: &str) -> String {
    let line = why.lines().next().unwrap_or_default();
    let word = |after: &str| line.split(after).nth(1).and_then(|rest| rest.split([',', ' ']).next());
    match (word("call: "), word("code: ")) {
        (Some(call), Some(code)) => format!("{call} {code}"),
        _ => line.chars().take(20).collect(),
    }
}

impl Case {
    fn smaller(&self) -> Vec<Case> {
        let accounts = self.account.smaller().into_iter().map(|account| Case { account, ..self.clone() });
        let manifests = self.manifest.smaller().into_iter().map(|manifest| Case { manifest, ..self.clone() });
        accounts.chain(manifests).collect()
    }
}

/// A failing case as the files of a scenario.
fn told(case: &Case, why: &str) -> String {
    let account = run(case.account.live(&case.manifest)).map(|lab| lab.emulator.snapshot());
    let mut files = BTreeMap::from([("manifest.yaml".to_owned(), case.manifest.text())]);
    files.insert("account.yaml".to_owned(), account.unwrap_or_default());
    if case.prune {
        files.insert("args.txt".to_owned(), "--prune --max-deletes 100\n".to_owned());
    }
    let text = case.manifest.text();
    let named = case.manifest.policies().iter().filter(|(path, _)| text.contains(path.as_str()));
    files.extend(named.map(|(path, text)| (path.clone(), text.clone())));
    if let Ok(name) = std::env::var("PROPERTY_SAVE") {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(name);
        for (path, text) in &files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let files = files.iter().map(|(path, text)| format!("== {path}\n{text}\n"));
    format!("{why}\n\n{}== how it came to be\n{}", files.collect::<String>(), case.account.told())
}
