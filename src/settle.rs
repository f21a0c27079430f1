//! Desired and live in one vocabulary, and who is who: which live resource is which declared one.
//! What may be done about it is the planner's.

use crate::name::{Arn, Name};
use crate::resource::{Key, Spec, Vocabulary};
use crate::state::{Desired, Found, Live, Owner};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Both sides under the same keys and in the same spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What the manifest asks.
    pub desired: Desired,
    /// What the account has; its keys bear the declared names, its specs the live ones.
    pub live: Live,
}

/// Ownership tags that do not tell which live resource is the declared one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// Several live resources bear the same ownership tags.
    Twice {
        /// The resource that each of them claims to be.
        key: Key,
        /// All of them, in order.
        arns: Vec<Arn>,
    },
    /// A resource that cannot be renamed bears the ownership tags of another declared name.
    Misnamed {
        /// The declared resource that it claims to be.
        key: Key,
        /// The one that it is.
        arn: Arn,
    },
}

impl Conflict {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Conflict::Twice { key, .. } => format!(
                "take the tags trailkeeper:manifest and trailkeeper:name off those that are not {key}"
            ),
            Conflict::Misnamed { arn, .. } => {
                format!("correct or remove the tag trailkeeper:name of {arn}")
            }
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Conflict::Twice { key, arns } => {
                let arns: Vec<&str> = arns.iter().map(Arn::as_str).collect();
                write!(f, "several live resources bear the ownership tags of {key}: {}", arns.join(" and "))
            }
            Conflict::Misnamed { key, arn } => {
                write!(f, "{arn} bears the ownership tags of {key}, but its kind cannot be renamed")
            }
        }
    }
}

/// Who is who, and one spelling for both sides.
///
/// # Errors
/// Every conflict between ownership tags, in the order of keys.
pub fn settle(desired: &Desired, live: &Live) -> Result<Settled, Vec<Conflict>> {
    let conflicts = conflicts(desired, live);
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    let mut desired = desired.clone();
    let mut live = rekey(live, &identify(&desired, live));
    let resources = parents(&live).map(|(key, found)| (found.arn.clone(), key.clone())).collect();
    let vocabulary = Vocabulary::new(live.target.clone(), resources, live.kms_keys.clone());
    let found = live.found.values_mut().map(|found| &mut found.spec);
    let foreign = live.foreign.iter_mut().filter_map(|foreign| foreign.spec.as_deref_mut());
    for spec in desired.specs.values_mut().chain(found).chain(foreign) {
        spec.settle(&vocabulary);
    }
    Ok(Settled { desired, live })
}

/// Everything live that is not a policy: policies follow their parents.
fn parents(live: &Live) -> impl Iterator<Item = (&Key, &Found)> {
    live.found.iter().filter(|(key, _)| !key.is_policy())
}

/// The key that the ownership tags name, when they are this manifest's.
fn tagged(desired: &Desired, key: &Key, found: &Found) -> Option<Key> {
    match &found.owner {
        Owner::Manifest { name, .. } if desired.owns(&found.owner) => Some(Key::new(key.kind, name)),
        Owner::Manifest { .. } | Owner::Nobody => None,
    }
}

fn conflicts(desired: &Desired, live: &Live) -> Vec<Conflict> {
    let mut claims: BTreeMap<Key, Vec<&Arn>> = BTreeMap::new();
    let mut misnamed: BTreeMap<Key, &Arn> = BTreeMap::new();
    for (key, found) in parents(live) {
        let Some(claimed) = tagged(desired, key, found) else { continue };
        if claimed != *key && !key.kind.can_be_renamed() && desired.specs.contains_key(&claimed) {
            misnamed.insert(claimed.clone(), &found.arn);
        }
        claims.entry(claimed).or_default().push(&found.arn);
    }
    let conflicts = claims.into_iter().filter_map(|(key, mut arns)| {
        arns.sort();
        match misnamed.remove(&key) {
            _ if arns.len() > 1 => Some(Conflict::Twice { key, arns: arns.into_iter().cloned().collect() }),
            Some(arn) => Some(Conflict::Misnamed { key, arn: arn.clone() }),
            None => None,
        }
    });
    conflicts.collect()
}

