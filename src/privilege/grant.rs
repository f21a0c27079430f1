//! Single permissions, and how they come together as few statements that grant not one more.

use super::document::{Conditions, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// One action on some resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    /// Under which heading the reader finds it.
    pub(super) sid: &'static str,
    /// The IAM action.
    pub(super) action: String,
    /// ARNs, or `*`.
    pub(super) resources: BTreeSet<String>,
    /// What must hold.
    pub(super) conditions: Conditions,
}

impl Grant {
    /// The same actions on the same resources, without a condition.
    pub(super) fn of<R: Into<String>>(
        sid: &'static str,
        actions: &[&str],
        resources: impl IntoIterator<Item = R>,
    ) -> Vec<Grant> {
        let resources: BTreeSet<String> = resources.into_iter().map(Into::into).collect();
        let grant = |action: &&str| Grant {
            sid,
            action: (*action).to_owned(),
            resources: resources.clone(),
            conditions: Conditions::new(),
        };
        actions.iter().map(grant).collect()
    }

    pub(super) fn when(mut self, conditions: &Conditions) -> Grant {
        self.conditions.clone_from(conditions);
        self
    }
}

/// Actions share a statement when heading, conditions and the whole set of resources are the same: then the
/// statement's product of actions and resources is what was granted, and nothing else.
pub(super) fn statements(grants: impl IntoIterator<Item = Grant>) -> Vec<Statement> {
    let mut headings: Vec<&'static str> = Vec::new();
    let mut resources_of: BTreeMap<(usize, Conditions, String), BTreeSet<String>> = BTreeMap::new();
    for Grant { sid, action, resources, conditions } in grants {
        let place = headings.iter().position(|heading| *heading == sid).unwrap_or_else(|| {
            headings.push(sid);
            headings.len() - 1
        });
        resources_of.entry((place, conditions, action)).or_default().extend(resources);
    }
    let mut actions_on: BTreeMap<(usize, Conditions, BTreeSet<String>), BTreeSet<String>> = BTreeMap::new();
    for ((place, conditions, action), resources) in resources_of {
        actions_on.entry((place, conditions, resources)).or_default().insert(action);
    }
    let statements = actions_on.into_iter().map(|((place, conditions, resources), actions)| {
        let sid = headings.get(place).copied().unwrap_or_default();
        Statement::allow(sid, actions).on(resources).when(conditions)
    });
    statements.collect()
}
