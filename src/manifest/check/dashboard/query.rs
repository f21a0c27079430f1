//! Rules about the SQL of widgets, as far as it can be judged without running it (user guide, CloudTrail Lake SQL constraints
//! and dashboards). What stands in quotes and comments is left out where words are looked for.

use super::widgets;
use crate::manifest::check::scene::{Mistake, Scene};
use crate::name::Name;
use crate::resource::{Key, Kind, Part, Text};

pub(in crate::manifest::check) fn parameters(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, widget) in widgets(scene) {
        let literal = widget.query_statement.parts().iter().map(|part| match part {
            Part::Lit(text) => text.matches('?').count(),
            Part::Arn(_) | Part::Id(_) => 0,
        });
        let (marks, parameters): (usize, usize) = (literal.sum(), widget.query_parameters.len());
        if marks != parameters {
            let message = format!("the statement has {marks} `?`, and {parameters} parameters replace them");
            let help = "each parameter replaces one `?`, in order; beside `eventTime` it is written `'?'`";
            found.push(Mistake::new(key, &format!("{at}.queryStatement"), message).help(help));
        }
    }
    found
}

pub(in crate::manifest::check) fn store_by_id(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, widget) in widgets(scene) {
        for part in widget.query_statement.parts() {
            if let Part::Arn(named) = part {
                let message =
                    format!("SQL names event data stores by their id, and {named} stands here by its ARN");
                let mistake = Mistake::new(key, &format!("{at}.queryStatement"), message);
                found.push(mistake.help(format!("write `${{eventDataStores.{}.id}}`", named.name)));
            }
        }
    }
    found
}

/// The words and signs of a statement, without what stands in quotes and comments; a reference is one word that is nothing
/// else's. None when a quote is not closed: nothing can be told then.
fn words(statement: &Text) -> Option<Vec<String>> {
    let parts = statement.parts().iter().map(|part| match part {
        Part::Lit(text) => text.as_str(),
        Part::Arn(_) | Part::Id(_) => "$",
    });
    let text: String = parts.collect();
    let mut words = Vec::new();
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        if rest.starts_with("--") {
            rest = rest.split_once('\n').map_or("", |(_, next)| next);
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, next)| next);
        } else if matches!(c, '\'' | '"' | '`') {
            rest = behind.split_once(c)?.1;
            words.push("''".to_owned());
        } else if is_word(c) {
            let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let (word, next) = rest.split_at(end);
            words.push(word.to_owned());
            rest = next;
        } else {
            words.extend((!c.is_whitespace()).then(|| c.to_string()));
            rest = behind;
        }
    }
    Some(words)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$')
}

fn is(word: Option<&String>, keyword: &str) -> bool {
    word.is_some_and(|word| word.eq_ignore_ascii_case(keyword))
}

/// Lake runs queries only: `SELECT`, or `WITH … SELECT` (user guide, CloudTrail Lake SQL constraints).
pub(in crate::manifest::check) fn not_a_query(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, widget) in widgets(scene) {
        let Some(words) = words(&widget.query_statement) else { continue };
        let mut start = words.iter().skip_while(|word| *word == "(");
        let first = start.next();
        let at = format!("{at}.queryStatement");
        if !is(first, "SELECT") && !is(first, "WITH") {
            let message = "the statement is no query: it does not begin with SELECT or WITH";
            found.push(
                Mistake::new(key, &at, message).help("write `SELECT … FROM ${eventDataStores.NAME.id}`"),
            );
        } else if !words.iter().any(|word| word.eq_ignore_ascii_case("FROM")) {
            let message = "the statement does not say FROM which event data store";
            found.push(
                Mistake::new(key, &at, message).help("write `SELECT … FROM ${eventDataStores.NAME.id}`"),
            );
        }
    }
    found
}

/// A declared store behind `FROM` or `JOIN`, by its name.
pub(in crate::manifest::check) fn store_by_name(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, widget) in widgets(scene) {
        let Some(words) = words(&widget.query_statement) else { continue };
        let with = is(words.first(), "WITH");
        for pair in words.windows(2) {
            let [keyword, name] = pair else { continue };
            let from = is(Some(keyword), "FROM") || is(Some(keyword), "JOIN");
            let store = || Key::new(Kind::EventDataStore, &Name::new(name.as_str()));
            // What WITH names may be called as a store is.
            if from && !with && scene.manifest.places.contains_key(&store()) {
                let message =
                    format!("SQL names event data stores by their id, and `{name}` stands here by its name");
                let help = format!("write `FROM ${{eventDataStores.{name}.id}}`");
                found.push(Mistake::new(key, &format!("{at}.queryStatement"), message).help(help));
            }
        }
    }
    found
}

/// Times are put in as text, so that the `?` stands in quotes (user guide, dashboards: `eventTime > '?'`).
pub(in crate::manifest::check) fn unquoted_time(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, widget) in widgets(scene) {
        let Some(words) = words(&widget.query_statement) else { continue };
        let sign = |word: &String| word.chars().all(|c| "<>=!".contains(c));
        for (index, _) in words.iter().enumerate().filter(|(_, word)| word.eq_ignore_ascii_case("eventTime"))
        {
            let mut behind =
                words.iter().skip(index + 1).skip_while(|word| sign(word) || is(Some(word), "BETWEEN"));
            if behind.next().is_some_and(|word| word == "?") {
                let message = "a `?` that stands for a time is written `'?'`";
                found.push(
                    Mistake::new(key, &format!("{at}.queryStatement"), message)
                        .help("put it in single quotes"),
                );
                break;
            }
        }
    }
    found
}
