//! `export`: what a live account looks like as a manifest, and that planning it finds nothing to do but to adopt.

mod accounts;
mod property;

use crate::support::{Lab, careful, desired, expect_file, plan_text, run};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use trailkeeper::emulator::Fault;
use trailkeeper::manifest::export::{ExportOptions, Exported, Pick, export};
use trailkeeper::plan::{Plan, Verb};
use trailkeeper::resource::{Key, Kind};
use trailkeeper::state::{Asks, Desired, MANIFEST_TAG, NAME_TAG};

/// The account as a manifest.
async fn exported(lab: &Lab, options: &ExportOptions) -> Exported {
    let live = lab.reader().await.read(&Asks::default()).await.unwrap_or_else(|error| panic!("{error}"));
    export(&live, options)
}

/// Holds that planning an export finds nothing to do but to adopt, and that after that there is nothing at all.
async fn adopts(lab: &Lab, text: &str) -> Result<Desired, String> {
    let trouble = |what: &str, more: String| format!("{what}\n{more}\n--- the export\n{text}");
    let desired = desired(text, Path::new(""))
        .map_err(|problems| trouble("an export that is no manifest:", problems))?;
    let plan = lab.plan(&desired, &careful()).await;
    if !only_adopts(&plan) {
        return Err(trouble("more to do than to adopt:", plan_text(&plan)));
    }
    if !plan.is_empty() {
        lab.apply_cleanly(&desired, &careful()).await;
    }
    let plan = lab.plan(&desired, &careful()).await;
    if plan.is_empty() && !plan.is_refused() {
        Ok(desired)
    } else {
        Err(trouble("the second plan is not empty:", plan_text(&plan)))
    }
}

/// The export, which adopts everything, and which is the same when everything is adopted.
async fn round_trip(lab: &Lab, options: &ExportOptions) -> Result<String, String> {
    let Exported { text, declared, left_out: _ } = exported(lab, options).await;
    if declared.is_empty() {
        return Ok(text);
    }
    let desired = adopts(lab, &text).await?;
    let named = ExportOptions { name: Some(desired.manifest), ..options.clone() };
    let after = exported(lab, &named).await.text;
    if after == text {
        Ok(text)
    } else {
        Err(format!("exported again, it is another:\n{after}\n--- before\n{text}"))
    }
}

/// Whether everything that happens is that our tags are added.
fn only_adopts(plan: &Plan) -> bool {
    let ours = |planned: &trailkeeper::plan::Planned| {
        planned
            .fields
            .iter()
            .all(|change| change.path.tag_key().is_some_and(|tag| tag == MANIFEST_TAG || tag == NAME_TAG))
    };
    !plan.is_refused() && plan.changes.values().all(|planned| planned.verb == Verb::Adopt && ours(planned))
}

/// The arguments of a folder: `--name NAME`, `KIND`, `KIND/NAME`.
fn options(args: &str) -> ExportOptions {
    let mut options = ExportOptions::default();
    let mut words = args.split_whitespace();
    while let Some(word) = words.next() {
        if word == "--name" {
            options.name = words.next().map(str::to_owned);
        } else if let Some(kind) = Kind::from_word(word) {
            options.picks.insert(Pick::Kind(kind));
        } else {
            options.picks.insert(Pick::Key(Key::parse(word).unwrap()));
        }
    }
    options
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export");
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// Each folder of `tests/export` is an account and the manifest that it is exported as.
#[test]
fn every_folder_is_exported_as_a_person_would_write_it() {
    let mut failures = Vec::new();
    for folder in folders() {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let lab = Lab::restore(&read("account.yaml"));
        let options = options(&read("args.txt"));
        let faults: Vec<Fault> = serde_yaml::from_str(&read("faults.yaml")).unwrap_or_default();
        lab.emulator.set_faults(faults.clone());
        let played = run(async {
            let before = lab.emulator.snapshot();
            let text = exported(&lab, &options).await.text;
            assert_eq!(lab.emulator.snapshot(), before, "an export changed the account");
            expect_file(&folder.join("exported.yaml"), &text)?;
            if faults.is_empty() {
                return round_trip(&lab, &options).await.map(drop);
            }
            // Somebody may plan it who may read more.
            lab.emulator.set_faults(Vec::new());
            adopts(&lab, &text).await.map(drop)
        });
        if let Err(trouble) = played {
            failures.push(format!("== {}\n{trouble}", folder.display()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A store that was renamed by hand goes by the name that it has; nothing but its tag is corrected.
#[test]
fn what_was_renamed_by_hand_is_exported_as_it_is_called_now() {
    let lab = Lab::new();
    let owned = json!([{"Key": MANIFEST_TAG, "Value": "ours"}, {"Key": NAME_TAG, "Value": "lake"}]);
    let plan = run(async {
        lab.call("CreateEventDataStore", &json!({"Name": "puddle", "TagsList": owned})).await.unwrap();
        let text = exported(&lab, &ExportOptions::default()).await.text;
        let remark =
            "  # Renamed since it was declared: its tag trailkeeper:name says `lake`.\n  - name: puddle\n";
        assert!(text.contains(remark), "{text}");
        lab.plan(&desired(&text, Path::new("")).unwrap(), &careful()).await
    });
    let changes: Vec<String> = plan
        .changes
        .values()
        .flat_map(|planned| &planned.fields)
        .map(|field| field.path.to_string())
        .collect();
    assert_eq!(changes, ["tags.trailkeeper:name"], "{}", plan_text(&plan));
}
