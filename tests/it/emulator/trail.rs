//! Trails.

use super::{ACCOUNT, HOME, client, client_in, code};
use trailkeeper::emulator::Emulator;

const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit";

/// CreateTrail's defaults (API reference, CreateTrail); logging is off until StartLogging.
#[tokio::test(start_paused = true)]
async fn a_trail_is_created_with_the_documented_defaults_and_does_not_log() {
    let emulator = Emulator::new(ACCOUNT);
    let client = client(&emulator);
    let created = client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    assert_eq!(created.trail_arn(), Some(ARN));
    let described = client.describe_trails().send().await.unwrap();
    let [trail] = described.trail_list() else { panic!("one trail was expected") };
    assert_eq!(
        (
            trail.name(),
            trail.s3_bucket_name(),
            trail.s3_key_prefix(),
            trail.sns_topic_arn(),
            trail.include_global_service_events(),
            trail.is_multi_region_trail(),
            trail.log_file_validation_enabled(),
            trail.kms_key_id(),
            trail.is_organization_trail(),
            trail.recursive_logging(),
            trail.home_region(),
        ),
        (
            Some("audit"),
            Some("logs"),
            None,
            None,
            Some(true),
            Some(false),
            Some(false),
            None,
            Some(false),
            Some(true),
            Some(HOME),
        )
    );
    let status = client.get_trail_status().name("audit").send().await.unwrap();
    assert_eq!(status.is_logging(), Some(false));
}
