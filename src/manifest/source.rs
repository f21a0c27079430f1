//! A manifest's text and the places in it: bytes made text, offsets made lines and columns.
//! Reading files is the command line's; what the text means is the scanner's.

use std::ops::Range;

use super::position::Pointer;
use super::problem::{At, Code, Problem};

/// The longest manifest file that is read, in bytes (4 MiB). A manifest for 10,000 resources has about half of that.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// One file of a manifest: its path as the user gave it, and its text without a byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    path: String,
    text: String,
    /// The byte offset at which each line starts; never empty.
    lines: Vec<usize>,
    /// How many characters stand before each block of [`BLOCK`] bytes: columns of long lines are not counted from their start.
    blocks: Vec<usize>,
}

/// The bytes of a block.
const BLOCK: usize = 4096;

/// A place as editors show it. Both count from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl SourceFile {
    /// Makes text of a file's bytes.
    ///
    /// # Errors
    /// One problem, [`Code::UNREADABLE`], when the file is longer than [`MAX_BYTES`], is not UTF-8, or holds
    /// characters that YAML allows nowhere (YAML 1.2.2, §5.1), as binary files do.
    pub fn decode(path: impl Into<String>, bytes: &[u8]) -> Result<SourceFile, Box<Problem>> {
        let path = path.into();
        let refuse = |message: String, help: &str| {
            let problem = Problem::error(Code::UNREADABLE, message).at(At::file(&path)).help(help);
            Err(Box::new(problem))
        };
        if bytes.len() > MAX_BYTES {
            let message =
                format!("`{path}` is too large: {} bytes, and a manifest file may have 4 MiB", bytes.len());
            return refuse(message, "split it: a command takes any number of files and folders");
        }
        // With a byte order mark, or known by the first letters, of which every other byte is zero (YAML 1.2.2, §5.2).
        let marked = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
        if marked || matches!(bytes, [a, 0, b, 0, ..] | [0, a, 0, b, ..] if *a != 0 && *b != 0) {
            return refuse(format!("`{path}` is UTF-16, and a manifest is UTF-8"), "save it as UTF-8");
        }
        if bytes.contains(&0) {
            return refuse(format!("`{path}` is a binary file"), "a manifest is YAML text in UTF-8");
        }
        let text = match str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
                return refuse(format!("`{path}` is not UTF-8 from line {line} on"), "save it as UTF-8");
            }
        };
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let blocks = text.as_bytes().chunks(BLOCK).scan(0, |before, block| {
            let here = *before;
            *before += characters(block);
            Some(here)
        });
        let blocks = blocks.collect();
        let source = SourceFile { path, text, lines, blocks };
        match source.text.char_indices().find(|(_, c)| !printable(*c)) {
            None => Ok(source),
            Some((start, found)) => {
                let message =
                    format!("the control character U+{:04X} cannot stand in a YAML file", u32::from(found));
                let at = source.at(start..start + found.len_utf8(), Pointer::default());
                let help = "remove it, or write it as an escape in double quotes, as in \"\\x1b\"";
                Err(Box::new(Problem::error(Code::UNREADABLE, message).at(at).help(help)))
            }
        }
    }

    /// The path, as given.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A place in this file; `pointer` is the setting that stands there.
    pub fn at(&self, range: Range<usize>, pointer: Pointer) -> At {
        At { file: self.path.clone(), range: Some(range), pointer }
    }

    /// Where a byte offset stands. One behind the end stands at the end.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_at(offset);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let before = self.characters_before(self.floor(offset)).saturating_sub(self.characters_before(start));
        Position { line, column: before + 1 }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let rest = self.text.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        self.blocks.get(block).copied().unwrap_or_else(|| self.text.chars().count()) + characters(rest)
    }

    /// The line (from 1) that a byte offset stands in.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset)
    }

    /// The bytes of a line (from 1), without its line break.
    pub(super) fn line(&self, line: usize) -> Range<usize> {
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = self.lines.get(line).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..end).unwrap_or("");
        start..start + text.trim_end_matches(['\n', '\r']).len()
    }

    /// The nearest character boundary at or before an offset.
    pub(super) fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// How many characters begin in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

/// The characters that may stand in a YAML stream (YAML 1.2.2, production 1, c-printable).
fn printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Every file of a manifest, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<SourceFile>);

impl Sources {
    /// Adds a file behind the others.
    pub fn push(&mut self, source: SourceFile) {
        self.0.push(source);
    }

    /// The files, in order.
    pub fn iter(&self) -> impl Iterator<Item = &SourceFile> {
        self.0.iter()
    }

    /// The file with this path.
    pub fn get(&self, path: &str) -> Option<&SourceFile> {
        self.0.iter().find(|source| source.path == path)
    }

    /// At which place in the order this path stands; one that was never decoded stands behind all others.
    pub(super) fn rank(&self, path: &str) -> usize {
        self.0.iter().position(|source| source.path == path).unwrap_or(usize::MAX)
    }
}

impl FromIterator<SourceFile> for Sources {
    fn from_iter<I: IntoIterator<Item = SourceFile>>(files: I) -> Self {
        Sources(files.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        SourceFile::decode("m.yaml", bytes).unwrap_err().message
    }

    #[test]
    fn what_is_no_text_is_named_for_what_it_is() {
        assert_eq!(refused(b"a\0b"), "`m.yaml` is a binary file");
        assert_eq!(refused(b"a: 1\nb: \xC3("), "`m.yaml` is not UTF-8 from line 2 on");
        assert_eq!(refused(b"\xFF\xFEa\0"), "`m.yaml` is UTF-16, and a manifest is UTF-8");
        assert_eq!(refused(b"\xFE\xFF\0a"), "`m.yaml` is UTF-16, and a manifest is UTF-8");
        assert_eq!(refused(b"v\0e\0r\0"), "`m.yaml` is UTF-16, and a manifest is UTF-8");
        assert_eq!(refused(b"\0v\0e\0r"), "`m.yaml` is UTF-16, and a manifest is UTF-8");
        assert_eq!(refused(b"a: \x1b[31m"), "the control character U+001B cannot stand in a YAML file");
        assert!(refused(&vec![b'a'; MAX_BYTES + 1]).contains("too large: 4194305 bytes"));
        assert!(SourceFile::decode("m.yaml", &vec![b'a'; MAX_BYTES]).is_ok());
    }

    #[test]
    fn a_byte_order_mark_counts_for_nothing() {
        let source = SourceFile::decode("m.yaml", "\u{FEFF}a: 1".as_bytes()).unwrap();
        assert_eq!(source.text(), "a: 1");
    }

    #[test]
    fn columns_count_characters_and_lines_end_in_either_way() {
        let source = SourceFile::decode("m.yaml", "ü: é\r\n\tb: 1\n".as_bytes()).unwrap();
        let at = |needle: &str| source.position(source.text().find(needle).unwrap());
        assert_eq!(at("é"), Position { line: 1, column: 4 });
        assert_eq!(at("b"), Position { line: 2, column: 2 });
        assert_eq!(source.position(99), Position { line: 3, column: 1 });
        let long = "é".repeat(5000);
        let far = SourceFile::decode("m.yaml", format!("a: 1\nb: {long}x").as_bytes()).unwrap();
        assert_eq!(far.position(8 + 2 * 4999), Position { line: 2, column: 5003 });
        assert_eq!(far.position(8 + 2 * 5000), Position { line: 2, column: 5004 });
        assert_eq!(&source.text()[source.line(1)], "ü: é");
        assert_eq!(&source.text()[source.line(2)], "\tb: 1");
        assert_eq!(&source.text()[source.line(7)], "");
    }
}
