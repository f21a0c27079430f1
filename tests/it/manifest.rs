//! What a manifest that uses everything means, setting by setting; and what a manifest says about itself.

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use trailkeeper::manifest::problem::{MAX_KEPT, Severity};
use trailkeeper::manifest::{Manifest, Resolved, SourceFile, Sources, render_text};
use trailkeeper::name::{AccountId, Date, Name, Region, Tags, Target};
use trailkeeper::resource::channel::Channel;
use trailkeeper::resource::dashboard::{Dashboard, Frequency, RefreshSchedule, Widget};
use trailkeeper::resource::event_data_store::{
    BillingMode, ContextKeySelector, EventDataStore, MaxEventSize,
};
use trailkeeper::resource::selector::{
    AdvancedEventSelector, AggregationConfiguration, DataResource, EventSelector, FieldSelector,
    InsightSelector, Selectors,
};
use trailkeeper::resource::trail::Trail;
use trailkeeper::resource::{Guard, Key, Parent, Part, Path, Policy, Spec, Text};
use trailkeeper::state::{Permission, Removal, TagPattern};

const BASE: &str = r#"
trails:
  - name: management-events
    s3BucketName: ${vars.logs}-${region}
    s3KeyPrefix: org/${account}
    snsTopicName: trail-topic
    includeGlobalServiceEvents: true
    isMultiRegionTrail: ${vars.everywhere}
    enableLogFileValidation: true
    cloudWatchLogsLogGroupArn: arn:${partition}:logs:${region}:${account}:log-group:trail:*
    cloudWatchLogsRoleArn: arn:${partition}:iam::${account}:role/CloudTrailLogs
    kmsKeyId: alias/cloudtrail
    isOrganizationTrail: true
    recursiveLogging: false
    isLogging: false
    eventSelectors:
      - dataResources: [{type: "AWS::S3::Object", values: ["arn:aws:s3:::payroll/"]}]
        excludeManagementEventSources: [kms.amazonaws.com]
    insightSelectors:
      - {insightType: ApiErrorRateInsight, eventCategories: [Management, Data]}
      - {insightType: ApiCallRateInsight}
    aggregationConfigurations:
      - {eventCategory: Data, templates: [API_ACTIVITY]}
    tags: {tier: "1", team: audit}
    ignore: [kmsKeyId, tags.cost-center]
  - name: plain
    s3BucketName: acme-plain
eventDataStores:
  - name: plain
  - name: lake
    renamedFrom: pond
    advancedEventSelectors:
      - name: writes
        fieldSelectors:
          - {field: eventCategory, equals: [Management]}
          - {field: readOnly, equals: ["false"]}
          - {field: eventName, notStartsWith: [Describe, List], notEquals: [AssumeRole]}
    multiRegionEnabled: false
    organizationEnabled: true
    billingMode: FIXED_RETENTION_PRICING
    terminationProtectionEnabled: false
    kmsKeyId: alias/lake
    ingestionEnabled: false
    federationRoleArn: arn:aws:iam::${account}:role/lake
    insightSelectors: [{insightType: ApiCallRateInsight}]
    insightsDestination: insights
    maxEventSize: Large
    contextKeySelectors: [{type: TagContext, equals: [team]}]
    resourcePolicy:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: {Service: cloudtrail.amazonaws.com}
        Action: cloudtrail:StartQuery
        Condition: {StringEquals: {"aws:SourceArn": "${dashboards.overview.arn}"}}
  - name: insights
    advancedEventSelectors: [{fieldSelectors: [{field: eventCategory, equals: [Insight]}]}]
  - name: partners
    multiRegionEnabled: false
    advancedEventSelectors: [{fieldSelectors: [{field: eventCategory, equals: [ActivityAuditLog]}]}]
"#;

const ENVIRONMENT: &str = r#"
version: 1
name: security-baseline
account: "011122223333"
region: eu-central-1
vars: {logs: acme-trail-logs, everywhere: true, partner: "444455556666"}
tags: {team: security, stage: "${vars.logs}"}
ignoreTags: [awsApplication, "map-*"]
allow: [{guard: blind-spot, resource: trail/old, reason: SEC-9, until: 2026-12-01}]
organization: {managementAccount: "999999999999"}
channels:
  - name: github
    source: GitHub
    destinations:
      - eventDataStore: partners
      - eventDataStore: arn:aws:cloudtrail:eu-central-1:999999999999:eventdatastore/EXAMPLE
    resourcePolicyFile: policies/github.json
    ignore: [resourcePolicy]
