//! The way back: a live account as the manifest that a person would have written. Reading the account is `aws`'s,
//! printing is the command line's.
//!
//! `others`: what is not exported, and why. `spell`: a live resource in the manifest's words. `limits`: what the manifest
//! cannot say. `layout`, `scalar`: YAML as people write it.

mod layout;
mod limits;
mod others;
mod scalar;
mod spell;

use std::collections::BTreeSet;

use serde_yaml::{Mapping, Value};

use self::layout::{comment, entry, put};
use self::limits::Limits;
use self::scalar::{Place, scalar};
use self::spell::Speller;
use crate::name::Target;
use crate::resource::{Key, Kind, Path, Spec, text};
use crate::state::{Found, Live, Owner};

/// The manifest's name when nobody gives one and no live resource tells.
const DEFAULT_NAME: &str = "exported";

/// The longest name of a manifest, in characters.
const MAX_NAME: usize = 64;

/// The lists of a manifest, in the order in which they are written.
const LISTS: [Kind; 4] = [Kind::Trail, Kind::EventDataStore, Kind::Channel, Kind::Dashboard];

/// What is exported, and as whose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportOptions {
    /// The manifest's name. When absent, the one that every owned resource bears, else `exported`.
    pub name: Option<String>,
    /// What is wanted; everything when it is empty.
    pub picks: BTreeSet<Pick>,
}

/// A part of the account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pick {
    /// Every resource of a kind.
    Kind(Kind),
    /// One resource.
    Key(Key),
}

/// An exported account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The manifest.
    pub text: String,
    /// What it declares, policies aside.
    pub declared: BTreeSet<Key>,
    /// What it does not, although it was picked, in the order of keys. The text says so too.
    pub left_out: Vec<LeftOut>,
}

/// Something live that an export leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// Kind and live name.
    pub key: Key,
    /// Why, in words that follow the key.
    pub why: String,
}

impl ExportOptions {
    /// The kinds of which something is wanted.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        let picked = |pick: &Pick| match pick {
            Pick::Kind(kind) => *kind,
            Pick::Key(key) => key.kind,
        };
        if self.picks.is_empty() {
            LISTS.into_iter().collect()
        } else {
            self.picks.iter().map(picked).collect()
        }
    }

    /// Whether this resource is wanted.
    fn wants(&self, key: &Key) -> bool {
        let picks = |pick: &Pick| match pick {
            Pick::Kind(kind) => *kind == key.kind,
            Pick::Key(picked) => picked == key,
        };
        self.picks.is_empty() || self.picks.iter().any(picks)
    }
}

/// Whether a manifest may have this name: what its schema says, and what a tag may hold.
pub fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.len() <= MAX_NAME && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(plain)
}

/// The account as a manifest. Planning it against the same account finds nothing to do, but to adopt what nobody owns.
pub fn export(live: &Live, options: &ExportOptions) -> Exported {
    let name = options.name.clone().unwrap_or_else(|| owner(live, options));
    let mut limits = Limits::default();
    loop {
        let draft = Draft::new(live, options, &name, &limits);
        let (text, order) = (draft.text(), draft.order());
        let Draft { declared, left_out, .. } = draft;
        // Each round takes at least one setting or resource out, until the manifest says what it can.
        if !limits.learn(&text, &order) {
            return Exported { text, declared, left_out };
        }
    }
}

/// The one manifest that owns something of what is wanted.
fn owner(live: &Live, options: &ExportOptions) -> String {
    let wanted = live.found.iter().filter(|(key, _)| options.wants(key));
    let owners: BTreeSet<&str> = wanted
        .filter_map(|(_, found)| match &found.owner {
            Owner::Manifest { manifest, .. } => Some(manifest.as_str()),
            Owner::Nobody => None,
        })
        .collect();
    let mut owners = owners.into_iter();
    match (owners.next(), owners.next()) {
        (Some(only), None) if is_name(only) => only.to_owned(),
        _ => DEFAULT_NAME.to_owned(),
    }
}

/// An export in the making.
struct Draft<'a> {
    live: &'a Live,
    name: &'a str,
    limits: &'a Limits,
    kinds: BTreeSet<Kind>,
    declared: BTreeSet<Key>,
    left_out: Vec<LeftOut>,
}

