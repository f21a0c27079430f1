//! Tags: who says that a resource is theirs. Read in batches while the rest of a kind is read, and one by one where a
//! batch fails, because one ARN that the service does not like fails the whole batch.

use super::connection::Connection;
use super::error::{CallError, Class};
use super::together::together;
use crate::name::{Arn, Name, Tags};
use crate::resource::Call;
use crate::state::{MANIFEST_TAG, NAME_TAG, Owner};
use aws_sdk_cloudtrail::types::Tag;
use aws_smithy_types::error::operation::BuildError;
use std::collections::BTreeMap;

/// ARNs of one ListTags call (API reference, `ListTags`).
const BATCH: usize = 20;

/// What could be learnt of each resource's tags; `Ok(None)` when the resource has gone meanwhile.
pub(super) type Answers = BTreeMap<Arn, Result<Option<Tags>, CallError>>;

/// The tags of these resources. ARNs of different accounts never share a batch: the service refuses ARNs of
/// another account than the caller's ("AccountID in ARN is wrong"), except perhaps from a delegated
/// administrator (unverified).
pub(super) async fn read(connection: &Connection, arns: impl IntoIterator<Item = Arn>) -> Answers {
    let mut accounts: BTreeMap<String, Vec<Arn>> = BTreeMap::new();
    for arn in arns {
        accounts.entry(arn.account().to_owned()).or_default().push(arn);
    }
    let batches = accounts.values().flat_map(|arns| arns.chunks(BATCH));
    together(batches.map(|batch| of_batch(connection, batch))).await.into_iter().flatten().collect()
}

async fn of_batch(connection: &Connection, batch: &[Arn]) -> Answers {
    let arns: Vec<&Arn> = batch.iter().collect();
    match list(connection, &arns).await {
        Ok(tags) => answered(tags),
        Err(error) if is_about_the_caller(&error) => refused(&arns, &error),
        Err(error) => singly(connection, &arns, error).await,
    }
}

/// One by one; `error` is what the batch was answered.
async fn singly(connection: &Connection, arns: &[&Arn], error: CallError) -> Answers {
    if let [arn] = arns {
        return Answers::from([((*arn).clone(), vanished(error))]);
    }
    let reads = arns.iter().map(|arn| async move {
        match list(connection, &[arn]).await {
            Ok(tags) => answered(tags),
            Err(error) => Answers::from([((*arn).clone(), vanished(error))]),
        }
    });
    together(reads).await.into_iter().flatten().collect()
}

fn vanished(error: CallError) -> Result<Option<Tags>, CallError> {
    if error.is_not_found() { Ok(None) } else { Err(error) }
}

/// Whether smaller batches would be answered alike.
fn is_about_the_caller(error: &CallError) -> bool {
    matches!(error.class, Class::Throttled | Class::Unreachable | Class::Unknown | Class::Unsupported)
}

fn answered(tags: BTreeMap<Arn, Tags>) -> Answers {
    tags.into_iter().map(|(arn, tags)| (arn, Ok(Some(tags)))).collect()
}

fn refused(arns: &[&Arn], error: &CallError) -> Answers {
    arns.iter().map(|arn| ((*arn).clone(), Err(error.clone()))).collect()
}

/// The tags of at most twenty resources; one that the answer leaves out has none.
pub(super) async fn list(connection: &Connection, arns: &[&Arn]) -> Result<BTreeMap<Arn, Tags>, CallError> {
    let mut tags: BTreeMap<Arn, Tags> = arns.iter().map(|arn| ((*arn).clone(), Tags::new())).collect();
    let ids: Vec<String> = arns.iter().map(|arn| arn.as_str().to_owned()).collect();
    let subject = match arns {
        [arn] => arn.to_string(),
        arns => format!("{} resources", arns.len()),
    };
    let mut next = None;
    loop {
        let request = connection
            .cloudtrail
            .list_tags()
            .set_resource_id_list(Some(ids.clone()))
            .set_next_token(next.take());
        let page = connection.call(Call::ListTags, &subject, Box::pin(request.send())).await?;
        for resource in page.resource_tag_list() {
            let arn = resource.resource_id().and_then(|id| Arn::parse(id).ok());
            if let Some(known) = arn.and_then(|arn| tags.get_mut(&arn)) {
                let pair = |tag: &Tag| (tag.key().to_owned(), tag.value().unwrap_or_default().to_owned());
                known.extend(resource.tags_list().iter().map(pair));
            }
        }
        match page.next_token() {
            Some(token) if !token.is_empty() => next = Some(token.to_owned()),
            _ => return Ok(tags),
        }
    }
}

/// Who says that the resource of this name is theirs. The manifest's tag decides; where the other one was
/// taken off, the name speaks for itself.
pub(super) fn owner(tags: &Tags, name: &Name) -> Owner {
    match (tags.get(MANIFEST_TAG), tags.get(NAME_TAG)) {
        (Some(manifest), declared) => Owner::Manifest {
            manifest: manifest.clone(),
            name: declared.map_or_else(|| name.clone(), |declared| Name::new(declared.as_str())),
        },
        (None, _) => Owner::Nobody,
    }
}

/// Tags as they are sent.
///
/// # Errors
/// Never for tags of ours: each has a key.
pub(super) fn write(tags: &Tags) -> Result<Vec<Tag>, BuildError> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Keys as RemoveTags takes them: the value does not matter (user guide, examples of `RemoveTags`).
///
/// # Errors
/// Never for keys of ours.
pub(super) fn write_keys<'a>(keys: impl IntoIterator<Item = &'a String>) -> Result<Vec<Tag>, BuildError> {
    keys.into_iter().map(|key| Tag::builder().key(key).build()).collect()
}
