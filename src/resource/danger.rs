//! What a change may destroy, hide or weaken. The planner turns dangers into refusals, notes and the mark `weakens`.

use super::coverage::Coverage;
use super::severity::Severity;
use std::fmt;

/// A rule that stops apply until somebody allows it. See "Guards" in the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// Recorded events would be destroyed.
    DataLoss,
    /// Less would be recorded than before.
    BlindSpot,
    /// CloudTrail cannot take the change back.
    Irreversible,
    /// An adoption would change more than our two tags.
    AdoptChanges,
    /// Another manifest owns what would be written.
    TakeOwnership,
}

impl Guard {
    /// Every guard, in print order.
    pub const ALL: [Guard; 5] =
        [Guard::DataLoss, Guard::BlindSpot, Guard::Irreversible, Guard::AdoptChanges, Guard::TakeOwnership];

    /// The word on the command line and in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Guard::DataLoss => "data-loss",
            Guard::BlindSpot => "blind-spot",
            Guard::Irreversible => "irreversible",
            Guard::AdoptChanges => "adopt-changes",
            Guard::TakeOwnership => "take-ownership",
        }
    }

    /// The guard with this word.
    pub fn parse(word: &str) -> Option<Guard> {
        Guard::ALL.into_iter().find(|guard| guard.word() == word)
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One thing that gets worse. Every danger makes a change one that weakens; those with a guard also stop apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Danger {
    /// The rule that stops it; none when it is only shown first.
    pub guard: Option<Guard>,
    /// How soon somebody must look when it has happened already.
    pub severity: Severity,
    /// What is lost, in words: `events from Okta stop`.
    pub reason: String,
    /// What is no longer recorded, so that another trail which records the same can count as cover.
    /// Absent when nothing can stand in for it.
    pub loses: Option<Coverage>,
}

impl Danger {
    /// Something that a guard stops and that nothing can stand in for.
    pub(super) fn guarded(guard: Guard, reason: impl Into<String>) -> Danger {
        let severity = match guard {
            Guard::DataLoss | Guard::BlindSpot => Severity::Critical,
            Guard::Irreversible | Guard::AdoptChanges | Guard::TakeOwnership => Severity::Warning,
        };
        Danger { guard: Some(guard), severity, reason: reason.into(), loses: None }
    }

    /// Something that is shown first and stopped by nothing.
    pub(super) fn shown(reason: impl Into<String>) -> Danger {
        Danger { guard: None, severity: Severity::Warning, reason: reason.into(), loses: None }
    }

    /// The same for what is as bad as recording less: it proves less, or goes elsewhere.
    pub(super) fn grave(reason: impl Into<String>) -> Danger {
        Danger { severity: Severity::Critical, ..Danger::shown(reason) }
    }

    /// Events that are no longer recorded, which another trail may record.
    pub(super) fn blind_spot(reason: impl Into<String>, loses: Coverage) -> Danger {
        Danger { loses: Some(loses), ..Danger::guarded(Guard::BlindSpot, reason) }
    }
}
