//! Trails: names, settings, shadows, logging.

use aws_sdk_cloudtrail::types::Trail;
use trailkeeper::emulator::{Emulator, Switches};

use super::{ACCOUNT, HOME, client, client_in, code, refused};

const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit";
const GROUP: &str = "arn:aws:logs:us-east-1:111122223333:log-group:trail:*";
const ROLE: &str = "arn:aws:iam::111122223333:role/to-logs";

async fn audit(emulator: &Emulator) -> Trail {
    let found = client(emulator).get_trail().name("audit").send().await.unwrap();
    found.trail.unwrap()
}

async fn with_audit() -> Emulator {
    let emulator = Emulator::new(ACCOUNT);
    client(&emulator).create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    emulator
}

/// CreateTrail's defaults (API reference, CreateTrail); logging is off until StartLogging.
#[tokio::test(start_paused = true)]
async fn a_trail_is_created_with_the_documented_defaults_and_does_not_log() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let created = client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    assert_eq!(created.trail_arn(), Some(ARN));
    let described = client.describe_trails().send().await.unwrap();
    let expected = Trail::builder()
        .name("audit")
        .s3_bucket_name("logs")
        .include_global_service_events(true)
        .is_multi_region_trail(false)
        .home_region(HOME)
        .trail_arn(ARN)
        .log_file_validation_enabled(false)
        .has_custom_event_selectors(false)
        .has_insight_selectors(false)
        .is_organization_trail(false)
        .recursive_logging(true)
        .build();
    assert_eq!(described.trail_list(), [expected]);
    let status = client.get_trail_status().name("audit").send().await.unwrap();
    assert_eq!(status.is_logging(), Some(false));
}

/// Naming requirements (user guide, "Naming requirements for CloudTrail resources").
#[tokio::test(start_paused = true)]
async fn trail_names_follow_the_naming_requirements() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let long = "x".repeat(129);
    for name in ["ab", &long, "-abc", "abc-", "a..b", "a._b", "a b", "192.168.5.4", "arn"] {
        let result = client.create_trail().name(name).s3_bucket_name("logs").send().await;
        if name == "arn" {
            assert!(result.is_ok());
        } else {
            assert_eq!(code(result), "InvalidTrailNameException", "{name}");
        }
    }
}

/// "Trail names are unique per account and Region" (API reference, TrailAlreadyExistsException); at most five
/// trails, shadows included (General Reference, quotas).
#[tokio::test(start_paused = true)]
async fn names_are_taken_and_five_trails_fill_a_region() {
    let emulator = with_audit().await;
    let client = client(&emulator);
    let again = client.create_trail().name("audit").s3_bucket_name("logs").send().await;
    assert_eq!(code(again), "TrailAlreadyExistsException");
    let west = client_in(&emulator, ACCOUNT, "us-west-2");
    let wide = west.create_trail().name("wide").s3_bucket_name("logs").is_multi_region_trail(true);
    wide.send().await.unwrap();
    let shadowed = client.create_trail().name("wide").s3_bucket_name("logs").send().await;
    assert_eq!(code(shadowed), "TrailAlreadyExistsException");
    for name in ["two", "three", "four"] {
        client.create_trail().name(name).s3_bucket_name("logs").send().await.unwrap();
    }
    let sixth = client.create_trail().name("five").s3_bucket_name("logs").send().await;
    assert_eq!(code(sixth), "MaximumNumberOfTrailsExceededException");
    let beyond = west.create_trail().name("wider").s3_bucket_name("logs").is_multi_region_trail(true);
    assert_eq!(code(beyond.send().await), "MaximumNumberOfTrailsExceededException");
}

