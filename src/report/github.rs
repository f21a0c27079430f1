//! Workflow commands of GitHub Actions, which show problems, refusals, deletions and drift at the manifest's lines in a
//! pull request (GitHub documentation, workflow commands: setting an error message).

use super::drift::Seen;
use super::findings::{Findings, words};
use super::{Trouble, drift, drift_text, in_order, json, style, who};
use crate::manifest::Manifest;
use crate::manifest::problem::{self, At, Problem};
use crate::manifest::source::{Position, Sources};
use crate::plan::drift::{Complaint, Difference};
use crate::plan::{Plan, Planned, Refusal, Verb};
use crate::resource::{FieldChange, Key, Severity};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;

/// A manifest, and where everything in it stands.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// The manifest.
    pub manifest: &'a Manifest,
    /// Its texts.
    pub sources: &'a Sources,
}

/// One command for each problem. GitHub shows ten errors and ten warnings of a step; all of them stand in its log.
pub fn problems(findings: &Findings<'_>) -> String {
    findings.problems.iter().map(|problem| self::problem(findings, problem)).collect()
}

/// An error for each refusal, and a warning for what is deleted or weakened although nothing refuses it.
pub fn plan(plan: &Plan, places: &Places<'_>) -> String {
    let refusals = plan.refusals.iter().map(|refusal| {
        let fields = plan.changes.get(&refusal.key).map(|planned| planned.fields.as_slice());
        let place = places.of(&refusal.key, fields.unwrap_or_default());
        command("error", place, &format!("{} is refused", refusal.key), &refused(refusal))
    });
    let is_refused = |key: &Key| plan.refusals.iter().any(|refusal| refusal.key == *key);
    let losses = in_order(plan).into_iter().filter(|(key, planned)| {
        let takes_away = planned.weakens || matches!(planned.verb, Verb::Delete | Verb::Replace);
        takes_away && planned.counted && !is_refused(key)
    });
    let losses = losses.map(|(key, planned)| {
        let Planned { verb, why, fields, losses, .. } = planned;
        let said: Vec<&str> = losses.iter().chain(why).map(String::as_str).collect();
        let message = if said.is_empty() { verb.word().to_owned() } else { said.join("\n") };
        command("warning", places.of(key, fields), &format!("{verb} {key}"), &message)
    });
    refusals.chain(losses).collect()
}

/// What differs and what does not work: an error for what is critical, a notice for what is only to be known.
pub fn drift(seen: &Seen<'_>, places: &Places<'_>) -> String {
    let differences = seen.differing().into_iter().map(|(key, planned, difference)| {
        let Difference { severity, losses, fields } = difference;
        let is_gone = matches!(planned.verb, Verb::Create | Verb::Delete | Verb::Restore);
        let fields = fields
            .iter()
            .filter(|_| !is_gone)
            .map(|field| drift_text::in_one_line(field, seen.now, str::to_owned));
        let who = seen.answer(key).map(|answer| format!("who: {}", who::told(answer, seen.now)));
        let said: Vec<String> = losses.iter().cloned().chain(fields).chain(who).collect();
        let title = format!("{key}: {}", drift::word(key, planned));
        let message = if said.is_empty() { title.clone() } else { said.join("\n") };
        (*severity, command(level(*severity), places.of(key, &planned.fields), &title, &message))
    });
    let complaints = seen.drift.complaints.iter().map(|Complaint { key, arn: _, symptom }| {
        let trouble = drift_text::trouble(symptom, seen.now);
        let words: Vec<&str> = std::iter::once(trouble.as_str()).chain(symptom.help).collect();
        let title = format!("{key}: {}", symptom.severity.word());
        let place = places.of(key, &[]);
        (symptom.severity, command(level(symptom.severity), place, &title, &words.join("\n")))
    });
    let mut commands: Vec<(Severity, String)> = differences.chain(complaints).collect();
    // GitHub shows only the first ten of each.
    commands.sort_by_key(|(severity, _)| Reverse(*severity));
    commands.into_iter().map(|(_, command)| command).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// That there is no report, and why.
pub fn trouble(trouble: &Trouble) -> String {
    command("error", None, "trailkeeper", &trouble.lines().join("\n"))
}

/// A text in which no line is a command, whatever names and values stand in it: commands are switched off with a word
/// that nobody can know who writes into the text, and on again (GitHub documentation, workflow commands: stopping and
/// starting workflow commands).
pub fn quiet(text: &str) -> String {
    let word = json::hex(&Sha256::digest(text));
    format!("::stop-commands::{word}\n{text}::{word}::\n")
}

fn refused(refusal: &Refusal) -> String {
    let guard = refusal.guard.map(|guard| format!("{guard}: ")).unwrap_or_default();
    let allow = refusal.allow().map(|allow| format!("allow with {allow}"));
    let first = format!("{guard}{}", refusal.reason);
    std::iter::once(first).chain(refusal.help.clone()).chain(allow).collect::<Vec<String>>().join("\n")
}

impl Places<'_> {
    /// Where the manifest says what differs.
    fn of(&self, key: &Key, fields: &[FieldChange]) -> Option<Place> {
        let at = self.manifest.speaks_of(key, fields.iter().map(|field| &field.path))?;
        let source = self.sources.get(&at.file)?;
        let range = at
            .range
            .as_ref()
            .map(|range| (source.position(range.start), source.position(range.end.max(range.start))));
        Some(Place { file: at.file, range })
    }
}

