//! Who made the account differ: what is asked about a resource, an event as the history has it, and which events
//! answer. Pure; how events are looked up is `aws`'s, which calls are suspected is `plan`'s.

mod request;

use super::Note;
use crate::name::{Arn, Name, Time};
use crate::resource::call::Role;
use crate::resource::{Call, Key};
use serde_json::Value as Json;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub use request::Member;

/// What is asked about one resource that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// The resource.
    pub key: Key,
    /// The name that it has in the account: the declared one, unless it was renamed by hand.
    pub name: Name,
    /// Its ARN, a policy's is its parent's; none when it is gone and CloudTrail had chosen it.
    pub arn: Option<Arn>,
    /// Whether it is missing, so that only its deletion can have made the difference.
    pub missing: bool,
    /// The calls that lead from what is declared to what is there.
    pub suspects: Vec<Suspect>,
    /// How such a resource is made, which sets all of it.
    pub maker: Option<Maker>,
}

/// The call that makes a resource, and what it would ask to make the one that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// The operation.
    pub call: Call,
    /// Its request, in the service's own words.
    pub request: Json,
    /// The calls that would have to follow it, because it cannot do what they do.
    pub then: BTreeSet<Call>,
    /// Whether somebody else who made it thereby made the difference: not where it was never ours.
    pub is_to_blame: bool,
}

/// A call that can have made the difference, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// The operation.
    pub call: Call,
    /// The member of its request that makes the difference; none when the call alone does.
    pub member: Option<Member>,
}

/// A management event, as far as it tells who did what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// CloudTrail's id of it.
    pub id: String,
    /// When; none when the event does not say.
    pub time: Option<Time>,
    /// The operation.
    pub name: String,
    /// The service that was called: `cloudtrail.amazonaws.com`.
    pub source: String,
    /// Who called: an ARN, or the service or name that stands for one.
    pub principal: String,
    /// Where from: an address, or the name of an AWS service; empty when the event does not say.
    pub source_address: String,
    /// What the caller's software says of itself; empty when the event does not say.
    pub user_agent: String,
    /// Whether it was refused, so that nothing changed.
    pub refused: bool,
    /// `requestParameters`.
    pub request: serde_json::Value,
    /// `responseElements`.
    pub response: serde_json::Value,
    /// The names under which the history knows what the event is about.
    pub resources: BTreeSet<String>,
}

/// On whose behalf somebody wrote, as the user agent says. It is the caller's own word, which is why reports name the
/// principal beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// trailkeeper, for the manifest that is looked at.
    Manifest,
    /// trailkeeper, for another manifest, or without one.
    Other(String),
    /// Anybody else.
    Outside,
}

/// An event that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The event.
    pub event: Event,
    /// On whose behalf.
    pub author: Author,
    /// False when the event does not say which resource it was, so that it may have been another one.
    pub certain: bool,
}

/// What the events say about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody else wrote last.
    Outside,
    /// What is there is what trailkeeper left, or nobody touched it for as long as the history goes back.
    NotApplied,
    /// The events do not tell.
    Unknown,
}

impl Origin {
    /// The words in reports.
    pub fn words(self) -> &'static str {
        match self {
            Origin::Outside => "changed outside",
            Origin::NotApplied => "not applied yet",
            Origin::Unknown => "unknown",
        }
    }
}

/// The answer about one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What follows from the events.
    pub origin: Origin,
    /// The last writing events that made the difference, newest first, each once.
    pub deeds: Vec<Deed>,
    /// Whether it is missing.
    pub missing: bool,
}

/// What could be found out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Who {
    /// By resource.
    pub answers: BTreeMap<Key, Answer>,
    /// Why there are fewer answers than questions, in a line for the reader.
    pub unread: Option<String>,
}

impl Who {
    /// What the reader should know about answers that are missing.
    pub fn note(&self) -> Option<Note> {
        self.unread.clone().map(|text| Note { key: None, word: "unread", text })
    }
}

