//! How a command ends: the exit codes in one table, and what stands in the place of a report.

use crate::apply::{Applied, Verified};
use crate::manifest::problem::Problem;
use crate::manifest::source::Sources;
use crate::report::Trouble;
use std::process::ExitCode;

/// How a command ended. The numbers are a contract with the scripts that run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; nothing differs, or `plan` without `--detailed-exitcode`.
    Done,
    /// Trouble, and nothing was changed.
    Trouble,
    /// Something differs.
    Differs,
    /// Refused by a guard, and nothing was changed.
    Refused,
    /// The saved plan does not cover what apply would do, and nothing was changed.
    NotCovered,
    /// Something was changed, and not everything is as it should be.
    Incomplete,
}

impl Exit {
    /// The number that the process exits with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Trouble => 1,
            Exit::Differs => 2,
            Exit::Refused => 3,
            Exit::NotCovered => 4,
            Exit::Incomplete => 5,
        }
    }
}

impl Exit {
    /// How an apply ends that began to write. Incomplete means that something was changed; a first step that
    /// AWS refuses has changed nothing.
    pub fn of_apply(applied: &Applied, verified: &Verified) -> Exit {
        if applied.is_complete() && verified.is_clean() {
            Exit::Done
        } else if applied.touched() {
            Exit::Incomplete
        } else {
            Exit::Trouble
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Why a command has no report. Always [`Exit::Trouble`].
#[derive(Debug)]
pub(super) enum Failure {
    /// Something outside the manifest: an error with its causes beneath it.
    Trouble(anyhow::Error),
    /// The manifest.
    Problems {
        /// In file order.
        problems: Vec<Problem>,
        /// The warnings that the manifest does not want to hear.
        silenced: Vec<Problem>,
        /// The texts that they point into.
        sources: Sources,
    },
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Trouble(error)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::Trouble(trouble.into())
    }
}

/// An error as it is told: what failed, why from near to far, and the way out that somebody knew on the way.
pub(super) fn told(error: &anyhow::Error) -> Trouble {
    let mut told = Trouble::new(error.to_string());
    told.causes = error.chain().skip(1).map(ToString::to_string).collect();
    if let Some(Trouble { message: _, causes, help }) = error.downcast_ref::<Trouble>() {
        told.causes.extend(causes.iter().cloned());
        told.help.extend(help.iter().cloned());
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn an_error_is_told_with_its_causes_and_every_way_out() {
        let inner = Trouble::new("the file is locked").because("held by 42").help("wait");
        let told = told(&anyhow::Error::from(inner).context("could not open the sandbox"));
        assert_eq!(told.message, "could not open the sandbox");
        assert_eq!(told.causes, ["the file is locked", "held by 42"]);
        assert_eq!(told.help, ["wait"]);
    }

    #[test]
    fn an_error_of_the_system_keeps_what_was_being_done() {
        let doing = Trouble::new("could not read `x.yaml`").help("put it out");
        let told = told(&anyhow::Error::new(io::Error::other("disk on fire")).context(doing));
        assert_eq!(told.message, "could not read `x.yaml`");
        assert_eq!(told.causes, ["disk on fire"]);
        assert_eq!(told.help, ["put it out"]);
    }
}
