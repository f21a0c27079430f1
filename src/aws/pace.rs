//! How fast we ask, and how long we wait: one token bucket per operation, because the service's limits are
//! per operation, account and region (General Reference, CloudTrail quotas); and patience with what is not
//! ready yet. Stands outside the SDK's calls; the SDK's own retries are not paced.

use crate::resource::Call;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, sleep_until};

/// Calls that may be under way at once. Each operation's bucket bounds it further; sixteen made a region of ten
/// resources wait for places and not for answers.
const IN_FLIGHT: usize = 64;

/// The pace of one connection.
#[derive(Debug)]
pub(super) struct Pace {
    /// None in the sandbox, which has no limits.
    buckets: Option<BTreeMap<Call, Mutex<Bucket>>>,
    in_flight: Semaphore,
}

/// One second's worth of an operation's calls, kept as the time at which it would be full again; none when it is.
type Bucket = Option<Instant>;

impl Pace {
    /// The published rates.
    pub(super) fn published() -> Pace {
        let buckets = Call::ALL.into_iter().map(|call| (call, Mutex::default()));
        Pace { buckets: Some(buckets.collect()), in_flight: Semaphore::new(IN_FLIGHT) }
    }

    /// As fast as it goes, and waits a thousand times shorter: the sandbox settles after reads, not after time.
    pub(super) fn unlimited() -> Pace {
        Pace { buckets: None, in_flight: Semaphore::new(IN_FLIGHT) }
    }

    /// Waits for the call's turn. The permit is held until the answer is there.
    pub(super) async fn admit(&self, call: Call) -> Option<SemaphorePermit<'_>> {
        let bucket = self.buckets.as_ref().and_then(|buckets| buckets.get(&call));
        let Some(bucket) = bucket else { return self.in_flight.acquire().await.ok() };
        // Held until the call leaves, so that the calls of one operation queue up here: what is counted is when a call
        // leaves, and not when it could have, else those that were held up would leave in one burst.
        let mut bucket = bucket.lock().await;
        let each = Duration::from_secs(1) / call.facts().per_second.max(1);
        let turn = bucket.and_then(|full| (full + each).checked_sub(Duration::from_secs(1)));
        if let Some(turn) = turn.filter(|turn| *turn > Instant::now()) {
            sleep_until(turn).await;
        }
        // The semaphore is never closed, so there is always a permit in the end.
        let permit = self.in_flight.acquire().await.ok();
        let now = Instant::now();
        *bucket = Some(bucket.unwrap_or(now).max(now) + each);
        permit
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
    async fn what_was_held_up_does_not_leave_in_one_burst() {
        let pace = Pace::published();
        let start = Instant::now();
        // Slow answers hold every place for two seconds.
        let slow = async {
            let places: Vec<_> = pace.in_flight.acquire_many(IN_FLIGHT as u32).await.into_iter().collect();
            sleep(Duration::from_secs(2)).await;
            drop(places);
        };
        let calls = async {
            let mut left = Vec::new();
            for _ in 0..25 {
                drop(pace.admit(Call::GetDashboard).await);
                left.push(start.elapsed());
            }
            left
        };
        let ((), left) = tokio::join!(slow, calls);
        let within = |from: Duration| {
            left.iter().filter(|at| (from..from + Duration::from_secs(1)).contains(*at)).count()
        };
        let most = left.iter().map(|from| within(*from)).max();
        assert!(most <= Some(20) && within(Duration::from_secs(2)) <= 20, "{left:?}");
        assert_eq!(left.last().map(|at| at.as_millis() / 100), Some(35));
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
