//! What AWS extends from time to time, as it was known when this was written: one list a file, one value a line.
//! None of these is ever an error to be missing from: an unknown value is warned of, and AWS has the last word.

/// Values of `resources.type` of data events.
pub(super) const RESOURCE_TYPES: Known = Known(include_str!("known/resource-types.txt"));

/// Event sources of network activity events.
pub(super) const NETWORK_SOURCES: Known = Known(include_str!("known/network-sources.txt"));

/// Sources of channels.
pub(in crate::manifest) const PARTNER_SOURCES: Known = Known(include_str!("known/partner-sources.txt"));

/// Condition keys that events can be enriched with.
pub(super) const CONDITION_KEYS: Known = Known(include_str!("known/condition-keys.txt"));

/// Regions that have CloudTrail Lake.
pub(super) const LAKE_REGIONS: Known = Known(include_str!("known/lake-regions.txt"));

/// Regions that have Lake, and no endpoint to put events of channels to (service endpoints of `cloudtrail-data`).
pub(super) const WITHOUT_CHANNELS: [&str; 7] = [
    "eu-south-2",
    "eu-central-2",
    "ap-south-2",
    "ap-southeast-4",
    "il-central-1",
    "us-gov-east-1",
    "us-gov-west-1",
];

/// Regions that an account has only after somebody has enabled them (AWS account management, regions disabled by default, as
/// of November 2026).
pub(super) const OPTIONAL_REGIONS: [&str; 16] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// A list of values, one a line; lines that start with `#` say where it comes from.
#[derive(Debug, Clone, Copy)]
pub(in crate::manifest) struct Known(&'static str);

impl Known {
    /// The values, in order.
    pub(in crate::manifest) fn values(self) -> impl Iterator<Item = &'static str> {
        self.0.lines().filter(|line| !line.starts_with('#'))
    }

    /// Whether a value is among them.
    pub(super) fn has(self, value: &str) -> bool {
        self.values().any(|known| known == value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_say_where_they_come_from_and_repeat_nothing() {
        for list in [RESOURCE_TYPES, NETWORK_SOURCES, PARTNER_SOURCES, CONDITION_KEYS, LAKE_REGIONS] {
            assert!(list.0.starts_with("# ") && list.0.contains("as of"));
            let mut values: Vec<&str> = list.values().collect();
            assert!(
                values.len() > 15 && values.iter().all(|value| value.trim() == *value && !value.is_empty())
            );
            let count = values.len();
            values.sort_unstable();
            values.dedup();
            assert_eq!(values.len(), count);
        }
        assert!(WITHOUT_CHANNELS.iter().all(|region| LAKE_REGIONS.has(region)));
    }
}
