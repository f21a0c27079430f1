//! Tags: their shape on the wire, the rules for them, and the three tag operations over every taggable kind.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::account::Context;
use super::error::{ServiceError, require};

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
