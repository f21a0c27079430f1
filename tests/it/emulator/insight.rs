//! Insight selectors of trails and stores, and the event configuration of stores.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::{
    ContextKeySelector, EventSelector, InsightSelector, InsightType, MaxEventSize, ReadWriteType,
    SourceEventCategory, Type,
};
use trailkeeper::emulator::{Emulator, Switches};

use super::event_data_store::{settled, store_of};
use super::selector::selector;
use super::{ACCOUNT, client, code, refused};

fn insight(insight_type: InsightType, categories: &[SourceEventCategory]) -> InsightSelector {
    let categories = (!categories.is_empty()).then(|| categories.to_vec());
    InsightSelector::builder().insight_type(insight_type).set_event_categories(categories).build()
}

async fn with_audit() -> (Emulator, Client) {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    (emulator, client)
}

/// No insights is an error; a put replaces; omitted categories mean management; order is not preserved; an
/// empty list disables (API reference, PutInsightSelectors and GetInsightSelectors).
#[tokio::test(start_paused = true)]
async fn insights_of_a_trail_are_replaced_and_disabled() {
    let (emulator, client) = with_audit().await;
    let get = || client.get_insight_selectors().trail_name("audit").send();
    let put =
        |selectors| client.put_insight_selectors().trail_name("audit").set_insight_selectors(Some(selectors));
    assert_eq!(code(get().await), "InsightNotEnabledException");
    let management = [SourceEventCategory::Management];
    let both =
        vec![insight(InsightType::ApiErrorRateInsight, &[]), insight(InsightType::ApiCallRateInsight, &[])];
    put(both).send().await.unwrap();
    let expected = [
        insight(InsightType::ApiCallRateInsight, &management),
        insight(InsightType::ApiErrorRateInsight, &management),
    ];
    assert_eq!(get().await.unwrap().insight_selectors(), expected);
    put(vec![insight(InsightType::ApiErrorRateInsight, &management)]).send().await.unwrap();
    assert_eq!(get().await.unwrap().insight_selectors(), &expected[1..]);
    emulator.set_switches(Switches { insight_categories_absent: true, ..Switches::default() });
    assert_eq!(get().await.unwrap().insight_selectors(), [insight(InsightType::ApiErrorRateInsight, &[])]);
    put(Vec::new()).send().await.unwrap();
    assert_eq!(code(get().await), "InsightNotEnabledException");
}

/// ApiCallRateInsight needs management writes, ApiErrorRateInsight any management events, the Data category
/// data events (API reference, InsightSelector).
#[tokio::test(start_paused = true)]
async fn insights_need_the_events_that_they_are_made_of() {
    let (emulator, client) = with_audit().await;
    let put = |selector| client.put_insight_selectors().trail_name("audit").insight_selectors(selector);
    let data = insight(InsightType::ApiCallRateInsight, &[SourceEventCategory::Data]);
    refused(&emulator, put(data).send(), "InvalidInsightSelectorsException").await;
    let unknown = insight(InsightType::from("Other"), &[]);
    refused(&emulator, put(unknown).send(), "InvalidInsightSelectorsException").await;
    let reads = EventSelector::builder().read_write_type(ReadWriteType::ReadOnly).build();
    let narrow = || client.put_event_selectors().trail_name("audit").event_selectors(reads.clone());
    narrow().send().await.unwrap();
    let calls = || insight(InsightType::ApiCallRateInsight, &[]);
    refused(&emulator, put(calls()).send(), "InvalidInsightSelectorsException").await;
    put(insight(InsightType::ApiErrorRateInsight, &[])).send().await.unwrap();
    let all = EventSelector::builder().read_write_type(ReadWriteType::All).build();
    client.put_event_selectors().trail_name("audit").event_selectors(all).send().await.unwrap();
    put(calls()).send().await.unwrap();
    // That narrowing under insights is refused on trails is unverified; a switch lets it pass.
    refused(&emulator, narrow().send(), "InvalidEventSelectorsException").await;
    emulator.set_switches(Switches { narrowing_under_insights_refused: false, ..Switches::default() });
    narrow().send().await.unwrap();
}

