//! A channel's settings, calls and losses.

use super::*;
use crate::name::{AccountId, Arn, Region, Target};

const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:channel/EXAMPLE-1";

fn store(name: &str) -> Text {
    Text::arn(Key::parse(&format!("eventDataStore/{name}")).unwrap())
}

fn okta() -> Channel {
    Channel {
        name: Name::new("okta"),
        source: "Okta".to_owned(),
        destinations: vec![store("b"), store("a")],
        tags: Tags::from([("team".to_owned(), "security".to_owned())]),
    }
}

fn calls(tasks: &[Task]) -> Json {
    let key = Key::parse("channel/okta").unwrap();
    let spell = |text: &Text| if *text == Text::arn(key.clone()) { ARN.to_owned() } else { text.to_string() };
    let written = tasks.iter().map(|task| {
        let after: Vec<String> = task.after.iter().map(|after| format!("{after:?}")).collect();
        json!([task.action.call().name(), after.len(), task.action.request(&key, &spell)])
    });
    written.collect()
}

fn update(desired: &Channel, live: &Channel) -> Json {
    let Way::InPlace(tasks) = desired.update(live) else { panic!("in place") };
    calls(&tasks)
}

#[test]
fn a_channel_is_created_after_its_stores_in_the_written_order() {
    let expected = json!([["CreateChannel", 2, {
        "Name": "okta", "Source": "Okta", "Tags": [{"Key": "team", "Value": "security"}],
        "Destinations": [
            {"Type": "EVENT_DATA_STORE", "Location": "${eventDataStores.b.arn}"},
            {"Type": "EVENT_DATA_STORE", "Location": "${eventDataStores.a.arn}"},
        ],
    }]]);
    assert_eq!(calls(&okta().create()), expected);
    assert_eq!(calls(&okta().delete()), json!([["DeleteChannel", 0, {"Channel": ARN}]]));
}

#[test]
fn only_what_differs_is_sent_and_order_is_no_difference() {
    let turned = Channel { destinations: vec![store("a"), store("b")], ..okta() };
    assert_eq!(turned.fields(), okta().fields());
    assert_eq!(update(&turned, &okta()), json!([]));
    let renamed = Channel { name: Name::new("other"), ..okta() };
    assert_eq!(update(&renamed, &okta()), json!([["UpdateChannel", 0, {"Channel": ARN, "Name": "other"}]]));
    let moved = Channel { destinations: vec![store("c")], ..okta() };
    let location = json!([{"Type": "EVENT_DATA_STORE", "Location": "${eventDataStores.c.arn}"}]);
    assert_eq!(
        update(&moved, &okta()),
        json!([["UpdateChannel", 1, {"Channel": ARN, "Destinations": location}]])
    );
}

#[test]
fn another_source_is_another_channel() {
    let other = Channel { source: "LaunchDarkly".to_owned(), ..okta() };
    assert_eq!(other.update(&okta()), Way::Replace("CloudTrail cannot change a channel's source".to_owned()));
}

#[test]
fn a_store_is_compared_by_what_it_is_and_not_by_its_spelling() {
    let region = Region::parse("us-east-1").unwrap();
    let account = AccountId::parse("111122223333").unwrap();
    let target = Target { account, partition: region.partition(), region };
    let arn = Arn::parse("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/EXAMPLE-2").unwrap();
    let vocabulary =
        Vocabulary::new(target, [(arn.clone(), Key::parse("eventDataStore/a").unwrap())].into(), [].into());
    for spelling in [Text::plain(arn.as_str()), Text::plain("EXAMPLE-2"), store("a")] {
        let mut channel = Channel { destinations: vec![spelling], ..okta() };
        channel.settle(&vocabulary);
        assert_eq!(channel.destinations, [store("a")]);
    }
}

#[test]
fn every_setting_is_named_alone_and_can_be_left_alone() {
    let others = [
        ("name", Channel { name: Name::new("other"), ..okta() }),
        ("source", Channel { source: "Other".to_owned(), ..okta() }),
        ("destinations", Channel { destinations: vec![store("c")], ..okta() }),
        ("tags.team", Channel { tags: Tags::new(), ..okta() }),
    ];
    let listed: Vec<&str> = others.iter().map(|(path, _)| *path).collect();
    let fields: Vec<String> = okta().fields().iter().map(|field| field.path.to_string()).collect();
    assert_eq!(fields, listed);
    for (path, mut other) in others {
        let changes = field::changes(&other.fields(), &okta().fields());
        let paths: Vec<String> = changes.iter().map(|change| change.path.to_string()).collect();
        assert_eq!(paths, [path]);
        other.leave(&Path::new(path), &okta());
        assert_eq!(other, okta());
    }
}

#[test]
fn events_that_stop_are_a_blind_spot_in_each_store_that_misses_them() {
    let reasons = |desired: Option<&Channel>| -> Vec<(Option<Guard>, String)> {
        let dangers = Channel::dangers(desired, Some(&okta()));
        dangers.into_iter().map(|danger| (danger.guard, danger.reason)).collect()
    };
    assert_eq!(reasons(None), [(Some(Guard::BlindSpot), "events from Okta stop".to_owned())]);
    let fewer = Channel { destinations: vec![store("b"), store("c")], ..okta() };
    let reason = "eventDataStore/a no longer records events from Okta".to_owned();
    assert_eq!(reasons(Some(&fewer)), [(Some(Guard::BlindSpot), reason)]);
    assert_eq!(Channel::dangers(Some(&okta()), None), []);
}
