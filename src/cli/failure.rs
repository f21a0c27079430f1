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
            Exit::Incomplete => 5,
        }
    }
}

impl Exit {
    /// How an apply ends that began to write.
    pub fn of_apply(applied: &Applied, verified: &Verified) -> Exit {
        if applied.is_complete() && verified.is_clean() { Exit::Done } else { Exit::Incomplete }
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
    /// Something outside the manifest.
    Trouble(Trouble),
    /// The manifest.
    Problems {
        /// In file order.
        problems: Vec<Problem>,
        /// The texts that they point into.
        sources: Sources,
    },
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::Trouble(trouble)
    }
}
