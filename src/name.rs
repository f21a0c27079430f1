//! The words that identify things in AWS: names, ARNs, accounts, regions, partitions, tags, days, times.
//! Checked once, in their constructors. Which names a kind allows is the manifest's business:
//! a stranger's odd name must not break a read.

mod time;

pub use time::Time;

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

/// Tags of a resource: key to value, a missing value read as the empty string.
/// At most 50 per resource, keys 1–128 and values up to 256 characters (API reference, `AddTags`).
pub type Tags = BTreeMap<String, String>;

/// The name of a resource, as the service or the manifest says it. Case-sensitive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Takes any text: the rules per kind live with the manifest's checks.
    pub fn new(text: impl Into<String>) -> Name {
        Name(text.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A well-formed Amazon Resource Name: `arn:partition:service:region:account:resource`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn(String);

impl Arn {
    /// # Errors
    /// When the text does not consist of `arn:` and five more parts, of which partition, service
    /// and resource are not empty.
    pub fn parse(text: impl Into<String>) -> Result<Arn, NotAnArn> {
        let text = text.into();
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let well_formed = parts.len() == 6
            && parts[0] == "arn"
            && !parts[1].is_empty()
            && !parts[2].is_empty()
            && !parts[5].is_empty();
        if well_formed { Ok(Arn(text)) } else { Err(NotAnArn(text)) }
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    /// `cloudtrail`, `kms`, `sns`, …
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The region, empty for global services.
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// The owning account, empty for S3 buckets.
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// Everything after the account: `trail/audit`, `eventdatastore/EXAMPLE-f852`, …
    pub fn resource(&self) -> &str {
        self.part(5)
    }

    /// What stands after the last `/`: the id of an event data store or channel, the name of a trail or dashboard.
    pub fn id(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }
}

/// Maps by ARN are asked with text too.
impl Borrow<str> for Arn {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text that should have been an ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnArn(pub String);

impl fmt::Display for NotAnArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an ARN (arn:partition:service:region:account:resource)", self.0)
    }
}

impl std::error::Error for NotAnArn {}

/// A 12-digit AWS account id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// `None` unless the text is exactly twelve digits.
    pub fn parse(text: &str) -> Option<AccountId> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| AccountId(text.to_owned()))
    }

    /// The id as text, leading zeros kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An AWS region such as `eu-central-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(String);

impl Region {
    /// `None` unless the text has the shape of a region: at least three parts of lower-case letters and
    /// digits joined by `-`, the last a number. Regions that this release has never heard of are fine.
    pub fn parse(text: &str) -> Option<Region> {
        let parts: Vec<&str> = text.split('-').collect();
        let plain = |part: &&str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let number = parts.last().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
        (parts.len() >= 3 && parts.iter().all(plain) && number).then(|| Region(text.to_owned()))
    }

    /// The region as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that the region's name implies, for use before STS has been asked.
    pub fn partition(&self) -> Partition {
        // The region name prefixes of AWS's partitions (botocore `partitions.json`, regionRegex).
        let prefixes = [
            ("cn-", "aws-cn"),
            ("us-gov-", "aws-us-gov"),
            ("eusc-", "aws-eusc"),
            ("us-isob-", "aws-iso-b"),
            ("us-isof-", "aws-iso-f"),
            ("eu-isoe-", "aws-iso-e"),
            ("us-iso-", "aws-iso"),
        ];
        let found = prefixes.iter().find(|(prefix, _)| self.0.starts_with(prefix));
        Partition(found.map_or("aws", |(_, partition)| partition).to_owned())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An AWS partition such as `aws` or `aws-us-gov`: the second part of every ARN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(String);

impl Partition {
    /// Takes the partition of an ARN that AWS itself answered.
    pub fn new(text: impl Into<String>) -> Partition {
        Partition(text.into())
    }

    /// The partition as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose CloudTrail is meant, and where: every run has exactly one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The account whose credentials are used.
    pub account: AccountId,
    /// The region whose endpoint is asked; the home region of every resource of a manifest.
    pub region: Region,
    /// The partition of both.
    pub partition: Partition,
}

/// A calendar day in UTC, written `2026-12-01`. Orders as time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// `None` unless the text is a day that exists, as `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Date> {
        let digits = |range: std::ops::Range<usize>| {
            let part = text.get(range)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
        };
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 31,
        };
        let exists = dashes && (1..=12).contains(&month) && (1..=days).contains(&day);
        exists.then_some(Date { year, month: month as u8, day: day as u8 })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_keeps_colons_in_its_resource() {
        let arn = Arn::parse("arn:aws:logs:eu-west-1:111122223333:log-group:trail:*").unwrap();
        assert_eq!(arn.service(), "logs");
        assert_eq!(arn.region(), "eu-west-1");
        assert_eq!(arn.account(), "111122223333");
        assert_eq!(arn.resource(), "log-group:trail:*");
    }

    #[test]
    fn what_is_not_an_arn_is_said_to_be_none() {
        for text in ["", "arn", "arn:aws:s3", "arn:aws:s3:::", "urn:aws:s3:::bucket"] {
            assert!(Arn::parse(text).is_err(), "{text}");
        }
        assert!(Arn::parse("arn:aws:s3:::bucket").is_ok());
    }

    #[test]
    fn account_ids_have_twelve_digits() {
        assert_eq!(
            AccountId::parse("000000000001").map(|id| id.to_string()),
            Some("000000000001".to_owned())
        );
        assert_eq!(AccountId::parse("1"), None);
        assert_eq!(AccountId::parse("11112222333x"), None);
    }

    #[test]
    fn regions_imply_their_partition() {
        let partition = |region| Region::parse(region).map(|region| region.partition().to_string());
        assert_eq!(partition("eu-central-1").as_deref(), Some("aws"));
        assert_eq!(partition("cn-north-1").as_deref(), Some("aws-cn"));
        assert_eq!(partition("us-gov-west-1").as_deref(), Some("aws-us-gov"));
        assert_eq!(partition("eusc-de-east-1").as_deref(), Some("aws-eusc"));
        assert_eq!(partition("us-isob-east-1").as_deref(), Some("aws-iso-b"));
        assert_eq!(partition("Frankfurt"), None);
        assert_eq!(partition("eu-central"), None);
    }

    #[test]
    fn dates_exist_and_order_as_time_does() {
        let date = |text| Date::parse(text);
        assert!(date("2026-12-01") > date("2026-11-30"));
        assert_eq!(date("2028-02-29").map(|date| date.to_string()).as_deref(), Some("2028-02-29"));
        for text in
            ["2026-02-29", "2026-13-01", "2026-1-1", "2026-00-10", "20261201", "2026-12-0x", "+026-12-01"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
