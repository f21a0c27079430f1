//! Deterministic: neither the order of writing nor another look changes a byte of what is said.

use super::{Case, Met, expect};
use crate::support::{careful, plan_text};
use trailkeeper::plan::{Decision, decide};
use trailkeeper::report::{Run, json};
use trailkeeper::state::RunOptions;

/// Neither the order of writing nor another look changes what is said.
pub(super) async fn is_deterministic(case: &Case) -> Result<Met, String> {
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
