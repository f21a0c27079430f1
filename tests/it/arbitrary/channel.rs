//! Every setting of a channel. Which stores it sends to is known when the manifest is put together.

use super::policy::{channel_statements, policy};
use super::{Settings, always, list, pick, rarely, settings, sometimes, tags, word, words};
use proptest::prelude::*;

/// One more than there are names, so that a channel finds a free one.
pub(super) const SOURCES: [&str; 4] = ["Custom", "OktaSystemLogEvents", "GitHub", "LaunchDarkly"];

pub(super) fn channel(usual: &'static str) -> BoxedStrategy<Settings> {
    let any_source = word(&SOURCES);
    settings(vec![
        // Mostly the same, because another source replaces the channel.
        always("source", prop_oneof![4 => Just(usual.into()), 1 => any_source].boxed()),
        always("destinations", list(pick(), 2)),
        sometimes("tags", tags()),
        sometimes("resourcePolicy", policy(channel_statements())),
        rarely("renamedFrom", pick()),
        rarely("ignore", words(&["destinations", "tags", "tags.team", "resourcePolicy", "source"], 2)),
    ])
}
