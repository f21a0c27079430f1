//! Faults: which call, what happens to it. A fault is data, so that a scenario can hold a list of them; how it
//! is brought about is the exchange's.

use serde::Deserialize;
use std::time::Duration;
use tokio::time::Instant;

/// A misfortune that the emulator is told to cause.
///
/// As YAML: `{on: CreateChannel, nth: 2, then: throttled, times: 3}`. `on` is an operation's name or `"*"`;
/// `nth` counts the calls that it matches, from 1, and every call is meant when it is left out. A call that
/// several faults are due for suffers the first of them.
///
/// | `then` | takes | what happens |
/// |---|---|---|
/// | `throttled` | `times` (1) | refused, for so many matching calls in a row |
/// | `throttledForever` | | refused from then on |
/// | `denied` | | refused |
/// | `conflict` | `times` (1) or `seconds` | refused, for so many matching calls in a row or for so long |
/// | `notYet` | `code`, `times` (1) | refused with the code of a dependency that is not known everywhere yet |
/// | `error` | `code`, `message` | refused |
/// | `unavailable` | | HTTP 503, not performed |
/// | `html` | | HTTP 503 with a web page, not performed |
/// | `internalFailure` | | HTTP 500, performed all the same |
/// | `reset` | | the connection breaks, not performed |
/// | `lost` | | performed, and the connection breaks |
/// | `slow` | `seconds` | performed, and answered so much later |
/// | `stale` | `reads` (1) | performed, and so many reads see what was before |
/// | `settling` | `reads` | performed, and its state takes so many looks to settle |
/// | `crash` | | not performed, and nothing is answered until the emulator is revived |
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Fault {
    /// The operation's name, or `*` for every operation, those of STS and KMS included.
    pub on: String,
    /// The matching call that it happens to, from 1; `None` for every one.
    pub nth: Option<u32>,
    /// What happens.
    pub then: Then,
}

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// ThrottlingException, for so many matching calls in a row.
    Throttled {
        /// How many.
        times: u32,
    },
    /// ThrottlingException, from then on.
    ThrottledForever,
    /// AccessDeniedException.
    Denied,
    /// ConflictException, for so many matching calls in a row.
    Conflict {
        /// How many.
        times: u32,
    },
    /// ConflictException, from then on for so long.
    ConflictFor {
        /// How long.
        seconds: u32,
    },
    /// A dependency (a bucket's policy, a role, a topic, a key) that has just been made is not known everywhere
    /// yet, for so many matching calls in a row.
    NotYet {
        /// The error's code, such as InsufficientS3BucketPolicyException.
        code: String,
        /// How many.
        times: u32,
    },
    /// HTTP 503 ServiceUnavailable; the call is not performed.
    Unavailable,
    /// HTTP 503 with the web page of something that stands in between; the call is not performed.
    Html,
    /// The call is performed and saved, and answered with HTTP 500 InternalFailure.
    InternalFailure,
    /// The connection breaks before the call is performed.
    Reset,
    /// The call is performed and saved, and its answer never arrives.
    Lost,
    /// The call is performed and saved, and its answer leaves so much later.
    Slow {
        /// How much.
        seconds: u32,
    },
    /// The call is performed, and the state that it leads to takes so many looks to settle.
    Settling {
        /// How many.
        reads: u32,
    },
    /// The call is performed, and so many reads after it still see what was before.
    Stale {
        /// How many reads, of whatever operation of CloudTrail's.
        reads: u32,
    },
    /// An error of the service, HTTP 400.
    Error {
        /// Its code.
        code: String,
        /// Its message.
        message: String,
    },
    /// Nothing is performed, and nothing answers until the emulator is revived.
    Crash,
}

/// A fault as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    on: String,
    nth: Option<u32>,
    then: Word,
    times: Option<u32>,
    seconds: Option<u32>,
    reads: Option<u32>,
    code: Option<String>,
    message: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Word {
    Throttled,
    ThrottledForever,
    Denied,
    Conflict,
    NotYet,
    Unavailable,
    Html,
    InternalFailure,
    Reset,
    Lost,
    Slow,
    Settling,
    Stale,
    Error,
    Crash,
}

impl Fault {
    /// The faults of a YAML list.
    ///
    /// # Errors
    /// What is wrong with the text, with its line.
    pub fn list(text: &str) -> Result<Vec<Fault>, String> {
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }
}

