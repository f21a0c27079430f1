//! Event selectors of trails, basic and advanced; the matrix of fields for stores too.

use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, AggregationConfiguration, DataResource,
    EventCategoryAggregation, EventSelector, ReadWriteType, Template,
};
use trailkeeper::emulator::{DefaultSelectorForm, Emulator, Switches};

use super::{ACCOUNT, client, code, refused};

/// One advanced selector: fields with an operator and values.
pub(crate) fn selector(fields: &[(&str, &str, &[&str])]) -> AdvancedEventSelector {
    let fields = fields.iter().map(|(field, operator, values)| {
        let values: Option<Vec<String>> = Some(values.iter().map(|value| (*value).to_owned()).collect());
        let field = AdvancedFieldSelector::builder().field(*field);
        let field = match *operator {
            "Equals" => field.set_equals(values),
            "StartsWith" => field.set_starts_with(values),
            "EndsWith" => field.set_ends_with(values),
            "NotEquals" => field.set_not_equals(values),
            "NotStartsWith" => field.set_not_starts_with(values),
            _ => field.set_not_ends_with(values),
        };
        field.build().unwrap()
    });
    AdvancedEventSelector::builder().set_field_selectors(Some(fields.collect())).build().unwrap()
}

fn of_type(r#type: &str, value: &str) -> DataResource {
    DataResource::builder().r#type(r#type).values(value).build()
}

async fn with_audit() -> Emulator {
    let emulator = Emulator::new(ACCOUNT);
    client(&emulator).create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    emulator
}

/// Both documented defaults of an unconfigured trail (API reference, GetEventSelectors; user guide).
#[tokio::test(start_paused = true)]
async fn an_unconfigured_trail_reports_the_default_in_either_form() {
    let emulator = with_audit().await;
    let read = client(&emulator).get_event_selectors().trail_name("audit").send().await.unwrap();
    let basic = EventSelector::builder()
        .read_write_type(ReadWriteType::All)
        .include_management_events(true)
        .set_data_resources(Some(Vec::new()))
        .set_exclude_management_event_sources(Some(Vec::new()))
        .build();
    assert_eq!((read.event_selectors(), read.advanced_event_selectors.is_none()), (&[basic][..], true));
    let default_selector_form = DefaultSelectorForm::Advanced;
    emulator.set_switches(Switches { default_selector_form, ..Switches::default() });
    let read = client(&emulator).get_event_selectors().trail_name("audit").send().await.unwrap();
    let mut advanced = selector(&[("eventCategory", "Equals", &["Management"])]);
    advanced.name = Some("Management events selector".to_owned());
    assert_eq!((read.event_selectors.is_none(), read.advanced_event_selectors()), (true, &[advanced][..]));
}

/// A selector reads back with all four members; putting one kind erases the other; putting the default back
/// leaves the account as it was (API reference, PutEventSelectors).
#[tokio::test(start_paused = true)]
async fn one_kind_of_selector_replaces_the_other() {
    let emulator = with_audit().await;
    let untouched = emulator.snapshot();
    let client = client(&emulator);
    let data =
        EventSelector::builder().data_resources(of_type("AWS::S3::Object", "arn:aws:s3:::payroll/")).build();
    client.put_event_selectors().trail_name("audit").event_selectors(data.clone()).send().await.unwrap();
    let read = client.get_event_selectors().trail_name("audit").send().await.unwrap();
    let filled = EventSelector::builder()
        .read_write_type(ReadWriteType::All)
        .include_management_events(true)
        .data_resources(of_type("AWS::S3::Object", "arn:aws:s3:::payroll/"))
        .set_exclude_management_event_sources(Some(Vec::new()))
        .build();
    assert_eq!(read.event_selectors(), [filled]);
    let advanced =
        selector(&[("eventCategory", "Equals", &["Management"]), ("readOnly", "Equals", &["false"])]);
    let put = client.put_event_selectors().trail_name("audit").advanced_event_selectors(advanced.clone());
    put.send().await.unwrap();
    let read = client.get_event_selectors().trail_name("audit").send().await.unwrap();
    assert_eq!((read.event_selectors.is_none(), read.advanced_event_selectors()), (true, &[advanced][..]));
    let trail = client.get_trail().name("audit").send().await.unwrap().trail.unwrap();
    assert_eq!(trail.has_custom_event_selectors(), Some(true));
    let default = EventSelector::builder().include_management_events(true).build();
    client.put_event_selectors().trail_name("audit").event_selectors(default).send().await.unwrap();
    assert_eq!(emulator.snapshot(), untouched);
}

