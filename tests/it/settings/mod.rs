//! Every setting of every kind, by the rows of `tests/settings`: set, changed, removed, changed behind trailkeeper's back,
//! and set there where nobody declared it. Drift answers 2 and names the setting, the plan names it too and nothing else,
//! apply makes it so, the next plan is empty, and the account equals one that never was otherwise.

mod table;

pub(crate) use table::managed_settings;

use crate::account::timeless;
use crate::cli::Folder;
use crate::support::{Lab, bold, desired, plan_text, run};
use crate::switches::all_thrown;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use table::{Move, Row, Stage, Table, table};
use trailkeeper::emulator::Switches;
use trailkeeper::plan::Plan;
use trailkeeper::state::{Desired, RunOptions};

#[test]
fn every_setting_of_a_trail() {
    prove("trails");
}

#[test]
fn every_setting_of_an_event_data_store() {
    prove("eventDataStores");
}

#[test]
fn every_setting_of_a_channel() {
    prove("channels");
}

#[test]
fn every_setting_of_a_dashboard() {
    prove("dashboards");
}

/// All rows of a table, or those that `SETTING` names a part of; every third of them, or with `SWITCHES=all` each, also
/// with every doubt about the service the other way.
fn prove(list: &str) {
    prove_under(list, &Switches::default(), 1);
    let all = ["SWITCHES", "SETTING"].iter().any(|name| std::env::var_os(name).is_some());
    prove_under(list, &all_thrown(), if all { 1 } else { 3 });
}

fn prove_under(list: &str, switches: &Switches, apart: usize) {
    let table = table(list);
    let wanted = std::env::var("SETTING").ok();
    let wanted = |setting: &&String| wanted.as_ref().is_none_or(|part| setting.contains(part.as_str()));
    let mut failures = Vec::new();
    for setting in table.settings.keys().filter(wanted).step_by(apart) {
        let case =
            Case { table: &table, list, setting, row: &table.settings[setting], switches: switches.clone() };
        // A panic in one row must not hide the others.
        let trouble = match catch_unwind(AssertUnwindSafe(|| run(case.prove()))) {
            Ok(Ok(())) => continue,
            Ok(Err(trouble)) => trouble,
            Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "panicked".to_owned()),
        };
        failures.push(format!("== {list}: {setting}\n{trouble}"));
    }
    assert!(failures.is_empty(), "{} settings under {switches:?}:\n{}", failures.len(), failures.join("\n"));
}

/// One row, under one set of switches.
struct Case<'a> {
    table: &'a Table,
    list: &'a str,
    setting: &'a str,
    row: &'a Row,
    switches: Switches,
}

