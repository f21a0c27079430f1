//! One mistake in a document's shape, before it has a place in the text; and which of several readings is nearest.

use serde_json::Value as Json;

use super::position::{Index, Pointer};
use super::problem::{Code, Problem};
use super::suggest::closest;
use super::wording::{self, subject};

/// The most values that a message lists.
const MAX_LISTED: usize = 40;

/// One mistake in a document's shape.
#[derive(Debug, Clone)]
pub(super) struct Finding<'a> {
    pub(super) code: Code,
    pub(super) pointer: Pointer,
    /// Whether the key is to be marked, not the value.
    pub(super) on_key: bool,
    pub(super) message: String,
    pub(super) label: Option<String>,
    pub(super) help: Vec<String>,
    pub(super) kind: Kind<'a>,
}

/// What can be said in one when several readings of a value fail in the same way.
#[derive(Debug, Clone)]
pub(super) enum Kind<'a> {
    Missing(Vec<&'a str>),
    Choice { found: Json, choices: Vec<&'a Json> },
    Other,
}

impl<'a> Finding<'a> {
    /// A mistake of which the value is to be marked.
    pub(super) fn value(code: Code, at: &Pointer, message: String) -> Finding<'a> {
        let (pointer, help) = (at.clone(), Vec::new());
        Finding { code, pointer, on_key: false, message, label: None, help, kind: Kind::Other }
    }

    /// A mistake of which the key is to be marked.
    pub(super) fn key(code: Code, at: &Pointer, message: String) -> Finding<'a> {
        Finding { on_key: true, ..Finding::value(code, at, message) }
    }

    /// A key, or one of several keys, that the mapping needs.
    pub(super) fn missing(at: &Pointer, keys: Vec<&'a str>) -> Finding<'a> {
        let words: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        let place =
            if at.is_root() { String::new() } else { format!(" in {}", wording::quoted(&at.to_string())) };
        let message = match words.as_slice() {
            [key] => format!("missing key {key}{place}"),
            keys => format!("missing one of the keys {}{place}", wording::either(keys)),
        };
        Finding { kind: Kind::Missing(keys), ..Finding::key(Code::MISSING_KEY, at, message) }
    }

    /// A value that is not among those that may be chosen.
    pub(super) fn choice(at: &Pointer, found: Json, choices: Vec<&'a Json>) -> Finding<'a> {
        let message = format!("{} cannot be {}", subject(at), wording::scalar_word(&found));
        let near = found
            .as_str()
            .and_then(|found| closest(found, choices.iter().filter_map(|choice| choice.as_str())));
        let label = near.map(|near| format!("did you mean `{near}`?"));
        let words: Vec<String> = choices
            .iter()
            .filter(|choice| !choice.is_null())
            .map(|choice| wording::scalar_word(choice))
            .collect();
        let help = if words.len() > MAX_LISTED {
            Vec::new()
        } else {
            vec![format!("it can be {}", wording::either(&words))]
        };
        Finding {
            label,
            help,
            kind: Kind::Choice { found, choices },
            ..Finding::value(Code::CHOICE, at, message)
        }
    }

    /// The same mistake with these words under its place.
    pub(super) fn label(self, label: String) -> Finding<'a> {
        Finding { label: Some(label), ..self }
    }

    /// The same mistake with one more thing to do about it.
    pub(super) fn help(mut self, help: impl Into<String>) -> Finding<'a> {
        self.help.push(help.into());
        self
    }

    /// The mistake with its place in the text.
    pub(super) fn problem(self, index: &Index) -> Problem {
        let Finding { code, pointer, on_key, message, label, help, kind: _ } = self;
        let at = if on_key { index.key(&pointer) } else { index.value(&pointer) };
        Problem { label, help, ..Problem::error(code, message).at(at) }
    }

    /// The mistakes of the nearest of several readings, each of which has some. Where all lack one key, or all
    /// want another value
    /// at the same place, that is said in one.
    pub(super) fn nearest(readings: Vec<Vec<Finding<'a>>>) -> Vec<Finding<'a>> {
        if readings.len() > 1
            && let Some(merged) = lacking(&readings).or_else(|| choosing(&readings))
        {
            return vec![merged];
        }
        // A wrong choice is what tells readings apart (`kind: other`), so it weighs more than everything that
        // follows from it.
        let weight = |finding: &Finding<'_>| if matches!(finding.kind, Kind::Choice { .. }) { 10 } else { 1 };
        readings.into_iter().min_by_key(|found| found.iter().map(weight).sum::<usize>()).unwrap_or_default()
    }
}

fn lacking<'a>(readings: &[Vec<Finding<'a>>]) -> Option<Finding<'a>> {
    let mut keys = Vec::new();
    for reading in readings {
        let [Finding { kind: Kind::Missing(lacking), .. }] = reading.as_slice() else { return None };
        keys.extend(lacking.iter().copied().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
    }
    let at = &readings.first()?.first()?.pointer;
    let same = readings.iter().flatten().all(|finding| finding.pointer == *at);
    same.then(|| Finding::missing(at, keys))
}

fn choosing<'a>(readings: &[Vec<Finding<'a>>]) -> Option<Finding<'a>> {
    let choice_at = |reading: &[Finding<'a>], at: &Pointer| {
        reading.iter().find_map(|finding| match &finding.kind {
            Kind::Choice { choices, .. } if finding.pointer == *at => Some(choices.clone()),
            _ => None,
        })
    };
    readings.first()?.iter().find_map(|finding| {
        let Kind::Choice { found, .. } = &finding.kind else { return None };
        let choices: Option<Vec<_>> =
            readings.iter().map(|reading| choice_at(reading, &finding.pointer)).collect();
        Some(Finding::choice(&finding.pointer, found.clone(), choices?.concat()))
    })
}
