//! What a change of a trail records, delivers or proves less than before.

use super::Trail;
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
    narrowed(&before, &after)
}

/// The dangers of a scope that is narrower, and of selectors that let less in or of which that cannot be ruled out.
pub(in crate::resource) fn narrowed(before: &Coverage, after: &Coverage) -> Vec<Danger> {
    let places = before.scope().lost_under(*after.scope()).into_iter();
    let mut dangers: Vec<Danger> = places.map(|reason| Danger::blind_spot(reason, before.clone())).collect();
    let lost = before.without(after);
    if !lost.is_empty() {
        dangers.push(Danger::blind_spot(lost.stops(), lost));
    }
    dangers
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
    let lost = insight::unaggregated(&desired.aggregation_configurations, &live.aggregation_configurations);
    let none_left = desired.aggregation_configurations.is_empty();
    say(!lost.is_empty() && none_left, "data events are no longer aggregated".to_owned());
    say(
        !lost.is_empty() && !none_left,
        format!("data events are no longer aggregated by {}", lost.join(", ")),
    );
    weaker
}

#[cfg(test)]
mod tests {
    use super::super::tests::{audit, reasons};
    use super::*;
    use crate::name::Region;
    use crate::resource::insight::AggregationConfiguration;

    fn trail(home: &str, multi_region: bool, global_services: bool) -> Trail {
        Trail {
            is_multi_region_trail: multi_region,
            include_global_service_events: global_services,
            home: Region::parse(home),
            ..audit()
        }
    }

    #[test]
    fn what_a_trail_of_one_region_does_not_record_it_cannot_lose() {
        let lost = |home| reasons(Some(&trail(home, false, false)), &trail(home, false, true));
        assert_eq!(lost("us-east-1"), ["blind-spot: stops recording global services such as IAM"]);
        assert!(lost("eu-west-1").is_empty());
        assert_eq!(lost("us-gov-west-1"), ["blind-spot: may stop recording global services such as IAM"]);
    }

    #[test]
    fn a_trail_of_one_region_loses_global_services_but_where_they_happen() {
        let lost = |home| reasons(Some(&trail(home, false, true)), &trail(home, true, true));
        let regions = "blind-spot: stops recording other regions";
        assert_eq!(lost("us-east-1"), [regions]);
        assert_eq!(lost("eu-west-1"), [regions, "blind-spot: stops recording global services such as IAM"]);
    }

    #[test]
    fn fewer_aggregation_templates_are_shown() {
        let by = |templates: &[&str]| {
            let templates = templates.iter().map(ToString::to_string).collect();
            let event_category = "Data".to_owned();
            let one = AggregationConfiguration { event_category, templates };
            Trail { aggregation_configurations: vec![one], ..audit() }
        };
        assert_eq!(
            reasons(Some(&by(&["API_ACTIVITY"])), &by(&["API_ACTIVITY", "USER_ACTIONS"])),
            ["data events are no longer aggregated by USER_ACTIONS"]
        );
    }
}
