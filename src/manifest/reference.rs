//! Settings that may refer to resources, once variables are put in: their spelling in the manifest, and the text that it means.
//! Which references are allowed where, and whether they lead anywhere, `variables` and the checks have seen to.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::piece::{Piece, pieces};
use crate::name::Name;
use crate::resource::{Key, Kind, Part, Text, text};

/// What a `${…}` that names a resource means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    Arn(Key),
    Id(Key),
}

impl Reference {
    /// Reads `channels.okta.arn`. A name may have dots: it is all between the first one and the last.
    pub(super) fn parse(inner: &str) -> Option<Reference> {
        let (list, rest) = inner.split_once('.')?;
        let (name, attribute) = rest.rsplit_once('.')?;
        let kinds = [Kind::Trail, Kind::EventDataStore, Kind::Channel, Kind::Dashboard];
        let kind = kinds.into_iter().find(|kind| kind.plural() == list)?;
        let key = Key::new(kind, &Name::new(name));
        match attribute {
            "arn" => Some(Reference::Arn(key)),
            // Only SQL wants an id, and it names stores (user guide, CloudTrail Lake SQL constraints).
            "id" if kind == Kind::EventDataStore => Some(Reference::Id(key)),
            _ => None,
        }
    }

    pub(super) fn key(&self) -> &Key {
        match self {
            Reference::Arn(key) | Reference::Id(key) => key,
        }
    }

    pub(super) fn into_part(self) -> Part {
        match self {
            Reference::Arn(key) => Part::Arn(key),
            Reference::Id(key) => Part::Id(key),
        }
    }
}

/// A text that may refer to resources: SQL, a piece of a policy.
#[derive(Debug, Clone)]
pub(super) struct Words(pub(super) Text);

impl Words {
    /// Reads what `Text` prints. What is no reference is plain.
    pub(super) fn read(spelled: &str) -> Words {
        Words(Text::new(pieces(spelled).map(|piece| {
            match piece {
                Piece::Plain(text) => Part::Lit(text.to_owned()),
                Piece::Open(text) => Part::Lit(text.to_owned()),
                Piece::Variable(inner) => Reference::parse(inner)
                    .map_or_else(|| Part::Lit(format!("${{{inner}}}")), Reference::into_part),
            }
        })))
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Words, D::Error> {
        Ok(Words::read(&String::deserialize(deserializer)?))
    }
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl JsonSchema for Words {
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// An event data store: a name in this manifest, a reference, or the ARN of one that is managed elsewhere.
#[derive(Debug, Clone)]
pub(super) struct StoreReference(pub(super) Text);

impl StoreReference {
    /// As a person would write it: a store of this manifest by its name, any other as it is.
    fn spelled(&self) -> String {
        match self.0.parts() {
            [Part::Arn(key)] if key.kind == Kind::EventDataStore => text::escape(key.name.as_str()),
            _ => self.0.to_string(),
        }
    }

    fn read(spelled: &str) -> StoreReference {
        let Words(text) = Words::read(spelled);
        StoreReference(match (text.as_plain(), text.parts()) {
            (Some(arn), _) if arn.starts_with("arn:") => text,
            (Some(name), _) => Text::arn(Key::new(Kind::EventDataStore, &Name::new(name))),
            // The service takes an id as well as an ARN and answers the ARN.
            (None, [Part::Id(key)]) => Text::arn(key.clone()),
            (None, _) => text,
        })
    }
}

impl<'de> Deserialize<'de> for StoreReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<StoreReference, D::Error> {
        Ok(StoreReference::read(&String::deserialize(deserializer)?))
    }
}

impl Serialize for StoreReference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.spelled())
    }
}

impl JsonSchema for StoreReference {
    fn schema_name() -> Cow<'static, str> {
        "StoreReference".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> Key {
        Key::parse(text).unwrap()
    }

    #[test]
    fn names_in_references_may_have_dots() {
        let arn = |text| Some(Reference::Arn(key(text)));
        assert_eq!(Reference::parse("channels.okta.arn"), arn("channel/okta"));
        assert_eq!(Reference::parse("trails.a.arn.b.arn"), arn("trail/a.arn.b"));
        assert_eq!(
            Reference::parse("eventDataStores.lake.id"),
            Some(Reference::Id(key("eventDataStore/lake")))
        );
        for text in ["channels.okta.id", "channels.okta", "channel.okta.arn", "vars.x", "self.arn", ""] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }

    #[test]
    fn words_read_what_texts_print() {
        let text = Text::new([
            Part::Lit("SELECT ${x ${aws:username} $${ FROM ".into()),
            Part::Id(key("eventDataStore/lake")),
            Part::Lit("$".into()),
        ]);
        assert_eq!(Words::read(&text.to_string()).0, text);
    }

    proptest! {
        #[test]
        fn any_literal_is_read_as_it_was_written(literal in "([$]|[{]|[}]|:|[*]|aws|x){0,12}") {
            let text = Text::plain(literal);
            prop_assert_eq!(Words::read(&text.to_string()).0, text);
        }
    }

    #[test]
    fn a_store_is_meant_by_name_reference_or_arn() {
        let lake = Text::arn(key("eventDataStore/lake"));
        let arn = "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/EXAMPLE";
        assert_eq!(StoreReference::read("lake").0, lake);
        assert_eq!(StoreReference::read("${eventDataStores.lake.arn}").0, lake);
        assert_eq!(StoreReference::read("${eventDataStores.lake.id}").0, lake);
        assert_eq!(StoreReference::read(arn).0, Text::plain(arn));
        for spelled in ["lake", arn] {
            assert_eq!(StoreReference::read(spelled).spelled(), spelled);
        }
    }
}
