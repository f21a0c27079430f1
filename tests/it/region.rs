//! Regions of a known size, for what depends on how much there is: pacing, and the benches.

use std::fmt::Write;

/// How many of each kind a region holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) trails: usize,
    pub(crate) stores: usize,
    pub(crate) channels: usize,
    pub(crate) dashboards: usize,
}

/// What an account has that uses everything.
pub(crate) const TYPICAL: Size = Size { trails: 3, stores: 2, channels: 2, dashboards: 0 };

/// As much as CloudTrail admits (General Reference, CloudTrail quotas).
pub(crate) const FULL: Size = Size { trails: 5, stores: 10, channels: 25, dashboards: 100 };

const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";

/// Such a region as a snapshot: everything is of one manifest, and has a policy where it can have one.
pub(crate) fn snapshot(size: Size) -> String {
    let Size { trails, stores, channels, dashboards } = size;
    let arn = |resource: &str| format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:{resource}");
    let lake = arn(&format!("eventdatastore/{}", id(1, 0)));
    let mut text = format!("formatVersion: 1\naccounts:\n  \"{ACCOUNT}\":\n    regions:\n      {REGION}:\n");
    // Writing to a String cannot fail.
    let mut put = |line: String| writeln!(text, "        {line}").unwrap();
    put("trails:".to_owned());
    for number in 0..trails {
        let tags = tags(&format!("trail-{number}"));
        put(format!("  trail-{number}: {{S3BucketName: acme-logs, IsLogging: true, {tags}}}"));
    }
    put("eventDataStores:".to_owned());
    for number in 0..stores {
        let id = id(1, number);
        let what = match number {
            0 => {
                "MultiRegionEnabled: false, AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [ActivityAuditLog]}]}], "
            }
            _ => "",
        };
        let policy = policy("cloudtrail:GetEventDataStore", &arn(&format!("eventdatastore/{id}")));
        let tags = tags(&format!("store-{number}"));
        put(format!("  {id}: {{Name: store-{number}, {what}{policy}, {tags}}}"));
    }
    put("channels:".to_owned());
    for number in 0..channels {
        let id = id(2, number);
        let policy = policy("cloudtrail-data:PutAuditEvents", &arn(&format!("channel/{id}")));
        let tags = tags(&format!("channel-{number}"));
        put(format!(
            "  {id}: {{Name: channel-{number}, Source: Partner{number}, Destinations: [{{Type: EVENT_DATA_STORE, Location: '{lake}'}}], {policy}, {tags}}}"
        ));
    }
    put("dashboards:".to_owned());
    for number in 0..dashboards {
        let policy = policy("cloudtrail:StartDashboardRefresh", &arn(&format!("dashboard/board-{number}")));
        let tags = tags(&format!("board-{number}"));
        put(format!("  board-{number}: {{Type: CUSTOM, {policy}, {tags}}}"));
    }
    text.replace("dashboards:\n", if dashboards == 0 { "dashboards: {}\n" } else { "dashboards:\n" })
}

fn id(kind: usize, number: usize) -> String {
    format!("{kind:08}-0000-4000-8000-{number:012}")
}

fn tags(name: &str) -> String {
    format!("Tags: {{'trailkeeper:manifest': acme, 'trailkeeper:name': {name}}}")
}

fn policy(action: &str, arn: &str) -> String {
    format!(
        r#"ResourcePolicy: '{{"Version": "2012-10-17", "Statement": [{{"Sid": "Others", "Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::444455556666:root"}}, "Action": "{action}", "Resource": "{arn}"}}]}}'"#
    )
}