impl Author {
    /// Reads the user agent, of which `trailkeeper/<version> manifest/<name>` is a part when it is ours. The history
    /// may put brackets around it (user guide, "CloudTrail record contents", userAgent).
    pub fn of(user_agent: &str, manifest: &str) -> Author {
        let mut words = user_agent.split([' ', '[', ']']).filter(|word| !word.is_empty());
        if !words.any(|word| word.starts_with("trailkeeper/")) {
            return Author::Outside;
        }
        match words.next().and_then(|word| word.strip_prefix("manifest/")) {
            Some(name) if name == manifest => Author::Manifest,
            Some(name) => Author::Other(name.to_owned()),
            None => Author::Other(String::new()),
        }
    }
}

impl Inquiry {
    /// Whether the event is about this resource. ARNs are known by the history or stand in the event; CloudTrail also
    /// takes a trail or dashboard by its name, and a store or channel by its id, which end their ARNs.
    fn is_about(&self, event: &Event) -> bool {
        let made = || request::made(event);
        match &self.arn {
            // What a creating call made stands in its answer. A call that names the resource names it and no ARN.
            Some(arn) => {
                event.resources.contains(arn.as_str())
                    || made().as_deref() == Some(arn.as_str())
                    || request::subjects(event).any(|subject| subject == arn.as_str() || subject == arn.id())
            }
            None => request::name(event) == Some(self.name.as_str()) && self.is_making(event),
        }
    }

    fn is_making(&self, event: &Event) -> bool {
        self.maker.as_ref().is_some_and(|maker| maker.call.name() == event.name)
    }

