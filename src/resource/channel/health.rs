//! Whether a channel takes in what is sent to it: the IngestionStatus that GetChannel tells.

use super::Channel;
use crate::name::Time;
use crate::resource::health::Symptom;
use crate::resource::severity::Severity;

/// How the last events came in (API reference, `IngestionStatus`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelHealth {
    /// The code of the latest failure.
    pub error: Option<String>,
    /// The latest attempt.
    pub attempted: Option<Time>,
    /// The latest success.
    pub succeeded: Option<Time>,
}

impl ChannelHealth {
    pub(in crate::resource) fn symptoms(&self, channel: &Channel) -> Vec<Symptom> {
        let ChannelHealth { error, attempted, succeeded } = self;
        // The code may be of a failure before the latest success: the API reference does not say that it is taken back.
        let over = succeeded.zip(*attempted).is_some_and(|(succeeded, attempted)| succeeded >= attempted);
        let Some(error) = error.as_ref().filter(|_| !over) else { return Vec::new() };
        let text = format!("events from {} are not taken in: {error}", channel.source);
        let symptom = Symptom::new(Severity::Critical, "ingestion", text)
            .help("compare what the sender sends with the channel's policy and the form of events (user guide, integrations)");
        vec![Symptom { last_success: *succeeded, ..symptom }]
    }
}