/// Rules for basic selectors (API reference, EventSelector and DataResource; messages from AWS's own issues).
#[tokio::test(start_paused = true)]
async fn basic_selectors_are_checked() {
    let emulator = with_audit().await;
    let client = client(&emulator);
    let basic = EventSelector::builder;
    let with = |r#type: &str, value: &str| basic().data_resources(of_type(r#type, value)).build();
    let bad = [
        vec![],
        vec![basic().build(); 6],
        vec![basic().include_management_events(false).build()],
        vec![basic().read_write_type(ReadWriteType::from("Some")).build()],
        vec![basic().exclude_management_event_sources("s3.amazonaws.com").build()],
        vec![with("AWS::SNS::Topic", "arn:aws:sns")],
        vec![with("AWS::S3::Object", "arn:aws:s3:::*")],
        vec![with("AWS::S3::Object", "arn:aws:s3:::bucket")],
        vec![with("AWS::Lambda::Function", "arn:aws:lambda:*")],
    ];
    for selectors in bad {
        let put = client.put_event_selectors().trail_name("audit").set_event_selectors(Some(selectors));
        refused(&emulator, put.send(), "InvalidEventSelectorsException").await;
    }
    let neither = client.put_event_selectors().trail_name("audit");
    refused(&emulator, neither.send(), "InvalidEventSelectorsException").await;
    let good = vec![
        with("AWS::S3::Object", "arn:aws:s3"),
        with("AWS::Lambda::Function", "arn:aws:lambda"),
        with("AWS::Lambda::Function", "arn:aws:lambda:us-east-1:111122223333:function:f"),
        with("AWS::DynamoDB::Table", "arn:aws:dynamodb:us-east-1:111122223333:table/t"),
        basic().exclude_management_event_sources("kms.amazonaws.com").build(),
    ];
    let put = client.put_event_selectors().trail_name("audit").set_event_selectors(Some(good));
    put.send().await.unwrap();
}

/// The matrix of categories, fields and operators on trails (API reference, AdvancedFieldSelector).
#[tokio::test(start_paused = true)]
async fn advanced_selectors_of_trails_follow_the_matrix() {
    let emulator = with_audit().await;
    let client = client(&emulator);
    let management = ("eventCategory", "Equals", &["Management"][..]);
    let data = ("eventCategory", "Equals", &["Data"][..]);
    let network = ("eventCategory", "Equals", &["NetworkActivity"][..]);
    let s3 = ("resources.type", "Equals", &["AWS::S3::Object"][..]);
    let many: Vec<String> = (0..501).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let bad = [
        selector(&[("readOnly", "Equals", &["true"])]),
        selector(&[("eventCategory", "NotEquals", &["Management"])]),
        selector(&[("eventCategory", "Equals", &["Management", "Data"])]),
        selector(&[("eventCategory", "Equals", &["ActivityAuditLog"])]),
        selector(&[management, ("eventName", "Equals", &["PutObject"])]),
        selector(&[management, ("eventSource", "Equals", &["kms.amazonaws.com"])]),
        selector(&[management, ("eventSource", "NotEquals", &["s3.amazonaws.com"])]),
        selector(&[management, ("readOnly", "Equals", &["yes"])]),
        selector(&[management, ("readOnly", "Equals", &["true"]), ("readOnly", "Equals", &["false"])]),
        selector(&[data]),
        selector(&[data, ("resources.type", "StartsWith", &["AWS::S3"])]),
        selector(&[data, s3, ("eventName", "Equals", &[])]),
        selector(&[data, s3, ("eventName", "Equals", &many)]),
        selector(&[network]),
        selector(&[network, ("eventSource", "Equals", &["s3.amazonaws.com", "kms.amazonaws.com"])]),
        selector(&[
            network,
            ("eventSource", "Equals", &["s3.amazonaws.com"]),
            ("errorCode", "Equals", &["No"]),
        ]),
    ];
    for bad in bad {
        let put = client.put_event_selectors().trail_name("audit").advanced_event_selectors(bad);
        refused(&emulator, put.send(), "InvalidEventSelectorsException").await;
    }
    let good = vec![
        selector(&[
            management,
            ("eventSource", "NotEquals", &["kms.amazonaws.com", "rdsdata.amazonaws.com"]),
        ]),
        selector(&[
            data,
            s3,
            ("resources.ARN", "StartsWith", &["arn:aws:s3:::b/"]),
            ("readOnly", "Equals", &["true"]),
        ]),
        selector(&[
            data,
            s3,
            ("eventName", "NotEndsWith", &["Object"]),
            ("userIdentity.arn", "NotStartsWith", &["a"]),
        ]),
        selector(&[
            network,
            ("eventSource", "Equals", &["s3.amazonaws.com"]),
            ("userIdentity.arn", "Equals", &["a"]),
        ]),
    ];
    let put = client.put_event_selectors().trail_name("audit").set_advanced_event_selectors(Some(good));
    put.send().await.unwrap();
}