    /// The newest event that can have made this part of the difference, and that nobody has taken back since. `events`
    /// are in order, newest first.
    fn newest<'a>(&self, suspect: &Suspect, events: &[&'a Event]) -> Option<&'a Event> {
        let concerns = |event: &&Event| suspect.is(event) || suspect.is_undone_by(event);
        let last = events.iter().copied().filter(|event| self.is_about(event)).find(concerns);
        last.filter(|event| suspect.is(event))
    }

    /// The newest event after which this part of the difference cannot have been there.
    fn undoing<'a>(&self, suspect: &Suspect, events: &[&'a Event]) -> Option<&'a Event> {
        // What is off and on again, with something else, is there because of both.
        let is_suspect = |event: &Event| self.suspects.iter().any(|other| other.is(event));
        let mut undoing = events.iter().filter(|event| self.is_about(event) && suspect.is_undone_by(event));
        undoing.next().copied().filter(|event| !is_suspect(event))
    }

    /// Whether these events of one name hold the newest that can have made this part of the difference.
    pub fn has_newest(&self, suspect: &Suspect, events: &[Event]) -> bool {
        self.newest(suspect, &writing(events)).is_some()
    }

    /// Whether these events answer, so that no more need be looked up for this suspect.
    pub fn is_answered(&self, suspect: &Suspect, events: &[Event], manifest: &str) -> bool {
        let events = writing(events);
        if let Some(event) = self.newest(suspect, &events) {
            // The newest event of ours under this name may not be the newest under every name: only when it set what
            // is there now, nobody came after it.
            return Author::of(&event.user_agent, manifest) != Author::Manifest || suspect.explains(event);
        }
        let is_taken_back = self.undoing(suspect, &events).is_some();
        let made = self.creation(&events);
        self.made_outside(&events, manifest).is_some()
            || (!is_taken_back && made.is_some_and(|event| self.is_made_so(suspect, event, manifest)))
    }

    /// Whether only the creation can say how this came to be, and it is not among these events.
    pub fn lacks_creation(&self, events: &[Event]) -> bool {
        let events = writing(events);
        let silent = |suspect: &Suspect| {
            self.newest(suspect, &events).is_none() && self.undoing(suspect, &events).is_none()
        };
        !self.missing && self.creation(&events).is_none() && self.suspects.iter().any(silent)
    }

    /// The newest creation of what is there.
    fn creation<'a>(&self, events: &[&'a Event]) -> Option<&'a Event> {
        let mut events = events.iter().copied();
        events.find(|event| !self.missing && self.is_making(event) && self.is_about(event))
    }

    /// The creation by somebody else, where nobody of ours has written since: what came before our last run was seen
    /// by it.
    fn made_outside<'a>(&self, events: &[&'a Event], manifest: &str) -> Option<&'a Event> {
        let is_ours = |event: &Event| Author::of(&event.user_agent, manifest) == Author::Manifest;
        let is_to_blame = self.maker.as_ref().is_some_and(|maker| maker.is_to_blame) && !self.missing;
        let mut events = events.iter().copied();
        let last = events.find(|event| self.is_about(event) && (is_ours(event) || self.is_making(event)));
        last.filter(|event| is_to_blame && !is_ours(event))
    }

    /// Whether the creation left this part as it is now, be it by saying nothing of it. How somebody else's words would
    /// read in ours is known only where it says something.
    fn is_made_so(&self, suspect: &Suspect, event: &Event, manifest: &str) -> bool {
        let Some(Maker { call: _, request, then, is_to_blame }) = &self.maker else { return true };
        let is_ours = Author::of(&event.user_agent, manifest) == Author::Manifest;
        if !is_ours && !is_to_blame {
            return true;
        }
        match (suspect.call.role(), &suspect.member) {
            (Role::Update | Role::Tag, Some(member)) => member.is_made_by(request, event, is_ours),
            (Role::Start | Role::Stop, _) => {
                !then.contains(&suspect.call) && request::starts_alike(request, event, is_ours)
            }
            _ => !then.contains(&suspect.call),
        }
    }

    /// What the events say about one part of the difference.
    fn trace<'a>(
        &self,
        suspect: &Suspect,
        events: &[&'a Event],
        manifest: &str,
        complete: bool,
    ) -> Trace<'a> {
        if let Some(event) = self.newest(suspect, events) {
            let is_outside = Author::of(&event.user_agent, manifest) != Author::Manifest;
            return Trace { event: Some(event), is_outside, is_proven: suspect.explains(event) };
        }
        if let Some(event) = self.made_outside(events, manifest) {
            return Trace { event: Some(event), is_outside: true, is_proven: false };
        }
        // What was made and is missing has gone, what was started stands still: even if the event has not arrived.
        if let Some(event) = self.undoing(suspect, events) {
            return Trace { event: Some(event), is_outside: false, is_proven: false };
        }
        // Where no such call is known at all, it is as it was made, or as it was before the history begins.
        let made = self.creation(events);
        let is_proven = complete && made.is_none_or(|event| self.is_made_so(suspect, event, manifest));
        let event = made.filter(|event| Author::of(&event.user_agent, manifest) == Author::Manifest);
        Trace { event, is_outside: false, is_proven }
    }

    /// The answer that these events give. `complete` says that nothing older was left out.
    pub fn answer(&self, events: &[Event], manifest: &str, complete: bool) -> Answer {
        let events = writing(events);
        if self.missing && self.arn.is_none() {
            return self.deletion_of_unknown(&events, manifest, complete);
        }
        let trace = |suspect: &Suspect| self.trace(suspect, &events, manifest, complete);
        let traces: Vec<Trace<'_>> = self.suspects.iter().map(trace).collect();
        let is_outside = traces.iter().any(|trace| trace.is_outside);
        let origin = match () {
            () if is_outside => Origin::Outside,
            () if traces.iter().all(|trace| trace.is_proven) => Origin::NotApplied,
            () => Origin::Unknown,
        };
        // Who took back what is there again made no part of the difference.
        let telling = traces.iter().filter(|trace| {
            let is_ours = |event: &Event| Author::of(&event.user_agent, manifest) == Author::Manifest;
            !is_outside || trace.is_outside || trace.event.is_some_and(is_ours)
        });
        let deeds = deeds(telling.filter_map(|trace| trace.event), manifest);
        Answer { origin, deeds, missing: self.missing }
    }

    /// A deletion names an ARN that nobody remembers; the creation that answered this ARN names the name.
    fn deletion_of_unknown(&self, events: &[&Event], manifest: &str, complete: bool) -> Answer {
        let made = |event: &&Event| self.is_making(event);
        let born: Vec<String> =
            events.iter().copied().filter(|event| self.is_about(event)).filter_map(request::made).collect();
        let others: Vec<String> = events
            .iter()
            .copied()
            .filter(made)
            .filter(|event| !self.is_about(event))
            .filter_map(request::made)
            .collect();
        let is_one = |arns: &[String], event: &Event| {
            let same = |arn: &String| {
                let id = arn.rsplit('/').next().unwrap_or_default();
                request::subjects(event).any(|subject| subject == arn || subject == id)
            };
            arns.iter().any(same)
        };
        let deletions = || events.iter().copied().filter(|event| self.suspects.iter().any(|it| it.is(event)));
        let sure = deletions().find(|event| is_one(&born, event));
        let perhaps = deletions().find(|event| !is_one(&others, event));
        let mut deeds = deeds(sure.or(perhaps), manifest);
        deeds.iter_mut().for_each(|deed| deed.certain = sure.is_some());
        let origin = match deeds.first() {
            Some(deed) if !deed.certain => Origin::Unknown,
            Some(deed) if deed.author == Author::Manifest => Origin::NotApplied,
            Some(_) => Origin::Outside,
            None if complete && born.is_empty() => Origin::NotApplied,
            None => Origin::Unknown,
        };
        Answer { origin, deeds, missing: true }
    }
}

