//! Many files, one manifest: which of them has the header, what its variables are, and which names stand where.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use super::document::read_document;
use super::file::File;
use super::header::{FileShape, HEADER_KEYS, Header};
use super::position::Pointer;
use super::problem::{At, Code, Problem, Problems};
use super::schema::shape_schema;
use super::source::SourceFile;
use super::variables::{Expander, Scope, entries};
use super::{Manifest, resolve};
use crate::name::{AccountId, Name, Region, Target};
use crate::resource::{Key, Kind};

/// The header is missing, or stands in two files.
pub(super) const HEADER: Code = Code("TK016");
/// The manifest declares nothing and removes nothing.
pub(super) const NOTHING: Code = Code("TK017");
/// Two resources of one kind have one name.
pub(super) const DUPLICATE_NAME: Code = Code("TK018");

/// The account of the stand-in target when the header names none: the one of AWS's documentation.
const STAND_IN_ACCOUNT: &str = "123456789012";

/// The region of the stand-in target when the header names none.
const STAND_IN_REGION: &str = "us-east-1";

/// Reads all files and looks at everything that can be known without a target.
pub(super) fn load(sources: &[SourceFile]) -> Result<Manifest, Problems> {
    match look(sources, true) {
        (Some(manifest), problems) if !problems.has_errors() => Ok(manifest),
        (_, problems) => Err(problems),
    }
}

/// The manifest as far as it can be understood, and what is wrong with it. Without `all`, other files of it exist.
pub(super) fn look(sources: &[SourceFile], all: bool) -> (Option<Manifest>, Problems) {
    let mut problems = Problems::default();
    let read = |source: &SourceFile| {
        let document = read_document(source, &mut problems)?;
        Some(File { source: source.clone(), document })
    };
    let files: Vec<File> = sources.iter().filter_map(read).collect();
    // What stands in a file that cannot be read is not known to be missing.
    let complete = all && files.len() == sources.len();
    let header_file = find_header(&files, complete, &mut problems);
    let vars = header_file.and_then(|file| vars(file, complete));
    let places = places(&files, vars.as_ref(), &mut problems);
    let header = header_file.map(|file| header(file, vars.as_ref())).unwrap_or_default();
    let removes = files.iter().any(|file| file.document.value.get("removed").is_some());
    let declares = files.iter().any(declares);
    if complete && !files.is_empty() && !declares && !removes {
        let message = "the manifest declares no resource and removes none";
        let help = "an account without CloudTrail is not declared by an empty manifest: name what shall go under `removed:`";
        problems.push(Problem::error(NOTHING, message).help(help));
    }
    let Some(stand_in) = stand_in(&header) else { return (None, problems) };
    let manifest =
        Manifest { files, header, vars, stand_in, whole: complete, places, schema: Arc::new(shape_schema()) };
    // Half of a manifest is worth a look too, so that everything that is wrong is told at once.
    problems.append(resolve::examine(&manifest, &manifest.stand_in, None).problems);
    (Some(manifest), problems)
}

/// Whether something stands in one of the lists of resources, understood or not.
fn declares(file: &File) -> bool {
    let kinds = [Kind::Trail, Kind::EventDataStore, Kind::Channel, Kind::Dashboard];
    let lists = kinds.map(|kind| file.document.value.get(kind.plural()));
    lists.into_iter().flatten().any(|list| list.as_sequence().is_none_or(|entries| !entries.is_empty()))
}

/// The header's target, with examples for what it does not name.
fn stand_in(header: &Header) -> Option<Target> {
    let account = header.account.clone().or_else(|| AccountId::parse(STAND_IN_ACCOUNT))?;
    let region = header.region.clone().or_else(|| Region::parse(STAND_IN_REGION))?;
    Some(Target { partition: region.partition(), account, region })
}

