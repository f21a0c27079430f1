//! Rules about the SQL of widgets, as far as it can be judged without running it (user guide, CloudTrail Lake SQL constraints
//! and dashboards). Comments are not expected; texts in quotes are left out where words are looked for.

use super::widgets;
use crate::manifest::check::scene::{Mistake, Scene};
use crate::resource::{Kind, Part, Text};

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

/// The words and signs of a statement, without what stands in quotes; a reference is one word that is nothing else's.
fn words(statement: &Text) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let text: String = statement
        .parts()
        .iter()
        .map(|part| match part {
            Part::Lit(text) => text.clone(),
            Part::Arn(_) | Part::Id(_) => "$".to_owned(),
        })
        .collect();
    for c in text.chars() {
        match quote {
            Some(open) => {
                if c == open {
                    quote = None;
                    words.push("''".to_owned());
                }
                continue;
            }
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None => {}
        }
        if c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$') {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if quote.is_none() && !c.is_whitespace() {
            words.push(c.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn is(word: Option<&String>, keyword: &str) -> bool {
    word.is_some_and(|word| word.eq_ignore_ascii_case(keyword))
}

/// Lake runs queries only: `SELECT`, or `WITH … SELECT` (user guide, CloudTrail Lake SQL constraints).
pub(in crate::manifest::check) fn not_a_query(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, at, widget) in widgets(scene) {
        let words = words(&widget.query_statement);
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
        let words = words(&widget.query_statement);
        let with = is(words.first(), "WITH");
        for pair in words.windows(2) {
            let [keyword, name] = pair else { continue };
            let from = is(Some(keyword), "FROM") || is(Some(keyword), "JOIN");
            let mut stores = scene.manifest.places.keys().filter(|key| key.kind == Kind::EventDataStore);
            // What WITH names may be called as a store is.
            if from && !with && stores.any(|store| store.name.as_str() == name) {
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
        let words = words(&widget.query_statement);
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
