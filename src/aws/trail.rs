//! Trails and the SDK: which calls make up a trail's settings, and how each action is sent.

use super::connection::Connection;
use super::error::{CallError, Class};
use super::perform::Errand;
use super::read::{One, Reading, Readings, arn, filled, foreignness, time};
use super::selector;
use super::tags;
use super::together::all_together;
use crate::name::{Arn, Name, Region, Tags};
use crate::resource::selector::{AggregationConfiguration, InsightSelector, Selectors};
use crate::resource::trail::{Delivery, TrailHealth, TrailSettings};
use crate::resource::{Call, Health, Key, Kind, Spec, Trail, TrailAction};
use crate::state::{Asks, Foreign, Foreignness};
use aws_sdk_cloudtrail::operation::get_trail_status::GetTrailStatusOutput;
use aws_sdk_cloudtrail::types;
use aws_smithy_types::DateTime;

/// All trails that this region shows. Shadows are listed too, with one call either way: a trail elsewhere or of
/// the organization may cover what one of ours gives up, and it has its name in this region.
pub(super) async fn read(connection: &Connection, asks: &Asks) -> Result<Readings, CallError> {
    let request = connection.cloudtrail.describe_trails().include_shadow_trails(true);
    let answer = connection.call(Call::DescribeTrails, "trails", Box::pin(request.send())).await?;
    let trails = answer.trail_list();
    let own = trails.iter().filter_map(|trail| {
        arn(trail.trail_arn()).filter(|arn| why_foreign(connection, asks, trail, arn).is_none())
    });
    let reads = trails.iter().map(|trail| read_one(connection, asks, trail));
    let (reads, tags) = tokio::join!(all_together(reads), tags::read(connection, own));
    Ok(Readings::of(reads?, tags))
}

async fn read_one(connection: &Connection, asks: &Asks, trail: &types::Trail) -> Result<One, CallError> {
    let (Some(name), Some(arn)) = (trail.name(), arn(trail.trail_arn())) else { return Ok(One::Gone) };
    let name = Name::new(name);
    if let Some(why) = why_foreign(connection, asks, trail, &arn) {
        let key = Key::new(Kind::Trail, &name);
        // What a member account may read of an organization trail is little, and may be nothing
        // (user guide, organization trails): whatever fails here fails silently.
        let spec = part_of(connection, trail, &name, &arn).await.ok();
        let spec = spec.map(|(trail, _)| Box::new(Spec::Trail(trail)));
        return Ok(One::Foreign(Foreign { key, arn, why, spec }));
    }
    match whole(connection, trail, &name, &arn).await {
        Ok((trail, health)) => {
            let health = Health::Trail(health);
            let reading = Reading { arn, spec: Spec::Trail(trail), policy: None, health };
            Ok(One::Found(Box::new(reading), None))
        }
        Err(error) if error.is_not_found() => Ok(One::Gone),
        Err(error) => Err(error),
    }
}

fn why_foreign(connection: &Connection, asks: &Asks, trail: &types::Trail, arn: &Arn) -> Option<Foreignness> {
    // Control Tower makes its trails itself and repairs what others change (Control Tower user guide).
    if trail.name().is_some_and(|name| name.starts_with("aws-controltower-")) {
        return Some(Foreignness::Service("AWS Control Tower".to_owned()));
    }
    foreignness(connection, asks, arn).or_else(|| {
        let home = trail.home_region().and_then(Region::parse)?;
        (home != connection.target.region).then_some(Foreignness::HomeRegion(home))
    })
}

/// Every setting but the tags. The flags HasCustomEventSelectors and HasInsightSelectors are no proof, so
/// both are always asked for.
async fn whole(
    connection: &Connection,
    trail: &types::Trail,
    name: &Name,
    arn: &Arn,
) -> Result<(Trail, TrailHealth), CallError> {
    let (basis, insights, aggregations) = tokio::join!(
        part_of(connection, trail, name, arn),
        insight_selectors(connection, name, arn),
        aggregations(connection, name, arn),
    );
    let (basis, health) = basis?;
    let trail = Trail { insight_selectors: insights?, aggregation_configurations: aggregations?, ..basis };
    Ok((trail, health))
}

