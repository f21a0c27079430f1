//! Reports for a pull request's comment: what must be seen stands first and is never folded, every change is one row,
//! the diff is folded. What Markdown could take for something is `escape`'s, how long it may be is `page`'s.

mod plan;

mod drift;

mod diff;
mod escape;
mod page;

pub use drift::drift;
pub use page::LEAST;
pub(super) use plan::view;
pub use plan::{applied, not_applied, plan};

use super::record::NoteRecord;
use super::{Findings, Trouble, count, findings, value};
use crate::name::Target;
use crate::plan::{Plan, Verb};
use crate::resource::FieldChange;
use escape::{code, mark, prose, shortened};
use page::{Page, Rank, Table};

/// The most settings that a row names.
const NAMED: usize = 6;

/// Of what, and for whom, a page is.
pub(super) struct Subject<'a> {
    pub(super) manifest: &'a str,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
}

/// Why there is no report.
pub fn trouble(command: &str, trouble: &Trouble, max_bytes: usize) -> String {
    let Trouble { message, causes, help } = trouble;
    let mut page = nowhere(command, "Trouble");
    let rows = [("error", std::slice::from_ref(message)), ("because", causes), ("help", help)];
    let rows = rows
        .into_iter()
        .flat_map(|(word, texts)| texts.iter().map(move |text| vec![word.to_owned(), prose(text)]));
    page.tables.extend(table(Rank::Refusal, "line", &["nothing was changed", ""], rows));
    page.print(max_bytes)
}

/// What is wrong in the manifest, so that there is no report.
pub fn problems(command: &str, findings: &Findings<'_>, max_bytes: usize) -> String {
    let mut page = nowhere(command, "Invalid manifest");
    page.summary.push(format!("**{}**", findings.tally()));
    let rows = findings.problems.iter().map(|problem| {
        let file = problem.at.as_ref().map(|at| at.file.clone()).unwrap_or_default();
        let place = match findings.places(problem) {
            Some((start, _)) => format!("{file}:{}:{}", start.line, start.column),
            None => file,
        };
        let place = if place.is_empty() { String::new() } else { code(&place) };
        vec![problem.code.to_string(), place, sentences(findings::words(problem).into_iter())]
    });
    page.tables.extend(table(Rank::Refusal, "problem", &["code", "where", "what"], rows));
    page.print(max_bytes)
}

/// A page about a target that is not known, because the run did not get that far.
fn nowhere(command: &str, word: &str) -> Page {
    Page {
        marker: format!("<!-- trailkeeper {} -->", mark(command)),
        heading: format!("{word}: trailkeeper {command}"),
        summary: Vec::new(),
        tables: Vec::new(),
        legend: "",
        diffs: Vec::new(),
    }
}

impl Subject<'_> {
    fn of(plan: &Plan) -> Subject<'_> {
        let Target { account, region, partition: _ } = &plan.target;
        Subject { manifest: &plan.manifest, account: account.as_str(), region: region.as_str() }
    }

    fn heading(&self, word: &str) -> String {
        let [manifest, account, region] = [(self.manifest, 64), (self.account, 32), (self.region, 32)]
            .map(|(text, longest)| code(&shortened(text, longest)));
        format!("{word}: {manifest} in account {account}, {region}")
    }

    fn page(&self, command: &str, word: &str) -> Page {
        let [manifest, account, region] = [self.manifest, self.account, self.region].map(mark);
        Page {
            marker: format!("<!-- trailkeeper {command} {manifest} {account} {region} -->"),
            heading: self.heading(word),
            summary: Vec::new(),
            tables: Vec::new(),
            legend: "<code>-</code> the account, <code>+</code> the manifest",
            diffs: Vec::new(),
        }
    }
}

fn notes(notes: impl Iterator<Item = NoteRecord>) -> Option<Table> {
    let rows = notes.map(|NoteRecord { key, word, text }| {
        let about = key.map(|key| format!(" {}", code(&key))).unwrap_or_default();
        vec![format!("{}{about}", prose(&word)), prose(&text)]
    });
    table(Rank::Note, "note", &["note", ""], rows)
}

/// A table; none when it has no row.
fn table(
    rank: Rank,
    word: &'static str,
    head: &'static [&'static str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Option<Table> {
    let rows: Vec<Vec<String>> = rows.collect();
    (!rows.is_empty()).then_some(Table { rank, word, head, rows })
}

fn diffs(diffs: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    diffs.filter(|lines| !lines.is_empty()).collect()
}

/// Sentences in one cell.
fn sentences<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(prose).collect::<Vec<String>>().join("<br>")
}

/// Which settings differ: the one with both its values where there is only one and a line can say it.
fn settings(verb: Verb, fields: &[FieldChange]) -> String {
    // What comes, comes with all its settings.
    if matches!(verb, Verb::Create | Verb::Delete) {
        return String::new();
    }
    if let [FieldChange { path, desired, live }] = fields
        && value::fits_a_line(live)
        && value::fits_a_line(desired)
    {
        let [live, desired] = [live, desired].map(|value| code(&value::short(value)));
        return format!("{}: {live} → {desired}", code(path.as_str()));
    }
    let mut words: Vec<String> = fields.iter().take(NAMED).map(|field| code(field.path.as_str())).collect();
    if fields.len() > NAMED {
        words.push(format!("{} more", fields.len() - NAMED));
    }
    words.join(", ")
}
