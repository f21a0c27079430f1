//! The time of the run: the only place that reads a clock's value.

use crate::name::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock's value, to the second; none before 1970 or after 9999.
pub(super) fn time(value: SystemTime) -> Option<Time> {
    let seconds = value.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Time::from_unix(i64::try_from(seconds).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn impossible_times_are_none() {
        let at = |seconds| time(UNIX_EPOCH + Duration::from_secs(seconds)).map(|time| time.to_string());
        assert_eq!(at(1_795_165_200).as_deref(), Some("2026-11-20T09:00:00Z"));
        assert_eq!(at(1 << 40), None);
        assert_eq!(time(UNIX_EPOCH - Duration::from_secs(1)), None);
    }
}
