//! Whole documents, one for each sort of statement.

use crate::support::desired;
use serde_json::{Value, json};
use std::path::Path;
use trailkeeper::privilege;
use trailkeeper::resource::Key;
use trailkeeper::state::Desired;

const ORGANIZATION: &str = "o-exampleorgid";

/// What a manifest of these lists asks of account 111122223333 in us-east-1.
fn asked(lists: &str) -> Desired {
    let header = "version: 1\nname: acme\naccount: \"111122223333\"\nregion: us-east-1\n";
    desired(&format!("{header}{lists}"), Path::new(".")).unwrap()
}

const TRAIL: &str = "trails:\n  - name: audit\n    s3BucketName: acme-trail-logs\n";

/// The statements under one heading of the apply policy, and its numbered continuations.
fn granted(desired: &Desired, heading: &str) -> Value {
    let policy = json!(privilege::apply(desired));
    let statements = policy["Statement"].as_array().unwrap().iter();
    let sid = |statement: &Value| statement["Sid"].as_str().unwrap().to_owned();
    let under = statements
        .filter(|statement| sid(statement).trim_end_matches(|c: char| c.is_ascii_digit()) == heading);
    under.cloned().collect()
}

fn headings(desired: &Desired) -> Vec<String> {
    let policy = json!(privilege::apply(desired));
    let statements = policy["Statement"].as_array().unwrap().iter();
    statements.map(|statement| statement["Sid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn plan_reads_everything_and_nothing_else() {
    let expected = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadCloudTrail",
      "Effect": "Allow",
      "Action": [
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetChannel",
        "cloudtrail:GetDashboard",
        "cloudtrail:GetEventConfiguration",
        "cloudtrail:GetEventDataStore",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetInsightSelectors",
        "cloudtrail:GetResourcePolicy",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListChannels",
        "cloudtrail:ListDashboards",
        "cloudtrail:ListEventDataStores",
        "cloudtrail:ListTags",
        "cloudtrail:ListTrails"
      ],
      "Resource": "*"
    },
    {
      "Sid": "OptionalDriftWho",
      "Effect": "Allow",
      "Action": "cloudtrail:LookupEvents",
      "Resource": "*"
    }
  ]
}"#;
    assert_eq!(serde_json::to_string_pretty(&privilege::plan(&asked(TRAIL))).unwrap(), expected);
}

#[test]
fn kms_is_asked_only_about_the_keys_that_the_manifest_spells_otherwise() {
    let describe = |key: &str| {
        let plan = json!(privilege::plan(&asked(&format!("{TRAIL}    kmsKeyId: {key}\n"))));
        let statements = plan["Statement"].as_array().unwrap();
        statements.iter().find(|statement| statement["Sid"] == "ResolveKmsKeys").cloned()
    };
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let statement = |resource: String| json!({"Sid": "ResolveKmsKeys", "Effect": "Allow", "Action": "kms:DescribeKey", "Resource": resource});
    assert_eq!(describe(&format!("arn:aws:kms:us-east-1:111122223333:key/{id}")), None);
    assert_eq!(describe(id), Some(statement(format!("arn:aws:kms:us-east-1:111122223333:key/{id}"))));
    let mut alias = statement("arn:aws:kms:us-east-1:111122223333:key/*".to_owned());
    alias["Condition"] = json!({"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/trail"}});
    assert_eq!(describe("alias/trail"), Some(alias.clone()));
    alias["Resource"] = "arn:aws:kms:us-west-2:444455556666:key/*".into();
    assert_eq!(describe("arn:aws:kms:us-west-2:444455556666:alias/trail"), Some(alias));
}

