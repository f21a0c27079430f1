//! ARNs against the resource type of their selector: a value of another service selects nothing of that type. For the types
//! whose ARNs are documented; what is not known is not judged (user guide, logging data events).

use super::each;
use crate::manifest::check::scene::{Mistake, Scene};
use crate::manifest::wording::quoted;
use crate::resource::Key;
use crate::resource::selector::{AdvancedEventSelector, FieldSelector};

/// Which service stands in the ARNs of a type.
const SERVICES: [(&str, &str); 18] = [
    ("AWS::CloudTrail::Channel", "cloudtrail"),
    ("AWS::Cognito::IdentityPool", "cognito-identity"),
    ("AWS::DynamoDB::Stream", "dynamodb"),
    ("AWS::DynamoDB::Table", "dynamodb"),
    ("AWS::EC2::Snapshot", "ec2"),
    ("AWS::Glue::Table", "glue"),
    ("AWS::GuardDuty::Detector", "guardduty"),
    ("AWS::Kinesis::Stream", "kinesis"),
    ("AWS::Kinesis::StreamConsumer", "kinesis"),
    ("AWS::Lambda::Function", "lambda"),
    ("AWS::S3::AccessPoint", "s3"),
    ("AWS::S3::Object", "s3"),
    ("AWS::S3ObjectLambda::AccessPoint", "s3-object-lambda"),
    ("AWS::S3Outposts::Object", "s3-outposts"),
    ("AWS::SNS::PlatformEndpoint", "sns"),
    ("AWS::SNS::Topic", "sns"),
    ("AWS::SQS::Queue", "sqs"),
    ("AWS::StepFunctions::StateMachine", "states"),
];

/// The one type of a selector, and the service of its ARNs.
fn typed(selector: &AdvancedEventSelector) -> Option<(&'static str, &'static str)> {
    let types = selector.field_selectors.iter().find(|field| field.field == "resources.type")?;
    let [one] = types.equals.as_slice() else { return None };
    SERVICES.into_iter().find(|(name, _)| name == one)
}

/// The service of an ARN, or of the beginning of one that is long enough to tell.
fn service(value: &str) -> Option<&str> {
    let mut parts = value.strip_prefix("arn:")?.splitn(3, ':');
    let (_, service, rest) = (parts.next()?, parts.next()?, parts.next());
    rest.map(|_| service)
}

/// The values on `resources.ARN` that are of another service than their selector's type, under these operators.
fn foreign(scene: &Scene<'_>, exact: bool) -> Vec<(Key, String, String)> {
    let mut found = Vec::new();
    for (key, at, selector) in each(scene) {
        let Some((name, wanted)) = typed(selector) else { continue };
        let fields = selector.field_selectors.iter().enumerate();
        for (place, field) in fields.filter(|(_, field)| field.field == "resources.ARN") {
            for (operator, values) in FieldSelector::operators(field) {
                let whole = matches!(operator, "equals" | "notEquals");
                let begins = matches!(operator, "startsWith" | "notStartsWith");
                if if exact { !whole } else { !begins } {
                    continue;
                }
                for (index, value) in values.iter().enumerate() {
                    if service(value).is_some_and(|service| service != wanted) {
                        let at = format!("{at}.fieldSelectors[{place}].{operator}[{index}]");
                        found.push((key.clone(), at, format!("{} is no ARN of {name}", quoted(value))));
                    }
                }
            }
        }
    }
    found
}

fn told(found: Vec<(Key, String, String)>) -> Vec<Mistake> {
    let help = "the ARN and `resources.type` must be of one service";
    found.into_iter().map(|(key, at, message)| Mistake::new(&key, &at, message).help(help)).collect()
}

/// With `equals` and `notEquals`, the value must match the ARN of a resource of the type (API reference,
/// `AdvancedFieldSelector`, resources.ARN).
pub(in crate::manifest::check) fn of_another_type(scene: &Scene<'_>) -> Vec<Mistake> {
    told(foreign(scene, true))
}

/// With `startsWith` and `notStartsWith`, a value is legal that begins no ARN of the type.
pub(in crate::manifest::check) fn begins_another_type(scene: &Scene<'_>) -> Vec<Mistake> {
    told(foreign(scene, false))
}

#[cfg(test)]
mod tests {
    use super::service;

    #[test]
    fn a_beginning_may_end_before_its_service_does() {
        assert_eq!(service("arn:aws:s3:::acme/"), Some("s3"));
        assert_eq!(service("arn:aws:s3:"), Some("s3"));
        assert_eq!(service("arn:aws:s3"), None);
        assert_eq!(service("arn:"), None);
        assert_eq!(service("s3:::acme"), None);
    }
}
