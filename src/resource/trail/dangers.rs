//! What a change of a trail records, delivers or proves less than before.

use super::Trail;
use crate::resource::coverage::Scope;
use crate::resource::{Coverage, Danger, Resource, insight};

/// A trail that does not log records nothing that could be lost.
pub(super) fn of_deletion(live: &Trail) -> Vec<Danger> {
    match live.records() {
        Some(coverage) => vec![Danger::blind_spot(coverage.stops(), coverage)],
        None => vec![Danger::shown("the trail is deleted; it was not logging")],
    }
}

pub(super) fn of_change(desired: &Trail, live: &Trail) -> Vec<Danger> {
    let mut dangers = recording(desired, live);
    dangers.extend(evidence(desired, live).into_iter().map(Danger::grave));
    dangers.extend(delivery(desired, live).into_iter().map(Danger::shown));
    dangers
}

fn recording(desired: &Trail, live: &Trail) -> Vec<Danger> {
    let Some(before) = live.records() else { return Vec::new() };
    let Some(after) = desired.records() else {
        return vec![Danger::blind_spot(format!("logging is switched off; {}", before.stops()), before)];
    };
    let mut dangers = Vec::new();
    // CloudTrail's own deliveries are no more than evidence, which `delivery` compares.
    let (Scope { multi_region, global_services, organization, deliveries: _ }, kept) =
        (*before.scope(), *after.scope());
    let narrower = [
        (multi_region && !kept.multi_region, "stops recording other regions"),
        (global_services && !kept.global_services, "stops recording global services such as IAM"),
        (organization && !kept.organization, "stops recording the organization's other accounts"),
    ];
    for (_, reason) in narrower.into_iter().filter(|(narrower, _)| *narrower) {
        dangers.push(Danger::blind_spot(reason, before.clone()));
    }
    dangers.extend(narrowed(&before, &after));
    dangers
}

/// The danger of selectors that let less in, or of which that cannot be ruled out.
pub(in crate::resource) fn narrowed(before: &Coverage, after: &Coverage) -> Option<Danger> {
    let lost = before.without(after);
    (!lost.is_empty()).then(|| Danger::blind_spot(lost.stops(), lost))
}

/// What takes the log files away from whoever keeps them, or leaves them unproven, without recording less.
fn evidence(desired: &Trail, live: &Trail) -> Vec<String> {
    let mut weaker = Vec::new();
    let bucket = &live.s3_bucket_name;
    if desired.s3_bucket_name != *bucket {
        weaker.push(format!("log files no longer go to bucket {bucket}"));
    }
    if live.enable_log_file_validation && !desired.enable_log_file_validation {
        weaker.push("log files can no longer be proven unchanged; the digest chain breaks".to_owned());
    }
    weaker
}

/// What makes evidence weaker, or its way to the reader longer, without recording less.
fn delivery(desired: &Trail, live: &Trail) -> Vec<String> {
    let mut weaker = Vec::new();
    let mut say = |condition: bool, words: String| {
        if condition {
            weaker.push(words);
        }
    };
    match (&desired.kms_key_id, &live.kms_key_id) {
        (None, Some(_)) => say(true, "log files are no longer encrypted with a KMS key".to_owned()),
        (Some(desired), Some(live)) => {
            say(desired != live, format!("log files are no longer encrypted with {live}"));
        }
        (_, None) => {}
    }
    if let Some(group) = &live.cloud_watch_logs_log_group_arn {
        let moved = desired.cloud_watch_logs_log_group_arn.as_ref() != Some(group);
        say(moved, format!("events no longer go to log group {group}"));
    }
    if let Some(topic) = &live.sns_topic_name {
        let moved = desired.sns_topic_name.as_ref() != Some(topic);
        say(moved, format!("deliveries are no longer announced to {topic}"));
    }
    say(
        live.recursive_logging && !desired.recursive_logging,
        "CloudTrail's own deliveries are no longer recorded".to_owned(),
    );
    let insights = insight::switched_off(&desired.insight_selectors, &live.insight_selectors);
    say(!insights.is_empty(), format!("no longer looks for {}", insights.join(", ")));
    let aggregated = !live.aggregation_configurations.is_empty();
    say(
        aggregated && desired.aggregation_configurations.is_empty(),
        "data events are no longer aggregated".to_owned(),
    );
    weaker
}
