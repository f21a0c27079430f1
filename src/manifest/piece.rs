//! A text cut at its `${…}`: what is plain, what stands between the braces, what is never closed. What the braces
//! mean is `variables`'.

use crate::resource::text::is_iam_variable;

/// A piece of a text as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// As it is; `$${` has become `${`, and IAM's own variables stay.
    Plain(&'t str),
    /// What stands between `${` and `}`.
    Variable(&'t str),
    /// A `${` that is never closed, and all behind it.
    Open(&'t str),
}

/// Cuts a text into its pieces.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, length) = first_piece(rest)?;
        rest = &rest[length..];
        Some(piece)
    })
}

/// The first piece of a text that is not empty, and how many bytes it takes.
fn first_piece(text: &str) -> Option<(Piece<'_>, usize)> {
    if let Some(after) = text.strip_prefix("$${") {
        return Some((Piece::Plain(&text[1..3]), text.len() - after.len()));
    }
    let Some(inside) = text.strip_prefix("${") else {
        // Up to the next `${`, or to the `$` that escapes it.
        let end =
            text.find("${").map_or(text.len(), |at| if text[..at].ends_with('$') { at - 1 } else { at });
        return (end > 0).then(|| (Piece::Plain(&text[..end]), end));
    };
    let Some(end) = inside.find('}') else { return Some((Piece::Open(text), text.len())) };
    let piece = match &inside[..end] {
        iam if is_iam_variable(iam) => Piece::Plain(&text[..end + 3]),
        inner => Piece::Variable(inner),
    };
    Some((piece, end + 3))
}

/// The one variable that is the whole text.
pub(super) fn lone_variable(text: &str) -> Option<&str> {
    let mut pieces = pieces(text);
    match (pieces.next(), pieces.next()) {
        (Some(Piece::Variable(inner)), None) => inner.strip_prefix("vars."),
        _ => None,
    }
}
