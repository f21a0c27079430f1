//! Resource policies: read with their parents, as the text that the service answers; compared elsewhere.

use super::connection::Connection;
use super::error::CallError;
use super::perform::Errand;
use crate::name::{Arn, Name};
use crate::resource::{Call, Key, Kind, Parent, Policy, PolicyAction, Text};

/// The policy of one resource; none is an error to the service (API reference, `GetResourcePolicy`).
/// The policy that AWS keeps for delegated administrators stands in a member of its own and is left alone.
pub(super) async fn read(
    connection: &Connection,
    parent: Parent,
    name: &Name,
    arn: &Arn,
) -> Result<Option<Policy>, CallError> {
    let subject = Key::new(Kind::Policy(parent), name).to_string();
    let request = connection.cloudtrail.get_resource_policy().resource_arn(arn.as_str());
    match connection.call(Call::GetResourcePolicy, &subject, Box::pin(request.send())).await {
        Ok(answer) => {
            let document = answer.resource_policy().filter(|text| !text.is_empty());
            let policy = |text: &str| Policy { parent, name: name.clone(), document: Text::plain(text) };
            Ok(document.map(policy))
        }
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes one call about a policy.
pub(super) async fn send(errand: &Errand<'_>, action: &PolicyAction) -> Result<(), CallError> {
    let client = errand.cloudtrail;
    let arn = errand.arn()?;
    match action {
        PolicyAction::Put(document) => {
            let document = errand.write(document)?;
            let request = client.put_resource_policy().resource_arn(arn).resource_policy(document);
            errand.call(Box::pin(request.send())).await.map(drop)
        }
        PolicyAction::Delete => {
            errand.call(Box::pin(client.delete_resource_policy().resource_arn(arn).send())).await.map(drop)
        }
    }
}
