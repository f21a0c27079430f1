//! `iam-policy` with the real binary.

use super::{Folder, MANIFEST, expect};

const ORGANIZATION_TRAIL: &str = "version: 1
name: everybody
trails:
  - name: everybody
    s3BucketName: acme-trail-logs
    isMultiRegionTrail: true
    enableLogFileValidation: true
    isOrganizationTrail: true
    snsTopicName: deliveries
    kmsKeyId: alias/trail
    cloudWatchLogsLogGroupArn: arn:aws:logs:eu-central-1:111122223333:log-group:trail
    cloudWatchLogsRoleArn: arn:aws:iam::111122223333:role/logs
";

#[test]
fn the_least_privilege_is_printed_offline() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST).write("organization.yaml", ORGANIZATION_TRAIL);
    let organization = "organization.yaml --account 111122223333 --region eu-central-1";
    let lines = [
        "iam-policy -h".to_owned(),
        "iam-policy --for plan".to_owned(),
        "iam-policy --for apply".to_owned(),
        "iam-policy --for topic".to_owned(),
        "iam-policy --for bucket organization.yaml".to_owned(),
        "iam-policy --for bucket organization.yaml --account 111122223333".to_owned(),
        format!("iam-policy --for bucket {organization}"),
        format!("iam-policy --for bucket {organization} --organization-id o-1"),
        format!("iam-policy --for bucket {organization} --organization-id o-exampleorgid"),
        format!("iam-policy --for topic {organization}"),
        format!("iam-policy --for key {organization}"),
        format!("iam-policy --for logs-role {organization} --organization-id o-exampleorgid"),
        "iam-policy".to_owned(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    expect("iam-policy", &folder.transcript(&lines));
}
