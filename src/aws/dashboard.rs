//! Dashboards and the SDK: which calls make up a dashboard's settings, and how each action is sent.

use super::connection::Connection;
use super::error::CallError;
use super::perform::Errand;
use super::policy;
use super::read::{One, Reading, Readings, arn, filled, foreignness};
use super::selector;
use super::tags;
use super::together::all_together;
use crate::name::{Arn, Name, Tags};
use crate::resource::dashboard::{
    DashboardHealth, DashboardSettings, Frequency, HIGHLIGHTS, RefreshSchedule, Widget,
};
use crate::resource::{Call, Dashboard, DashboardAction, Health, Key, Kind, Parent, Spec, Text};
use crate::state::{Asks, Foreign, Foreignness};
use aws_sdk_cloudtrail::operation::get_dashboard::GetDashboardOutput;
use aws_sdk_cloudtrail::types::{self, DashboardStatus, DashboardType};

/// Entries of one page: the API model says up to 1,000 and the user guide up to 100.
const PAGE: i32 = 100;

/// All dashboards that can be changed here. Whether the list of the custom ones holds the Highlights dashboard
/// is not documented, so it is asked for by name as well.
pub(super) async fn read(connection: &Connection, asks: &Asks) -> Result<Readings, CallError> {
    let highlights = Name::new(HIGHLIGHTS);
    let (listed, asked) = tokio::join!(list(connection), get(connection, &highlights, HIGHLIGHTS));
    let mut listed = listed?;
    let asked = asked?.and_then(|answer| arn(answer.dashboard_arn()));
    if let Some(asked) = asked.filter(|asked| !listed.iter().any(|(listed, _)| listed == asked)) {
        listed.push((asked, None));
    }
    let own = listed.iter().filter(|(arn, kind)| why_foreign(connection, asks, arn, kind.as_ref()).is_none());
    let own = own.map(|(arn, _)| arn.clone());
    let reads = listed.iter().map(|(arn, kind)| read_one(connection, asks, arn, kind.as_ref()));
    let (reads, tags) = tokio::join!(all_together(reads), tags::read(connection, own));
    Ok(Readings::of(reads?, tags))
}

