//! A manifest and a target to what is desired: variables put in, shapes checked and read, defaults and tags filled in,
//! every check run. What is wrong with one resource does not keep the others from being looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;

use serde_yaml::Value;

use super::Manifest;
use super::check;
use super::declare::Declaration;
use super::document::Document;
use super::file::File;
use super::header::{FileShape, Header};
use super::position::{Pointer, Segment};
use super::problem::{Code, Problem, Problems, Severity, worse};
use super::repair::{Damage, repair};
use super::silence;
use super::variables::{Expander, Scope, entries};
use super::walker::check_shape;
use crate::name::Target;
use crate::resource::Key;
use crate::state::Desired;

/// A policy file cannot be used.
const POLICY_FILE: Code = Code("TK029");

/// For a path that is another one in each account.
const EXAMPLES: &str = "where the header names no account or region, `validate` puts examples in their place: use --account and --region";

/// The files that were read beside the manifest: their bytes, or why there are none.
pub(super) type Policies = BTreeMap<String, Result<Vec<u8>, String>>;

/// What a manifest means, and what is wrong with it.
pub(super) struct Examined {
    /// Without what is wrong; whole when there are no errors.
    pub(super) desired: Desired,
    pub(super) problems: Problems,
}

/// Everything that can be known about a manifest. Without `policies`, policies of files of their own are left out.
pub(super) fn examine(manifest: &Manifest, target: &Target, policies: Option<&Policies>) -> Examined {
    let schema = manifest.schema.as_ref();
    let declared: BTreeSet<Key> = manifest.places.keys().cloned().collect();
    let scope = Scope {
        vars: manifest.vars.as_ref(),
        target: Some(target),
        declared: manifest.whole.then_some(&declared),
    };
    let mut problems = Problems::default();
    let mut shapes = Vec::new();
    let mut damages = Vec::new();
    for (index, file) in manifest.files.iter().enumerate() {
        let mut found = Problems::default();
        let (value, damage) = expanded(manifest, index, file, &scope, policies, schema, &mut found);
        match serde_yaml::from_value::<FileShape>(value) {
            Ok(shape) => shapes.push((index, shape)),
            // The walker has looked at the same shape, so that this is left for what it cannot see.
            Err(error) if !found.has_errors() => {
                found.push(
                    Problem::error(Code::TYPE, error.to_string()).at(file.value_at(&Pointer::default())),
                );
            }
            Err(_) => {}
        }
        problems.append(found);
        damages.push(damage);
    }
    let mut declared = Problems::default();
    let mut declaration = Declaration::new(manifest, target, schema, &mut declared);
    for (index, shape) in &shapes {
        declaration.header(*index, shape);
    }
    for (index, shape) in shapes {
        declaration.resources(index, shape);
    }
    let (mut desired, mut silences) = declaration.finish();
    let damaged = damaged(manifest, &damages);
    declared.extend(check::run(manifest, &desired, target, &damaged));
    // What stands in for something wrong is not what was meant.
    let meant = |problem: &&Problem| {
        let Some(at) = &problem.at else { return true };
        let mut files = manifest.files.iter().zip(&damages);
        let Some((file, damage)) = files.find(|(file, _)| file.source.path() == at.file) else { return true };
        let beside = damage.is_beside(&at.pointer) && !file.writes(&at.pointer);
        !beside && !damage.touches(&at.pointer)
    };
    let more = worse(problems.more(), declared.more());
    let mut problems: Vec<Problem> = problems.iter().chain(declared.iter().filter(meant)).cloned().collect();
    for file in &manifest.files {
        silences.extend(silence::comments(file, &mut problems));
    }
    desired.specs.retain(|key, _| !damaged.contains(key));
    let parted = silence::part(problems, &silences, &manifest.files, manifest.whole);
    Examined { desired, problems: Problems::parted(parted, more) }
}

/// The declared resources in which something is known to be wrong.
fn damaged(manifest: &Manifest, damages: &[Damage]) -> BTreeSet<Key> {
    let keys: BTreeMap<(usize, &Pointer), &Key> =
        manifest.places.iter().map(|(key, (file, entry))| ((*file, entry), key)).collect();
    let pointers =
        damages.iter().enumerate().flat_map(|(file, damage)| damage.iter().map(move |at| (file, at)));
    let damaged = pointers.filter_map(|(file, pointer)| {
        let key = *keys.get(&(file, &Pointer(pointer.0.get(..2)?.to_vec())))?;
        // A policy is wrong by itself: what it belongs to is not.
        match pointer.0.get(2) {
            Some(Segment::Key(setting)) if setting.starts_with("resourcePolicy") => key.policy(),
            _ => Some(key.clone()),
        }
    });
    damaged.collect()
}

