//! The typed shapes of all files to one `Desired`: keys, tags, policies, and what the manifest says about resources
//! beside their settings. What contradicts itself here is refused; what AWS would refuse is for the checks.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::Value;

use super::Manifest;
use super::header::{AllowShape, FileShape};
use super::load::HEADER;
use super::policy::policy;
use super::position::Pointer;
use super::problem::{At, Code, Problem, Problems};
use super::removed::RemovedShape;
use super::schema::settings;
use super::suggest::closest;
use super::wording::{either, quoted};
use crate::name::{Date, Name, Tags, Target};
use crate::resource::{Guard, Key, Kind, Path, Spec};
use crate::state::{Desired, Permission, Removal, TagPattern, ownership_tags};

/// An entry of `removed` that cannot be.
const REMOVED: Code = Code("TK019");
/// An entry of `allow` or `lint` that cannot be.
const ALLOW: Code = Code("TK020");
/// An entry of `ignore` that names no setting.
const IGNORE: Code = Code("TK026");
/// A `renamedFrom` that cannot be.
const RENAMED: Code = Code("TK027");
/// A tag whose key is reserved.
const RESERVED_TAG: Code = Code("TK028");
/// A policy given in two ways.
const TWO_POLICIES: Code = Code("TK030");

/// What may not be ignored: it says who the resource is, or says how to look at it.
const NOT_SETTINGS: [&str; 4] = ["name", "renamedFrom", "ignore", "resourcePolicyFile"];

/// A `Desired` that is being put together.
pub(super) struct Declaration<'a> {
    manifest: &'a Manifest,
    schema: &'a serde_json::Value,
    problems: &'a mut Problems,
    desired: Desired,
    /// The header's tags.
    tags: Tags,
    /// The codes of warnings that nobody wants to hear.
    silenced: BTreeSet<String>,
}

/// What all kinds say about a resource beside its own settings.
struct Common<'s> {
    name: &'s str,
    tags: &'s BTreeMap<String, String>,
    ignore: &'s [String],
    renamed_from: Option<&'s str>,
    policy: Option<&'s Value>,
    policy_file: Option<&'s str>,
}

