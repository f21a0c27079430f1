//! The file that a sandbox lives in: its lock, its text, and saving it so that no crash can tear it. What the
//! text says is the account's.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use super::account::{FORMAT_VERSION, World};

/// The first and last lines of a sandbox file. Without the last one the file has been cut short.
const FIRST_LINE: &str = "# A trailkeeper sandbox: an embedded AWS account.\n";
const LAST_LINE: &str = "# end of sandbox\n";

/// Why a sandbox could not be opened. [`OpenError::help`] says what to do about it.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder of the file is missing.
    NoFolder {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// The path names a folder, a socket or the like.
    NotAFile {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// Another process has the sandbox open.
    Locked {
        /// The sandbox file.
        path: PathBuf,
    },
    /// The text is something else than a sandbox.
    NotASandbox {
        /// The sandbox file, or a word for the text.
        path: PathBuf,
        /// What tells it.
        cause: String,
    },
    /// A sandbox of another version of trailkeeper.
    OtherVersion {
        /// The sandbox file, or a word for the text.
        path: PathBuf,
        /// The version that it says.
        found: String,
    },
    /// The file is there and holds nothing: what was in it is lost.
    Empty {
        /// The sandbox file.
        path: PathBuf,
    },
    /// The file ends too early.
    Torn {
        /// The sandbox file.
        path: PathBuf,
    },
    /// A sandbox whose content cannot be read.
    Damaged {
        /// The sandbox file, or a word for the text.
        path: PathBuf,
        /// What is wrong, with its line.
        cause: String,
    },
    /// The operating system refused.
    Io {
        /// The file that was touched.
        path: PathBuf,
        /// What was tried: "open", "lock", "read".
        doing: &'static str,
        /// What the system said.
        cause: io::Error,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::NoFolder { path } => {
                write!(f, "could not open the sandbox {}: its folder does not exist", path.display())
            }
            OpenError::NotAFile { path } => {
                write!(f, "could not open the sandbox {}: it is not a file", path.display())
            }
            OpenError::Locked { path } => {
                write!(f, "could not open the sandbox {}: another process is using it", path.display())
            }
            OpenError::NotASandbox { path, cause } => {
                write!(f, "{} is not a sandbox file: {cause}", path.display())
            }
            OpenError::OtherVersion { path, found } => write!(
                f,
                "{} is a sandbox of format version {found}; this trailkeeper reads version {FORMAT_VERSION}",
                path.display()
            ),
            OpenError::Empty { path } => write!(f, "the sandbox {} is empty", path.display()),
            OpenError::Torn { path } => write!(
                f,
                "the sandbox {} is incomplete: its last line is not `{}`",
                path.display(),
                LAST_LINE.trim_end()
            ),
            OpenError::Damaged { path, cause } => {
                write!(f, "the sandbox {} cannot be read: {cause}", path.display())
            }
            OpenError::Io { path, doing, cause } => {
                write!(f, "could not {doing} {}: {cause}", path.display())
            }
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OpenError::Io { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

impl OpenError {
    /// What to do about it, in one sentence.
    pub fn help(&self) -> &'static str {
        match self {
            OpenError::NoFolder { .. } => "create the folder, or name a file in one that exists",
            OpenError::NotAFile { .. } => "name a file; it is created on first use",
            OpenError::Locked { .. } => "wait until the other run has ended, or use another sandbox file",
            OpenError::NotASandbox { .. } => {
                "name a sandbox file, or a file that does not exist yet; nothing was changed"
            }
            OpenError::OtherVersion { .. } => {
                "use the trailkeeper that made it, or begin a new sandbox file; nothing was changed"
            }
            OpenError::Empty { .. } => {
                "restore it from a copy, or remove it to begin anew; nothing was changed"
            }
            OpenError::Torn { .. } => {
                "restore it from a copy, or begin a new sandbox file; one that was written by hand needs its \
                 last line, `# end of sandbox`; nothing was changed"
            }
            OpenError::Damaged { .. } => "mend the line, or begin a new sandbox file; nothing was changed",
            OpenError::Io { .. } => "check that the file and its folder may be read and written",
        }
    }
}

/// An open sandbox file. The lock is held as long as this lives.
#[derive(Debug)]
pub(super) struct SandboxFile {
    path: PathBuf,
    lock: File,
}

/// A process that is begun by another thread shares the open lock file until it is another program: closed here alone,
/// the file would stay locked that long.
impl Drop for SandboxFile {
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

impl SandboxFile {
    /// Takes the lock and reads what is there; a file that is missing is an empty AWS.
    pub(super) fn open(path: &Path) -> Result<(SandboxFile, World), OpenError> {
        let path = resolved(path)?;
        if path.exists() && !path.is_file() {
            return Err(OpenError::NotAFile { path });
        }
        let lock = lock(&path)?;
        let world = match fs::read(&path) {
            Ok(bytes) if bytes.is_empty() => return Err(OpenError::Empty { path }),
            Ok(bytes) => read_file(&path, bytes)?,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => World::empty(),
            Err(cause) => return Err(OpenError::Io { path, doing: "read", cause }),
        };
        Ok((SandboxFile { path, lock }, world))
    }

    /// Replaces the file's content in one step: temporary file, fsync, rename, fsync of the folder.
    pub(super) fn save(&self, world: &World) -> Result<(), OpenError> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |cause| OpenError::Io { path, doing: "save", cause }
        };
        let text = write(world).map_err(|cause| failed(&self.path)(io::Error::other(cause)))?;
        // One name is enough: the lock admits one writer.
        let temporary = beside(&self.path, ".tmp");
        let mut file = File::create(&temporary).map_err(failed(&temporary))?;
        file.write_all(text.as_bytes()).map_err(failed(&temporary))?;
        file.sync_all().map_err(failed(&temporary))?;
        drop(file);
        fs::rename(&temporary, &self.path).map_err(failed(&self.path))?;
        // From here on the file is the new one, whatever else happens. Not every system can sync a folder.
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

/// The text of a sandbox file, whoever has it open: it is only ever replaced as a whole.
pub(super) fn text(path: &Path) -> Result<String, OpenError> {
    let path = resolved(path)?;
    if path.is_dir() {
        return Err(OpenError::NotAFile { path });
    }
    let bytes = fs::read(&path);
    let bytes = bytes.map_err(|cause| OpenError::Io { path: path.clone(), doing: "read", cause })?;
    if bytes.is_empty() {
        return Err(OpenError::Empty { path });
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    read_file(&path, bytes)?;
    Ok(text)
}

/// The real place of the file, so that a symbolic link stays one when the file is replaced.
fn resolved(path: &Path) -> Result<PathBuf, OpenError> {
    if let Ok(path) = fs::canonicalize(path) {
        return Ok(path);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = path.file_name() else { return Err(OpenError::NotAFile { path: path.to_path_buf() }) };
    match fs::canonicalize(folder) {
        Ok(folder) if folder.is_dir() => Ok(folder.join(name)),
        _ => Err(OpenError::NoFolder { path: path.to_path_buf() }),
    }
}

/// The lock is a file of its own, never renamed or removed: a lock on the sandbox file itself would go with
/// the old content when the new one is renamed over it.
fn lock(path: &Path) -> Result<File, OpenError> {
    let lock_path = beside(path, ".lock");
    let opened = File::options().read(true).write(true).create(true).truncate(false).open(&lock_path);
    let file = match opened {
        Ok(file) => file,
        Err(cause) => return Err(OpenError::Io { path: lock_path, doing: "open", cause }),
    };
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { path: path.to_path_buf() }),
        Err(TryLockError::Error(cause)) => Err(OpenError::Io { path: lock_path, doing: "lock", cause }),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn read_file(path: &Path, bytes: Vec<u8>) -> Result<World, OpenError> {
    let path = path.to_path_buf();
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(OpenError::NotASandbox { path, cause: "it is not text".to_owned() });
    };
    let world = read(&path, &text)?;
    if !text.trim_end().ends_with(LAST_LINE.trim_end()) {
        return Err(OpenError::Torn { path });
    }
    Ok(world)
}

/// A world from its text. The version is looked at before anything else, so that a file of another kind is
/// told as such.
pub(super) fn read(path: &Path, text: &str) -> Result<World, OpenError> {
    let path = path.to_path_buf();
    let first: Value = match serde_yaml::from_str(text) {
        Ok(value) => value,
        Err(_) if text.starts_with(FIRST_LINE.trim_end()) => return Err(OpenError::Torn { path }),
        Err(error) => return Err(OpenError::NotASandbox { path, cause: error.to_string() }),
    };
    let Some(version) = first.get("formatVersion") else {
        if text.starts_with(FIRST_LINE.trim_end()) {
            return Err(OpenError::Torn { path });
        }
        return Err(OpenError::NotASandbox { path, cause: "it has no `formatVersion`".to_owned() });
    };
    if version.as_u64() != Some(u64::from(FORMAT_VERSION)) {
        let found = serde_yaml::to_string(version).unwrap_or_default().trim().to_owned();
        return Err(OpenError::OtherVersion { path, found });
    }
    serde_yaml::from_str(text).map_err(|error| OpenError::Damaged { path, cause: error.to_string() })
}

/// The text of a world: the same state is the same text.
pub(super) fn write(world: &World) -> Result<String, String> {
    let body = serde_yaml::to_string(world).map_err(|error| error.to_string())?;
    Ok(format!("{FIRST_LINE}{body}{LAST_LINE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_goes_with_the_sandbox_though_another_process_has_the_file_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sandbox");
        let (open, _) = SandboxFile::open(&path).unwrap();
        assert!(matches!(SandboxFile::open(&path), Err(OpenError::Locked { .. })));
        // What a forked process has.
        let shared = open.lock.try_clone().unwrap();
        drop(open);
        assert!(SandboxFile::open(&path).is_ok());
        drop(shared);
    }
}