/// Insights of a store go to a store of insight events, which reads back by ARN; narrowing the source under
/// them is refused (API reference, PutInsightSelectors and UpdateEventDataStore).
#[tokio::test(start_paused = true)]
async fn insights_of_a_store_go_to_another_store() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let source = store_of(&client, "source", "Management").await;
    let destination = store_of(&client, "insights", "Insight").await;
    let id = destination.rsplit('/').next().unwrap();
    let calls = || insight(InsightType::ApiCallRateInsight, &[]);
    let put = || client.put_insight_selectors().event_data_store(&source).insight_selectors(calls());
    refused(&emulator, put().send(), "InvalidParameterException").await;
    let itself = put().insights_destination(&source);
    refused(&emulator, itself.send(), "InvalidInsightSelectorsException").await;
    put().insights_destination(id).send().await.unwrap();
    let read = client.get_insight_selectors().event_data_store(&source).send().await.unwrap();
    assert_eq!(
        (read.event_data_store_arn(), read.insights_destination(), read.insight_selectors().len()),
        (Some(source.as_str()), Some(destination.as_str()), 1)
    );
    let reads = selector(&[("eventCategory", "Equals", &["Management"]), ("readOnly", "Equals", &["true"])]);
    let narrow = client.update_event_data_store().event_data_store(&source).advanced_event_selectors(reads);
    refused(&emulator, narrow.send(), "InvalidInsightSelectorsException").await;
    let off =
        client.put_insight_selectors().event_data_store(&source).set_insight_selectors(Some(Vec::new()));
    off.send().await.unwrap();
    let read = client.get_insight_selectors().event_data_store(&source).send().await;
    assert_eq!(code(read), "InsightNotEnabledException");
}

/// PutEventConfiguration on a store: context keys need large events, one selector per type, documented keys
/// (API reference; user guide, "Enrich CloudTrail events"). What omission does is unverified: both ways.
#[tokio::test(start_paused = true)]
async fn context_keys_need_large_events() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let store = store_of(&client, "lake", "Management").await;
    let keys = |r#type, key: &str| ContextKeySelector::builder().r#type(r#type).equals(key).build().unwrap();
    let put = || client.put_event_configuration().event_data_store(&store);
    let read = || async {
        let read = client.get_event_configuration().event_data_store(&store).send().await.unwrap();
        (read.max_event_size, read.context_key_selectors.unwrap())
    };
    assert_eq!(read().await, (Some(MaxEventSize::Standard), Vec::new()));
    let tags = keys(Type::TagContext, "cost");
    let small = put().max_event_size(MaxEventSize::Standard).context_key_selectors(tags.clone());
    refused(&emulator, small.send(), "InvalidParameterException").await;
    let odd =
        put().max_event_size(MaxEventSize::Large).context_key_selectors(keys(Type::RequestContext, "odd"));
    refused(&emulator, odd.send(), "InvalidParameterException").await;
    put().max_event_size(MaxEventSize::Large).context_key_selectors(tags.clone()).send().await.unwrap();
    assert_eq!(read().await, (Some(MaxEventSize::Large), vec![tags.clone()]));
    put().max_event_size(MaxEventSize::Large).send().await.unwrap();
    assert_eq!(read().await, (Some(MaxEventSize::Large), vec![tags]));
    emulator.set_switches(Switches { event_configuration_omission_clears: true, ..Switches::default() });
    put().max_event_size(MaxEventSize::Large).send().await.unwrap();
    assert_eq!(read().await, (Some(MaxEventSize::Large), Vec::new()));
    let audit = store_of(&client, "audit", "ActivityAuditLog").await;
    settled(&client, &audit).await;
    let other = client.put_event_configuration().event_data_store(&audit).max_event_size(MaxEventSize::Large);
    refused(&emulator, other.send(), "InvalidEventDataStoreCategoryException").await;
}

/// A delegated administrator cannot enable Insights on a store of the organization (user guide, "Organization delegated
/// administrator"; the code is unverified).
#[tokio::test(start_paused = true)]
async fn a_delegated_administrator_enables_no_insights_on_the_organizations_store() {
    let snapshot = "
formatVersion: 1
organization: {managementAccount: \"999900001111\", delegatedAdmins: [\"111122223333\"]}
";
    let emulator = Emulator::restore(snapshot, ACCOUNT).unwrap();
    let client = client(&emulator);
    let insights = store_of(&client, "insights", "Insight").await;
    let create = client.create_event_data_store().name("company").organization_enabled(true);
    let company = create.send().await.unwrap().event_data_store_arn.unwrap();
    let own = store_of(&client, "own", "Management").await;
    for store in [&insights, &company, &own] {
        settled(&client, store).await;
    }
    let errors = InsightSelector::builder().insight_type(InsightType::ApiErrorRateInsight).build();
    let put = |store: &str| {
        let put = client.put_insight_selectors().event_data_store(store).insights_destination(&insights);
        put.insight_selectors(errors.clone()).send()
    };
    refused(&emulator, put(&company), "NotOrganizationMasterAccountException").await;
    put(&own).await.unwrap();
}