impl<'a> Declaration<'a> {
    pub(super) fn new(
        manifest: &'a Manifest,
        target: &Target,
        schema: &'a serde_json::Value,
        problems: &'a mut Problems,
    ) -> Declaration<'a> {
        let header = &manifest.header;
        let desired = Desired {
            manifest: header.name.clone(),
            target: target.clone(),
            specs: BTreeMap::new(),
            renamed_from: BTreeMap::new(),
            removed: BTreeMap::new(),
            ignore: BTreeMap::new(),
            ignore_tags: Vec::new(),
            permissions: Vec::new(),
            management_account: header.management_account.clone(),
        };
        let (tags, silenced) = (Tags::new(), BTreeSet::new());
        Declaration { manifest, schema, problems, desired, tags, silenced }
    }

    /// What the header says about everything. Comes before the resources.
    pub(super) fn header(&mut self, file: usize, shape: &FileShape) {
        let root = Pointer::default();
        if shape.version.is_some_and(|version| version != 1) {
            let problem = Problem::error(HEADER, "the manifest's version is not 1");
            self.push(file, &root.key("version"), problem);
        }
        if let Some(tags) = &shape.tags {
            self.refuse_reserved(file, &root.key("tags"), tags);
            self.tags.extend(tags.clone());
        }
        for (index, tag) in shape.ignore_tags.iter().flatten().enumerate() {
            if is_own(tag) {
                self.push(file, &root.key("ignoreTags").index(index), never_ignored(tag));
            }
            self.desired.ignore_tags.push(TagPattern(tag.clone()));
        }
        for (index, allow) in shape.allow.iter().flatten().enumerate() {
            if let Some(allow) = allow {
                self.allow(file, &root.key("allow").index(index), allow);
            }
        }
        for (index, code) in shape.lint.iter().flat_map(|lint| &lint.allow).enumerate() {
            if super::check::warnings().any(|warning| warning == code) {
                self.silenced.insert(code.clone());
            } else {
                let problem = Problem::error(ALLOW, format!("{} is not the code of a warning", quoted(code)))
                    .help("errors cannot be silenced");
                self.push(file, &root.key("lint").key("allow").index(index), problem);
            }
        }
    }

    /// Everything that one file declares and removes.
    pub(super) fn resources(&mut self, file: usize, shape: FileShape) {
        for trail in shape.trails.into_iter().flatten() {
            let common = Common {
                name: &trail.name,
                tags: &trail.tags,
                ignore: &trail.ignore,
                renamed_from: None,
                policy: None,
                policy_file: None,
            };
            if let Some(tags) = self.common(Kind::Trail, &common) {
                self.declare(Spec::Trail(trail.into_trail(tags)));
            }
        }
        for store in shape.event_data_stores.into_iter().flatten() {
            let common = Common {
                name: &store.name,
                tags: &store.tags,
                ignore: &store.ignore,
                renamed_from: store.renamed_from.as_deref(),
                policy: store.resource_policy.as_ref(),
                policy_file: store.resource_policy_file.as_deref(),
            };
            if let Some(tags) = self.common(Kind::EventDataStore, &common) {
                self.declare(Spec::EventDataStore(store.into_store(tags)));
            }
        }
        for channel in shape.channels.into_iter().flatten() {
            let common = Common {
                name: &channel.name,
                tags: &channel.tags,
                ignore: &channel.ignore,
                renamed_from: channel.renamed_from.as_deref(),
                policy: channel.resource_policy.as_ref(),
                policy_file: channel.resource_policy_file.as_deref(),
            };
            if let Some(tags) = self.common(Kind::Channel, &common) {
                self.declare(Spec::Channel(channel.into_channel(tags)));
            }
        }
        for dashboard in shape.dashboards.into_iter().flatten() {
            let common = Common {
                name: &dashboard.name,
                tags: &dashboard.tags,
                ignore: &dashboard.ignore,
                renamed_from: None,
                policy: dashboard.resource_policy.as_ref(),
                policy_file: dashboard.resource_policy_file.as_deref(),
            };
            if let Some(tags) = self.common(Kind::Dashboard, &common) {
                self.declare(Spec::Dashboard(dashboard.into_dashboard(tags)));
            }
        }
        for (index, removed) in shape.removed.iter().enumerate() {
            if let Some(removed) = removed {
                self.removed(file, &Pointer::default().key("removed").index(index), removed);
            }
        }
    }

    /// All that was declared, and the codes of the warnings that are silenced.
    pub(super) fn finish(mut self) -> (Desired, BTreeSet<String>) {
        self.refuse_contradictions();
        (self.desired, self.silenced)
    }

    fn declare(&mut self, spec: Spec) {
        self.desired.specs.entry(spec.key()).or_insert(spec);
    }

    /// What a resource says beside its settings; answers its tags. None for the second of two with one name.
    fn common(&mut self, kind: Kind, common: &Common<'_>) -> Option<Tags> {
        let Common { name, tags, ignore, renamed_from, policy: document, policy_file } = common;
        let name = Name::new(*name);
        let key = Key::new(kind, &name);
        let (file, at) = self.manifest.places.get(&key).cloned()?;
        if self.desired.specs.contains_key(&key) {
            return None;
        }
        self.refuse_reserved(file, &at.key("tags"), tags);
        for (index, written) in ignore.iter().enumerate() {
            match self.ignored(kind, written) {
                Ok(path) => drop(self.desired.ignore.entry(key.clone()).or_default().insert(path)),
                Err(problem) => self.push(file, &at.key("ignore").index(index), *problem),
            }
        }
        if let Some(old) = renamed_from {
            self.desired.renamed_from.insert(key.clone(), Name::new(*old));
        }
        if let (Some(document), Some(parent)) = (document, kind.as_parent()) {
            let spec = policy(parent, &name, document);
            self.declare(Spec::Policy(spec));
        }
        if policy_file.is_some() && self.manifest.writes(&key, &Pointer::default().key("resourcePolicy")) {
            let message = format!("{key} has both a `resourcePolicy` and a `resourcePolicyFile`");
            self.push(
                file,
                &at.key("resourcePolicyFile"),
                Problem::error(TWO_POLICIES, message).help("remove one"),
            );
        }
        let mut all = self.tags.clone();
        all.extend((*tags).clone());
        all.extend(ownership_tags(&self.desired.manifest, &name));
        Some(all)
    }

    fn ignored(&self, kind: Kind, written: &str) -> Result<Path, Box<Problem>> {
        let path = Path::new(written);
        match path.tag_key() {
            Some(tag) if is_own(tag) => return Err(Box::new(never_ignored(written))),
            Some(tag) if !tag.is_empty() => return Ok(path),
            _ => {}
        }
        let mut known = settings(self.schema, kind.plural());
        known.retain(|setting| !NOT_SETTINGS.contains(&setting.as_str()));
        if known.iter().any(|setting| setting == written) {
            return Ok(path);
        }
        let word = kind.word();
        let problem = Problem::error(
            IGNORE,
            format!("{} is no setting of a {word} that can be ignored", quoted(written)),
        );
        Err(Box::new(match closest(written, known.iter().map(String::as_str)) {
            Some(near) => problem.label(format!("did you mean `{near}`?")),
            None => problem.help(format!("it can be a single tag, as in `tags.team`, or {}", either(&known))),
        }))
    }

    fn refuse_reserved(&mut self, file: usize, at: &Pointer, tags: &BTreeMap<String, String>) {
        for key in tags.keys() {
            let lower = key.to_ascii_lowercase();
            let message = if lower.starts_with("aws:") {
                // AWS reserves the prefix in any letter case (Tagging AWS resources, naming limits).
                format!("the tag {} is AWS's: keys that start with `aws:` are reserved", quoted(key))
            } else if is_own(key) {
                format!("the tag {} is trailkeeper's own, and written by it", quoted(key))
            } else {
                continue;
            };
            let place = self.key_at(file, &at.key(key));
            self.problems.push(Problem::error(RESERVED_TAG, message).at(place).help("remove it"));
        }
    }

    fn allow(&mut self, file: usize, at: &Pointer, allow: &AllowShape) {
        let AllowShape { guard, resource, reason, until } = allow;
        let day = until.as_deref().map(Date::parse);
        if let Some(None) = day {
            let message =
                format!("{} is no day of the calendar", quoted(until.as_deref().unwrap_or_default()));
            self.push(file, &at.key("until"), Problem::error(ALLOW, message));
        }
        let key = Key::parse(resource);
        if key.is_none() {
            let message = format!("{} is not the key of a resource", quoted(resource));
            let help = "a key is a kind and a name, such as `trail/audit`, `eventDataStore/lake` or `policy/channel/okta`";
            self.push(file, &at.key("resource"), Problem::error(ALLOW, message).help(help));
        }
        let guard = Guard::parse(guard);
        if guard == Some(Guard::DataLoss) && until.is_none() {
            let message = "allowing `data-loss` needs an end: `until: YYYY-MM-DD`";
            self.push(file, at, Problem::error(ALLOW, message));
        }
        if let (Some(guard), Some(key)) = (guard, key) {
            let until = day.flatten();
            self.desired.permissions.push(Permission { guard, key, reason: reason.clone(), until });
        }
    }

    fn removed(&mut self, file: usize, at: &Pointer, removed: &RemovedShape) {
        let keys = removed.keys();
        let [key] = keys.as_slice() else {
            let message = "an entry of `removed` names exactly one resource";
            let help = "write `trail:`, `eventDataStore:`, `channel:` or `dashboard:` and its name";
            return self.push(file, at, Problem::error(REMOVED, message).help(help));
        };
        if let Some(place) = self.manifest.value_at(key, &Pointer::default().key("name")) {
            let problem = Problem::error(REMOVED, format!("{key} is both declared and removed"))
                .related(place, "declared here")
                .help("keep one of the two");
            return self.push(file, &at.key(key.kind.word()), problem);
        }
        let removal = Removal { keep: removed.keep, reason: removed.reason.clone() };
        if self.desired.removed.insert(key.clone(), removal).is_some() {
            let problem = Problem::error(REMOVED, format!("{key} is removed twice"));
            self.push(file, &at.key(key.kind.word()), problem);
        }
    }

    /// A name that is given up must be free: neither declared, nor removed, nor given up twice.
    fn refuse_contradictions(&mut self) {
        let mut taken: BTreeMap<Key, &Key> = BTreeMap::new();
        let mut found = Vec::new();
        for (key, old) in &self.desired.renamed_from {
            let old = Key::new(key.kind, old);
            let message = if old == *key {
                format!("{key} has this name already")
            } else if self.manifest.places.contains_key(&old) {
                format!("{key} cannot be renamed from {old}, which is declared too")
            } else if self.desired.removed.contains_key(&old) {
                format!("{key} cannot be renamed from {old}, which is removed")
            } else if let Some(other) = taken.insert(old.clone(), key) {
                format!("both {other} and {key} are renamed from {old}")
            } else {
                continue;
            };
            let problem = Problem::error(RENAMED, message)
                .help("`renamedFrom` is the previous name, which nothing has any more");
            found.push((key.clone(), problem));
        }
        for (key, problem) in found {
            let at = self.manifest.value_at(&key, &Pointer::default().key("renamedFrom"));
            self.problems.push(Problem { at, ..problem });
        }
    }

    fn push(&mut self, file: usize, at: &Pointer, problem: Problem) {
        let at = self.manifest.files.get(file).map(|file| file.value_at(at));
        self.problems.push(Problem { at, ..problem });
    }

    fn key_at(&self, file: usize, at: &Pointer) -> At {
        self.manifest.files.get(file).map_or_else(|| At::file(""), |file| file.key_at(at))
    }
}

/// Whether a tag is one of trailkeeper's, in any letter case.
fn is_own(tag: &str) -> bool {
    tag.to_ascii_lowercase().starts_with("trailkeeper:")
}

fn never_ignored(written: &str) -> Problem {
    let message = format!("{} is trailkeeper's own and is never ignored", quoted(written));
    Problem::error(IGNORE, message).help("its tags tell whose a resource is; remove the entry")
}
