//! The wish to end a run before its end, and the signals that tell it. What a run does about it is apply's.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::watch;

/// What is said on stderr when a signal comes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Words {
    /// At the first one, by which the run shall end.
    pub(super) first: Option<&'static str>,
    /// At the second one, which ends the process.
    pub(super) second: Option<&'static str>,
}

/// How long the last words may take: whoever reads stderr may have stopped, and the end is to come at once.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// The wish to end a run before its end.
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    wanted: Arc<watch::Sender<bool>>,
    /// What is still to be said at the first signal; held while it is being said.
    first: Arc<Mutex<Option<&'static str>>>,
    signals: bool,
}

impl Interrupt {
    /// One that also listens to the signals of the process.
    pub(super) fn from_signals() -> Interrupt {
        Interrupt { signals: true, ..Interrupt::default() }
    }

    /// From now on the run shall end.
    pub fn want(&self) {
        self.wanted.send_replace(true);
    }

    /// Whether the run shall end.
    pub fn is_wanted(&self) -> bool {
        *self.wanted.borrow()
    }

    /// Waits until the run shall end.
    pub(super) async fn wanted(&self) {
        // The sender is ours, so it is there as long as anybody waits.
        let _ = self.wanted.subscribe().wait_for(|wanted| *wanted).await;
    }

    /// What was to be said at the first signal is true no longer, and said no more. When it is being said just now,
    /// waits for it: what the caller says next comes after it.
    pub(super) fn hush(&self) {
        *self.first() = None;
    }

    fn first(&self) -> MutexGuard<'_, Option<&'static str>> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens from now on, where signals are listened to. Before the first write a signal may simply end the
    /// process; from then on the first lets the running call finish, and a second ends the process at once.
    ///
    /// The runtime's own thread listens: a sandbox answers without ever waiting, and a reader who does not read
    /// holds the main thread in the middle of a line.
    pub(super) fn listen(&self, words: Words, at_once: u8) {
        // Where signals cannot be listened to, they end the process as before.
        let Some(mut signals) = self.signals.then(Signals::catch).flatten() else { return };
        let interrupt = self.clone();
        *self.first() = words.first;
        tokio::spawn(async move {
            signals.next().await;
            interrupt.want();
            tokio::task::spawn_blocking(move || {
                let mut first = interrupt.first();
                if let Some(line) = first.take() {
                    say(line);
                }
            });
            signals.next().await;
            if let Some(line) = words.second {
                say_in_time(line);
            }
            std::process::exit(i32::from(at_once));
        });
    }
}

fn say(line: &str) {
    // Behind the line that progress has begun. Whoever closed the terminal does not want to know.
    let _ = io::stderr().write_all(format!("\n{line}\n").as_bytes());
}

/// Says it, unless nobody takes it: then the process ends all the same.
fn say_in_time(line: &'static str) {
    let (said, when_said) = mpsc::channel();
    std::thread::spawn(move || {
        say(line);
        let _ = said.send(());
    });
    let _ = when_said.recv_timeout(LAST_WORDS);
}

/// Ctrl-C, what a CI system sends when a job is cancelled, and a terminal that goes away. Caught from the
/// beginning, and not only once somebody waits for the next one.
#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn catch() -> Option<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let ignored = ignored();
        let heard = |kind: &SignalKind| ignored & (1 << (kind.as_raw_value() - 1)) == 0;
        let caught: io::Result<Vec<_>> = kinds.into_iter().filter(heard).map(signal).collect();
        caught.ok().map(Signals)
    }

    async fn next(&mut self) {
        std::future::poll_fn(|context| {
            let came = self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }
}

/// The signals that whoever started us wants ignored, as `nohup` does: a bit for each, from the first. Linux tells
/// it (proc(5), SigIgn); elsewhere none is known to be.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn catch() -> Option<Signals> {
        tokio::signal::windows::ctrl_c().ok().map(Signals)
    }

    async fn next(&mut self) {
        let _ = self.0.recv().await;
    }
}
