//! What we leave alone becomes part of desired, with a note where somebody should know, so that diff
//! needs no exceptions. One function per reason; what follows from it is the planner's.

mod kms;

use crate::resource::field::changes;
use crate::resource::{Key, Path, Spec};
use crate::state::{
    Desired, Found, Live, Note, Owner, RunOptions, TagPattern, UNFINISHED_TAG, is_own_tag, ownership_tags,
};
use std::collections::{BTreeMap, BTreeSet};

/// The word of a note about a setting that could not be compared.
pub(crate) const UNRESOLVED: &str = "unresolved";

/// What is desired when everything that stays as it is has been added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The manifest's wishes and what was copied from live.
    pub desired: Desired,
    /// What the manifest itself declares, before anything was copied.
    pub declared: BTreeMap<Key, Spec>,
    /// What was left alone and should be known.
    pub notes: Vec<Note>,
}

/// Copies into desired what is not meant to change. Both sides are settled.
pub fn keep(desired: Desired, live: &Live, options: &RunOptions) -> Kept {
    let unfinished = unfinished(&desired, live);
    let mut kept = Kept { declared: desired.specs.clone(), desired, notes: Vec::new() };
    ignored_settings(&mut kept, live, &unfinished);
    ignored_policies(&mut kept, live, &unfinished);
    tags_of_robots(&mut kept, live);
    own_tags(&mut kept, live);
    kms::unresolved(&mut kept, live);
    kms::aliases(&mut kept, live);
    for (key, found) in live.found.iter().filter(|(key, _)| !key.is_policy()) {
        if !kept.declared.contains_key(key) {
            undeclared(&mut kept, key, found, options);
        }
    }
    policies_of_kept(&mut kept, live);
    kept
}

/// What is ignored and has yet to be given its declared values once: the run that made it ended before it had.
fn unfinished(desired: &Desired, live: &Live) -> BTreeMap<Key, BTreeSet<Path>> {
    let declared = desired.ignore.keys().filter(|key| desired.specs.contains_key(key));
    let ours = declared.filter_map(|key| Some((key.clone(), live.found.get(key)?)));
    ours.map(|(key, found)| (key, desired.unfinished(found))).collect()
}

/// `ignore:` names settings and tags that somebody else looks after.
fn ignored_settings(kept: &mut Kept, live: &Live, unfinished: &BTreeMap<Key, BTreeSet<Path>>) {
    for (key, paths) in &kept.desired.ignore {
        let (Some(spec), Some(found)) = (kept.desired.specs.get_mut(key), live.found.get(key)) else {
            continue;
        };
        let before = spec.fields();
        let unfinished = unfinished.get(key);
        let left_alone = |path: &&Path| !unfinished.is_some_and(|paths| paths.contains(*path));
        paths.iter().filter(left_alone).for_each(|path| spec.leave(path, &found.spec));
        let left: BTreeSet<Path> = changes(&before, &spec.fields())
            .into_iter()
            .filter(|change| !change.path.tag_key().is_some_and(is_own_tag))
            .map(|change| change.path)
            .collect();
        if !left.is_empty() {
            let left: Vec<&str> = left.iter().map(Path::as_str).collect();
            kept.notes.push(note(key, "ignored", format!("{}: left as it is", left.join(", "))));
        }
    }
}

/// `ignore: [resourcePolicy]`: the live policy stays, or stays away.
fn ignored_policies(kept: &mut Kept, live: &Live, unfinished: &BTreeMap<Key, BTreeSet<Path>>) {
    let path = Path::new("resourcePolicy");
    let awaited = |key: &Key| unfinished.get(key).is_some_and(|paths| paths.contains(&path));
    let ignoring = kept.desired.ignore.iter().filter(|(key, paths)| paths.contains(&path) && !awaited(key));
    let policies =
        ignoring.filter(|(key, _)| live.found.contains_key(key)).filter_map(|(key, _)| key.policy());
    for key in policies.collect::<Vec<Key>>() {
        let left = live.found.get(&key).map(|found| found.spec.clone());
        let declared = match &left {
            Some(spec) => kept.desired.specs.insert(key.clone(), spec.clone()),
            None => kept.desired.specs.remove(&key),
        };
        let fields = |spec: &Option<Spec>| spec.as_ref().map(Spec::fields).unwrap_or_default();
        if fields(&declared) != fields(&left) {
            kept.notes.push(note(&key, "ignored", "left as it is".to_owned()));
        }
    }
}

