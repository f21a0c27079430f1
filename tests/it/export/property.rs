//! Round trip: whatever the account holds, planning its export finds nothing to do but to adopt what nobody owns, and
//! after that nothing at all.

use super::accounts::{account, make};
use super::round_trip;
use crate::support::{Lab, run};
use proptest::prelude::*;
use std::collections::BTreeSet;
use trailkeeper::manifest::export::{ExportOptions, Pick};
use trailkeeper::resource::Kind;

/// `PROPERTY_CASES=10000` looks longer.
fn cases() -> u32 {
    std::env::var("PROPERTY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24)
}

fn options() -> impl Strategy<Value = ExportOptions> {
    let kinds = [Kind::Trail, Kind::EventDataStore, Kind::Channel, Kind::Dashboard];
    let picks = prop_oneof![
        2 => Just(BTreeSet::new()),
        1 => prop::sample::subsequence(kinds.map(Pick::Kind).to_vec(), 1..3).prop_map(BTreeSet::from_iter),
    ];
    let name = prop::sample::select(vec![None, None, Some("ours"), Some("2026-12-01")]);
    (picks, name).prop_map(|(picks, name)| ExportOptions { name: name.map(str::to_owned), picks })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn planning_an_export_finds_nothing_but_to_adopt(calls in account(), options in options()) {
        let lab = Lab::new();
        let trip = run(async {
            make(&lab, &calls).await;
            round_trip(&lab, &options).await
        });
        let text = match trip {
            Ok(text) => text,
            Err(trouble) => return Err(TestCaseError::fail(trouble)),
        };
        // Leaving a setting alone is the way out for what no manifest can say, and none for what it can.
        prop_assert!(!text.contains("is left as it is") && !text.contains("is more than"), "{}", text);
    }
}
