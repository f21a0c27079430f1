//! The page about the sandbox says what the emulator says of itself: its operations and its switches, out of the
//! tables in its source.

use crate::support::expect_file;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use trailkeeper::emulator::{Fault, Switches};

const PAGE: &str = "examples/sandbox/README.md";

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_page_lists_what_the_emulator_answers_and_what_is_in_doubt() {
    let page = between(&read(PAGE), "operations", &operations());
    let page = between(&page, "switches", &switches());
    expect_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE), &page).unwrap();
}

/// The text with this between two of its markers.
fn between(text: &str, name: &str, content: &str) -> String {
    let (before, rest) = text.split_once(&format!("<!-- {name}: ")).unwrap();
    let (line, rest) = rest.split_once("-->\n").unwrap();
    let end = format!("<!-- end of {name} -->");
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}<!-- {name}: {line}-->\n\n{content}\n{end}{after}")
}

/// The names in quotes on these lines.
fn quoted<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    lines.flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

fn operations() -> String {
    let table = read("src/emulator/operation.rs");
    let arm = |line: &&str| line.trim_start().starts_with('"') && line.contains("\" => ");
    let emulated = quoted(table.lines().filter(arm).map(|line| line.split_once(" => ").unwrap().0));
    let (_, rest) = table.split_once("const WITHOUT_DATA").unwrap();
    let without = quoted(rest.split_once("];").unwrap().0.lines());
    let beside = |service: &str| {
        let start = format!("(Service::{service}, \"");
        quoted(
            table
                .lines()
                .filter(|line| line.trim_start().starts_with(&start))
                .map(|line| line.split_once(") =>").unwrap().0),
        )
    };
    let preparation = read("src/emulator/preparation.rs");
    let contains = |line: &&str| line.contains("].contains(&operation)");
    let s3 = quoted(preparation.lines().filter(contains));
    let is_not = |line: &&str| line.contains("operation != \"");
    let sns = quoted(preparation.lines().filter(is_not));
    assert!(emulated.len() > 40 && without.len() == 15 && s3.len() == 4 && sns.len() == 1);
    let row = |what: &str, names: &BTreeSet<&str>| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        format!("| {what} | {} |\n", names.join(", "))
    };
    [
        "| service | operations |\n|---|---|\n".to_owned(),
        row("CloudTrail", &emulated),
        row(
            "CloudTrail, always refused with `UnsupportedOperationException`: there are no recorded events",
            &without,
        ),
        row("STS", &beside("Sts")),
        row("KMS", &beside("Kms")),
        row("S3", &s3),
        row("SNS", &sns),
    ]
    .concat()
}

/// A row for each switch: its doc comment, and what it is by default.
fn switches() -> String {
    let source = read("src/emulator/switches.rs");
    let (_, rest) = source.split_once("pub struct Switches {\n").unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let defaults = format!("{:#?}", Switches::default()).replace("Some(\n", "Some(");
    let mut rows = String::from("| in doubt | the sandbox |\n|---|---|\n");
    let mut comment = Vec::new();
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            comment.push(text);
        } else if let Some((name, _)) = line.strip_prefix("pub ").and_then(|line| line.split_once(": ")) {
            let start = format!("{name}: ");
            let value = defaults.lines().find_map(|line| line.trim().strip_prefix(&start)).unwrap();
            let said = match value.trim_end_matches(',') {
                "true" => "yes",
                "false" => "no",
                "None" => "the service's own",
                other => other,
            };
            rows.push_str(&format!("| {} | {said} |\n", comment.join(" ").trim_end_matches('.')));
            comment.clear();
        }
    }
    rows
}

#[test]
fn the_pages_faults_are_faults() {
    let page = read(PAGE);
    let list = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(Fault::list(list).unwrap().len(), 4);
    let (_, rest) = page.split_once("Beside these there are ").unwrap();
    let fault = read("src/emulator/fault.rs");
    for word in quoted(rest.split_once("## ").unwrap().0.replace('`', "\"").lines()) {
        assert!(fault.contains(&format!("/// | `{word}` |")), "{word}");
    }
    let words = fault.lines().filter_map(|line| line.strip_prefix("/// | `")?.split('`').next());
    for word in words.filter(|word| *word != "then") {
        assert!(page.contains(&format!("`{word}`")) || page.contains(&format!("then: {word}")), "{word}");
    }
}