#[test]
fn apply_may_write_the_trail_that_is_declared() {
    let trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit";
    let expected = json!([{
        "Sid": "Trails",
        "Effect": "Allow",
        "Action": [
            "cloudtrail:AddTags",
            "cloudtrail:CreateTrail",
            "cloudtrail:PutEventConfiguration",
            "cloudtrail:PutEventSelectors",
            "cloudtrail:PutInsightSelectors",
            "cloudtrail:RemoveTags",
            "cloudtrail:StartLogging",
            "cloudtrail:UpdateTrail",
        ],
        "Resource": trail,
    }]);
    assert_eq!(granted(&asked(TRAIL), "Trails"), expected);
    assert_eq!(headings(&asked(TRAIL)), ["ReadCloudTrail", "Trails"]);

    let ignoring = "    isLogging: false\n    ignore: [isLogging, tags, eventSelectors, insightSelectors, aggregationConfigurations]\n";
    let expected = json!([{
        "Sid": "Trails",
        "Effect": "Allow",
        "Action": ["cloudtrail:AddTags", "cloudtrail:CreateTrail", "cloudtrail:UpdateTrail"],
        "Resource": trail,
    }]);
    assert_eq!(granted(&asked(&format!("{TRAIL}{ignoring}")), "Trails"), expected);
}

#[test]
fn stopping_is_granted_for_the_trail_that_shall_stop_alone() {
    let two = format!("{TRAIL}  - name: quiet\n    s3BucketName: acme-trail-logs\n    isLogging: false\n");
    let statements = granted(&asked(&two), "Trails");
    let of = |action: &str| {
        let holds = |statement: &&Value| statement["Action"] == action;
        statements.as_array().unwrap().iter().find(holds).map(|statement| statement["Resource"].clone())
    };
    assert_eq!(
        of("cloudtrail:StartLogging"),
        Some("arn:aws:cloudtrail:us-east-1:111122223333:trail/audit".into())
    );
    assert_eq!(
        of("cloudtrail:StopLogging"),
        Some("arn:aws:cloudtrail:us-east-1:111122223333:trail/quiet".into())
    );
}

#[test]
fn what_is_removed_is_deleted_only_where_it_bears_our_tag() {
    let removed = "removed:\n  - {trail: old}\n  - {channel: partner}\n  - {eventDataStore: lake}\n  - {dashboard: kept, keep: true}\n";
    let tagged = json!({"StringEquals": {"aws:ResourceTag/trailkeeper:manifest": "acme"}});
    let statement = |sid: &str, action: Value, resource: &str| {
        let resource = format!("arn:aws:cloudtrail:us-east-1:111122223333:{resource}");
        json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, "Condition": tagged})
    };
    let store = json!([
        "cloudtrail:DeleteEventDataStore",
        "cloudtrail:DisableFederation",
        "cloudtrail:PutInsightSelectors"
    ]);
    let expected = json!([
        statement("Removed", "cloudtrail:DeleteChannel".into(), "channel/*"),
        statement("Removed2", "cloudtrail:RemoveTags".into(), "dashboard/kept"),
        statement("Removed3", store, "eventdatastore/*"),
        statement("Removed4", "cloudtrail:DeleteTrail".into(), "trail/old"),
    ]);
    assert_eq!(granted(&asked(removed), "Removed"), expected);
}

const STORE: &str = "eventDataStores:\n  - name: lake\n";

#[test]
fn a_store_needs_its_key_and_federation_needs_glue_and_lake_formation() {
    let settings = "    kmsKeyId: alias/lake\n    federationRoleArn: arn:aws:iam::111122223333:role/athena\n";
    let desired = asked(&format!("{STORE}{settings}"));
    let allow = |sid: &str, action: Value, resource: Value| json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource});
    let glue = |parts: &[&str]| -> Value {
        parts.iter().map(|part| format!("arn:aws:glue:us-east-1:111122223333:{part}")).collect()
    };
    let role = "arn:aws:iam::111122223333:role/athena";
    let mut pass = allow("PassFederationRole", "iam:PassRole".into(), role.into());
    pass["Condition"] = json!({"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}});
    let mut key = allow(
        "StoreKmsKeys",
        json!(["kms:Decrypt", "kms:GenerateDataKey"]),
        "arn:aws:kms:us-east-1:111122223333:key/*".into(),
    );
    key["Condition"] = json!({"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/lake"}});
    let parts = ["catalog", "connection/aws:cloudtrail", "database/aws:cloudtrail", "table/aws:cloudtrail/*"];
    let expected = [
        allow("GetFederationRole", "iam:GetRole".into(), role.into()),
        pass,
        allow(
            "EnableFederationInGlue",
            json!(["glue:CreateDatabase", "glue:CreateTable", "glue:PassConnection"]),
            glue(&parts),
        ),
        allow(
            "FederationInLakeFormation",
            json!(["lakeformation:DeregisterResource", "lakeformation:RegisterResource"]),
            "arn:aws:lakeformation:us-east-1:111122223333:catalog:111122223333".into(),
        ),
        allow("DisableFederationInGlue", "glue:DeleteTable".into(), glue(&[parts[0], parts[2], parts[3]])),
        key,
    ];
    let policy = json!(privilege::apply(&desired));
    assert_eq!(policy["Statement"].as_array().unwrap()[3..], expected);
}

