//! What a manifest cannot say, found out by reading the export as a manifest: a setting that it refuses is left to whoever
//! made it, and a resource that it refuses as a whole is left out. Nothing here knows the rules: they stand with the checks.

use std::collections::BTreeMap;

use serde_yaml::{Mapping, Value};

use super::super::Manifest;
use super::super::position::{Pointer, Segment};
use super::super::problem::{Problem, Severity};
use super::super::schema::{settings, shape_schema};
use super::super::source::SourceFile;
use super::LeftOut;
use crate::resource::{Key, Kind, Path};

/// What may not be ignored, because it says who a resource is, or because there is no resource without it.
const NEEDED: [&str; 5] = ["name", "ignore", "s3BucketName", "source", "destinations"];

/// What was refused so far, and why.
#[derive(Debug, Default)]
pub(super) struct Limits {
    resources: BTreeMap<Key, String>,
    settings: BTreeMap<Key, BTreeMap<Path, String>>,
}

impl Limits {
    /// Reads an export, whose lists hold these resources in this order. Whether something new was refused.
    pub(super) fn learn(&mut self, text: &str, order: &[(Kind, Vec<Key>)]) -> bool {
        let problems = match SourceFile::decode("export.yaml", text.as_bytes()) {
            Ok(source) => match Manifest::parse(&[source]) {
                Ok(_) => return false,
                Err(problems) => problems,
            },
            // Too large for one file, which splitting it mends.
            Err(_) => return false,
        };
        let schema = shape_schema();
        let before = self.settings.clone();
        let stays =
            |key: &Key, path: &Path| before.get(key).is_some_and(|refused| refused.contains_key(path));
        let mut new = false;
        for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
            let Some((key, below)) = place(problem, order) else { continue };
            let Problem { message, .. } = problem;
            let known = settings(&schema, key.kind.plural());
            match path(&below).filter(|path| can_be_ignored(&known, path)) {
                // Refused although it was taken out already, so that leaving it alone is no way out.
                Some(path) if !stays(&key, &path) => {
                    let refused = self.settings.entry(key).or_default();
                    new |= refused.insert(path, message.clone()).is_none();
                }
                _ => new |= self.resources.insert(key, message.clone()).is_none(),
            }
        }
        new
    }

    /// Whether the resource is refused as a whole.
    pub(super) fn forbids(&self, key: &Key) -> bool {
        self.resources.contains_key(key)
    }

    /// The resources that are refused as a whole.
    pub(super) fn left_out(&self) -> impl Iterator<Item = LeftOut> {
        self.resources.iter().map(|(key, why)| {
            let why = format!("is more than a manifest can say: {why}");
            LeftOut { key: key.clone(), why }
        })
    }

    /// The settings of a resource that are refused, and why.
    pub(super) fn settings(&self, key: &Key) -> impl Iterator<Item = (Path, String)> {
        self.settings.get(key).into_iter().flatten().map(|(path, why)| (path.clone(), why.clone()))
    }
}

/// Takes a setting or a single tag out of an entry.
pub(super) fn take_out(settings: &mut Mapping, path: &Path) {
    let Some(tag) = path.tag_key() else {
        settings.shift_remove(path.as_str());
        return;
    };
    if let Some(Value::Mapping(tags)) = settings.get_mut("tags") {
        tags.shift_remove(tag);
        if tags.is_empty() {
            settings.shift_remove("tags");
        }
    }
}

/// The resource that a problem is about, and where below it.
fn place(problem: &Problem, order: &[(Kind, Vec<Key>)]) -> Option<(Key, Pointer)> {
    let [Segment::Key(list), Segment::Index(index), below @ ..] = problem.at.as_ref()?.pointer.0.as_slice()
    else {
        return None;
    };
    let (_, keys) = order.iter().find(|(kind, _)| kind.plural() == list)?;
    Some((keys.get(*index)?.clone(), Pointer(below.to_vec())))
}

/// The setting, or single tag, that stands there.
fn path(below: &Pointer) -> Option<Path> {
    match below.0.as_slice() {
        [Segment::Key(tags), Segment::Key(tag), ..] if tags == "tags" => Some(Path::tag(tag)),
        [Segment::Key(setting), ..] => Some(Path::new(setting.as_str())),
        _ => None,
    }
}

fn can_be_ignored(known: &[String], path: &Path) -> bool {
    let top = path.top();
    !NEEDED.contains(&top) && known.iter().any(|setting| setting == top)
}
