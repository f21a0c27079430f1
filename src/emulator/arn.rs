//! Amazon resource names as the service takes them apart, and which partition a region belongs to.
//! What an ARN points at is known by each kind.

/// The six parts of an ARN, borrowed from its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

/// The parts of `text`, or `None` when it is not an ARN.
pub(super) fn parse(text: &str) -> Option<Arn<'_>> {
    let mut parts = text.splitn(6, ':');
    let (Some("arn"), Some(partition), Some(service)) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let known = partition.starts_with("aws") && !service.is_empty() && !resource.is_empty();
    known.then_some(Arn { partition, service, region, account, resource })
}

/// Whether `text` is meant as an ARN, right or wrong.
pub(super) fn is_meant(text: &str) -> bool {
    text.starts_with("arn:")
}

/// Twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The partition of a region (AWS General Reference, "Amazon Resource Names").
pub(super) fn partition_of(region: &str) -> &'static str {
    const BY_PREFIX: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("us-iso-", "aws-iso"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    BY_PREFIX.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// Whether CloudTrail Lake (event data stores, channels, dashboards) exists in a region
/// (user guide, "CloudTrail Lake supported Regions").
pub(super) fn has_lake(region: &str) -> bool {
    const WITHOUT: [&str; 6] =
        ["ap-east-2", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "mx-central-1"];
    !matches!(partition_of(region), "aws-cn" | "aws-eusc") && !WITHOUT.contains(&region)
}
