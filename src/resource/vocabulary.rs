//! The one vocabulary into which settle puts desired and live: which spelling means which resource or key.

use super::key::{Key, Kind};
use super::text::{Part, Text};
use crate::name::{Arn, Target};
use std::collections::BTreeMap;
use std::ops::Range;

/// What the spellings of one run mean.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    target: Target,
    resources: BTreeMap<Arn, Key>,
    /// The event data stores among the resources, by their ids.
    stores: BTreeMap<String, (Arn, Key)>,
    kms_keys: BTreeMap<String, Arn>,
    /// The length in bytes of the longest ARN of a resource; ids are shorter.
    longest: usize,
}

impl Vocabulary {
    /// `resources`: the ARN of every known live resource; `kms_keys`: every KMS spelling that could be resolved.
    pub fn new(target: Target, resources: BTreeMap<Arn, Key>, kms_keys: BTreeMap<String, Arn>) -> Vocabulary {
        let stores = resources.iter().filter(|(_, key)| key.kind == Kind::EventDataStore);
        let stores = stores.map(|(arn, key)| (arn.id().to_owned(), (arn.clone(), key.clone()))).collect();
        let longest = resources.keys().map(|arn| arn.as_str().len()).max().unwrap_or_default();
        Vocabulary { target, resources, stores, kms_keys, longest }
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
        let id = spelling.rsplit('/').next().unwrap_or(spelling);
        let means = |arn: &Arn| arn.as_str() == spelling || arn.id() == spelling;
        let known = self.stores.get(id).filter(|(arn, _)| means(arn));
        known.map_or_else(|| text.clone(), |(_, key)| Text::arn(key.clone()))
    }

    /// Every ARN of a known resource inside the text as a reference.
    pub fn arns(&self, text: &Text) -> Text {
        let find = |spelling: &str| Some(Part::Arn(self.resources.get(spelling)?.clone()));
        text.recut(|literal| cut(literal, self.longest, &find))
    }

    /// Every id of a known event data store inside the text as a reference, as SQL names stores.
    pub fn store_ids(&self, text: &Text) -> Text {
        let find = |spelling: &str| self.stores.get(spelling).map(|(_, key)| Part::Id(key.clone()));
        text.recut(|literal| cut(literal, self.longest, &find))
    }
}

/// Cuts the literal at every spelling that `find` knows and that stands there as a whole: not as the beginning or end of
/// a longer name. The earliest wins, and of two at one place the longer.
fn cut(literal: &str, longest: usize, find: &dyn Fn(&str) -> Option<Part>) -> Vec<Part> {
    let names = names(literal);
    let mut parts = Vec::new();
    let mut done = 0;
    for (place, first) in names.iter().enumerate() {
        if first.start < done {
            continue;
        }
        let near = names[place..].iter().take_while(|last| last.end - first.start <= longest);
        let found = near.filter_map(|last| Some((find(&literal[first.start..last.end])?, last.end))).last();
        if let Some((part, end)) = found {
            parts.push(Part::Lit(literal[done..first.start].to_owned()));
            parts.push(part);
            done = end;
        }
    }
    parts.push(Part::Lit(literal[done..].to_owned()));
    parts
}

/// Where the names in the text stand. An ARN is several of them: it begins with one and ends with one.
fn names(text: &str) -> Vec<Range<usize>> {
    let of_a_name =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    let mut names = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices() {
        match start {
            None if of_a_name(character) => start = Some(at),
            Some(begun) if !of_a_name(character) => {
                names.push(begun..at);
                start = None;
            }
            _ => {}
        }
    }
    names.extend(start.map(|begun| begun..text.len()));
    names
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
