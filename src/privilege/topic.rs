//! What CloudTrail needs of a topic (user guide, Amazon SNS topic policy for CloudTrail). The key of an encrypted topic is not
//! CloudTrail's business and stands in no manifest.

use super::document::{Document, Statement, condition};
use super::{arns, sources_by};
use crate::state::Desired;
use std::collections::BTreeMap;

/// The statement that the policy of each topic must hold, by the topic's ARN.
pub fn topics(desired: &Desired) -> BTreeMap<String, Document> {
    let groups = sources_by(desired, |trail| trail.sns_topic_name.as_deref());
    let policies = groups.into_iter().map(|(topic, sources)| {
        let publish = Statement::allow("AWSCloudTrailSNSPolicy", ["SNS:Publish"])
            .for_cloudtrail()
            .on([&topic])
            .when(condition("StringEquals", "aws:SourceArn", arns(&sources)));
        (topic, Document::new([publish]))
    });
    policies.collect()
}
