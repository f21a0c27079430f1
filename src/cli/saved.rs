//! Plan files: written whole or not at all, and read within bounds. What they mean is the report's and the planner's.

use crate::report::Trouble;
use crate::report::saved::{MAX_SIZE, SavedPlan, is_report};
use anyhow::{Context, bail};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Reads a plan that was saved.
pub(super) fn read(path: &Path) -> anyhow::Result<SavedPlan> {
    let subject = || format!("could not read the plan `{}`", path.display());
    let mut bytes = Vec::new();
    let opened = File::open(path).and_then(|file| file.take(limit()).read_to_end(&mut bytes));
    opened.with_context(subject)?;
    SavedPlan::parse(&bytes).with_context(subject)
}

/// One byte more than is admitted tells a file that is too large from one that just fits.
fn limit() -> u64 {
    u64::try_from(MAX_SIZE).unwrap_or(u64::MAX).saturating_add(1)
}

/// Saves a report. Whoever reads the file while it is written sees the one before, or none.
pub(super) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let subject = || format!("could not save the report as `{}`", path.display());
    // What a link points to is what is meant, and it stays a link.
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(other) = other(&real).with_context(subject)? {
        let trouble = Trouble::new(subject()).because(format!("it exists and is {other}"));
        bail!(trouble.help("remove it or use another name: only a saved report is replaced by another"));
    }
    let temporary = beside(&real);
    let written = write_new(&temporary, text).and_then(|()| fs::rename(&temporary, &real));
    if written.is_err() {
        // What is left of it helps nobody; that it cannot be removed would be said by the same error.
        let _ = fs::remove_file(&temporary);
    }
    written.with_context(subject)
}

/// What stands there and would be lost: anything but an empty file and a report that was saved before, of whatever version.
fn other(path: &Path) -> io::Result<Option<&'static str>> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !metadata.is_file() {
        return Ok(Some("no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit()).read_to_end(&mut bytes)?;
    Ok((!bytes.is_empty() && !is_report(&bytes)).then_some("no saved report"))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A name in the same folder, because a rename does not leave a file system; of this process alone.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}