/// The errors of CreateTrail for settings (API reference, CreateTrail, "Errors").
#[tokio::test(start_paused = true)]
async fn settings_are_checked_with_the_documented_codes() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let trail = || client.create_trail().name("audit").s3_bucket_name("logs");
    let cases = [
        (trail().s3_bucket_name("No_Bucket"), "InvalidS3BucketNameException"),
        (trail().s3_key_prefix("x".repeat(201)), "InvalidS3PrefixException"),
        (trail().sns_topic_name("to pic"), "InvalidSnsTopicNameException"),
        (trail().kms_key_id("alias"), "InvalidKmsKeyIdException"),
        (
            trail().is_multi_region_trail(true).include_global_service_events(false),
            "InvalidParameterCombinationException",
        ),
        (trail().cloud_watch_logs_log_group_arn(GROUP), "InvalidCloudWatchLogsRoleArnException"),
        (trail().cloud_watch_logs_role_arn(ROLE), "InvalidCloudWatchLogsLogGroupArnException"),
        (
            trail()
                .cloud_watch_logs_log_group_arn(GROUP.trim_end_matches(":*"))
                .cloud_watch_logs_role_arn(ROLE),
            "InvalidCloudWatchLogsLogGroupArnException",
        ),
        (
            trail()
                .cloud_watch_logs_log_group_arn(GROUP.replace("us-east-1", "eu-west-1"))
                .cloud_watch_logs_role_arn(ROLE),
            "InvalidCloudWatchLogsLogGroupArnException",
        ),
    ];
    for (request, expected) in cases {
        refused(&emulator, request.send(), expected).await;
    }
}

/// What is sent and what reads back: SnsTopicARN, LogFileValidationEnabled, the key's ARN, the log group's
/// `:*` (API reference, Trail).
#[tokio::test(start_paused = true)]
#[expect(deprecated, reason = "SnsTopicName is deprecated, and still answered")]
async fn settings_read_back_in_the_services_own_spelling() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create = client
        .create_trail()
        .name("audit")
        .s3_bucket_name("logs")
        .s3_key_prefix("prefix")
        .sns_topic_name("topic")
        .enable_log_file_validation(true)
        .is_multi_region_trail(true)
        .cloud_watch_logs_log_group_arn(GROUP)
        .cloud_watch_logs_role_arn(ROLE)
        .kms_key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
        .recursive_logging(false);
    create.send().await.unwrap();
    let expected = Trail::builder()
        .name("audit")
        .s3_bucket_name("logs")
        .s3_key_prefix("prefix")
        .sns_topic_name("topic")
        .sns_topic_arn("arn:aws:sns:us-east-1:111122223333:topic")
        .include_global_service_events(true)
        .is_multi_region_trail(true)
        .home_region(HOME)
        .trail_arn(ARN)
        .log_file_validation_enabled(true)
        .cloud_watch_logs_log_group_arn(GROUP)
        .cloud_watch_logs_role_arn(ROLE)
        .kms_key_id("arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
        .has_custom_event_selectors(false)
        .has_insight_selectors(false)
        .is_organization_trail(false)
        .recursive_logging(false)
        .build();
    assert_eq!(audit(&emulator).await, expected);
}

/// UpdateTrail leaves what is omitted and clears what is "" (API reference for KmsKeyId, Terraform for the
/// rest); the CloudWatch Logs members go together.
#[tokio::test(start_paused = true)]
async fn an_update_keeps_what_it_omits_and_clears_what_is_empty() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create = client
        .create_trail()
        .name("audit")
        .s3_bucket_name("logs")
        .s3_key_prefix("prefix")
        .sns_topic_name("arn:aws:sns:us-east-1:444455556666:topic")
        .cloud_watch_logs_log_group_arn(GROUP)
        .cloud_watch_logs_role_arn(ROLE)
        .kms_key_id("alias/trail");
    create.send().await.unwrap();
    let before = audit(&emulator).await;
    client.update_trail().name(ARN).enable_log_file_validation(true).send().await.unwrap();
    let mut expected = before.clone();
    expected.log_file_validation_enabled = Some(true);
    assert_eq!(audit(&emulator).await, expected);
    let alone = client.update_trail().name("audit").cloud_watch_logs_log_group_arn("");
    refused(&emulator, alone.send(), "InvalidCloudWatchLogsRoleArnException").await;
    let clear = client
        .update_trail()
        .name("audit")
        .s3_key_prefix("")
        .sns_topic_name("")
        .kms_key_id("")
        .cloud_watch_logs_log_group_arn("")
        .cloud_watch_logs_role_arn("");
    clear.send().await.unwrap();
    let cleared = audit(&emulator).await;
    assert_eq!(
        (
            cleared.s3_key_prefix(),
            cleared.sns_topic_arn(),
            cleared.kms_key_id(),
            cleared.cloud_watch_logs_log_group_arn(),
            cleared.cloud_watch_logs_role_arn()
        ),
        (None, None, None, None, None)
    );
}

