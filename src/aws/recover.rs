//! Creates in doubt: the answer was lost, or the name is taken, perhaps by our own first attempt. What bears
//! the name is looked up; it is ours when it bears the two tags that were sent with it.

use super::error::{CallError, Class};
use super::perform::{Errand, Failure};
use super::{channel, dashboard, event_data_store, tags, trail};
use crate::name::{Arn, Tags};
use crate::resource::{
    Action, Call, Channel, ChannelAction, DashboardAction, EventDataStoreAction, Resource, Text, TrailAction,
};
use crate::state::{MANIFEST_TAG, NAME_TAG};

/// Whether the action makes something.
pub(super) fn creates(action: &Action) -> bool {
    sent_tags(action).is_some()
}

/// Whether this error of a create is no answer yet: what bears the name must be looked up before anything else
/// is done.
pub(super) fn must_be_found_out(action: &Action, error: &CallError) -> bool {
    match error.class {
        // A trail or dashboard is its name, so there is never a second one: the call is simply made again.
        // A store or channel has an id of its own (API model: its create is not idempotent).
        Class::Unknown => matches!(error.call, Call::CreateEventDataStore | Call::CreateChannel),
        Class::AlreadyExists => creates(action),
        // A second dashboard of one name is answered as a conflict: there is no other code for it
        // (API reference, errors of CreateDashboard; unverified).
        Class::Busy => error.call == Call::CreateDashboard,
        _ => false,
    }
}

/// The tags of a create.
fn sent_tags(action: &Action) -> Option<&Tags> {
    match action {
        Action::Trail(TrailAction::Create { tags, .. })
        | Action::EventDataStore(EventDataStoreAction::Create { tags, .. })
        | Action::Channel(ChannelAction::Create { tags, .. })
        | Action::Dashboard(DashboardAction::Create { tags, .. }) => Some(tags),
        _ => None,
    }
}

/// What bears the name that a create wanted.
struct Bearer {
    arn: Arn,
    as_sent: bool,
}

/// Settles a create: the ARN when it was performed as sent, a failure when it was not or when that cannot be
/// known. `in_doubt` tells that an attempt had no clear answer. None when the error stands as it is.
pub(super) async fn created(
    errand: &Errand<'_>,
    action: &Action,
    error: &CallError,
    in_doubt: bool,
) -> Option<Result<Arn, Failure>> {
    let sent = sent_tags(action)?;
    let fail = |error: CallError, in_doubt| Some(Err(Failure::doubtful(error, in_doubt)));
    let mut patience = errand.connection.pace.short();
    loop {
        let seen = match bearer(errand, action).await {
            Ok(Some(bearer)) => ours(errand, &bearer.arn, sent).await.map(|ours| Some((bearer, ours))),
            Ok(None) => Ok(None),
            Err(failed) => Err(failed),
        };
        match seen {
            Ok(Some((Bearer { arn, as_sent: true }, true))) => return Some(Ok(arn)),
            // Nothing bears the name, so the conflict is about something else, and is waited out.
            Ok(None) if error.class == Class::Busy => return None,
            // Our own of the same name, and no doubt that it is another: nothing will change that.
            Ok(Some((Bearer { arn, .. }, true))) if !in_doubt => {
                return fail(error.clone().remarked(&not_as_sent(&arn)), false);
            }
            Err(failed) if errand.connection.wait(failed.class, &mut patience).await => {}
            // Its tags may not be known everywhere yet, and lists may be older still: what they show may be the
            // one that was deleted to make room.
            Ok(Some(_) | None) if patience.wait().await => {}
            Ok(Some((Bearer { arn, .. }, true))) => {
                return fail(error.clone().remarked(&not_as_sent(&arn)), true);
            }
            Ok(Some((Bearer { arn, .. }, false))) => {
                let remark = format!("the name belongs to {arn}, which is not ours");
                return fail(error.clone().remarked(&remark), in_doubt);
            }
            Ok(None) => {
                let remark = format!("nothing of that name is to be found, {}", patience.spent());
                return fail(error.clone().remarked(&remark), in_doubt);
            }
            Err(failed) => {
                let remark = format!("and it could not be looked up: {failed}");
                return fail(error.clone().remarked(&remark), in_doubt);
            }
        }
    }
}

fn not_as_sent(arn: &Arn) -> String {
    format!("{arn} is ours, but not as it was sent; plan again")
}

/// Whether it bears our two tags as they were sent. Tags of a stranger's resource may be unreadable, but then
/// nobody knows.
async fn ours(errand: &Errand<'_>, arn: &Arn, sent: &Tags) -> Result<bool, CallError> {
    let live = tags::list(errand.connection, &[arn]).await?;
    let live = live.get(arn);
    let same =
        |key: &str| sent.get(key).is_some_and(|value| live.and_then(|live| live.get(key)) == Some(value));
    Ok(same(MANIFEST_TAG) && same(NAME_TAG))
}

/// What bears the name now, and whether it has every setting that was sent.
async fn bearer(errand: &Errand<'_>, action: &Action) -> Result<Option<Bearer>, CallError> {
    let connection = errand.connection;
    let name = &errand.key.name;
    let found = match action {
        Action::Trail(TrailAction::Create { settings, .. }) => {
            trail::find(connection, name).await?.map(|(arn, live)| {
                let as_sent = trail::as_created(&live, settings).fields() == live.fields();
                Bearer { arn, as_sent }
            })
        }
        Action::EventDataStore(EventDataStoreAction::Create { settings, .. }) => {
            event_data_store::find(connection, name).await?.map(|(arn, live)| {
                let as_sent = event_data_store::as_created(&live, settings).fields() == live.fields();
                Bearer { arn, as_sent }
            })
        }
        Action::Channel(ChannelAction::Create { source, destinations, .. }) => {
            let found = channel::find(connection, name).await?;
            let sent = destinations.iter().map(|store| errand.write(store)).collect::<Result<Vec<_>, _>>()?;
            found.map(|(arn, live)| Bearer { arn, as_sent: live.source == *source && goes_to(&live, &sent) })
        }
        Action::Dashboard(DashboardAction::Create { settings, .. }) => {
            match dashboard::find(connection, name).await? {
                Some((arn, live)) => {
                    let sent = dashboard::as_created(errand, &live, settings)?;
                    Some(Bearer { arn, as_sent: sent.fields() == live.fields() })
                }
                None => None,
            }
        }
        _ => None,
    };
    Ok(found)
}

/// Whether the channel goes to these stores, whichever way they are spelled: by ARN or by id.
fn goes_to(live: &Channel, sent: &[String]) -> bool {
    let ids = |spellings: &mut dyn Iterator<Item = &str>| {
        let mut ids: Vec<String> =
            spellings.map(|spelling| spelling.rsplit('/').next().unwrap_or(spelling).to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    ids(&mut live.destinations.iter().filter_map(Text::as_plain)) == ids(&mut sent.iter().map(String::as_str))
}
