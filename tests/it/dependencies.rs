//! What `deny.toml` forbids, held without cargo-deny: licences, bans and sources of everything in `Cargo.lock`. Advisories
//! need their database; `cargo deny check` asks it wherever it is installed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn text(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// The entries of a list of `deny.toml`, one a line.
fn list(section: &str, name: &str) -> Vec<String> {
    let deny = text("deny.toml");
    let (_, section) = deny.split_once(&format!("[{section}]\n")).unwrap();
    let (_, list) = section.split_once(&format!("\n{name} = [\n")).unwrap();
    let (list, _) = list.split_once("\n]").unwrap();
    let entries = list.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    entries.map(|line| line.trim_end_matches(',').to_owned()).collect()
}

/// What stands between the first quotation marks after `before`.
fn quoted<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split('"').nth(1)
}

/// Name, version and source of everything that is locked; no source for what is our own.
fn locked() -> Vec<(String, String, Option<String>)> {
    let lock = text("Cargo.lock");
    let packages = lock.split("[[package]]").skip(1).map(|package| {
        let word = |member: &str| quoted(package, &format!("\n{member} = ")).map(str::to_owned);
        (word("name").unwrap(), word("version").unwrap(), word("source"))
    });
    packages.collect()
}

#[test]
fn everything_comes_from_the_one_registry() {
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    let strange: Vec<_> = locked()
        .into_iter()
        .filter(|(name, _, source)| match source {
            Some(source) => source != registry,
            None => !["trailkeeper", "trailkeeper-fuzz"].contains(&name.as_str()),
        })
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn nothing_that_is_banned_is_locked_and_no_version_is_left_open() {
    let number = |version: &str| -> Vec<u64> {
        version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
    };
    let bans = list("bans", "deny");
    assert!(bans.len() > 5, "{bans:?}");
    for ban in &bans {
        let name = quoted(ban, "name = ").unwrap();
        let below = quoted(ban, "version = ").map(|range| number(range.strip_prefix('<').unwrap()));
        let banned = |version: &str| below.as_ref().is_none_or(|below| number(version) < *below);
        let found = locked().into_iter().find(|(locked, version, _)| locked == name && banned(version));
        assert_eq!(found, None, "{ban}");
    }
    let open = text("Cargo.toml")
        .lines()
        .find(|line| line.contains("\"*\"") && !line.starts_with('['))
        .map(str::to_owned);
    assert_eq!(open, None, "a version that is left open");
}

#[test]
fn every_licence_is_one_that_is_allowed() {
    let allowed: BTreeSet<String> =
        list("licenses", "allow").iter().map(|entry| entry.trim_matches('"').to_owned()).collect();
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--locked", "--offline", "--edges", "normal,build,dev", "--prefix", "none"]);
    // What other platforms need besides need not have been downloaded, nor what the fuzzer needs.
    tree.args(["--package", "trailkeeper", "--target", "x86_64-unknown-linux-gnu", "--format", "{p}\t{l}"]);
    let output = tree.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let packages: BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    assert!(packages.len() > 100, "{}", packages.len());
    let licence = |package: &str| package.split_once('\t').map(|(_, licence)| licence.to_owned());
    let strange: Vec<_> =
        packages.iter().filter(|package| !admits(&licence(package).unwrap_or_default(), &allowed)).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

/// Whether one of the licences that an expression leaves to choose from is allowed (SPDX; `/` is its old `OR`).
fn admits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.trim().replace('/', " OR ");
    let parts = |word: &str| outside_parentheses(&expression, word);
    match (parts(" OR "), parts(" AND ")) {
        (choices, _) if choices.len() > 1 => choices.iter().any(|part| admits(part, allowed)),
        (_, all) if all.len() > 1 => all.iter().all(|part| admits(part, allowed)),
        _ => match expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => admits(inner, allowed),
            None => allowed.contains(&expression),
        },
    }
}

fn outside_parentheses(expression: &str, word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for part in expression.split_inclusive(word) {
        let open: isize =
            parts.last().unwrap().chars().chain(part.chars()).fold(0, |depth, letter| match letter {
                '(' => depth + 1,
                ')' => depth - 1,
                _ => depth,
            });
        let last = parts.last_mut().unwrap();
        last.push_str(part);
        if open == 0 && last.ends_with(word) {
            last.truncate(last.len() - word.len());
            parts.push(String::new());
        }
    }
    parts
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
    for expression in
        ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "(GPL-3.0 OR MIT) AND ISC", "MIT AND (ISC OR X)"]
    {
        assert!(admits(expression, &allowed), "{expression}");
    }
    for expression in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", "GPL-3.0 OR X"] {
        assert!(!admits(expression, &allowed), "{expression}");
    }
}
