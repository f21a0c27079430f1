//! TEXT <-> Desired. The only module that knows YAML.
//!
//! `source`, `scan`, `position`: the text, and where each value stands. `variables`: `${…}`. `schema`, `walker`: the shape.
//! One file per kind: its settings, and the spec that they mean. `resolve`: everything together. `check`: what AWS would refuse.
//! `export`: the way back, from `Live` to text.

pub mod document;
pub mod position;
pub mod problem;
pub mod source;

mod finding;
mod render;
mod scalar;
mod scan;
pub(crate) mod suggest;
mod walker;
mod wording;

mod file;
mod header;
mod piece;
mod reference;
mod variables;

mod channel;
mod dashboard;
mod event_data_store;
mod policy;
mod removed;
mod selector;
mod trail;

mod declare;
mod editor;
mod load;
mod repair;
mod resolve;
mod schema;
mod silence;

mod check;
mod explain;

pub mod export;

pub use check::{CHECKS, Check};
pub use document::{Document, read_document};
pub use explain::{Rule, explain, rules};
pub use export::export;
pub use header::Header;
pub use problem::{Problem, Problems};
pub use render::render_text;
pub use schema::schema;
pub use source::{SourceFile, Sources};
pub use walker::check_shape;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::Value;

use self::file::File;
use self::position::{Pointer, Segment};
use self::problem::At;
use crate::name::Target;
use crate::resource::{Key, Path};
use crate::state::Desired;

/// A manifest whose shape is right, with the place of everything in it.
#[derive(Debug, Clone)]
pub struct Manifest {
    files: Vec<File>,
    header: Header,
    /// The header's `vars`; none when no header could be read.
    vars: Option<BTreeMap<String, Value>>,
    stand_in: Target,
    /// Whether every file could be read: what is not declared may stand in one that could not.
    whole: bool,
    /// Where each declared resource stands: which file, and where in it.
    places: BTreeMap<Key, (usize, Pointer)>,
    /// The schema of the shapes, derived once for every target.
    schema: Arc<serde_json::Value>,
}

/// What a manifest means for one target.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// What it asks; every check passed.
    pub desired: Desired,
    /// What stops nothing and is worth a look.
    pub warnings: Vec<Problem>,
    /// The warnings that the manifest does not want to hear.
    pub silenced: Vec<Problem>,
}

impl Manifest {
    /// Reads all files of a manifest.
    ///
    /// # Errors
    /// Everything that is wrong in any of them, as far as it shows without the files that they name: shape, variables,
    /// references and what AWS would refuse.
    pub fn parse(sources: &[SourceFile]) -> Result<Manifest, Problems> {
        load::load(sources)
    }

    /// What is wrong in these files of a manifest, where others of it cannot be read: what is not declared here may
    /// stand in those.
    pub fn examine_part(sources: &[SourceFile]) -> Problems {
        load::look(sources, false).1
    }

    /// What the header says.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The policy files that the manifest names for a target, each once, as to be opened: relative ones stand beside the
    /// manifest file that names them.
    pub fn files(&self, target: &Target) -> Vec<String> {
        let mut paths: Vec<String> = self
            .files
            .iter()
            .flat_map(|file| resolve::policy_files(self, file, target))
            .map(|(_, path)| path)
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// What the manifest means for a target. `policies` holds each of [`Manifest::files`] for the same target: its bytes,
    /// or why they cannot be read.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn resolve(
        &self,
        target: &Target,
        policies: &BTreeMap<String, Result<Vec<u8>, String>>,
    ) -> Result<Resolved, Problems> {
        let resolve::Examined { desired, problems } = resolve::examine(self, target, Some(policies));
        if problems.has_errors() {
            return Err(problems);
        }
        let silenced = problems.silenced().to_vec();
        Ok(Resolved { desired, warnings: problems.iter().cloned().collect(), silenced })
    }

    /// The header's account and region, or examples where it names none: for looking at a manifest without AWS.
    /// Checks that compare with the target's account or region are left out for what the header does not name.
    pub fn stand_in_target(&self) -> Target {
        self.stand_in.clone()
    }

    /// Where a setting of a declared resource stands; the resource itself when the setting is not written.
    pub fn at(&self, key: &Key, path: &Path) -> Option<At> {
        self.value_at(key, &below(path))
    }

    /// Where the manifest speaks of a resource: at the first of these settings that it writes, else where it declares
    /// or removes the resource. None when it does neither.
    pub fn speaks_of<'p>(&self, key: &Key, mut paths: impl Iterator<Item = &'p Path>) -> Option<At> {
        let written = paths.find(|path| self.writes(key, &below(path)));
        let declared = || match key.is_policy() {
            true => self.value_at(key, &Pointer::default()),
            false => self.value_at(key, &Pointer::default().key("name")),
        };
        match written {
            Some(path) => self.at(key, path),
            None => declared().or_else(|| self.removed_at(&key.bound())),
        }
    }

    /// The entry of `removed` that names this resource.
    fn removed_at(&self, key: &Key) -> Option<At> {
        let word = key.kind.word();
        self.files.iter().find_map(|file| {
            let entries = file.document.value.get("removed")?.as_sequence()?;
            let names = |entry: &Value| entry.get(word).and_then(Value::as_str) == Some(key.name.as_str());
            let index = entries.iter().position(names)?;
            Some(file.value_at(&Pointer::default().key("removed").index(index).key(word)))
        })
    }

    /// Where a value below a resource stands; a policy's begin at its `resourcePolicy`.
    fn value_at(&self, key: &Key, below: &Pointer) -> Option<At> {
        let (file, pointer) = self.standing(key, below)?;
        Some(file.value_at(&pointer))
    }

    /// Where the key of a setting below a resource stands.
    fn key_at(&self, key: &Key, below: &Pointer) -> Option<At> {
        let (file, pointer) = self.standing(key, below)?;
        Some(file.key_at(&pointer))
    }

    /// Whether a resource writes this setting, or has it by default.
    fn writes(&self, key: &Key, below: &Pointer) -> bool {
        self.standing(key, below).is_some_and(|(file, pointer)| file.writes(&pointer))
    }

    /// What is written at a place below a resource, before variables are put in.
    fn written(&self, key: &Key, below: &Pointer) -> Option<&Value> {
        let (file, pointer) = self.standing(key, below)?;
        pointer.0.iter().try_fold(&file.document.value, |value, segment| match segment {
            Segment::Key(key) => value.get(key.as_str()),
            Segment::Index(index) => value.get(*index),
        })
    }

    fn standing(&self, key: &Key, below: &Pointer) -> Option<(&File, Pointer)> {
        let (file, entry) = self.places.get(&key.bound())?;
        let mut pointer = entry.clone();
        if key.is_policy() {
            pointer.0.push(Segment::Key("resourcePolicy".to_owned()));
        }
        pointer.0.extend(below.0.iter().cloned());
        Some((self.files.get(*file)?, pointer))
    }
}

/// Where a setting stands below its resource.
fn below(path: &Path) -> Pointer {
    match path.tag_key() {
        Some(tag) => Pointer::default().key("tags").key(tag),
        None => path.as_str().split('.').fold(Pointer::default(), |at, step| at.key(step)),
    }
}

/// The setting as the manifest writes it: nothing where it is the default anyway.
fn unless<T: PartialEq>(value: T, default: T) -> Option<T> {
    (value != default).then_some(value)
}
