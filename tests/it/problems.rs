//! Each `tests/problems/*.yaml` is a manifest with a mistake; the `.stderr` beside it is what is said about it, as a whole.
//! `UPDATE_EXPECTED=1` writes the expected texts anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use trailkeeper::manifest::{Manifest, Problems, SourceFile, Sources, render_text};

/// Everything that is said about the manifest in these files; paths are shown as given.
fn told(files: &[(&str, &[u8])], policies: &BTreeMap<String, Result<Vec<u8>, String>>) -> String {
    let mut sources = Sources::default();
    let mut problems = Problems::default();
    for (path, bytes) in files {
        match SourceFile::decode(*path, bytes) {
            Ok(source) => sources.push(source),
            Err(problem) => problems.push(*problem),
        }
    }
    let given: Vec<SourceFile> = sources.iter().cloned().collect();
    match Manifest::parse(&given) {
        Err(found) => problems.extend(found.iter().cloned()),
        Ok(manifest) => match manifest.resolve(&manifest.stand_in_target(), policies) {
            Err(found) => problems.extend(found.iter().cloned()),
            Ok(resolved) => problems.extend(resolved.warnings),
        },
    }
    render_text(&problems.into_sorted(&sources), &sources, false)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems")
}

#[test]
fn each_broken_manifest_draws_its_message() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = Vec::new();
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    names.sort();
    assert!(names.len() >= 1, "only {} broken manifests", names.len());
    for path in names {
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        // A policy file that a manifest names stands beside it.
        let beside = |policy: &str| {
            let bytes = std::fs::read(folder().join(policy)).map_err(|_| "no such file".to_owned());
            (policy.to_owned(), bytes)
        };
        let policies = ["policy.json", "missing.json"].map(beside).into_iter().collect();
        let actual = told(&[(name, &bytes)], &policies);
        let expected_path = path.with_extension("stderr");
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        if update {
            std::fs::write(&expected_path, &actual).unwrap();
        } else if actual != expected {
            wrong.push(format!("{name}\n--- expected\n{expected}\n--- actual\n{actual}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
