//! What is pure: planning, diffing and printing 10,000 resources. The aim is that planning and diffing them stays under
//! 100 ms. Medians on a machine with two cores: 76 ms where 1,000 of them differ, 97 ms where all are to be created, and
//! 10 ms for the diff alone.

#![allow(missing_docs, clippy::unwrap_used)]

use divan::Bencher;
use std::collections::BTreeMap;
use trailkeeper::diff::diff;
use trailkeeper::keep::keep;
use trailkeeper::manifest::{Manifest, SourceFile};
use trailkeeper::name::{Date, Name};
use trailkeeper::plan::decide;
use trailkeeper::report::{style::Style, text};
use trailkeeper::resource::{Dashboard, Spec};
use trailkeeper::settle::settle;
use trailkeeper::state::{Desired, Found, Live, Owner, RunOptions, ownership_tags};

const MANY: usize = 10_000;

fn main() {
    divan::main();
}

/// Dashboards by the thousand: more than any account admits, of the one that a manifest declares.
fn desired(count: usize) -> Desired {
    let text = "version: 1\nname: acme\naccount: \"111122223333\"\nregion: us-east-1\ndashboards:\n  - name: board\n    tags: {team: security}\n";
    let manifest = Manifest::parse(&[SourceFile::decode("manifest.yaml", text.as_bytes()).unwrap()]).unwrap();
    let one = manifest.resolve(&manifest.stand_in_target(), &BTreeMap::new()).unwrap().desired;
    let Some(Spec::Dashboard(board)) = one.specs.values().next().cloned() else {
        return one;
    };
    let specs = (0..count).map(|number| {
        let name = Name::new(format!("board-{number}"));
        let mut board = Dashboard { name: name.clone(), ..board.clone() };
        board.tags.extend(ownership_tags("acme", &name));
        let spec = Spec::Dashboard(board);
        (spec.key(), spec)
    });
    Desired { specs: specs.collect(), ..one }
}

/// The account that has all of it, and with every `odd`th one otherwise.
fn live(desired: &Desired, odd: usize) -> Live {
    let found = desired.specs.iter().enumerate().map(|(place, (key, spec))| {
        let mut spec = spec.clone();
        if place % odd == 0 {
            spec.tags_mut().unwrap().insert("by".to_owned(), "hand".to_owned());
        }
        let arn = format!("arn:aws:cloudtrail:us-east-1:111122223333:dashboard/{}", key.name);
        let owner = Owner::Manifest { manifest: desired.manifest.clone(), name: key.name.clone() };
        (key.clone(), Found { arn: trailkeeper::name::Arn::parse(arn).unwrap(), spec, owner })
    });
    Live {
        target: desired.target.clone(),
        found: found.collect(),
        pending: Vec::new(),
        foreign: Vec::new(),
        kms_keys: BTreeMap::new(),
        unresolved_keys: BTreeMap::new(),
        unread: BTreeMap::new(),
        health: BTreeMap::new(),
    }
}

fn options() -> RunOptions {
    RunOptions {
        prune: false,
        max_deletes: None,
        allow: Default::default(),
        today: Date::parse("2026-11-20").unwrap(),
    }
}

/// One in ten differs.
#[divan::bench]
fn plan_10_000_resources_of_which_1_000_differ(bencher: Bencher<'_, '_>) {
    let desired = desired(MANY);
    let live = live(&desired, 10);
    bencher.bench(|| decide(&desired, &live, &options()).unwrap());
}

#[divan::bench]
fn plan_10_000_resources_that_are_to_be_created(bencher: Bencher<'_, '_>) {
    let desired = desired(MANY);
    let live = live(&Desired { specs: BTreeMap::new(), ..desired.clone() }, 1);
    bencher.bench(|| decide(&desired, &live, &options()).unwrap());
}

#[divan::bench]
fn diff_10_000_resources(bencher: Bencher<'_, '_>) {
    let desired = desired(MANY);
    let settled = settle(&desired, &live(&desired, 10)).unwrap();
    let kept = keep(settled.desired, &settled.live, &options());
    bencher.bench(|| diff(&kept.desired, &settled.live));
}

#[divan::bench]
fn print_a_plan_of_1_000_changes(bencher: Bencher<'_, '_>) {
    let desired = desired(MANY);
    let decision = decide(&desired, &live(&desired, 10), &options()).unwrap();
    bencher.bench(|| text::plan(&decision.plan, Style::default()));
}