/// A file, and where in it.
struct Place {
    file: String,
    range: Option<(Position, Position)>,
}

fn problem(findings: &Findings<'_>, problem: &Problem) -> String {
    let word = match problem.severity {
        problem::Severity::Error => "error",
        problem::Severity::Warning => "warning",
    };
    let place = problem
        .at
        .as_ref()
        .map(|At { file, .. }| Place { file: file.clone(), range: findings.places(problem) });
    command(word, place, &problem.code.to_string(), &words(problem).join("\n"))
}

fn command(word: &str, place: Option<Place>, title: &str, message: &str) -> String {
    let mut properties = Vec::new();
    if let Some(Place { file, range }) = place {
        properties.push(("file", file));
        if let Some((start, end)) = range {
            properties.push(("line", start.line.to_string()));
            properties.push(("col", start.column.to_string()));
            // Columns of a place of several lines would be taken for the first line's.
            if end.line == start.line && end.column > start.column {
                properties.push(("endColumn", end.column.to_string()));
            }
        }
    }
    properties.push(("title", title.to_owned()));
    let properties: Vec<String> =
        properties.into_iter().map(|(name, value)| format!("{name}={}", property(&value))).collect();
    format!("::{word} {}::{}\n", properties.join(","), data(message))
}

/// What stands behind the second `::`. A line break would end the command, and begin another; what moves a cursor or
/// hides is made visible.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| style::escape(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A value in the list of properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::position::Pointer;
    use crate::manifest::problem::{At, Code};
    use crate::manifest::source::{SourceFile, Sources};

    #[test]
    fn nothing_in_a_manifest_can_begin_a_command() {
        let source = SourceFile::decode("a,b:c/é 100%.yaml", "é: x\ny: 1\n".as_bytes()).unwrap();
        let at = |range| source.at(range, Pointer::default());
        let problems = [
            Problem::error(Code::TYPE, "50%\r\n::error::forged\u{1b}[31m")
                .at(at(4..5))
                .label("mend it")
                .help("see\nthere"),
            Problem::warning(Code("TK108"), "several lines").at(at(0..9)),
            Problem::error(Code::UNREADABLE, "a whole file").at(At::file("m.yaml")),
            Problem::error(Code("TK016"), "nowhere"),
        ];
        let sources: Sources = [source.clone()].into_iter().collect();
        let findings = Findings { problems: &problems, silenced: &[], sources: &sources };
        let expected = "\
::error file=a%2Cb%3Ac/é 100%25.yaml,line=1,col=4,endColumn=5,title=TK012::50%25\\r%0A::error::forged\\u{1b}[31m%0Amend it%0Asee%0Athere
::warning file=a%2Cb%3Ac/é 100%25.yaml,line=1,col=1,title=TK108::several lines
::error file=m.yaml,title=TK001::a whole file
::error title=TK016::nowhere
";
        assert_eq!(super::problems(&findings), expected);
    }
}