/// Tags under `ignoreTags`, and AWS's own, are left as they are on every declared resource.
fn tags_of_robots(kept: &mut Kept, live: &Live) {
    let Desired { specs, ignore_tags, .. } = &mut kept.desired;
    for (key, spec) in specs.iter_mut() {
        let Some(found) = live.found.get(key) else { continue };
        let (Some(tags), Some(live_tags)) = (spec.tags_mut(), found.spec.tags()) else { continue };
        tags.retain(|tag, _| !of_robots(tag, ignore_tags));
        let robots = live_tags.iter().filter(|(tag, _)| of_robots(tag, ignore_tags));
        tags.extend(robots.map(|(tag, value)| (tag.clone(), value.clone())));
    }
}

fn of_robots(tag: &str, patterns: &[TagPattern]) -> bool {
    is_of_aws(tag) || patterns.iter().any(|pattern| pattern.matches(tag))
}

/// Keys with this prefix are AWS's; nobody else can write them (Tag Editor user guide, tag naming limits).
pub(crate) fn is_of_aws(tag: &str) -> bool {
    tag.starts_with("aws:")
}

/// Our tags are never left to anybody, whatever is ignored.
fn own_tags(kept: &mut Kept, live: &Live) {
    let Desired { specs, manifest, .. } = &mut kept.desired;
    for (key, spec) in specs.iter_mut().filter(|(key, _)| live.found.contains_key(key)) {
        if let Some(tags) = spec.tags_mut() {
            tags.remove(UNFINISHED_TAG);
            tags.extend(ownership_tags(manifest, &key.name));
        }
    }
}

/// What is live and not declared: somebody else's, to be forgotten, or ours and kept.
/// What is neither stays out of desired and is deleted.
fn undeclared(kept: &mut Kept, key: &Key, found: &Found, options: &RunOptions) {
    let ours = kept.desired.owns(&found.owner);
    match kept.desired.removed.get(key) {
        _ if !ours => copy(kept, key, found),
        Some(removal) if removal.keep => forgotten(kept, key, found),
        Some(_) => {}
        None if options.prune => {}
        None => {
            let said = match &found.owner {
                Owner::Manifest { name, .. } if *name != key.name => format!(" (trailkeeper:name is {name})"),
                Owner::Manifest { .. } | Owner::Nobody => String::new(),
            };
            let text = format!("ours{said}, but neither declared nor removed");
            kept.notes.push(note(key, "kept", text));
            copy(kept, key, found);
        }
    }
}

/// `removed:` with `keep: true`: everything stays but our two tags.
fn forgotten(kept: &mut Kept, key: &Key, found: &Found) {
    let mut spec = found.spec.clone();
    if let Some(tags) = spec.tags_mut() {
        tags.retain(|tag, _| !is_own_tag(tag));
    }
    kept.desired.specs.insert(key.clone(), spec);
}

fn copy(kept: &mut Kept, key: &Key, found: &Found) {
    kept.desired.specs.insert(key.clone(), found.spec.clone());
}

/// The policy of what is kept is kept. Where the parent is declared, a policy that is not is drift.
fn policies_of_kept(kept: &mut Kept, live: &Live) {
    for (key, found) in live.found.iter().filter(|(key, _)| key.is_policy()) {
        let parent = key.bound();
        let going = live.found.contains_key(&parent) && !kept.desired.specs.contains_key(&parent);
        if !kept.declared.contains_key(&parent) && !going {
            copy(kept, key, found);
        }
    }
}

fn note(key: &Key, word: &'static str, text: String) -> Note {
    Note { key: Some(key.clone()), word, text }
}
