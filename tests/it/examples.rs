//! Every example is validated, planned, applied and planned again.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a user would give the command line, one line for each manifest among the examples.
const EXAMPLES: [&[&str]; 4] = [
    &["examples/baseline.yaml"],
    &["examples/environments/base", "examples/environments/dev.yaml"],
    &["examples/environments/base", "examples/environments/prod.yaml"],
    &["examples/partner-integration"],
];

/// What stands among the examples and is no manifest: `tests/workflows/run` looks after it.
pub(crate) const OTHERS: [&str; 4] = [
    "examples/atlantis.yaml",
    "examples/github-actions",
    "examples/gitlab-ci.yml",
    "examples/moving-from-cloudformation",
];

#[test]
fn every_example_is_applied_and_then_there_is_nothing_to_plan() {
    for (number, manifests) in EXAMPLES.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = folder.path().join(format!("{number}.sandbox"));
        let run = |command: &[&str]| trailkeeper(&[command, *manifests].concat(), &sandbox);
        succeed(&run(&["validate"]), 0, manifests);
        succeed(&run(&["plan", "--detailed-exitcode"]), 2, manifests);
        succeed(&run(&["apply", "--yes"]), 0, manifests);
        let again = run(&["plan", "--detailed-exitcode"]);
        succeed(&again, 0, manifests);
        assert!(String::from_utf8_lossy(&again.stdout).starts_with("No changes."), "{manifests:?}");
        succeed(&run(&["drift"]), 0, manifests);
    }
}

#[test]
fn no_example_is_left_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named: Vec<PathBuf> = EXAMPLES.concat().iter().chain(&OTHERS).map(|path| root.join(path)).collect();
    let mut folders = vec![root.join("examples")];
    let mut left_out = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if named.contains(&path) {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
                left_out.push(path);
            }
        }
    }
    assert!(left_out.is_empty(), "examples that no test applies: {left_out:?}");
}

fn trailkeeper(args: &[&str], sandbox: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailkeeper"))
        .args(args)
        .arg("--sandbox")
        .arg(sandbox)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .output()
        .unwrap()
}

fn succeed(output: &Output, code: i32, manifests: &[&str]) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{manifests:?}: {told}");
}