dashboards:
  - name: overview
    widgets:
      - queryStatement: SELECT eventName FROM ${eventDataStores.lake.id} WHERE eventTime > '?'
        queryParameters: [$StartTime$]
        viewProperties: {Height: "2", Width: "4", Title: Calls, View: Table}
    refreshSchedule: {frequency: {unit: HOURS, value: 6}, timeOfDay: "00:30"}
    terminationProtectionEnabled: true
    resourcePolicy: '{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "cloudtrail:StartDashboardRefresh", "Resource": "${self.arn}"}]}'
removed:
  - {trail: old, reason: SEC-9}
  - {channel: okta, keep: true}
"#;

const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"AWS": "${vars.partner}"}, "Action": "cloudtrail-data:PutAuditEvents",
   "Condition": {"StringEquals": {"cloudtrail:ExternalId": "$${id}"}}}]}"#;

fn parsed() -> Manifest {
    let base = SourceFile::decode("base/trails.yaml", BASE.as_bytes()).unwrap();
    let environment = SourceFile::decode("envs/prod.yaml", ENVIRONMENT.as_bytes()).unwrap();
    Manifest::parse(&[base, environment]).unwrap()
}

fn target(account: &str) -> Target {
    let region = Region::parse("eu-central-1").unwrap();
    Target { account: AccountId::parse(account).unwrap(), partition: region.partition(), region }
}

