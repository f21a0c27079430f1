//! Each folder of `tests/scenarios` is a behaviour: what was there before (`before.yaml` is applied, then
//! `by-hand.yaml` is called by somebody else, or `account.yaml` is the account), a manifest, and the plan that
//! follows. What is not refused is applied (`calls.txt`, where there is one, is what the service saw), and after it a
//! plan is empty. `drift.txt` and `unmanaged.txt`, where they are, are what drift says before the plan. With `faults.yaml` misfortunes strike drift, the plan and the apply, and the run after them finishes.

use crate::support::{Lab, applied_text, bold, careful, desired, expect_file, plan_text, run};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use trailkeeper::emulator::{CallRecord, Fault, Switches};
use trailkeeper::plan::Verb;
use trailkeeper::state::{Desired, RunOptions};

/// Every folder of `tests/scenarios`, sorted.
pub(crate) fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

#[test]
fn every_folder_plans_applies_and_plans_nothing_more() {
    let wanted = std::env::var("SCENARIO").ok();
    let mut failures = Vec::new();
    let mut ran = 0;
    for folder in folders() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if wanted.as_ref().is_some_and(|wanted| !name.contains(wanted.as_str())) {
            continue;
        }
        ran += 1;
        // A panic in one folder must not hide the others.
        let played = std::panic::catch_unwind(|| run(play(&folder, lab(&folder))));
        let trouble = match played {
            Ok(Ok(())) => continue,
            Ok(Err(trouble)) => trouble,
            Err(panic) => match panic.downcast_ref::<String>() {
                Some(text) => text.clone(),
                None => "panicked".to_owned(),
            },
        };
        failures.push(format!("== {name}\n{trouble}"));
    }
    assert!(failures.is_empty(), "{} of {ran} scenarios:\n{}", failures.len(), failures.join("\n"));
    assert!(wanted.is_some() || ran > 60, "the scenarios were not found");
}

/// A scenario before anything is planned.
pub(crate) struct Scene {
    pub(crate) lab: Lab,
    pub(crate) desired: Desired,
    pub(crate) options: RunOptions,
}

/// The account that a folder begins with.
pub(crate) fn lab(folder: &Path) -> Lab {
    match fs::read_to_string(folder.join("account.yaml")) {
        Ok(snapshot) => Lab::restore(&snapshot),
        Err(_) => Lab::new(),
    }
}

/// The account as the folder says, and what the manifest asks of it.
pub(crate) async fn prepare(folder: &Path) -> Result<Scene, String> {
    prepare_in(folder, lab(folder)).await
}

/// The same, where the service behaves as the switches say from the beginning.
pub(crate) async fn prepare_under(folder: &Path, switches: Switches) -> Result<Scene, String> {
    let lab = lab(folder);
    lab.emulator.set_switches(switches);
    prepare_in(folder, lab).await
}

/// Brings an account that is as [`lab`] gives it to where the folder's plan begins.
async fn prepare_in(folder: &Path, lab: Lab) -> Result<Scene, String> {
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
    if let Some(before) = read("before.yaml") {
        let before = desired(&before, folder)?;
        lab.apply(&before, &bold(before.specs.keys().chain(before.removed.keys()))).await;
    }
    for (operation, request) in by_hand(read("by-hand.yaml").as_deref().unwrap_or("[]")) {
        lab.call(&operation, &request).await.map_err(|error| format!("{operation} by hand: {error}"))?;
    }
    let manifest = read("manifest.yaml").ok_or("no manifest.yaml")?;
    let desired = desired(&manifest, folder)?;
    let options = options(read("args.txt").as_deref().unwrap_or_default());
    Ok(Scene { lab, desired, options })
}

