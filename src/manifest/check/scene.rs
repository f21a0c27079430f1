//! What a check sees: the resolved specs, and which parts of the target are really known. And what it says.

use crate::manifest::Manifest;
use crate::manifest::position::{Pointer, Segment};
use crate::manifest::problem::{Code, MAX_KEPT, Problem, Severity};
use crate::manifest::suggest::closest;
use crate::name::{AccountId, Region, Target};
use crate::resource::{Channel, Dashboard, EventDataStore, Key, Kind, Parent, Policy, Spec, Trail};
use crate::state::Desired;

/// The manifest as the checks see it.
pub(super) struct Scene<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) desired: &'a Desired,
    /// The account, unless it is a stand-in.
    pub(super) account: Option<&'a AccountId>,
    /// The region, unless it is a stand-in.
    pub(super) region: Option<&'a Region>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(manifest: &'a Manifest, desired: &'a Desired, target: &'a Target) -> Scene<'a> {
        let stand_in = &manifest.stand_in;
        let account = manifest.header.account.is_some() || target.account != stand_in.account;
        let region = manifest.header.region.is_some() || target.region != stand_in.region;
        Scene {
            manifest,
            desired,
            account: account.then_some(&target.account),
            region: region.then_some(&target.region),
        }
    }

    pub(super) fn trails(&self) -> impl Iterator<Item = (&'a Key, &'a Trail)> {
        self.desired.specs.iter().filter_map(|(key, spec)| match spec {
            Spec::Trail(trail) => Some((key, trail)),
            _ => None,
        })
    }

    pub(super) fn stores(&self) -> impl Iterator<Item = (&'a Key, &'a EventDataStore)> {
        self.desired.specs.iter().filter_map(|(key, spec)| match spec {
            Spec::EventDataStore(store) => Some((key, store)),
            _ => None,
        })
    }

    pub(super) fn channels(&self) -> impl Iterator<Item = (&'a Key, &'a Channel)> {
        self.desired.specs.iter().filter_map(|(key, spec)| match spec {
            Spec::Channel(channel) => Some((key, channel)),
            _ => None,
        })
    }

    pub(super) fn dashboards(&self) -> impl Iterator<Item = (&'a Key, &'a Dashboard)> {
        self.desired.specs.iter().filter_map(|(key, spec)| match spec {
            Spec::Dashboard(dashboard) => Some((key, dashboard)),
            _ => None,
        })
    }

    pub(super) fn policies(&self) -> impl Iterator<Item = (&'a Key, &'a Policy)> {
        self.desired.specs.iter().filter_map(|(key, spec)| match spec {
            Spec::Policy(policy) => Some((key, policy)),
            _ => None,
        })
    }

    /// A declared store whose settings could be read.
    pub(super) fn store(&self, key: &Key) -> Option<&'a EventDataStore> {
        match self.desired.specs.get(key) {
            Some(Spec::EventDataStore(store)) => Some(store),
            _ => None,
        }
    }

    /// The policy of a declared resource.
    pub(super) fn policy_of(&self, key: &Key) -> Option<&'a Policy> {
        match self.desired.specs.get(&key.policy()?) {
            Some(Spec::Policy(policy)) => Some(policy),
            _ => None,
        }
    }

    /// Whether a resource's policy is somebody else's, stands in a file that has not been read, or cannot be understood.
    pub(super) fn policy_elsewhere(&self, key: &Key) -> bool {
        let ignored = self.desired.ignore.get(key).into_iter().flatten();
        ignored.into_iter().any(|path| path.as_str() == "resourcePolicy")
            || self.manifest.writes(key, &path("resourcePolicyFile"))
            || self.policy_of(key).is_none() && self.manifest.writes(key, &path("resourcePolicy"))
    }

    /// Where a text stands in a list of a resource; the list when it is not found in it.
    pub(super) fn entry_of(&self, key: &Key, list: &str, text: &str) -> Pointer {
        let at = path(list);
        let entries = self.manifest.written(key, &at).and_then(|written| written.as_sequence());
        match entries.and_then(|entries| entries.iter().position(|entry| entry.as_str() == Some(text))) {
            Some(index) => at.index(index),
            None => at,
        }
    }

    /// Whether every declared resource of a kind could be read: what is missing may stand in one that could not.
    pub(super) fn knows_all(&self, kind: Kind) -> bool {
        let mut declared = self.manifest.places.keys().filter(|key| key.kind == kind);
        self.manifest.whole && declared.all(|key| self.desired.specs.contains_key(key))
    }

    /// Whether a setting is written, not left to its default.
    pub(super) fn writes(&self, key: &Key, setting: &str) -> bool {
        self.manifest.writes(key, &path(setting))
    }
}

