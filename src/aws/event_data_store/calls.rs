//! How each action about an event data store is sent.

use crate::aws::error::CallError;
use crate::aws::perform::Errand;
use crate::aws::{selector, tags};
use crate::name::{Arn, Tags};
use crate::resource::EventDataStoreAction;
use crate::resource::event_data_store::{ContextKeySelector, EventDataStoreSettings};
use crate::resource::selector::AdvancedEventSelector;
use aws_sdk_cloudtrail::types;
use aws_smithy_types::error::operation::BuildError;

/// Makes one call about a store.
pub(in crate::aws) async fn send(
    errand: &Errand<'_>,
    action: &EventDataStoreAction,
) -> Result<Option<Arn>, CallError> {
    let client = errand.cloudtrail;
    match action {
        EventDataStoreAction::Create { settings, start_ingestion, tags } => {
            return create(errand, settings, *start_ingestion, tags).await;
        }
        EventDataStoreAction::Update(settings) => update(errand, settings).await?,
        EventDataStoreAction::Delete => {
            errand
                .call(Box::pin(client.delete_event_data_store().event_data_store(errand.arn()?).send()))
                .await?;
        }
        EventDataStoreAction::Restore => {
            errand
                .call(Box::pin(client.restore_event_data_store().event_data_store(errand.arn()?).send()))
                .await?;
        }
        EventDataStoreAction::StartIngestion => {
            let request = client.start_event_data_store_ingestion().event_data_store(errand.arn()?);
            errand.call(Box::pin(request.send())).await?;
        }
        EventDataStoreAction::StopIngestion => {
            let request = client.stop_event_data_store_ingestion().event_data_store(errand.arn()?);
            errand.call(Box::pin(request.send())).await?;
        }
        EventDataStoreAction::EnableFederation(role) => {
            let request =
                client.enable_federation().event_data_store(errand.arn()?).federation_role_arn(role);
            errand.call(Box::pin(request.send())).await?;
        }
        EventDataStoreAction::DisableFederation => {
            errand.call(Box::pin(client.disable_federation().event_data_store(errand.arn()?).send())).await?;
        }
        EventDataStoreAction::PutInsightSelectors { selectors, destination } => {
            let destination = destination.as_ref().map(|text| errand.write(text)).transpose()?;
            let request = client
                .put_insight_selectors()
                .event_data_store(errand.arn()?)
                .set_insight_selectors(Some(selector::write_insights(selectors)))
                .set_insights_destination(destination);
            errand.call(Box::pin(request.send())).await?;
        }
        EventDataStoreAction::PutEventConfiguration { max_event_size, context_key_selectors } => {
            let keys = errand.built(context_key_selectors.iter().map(write_context_keys).collect())?;
            let request = client
                .put_event_configuration()
                .event_data_store(errand.arn()?)
                .max_event_size(types::MaxEventSize::from(max_event_size.as_str()))
                .set_context_key_selectors(Some(keys));
            errand.call(Box::pin(request.send())).await?;
        }
    }
    Ok(None)
}

fn write_context_keys(selector: &ContextKeySelector) -> Result<types::ContextKeySelector, BuildError> {
    let ContextKeySelector { r#type, equals } = selector;
    types::ContextKeySelector::builder()
        .r#type(types::Type::from(r#type.as_str()))
        .set_equals(Some(equals.clone()))
        .build()
}

async fn create(
    errand: &Errand<'_>,
    settings: &EventDataStoreSettings,
    start_ingestion: bool,
    tags: &Tags,
) -> Result<Option<Arn>, CallError> {
    let settings = settings.clone();
    let selectors = written_selectors(errand, settings.advanced_event_selectors)?;
    let request = errand
        .cloudtrail
        .create_event_data_store()
        .set_name(settings.name.map(|name| name.to_string()))
        .set_advanced_event_selectors(selectors)
        .set_multi_region_enabled(settings.multi_region_enabled)
        .set_organization_enabled(settings.organization_enabled)
        .set_retention_period(settings.retention_period.map(days))
        .set_billing_mode(settings.billing_mode.map(|mode| types::BillingMode::from(mode.as_str())))
        .set_termination_protection_enabled(settings.termination_protection_enabled)
        .set_kms_key_id(settings.kms_key_id)
        // Some categories refuse the member (user guide, event data stores), and true is the default.
        .set_start_ingestion((!start_ingestion).then_some(false))
        .set_tags_list(Some(errand.built(tags::write(tags))?));
    let answer = errand.call(Box::pin(request.send())).await?;
    errand.created(answer.event_data_store_arn()).map(Some)
}

async fn update(errand: &Errand<'_>, settings: &EventDataStoreSettings) -> Result<(), CallError> {
    let EventDataStoreSettings {
        name,
        advanced_event_selectors,
        multi_region_enabled,
        organization_enabled,
        retention_period,
        billing_mode,
        termination_protection_enabled,
        kms_key_id,
    } = settings.clone();
    let selectors = written_selectors(errand, advanced_event_selectors)?;
    let request = errand
        .cloudtrail
        .update_event_data_store()
        .event_data_store(errand.arn()?)
        .set_name(name.map(|name| name.to_string()))
        .set_advanced_event_selectors(selectors)
        .set_multi_region_enabled(multi_region_enabled)
        .set_organization_enabled(organization_enabled)
        .set_retention_period(retention_period.map(days))
        .set_billing_mode(billing_mode.map(|mode| types::BillingMode::from(mode.as_str())))
        .set_termination_protection_enabled(termination_protection_enabled)
        .set_kms_key_id(kms_key_id);
    errand.call(Box::pin(request.send())).await.map(drop)
}

fn written_selectors(
    errand: &Errand<'_>,
    selectors: Option<Vec<AdvancedEventSelector>>,
) -> Result<Option<Vec<types::AdvancedEventSelector>>, CallError> {
    selectors.map(|selectors| errand.built(selector::write_advanced(&selectors))).transpose()
}

/// Days as the wire has them; what no `i32` holds the service refuses either way.
fn days(days: u32) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}
