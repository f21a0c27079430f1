//! Points in time, to the second, as the service tells them and as a reader wants them: the calendar's days,
//! RFC 3339, and how long ago. What time it is now, only the command line knows.

use super::Date;
use std::fmt;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The first second of the year 10000, which RFC 3339 cannot write.
const END: u64 = 253_402_300_800;

/// A second between 1970 and 9999, in UTC. Orders as time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(u64);

impl Time {
    /// From seconds since 1970-01-01T00:00:00Z; none before it and after the year 9999.
    pub fn from_unix(seconds: i64) -> Option<Time> {
        u64::try_from(seconds).ok().filter(|seconds| *seconds < END).map(Time)
    }

    /// The day, in UTC.
    pub fn date(self) -> Option<Date> {
        Date::parse(&self.day())
    }

    /// `03:12Z` on the same day as `now`, else `2026-11-19 03:12Z`.
    pub fn seen_from(self, now: Time) -> String {
        let clock = format!("{:02}:{:02}Z", self.0 % DAY / HOUR, self.0 % HOUR / MINUTE);
        if self.0 / DAY == now.0 / DAY { clock } else { format!("{} {clock}", self.day()) }
    }

    /// How long it is from here to `end`, in at most two units: `47 m`, `5 h 47 m`, `3 d 4 h`, `323 d`; none when
    /// `end` lies before, as it may for clocks that disagree.
    pub fn until(self, end: Time) -> Option<String> {
        let seconds = self.seconds_until(end)?;
        let (days, hours, minutes) = (seconds / DAY, seconds % DAY / HOUR, seconds % HOUR / MINUTE);
        Some(match (days, hours) {
            (0, 0) if minutes == 0 => "less than a minute".to_owned(),
            (0, 0) => format!("{minutes} m"),
            (0, _) => format!("{hours} h {minutes} m"),
            (1..10, _) => format!("{days} d {hours} h"),
            _ => format!("{days} d"),
        })
    }

    /// The seconds from here to `end`; none when `end` lies before.
    pub fn seconds_until(self, end: Time) -> Option<u64> {
        end.0.checked_sub(self.0)
    }

    /// `2026-11-20`, in the Gregorian calendar.
    fn day(self) -> String {
        let mut days = self.0 / DAY;
        let mut year = 1970;
        let leap =
            |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        while days >= if leap(year) { 366 } else { 365 } {
            days -= if leap(year) { 366 } else { 365 };
            year += 1;
        }
        let february = if leap(year) { 29 } else { 28 };
        let mut month = 1;
        for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
            if days < length {
                break;
            }
            days -= length;
            month += 1;
        }
        format!("{year:04}-{month:02}-{:02}", days + 1)
    }
}

/// RFC 3339, in UTC.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.0 % DAY / HOUR, self.0 % HOUR / MINUTE, self.0 % MINUTE);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_unix(seconds).unwrap()
    }

    #[test]
    fn seconds_are_days_and_times() {
        // `date -u -d @…` of GNU coreutils.
        assert_eq!(at(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_399).to_string(), "2000-02-28T23:59:59Z");
        assert_eq!(at(951_782_400).to_string(), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_795_165_200).to_string(), "2026-11-20T09:00:00Z");
        assert_eq!(at(4_107_542_400).to_string(), "2100-03-01T00:00:00Z");
        assert_eq!(at(253_402_300_799).to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Time::from_unix(253_402_300_800), None);
        assert_eq!(Time::from_unix(-1), None);
        assert_eq!(at(951_782_400).date(), Date::parse("2000-02-29"));
    }

    #[test]
    fn a_time_is_seen_from_another_one() {
        let now = at(1_795_165_200);
        let ago = |seconds: i64| at(1_795_165_200 - seconds);
        assert_eq!(ago(5 * 3600 + 47 * 60).seen_from(now), "03:13Z");
        assert_eq!(ago(10 * 3600).seen_from(now), "2026-11-19 23:00Z");
        let lasted = |seconds| ago(seconds).until(now).unwrap();
        assert_eq!(lasted(59), "less than a minute");
        assert_eq!(lasted(60), "1 m");
        assert_eq!(lasted(5 * 3600 + 47 * 60 + 59), "5 h 47 m");
        assert_eq!(lasted(24 * 3600), "1 d 0 h");
        assert_eq!(lasted(323 * 24 * 3600 + 7), "323 d");
        assert_eq!(now.until(ago(1)), None);
    }
}
