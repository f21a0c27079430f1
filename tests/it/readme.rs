//! The README's commands give the README's output: each `console` block is run in a fresh folder that holds the
//! examples, with what a terminal shows, stdout and stderr together. Its list of managed settings is the schema's.

use crate::settings::managed_settings;
use crate::support::expect_file;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The documents whose commands are run.
const DOCUMENTS: [&str; 3] = [
    "README.md",
    "examples/moving-from-terraform/README.md",
    "examples/moving-from-cloudformation/README.md",
];

#[test]
fn documents_show_what_their_commands_print_and_what_the_schema_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        copy(&root.join("examples"), &folder.path().join("examples"));
        let mut shown = executed(&text, folder.path());
        if document == "README.md" {
            shown = with_settings(&shown);
        }
        expect_file(&root.join(document), &shown).unwrap();
    }
}

/// The text with what its commands print today.
fn executed(text: &str, folder: &Path) -> String {
    let mut shown = String::new();
    let mut ran = 0;
    let mut lines = text.lines().peekable();
    let mut inside = false;
    while let Some(line) = lines.next() {
        shown.push_str(line);
        shown.push('\n');
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ => {}
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| inside) else { continue };
        // Running every test from within a test would never end; `.ci/run` holds that output.
        if command == "cargo test" {
            continue;
        }
        while lines.peek().is_some_and(|next| !next.starts_with("$ ") && *next != "```") {
            lines.next();
        }
        shown.push_str(&output(command, folder));
        ran += 1;
    }
    assert!(ran >= 2, "the document's commands were not found");
    shown
}

/// The text with the schema's settings between its two markers.
fn with_settings(text: &str) -> String {
    let (begin, end) = ("test writes them from the schema -->\n", "<!-- end of managed settings -->");
    let (before, rest) = text.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    format!("{before}{begin}\n{}\n{end}{after}", managed_settings())
}

/// What a terminal shows, with the binary of this build for `cargo run`.
fn output(command: &str, folder: &Path) -> String {
    let binary = env!("CARGO_BIN_EXE_trailkeeper");
    let command =
        command.replace("cargo run -q --", "trailkeeper").replace("trailkeeper ", &format!("{binary} "));
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn the_manifest_on_one_page_is_valid() {
    let readme = include_str!("../../README.md");
    let page = readme.split("```yaml\n").nth(1).and_then(|rest| rest.split("\n```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trailkeeper.yaml"), page).unwrap();
    let shown = output("trailkeeper validate", folder.path());
    assert_eq!(shown, "valid: 3 resources in 1 file\n");
}

#[test]
fn every_guarantee_is_held_by_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let readme = include_str!("../../README.md");
    let (_, section) = readme.split_once("\n## Guarantees\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what |"));
    let mut held = 0;
    for row in rows {
        let cell = row.trim_end_matches([' ', '|']).rsplit(" | ").next().unwrap();
        for name in cell.split(", ") {
            let (module, test) = name.trim_matches('`').rsplit_once("::").unwrap();
            let path = root.join(module.replace("::", "/"));
            let files = [path.with_extension("rs"), path.join("mod.rs")];
            let text = files.iter().find_map(|file| fs::read_to_string(file).ok());
            let text = text.unwrap_or_else(|| panic!("{module} is no module: {row}"));
            // Properties are indented, and take arguments.
            let text = text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
            let is_test = ["#[test]\nfn ", "#[tokio::test]\nasync fn "].iter();
            assert!(is_test.map(|head| format!("{head}{test}(")).any(|head| text.contains(&head)), "{row}");
            held += 1;
        }
    }
    assert!(held > 15, "{held} guarantees were found");
}
