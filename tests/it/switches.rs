//! Where AWS's documentation is silent, the emulator can behave either way, and trailkeeper is right either way: each
//! scenario folder converges under all of them at once and under each one that concerns it: under every fourth of
//! these pairs, and with `SWITCHES=all`, or a part of one's name, under all that are meant.

use crate::scenarios::{Scene, folders, prepare_under};
use crate::support::{plan_text, run};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use trailkeeper::apply::StepResult;
use trailkeeper::emulator::{DefaultSelectorForm, Switches};
use trailkeeper::plan::Verb;

/// One switch, thrown.
struct Thrown {
    name: &'static str,
    /// Words of the folders that it concerns: one of them is enough.
    words: &'static [&'static str],
    throw: fn(&mut Switches),
}

fn thrown() -> Vec<Thrown> {
    let on = |name, words, throw| Thrown { name, words, throw };
    const WAITING: &[&str] = &["eventDataStores", "dashboards"];
    const DELETED: &[&str] = &["DeleteEventDataStore", "PENDING_DELETION", "removed:"];
    const ELSEWHERE: &[&str] = &["us-west-2"];
    const INSIGHTS: &[&str] = &["nsight"];
    vec![
        on("settle_reads: 0", WAITING, |it| it.settle_reads = 0),
        on("settle_reads: 3", WAITING, |it| it.settle_reads = 3),
        on("eds_kms_as_alias", &["kmsKeyId"], |it| it.eds_kms_as_alias = true),
        on("policy_reserialised", &["olicy"], |it| it.policy_reserialised = true),
        on("default_selector_form", &["trails"], |it| {
            it.default_selector_form = DefaultSelectorForm::Advanced;
        }),
        on("custom_selectors_flag_sticks", &["ventSelectors"], |it| it.custom_selectors_flag_sticks = true),
        on("sns_topic_name_as_arn", &["nsTopic"], |it| it.sns_topic_name_as_arn = true),
        on("recursive_logging_absent", &["trails"], |it| it.recursive_logging_absent = true),
        on("insight_categories_absent", INSIGHTS, |it| it.insight_categories_absent = true),
        on("narrowing_under_insights_refused", INSIGHTS, |it| it.narrowing_under_insights_refused = false),
        on("event_configuration_omission_clears", &["ontextKey"], |it| {
            it.event_configuration_omission_clears = true;
        }),
        on("transient_writes_refused", WAITING, |it| it.transient_writes_refused = false),
        on("pending_deletion_reserves_name", DELETED, |it| it.pending_deletion_reserves_name = true),
        on("restored_protection", DELETED, |it| it.restored_protection = false),
        on("restored_stopped", DELETED, |it| it.restored_stopped = true),
        on("federation_disabled_absent", &["ederation"], |it| it.federation_disabled_absent = true),
        on("insights_destination_protected", INSIGHTS, |it| it.insights_destination_protected = true),
        on("stopped_writes_refused", &["ngestion"], |it| it.stopped_writes_refused = true),
        on("billing_comes_alone", &["illing"], |it| it.billing_comes_alone = true),
        on("shadow_stores_listed", ELSEWHERE, |it| it.shadow_stores_listed = true),
        on("destination_as_id", &["estinations"], |it| it.destination_as_id = true),
        on("channel_policy_needs_resource", &["channels"], |it| it.channel_policy_needs_resource = false),
        on("schedule_needs_policy", &["dashboards"], |it| it.schedule_needs_policy = true),
        on("highlights_needs_schedule", &["Highlights"], |it| it.highlights_needs_schedule = true),
        on("empty_tag_value_absent", &["tags"], |it| it.empty_tag_value_absent = true),
        on("list_tags_one_kind", &["channels", "dashboards"], |it| it.list_tags_one_kind = true),
        on("list_trails_one_region", ELSEWHERE, |it| it.list_trails_one_region = true),
        on("page_size: 1", &[""], |it| it.page_size = Some(1)),
    ]
}