#[test]
fn a_store_whose_federation_is_left_alone_needs_nothing_of_glue() {
    let open = headings(&asked(STORE));
    assert_eq!(
        open,
        ["ReadCloudTrail", "EventDataStores", "DisableFederationInGlue", "FederationInLakeFormation"]
    );
    let left = asked(&format!("{STORE}    ignore: [federationRoleArn]\n"));
    assert_eq!(headings(&left), ["ReadCloudTrail", "EventDataStores"]);
    assert!(!granted(&left, "EventDataStores").to_string().contains("DisableFederation"));
}

#[test]
fn a_store_of_events_from_elsewhere_has_nothing_to_pause() {
    let partner = "    multiRegionEnabled: false\n    advancedEventSelectors:\n      - fieldSelectors: [{field: eventCategory, equals: [ActivityAuditLog]}]\n    ignore: [federationRoleArn, resourcePolicy]\n";
    let expected = json!([{
        "Sid": "EventDataStores",
        "Effect": "Allow",
        "Action": [
            "cloudtrail:AddTags",
            "cloudtrail:CreateEventDataStore",
            "cloudtrail:RemoveTags",
            "cloudtrail:RestoreEventDataStore",
            "cloudtrail:UpdateEventDataStore",
        ],
        "Resource": "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/*",
    }]);
    assert_eq!(granted(&asked(&format!("{STORE}{partner}")), "EventDataStores"), expected);
}

#[test]
fn enriched_events_need_the_role_for_event_context() {
    let context = "    maxEventSize: Large\n    contextKeySelectors: [{type: TagContext, equals: [team]}]\n";
    let desired = asked(&format!("{STORE}{context}"));
    let roles = "arn:aws:iam::111122223333:role/aws-service-role";
    let expected = json!([{
        "Sid": "CreateServiceLinkedRole",
        "Effect": "Allow",
        "Action": "iam:CreateServiceLinkedRole",
        "Resource": format!("{roles}/context.cloudtrail.amazonaws.com/AWSServiceRoleForCloudTrailEventContext"),
        "Condition": {"StringEquals": {"iam:AWSServiceName": "context.cloudtrail.amazonaws.com"}},
    }]);
    assert_eq!(granted(&desired, "CreateServiceLinkedRole"), expected);
    let expected = json!([{
        "Sid": "GetServiceLinkedRole", "Effect": "Allow", "Action": "iam:GetRole", "Resource": format!("{roles}/*"),
    }]);
    assert_eq!(granted(&desired, "GetServiceLinkedRole"), expected);
}

#[test]
fn channels_and_dashboards_reach_stores_too() {
    let lists = "channels:\n  - name: partner\n    source: Custom\n    destinations:\n      - eventDataStore: arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/EXAMPLE-1\n    ignore: [resourcePolicy]\ndashboards:\n  - name: overview\n    ignore: [resourcePolicy]\n";
    let desired = asked(lists);
    let own = |resource: &str| format!("arn:aws:cloudtrail:us-east-1:111122223333:{resource}");
    let expected = json!([
        {
            "Sid": "Channels",
            "Effect": "Allow",
            "Action": ["cloudtrail:AddTags", "cloudtrail:RemoveTags", "cloudtrail:UpdateChannel"],
            "Resource": own("channel/*"),
        },
        {
            "Sid": "Channels2",
            "Effect": "Allow",
            "Action": "cloudtrail:CreateChannel",
            "Resource": [own("channel/*"), own("eventdatastore/EXAMPLE-1")],
        },
    ]);
    assert_eq!(granted(&desired, "Channels"), expected);
    let expected = json!([
        {
            "Sid": "Dashboards",
            "Effect": "Allow",
            "Action": [
                "cloudtrail:AddTags",
                "cloudtrail:CreateDashboard",
                "cloudtrail:RemoveTags",
                "cloudtrail:StartDashboardRefresh",
                "cloudtrail:UpdateDashboard",
            ],
            "Resource": own("dashboard/overview"),
        },
        {
            "Sid": "Dashboards2",
            "Effect": "Allow",
            "Action": "cloudtrail:StartQuery",
            "Resource": own("eventdatastore/*"),
        },
    ]);
    assert_eq!(granted(&desired, "Dashboards"), expected);
}