/// The matrix on event data stores (API reference, AdvancedFieldSelector; user guide).
#[tokio::test(start_paused = true)]
async fn advanced_selectors_of_stores_follow_the_matrix() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let alone = |category| selector(&[("eventCategory", "Equals", &[category])]);
    let management = ("eventCategory", "Equals", &["Management"][..]);
    let network = ("eventCategory", "Equals", &["NetworkActivity"][..]);
    let bad = [
        vec![],
        vec![alone("Insight"), alone("Management")],
        vec![selector(&[("eventCategory", "Equals", &["Insight"]), ("eventName", "Equals", &["x"])])],
        vec![selector(&[
            network,
            ("eventSource", "Equals", &["s3.amazonaws.com"]),
            ("userIdentity.arn", "Equals", &["a"]),
        ])],
        vec![selector(&[management, ("sessionCredentialFromConsole", "StartsWith", &["true"])])],
    ];
    for selectors in bad {
        let create =
            client.create_event_data_store().name("lake").set_advanced_event_selectors(Some(selectors));
        refused(&emulator, create.send(), "InvalidEventSelectorsException").await;
    }
    let good = vec![
        selector(&[management, ("eventName", "Equals", &["x"]), ("eventType", "NotEquals", &["y"])]),
        selector(&[management, ("sessionCredentialFromConsole", "NotEquals", &["true"])]),
        selector(&[network, ("eventSource", "Equals", &["s3.amazonaws.com"])]),
    ];
    let create = client.create_event_data_store().name("lake").set_advanced_event_selectors(Some(good));
    create.send().await.unwrap();
}

/// PutEventConfiguration on a trail: one aggregation, of data events, which must be logged (API reference).
#[tokio::test(start_paused = true)]
async fn aggregation_needs_data_events_and_reads_back() {
    let emulator = with_audit().await;
    let client = client(&emulator);
    let aggregation = AggregationConfiguration::builder()
        .event_category(EventCategoryAggregation::Data)
        .templates(Template::ApiActivity)
        .build()
        .unwrap();
    let put = || client.put_event_configuration().trail_name("audit");
    let early = put().aggregation_configurations(aggregation.clone());
    refused(&emulator, early.send(), "InvalidParameterException").await;
    let data = EventSelector::builder().data_resources(of_type("AWS::S3::Object", "arn:aws:s3")).build();
    client.put_event_selectors().trail_name("audit").event_selectors(data).send().await.unwrap();
    put().aggregation_configurations(aggregation.clone()).send().await.unwrap();
    let read = client.get_event_configuration().trail_name("audit").send().await.unwrap();
    assert_eq!(read.aggregation_configurations(), [aggregation]);
    let narrowed = EventSelector::builder().build();
    let narrow = client.put_event_selectors().trail_name("audit").event_selectors(narrowed);
    refused(&emulator, narrow.send(), "InvalidEventSelectorsException").await;
    put().set_aggregation_configurations(Some(Vec::new())).send().await.unwrap();
    let read = client.get_event_configuration().trail_name("audit").send().await.unwrap();
    assert_eq!(read.aggregation_configurations(), []);
    let wrong = put().max_event_size(aws_sdk_cloudtrail::types::MaxEventSize::Large);
    assert_eq!(code(wrong.send().await), "InvalidParameterCombinationException");
}
