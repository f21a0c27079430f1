//! Rules about insights and aggregation: what they look for must be recorded
//! (API reference, `PutInsightSelectors` and `PutEventConfiguration`).

use super::scene::{Mistake, Scene};
use crate::resource::Key;
use crate::resource::insight::Recorded;
use crate::resource::selector::{AdvancedEventSelector, InsightSelector};

/// The insights of everything.
fn insights<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, &'a [InsightSelector])> {
    let of_trails = scene.trails().map(|(key, trail)| (key, trail.insight_selectors.as_slice()));
    of_trails.chain(scene.stores().map(|(key, store)| (key, store.insight_selectors.as_slice()))).collect()
}

pub(super) fn repeated(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, selectors) in insights(scene) {
        for (index, selector) in selectors.iter().enumerate() {
            if selectors.iter().take(index).any(|other| other.insight_type == selector.insight_type) {
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

fn unfed(key: &Key, selectors: &[InsightSelector], recorded: &Recorded) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (index, selector) in selectors.iter().enumerate() {
        for category in &selector.event_categories {
            if let Some(lacking) = recorded.lacks(&selector.insight_type, category) {
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
        .flat_map(|(key, trail)| unfed(key, &trail.insight_selectors, &Recorded::by(&trail.event_selectors)))
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
            let recorded = Recorded::by_advanced(&store.advanced_event_selectors);
            found.extend(unfed(key, &store.insight_selectors, &recorded));
        }
    }
    found
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
            let category =
                destination.advanced_event_selectors.first().and_then(AdvancedEventSelector::category);
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
        !trail.aggregation_configurations.is_empty() && !Recorded::by(&trail.event_selectors).data
    });
    idle.map(|(key, _)| {
        let message = format!("data events are aggregated, and {key} records none");
        Mistake::new(key, "aggregationConfigurations", message)
            .on_key()
            .help("select data events, or remove it")
    })
    .collect()
}