/// The one file that has header keys.
fn find_header<'f>(files: &'f [File], complete: bool, problems: &mut Problems) -> Option<&'f File> {
    let with_keys: Vec<(&File, Pointer)> = files
        .iter()
        .filter_map(|file| {
            let entries = file.document.value.as_mapping()?;
            let key = entries.keys().filter_map(Value::as_str).find(|key| HEADER_KEYS.contains(key))?;
            Some((file, Pointer::default().key(key)))
        })
        .collect();
    if let [(first, first_key), others @ ..] = with_keys.as_slice() {
        for (other, key) in others {
            let first_at = first.key_at(first_key);
            let message = format!("the header stands in `{}` already", first.source.path());
            let problem = Problem::error(HEADER, message)
                .at(other.key_at(key))
                .label("a second header")
                .related(first_at, "the first header")
                .help(format!(
                    "{} stand in exactly one file",
                    HEADER_KEYS.map(|key| format!("`{key}`")).join(", ")
                ));
            problems.push(problem);
        }
        for key in ["version", "name"] {
            if complete && first.document.value.get(key).is_none() {
                problems.push(missing(first, key));
            }
        }
        return Some(first);
    }
    if complete {
        let message = "no file has the header";
        let help = "one file starts with `version: 1` and `name:`, the name of whose things these are";
        let at = files.first().map(|file| At::file(file.source.path()));
        let problem = Problem::error(HEADER, message).help(help);
        problems.push(match at {
            Some(at) if files.len() == 1 => problem.at(at),
            _ => problem,
        });
    }
    None
}

fn missing(file: &File, key: &str) -> Problem {
    let help = match key {
        "version" => "write `version: 1`: it fixes what it means to leave a setting out",
        _ => "write `name:`; everything that is created or adopted is tagged with it",
    };
    Problem::error(HEADER, format!("the header has no `{key}`")).at(At::file(file.source.path())).help(help)
}

/// The header's variables; none when they cannot be read, or may stand in a file that cannot.
fn vars(file: &File, complete: bool) -> Option<BTreeMap<String, Value>> {
    match file.document.value.get("vars") {
        None => complete.then(BTreeMap::new),
        Some(vars) => {
            let only = Value::Mapping(Mapping::from_iter([("vars".into(), vars.clone())]));
            serde_yaml::from_value::<FileShape>(only).ok()?.vars
        }
    }
}

/// The header as far as it can be understood: what cannot, the walker tells.
fn header(file: &File, vars: Option<&BTreeMap<String, Value>>) -> Header {
    let scope = Scope { vars, target: None, declared: None };
    let mut silent = Problems::default();
    let mut expander = Expander::new(&scope, file, &mut silent);
    let early = ["name", "account", "region", "organization"].into_iter().filter_map(|key| {
        let value = file.document.value.get(key)?;
        Some((Value::from(key), expander.early(value, &Pointer::default().key(key))))
    });
    let early = Value::Mapping(early.collect());
    let shape: FileShape = serde_yaml::from_value(early).unwrap_or_default();
    let management = shape.organization.map(|organization| organization.management_account);
    Header {
        name: shape.name.unwrap_or_default(),
        account: shape.account.and_then(|id| AccountId::parse(&id)),
        region: shape.region.and_then(|region| Region::parse(&region)),
        management_account: management.and_then(|id| AccountId::parse(&id)),
    }
}

/// Where each declared name stands. Of two with one name, the first counts.
fn places(
    files: &[File],
    vars: Option<&BTreeMap<String, Value>>,
    problems: &mut Problems,
) -> BTreeMap<Key, (usize, Pointer)> {
    let scope = Scope { vars, target: None, declared: None };
    let mut places: BTreeMap<Key, (usize, Pointer)> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        for (kind, pointer, entry) in entries(&file.document.value) {
            let Some(written) = entry.get("name").and_then(Value::as_str) else { continue };
            let at = pointer.key("name");
            let mut silent = Problems::default();
            let mut expander = Expander::new(&scope, file, &mut silent);
            let key = Key::new(kind, &Name::new(expander.name(written, &at)));
            match places.get(&key).and_then(|(first, at)| Some((files.get(*first)?, at))) {
                None => drop(places.insert(key, (index, pointer))),
                Some((first, first_pointer)) => {
                    let first_at = first.value_at(&first_pointer.key("name"));
                    let place = first_at.range.as_ref().map(|range| first.source.position(range.start));
                    let line = place.map(|place| format!(", line {}", place.line)).unwrap_or_default();
                    let message =
                        format!("{key} is declared twice, first in `{}`{line}", first.source.path());
                    let problem = Problem::error(DUPLICATE_NAME, message)
                        .at(file.value_at(&at))
                        .label("declared again")
                        .related(first_at, "first declared here");
                    problems.push(problem);
                }
            }
        }
    }
    places
}
