//! Insight selectors, shared by trails and event data stores, and the aggregated data events of trails:
//! what is derived from the events that the selectors let in.

use super::coverage::Coverage;
use super::field::Value;
use super::selector::sorted;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Unusual activity to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsightSelector {
    /// `ApiCallRateInsight` or `ApiErrorRateInsight`.
    pub insight_type: String,
    /// `Management`, `Data`; an empty list from the service means `Management` (API reference, `InsightSelector`).
    pub event_categories: Vec<String>,
}

/// Aggregated data events of a trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregationConfiguration {
    /// `Data`.
    pub event_category: String,
    /// `API_ACTIVITY`, `RESOURCE_ACCESS`, `USER_ACTIONS`.
    pub templates: Vec<String>,
}

/// Insight types with the categories that they watch. One type may be spread over several selectors, and the
/// service answers types and categories in an order of its own (user guide, `PutInsightSelectors` example).
type Watched<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn watched(selectors: &[InsightSelector]) -> Watched<'_> {
    let mut watched = Watched::new();
    for InsightSelector { insight_type, event_categories } in selectors {
        let categories = watched.entry(insight_type.as_str()).or_default();
        // Omitted categories mean Management (API reference, InsightSelector); older trails answer none.
        if event_categories.is_empty() {
            categories.insert("Management");
        }
        categories.extend(event_categories.iter().map(String::as_str));
    }
    watched
}

/// One word for each insight type: `ApiCallRateInsight`, `ApiErrorRateInsight (Management, Data)`.
pub(super) fn words(selectors: &[InsightSelector]) -> Value {
    Value::set(watched(selectors).into_iter().map(|(insight_type, categories)| {
        if categories == BTreeSet::from(["Management"]) {
            return insight_type.to_owned();
        }
        // Management is what everybody has, so it is named first.
        let mut names: Vec<&str> = categories.into_iter().collect();
        names.sort_by_key(|name| (*name != "Management", *name));
        format!("{insight_type} ({})", names.join(", "))
    }))
}

/// Whether both lists look for the same.
pub(super) fn same(one: &[InsightSelector], other: &[InsightSelector]) -> bool {
    watched(one) == watched(other)
}

/// What both lists look for: what can stay on while the events below it change.
pub(super) fn common(one: &[InsightSelector], other: &[InsightSelector]) -> Vec<InsightSelector> {
    let (one, other) = (watched(one), watched(other));
    let both = one.into_iter().filter_map(|(insight_type, categories)| {
        let event_categories: Vec<String> = categories
            .intersection(other.get(insight_type)?)
            .map(|category| (*category).to_owned())
            .collect();
        (!event_categories.is_empty())
            .then(|| InsightSelector { insight_type: insight_type.to_owned(), event_categories })
    });
    both.collect()
}

/// What `live` looks for and `desired` does not, in words.
pub(super) fn switched_off(desired: &[InsightSelector], live: &[InsightSelector]) -> Vec<String> {
    let (desired, live) = (watched(desired), watched(live));
    let missing = live.into_iter().flat_map(|(insight_type, categories)| {
        let kept = desired.get(insight_type).cloned().unwrap_or_default();
        let lost: Vec<&str> = categories.difference(&kept).copied().collect();
        lost.into_iter()
            .map(move |category| format!("{insight_type} of {category} events"))
            .collect::<Vec<_>>()
    });
    missing.collect()
}

/// The templates by which `live` aggregates and `desired` does not.
pub(super) fn unaggregated<'a>(
    desired: &'a [AggregationConfiguration],
    live: &'a [AggregationConfiguration],
) -> Vec<&'a str> {
    let templates = |configurations: &'a [AggregationConfiguration]| -> BTreeSet<&'a str> {
        configurations.iter().flat_map(|one| &one.templates).map(String::as_str).collect()
    };
    templates(live).difference(&templates(desired)).copied().collect()
}

/// What these selectors look for in events that are not recorded, in words.
/// CloudTrail refuses such insights (API reference, `PutInsightSelectors`).
pub(super) fn unfed(selectors: &[InsightSelector], recorded: &Coverage) -> Vec<String> {
    let is_fed = |insight_type: &str, category: &str| match category {
        "Management" => recorded.has_management(insight_type == "ApiCallRateInsight"),
        "Data" => recorded.has_data(),
        // What a later service looks at is for it to say.
        _ => true,
    };
    let mut unfed = Vec::new();
    for (insight_type, categories) in watched(selectors) {
        let hungry = categories.into_iter().filter(|category| !is_fed(insight_type, category));
        unfed.extend(hungry.map(|category| format!("{insight_type} of {category} events")));
    }
    unfed
}

/// The service's form, in the written order.
pub(super) fn wire(selectors: &[InsightSelector]) -> Json {
    let written = selectors.iter().map(|InsightSelector { insight_type, event_categories }| {
        let mut selector = Map::new();
        selector.insert("InsightType".to_owned(), insight_type.as_str().into());
        if !event_categories.is_empty() {
            selector.insert("EventCategories".to_owned(), json!(event_categories));
        }
        Json::Object(selector)
    });
    written.collect()
}

/// Aggregations in canonical form: templates are a set (CloudFormation schema, `uniqueItems`).
pub(super) fn aggregation_documents(configurations: &[AggregationConfiguration]) -> Vec<Json> {
    sorted(configurations.iter().map(|AggregationConfiguration { event_category, templates }| {
        let templates: BTreeSet<&String> = templates.iter().collect();
        json!({"eventCategory": event_category, "templates": templates})
    }))
}

/// The service's form of aggregations, in the written order.
pub(super) fn aggregation_wire(configurations: &[AggregationConfiguration]) -> Json {
    let written = configurations.iter().map(|AggregationConfiguration { event_category, templates }| {
        json!({"EventCategory": event_category, "Templates": templates})
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insight(insight_type: &str, categories: &[&str]) -> InsightSelector {
        InsightSelector {
            insight_type: insight_type.to_owned(),
            event_categories: categories.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn categories_are_named_unless_they_are_the_usual_ones() {
        let selectors = [
            insight("ApiErrorRateInsight", &["Data", "Management"]),
            insight("ApiCallRateInsight", &[]),
            insight("Other", &["Data"]),
        ];
        let expected = ["ApiCallRateInsight", "ApiErrorRateInsight (Management, Data)", "Other (Data)"];
        assert_eq!(words(&selectors), Value::set(expected.map(str::to_owned)));
        assert_eq!(words(&[]), Value::Absent);
    }

    #[test]
    fn one_type_spread_over_two_selectors_is_the_same_as_one_selector() {
        let spread = [insight("A", &["Data"]), insight("A", &[])];
        assert!(same(&spread, &[insight("A", &["Management", "Data"])]));
        assert_eq!(common(&spread, &[insight("A", &["Data"])]), [insight("A", &["Data"])]);
        assert_eq!(common(&spread, &[insight("B", &[])]), []);
        assert_eq!(switched_off(&[insight("A", &[])], &spread), ["A of Data events"]);
    }
}