/// One file's document with variables put in, policies read, and something in the place of what is wrong.
fn expanded(
    manifest: &Manifest,
    index: usize,
    file: &File,
    scope: &Scope<'_>,
    policies: Option<&Policies>,
    schema: &serde_json::Value,
    problems: &mut Problems,
) -> (Value, Damage) {
    let names: BTreeMap<Pointer, Key> = manifest
        .places
        .iter()
        .filter(|(_, (place, _))| *place == index)
        .map(|(key, (_, pointer))| (pointer.clone(), key.clone()))
        .collect();
    let mut expander = Expander::new(scope, file, problems);
    let mut value = expander.document(&names);
    if let Some(policies) = policies {
        for (entry, path) in scope.target.iter().flat_map(|target| policy_files(manifest, file, target)) {
            if let Some(own) = names.get(&entry) {
                let text = read_policy(manifest, &mut expander, policies, &entry, &path);
                let policy =
                    text.and_then(|text| expander.policy(text, &entry.key("resourcePolicyFile"), own));
                put_policy(&mut value, &entry, policy);
            }
        }
    }
    let (borrowed, unknown) = (expander.borrowed, expander.unknown);
    let document = Document { value, index: file.document.index.clone() };
    let mut shape = Problems::default();
    check_shape(schema, &file.source, &document, &mut shape);
    // A value whose variables could not be put in is not what was meant.
    let told = problems.iter().filter_map(|problem| Some(problem.at.as_ref()?.pointer.clone()));
    let told: BTreeSet<Pointer> = told.chain(unknown.iter().cloned()).collect();
    shape.retain(|problem| problem.at.as_ref().is_none_or(|at| !told.contains(&at.pointer)));
    problems.append(shape.map(|problem| of_variable(manifest, problem, &borrowed)));
    let mut damage = Damage::default();
    unknown.into_iter().for_each(|pointer| damage.add(pointer));
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        let Some(at) = &problem.at else { continue };
        // Of a mapping that lacks a key, the other keys are as they were meant.
        let lacks = problem.code == Code::MISSING_KEY;
        damage.add(if lacks { at.pointer.key("") } else { at.pointer.clone() });
    }
    let mut value = document.value;
    if !damage.is_empty() {
        repair(&mut value, schema, schema);
    }
    (value, damage)
}

/// A mistake in a value that a variable stands for is to be mended at the variable.
fn of_variable(manifest: &Manifest, problem: Problem, borrowed: &BTreeMap<Pointer, String>) -> Problem {
    let Some(name) = problem.at.as_ref().and_then(|at| borrowed.get(&at.pointer)) else { return problem };
    let definition = Pointer::default().key("vars").key(name);
    let place =
        manifest.files.iter().find(|file| file.writes(&definition)).map(|file| file.value_at(&definition));
    let label = format!("from the variable `{name}`");
    let hint = problem.label.clone().unwrap_or_else(|| "its value".to_owned());
    match place {
        Some(place) => problem.label(label).related(place, hint),
        None => problem.label(label),
    }
}

/// The policy files that a manifest file names: for which entry, and as to be opened.
pub(super) fn policy_files(manifest: &Manifest, file: &File, target: &Target) -> Vec<(Pointer, String)> {
    let scope = Scope { vars: manifest.vars.as_ref(), target: Some(target), declared: None };
    let mut silent = Problems::default();
    let mut expander = Expander::new(&scope, file, &mut silent);
    let folder = FilePath::new(file.source.path()).parent().unwrap_or(FilePath::new(""));
    entries(&file.document.value)
        .filter_map(|(_, pointer, entry)| {
            let named = entry.get("resourcePolicyFile")?.as_str()?;
            let path = folder.join(expander.path(named, &pointer));
            Some((pointer, path.to_string_lossy().into_owned()))
        })
        .collect()
}

/// The text of a policy file, unless that is a problem.
fn read_policy<'p>(
    manifest: &Manifest,
    expander: &mut Expander<'_>,
    policies: &'p Policies,
    entry: &Pointer,
    path: &str,
) -> Option<&'p str> {
    let message = match policies.get(path) {
        None => format!("`{path}` was not read"),
        Some(Err(error)) => format!("`{path}` cannot be read: {error}"),
        Some(Ok(bytes)) => match str::from_utf8(bytes) {
            Ok(text) => return Some(text),
            Err(_) => format!("`{path}` is not UTF-8 text"),
        },
    };
    let at = expander.file.value_at(&entry.key("resourcePolicyFile"));
    let Header { account, region, .. } = &manifest.header;
    let written = at.range.clone().and_then(|range| expander.file.source.text().get(range));
    let guessed = (account.is_none() || region.is_none()) && written.is_some_and(|path| path.contains("${"));
    let problem = Problem::error(POLICY_FILE, message).at(at);
    expander.problems.push(if guessed { problem.help(EXAMPLES) } else { problem });
    None
}

fn put_policy(value: &mut Value, entry: &Pointer, policy: Option<Value>) {
    if let ([Segment::Key(list), Segment::Index(index)], Some(policy)) = (entry.0.as_slice(), policy)
        && let Some(Value::Mapping(settings)) =
            value.get_mut(list.as_str()).and_then(|items| items.get_mut(*index))
    {
        // Both at once is refused where the resource is declared.
        if !settings.contains_key("resourcePolicy") {
            settings.insert("resourcePolicy".into(), policy);
        }
    }
}
