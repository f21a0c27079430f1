//! Writes what fuzzing starts from, when `SEEDS=ROOT:CORPUS` asks for it. Manifests and policies are those of the tests, sandboxes are the
//! accounts of the scenarios, answers are what the emulator says about those; plans are made by `.ci/fuzz`, with the binary.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use trailkeeper::emulator::Emulator;
use trailkeeper::name::Region;
use trailkeeper::state::Asks;

use crate::{ACCOUNT, Recording};

/// Writes the seeds and ends the process, if it was started for that. Whatever is instrumented needs libFuzzer's `main`, so that a
/// target does it and no program of its own.
pub fn write_if_asked() {
    let Ok(asked) = std::env::var("SEEDS") else { return };
    let (root, corpus) = asked.split_once(':').expect("SEEDS=ROOT:CORPUS");
    write(Path::new(root), Path::new(corpus)).expect("the seeds can be written");
    std::process::exit(0);
}

fn write(root: &Path, corpus: &Path) -> std::io::Result<()> {
    let mut files = Vec::new();
    for folder in ["examples", "tests/problems", "tests/scenarios", "tests/export"] {
        below(&root.join(folder), &mut files)?;
    }
    for (number, path) in files.iter().enumerate() {
        let text = fs::read(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match name.as_str() {
            "account.yaml" => account(corpus, number, &text)?,
            name if name.ends_with(".yaml") => seed(corpus, "manifest", number, &text)?,
            name if name.ends_with(".json") => seed(corpus, "policy", number, &text)?,
            _ => {}
        }
    }
    fs::write(corpus.join("words.dict"), dictionary())
}

fn account(corpus: &Path, number: usize, text: &[u8]) -> std::io::Result<()> {
    let text = String::from_utf8_lossy(text);
    let Ok(emulator) = Emulator::restore(&text, ACCOUNT) else { return Ok(()) };
    seed(corpus, "sandbox", number, text.as_bytes())?;
    seed(corpus, "sandbox", 1000 + number, emulator.snapshot().as_bytes())?;
    let recording = Recording::new(emulator);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(async {
        let options = trailkeeper::aws::ConnectOptions {
            region: Region::parse("us-east-1"),
            sandbox: Some(recording.client()),
            ..Default::default()
        };
        // What cannot be read leaves the answers so far, which are seeds too.
        if let Ok(reader) = trailkeeper::aws::connect(options).await {
            drop(reader.read(&Asks::default()).await);
        }
    });
    seed(corpus, "answers", number, recording.text().as_bytes())
}

fn seed(corpus: &Path, target: &str, number: usize, bytes: &[u8]) -> std::io::Result<()> {
    let folder = corpus.join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("seed-{number}")), bytes)
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            below(&entry, found)?;
        } else {
            found.push(entry);
        }
    }
    Ok(())
}

/// Every key of a manifest and every word that it may choose, and signs of YAML and JSON.
fn dictionary() -> String {
    let mut words: BTreeSet<String> = [
        "${vars.x}",
        "${self.arn}",
        "$${",
        "&a ",
        "*a",
        "<<: ",
        "- ",
        "\": ",
        "null",
        "NextToken",
        "1e9",
        "\\u0000",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    collect(&trailkeeper::manifest::schema(), &mut words);
    words.iter().map(|word| format!("\"{}\"\n", word.replace('\\', "\\\\").replace('"', "\\\""))).collect()
}

fn collect(schema: &serde_json::Value, words: &mut BTreeSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(|found| found.as_object()) {
        words.extend(properties.keys().map(|key| format!("{key}: ")));
    }
    if let Some(choices) = schema.get("enum").and_then(|found| found.as_array()) {
        words.extend(choices.iter().filter_map(|choice| choice.as_str()).map(str::to_owned));
    }
    match schema {
        serde_json::Value::Object(entries) => entries.values().for_each(|below| collect(below, words)),
        serde_json::Value::Array(items) => items.iter().for_each(|below| collect(below, words)),
        _ => {}
    }
}
