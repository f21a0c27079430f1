//! Whether a dashboard's scheduled refresh works.

use super::Dashboard;
use crate::resource::health::Symptom;
use crate::resource::severity::Severity;

/// What GetDashboard tells of a dashboard beside its settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DashboardHealth {
    /// Why the last scheduled refresh failed (API reference, `GetDashboard`).
    pub failure: Option<String>,
}

impl DashboardHealth {
    pub(in crate::resource) fn symptoms(&self, dashboard: &Dashboard) -> Vec<Symptom> {
        let failure = self.failure.as_ref().filter(|_| dashboard.active_schedule().is_some());
        let symptom = failure.map(|failure| {
            let text = format!("the last scheduled refresh failed: {failure}");
            Symptom::new(Severity::Warning, "refresh", text)
                .help("each store that the widgets ask needs a policy that lets CloudTrail query it for this dashboard")
        });
        symptom.into_iter().collect()
    }
}
