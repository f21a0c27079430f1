//! Who made a difference: one line for people, a list for programs. Which events these are is `state::who`'s.

use super::style::{Ink, Style};
use crate::name::Time;
use crate::state::who::{Answer, Author, Deed, Event, Origin};
use schemars::JsonSchema;
use serde::Serialize;

/// What the events say about one difference.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct OriginRecord {
    /// With `--who`: `changed outside`, `not applied yet`, or `unknown` where the events do not tell; absent where nobody
    /// was asked, or could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<String>,
    /// With `--who`: the last writing events that made the difference, newest first, as far as the event history goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) who: Option<Vec<EventRecord>>,
}

/// A writing event.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct EventRecord {
    /// RFC 3339, UTC; absent when the event does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<String>,
    /// The operation.
    pub(super) event_name: String,
    /// CloudTrail's id of the event.
    pub(super) event_id: String,
    /// The caller's ARN, or the name of the AWS service that called.
    pub(super) principal: String,
    /// The address that the call came from, or the name of an AWS service.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) source_ip: String,
    /// What the caller's software said of itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) user_agent: String,
    /// `outside`, `this manifest` or `another manifest`, as the user agent says.
    pub(super) by: String,
    /// The other manifest's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) manifest: Option<String>,
    /// False when the event does not say which resource it was.
    pub(super) certain: bool,
}

/// What programs read about a difference.
pub(super) fn record(answer: &Answer) -> OriginRecord {
    OriginRecord {
        origin: Some(answer.origin.words().to_owned()),
        who: Some(answer.deeds.iter().map(event_record).collect()),
    }
}

fn event_record(deed: &Deed) -> EventRecord {
    let Deed { event, author, certain } = deed;
    let Event { id, time, name, principal, source_address, user_agent, .. } = event;
    let (by, manifest) = match author {
        Author::Manifest => ("this manifest", None),
        Author::Other(name) => ("another manifest", Some(name.clone()).filter(|name| !name.is_empty())),
        Author::Outside => ("outside", None),
    };
    EventRecord {
        time: time.map(|time| time.to_string()),
        event_name: name.clone(),
        event_id: id.clone(),
        principal: principal.clone(),
        source_ip: source_address.clone(),
        user_agent: user_agent.clone(),
        by: by.to_owned(),
        manifest,
        certain: *certain,
    }
}

/// The line about a resource.
pub(super) fn line(answer: &Answer, now: Time, style: Style) -> String {
    let ink = if answer.origin == Origin::Outside { Ink::Bad } else { Ink::Plain };
    style.row(Ink::Plain, "    who", &style.paint(ink, &told(answer, now)))
}

pub(super) fn told(answer: &Answer, now: Time) -> String {
    let Answer { origin, deeds, missing } = answer;
    let outside = || deeds.iter().filter(|deed| deed.author != Author::Manifest);
    let done = if *missing { "deleted" } else { "changed" };
    match origin {
        Origin::Outside => format!("{done} {}", people(outside(), now)),
        // "CloudTrail typically delivers an event within 15 minutes" (user guide, event history).
        Origin::NotApplied if deeds.is_empty() => {
            let what = if *missing { "it" } else { "what differs" };
            format!("not applied yet: nobody {done} {what} in the last 90 days, the latest 15 minutes aside")
        }
        Origin::NotApplied => {
            format!("not applied yet, last written {}", people(deeds.iter(), now))
        }
        Origin::Unknown if deeds.is_empty() => {
            format!("unknown: the events that could be looked up do not say who {done} it")
        }
        Origin::Unknown if deeds.iter().any(|deed| !deed.certain) => {
            let people = people(deeds.iter(), now);
            format!("perhaps {done} {people}, an event that does not say which one it was about")
        }
        Origin::Unknown => {
            let people = people(deeds.iter(), now);
            format!("last written {people}: not applied yet, or {done} by an event that has not arrived")
        }
    }
}

/// `outside by ARN, 03:12Z (StopLogging, event …), 03:10Z (…); outside by …`: each principal once, the latest first.
fn people<'a>(deeds: impl Iterator<Item = &'a Deed>, now: Time) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for deed in deeds {
        let Event { id, time, name, principal, .. } = &deed.event;
        let by = match &deed.author {
            Author::Manifest => format!("by trailkeeper as {principal}"),
            Author::Other(other) if other.is_empty() => {
                format!("by trailkeeper without a manifest as {principal}")
            }
            Author::Other(other) => format!("by manifest {other} as {principal}"),
            Author::Outside => format!("outside by {principal}"),
        };
        let time = time.map_or_else(|| "at an unknown time".to_owned(), |time| time.seen_from(now));
        let event = format!("{time} ({name}, event {id})");
        match groups.iter_mut().find(|(known, _)| *known == by) {
            Some((_, events)) => events.push(event),
            None => groups.push((by, vec![event])),
        }
    }
    let groups: Vec<String> =
        groups.into_iter().map(|(by, events)| format!("{by}, {}", events.join(", "))).collect();
    groups.join("; ")
}
