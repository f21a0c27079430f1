//! YAML text to an `Index`, in one pass over saphyr-parser's events: every value once, with its bytes.
//! What YAML allows and a manifest does not is refused here, with its place; shape and meaning are others'.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_yaml::Value;

use super::position::{Child, Entries, Entry, Index, Node, Pointer};
use super::problem::{Code, Problem, Problems};
use super::scalar;
use super::source::SourceFile;
use super::wording;

/// How deeply lists and mappings may be nested. The deepest manifest needs about a dozen levels (a policy's
/// conditions).
const MAX_DEPTH: usize = 64;

/// How many values aliases may add to those that stand in the text.
const MAX_COPIES: usize = 100_000;

/// Where each value stands, and what stands there. None when the text is not YAML at all or beyond its limits;
/// smaller trouble is told in `problems`, and the rest is still there to be looked at.
pub(super) fn scan(source: &SourceFile, problems: &mut Problems) -> Option<Index> {
    let mut scanner = Scanner {
        source,
        bytes: Bytes::of(source.text()),
        nodes: Vec::new(),
        sizes: Vec::new(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        copies: 0,
        documents: 0,
        root: None,
        problems: Vec::new(),
    };
    let end = scanner.run();
    problems.extend(std::mem::take(&mut scanner.problems));
    match (end, scanner.root) {
        (Err(fatal), _) => {
            problems.push(*fatal);
            None
        }
        (Ok(()), Some(root)) if !matches!(scanner.nodes.get(root.node), Some(Node::Scalar(Value::Null))) => {
            Some(Index { file: source.path().to_owned(), nodes: scanner.nodes, root })
        }
        (Ok(()), _) => {
            let message = format!("`{}` is empty", source.path());
            let help = "a manifest starts with `version: 1`, or holds lists such as `trails:`";
            problems.push(
                Problem::error(Code::EMPTY, message).at(source.at(0..0, Pointer::default())).help(help),
            );
            None
        }
    }
}

struct Scanner<'s> {
    source: &'s SourceFile,
    bytes: Bytes,
    nodes: Vec<Node>,
    /// For each node what it is with all aliases unfolded.
    sizes: Vec<Size>,
    /// The lists and mappings that are still open, outermost first.
    open: Vec<Open>,
    /// The nodes that have an anchor, by saphyr's number. A node appears when it is closed: an alias to an open
    /// one is a circle.
    anchors: BTreeMap<usize, usize>,
    copies: usize,
    documents: usize,
    root: Option<Child>,
    problems: Vec<Problem>,
}

#[derive(Clone, Copy)]
struct Size {
    /// Values, a long text counting for several.
    values: usize,
    /// Levels of nesting.
    depth: usize,
}

struct Open {
    anchor: usize,
    start: usize,
    inside: Inside,
}

enum Inside {
    Sequence(Vec<Child>),
    Mapping {
        entries: Vec<Entry>,
        merged: Vec<Child>,
        seen: BTreeMap<String, Range<usize>>,
        key: Option<Key>,
    },
}

/// A key that waits for its value.
enum Key {
    Text(String, Range<usize>),
    Merge,
    /// It has been complained about, and its value is left out.
    Unusable,
}

type Step = Result<(), Box<Problem>>;