/// Every switch thrown at once.
pub(crate) fn all_thrown() -> Switches {
    let mut switches = Switches::default();
    for one in thrown() {
        (one.throw)(&mut switches);
    }
    switches
}

#[test]
fn every_switch_is_thrown() {
    // Without `..`, so that another switch asks for its place in the list.
    let Switches {
        settle_reads,
        eds_kms_as_alias,
        policy_reserialised,
        default_selector_form,
        custom_selectors_flag_sticks,
        sns_topic_name_as_arn,
        recursive_logging_absent,
        insight_categories_absent,
        narrowing_under_insights_refused,
        event_configuration_omission_clears,
        transient_writes_refused,
        pending_deletion_reserves_name,
        restored_protection,
        restored_stopped,
        federation_disabled_absent,
        insights_destination_protected,
        stopped_writes_refused,
        billing_comes_alone,
        // Without a call that clears there is nothing to converge to; the test below holds that this is told.
        empty_aggregation_keeps: _,
        shadow_stores_listed,
        destination_as_id,
        channel_policy_needs_resource,
        schedule_needs_policy,
        highlights_needs_schedule,
        empty_tag_value_absent,
        list_tags_one_kind,
        list_trails_one_region,
        page_size,
    } = all_thrown();
    let usual = Switches::default();
    assert!(settle_reads != usual.settle_reads);
    assert!(eds_kms_as_alias != usual.eds_kms_as_alias);
    assert!(policy_reserialised != usual.policy_reserialised);
    assert!(default_selector_form != usual.default_selector_form);
    assert!(custom_selectors_flag_sticks != usual.custom_selectors_flag_sticks);
    assert!(sns_topic_name_as_arn != usual.sns_topic_name_as_arn);
    assert!(recursive_logging_absent != usual.recursive_logging_absent);
    assert!(insight_categories_absent != usual.insight_categories_absent);
    assert!(narrowing_under_insights_refused != usual.narrowing_under_insights_refused);
    assert!(event_configuration_omission_clears != usual.event_configuration_omission_clears);
    assert!(transient_writes_refused != usual.transient_writes_refused);
    assert!(pending_deletion_reserves_name != usual.pending_deletion_reserves_name);
    assert!(restored_protection != usual.restored_protection);
    assert!(restored_stopped != usual.restored_stopped);
    assert!(federation_disabled_absent != usual.federation_disabled_absent);
    assert!(insights_destination_protected != usual.insights_destination_protected);
    assert!(stopped_writes_refused != usual.stopped_writes_refused);
    assert!(billing_comes_alone != usual.billing_comes_alone);
    assert!(shadow_stores_listed != usual.shadow_stores_listed);
    assert!(destination_as_id != usual.destination_as_id);
    assert!(channel_policy_needs_resource != usual.channel_policy_needs_resource);
    assert!(schedule_needs_policy != usual.schedule_needs_policy);
    assert!(highlights_needs_schedule != usual.highlights_needs_schedule);
    assert!(empty_tag_value_absent != usual.empty_tag_value_absent);
    assert!(list_tags_one_kind != usual.list_tags_one_kind);
    assert!(list_trails_one_region != usual.list_trails_one_region);
    assert!(page_size != usual.page_size);
}

#[test]
fn aggregation_that_no_call_takes_away_is_told() {
    run(async {
        let folder = folders()
            .into_iter()
            .find(|path| path.ends_with("aggregation-is-switched-off-with-an-empty-list"));
        let switches = Switches { empty_aggregation_keeps: true, ..Switches::default() };
        let Scene { lab, desired, options } = prepare_under(&folder.unwrap(), switches).await.unwrap();
        let done = lab.apply(&desired, &options).await;
        assert!(done.applied.outcomes.iter().all(|outcome| outcome.result == StepResult::Done));
        let still = done.verified.still.values().flat_map(|planned| &planned.fields);
        let still: Vec<&str> = still.map(|change| change.path.as_str()).collect();
        assert_eq!(still, ["aggregationConfigurations"]);
        assert!(!lab.plan(&desired, &options).await.is_empty());
    });
}

