//! A document against a JSON Schema: every place where its shape is wrong, told in the user's words.
//! It speaks the part of JSON Schema that schemars derives; what the values mean together is left to the checks.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::{Map, Value as Json};

use super::document::Document;
use super::finding::Finding;
use super::position::{Pointer, Segment};
use super::problem::{Code, Problems};
use super::source::SourceFile;
use super::suggest::closest;
use super::wording::{self, subject};

/// Compares a document's shape with the manifest's schema and adds all that is wrong to `problems`.
///
/// A text that holds `${…}` is taken wherever a scalar is expected: variables are put in later.
pub fn check_shape(schema: &Json, source: &SourceFile, document: &Document, problems: &mut Problems) {
    let mut walker =
        Walker { root: schema, patterns: BTreeMap::new(), document, source, suggestions: MAX_SUGGESTIONS };
    let found = walker.walk(&document.to_json(), schema, &mut Pointer::default());
    problems.extend(found.into_iter().map(|finding| finding.problem(&document.index)));
}

struct Walker<'a> {
    /// The whole schema, where `$ref` leads.
    root: &'a Json,
    /// Compiled patterns; none for one that is no regular expression.
    patterns: BTreeMap<&'a str, Option<Regex>>,
    document: &'a Document,
    source: &'a SourceFile,
    /// For how many more unknown keys what was meant is looked for.
    suggestions: usize,
}

/// For how many unknown keys what was meant is looked for: more of them are no typing mistakes.
const MAX_SUGGESTIONS: usize = 500;

type Findings<'a> = Vec<Finding<'a>>;

impl<'a> Walker<'a> {
    fn walk(&mut self, value: &Json, schema: &'a Json, at: &mut Pointer) -> Findings<'a> {
        let Json::Object(schema_map) = schema else {
            let refused = schema == &Json::Bool(false);
            let message = || format!("{} is not allowed here", subject(at));
            return refused.then(|| Finding::key(Code::UNKNOWN_KEY, at, message())).into_iter().collect();
        };
        let types = self.types(schema);
        if value.as_str().is_some_and(has_variable)
            && types.iter().any(|name| !matches!(*name, "array" | "object"))
        {
            return Vec::new();
        }
        if !types.contains(&type_of(value)) {
            return vec![self.wrong_type(value, &types, at)];
        }
        if let Some(choices) = self.choices(schema) {
            let fits = choices.contains(&value);
            return (!fits).then(|| Finding::choice(at, value.clone(), choices)).into_iter().collect();
        }
        let mut found = Vec::new();
        if let Some(target) = schema_map.get("$ref").and_then(|name| self.resolve(name)) {
            found.extend(self.walk(value, target, at));
        }
        for schema in list(schema_map, "allOf") {
            found.extend(self.walk(value, schema, at));
        }
        for (keyword, exclusive) in [("anyOf", false), ("oneOf", true)] {
            let branches = list(schema_map, keyword);
            if !branches.is_empty() {
                found.extend(self.alternatives(value, branches, exclusive, at));
            }
        }
        found.extend(match value {
            Json::Object(entries) => self.mapping(entries, schema_map, at),
            Json::Array(items) => self.items(items, schema_map, at),
            Json::String(text) => self.text(text, schema_map, at),
            Json::Number(number) => number_limits(number.as_f64(), schema_map, at),
            Json::Null | Json::Bool(_) => Vec::new(),
        });
        found
    }

    /// Of several forms, the one that the value most likely means: the only one of its type, else the one with
    /// the fewest mistakes.
    fn alternatives(
        &mut self,
        value: &Json,
        branches: &'a [Json],
        exclusive: bool,
        at: &mut Pointer,
    ) -> Findings<'a> {
        let mut results = Vec::new();
        for branch in branches {
            if self.types(branch).contains(&type_of(value)) {
                results.push(self.walk(value, branch, at));
            }
        }
        let fitting = results.iter().filter(|found| found.is_empty()).count();
        match fitting {
            0 if results.is_empty() => {
                let types: Vec<&str> = branches.iter().flat_map(|branch| self.types(branch)).collect();
                vec![self.wrong_type(value, &types, at)]
            }
            0 => Finding::nearest(results),
            // A variable may turn out to be what tells the forms apart.
            2.. if exclusive && !value.to_string().contains("${") => {
                let message = format!("{} fits more than one form", subject(at));
                vec![Finding::key(Code::TYPE, at, message)]
            }
            _ => Vec::new(),
        }
    }

