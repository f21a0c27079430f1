//! What is being done right now, and how long it takes: on a terminal the time counts in place, elsewhere a line
//! grows now and then, so that a log stays a log.

use super::output::Output;
use std::time::Duration;

/// How often a log hears of a call that is still running, in seconds.
const LOG_EVERY: u64 = 30;

/// The line of one thing that is being done.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The time that stands at the end of the line and is replaced by the next, in columns.
    shown: usize,
}

impl Line {
    /// Begins the line.
    pub(super) fn begin(what: &str, output: &mut Output<'_, '_>) -> Line {
        output.progress(&format!("{what} … "));
        Line::default()
    }

    /// It is still being done.
    pub(super) fn wait(&mut self, so_far: Duration, output: &mut Output<'_, '_>) {
        let text = self.waiting(so_far, output.terminal.interactive);
        output.progress(&text);
    }

    /// It takes longer because of this.
    pub(super) fn explain(&mut self, cause: &str, output: &mut Output<'_, '_>) {
        output.progress(&format!("{}\n  waiting: {cause} … ", self.erase()));
        self.shown = 0;
    }

    /// It is done, with this word.
    pub(super) fn end(self, word: &str, took: Duration, output: &mut Output<'_, '_>) {
        output.progress(&format!("{}{word}{}\n", self.erase(), seconds(took)));
    }

    fn waiting(&mut self, so_far: Duration, in_place: bool) -> String {
        let seconds = so_far.as_secs();
        let text = format!("{seconds} s");
        if in_place {
            let erased = self.erase();
            self.shown = text.chars().count();
            format!("{erased}{text}")
        } else if seconds > 0 && seconds.is_multiple_of(LOG_EVERY) {
            format!("{text} … ")
        } else {
            String::new()
        }
    }

    /// Back over what stands at the end, which every terminal can do.
    fn erase(&self) -> String {
        let back = "\u{8}".repeat(self.shown);
        format!("{back}{}{back}", " ".repeat(self.shown))
    }
}

/// How long it took, where it took long enough to be worth a word.
fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0 => String::new(),
        seconds => format!(" ({seconds} s)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_grows_now_and_then() {
        let mut line = Line::default();
        let told: String = (1..=60).map(|second| line.waiting(Duration::from_secs(second), false)).collect();
        assert_eq!(told, "30 s … 60 s … ");
        assert_eq!(line.erase(), "");
    }

    #[test]
    fn on_a_terminal_the_time_counts_in_place() {
        let mut line = Line::default();
        assert_eq!(line.waiting(Duration::from_secs(9), true), "9 s");
        assert_eq!(line.waiting(Duration::from_secs(10), true), "\u{8}\u{8}\u{8}   \u{8}\u{8}\u{8}10 s");
        assert_eq!(line.erase(), "\u{8}\u{8}\u{8}\u{8}    \u{8}\u{8}\u{8}\u{8}");
    }

    #[test]
    fn what_took_no_second_has_no_time() {
        assert_eq!(seconds(Duration::from_millis(999)), "");
        assert_eq!(seconds(Duration::from_millis(1000)), " (1 s)");
    }
}
