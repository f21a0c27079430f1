//! Every setting of a dashboard. Which stores its widgets ask is known when the manifest is put together.

use super::policy::{dashboard_statements, policy};
use super::{Settings, always, list, object, pick, rarely, settings, sometimes, switch, tags, word, words};
use proptest::prelude::*;
use serde_json::{Value, json};

/// AWS chooses the widgets of its Highlights dashboard, and refreshes it every six hours.
pub(super) fn dashboard(highlights: bool) -> BoxedStrategy<Settings> {
    let mut every = vec![
        sometimes("terminationProtectionEnabled", prop::bool::weighted(0.2).prop_map(Value::from)),
        sometimes("tags", tags()),
        rarely(
            "ignore",
            words(
                &["widgets", "refreshSchedule", "tags", "terminationProtectionEnabled", "resourcePolicy"],
                2,
            ),
        ),
    ];
    if highlights {
        let schedule = json!({"frequency": {"unit": "HOURS", "value": 6}});
        every.push(always("refreshSchedule", Just(schedule)));
        every.push(always("resourcePolicy", policy(dashboard_statements())));
    } else {
        every.push(sometimes("widgets", list(widget(), 3)));
        every.push(sometimes("refreshSchedule", schedule()));
        every.push(sometimes("resourcePolicy", policy(dashboard_statements())));
    }
    settings(every).prop_map(repaired).boxed()
}

fn schedule() -> BoxedStrategy<Value> {
    let frequencies = [("HOURS", 1), ("HOURS", 6), ("HOURS", 24), ("DAYS", 1)];
    let frequency = prop::sample::select(frequencies.to_vec());
    object(vec![
        always("frequency", frequency.prop_map(|(unit, value)| json!({"unit": unit, "value": value}))),
        sometimes("status", word(&["ENABLED", "DISABLED"])),
        sometimes("timeOfDay", word(&["00:00", "09:30"])),
    ])
}

fn widget() -> BoxedStrategy<Value> {
    let views = [
        json!({"View": "Table", "Height": "4", "Width": "6", "Title": "All events"}),
        json!({"View": "LineChart", "Height": "4", "Width": "6", "Title": "Trend", "YAxisColumn": "n", "XAxisColumn": "t"}),
        json!({"View": "BarChart", "Height": "4", "Width": "6", "Title": "Top", "LabelColumn": "a", "ValueColumn": "n", "Orientation": "Vertical"}),
    ];
    object(vec![
        always("store", pick()),
        sometimes("since", switch()),
        always("viewProperties", prop::sample::select(views.to_vec())),
    ])
}

/// A schedule that runs wants a policy that lets CloudTrail refresh the dashboard.
fn repaired(mut dashboard: Settings) -> Settings {
    if refreshes(&dashboard) && !dashboard.contains_key("resourcePolicy") {
        dashboard.remove("refreshSchedule");
    }
    dashboard
}

/// Whether it has a schedule that runs.
pub(super) fn refreshes(dashboard: &Settings) -> bool {
    dashboard.get("refreshSchedule").is_some_and(|schedule| schedule["status"] != "DISABLED")
}