/// What the events say about one part of a difference.
struct Trace<'a> {
    /// The last event that has to do with it.
    event: Option<&'a Event>,
    /// Whether that made it, and was somebody else's.
    is_outside: bool,
    /// Whether it is as that event left it, or nobody touched it.
    is_proven: bool,
}

impl Suspect {
    /// Whether the event is such a call, and touches what differs. Calls that replace all that they carry always do.
    fn is(&self, event: &Event) -> bool {
        let merges = matches!(self.call.role(), Role::Update | Role::Tag);
        let touches = || self.member.as_ref().is_none_or(|member| member.is_touched_by(event));
        event.name == self.call.name() && (!merges || touches())
    }

    /// Whether the event took back what such a call does.
    fn is_undone_by(&self, event: &Event) -> bool {
        let touches = || self.member.as_ref().is_none_or(|member| member.is_touched_by(event));
        let undoes = self.call.opposite().is_some_and(|call| call.name() == event.name);
        undoes && (self.call.role() != Role::Tag || touches())
    }

    /// Whether what the event asked is what is there now, as far as this suspect goes.
    fn explains(&self, event: &Event) -> bool {
        self.member.as_ref().is_none_or(|member| member.is_set_by(event))
    }
}

/// The events that changed something, in CloudTrail alone: other services have operations of the same names.
fn writing(events: &[Event]) -> Vec<&Event> {
    events.iter().filter(|event| !event.refused && event.source == "cloudtrail.amazonaws.com").collect()
}

/// The events, each once, newest first.
fn deeds<'a>(events: impl IntoIterator<Item = &'a Event>, manifest: &str) -> Vec<Deed> {
    let mut deeds: Vec<Deed> = Vec::new();
    for event in events {
        if !deeds.iter().any(|deed| deed.event.id == event.id) {
            let author = Author::of(&event.user_agent, manifest);
            deeds.push(Deed { event: event.clone(), author, certain: true });
        }
    }
    deeds.sort_by_key(|deed| Reverse(deed.event.time));
    deeds
}

#[cfg(test)]
mod tests;
