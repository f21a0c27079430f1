//! One file of a manifest: its text, its document, and where the settings of either stand.

use super::document::Document;
use super::position::{Pointer, Segment};
use super::problem::At;
use super::source::SourceFile;

/// One file of a manifest.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) source: SourceFile,
    /// As written: variables are not put in yet.
    pub(super) document: Document,
}

impl File {
    /// Where a value stands.
    pub(super) fn value_at(&self, pointer: &Pointer) -> At {
        self.document.index.value(&self.standing(pointer))
    }

    /// Where a setting's key stands.
    pub(super) fn key_at(&self, pointer: &Pointer) -> At {
        self.document.index.key(&self.standing(pointer))
    }

    /// Whether the setting stands in the text.
    pub(super) fn writes(&self, pointer: &Pointer) -> bool {
        self.document.index.literal(pointer).is_some()
    }

    /// A policy from a file of its own stands at the key that names the file.
    fn standing(&self, pointer: &Pointer) -> Pointer {
        let [list, index, Segment::Key(setting), ..] = pointer.0.as_slice() else { return pointer.clone() };
        let entry = Pointer(vec![list.clone(), index.clone()]);
        let of_file = entry.key("resourcePolicyFile");
        let elsewhere = setting == "resourcePolicy"
            && !self.writes(&entry.key("resourcePolicy"))
            && self.writes(&of_file);
        if elsewhere { of_file } else { pointer.clone() }
    }
}