#[test]
fn a_channel_may_be_replaced_where_the_header_allows_it() {
    let channel = "channels:\n  - name: partner\n    source: Custom\n    destinations:\n      - eventDataStore: arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/EXAMPLE-1\n";
    let allow = "allow:\n  - {guard: blind-spot, resource: channel/partner, reason: a new sender}\n";
    let deletes =
        |desired: &Desired| granted(desired, "Channels").to_string().contains("cloudtrail:DeleteChannel");
    assert!(!deletes(&asked(channel)));
    assert!(deletes(&asked(&format!("{allow}{channel}"))));
}

/// An organization trail, written by a delegated administrator.
const ORGANIZATION_TRAIL: &str = "organization: {managementAccount: \"999988887777\"}
trails:
  - name: everybody
    s3BucketName: acme-trail-logs
    isOrganizationTrail: true
    cloudWatchLogsLogGroupArn: arn:aws:logs:us-east-1:111122223333:log-group:trail:*
    cloudWatchLogsRoleArn: arn:aws:iam::111122223333:role/logs
";

#[test]
fn an_organization_trail_needs_the_organization_and_belongs_to_its_management_account() {
    let desired = asked(ORGANIZATION_TRAIL);
    assert_eq!(
        headings(&desired),
        [
            "ReadCloudTrail",
            "Trails",
            "PassLogsRole",
            "Organization",
            "CreateServiceLinkedRole",
            "GetServiceLinkedRole"
        ]
    );
    let owners = json!([
        "arn:aws:cloudtrail:us-east-1:111122223333:trail/everybody",
        "arn:aws:cloudtrail:us-east-1:999988887777:trail/everybody",
    ]);
    assert_eq!(granted(&desired, "Trails")[0]["Resource"], owners);
    let expected = json!([{
        "Sid": "PassLogsRole",
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "arn:aws:iam::111122223333:role/logs",
        "Condition": {"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}},
    }]);
    assert_eq!(granted(&desired, "PassLogsRole"), expected);
    let expected = json!([{
        "Sid": "Organization",
        "Effect": "Allow",
        "Action": [
            "organizations:DescribeOrganization",
            "organizations:ListAWSServiceAccessForOrganization",
            "organizations:ListAccounts",
        ],
        "Resource": "*",
    }]);
    assert_eq!(granted(&desired, "Organization"), expected);
}

/// A statement that lets CloudTrail in.
fn lets_in(sid: &str, action: &str, resource: Value, condition: Value) -> Value {
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    })
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[test]
fn a_bucket_lets_each_trail_write_where_it_does() {
    let lists = "trails:\n  - {name: one, s3BucketName: shared}\n  - {name: two, s3BucketName: shared}\n  - {name: three, s3BucketName: shared, s3KeyPrefix: app}\n  - {name: four, s3BucketName: own}\n";
    let trail = |name: &str| format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}");
    let check = |bucket: &str, trails: Value| {
        let resource = format!("arn:aws:s3:::{bucket}");
        lets_in(
            "AWSCloudTrailAclCheck",
            "s3:GetBucketAcl",
            resource.into(),
            json!({"StringEquals": {"aws:SourceArn": trails}}),
        )
    };
    let write = |sid: &str, folder: &str, trails: Value| {
        let resource = format!("arn:aws:s3:::{folder}/AWSLogs/111122223333/*");
        let condition =
            json!({"StringEquals": {"aws:SourceArn": trails, "s3:x-amz-acl": "bucket-owner-full-control"}});
        lets_in(sid, "s3:PutObject", resource.into(), condition)
    };
    let expected = json!({
        "own": document(&[check("own", trail("four").into()), write("AWSCloudTrailWrite", "own", trail("four").into())]),
        "shared": document(&[
            check("shared", json!([trail("one"), trail("three"), trail("two")])),
            write("AWSCloudTrailWrite", "shared", json!([trail("one"), trail("two")])),
            write("AWSCloudTrailWrite2", "shared/app", trail("three").into()),
        ]),
    });
    assert_eq!(json!(privilege::buckets(&asked(lists), "")), expected);
}

