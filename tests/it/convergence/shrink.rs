//! The smallest case near a failing one, and how it is told: as the files of a scenario.

use super::Case;
use crate::support::run;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The smallest case near this one that fails too, and why. Cases are built of dozens of independent choices, for
/// which taking out whole resources first is much faster than what proptest would do.
pub(super) fn smallest(
    mut case: Case,
    mut why: String,
    look: &dyn Fn(&Case) -> Result<(), String>,
) -> (Case, String) {
    let mut place = 0;
    let mut changed = false;
    loop {
        let Some(smaller) = case.smaller().into_iter().nth(place) else {
            if !changed {
                return (case, why);
            }
            (place, changed) = (0, false);
            continue;
        };
        match look(&smaller) {
            Err(again) if kind(&again) == kind(&why) => (case, why, changed) = (smaller, again, true),
            _ => place += 1,
        }
    }
}

/// What sort of failure it is: the operation and the error's code, or how the complaint begins.
fn kind(why: &str) -> String {
    let line = why.lines().next().unwrap_or_default();
    let word = |after: &str| line.split(after).nth(1).and_then(|rest| rest.split([',', ' ']).next());
    match (word("call: "), word("code: ")) {
        (Some(call), Some(code)) => format!("{call} {code}"),
        _ => line.chars().take(20).collect(),
    }
}

impl Case {
    fn smaller(&self) -> Vec<Case> {
        let accounts = self.account.smaller().into_iter().map(|account| Case { account, ..self.clone() });
        let manifests = self.manifest.smaller().into_iter().map(|manifest| Case { manifest, ..self.clone() });
        accounts.chain(manifests).collect()
    }
}

/// A failing case as the files of a scenario: written to a folder, and in words.
pub(super) fn told(case: &Case, why: &str, folder: &Path) -> String {
    let account = run(case.account.live(&case.manifest)).map(|lab| lab.emulator.snapshot());
    let mut files = BTreeMap::from([("manifest.yaml".to_owned(), case.manifest.text())]);
    files.insert("account.yaml".to_owned(), account.unwrap_or_default());
    if case.prune {
        files.insert("args.txt".to_owned(), "--prune --max-deletes 100\n".to_owned());
    }
    let text = case.manifest.text();
    let named = case.manifest.policies().iter().filter(|(path, _)| text.contains(path.as_str()));
    files.extend(named.map(|(path, text)| (path.clone(), text.clone())));
    for (path, text) in &files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let files = files.iter().map(|(path, text)| format!("== {path}\n{text}\n"));
    let files = files.collect::<String>();
    format!("{}: {why}\n\n{files}== how it came to be\n{}", folder.display(), case.account.told())
}
