//! Which events answer: tables of events as AWS writes them, newest first, and the answer that follows.

use super::*;
use serde_json::{Value as Json, json};

const ARN: &str = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit";
const CHANNEL: &str =
    "arn:aws:cloudtrail:eu-central-1:111122223333:channel/EXAMPLE1-aaaa-bbbb-cccc-111122223333";
const OURS: &str = "[trailkeeper/0.1.0 manifest/base aws-sdk-rust/1.3]";

/// An accepted call at this minute of the third hour by the one with this user agent.
fn event(minute: u32, name: &str, user_agent: &str, request: Json) -> Event {
    Event {
        id: format!("{name}-{minute}"),
        time: Time::from_unix(1_795_143_600 + i64::from(minute) * 60),
        name: name.to_owned(),
        source: "cloudtrail.amazonaws.com".to_owned(),
        principal: "arn:aws:sts::111122223333:assumed-role/admin/alice".to_owned(),
        source_address: "203.0.113.7".to_owned(),
        user_agent: user_agent.to_owned(),
        refused: false,
        request,
        response: Json::Null,
        resources: BTreeSet::new(),
    }
}

fn suspect(call: Call, member: Option<(&str, Json)>) -> Suspect {
    Suspect { call, member: member.map(|(name, value)| Member { name: name.to_owned(), value }) }
}

fn maker(call: Call, request: Json) -> Maker {
    Maker { call, request, then: BTreeSet::new(), is_to_blame: true }
}

fn changed(suspects: Vec<Suspect>) -> Inquiry {
    Inquiry {
        key: Key::parse("trail/audit").unwrap(),
        name: Name::new("audit"),
        arn: Arn::parse(ARN).ok(),
        missing: false,
        suspects,
        maker: Some(maker(Call::CreateTrail, json!({"Name": "audit"}))),
    }
}

fn lost_channel() -> Inquiry {
    Inquiry {
        key: Key::parse("channel/okta").unwrap(),
        name: Name::new("okta"),
        arn: None,
        missing: true,
        suspects: vec![suspect(Call::DeleteChannel, None)],
        maker: Some(maker(Call::CreateChannel, json!({"Name": "okta", "Source": "Okta"}))),
    }
}

