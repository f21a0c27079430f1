//! What an ARN points at, for the calls that take any kind: tags and resource policies.

use super::account::{Context, Place};
use super::arn;
use super::channel;
use super::dashboard;
use super::error::{ServiceError, refuse, require};
use super::event_data_store_read::{found as found_store, require_active};
use super::tag::Tags;
use super::trail_read::{Access, find};

/// A resource that an ARN was found to mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    Trail(Place),
    EventDataStore(Place),
    Channel(Place),
    Dashboard(Place),
}

/// The kinds that ARNs of CloudTrail's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Trail,
    EventDataStore,
    Channel,
    Dashboard,
}

/// The kind that an ARN names, whether or not there is such a resource.
pub(super) fn kind_of(text: &str) -> Option<Kind> {
    let parts = arn::parse(text).filter(|parts| parts.service == "cloudtrail")?;
    match parts.resource.split_once('/')?.0 {
        "trail" => Some(Kind::Trail),
        "eventdatastore" => Some(Kind::EventDataStore),
        "channel" => Some(Kind::Channel),
        "dashboard" => Some(Kind::Dashboard),
        _ => None,
    }
}

/// The resource behind an ARN, as the tag calls look for it. `is_change` for AddTags and RemoveTags, which
/// leave what AWS made for itself alone.
pub(super) fn tagged(
    context: &mut Context<'_>,
    text: &str,
    is_change: bool,
) -> Result<Resource, ServiceError> {
    let Some(kind) = kind_of(text) else {
        let message = format!("{text} is not the ARN of a trail, event data store, channel or dashboard.");
        return Err(refuse("CloudTrailARNInvalidException", message));
    };
    match kind {
        Kind::Trail => {
            // Tags are read and written in the home Region (user guide, "Managing tags"); one ARN from
            // elsewhere fails the whole call.
            let here = arn::parse(text).is_some_and(|parts| parts.region == context.region);
            let message = format!("The trail {text} is not in {}.", context.region);
            require(here, "CloudTrailARNInvalidException", message)?;
            let (place, _) = find(context, text, Access::Read).map_err(|error| match error.code {
                "TrailNotFoundException" => refuse("ResourceNotFoundException", error.message),
                _ => error,
            })?;
            Ok(Resource::Trail(place))
        }
        Kind::EventDataStore => {
            let (place, store) = found_store(context, text)?;
            require_active(&store)?;
            Ok(Resource::EventDataStore(place))
        }
        Kind::Channel => {
            let (place, channel) = channel::found(context, text)?;
            if is_change {
                channel::require_own(&channel)?;
            }
            Ok(Resource::Channel(place))
        }
        Kind::Dashboard => {
            let (place, dashboard) = dashboard::found(context, text)?;
            if is_change {
                dashboard::require_own(&place, &dashboard)?;
            }
            Ok(Resource::Dashboard(place))
        }
    }
}

/// The resource's tags, to change them. `None` only when it went away meanwhile, which one call cannot see.
pub(super) fn tags_mut<'a>(context: &'a mut Context<'_>, resource: &Resource) -> Option<&'a mut Tags> {
    let (Resource::Trail(place)
    | Resource::EventDataStore(place)
    | Resource::Channel(place)
    | Resource::Dashboard(place)) = resource;
    let state = context.state_mut(&place.account, &place.region);
    match resource {
        Resource::Trail(_) => state.trails.get_mut(&place.key).map(|trail| &mut trail.tags),
        Resource::EventDataStore(_) => {
            state.event_data_stores.get_mut(&place.key).map(|store| &mut store.tags)
        }
        Resource::Channel(_) => state.channels.get_mut(&place.key).map(|channel| &mut channel.tags),
        Resource::Dashboard(_) => state.dashboards.get_mut(&place.key).map(|dashboard| &mut dashboard.tags),
    }
}
