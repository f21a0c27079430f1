"""boto3 makes every operation of CloudTrail, in the ways that work and in ways that do not."""

import json
import urllib.request

from botocore.session import Session

from sandbox import ACCOUNT, CALLED, OTHER, REGION, SandboxCase

BUCKET = "acme-trail-logs"
MANAGEMENT = [{"Name": "management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
ACTIVITY = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]}]}]
INSIGHT = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Insight"]}]}]
DATA = [
    {
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
            {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::payroll/"]},
        ]
    }
]
WIDGET = {
    "QueryStatement": "SELECT eventName FROM 00000000-0000-4000-8000-000000000001 WHERE eventTime > '?'",
    "QueryParameters": ["$StartTime$"],
    "ViewProperties": {"Height": "2", "Width": "4", "Title": "names", "View": "Table"},
}


def policy(action, principal, **more):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Trails(SandboxCase):
    def test_the_life_of_a_trail(self):
        client = self.client()
        created = client.create_trail(
            Name="audit",
            S3BucketName=BUCKET,
            S3KeyPrefix="cloudtrail",
            SnsTopicName="delivered",
            IsMultiRegionTrail=True,
            EnableLogFileValidation=True,
            KmsKeyId="alias/trail",
            CloudWatchLogsLogGroupArn=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:trail:*",
            CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/logs",
            TagsList=[{"Key": "team", "Value": "security"}],
        )
        arn = created["TrailARN"]
        self.assertEqual(arn, f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit")
        self.assertFalse(client.get_trail_status(Name="audit")["IsLogging"])
        client.start_logging(Name=arn)
        self.assertTrue(client.get_trail_status(Name="audit")["IsLogging"])
        client.stop_logging(Name="audit")
        updated = client.update_trail(Name="audit", KmsKeyId="", S3KeyPrefix="", EnableLogFileValidation=False)
        self.assertNotIn("KmsKeyId", updated)
        trail = client.get_trail(Name=arn)["Trail"]
        self.assertEqual((trail["HomeRegion"], trail["LogFileValidationEnabled"]), (REGION, False))
        self.assertEqual(client.describe_trails(trailNameList=["audit"])["trailList"], [trail])
        listed = list(client.get_paginator("list_trails").paginate().search("Trails"))
        self.assertEqual(listed, [{"TrailARN": arn, "Name": "audit", "HomeRegion": REGION}])
        away = self.client(region="eu-west-1")
        self.assertEqual([t["TrailARN"] for t in away.describe_trails()["trailList"]], [arn])
        self.refused("InvalidHomeRegionException", away.delete_trail, Name=arn)
        self.assertEqual(client.list_public_keys()["PublicKeyList"], [])
        client.delete_trail(Name="audit")
        self.refused("TrailNotFoundException", client.get_trail, Name="audit")

    def test_selectors_insights_and_aggregation(self):
        client = self.client()
        client.create_trail(Name="audit", S3BucketName=BUCKET)
        basic = client.get_event_selectors(TrailName="audit")["EventSelectors"]
        self.assertEqual(basic[0]["ReadWriteType"], "All")
        client.put_event_selectors(TrailName="audit", AdvancedEventSelectors=MANAGEMENT + DATA)
        advanced = client.get_event_selectors(TrailName="audit")
        self.assertNotIn("EventSelectors", advanced)
        self.assertEqual(len(advanced["AdvancedEventSelectors"]), 2)
        self.refused("InsightNotEnabledException", client.get_insight_selectors, TrailName="audit")
        insights = [{"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}]
        client.put_insight_selectors(TrailName="audit", InsightSelectors=insights)
        read = client.get_insight_selectors(TrailName="audit")["InsightSelectors"]
        self.assertEqual({insight["InsightType"] for insight in read}, {"ApiCallRateInsight", "ApiErrorRateInsight"})
        aggregation = [{"EventCategory": "Data", "Templates": ["API_ACTIVITY"]}]
        client.put_event_configuration(TrailName="audit", AggregationConfigurations=aggregation)
        read = client.get_event_configuration(TrailName="audit")["AggregationConfigurations"]
        self.assertEqual(read, aggregation)

    def test_what_is_refused(self):
        client = self.client()
        client.create_trail(Name="audit", S3BucketName=BUCKET)
        self.refused("TrailAlreadyExistsException", client.create_trail, Name="audit", S3BucketName=BUCKET)
        self.refused("InvalidTrailNameException", client.create_trail, Name="a", S3BucketName=BUCKET)
        self.refused("InvalidS3BucketNameException", client.create_trail, Name="two", S3BucketName="A_B")
        self.refused(
            "InvalidParameterCombinationException",
            client.create_trail,
            Name="two",
            S3BucketName=BUCKET,
            IsMultiRegionTrail=True,
            IncludeGlobalServiceEvents=False,
        )
        for number in range(4):
            client.create_trail(Name=f"trail-{number}", S3BucketName=BUCKET)
        self.refused("MaximumNumberOfTrailsExceededException", client.create_trail, Name="six", S3BucketName=BUCKET)


class Lake(SandboxCase):
    def store(self, client, name, selectors, **more):
        created = client.create_event_data_store(
            Name=name,
            AdvancedEventSelectors=selectors,
            MultiRegionEnabled=False,
            TerminationProtectionEnabled=False,
            **more,
        )
        arn = created["EventDataStoreArn"]
        while client.get_event_data_store(EventDataStore=arn)["Status"] == "CREATED":
            pass
        return arn

    def test_the_life_of_a_store(self):
        client = self.client()
        tags = [{"Key": "team", "Value": "security"}]
        arn = self.store(client, "lake", MANAGEMENT, KmsKeyId="alias/lake", TagsList=tags)
        client.update_event_data_store(EventDataStore=arn, RetentionPeriod=400, Name="sea")
        read = client.get_event_data_store(EventDataStore=arn.split("/")[1])
        self.assertEqual((read["Name"], read["RetentionPeriod"], read["Status"]), ("sea", 400, "ENABLED"))
        client.stop_event_data_store_ingestion(EventDataStore=arn)
        self.settled(client, arn, "STOPPED_INGESTION")
        client.start_event_data_store_ingestion(EventDataStore=arn)
        self.settled(client, arn, "ENABLED")
        role = f"arn:aws:iam::{ACCOUNT}:role/federation"
        enabled = client.enable_federation(EventDataStore=arn, FederationRoleArn=role)
        self.assertEqual(enabled["FederationStatus"], "ENABLING")
        while client.get_event_data_store(EventDataStore=arn)["FederationStatus"] != "ENABLED":
            pass
        self.refused("EventDataStoreFederationEnabledException", client.delete_event_data_store, EventDataStore=arn)
        client.disable_federation(EventDataStore=arn)
        while client.get_event_data_store(EventDataStore=arn).get("FederationStatus") == "DISABLING":
            pass
        keys = [{"Type": "RequestContext", "Equals": ["aws:PrincipalArn"]}]
        client.put_event_configuration(EventDataStore=arn, MaxEventSize="Large", ContextKeySelectors=keys)
        read = client.get_event_configuration(EventDataStore=arn)
        self.assertEqual((read["MaxEventSize"], read["ContextKeySelectors"]), ("Large", keys))
        client.delete_event_data_store(EventDataStore=arn)
        self.settled(client, arn, "PENDING_DELETION")
        self.refused("InactiveEventDataStoreException", client.update_event_data_store, EventDataStore=arn, Name="x-y")
        client.restore_event_data_store(EventDataStore=arn)
        self.settled(client, arn, "ENABLED")

    def settled(self, client, arn, status):
        for _ in range(5):
            found = client.get_event_data_store(EventDataStore=arn)["Status"]
            if found == status:
                return
        self.fail(f"{found} is not {status}")

    def test_insights_of_a_store_go_to_another(self):
        client = self.client()
        source = self.store(client, "source", MANAGEMENT)
        destination = self.store(client, "insights", INSIGHT)
        client.put_insight_selectors(
            EventDataStore=source,
            InsightsDestination=destination,
            InsightSelectors=[{"InsightType": "ApiCallRateInsight"}],
        )
        self.assertEqual(client.get_insight_selectors(EventDataStore=source)["InsightsDestination"], destination)

    def test_stores_are_listed_in_pages(self):
        client = self.client()
        for number in range(5):
            self.store(client, f"store-{number}", MANAGEMENT)
        # botocore has no paginator for Lake's lists.
        sizes, token = [], {}
        while token is not None:
            page = client.list_event_data_stores(MaxResults=2, **token)
            sizes.append(len(page["EventDataStores"]))
            token = {"NextToken": page["NextToken"]} if "NextToken" in page else None
        self.assertEqual(sizes, [2, 2, 1])

    def test_an_integration(self):
        client = self.client()
        store = self.store(client, "partner", ACTIVITY)
        destinations = [{"Type": "EVENT_DATA_STORE", "Location": store}]
        created = client.create_channel(
            Name="okta", Source="OktaSystemLogEvents", Destinations=destinations, Tags=[{"Key": "a", "Value": "b"}]
        )
        arn = created["ChannelArn"]
        again = {"Name": "other", "Source": "OktaSystemLogEvents", "Destinations": destinations}
        self.refused("ChannelAlreadyExistsException", client.create_channel, **again)
        client.update_channel(Channel=arn, Name="sign-ins")
        read = client.get_channel(Channel=arn)
        self.assertEqual((read["Name"], read["Destinations"], read["IngestionStatus"]), ("sign-ins", destinations, {}))
        self.assertEqual(client.list_channels()["Channels"], [{"ChannelArn": arn, "Name": "sign-ins"}])
        self.refused("ResourcePolicyNotFoundException", client.get_resource_policy, ResourceArn=arn)
        document = policy("cloudtrail-data:PutAuditEvents", {"AWS": OTHER}, Resource=arn)
        client.put_resource_policy(ResourceArn=arn, ResourcePolicy=document)
        read = json.loads(client.get_resource_policy(ResourceArn=arn)["ResourcePolicy"])
        self.assertEqual(read["Statement"][0]["Action"], "cloudtrail-data:PutAuditEvents")
        wrong = policy("s3:GetObject", {"AWS": OTHER}, Resource=arn)
        put = client.put_resource_policy
        self.refused("ResourcePolicyNotValidException", put, ResourceArn=arn, ResourcePolicy=wrong)
        self.refused("ChannelExistsForEDSException", client.delete_event_data_store, EventDataStore=store)
        client.delete_resource_policy(ResourceArn=arn)
        client.delete_channel(Channel=arn)
        self.refused("ChannelNotFoundException", client.get_channel, Channel=arn)

    def test_the_life_of_a_dashboard(self):
        client = self.client()
        self.store(client, "lake", MANAGEMENT)
        arn = client.create_dashboard(Name="overview", Widgets=[WIDGET])["DashboardArn"]
        while client.get_dashboard(DashboardId=arn)["Status"] == "CREATING":
            pass
        service = {"Service": "cloudtrail.amazonaws.com"}
        condition = {"StringEquals": {"AWS:SourceArn": arn, "AWS:SourceAccount": ACCOUNT}}
        document = policy("cloudtrail:StartDashboardRefresh", service, Condition=condition)
        client.put_resource_policy(ResourceArn=arn, ResourcePolicy=document)
        schedule = {"Frequency": {"Unit": "HOURS", "Value": 6}, "Status": "ENABLED", "TimeOfDay": "12:30"}
        client.update_dashboard(DashboardId="overview", RefreshSchedule=schedule)
        while client.get_dashboard(DashboardId=arn)["Status"] == "UPDATING":
            pass
        self.assertEqual(client.get_dashboard(DashboardId="overview")["RefreshSchedule"], schedule)
        self.assertEqual(client.list_dashboards(Type="CUSTOM")["Dashboards"], [{"DashboardArn": arn, "Type": "CUSTOM"}])
        client.delete_dashboard(DashboardId=arn)
        self.refused("ResourceNotFoundException", client.get_dashboard, DashboardId=arn)

    def test_queries_and_imports_are_not_supported(self):
        client = self.client()
        store, known = "EventDataStore", "00000000-0000-4000-8000-000000000001"
        calls = {
            "start_query": {"QueryStatement": "SELECT 1"},
            "cancel_query": {"QueryId": known},
            "describe_query": {"QueryId": known},
            "get_query_results": {"QueryId": known},
            "list_queries": {store: known},
            "generate_query": {"EventDataStores": [known], "Prompt": "who"},
            "search_sample_queries": {"SearchPhrase": "who deleted"},
            "start_import": {"ImportId": known},
            "stop_import": {"ImportId": known},
            "get_import": {"ImportId": known},
            "list_imports": {},
            "list_import_failures": {"ImportId": known},
            "start_dashboard_refresh": {"DashboardId": "overview"},
            "list_insights_metric_data": {
                "EventSource": "a.amazonaws.com", "EventName": "B", "InsightType": "ApiCallRateInsight"
            },
            "list_insights_data": {"InsightSource": "arn:aws:cloudtrail", "DataType": "InsightsEvents"},
        }
        for name, request in calls.items():
            with self.subTest(name):
                self.refused("UnsupportedOperationException", getattr(client, name), **request)


class Everything(SandboxCase):
    def test_tags(self):
        client = self.client()
        arn = client.create_trail(Name="audit", S3BucketName=BUCKET)["TrailARN"]
        client.add_tags(ResourceId=arn, TagsList=[{"Key": "team", "Value": "security"}, {"Key": "tier", "Value": "1"}])
        client.remove_tags(ResourceId=arn, TagsList=[{"Key": "tier"}])
        pages = client.get_paginator("list_tags").paginate(ResourceIdList=[arn])
        tags = [{"Key": "team", "Value": "security"}]
        self.assertEqual(list(pages.search("ResourceTagList")), [{"ResourceId": arn, "TagsList": tags}])
        elsewhere = arn.replace(ACCOUNT, OTHER)
        self.refused("CloudTrailARNInvalidException", client.list_tags, ResourceIdList=[elsewhere])

    def test_events_name_who_made_them(self):
        sts = self.client("sts")
        role = f"arn:aws:iam::{OTHER}:role/admin"
        keys = sts.assume_role(RoleArn=role, RoleSessionName="alice")["Credentials"]
        client = self.client(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        client.create_trail(Name="audit", S3BucketName=BUCKET)
        client.stop_logging(Name="audit")
        attribute = [{"AttributeKey": "ResourceName", "AttributeValue": "audit"}]
        pages = client.get_paginator("lookup_events").paginate(LookupAttributes=attribute)
        events = list(pages.search("Events"))
        self.assertEqual([event["EventName"] for event in events], ["StopLogging", "CreateTrail"])
        record = json.loads(events[1]["CloudTrailEvent"])
        self.assertEqual(record["userIdentity"]["arn"], f"arn:aws:sts::{OTHER}:assumed-role/admin/alice")
        self.assertTrue(record["userAgent"].startswith("Boto3/"), record["userAgent"])
        self.assertEqual(record["requestParameters"], {"name": "audit", "s3BucketName": BUCKET})
        self.assertEqual(self.client().lookup_events()["Events"], [])

    def test_delegated_administrators(self):
        client = self.client()
        client.register_organization_delegated_admin(MemberAccountId=OTHER)
        self.refused("AccountRegisteredException", client.register_organization_delegated_admin, MemberAccountId=OTHER)
        arn = client.create_trail(Name="org", S3BucketName=BUCKET, IsOrganizationTrail=True)["TrailARN"]
        admin = self.client(account=OTHER)
        admin.start_logging(Name=arn)
        client.deregister_organization_delegated_admin(DelegatedAdminAccountId=OTHER)
        self.refused("CloudTrailARNInvalidException", admin.stop_logging, Name=arn)
        self.assertTrue(admin.get_trail_status(Name=arn)["IsLogging"])

    def test_what_is_prepared_beside_cloudtrail(self):
        who = self.client("sts").get_caller_identity()
        self.assertEqual((who["Account"], who["Arn"]), (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/sandbox"))
        topic = self.client("sns").create_topic(Name="delivered")["TopicArn"]
        self.assertEqual(topic, f"arn:aws:sns:{REGION}:{ACCOUNT}:delivered")
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.head_bucket(Bucket=BUCKET)
        s3.put_bucket_policy(Bucket=BUCKET, Policy="{}")
        kms = self.client("kms")
        self.assertEqual(kms.list_aliases()["Aliases"], [])
        key = kms.describe_key(KeyId="alias/trail")["KeyMetadata"]["Arn"]
        client = self.client()
        client.create_trail(Name="audit", S3BucketName=BUCKET, SnsTopicName=topic, KmsKeyId="alias/trail")
        self.assertEqual(client.get_trail(Name="audit")["Trail"]["KmsKeyId"], key)

    def test_a_reset_as_mocking_test_suites_send_it(self):
        client = self.client()
        for path in ["/moto-api/reset", "/_sandbox/reset"]:
            client.create_trail(Name="audit", S3BucketName=BUCKET)
            with urllib.request.urlopen(urllib.request.Request(self.server.url + path, method="POST")) as answer:
                self.assertEqual(json.load(answer), {"status": "ok"})
            self.assertEqual(client.describe_trails()["trailList"], [])


class ZEveryOperation(SandboxCase):
    """Comes last, as tests go by their names."""

    def test_was_made(self):
        model = Session().get_service_model("cloudtrail")
        self.assertEqual(set(model.operation_names) - CALLED, set())
