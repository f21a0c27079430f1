//! `${…}` in a manifest: variables and the target become plain text, references to resources get one spelling.
//! What a reference becomes is `reference`'s; where settings stand in a file is the shapes'.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::{Mapping, Value};

use super::piece::{Piece, lone_variable, pieces};
use super::policy::read_json;
use super::position::{Pointer, Segment};
use super::problem::{At, Code, MAX_KEPT, Problem, Problems};
use super::reference::Reference;
use super::suggest::{MAX_CANDIDATES, closest};
use super::wording::quoted;
use super::{File, header::HEADER_KEYS};
use crate::name::Target;
use crate::resource::{Key, Kind, Part, Text};

/// A `${…}` that nothing gives a meaning.
pub(super) const UNKNOWN: Code = Code("TK022");
/// A `${…}` that cannot stand where it does.
pub(super) const MISPLACED: Code = Code("TK023");
/// A reference to a resource that the manifest does not declare.
pub(super) const UNDECLARED: Code = Code("TK024");
/// A resource policy that is not JSON.
pub(super) const NOT_JSON: Code = Code("TK025");

/// What `${…}` may mean, everywhere in the manifest.
pub(super) struct Scope<'a> {
    /// The header's `vars`; none when there is no header that can be read, and nothing is known to be wrong.
    pub(super) vars: Option<&'a BTreeMap<String, Value>>,
    /// None where the target is not known yet.
    pub(super) target: Option<&'a Target>,
    /// Everything that the manifest declares; none while that is still being found out.
    pub(super) declared: Option<&'a BTreeSet<Key>>,
}

/// What a text may hold, by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    /// A name, or what must be known before the target is: only `${vars.…}`.
    Name,
    /// The definition of a variable: all but other variables.
    Definition,
    /// Any other text: no references.
    Setting,
    /// References too.
    Referring,
    /// References, and `${self.arn}`: inside the policy of this resource. None when it has no name, or another's.
    Policy(Option<&'a Key>),
}

/// Puts variables into one file's document.
pub(super) struct Expander<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) file: &'a File,
    pub(super) problems: &'a mut Problems,
    /// Values that a lone `${vars.x}` stands for, and that `x`: their mistakes are to be mended there.
    pub(super) borrowed: BTreeMap<Pointer, String>,
    /// Values whose variables are not known, though nothing is known to be wrong.
    pub(super) unknown: BTreeSet<Pointer>,
}

