//! Several accounts and regions on one server, isolated as in AWS; STS, KMS, S3 and SNS beside CloudTrail.

use super::{ACCOUNT, HOME, OTHER, Server};
use crate::cli::Folder;
use crate::emulator::code;
use aws_sdk_cloudtrail::config::{BehaviorVersion, Credentials, Region};
use wire::raw;

use super::wire;

async fn trails(client: &aws_sdk_cloudtrail::Client, shadows: bool) -> Vec<String> {
    let answer = client.describe_trails().include_shadow_trails(shadows).send().await.unwrap();
    answer.trail_list().iter().filter_map(|trail| trail.trail_arn()).map(str::to_owned).collect()
}

/// Shadow trails of multi-Region trails show in the other regions of the account alone, and are changed at
/// home only (user guide, "Multi-Region trails"; API reference, InvalidHomeRegionException).
#[tokio::test]
async fn accounts_and_regions_are_isolated() {
    let folder = Folder::new();
    let server = Server::start(&folder, "");
    let home = server.client(ACCOUNT, HOME);
    home.create_trail().name("one").s3_bucket_name("logs").send().await.unwrap();
    let multi = home.create_trail().name("all").s3_bucket_name("logs").is_multi_region_trail(true);
    let arn = multi.send().await.unwrap().trail_arn.unwrap();
    let away = server.client(ACCOUNT, "eu-central-1");
    assert_eq!(trails(&home, false).await.len(), 2);
    assert_eq!(trails(&away, true).await, std::slice::from_ref(&arn));
    assert_eq!(trails(&away, false).await, [""; 0]);
    assert_eq!(code(away.stop_logging().name("all").send().await), "InvalidHomeRegionException");
    assert_eq!(code(away.stop_logging().name(&arn).send().await), "InvalidHomeRegionException");
    assert_eq!(code(away.stop_logging().name("one").send().await), "TrailNotFoundException");
    let taken = away.create_trail().name("all").s3_bucket_name("logs").send().await;
    assert_eq!(code(taken), "TrailAlreadyExistsException");
    let store = home.create_event_data_store().name("lake").send().await.unwrap();
    let store = store.event_data_store_arn.unwrap();
    assert!(away.list_event_data_stores().send().await.unwrap().event_data_stores().is_empty());
    for region in [HOME, "eu-central-1"] {
        let other = server.client(OTHER, region);
        assert_eq!(trails(&other, true).await, [""; 0]);
        assert_eq!(code(other.get_trail().name(&arn).send().await), "CloudTrailARNInvalidException");
        let read = other.get_event_data_store().event_data_store(&store).send().await;
        assert_eq!(code(read), "EventDataStoreARNInvalidException");
    }
}

/// A member sees the organization's trail and cannot touch it; a delegated administrator can (user guide,
/// "Creating a trail for an organization").
#[tokio::test]
async fn an_organization_trail_is_read_only_for_members() {
    let folder = Folder::new();
    let organization = "formatVersion: 1\norganization: {managementAccount: '111122223333', \
                        memberAccounts: ['444455556666', '777788889999']}\n# end of sandbox\n";
    folder.write("organization.yaml", organization);
    let server = Server::start(&folder, "--state organization.yaml");
    let management = server.client(ACCOUNT, HOME);
    let create = management.create_trail().name("org").s3_bucket_name("logs").is_multi_region_trail(true);
    let arn = create.is_organization_trail(true).send().await.unwrap().trail_arn.unwrap();
    let member = server.client(OTHER, "eu-west-1");
    assert_eq!(trails(&member, true).await, std::slice::from_ref(&arn));
    assert_eq!(trails(&member, false).await, [""; 0]);
    assert_eq!(member.get_trail_status().name(&arn).send().await.unwrap().is_logging(), Some(false));
    assert_eq!(code(member.stop_logging().name(&arn).send().await), "CloudTrailARNInvalidException");
    let create = member.create_trail().name("mine").s3_bucket_name("logs").is_organization_trail(true);
    assert_eq!(code(create.send().await), "NotOrganizationMasterAccountException");

    let register = |id: &str| management.register_organization_delegated_admin().member_account_id(id).send();
    register("777788889999").await.unwrap();
    assert_eq!(code(register("777788889999").await), "AccountRegisteredException");
    assert_eq!(code(register(ACCOUNT).await), "CannotDelegateManagementAccountException");
    assert_eq!(code(register("7").await), "InvalidParameterException");
    let by_member = member.register_organization_delegated_admin().member_account_id("777788889999");
    assert_eq!(code(by_member.send().await), "NotOrganizationManagementAccountException");
    let admin = server.client("777788889999", HOME);
    admin.start_logging().name(&arn).send().await.unwrap();
    let deregister =
        || management.deregister_organization_delegated_admin().delegated_admin_account_id("777788889999");
    deregister().send().await.unwrap();
    assert_eq!(code(deregister().send().await), "AccountNotRegisteredException");
    assert_eq!(code(admin.stop_logging().name(&arn).send().await), "CloudTrailARNInvalidException");
    for account in ["444455556666", "777788889999", "888899990000"] {
        register(account).await.unwrap();
    }
    assert_eq!(code(register("999900001111").await), "DelegatedAdminAccountLimitExceededException");
}

