//! Where a setting stands when a run has ended half-way: what a call leaves that is not the last one on the way to
//! what is desired. Calls that bring a setting to its end at once leave nothing to be known here.

use super::{Call, Path, Spec, Value};
use std::collections::BTreeSet;

/// The value of a setting after this call, when another call brings it to what is desired. `live` is the value before.
pub fn left_by(call: Call, path: &Path, desired: &Value, live: &Value) -> Option<Value> {
    match call {
        // The settings that have calls of their own: a trail is created with logging off (API reference,
        // `CreateTrail`), a store for events of standard size (API reference, `GetEventConfiguration`), the rest unset.
        call if call.creates() => Some(match path.as_str() {
            "isLogging" => Value::Bool(false),
            "maxEventSize" => Value::Text("Standard".to_owned()),
            _ => Value::Absent,
        }),
        // What is replaced; its policy goes with it.
        call if call.deletes() => Some(Value::Absent),
        // Another role means off and on again.
        Call::DisableFederation => (path.as_str() == "federationRoleArn").then_some(Value::Absent),
        // Insights go off before selectors contradict them, and come on afterwards.
        Call::PutInsightSelectors => match path.as_str() {
            "insightSelectors" => Some(Value::set(words(live).intersection(&words(desired)).cloned())),
            "insightsDestination" => Some(Value::Absent),
            _ => None,
        },
        _ => None,
    }
}

/// The settings that have calls of their own, where the creating call does not leave them as they are in `spec`.
pub fn comes_later(spec: &Spec) -> BTreeSet<Path> {
    let (creating, own): (Call, &[&str]) = match spec {
        Spec::Trail(_) => (
            Call::CreateTrail,
            &[
                "isLogging",
                "eventSelectors",
                "advancedEventSelectors",
                "insightSelectors",
                "aggregationConfigurations",
            ],
        ),
        Spec::EventDataStore(_) => (
            Call::CreateEventDataStore,
            &[
                "insightSelectors",
                "insightsDestination",
                "maxEventSize",
                "contextKeySelectors",
                "federationRoleArn",
            ],
        ),
        Spec::Dashboard(_) => (Call::CreateDashboard, &["refreshSchedule"]),
        Spec::Channel(_) | Spec::Policy(_) => return BTreeSet::new(),
    };
    let fields = spec.fields().into_iter().filter(|field| own.contains(&field.path.top()));
    let later = fields.filter(|field| {
        left_by(creating, &field.path, &field.value, &Value::Absent).as_ref() != Some(&field.value)
    });
    later.map(|field| Path::new(field.path.top())).collect()
}

fn words(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Set(words) => words.clone(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> Value {
        Value::set(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn a_created_trail_does_not_log_yet_and_selects_by_default() {
        let left = |path: &str| left_by(Call::CreateTrail, &Path::new(path), &Value::Absent, &Value::Absent);
        assert_eq!(left("isLogging"), Some(Value::Bool(false)));
        assert_eq!(left("eventSelectors"), Some(Value::Absent));
    }

    #[test]
    fn only_the_call_that_is_about_a_setting_explains_it() {
        let role = |name: &str| Value::Text(format!("arn:aws:iam::111122223333:role/{name}"));
        let left = |call, path: &str| left_by(call, &Path::new(path), &role("new"), &role("old"));
        assert_eq!(left(Call::DisableFederation, "federationRoleArn"), Some(Value::Absent));
        assert_eq!(left(Call::DisableFederation, "kmsKeyId"), None);
        assert_eq!(left(Call::UpdateTrail, "kmsKeyId"), None);
        assert_eq!(left(Call::RemoveTags, "federationRoleArn"), None);
    }

    #[test]
    fn insights_that_stay_are_on_all_the_way() {
        let path = Path::new("insightSelectors");
        let left = |desired, live| left_by(Call::PutInsightSelectors, &path, &desired, &live);
        assert_eq!(left(set(&["a", "b"]), set(&["b", "c"])), Some(set(&["b"])));
        assert_eq!(left(set(&["a"]), set(&["c"])), Some(Value::Absent));
    }
}
