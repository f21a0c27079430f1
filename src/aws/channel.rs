//! Channels and the SDK: which calls make up a channel's settings, and how each action is sent.

use super::connection::Connection;
use super::error::CallError;
use super::perform::Errand;
use super::policy;
use super::read::{One, Reading, Readings, arn, filled, foreignness, time};
use super::tags;
use super::together::all_together;
use crate::name::{Arn, Name, Tags};
use crate::resource::channel::ChannelHealth;
use crate::resource::{Call, Channel, ChannelAction, Health, Key, Kind, Parent, Spec, Text};
use crate::state::{Asks, Foreign, Foreignness};
use aws_sdk_cloudtrail::types::{Destination, DestinationType, IngestionStatus};

/// Entries of one page (API reference, `ListChannels`).
const PAGE: i32 = 1000;

/// How the names of service-linked channels begin (user guide, service-linked channels).
const SERVICE_LINKED: &str = "aws-service-channel/";

/// All channels that this region shows.
pub(super) async fn read(connection: &Connection, asks: &Asks) -> Result<Readings, CallError> {
    let listed = list(connection).await?;
    let own = listed.iter().filter(|(name, arn)| why_foreign(connection, asks, name, arn).is_none());
    let own = own.map(|(_, arn)| arn.clone());
    let reads = listed.iter().map(|(name, arn)| read_one(connection, asks, name, arn));
    let (reads, tags) = tokio::join!(all_together(reads), tags::read(connection, own));
    Ok(Readings::of(reads?, tags))
}

/// Name and ARN of every channel: the list tells no more (API reference, `ListChannels`).
async fn list(connection: &Connection) -> Result<Vec<(Name, Arn)>, CallError> {
    let mut listed = Vec::new();
    let mut next = None;
    loop {
        let request = connection.cloudtrail.list_channels().max_results(PAGE).set_next_token(next.take());
        let page = connection.call(Call::ListChannels, "channels", Box::pin(request.send())).await?;
        for channel in page.channels() {
            let name = channel.name().map(Name::new);
            listed.extend(name.zip(arn(channel.channel_arn())));
        }
        match page.next_token() {
            Some(token) if !token.is_empty() => next = Some(token.to_owned()),
            _ => return Ok(listed),
        }
    }
}

async fn read_one(connection: &Connection, asks: &Asks, name: &Name, arn: &Arn) -> Result<One, CallError> {
    if let Some(why) = why_foreign(connection, asks, name, arn) {
        let key = Key::new(Kind::Channel, name);
        return Ok(One::Foreign(Foreign { key, arn: arn.clone(), why, spec: None }));
    }
    let (channel, policy) =
        tokio::join!(get(connection, name, arn), policy::read(connection, Parent::Channel, name, arn));
    let Some((channel, health)) = channel? else { return Ok(One::Gone) };
    let (policy, policy_error) = policy.map_or_else(|error| (None, Some(error)), |policy| (policy, None));
    let reading = Box::new(Reading {
        arn: arn.clone(),
        spec: Spec::Channel(channel),
        policy,
        health: Health::Channel(health),
    });
    Ok(One::Found(reading, policy_error))
}

fn why_foreign(connection: &Connection, asks: &Asks, name: &Name, arn: &Arn) -> Option<Foreignness> {
    service_linked(name).or_else(|| foreignness(connection, asks, arn))
}

/// The service that a service-linked channel belongs to.
fn service_linked(name: &Name) -> Option<Foreignness> {
    let service = name.as_str().strip_prefix(SERVICE_LINKED)?.split('/').next()?;
    Some(Foreignness::Service(service.to_owned()))
}

/// One channel as it is now, but for its tags; none when it is gone.
async fn get(
    connection: &Connection,
    name: &Name,
    arn: &Arn,
) -> Result<Option<(Channel, ChannelHealth)>, CallError> {
    let subject = Key::new(Kind::Channel, name).to_string();
    let request = connection.cloudtrail.get_channel().channel(arn.as_str());
    match connection.call(Call::GetChannel, &subject, Box::pin(request.send())).await {
        Ok(answer) => {
            let channel = Channel {
                name: answer.name().map_or_else(|| name.clone(), Name::new),
                source: answer.source().unwrap_or_default().to_owned(),
                destinations: answer.destinations().iter().map(|one| Text::plain(one.location())).collect(),
                tags: Tags::new(),
            };
            Ok(Some((channel, answer.ingestion_status().map(health).unwrap_or_default())))
        }
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn health(status: &IngestionStatus) -> ChannelHealth {
    ChannelHealth {
        error: filled(status.latest_ingestion_error_code()),
        attempted: time(status.latest_ingestion_attempt_time()),
        succeeded: time(status.latest_ingestion_success_time()),
    }
}

/// The channel of this name, if there is one.
pub(super) async fn find(connection: &Connection, name: &Name) -> Result<Option<(Arn, Channel)>, CallError> {
    let listed = list(connection).await?;
    let Some((_, arn)) = listed.into_iter().find(|(listed, _)| listed == name) else { return Ok(None) };
    Ok(get(connection, name, &arn).await?.map(|(channel, _)| (arn, channel)))
}

/// Makes one call about a channel.
pub(super) async fn send(errand: &Errand<'_>, action: &ChannelAction) -> Result<Option<Arn>, CallError> {
    let client = errand.cloudtrail;
    match action {
        ChannelAction::Create { name, source, destinations, tags } => {
            let request = client
                .create_channel()
                .name(name.as_str())
                .source(source)
                .set_destinations(Some(write_destinations(errand, destinations)?))
                .set_tags(Some(errand.built(tags::write(tags))?));
            let answer = errand.call(Box::pin(request.send())).await?;
            return errand.created(answer.channel_arn()).map(Some);
        }
        ChannelAction::Update { name, destinations } => {
            let destinations =
                destinations.as_ref().map(|destinations| write_destinations(errand, destinations));
            let request = client
                .update_channel()
                .channel(errand.arn()?)
                .set_name(name.as_ref().map(ToString::to_string))
                .set_destinations(destinations.transpose()?);
            errand.call(Box::pin(request.send())).await?;
        }
        ChannelAction::Delete => {
            errand.call(Box::pin(client.delete_channel().channel(errand.arn()?).send())).await?;
        }
    }
    Ok(None)
}

fn write_destinations(errand: &Errand<'_>, destinations: &[Text]) -> Result<Vec<Destination>, CallError> {
    let written = destinations.iter().map(|store| {
        let location = errand.write(store)?;
        // The other type, AWS_SERVICE, is for service-linked channels alone (API reference, `Destination`).
        let destination = Destination::builder().r#type(DestinationType::EventDataStore).location(location);
        errand.built(destination.build())
    });
    written.collect()
}