/// Global events stay with multi-Region trails in updates too, and stay on after true → false (user guide).
#[tokio::test(start_paused = true)]
async fn a_multi_region_trail_needs_global_events_in_the_same_call() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let create =
        client.create_trail().name("audit").s3_bucket_name("logs").include_global_service_events(false);
    create.send().await.unwrap();
    refused(
        &emulator,
        client.update_trail().name("audit").is_multi_region_trail(true).send(),
        "InvalidParameterCombinationException",
    )
    .await;
    let both =
        client.update_trail().name("audit").is_multi_region_trail(true).include_global_service_events(true);
    both.send().await.unwrap();
    client.update_trail().name("audit").is_multi_region_trail(false).send().await.unwrap();
    assert_eq!(audit(&emulator).await.include_global_service_events(), Some(true));
}

/// StartLogging and StopLogging (API reference); DeleteTrail needs no StopLogging before.
#[tokio::test(start_paused = true)]
async fn logging_is_switched_and_a_logging_trail_can_be_deleted() {
    let emulator = with_audit().await;
    let client = client(&emulator);
    client.start_logging().name("audit").send().await.unwrap();
    let on = client.get_trail_status().name(ARN).send().await.unwrap();
    assert_eq!((on.is_logging(), on.start_logging_time().is_some()), (Some(true), true));
    client.stop_logging().name("audit").send().await.unwrap();
    assert_eq!(client.get_trail_status().name("audit").send().await.unwrap().is_logging(), Some(false));
    client.start_logging().name("audit").send().await.unwrap();
    client.delete_trail().name("audit").send().await.unwrap();
    assert_eq!(code(client.get_trail().name("audit").send().await), "TrailNotFoundException");
    assert_eq!(code(client.delete_trail().name("audit").send().await), "TrailNotFoundException");
}

/// Shadow trails: shown in every Region unless excluded, read by ARN, changed in the home Region only (API
/// reference, DescribeTrails, GetTrailStatus, InvalidHomeRegionException).
#[tokio::test(start_paused = true)]
async fn a_multi_region_trail_has_shadows_that_only_its_home_region_changes() {
    let emulator = Emulator::new(ACCOUNT);
    let home = client(&emulator);
    let create = home.create_trail().name("audit").s3_bucket_name("logs").is_multi_region_trail(true);
    create.send().await.unwrap();
    let west = client_in(&emulator, ACCOUNT, "us-west-2");
    let shown = west.describe_trails().send().await.unwrap();
    assert_eq!(shown.trail_list().iter().map(|t| t.home_region().unwrap()).collect::<Vec<_>>(), [HOME]);
    let own = west.describe_trails().include_shadow_trails(false).send().await.unwrap();
    assert_eq!(own.trail_list(), []);
    assert_eq!(code(west.start_logging().name("audit").send().await), "InvalidHomeRegionException");
    assert_eq!(code(west.delete_trail().name(ARN).send().await), "InvalidHomeRegionException");
    assert_eq!(code(west.get_trail_status().name("audit").send().await), "TrailNotFoundException");
    assert!(west.get_trail_status().name(ARN).send().await.is_ok());
    home.update_trail().name("audit").is_multi_region_trail(false).send().await.unwrap();
    assert_eq!(west.describe_trails().send().await.unwrap().trail_list(), []);
}