impl Scanner<'_> {
    fn run(&mut self) -> Step {
        let source = self.source;
        for event in Parser::new_from_str(source.text()) {
            let (event, span) = event.map_err(|error| Box::new(self.syntax(&error)))?;
            self.event(event, span)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Step {
        let range = self.bytes.range(span);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => self.document(range),
            Event::Alias(anchor) => self.alias(anchor, range),
            Event::Scalar(text, style, anchor, tag) => {
                let range = self.scalar_range(range, anchor > 0 || tag.is_some());
                let value = self.scalar(&text, style, tag.as_deref(), &range);
                let size = Size { values: 1 + text.len() / 64, depth: 0 };
                self.close(Node::Scalar(value), size, anchor, range)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(anchor, tag.as_deref(), range, Inside::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let (entries, merged, seen) = (Vec::new(), Vec::new(), BTreeMap::new());
                self.open(anchor, tag.as_deref(), range, Inside::Mapping { entries, merged, seen, key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range),
        }
    }

    fn document(&mut self, range: Range<usize>) -> Step {
        self.documents += 1;
        if self.documents < 2 {
            return Ok(());
        }
        let help = "a manifest is one document: put the second one into a file of its own, and give both";
        let message = "a second YAML document starts here";
        Err(Box::new(self.problem(Code::DOCUMENTS, message, range).help(help)))
    }

    fn open(&mut self, anchor: usize, tag: Option<&Tag>, range: Range<usize>, inside: Inside) -> Step {
        self.refuse_tag(tag, &range);
        if self.open.len() >= MAX_DEPTH {
            return Err(self.too_deep(range));
        }
        self.open.push(Open { anchor, start: range.start, inside });
        Ok(())
    }

    /// A list or mapping ends: at its bracket, or where its last value does.
    fn end(&mut self, range: Range<usize>) -> Step {
        let Some(Open { anchor, start, inside }) = self.open.pop() else { return Ok(()) };
        let (node, children): (Node, Vec<Child>) = match inside {
            Inside::Sequence(items) => (Node::Sequence(items.clone()), items),
            Inside::Mapping { entries, merged, .. } => {
                let children =
                    entries.iter().map(|entry| entry.value.clone()).chain(merged.iter().cloned()).collect();
                (Node::Mapping { entries: Entries::new(entries), merged }, children)
            }
        };
        let sizes = children.iter().filter_map(|child| self.sizes.get(child.node));
        let size = sizes.fold(Size { values: 1, depth: 1 }, |sum, size| Size {
            values: sum.values.saturating_add(size.values),
            depth: sum.depth.max(size.depth + 1),
        });
        let last = children.iter().map(|child| child.range.end).max().unwrap_or(range.start);
        let end = if range.is_empty() { last } else { range.end };
        self.close(node, size, anchor, start..end.max(start))
    }

    fn close(&mut self, node: Node, size: Size, anchor: usize, range: Range<usize>) -> Step {
        let child = Child { node: self.nodes.len(), range };
        self.nodes.push(node);
        self.sizes.push(size);
        if anchor > 0 {
            self.anchors.insert(anchor, child.node);
        }
        self.attach(child);
        Ok(())
    }

    fn alias(&mut self, anchor: usize, range: Range<usize>) -> Step {
        let Some(node) = self.anchors.get(&anchor).copied() else {
            let message = "an alias stands inside the value that it repeats";
            return Err(Box::new(self.problem(Code::LIMIT, message, range)));
        };
        let size = self.sizes.get(node).copied().unwrap_or(Size { values: 1, depth: 0 });
        self.copies = self.copies.saturating_add(size.values);
        if self.copies > MAX_COPIES {
            let message = format!("the aliases of this file make more than {MAX_COPIES} copies");
            return Err(Box::new(
                self.problem(Code::LIMIT, message, range).help("repeat less, or write it out"),
            ));
        }
        if self.open.len() + size.depth > MAX_DEPTH {
            return Err(self.too_deep(range));
        }
        self.attach(Child { node, range });
        Ok(())
    }

    /// Puts a finished value where it belongs: into its list, or as the next key or value of its mapping.
    fn attach(&mut self, child: Child) {
        let key = match self.open.last_mut() {
            None => return self.root = Some(child),
            Some(Open { inside: Inside::Sequence(items), .. }) => return items.push(child),
            Some(Open { inside: Inside::Mapping { key, .. }, .. }) => key.take(),
        };
        match key {
            None => {
                let next = self.key(&child);
                if let Some(Open { inside: Inside::Mapping { key, .. }, .. }) = self.open.last_mut() {
                    *key = Some(next);
                }
            }
            Some(Key::Text(key, range)) => {
                // An empty value has no bytes of its own; its key is the place to look at.
                let value =
                    if child.range.is_empty() { Child { range: range.clone(), ..child } } else { child };
                if let Some(Open { inside: Inside::Mapping { entries, .. }, .. }) = self.open.last_mut() {
                    entries.push(Entry { key, range, value });
                }
            }
            Some(Key::Merge) => self.merge(child),
            Some(Key::Unusable) => {}
        }
    }

    fn key(&mut self, child: &Child) -> Key {
        let range = child.range.clone();
        let literal = self.source.text().get(range.clone()).unwrap_or_default();
        let Some(Node::Scalar(value)) = self.nodes.get(child.node) else {
            let message = "a key must be text, and this one is a list or a mapping";
            self.problems.push(self.problem(Code::UNUSABLE, message, range));
            return Key::Unusable;
        };
        let Value::String(text) = value else {
            if literal.is_empty() {
                self.problems.push(self.problem(Code::UNUSABLE, "a `:` without a key before it", range));
                return Key::Unusable;
            }
            let message = format!("a key must be text, and {} is not", wording::quoted(literal));
            self.problems
                .push(self.problem(Code::UNUSABLE, message, range).label(wording::quote_it(literal)));
            return Key::Unusable;
        };
        let text = text.clone();
        let Some(Open { inside: Inside::Mapping { seen, .. }, .. }) = self.open.last_mut() else {
            return Key::Unusable;
        };
        if let Some(first) = seen.get(&text).cloned() {
            self.duplicate(&text, first, range);
            return Key::Unusable;
        }
        seen.insert(text.clone(), range.clone());
        if literal == "<<" { Key::Merge } else { Key::Text(text, range) }
    }

    fn duplicate(&mut self, key: &str, first: Range<usize>, again: Range<usize>) {
        let line = self.source.line_at(first.start);
        let message = format!("the key {} is given twice; the first is in line {line}", wording::quoted(key));
        let first = self.source.at(first, Pointer::default());
        let mut problem = self
            .problem(Code::DUPLICATE_KEY, message, again)
            .label("given again")
            .related(first, "first given here");
        if key == "<<" {
            problem = problem.help("merge several at once: `<<: [*first, *second]`");
        }
        self.problems.push(problem);
    }

    fn merge(&mut self, child: Child) {
        let found = match self.nodes.get(child.node) {
            Some(Node::Sequence(items)) => items.clone(),
            _ => vec![child],
        };
        for item in found {
            if !matches!(self.nodes.get(item.node), Some(Node::Mapping { .. })) {
                let message = "`<<` takes a mapping, or a list of mappings";
                self.problems.push(self.problem(Code::UNUSABLE, message, item.range.clone()));
            } else if let Some(Open { inside: Inside::Mapping { merged, .. }, .. }) = self.open.last_mut() {
                merged.push(item);
            }
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, range: &Range<usize>) -> Value {
        let core = tag.is_some_and(Tag::is_yaml_core_schema);
        let is_text = tag
            .is_some_and(|tag| (core && tag.suffix == "str") || tag.to_string().trim_matches('!').is_empty());
        if is_text || (tag.is_none() && style != ScalarStyle::Plain) {
            return Value::String(text.to_owned());
        }
        self.refuse_tag(tag, range);
        match scalar::plain(text) {
            Value::Number(number) if !number.is_finite() => {
                let message = format!("`{text}` is not a number that a manifest can hold");
                self.problems.push(self.problem(Code::UNUSABLE, message, range.clone()));
                Value::Number(0.into())
            }
            value => value,
        }
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, range: &Range<usize>) {
        let Some(tag) = tag.filter(|tag| !known_tag(tag)) else { return };
        let message =
            format!("the YAML tag {} means nothing in a manifest", wording::quoted(&tag.to_string()));
        self.problems.push(self.problem(Code::UNUSABLE, message, range.clone()).help("remove the tag"));
    }

    fn too_deep(&self, range: Range<usize>) -> Box<Problem> {
        let problem = self.problem(Code::LIMIT, format!("nested more than {MAX_DEPTH} levels deep"), range);
        Box::new(
            problem.help(
                "nothing in a manifest is nested so deep: look where brackets or indentation went wrong",
            ),
        )
    }

    fn problem(&self, code: Code, message: impl Into<String>, range: Range<usize>) -> Problem {
        Problem::error(code, message).at(self.source.at(range, Pointer::default()))
    }

    /// A scalar's own bytes: without the anchor and the tag that saphyr-parser counts in, and without line
    /// breaks behind it.
    fn scalar_range(&self, range: Range<usize>, prefixed: bool) -> Range<usize> {
        let text = self.source.text().get(range.clone()).unwrap_or_default();
        let mut rest = text;
        while prefixed && rest.starts_with(['&', '!']) {
            let after = rest.find(char::is_whitespace).and_then(|end| rest.get(end..)).unwrap_or("");
            rest = after.trim_start();
        }
        let start = range.start + text.len() - rest.len();
        start..start + rest.trim_end().len()
    }

    fn syntax(&self, error: &ScanError) -> Problem {
        let text = self.source.text();
        let mut start = self.bytes.byte(error.marker().index());
        // Trouble at the end of the text is shown at the last thing written.
        if text.get(start..).is_none_or(|rest| rest.trim().is_empty()) {
            start = text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
        }
        // saphyr-parser misses a key's `:` only at the next key; the line to look at is the one before.
        if error.info().contains("simple key expect") {
            start = text.get(..start).unwrap_or_default().trim_end().rfind('\n').map_or(0, |end| end + 1);
            start += text.get(start..).map_or(0, |line| line.len() - line.trim_start().len());
        }
        let found = text.get(start..).and_then(|rest| rest.chars().next());
        // saphyr-parser counts brackets before it gives any of them away, up to a limit of its own.
        if error.info().contains("recursion limit") {
            return *self.too_deep(start..start + found.map_or(0, char::len_utf8));
        }
        let line = text.get(self.source.line(self.source.line_at(start))).unwrap_or_default();
        let (message, help) = wording::syntax(error.info(), found, line);
        let range = start..start + found.map_or(0, char::len_utf8);
        let problem = self.problem(Code::SYNTAX, format!("not valid YAML: {message}"), range);
        help.into_iter().fold(problem, Problem::help)
    }
}

/// The tags that only say what a manifest's values are anyway.
fn known_tag(tag: &Tag) -> bool {
    tag.is_yaml_core_schema()
        && matches!(tag.suffix.as_str(), "str" | "int" | "float" | "bool" | "null" | "map" | "seq")
}

/// saphyr-parser counts characters; everything here counts bytes.
struct Bytes {
    /// Where each character starts; none when every character is one byte.
    starts: Option<Vec<usize>>,
    len: usize,
}

impl Bytes {
    fn of(text: &str) -> Bytes {
        let starts = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Bytes { starts, len: text.len() }
    }

    fn byte(&self, character: usize) -> usize {
        match &self.starts {
            None => character.min(self.len),
            Some(starts) => starts.get(character).copied().unwrap_or(self.len),
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}
