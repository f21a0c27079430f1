//! Insight selectors of trails and of event data stores: PutInsightSelectors and GetInsightSelectors.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::account::{Context, Place};
use super::error::{ServiceError, refuse, require};
use super::event_data_store::{self, EventDataStore};
use super::event_data_store_read::{arn_of, found as found_store, require_active, require_settled};
use super::event_selectors;
use super::selector::{Logged, logged_by_advanced};
use super::trail;
use super::trail_read::{Access, find};

const INVALID: &str = "InvalidInsightSelectorsException";

/// An insight selector (API reference, InsightSelector).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct InsightSelector {
    pub(super) insight_type: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) event_categories: Vec<String>,
}

/// PutInsightSelectors's request: for a trail, or for a store and where its insights go.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PutInsightSelectorsRequest {
    trail_name: Option<String>,
    insight_selectors: Vec<InsightSelector>,
    event_data_store: Option<String>,
    insights_destination: Option<String>,
}

/// GetInsightSelectors's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetInsightSelectorsRequest {
    trail_name: Option<String>,
    event_data_store: Option<String>,
}

/// What both calls answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InsightSelectorsResponse {
    #[serde(rename = "TrailARN", skip_serializing_if = "Option::is_none")]
    trail_arn: Option<String>,
    insight_selectors: Vec<InsightSelector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_data_store_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    insights_destination: Option<String>,
}

/// PutInsightSelectors: replaces what was there; an empty list disables insights (API reference).
pub(super) fn put_insight_selectors(
    context: &mut Context<'_>,
    request: PutInsightSelectorsRequest,
) -> Result<InsightSelectorsResponse, ServiceError> {
    let selectors = checked(request.insight_selectors)?;
    match (request.trail_name, request.event_data_store) {
        (Some(trail), None) => {
            require(
                request.insights_destination.is_none(),
                "InvalidParameterCombinationException",
                "InsightsDestination is for an event data store.",
            )?;
            put_on_trail(context, &trail, selectors)
        }
        (None, Some(store)) => put_on_store(context, &store, selectors, request.insights_destination),
        _ => Err(one_target()),
    }
}

fn one_target() -> ServiceError {
    refuse("InvalidParameterCombinationException", "Specify either TrailName or EventDataStore.")
}

fn put_on_trail(
    context: &mut Context<'_>,
    name: &str,
    selectors: Vec<InsightSelector>,
) -> Result<InsightSelectorsResponse, ServiceError> {
    let (place, found) = find(context, name, Access::Write)?;
    check_against(&selectors, event_selectors::logged(found))?;
    let answer = of_trail(context, &place, &selectors);
    trail::kept(context, &place)?.insight_selectors = selectors;
    Ok(answer)
}

/// Insights of a store are made of its management events and kept in another store, which collects insight
/// events (API reference, PutInsightSelectors).
fn put_on_store(
    context: &mut Context<'_>,
    id: &str,
    selectors: Vec<InsightSelector>,
    destination: Option<String>,
) -> Result<InsightSelectorsResponse, ServiceError> {
    let (place, store) = found_store(context, id)?;
    require_active(&store)?;
    require_settled(context, store.settling.is_some())?;
    event_data_store::require_not_stopped(context, &store)?;
    // A delegated administrator cannot enable Insights on the organization's store (user guide, organization delegated
    // administrator; that the code is that of conversions is unverified).
    if store.organization_enabled && !selectors.is_empty() {
        context.may_convert()?;
    }
    let data = selectors.iter().flat_map(|selector| &selector.event_categories).any(|given| given == "Data");
    require(!data, INVALID, "Insights of an event data store are for management events only.")?;
    check_against(&selectors, logged_by_advanced(&store.advanced_event_selectors))?;
    let insights_destination = match destination {
        Some(destination) => Some(checked_destination(context, &destination, &place)?),
        None => None,
    };
    require(
        selectors.is_empty() || insights_destination.is_some(),
        "InvalidParameterException",
        "InsightsDestination is required for an event data store.",
    )?;
    let insights_destination = insights_destination.filter(|_| !selectors.is_empty());
    let store = EventDataStore { insight_selectors: selectors, insights_destination, ..store };
    let answer = of_store(context, &place, &store);
    event_data_store::keep(context, place, store);
    Ok(answer)
}

/// The destination's ARN, whichever spelling was sent.
fn checked_destination(context: &mut Context<'_>, id: &str, source: &Place) -> Result<String, ServiceError> {
    let (place, store) = found_store(context, id)?;
    require_active(&store)?;
    require(
        store.class() == "Insight" && place != *source,
        INVALID,
        format!("The event data store {} does not collect Insights events.", store.name),
    )?;
    Ok(arn_of(context, &place))
}