/// What a check has found: where below a resource, and what is wrong.
pub(super) struct Mistake {
    key: Option<Key>,
    at: Pointer,
    on_key: bool,
    message: String,
    label: Option<String>,
    help: Vec<String>,
    related: Option<(Key, Pointer, String)>,
}

impl Mistake {
    /// At a setting of a resource: `fieldSelectors[0].field`.
    pub(super) fn new(key: &Key, setting: &str, message: impl Into<String>) -> Mistake {
        Mistake::below(key, path(setting), message)
    }

    /// At a setting where it is written, else at the resource's name.
    pub(super) fn of(scene: &Scene<'_>, key: &Key, setting: &str, message: impl Into<String>) -> Mistake {
        Mistake::new(key, if scene.writes(key, setting) { setting } else { "name" }, message)
    }

    /// At any place below a resource.
    pub(super) fn below(key: &Key, at: Pointer, message: impl Into<String>) -> Mistake {
        let (key, message) = (Some(key.clone()), message.into());
        Mistake { key, at, on_key: false, message, label: None, help: Vec::new(), related: None }
    }

    /// At a place in the header.
    pub(super) fn header(at: Pointer, message: impl Into<String>) -> Mistake {
        let message = message.into();
        Mistake { key: None, at, on_key: false, message, label: None, help: Vec::new(), related: None }
    }

    /// At the setting's key instead of its value.
    pub(super) fn on_key(self) -> Mistake {
        Mistake { on_key: true, ..self }
    }

    /// With words under the place.
    pub(super) fn label(self, label: impl Into<String>) -> Mistake {
        Mistake { label: Some(label.into()), ..self }
    }

    /// With "did you mean", if something is near.
    pub(super) fn suggest(self, near: Option<&str>) -> Mistake {
        match near {
            Some(near) => self.label(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// With what to do.
    pub(super) fn help(mut self, help: impl Into<String>) -> Mistake {
        self.help.push(help.into());
        self
    }

    /// With another place that belongs to it.
    pub(super) fn related(self, key: &Key, setting: &str, words: impl Into<String>) -> Mistake {
        Mistake { related: Some((key.clone(), path(setting), words.into())), ..self }
    }

    /// The mistake at its place in the files.
    pub(super) fn problem(self, manifest: &Manifest, code: Code, severity: Severity) -> Problem {
        let Mistake { key, at, on_key, message, label, help, related } = self;
        let place = match &key {
            Some(key) if on_key => manifest.key_at(key, &at),
            Some(key) => manifest.value_at(key, &at),
            None => {
                let header = manifest.files.iter().find(|file| file.writes(&at));
                header.map(|file| if on_key { file.key_at(&at) } else { file.value_at(&at) })
            }
        };
        let problem = match severity {
            Severity::Error => Problem::error(code, message),
            Severity::Warning => Problem::warning(code, message),
        };
        let problem = Problem { at: place, label, help, ..problem };
        match related.and_then(|(key, at, words)| Some((manifest.value_at(&key, &at)?, words))) {
            Some((at, words)) => problem.related(at, words),
            None => problem,
        }
    }
}

/// The candidate that a word most likely means; none once more is wrong than anybody is told, so that a flood of mistakes is
/// told as fast as one.
pub(super) fn near<'c>(
    found: &[Mistake],
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    if found.len() < MAX_KEPT { closest(word, candidates) } else { None }
}

/// Reads `a.b[1].c`. Keys with dots or brackets of their own are not for it.
pub(super) fn path(text: &str) -> Pointer {
    let steps = text.split(['.', '[']).map(|step| match step.strip_suffix(']') {
        Some(index) => Segment::Index(index.parse().unwrap_or_default()),
        None => Segment::Key(step.to_owned()),
    });
    Pointer(steps.collect())
}

/// A word for the resource that bears a policy.
pub(super) fn parent_word(parent: Parent) -> &'static str {
    match parent {
        Parent::EventDataStore => "an event data store",
        Parent::Channel => "a channel",
        Parent::Dashboard => "a dashboard",
    }
}
