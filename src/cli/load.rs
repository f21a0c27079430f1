//! Files and folders -> a manifest and everything that it names. What the text means is the manifest's business.

use super::args::{DEFAULT_MANIFEST, ManifestArgs};
use super::failure::Failure;
use crate::manifest::problem::{Problem, Problems, Severity, in_file_order};
use crate::manifest::source::{SourceFile, Sources};
use crate::manifest::{Manifest, Resolved};
use crate::name::Target;
use crate::report::json::hex;
use crate::report::{Findings, Trouble};
use crate::state::Desired;
use anyhow::bail;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The most that is read of one file, in bytes. More than any manifest or policy may have: that a file is too
/// large is said by whoever knows the limit, but a device without an end must not fill the memory.
const MAX_READ: u64 = 64 * 1024 * 1024;

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
pub(super) fn load(args: &ManifestArgs) -> Result<Loaded, Failure> {
    let ManifestArgs { manifests: paths, deny_warnings, policies_in } = args;
    let mut digest = Sha256::new();
    let mut sources = Vec::new();
    let mut unreadable = Problems::default();
    for path in files(paths)? {
        let bytes = read(&path).map_err(|error| unread(&path, error))?;
        absorb(&mut digest, &bytes);
        match SourceFile::decode(path.to_string_lossy(), &bytes) {
            Ok(source) => sources.push(source),
            Err(problem) => unreadable.push(*problem),
        }
    }
    if !unreadable.is_empty() {
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
        let own = sources.iter().map(|source| folder_of(Path::new(source.path())));
        let folders: Vec<PathBuf> = own.chain(policies_in).collect();
        let mut policies = BTreeMap::new();
        for path in manifest.files(target) {
            let contents = confined(Path::new(&path), &folders)
                .and_then(|()| read(Path::new(&path)).map_err(|error| error.to_string()));
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

fn folder_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
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

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_READ).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What could not be read, beneath it why; with the way out when nobody named the file.
fn unread(path: &Path, error: io::Error) -> anyhow::Error {
    let mut trouble = Trouble::new(format!("could not read `{}`", path.display()));
    if error.kind() == io::ErrorKind::NotFound && path == Path::new(DEFAULT_MANIFEST) {
        trouble = trouble.help("name the manifest's files and folders, or go to the folder that has them");
    }
    anyhow::Error::new(error).context(trouble)
}

/// The manifest's files in their order: as given, folders sorted. A file that is met twice counts once.
fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if fs::metadata(path).map_err(|error| unread(path, error))?.is_dir() {
            let before = found.len();
            folder(path, &mut Vec::new(), &mut found)?;
            if found.len() == before {
                let trouble = Trouble::new(format!("the folder `{}` holds no manifest", path.display()));
                bail!(trouble.help("a manifest's files end in .yaml or .yml; hidden ones are skipped"));
            }
        } else {
            found.push(path.clone());
        }
    }
    let mut met = Vec::new();
    found.retain(|path| {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        let new = !met.contains(&real);
        met.push(real);
        new
    });
    Ok(found)
}

/// Adds the YAML files below the folder. `above` are the folders on the way here, by their real paths.
fn folder(path: &Path, above: &mut Vec<PathBuf>, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let trouble = |error: io::Error| unread(path, error);
    let real = fs::canonicalize(path).map_err(trouble)?;
    if above.contains(&real) {
        let trouble = Trouble::new(format!("the folder `{}` contains itself", path.display()));
        bail!(trouble.because(format!("it leads to `{}`, which stands above it", real.display())));
    }
    above.push(real);
    let entries: io::Result<Vec<PathBuf>> =
        fs::read_dir(path).map_err(trouble)?.map(|entry| Ok(entry?.path())).collect();
    let mut entries = entries.map_err(trouble)?;
    entries.sort();
    for entry in entries.iter().filter(|entry| !is_hidden(entry)) {
        match fs::metadata(entry) {
            Ok(metadata) if metadata.is_dir() => folder(entry, above, found)?,
            Ok(metadata) if metadata.is_file() && is_yaml(entry) => found.push(entry.clone()),
            Err(error) if is_yaml(entry) => return Err(unread(entry, error)),
            Ok(_) | Err(_) => {}
        }
    }
    above.pop();
    Ok(())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}
