//! Each `tests/problems/*.yaml` is a manifest with a mistake; the `.stderr` beside it is what is said about it, as a whole.
//! `UPDATE_EXPECTED=1` writes the expected texts anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use trailkeeper::manifest::problem::Problem;
use trailkeeper::manifest::{CHECKS, Manifest, Problems, SourceFile, Sources, explain, render_text};

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
    assert!(names.len() >= 120, "only {} broken manifests", names.len());
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

#[test]
fn every_code_that_is_told_is_explained() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "stderr") {
            let text = std::fs::read_to_string(&path).unwrap();
            for (at, _) in text.match_indices("[TK") {
                let code = &text[at + 1..at + 6];
                assert!(explain(code).is_some(), "{code} in {}", path.display());
            }
        }
    }
}

#[test]
fn every_check_has_a_broken_manifest() {
    let texts: String = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "stderr"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let untold: Vec<&str> =
        CHECKS.iter().map(|check| check.code).filter(|code| !texts.contains(&format!("[{code}]"))).collect();
    assert!(untold.is_empty(), "{untold:?}");
}

#[test]
fn thirty_planted_mistakes_are_told_in_order_at_their_places() {
    let text = std::fs::read(folder().join("thirty-mistakes-at-once.yaml")).unwrap();
    let source = SourceFile::decode("m.yaml", &text).unwrap();
    let sources: Sources = [source.clone()].into_iter().collect();
    let problems = Manifest::parse(std::slice::from_ref(&source)).unwrap_err().into_sorted(&sources);
    let place = |problem: &Problem| {
        let place = source.position(problem.at.as_ref().unwrap().range.as_ref().unwrap().start);
        (problem.code.0, place.line, place.column)
    };
    let expected = [
        ("TK013", 1, 10),
        ("TK014", 2, 7),
        ("TK012", 3, 10),
        ("TK028", 5, 8),
        ("TK012", 5, 36),
        ("TK013", 7, 13),
        ("TK020", 8, 5),
        ("TK101", 10, 11),
        ("TK102", 11, 19),
        ("TK010", 12, 5),
        ("TK012", 13, 30),
        ("TK104", 17, 33),
        ("TK214", 22, 37),
        ("TK212", 23, 21),
        ("TK215", 24, 40),
        ("TK014", 27, 22),
        ("TK013", 28, 18),
        ("TK303", 31, 22),
        ("TK306", 32, 5),
        ("TK021", 37, 37),
        ("TK405", 37, 64),
        ("TK502", 41, 19),
        ("TK505", 42, 28),
        ("TK504", 43, 19),
        ("TK024", 44, 21),
        ("TK018", 45, 12),
        ("TK603", 49, 25),
        ("TK602", 50, 9),
        ("TK602", 50, 57),
        ("TK019", 52, 15),
    ];
    assert_eq!(problems.iter().map(place).collect::<Vec<_>>(), expected);
}

#[test]
fn a_second_header_is_told_with_the_place_of_the_first() {
    let base = b"version: 1\nname: baseline\nlint: {allow: [TK108, TK110]}\ntrails:\n  - {name: audit, s3BucketName: acme-trail-logs}\n";
    let env =
        b"# production\nvars: {logs: acme}\ntrails:\n  - {name: audit, s3BucketName: acme-trail-logs}\n";
    let actual = told(&[("base.yaml", base), ("prod.yaml", env)], &BTreeMap::new());
    let expected = "\
error[TK016]: the header stands in `base.yaml` already
 --> prod.yaml:2:1
  |
2 | vars: {logs: acme}
  | ^^^^ a second header
  |
 ::: base.yaml:1:1
  |
1 | version: 1
  | ------- the first header
  |
  = help: `version`, `name`, `account`, `region`, `vars`, `tags`, `ignoreTags`, `allow`, `lint`, `organization` stand in exactly one file

error[TK018]: trail/audit is declared twice, first in `base.yaml`, line 5
 --> prod.yaml:4:12
  |
4 |   - {name: audit, s3BucketName: acme-trail-logs}
  |            ^^^^^ declared again
  |
 ::: base.yaml:5:12
  |
5 |   - {name: audit, s3BucketName: acme-trail-logs}
  |            ----- first declared here

";
    assert_eq!(actual, expected);
}

#[test]
fn a_file_that_cannot_be_read_does_not_make_others_wrong() {
    let broken = b"version: 1\nname: [\n";
    let other = b"trails:\n  - {name: audit, s3BucketName: \"${vars.logs}\"}\nchannels:\n  - {name: own, source: Custom, destinations: [{eventDataStore: elsewhere}]}\n";
    let actual = told(&[("broken.yaml", broken), ("other.yaml", other)], &BTreeMap::new());
    assert_eq!(actual.matches("error").count(), 1, "{actual}");
    assert!(actual.starts_with("error[TK002]"), "{actual}");
}