impl TryFrom<Written> for Fault {
    type Error = String;

    fn try_from(written: Written) -> Result<Fault, String> {
        let Written { on, nth, then, times, seconds, reads, code, message } = written;
        let then = match (then, times, seconds, reads, code, message) {
            (Word::Throttled, times, None, None, None, None) => Then::Throttled { times: times.unwrap_or(1) },
            (Word::Conflict, times, None, None, None, None) => Then::Conflict { times: times.unwrap_or(1) },
            (Word::Conflict, None, Some(seconds), None, None, None) => Then::ConflictFor { seconds },
            (Word::NotYet, times, None, None, Some(code), None) => {
                Then::NotYet { code, times: times.unwrap_or(1) }
            }
            (Word::Slow, None, Some(seconds), None, None, None) => Then::Slow { seconds },
            (Word::Settling, None, None, Some(reads), None, None) => Then::Settling { reads },
            (Word::Stale, None, None, reads, None, None) => Then::Stale { reads: reads.unwrap_or(1) },
            (Word::Error, None, None, None, Some(code), message) => {
                Then::Error { code, message: message.unwrap_or_default() }
            }
            (Word::ThrottledForever, None, None, None, None, None) => Then::ThrottledForever,
            (Word::Denied, None, None, None, None, None) => Then::Denied,
            (Word::Unavailable, None, None, None, None, None) => Then::Unavailable,
            (Word::Html, None, None, None, None, None) => Then::Html,
            (Word::InternalFailure, None, None, None, None, None) => Then::InternalFailure,
            (Word::Reset, None, None, None, None, None) => Then::Reset,
            (Word::Lost, None, None, None, None, None) => Then::Lost,
            (Word::Crash, None, None, None, None, None) => Then::Crash,
            _ => {
                return Err(format!(
                    "the fault on {on} has members that its `then` does not take, or lacks one: throttled takes \
                     `times`, conflict `times` or `seconds`, notYet `code` and `times`, error `code` and \
                     `message`, slow `seconds`, settling and stale `reads`"
                ));
            }
        };
        if nth == Some(0) {
            return Err(format!("the fault on {on} has `nth: 0`; calls are counted from 1"));
        }
        Ok(Fault { on, nth, then })
    }
}

/// Faults, and what each has seen so far.
#[derive(Debug, Default)]
pub(super) struct Armed {
    faults: Vec<Waiting>,
}

/// A fault that waits for its calls.
#[derive(Debug)]
struct Waiting {
    fault: Fault,
    /// How many calls it has matched.
    seen: u32,
    /// When it was first due.
    since: Option<Instant>,
}

impl Armed {
    /// Faults that have seen no call yet.
    pub(super) fn new(faults: Vec<Fault>) -> Armed {
        let faults = faults.into_iter().map(|fault| Waiting { fault, seen: 0, since: None });
        Armed { faults: faults.collect() }
    }

    /// The same faults, as if they had seen no call yet.
    pub(super) fn rearm(&mut self) {
        for waiting in &mut self.faults {
            waiting.seen = 0;
            waiting.since = None;
        }
    }

    /// Counts a call, and says what happens to it: the first fault that is due.
    pub(super) fn strike(&mut self, operation: &str) -> Option<Then> {
        let mut due = None;
        for waiting in &mut self.faults {
            let Fault { on, nth: _, then } = &waiting.fault;
            if on != "*" && on != operation {
                continue;
            }
            let then = then.clone();
            waiting.seen += 1;
            if waiting.is_due() && due.is_none() {
                due = Some(then);
            }
        }
        due
    }
}

impl Waiting {
    fn is_due(&mut self) -> bool {
        let nth = self.fault.nth.unwrap_or(1);
        match self.fault.then {
            Then::ConflictFor { seconds } => {
                let lasting = Duration::from_secs(u64::from(seconds));
                self.seen >= nth && self.since.get_or_insert_with(Instant::now).elapsed() < lasting
            }
            // Without `nth` every call is meant, and there is nothing to count.
            _ if self.fault.nth.is_none() => true,
            Then::Throttled { times } | Then::Conflict { times } | Then::NotYet { times, .. } => {
                (nth..nth.saturating_add(times)).contains(&self.seen)
            }
            Then::ThrottledForever => self.seen >= nth,
            _ => self.seen == nth,
        }
    }
}
