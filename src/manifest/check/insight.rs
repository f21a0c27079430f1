//! Rules about insights and aggregation: what they look for must be recorded
//! (API reference, `PutInsightSelectors` and `PutEventConfiguration`).

use std::collections::BTreeSet;

use super::scene::{Mistake, Scene};
use super::store::records;
use crate::resource::Key;
use crate::resource::selector::{AdvancedEventSelector, InsightSelector, Selectors};

/// What is recorded, as far as insights ask.
struct Recorded {
    management: bool,
    management_writes: bool,
    data: bool,
}

fn recorded(selectors: &Selectors) -> Recorded {
    match selectors {
        Selectors::Advanced(selectors) => recorded_by(selectors),
        Selectors::Basic(selectors) => {
            let management = || selectors.iter().filter(|selector| selector.include_management_events);
            Recorded {
                management: management().next().is_some(),
                management_writes: management().any(|selector| selector.read_write_type != "ReadOnly"),
                data: selectors.iter().any(|selector| !selector.data_resources.is_empty()),
            }
        }
    }
}

/// Whether there are management events among what is recorded.
pub(super) fn records_management(selectors: &Selectors) -> bool {
    recorded(selectors).management
}

fn recorded_by(selectors: &[AdvancedEventSelector]) -> Recorded {
    let of = |category: &'static str| {
        selectors.iter().filter(move |selector| selector.category() == Some(category))
    };
    let writes = |selector: &&AdvancedEventSelector| {
        let mut read_only = selector.field_selectors.iter().filter(|field| field.field == "readOnly");
        read_only.all(|field| field.equals.iter().any(|value| value == "false"))
    };
    Recorded {
        management: of("Management").next().is_some(),
        management_writes: of("Management").any(|selector| writes(&selector)),
        data: of("Data").next().is_some(),
    }
}

/// The insights of everything.
fn insights<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, &'a [InsightSelector])> {
    let of_trails = scene.trails().map(|(key, trail)| (key, trail.insight_selectors.as_slice()));
    of_trails.chain(scene.stores().map(|(key, store)| (key, store.insight_selectors.as_slice()))).collect()
}

pub(super) fn repeated(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, selectors) in insights(scene) {
        let mut seen = BTreeSet::new();
        for (index, selector) in selectors.iter().enumerate() {
            if !seen.insert(&selector.insight_type) {
                let message = format!("{} is declared already", selector.insight_type);
                let help = "one entry for each type; `eventCategories` can list both categories";
                found.push(
                    Mistake::new(key, &format!("insightSelectors[{index}].insightType"), message).help(help),
                );
            }
        }
    }
    found
}

/// What an insight lacks, if it lacks something.
fn lacks(insight: &str, category: &str, recorded: &Recorded) -> Option<&'static str> {
    match (category, insight) {
        ("Data", _) => (!recorded.data).then_some("data events"),
        // Rates of calls are measured on writes only.
        (_, "ApiCallRateInsight") => (!recorded.management_writes).then_some("management events that write"),
        _ => (!recorded.management).then_some("management events"),
    }
}

fn unfed(key: &Key, selectors: &[InsightSelector], recorded: &Recorded) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (index, selector) in selectors.iter().enumerate() {
        for category in &selector.event_categories {
            if let Some(lacking) = lacks(&selector.insight_type, category, recorded) {
                let message =
                    format!("{} looks at {lacking}, which {key} does not record", selector.insight_type);
                let help = format!("select {lacking}, or remove the insight");
                found.push(Mistake::new(key, &format!("insightSelectors[{index}]"), message).help(help));
            }
        }
    }
    found
}

pub(super) fn of_trail(scene: &Scene<'_>) -> Vec<Mistake> {
    scene
        .trails()
        .flat_map(|(key, trail)| unfed(key, &trail.insight_selectors, &recorded(&trail.event_selectors)))
        .collect()
}

pub(super) fn of_store(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, store) in scene.stores() {
        let (for_data, others): (Vec<(usize, &InsightSelector)>, Vec<_>) =
            store.insight_selectors.iter().enumerate().partition(|(_, selector)| {
                selector.event_categories.iter().any(|category| category == "Data")
            });
        for (index, _) in for_data {
            let message = "an event data store has insights about management events only";
            found.push(Mistake::new(key, &format!("insightSelectors[{index}].eventCategories"), message));
        }
        if others.len() == store.insight_selectors.len() {
            let recorded = recorded_by(&store.advanced_event_selectors);
            found.extend(unfed(key, &store.insight_selectors, &recorded));
        }
    }
    found
}

/// What a delegated administrator cannot do (user guide, organization delegated administrator). The error is not documented,
/// so it is warned of.
pub(super) fn of_organization(scene: &Scene<'_>) -> Vec<Mistake> {
    let manager = scene.desired.management_account.as_ref();
    let delegated = manager.is_some_and(|manager| scene.account.is_some_and(|account| account != manager));
    let stores = scene
        .stores()
        .filter(|(_, store)| delegated && store.organization_enabled && !store.insight_selectors.is_empty());
    stores
        .map(|(key, _)| {
            let message = format!("insights of {key} are the management account's to enable");
            Mistake::new(key, "insightSelectors", message).on_key().help("declare them in its manifest")
        })
        .collect()
}

/// A destination that is the store itself is the only circle there can be: what receives insights records nothing else.
pub(super) fn destination(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, store) in scene.stores() {
        match (&store.insights_destination, store.insight_selectors.is_empty()) {
            (None, false) => {
                let message = "insights of an event data store need an `insightsDestination`";
                let help = "it is another store, which records `Insight`";
                found.push(Mistake::new(key, "insightSelectors", message).on_key().help(help));
            }
            (Some(_), true) => {
                let message = "`insightsDestination` means nothing without `insightSelectors`";
                found.push(Mistake::new(key, "insightsDestination", message).on_key());
            }
            (Some(text), false) if text.references().contains(key) => {
                let message = format!("{key} cannot receive its own insights");
                found.push(
                    Mistake::new(key, "insightsDestination", message)
                        .help("declare a store that records `Insight`"),
                );
            }
            _ => {}
        }
    }
    found
}

pub(super) fn destination_category(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, store) in scene.stores() {
        for named in store.insights_destination.iter().flat_map(crate::resource::Text::references) {
            let Some(destination) = scene.store(&named).filter(|_| named != *key) else { continue };
            let category = records(destination);
            if category != Some("Insight") {
                let message = format!("{named} does not record `Insight`, and cannot receive insights");
                let mistake = Mistake::new(key, "insightsDestination", message)
                    .related(&named, "advancedEventSelectors", "what it records")
                    .help("its only selector is {field: eventCategory, equals: [Insight]}");
                found.push(mistake);
            }
        }
    }
    found
}

pub(super) fn aggregation(scene: &Scene<'_>) -> Vec<Mistake> {
    let idle = scene.trails().filter(|(_, trail)| {
        !trail.aggregation_configurations.is_empty() && !recorded(&trail.event_selectors).data
    });
    idle.map(|(key, _)| {
        let message = format!("data events are aggregated, and {key} records none");
        Mistake::new(key, "aggregationConfigurations", message)
            .on_key()
            .help("select data events, or remove it")
    })
    .collect()
}