/// DescribeTrails by name or ARN; what is unknown is left out. ListTrails has ARN, name and home Region.
#[tokio::test(start_paused = true)]
async fn trails_are_described_by_name_or_arn_and_listed_over_regions_and_pages() {
    let emulator = with_audit().await;
    let west = client_in(&emulator, ACCOUNT, "us-west-2");
    west.create_trail().name("other").s3_bucket_name("logs").send().await.unwrap();
    let described =
        west.describe_trails().trail_name_list(ARN).trail_name_list("other").trail_name_list("unknown");
    let described = described.send().await.unwrap();
    let names: Vec<_> = described.trail_list().iter().map(|trail| trail.name().unwrap()).collect();
    assert_eq!(names, ["audit", "other"]);
    emulator.set_switches(Switches { page_size: Some(1), ..Switches::default() });
    let first = west.list_trails().send().await.unwrap();
    assert_eq!(first.trails().iter().map(|t| t.name().unwrap()).collect::<Vec<_>>(), ["audit"]);
    let second = west.list_trails().next_token(first.next_token().unwrap()).send().await.unwrap();
    assert_eq!(second.trails().iter().map(|t| t.home_region().unwrap()).collect::<Vec<_>>(), ["us-west-2"]);
    assert_eq!(second.next_token(), None);
}

const ORGANIZATION: &str = "
formatVersion: 1
organization:
  managementAccount: \"999900001111\"
  delegatedAdmins: [\"111122223333\"]
  memberAccounts: [\"444455556666\"]
accounts:
  \"999900001111\":
    regions:
      us-east-1:
        trails:
          org: {S3BucketName: logs, IsMultiRegionTrail: true, IsOrganizationTrail: true}
";
const ORG_ARN: &str = "arn:aws:cloudtrail:us-east-1:999900001111:trail/org";

/// A member sees the organization's trail with the management account's ARN, reads its status by ARN only and
/// changes nothing (API reference, GetTrailStatus; user guide, "Creating a trail for an organization").
#[tokio::test(start_paused = true)]
async fn a_member_account_only_sees_the_organizations_trail() {
    let emulator = Emulator::restore(ORGANIZATION, "444455556666").unwrap();
    let member = client_in(&emulator, "444455556666", HOME);
    let shown = member.describe_trails().send().await.unwrap();
    assert_eq!(shown.trail_list().iter().map(|t| t.trail_arn().unwrap()).collect::<Vec<_>>(), [ORG_ARN]);
    assert!(member.get_trail_status().name(ORG_ARN).send().await.is_ok());
    assert_eq!(code(member.get_trail_status().name("org").send().await), "TrailNotFoundException");
    assert_eq!(
        code(member.get_event_selectors().trail_name(ORG_ARN).send().await),
        "CloudTrailARNInvalidException"
    );
    assert_eq!(code(member.stop_logging().name(ORG_ARN).send().await), "CloudTrailARNInvalidException");
    let create = member.create_trail().name("mine").s3_bucket_name("logs").is_organization_trail(true);
    assert_eq!(code(create.send().await), "NotOrganizationMasterAccountException");
}

/// A delegated administrator writes organization trails by ARN, what it creates is the management account's,
/// and it may not convert (user guide, "Organization delegated administrator").
#[tokio::test(start_paused = true)]
async fn a_delegated_administrator_writes_organization_trails_by_arn() {
    let emulator = Emulator::restore(ORGANIZATION, ACCOUNT).unwrap();
    let client = client(&emulator);
    client.start_logging().name(ORG_ARN).send().await.unwrap();
    assert_eq!(code(client.start_logging().name("org").send().await), "TrailNotFoundException");
    let convert = client.update_trail().name(ORG_ARN).is_organization_trail(false).send().await;
    assert_eq!(code(convert), "NotOrganizationMasterAccountException");
    let create = client.create_trail().name("new").s3_bucket_name("logs").is_organization_trail(true);
    let created = create.send().await.unwrap();
    assert_eq!(created.trail_arn(), Some("arn:aws:cloudtrail:us-east-1:999900001111:trail/new"));
    let outside = client_in(&emulator, "777777777777", HOME);
    let create = outside.create_trail().name("mine").s3_bucket_name("logs").is_organization_trail(true);
    assert_eq!(code(create.send().await), "OrganizationsNotInUseException");
    assert_eq!(code(outside.get_trail().name(ORG_ARN).send().await), "CloudTrailARNInvalidException");
}
