//! What covers what, in words, and a property that holds the algebra against events one by one.

use super::*;
use crate::resource::selector::{DataResource, EventSelector, FieldSelector};
use proptest::prelude::*;
use std::collections::BTreeMap;

const HOME: Scope =
    Scope { multi_region: false, global_services: Some(true), organization: false, deliveries: true };
const ALL: Scope = Scope { multi_region: true, ..HOME };

fn basic(read_write_type: &str, management: bool, data: &[(&str, &[&str])], excluded: &[&str]) -> Coverage {
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let data_resources =
        data.iter().map(|(kind, values)| DataResource { r#type: (*kind).to_owned(), values: texts(values) });
    let selector = EventSelector {
        read_write_type: read_write_type.to_owned(),
        include_management_events: management,
        data_resources: data_resources.collect(),
        exclude_management_event_sources: texts(excluded),
    };
    Coverage::of(&Selectors::Basic(vec![selector]), HOME)
}

/// `field=a,b`, `field!=a`, `field^=a` (starts), `field!^=a`, `field$=a` (ends), `field!$=a`.
fn advanced(selectors: &[&[&str]]) -> Coverage {
    Coverage::of_advanced(&selectors.iter().map(|fields| selector(fields)).collect::<Vec<_>>(), HOME)
}

fn selector(fields: &[&str]) -> AdvancedEventSelector {
    let field_selectors = fields.iter().map(|text| {
        let (left, values) = text.split_once('=').unwrap();
        let values = values.split(',').map(str::to_owned).collect();
        let field = left.trim_end_matches(['!', '^', '$']).to_owned();
        let mut selector = FieldSelector { field: field.clone(), ..FieldSelector::default() };
        match &left[field.len()..] {
            "" => selector.equals = values,
            "!" => selector.not_equals = values,
            "^" => selector.starts_with = values,
            "!^" => selector.not_starts_with = values,
            "$" => selector.ends_with = values,
            "!$" => selector.not_ends_with = values,
            other => panic!("{other}"),
        }
        selector
    });
    AdvancedEventSelector { name: None, field_selectors: field_selectors.collect() }
}

const S3: &[&str] = &["eventCategory=Data", "resources.type=AWS::S3::Object"];

fn s3(more: &[&'static str]) -> Coverage {
    advanced(&[&[S3, more].concat()])
}

#[test]
fn the_same_events_are_covered_however_they_are_selected() {
    let basic = basic("WriteOnly", false, &[("AWS::S3::Object", &["arn:aws:s3:::a/"])], &[]);
    let advanced = s3(&["readOnly=false", "resources.ARN^=arn:aws:s3:::a/"]);
    assert_eq!(basic.covers(&advanced), Some(true));
    assert_eq!(advanced.covers(&basic), Some(true));
    let halves = super::Coverage::of_advanced(
        &[
            selector(&["eventCategory=Management", "readOnly=true"]),
            selector(&["eventCategory=Management", "readOnly=false"]),
        ],
        HOME,
    );
    assert_eq!(halves.covers(&Coverage::of(&Selectors::default(), HOME)), Some(true));
}

#[test]
fn what_leaves_out_cloudtrails_own_deliveries_covers_only_what_holds_none() {
    let quiet =
        |coverage: Coverage| Coverage { scope: Scope { deliveries: false, ..coverage.scope }, ..coverage };
    // Deliveries are writes of S3 objects and log events, so that only such selections have some to lose.
    let without = [
        advanced(&[&["eventCategory=Management"]]),
        advanced(&[&["eventCategory=Data", "resources.type=AWS::Lambda::Function"]]),
        s3(&["readOnly=true"]),
        s3(&["eventName=DeleteObject"]),
    ];
    for coverage in without {
        assert_eq!(quiet(coverage.clone()).covers(&coverage), Some(true), "{:?}", coverage.words());
    }
    let with =
        [s3(&[]), s3(&["eventName^=Put"]), basic("All", true, &[("AWS::S3::Object", &["arn:aws:s3"])], &[])];
    for coverage in with {
        assert_eq!(quiet(coverage.clone()).covers(&coverage), Some(false), "{:?}", coverage.words());
        assert_eq!(quiet(coverage.clone()).covers(&quiet(coverage.clone())), Some(true));
        assert_eq!(coverage.covers(&quiet(coverage.clone())), Some(true));
    }
}

#[test]
fn all_of_a_type_covers_each_of_it() {
    let all = basic("All", false, &[("AWS::S3::Object", &["arn:aws:s3"])], &[]);
    let one = basic("All", false, &[("AWS::S3::Object", &["arn:aws:s3:::a/"])], &[]);
    assert_eq!(all.covers(&one), Some(true));
    assert_eq!(one.covers(&all), Some(false));
    let functions = basic("All", false, &[("AWS::Lambda::Function", &["arn:aws:lambda"])], &[]);
    assert_eq!(all.covers(&functions), Some(false));
}

#[test]
fn scope_counts() {
    let here = Coverage::of(&Selectors::default(), HOME);
    let everywhere = Coverage::of(&Selectors::default(), ALL);
    let organization = Coverage::of(&Selectors::default(), Scope { organization: true, ..ALL });
    assert_eq!(everywhere.covers(&here), Some(true));
    assert_eq!(here.covers(&everywhere), Some(false));
    assert_eq!(organization.covers(&everywhere), Some(true));
    assert_eq!(everywhere.covers(&organization), Some(false));
}

#[test]
fn what_is_not_known_of_global_services_is_no_cover() {
    let records = |global_services| Coverage::of(&Selectors::default(), Scope { global_services, ..HOME });
    let (with, without, unknown) = (records(Some(true)), records(Some(false)), records(None));
    assert_eq!(with.covers(&unknown), Some(true));
    assert_eq!(unknown.covers(&without), Some(true));
    assert_eq!(without.covers(&with), Some(false));
    assert_eq!([unknown.covers(&with), without.covers(&unknown)], [None, None]);
    assert_eq!(unknown.covers(&unknown), Some(true));
    let may = ["may stop recording global services such as IAM"];
    assert_eq!(unknown.scope().lost_under(*without.scope()), may);
    assert_eq!(with.scope().lost_under(*without.scope()), ["stops recording global services such as IAM"]);
    for (before, after) in [(&without, &with), (&unknown, &unknown), (&unknown, &with)] {
        assert!(before.scope().lost_under(*after.scope()).is_empty());
    }
}

#[test]
fn global_services_happen_in_one_region() {
    let met = |region: &str| meets_global_services(Region::parse(region).as_ref());
    assert_eq!([met("us-east-1"), met("eu-west-1")], [Some(true), Some(false)]);
    assert_eq!([met("us-gov-west-1"), met("cn-north-1"), meets_global_services(None)], [None; 3]);
}

#[test]
fn what_stops_is_said_in_words() {
    let stops = |live: &Coverage, desired: &Coverage| live.without(desired).stops();
    let payroll = "resources.ARN^=arn:aws:s3:::payroll/";
    assert_eq!(
        stops(&s3(&[payroll]), &s3(&[payroll, "readOnly=true"])),
        "stops recording: S3 object writes in arn:aws:s3:::payroll/"
    );
    assert_eq!(
        stops(&s3(&["resources.ARN^=arn:a/,arn:b/"]), &s3(&["resources.ARN^=arn:b/"])),
        "stops recording: S3 object events in arn:a/"
    );
    assert_eq!(
        stops(&s3(&[]), &s3(&["resources.ARN!^=arn:logs/"])),
        "stops recording: S3 object events in arn:logs/"
    );
    assert_eq!(
        stops(&s3(&[]), &s3(&["resources.ARN^=arn:a/"])),
        "stops recording: S3 object events, except in arn:a/"
    );
    assert_eq!(
        stops(&basic("All", true, &[], &[]), &basic("All", true, &[], &["kms.amazonaws.com"])),
        "stops recording: management events of kms.amazonaws.com"
    );
    assert_eq!(
        stops(
            &basic("All", true, &[("AWS::DynamoDB::Table", &["arn:t"])], &[]),
            &basic("ReadOnly", true, &[], &[])
        ),
        "stops recording: DynamoDB table events on arn:t; management writes"
    );
    assert_eq!(
        stops(
            &advanced(&[&[
                "eventCategory=NetworkActivity",
                "eventSource=s3.amazonaws.com",
                "eventName^=Get"
            ]]),
            &advanced(&[])
        ),
        "stops recording: network activity events with eventName beginning with Get of s3.amazonaws.com"
    );
    // A whole ARN, the beginning of some, and a place are told apart.
    let (whole, start) = ("resources.ARN=arn:a/b", "resources.ARN^=arn:a/b");
    assert_eq!(
        stops(&s3(&[start]), &s3(&[whole])),
        "stops recording: S3 object events beginning with arn:a/b, except on arn:a/b"
    );
    assert_eq!(
        stops(&s3(&["resources.ARN^=arn:a/"]), &s3(&["resources.ARN=arn:a/"])),
        "stops recording: S3 object events in arn:a/, except on arn:a/"
    );
    assert_eq!(stops(&s3(&[whole]), &s3(&["readOnly=true"])), "stops recording: S3 object writes on arn:a/b");
    assert_eq!(
        stops(&advanced(&[&["eventCategory=Management", "eventSource$=.aws"]]), &advanced(&[])),
        "stops recording: management events with eventSource ending with .aws"
    );
}

#[test]
fn a_long_list_of_losses_is_cut() {
    let values: Vec<String> = (0..12).map(|number| format!("source-{number:02}.amazonaws.com")).collect();
    let selectors: Vec<AdvancedEventSelector> = values
        .iter()
        .map(|source| selector(&["eventCategory=NetworkActivity", &format!("eventSource={source}")]))
        .collect();
    let sentence = Coverage::of_advanced(&selectors, HOME).stops();
    assert!(sentence.ends_with("of source-07.amazonaws.com; and 4 more"), "{sentence}");
}

#[test]
fn a_beginning_and_an_end_at_once_are_beyond_us_and_said_to_be_unknown() {
    let starts = s3(&["resources.ARN^=arn:a"]);
    let ends = s3(&["resources.ARN$=.log"]);
    assert_eq!(starts.covers(&starts), Some(true));
    assert_eq!(starts.covers(&ends), Some(false));
    let contradictory = advanced(&[&["eventCategory=Data", "eventName^=a", "eventName$=z"]]);
    assert_eq!(contradictory.covers(&advanced(&[&["eventCategory=Data", "eventName=bz"]])), None);
}

#[test]
fn many_selectors_are_compared_at_once() {
    let values: Vec<String> = (0..250).map(|number| format!("arn:aws:s3:::bucket-{number}/")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let all = basic("All", false, &[("AWS::S3::Object", &values)], &[]);
    let fewer = basic("All", false, &[("AWS::S3::Object", &values[1..])], &[]);
    assert_eq!(all.covers(&fewer), Some(true));
    assert_eq!(fewer.covers(&all), Some(false));
    assert_eq!(all.without(&fewer).words(), ["S3 object events in arn:aws:s3:::bucket-0/"]);
}

type Event = BTreeMap<&'static str, String>;

/// The rule of the user guide, read off the selector itself.
fn matches(selector: &AdvancedEventSelector, event: &Event) -> bool {
    selector.field_selectors.iter().all(|field| {
        let value = event[field.field.as_str()].as_str();
        let wanted = field.equals.len() + field.starts_with.len() + field.ends_with.len() > 0;
        let hit = field.equals.iter().any(|text| value == text)
            || field.starts_with.iter().any(|text| value.starts_with(text))
            || field.ends_with.iter().any(|text| value.ends_with(text));
        let refused = field.not_equals.iter().any(|text| value == text)
            || field.not_starts_with.iter().any(|text| value.starts_with(text))
            || field.not_ends_with.iter().any(|text| value.ends_with(text));
        (hit || !wanted) && !refused
    })
}

fn passes(selection: &Selection, event: &Event) -> bool {
    let hit = |pattern: &Pattern, value: &str| match pattern {
        Pattern::Equals(text) => value == text,
        Pattern::StartsWith(text) => value.starts_with(text.as_str()),
        Pattern::EndsWith(text) => value.ends_with(text.as_str()),
    };
    selection.conditions().all(|(field, condition)| {
        let value = &event[field];
        (condition.any.is_empty() || condition.any.iter().any(|pattern| hit(pattern, value)))
            && !condition.none.iter().any(|pattern| hit(pattern, value))
    })
}

fn every_event() -> Vec<Event> {
    let names = ["", "a", "b", "ab", "ba", "aa", "aab", "bab", "c", "abc"];
    let mut events = Vec::new();
    for category in ["Management", "Data"] {
        for read_only in ["true", "false"] {
            for name in names {
                for arn in names {
                    events.push(Event::from([
                        ("eventCategory", category.to_owned()),
                        ("readOnly", read_only.to_owned()),
                        ("eventName", name.to_owned()),
                        ("resources.ARN", arn.to_owned()),
                    ]));
                }
            }
        }
    }
    events
}

fn arbitrary_selectors() -> impl Strategy<Value = Vec<AdvancedEventSelector>> {
    let texts = || prop::collection::vec(prop::sample::select(&["", "a", "b", "ab", "ba", "aab"][..]), 0..2);
    let field = |name: &'static str| {
        (texts(), texts(), texts(), texts(), texts(), texts()).prop_map(move |parts| {
            let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
            FieldSelector {
                field: name.to_owned(),
                equals: owned(parts.0),
                not_equals: owned(parts.1),
                starts_with: owned(parts.2),
                not_starts_with: owned(parts.3),
                ends_with: owned(parts.4),
                not_ends_with: owned(parts.5),
            }
        })
    };
    let category = prop::sample::select(&["eventCategory=Management", "eventCategory=Data"][..]);
    let read_only = prop::option::of(prop::sample::select(&["readOnly=true", "readOnly!=true"][..]));
    let one = (category, read_only, field("eventName"), field("resources.ARN")).prop_map(
        |(category, read_only, name, arn)| {
            let fixed: Vec<&str> = [category].into_iter().chain(read_only).collect();
            let mut selector = selector(&fixed);
            selector.field_selectors.extend([name, arn]);
            selector
        },
    );
    prop::collection::vec(one, 0..3)
}

proptest! {
    #[test]
    fn subtraction_agrees_with_events_looked_at_one_by_one(
        live in arbitrary_selectors(),
        desired in arbitrary_selectors(),
    ) {
        let (before, after) = (Coverage::of_advanced(&live, HOME), Coverage::of_advanced(&desired, HOME));
        let lost = before.without(&after);
        let answer = after.covers(&before);
        for event in every_event() {
            let was = live.iter().any(|selector| matches(selector, &event));
            let is = desired.iter().any(|selector| matches(selector, &event));
            let told = lost.selections.iter().any(|selection| passes(selection, &event));
            let stops = was && !is;
            prop_assert!(told || !stops, "a loss goes unnoticed: {event:?} {lost:?}");
            prop_assert!(!lost.exact || told == stops, "a loss is made up: {event:?} {lost:?}");
            prop_assert!(answer != Some(true) || is || !was, "not covered: {event:?}");
        }
        prop_assert_eq!(before.covers(&before), if before.exact || before.is_empty() { Some(true) } else { None });
    }
}
