//! Whether a store's federation gets where it is going.

use crate::name::Time;
use crate::resource::health::Symptom;
use crate::resource::severity::Severity;

/// After how many seconds a federation on its way is stuck. Switching takes minutes (user guide, Lake query federation).
const STUCK: u64 = 60 * 60;

/// What GetEventDataStore tells of a store beside its settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventDataStoreHealth {
    /// `ENABLING` or `DISABLING`, while federation is on its way.
    pub federation: Option<String>,
    /// The last change of the store. Whether switching federation counts as one is unverified: where it does not,
    /// federation on its way is told as stuck at once.
    pub updated: Option<Time>,
}

impl EventDataStoreHealth {
    pub(in crate::resource) fn symptoms(&self, now: Time) -> Vec<Symptom> {
        let EventDataStoreHealth { federation, updated } = self;
        let young = updated.and_then(|updated| updated.seconds_until(now)).is_some_and(|age| age < STUCK);
        let Some(federation) = federation.as_ref().filter(|_| !young) else { return Vec::new() };
        let text = format!("federation does not get beyond {federation}");
        let symptom = Symptom::new(Severity::Warning, "federation", text)
            .help("check the role of the federation and its permissions in Lake Formation and Glue");
        vec![Symptom { since: *updated, ..symptom }]
    }
}
