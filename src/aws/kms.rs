//! Which KMS key a spelling means: an alias, an alias's ARN, a key's id. What cannot be resolved is remembered
//! with the reason and never stops a read.

use super::connection::Connection;
use super::together::together;
use crate::name::Arn;
use crate::resource::Call;
use std::collections::{BTreeMap, BTreeSet};

/// Spellings and what they mean, or why that is not known.
pub(super) type Answers = BTreeMap<String, Result<Arn, String>>;

/// Asks KMS once for each spelling that does not say itself which key it means.
pub(super) async fn resolve(connection: &Connection, spellings: &BTreeSet<String>) -> Answers {
    let asked = spellings.iter().map(|spelling| async move {
        let key = match key_arn(spelling) {
            Some(arn) => Ok(arn),
            None => describe(connection, spelling).await,
        };
        (spelling.clone(), key)
    });
    together(asked).await.into_iter().collect()
}

/// A spelling that is a key's ARN already.
fn key_arn(spelling: &str) -> Option<Arn> {
    Arn::parse(spelling).ok().filter(|arn| arn.service() == "kms" && arn.resource().starts_with("key/"))
}

async fn describe(connection: &Connection, spelling: &str) -> Result<Arn, String> {
    let request = connection.kms.describe_key().key_id(spelling).customize();
    // An alias's ARN may name another region: a trail's key lives where its bucket is (API reference,
    // CreateTrail). A bare alias is looked for here.
    let elsewhere = Arn::parse(spelling)
        .ok()
        .map(|arn| arn.region().to_owned())
        .filter(|region| !region.is_empty() && region != connection.target.region.as_str());
    let request = match elsewhere {
        Some(region) => {
            let region = aws_sdk_kms::config::Region::new(region);
            request.config_override(aws_sdk_kms::config::Config::builder().region(region))
        }
        None => request,
    };
    let answer = connection.call(Call::DescribeKey, spelling, Box::pin(request.send())).await;
    let answer = answer.map_err(|error| match error.help.clone() {
        Some(help) => format!("{error}; {help}"),
        None => error.to_string(),
    })?;
    let arn = answer.key_metadata().and_then(|key| key.arn()).unwrap_or_default();
    Arn::parse(arn).map_err(|_| format!("KMS did not name the key that `{spelling}` means"))
}
