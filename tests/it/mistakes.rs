//! Properties of everything that is said about manifests: nothing panics, every problem stands inside its file, the walker
//! agrees with jsonschema, and the order of blocks changes places only.

use crate::shapes;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use trailkeeper::manifest::problem::{Problem, Problems};
use trailkeeper::manifest::{Manifest, SourceFile, Sources, check_shape, read_document, render_text, schema};
use trailkeeper::report::{Findings, github, json, sarif};

/// Everything that is said about one text, in file order.
fn told(source: &SourceFile) -> Vec<Problem> {
    let sources: Sources = [source.clone()].into_iter().collect();
    let problems: Problems = match Manifest::parse(std::slice::from_ref(source)) {
        Ok(manifest) => match manifest.resolve(&manifest.stand_in_target(), &BTreeMap::new()) {
            Ok(resolved) => resolved.warnings.into(),
            Err(problems) => problems,
        },
        Err(problems) => problems,
    };
    problems.into_sorted(&sources)
}

/// Holds what must hold for all that is said about a text, in every format.
fn hold(source: &SourceFile) {
    let sources: Sources = [source.clone()].into_iter().collect();
    let problems = told(source);
    let text = source.text();
    let mut last = (0, 0);
    for problem in &problems {
        let Some(range) = problem.at.as_ref().and_then(|at| at.range.clone()) else { continue };
        assert!(text.get(range.clone()).is_some(), "{range:?} of {problem:?}");
        assert!((range.start, range.end) >= last, "out of order: {problem:?}");
        last = (range.start, range.end);
    }
    let findings = Findings { problems: &problems, silenced: &[], sources: &sources };
    render_text(&problems, &sources, true);
    assert_eq!(github::problems(&findings).lines().count(), problems.len());
    for document in [json::problems(&findings), sarif::problems(&findings)] {
        serde_json::from_str::<serde_json::Value>(&document).unwrap();
    }
}

/// The broken manifests of `tests/problems`.
fn seeds() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    paths
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .filter(|text| text.len() < 4096)
        .collect()
}

/// Pieces of text that end up in the wrong place.
const SCRAPS: [&str; 24] = [
    "",
    "${vars.x}",
    "${",
    "$${",
    "${self.arn}",
    "null",
    "[",
    "]",
    "{",
    "}",
    "- ",
    "\n",
    "\n  ",
    "é",
    ": ",
    "12",
    "-1",
    "1e9",
    "true",
    "\"",
    "'",
    " # trailkeeper: allow TK108\n",
    "&a ",
    "*a",
];

fn mutated() -> impl Strategy<Value = String> {
    let seeds = seeds();
    let cuts = prop::collection::vec((0.0..1.0_f64, 0_usize..16, 0..SCRAPS.len()), 0..6);
    (0..seeds.len(), cuts).prop_map(move |(seed, cuts)| {
        let mut text = seeds[seed].clone();
        for (place, length, scrap) in cuts {
            let boundary = |from: usize| (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
            let start = boundary((text.len() as f64 * place) as usize);
            let end = boundary((start + length).min(text.len()));
            text.replace_range(start..end, SCRAPS[scrap]);
        }
        text
    })
}

/// The entries of a mapping in another order, and those of its lists of resources.
fn shuffled(text: &str, seed: u64) -> String {
    let mut document: serde_yaml::Mapping = serde_yaml::from_str(text).unwrap();
    let mut state = seed;
    let mut next = move |below: usize| {
        // A linear congruential generator (Knuth) is random enough to shuffle.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % below
    };
    for (_, list) in document.iter_mut() {
        if let serde_yaml::Value::Sequence(items) = list {
            for index in (1..items.len()).rev() {
                items.swap(index, next(index + 1));
            }
        }
    }
    let mut entries: Vec<_> = document.into_iter().collect();
    for index in (1..entries.len()).rev() {
        entries.swap(index, next(index + 1));
    }
    serde_yaml::to_string(&entries.into_iter().collect::<serde_yaml::Mapping>()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_told_about_and_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in any::<String>()) {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            if let Ok(source) = SourceFile::decode("m.yaml", bytes) {
                hold(&source);
            }
        }
    }

    #[test]
    fn any_mutated_manifest_is_told_about_inside_its_file(text in mutated()) {
        if let Ok(source) = SourceFile::decode("m.yaml", text.as_bytes()) {
            hold(&source);
        }
    }

    #[test]
    fn the_walker_agrees_with_jsonschema(text in mutated()) {
        let Ok(source) = SourceFile::decode("m.yaml", text.as_bytes()) else { return Ok(()) };
        let mut problems = Problems::default();
        let Some(document) = read_document(&source, &mut problems) else { return Ok(()) };
        let schema = schema();
        let oracle = jsonschema::draft7::new(&schema).unwrap();
        let mut found = Problems::default();
        check_shape(&schema, &source, &document, &mut found);
        let value = document.to_json();
        // A whole number written as 1.0 is none here (see the walker), and one in JSON Schema.
        let odd = value.to_string().contains(".0");
        prop_assert!(odd || found.is_empty() == oracle.is_valid(&value), "{found:?}\n{value}");
    }

    #[test]
    fn the_order_of_blocks_changes_places_only(seed in any::<u64>()) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/wrong-in-many-blocks.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        let messages = |text: &str| {
            let problems = told(&SourceFile::decode("m.yaml", text.as_bytes()).unwrap());
            let mut messages: Vec<String> = problems.iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect();
            messages.sort();
            messages
        };
        let plain = messages(&text);
        prop_assert!(plain.len() > 10);
        prop_assert_eq!(messages(&shuffled(&text, seed)), plain);
    }
}

/// Sizes are small here: how long the large ones take, `benches/validate.rs` measures.
#[test]
fn every_text_that_is_made_to_be_slow_is_answered() {
    for name in shapes::NAMES {
        let source = SourceFile::decode("m.yaml", shapes::text(name, 8).as_bytes()).unwrap();
        assert!(!told(&source).is_empty(), "{name}");
        hold(&source);
    }
}
