//! What a resource answers when asked how it is made, changed or deleted.

use super::{Action, Key};
use crate::name::Tags;

/// One call and what it must wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The call.
    pub action: Action,
    /// True needs only: what would fail, or record the wrong thing, without them.
    pub after: Vec<After>,
}

/// Something that a task waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// The task at this index of the same list.
    Own(usize),
    /// The calls of this plan that make the other resource what it must be: its create, or its main update;
    /// for a policy, the call that puts it. When the plan holds none, there is nothing to wait for.
    Key(Key),
    /// Only the call of this plan that makes the other resource exist: its create. Nothing when it exists already,
    /// so that a policy never waits for an update of its parent that itself waits for the policy.
    Exists(Key),
}

/// How live becomes desired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By these calls; none when nothing that can be written differs.
    InPlace(Vec<Task>),
    /// Only by deleting and creating, for this reason.
    Replace(String),
    /// Not at all.
    Impossible {
        /// The reason, with the service's rule.
        why: String,
        /// What to do instead.
        help: String,
    },
}

impl Task {
    /// A task that waits for nothing.
    pub fn first(action: Action) -> Task {
        Task { action, after: Vec::new() }
    }

    /// A task that waits for these tasks of its own list.
    pub fn after_own(action: Action, own: &[usize]) -> Task {
        Task { action, after: own.iter().copied().map(After::Own).collect() }
    }

    /// The same task, waiting for these too.
    pub(super) fn and_after(mut self, more: impl IntoIterator<Item = After>) -> Task {
        self.after.extend(more);
        self
    }
}

/// Puts the task at the end of the list and answers its place, for the tasks that wait for it.
pub(super) fn push(tasks: &mut Vec<Task>, task: Task) -> usize {
    tasks.push(task);
    tasks.len() - 1
}

/// Appends a list of tasks whose places count from its own beginning.
pub(super) fn append(tasks: &mut Vec<Task>, more: Vec<Task>) {
    let offset = tasks.len();
    for mut task in more {
        for after in &mut task.after {
            if let After::Own(index) = after {
                *index += offset;
            }
        }
        tasks.push(task);
    }
}

/// The calls that turn the live tags into the desired ones. Tags are independent of everything else.
pub fn tag_tasks(desired: &Tags, live: &Tags) -> Vec<Task> {
    let added: Tags = desired
        .iter()
        .filter(|(key, value)| live.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let removed: std::collections::BTreeSet<String> =
        live.keys().filter(|key| !desired.contains_key(*key)).cloned().collect();
    let mut tasks = Vec::new();
    // Removing comes first: with 50 tags on the resource there is no room for another (API reference, AddTags).
    // Our own ownership tags are only ever among the removed when a resource is forgotten.
    if !removed.is_empty() {
        tasks.push(Task::first(Action::RemoveTags(removed)));
    }
    if !added.is_empty() {
        let own: Vec<usize> = (0..tasks.len()).collect();
        tasks.push(Task::after_own(Action::AddTags(added), &own));
    }
    tasks
}

/// Tags as the service's `TagsList`.
pub(super) fn tag_list(tags: &Tags) -> Vec<serde_json::Value> {
    tags.iter().map(|(key, value)| serde_json::json!({"Key": key, "Value": value})).collect()
}
