//! The promises of the architecture, kept by tests: who may use whom, and what appears only where.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A module uses only those to its left.
const ORDER: [&str; 13] = [
    "name",
    "resource",
    "state",
    "manifest",
    "settle",
    "keep",
    "diff",
    "plan",
    "privilege",
    "aws",
    "apply",
    "report",
    "cli",
];

/// Every source file with the code that it holds: comments and unit tests taken out.
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, code(&fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 40, "the source tree was not found");
    found
}

/// Without comment lines, and without the unit tests that close a file.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    body.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// The room that a file belongs to: its first folder, or its own name.
fn room(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The rooms that a file names as `crate::room`, alone or in a braced list.
fn rooms_used(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |text: &str| -> String {
            text.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
        };
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = 0;
            for (place, character) in list.char_indices() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        used.push(word(&list[start..place]));
                        break;
                    }
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        used.push(word(&list[start..place]));
                        start = place + 1;
                    }
                    _ => {}
                }
            }
        } else {
            used.push(word(rest));
        }
    }
    used.retain(|room| !room.is_empty());
    used
}

#[test]
fn a_module_uses_only_those_to_its_left() {
    let place = |room: &str| ORDER.iter().position(|name| *name == room);
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let own = room(&file);
        for used in rooms_used(&code) {
            let allowed = match own {
                "lib" | "main" => true,
                _ if used == own => true,
                // The emulator uses nothing of ours, so that it cannot share a misunderstanding with the planner.
                "emulator" => false,
                "cli" if used == "emulator" => true,
                "aws" | "privilege" => ["name", "resource", "state"].contains(&used.as_str()),
                _ => place(&used) < place(own) && place(&used).is_some(),
            };
            if !allowed {
                wrong.push(format!("{file} uses crate::{used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "against the module order:\n{}", wrong.join("\n"));
}

/// Fails with every file that holds one of the words and lies outside the allowed places.
fn only_in(words: &[&str], places: &[&str]) {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let allowed = places.iter().any(|place| file.starts_with(place));
        for word in words.iter().filter(|_| !allowed) {
            if code.contains(word) {
                wrong.push(format!("{file} holds `{word}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "only in {places:?}:\n{}", wrong.join("\n"));
}

#[test]
fn the_sdk_is_named_only_under_aws() {
    only_in(&["aws_sdk_", "aws_config"], &["aws/"]);
    only_in(&["aws_smithy_", "aws_types", "aws_credential_types"], &["aws/", "emulator/connector"]);
}

#[test]
fn waiting_happens_only_at_the_edges() {
    only_in(&["async fn", ".await"], &["aws/", "apply.rs", "apply/", "cli/", "emulator/"]);
    only_in(&["tokio::time"], &["aws/", "apply.rs", "apply/", "emulator/"]);
}

#[test]
fn clock_environment_and_printing_stay_in_the_command_line() {
    let places = ["cli/", "main.rs"];
    only_in(
        &["std::time::{", "std::time::Instant", "SystemTime", "std::env", "println!", "print!("],
        &places,
    );
}

#[test]
fn what_cannot_write_does_not_name_the_writer() {
    only_in(&["Writer"], &["apply.rs", "cli/apply.rs", "aws/"]);
}

#[test]
fn the_stages_learn_no_kinds_name() {
    let stages = ["settle", "keep", "diff", "plan", "apply", "report", "cli"];
    let names = ["Trail", "EventDataStore", "Channel", "Dashboard"];
    let mut wrong = Vec::new();
    for (file, code) in sources().into_iter().filter(|(file, _)| stages.contains(&room(file))) {
        for word in
            ["Kind::", "Spec::", "Action::"].iter().flat_map(|of| names.map(|name| format!("{of}{name}")))
        {
            if code.contains(&word) {
                wrong.push(format!("{file} holds `{word}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "what a kind is like is for resource/ to say:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_holds_more_than_one_idea() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let long: Vec<String> = sources()
        .keys()
        .filter_map(|file| {
            let lines = fs::read_to_string(root.join(file)).unwrap().lines().count();
            (lines > 450).then(|| format!("{file}: {lines} lines"))
        })
        .collect();
    assert!(long.is_empty(), "over 450 lines:\n{}", long.join("\n"));
}

#[test]
fn every_file_says_what_it_knows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let silent: Vec<String> = sources()
        .into_keys()
        .filter(|file| !fs::read_to_string(root.join(file)).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "without a line that says what the file knows:\n{}", silent.join("\n"));
}