#[test]
fn an_organization_trail_also_writes_below_the_organization() {
    let trail = "arn:aws:cloudtrail:us-east-1:999988887777:trail/everybody";
    let source = json!({"StringEquals": {"aws:SourceArn": trail}});
    let writes =
        json!({"StringEquals": {"aws:SourceArn": trail, "s3:x-amz-acl": "bucket-owner-full-control"}});
    let folder = |owner: &str| format!("arn:aws:s3:::acme-trail-logs/AWSLogs/{owner}/*").into();
    let expected = document(&[
        lets_in("AWSCloudTrailAclCheck", "s3:GetBucketAcl", "arn:aws:s3:::acme-trail-logs".into(), source),
        lets_in("AWSCloudTrailWrite", "s3:PutObject", folder("999988887777"), writes.clone()),
        lets_in("AWSCloudTrailOrganizationWrite", "s3:PutObject", folder(ORGANIZATION), writes),
    ]);
    let desired = asked(ORGANIZATION_TRAIL);
    assert!(privilege::names_organization(&desired));
    assert_eq!(json!(privilege::buckets(&desired, ORGANIZATION)["acme-trail-logs"]), expected);
}

#[test]
fn a_topic_is_one_topic_by_name_and_by_arn() {
    let topic = "arn:aws:sns:us-east-1:111122223333:deliveries";
    let lists = format!(
        "trails:\n  - {{name: one, s3BucketName: own, snsTopicName: deliveries}}\n  - {{name: two, s3BucketName: own, snsTopicName: \"{topic}\"}}\n"
    );
    let trails = ["one", "two"].map(|name| format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}"));
    let condition = json!({"StringEquals": {"aws:SourceArn": trails}});
    let expected = json!({topic: document(&[lets_in("AWSCloudTrailSNSPolicy", "SNS:Publish", topic.into(), condition)])});
    assert_eq!(json!(privilege::topics(&asked(&lists))), expected);
    assert_eq!(json!(privilege::topics(&asked(TRAIL))), json!({}));
}

fn without_condition(sid: &str, action: &str) -> Value {
    let mut statement = lets_in(sid, action, "*".into(), Value::Null);
    statement.as_object_mut().unwrap().remove("Condition");
    statement
}

#[test]
fn a_key_serves_a_trail_and_its_name_alone() {
    let source = json!({"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit"});
    let context =
        json!({"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:111122223333:trail/*"});
    let encrypt = json!({"StringEquals": source.clone(), "StringLike": context});
    let expected = json!({"alias/trail": document(&[
        lets_in("AllowCloudTrailEncryptLogs", "kms:GenerateDataKey*", "*".into(), encrypt),
        without_condition("AllowCloudTrailDecryptTrail", "kms:Decrypt"),
        lets_in("AllowCloudTrailAccess", "kms:DescribeKey", "*".into(), json!({"StringEquals": source})),
    ])});
    assert_eq!(json!(privilege::keys(&asked(&format!("{TRAIL}    kmsKeyId: alias/trail\n")))), expected);
}

