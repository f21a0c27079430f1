//! The AWS boundary against the emulator: which calls a read makes and what it makes of the answers, and how
//! an action comes to its end.

mod connect;
mod pace;
mod perform;
mod reach;
mod read;
mod recover;

use crate::emulator::{ACCOUNT, HOME};
use std::collections::BTreeMap;
use trailkeeper::aws::{ConnectError, ConnectOptions, Reader, connect};
use trailkeeper::emulator::{Emulator, Fault, Then};
use trailkeeper::name::{Arn, Name, Region, Tags};
use trailkeeper::resource::Key;
use trailkeeper::state::{Asks, Live, ownership_tags};

async fn try_connect(emulator: &Emulator, region: Option<&str>) -> Result<Reader, ConnectError> {
    connect(ConnectOptions {
        region: region.and_then(Region::parse),
        manifest: "security baseline".to_owned(),
        sandbox: Some(emulator.http_client()),
        ..ConnectOptions::default()
    })
    .await
}

async fn reader(emulator: &Emulator) -> Reader {
    let reader = try_connect(emulator, Some(HOME)).await.unwrap();
    emulator.clear_calls();
    reader
}

async fn live(emulator: &Emulator, asks: &Asks) -> Live {
    reader(emulator).await.read(asks).await.unwrap()
}

/// An emulator whose account has these things at home, written as the region's part of a snapshot.
fn emulator(content: &str) -> Emulator {
    regions(&[(HOME, content)])
}

/// The same for several regions.
fn regions(regions: &[(&str, &str)]) -> Emulator {
    let mut text = format!("formatVersion: 1\naccounts:\n  \"{ACCOUNT}\":\n    regions:\n");
    for (region, content) in regions {
        text += &format!("      {region}:\n");
        text.extend(content.lines().map(|line| format!("        {line}\n")));
    }
    Emulator::restore(&text, ACCOUNT).unwrap()
}

/// How often each operation was called.
fn counts(emulator: &Emulator) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for call in emulator.calls() {
        *counts.entry(call.operation).or_default() += 1;
    }
    counts
}

fn counted(counts: &[(&str, usize)]) -> BTreeMap<String, usize> {
    counts.iter().map(|(operation, count)| ((*operation).to_owned(), *count)).collect()
}

fn fault(on: &str, nth: Option<u32>, then: Then) -> Fault {
    Fault { on: on.to_owned(), nth, then }
}

fn refusal(code: &str) -> Then {
    Then::Error { code: code.to_owned(), message: "as the test wants it".to_owned() }
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn own_arn(resource: &str) -> Arn {
    Arn::parse(format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:{resource}")).unwrap()
}

fn our_tags(name: &str) -> Tags {
    ownership_tags("baseline", &Name::new(name))
}

/// Keys of what was found.
fn found(live: &Live) -> Vec<String> {
    live.found.keys().map(ToString::to_string).collect()
}
