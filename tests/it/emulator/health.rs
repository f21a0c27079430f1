//! What the service tells beside the settings. Nothing is delivered, taken in or refreshed here, so that a snapshot
//! says how it went.

use super::{ACCOUNT, client};
use trailkeeper::emulator::Emulator;

const SNAPSHOT: &str = "
formatVersion: 1
accounts:
  \"111122223333\":
    regions:
      us-east-1:
        trails:
          audit:
            S3BucketName: logs
            IsLogging: true
            StopLoggingTime: 1767225600
            StartLoggingTime: 1767225660
            LatestDeliveryError: AccessDenied
            LatestDeliveryTime: 1767225601
            LatestDigestDeliveryError: NoSuchBucket
            LatestDigestDeliveryTime: 1767225602
            LatestNotificationError: AuthorizationError
            LatestNotificationTime: 1767225603
            LatestCloudWatchLogsDeliveryError: AccessDenied
            LatestCloudWatchLogsDeliveryTime: 1767225604
        channels:
          dddddddd-1111-2222-3333-444444444444:
            Name: okta
            Source: Okta
            Destinations: []
            IngestionStatus: {LatestIngestionErrorCode: InvalidEventData, LatestIngestionAttemptTime: 1767225605}
        dashboards:
          board: {LastRefreshId: 20260101-1, LastRefreshFailureReason: query failed}
";

/// GetTrailStatus tells the last success and the last error of each way that events go (API reference).
#[tokio::test(start_paused = true)]
async fn a_trails_status_tells_how_its_deliveries_went() {
    let emulator = Emulator::restore(SNAPSHOT, ACCOUNT).unwrap();
    let status = client(&emulator).get_trail_status().name("audit").send().await.unwrap();
    let errors = [
        status.latest_delivery_error(),
        status.latest_digest_delivery_error(),
        status.latest_notification_error(),
        status.latest_cloud_watch_logs_delivery_error(),
    ];
    let expected = ["AccessDenied", "NoSuchBucket", "AuthorizationError", "AccessDenied"];
    assert_eq!(errors, expected.map(Some));
    let times = [
        status.stop_logging_time(),
        status.latest_delivery_time(),
        status.latest_digest_delivery_time(),
        status.latest_notification_time(),
        status.latest_cloud_watch_logs_delivery_time(),
        status.start_logging_time(),
    ];
    let seconds = times.map(|time| time.unwrap().secs() - 1_767_225_600);
    assert_eq!(seconds, [0, 1, 2, 3, 4, 60]);
}

/// GetChannel tells how the last events came in, GetDashboard how the last scheduled refresh went (API reference,
/// IngestionStatus, GetDashboard).
#[tokio::test(start_paused = true)]
async fn a_channel_and_a_dashboard_tell_what_went_wrong() {
    let emulator = Emulator::restore(SNAPSHOT, ACCOUNT).unwrap();
    let client = client(&emulator);
    let channel = client.get_channel().channel("dddddddd-1111-2222-3333-444444444444").send().await.unwrap();
    let status = channel.ingestion_status().unwrap();
    assert_eq!(status.latest_ingestion_error_code(), Some("InvalidEventData"));
    assert_eq!(
        status.latest_ingestion_attempt_time().map(aws_smithy_types::DateTime::secs),
        Some(1_767_225_605)
    );
    assert_eq!(status.latest_ingestion_success_time(), None);
    let board = client.get_dashboard().dashboard_id("board").send().await.unwrap();
    assert_eq!(board.last_refresh_failure_reason(), Some("query failed"));
    assert_eq!(board.last_refresh_id(), Some("20260101-1"));
}