impl<'a> Expander<'a> {
    pub(super) fn new(scope: &'a Scope<'a>, file: &'a File, problems: &'a mut Problems) -> Expander<'a> {
        Expander { scope, file, problems, borrowed: BTreeMap::new(), unknown: BTreeSet::new() }
    }

    /// The whole document with its variables put in. `names` are the keys of its list entries, by list and place.
    pub(super) fn document(&mut self, names: &BTreeMap<Pointer, Key>) -> Value {
        let Value::Mapping(entries) = &self.file.document.value else {
            return self.file.document.value.clone();
        };
        let mut whole = Mapping::new();
        for (key, value) in entries {
            let list = key.as_str().unwrap_or_default();
            let at = Pointer::default().key(list);
            let expanded = match (list, value) {
                ("vars", Value::Mapping(vars)) => {
                    self.definitions(vars);
                    value.clone()
                }
                ("tags" | "ignoreTags", _) => self.value(value, &at, Place::Setting),
                ("allow" | "removed", Value::Sequence(items)) => self.about_others(items, &at),
                (list, _) if HEADER_KEYS.contains(&list) => self.value(value, &at, Place::Name),
                (_, Value::Sequence(items)) => Value::Sequence(
                    items
                        .iter()
                        .enumerate()
                        .map(|(index, item)| self.resource(item, &at.index(index), list, names))
                        .collect(),
                ),
                _ => value.clone(),
            };
            whole.insert(key.clone(), expanded);
        }
        Value::Mapping(whole)
    }

    /// A policy that was read from a file of its own; its mistakes are shown at the key that names it.
    pub(super) fn policy(&mut self, text: &str, at: &Pointer, own: &Key) -> Option<Value> {
        match read_json(text) {
            Ok(value) => Some(self.value(&value, at, Place::Policy(Some(own)))),
            Err(error) => {
                let message = format!("the resource policy is not JSON: {error}");
                self.problems.push(Problem::error(NOT_JSON, message).at(self.file.value_at(at)));
                None
            }
        }
    }

    /// A name, in which only variables may stand.
    pub(super) fn name(&mut self, text: &str, at: &Pointer) -> String {
        self.text(text, at, Place::Name).as_plain().unwrap_or_default().to_owned()
    }

    /// The path of a file, which may be another one for each target.
    pub(super) fn path(&mut self, text: &str, at: &Pointer) -> String {
        self.text(text, at, Place::Setting).as_plain().unwrap_or_default().to_owned()
    }

    /// A value that must be known before the target is, like a name.
    pub(super) fn early(&mut self, value: &Value, at: &Pointer) -> Value {
        self.value(value, at, Place::Name)
    }

    fn resource(&mut self, entry: &Value, at: &Pointer, list: &str, names: &BTreeMap<Pointer, Key>) -> Value {
        let Value::Mapping(settings) = entry else { return self.value(entry, at, Place::Setting) };
        let own = names.get(at);
        let mut whole = Mapping::new();
        for (key, value) in settings {
            let setting = key.as_str().unwrap_or_default();
            let at = at.key(setting);
            let expanded = match (list, setting) {
                (_, "name" | "renamedFrom") => self.value(value, &at, Place::Name),
                (_, "resourcePolicy") => self.policy_setting(value, &at, own),
                ("channels", "destinations") | ("eventDataStores", "insightsDestination") => {
                    self.value(value, &at, Place::Referring)
                }
                ("dashboards", "widgets") => self.widgets(value, &at),
                _ => self.value(value, &at, Place::Setting),
            };
            whole.insert(key.clone(), expanded);
        }
        Value::Mapping(whole)
    }

    /// Entries that name resources, and say why.
    fn about_others(&mut self, entries: &[Value], at: &Pointer) -> Value {
        let entry = |(index, entry): (usize, &Value)| {
            let at = at.index(index);
            let Value::Mapping(settings) = entry else { return self.value(entry, &at, Place::Name) };
            let mut whole = Mapping::new();
            for (key, value) in settings {
                let setting = key.as_str().unwrap_or_default();
                let place = if setting == "reason" { Place::Setting } else { Place::Name };
                whole.insert(key.clone(), self.value(value, &at.key(setting), place));
            }
            Value::Mapping(whole)
        };
        Value::Sequence(entries.iter().enumerate().map(entry).collect())
    }

    fn policy_setting(&mut self, value: &Value, at: &Pointer, own: Option<&Key>) -> Value {
        let place = Place::Policy(own);
        let Value::String(text) = value else { return self.value(value, at, place) };
        let given = lone_variable(text).and_then(|name| self.scope.vars?.get(name)?.as_str());
        match read_json(given.unwrap_or(text)) {
            Ok(policy) => self.value(&policy, at, place),
            Err(error) => {
                let message = format!("the resource policy is not JSON: {error}");
                let help = "write it as a mapping, or as one JSON object";
                self.problems.push(Problem::error(NOT_JSON, message).at(self.file.value_at(at)).help(help));
                value.clone()
            }
        }
    }

    /// Widgets: their SQL may refer to stores, everything else is plain.
    fn widgets(&mut self, value: &Value, at: &Pointer) -> Value {
        let Value::Sequence(widgets) = value else { return self.value(value, at, Place::Setting) };
        let widget = |(index, widget): (usize, &Value)| {
            let at = at.index(index);
            let Value::Mapping(settings) = widget else { return self.value(widget, &at, Place::Setting) };
            let mut whole = Mapping::new();
            for (key, value) in settings {
                let setting = key.as_str().unwrap_or_default();
                let sql = setting == "queryStatement";
                let place = if sql { Place::Referring } else { Place::Setting };
                whole.insert(key.clone(), self.value(value, &at.key(setting), place));
            }
            Value::Mapping(whole)
        };
        Value::Sequence(widgets.iter().enumerate().map(widget).collect())
    }

    fn definitions(&mut self, vars: &Mapping) {
        for (key, value) in vars {
            let at = Pointer::default().key("vars").key(key.as_str().unwrap_or_default());
            if let Value::String(text) = value {
                self.text(text, &at, Place::Definition);
            }
        }
    }

    fn value(&mut self, value: &Value, at: &Pointer, place: Place<'_>) -> Value {
        match value {
            Value::String(text) => self.scalar(text, at, place),
            Value::Sequence(items) => Value::Sequence(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.value(item, &at.index(index), place))
                    .collect(),
            ),
            Value::Mapping(entries) => {
                let mut whole = Mapping::new();
                for (key, value) in entries {
                    let at = at.key(key.as_str().unwrap_or_default());
                    self.refuse_in_key(key, &at);
                    whole.insert(key.clone(), self.value(value, &at, place));
                }
                Value::Mapping(whole)
            }
            other => other.clone(),
        }
    }

    /// A text, or the typed value of the variable that is all of it.
    fn scalar(&mut self, text: &str, at: &Pointer, place: Place<'_>) -> Value {
        if let Some(name) = lone_variable(text)
            && let Some(given) = self.scope.vars.and_then(|vars| vars.get(name))
        {
            self.borrowed.insert(at.clone(), name.to_owned());
            if matches!(given, Value::Bool(_) | Value::Number(_)) {
                return given.clone();
            }
        }
        let expanded = self.text(text, at, place);
        match place {
            // References stay, and so does what keeps other texts from being read as one.
            Place::Referring | Place::Policy(_) => Value::String(expanded.to_string()),
            _ => Value::String(expanded.as_plain().unwrap_or_default().to_owned()),
        }
    }

    fn text(&mut self, text: &str, at: &Pointer, place: Place<'_>) -> Text {
        let mut parts = Vec::new();
        for piece in pieces(text) {
            match piece {
                Piece::Plain(text) => parts.push(Part::Lit(text.to_owned())),
                Piece::Open(text) => {
                    let problem = self.problem(UNKNOWN, "`${` without its `}`".to_owned(), at, text);
                    self.problems.push(problem.help("a literal `${` is written `$${`"));
                }
                Piece::Variable(inner) => parts.extend(self.variable(inner, at, place)),
            }
        }
        Text::new(parts)
    }

    fn variable(&mut self, inner: &str, at: &Pointer, place: Place<'_>) -> Vec<Part> {
        if let Some(name) = inner.strip_prefix("vars.") {
            return self.given(name, inner, at, place);
        }
        let of_target = match inner {
            "account" => self.scope.target.map(|target| target.account.to_string()),
            "region" => self.scope.target.map(|target| target.region.to_string()),
            "partition" => self.scope.target.map(|target| target.partition.to_string()),
            _ => return self.reference(inner, at, place).into_iter().collect(),
        };
        if place == Place::Name {
            let message = format!("`${{{inner}}}` cannot stand here");
            let help = "names, and what must be known before the account is, take `${vars.…}` only";
            self.problems.push(self.problem(MISPLACED, message, at, &format!("${{{inner}}}")).help(help));
        }
        of_target.map(Part::Lit).into_iter().collect()
    }

    /// The pieces of a variable's value.
    fn given(&mut self, name: &str, inner: &str, at: &Pointer, place: Place<'_>) -> Vec<Part> {
        let Some(vars) = self.scope.vars else {
            self.unknown.insert(at.clone());
            return Vec::new();
        };
        if place == Place::Definition {
            let message = "a variable cannot refer to another variable".to_owned();
            self.problems.push(self.problem(MISPLACED, message, at, &format!("${{{inner}}}")));
            return Vec::new();
        }
        match vars.get(name) {
            // What is wrong in a definition is told there, so here each piece is looked at for its place only.
            Some(Value::String(text)) => pieces(text)
                .flat_map(|piece| match piece {
                    Piece::Plain(text) => vec![Part::Lit(text.to_owned())],
                    Piece::Variable(inner) if !inner.starts_with("vars.") => self.variable(inner, at, place),
                    Piece::Variable(_) | Piece::Open(_) => Vec::new(),
                })
                .collect(),
            Some(Value::Bool(value)) => vec![Part::Lit(value.to_string())],
            Some(Value::Number(number)) => vec![Part::Lit(number.to_string())],
            // The walker says that a variable is no list, and has a value.
            Some(_) => Vec::new(),
            None => {
                let message = format!("the header's `vars` has no {}", quoted(name));
                let problem = self.problem(UNKNOWN, message, at, &format!("${{{inner}}}"));
                let near = self.near(name, || vars.keys().cloned().collect());
                self.problems.push(suggest(problem, near.map(|near| format!("${{vars.{near}}}"))));
                Vec::new()
            }
        }
    }

    fn reference(&mut self, inner: &str, at: &Pointer, place: Place<'_>) -> Option<Part> {
        let written = format!("${{{inner}}}");
        let reference = match (inner, place) {
            ("self.arn", Place::Policy(Some(own))) => Reference::Arn(own.clone()),
            // What is wrong with the name is told already.
            ("self.arn", Place::Policy(None)) => {
                self.unknown.insert(at.clone());
                return None;
            }
            ("self.arn", _) => {
                let message = "`${self.arn}` has a meaning inside a `resourcePolicy` only".to_owned();
                self.problems.push(self.problem(MISPLACED, message, at, &written));
                return None;
            }
            _ => match Reference::parse(inner) {
                Some(reference) => reference,
                None => {
                    let problem =
                        self.problem(UNKNOWN, format!("{} is unknown", quoted(&written)), at, &written);
                    let near = self.near(inner, || self.known());
                    let problem = suggest(problem, near.map(|near| format!("${{{near}}}")));
                    self.problems.push(problem.help("a literal `${` is written `$${`"));
                    return None;
                }
            },
        };
        if matches!(place, Place::Name | Place::Setting) {
            let message = format!("{} cannot stand here: the setting takes no reference", quoted(&written));
            let help = "references stand in channel destinations, `insightsDestination`, resource policies and dashboard SQL";
            self.problems.push(self.problem(MISPLACED, message, at, &written).help(help));
            return None;
        }
        self.declared(&reference, at, &written);
        Some(reference.into_part())
    }

    fn declared(&mut self, reference: &Reference, at: &Pointer, written: &str) {
        let Some(declared) = self.scope.declared else { return };
        let key = reference.key();
        if declared.contains(key) {
            return;
        }
        let message = format!("{} refers to {key}, which the manifest does not declare", quoted(written));
        let problem = self.problem(UNDECLARED, message, at, written);
        let others =
            || declared.iter().filter(|other| other.kind == key.kind).map(|other| other.name.to_string());
        let near = self.near(key.name.as_str(), || others().collect());
        self.problems.push(suggest(problem, near));
    }

    /// What was probably meant, as long as it will be told.
    fn near(&self, word: &str, known: impl Fn() -> Vec<String>) -> Option<String> {
        if self.problems.is_full() {
            return None;
        }
        closest(word, known().iter().map(String::as_str)).map(str::to_owned)
    }

    /// Everything that may stand between `${` and `}`.
    fn known(&self) -> Vec<String> {
        let mut known: Vec<String> =
            ["account", "region", "partition", "self.arn"].map(str::to_owned).to_vec();
        known.extend(self.scope.vars.into_iter().flatten().map(|(name, _)| format!("vars.{name}")));
        for key in self.scope.declared.into_iter().flatten().take(MAX_CANDIDATES) {
            known.push(format!("{}.{}.arn", key.kind.plural(), key.name));
            if key.kind == Kind::EventDataStore {
                known.push(format!("{}.{}.id", key.kind.plural(), key.name));
            }
        }
        known
    }

    fn refuse_in_key(&mut self, key: &Value, at: &Pointer) {
        let Some(text) =
            key.as_str().filter(|text| pieces(text).any(|piece| matches!(piece, Piece::Variable(_))))
        else {
            return;
        };
        let message =
            format!("the key {} holds a variable, and variables stand in values only", quoted(text));
        self.problems.push(Problem::error(MISPLACED, message).at(self.file.key_at(at)));
    }

    /// A problem at the very `${…}` where the source shows it, else at the whole value.
    fn problem(&self, code: Code, message: String, at: &Pointer, written: &str) -> Problem {
        let whole = self.file.value_at(at);
        // A long text with a flood of mistakes is not searched for each of them.
        let few = self.problems.len() < MAX_KEPT;
        let exact = whole.range.clone().filter(|_| few).and_then(|range| {
            let start = range.start + self.file.source.text().get(range)?.find(written)?;
            let length = written.lines().next().unwrap_or(written).len();
            Some(start..start + length)
        });
        Problem::error(code, message).at(At { range: exact.or(whole.range), ..whole })
    }
}

fn suggest(problem: Problem, near: Option<String>) -> Problem {
    match near {
        Some(near) => problem.label(format!("did you mean `{near}`?")),
        None => problem,
    }
}

/// The places in a document at which resources stand: `trails[0]`, ….
pub(super) fn entries(document: &Value) -> impl Iterator<Item = (Kind, Pointer, &Value)> {
    let kinds = [Kind::Trail, Kind::EventDataStore, Kind::Channel, Kind::Dashboard];
    kinds.into_iter().flat_map(move |kind| {
        let items = document.get(kind.plural()).and_then(Value::as_sequence);
        let list = Pointer(vec![Segment::Key(kind.plural().to_owned())]);
        let items = items.into_iter().flatten().enumerate();
        items.map(move |(index, item)| (kind, list.index(index), item))
    })
}

#[cfg(test)]
mod tests;
