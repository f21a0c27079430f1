//! Where each value of a document stands in its file: pointer to byte range, through aliases and merge keys.
//! Made by `scan`; what the values mean is nobody's business here.

use std::fmt;
use std::ops::Range;

use super::problem::At;

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// Into a mapping.
    Key(String),
    /// Into a list, from 0.
    Index(usize),
}

/// The way to a value: `channels[0].destinations[1].eventDataStore`. Empty for the whole document.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer(pub Vec<Segment>);

impl Pointer {
    /// One step further, into a mapping.
    pub fn key(&self, key: &str) -> Pointer {
        self.then(Segment::Key(key.to_owned()))
    }

    /// One step further, into a list (from 0).
    pub fn index(&self, index: usize) -> Pointer {
        self.then(Segment::Index(index))
    }

    fn then(&self, segment: Segment) -> Pointer {
        let mut segments = self.0.clone();
        segments.push(segment);
        Pointer(segments)
    }

    /// Whether it is the whole document.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last key and the indices behind it: what a user calls the value, as in `destinations[1]`.
    pub(super) fn tail(&self) -> Pointer {
        let from = self.0.iter().rposition(|segment| matches!(segment, Segment::Key(_))).unwrap_or(0);
        Pointer(self.0.get(from..).unwrap_or_default().to_vec())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if !is_word(key) => write!(f, "[{key:?}]")?,
                Segment::Key(key) if place == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

/// Whether a key can be written without brackets and quotes.
fn is_word(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// Where each value of one document stands.
#[derive(Debug, Clone)]
pub struct Index {
    pub(super) file: String,
    /// Every value of the text once; an alias shares its anchor's node, so that no bomb can unfold here.
    pub(super) nodes: Vec<Node>,
    pub(super) root: Child,
}

/// A value as it stands in the text.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Scalar(serde_yaml::Value),
    Sequence(Vec<Child>),
    /// `merged` are the mappings that `<<` names, in order; the first that has a key wins, after `entries`.
    Mapping {
        entries: Entries,
        merged: Vec<Child>,
    },
}

/// The entries of a mapping in written order, each key once. Looked up in each of thousands of entries, so
/// their order by key is kept too.
#[derive(Debug, Clone)]
pub(super) struct Entries {
    written: Vec<Entry>,
    by_key: Vec<usize>,
}

impl Entries {
    pub(super) fn new(written: Vec<Entry>) -> Entries {
        let key = |place: &usize| written.get(*place).map(|entry| entry.key.as_str());
        let mut by_key: Vec<usize> = (0..written.len()).collect();
        by_key.sort_by(|a, b| key(a).cmp(&key(b)));
        Entries { written, by_key }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.written.iter()
    }

    fn get(&self, key: &str) -> Option<&Entry> {
        let of = |place: &usize| self.written.get(*place).map(|entry| entry.key.as_str());
        let found = self.by_key.binary_search_by(|place| of(place).cmp(&Some(key))).ok()?;
        self.written.get(*self.by_key.get(found)?)
    }
}

/// A value in its container: which node, and the bytes that stand there (for an alias, the alias).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) node: usize,
    pub(super) range: Range<usize>,
}

/// A key of a mapping, with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) range: Range<usize>,
    pub(super) value: Child,
}

impl Index {
    /// Where the value stands; a value that is not in the text (a default, say) stands where its nearest parent does.
    pub fn value(&self, pointer: &Pointer) -> At {
        let (_, value) = self.nearest(pointer);
        self.at(value, pointer)
    }

    /// Where the value's key stands; where the value stands when it has none.
    pub fn key(&self, pointer: &Pointer) -> At {
        let (key, value) = self.nearest(pointer);
        self.at(key.unwrap_or(value), pointer)
    }

    /// The bytes of the value itself; none when it does not stand in the text.
    pub fn literal(&self, pointer: &Pointer) -> Option<Range<usize>> {
        let mut here = &self.root;
        for segment in &pointer.0 {
            (_, here) = self.step(here, segment)?;
        }
        Some(here.range.clone())
    }

    fn at(&self, range: Range<usize>, pointer: &Pointer) -> At {
        At { file: self.file.clone(), range: Some(range), pointer: pointer.clone() }
    }

    fn nearest(&self, pointer: &Pointer) -> (Option<Range<usize>>, Range<usize>) {
        let mut here = (None, &self.root);
        for segment in &pointer.0 {
            match self.step(here.1, segment) {
                Some(next) => here = next,
                None => break,
            }
        }
        let (key, value) = here;
        (key, value.range.clone())
    }

