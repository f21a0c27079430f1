//! Rules about dashboards: how widgets are drawn and fed, and what their refresh needs
//! (user guide, view properties, custom and Highlights dashboards; API reference, `RefreshSchedule`).

use std::collections::{BTreeMap, BTreeSet};

pub(super) mod query;

use super::common::plain_name;
use super::policy::{Grants, MAX_LENGTH, sent_length};
use super::scene::{Mistake, Scene, path};
use crate::manifest::suggest::closest;
use crate::manifest::wording::{either, quoted};
use crate::resource::dashboard::{HIGHLIGHTS, Widget};
use crate::resource::{Dashboard, Key};

const VIEWS: [&str; 4] = ["Table", "LineChart", "PieChart", "BarChart"];

/// What every view needs.
const COMMON: [&str; 4] = ["Height", "Width", "Title", "View"];

fn widgets<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, String, &'a Widget)> {
    let each = scene.dashboards().flat_map(|(key, dashboard)| {
        dashboard
            .widgets
            .iter()
            .enumerate()
            .map(move |(index, widget)| (key, format!("widgets[{index}]"), widget))
    });
    each.collect()
}

pub(super) fn name(scene: &Scene<'_>) -> Vec<Mistake> {
    let wrong = scene.dashboards().filter(|(key, _)| !plain_name(key.name.as_str(), "_-"));
    wrong
        .map(|(key, _)| {
            let message = format!("{} cannot be the name of a dashboard", quoted(key.name.as_str()));
            Mistake::new(key, "name", message).help("3 to 128 letters, digits, `_` and `-`")
        })
        .collect()
}

/// What a view needs beside the common properties, and what it can have.
fn properties(view: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match view {
        "LineChart" => (&["YAxisColumn", "XAxisColumn"], &["FilterColumn"]),
        "PieChart" => (&["LabelColumn", "ValueColumn"], &["FilterColumn"]),
        "BarChart" => (&["LabelColumn", "ValueColumn"], &["FilterColumn", "Orientation"]),
        _ => (&[], &[]),
    }
}

pub(super) fn view(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, widget) in widgets(scene) {
        let at = path(&at).key("viewProperties");
        let drawn = &widget.view_properties;
        let view = drawn.get("View").map(String::as_str);
        let (needed, possible) = properties(view.unwrap_or_default());
        for name in COMMON.iter().chain(needed).filter(|name| !drawn.contains_key(**name)) {
            let what = if COMMON.contains(name) { "a widget" } else { view.unwrap_or_default() };
            found.push(
                Mistake::below(key, at.clone(), format!("{what} needs the view property `{name}`")).on_key(),
            );
        }
        for (name, value) in drawn {
            let known: Vec<&str> = COMMON.iter().chain(needed).chain(possible).copied().collect();
            if view.is_some_and(|view| VIEWS.contains(&view)) && !known.contains(&name.as_str()) {
                let message = format!("{} has no view property {}", view.unwrap_or_default(), quoted(name));
                let near = closest(name, known.iter().copied());
                found.push(Mistake::below(key, at.key(name), message).on_key().suggest(near));
            }
            let (fits, help) = property_value(name, value);
            if !fits {
                let message = format!("`{name}` cannot be {}", quoted(value));
                found.push(Mistake::below(key, at.key(name), message).help(help));
            }
        }
    }
    found
}

/// Whether a view property can have a value, and what it can have.
fn property_value(name: &str, value: &str) -> (bool, String) {
    match name {
        "View" => (VIEWS.contains(&value), format!("it can be {}", either(&VIEWS))),
        "Orientation" => {
            (["Horizontal", "Vertical"].contains(&value), "it can be Horizontal or Vertical".to_owned())
        }
        _ => {
            let letters = value.chars().all(|c| c.is_ascii_alphanumeric() || "._- ".contains(c));
            let fits = letters && (1..=128).contains(&value.len());
            (fits, "it has 1 to 128 letters, digits, spaces, `.`, `_` and `-`".to_owned())
        }
    }
}