impl<'a> Draft<'a> {
    fn new(live: &'a Live, options: &ExportOptions, name: &'a str, limits: &'a Limits) -> Draft<'a> {
        let mut left_out = others::left_out(live, name);
        left_out.extend(limits.left_out());
        left_out.retain(|left| options.wants(&left.key));
        left_out.sort();
        let wanted = live.found.iter().filter(|(key, _)| !key.is_policy() && options.wants(key));
        let ours = wanted.filter(|(key, found)| others::owner(found, name).is_none() && !limits.forbids(key));
        let declared = ours.map(|(key, _)| key.clone()).collect();
        Draft { live, name, limits, kinds: options.kinds(), declared, left_out }
    }

    /// Every declared resource, by list, as the text has them.
    fn order(&self) -> Vec<(Kind, Vec<Key>)> {
        let of = |kind: Kind| self.declared.iter().filter(|key| key.kind == kind).cloned().collect();
        LISTS.into_iter().map(|kind| (kind, of(kind))).collect()
    }

    fn text(&self) -> String {
        let mut out = self.header();
        let speller = Speller::new(self.live, &self.declared);
        for (kind, keys) in self.order() {
            self.list(kind, &keys, &speller, &mut out);
        }
        out
    }

    fn header(&self) -> String {
        let Target { account, region, partition: _ } = &self.live.target;
        let mut out = String::new();
        let what = format!("CloudTrail of account {account} in {region}, as `trailkeeper export` found it.");
        comment(&what, 0, &mut out);
        put(0, "version: 1", &mut out);
        for (key, value) in [("name", self.name), ("account", account.as_str()), ("region", region.as_str())]
        {
            put(0, &format!("{key}: {}", scalar(&text::escape(value), Place::Block)), &mut out);
        }
        out
    }

    /// One of the manifest's lists, after what it leaves out.
    fn list(&self, kind: Kind, keys: &[Key], speller: &Speller, out: &mut String) {
        let left: Vec<&LeftOut> = self.left_out.iter().filter(|left| left.key.kind == kind).collect();
        let unread = self.live.unread.get(&kind).filter(|_| self.kinds.contains(&kind));
        if keys.is_empty() && left.is_empty() && unread.is_none() {
            return;
        }
        out.push('\n');
        if let Some(cause) = unread {
            comment(&format!("{} could not be read: {cause}", kind.plural()), 0, out);
        }
        for LeftOut { key, why } in left {
            comment(&format!("Left out: {key} {why}"), 0, out);
        }
        if !keys.is_empty() {
            put(0, &format!("{}:", kind.plural()), out);
        }
        let found = keys.iter().filter_map(|key| Some((key, self.live.found.get(key)?)));
        for (place, (key, found)) in found.enumerate() {
            if place > 0 {
                out.push('\n');
            }
            let (settings, remarks) = self.resource(key, found, speller);
            for remark in remarks {
                comment(&remark, 2, out);
            }
            entry(&settings, 2, out);
        }
    }

    /// A resource's entry, and what should be known about it.
    fn resource(&self, key: &Key, found: &Found, speller: &Speller) -> (Mapping, Vec<String>) {
        let mut settings = speller.entry(&found.spec);
        let mut remarks: Vec<String> = others::misnamed(key, found).into_iter().collect();
        let policy = key.policy().and_then(|policy| self.live.found.get(&policy));
        if let Some(Spec::Policy(policy)) = policy.map(|found| &found.spec) {
            settings.insert("resourcePolicy".into(), speller.policy(policy));
        }
        let unread = key.policy().and_then(|policy| self.live.unread.get(&policy.kind));
        let unread =
            unread.map(|cause| (Path::new("resourcePolicy"), format!("it could not be read: {cause}")));
        let mut ignored: Vec<Value> = Vec::new();
        for (path, why) in self.limits.settings(key).chain(unread) {
            remarks.push(format!("{path} is left as it is: {why}"));
            limits::take_out(&mut settings, &path);
            ignored.push(Value::String(text::escape(path.as_str())));
        }
        if !ignored.is_empty() {
            settings.insert("ignore".into(), Value::Sequence(ignored));
        }
        (settings, remarks)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Manifest, SourceFile};
    use super::*;

    #[test]
    fn names_are_those_that_a_header_may_have() {
        let long = "a".repeat(MAX_NAME);
        let too_long = "a".repeat(MAX_NAME + 1);
        let names = ["a", "9", "a.b_c-D", &long, &too_long, "", "-a", ".a", "a b", "a/b", "é", "a${b}"];
        for name in names {
            let text = format!("version: 1\nname: \"{name}\"\ntrails: [{{name: abc, s3BucketName: abc}}]\n");
            let manifest = Manifest::parse(&[SourceFile::decode("m.yaml", text.as_bytes()).unwrap()]);
            assert_eq!(is_name(name), manifest.is_ok(), "{name}: {manifest:?}");
        }
    }
}
