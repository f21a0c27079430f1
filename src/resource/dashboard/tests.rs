//! A dashboard's settings, its calls and the schedule that waits for the policy.

use super::*;
use crate::resource::Part;

const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:dashboard/overview";

fn lake() -> Key {
    Key::parse("eventDataStore/lake").unwrap()
}

fn widget(title: &str) -> Widget {
    let query = [Part::Lit("SELECT eventName FROM ".to_owned()), Part::Id(lake())];
    Widget {
        query_statement: Text::new(query),
        query_parameters: vec!["$StartTime$".to_owned()],
        view_properties: BTreeMap::from([("Title".to_owned(), title.to_owned())]),
    }
}

fn every_six_hours() -> RefreshSchedule {
    RefreshSchedule {
        frequency: Some(Frequency { unit: "HOURS".to_owned(), value: 6 }),
        status: "ENABLED".to_owned(),
        time_of_day: None,
    }
}

fn overview() -> Dashboard {
    Dashboard {
        name: Name::new("overview"),
        widgets: vec![widget("a"), widget("b")],
        refresh_schedule: None,
        termination_protection_enabled: false,
        tags: Tags::new(),
    }
}

fn scheduled(schedule: RefreshSchedule) -> Dashboard {
    Dashboard { refresh_schedule: Some(schedule), ..overview() }
}

fn calls(tasks: &[Task]) -> Json {
    let key = Key::parse("dashboard/overview").unwrap();
    let spell = |text: &Text| if *text == Text::arn(key.clone()) { ARN.to_owned() } else { text.to_string() };
    let after = |after: &After| match after {
        After::Own(place) => json!(place),
        After::Key(key) => json!(key.to_string()),
        After::Exists(key) => json!(format!("{key} exists")),
    };
    let written = tasks.iter().map(|task| {
        let after: Vec<Json> = task.after.iter().map(after).collect();
        json!([task.action.call().name(), after, task.action.request(&key, &spell)])
    });
    written.collect()
}

fn update(desired: &Dashboard, live: &Dashboard) -> Json {
    let Way::InPlace(tasks) = desired.update(live) else { panic!("in place") };
    calls(&tasks)
}

#[test]
fn the_schedule_comes_after_the_policy() {
    let written = |title: &str| {
        json!({
            "QueryStatement": "SELECT eventName FROM ${eventDataStores.lake.id}",
            "QueryParameters": ["$StartTime$"],
            "ViewProperties": {"Title": title},
        })
    };
    let expected = json!([
        ["CreateDashboard", ["eventDataStore/lake exists"], {
            "Name": "overview", "Widgets": [written("a"), written("b")],
            "TerminationProtectionEnabled": false, "TagsList": [],
        }],
        ["UpdateDashboard", [0, "policy/dashboard/overview"], {
            "DashboardId": ARN,
            "RefreshSchedule": {"Status": "ENABLED", "Frequency": {"Unit": "HOURS", "Value": 6}},
        }],
    ]);
    assert_eq!(calls(&scheduled(every_six_hours()).create()), expected);
    assert_eq!(calls(&overview().create()).as_array().unwrap().len(), 1);
}

#[test]
fn only_what_differs_is_sent() {
    let live = overview();
    let desired = Dashboard { termination_protection_enabled: true, ..scheduled(every_six_hours()) };
    let tasks = update(&desired, &live);
    assert_eq!(
        tasks[0],
        json!(["UpdateDashboard", [], {"DashboardId": ARN, "TerminationProtectionEnabled": true}])
    );
    assert_eq!(tasks[1][1], json!([0, "policy/dashboard/overview"]));
    let fewer = Dashboard { widgets: vec![], ..overview() };
    assert_eq!(update(&fewer, &live), json!([["UpdateDashboard", [], {"DashboardId": ARN, "Widgets": []}]]));
    assert_eq!(update(&live, &fewer)[0][1], json!(["eventDataStore/lake exists"]));
}

#[test]
fn a_schedule_that_goes_is_disabled_and_a_disabled_one_is_none() {
    let disabled = RefreshSchedule { status: "DISABLED".to_owned(), ..every_six_hours() };
    assert_eq!(
        update(&overview(), &scheduled(every_six_hours())),
        json!([["UpdateDashboard", [], {"DashboardId": ARN, "RefreshSchedule": {"Status": "DISABLED"}}]])
    );
    assert_eq!(scheduled(disabled.clone()).fields(), overview().fields());
    assert_eq!(update(&scheduled(disabled), &overview()), json!([]));
}

#[test]
fn midnight_is_when_nobody_says() {
    let midnight = RefreshSchedule { time_of_day: Some("00:00".to_owned()), ..every_six_hours() };
    assert_eq!(scheduled(midnight).fields(), scheduled(every_six_hours()).fields());
    let later = RefreshSchedule { time_of_day: Some("00:30".to_owned()), ..every_six_hours() };
    let changes = field::changes(&scheduled(later).fields(), &scheduled(every_six_hours()).fields());
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].path, Path::new("refreshSchedule.timeOfDay"));
}

#[test]
fn the_order_of_widgets_means_something() {
    let turned = Dashboard { widgets: vec![widget("b"), widget("a")], ..overview() };
    let changes = field::changes(&turned.fields(), &overview().fields());
    assert_eq!(changes.iter().map(|change| change.path.as_str()).collect::<Vec<_>>(), ["widgets"]);
    assert_eq!(turned.references(), [lake()]);
}

#[test]
fn every_setting_can_be_left_alone() {
    let live = Dashboard {
        widgets: vec![],
        termination_protection_enabled: true,
        tags: Tags::from([("team".to_owned(), "security".to_owned())]),
        ..scheduled(every_six_hours())
    };
    for (one, other) in [(overview(), live.clone()), (live.clone(), overview())] {
        for field in live.fields() {
            for path in [Path::new(field.path.top()), field.path.clone()] {
                let mut desired = one.clone();
                desired.leave(&path, &other);
                let changes = field::changes(&desired.fields(), &other.fields());
                assert!(changes.iter().all(|change| !path.covers(&change.path)), "{path}");
            }
        }
    }
}

#[test]
fn protection_refuses_deletion_and_its_end_is_shown() {
    let protected = Dashboard { termination_protection_enabled: true, ..overview() };
    assert!(protected.undeletable().is_some());
    assert_eq!(overview().undeletable(), None);
    assert_eq!(calls(&overview().delete()), json!([["DeleteDashboard", [], {"DashboardId": ARN}]]));
    let dangers = Dashboard::dangers(Some(&overview()), Some(&protected));
    assert_eq!(dangers.len(), 1);
    assert_eq!(dangers[0].guard, None);
    assert_eq!(Dashboard::dangers(None, Some(&overview())), []);
}
