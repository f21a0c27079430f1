//! The heart: what the manifest asks and what the account has, side by side.
//! Plain data; who fills it and what follows from it stands in the modules to the right.

pub mod who;

use crate::name::{AccountId, Arn, Date, Name, Region, Tags};
use crate::resource::midway::comes_later;
use crate::resource::{Guard, Health, Key, Kind, Part, Path, Spec, Text};
use std::collections::{BTreeMap, BTreeSet};

pub use crate::name::Target;

/// The tag that says whose a resource is: the value is the manifest's name.
pub const MANIFEST_TAG: &str = "trailkeeper:manifest";

/// The tag that says which declared resource this is: the value is its declared name.
pub const NAME_TAG: &str = "trailkeeper:name";

/// The tag of a resource that is being made: the value names the settings that follow in calls of their own and that
/// `ignore` leaves alone from then on. Its last call takes it off, so that a run which ended before is known by it.
pub const UNFINISHED_TAG: &str = "trailkeeper:unfinished";

/// Whether a tag is one of ours.
pub(crate) fn is_own_tag(tag: &str) -> bool {
    [MANIFEST_TAG, NAME_TAG, UNFINISHED_TAG].contains(&tag)
}

/// Our two tags for a resource of this manifest.
pub fn ownership_tags(manifest: &str, name: &Name) -> Tags {
    Tags::from([
        (MANIFEST_TAG.to_owned(), manifest.to_owned()),
        (NAME_TAG.to_owned(), name.as_str().to_owned()),
    ])
}

/// What the manifest asks: defaults filled in, variables and target plain text, our two tags added, every check passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The manifest's name: the value of the ownership tag.
    pub manifest: String,
    /// Whose CloudTrail, and where.
    pub target: Target,
    /// Every declared resource, policies as resources of their own.
    pub specs: BTreeMap<Key, Spec>,
    /// The previous name of a store or channel that is being renamed (`renamedFrom`).
    pub renamed_from: BTreeMap<Key, Name>,
    /// What is to be deleted or forgotten.
    pub removed: BTreeMap<Key, Removal>,
    /// Settings and single tags that somebody else looks after, by resource. `resourcePolicy` is one of them.
    pub ignore: BTreeMap<Key, BTreeSet<Path>>,
    /// Patterns of tag keys that robots set, left alone on every resource.
    pub ignore_tags: Vec<TagPattern>,
    /// What the header's `allow` permits.
    pub permissions: Vec<Permission>,
    /// The organization's management account, when this account may write its resources.
    pub management_account: Option<AccountId>,
}

/// An entry of `removed:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Forget it: our tags come off, it keeps running.
    pub keep: bool,
    /// Why, for the reviewers.
    pub reason: Option<String>,
}

/// A tag key, or the beginning of one: `awsApplication`, `map-*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagPattern(pub String);

impl TagPattern {
    /// Whether this tag key is meant.
    pub fn matches(&self, key: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => key.starts_with(prefix),
            None => key == self.0,
        }
    }
}

/// Something that a guard would stop, allowed by the manifest's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Which guard.
    pub guard: Guard,
    /// For which resource.
    pub key: Key,
    /// Why, for the reviewers.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

/// What must be read, and what must be known to understand it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asks {
    /// The kinds that the manifest declares or removes: these must be read completely, or reading fails.
    pub needed: BTreeSet<Kind>,
    /// The manifest's distinct spellings of KMS keys.
    pub kms_keys: BTreeSet<String>,
    /// Resources whose ARN bears this account are read as writable too.
    pub management_account: Option<AccountId>,
}

impl Desired {
    /// What must be read to plan this manifest. Where a resource is declared, the absence of a policy
    /// means something too, so its kind's policies are needed with it.
    pub fn asks(&self) -> Asks {
        let declared = self.specs.keys().flat_map(|key| [Some(key.clone()), key.bound().policy()]);
        let kinds = declared.flatten().map(|key| key.kind).chain(self.removed.keys().map(|key| key.kind));
        let keys = self.specs.values().filter_map(Spec::kms_key).filter(|spelling| !is_key_arn(spelling));
        Asks {
            needed: kinds.collect(),
            kms_keys: keys.map(str::to_owned).collect(),
            management_account: self.management_account.clone(),
        }
    }

    /// The ignored settings that are given to a resource once, when it is made, and in calls after the creating one.
    pub fn postponed(&self, key: &Key) -> BTreeSet<Path> {
        let Some((ignored, spec)) = self.ignore.get(key).zip(self.specs.get(key)) else {
            return BTreeSet::new();
        };
        let policy = key.policy().filter(|policy| self.specs.contains_key(policy));
        let later = comes_later(spec).into_iter().chain(policy.map(|_| Path::new("resourcePolicy")));
        later.filter(|path| ignored.contains(path)).collect()
    }

    /// The postponed settings of a resource of ours that no run has given to it yet, as its tag says.
    pub fn unfinished(&self, found: &Found) -> BTreeSet<Path> {
        let mark =
            found.spec.tags().and_then(|tags| tags.get(UNFINISHED_TAG)).filter(|_| self.owns(&found.owner));
        mark.into_iter().flat_map(|settings| settings.split(' ')).map(Path::new).collect()
    }