/// What tells which events a trail records: all that is worth knowing of a trail that is not ours to write.
pub(super) async fn part_of(
    connection: &Connection,
    trail: &types::Trail,
    name: &Name,
    arn: &Arn,
) -> Result<(Trail, TrailHealth), CallError> {
    let subject = Key::new(Kind::Trail, name).to_string();
    let client = &connection.cloudtrail;
    let (status, selectors) = tokio::join!(
        connection.call(
            Call::GetTrailStatus,
            &subject,
            Box::pin(client.get_trail_status().name(arn.as_str()).send())
        ),
        connection.call(
            Call::GetEventSelectors,
            &subject,
            Box::pin(client.get_event_selectors().trail_name(arn.as_str()).send()),
        ),
    );
    let (status, selectors) = (status?, selectors?);
    let trail = Trail {
        is_logging: status.is_logging().unwrap_or(false),
        event_selectors: selector::selectors(
            selectors.event_selectors(),
            selectors.advanced_event_selectors(),
        ),
        ..described(trail, name)
    };
    Ok((trail, health(&status)))
}

/// The members whose names begin with `Time` or end with `AttemptTime` are obsolete (API reference, `GetTrailStatus`).
fn health(status: &GetTrailStatusOutput) -> TrailHealth {
    let way =
        |error: Option<&str>, last: Option<&DateTime>| Delivery { error: filled(error), time: time(last) };
    TrailHealth {
        started: time(status.start_logging_time()),
        stopped: time(status.stop_logging_time()),
        delivery: way(status.latest_delivery_error(), status.latest_delivery_time()),
        digest: way(status.latest_digest_delivery_error(), status.latest_digest_delivery_time()),
        log_group: way(
            status.latest_cloud_watch_logs_delivery_error(),
            status.latest_cloud_watch_logs_delivery_time(),
        ),
        notification: way(status.latest_notification_error(), status.latest_notification_time()),
    }
}

/// What DescribeTrails tells; the rest at its defaults.
fn described(trail: &types::Trail, name: &Name) -> Trail {
    Trail {
        name: name.clone(),
        s3_bucket_name: trail.s3_bucket_name().unwrap_or_default().to_owned(),
        s3_key_prefix: filled(trail.s3_key_prefix()),
        // The member SnsTopicName is deprecated and holds a name or an ARN (API reference, Trail).
        sns_topic_name: filled(trail.sns_topic_arn()),
        include_global_service_events: trail.include_global_service_events().unwrap_or(true),
        is_multi_region_trail: trail.is_multi_region_trail().unwrap_or(false),
        enable_log_file_validation: trail.log_file_validation_enabled().unwrap_or(false),
        cloud_watch_logs_log_group_arn: filled(trail.cloud_watch_logs_log_group_arn()),
        cloud_watch_logs_role_arn: filled(trail.cloud_watch_logs_role_arn()),
        kms_key_id: filled(trail.kms_key_id()),
        is_organization_trail: trail.is_organization_trail().unwrap_or(false),
        // Servers that do not know the member yet behave as if it were true.
        recursive_logging: trail.recursive_logging().unwrap_or(true),
        is_logging: false,
        event_selectors: selector::selectors(&[], &[]),
        insight_selectors: Vec::new(),
        aggregation_configurations: Vec::new(),
        tags: Tags::new(),
        home: None,
    }
}