    fn mapping(
        &mut self,
        entries: &Map<String, Json>,
        schema: &'a Map<String, Json>,
        at: &mut Pointer,
    ) -> Findings<'a> {
        let mut found =
            count_limits(entries.len(), ["minProperties", "maxProperties"], ["key", "keys"], schema, at);
        let properties = schema.get("properties").and_then(Json::as_object);
        let known = || properties.into_iter().flat_map(Map::keys).map(String::as_str);
        let mut meant = Vec::new();
        for (key, value) in entries {
            at.0.push(Segment::Key(key.clone()));
            if let Some(schema) = schema.get("propertyNames") {
                let names = self.walk(&Json::String(key.clone()), schema, at);
                found.extend(names.into_iter().map(|finding| Finding { on_key: true, ..finding }));
            }
            let declared = properties.and_then(|known| known.get(key));
            match declared.or_else(|| schema.get("additionalProperties")) {
                Some(Json::Bool(false)) if declared.is_none() => {
                    let near = (self.suggestions > 0).then(|| {
                        let free = known().filter(|key| !entries.contains_key(*key));
                        closest(key, free).or_else(|| closest(key, known()))
                    });
                    let near = near.flatten();
                    self.suggestions = self.suggestions.saturating_sub(1);
                    meant.extend(near);
                    found.push(unknown_key(key, near, known().collect(), at));
                }
                Some(schema) => found.extend(self.walk(value, schema, at)),
                None => {}
            }
            at.0.pop();
        }
        // A mistyped key is told once, not also as missing.
        let required = list(schema, "required").iter().filter_map(Json::as_str);
        let missing = required.filter(|key| !entries.contains_key(*key) && !meant.contains(key));
        found.extend(missing.map(|key| Finding::missing(at, vec![key])));
        found
    }

    fn items(&mut self, items: &[Json], schema: &'a Map<String, Json>, at: &mut Pointer) -> Findings<'a> {
        let mut found = count_limits(items.len(), ["minItems", "maxItems"], ["entry", "entries"], schema, at);
        let unique = schema.get("uniqueItems") == Some(&Json::Bool(true));
        let mut seen = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            at.0.push(Segment::Index(index));
            if unique && let Some(first) = seen.insert(item.to_string(), index) {
                let message = format!("{} repeats entry {first}", subject(at));
                found.push(Finding::value(Code::RANGE, at, message));
            }
            if let Some(schema) = schema.get("items") {
                found.extend(self.walk(item, schema, at));
            }
            at.0.pop();
        }
        found
    }

    fn text(&mut self, text: &str, schema: &'a Map<String, Json>, at: &Pointer) -> Findings<'a> {
        let length = text.chars().count();
        let mut found =
            count_limits(length, ["minLength", "maxLength"], ["character", "characters"], schema, at);
        let Some(pattern) = schema.get("pattern").and_then(Json::as_str) else { return found };
        let regex = self.patterns.entry(pattern).or_insert_with(|| Regex::new(pattern).ok());
        if regex.as_ref().is_some_and(|regex| !regex.is_match(text)) {
            let message = format!("{} is not a valid {}", wording::quoted(text), subject(at));
            let mut finding = Finding::value(Code::RANGE, at, message);
            finding.help.extend(schema.get("description").and_then(Json::as_str).map(first_sentence));
            finding.help.push(format!("it must match `{pattern}`"));
            found.push(finding);
        }
        found
    }

    fn wrong_type(&self, value: &Json, types: &[&str], at: &Pointer) -> Finding<'a> {
        let mut words: Vec<&str> =
            types.iter().filter(|name| **name != "null").map(|name| wording::type_word(name)).collect();
        words.dedup();
        let expected = wording::either(&words);
        if value.is_null() {
            // `key:` has no bytes of its own and stands at its key; `key: null` does.
            let what = if self.document.index.value(at).range == self.document.index.key(at).range {
                "has no value"
            } else {
                "is null"
            };
            let finding = Finding::key(Code::NO_VALUE, at, format!("{} {what}", subject(at)));
            return finding.label(format!("expected {expected}")).help("give it a value, or remove it");
        }
        let literal = self.literal(at);
        let message =
            format!("expected {expected} for {}, found {}", subject(at), wording::found_word(value, literal));
        let finding = Finding::value(Code::TYPE, at, message);
        match hint(value, types, literal) {
            Some(hint) => finding.label(hint),
            None => finding,
        }
    }

    /// What stands in the source for a value; empty when it stands there as an alias.
    fn literal(&self, at: &Pointer) -> &'a str {
        let range = self.document.index.literal(at);
        let text = range.and_then(|range| self.source.text().get(range)).unwrap_or_default();
        if text.starts_with('*') { "" } else { text }
    }

    /// The types that a schema lets through.
    fn types(&self, schema: &'a Json) -> Vec<&'static str> {
        const ALL: [&str; 7] = ["string", "integer", "number", "boolean", "array", "object", "null"];
        let mut allowed: Vec<&'static str> = ALL.to_vec();
        let Json::Object(schema) = schema else { return allowed };
        match schema.get("type") {
            Some(Json::String(name)) => allowed.retain(|kind| covers(name, kind)),
            Some(Json::Array(names)) => {
                allowed.retain(|kind| {
                    names.iter().any(|name| name.as_str().is_some_and(|name| covers(name, kind)))
                });
            }
            _ => {}
        }
        let choices = schema.get("enum").and_then(Json::as_array).map(Vec::as_slice);
        if let Some(choices) = choices.or(schema.get("const").map(std::slice::from_ref)) {
            allowed.retain(|kind| choices.iter().any(|choice| type_of(choice) == *kind));
        }
        let target = schema.get("$ref").and_then(|name| self.resolve(name));
        for schema in target.into_iter().chain(list(schema, "allOf")) {
            let types = self.types(schema);
            allowed.retain(|kind| types.contains(kind));
        }
        for keyword in ["anyOf", "oneOf"] {
            let branches = list(schema, keyword);
            let types: Vec<&str> = branches.iter().flat_map(|branch| self.types(branch)).collect();
            allowed.retain(|kind| branches.is_empty() || types.contains(kind));
        }
        allowed
    }

    /// The values that a schema lists, if it does nothing but list them (schemars writes documented variants as
    /// `oneOf` of `const`).
    fn choices(&self, schema: &'a Json) -> Option<Vec<&'a Json>> {
        let schema = schema.as_object()?;
        if let Some(choices) = schema.get("enum").and_then(Json::as_array) {
            return Some(choices.iter().collect());
        }
        if let Some(choice) = schema.get("const") {
            return Some(vec![choice]);
        }
        if let Some(name) = schema.get("$ref") {
            return self.choices(self.resolve(name)?);
        }
        if schema.get("type") == Some(&Json::String("null".to_owned())) {
            return Some(vec![&Json::Null]);
        }
        let branches = [list(schema, "anyOf"), list(schema, "oneOf")]
            .into_iter()
            .find(|branches| !branches.is_empty())?;
        let choices: Option<Vec<_>> = branches.iter().map(|branch| self.choices(branch)).collect();
        Some(choices?.concat())
    }

    /// Where a `$ref` leads: `#/$defs/Trail`. A schema refers within itself only.
    fn resolve(&self, name: &Json) -> Option<&'a Json> {
        self.root.pointer(name.as_str()?.strip_prefix('#')?)
    }
}

