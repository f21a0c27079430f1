//! Dashboards: widgets, schedules, managed ones.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::operation::get_dashboard::GetDashboardOutput;
use aws_sdk_cloudtrail::types::{
    DashboardStatus, DashboardType, RefreshSchedule, RefreshScheduleFrequency,
    RefreshScheduleFrequencyUnit as Unit, RefreshScheduleStatus, RequestWidget,
};
use trailkeeper::emulator::{Emulator, Switches};

use super::event_data_store::store_of;
use super::{ACCOUNT, client, code, refused};

const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:dashboard/overview";

fn widget(query: &str, properties: &[(&str, &str)]) -> RequestWidget {
    let widget = RequestWidget::builder().query_statement(query);
    let widget = properties.iter().fold(widget, |widget, (key, value)| widget.view_properties(*key, *value));
    widget.build().unwrap()
}

const TABLE: [(&str, &str); 4] = [("View", "Table"), ("Height", "2"), ("Width", "4"), ("Title", "Top calls")];

fn schedule(value: i32, unit: Unit, time: Option<&str>) -> RefreshSchedule {
    let frequency = RefreshScheduleFrequency::builder().unit(unit).value(value).build();
    RefreshSchedule::builder()
        .frequency(frequency)
        .status(RefreshScheduleStatus::Enabled)
        .set_time_of_day(time.map(str::to_owned))
        .build()
}

async fn with_store() -> (Emulator, Client, String) {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    let id = store.rsplit('/').next().unwrap().to_owned();
    (emulator, client, id)
}

async fn get(client: &Client, dashboard: &str) -> GetDashboardOutput {
    client.get_dashboard().dashboard_id(dashboard).send().await.unwrap()
}

/// Created, CREATING before CREATED; found by name and ARN; the widgets' order stays; an alias is added (API
/// reference, CreateDashboard and Widget).
#[tokio::test(start_paused = true)]
async fn a_dashboard_is_created_and_read() {
    let (_emulator, client, store) = with_store().await;
    let query = format!("SELECT eventName FROM {store} WHERE eventTime > '?'");
    let mut first = widget(&query, &TABLE);
    first.query_parameters = Some(vec!["$StartTime$".to_owned()]);
    let second = widget(&format!("SELECT 1 FROM {store}"), &TABLE);
    let create = client.create_dashboard().name("overview").widgets(first.clone()).widgets(second.clone());
    let created = create.send().await.unwrap();
    assert_eq!((created.dashboard_arn(), created.name()), (Some(ARN), Some("overview")));
    assert_eq!(get(&client, "overview").await.status(), Some(&DashboardStatus::Creating));
    let read = get(&client, ARN).await;
    assert_eq!(
        (read.status(), read.r#type(), read.termination_protection_enabled(), read.refresh_schedule()),
        (Some(&DashboardStatus::Created), Some(&DashboardType::Custom), Some(false), None)
    );
    let widgets: Vec<_> =
        read.widgets().iter().map(|w| (w.query_statement().unwrap(), w.query_alias().is_some())).collect();
    assert_eq!(widgets, [(first.query_statement(), true), (second.query_statement(), true)]);
    assert_eq!(code(client.get_dashboard().dashboard_id("none").send().await), "ResourceNotFoundException");
    let again = client.create_dashboard().name("overview").send().await;
    assert_eq!(code(again), "ConflictException");
}

/// The rules for names, queries and views (API reference, RequestWidget; user guide, "View properties").
#[tokio::test(start_paused = true)]
async fn dashboards_are_checked() {
    let (emulator, client, store) = with_store().await;
    let create = |name: &str| client.create_dashboard().name(name);
    let select = format!("SELECT 1 FROM {store}");
    let with =
        |query: &str, properties: &[(&str, &str)]| create("overview").widgets(widget(query, properties));
    let unknown = select.replace("0001", "ffff");
    let cases = [
        (create("over.view"), "ValidationException"),
        (with("DELETE", &TABLE), "InvalidQueryStatementException"),
        (with("SELECT 1", &TABLE), "InvalidQueryStatementException"),
        (with(&format!("{select} WHERE eventTime > '?'"), &TABLE), "InvalidQueryStatementException"),
        (with(&unknown, &TABLE), "EventDataStoreNotFoundException"),
        (with(&select, &TABLE[..3]), "ValidationException"),
        (with(&select, &[&TABLE[1..], &[("View", "PieChart")]].concat()), "ValidationException"),
        (with(&select, &[&TABLE[..], &[("LabelColumn", "x")]].concat()), "ValidationException"),
        (
            create("overview").set_widgets(Some(vec![widget(&select, &TABLE); 11])),
            "ServiceQuotaExceededException",
        ),
        (create("overview").refresh_schedule(schedule(2, Unit::Hours, None)), "ValidationException"),
        (create("overview").refresh_schedule(schedule(2, Unit::Days, None)), "ValidationException"),
        (create("overview").refresh_schedule(schedule(1, Unit::Days, Some("25:00"))), "ValidationException"),
    ];
    for (request, expected) in cases {
        refused(&emulator, request.send(), expected).await;
    }
    let pie = [&TABLE[1..], &[("View", "PieChart"), ("LabelColumn", "a"), ("ValueColumn", "b")]].concat();
    with(&select, &pie).send().await.unwrap();
}

/// Created, then its policy, then its schedule (user guide); whether a schedule may come first is unverified.
#[tokio::test(start_paused = true)]
async fn a_schedule_comes_after_the_policy() {
    let (emulator, client, _) = with_store().await;
    emulator.set_switches(Switches { schedule_needs_policy: true, ..Switches::default() });
    let daily = || schedule(1, Unit::Days, Some("09:30"));
    let early = client.create_dashboard().name("overview").refresh_schedule(daily());
    refused(&emulator, early.send(), "ValidationException").await;
    client.create_dashboard().name("overview").send().await.unwrap();
    let update = || client.update_dashboard().dashboard_id("overview").refresh_schedule(daily()).send();
    assert_eq!(code(update().await), "ConflictException");
    get(&client, "overview").await;
    refused(&emulator, update(), "ValidationException").await;
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"cloudtrail:StartDashboardRefresh","Condition":{"StringEquals":{"AWS:SourceAccount":"111122223333"}}}]}"#;
    client.put_resource_policy().resource_arn(ARN).resource_policy(policy).send().await.unwrap();
    update().await.unwrap();
    assert_eq!(get(&client, "overview").await.status(), Some(&DashboardStatus::Updating));
    let read = get(&client, "overview").await;
    assert_eq!((read.status(), read.refresh_schedule()), (Some(&DashboardStatus::Updated), Some(&daily())));
    let other = policy.replace("StartDashboardRefresh", "GetDashboard");
    let put = client.put_resource_policy().resource_arn(ARN).resource_policy(other);
    refused(&emulator, put.send(), "ResourcePolicyNotValidException").await;
}

