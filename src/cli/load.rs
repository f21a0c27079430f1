//! Files and folders -> a manifest and everything that it names. What the text means is the manifest's business.

use super::args::ManifestArgs;
use super::failure::Failure;
use super::files::{self, Read};
use crate::manifest::problem::{Problem, Problems, Severity, in_file_order};
use crate::manifest::source::{SourceFile, Sources};
use crate::manifest::{Manifest, Resolved};
use crate::name::Target;
use crate::report::Findings;
use crate::report::json::hex;
use crate::state::Desired;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// A manifest as it stands in its files.
pub(super) struct Loaded {
    pub(super) manifest: Manifest,
    /// The texts, for messages that point into them.
    pub(super) sources: Sources,
    /// SHA-256 of the texts.
    digest: Sha256,
    /// Below which folders its policy files may stand, besides those of its own files.
    policies_in: Vec<PathBuf>,
    deny_warnings: bool,
}

/// Reads and parses the manifest that the command line names.
pub(super) fn load(args: &ManifestArgs, stdin: &mut dyn BufRead) -> Result<Loaded, Failure> {
    let ManifestArgs { manifests: paths, deny_warnings, policies_in } = args;
    let Read { files, unread } = files::read_all(paths, stdin);
    let mut digest = Sha256::new();
    let mut sources = Vec::new();
    let mut unreadable = Problems::from(unread);
    // A manifest means the same in whatever order and under whatever names its files are given.
    let mut texts: Vec<&[u8]> = files.iter().map(|(_, bytes)| bytes.as_slice()).collect();
    texts.sort_unstable();
    texts.into_iter().for_each(|text| absorb(&mut digest, text));
    for (name, bytes) in files {
        match SourceFile::decode(name, &bytes) {
            Ok(source) => sources.push(source),
            Err(problem) => unreadable.push(*problem),
        }
    }
    if !unreadable.is_empty() {
        // What is wrong in the others is told at once.
        unreadable.append(Manifest::examine_part(&sources));
        return Err(problems(unreadable, sources.into_iter().collect()));
    }
    let manifest = match Manifest::parse(&sources) {
        Ok(manifest) => manifest,
        Err(found) => return Err(problems(found, sources.into_iter().collect())),
    };
    let (deny_warnings, policies_in) = (*deny_warnings, policies_in.clone());
    Ok(Loaded { manifest, sources: sources.into_iter().collect(), digest, policies_in, deny_warnings })
}

/// The failure that these problems are.
fn problems(problems: Problems, sources: Sources) -> Failure {
    let silenced = problems.silenced().to_vec();
    Failure::Problems { problems: problems.into_sorted(&sources), silenced, sources }
}

impl Loaded {
    /// What the manifest means for a target, with every `resourcePolicyFile` that it names for this one. Where warnings
    /// are denied, one is as bad as an error.
    pub(super) fn resolve(self, target: &Target) -> Result<Meant, Failure> {
        let Loaded { manifest, sources, mut digest, policies_in, deny_warnings } = self;
        let files = sources.iter().count();
        let own = sources.iter().map(|source| files::folder_of(Path::new(source.path())));
        let folders: Vec<PathBuf> = own.chain(policies_in).collect();
        let mut policies = BTreeMap::new();
        for path in manifest.files(target) {
            let contents = confined(Path::new(&path), &folders)
                .and_then(|()| files::read(Path::new(&path)).map_err(|error| error.to_string()));
            absorb(&mut digest, contents.as_deref().unwrap_or_default());
            policies.insert(path, contents);
        }
        let Resolved { desired, warnings, silenced } = match manifest.resolve(target, &policies) {
            Ok(resolved) => resolved,
            Err(found) => return Err(problems(found, sources)),
        };
        let sha256 = hex(&digest.finalize());
        let mut warnings = in_file_order(warnings, &sources);
        if deny_warnings && !warnings.is_empty() {
            warnings.iter_mut().for_each(|warning| warning.severity = Severity::Error);
            return Err(Failure::Problems { problems: warnings, silenced, sources });
        }
        Ok(Meant { manifest, desired, warnings, silenced, sources, files, sha256 })
    }
}

/// What a manifest means for a target, and what is said about it.
pub(super) struct Meant {
    /// The manifest as it stands in its files.
    pub(super) manifest: Manifest,
    pub(super) desired: Desired,
    /// In file order.
    pub(super) warnings: Vec<Problem>,
    pub(super) silenced: Vec<Problem>,
    pub(super) sources: Sources,
    /// How many files there are, without policies.
    pub(super) files: usize,
    /// SHA-256, in hexadecimal, of everything that was read.
    pub(super) sha256: String,
}

impl Meant {
    /// What is said about the manifest, for a report.
    pub(super) fn findings(&self) -> Findings<'_> {
        Findings { problems: &self.warnings, silenced: &self.silenced, sources: &self.sources }
    }
}

/// Contents and not paths: the same manifest has the same digest wherever it was checked out. The length stands
/// first, so that a text cannot move from one file to the next unnoticed.
fn absorb(digest: &mut Sha256, bytes: &[u8]) {
    digest.update((bytes.len() as u64).to_be_bytes());
    digest.update(bytes);
}

/// Whether the file stands below one of the folders, wherever links lead: a manifest that somebody else wrote must not
/// bring out what stands elsewhere on this machine.
fn confined(path: &Path, folders: &[PathBuf]) -> Result<(), String> {
    let real = fs::canonicalize(path).map_err(|error| error.to_string())?;
    let is_below = |folder: &PathBuf| fs::canonicalize(folder).is_ok_and(|folder| real.starts_with(folder));
    if folders.iter().any(is_below) {
        return Ok(());
    }
    Err("it stands outside of the manifest's folders; --policies-in FOLDER lets in what stands below another"
        .to_owned())
}
