//! Two policies side by side: which statement of the one is which of the other, so that a change inside a statement is
//! shown inside it. Only the order in which they are shown; what is equal is decided elsewhere.

use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// The two documents with their statements in one order: each statement in the place of the one that it most resembles,
/// what has no counterpart behind.
pub(super) fn side_by_side(desired: &Json, live: &Json) -> (Json, Json) {
    let (Some(wanted), Some(present)) = (statements(desired), statements(live)) else {
        return (desired.clone(), live.clone());
    };
    let mates = mates(wanted, present);
    let places: BTreeMap<usize, usize> = mates.iter().map(|(wanted, present)| (*present, *wanted)).collect();
    let paired = (0..present.len()).filter_map(|place| places.get(&place).copied());
    let alone = (0..wanted.len()).filter(|place| !mates.contains_key(place));
    let ordered: Vec<Json> = paired.chain(alone).filter_map(|place| wanted.get(place)).cloned().collect();
    let mut desired = desired.clone();
    if let Some(statements) = desired.get_mut(STATEMENT) {
        *statements = Json::Array(ordered);
    }
    (desired, live.clone())
}

const STATEMENT: &str = "Statement";

fn statements(document: &Json) -> Option<&Vec<Json>> {
    document.get(STATEMENT).and_then(Json::as_array)
}

/// For each statement of `desired` that has a counterpart in `live`, where that stands.
fn mates(desired: &[Json], live: &[Json]) -> BTreeMap<usize, usize> {
    let pairs = desired.iter().enumerate().flat_map(|(wanted, one)| {
        live.iter().enumerate().map(move |(present, other)| (likeness(one, other), wanted, present))
    });
    let mut pairs: Vec<(Likeness, usize, usize)> =
        pairs.filter(|(likeness, _, _)| *likeness > Likeness::default()).collect();
    // The most alike first; the sort is stable, so that of equals the first in order win.
    pairs.sort_by(|(one, _, _), (other, _, _)| other.cmp(one));
    let mut mates = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (_, wanted, present) in pairs {
        if !mates.contains_key(&wanted) && taken.insert(present) {
            mates.insert(wanted, present);
        }
    }
    mates
}

/// How much two statements are alike: equal, of one name, with so many equal members, and so many equal values in the
/// others. Orders from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Likeness {
    equal: bool,
    same_sid: bool,
    members: usize,
    values: usize,
}

fn likeness(one: &Json, other: &Json) -> Likeness {
    let none = Map::new();
    let members = |statement| Json::as_object(statement).unwrap_or(&none);
    let (first, second) = (members(one), members(other));
    let shared = |(member, value): &(&String, &Json)| second.get(*member) == Some(*value);
    Likeness {
        equal: one == other,
        same_sid: first.contains_key("Sid") && first.get("Sid") == second.get("Sid"),
        members: first.iter().filter(shared).count(),
        values: words(one).intersection(&words(other)).count(),
    }
}

/// Every text anywhere in the statement.
fn words(value: &Json) -> BTreeSet<&str> {
    match value {
        Json::String(text) => BTreeSet::from([text.as_str()]),
        Json::Array(items) => items.iter().flat_map(words).collect(),
        Json::Object(members) => members.values().flat_map(words).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::{diff, lines};
    use super::super::style::Style;
    use super::*;
    use crate::resource::policy_document::canonical;
    use proptest::prelude::*;
    use serde_json::json;

    fn shown(desired: &Json, live: &Json) -> Vec<String> {
        let canonical = |document: &Json| canonical(&document.to_string(), "self").unwrap();
        let (desired, live) = side_by_side(&canonical(desired), &canonical(live));
        diff(&lines(&desired), &lines(&live), Style::default())
    }

    fn changed(desired: &Json, live: &Json) -> Vec<String> {
        shown(desired, live).into_iter().filter(|line| line.starts_with(['-', '+'])).collect()
    }

    fn allow(sid: Option<&str>, account: &str, action: &str) -> Json {
        let mut statement =
            json!({"Effect": "Allow", "Principal": {"AWS": [account, "000000000000"]}, "Action": action});
        if let Some(sid) = sid {
            statement["Sid"] = sid.into();
        }
        statement
    }

    fn policy(statements: &[Json]) -> Json {
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    #[test]
    fn a_principal_that_changes_its_place_in_the_order_is_one_line_each_way() {
        let live = policy(&[allow(None, "111111111111", "a:A"), allow(None, "555555555555", "a:A")]);
        let desired = policy(&[allow(None, "999999999999", "a:A"), allow(None, "555555555555", "a:A")]);
        assert_eq!(changed(&desired, &live), ["-         - 111111111111", "+         - 999999999999"]);
    }

    #[test]
    fn a_name_that_comes_or_goes_is_one_line() {
        let (named, bare) = (allow(Some("Send"), "111111111111", "a:A"), allow(None, "111111111111", "a:A"));
        let other = allow(Some("Other"), "111111111111", "b:B");
        let with = policy(&[named, other.clone()]);
        let without = policy(&[bare, other]);
        assert_eq!(changed(&without, &with), ["-   - Sid: Send"]);
        assert_eq!(changed(&with, &without), ["+   - Sid: Send"]);
    }

    #[test]
    fn statements_of_one_name_belong_together_however_they_differ() {
        let live =
            policy(&[allow(Some("A"), "111111111111", "a:A"), allow(Some("B"), "222222222222", "b:B")]);
        let desired = policy(&[allow(Some("B"), "111111111111", "a:A")]);
        let (desired, _) = side_by_side(&desired, &live);
        assert_eq!(
            mates(statements(&desired).unwrap(), statements(&live).unwrap()),
            BTreeMap::from([(0, 1)])
        );
    }

    fn statement() -> impl Strategy<Value = Json> {
        let sid = prop::option::of(prop::sample::select(vec!["A", "B", "C"]));
        let account = prop::sample::select(vec!["111111111111", "222222222222", "333333333333"]);
        let action = prop::sample::select(vec!["cloudtrail:StartQuery", "cloudtrail:CancelQuery"]);
        (sid, account, action).prop_map(|(sid, account, action)| allow(sid, account, action))
    }

    proptest! {
        /// Whatever the other statements are: what is new elsewhere is two rows, and a name that goes is one.
        #[test]
        fn one_changed_member_is_no_more_rows_than_it_must_be(
            statements in prop::collection::vec(statement(), 1..6),
            place in any::<prop::sample::Index>(),
            new in prop::sample::select(vec!["000000000001", "444444444444", "999999999999"]),
        ) {
            let place = place.index(statements.len());
            let mut other = statements.clone();
            other[place]["Principal"]["AWS"][0] = new.into();
            let distinct: BTreeSet<String> = statements.iter().map(Json::to_string).collect();
            // Of equal statements only one counts, so that changing one of two is not changing one.
            prop_assume!(distinct.len() == statements.len());
            prop_assert_eq!(changed(&policy(&other), &policy(&statements)).len(), 2);

            let mut bare = statements.clone();
            let had = bare[place].as_object_mut().unwrap().remove("Sid").is_some();
            let distinct: BTreeSet<String> = bare.iter().map(Json::to_string).collect();
            prop_assume!(distinct.len() == bare.len());
            prop_assert_eq!(changed(&policy(&bare), &policy(&statements)).len(), usize::from(had));
        }
    }
}