/// The list that a keyword holds, empty when it is not there.
fn list<'a>(schema: &'a Map<String, Json>, keyword: &str) -> &'a [Json] {
    schema.get(keyword).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// A value's JSON Schema type, the narrowest. 365.0 is not whole here (in JSON Schema it is): no setting is
/// written so.
fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn covers(wanted: &str, kind: &str) -> bool {
    wanted == kind || (wanted == "number" && kind == "integer")
}

/// Whether a text holds a `${` that is not `$${`, which is how a literal one is written.
fn has_variable(text: &str) -> bool {
    text.replace("$${", "").contains("${")
}

fn unknown_key<'a>(key: &str, near: Option<&str>, known: Vec<&str>, at: &Pointer) -> Finding<'a> {
    let parent = Pointer(at.0.get(..at.0.len().saturating_sub(1)).unwrap_or_default().to_vec());
    let place = if parent.is_root() {
        String::new()
    } else {
        format!(" in {}", wording::quoted(&parent.to_string()))
    };
    let finding = Finding::key(Code::UNKNOWN_KEY, at, format!("unknown key {}{place}", wording::quoted(key)));
    match near {
        Some(near) => finding.label(format!("did you mean `{near}`?")),
        None if known.is_empty() => finding,
        None => finding.help(format!("known here: {}", known.join(", "))),
    }
}