    fn step(&self, from: &Child, segment: &Segment) -> Option<(Option<Range<usize>>, &Child)> {
        match (self.nodes.get(from.node)?, segment) {
            (Node::Sequence(items), Segment::Index(index)) => Some((None, items.get(*index)?)),
            (Node::Mapping { .. }, Segment::Key(key)) => {
                let entry = self.entry(from.node, key)?;
                Some((Some(entry.range.clone()), &entry.value))
            }
            _ => None,
        }
    }

    /// A mapping's entry: its own, else the first that a merge brings.
    fn entry(&self, node: usize, key: &str) -> Option<&Entry> {
        let Node::Mapping { entries, merged } = self.nodes.get(node)? else { return None };
        entries.get(key).or_else(|| merged.iter().find_map(|merged| self.entry(merged.node, key)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::problem::Problems;
    use super::super::scan::scan;
    use super::super::source::SourceFile;
    use super::*;

    /// What stands at each pointer of the text: its key's text, and its own.
    fn standing(text: &str, pointers: &[Pointer]) -> Vec<(String, String)> {
        let source = SourceFile::decode("m.yaml", text.as_bytes()).unwrap();
        let mut problems = Problems::default();
        let index = scan(&source, &mut problems).unwrap();
        assert_eq!(problems, Problems::default());
        let text = |at: At| source.text()[at.range.unwrap()].to_owned();
        pointers.iter().map(|pointer| (text(index.key(pointer)), text(index.value(pointer)))).collect()
    }

    fn to(keys: &str) -> Pointer {
        let step = |part: &str| part.parse().map_or_else(|_| Segment::Key(part.to_owned()), Segment::Index);
        Pointer(keys.split('/').map(step).collect())
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn pointers_read_as_users_write_them() {
        let pointer =
            Pointer::default().key("channels").index(0).key("destinations").index(1).key("eventDataStore");
        assert_eq!(pointer.to_string(), "channels[0].destinations[1].eventDataStore");
        assert_eq!(Pointer::default().key("tags").key("a.b \"c\"").to_string(), "tags[\"a.b \\\"c\\\"\"]");
        assert_eq!(Pointer::default().index(3).to_string(), "[3]");
        assert_eq!(pointer.tail().to_string(), "eventDataStore");
        assert_eq!(to("a/b/0/1").tail().to_string(), "b[0][1]");
        assert_eq!(to("0/1").tail().to_string(), "[0][1]");
    }

    #[test]
    fn values_stand_at_their_bytes_whatever_the_line_breaks_and_letters() {
        let text = "ü: [é, 'ö x']\r\nb: |\r\n  x\r\n  y\r\nc:\r\n- d: \"z\"\r\n  e: 1 # no\r\n- {f: [2]}\r\n";
        let expected = [
            pair("ü", "[é, 'ö x']"),
            pair("'ö x'", "'ö x'"),
            pair("b", "x\r\n  y"),
            pair("c", "d: \"z\"\r\n  e: 1 # no\r\n- {f: [2]}"),
            pair("d: \"z\"\r\n  e: 1", "d: \"z\"\r\n  e: 1"),
            pair("e", "1"),
            pair("f", "[2]"),
            pair("2", "2"),
        ];
        assert_eq!(
            standing(text, &["ü", "ü/1", "b", "c", "c/0", "c/0/e", "c/1/f", "c/1/f/0"].map(to)),
            expected
        );
    }

    #[test]
    fn merged_and_aliased_values_stand_where_their_text_is() {
        let text = "base: &base {x: one, y: two}\nmore: &more\n  <<: *base\n  y: &y three\nuse:\n  <<: [*more]\n  z: *y\n";
        let expected = [pair("x", "one"), pair("y", "three"), pair("z", "*y"), pair("x", "one")];
        assert_eq!(standing(text, &["use/x", "use/y", "use/z", "more/x"].map(to)), expected);
    }

    #[test]
    fn what_is_not_written_stands_at_its_nearest_parent_and_an_empty_value_at_its_key() {
        let text = "a:\n  b: 1\nc:\n";
        assert_eq!(
            standing(text, &["a/x/y", "c", "nowhere"].map(to))[..2],
            [pair("a", "b: 1"), pair("c", "c")]
        );
    }
}
