//! The published rates of CloudTrail's operations, for those who want the emulator to hold them: per operation,
//! account and region. The services beside CloudTrail have rates that no preparation reaches.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::operation::writes;

/// How much earlier than its turn a call may come: clients that pace themselves exactly meet a network that
/// does not.
const TOLERANCE: Duration = Duration::from_millis(100);

/// When each operation's bucket would be full again. A bucket holds one second's worth of calls.
#[derive(Debug, Default)]
pub(super) struct Limits {
    full: BTreeMap<(String, String, String), Instant>,
}

impl Limits {
    /// Takes a call out of its bucket; false when the bucket is empty.
    pub(super) fn admit(&mut self, operation: &str, account: &str, region: &str) -> bool {
        let now = Instant::now();
        // Full buckets need no remembering, so made-up operations and regions cannot fill the memory.
        self.full.retain(|_, full| *full > now);
        let each = Duration::from_secs(1) / rate(operation);
        let key = (operation.to_owned(), account.to_owned(), region.to_owned());
        let full = self.full.get(&key).copied().unwrap_or(now) + each;
        let admitted = full <= now + Duration::from_secs(1) + TOLERANCE;
        if admitted {
            self.full.insert(key, full);
        }
        admitted
    }
}

/// Calls a second (General Reference, CloudTrail quotas). Of the two event configuration operations no rate is
/// published; those of their like are assumed.
fn rate(operation: &str) -> u32 {
    match operation {
        "LookupEvents" | "ListInsightsData" => 2,
        "ListInsightsMetricData" => 1,
        "StartQuery" | "CancelQuery" => 3,
        "RegisterOrganizationDelegatedAdmin" | "DeregisterOrganizationDelegatedAdmin" => 10,
        other if writes(other) => 1,
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_bucket_holds_a_second_of_calls_and_fills_again() {
        let mut limits = Limits::default();
        let mut admit = |operation: &str, region: &str| limits.admit(operation, "111122223333", region);
        assert!(admit("CreateTrail", "us-east-1"));
        assert!(!admit("CreateTrail", "us-east-1"));
        assert!(admit("CreateTrail", "us-east-2"));
        assert!(admit("StartLogging", "us-east-1"));
        let reads = (0..20).filter(|_| admit("GetTrail", "us-east-1")).count();
        assert_eq!(reads, 11, "ten, and one within the tolerance");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(admit("CreateTrail", "us-east-1"));
        assert!(!admit("CreateTrail", "us-east-1"));
        let lookups = (0..5).filter(|_| admit("LookupEvents", "us-east-1")).count();
        assert_eq!(lookups, 2);
    }
}
