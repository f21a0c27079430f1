//! Strings that may refer to resources: `${channels.okta.arn}` inside a policy, a store's id inside SQL.
//! An ARN is never predicted, only bound to what a create returned, so references stay references until apply.

use super::key::Key;
use std::fmt;

/// One piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Plain characters.
    Lit(String),
    /// The ARN of a resource.
    Arn(Key),
    /// The id of an event data store or channel: the last part of its ARN.
    Id(Key),
}

/// A string in pieces; neighbouring literals are joined and empty ones left out, so that equal texts are equal values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Text(Vec<Part>);

impl Text {
    /// A text from pieces.
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Text {
        let mut joined: Vec<Part> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (_, Part::Lit(text)) if text.is_empty() => {}
                (Some(Part::Lit(before)), Part::Lit(text)) => before.push_str(&text),
                (_, part) => joined.push(part),
            }
        }
        Text(joined)
    }

    /// A text without references.
    pub fn plain(text: impl Into<String>) -> Text {
        Text::new([Part::Lit(text.into())])
    }

    /// A text that is one resource's ARN.
    pub fn arn(key: Key) -> Text {
        Text(vec![Part::Arn(key)])
    }

    /// The pieces, in order.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The text itself, when it refers to nothing.
    pub fn as_plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Lit(text)] => Some(text),
            _ => None,
        }
    }

    /// The resources that this text refers to, each once, in order.
    pub fn references(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = self.0.iter().filter_map(Part::key).cloned().collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// The text with every reference replaced by what `find` answers.
    ///
    /// # Errors
    /// The first part for which `find` answers nothing.
    pub fn write(&self, mut find: impl FnMut(&Part) -> Option<String>) -> Result<String, Part> {
        let mut written = String::new();
        for part in &self.0 {
            match part {
                Part::Lit(text) => written.push_str(text),
                other => written.push_str(&find(other).ok_or_else(|| other.clone())?),
            }
        }
        Ok(written)
    }

    /// The text with each literal cut up anew: `cut` answers the pieces of one literal.
    pub fn recut(&self, cut: impl Fn(&str) -> Vec<Part>) -> Text {
        Text::new(self.0.iter().flat_map(|part| match part {
            Part::Lit(text) => cut(text),
            other => vec![other.clone()],
        }))
    }
}

impl Part {
    /// The resource that this piece refers to.
    pub fn key(&self) -> Option<&Key> {
        match self {
            Part::Lit(_) => None,
            Part::Arn(key) | Part::Id(key) => Some(key),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Lit(text) => f.write_str(&escape(text)),
            Part::Arn(key) => write!(f, "${{{}.{}.arn}}", key.kind.plural(), key.name),
            Part::Id(key) => write!(f, "${{{}.{}.id}}", key.kind.plural(), key.name),
        }
    }
}

/// As the manifest would write it: references as `${channels.okta.arn}`, a literal `${` as `$${`.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| part.fmt(f))
    }
}

/// Whether what follows `${` is IAM's own and stays as it is: a policy variable with a colon
/// (`${aws:username}`), or one of the escapes `${*}`, `${?}`, `${$}` (IAM user guide, policy variables).
pub fn is_iam_variable(inner: &str) -> bool {
    inner.contains(':') || matches!(inner, "*" | "?" | "$")
}

/// Literal text as the manifest must write it: `${` doubled unless it opens a variable of IAM's. One that stands behind
/// a `$` is doubled always, because `$${` is how a literal `${` is written.
pub fn escape(literal: &str) -> String {
    let mut escaped = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(at) = rest.find("${") {
        let (before, tail) = rest.split_at(at);
        escaped.push_str(before);
        let variable =
            tail[2..].split_once('}').map(|(inner, _)| inner).filter(|inner| is_iam_variable(inner));
        let taken = match variable {
            // It ends at its brace, whatever stands inside.
            Some(inner) if !before.ends_with('$') => {
                escaped.push_str(&tail[..inner.len() + 3]);
                inner.len() + 3
            }
            _ => {
                escaped.push_str("$${");
                2
            }
        };
        rest = &tail[taken..];
    }
    escaped.push_str(rest);
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_that_look_like_references_are_escaped() {
        assert_eq!(escape("a ${channels.x.arn} b"), "a $${channels.x.arn} b");
        assert_eq!(escape("${aws:username} ${*} ${open"), "${aws:username} ${*} $${open");
        assert_eq!(escape("$${aws:username} ${aws:${x}}"), "$$${aws:username} ${aws:${x}}");
    }

    #[test]
    fn equal_texts_are_equal_values() {
        let key = Key::parse("channel/okta").unwrap();
        let pieces = [Part::Lit("a".into()), Part::Lit("b".into()), Part::Lit(String::new()), Part::Arn(key)];
        let text = Text::new(pieces);
        assert_eq!(text.parts().len(), 2);
        assert_eq!(text.to_string(), "ab${channels.okta.arn}");
        assert_eq!(text.write(|_| None).unwrap_err().to_string(), "${channels.okta.arn}");
    }
}
