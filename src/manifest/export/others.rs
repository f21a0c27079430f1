//! What an export leaves out because it is not this manifest's to declare, in words: what AWS, another account, another
//! region or another manifest looks after, and what is going away.

use super::LeftOut;
use crate::resource::{Key, Kind};
use crate::state::{Foreign, Foreignness, Found, Live, Owner, Pending};

/// Everything live that a manifest of this name cannot declare.
pub(super) fn left_out(live: &Live, name: &str) -> Vec<LeftOut> {
    let foreign = live.foreign.iter().map(foreign);
    let pending = live.pending.iter().map(|store| pending(store, live));
    let resources = live.found.iter().filter(|(key, _)| !key.is_policy());
    let owned = resources.filter_map(|(key, found)| {
        let manifest = owner(found, name)?;
        let why = format!("is the manifest `{manifest}`'s: `--name {manifest}` exports it");
        Some(LeftOut { key: key.clone(), why })
    });
    foreign.chain(pending).chain(owned).collect()
}

/// The manifest that a resource belongs to, when that is not the one of this name: what two manifests declare, neither keeps.
pub(super) fn owner<'a>(found: &'a Found, name: &str) -> Option<&'a str> {
    match &found.owner {
        Owner::Manifest { manifest, .. } if manifest != name => Some(manifest),
        Owner::Manifest { .. } | Owner::Nobody => None,
    }
}

/// A resource that was renamed by hand goes by its live name, and its tag does not.
pub(super) fn misnamed(key: &Key, found: &Found) -> Option<String> {
    match &found.owner {
        Owner::Manifest { name, .. } if *name != key.name => {
            Some(format!("Renamed since it was declared: its tag trailkeeper:name says `{name}`."))
        }
        Owner::Manifest { .. } | Owner::Nobody => None,
    }
}

fn foreign(foreign: &Foreign) -> LeftOut {
    let Foreign { key, arn: _, why, spec: _ } = foreign;
    let why = match why {
        Foreignness::Account(account) => format!("is account {account}'s"),
        Foreignness::HomeRegion(region) => format!("lives in {region}: `--region {region}` exports it"),
        Foreignness::Service(service) => format!("is looked after by {service}"),
    };
    LeftOut { key: key.clone(), why }
}

fn pending(pending: &Pending, live: &Live) -> LeftOut {
    let Pending { arn, name } = pending;
    let key = Key::new(Kind::EventDataStore, name);
    // Declaring a name restores a store where the name can mean nothing else.
    let only = live.pending.iter().filter(|other| other.name == *name).count() == 1;
    let way_out = if only && !live.found.contains_key(&key) { ": declaring it restores it" } else { "" };
    LeftOut { key, why: format!("({}) waits for its deletion{way_out}", arn.id()) }
}