/// How to write what was probably meant.
fn hint(value: &Json, types: &[&str], literal: &str) -> Option<String> {
    let wanted = |name: &str| types.contains(&name);
    match value {
        Json::Number(_) | Json::Bool(_) if wanted("string") => Some(wording::quote_it(literal)),
        Json::String(text) if wanted("boolean") => match text.to_lowercase().as_str() {
            "true" | "false" => Some(format!("write {} without quotes", text.to_lowercase())),
            "yes" | "on" | "y" => Some("write true".to_owned()),
            "no" | "off" | "n" => Some("write false".to_owned()),
            _ => None,
        },
        Json::String(text) if wanted("number") || wanted("integer") => {
            let number = text.trim().parse::<f64>().is_ok_and(f64::is_finite);
            number.then(|| format!("write {} without quotes", text.trim()))
        }
        Json::Object(_) if wanted("array") => Some("start each entry with `- `".to_owned()),
        Json::String(_) | Json::Number(_) | Json::Bool(_) if wanted("array") && !literal.contains('\n') => {
            Some(format!("a list of one is written [{}]", wording::quoted(literal).trim_matches('`')))
        }
        _ => None,
    }
}

fn number_limits<'a>(number: Option<f64>, schema: &Map<String, Json>, at: &Pointer) -> Findings<'a> {
    let Some(number) = number else { return Vec::new() };
    let broken = |keyword: &str, holds: fn(f64, f64) -> bool, words: &str| {
        let limit = schema.get(keyword)?;
        let broken = limit.as_f64().is_some_and(|limit| !holds(number, limit));
        broken.then(|| {
            Finding::value(
                Code::RANGE,
                at,
                format!("{} must be {words} {limit}, and is {number}", subject(at)),
            )
        })
    };
    [
        broken("minimum", |number, limit| number >= limit, "at least"),
        broken("maximum", |number, limit| number <= limit, "at most"),
        broken("exclusiveMinimum", |number, limit| number > limit, "more than"),
        broken("exclusiveMaximum", |number, limit| number < limit, "less than"),
        broken("multipleOf", |number, step| number % step == 0.0, "a multiple of"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn count_limits<'a>(
    count: usize,
    [least, most]: [&str; 2],
    [one, many]: [&str; 2],
    schema: &Map<String, Json>,
    at: &Pointer,
) -> Findings<'a> {
    let limit = |keyword: &str| schema.get(keyword).and_then(Json::as_u64);
    let count = count as u64;
    let mut found = Vec::new();
    let mut tell = |words: &str, limit: u64| {
        let unit = if limit == 1 { one } else { many };
        let message = format!("{} must have {words} {limit} {unit}, and has {count}", subject(at));
        found.push(Finding::value(Code::RANGE, at, message));
    };
    if let Some(limit) = limit(least).filter(|limit| count < *limit) {
        tell("at least", limit);
    }
    if let Some(limit) = limit(most).filter(|limit| count > *limit) {
        tell("at most", limit);
    }
    found
}

fn first_sentence(description: &str) -> String {
    let line = description.split("\n\n").next().unwrap_or(description).replace('\n', " ");
    line.split_inclusive(". ").next().unwrap_or(&line).trim().to_owned()
}

#[cfg(test)]
mod tests;
