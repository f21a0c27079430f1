//! Faults: which call, what happens to it. A fault is data, so that a scenario can hold a list of them; how it
//! is brought about is the exchange's.

use serde::Deserialize;

/// A misfortune that the emulator is told to cause.
///
/// As YAML: `{on: CreateChannel, nth: 2, then: throttled, times: 3}`. `on` is an operation's name or `"*"`;
/// `nth` counts the calls that it matches, from 1, and every call is meant when it is left out.
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
    /// HTTP 503 ServiceUnavailable.
    Unavailable,
    /// The connection breaks before the call is performed.
    Reset,
    /// The call is performed and saved, and its answer never arrives.
    Lost,
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
    Unavailable,
    Reset,
    Lost,
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
        let Written { on, nth, then, times, reads, code, message } = written;
        let then = match (then, times, reads, code, message) {
            (Word::Throttled, times, None, None, None) => Then::Throttled { times: times.unwrap_or(1) },
            (Word::Conflict, times, None, None, None) => Then::Conflict { times: times.unwrap_or(1) },
            (Word::Stale, None, reads, None, None) => Then::Stale { reads: reads.unwrap_or(1) },
            (Word::Error, None, None, Some(code), message) => {
                Then::Error { code, message: message.unwrap_or_default() }
            }
            (Word::ThrottledForever, None, None, None, None) => Then::ThrottledForever,
            (Word::Denied, None, None, None, None) => Then::Denied,
            (Word::Unavailable, None, None, None, None) => Then::Unavailable,
            (Word::Reset, None, None, None, None) => Then::Reset,
            (Word::Lost, None, None, None, None) => Then::Lost,
            (Word::Crash, None, None, None, None) => Then::Crash,
            _ => {
                return Err(format!(
                    "the fault on {on} has members that its `then` does not take: \
                     throttled and conflict take `times`, stale `reads`, error `code` and `message`"
                ));
            }
        };
        if nth == Some(0) {
            return Err(format!("the fault on {on} has `nth: 0`; calls are counted from 1"));
        }
        Ok(Fault { on, nth, then })
    }
}

/// Faults and how many calls each has matched so far.
#[derive(Debug, Default)]
pub(super) struct Armed {
    faults: Vec<(Fault, u32)>,
}

impl Armed {
    /// Faults that have seen no call yet.
    pub(super) fn new(faults: Vec<Fault>) -> Armed {
        Armed { faults: faults.into_iter().map(|fault| (fault, 0)).collect() }
    }

    /// The same faults, as if they had seen no call yet.
    pub(super) fn rearm(&mut self) {
        self.faults.iter_mut().for_each(|(_, seen)| *seen = 0);
    }

    /// Counts a call, and says what happens to it: the first fault that is due.
    pub(super) fn strike(&mut self, operation: &str) -> Option<Then> {
        let mut due = None;
        for (fault, seen) in &mut self.faults {
            if fault.on != "*" && fault.on != operation {
                continue;
            }
            *seen += 1;
            if due.is_none() && is_due(fault, *seen) {
                due = Some(fault.then.clone());
            }
        }
        due
    }
}

fn is_due(fault: &Fault, seen: u32) -> bool {
    let Some(nth) = fault.nth else { return true };
    match fault.then {
        Then::Throttled { times } | Then::Conflict { times } => {
            (nth..nth.saturating_add(times)).contains(&seen)
        }
        Then::ThrottledForever => seen >= nth,
        _ => seen == nth,
    }
}