#[test]
fn every_folder_converges_under_every_switch() {
    let wanted = |variable: &str| std::env::var(variable).unwrap_or_default();
    let (folder, switch) = (wanted("SCENARIO"), wanted("SWITCHES"));
    let all_at_once = Thrown { name: "all at once", words: &[""], throw: |it| *it = all_thrown() };
    let mut switches = thrown();
    switches.retain(|one| ["", "all"].contains(&switch.as_str()) || one.name.contains(&switch));
    let folders: Vec<PathBuf> =
        folders().into_iter().filter(|path| path.to_string_lossy().contains(&folder)).collect();
    let mut cases: Vec<(&Thrown, &PathBuf)> = Vec::new();
    for path in &folders {
        let text = all_text(path);
        let concerned = switches.iter().filter(|one| one.words.iter().any(|word| text.contains(word)));
        cases.extend(concerned.map(|one| (one, path)));
    }
    let apart = if switch.is_empty() && folder.is_empty() { 4 } else { 1 };
    let mut cases: Vec<_> = cases.into_iter().step_by(apart).collect();
    cases.extend(folders.iter().map(|path| (&all_at_once, path)));
    let failures = in_parallel(&cases, |(one, folder)| {
        let mut switches = Switches::default();
        (one.throw)(&mut switches);
        let name = folder.file_name().unwrap().to_string_lossy();
        // A panic in one case must not hide the others.
        let trouble = match catch_unwind(AssertUnwindSafe(|| run(converge(folder, switches)))) {
            Ok(Ok(())) => return None,
            Ok(Err(trouble)) => trouble,
            Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "panicked".to_owned()),
        };
        Some(format!("== {name} under {}\n{trouble}", one.name))
    });
    assert!(!cases.is_empty(), "nothing was tried");
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// The manifests, accounts and calls of a scenario's folder.
fn all_text(folder: &Path) -> String {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let written = files.filter(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    written.map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The failures among the cases, tried on as many threads as the machine runs at once.
fn in_parallel<T: Sync>(cases: &[T], try_one: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let taken = std::iter::from_fn(|| cases.get(next.fetch_add(1, Ordering::Relaxed)));
        taken.filter_map(&try_one).collect::<Vec<String>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut failures: Vec<String> =
            running.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        failures.sort();
        failures
    })
}

/// Its store is to stay stopped: where stopped stores take no changes, that is told with a way out, and nothing converges.
const STAYS_STOPPED: &str = "a-store-that-takes-no-changes-while-stopped-is-told-with-a-way-out";

/// A plan that is not refused is applied, and after it a plan is empty.
async fn converge(folder: &Path, switches: Switches) -> Result<(), String> {
    if switches.stopped_writes_refused && folder.ends_with(STAYS_STOPPED) {
        return Ok(());
    }
    let Scene { lab, desired, options } = prepare_under(folder, switches).await?;
    let mut plan = lab.plan(&desired, &options).await;
    if plan.is_refused() {
        return Ok(());
    }
    // What depends on a restored store waits for the next plan.
    for _ in 0..1 + plan.count(Verb::Restore) {
        let done = lab.apply(&desired, &options).await;
        let failed = done.applied.outcomes.iter().find(|outcome| outcome.result != StepResult::Done);
        if let Some(outcome) = failed {
            return Err(format!("step {}: {:?}\n{}", outcome.step, outcome.result, plan_text(&plan)));
        }
        plan = lab.plan(&desired, &options).await;
        if plan.is_empty() && !plan.is_refused() {
            return Ok(());
        }
    }
    Err(format!("the plan after apply is not empty:\n{}", plan_text(&plan)))
}
