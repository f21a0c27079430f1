//! Problems as workflow commands of GitHub Actions, which show them at their lines in a pull request
//! (GitHub documentation, workflow commands: setting an error message).

use super::findings::{Findings, words};
use crate::manifest::problem::{Problem, Severity};

/// One command for each problem. GitHub shows ten errors and ten warnings of a step; all of them stand in its log.
pub fn problems(findings: &Findings<'_>) -> String {
    findings.problems.iter().map(|problem| command(findings, problem)).collect()
}

fn command(findings: &Findings<'_>, problem: &Problem) -> String {
    let word = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = Vec::new();
    if let Some(at) = &problem.at {
        properties.push(("file", at.file.clone()));
    }
    if let Some((start, end)) = findings.places(problem) {
        properties.push(("line", start.line.to_string()));
        properties.push(("col", start.column.to_string()));
        // Columns of a place of several lines would be taken for the first line's.
        if end.line == start.line && end.column > start.column {
            properties.push(("endColumn", end.column.to_string()));
        }
    }
    properties.push(("title", problem.code.to_string()));
    let properties: Vec<String> =
        properties.into_iter().map(|(name, value)| format!("{name}={}", property(&value))).collect();
    format!("::{word} {}::{}\n", properties.join(","), data(&words(problem).join("\n")))
}

/// What stands behind the second `::`. A line break would end the command, and begin another.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
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
            Problem::error(Code::TYPE, "50%\r\n::error::forged")
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
::error file=a%2Cb%3Ac/é 100%25.yaml,line=1,col=4,endColumn=5,title=TK012::50%25%0D%0A::error::forged%0Amend it%0Asee%0Athere
::warning file=a%2Cb%3Ac/é 100%25.yaml,line=1,col=1,title=TK108::several lines
::error file=m.yaml,title=TK001::a whole file
::error title=TK016::nowhere
";
        assert_eq!(super::problems(&findings), expected);
    }
}