pub(super) fn frequency(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, dashboard) in scene.dashboards() {
        let Some(schedule) = &dashboard.refresh_schedule else { continue };
        match &schedule.frequency {
            None if schedule.status == "ENABLED" => {
                let message = "an enabled schedule needs a `frequency`";
                found.push(Mistake::new(key, "refreshSchedule", message).on_key());
            }
            Some(often)
                if !matches!(
                    (often.unit.as_str(), often.value),
                    ("HOURS", 1 | 6 | 12 | 24) | ("DAYS", 1)
                ) =>
            {
                let message = format!(
                    "a dashboard cannot be refreshed every {} {}",
                    often.value,
                    often.unit.to_lowercase()
                );
                let help = "it can be every 1, 6, 12 or 24 HOURS, or every 1 DAYS";
                found.push(Mistake::new(key, "refreshSchedule.frequency", message).help(help));
            }
            _ => {}
        }
    }
    found
}

pub(super) fn highlights(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, dashboard) in scene.dashboards().filter(|(key, _)| key.name.as_str() == HIGHLIGHTS) {
        if !dashboard.widgets.is_empty() {
            let message = "the widgets of the Highlights dashboard are AWS's";
            found.push(Mistake::new(key, "widgets", message).on_key().help("remove them"));
        }
        let every_six_hours = dashboard.refresh_schedule.as_ref().is_some_and(|schedule| {
            let often = schedule.frequency.as_ref().map(|often| (often.unit.as_str(), often.value));
            schedule.status == "ENABLED" && often == Some(("HOURS", 6))
        });
        if !every_six_hours {
            let message = "the Highlights dashboard is refreshed every six hours";
            let help = "write `refreshSchedule: {frequency: {unit: HOURS, value: 6}}`";
            found.push(Mistake::new(key, "refreshSchedule", message).on_key().help(help));
        }
    }
    found
}

fn refreshes(dashboard: &Dashboard) -> bool {
    dashboard.refresh_schedule.as_ref().is_some_and(|schedule| schedule.status == "ENABLED")
}

pub(super) fn refresh_policy(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, _) in scene.dashboards().filter(|(_, dashboard)| refreshes(dashboard)) {
        let lets = scene
            .policy_of(key)
            .is_some_and(|policy| Grants::of(policy, "cloudtrail:StartDashboardRefresh").cover(key));
        if !lets && !scene.policy_elsewhere(key) {
            let message = "the schedule needs a resource policy that lets CloudTrail refresh the dashboard";
            let help = "its statement allows `cloudtrail:StartDashboardRefresh` to {Service: cloudtrail.amazonaws.com}";
            found.push(Mistake::new(key, "refreshSchedule", message).on_key().help(help));
        }
    }
    found
}

pub(super) fn query_policy(scene: &Scene<'_>) -> Vec<Mistake> {
    let refreshed: BTreeSet<&Key> =
        scene.dashboards().filter(|(_, dashboard)| refreshes(dashboard)).map(|(key, _)| key).collect();
    // Each policy is read once for all widgets; none for what is too long, which is refused anyway.
    let grants = |store: &Key| match scene.policy_of(store) {
        Some(policy) if sent_length(scene, policy) > MAX_LENGTH => None,
        Some(policy) => Some(vec![Grants::of(policy, "cloudtrail:StartQuery")]),
        None => Some(Vec::new()),
    };
    let mut of_stores: BTreeMap<Key, Option<Vec<Grants>>> = BTreeMap::new();
    let mut found = Vec::new();
    for (key, at, widget) in widgets(scene).into_iter().filter(|(key, ..)| refreshed.contains(key)) {
        for store in widget.query_statement.references() {
            let granted = of_stores.entry(store.clone()).or_insert_with(|| grants(&store));
            let lets = granted.as_ref().is_none_or(|all| all.iter().any(|one| one.cover(key)));
            if scene.store(&store).is_some() && !lets && !scene.policy_elsewhere(&store) {
                let message = format!(
                    "the widget needs a resource policy of {store} that lets CloudTrail query it for {key}"
                );
                let help =
                    "its statement allows `cloudtrail:StartQuery` to {Service: cloudtrail.amazonaws.com}";
                found.push(Mistake::new(key, &format!("{at}.queryStatement"), message).help(help));
            }
        }
    }
    found
}
