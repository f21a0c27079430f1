//! Resumable: whichever call was the last one, the next run finishes, and the account is as if nothing had happened.

use super::converges::{admissible, admitted, allowed, read};
use super::{Case, Met, expect};
use crate::support::{Lab, plan_text};
use std::collections::BTreeMap;
use trailkeeper::emulator::{CallRecord, Fault, Then};
use trailkeeper::settle::{Settled, settle};
use trailkeeper::state::{Desired, Live};

/// Stop after any call, run again: the account is as if nothing had happened.
pub(super) async fn resumes(case: &Case) -> Result<Met, String> {
    let lab = case.account.live(&case.manifest).await?;
    let desired = case.manifest.desired(0)?;
    let live = lab.read(&desired).await?;
    let desired = admissible(case, desired, &live);
    let undisturbed = case.account.copy(&lab);
    let Some(expected) = finish(&undisturbed, &desired, case.prune).await? else { return Ok(Met::Refused) };
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
    let resumed = finished.ok_or_else(|| format!("stopped at {last:?}, the next run is refused"))?;
    let (expected, resumed) = (standing(&expected, &desired)?, standing(&resumed, &desired)?);
    expect(expected == resumed, || format!("stopped at {last:?}: {resumed:#?}\ninstead of\n{expected:#?}"))?;
    Ok(if calls.iter().any(CallRecord::writes) { Met::Applied } else { Met::Nothing })
}

/// Plans and applies until nothing differs, and answers what is there then; none when a plan is refused.
async fn finish(lab: &Lab, desired: &Desired, prune: bool) -> Result<Option<Live>, String> {
    let mut rows = String::new();
    let reader = lab.try_reader().await?;
    for _ in 0..4 {
        let live = read(&reader, desired).await?;
        let Some(decision) = admitted(&live, desired, &allowed(&live, desired, prune)) else {
            return Ok(None);
        };
        if decision.plan.is_empty() {
            return Ok(Some(live));
        }
        let (applied, _) = lab.carry_out(&decision, &reader).await;
        rows = format!("{}{:#?}", plan_text(&decision.plan), applied.outcomes);
    }
    Err(format!("there is always something left to do:\n{rows}"))
}

/// What the account has, without ids and times: they tell how often it was tried.
fn standing(live: &Live, desired: &Desired) -> Result<BTreeMap<String, String>, String> {
    let pending = live.pending.iter().map(|pending| format!("{} waits for its deletion", pending.name));
    let mut pending: Vec<String> = pending.collect();
    pending.sort();
    let Settled { live, .. } = settle(desired, live).map_err(|conflicts| format!("{conflicts:?}"))?;
    let found = live.found.iter().map(|(key, found)| {
        let fields = found.spec.fields();
        (key.to_string(), format!("{:?} {} {fields:#?}", found.owner, found.spec.name()))
    });
    let foreign =
        live.foreign.iter().map(|foreign| (foreign.arn.to_string(), format!("{:#?}", foreign.spec)));
    Ok(found.chain(foreign).chain([("pending".to_owned(), pending.join(", "))]).collect())
}
