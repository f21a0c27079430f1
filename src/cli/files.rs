//! Which files a manifest stands in, and their bytes. What cannot be read is a problem like any other, so that what is
//! wrong in the files beside it is told too. What the bytes mean is for others.

use crate::manifest::problem::{At, Code, Problem};
use crate::manifest::suggest::closest;
use std::fs::{self, File};
use std::io::{self, BufRead, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// The most that is read of one file, in bytes. More than any manifest or policy may have: that a file is too
/// large is said by whoever knows the limit, but a device without an end must not fill the memory.
const MAX_READ: u64 = 64 * 1024 * 1024;

/// Standard input on the command line, as other tools have it. A file of that name is `./-`.
const STDIN: &str = "-";

/// Standard input in messages. It stands in no folder, so that what it names stands where the command runs.
const STDIN_NAME: &str = "<stdin>";

/// Everything that could be read of a manifest, and what could not.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Each file's path as given, and its bytes: in the order of the command line, folders sorted.
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) unread: Vec<Problem>,
}

/// Reads the files that the command line names, and those of its folders. A file that is met twice counts once.
pub(super) fn read_all(paths: &[PathBuf], stdin: &mut dyn BufRead) -> Read {
    let mut unread = Vec::new();
    let mut found = Vec::new();
    for path in paths {
        if is_stdin(path) {
            found.push(path.clone());
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => given_folder(path, &mut found, &mut unread),
            Ok(_) => found.push(path.clone()),
            Err(error) => unread.push(unreadable(path, &error)),
        }
    }
    let mut met = Vec::new();
    found.retain(|path| {
        let real = fs::canonicalize(path).ok().filter(|_| !is_stdin(path)).unwrap_or_else(|| path.clone());
        let new = !met.contains(&real);
        met.push(real);
        new
    });
    let mut files = Vec::new();
    for path in found {
        let bytes = if is_stdin(&path) { up_to_limit(&mut *stdin) } else { read(&path) };
        match bytes {
            Ok(bytes) => files.push((name(&path), bytes)),
            Err(error) => unread.push(unreadable(&path, &error)),
        }
    }
    Read { files, unread }
}

/// The bytes of one file.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    up_to_limit(File::open(path)?)
}

fn up_to_limit(from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_READ).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new(STDIN)
}

/// What a file is called in messages.
fn name(path: &Path) -> String {
    if is_stdin(path) { STDIN_NAME.to_owned() } else { path.to_string_lossy().into_owned() }
}

/// The folder that a file stands in, as to be opened.
pub(super) fn folder_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Adds what a folder of the command line holds.
fn given_folder(path: &Path, found: &mut Vec<PathBuf>, unread: &mut Vec<Problem>) {
    let before = (found.len(), unread.len());
    folder(path, &mut Vec::new(), found, unread);
    if (found.len(), unread.len()) == before {
        let problem = wrong(path, format!("the folder `{}` holds no manifest", path.display()));
        unread.push(problem.help("a manifest's files end in .yaml or .yml; hidden ones are skipped"));
    }
}

/// Adds the YAML files below the folder. `above` are the folders on the way here, by their real paths.
fn folder(path: &Path, above: &mut Vec<PathBuf>, found: &mut Vec<PathBuf>, unread: &mut Vec<Problem>) {
    let (real, mut entries) = match fs::canonicalize(path).and_then(|real| Ok((real, entries(path)?))) {
        Ok(listed) => listed,
        Err(error) => return unread.push(unreadable(path, &error)),
    };
    if above.contains(&real) {
        let message = format!(
            "the folder `{}` contains itself: it leads to `{}`, which stands above it",
            path.display(),
            real.display()
        );
        return unread
            .push(wrong(path, message).help("remove the link, or give the folders that hold manifests"));
    }
    above.push(real);
    entries.sort();
    for entry in entries.iter().filter(|entry| !is_hidden(entry)) {
        match fs::metadata(entry) {
            Ok(metadata) if metadata.is_dir() => folder(entry, above, found, unread),
            Ok(metadata) if metadata.is_file() && is_yaml(entry) => found.push(entry.clone()),
            Err(error) if is_yaml(entry) => unread.push(unreadable(entry, &error)),
            Ok(_) | Err(_) => {}
        }
    }
    above.pop();
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// Something wrong with a whole file or folder.
fn wrong(path: &Path, message: String) -> Problem {
    Problem::error(Code::UNREADABLE, message).at(At::file(&name(path)))
}

/// What could not be read, why, and the way out.
fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let problem = wrong(path, format!("could not read `{}`: {error}", name(path)));
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => problem.help(instead(path)),
        ErrorKind::PermissionDenied => problem.help("let the user who runs this read it"),
        _ => problem,
    }
}

/// What to do about a file that is not there.
fn instead(path: &Path) -> String {
    if let Ok(target) = fs::read_link(path) {
        return format!("it is a link to `{}`, which is not there", target.display());
    }
    match near(path) {
        Some(near) => format!("did you mean `{}`?", near.display()),
        None => "name the manifest's files and folders, or go to the folder that has them".to_owned(),
    }
}

/// The manifest or folder beside a missing one whose name is closest. Endings are not compared: `base.yml` and `base`
/// both mean `base.yaml`.
fn near(path: &Path) -> Option<PathBuf> {
    let stem = |path: &Path| {
        let stem = if is_yaml(path) { path.file_stem() } else { path.file_name() };
        stem.map(|stem| stem.to_string_lossy().into_owned())
    };
    let mut beside = entries(&folder_of(path)).ok()?;
    beside.retain(|entry| !is_hidden(entry) && (is_yaml(entry) || entry.is_dir()));
    // The same sort of thing first: of equals the first is taken.
    beside.sort_by_key(|entry| (is_yaml(entry) != is_yaml(path), entry.clone()));
    let stems: Vec<String> = beside.iter().filter_map(|entry| stem(entry)).collect();
    let closest = closest(&stem(path)?, stems.iter().map(String::as_str))?;
    let meant = beside.iter().find(|entry| stem(entry).as_deref() == Some(closest))?;
    Some(path.with_file_name(meant.file_name()?))
}
