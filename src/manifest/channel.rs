//! The shape of a channel in the manifest, and the channel that it means.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use super::policy::policy_schema;
use super::reference::StoreReference;
use crate::name::{Name, Tags};
use crate::resource::Channel;

/// A CloudTrail Lake channel: events from a partner or an own source into event data stores.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Channel")]
pub(super) struct ChannelShape {
    /// 3–128 letters, digits, `.`, `_` and `-`. Can be changed in place, with `renamedFrom`.
    #[schemars(length(min = 3, max = 128))]
    pub(super) name: String,
    /// The channel's previous name: it is renamed in place (UpdateChannel). Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 128))]
    pub(super) renamed_from: Option<String>,
    /// Where the events come from: `Custom`, or a partner such as `GitHub`, `OktaSystemLogEvents`, `LaunchDarkly`. One channel
    /// per source. Another source means another channel: this one is deleted and created again, with another ARN.
    #[schemars(length(min = 1, max = 256))]
    source: String,
    /// The event data stores that take the events in. Each records `ActivityAuditLog`, in one region.
    #[schemars(length(min = 1, max = 10))]
    destinations: Vec<DestinationShape>,
    /// Tags, key to value, at most 50 with the header's and the two of trailkeeper's own, which are added. Default: none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) tags: BTreeMap<String, String>,
    /// Who may put events: a mapping, or a JSON text. `${self.arn}` is this channel. Default: none, only the owner may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "policy_schema")]
    pub(super) resource_policy: Option<Value>,
    /// A file with the resource policy as JSON, relative to this file; instead of `resourcePolicy`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub(super) resource_policy_file: Option<String>,
    /// Settings and single tags that somebody else looks after: `destinations`, `tags.cost-center`, `resourcePolicy`.
    /// Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ignore: Vec<String>,
}

/// A store that takes events in.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Destination")]
pub(super) struct DestinationShape {
    /// A name in this manifest, or the ARN of a store that is managed elsewhere.
    event_data_store: StoreReference,
}

impl ChannelShape {
    /// The shape that means this channel. Its policy is a resource of its own.
    pub(super) fn of(channel: &Channel) -> ChannelShape {
        let Channel { name, source, destinations, tags } = channel;
        let destinations = destinations.iter().cloned().map(StoreReference);
        ChannelShape {
            name: name.as_str().to_owned(),
            renamed_from: None,
            source: source.clone(),
            destinations: destinations
                .map(|event_data_store| DestinationShape { event_data_store })
                .collect(),
            tags: tags.clone(),
            resource_policy: None,
            resource_policy_file: None,
            ignore: Vec::new(),
        }
    }

    /// The channel with all of its tags.
    pub(super) fn into_channel(self, tags: Tags) -> Channel {
        let ChannelShape {
            name,
            renamed_from: _,
            source,
            destinations,
            tags: _,
            resource_policy: _,
            resource_policy_file: _,
            ignore: _,
        } = self;
        let destinations = destinations
            .into_iter()
            .map(|DestinationShape { event_data_store: StoreReference(text) }| text)
            .collect();
        Channel { name: Name::new(name), source, destinations, tags }
    }
}
