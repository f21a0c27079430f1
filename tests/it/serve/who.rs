//! `drift --who` as a session: somebody else stops and narrows a trail, deletes another, and is named; then the same
//! without the permission to look.

use super::{ACCOUNT, HOME, Server};
use crate::cli::{Folder, expect, timeless, told};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::config::Credentials;
use aws_sdk_cloudtrail::types::{EventSelector, ReadWriteType};
use serde_json::Value;

const MANIFEST: &str = r#"version: 1
name: security-baseline
account: "111122223333"
region: us-east-1
trails:
  - name: audit
    s3BucketName: acme-trail-logs
    isMultiRegionTrail: true
    tags: {team: security}
  - name: payments
    s3BucketName: acme-payments-logs
"#;

/// A client of somebody who assumed the role `admin`.
async fn admin(server: &Server, session: &str) -> Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(HOME))
        .endpoint_url(server.url())
        .credentials_provider(Credentials::new(ACCOUNT, "secret", None, None, "test"))
        .build();
    let sts = aws_sdk_sts::Client::from_conf(config);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/admin");
    let assumed = sts.assume_role().role_arn(role).role_session_name(session).send().await.unwrap();
    let keys = assumed.credentials().unwrap();
    let token = Some(keys.session_token().to_owned());
    server.client_with(
        Credentials::new(keys.access_key_id(), keys.secret_access_key(), token, None, "test"),
        HOME,
    )
}

#[tokio::test]
async fn another_principal_is_named() {
    let folder = Folder::new();
    folder
        .write("trailkeeper.yaml", MANIFEST)
        .write("edited.yaml", MANIFEST.replace("team: security", "team: platform"))
        .write("denied.yaml", "- {on: LookupEvents, then: denied}\n");
    let mut said =
        folder.transcript(&["apply --sandbox s --yes --quiet", "drift --sandbox s --who -q edited.yaml"]);
    // What trailkeeper's creation set is another today, and no event says why.
    let account = std::fs::read_to_string(folder.path().join("s")).unwrap();
    let silently = account.replace("IsMultiRegionTrail: true", "IsMultiRegionTrail: false");
    folder.write("silent", silently.replace("team: security", "team: platform"));
    said += &folder.transcript(&["drift --sandbox silent --who -q"]);
    let server = Server::start(&folder, "--state s");
    let alice = admin(&server, "alice").await;
    let selector =
        EventSelector::builder().read_write_type(ReadWriteType::ReadOnly).include_management_events(true);
    alice.put_event_selectors().trail_name("audit").event_selectors(selector.build()).send().await.unwrap();
    alice.stop_logging().name("audit").send().await.unwrap();
    let bob = admin(&server, "bob").await;
    bob.delete_trail().name("payments").send().await.unwrap();
    server.kill();
    said +=
        &folder.transcript(&["drift --sandbox s --who -q", "drift --sandbox s --who -q --format markdown"]);

    let json = folder.run("drift --sandbox s --who --format json").stdout;
    let json: Value = serde_json::from_slice(&json).unwrap();
    let mut stopped = json["changes"][0]["who"][0].clone();
    let agent = stopped["user_agent"].take();
    assert!(agent.as_str().unwrap().starts_with("aws-sdk-rust/"), "{agent}");
    said += &format!("{}: {stopped:#}\n\n", json["changes"][0]["origin"]);

    let server = Server::start(&folder, "--state s --faults denied.yaml");
    let line = "drift --who -q";
    let mut command = folder.command(line);
    command.env("AWS_ENDPOINT_URL", server.url());
    command.env("AWS_ACCESS_KEY_ID", ACCOUNT).env("AWS_SECRET_ACCESS_KEY", "secret");
    said += &timeless(&told(line, &command.output().unwrap()));
    expect("drift-who", &said);
}
