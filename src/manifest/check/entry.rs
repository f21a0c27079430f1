//! Rules about what a manifest says beside settings, where it contradicts the rest: `ignore`, `ignoreTags`, `allow`.

use super::scene::{Mistake, Scene, near, path};
use crate::manifest::suggest::MAX_CANDIDATES;
use crate::manifest::wording::quoted;
use crate::state::{MANIFEST_TAG, NAME_TAG};

/// What says whether and which events are recorded.
const RECORDING: [&str; 4] = ["isLogging", "ingestionEnabled", "eventSelectors", "advancedEventSelectors"];

pub(super) fn idle_permission(scene: &Scene<'_>) -> Vec<Mistake> {
    let known = scene.manifest.places.keys().chain(scene.desired.removed.keys());
    let names: Vec<String> = known.take(MAX_CANDIDATES).map(ToString::to_string).collect();
    let mut found = Vec::new();
    // What is not declared may stand in a file that could not be read.
    if !scene.manifest.whole {
        return found;
    }
    for (index, permission) in scene.desired.permissions.iter().enumerate() {
        let resource = permission.key.bound();
        let (places, removed) = (&scene.manifest.places, &scene.desired.removed);
        if places.contains_key(&resource) || removed.contains_key(&resource) {
            continue;
        }
        let message = format!("{} is neither declared nor removed", permission.key);
        let meant = near(&found, &resource.to_string(), names.iter().map(String::as_str));
        let mistake = Mistake::header(path(&format!("allow[{index}].resource")), message).suggest(meant);
        found.push(mistake.help("remove the entry once it has served its purpose"));
    }
    found
}

pub(super) fn ignored_tag(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, spec) in &scene.desired.specs {
        for tag in spec.tags().into_iter().flat_map(|tags| tags.keys()) {
            let own = tag == MANIFEST_TAG || tag == NAME_TAG;
            let pattern = scene.desired.ignore_tags.iter().find(|pattern| pattern.matches(tag));
            let Some(pattern) = pattern.filter(|_| !own) else { continue };
            let message = format!("the tag {} is declared, and `ignoreTags` leaves it alone", quoted(tag));
            let help = format!("remove the tag, or {} from `ignoreTags`", quoted(&pattern.0));
            found.push(super::common::tag_mistake(scene, key, tag, message).on_key().help(help));
        }
    }
    found
}

pub(super) fn ignored_recording(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, paths) in &scene.desired.ignore {
        for setting in paths
            .iter()
            .map(crate::resource::field::Path::as_str)
            .filter(|setting| RECORDING.contains(setting))
        {
            let message = format!("whether {key} records what it should is not looked at");
            let at = scene.entry_of(key, "ignore", setting);
            found.push(Mistake::below(key, at, message).help(format!("declare `{setting}` instead")));
        }
    }
    found
}
