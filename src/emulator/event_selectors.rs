//! PutEventSelectors and GetEventSelectors: the selectors of a trail. Their shapes and rules are shared with
//! event data stores and live in `selector` and `selector_matrix`.

use serde::{Deserialize, Serialize};

use super::account::{Context, Place};
use super::error::{ServiceError, refuse, require};
use super::insight;
use super::selector::{
    AdvancedEventSelector, EventSelector, Logged, check_basic, logged_by_advanced, logged_by_basic,
};
use super::selector_matrix::{Carrier, check_advanced};
use super::switches::DefaultSelectorForm;
use super::trail::{Trail, kept};
use super::trail_read::{Access, find};

const INVALID: &str = "InvalidEventSelectorsException";

/// PutEventSelectors's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PutEventSelectorsRequest {
    trail_name: String,
    event_selectors: Option<Vec<EventSelector>>,
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
}

/// GetEventSelectors's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetEventSelectorsRequest {
    trail_name: String,
}

/// What both calls answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EventSelectorsResponse {
    #[serde(rename = "TrailARN")]
    trail_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_selectors: Option<Vec<EventSelector>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
}

/// PutEventSelectors: one kind of selector, which replaces whatever was there of either kind (API reference).
pub(super) fn put_event_selectors(
    context: &mut Context<'_>,
    request: PutEventSelectorsRequest,
) -> Result<EventSelectorsResponse, ServiceError> {
    let (place, trail) = find(context, &request.trail_name, Access::Write)?;
    let mut trail = trail.clone();
    match (request.event_selectors, request.advanced_event_selectors) {
        (Some(basic), None) => {
            check_basic(&basic, context.partition())?;
            trail.event_selectors = Some(basic);
            trail.advanced_event_selectors = None;
        }
        (None, Some(advanced)) => {
            check_advanced(&advanced, Carrier::Trail)?;
            trail.event_selectors = None;
            trail.advanced_event_selectors = Some(advanced);
        }
        _ => {
            let text = "Specify either EventSelectors or AdvancedEventSelectors.";
            return Err(refuse(INVALID, text));
        }
    }
    if context.switches.narrowing_under_insights_refused {
        check_dependants(context, &trail)?;
    }
    forget_default(context, &mut trail);
    let answer = answer(context, &place, &trail);
    *kept(context, &place)? = trail;
    Ok(answer)
}

/// GetEventSelectors.
pub(super) fn get_event_selectors(
    context: &mut Context<'_>,
    request: GetEventSelectorsRequest,
) -> Result<EventSelectorsResponse, ServiceError> {
    let (place, trail) = find(context, &request.trail_name, Access::Read)?;
    Ok(answer(context, &place, trail))
}

fn answer(context: &Context<'_>, place: &Place, trail: &Trail) -> EventSelectorsResponse {
    let (event_selectors, advanced_event_selectors) = effective(context, trail);
    let trail_arn = context.arn(&place.account, &place.region, &format!("trail/{}", place.key));
    EventSelectorsResponse { trail_arn, event_selectors, advanced_event_selectors }
}

type BothKinds = (Option<Vec<EventSelector>>, Option<Vec<AdvancedEventSelector>>);

fn effective(context: &Context<'_>, trail: &Trail) -> BothKinds {
    match (&trail.event_selectors, &trail.advanced_event_selectors) {
        (None, None) => default_selectors(context),
        (basic, advanced) => (basic.clone(), advanced.clone()),
    }
}

/// An unconfigured trail logs all management events. Both forms of saying so are documented.
fn default_selectors(context: &Context<'_>) -> BothKinds {
    match context.switches.default_selector_form {
        DefaultSelectorForm::Basic => (Some(vec![EventSelector::default()]), None),
        DefaultSelectorForm::Advanced => {
            let management = AdvancedEventSelector::of_category("Management events selector", "Management");
            (None, Some(vec![management]))
        }
    }
}

/// A trail that was given what it would report anyway cannot be told from one that never was given anything,
/// so it is kept as such. Where the flag sticks it can be told.
fn forget_default(context: &Context<'_>, trail: &mut Trail) {
    let given = (trail.event_selectors.clone(), trail.advanced_event_selectors.clone());
    if !context.switches.custom_selectors_flag_sticks && given == default_selectors(context) {
        trail.event_selectors = None;
        trail.advanced_event_selectors = None;
    }
}

/// `HasCustomEventSelectors`.
pub(super) fn are_custom(context: &Context<'_>, trail: &Trail) -> bool {
    let given = trail.event_selectors.is_some() || trail.advanced_event_selectors.is_some();
    given
        && (context.switches.custom_selectors_flag_sticks
            || effective(context, trail) != default_selectors(context))
}

/// What a trail logs.
pub(super) fn logged(trail: &Trail) -> Logged {
    match (&trail.event_selectors, &trail.advanced_event_selectors) {
        (Some(basic), _) => logged_by_basic(basic),
        (None, Some(advanced)) => logged_by_advanced(advanced),
        (None, None) => logged_by_basic(&[EventSelector::default()]),
    }
}

/// Whether insights and aggregation still have the events that they need. That the service refuses this is
/// unverified for trails.
fn check_dependants(context: &Context<'_>, trail: &Trail) -> Result<(), ServiceError> {
    let logged = logged(trail);
    insight::check_against(&trail.insight_selectors, logged)
        .map_err(|error| refuse(INVALID, format!("The trail has insight selectors. {}", error.message)))?;
    require(
        trail.aggregation_configurations.is_empty() || logged.data,
        INVALID,
        format!("A trail of {} aggregates data events, which these selectors do not log.", context.caller),
    )
}