/// The key that a live resource gets, by the key of its live name. What goes by its name need not be there.
fn identify(desired: &Desired, live: &Live) -> BTreeMap<Key, Key> {
    let mut keys = by_tag(desired, live);
    by_previous_name(desired, live, &mut keys);
    // The rest goes by name. Some must step aside under their ARN, so that they are neither taken for another
    // nor lost: whose name belongs to a declared resource that is live under another name, and whose tags say
    // that it is not the one that is removed by this name.
    let taken: BTreeSet<Key> = keys.values().cloned().collect();
    let other = |key: &Key, found: &Found| tagged(desired, key, found).is_some_and(|claimed| claimed != *key);
    for (key, found) in parents(live) {
        if taken.contains(key) || (desired.removed.contains_key(key) && other(key, found)) {
            let aside = Key::new(key.kind, &Name::new(found.arn.as_str()));
            keys.entry(key.clone()).or_insert(aside);
        }
    }
    keys
}

/// What bears our tags is what they say, whatever it is called now. A tag that names nothing in the
/// manifest says nothing: its resource goes by its live name, and the tag shows as drift.
fn by_tag(desired: &Desired, live: &Live) -> BTreeMap<Key, Key> {
    let known = |key: &Key| desired.specs.contains_key(key) || desired.removed.contains_key(key);
    let claims = parents(live).filter(|(key, _)| key.kind.can_be_renamed()).filter_map(|(key, found)| {
        let claimed = tagged(desired, key, found)?;
        known(&claimed).then(|| (key.clone(), claimed))
    });
    claims.collect()
}

/// `renamedFrom`: what is not live yet, neither by tag nor by name, may be live under its previous name,
/// when that is ours or nobody's and not declared itself.
fn by_previous_name(desired: &Desired, live: &Live, keys: &mut BTreeMap<Key, Key>) {
    if desired.renamed_from.is_empty() {
        return;
    }
    let mut by_tag: BTreeSet<Key> = keys.values().cloned().collect();
    let ours = parents(live).filter_map(|(key, found)| Some((tagged(desired, key, found)?, key)));
    // No two of them claim one name: those would be in conflict.
    let ours: BTreeMap<Key, &Key> = ours.collect();
    for (declared, previous) in &desired.renamed_from {
        let previous = Key::new(declared.kind, previous);
        let by_name = live.found.contains_key(declared) && !keys.contains_key(declared);
        let is_live = by_tag.contains(declared) || by_name;
        if is_live || desired.specs.contains_key(&previous) || !declared.kind.can_be_renamed() {
            continue;
        }
        let named = live.found.get_key_value(&previous).filter(|(_, found)| match &found.owner {
            Owner::Nobody => true,
            owner @ Owner::Manifest { .. } => desired.owns(owner),
        });
        let source = ours.get(&previous).copied().or(named.map(|(key, _)| key));
        if let Some(source) = source.filter(|source| !keys.contains_key(source)) {
            keys.insert(source.clone(), declared.clone());
            by_tag.insert(declared.clone());
        }
    }
}

/// Live under the settled keys; each policy goes with its parent.
fn rekey(live: &Live, keys: &BTreeMap<Key, Key>) -> Live {
    let Live { target, found, pending, foreign, kms_keys, unresolved_keys, unread, health } = live;
    let found = found.iter().map(|(key, found)| {
        let parent = key.bound();
        let settled = keys.get(&parent).cloned().unwrap_or(parent);
        let mut found = found.clone();
        let settled = match &mut found.spec {
            // A policy bears its parent's name, which is how texts refer to its own ARN.
            Spec::Policy(policy) => {
                policy.name = settled.name.clone();
                Key { kind: key.kind, name: settled.name }
            }
            _ => settled,
        };
        (settled, found)
    });
    Live {
        target: target.clone(),
        found: found.collect(),
        pending: pending.clone(),
        foreign: foreign.clone(),
        kms_keys: kms_keys.clone(),
        unresolved_keys: unresolved_keys.clone(),
        unread: unread.clone(),
        health: health.clone(),
    }
}
