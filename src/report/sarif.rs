//! Problems as SARIF 2.1.0, which code scanning takes (OASIS, Static Analysis Results Interchange Format; GitHub
//! documentation, SARIF support for code scanning). Every rule is described, found or not.

use super::Trouble;
use super::findings::{Findings, words};
use crate::manifest::problem::{At, Problem, Severity};
use crate::manifest::source::Position;
use crate::manifest::{Rule, rules};
use serde_json::{Value as Json, json};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The document. What the manifest silences is in it, marked as suppressed.
pub fn problems(findings: &Findings<'_>) -> String {
    let rules = rules();
    let heard = findings.problems.iter().map(|problem| (problem, false));
    let silenced = findings.silenced.iter().map(|problem| (problem, true));
    let results: Vec<Json> =
        heard.chain(silenced).map(|(problem, quiet)| result(findings, &rules, problem, quiet)).collect();
    print(run(&rules, results))
}

/// The document of a run that found nothing out, and why. Code scanning takes no log without results, and shows what a
/// tool says of itself on its status page (GitHub documentation, the tool status page).
pub fn trouble(trouble: &Trouble) -> String {
    let mut run = run(&rules(), Vec::new());
    let notification = json!({"level": "error", "message": {"text": trouble.lines().join("\n")}});
    run["invocations"] =
        json!([{"executionSuccessful": false, "toolExecutionNotifications": [notification]}]);
    print(run)
}

fn run(rules: &[Rule], results: Vec<Json>) -> Json {
    json!({
        "tool": {"driver": {
            "name": "trailkeeper",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules.iter().map(rule).collect::<Vec<Json>>(),
        }},
        // Columns count characters, as everywhere else here.
        "columnKind": "unicodeCodePoints",
        "results": results,
    })
}

fn print(run: Json) -> String {
    format!("{:#}\n", json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(rule: &Rule) -> Json {
    let Rule { code, severity, what, why, fix, source, prevents: _ } = rule;
    json!({
        "id": code,
        "shortDescription": {"text": what},
        "fullDescription": {"text": format!("{what} {why}")},
        "help": {
            "text": format!("{why}\n{fix}\nSource: {source}."),
            "markdown": format!("{why}\n\n**Fix:** {fix}\n\n*Source: {source}.*"),
        },
        "defaultConfiguration": {"level": level(*severity)},
    })
}

fn result(findings: &Findings<'_>, rules: &[Rule], problem: &Problem, quiet: bool) -> Json {
    // Either every result of a run says how it is suppressed, or none does (SARIF 2.1.0, §3.27.23).
    let suppressions = if quiet { json!([{"kind": "inSource"}]) } else { json!([]) };
    let mut result = json!({
        "ruleId": problem.code.0,
        "level": level(problem.severity),
        "message": {"text": words(problem).join("\n")},
        "locations": locations(findings, problem),
        "suppressions": suppressions,
    });
    if let Some(index) = rules.iter().position(|rule| rule.code == problem.code.0) {
        result["ruleIndex"] = index.into();
    }
    let related = problem.related.iter().map(|(at, words)| {
        let mut location = place(findings, at);
        location["message"] = json!({"text": words});
        location
    });
    let related: Vec<Json> = related.collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

/// One place; what stands nowhere is told of the first file, because code scanning takes no result without a place. None when
/// there is no file either.
fn locations(findings: &Findings<'_>, problem: &Problem) -> Json {
    let whole = || findings.sources.iter().next().map(|source| At::file(source.path()));
    problem.at.clone().or_else(whole).map(|at| place(findings, &at)).into_iter().collect()
}

/// A place. What is about a whole file points at its first line: code scanning asks for one (GitHub documentation, SARIF
/// support). Its key is a logical location: `channels[0].source`.
fn place(findings: &Findings<'_>, at: &At) -> Json {
    let At { file, range: _, pointer } = at;
    let region = match findings.place(at) {
        Some((start, end)) => region(start, end),
        None => json!({"startLine": 1}),
    };
    let physical = json!({"artifactLocation": {"uri": uri(file)}, "region": region});
    let mut location = json!({"physicalLocation": physical});
    if !pointer.is_root() {
        location["logicalLocations"] = json!([{"fullyQualifiedName": pointer.to_string()}]);
    }
    location
}

/// The end column is that of the character behind the region (SARIF 2.1.0, §3.30.8).
fn region(start: Position, end: Position) -> Json {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A path as a relative reference, or as a file of this machine (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    if uri.starts_with('/') { format!("file://{uri}") } else { uri }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::position::Pointer;
    use crate::manifest::problem::Code;
    use crate::manifest::source::{SourceFile, Sources};

    #[test]
    fn a_result_says_what_where_and_by_which_rule() {
        let source = SourceFile::decode("envs/é x.yaml", "é: no\n".as_bytes()).unwrap();
        let at = source.at(4..6, Pointer::default().key("é"));
        let problems = [
            Problem::error(Code::TYPE, "wrong").at(at.clone()).help("mend it").related(at, "here too"),
            Problem::error(Code("TK016"), "nowhere"),
        ];
        let silenced = [Problem::warning(Code("TK108"), "quiet").at(At::file("/tmp/m.yaml"))];
        let sources: Sources = [source.clone()].into_iter().collect();
        let findings = Findings { problems: &problems, silenced: &silenced, sources: &sources };
        let document: Json = serde_json::from_str(&super::problems(&findings)).unwrap();
        let run = &document["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert!(rules.len() > 100);
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
        let mut results = run["results"].clone();
        for result in results.as_array_mut().unwrap() {
            result.as_object_mut().unwrap().remove("ruleIndex");
        }
        let region = json!({"startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 6});
        let expected = json!([
            {"ruleId": "TK012", "level": "error", "message": {"text": "wrong\nmend it"}, "locations": [{
                "physicalLocation": {"artifactLocation": {"uri": "envs/%C3%A9%20x.yaml"}, "region": region},
                "logicalLocations": [{"fullyQualifiedName": "[\"é\"]"}],
            }], "relatedLocations": [{
                "physicalLocation": {"artifactLocation": {"uri": "envs/%C3%A9%20x.yaml"}, "region": region},
                "logicalLocations": [{"fullyQualifiedName": "[\"é\"]"}],
                "message": {"text": "here too"},
            }], "suppressions": []},
            {"ruleId": "TK016", "level": "error", "message": {"text": "nowhere"}, "locations": [{
                "physicalLocation": {"artifactLocation": {"uri": "envs/%C3%A9%20x.yaml"}, "region": {"startLine": 1}},
            }], "suppressions": []},
            {"ruleId": "TK108", "level": "warning", "message": {"text": "quiet"}, "locations": [{
                "physicalLocation": {"artifactLocation": {"uri": "file:///tmp/m.yaml"}, "region": {"startLine": 1}},
            }], "suppressions": [{"kind": "inSource"}]},
        ]);
        assert_eq!(results, expected);
    }
}
