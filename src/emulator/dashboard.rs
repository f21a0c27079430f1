//! Dashboards: what is kept of one, and its five calls. The rules for widgets and schedules are in
//! `dashboard_rules`. Managed dashboards can be present, from a snapshot, and cannot be changed.

use serde::{Deserialize, Serialize};

use super::account::{Context, Place};
use super::arn;
use super::dashboard_rules::{self, RefreshSchedule, RequestWidget};
use super::error::{ServiceError, refuse, require};
use super::event_data_store_read::require_settled;
use super::paging::{in_bounds, page};
use super::settling::{Settling, look};
use super::tag::{self, Tag, Tags};
use super::trail::Nothing;

/// The most custom dashboards in a region (General Reference, CloudTrail quotas).
const MOST_DASHBOARDS: usize = 100;
/// The one dashboard of AWS's that its owner may create, update and delete.
pub(super) const HIGHLIGHTS: &str = "AWSCloudTrail-Highlights";

/// Whose a dashboard is (API reference, DashboardType).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum DashboardType {
    Managed,
    #[default]
    Custom,
}

/// A dashboard's status (API reference, DashboardStatus).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum DashboardStatus {
    Creating,
    #[default]
    Created,
    Updating,
    Updated,
}

/// A dashboard as it is kept, in the API's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct Dashboard {
    r#type: DashboardType,
    status: DashboardStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    settling: Option<Settling<DashboardStatus>>,
    widgets: Vec<RequestWidget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_schedule: Option<RefreshSchedule>,
    termination_protection_enabled: bool,
    /// How the last scheduled refresh went: nothing is ever refreshed here, so only a snapshot sets these.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_refresh_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_refresh_failure_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_policy: Option<String>,
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub(super) tags: Tags,
    created_timestamp: u64,
    updated_timestamp: u64,
}

/// CreateDashboard's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateDashboardRequest {
    name: String,
    refresh_schedule: Option<RefreshSchedule>,
    tags_list: Option<Vec<Tag>>,
    termination_protection_enabled: Option<bool>,
    widgets: Option<Vec<RequestWidget>>,
}

/// UpdateDashboard's request: what is left out stays; the widgets are the whole list.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateDashboardRequest {
    dashboard_id: String,
    widgets: Option<Vec<RequestWidget>>,
    refresh_schedule: Option<RefreshSchedule>,
    termination_protection_enabled: Option<bool>,
}

/// A request that only names a dashboard.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DashboardRequest {
    dashboard_id: String,
}

/// A dashboard as CloudTrail describes it. GetDashboard has no `Name`, the others no `Status`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DashboardDescription {
    dashboard_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    r#type: DashboardType,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<DashboardStatus>,
    widgets: Vec<Widget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_schedule: Option<RefreshSchedule>,
    termination_protection_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_refresh_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_refresh_failure_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags_list: Option<Vec<Tag>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_timestamp: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_timestamp: Option<u64>,
}

/// A widget reads back with an alias for its query, which the service chooses (API reference, Widget).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Widget {
    query_alias: String,
    #[serde(flatten)]
    widget: RequestWidget,
}

/// CreateDashboard. That a name in use is a ConflictException is unverified; the operation has no other code
/// for it.
pub(super) fn create_dashboard(
    context: &mut Context<'_>,
    request: CreateDashboardRequest,
) -> Result<DashboardDescription, ServiceError> {
    let CreateDashboardRequest { name, refresh_schedule, tags_list, termination_protection_enabled, widgets } =
        request;
    let highlights = name == HIGHLIGHTS;
    let widgets = widgets.unwrap_or_default();
    dashboard_rules::check_name(&name)?;
    dashboard_rules::check_widgets(context, &widgets, highlights)?;
    if let Some(schedule) = &refresh_schedule {
        dashboard_rules::check_schedule(schedule, highlights)?;
    }
    let missing = highlights && refresh_schedule.is_none() && context.switches.highlights_needs_schedule;
    require(!missing, "ValidationException", "The Highlights dashboard needs a refresh schedule.")?;
    // Highlights is asked for its schedule before it can have a policy (API reference, CreateDashboard).
    let early = refresh_schedule.as_ref().filter(|_| !highlights);
    require_policy_for(context, early, None)?;
    let tags = tag::of_new_resource(tags_list)?;
    let own = context.own(context.region);
    let taken = own.is_some_and(|state| state.dashboards.contains_key(&name));
    require(!taken, "ConflictException", format!("The dashboard {name} already exists."))?;
    let custom = |dashboard: &&Dashboard| dashboard.r#type == DashboardType::Custom;
    let counted = own.map_or(0, |state| state.dashboards.values().filter(custom).count());
    let text = format!("The maximum number of dashboards, {MOST_DASHBOARDS}, has been reached.");
    require(counted < MOST_DASHBOARDS, "ServiceQuotaExceededException", text)?;
    let now = context.tick();
    let place = here(context, name.clone());
    let dashboard = Dashboard {
        r#type: if highlights { DashboardType::Managed } else { DashboardType::Custom },
        status: DashboardStatus::Creating,
        settling: Some(Settling { to: DashboardStatus::Created, after_reads: context.switches.settle_reads }),
        widgets,
        refresh_schedule,
        termination_protection_enabled: termination_protection_enabled.unwrap_or(false),
        last_refresh_id: None,
        last_refresh_failure_reason: None,
        resource_policy: None,
        tags,
        created_timestamp: now,
        updated_timestamp: now,
    };
    let description = DashboardDescription {
        name: Some(name),
        status: None,
        tags_list: Some(tag::listed(context, &dashboard.tags)),
        created_timestamp: None,
        updated_timestamp: None,
        ..describe(context, &place, &dashboard)
    };
    keep(context, place, dashboard);
    Ok(description)
}