#[test]
fn a_key_serves_stores_that_have_no_id_yet() {
    let condition = json!({
        "StringEqualsIfExists": {"aws:SourceAccount": "111122223333"},
        "StringLikeIfExists": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/*"},
    });
    let mut encrypt = lets_in("AllowCloudTrailEncryptEds", "", "*".into(), condition);
    encrypt["Action"] = json!(["kms:Decrypt", "kms:GenerateDataKey"]);
    let expected = json!({"alias/lake": document(&[
        encrypt,
        without_condition("AllowCloudTrailDecryptEds", "kms:Decrypt"),
        without_condition("AllowCloudTrailAccess", "kms:DescribeKey"),
    ])});
    assert_eq!(json!(privilege::keys(&asked(&format!("{STORE}    kmsKeyId: alias/lake\n")))), expected);
}

#[test]
fn a_log_role_is_assumed_by_cloudtrail_and_writes_the_trails_streams() {
    let streams = [
        "arn:aws:logs:us-east-1:111122223333:log-group:trail:log-stream:111122223333_CloudTrail_us-east-1*",
        "arn:aws:logs:us-east-1:111122223333:log-group:trail:log-stream:999988887777_CloudTrail_us-east-1*",
        "arn:aws:logs:us-east-1:111122223333:log-group:trail:log-stream:o-exampleorgid_*",
    ];
    let allow = |sid: &str, action: &str| json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": streams});
    let mut assume = without_condition("AllowCloudTrailAssumeRole", "sts:AssumeRole");
    assume.as_object_mut().unwrap().remove("Resource");
    let expected = json!({"arn:aws:iam::111122223333:role/logs": {
        "trust": document(&[assume]),
        "permissions": document(&[
            allow("AWSCloudTrailCreateLogStream", "logs:CreateLogStream"),
            allow("AWSCloudTrailPutLogEvents", "logs:PutLogEvents"),
        ]),
    }});
    assert_eq!(json!(privilege::logs_roles(&asked(ORGANIZATION_TRAIL), ORGANIZATION)), expected);
    let account = ORGANIZATION_TRAIL.replace("    isOrganizationTrail: true\n", "");
    let roles = json!(privilege::logs_roles(&asked(&account), ""));
    let permissions = &roles["arn:aws:iam::111122223333:role/logs"]["permissions"];
    assert_eq!(permissions["Statement"][0]["Resource"], streams[0]);
}

#[test]
fn other_partitions_have_other_arns() {
    let text = "version: 1\nname: acme\naccount: \"111122223333\"\nregion: us-gov-west-1\n";
    let desired = desired(&format!("{text}{TRAIL}"), Path::new(".")).unwrap();
    let bucket = json!(privilege::buckets(&desired, ""));
    assert_eq!(bucket["acme-trail-logs"]["Statement"][0]["Resource"], "arn:aws-us-gov:s3:::acme-trail-logs");
    let trail = "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/audit";
    assert_eq!(granted(&desired, "Trails")[0]["Resource"], trail);
}

#[test]
fn a_refusal_is_answered_with_what_was_missing() {
    let desired =
        asked(&format!("{ORGANIZATION_TRAIL}    kmsKeyId: alias/trail\n    snsTopicName: deliveries\n"));
    let key = Key::parse("trail/everybody").unwrap();
    let first = |code: &str| {
        let remedy = privilege::remedy(&desired, &key, code)?;
        let (line, json) = remedy.split_once('\n').unwrap();
        serde_json::from_str::<Value>(json).unwrap();
        Some((line.to_owned(), json.to_owned()))
    };
    let line = |code: &str| first(code).map(|(line, _)| line);
    let (bucket, statements) = first("InsufficientS3BucketPolicyException").unwrap();
    assert_eq!(bucket, "the policy of bucket acme-trail-logs needs these statements:");
    assert!(statements.contains("AWSLogs/ORGANIZATION_ID/*"), "{statements}");
    assert_eq!(
        line("InsufficientSnsTopicPolicyException").unwrap(),
        "the policy of topic arn:aws:sns:us-east-1:111122223333:deliveries needs this statement:"
    );
    assert_eq!(
        line("InsufficientEncryptionPolicyException").unwrap(),
        "the policy of key alias/trail needs these statements:"
    );
    let role = "arn:aws:iam::111122223333:role/logs needs this trust and these permissions:";
    assert_eq!(line("InvalidCloudWatchLogsRoleArnException").unwrap(), role);
    assert_eq!(line("InvalidCloudWatchLogsLogGroupArnException").unwrap(), role);
    assert_eq!(line("TrailAlreadyExistsException"), None);
}