async fn insight_selectors(
    connection: &Connection,
    name: &Name,
    arn: &Arn,
) -> Result<Vec<InsightSelector>, CallError> {
    let subject = Key::new(Kind::Trail, name).to_string();
    let request = connection.cloudtrail.get_insight_selectors().trail_name(arn.as_str());
    match connection.call(Call::GetInsightSelectors, &subject, Box::pin(request.send())).await {
        Ok(answer) => Ok(selector::read_insights(answer.insight_selectors())),
        Err(error) if no_insights(&error) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// That insights are off is an error to the service (API reference, `GetInsightSelectors`); and where there
/// is no such operation, there are no insights.
pub(super) fn no_insights(error: &CallError) -> bool {
    error.has_code("InsightNotEnabledException") || error.class == Class::Unsupported
}

/// Where there is no such operation, nothing is aggregated: older servers do not know it.
async fn aggregations(
    connection: &Connection,
    name: &Name,
    arn: &Arn,
) -> Result<Vec<AggregationConfiguration>, CallError> {
    let subject = Key::new(Kind::Trail, name).to_string();
    let request = connection.cloudtrail.get_event_configuration().trail_name(arn.as_str());
    match connection.call(Call::GetEventConfiguration, &subject, Box::pin(request.send())).await {
        Ok(answer) => Ok(selector::read_aggregations(answer.aggregation_configurations())),
        Err(error) if error.class == Class::Unsupported => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The trail of this name in this region, if there is one that we may write.
pub(super) async fn find(connection: &Connection, name: &Name) -> Result<Option<(Arn, Trail)>, CallError> {
    let subject = Key::new(Kind::Trail, name).to_string();
    let request = connection.cloudtrail.describe_trails().trail_name_list(name.as_str());
    let answer = connection.call(Call::DescribeTrails, &subject, Box::pin(request.send())).await?;
    let found = answer.trail_list().iter().find(|trail| trail.name() == Some(name.as_str()));
    let Some((trail, arn)) = found.and_then(|trail| Some((trail, arn(trail.trail_arn())?))) else {
        return Ok(None);
    };
    Ok(Some((arn, described(trail, name))))
}

/// The live trail as it would be had it been created with these settings: the same again when it was.
/// A key or topic that was not sent as an ARN reads back as one, and is taken to be the one that was meant.
pub(super) fn as_created(live: &Trail, sent: &TrailSettings) -> Trail {
    let TrailSettings {
        s3_bucket_name,
        s3_key_prefix,
        sns_topic_name,
        include_global_service_events,
        is_multi_region_trail,
        enable_log_file_validation,
        cloud_watch_logs_log_group_arn,
        cloud_watch_logs_role_arn,
        kms_key_id,
        is_organization_trail,
        recursive_logging,
    } = sent.clone();
    let defaults = described(&types::Trail::builder().build(), &live.name);
    let topic = sns_topic_name.map(|topic| match &live.sns_topic_name {
        Some(arn) if arn.ends_with(&format!(":{topic}")) => arn.clone(),
        _ => topic,
    });
    Trail {
        s3_bucket_name: s3_bucket_name.unwrap_or_default(),
        s3_key_prefix,
        sns_topic_name: topic,
        include_global_service_events: include_global_service_events
            .unwrap_or(defaults.include_global_service_events),
        is_multi_region_trail: is_multi_region_trail.unwrap_or(defaults.is_multi_region_trail),
        enable_log_file_validation: enable_log_file_validation.unwrap_or(defaults.enable_log_file_validation),
        cloud_watch_logs_log_group_arn,
        cloud_watch_logs_role_arn,
        kms_key_id: key_as_read(kms_key_id, live.kms_key_id.as_ref()),
        is_organization_trail: is_organization_trail.unwrap_or(defaults.is_organization_trail),
        recursive_logging: recursive_logging.unwrap_or(defaults.recursive_logging),
        ..live.clone()
    }
}

/// The key that was sent as it reads back: an alias or id as the key that is there.
pub(super) fn key_as_read(sent: Option<String>, live: Option<&String>) -> Option<String> {
    sent.map(|sent| match live {
        Some(live) if !sent.contains(":key/") => live.clone(),
        _ => sent,
    })
}

/// Makes one call about a trail. Calls go by ARN: a delegated administrator's trails belong to the
/// management account (user guide, delegated administrators).
pub(super) async fn send(errand: &Errand<'_>, action: &TrailAction) -> Result<Option<Arn>, CallError> {
    let client = errand.cloudtrail;
    match action {
        TrailAction::Create { name, settings, tags } => return create(errand, name, settings, tags).await,
        TrailAction::Update(settings) => update(errand, settings).await?,
        TrailAction::Delete => {
            errand.call(Box::pin(client.delete_trail().name(errand.arn()?).send())).await?;
        }
        TrailAction::StartLogging => {
            errand.call(Box::pin(client.start_logging().name(errand.arn()?).send())).await?;
        }
        TrailAction::StopLogging => {
            errand.call(Box::pin(client.stop_logging().name(errand.arn()?).send())).await?;
        }
        TrailAction::PutEventSelectors(selectors) => {
            let request = client.put_event_selectors().trail_name(errand.arn()?);
            let request = match selectors {
                Selectors::Basic(basic) => request.set_event_selectors(Some(selector::write_basic(basic))),
                Selectors::Advanced(advanced) => {
                    let advanced = errand.built(selector::write_advanced(advanced))?;
                    request.set_advanced_event_selectors(Some(advanced))
                }
            };
            errand.call(Box::pin(request.send())).await?;
        }
        TrailAction::PutInsightSelectors(selectors) => {
            let selectors = selector::write_insights(selectors);
            let request = client.put_insight_selectors().trail_name(errand.arn()?);
            errand.call(Box::pin(request.set_insight_selectors(Some(selectors)).send())).await?;
        }
        TrailAction::PutEventConfiguration(configurations) => {
            let configurations = errand.built(selector::write_aggregations(configurations))?;
            let request = client.put_event_configuration().trail_name(errand.arn()?);
            errand
                .call(Box::pin(request.set_aggregation_configurations(Some(configurations)).send()))
                .await?;
        }
    }
    Ok(None)
}

async fn create(
    errand: &Errand<'_>,
    name: &Name,
    settings: &TrailSettings,
    tags: &Tags,
) -> Result<Option<Arn>, CallError> {
    let settings = settings.clone();
    let request = errand
        .cloudtrail
        .create_trail()
        .name(name.as_str())
        .set_s3_bucket_name(settings.s3_bucket_name)
        .set_s3_key_prefix(settings.s3_key_prefix)
        .set_sns_topic_name(settings.sns_topic_name)
        .set_include_global_service_events(settings.include_global_service_events)
        .set_is_multi_region_trail(settings.is_multi_region_trail)
        .set_enable_log_file_validation(settings.enable_log_file_validation)
        .set_cloud_watch_logs_log_group_arn(settings.cloud_watch_logs_log_group_arn)
        .set_cloud_watch_logs_role_arn(settings.cloud_watch_logs_role_arn)
        .set_kms_key_id(settings.kms_key_id)
        .set_is_organization_trail(settings.is_organization_trail)
        .set_recursive_logging(settings.recursive_logging)
        .set_tags_list(Some(errand.built(tags::write(tags))?));
    let answer = errand.call(Box::pin(request.send())).await?;
    errand.created(answer.trail_arn()).map(Some)
}

async fn update(errand: &Errand<'_>, settings: &TrailSettings) -> Result<(), CallError> {
    let TrailSettings {
        s3_bucket_name,
        s3_key_prefix,
        sns_topic_name,
        include_global_service_events,
        is_multi_region_trail,
        enable_log_file_validation,
        cloud_watch_logs_log_group_arn,
        cloud_watch_logs_role_arn,
        kms_key_id,
        is_organization_trail,
        recursive_logging,
    } = settings.clone();
    let request = errand
        .cloudtrail
        .update_trail()
        .name(errand.arn()?)
        .set_s3_bucket_name(s3_bucket_name)
        .set_s3_key_prefix(s3_key_prefix)
        .set_sns_topic_name(sns_topic_name)
        .set_include_global_service_events(include_global_service_events)
        .set_is_multi_region_trail(is_multi_region_trail)
        .set_enable_log_file_validation(enable_log_file_validation)
        .set_cloud_watch_logs_log_group_arn(cloud_watch_logs_log_group_arn)
        .set_cloud_watch_logs_role_arn(cloud_watch_logs_role_arn)
        .set_kms_key_id(kms_key_id)
        .set_is_organization_trail(is_organization_trail)
        .set_recursive_logging(recursive_logging);
    errand.call(Box::pin(request.send())).await.map(drop)
}