/// UpdateDashboard.
pub(super) fn update_dashboard(
    context: &mut Context<'_>,
    request: UpdateDashboardRequest,
) -> Result<DashboardDescription, ServiceError> {
    let UpdateDashboardRequest { dashboard_id, widgets, refresh_schedule, termination_protection_enabled } =
        request;
    let (place, before) = found(context, &dashboard_id)?;
    require_own(&place, &before)?;
    require_settled(context, before.settling.is_some())?;
    let highlights = place.key == HIGHLIGHTS;
    if let Some(widgets) = &widgets {
        dashboard_rules::check_widgets(context, widgets, highlights)?;
    }
    if let Some(schedule) = &refresh_schedule {
        dashboard_rules::check_schedule(schedule, highlights)?;
    }
    require_policy_for(context, refresh_schedule.as_ref(), before.resource_policy.as_ref())?;
    let dashboard = Dashboard {
        status: DashboardStatus::Updating,
        settling: Some(Settling { to: DashboardStatus::Updated, after_reads: context.switches.settle_reads }),
        widgets: widgets.unwrap_or(before.widgets),
        refresh_schedule: refresh_schedule.or(before.refresh_schedule),
        termination_protection_enabled: termination_protection_enabled
            .unwrap_or(before.termination_protection_enabled),
        updated_timestamp: context.tick(),
        ..before
    };
    let name = Some(place.key.clone());
    let description = DashboardDescription { name, status: None, ..describe(context, &place, &dashboard) };
    keep(context, place, dashboard);
    Ok(description)
}

/// DeleteDashboard. That termination protection answers ConflictException is unverified; the operation has no
/// other code for it.
pub(super) fn delete_dashboard(
    context: &mut Context<'_>,
    request: DashboardRequest,
) -> Result<Nothing, ServiceError> {
    let (place, dashboard) = found(context, &request.dashboard_id)?;
    require_own(&place, &dashboard)?;
    require_settled(context, dashboard.settling.is_some())?;
    require(
        !dashboard.termination_protection_enabled,
        "ConflictException",
        format!("The dashboard {} cannot be deleted because termination protection is enabled.", place.key),
    )?;
    context.tick();
    context.state_mut(&place.account, &place.region).dashboards.remove(&place.key);
    Ok(Nothing {})
}

/// GetDashboard: without the name, which stands in the ARN (API reference).
pub(super) fn get_dashboard(
    context: &mut Context<'_>,
    request: DashboardRequest,
) -> Result<DashboardDescription, ServiceError> {
    let (place, dashboard) = found(context, &request.dashboard_id)?;
    // How the last refresh went stands in no other answer (API reference, GetDashboard).
    let last_refresh_id = dashboard.last_refresh_id.clone();
    let last_refresh_failure_reason = dashboard.last_refresh_failure_reason.clone();
    let description = describe(context, &place, &dashboard);
    Ok(DashboardDescription { last_refresh_id, last_refresh_failure_reason, ..description })
}

/// ListDashboards's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListDashboardsRequest {
    name_prefix: Option<String>,
    r#type: Option<DashboardType>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// ListDashboards's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListDashboardsResponse {
    dashboards: Vec<DashboardDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DashboardDetail {
    dashboard_arn: String,
    r#type: DashboardType,
}