/// ARN and type of every custom dashboard: the list tells no more (API reference, `ListDashboards`).
async fn list(connection: &Connection) -> Result<Vec<(Arn, Option<DashboardType>)>, CallError> {
    let mut listed = Vec::new();
    let mut next = None;
    loop {
        let request = connection
            .cloudtrail
            .list_dashboards()
            .r#type(DashboardType::Custom)
            .max_results(PAGE)
            .set_next_token(next.take());
        let page = connection.call(Call::ListDashboards, "dashboards", Box::pin(request.send())).await?;
        let dashboards = page.dashboards().iter();
        listed.extend(dashboards.filter_map(|one| Some((arn(one.dashboard_arn())?, one.r#type().cloned()))));
        match page.next_token() {
            Some(token) if !token.is_empty() => next = Some(token.to_owned()),
            _ => return Ok(listed),
        }
    }
}

async fn read_one(
    connection: &Connection,
    asks: &Asks,
    arn: &Arn,
    kind: Option<&DashboardType>,
) -> Result<One, CallError> {
    // No answer but that of a create names a dashboard: its ARN does (API reference, `GetDashboard`).
    let name = Name::new(arn.id());
    if let Some(why) = why_foreign(connection, asks, arn, kind) {
        let key = Key::new(Kind::Dashboard, &name);
        return Ok(One::Foreign(Foreign { key, arn: arn.clone(), why, spec: None }));
    }
    let (answer, policy) = tokio::join!(
        get(connection, &name, arn.as_str()),
        policy::read(connection, Parent::Dashboard, &name, arn),
    );
    let Some(answer) = answer? else { return Ok(One::Gone) };
    let (policy, policy_error) = policy.map_or_else(|error| (None, Some(error)), |policy| (policy, None));
    let spec = Spec::Dashboard(described(&answer, &name));
    let health = Health::Dashboard(DashboardHealth { failure: filled(answer.last_refresh_failure_reason()) });
    Ok(One::Found(Box::new(Reading { arn: arn.clone(), spec, policy, health }), policy_error))
}

fn why_foreign(
    connection: &Connection,
    asks: &Asks,
    arn: &Arn,
    kind: Option<&DashboardType>,
) -> Option<Foreignness> {
    let managed = kind == Some(&DashboardType::Managed) && arn.id() != HIGHLIGHTS;
    let service = managed.then(|| Foreignness::Service("CloudTrail".to_owned()));
    service.or_else(|| foreignness(connection, asks, arn))
}

/// One dashboard by ARN or name; none when it is gone or going.
async fn get(
    connection: &Connection,
    name: &Name,
    id: &str,
) -> Result<Option<GetDashboardOutput>, CallError> {
    let subject = Key::new(Kind::Dashboard, name).to_string();
    let request = connection.cloudtrail.get_dashboard().dashboard_id(id);
    match connection.call(Call::GetDashboard, &subject, Box::pin(request.send())).await {
        Ok(answer) if answer.status() == Some(&DashboardStatus::Deleting) => Ok(None),
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What GetDashboard tells; aliases of queries are the service's own and left out.
fn described(answer: &GetDashboardOutput, name: &Name) -> Dashboard {
    let widget = |widget: &types::Widget| Widget {
        query_statement: Text::plain(widget.query_statement().unwrap_or_default()),
        query_parameters: widget.query_parameters().to_vec(),
        view_properties: widget.view_properties().cloned().unwrap_or_default().into_iter().collect(),
    };
    Dashboard {
        name: name.clone(),
        widgets: answer.widgets().iter().map(widget).collect(),
        refresh_schedule: answer.refresh_schedule().map(read_schedule),
        termination_protection_enabled: answer.termination_protection_enabled().unwrap_or(false),
        tags: Tags::new(),
    }
}

fn read_schedule(schedule: &types::RefreshSchedule) -> RefreshSchedule {
    let frequency = |frequency: &types::RefreshScheduleFrequency| Frequency {
        unit: frequency.unit().map(|unit| unit.as_str().to_owned()).unwrap_or_default(),
        value: frequency.value().and_then(|value| u32::try_from(value).ok()).unwrap_or_default(),
    };
    RefreshSchedule {
        frequency: schedule.frequency().map(frequency),
        // A schedule without a status refreshes nothing that anybody asked for.
        status: schedule.status().map_or("DISABLED", types::RefreshScheduleStatus::as_str).to_owned(),
        time_of_day: filled(schedule.time_of_day()),
    }
}

/// The dashboard of this name, if there is one.
pub(super) async fn find(
    connection: &Connection,
    name: &Name,
) -> Result<Option<(Arn, Dashboard)>, CallError> {
    let answer = get(connection, name, name.as_str()).await?;
    Ok(answer.and_then(|answer| Some((arn(answer.dashboard_arn())?, described(&answer, name)))))
}

/// The state of the dashboard with this ARN while it is being made or changed.
pub(super) async fn unsettled(
    connection: &Connection,
    name: &Name,
    arn: &Arn,
) -> Result<Option<String>, CallError> {
    let answer = get(connection, name, arn.as_str()).await?;
    let status = answer.and_then(|answer| answer.status().cloned());
    let moving =
        |status: &DashboardStatus| matches!(status, DashboardStatus::Creating | DashboardStatus::Updating);
    Ok(status.filter(moving).map(|status| status.as_str().to_owned()))
}

/// Whether the dashboard with this ARN is gone or going.
pub(super) async fn is_gone(connection: &Connection, name: &Name, arn: &Arn) -> Result<bool, CallError> {
    Ok(get(connection, name, arn.as_str()).await?.is_none())
}

/// The live dashboard as it would be had it been created with these settings: the same again when it was.
pub(super) fn as_created(
    errand: &Errand<'_>,
    live: &Dashboard,
    sent: &DashboardSettings,
) -> Result<Dashboard, CallError> {
    let DashboardSettings { widgets, refresh_schedule, termination_protection_enabled } = sent.clone();
    let mut widgets = widgets.unwrap_or_else(|| live.widgets.clone());
    for widget in &mut widgets {
        widget.query_statement = Text::plain(errand.write(&widget.query_statement)?);
    }
    Ok(Dashboard {
        widgets,
        refresh_schedule: refresh_schedule.or_else(|| live.refresh_schedule.clone()),
        termination_protection_enabled: termination_protection_enabled
            .unwrap_or(live.termination_protection_enabled),
        ..live.clone()
    })
}

/// Makes one call about a dashboard.
pub(super) async fn send(errand: &Errand<'_>, action: &DashboardAction) -> Result<Option<Arn>, CallError> {
    let client = errand.cloudtrail;
    match action {
        DashboardAction::Create { name, settings, tags } => {
            let DashboardSettings { widgets, refresh_schedule, termination_protection_enabled } =
                settings.as_ref();
            let request = client
                .create_dashboard()
                .name(name.as_str())
                .set_widgets(write_widgets(errand, widgets.as_deref())?)
                .set_refresh_schedule(refresh_schedule.as_ref().map(write_schedule))
                .set_termination_protection_enabled(*termination_protection_enabled)
                .set_tags_list(Some(errand.built(tags::write(tags))?));
            let answer = errand.call(Box::pin(request.send())).await?;
            return errand.created(answer.dashboard_arn()).map(Some);
        }
        DashboardAction::Update(settings) => {
            let DashboardSettings { widgets, refresh_schedule, termination_protection_enabled } =
                settings.as_ref();
            let request = client
                .update_dashboard()
                .dashboard_id(errand.arn()?)
                .set_widgets(write_widgets(errand, widgets.as_deref())?)
                .set_refresh_schedule(refresh_schedule.as_ref().map(write_schedule))
                .set_termination_protection_enabled(*termination_protection_enabled);
            errand.call(Box::pin(request.send())).await?;
        }
        DashboardAction::Delete => {
            errand.call(Box::pin(client.delete_dashboard().dashboard_id(errand.arn()?).send())).await?;
        }
    }
    Ok(None)
}

fn write_widgets(
    errand: &Errand<'_>,
    widgets: Option<&[Widget]>,
) -> Result<Option<Vec<types::RequestWidget>>, CallError> {
    let Some(widgets) = widgets else { return Ok(None) };
    let written = widgets.iter().map(|Widget { query_statement, query_parameters, view_properties }| {
        let widget = types::RequestWidget::builder()
            .query_statement(errand.write(query_statement)?)
            .set_query_parameters(selector::filled(query_parameters))
            .set_view_properties(Some(view_properties.clone().into_iter().collect()));
        errand.built(widget.build())
    });
    written.collect::<Result<_, _>>().map(Some)
}

fn write_schedule(schedule: &RefreshSchedule) -> types::RefreshSchedule {
    let RefreshSchedule { frequency, status, time_of_day } = schedule;
    let frequency = frequency.as_ref().map(|Frequency { unit, value }| {
        types::RefreshScheduleFrequency::builder()
            .unit(types::RefreshScheduleFrequencyUnit::from(unit.as_str()))
            .value(i32::try_from(*value).unwrap_or(i32::MAX))
            .build()
    });
    types::RefreshSchedule::builder()
        .set_frequency(frequency)
        .status(types::RefreshScheduleStatus::from(status.as_str()))
        .set_time_of_day(time_of_day.clone())
        .build()
}