impl Case<'_> {
    async fn prove(&self) -> Result<(), String> {
        let first = self.fresh(Stage::First).await?;
        let second = self.fresh(Stage::Second).await?;
        self.moved(Move::Change, &first, Stage::Second, &second).await?;
        if !self.row.required {
            let without = self.fresh(Stage::Without).await?;
            self.moved(Move::Set, &without, Stage::First, &first).await?;
            self.moved(Move::Remove, &first, Stage::Without, &without).await?;
        }
        if self.is_possible(Move::ByHand) {
            self.moved(Move::ByHand, &first, Stage::First, &first).await?;
        }
        if !self.row.required && self.is_possible(Move::SetByHand) {
            let without = self.fresh(Stage::Without).await?;
            self.moved(Move::SetByHand, &without, Stage::Without, &without).await?;
        }
        Ok(())
    }

    /// Whether somebody else can do it. If not, the row says why.
    fn is_possible(&self, how: Move) -> bool {
        let possible = !self.row.by_hand(how).is_empty();
        assert!(possible || self.row.cannot.contains_key(&how), "{how:?}: no call, and no reason why");
        possible
    }

    fn lab(&self, account: Option<&str>) -> Lab {
        let lab = account.map_or_else(Lab::new, Lab::restore);
        lab.emulator.set_switches(self.switches.clone());
        lab
    }

    fn desired(&self, stage: Stage) -> Result<(Desired, RunOptions), String> {
        let manifest = self.table.manifest(self.list, self.setting, stage);
        let desired = desired(&manifest, Path::new("."))?;
        let options = bold(desired.specs.keys());
        Ok((desired, options))
    }

    /// An empty account after one apply.
    async fn fresh(&self, stage: Stage) -> Result<String, String> {
        let (desired, options) = self.desired(stage)?;
        let lab = self.lab(None);
        lab.apply_cleanly(&desired, &options).await;
        nothing_more(&lab, &desired, &options)
            .await
            .map_err(|trouble| format!("{stage:?}, created: {trouble}"))?;
        Ok(lab.emulator.snapshot())
    }

    /// The real binary says the same of this account: exactly these settings, and exit code 2.
    fn told_by_drift(&self, lab: &Lab, stage: Stage, expected: &BTreeSet<String>) -> Result<(), String> {
        if self.switches != Switches::default() {
            // A sandbox's file holds no switches.
            return Ok(());
        }
        let folder = Folder::new();
        let manifest = self.table.manifest(self.list, self.setting, stage);
        folder.write("trailkeeper.yaml", manifest).write("account", lab.emulator.snapshot());
        let output = folder.run("drift --sandbox account --format json");
        let named = drifted(&String::from_utf8_lossy(&output.stdout))?;
        match (output.status.code(), &named == expected) {
            (Some(2), true) => Ok(()),
            (code, _) => Err(format!("drift names {named:?} instead of {expected:?}, exit {code:?}")),
        }
    }

    /// From one account to another that is known, by way of a plan that names the setting and nothing else.
    async fn moved(&self, how: Move, account: &str, to: Stage, expected: &str) -> Result<(), String> {
        let failed = |trouble: String| format!("{how:?}: {trouble}");
        let (desired, options) = self.desired(to)?;
        let lab = self.lab(Some(account));
        for (operation, request) in self.row.by_hand(how).iter().flatten() {
            let answer = lab.call(operation, request).await;
            answer.map_err(|error| failed(format!("{operation} by hand: {error}")))?;
        }
        let plan = lab.plan(&desired, &options).await;
        let named = named(&plan);
        // A value that is written out and equal to the default is no difference.
        let by_hand = matches!(how, Move::ByHand | Move::SetByHand);
        let same = !by_hand && timeless(account, &[]) == timeless(expected, &[]);
        let expected_names = if same { BTreeSet::new() } else { self.row.named(self.setting, how) };
        if named != expected_names {
            return Err(failed(format!(
                "named {named:?} instead of {expected_names:?}\n{}",
                plan_text(&plan)
            )));
        }
        if by_hand {
            self.told_by_drift(&lab, to, &expected_names).map_err(failed)?;
        }
        if self.row.cannot.contains_key(&how) {
            let refused = plan.refusals.iter().any(|refusal| refusal.guard.is_none());
            return if refused { Ok(()) } else { Err(failed(format!("not refused:\n{}", plan_text(&plan)))) };
        }
        lab.apply_cleanly(&desired, &options).await;
        nothing_more(&lab, &desired, &options).await.map_err(failed)?;
        let remains: Vec<&str> = self.row.remains.keys().map(String::as_str).collect();
        let (reached, expected) =
            (timeless(&lab.emulator.snapshot(), &remains), timeless(expected, &remains));
        if reached == expected { Ok(()) } else { Err(failed(difference(&expected, &reached))) }
    }
}

/// The settings that a report of drift names.
fn drifted(report: &str) -> Result<BTreeSet<String>, String> {
    let report: Json = serde_json::from_str(report).map_err(|error| format!("{error}: {report}"))?;
    let changes = report["changes"].as_array().into_iter().flatten();
    let fields = changes.flat_map(|change| change["fields"].as_array().into_iter().flatten());
    Ok(fields.filter_map(|field| field["path"].as_str()).map(str::to_owned).collect())
}

async fn nothing_more(lab: &Lab, desired: &Desired, options: &RunOptions) -> Result<(), String> {
    let plan = lab.plan(desired, options).await;
    let empty = plan.is_empty() && !plan.is_refused();
    if empty { Ok(()) } else { Err(format!("the next plan is not empty:\n{}", plan_text(&plan))) }
}

/// Every setting that a plan names; of whose, the rows need not say, because the other resources stay as they are.
fn named(plan: &Plan) -> BTreeSet<String> {
    plan.changes.values().flat_map(|planned| &planned.fields).map(|field| field.path.to_string()).collect()
}

fn difference(expected: &str, reached: &str) -> String {
    let diff = similar::TextDiff::from_lines(expected, reached);
    format!(
        "the account differs from one that never was otherwise:\n{}",
        diff.unified_diff().context_radius(8)
    )
}
