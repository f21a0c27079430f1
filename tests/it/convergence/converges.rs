//! Converges, idempotent, honest, polite, agrees: an apply is done at once, asks for exactly what was planned, and leaves
//! nothing to do.

use super::polite::is_polite;
use super::{Case, Met, expect};
use crate::support::{Lab, bold, careful, is_as_planned, plan_text, planned, seen};
use std::collections::{BTreeMap, BTreeSet};
use trailkeeper::apply::{StepResult, patience, verify};
use trailkeeper::aws::Reader;
use trailkeeper::plan::{Decision, Verb, decide};
use trailkeeper::resource::{Key, Path};
use trailkeeper::settle::{Settled, settle};
use trailkeeper::state::{Desired, Live, MANIFEST_TAG, NAME_TAG, RunOptions, UNFINISHED_TAG};

/// Converges, idempotent, honest, polite, agrees.
pub(super) async fn converges(case: &Case) -> Result<Met, String> {
    let lab = case.account.live(&case.manifest).await?;
    let reader = lab.try_reader().await?;
    let before = lab.emulator.snapshot();
    let desired = case.manifest.desired(0)?;
    let live = read(&reader, &desired).await?;
    expect(lab.emulator.snapshot() == before, || "planning changed the account".to_owned())?;
    let desired = admissible(case, desired, &live);
    let untouched = left_alone(&live, &desired);
    let options = allowed(&live, &desired, case.prune);
    let Some(decision) = admitted(&live, &desired, &options) else { return Ok(Met::Refused) };
    let restores = decision.plan.count(Verb::Restore) > 0;
    let nothing = decision.plan.is_empty();
    perform(&lab, &reader, decision, &desired, &options).await?;
    if restores {
        let live = read(&reader, &desired).await?;
        let options = allowed(&live, &desired, case.prune);
        let Some(decision) = admitted(&live, &desired, &options) else { return Ok(Met::Refused) };
        perform(&lab, &reader, decision, &desired, &options).await?;
    }
    let live = read(&reader, &desired).await?;
    let again = decide(&desired, &live, &options)
        .map_err(|_| "after apply, the ownership tags contradict each other".to_owned())?;
    let is_empty = again.plan.is_empty() && !again.plan.is_refused();
    expect(is_empty, || format!("the second plan is not empty:\n{}", plan_text(&again.plan)))?;
    let after = lab.emulator.snapshot();
    is_polite(&before, &after, &desired, case.prune)?;
    let left = left_alone(&live, &desired);
    let changed = untouched.iter().find(|(place, value)| left.get(*place) != Some(value));
    expect(changed.is_none(), || format!("{changed:?} is ignored, and is {left:#?}"))?;
    perform(&lab, &reader, again, &desired, &options).await?;
    expect(lab.emulator.snapshot() == after, || "applying an empty plan changed the account".to_owned())?;
    Ok(if nothing { Met::Nothing } else { Met::Applied })
}

/// The account as it is now. What follows from it is a function of it, so that one look serves many questions.
pub(super) async fn read(reader: &Reader, desired: &Desired) -> Result<Live, String> {
    reader.read(&desired.asks()).await.map_err(|error| error.to_string())
}

/// What is to be done, unless it is refused or the ownership tags do not tell who is who.
pub(super) fn admitted(live: &Live, desired: &Desired, options: &RunOptions) -> Option<Decision> {
    let decision = decide(desired, live, options).ok()?;
    // Whether trails of other regions take slots too is not known: the plan says that the service may refuse.
    let in_doubt = decision.plan.notes.iter().any(|note| note.word == "quota");
    (!decision.plan.is_refused() && !in_doubt).then_some(decision)
}

/// What the manifest asks, without those resources of which no flag allows what it asks. What remains may still be
/// refused: when it is not valid without the others, or again and again.
pub(super) fn admissible(case: &Case, mut desired: Desired, live: &Live) -> Desired {
    let mut manifest = case.manifest.clone();
    for _ in 0..3 {
        let options = allowed(live, &desired, case.prune);
        let Ok(decision) = decide(&desired, live, &options) else { break };
        let hopeless: BTreeSet<Key> =
            decision.plan.refusals.iter().map(|refusal| refusal.key.bound()).collect();
        if hopeless.is_empty() {
            break;
        }
        manifest = manifest.without(&hopeless);
        let Ok(fewer) = manifest.desired(0) else { break };
        desired = fewer;
    }
    desired
}

/// The settings that `ignore` names, of what is there, as they are read: how names are put for ARNs depends on what else
/// there is.
fn left_alone(live: &Live, desired: &Desired) -> BTreeMap<String, String> {
    let Ok(Settled { live: settled, .. }) = settle(desired, live) else { return BTreeMap::new() };
    let read: BTreeMap<_, _> =
        live.found.iter().map(|(key, found)| ((key.kind, &found.arn), &found.spec)).collect();
    let ignored = |key: &Key, path: &str| {
        let paths = desired.ignore.get(&key.bound()).into_iter().flatten();
        paths.map(Path::as_str).any(|it| it == path || path.starts_with(&format!("{it}.")))
    };
    let found =
        settled.found.iter().filter_map(|(key, found)| Some((key, read.get(&(key.kind, &found.arn))?)));
    let fields = found.flat_map(|(key, spec)| spec.fields().into_iter().map(move |field| (key, field)));
    let left = fields.filter(|(key, field)| {
        let ours = [MANIFEST_TAG, NAME_TAG, UNFINISHED_TAG].iter().any(|tag| field.path == Path::tag(tag));
        !ours && ignored(key, field.path.as_str())
    });
    left.map(|(key, field)| (format!("{key} {}", field.path), format!("{:?}", field.value))).collect()
}

/// The run that carries this case through: careful where guards stop nothing, else everything in the plan allowed.
pub(super) fn allowed(live: &Live, desired: &Desired, prune: bool) -> RunOptions {
    let of = |options: RunOptions| RunOptions { prune, max_deletes: Some(100), ..options };
    let options = of(careful());
    let Ok(decision) = decide(desired, live, &options) else { return options };
    if decision.plan.is_refused() { of(bold(decision.plan.changes.keys())) } else { options }
}

/// Applies, and holds that every step was done at once, that the service saw exactly the plan's requests, and that the
/// account says so.
async fn perform(
    lab: &Lab,
    reader: &Reader,
    decision: Decision,
    desired: &Desired,
    options: &RunOptions,
) -> Result<(), String> {
    let (applied, writes) = lab.carry_out(&decision, reader).await;
    let plan = &decision.plan;
    for outcome in &applied.outcomes {
        let done = outcome.result == StepResult::Done;
        expect(done, || format!("step {}: {:?} of\n{}", outcome.step, outcome.result, plan_text(plan)))?;
    }
    let expected = planned(plan, decision.bindings.clone(), &applied);
    expect(seen(&writes) == expected, || format!("not the plan's calls: {writes:#?}\nbut\n{expected:#?}"))?;
    let verified = verify(plan, &applied, desired, options, reader, &patience(true)).await;
    let still =
        verified.still.iter().map(|(key, again)| format!("{key}: {:?}\n", again.fields)).collect::<String>();
    let trouble = verified.trouble.clone().unwrap_or_default();
    expect(is_as_planned(plan, &verified), || {
        format!("still differs: {still}{trouble}\nafter\n{}", plan_text(plan))
    })
}
