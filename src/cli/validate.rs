//! `validate`: the manifest alone, offline. The problems are the report's place; without any there is one line.

use super::args::{ProblemFormat, TargetArgs, ValidateArgs};
use super::failure::{Exit, Failure, told};
use super::load::{Meant, load};
use super::output::Output;
use super::target::{self, Wanted};
use crate::manifest;
use crate::name::Target;
use crate::report::{Findings, Trouble, github, json, sarif, text};
use std::io::BufRead;

pub(super) fn run(
    args: &ValidateArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    if let Some(code) = &args.explain {
        return explain(code, output);
    }
    match look(args, target, output.terminal.stdin) {
        Ok(meant) => {
            let findings = meant.findings();
            output.warnings(&findings);
            let report = match document(args.format, &findings) {
                Some(document) => document,
                None => text::valid(&meant.desired, meant.files, findings.silenced.len(), output.style()),
            };
            output.terminal.report(&report)?;
            Ok(Exit::Done)
        }
        Err(failure) => {
            if let Some(document) = failed(args.format, &failure) {
                output.terminal.report(&document)?;
            }
            Err(failure)
        }
    }
}

fn look(args: &ValidateArgs, target: &TargetArgs, stdin: &mut dyn BufRead) -> Result<Meant, Failure> {
    let loaded = load(&args.manifest, stdin)?;
    let Wanted { account, region } = target::wanted(loaded.manifest.header(), target)?;
    let example = loaded.manifest.stand_in_target();
    let region = region.unwrap_or(example.region);
    let account = account.unwrap_or(example.account);
    let target = Target { partition: region.partition(), account, region };
    loaded.resolve(&target)
}

/// What is found, for programs; none for people.
fn document(format: ProblemFormat, findings: &Findings<'_>) -> Option<String> {
    match format {
        ProblemFormat::Text => None,
        ProblemFormat::Json => Some(json::problems(findings)),
        ProblemFormat::Github => Some(github::problems(findings)),
        ProblemFormat::Sarif => Some(sarif::problems(findings)),
    }
}

/// What stands in the place of what is found, where every command tells text and JSON alike.
fn failed(format: ProblemFormat, failure: &Failure) -> Option<String> {
    match (format, failure) {
        (ProblemFormat::Text | ProblemFormat::Json, _) => None,
        (_, Failure::Problems { problems, silenced, sources }) => {
            document(format, &Findings { problems, silenced, sources })
        }
        (ProblemFormat::Github, Failure::Trouble(error)) => Some(github::trouble(&told(error))),
        (ProblemFormat::Sarif, Failure::Trouble(error)) => Some(sarif::trouble(&told(error))),
    }
}

fn explain(code: &str, output: &mut Output<'_, '_>) -> Result<Exit, Failure> {
    let rules = match code {
        "all" => manifest::rules(),
        code => manifest::explain(&code.to_ascii_uppercase()).into_iter().collect(),
    };
    if rules.is_empty() {
        let trouble = Trouble::new(format!("there is no code `{code}`"));
        return Err(trouble.help("codes look like TK108; `all` explains each of them").into());
    }
    output.terminal.report(&text::rules(&rules, output.style()))?;
    Ok(Exit::Done)
}