/// GetInsightSelectors: no insights is an error, not an empty list (API reference).
pub(super) fn get_insight_selectors(
    context: &mut Context<'_>,
    request: GetInsightSelectorsRequest,
) -> Result<InsightSelectorsResponse, ServiceError> {
    match (request.trail_name, request.event_data_store) {
        (Some(name), None) => {
            let (place, trail) = find(context, &name, Access::Read)?;
            let answer = of_trail(context, &place, &trail.insight_selectors);
            require_some(&answer.insight_selectors, &name)?;
            Ok(answer)
        }
        (None, Some(id)) => {
            let (place, store) = found_store(context, &id)?;
            require_active(&store)?;
            require_some(&store.insight_selectors, &store.name)?;
            Ok(of_store(context, &place, &store))
        }
        _ => Err(one_target()),
    }
}

fn of_store(context: &Context<'_>, place: &Place, store: &EventDataStore) -> InsightSelectorsResponse {
    InsightSelectorsResponse {
        trail_arn: None,
        insight_selectors: read_back(context, &store.insight_selectors),
        event_data_store_arn: Some(arn_of(context, place)),
        insights_destination: store.insights_destination.clone(),
    }
}

fn require_some(selectors: &[InsightSelector], of: &str) -> Result<(), ServiceError> {
    require(
        !selectors.is_empty(),
        "InsightNotEnabledException",
        format!("Insights are not enabled for {of}."),
    )
}

fn of_trail(context: &Context<'_>, place: &Place, selectors: &[InsightSelector]) -> InsightSelectorsResponse {
    InsightSelectorsResponse {
        trail_arn: Some(context.arn(&place.account, &place.region, &format!("trail/{}", place.key))),
        insight_selectors: read_back(context, selectors),
        event_data_store_arn: None,
        insights_destination: None,
    }
}

/// The order of types and categories is not kept (the guide's examples show it changed): here it is sorted.
/// Older trails may answer no categories at all for management events.
fn read_back(context: &Context<'_>, selectors: &[InsightSelector]) -> Vec<InsightSelector> {
    let mut shown = selectors.to_vec();
    for selector in &mut shown {
        selector.event_categories.sort();
        if context.switches.insight_categories_absent && selector.event_categories == ["Management"] {
            selector.event_categories.clear();
        }
    }
    shown.sort();
    shown
}

/// Known types and categories, no type twice. Categories left out mean management events (API reference).
fn checked(selectors: Vec<InsightSelector>) -> Result<Vec<InsightSelector>, ServiceError> {
    let mut seen = BTreeSet::new();
    let mut checked = Vec::new();
    for InsightSelector { insight_type, event_categories } in selectors {
        require(
            matches!(insight_type.as_str(), "ApiCallRateInsight" | "ApiErrorRateInsight"),
            INVALID,
            format!("{insight_type} is not a valid insight type."),
        )?;
        require(
            seen.insert(insight_type.clone()),
            INVALID,
            format!("{insight_type} is given more than once."),
        )?;
        let categories: BTreeSet<String> = event_categories.into_iter().collect();
        let unknown = categories.iter().find(|category| !matches!(category.as_str(), "Management" | "Data"));
        if let Some(category) = unknown {
            return Err(refuse(INVALID, format!("{category} is not a valid event category.")));
        }
        let event_categories = if categories.is_empty() {
            vec!["Management".to_owned()]
        } else {
            categories.into_iter().collect()
        };
        checked.push(InsightSelector { insight_type, event_categories });
    }
    Ok(checked)
}

/// Insights need the events that they are made of (API reference, InsightSelector): ApiCallRateInsight
/// management writes, ApiErrorRateInsight any management events, the Data category data events.
pub(super) fn check_against(selectors: &[InsightSelector], logged: Logged) -> Result<(), ServiceError> {
    for InsightSelector { insight_type, event_categories } in selectors {
        let of = |category: &str| event_categories.iter().any(|given| given == category);
        let management = if insight_type == "ApiCallRateInsight" {
            logged.management_writes
        } else {
            logged.management_writes || logged.management_reads
        };
        require(
            management || !of("Management"),
            INVALID,
            format!("{insight_type} needs management events that are not logged."),
        )?;
        require(
            logged.data || !of("Data"),
            INVALID,
            format!("{insight_type} needs data events to be logged."),
        )?;
    }
    Ok(())
}
