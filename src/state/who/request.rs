//! What an event's request says. CloudTrail writes members with small first letters (user guide, "CloudTrail record
//! contents", the examples); letters are compared without case, so that either spelling is understood.

use super::Event;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The members of a request that say what it is about (API reference, each operation).
const SUBJECTS: [&str; 7] =
    ["name", "trailName", "eventDataStore", "channel", "dashboardId", "resourceArn", "resourceId"];

/// The members of an answer that say what was made.
const MADE: [&str; 4] = ["trailARN", "eventDataStoreArn", "channelArn", "dashboardArn"];

/// A member of a request and what it is set to, in the service's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The member's name.
    pub name: String,
    /// Its value.
    pub value: Json,
}

impl Member {
    /// Whether the event's request has the member, and for a list of tags one of its tags. A request that was left out
    /// because of its length is taken to have everything.
    pub(super) fn is_touched_by(&self, event: &Event) -> bool {
        let Json::Object(members) = &event.request else { return true };
        match (get(members, &self.name), self.tags()) {
            (Some(list), Some(tags)) => tags.keys().any(|key| tags_of(list).contains_key(key)),
            (Some(_), None) => true,
            (None, _) => get(members, "omitted").is_some(),
        }
    }

    /// Whether the event's request sets the member to this value.
    pub(super) fn is_set_by(&self, event: &Event) -> bool {
        let Json::Object(members) = &event.request else { return false };
        let Some(value) = get(members, &self.name) else { return false };
        match self.tags() {
            Some(tags) => {
                let set = tags_of(value);
                tags.iter().all(|(key, value)| set.get(key) == Some(value))
            }
            None => same(&self.value, value),
        }
    }

    /// Whether a creation left the member as `made`, the creation of what is there now, would leave it. Ours says all
    /// that it sets; what another one leaves to the service is not known here.
    pub(super) fn is_made_by(&self, made: &Json, event: &Event, is_ours: bool) -> bool {
        let (Json::Object(made), Json::Object(asked)) = (made, &event.request) else { return false };
        match self.tags() {
            Some(tags) => {
                let (made, asked) = (made_tags(made), made_tags(asked));
                tags.keys().all(|key| made.get(key) == asked.get(key))
            }
            None => alike(made, asked, &self.name, is_ours),
        }
    }

    /// The tags, when this is a list of them: several may be set or removed in one call, and not all matter.
    fn tags(&self) -> Option<BTreeMap<&str, Option<&str>>> {
        (self.name == "TagsList").then(|| tags_of(&self.value))
    }
}

/// What a request says it is about; of a create also the name of what is made.
pub(super) fn subjects(event: &Event) -> impl Iterator<Item = &str> {
    SUBJECTS.into_iter().filter_map(|member| text(&event.request, member))
}

/// The name that the request gives.
pub(super) fn name(event: &Event) -> Option<&str> {
    text(&event.request, "name")
}

/// The ARN of what the call made: its answer says it, or the one ARN that the history knows the event by.
pub(super) fn made(event: &Event) -> Option<String> {
    let answered = MADE.into_iter().find_map(|member| text(&event.response, member));
    let known = || event.resources.iter().find(|name| name.contains(":cloudtrail:"));
    answered.map(str::to_owned).or_else(|| known().cloned())
}

fn text<'a>(document: &'a Json, member: &str) -> Option<&'a str> {
    get(document.as_object()?, member)?.as_str()
}

fn get<'a>(members: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    members.iter().find(|(member, _)| member.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Whether a creation lets what it makes record at once, or not, as `made` would (API reference, CreateEventDataStore,
/// StartIngestion; other calls have no such member).
pub(super) fn starts_alike(made: &Json, event: &Event, is_ours: bool) -> bool {
    let (Json::Object(made), Json::Object(asked)) = (made, &event.request) else { return false };
    alike(made, asked, "StartIngestion", is_ours)
}

fn alike(made: &Map<String, Json>, asked: &Map<String, Json>, name: &str, is_ours: bool) -> bool {
    let member = |members| get(members, name).filter(|value: &&Json| !value.is_null());
    match (member(made), member(asked)) {
        (Some(value), Some(asked)) => same(value, asked),
        (Some(_), None) => !is_ours,
        (made, asked) => made == asked,
    }
}

/// The tags that a creation gives (API reference: CreateChannel calls `Tags` what the others call `TagsList`).
fn made_tags(members: &Map<String, Json>) -> BTreeMap<&str, Option<&str>> {
    let list = get(members, "TagsList").or_else(|| get(members, "Tags"));
    list.map(tags_of).unwrap_or_default()
}

/// Keys and values of a list of tags; RemoveTags gives no values.
fn tags_of(list: &Json) -> BTreeMap<&str, Option<&str>> {
    let tags = list.as_array().map(Vec::as_slice).unwrap_or_default().iter();
    tags.filter_map(|tag| Some((text(tag, "key")?, text(tag, "value")))).collect()
}

/// Whether two values say the same: names of members without case, documents in strings as documents.
fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Object(members), Json::Object(others)) => {
            let found = |(name, value): (&String, &Json)| get(others, name).is_some_and(|it| same(value, it));
            members.len() == others.len() && members.iter().all(found)
        }
        (Json::Array(items), Json::Array(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(item, other)| same(item, other))
        }
        (Json::String(text), Json::String(other)) => text == other || same_documents(text, other),
        _ => one == other,
    }
}

fn same_documents(one: &str, other: &str) -> bool {
    let document = |text: &str| text.starts_with('{').then(|| serde_json::from_str::<Json>(text).ok())?;
    document(one).zip(document(other)).is_some_and(|(one, other)| one == other)
}
