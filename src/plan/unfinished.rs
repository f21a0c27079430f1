//! What is given to a resource once and left to others from then on: a run that ends in between must not look as if they
//! had chosen what it left. The resource bears a tag until it has everything, and the next run goes on from there.

use super::draft::Case;
use crate::resource::{Action, After, Key, Path, Spec, Task, Way};
use crate::state::UNFINISHED_TAG;
use std::collections::BTreeSet;

/// The calls that make a resource. The mark travels in the creating call, as the other tags do.
pub(super) fn create(case: &Case, key: &Key, desired: &Spec) -> Vec<Task> {
    let postponed = case.desired().postponed(key);
    if postponed.is_empty() {
        return desired.create();
    }
    let settings: Vec<&str> = postponed.iter().map(Path::as_str).collect();
    let mut marked = desired.clone();
    if let Some(tags) = marked.tags_mut() {
        tags.insert(UNFINISHED_TAG.to_owned(), settings.join(" "));
    }
    finish(key, marked.create())
}

/// How live becomes desired; a mark goes when there is nothing else to do.
pub(super) fn update(key: &Key, desired: &Spec, live: &Spec) -> Way {
    let is_marked = |spec: &Spec| spec.tags().is_some_and(|tags| tags.contains_key(UNFINISHED_TAG));
    if !is_marked(live) || is_marked(desired) {
        return desired.update(live);
    }
    let mut unmarked = live.clone();
    if let Some(tags) = unmarked.tags_mut() {
        tags.remove(UNFINISHED_TAG);
    }
    match desired.update(&unmarked) {
        Way::InPlace(tasks) => Way::InPlace(finish(key, tasks)),
        other => other,
    }
}

/// Takes the mark off after everything else, the policy included.
fn finish(key: &Key, mut tasks: Vec<Task>) -> Vec<Task> {
    let own = (0..tasks.len()).map(After::Own);
    let after = own.chain(key.policy().map(After::Key)).collect();
    tasks.push(Task { action: Action::RemoveTags(BTreeSet::from([UNFINISHED_TAG.to_owned()])), after });
    tasks
}
