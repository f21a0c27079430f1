//! Every scenario folder both ways: behind the connector and over HTTP, with the same plans, the same outcomes
//! and the same account in the end, its history included.

use crate::scenarios::{folders, lab, play};
use crate::support::run;

#[test]
fn every_folder_is_the_same_in_memory_and_over_http() {
    let wanted = std::env::var("SCENARIO").unwrap_or_default();
    let mut failures = Vec::new();
    for folder in folders() {
        if !folder.to_string_lossy().contains(&wanted) {
            continue;
        }
        let memory = lab(&folder);
        let in_memory = run(play(&folder, memory.clone()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (over_http, http) = runtime.block_on(Box::pin(async {
            let http = lab(&folder).over_http().await;
            (play(&folder, http.clone()).await, http)
        }));
        let same = in_memory == over_http && memory.emulator.state() == http.emulator.state();
        if !same {
            let (one, other) = (memory.emulator.state(), http.emulator.state());
            let diff = similar::TextDiff::from_lines(&one, &other).unified_diff().to_string();
            failures.push(format!("== {}\n{in_memory:?}\n{over_http:?}\n{diff}", folder.display()));
        }
    }
    assert!(failures.is_empty(), "{} differ over HTTP:\n{}", failures.len(), failures.join("\n"));
}
