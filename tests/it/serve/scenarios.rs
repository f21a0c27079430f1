//! Every scenario folder both ways: behind the connector and over HTTP, with the same plans, the same outcomes
//! and the same account in the end, its history included. Folders in which connections break are left out: how that
//! looks, and what a client makes of it, is the transport's own. What the service answers is not.

use crate::scenarios::{folders, lab, play};
use crate::support::run;
use std::fs;
use std::path::Path;
use trailkeeper::emulator::{Fault, Then};

/// Whether a call of this folder gets no answer.
fn breaks_connections(folder: &Path) -> bool {
    let Ok(text) = fs::read_to_string(folder.join("faults.yaml")) else { return false };
    let faults = Fault::list(&text).unwrap();
    faults.iter().any(|fault| matches!(fault.then, Then::Reset | Then::Lost | Then::Crash))
}

#[test]
fn every_folder_is_the_same_in_memory_and_over_http() {
    let wanted = std::env::var("SCENARIO").unwrap_or_default();
    let mut failures = Vec::new();
    for folder in folders() {
        if !folder.to_string_lossy().contains(&wanted) || breaks_connections(&folder) {
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