fn resolved() -> Resolved {
    let policies = BTreeMap::from([("envs/policies/github.json".to_owned(), Ok(POLICY.as_bytes().to_vec()))]);
    parsed().resolve(&target("011122223333"), &policies).unwrap()
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn tags(name: &str, others: &[(&str, &str)]) -> Tags {
    let header = [
        ("team", "security"),
        ("stage", "acme-trail-logs"),
        ("trailkeeper:manifest", "security-baseline"),
        ("trailkeeper:name", name),
    ];
    header.iter().chain(others).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn category(name: &str) -> FieldSelector {
    FieldSelector { field: "eventCategory".into(), equals: strings(&[name]), ..FieldSelector::default() }
}

fn only(name: Option<&str>, of: &str) -> Vec<AdvancedEventSelector> {
    vec![AdvancedEventSelector { name: name.map(str::to_owned), field_selectors: vec![category(of)] }]
}

fn plain_trail() -> Trail {
    Trail {
        name: Name::new("plain"),
        s3_bucket_name: "acme-plain".into(),
        s3_key_prefix: None,
        sns_topic_name: None,
        include_global_service_events: true,
        is_multi_region_trail: false,
        enable_log_file_validation: false,
        cloud_watch_logs_log_group_arn: None,
        cloud_watch_logs_role_arn: None,
        kms_key_id: None,
        is_organization_trail: false,
        recursive_logging: true,
        is_logging: true,
        event_selectors: Selectors::Basic(vec![EventSelector {
            read_write_type: "All".into(),
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }]),
        insight_selectors: Vec::new(),
        aggregation_configurations: Vec::new(),
        tags: tags("plain", &[]),
        home: None,
    }
}

fn full_trail() -> Trail {
    let insight = |insight_type: &str, categories: &[&str]| InsightSelector {
        insight_type: insight_type.into(),
        event_categories: strings(categories),
    };
    Trail {
        name: Name::new("management-events"),
        s3_bucket_name: "acme-trail-logs-eu-central-1".into(),
        s3_key_prefix: Some("org/011122223333".into()),
        sns_topic_name: Some("trail-topic".into()),
        include_global_service_events: true,
        is_multi_region_trail: true,
        enable_log_file_validation: true,
        cloud_watch_logs_log_group_arn: Some(
            "arn:aws:logs:eu-central-1:011122223333:log-group:trail:*".into(),
        ),
        cloud_watch_logs_role_arn: Some("arn:aws:iam::011122223333:role/CloudTrailLogs".into()),
        kms_key_id: Some("alias/cloudtrail".into()),
        is_organization_trail: true,
        recursive_logging: false,
        is_logging: false,
        event_selectors: Selectors::Basic(vec![EventSelector {
            read_write_type: "All".into(),
            include_management_events: true,
            data_resources: vec![DataResource {
                r#type: "AWS::S3::Object".into(),
                values: strings(&["arn:aws:s3:::payroll/"]),
            }],
            exclude_management_event_sources: strings(&["kms.amazonaws.com"]),
        }]),
        insight_selectors: vec![
            insight("ApiErrorRateInsight", &["Management", "Data"]),
            insight("ApiCallRateInsight", &["Management"]),
        ],
        aggregation_configurations: vec![AggregationConfiguration {
            event_category: "Data".into(),
            templates: strings(&["API_ACTIVITY"]),
        }],
        tags: tags("management-events", &[("tier", "1"), ("team", "audit")]),
        home: None,
    }
}

fn plain_store(name: &str, selectors: Vec<AdvancedEventSelector>) -> EventDataStore {
    EventDataStore {
        name: Name::new(name),
        advanced_event_selectors: selectors,
        multi_region_enabled: true,
        organization_enabled: false,
        billing_mode: BillingMode::Extendable,
        retention_period: 366,
        termination_protection_enabled: true,
        kms_key_id: None,
        ingestion_enabled: true,
        federation_role_arn: None,
        insight_selectors: Vec::new(),
        insights_destination: None,
        max_event_size: MaxEventSize::Standard,
        context_key_selectors: Vec::new(),
        tags: tags(name, &[]),
        home: None,
    }
}

fn full_store() -> EventDataStore {
    let field = |field: &str| FieldSelector { field: field.into(), ..FieldSelector::default() };
    let read_only = FieldSelector { equals: strings(&["false"]), ..field("readOnly") };
    let event_name = FieldSelector {
        not_starts_with: strings(&["Describe", "List"]),
        not_equals: strings(&["AssumeRole"]),
        ..field("eventName")
    };
    EventDataStore {
        name: Name::new("lake"),
        advanced_event_selectors: vec![AdvancedEventSelector {
            name: Some("writes".into()),
            field_selectors: vec![category("Management"), read_only, event_name],
        }],
        multi_region_enabled: false,
        organization_enabled: true,
        billing_mode: BillingMode::Fixed,
        retention_period: 2557,
        termination_protection_enabled: false,
        kms_key_id: Some("alias/lake".into()),
        ingestion_enabled: false,
        federation_role_arn: Some("arn:aws:iam::011122223333:role/lake".into()),
        insight_selectors: vec![InsightSelector {
            insight_type: "ApiCallRateInsight".into(),
            event_categories: strings(&["Management"]),
        }],
        insights_destination: Some(Text::arn(key("eventDataStore/insights"))),
        max_event_size: MaxEventSize::Large,
        context_key_selectors: vec![ContextKeySelector {
            r#type: "TagContext".into(),
            equals: strings(&["team"]),
        }],
        tags: tags("lake", &[]),
        home: None,
    }
}

fn dashboard() -> Dashboard {
    let properties = [("Height", "2"), ("Width", "4"), ("Title", "Calls"), ("View", "Table")];
    Dashboard {
        name: Name::new("overview"),
        widgets: vec![Widget {
            query_statement: Text::new([
                Part::Lit("SELECT eventName FROM ".into()),
                Part::Id(key("eventDataStore/lake")),
                Part::Lit(" WHERE eventTime > '?'".into()),
            ]),
            query_parameters: strings(&["$StartTime$"]),
            view_properties: properties.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        }],
        refresh_schedule: Some(RefreshSchedule {
            frequency: Some(Frequency { unit: "HOURS".into(), value: 6 }),
            status: "ENABLED".into(),
            time_of_day: Some("00:30".into()),
        }),
        termination_protection_enabled: true,
        tags: tags("overview", &[]),
    }
}

fn policy(parent: Parent, name: &str, document: Vec<Part>) -> Spec {
    Spec::Policy(Policy { parent, name: Name::new(name), document: Text::new(document) })
}

#[test]
fn a_manifest_that_uses_everything_means_this() {
    let Resolved { desired, warnings, silenced } = resolved();
    let codes: Vec<&str> = warnings.iter().map(|warning| warning.code.0).collect();
    assert_eq!((codes.as_slice(), silenced.len()), (&["TK108", "TK109", "TK110", "TK311", "TK510"][..], 0));
    let lit = |text: &str| Part::Lit(text.to_owned());
    let mut partners = plain_store("partners", only(None, "ActivityAuditLog"));
    partners.multi_region_enabled = false;
    let foreign = "arn:aws:cloudtrail:eu-central-1:999999999999:eventdatastore/EXAMPLE";
    let expected = [
        Spec::Trail(full_trail()),
        Spec::Trail(plain_trail()),
        Spec::EventDataStore(plain_store("insights", only(None, "Insight"))),
        Spec::EventDataStore(full_store()),
        policy(
            Parent::EventDataStore,
            "lake",
            vec![
                lit(
                    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"cloudtrail:StartQuery","Condition":{"StringEquals":{"aws:SourceArn":""#,
                ),
                Part::Arn(key("dashboard/overview")),
                lit(r#""}}}}"#),
            ],
        ),
        Spec::EventDataStore(partners),
        Spec::EventDataStore(plain_store("plain", only(Some("Default management events"), "Management"))),
        Spec::Channel(Channel {
            name: Name::new("github"),
            source: "GitHub".into(),
            destinations: vec![Text::arn(key("eventDataStore/partners")), Text::plain(foreign)],
            tags: tags("github", &[]),
        }),
        policy(
            Parent::Channel,
            "github",
            vec![
                lit(
                    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"cloudtrail-data:PutAuditEvents","Condition":{"StringEquals":{"cloudtrail:ExternalId":"${id}"}},"Resource":""#,
                ),
                Part::Arn(key("channel/github")),
                lit(r#""}]}"#),
            ],
        ),
        Spec::Dashboard(dashboard()),
        policy(
            Parent::Dashboard,
            "overview",
            vec![
                lit(
                    r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"cloudtrail:StartDashboardRefresh","Resource":""#,
                ),
                Part::Arn(key("dashboard/overview")),
                lit(r#""}]}"#),
            ],
        ),
    ];
    let expected: BTreeMap<Key, Spec> = expected.into_iter().map(|spec| (spec.key(), spec)).collect();
    assert_eq!(desired.specs.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (key, spec) in &expected {
        assert_eq!(&desired.specs[key], spec, "{key}");
    }
}

#[test]
fn what_a_manifest_says_beside_settings_is_kept() {
    let Resolved { desired, .. } = resolved();
    assert_eq!(desired.manifest, "security-baseline");
    assert_eq!(desired.target, target("011122223333"));
    assert_eq!(desired.management_account, AccountId::parse("999999999999"));
    assert_eq!(desired.renamed_from, BTreeMap::from([(key("eventDataStore/lake"), Name::new("pond"))]));
    let removal = |keep, reason: Option<&str>| Removal { keep, reason: reason.map(str::to_owned) };
    assert_eq!(
        desired.removed,
        BTreeMap::from([
            (key("trail/old"), removal(false, Some("SEC-9"))),
            (key("channel/okta"), removal(true, None)),
        ])
    );
    let paths = |paths: &[&str]| paths.iter().map(|path| Path::new(*path)).collect::<BTreeSet<Path>>();
    assert_eq!(
        desired.ignore,
        BTreeMap::from([
            (key("trail/management-events"), paths(&["kmsKeyId", "tags.cost-center"])),
            (key("channel/github"), paths(&["resourcePolicy"])),
        ])
    );
    assert_eq!(desired.ignore_tags, [TagPattern("awsApplication".into()), TagPattern("map-*".into())]);
    assert_eq!(
        desired.permissions,
        [Permission {
            guard: Guard::BlindSpot,
            key: key("trail/old"),
            reason: Some("SEC-9".into()),
            until: Date::parse("2026-12-01"),
        }]
    );
}

#[test]
fn a_manifest_tells_its_header_its_files_and_its_places() {
    let manifest = parsed();
    assert_eq!(manifest.header().name, "security-baseline");
    assert_eq!(manifest.header().account, AccountId::parse("011122223333"));
    assert_eq!(manifest.header().region, Region::parse("eu-central-1"));
    assert_eq!(manifest.files(&target("011122223333")), ["envs/policies/github.json"]);
    assert_eq!(manifest.stand_in_target(), target("011122223333"));
    let at = manifest.at(&key("trail/management-events"), &Path::new("kmsKeyId")).unwrap();
    assert_eq!((at.file.as_str(), &BASE[at.range.unwrap()]), ("base/trails.yaml", "alias/cloudtrail"));
    let at = manifest.at(&key("dashboard/overview"), &Path::new("refreshSchedule.frequency.unit")).unwrap();
    assert_eq!((at.file.as_str(), &ENVIRONMENT[at.range.unwrap()]), ("envs/prod.yaml", "HOURS"));
    let at = manifest.at(&key("trail/management-events"), &Path::tag("team")).unwrap();
    assert_eq!(&BASE[at.range.unwrap()], "audit");
    assert_eq!(manifest.at(&key("trail/nope"), &Path::new("name")), None);
}

#[test]
fn the_order_of_files_does_not_matter() {
    let base = SourceFile::decode("base/trails.yaml", BASE.as_bytes()).unwrap();
    let environment = SourceFile::decode("envs/prod.yaml", ENVIRONMENT.as_bytes()).unwrap();
    let policies = BTreeMap::from([("envs/policies/github.json".to_owned(), Ok(POLICY.as_bytes().to_vec()))]);
    let other = Manifest::parse(&[environment, base]).unwrap();
    let other = other.resolve(&target("011122223333"), &policies).unwrap();
    assert_eq!(other.desired, resolved().desired);
}

#[test]
fn a_manifest_without_account_is_looked_at_with_an_example() {
    let text = "version: 1\nname: any\ntrails:\n  - name: audit\n    s3BucketName: acme-${account}\n    \
                cloudWatchLogsLogGroupArn: arn:aws:logs:eu-west-1:444455556666:log-group:trail:*\n    \
                cloudWatchLogsRoleArn: arn:aws:iam::444455556666:role/trail\n";
    let manifest = Manifest::parse(&[SourceFile::decode("m.yaml", text.as_bytes()).unwrap()]).unwrap();
    assert_eq!(manifest.stand_in_target().account.as_str(), "123456789012");
    assert!(manifest.resolve(&manifest.stand_in_target(), &BTreeMap::new()).is_ok());
    // A real target is compared with: the group and the role are of other accounts.
    let problems = manifest.resolve(&target("111122223333"), &BTreeMap::new()).unwrap_err();
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    let codes: Vec<&str> = errors.map(|problem| problem.code.0).collect();
    assert_eq!(codes, ["TK036", "TK106", "TK106"]);
}

/// `${account}`, `${region}` and `${partition}` work in every string but names.
#[test]
fn the_target_stands_in_every_text_but_names() {
    let text = r#"
version: 1
name: any
vars: {place: "${region}"}
ignoreTags: ["map-${account}"]
allow:
  - {guard: blind-spot, resource: trail/old, reason: "moved to ${vars.place}"}
trails:
  - {name: audit, s3BucketName: "acme-${account}", ignore: ["tags.${partition}"]}
eventDataStores:
  - {name: lake, resourcePolicyFile: "policies/${account}-${vars.place}.json"}
removed:
  - {trail: old, reason: "not in ${account}"}
"#;
    let manifest = Manifest::parse(&[SourceFile::decode("m.yaml", text.as_bytes()).unwrap()]).unwrap();
    let target = target("111122223333");
    let file = "policies/111122223333-eu-central-1.json";
    assert_eq!(manifest.files(&target), [file]);
    let policy =
        br#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "444455556666"},
        "Action": "cloudtrail:StartQuery"}]}"#;
    let policies = BTreeMap::from([(file.to_owned(), Ok(policy.to_vec()))]);
    let desired = manifest.resolve(&target, &policies).unwrap().desired;
    assert_eq!(desired.ignore_tags, [TagPattern("map-111122223333".to_owned())]);
    assert_eq!(desired.permissions[0].reason.as_deref(), Some("moved to eu-central-1"));
    assert_eq!(desired.ignore[&key("trail/audit")], [Path::tag("aws")].into());
    assert_eq!(desired.removed[&key("trail/old")].reason.as_deref(), Some("not in 111122223333"));
    assert!(desired.specs.contains_key(&key("policy/eventDataStore/lake")));
    let missing = manifest.resolve(&target, &BTreeMap::new()).unwrap_err();
    let errors = missing.iter().filter(|problem| problem.severity == Severity::Error);
    let told: Vec<&str> = errors.map(|problem| problem.message.as_str()).collect();
    assert_eq!(told, [format!("`{file}` was not read")]);
}

/// A mistake in each line is told as far as anybody reads, and looked into no further.
#[test]
fn a_flood_of_problems_is_cut_off() {
    let header = "version: 1\nname: any\n";
    let unknown: String = (0..20_000).map(|n| format!("s3BucketNam{n}: x\n")).collect();
    let inside: String = (0..20_000).map(|n| format!("    isLoging{n}: x\n")).collect();
    let variables: String = (0..20_000).map(|n| format!("      t{n}: ${{vars.r{n}}}\n")).collect();
    let references: String = (0..3_000)
        .map(|n| {
            format!("  - {{name: c{n}, source: Custom, destinations: [{{eventDataStore: gone-{n}}}]}}\n")
        })
        .collect();
    let trail = "trails:\n  - name: audit\n    s3BucketName: acme-trail-logs\n    isMultiRegionTrail: true\n    \
                 enableLogFileValidation: true\n";
    let floods = [
        (format!("{header}{unknown}{trail}"), "TK010"),
        (format!("{header}{trail}{inside}"), "TK010"),
        (format!("{header}vars: {{region: a}}\n{trail}    tags:\n{variables}"), "TK022"),
        (format!("{header}channels:\n{references}"), "TK021"),
    ];
    for (text, code) in floods {
        let source = SourceFile::decode("m.yaml", text.as_bytes()).unwrap();
        let problems = Manifest::parse(std::slice::from_ref(&source)).unwrap_err();
        let told = problems.into_sorted(&[source].into_iter().collect());
        let (last, others) = told.split_last().unwrap();
        assert_eq!((last.code.0, others.len()), ("TK008", MAX_KEPT), "{code}");
        assert!(others.iter().any(|problem| problem.code.0 == code), "{code}");
    }
}

#[test]
fn a_schema_for_editors_accepts_the_manifest() {
    let schema = trailkeeper::manifest::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for text in [BASE, ENVIRONMENT] {
        let value: serde_json::Value = serde_yaml::from_str(text).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

/// What people paste into the wrong place.
const SCRAPS: [&str; 14] = [
    "",
    "${vars.logs}",
    "${",
    "$${",
    "${self.arn}",
    "${eventDataStores.lake.id}",
    "null",
    "[",
    "{}",
    "- ",
    "\n",
    "é",
    ": ",
    "12",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_manifest_never_panics_and_its_problems_stand_in_it(
        cuts in prop::collection::vec((0.0..1.0_f64, 0_usize..12, 0..SCRAPS.len()), 1..5),
    ) {
        let mut text = format!("{ENVIRONMENT}{BASE}");
        for (place, length, scrap) in cuts {
            let boundary = |from: usize| (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
            let start = boundary((text.len() as f64 * place) as usize);
            let end = boundary((start + length).min(text.len()));
            text.replace_range(start..end, SCRAPS[scrap]);
        }
        let source = SourceFile::decode("m.yaml", text.as_bytes()).unwrap();
        let sources: Sources = [source.clone()].into_iter().collect();
        let problems = match Manifest::parse(&[source]) {
            Ok(manifest) => match manifest.resolve(&manifest.stand_in_target(), &BTreeMap::new()) {
                Ok(_) => return Ok(()),
                Err(problems) => problems,
            },
            Err(problems) => problems,
        };
        for problem in problems.iter() {
            let inside = problem.at.as_ref().and_then(|at| at.range.as_ref()).is_none_or(|range| range.end <= text.len());
            prop_assert!(inside, "{problem:?}");
        }
        prop_assert!(!render_text(&problems.into_sorted(&sources), &sources, false).is_empty());
    }
}