/// The origin and the ids of the events, with `?` behind what is not certain.
fn answer(inquiry: &Inquiry, events: &[Event]) -> (Origin, Vec<String>) {
    let answer = inquiry.answer(events, "base", true);
    let id = |deed: &Deed| format!("{}{}", deed.event.id, if deed.certain { "" } else { "?" });
    (answer.origin, answer.deeds.iter().map(id).collect())
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn the_user_agent_says_for_which_manifest() {
    for (text, author) in [
        (OURS, Author::Manifest),
        ("trailkeeper/0.1.0 manifest/base", Author::Manifest),
        ("trailkeeper/0.1.0 manifest/base2 aws-sdk-rust/1.3", Author::Other("base2".to_owned())),
        ("trailkeeper/0.1.0 aws-sdk-rust/1.3", Author::Other(String::new())),
        ("aws-cli/2.31 manifest/base", Author::Outside),
        ("not-trailkeeper/1 manifest/base", Author::Outside),
        ("", Author::Outside),
    ] {
        assert_eq!(Author::of(text, "base"), author, "{text}");
    }
}

#[test]
fn whoever_wrote_last_is_named_for_each_part() {
    let selectors = json!([{"readWriteType": "WriteOnly"}]);
    let stopped = changed(vec![
        suspect(Call::StopLogging, None),
        suspect(Call::PutEventSelectors, Some(("EventSelectors", selectors.clone()))),
    ]);
    let events = [
        event(12, "StopLogging", "aws-cli/2", json!({"name": "audit"})),
        event(11, "GetTrailStatus", "aws-cli/2", json!({"name": "audit"})),
        event(10, "PutEventSelectors", "aws-cli/2", json!({"trailName": ARN, "eventSelectors": selectors})),
        event(5, "PutEventSelectors", OURS, json!({"trailName": ARN})),
        event(4, "StopLogging", "aws-cli/2", json!({"name": "audit"})),
    ];
    assert_eq!(
        answer(&stopped, &events),
        (Origin::Outside, ids(&["StopLogging-12", "PutEventSelectors-10"]))
    );
}

#[test]
fn what_was_refused_or_is_about_another_changed_nothing() {
    let stopped = changed(vec![suspect(Call::StopLogging, None)]);
    let refused = Event { refused: true, ..event(9, "StopLogging", "aws-cli/2", json!({"name": "audit"})) };
    let foreign = Event {
        source: "kinesis.amazonaws.com".to_owned(),
        ..event(8, "StopLogging", "x", json!({"name": "audit"}))
    };
    let events = [
        refused,
        foreign,
        event(7, "StopLogging", "aws-cli/2", json!({"name": "audit-2"})),
        event(6, "StopLogging", "aws-cli/2", json!({"name": format!("{ARN}-2")})),
    ];
    assert_eq!(answer(&stopped, &events), (Origin::NotApplied, ids(&[])));
    assert_eq!(
        stopped.answer(&events, "base", false).origin,
        Origin::Unknown,
        "older ones were not looked at"
    );
}

#[test]
fn an_update_counts_where_it_touches_what_differs() {
    let bucket = changed(vec![suspect(Call::UpdateTrail, Some(("S3BucketName", json!("elsewhere"))))]);
    let widgets = changed(vec![suspect(Call::UpdateDashboard, Some(("Widgets", json!([]))))]);
    let emptied = [event(9, "UpdateDashboard", "aws-cli/2", json!({"dashboardId": "audit", "widgets": []}))];
    assert_eq!(answer(&widgets, &emptied), (Origin::Outside, ids(&["UpdateDashboard-9"])));
    let events = [
        event(9, "UpdateTrail", OURS, json!({"name": ARN, "kmsKeyId": "k"})),
        event(8, "UpdateTrail", "aws-cli/2", json!({"name": ARN, "s3BucketName": "elsewhere"})),
    ];
    assert_eq!(answer(&bucket, &events), (Origin::Outside, ids(&["UpdateTrail-8"])));
    let left_out = json!({"omitted": true, "reason": "requestParameters too large"});
    let tagged =
        changed(vec![suspect(Call::AddTags, Some(("TagsList", json!([{"Key": "team", "Value": "x"}]))))]);
    let tag = |minute, key: &str| {
        let list = json!([{"key": key, "value": "x"}]);
        event(minute, "AddTags", "aws-cli/2", json!({"resourceId": ARN, "tagsList": list}))
    };
    assert_eq!(answer(&tagged, &[tag(9, "cost"), tag(8, "team")]), (Origin::Outside, ids(&["AddTags-8"])));
    let long = Event {
        resources: BTreeSet::from([ARN.to_owned()]),
        ..event(9, "UpdateTrail", "aws-cli/2", left_out)
    };
    assert_eq!(answer(&bucket, &[long]), (Origin::Outside, ids(&["UpdateTrail-9"])));
}

/// An old deed that somebody took back is not what is there now; what is, has not arrived.
#[test]
fn what_was_taken_back_since_is_not_blamed() {
    let stopped = changed(vec![suspect(Call::StopLogging, None)]);
    let events = [
        event(9, "StartLogging", OURS, json!({"name": ARN})),
        event(3, "StopLogging", "aws-cli/2", json!({"name": "audit"})),
    ];
    assert_eq!(answer(&stopped, &events), (Origin::Unknown, ids(&["StartLogging-9"])));
    assert!(!stopped.is_answered(&stopped.suspects[0], &events, "base"));
    let list = |key: &str| json!([{"Key": key, "Value": "x"}]);
    let tagged = changed(vec![suspect(Call::AddTags, Some(("TagsList", list("team"))))]);
    let tags = |minute, name: &str, key: &str| {
        event(minute, name, "aws-cli/2", json!({"resourceId": ARN, "tagsList": list(key)}))
    };
    let other = [tags(9, "RemoveTags", "cost"), tags(8, "AddTags", "team")];
    assert_eq!(answer(&tagged, &other), (Origin::Outside, ids(&["AddTags-8"])));
    let same = [tags(9, "RemoveTags", "team"), tags(8, "AddTags", "team")];
    assert_eq!(answer(&tagged, &same).0, Origin::Unknown);
}

/// Ours is the proof that nobody came after it only when it set what is there.
#[test]
fn what_trailkeeper_left_is_not_applied_yet() {
    let bucket = changed(vec![suspect(Call::UpdateTrail, Some(("S3BucketName", json!("old"))))]);
    let ours = |bucket: &str| [event(9, "UpdateTrail", OURS, json!({"name": ARN, "s3BucketName": bucket}))];
    assert_eq!(answer(&bucket, &ours("old")), (Origin::NotApplied, ids(&["UpdateTrail-9"])));
    assert_eq!(answer(&bucket, &ours("older")), (Origin::Unknown, ids(&["UpdateTrail-9"])));
    let other = [event(
        9,
        "UpdateTrail",
        "trailkeeper/1 manifest/other",
        json!({"name": ARN, "s3BucketName": "old"}),
    )];
    assert_eq!(answer(&bucket, &other), (Origin::Outside, ids(&["UpdateTrail-9"])));
    let suspect = &bucket.suspects[0];
    assert!(bucket.is_answered(suspect, &ours("old"), "base"));
    assert!(
        !bucket.is_answered(suspect, &ours("older"), "base"),
        "another name of it may know a newer event"
    );
}

#[test]
fn policies_are_compared_as_documents() {
    let policy =
        changed(vec![suspect(Call::PutResourcePolicy, Some(("ResourcePolicy", json!("{\"a\": [1]}"))))]);
    let put = |text: &str| {
        [event(9, "PutResourcePolicy", OURS, json!({"resourceArn": ARN, "resourcePolicy": text}))]
    };
    assert_eq!(answer(&policy, &put("{ \"a\" : [1] }")).0, Origin::NotApplied);
    assert_eq!(answer(&policy, &put("{\"a\": [2]}")).0, Origin::Unknown);
}

/// Who made it anew set all of it; what was made before our own last call was seen by it.
#[test]
fn a_creation_answers_for_everything_unless_we_wrote_after_it() {
    let logging = changed(vec![suspect(Call::PutEventSelectors, None)]);
    let made = Event {
        response: json!({"trailARN": ARN}),
        ..event(9, "CreateTrail", "terraform", json!({"name": "audit"}))
    };
    assert_eq!(answer(&logging, std::slice::from_ref(&made)), (Origin::Outside, ids(&["CreateTrail-9"])));
    let own = Event { user_agent: OURS.to_owned(), ..made.clone() };
    assert_eq!(answer(&logging, std::slice::from_ref(&own)), (Origin::NotApplied, ids(&["CreateTrail-9"])));
    assert_eq!(logging.answer(&[own], "base", false).origin, Origin::Unknown);
    let ours = event(10, "AddTags", OURS, json!({"resourceId": ARN}));
    assert_eq!(answer(&logging, &[ours, made]), (Origin::NotApplied, ids(&[])));
}

/// What our creation set, or left to the service, and is another now without an event, nobody can call not applied.
#[test]
fn what_the_creation_did_not_leave_is_unknown() {
    let asked = json!({"name": "audit", "s3BucketName": "logs", "tagsList": [{"key": "team", "value": "a"}]});
    let made = event(3, "CreateTrail", OURS, asked);
    let events = [event(4, "StartLogging", OURS, json!({"name": ARN})), made];
    let now = |suspect: Suspect, request: Json, then: &[Call]| Inquiry {
        maker: Some(Maker { then: then.iter().copied().collect(), ..maker(Call::CreateTrail, request) }),
        ..changed(vec![suspect])
    };
    let bucket = |name: &str| {
        let member = ("S3BucketName", json!(name));
        now(suspect(Call::UpdateTrail, Some(member)), json!({"S3BucketName": name}), &[])
    };
    let key = |request: Json| now(suspect(Call::UpdateTrail, Some(("KmsKeyId", json!("k")))), request, &[]);
    let tag = |value: &str| {
        let list = json!([{"Key": "team", "Value": value}]);
        now(suspect(Call::AddTags, Some(("TagsList", list.clone()))), json!({"TagsList": list}), &[])
    };
    let select = |then: &[Call]| now(suspect(Call::PutEventSelectors, None), json!({}), then);
    for (inquiry, origin) in [
        (bucket("logs"), Origin::NotApplied),
        (bucket("elsewhere"), Origin::Unknown),
        (key(json!({})), Origin::NotApplied),
        (key(json!({"KmsKeyId": "k"})), Origin::Unknown),
        (tag("a"), Origin::NotApplied),
        (tag("b"), Origin::Unknown),
        (select(&[]), Origin::NotApplied),
        (select(&[Call::PutEventSelectors]), Origin::Unknown),
    ] {
        assert_eq!(answer(&inquiry, &events), (origin, ids(&["CreateTrail-3"])), "{inquiry:?}");
    }
}

#[test]
fn what_is_missing_was_deleted_by_somebody() {
    let lost = Inquiry { missing: true, ..changed(vec![suspect(Call::DeleteTrail, None)]) };
    let made = event(3, "CreateTrail", OURS, json!({"name": "audit"}));
    let deleted = event(9, "DeleteTrail", "aws-cli/2", json!({"name": "audit"}));
    assert_eq!(answer(&lost, &[deleted, made.clone()]), (Origin::Outside, ids(&["DeleteTrail-9"])));
    assert_eq!(answer(&lost, &[]), (Origin::NotApplied, ids(&[])));
    // It was there and is not: the event of its end has not arrived.
    assert_eq!(answer(&lost, &[made]), (Origin::Unknown, ids(&["CreateTrail-3"])));
}

/// The event of a deletion names an id that nobody remembers; the creation that answered it names the name.
#[test]
fn a_channel_that_is_gone_is_found_by_its_creation() {
    let made = |minute, name: &str, arn: &str| Event {
        response: json!({"channelArn": arn}),
        ..event(minute, "CreateChannel", OURS, json!({"name": name, "source": "Okta"}))
    };
    let other = CHANNEL.replace("EXAMPLE1", "EXAMPLE2");
    let delete = |minute, arn: &str| event(minute, "DeleteChannel", "aws-cli/2", json!({"channel": arn}));
    let id = CHANNEL.rsplit('/').next().unwrap();
    let lost = lost_channel();
    let sure = (Origin::Outside, ids(&["DeleteChannel-8"]));
    let events = [delete(9, &other), delete(8, id), made(2, "okta", CHANNEL), made(1, "onelogin", &other)];
    assert_eq!(answer(&lost, &events), sure);
    assert_eq!(
        answer(&lost, &[delete(8, CHANNEL), made(1, "onelogin", &other)]),
        (Origin::Unknown, ids(&["DeleteChannel-8?"])),
        "its creation is more than 90 days old"
    );
    assert_eq!(
        answer(&lost, &[delete(9, &other), made(1, "onelogin", &other)]),
        (Origin::NotApplied, ids(&[]))
    );
    assert_eq!(answer(&lost, &[made(2, "okta", CHANNEL)]), (Origin::Unknown, ids(&[])));
}
