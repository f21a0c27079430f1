//! The one vocabulary into which settle puts desired and live: which spelling means which resource or key.

use super::key::{Key, Kind};
use super::text::{Part, Text};
use crate::name::{Arn, Target};
use std::collections::BTreeMap;

/// What the spellings of one run mean.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    target: Target,
    resources: BTreeMap<Arn, Key>,
    kms_keys: BTreeMap<String, Arn>,
}

impl Vocabulary {
    /// `resources`: the ARN of every known live resource; `kms_keys`: every KMS spelling that could be resolved.
    pub fn new(target: Target, resources: BTreeMap<Arn, Key>, kms_keys: BTreeMap<String, Arn>) -> Vocabulary {
        Vocabulary { target, resources, kms_keys }
    }

    /// The account, region and partition of the run.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// An alias name, alias ARN, key id or key ARN as the ARN of the key it means;
    /// as it is written when KMS did not tell.
    pub fn kms_key(&self, spelling: &str) -> String {
        self.kms_keys.get(spelling).map_or_else(|| spelling.to_owned(), |arn| arn.as_str().to_owned())
    }

    /// A topic's name as its ARN in the target; an ARN as it is.
    pub fn topic(&self, spelling: &str) -> String {
        if spelling.starts_with("arn:") {
            return spelling.to_owned();
        }
        let Target { account, region, partition } = &self.target;
        format!("arn:{partition}:sns:{region}:{account}:{spelling}")
    }

    /// An event data store as a reference, whether spelled as ARN, as bare id or as reference already.
    pub fn store(&self, text: &Text) -> Text {
        if let [Part::Id(key)] = text.parts() {
            return Text::arn(key.clone());
        }
        let Some(spelling) = text.as_plain() else { return text.clone() };
        let means = |arn: &Arn| arn.as_str() == spelling || arn.id() == spelling;
        let known = self.resources.iter().find(|(arn, key)| key.kind == Kind::EventDataStore && means(arn));
        known.map_or_else(|| text.clone(), |(_, key)| Text::arn(key.clone()))
    }

    /// Every ARN of a known resource inside the text as a reference.
    pub fn arns(&self, text: &Text) -> Text {
        let spellings: Vec<(&str, Part)> =
            self.resources.iter().map(|(arn, key)| (arn.as_str(), Part::Arn(key.clone()))).collect();
        text.recut(|literal| cut(literal, &spellings))
    }

    /// Every id of a known event data store inside the text as a reference, as SQL names stores.
    pub fn store_ids(&self, text: &Text) -> Text {
        let stores = self.resources.iter().filter(|(_, key)| key.kind == Kind::EventDataStore);
        let spellings: Vec<(&str, Part)> =
            stores.map(|(arn, key)| (arn.id(), Part::Id(key.clone()))).collect();
        text.recut(|literal| cut(literal, &spellings))
    }
}

/// Cuts the literal at every spelling that stands there as a whole: not as the beginning or end of a longer name.
fn cut(literal: &str, spellings: &[(&str, Part)]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = literal;
    'rest: while !rest.is_empty() {
        let places = spellings.iter().flat_map(|(spelling, part)| {
            rest.match_indices(spelling).map(move |(at, _)| (at, *spelling, part))
        });
        let whole = places.filter(|(at, spelling, _)| stands_alone(rest, *at, spelling.len()));
        // The earliest wins, and of two at one place the longer.
        let Some((at, spelling, part)) =
            whole.min_by_key(|(at, spelling, _)| (*at, usize::MAX - spelling.len()))
        else {
            break 'rest;
        };
        parts.push(Part::Lit(rest[..at].to_owned()));
        parts.push(part.clone());
        rest = &rest[at + spelling.len()..];
    }
    parts.push(Part::Lit(rest.to_owned()));
    parts
}

fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let of_a_name =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    let before = text[..at].chars().next_back();
    let after = text[at + length..].chars().next();
    !before.is_some_and(of_a_name) && !after.is_some_and(of_a_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{AccountId, Region};

    fn vocabulary() -> Vocabulary {
        let region = Region::parse("us-east-1").unwrap();
        let partition = region.partition();
        let target = Target { account: AccountId::parse("111122223333").unwrap(), region, partition };
        let arn = |id: &str| Arn::parse(format!("arn:aws:cloudtrail:us-east-1:111122223333:{id}")).unwrap();
        let resources = BTreeMap::from([
            (arn("eventdatastore/aaaa-1"), Key::parse("eventDataStore/lake").unwrap()),
            (arn("trail/audit"), Key::parse("trail/audit").unwrap()),
            (arn("trail/audit-2"), Key::parse("trail/audit-2").unwrap()),
        ]);
        Vocabulary::new(target, resources, BTreeMap::new())
    }

    #[test]
    fn a_store_is_the_same_by_arn_by_id_and_by_reference() {
        let words = vocabulary();
        let reference = Text::arn(Key::parse("eventDataStore/lake").unwrap());
        assert_eq!(words.store(&Text::plain("aaaa-1")), reference);
        let arn = "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/aaaa-1";
        assert_eq!(words.store(&Text::plain(arn)), reference);
        assert_eq!(words.store(&reference), reference);
        let id = Part::Id(Key::parse("eventDataStore/lake").unwrap());
        assert_eq!(words.store(&Text::new([id])), reference);
        assert_eq!(words.store(&Text::plain("bbbb-2")), Text::plain("bbbb-2"));
    }

    #[test]
    fn arns_are_found_inside_a_text_but_not_inside_longer_names() {
        let text = Text::plain(
            r#"["arn:aws:cloudtrail:us-east-1:111122223333:trail/audit-2","arn:aws:cloudtrail:us-east-1:111122223333:trail/audit-3"]"#,
        );
        assert_eq!(
            vocabulary().arns(&text).to_string(),
            r#"["${trails.audit-2.arn}","arn:aws:cloudtrail:us-east-1:111122223333:trail/audit-3"]"#
        );
    }

    #[test]
    fn sql_names_stores_by_id() {
        let text = Text::plain("SELECT eventName FROM aaaa-1 WHERE x = 'aaaa-12'");
        assert_eq!(
            vocabulary().store_ids(&text).to_string(),
            "SELECT eventName FROM ${eventDataStores.lake.id} WHERE x = 'aaaa-12'"
        );
    }
}
