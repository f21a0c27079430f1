//! What a saved plan does not show, in words and as a record.

use super::record::GapRecord;
use super::{Trouble, value};
use crate::plan::cover::Gap;
use crate::resource::{Key, Value};

/// The longest value that is quoted whole, in characters.
const LONGEST: usize = 120;

/// That a saved plan does not cover what apply would do, and why.
pub(crate) fn trouble(file: &str, gaps: &[Gap]) -> Trouble {
    let message = format!("the saved plan `{file}` does not cover what apply would do; nothing was changed");
    let trouble = Trouble::new(message);
    let trouble = gaps.iter().fold(trouble, |trouble, gap| trouble.because(told(gap)));
    trouble.help("plan again, look at what is new, and apply the new plan")
}

pub(super) fn record(gap: &Gap) -> GapRecord {
    let field = match gap {
        Gap::Target(word, ..) => (*word).to_owned(),
        Gap::New(_, change) => change.path.to_string(),
        Gap::Live { path, .. } | Gap::Desired { path, .. } => path.to_string(),
        Gap::Step(_, call) | Gap::Request { call, .. } => call.to_string(),
        Gap::Told { what, .. } => (*what).to_owned(),
    };
    GapRecord { key: gap.key().map(Key::to_string), field, message: told(gap) }
}

fn told(gap: &Gap) -> String {
    match gap {
        Gap::Target(word, then, now) => {
            format!("{word}: it was made for {}, and this is {}", short(then), short(now))
        }
        Gap::New(key, change) => format!(
            "{key} {}: does not differ in the saved plan; {} -> {} now",
            change.path,
            quoted(&change.live),
            quoted(&change.desired)
        ),
        Gap::Live { key, path, then, now } => {
            format!("{key} {path}: the account had {}, and has {} now", quoted(then), quoted(now))
        }
        Gap::Desired { key, path, then, now } => {
            format!("{key} {path}: the manifest asked {}, and asks {} now", quoted(then), quoted(now))
        }
        Gap::Step(key, call) => format!("{key}: {call} is not in the saved plan"),
        Gap::Request { key, call, member, then, now } => format!(
            "{key}: {call} has another {member}: {} in the saved plan, {} now",
            quoted(&Value::from_json(then.clone())),
            quoted(&Value::from_json(now.clone()))
        ),
        Gap::Told { key, what, then, now } => {
            let said = |text: &str| if text.is_empty() { "(none)".to_owned() } else { short(text) };
            format!("{key}: {what}: {} in the saved plan, {} now", said(then), said(now))
        }
    }
}

fn quoted(value: &Value) -> String {
    match value {
        Value::Document(document) => short(&document.to_string()),
        other => short(&value::short(other)),
    }
}

/// A long text by its beginning: what differs may stand behind it, but the plan shows it in full.
fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