/// Termination protection stops deletion (its code is unverified).
#[tokio::test(start_paused = true)]
async fn a_protected_dashboard_stays() {
    let (emulator, client, _) = with_store().await;
    client.create_dashboard().name("overview").termination_protection_enabled(true).send().await.unwrap();
    get(&client, "overview").await;
    get(&client, "overview").await;
    let delete = || client.delete_dashboard().dashboard_id("overview").send();
    refused(&emulator, delete(), "ConflictException").await;
    client.update_dashboard().dashboard_id(ARN).termination_protection_enabled(false).send().await.unwrap();
    get(&client, "overview").await;
    delete().await.unwrap();
    refused(&emulator, delete(), "ResourceNotFoundException").await;
}

/// Managed dashboards are listed by type and cannot be changed; Highlights can, every 6 hours and without
/// widgets (user guide, "Managed dashboards" and "Highlights dashboard").
#[tokio::test(start_paused = true)]
async fn managed_dashboards_stay_and_highlights_is_special() {
    const SNAPSHOT: &str = "
formatVersion: 1
accounts:
  \"111122223333\":
    regions:
      us-east-1:
        dashboards:
          AWSCloudTrail-S3DataEvents: {Type: MANAGED}
";
    let emulator = Emulator::restore(SNAPSHOT, ACCOUNT).unwrap();
    let client = client(&emulator);
    let delete = client.delete_dashboard().dashboard_id("AWSCloudTrail-S3DataEvents").send();
    refused(&emulator, delete, "UnsupportedOperationException").await;
    let highlights = || client.create_dashboard().name("AWSCloudTrail-Highlights");
    let daily = highlights().refresh_schedule(schedule(1, Unit::Days, None));
    refused(&emulator, daily.send(), "ValidationException").await;
    highlights().refresh_schedule(schedule(6, Unit::Hours, None)).send().await.unwrap();
    client.create_dashboard().name("overview").send().await.unwrap();
    let list = || client.list_dashboards();
    let names =
        |listed: aws_sdk_cloudtrail::operation::list_dashboards::ListDashboardsOutput| -> Vec<String> {
            let arns = listed
                .dashboards()
                .iter()
                .map(|d| d.dashboard_arn().unwrap().rsplit('/').next().unwrap().to_owned());
            arns.collect()
        };
    let custom = list().r#type(DashboardType::Custom).send().await.unwrap();
    assert_eq!(names(custom), ["overview"]);
    let prefixed = list().name_prefix("AWSCloudTrail-").send().await.unwrap();
    assert_eq!(names(prefixed), ["AWSCloudTrail-Highlights", "AWSCloudTrail-S3DataEvents"]);
    let first = list().max_results(2).send().await.unwrap();
    let rest = list().next_token(first.next_token().unwrap()).send().await.unwrap();
    assert_eq!(names(rest), ["overview"]);
}
