//! Whether a trail's events arrive: what GetTrailStatus tells beside IsLogging.

use super::Trail;
use crate::name::Time;
use crate::resource::health::Symptom;
use crate::resource::severity::Severity;

/// For how long an interruption that is over still counts. Whoever looks once on each working day has seen it by then.
const REMEMBERED: u64 = 3 * 24 * 60 * 60;

/// What GetTrailStatus tells of a trail (API reference, `GetTrailStatus`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrailHealth {
    /// When logging was last switched on.
    pub started: Option<Time>,
    /// When logging was last switched off.
    pub stopped: Option<Time>,
    /// Log files into the bucket.
    pub delivery: Delivery,
    /// Digest files into the bucket.
    pub digest: Delivery,
    /// Events into the log group.
    pub log_group: Delivery,
    /// Messages to the topic.
    pub notification: Delivery,
}

/// One of the ways that a trail's events go. That an error is taken back by the next success is not documented;
/// until the service takes it back, it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// The error that the receiving service answered.
    pub error: Option<String>,
    /// The last success.
    pub time: Option<Time>,
}

impl TrailHealth {
    /// When logging was switched to what it is.
    pub(in crate::resource) fn switched(&self, is_logging: bool) -> Option<Time> {
        if is_logging { self.started } else { self.stopped }
    }

    pub(in crate::resource) fn symptoms(&self, trail: &Trail, now: Time) -> Vec<Symptom> {
        let TrailHealth { started: _, stopped: _, delivery, digest, log_group, notification } = self;
        if !trail.is_logging {
            return Vec::new();
        }
        let bucket = &trail.s3_bucket_name;
        let group = trail.cloud_watch_logs_log_group_arn.as_deref();
        let topic = trail.sns_topic_name.as_deref();
        let validated = trail.enable_log_file_validation.then_some(bucket.as_str());
        let of_bucket = "`trailkeeper iam-policy --for bucket` prints the statements that the bucket needs";
        let of_role = "`trailkeeper iam-policy --for logs-role` prints what the role needs";
        let of_topic = "`trailkeeper iam-policy --for topic` prints the statement that the topic needs";
        let ways = [
            (
                delivery,
                Severity::Critical,
                "delivery",
                "log files do not reach bucket",
                Some(&**bucket),
                of_bucket,
            ),
            (digest, Severity::Critical, "digest", "digest files do not reach bucket", validated, of_bucket),
            (log_group, Severity::Warning, "logGroup", "events do not reach log group", group, of_role),
            (
                notification,
                Severity::Warning,
                "notification",
                "deliveries are not announced to",
                topic,
                of_topic,
            ),
        ];
        let failing = ways.into_iter().filter_map(|(way, severity, concerns, what, place, help)| {
            // Without a place there is nothing to deliver to; that the service forgets the last error then is
            // unverified.
            let (error, place) = (way.error.as_ref()?, place?);
            let symptom = Symptom::new(severity, concerns, format!("{what} {place}: {error}")).help(help);
            Some(Symptom { last_success: way.time, ..symptom })
        });
        failing.chain(self.gap(now)).collect()
    }

    /// Times of a stop and of a later start on a trail that logs show a time without events.
    fn gap(&self, now: Time) -> Option<Symptom> {
        let (stopped, started) = (self.stopped?, self.started?);
        stopped.seconds_until(started).filter(|seconds| *seconds > 0)?;
        let recent = started.seconds_until(now).is_none_or(|seconds| seconds <= REMEMBERED);
        let severity = if recent { Severity::Warning } else { Severity::Info };
        let symptom =
            Symptom::new(severity, "gap", "logging was switched off, nothing was recorded".to_owned());
        Some(Symptom { since: Some(stopped), until: Some(started), ..symptom })
    }
}