    /// Whether these ownership tags are this manifest's.
    pub fn owns(&self, owner: &Owner) -> bool {
        matches!(owner, Owner::Manifest { manifest, .. } if *manifest == self.manifest)
    }
}

/// Whether a spelling is a key's ARN already, so that KMS need not be asked what it means.
pub(crate) fn is_key_arn(spelling: &str) -> bool {
    Arn::parse(spelling).is_ok_and(|arn| arn.service() == "kms" && arn.resource().starts_with("key/"))
}

/// What the account has: complete for every kind that was needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Whose CloudTrail, and where.
    pub target: Target,
    /// Everything that this account may write. Keys bear the live name until settle gives them the declared one.
    pub found: BTreeMap<Key, Found>,
    /// Stores that wait for their deletion.
    pub pending: Vec<Pending>,
    /// What is not ours to write, and why.
    pub foreign: Vec<Foreign>,
    /// KMS spellings, desired and live, and the keys that they mean.
    pub kms_keys: BTreeMap<String, Arn>,
    /// KMS spellings that could not be resolved, and why.
    pub unresolved_keys: BTreeMap<String, String>,
    /// Kinds that could not be read and were not needed, and why.
    pub unread: BTreeMap<Kind, String>,
    /// What the service tells of writable resources beside their settings.
    pub health: BTreeMap<Arn, Health>,
}

/// A live resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its ARN; a policy's is that of its parent.
    pub arn: Arn,
    /// Its settings.
    pub spec: Spec,
    /// Who says that it is theirs; a policy's is that of its parent.
    pub owner: Owner,
}

/// Who says that a live resource is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Our ownership tags: of this manifest or of another one.
    Manifest {
        /// The manifest's name.
        manifest: String,
        /// The declared name.
        name: Name,
    },
    /// No ownership tag. Untagged is not nobody's: Terraform and CloudFormation leave no mark on trails.
    Nobody,
}

/// An event data store in PENDING_DELETION.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: Name,
}

impl Pending {
    /// Kind and name.
    pub fn key(&self) -> Key {
        Key::new(Kind::EventDataStore, &self.name)
    }
}

/// Something that this account sees and must not write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Kind and name.
    pub key: Key,
    /// Its ARN.
    pub arn: Arn,
    /// Why it is not ours to write.
    pub why: Foreignness,
    /// What could be read of it.
    pub spec: Option<Box<Spec>>,
}

/// Why something is not ours to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreignness {
    /// A trail or store whose ARN bears another account.
    Account(AccountId),
    /// A trail or store whose home is another region.
    HomeRegion(Region),
    /// A service-linked channel, a managed dashboard, a trail of Control Tower.
    Service(String),
}

/// Key to ARN: seeded from live, extended by each create, shortened by each delete. Nothing is ever predicted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bindings(BTreeMap<Key, Arn>);

impl Bindings {
    /// The ARNs of everything live.
    pub fn of(live: &Live) -> Bindings {
        let own = live.found.iter().filter(|(key, _)| !key.is_policy());
        Bindings(own.map(|(key, found)| (key.clone(), found.arn.clone())).collect())
    }

    /// The ARN that calls about this key use; a policy's is its parent's.
    pub fn arn(&self, key: &Key) -> Option<&Arn> {
        self.0.get(&key.bound())
    }

    /// Everything that is known, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Arn)> {
        self.0.iter()
    }

    /// Remembers what a create returned.
    pub fn bind(&mut self, key: &Key, arn: Arn) {
        self.0.insert(key.bound(), arn);
    }

    /// Forgets what a delete removed.
    pub fn unbind(&mut self, key: &Key) {
        self.0.remove(&key.bound());
    }

    /// The text with every reference replaced.
    ///
    /// # Errors
    /// The first resource whose ARN is not known.
    pub fn write(&self, text: &Text) -> Result<String, Key> {
        text.write(|part| self.part(part)).map_err(|part| match part {
            Part::Arn(key) | Part::Id(key) => key,
            // A literal always writes itself, so no literal comes back.
            Part::Lit(text) => Key::new(Kind::Trail, &Name::new(text)),
        })
    }

    /// The text with the references that are known replaced, and the others as `${channels.okta.arn}`.
    pub fn spell(&self, text: &Text) -> String {
        let written = text.parts().iter().map(|part| match part {
            Part::Lit(text) => text.clone(),
            other => self.part(other).unwrap_or_else(|| other.to_string()),
        });
        written.collect()
    }

    fn part(&self, part: &Part) -> Option<String> {
        match part {
            Part::Lit(text) => Some(text.clone()),
            Part::Arn(key) => Some(self.arn(key)?.as_str().to_owned()),
            Part::Id(key) => Some(self.arn(key)?.id().to_owned()),
        }
    }
}

/// What the command line adds to the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Delete what is ours but neither declared nor removed.
    pub prune: bool,
    /// The most deletions that prune may plan.
    pub max_deletes: Option<usize>,
    /// `--allow CLASS=KEY`.
    pub allow: BTreeSet<(Guard, Key)>,
    /// The day of the run, in UTC, for permissions that end.
    pub today: Date,
}

/// Something that the reader should know and that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about; none when it is about the whole run.
    pub key: Option<Key>,
    /// One word for the first column of the text report: `kept`, `note`, `unread`, …
    pub word: &'static str,
    /// What to know.
    pub text: String,
}
