//! The reference of all that can be wrong in a manifest: what each code means, why it matters, how it is mended, and where
//! AWS says so. The texts stand in one file for each kind; who finds the problems does not know them.

mod channel;
mod common;
mod dashboard;
mod policy;
mod selector;
mod shape;
mod store;
mod trail;

use super::check::CHECKS;
use super::problem::Severity;
use super::silence::IDLE;

/// One sort of problem, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The stable code, such as `TK021`.
    pub code: &'static str,
    /// Whether it stops the command.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// How it is mended.
    pub fix: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// The error that CloudTrail would answer, or what would happen instead; none where a request could not even be made.
    pub prevents: Option<&'static str>,
}

/// The words of a rule.
struct Lesson {
    code: &'static str,
    what: &'static str,
    why: &'static str,
    fix: &'static str,
    source: &'static str,
}

/// Every rule, by code.
pub fn rules() -> Vec<Rule> {
    let files = [
        shape::LESSONS,
        common::LESSONS,
        trail::LESSONS,
        selector::LESSONS,
        store::LESSONS,
        channel::LESSONS,
        policy::LESSONS,
        dashboard::LESSONS,
    ];
    let mut rules: Vec<Rule> = files.into_iter().flatten().map(Lesson::rule).collect();
    rules.sort_by_key(|rule| rule.code);
    rules
}

/// The rule with this code.
pub fn explain(code: &str) -> Option<Rule> {
    rules().into_iter().find(|rule| rule.code == code)
}

impl Lesson {
    fn rule(&self) -> Rule {
        let Lesson { code, what, why, fix, source } = *self;
        let check = CHECKS.iter().find(|check| check.code == code);
        let severity = match check {
            Some(check) => check.severity,
            None if code == IDLE.0 => Severity::Warning,
            None => Severity::Error,
        };
        Rule { code, severity, what, why, fix, source, prevents: check.map(|check| check.prevents) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_explained_once_and_whole() {
        let codes: Vec<&str> = rules().iter().map(|rule| rule.code).collect();
        let mut once = codes.clone();
        once.dedup();
        assert_eq!(codes, once);
        for check in CHECKS {
            assert!(codes.contains(&check.code), "{} is not explained", check.code);
        }
        for Rule { code, severity: _, what, why, fix, source, prevents: _ } in rules() {
            for text in [what, why, fix] {
                assert!(text.ends_with('.') && text.len() > 5, "{code}: {text:?}");
            }
            assert!(!source.is_empty() && !source.ends_with('.'), "{code}: {source:?}");
        }
    }
}