/// Plays the folder in this account, which is as [`lab`] gives it.
pub(crate) async fn play(folder: &Path, lab: Lab) -> Result<(), String> {
    let Scene { lab, desired, options } = prepare_in(folder, lab).await?;
    let account = lab.emulator.snapshot();
    if let Ok(text) = fs::read_to_string(folder.join("faults.yaml")) {
        return play_with_faults(folder, &Scene { lab, desired, options }, &text).await;
    }
    expect_drift(folder, &lab, &desired).await?;
    let plan = lab.plan(&desired, &options).await;
    expect_file(&folder.join("plan.txt"), &plan_text(&plan))?;
    if plan.is_refused() || plan.is_empty() {
        let unchanged = lab.emulator.snapshot() == account;
        return if unchanged { Ok(()) } else { Err("planning changed the account".to_owned()) };
    }
    let done = lab.apply_cleanly(&desired, &options).await;
    expect_file(&folder.join("apply.txt"), &applied_text(&plan, &done))?;
    expect_calls(folder, &done.writes)?;

    let mut again = lab.plan(&desired, &options).await;
    if plan.count(Verb::Restore) > 0 {
        // What depends on a restored store waits for the next plan.
        if !again.is_empty() {
            lab.apply_cleanly(&desired, &options).await;
        }
        again = lab.plan(&desired, &options).await;
    }
    let empty = again.is_empty() && !again.is_refused();
    if empty { Ok(()) } else { Err(format!("the second plan is not empty:\n{}", plan_text(&again))) }
}

/// What drift says, where the folder asks for it.
async fn expect_drift(folder: &Path, lab: &Lab, desired: &Desired) -> Result<(), String> {
    for (name, unmanaged) in [("drift.txt", false), ("unmanaged.txt", true)] {
        let path = folder.join(name);
        if path.exists() {
            expect_file(&path, &lab.drift_text(desired, unmanaged).await)?;
        }
    }
    Ok(())
}

/// The faults strike drift, the plan and, each time counted afresh, the apply; the run after them has none, and finishes.
async fn play_with_faults(folder: &Path, scene: &Scene, text: &str) -> Result<(), String> {
    let Scene { lab, desired, options } = scene;
    let faults: Vec<Fault> = serde_yaml::from_str(text).map_err(|error| format!("faults.yaml: {error}"))?;
    lab.emulator.set_faults(faults.clone());
    expect_drift(folder, lab, desired).await?;
    lab.emulator.set_faults(faults.clone());
    let plan = lab.plan(desired, options).await;
    expect_file(&folder.join("plan.txt"), &plan_text(&plan))?;
    lab.emulator.set_faults(faults);
    let done = lab.apply(desired, options).await;
    expect_file(&folder.join("apply.txt"), &applied_text(&plan, &done))?;

    lab.emulator.set_faults(Vec::new());
    lab.emulator.revive();
    if !lab.plan(desired, options).await.is_empty() {
        lab.apply_cleanly(desired, options).await;
    }
    let again = lab.plan(desired, options).await;
    if again.is_empty() { Ok(()) } else { Err(format!("it does not converge:\n{}", plan_text(&again))) }
}

/// Where the order of the calls or what they say is the point, `calls.txt` holds what the service saw.
fn expect_calls(folder: &Path, writes: &[CallRecord]) -> Result<(), String> {
    let path = folder.join("calls.txt");
    let lines = writes.iter().map(|call| format!("{} {}\n", call.operation, call.request));
    if path.exists() { expect_file(&path, &lines.collect::<String>()) } else { Ok(()) }
}

/// `- Operation: {request}`, one after the other.
fn by_hand(text: &str) -> Vec<(String, Value)> {
    let calls: Vec<serde_json::Map<String, Value>> = serde_yaml::from_str(text).unwrap();
    calls.into_iter().flatten().collect()
}

/// The arguments that a scenario needs: `--prune --max-deletes N`.
fn options(args: &str) -> RunOptions {
    let mut words = args.split_whitespace();
    let mut options = RunOptions { ..careful() };
    while let Some(word) = words.next() {
        match word {
            "--prune" => options.prune = true,
            "--max-deletes" => options.max_deletes = words.next().map(|count| count.parse().unwrap()),
            other => panic!("args.txt: {other}"),
        }
    }
    options
}
