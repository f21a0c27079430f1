//! Tags: their shape on the wire, the rules for them, and the three tag operations over every taggable kind.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::account::Context;
use super::error::{ServiceError, require};
use super::paging::page;
use super::resource;
use super::trail::Nothing;

/// Tags of one resource. A tag without a value has an empty one.
pub(super) type Tags = BTreeMap<String, String>;

/// A tag on the wire (API reference, Tag): the value is optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Tag {
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

/// The tags of a create call.
pub(super) fn of_new_resource(list: Option<Vec<Tag>>) -> Result<Tags, ServiceError> {
    added(&Tags::new(), list.unwrap_or_default())
}

/// `tags` with `list` added: AddTags overwrites the value of a key that is there (API reference, AddTags).
fn added(tags: &Tags, list: Vec<Tag>) -> Result<Tags, ServiceError> {
    check(&list)?;
    let mut after = tags.clone();
    after.extend(list.into_iter().map(|tag| (tag.key, tag.value.unwrap_or_default())));
    // General Reference, CloudTrail quotas: 50 tags per resource.
    require(after.len() <= 50, "TagsLimitExceededException", "A resource has at most 50 tags.")?;
    Ok(after)
}

fn check(list: &[Tag]) -> Result<(), ServiceError> {
    const INVALID: &str = "InvalidTagParameterException";
    let mut seen = BTreeSet::new();
    for Tag { key, value } in list {
        let fits = (1..=128).contains(&key.chars().count())
            && value.as_ref().is_none_or(|value| value.chars().count() <= 256);
        require(fits, INVALID, format!("The tag {key} is too long, or its key is empty."))?;
        // Reserved for AWS's own use (AWS General Reference, "Tagging AWS resources").
        let reserved = key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
        require(!reserved, INVALID, format!("The tag key {key} begins with the reserved prefix aws:."))?;
        require(seen.insert(key), INVALID, format!("The tag key {key} is given more than once."))?;
    }
    Ok(())
}

/// How tags read back.
pub(super) fn listed(context: &Context<'_>, tags: &Tags) -> Vec<Tag> {
    let absent = |value: &str| value.is_empty() && context.switches.empty_tag_value_absent;
    tags.iter()
        .map(|(key, value)| Tag { key: key.clone(), value: (!absent(value)).then(|| value.clone()) })
        .collect()
}

/// AddTags's request, and RemoveTags's.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagsRequest {
    resource_id: String,
    tags_list: Vec<Tag>,
}

/// ListTags's request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListTagsRequest {
    resource_id_list: Vec<String>,
    next_token: Option<String>,
}

/// ListTags's answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListTagsResponse {
    resource_tag_list: Vec<ResourceTag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceTag {
    resource_id: String,
    tags_list: Vec<Tag>,
}

/// AddTags: the value of a key that is there is overwritten.
pub(super) fn add_tags(context: &mut Context<'_>, request: TagsRequest) -> Result<Nothing, ServiceError> {
    let resource = resource::tagged(context, &request.resource_id, true)?;
    if let Some(tags) = resource::tags_mut(context, &resource) {
        *tags = added(tags, request.tags_list)?;
    }
    Ok(Nothing {})
}

/// RemoveTags: by key; values, and keys that are not there, do not matter (user guide's examples).
pub(super) fn remove_tags(context: &mut Context<'_>, request: TagsRequest) -> Result<Nothing, ServiceError> {
    let resource = resource::tagged(context, &request.resource_id, true)?;
    check(&request.tags_list)?;
    if let Some(tags) = resource::tags_mut(context, &resource) {
        for tag in &request.tags_list {
            tags.remove(&tag.key);
        }
    }
    Ok(Nothing {})
}

/// ListTags: at most 20 ARNs, and one bad ARN fails them all (API reference, ListTags).
pub(super) fn list_tags(
    context: &mut Context<'_>,
    request: ListTagsRequest,
) -> Result<ListTagsResponse, ServiceError> {
    let ListTagsRequest { resource_id_list, next_token } = request;
    require(
        (1..=20).contains(&resource_id_list.len()),
        "ValidationException",
        "ResourceIdList takes between 1 and 20 resource ARNs.",
    )?;
    let kinds: Vec<_> = resource_id_list.iter().map(|id| resource::kind_of(id)).collect();
    // That one call may mix kinds is implied by the API reference and unverified.
    let mixed = context.switches.list_tags_one_kind && kinds.iter().any(|kind| *kind != kinds[0]);
    require(!mixed, "ResourceTypeNotSupportedException", "The resources are of more than one type.")?;
    let mut entries = Vec::new();
    for (index, resource_id) in resource_id_list.into_iter().enumerate() {
        let resource = resource::tagged(context, &resource_id, false)?;
        let tags = resource::tags_mut(context, &resource).map(|tags| tags.clone()).unwrap_or_default();
        entries.push((format!("{index:02}"), ResourceTag { resource_id, tags_list: listed(context, &tags) }));
    }
    let (resource_tag_list, next_token) = page(context, entries, None, next_token.as_deref())?;
    Ok(ListTagsResponse { resource_tag_list, next_token })
}