/// Temporary credentials call as the account of the role, also after the server has been killed.
#[tokio::test]
async fn an_assumed_role_calls_as_its_account() {
    let folder = Folder::new();
    let server = Server::start(&folder, "--state account.yaml");
    let sts = |server: &Server, credentials: Credentials| {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(HOME))
            .endpoint_url(server.url())
            .credentials_provider(credentials)
            .build();
        aws_sdk_sts::Client::from_conf(config)
    };
    let own = Credentials::new("AKIAEXAMPLE", "secret", None, None, "test");
    let role = "arn:aws:iam::444455556666:role/teams/admin";
    let assume =
        |name: &str| sts(&server, own.clone()).assume_role().role_arn(role).role_session_name(name).send();
    let assumed = assume("alice").await.unwrap();
    let user = assumed.assumed_role_user().unwrap();
    assert_eq!(user.arn(), "arn:aws:sts::444455556666:assumed-role/admin/alice");
    assert_ne!(assume("bob").await.unwrap().credentials, assumed.credentials);
    assert_eq!(code(assume("a b").await), "ValidationError");
    let keys = assumed.credentials().unwrap();
    let token = Some(keys.session_token().to_owned());
    let keys = Credentials::new(keys.access_key_id(), keys.secret_access_key(), token, None, "test");
    server
        .client_with(keys.clone(), HOME)
        .create_trail()
        .name("one")
        .s3_bucket_name("logs")
        .send()
        .await
        .unwrap();
    server.kill();
    let server = Server::start(&folder, "--state account.yaml --account 999900001111");
    let who = sts(&server, keys).get_caller_identity().send().await.unwrap();
    assert_eq!(who.arn(), Some("arn:aws:sts::444455556666:assumed-role/admin/alice"));
    assert_eq!(trails(&server.client(OTHER, HOME), true).await.len(), 1);
    let who = sts(&server, own).get_caller_identity().send().await.unwrap();
    assert_eq!(who.account(), Some("999900001111"));
}

/// What test-suites prepare with is answered on the same port.
#[tokio::test]
async fn buckets_topics_and_keys_can_be_prepared() {
    let folder = Folder::new();
    let server = Server::start(&folder, "");
    let address = server.address;
    let request = |service: &str, head: &str, body: &str| {
        raw(
            address,
            format!(
                "{head} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\
                 authorization: AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{HOME}/{service}/aws4_request\r\n\
                 x-amz-target: TrentService.ListAliases\r\n\r\n{body}",
                body.len()
            )
            .as_bytes(),
        )
    };
    assert!(request("s3", "PUT /acme-logs", "").starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(request("s3", "PUT /acme-logs?policy", "{}").starts_with("HTTP/1.1 204 No Content\r\n"));
    assert!(request("s3", "PUT /Acme_Logs", "").contains("<Code>InvalidBucketName</Code>"));
    assert!(request("s3", "GET /acme-logs/key", "").contains("<Code>NotImplemented</Code>"));
    let topic = request("sns", "POST /", "Action=CreateTopic&Version=2010-03-31&Name=delivered");
    assert!(topic.contains("<TopicArn>arn:aws:sns:us-east-1:111122223333:delivered</TopicArn>"), "{topic}");
    assert!(
        request("sns", "POST /", "Action=CreateTopic&Name=a%20b").contains("<Code>InvalidParameter</Code>")
    );
    assert!(request("sns", "POST /", "Action=Publish").contains("<Code>InvalidAction</Code>"));
    let aliases = request("kms", "POST /", "{}");
    assert!(aliases.ends_with("{\"Aliases\":[],\"Truncated\":false}"), "{aliases}");
    assert!(request("iam", "POST /", "{}").contains("UnknownOperationException"));
}