/// ListDashboards: ARN and type only. That the Highlights dashboard counts as MANAGED is unverified.
pub(super) fn list_dashboards(
    context: &mut Context<'_>,
    request: ListDashboardsRequest,
) -> Result<ListDashboardsResponse, ServiceError> {
    let ListDashboardsRequest { name_prefix, r#type, next_token, max_results } = request;
    require(in_bounds(max_results), "ValidationException", "MaxResults must be between 1 and 1000.")?;
    let prefix = name_prefix.unwrap_or_default();
    let own = context.own(context.region).into_iter().flat_map(|state| &state.dashboards);
    let entries = own
        .filter(|(name, dashboard)| name.starts_with(&prefix) && r#type.is_none_or(|t| t == dashboard.r#type))
        .map(|(name, dashboard)| {
            let dashboard_arn = arn_of(context, &here(context, name.clone()));
            (name.clone(), DashboardDetail { dashboard_arn, r#type: dashboard.r#type })
        })
        .collect();
    let (dashboards, next_token) = page(context, entries, max_results, next_token.as_deref())?;
    Ok(ListDashboardsResponse { dashboards, next_token })
}

/// The dashboard that a name or ARN means. To name it is to look at it: what is settling moves on.
pub(super) fn found(
    context: &mut Context<'_>,
    name_or_arn: &str,
) -> Result<(Place, Dashboard), ServiceError> {
    let missing =
        || refuse("ResourceNotFoundException", format!("The dashboard {name_or_arn} was not found."));
    let name = if arn::is_meant(name_or_arn) {
        arn::parse(name_or_arn)
            .filter(|parts| {
                parts.service == "cloudtrail"
                    && parts.partition == context.partition()
                    && parts.account == context.caller
                    && parts.region == context.region
            })
            .and_then(|parts| parts.resource.strip_prefix("dashboard/"))
            .ok_or_else(missing)?
    } else {
        name_or_arn
    };
    let place = here(context, name.to_owned());
    if context.own(context.region).is_none() {
        return Err(missing());
    }
    let state = context.state_mut(&place.account, &place.region);
    let dashboard = state.dashboards.get_mut(name).ok_or_else(missing)?;
    let moved = look(&mut dashboard.status, &mut dashboard.settling);
    let dashboard = dashboard.clone();
    context.touched |= moved;
    Ok((place, dashboard))
}

/// AWS's own dashboards cannot be changed, but for Highlights (user guide, "Managed dashboards"). The code is
/// unverified.
pub(super) fn require_own(place: &Place, dashboard: &Dashboard) -> Result<(), ServiceError> {
    require(
        dashboard.r#type == DashboardType::Custom || place.key == HIGHLIGHTS,
        "UnsupportedOperationException",
        format!("The managed dashboard {} cannot be changed.", place.key),
    )
}

/// Whether a schedule is refused until the dashboard's policy lets CloudTrail refresh it is undocumented; the
/// guide sets the schedule last.
fn require_policy_for(
    context: &Context<'_>,
    schedule: Option<&RefreshSchedule>,
    policy: Option<&String>,
) -> Result<(), ServiceError> {
    let early = schedule.is_some_and(RefreshSchedule::is_enabled) && policy.is_none();
    require(
        !early || !context.switches.schedule_needs_policy,
        "ValidationException",
        "A refresh schedule needs a resource policy that allows CloudTrail to refresh the dashboard.",
    )
}

fn keep(context: &mut Context<'_>, place: Place, dashboard: Dashboard) {
    context.state_mut(&place.account, &place.region).dashboards.insert(place.key, dashboard);
}

fn here(context: &Context<'_>, name: String) -> Place {
    Place { account: context.caller.to_owned(), region: context.region.to_owned(), key: name }
}

fn arn_of(context: &Context<'_>, place: &Place) -> String {
    context.arn(&place.account, &place.region, &format!("dashboard/{}", place.key))
}

fn describe(context: &Context<'_>, place: &Place, dashboard: &Dashboard) -> DashboardDescription {
    let widgets = dashboard.widgets.iter().enumerate().map(|(index, widget)| Widget {
        query_alias: format!("{}-{}", place.key, index + 1),
        widget: widget.clone(),
    });
    DashboardDescription {
        dashboard_arn: arn_of(context, place),
        name: None,
        r#type: dashboard.r#type,
        status: Some(dashboard.status),
        widgets: widgets.collect(),
        refresh_schedule: dashboard.refresh_schedule.clone(),
        termination_protection_enabled: dashboard.termination_protection_enabled,
        last_refresh_id: None,
        last_refresh_failure_reason: None,
        tags_list: None,
        created_timestamp: Some(dashboard.created_timestamp),
        updated_timestamp: Some(dashboard.updated_timestamp),
    }
}
