//! How fast we ask, and how long we wait: one token bucket per operation, because the service's limits are
//! per operation, account and region (General Reference, CloudTrail quotas); and patience with what is not
//! ready yet. Stands outside the SDK's calls; the SDK's own retries are not paced.

use crate::resource::Call;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, sleep_until};

/// Calls that may be under way at once.
const IN_FLIGHT: usize = 16;

/// The pace of one connection.
#[derive(Debug)]
pub(super) struct Pace {
    /// None in the sandbox, which has no limits.
    buckets: Option<Mutex<BTreeMap<Call, Instant>>>,
    in_flight: Semaphore,
}

impl Pace {
    /// The published rates.
    pub(super) fn published() -> Pace {
        Pace { buckets: Some(Mutex::default()), in_flight: Semaphore::new(IN_FLIGHT) }
    }

    /// As fast as it goes, and waits a thousand times shorter: the sandbox settles after reads, not after time.
    pub(super) fn unlimited() -> Pace {
        Pace { buckets: None, in_flight: Semaphore::new(IN_FLIGHT) }
    }

    /// Waits for the call's turn. The permit is held until the answer is there.
    pub(super) async fn admit(&self, call: Call) -> Option<SemaphorePermit<'_>> {
        if let Some(turn) = self.turn(call) {
            sleep_until(turn).await;
        }
        // The semaphore is never closed, so there is always a permit in the end.
        self.in_flight.acquire().await.ok()
    }

    /// When the call may be made: a bucket that holds one second's worth of calls and fills at the call's rate,
    /// kept as the time at which it would be full again.
    fn turn(&self, call: Call) -> Option<Instant> {
        let mut buckets = self.buckets.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = call.facts().per_second.max(1);
        let each = Duration::from_secs(1) / rate;
        let now = Instant::now();
        let full = buckets.get(&call).copied().unwrap_or(now).max(now);
        buckets.insert(call, full + each);
        (full + each).checked_sub(each * rate).filter(|turn| *turn > now)
    }

    /// Patience for a whole state to settle: ten minutes. CloudTrail speaks of a few minutes (API reference,
    /// ConflictException), and other tools wait five.
    pub(super) fn long(&self) -> Patience {
        self.patience(Duration::from_secs(600))
    }

    /// Patience for what is known in one place and not yet in another: a minute.
    pub(super) fn short(&self) -> Patience {
        self.patience(Duration::from_secs(60))
    }

    fn patience(&self, whole: Duration) -> Patience {
        let shrink = if self.buckets.is_some() { 1 } else { 1000 };
        Patience { whole, left: whole, pause: Duration::from_secs(1), shrink }
    }
}

/// Time that may be spent on waiting, in pauses that grow from one second to fifteen.
#[derive(Debug)]
pub(super) struct Patience {
    whole: Duration,
    left: Duration,
    pause: Duration,
    shrink: u32,
}

impl Patience {
    /// Waits once; false when all the time has been spent.
    pub(super) async fn wait(&mut self) -> bool {
        if self.left.is_zero() {
            return false;
        }
        let pause = self.pause.min(self.left);
        self.left -= pause;
        self.pause = (self.pause * 2).min(Duration::from_secs(15));
        sleep(pause / self.shrink).await;
        true
    }

    /// For the message of who gives up.
    pub(super) fn spent(&self) -> String {
        match self.whole.as_secs() {
            _ if self.shrink > 1 => "still so after every attempt".to_owned(),
            seconds if seconds >= 120 => format!("still so after {} minutes", seconds / 60),
            seconds => format!("still so after {seconds} seconds"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn reads_may_burst_to_ten_and_then_go_ten_a_second() {
        let pace = Pace::published();
        let start = Instant::now();
        for _ in 0..10 {
            pace.admit(Call::GetTrailStatus).await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..10 {
            pace.admit(Call::GetTrailStatus).await;
        }
        assert_eq!(start.elapsed().as_millis() / 100, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn the_event_history_is_asked_twice_a_second() {
        let pace = Pace::published();
        let start = Instant::now();
        for _ in 0..6 {
            pace.admit(Call::LookupEvents).await;
        }
        assert_eq!(start.elapsed().as_secs(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn each_operation_has_a_bucket_of_its_own_and_writes_go_one_a_second() {
        let pace = Pace::published();
        let start = Instant::now();
        pace.admit(Call::CreateTrail).await;
        pace.admit(Call::UpdateTrail).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        pace.admit(Call::CreateTrail).await;
        assert_eq!(start.elapsed().as_secs(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends() {
        let start = Instant::now();
        let mut patience = Pace::published().short();
        while patience.wait().await {}
        assert_eq!(start.elapsed().as_secs(), 60);
        assert_eq!(patience.spent(), "still so after 60 seconds");
    }
}
