"""The AWS CLI by hand: the documented walk-throughs, after which trailkeeper has nothing to do but adopt."""

import json
import subprocess
import tempfile
from pathlib import Path

from sandbox import ACCOUNT, OTHER, REGION, SandboxCase, environment, trailkeeper

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class ByHand(SandboxCase):
    def aws(self, *words, fails=None):
        """Runs `aws cloudtrail …` and gives its answer; `fails` is the error that is to come instead."""
        done = subprocess.run(
            ["aws", "cloudtrail", *words], env=environment(self.server.url), capture_output=True, text=True
        )
        if fails:
            self.assertIn(f"({fails})", done.stderr)
            return None
        self.assertEqual(done.returncode, 0, f"{words}: {done.stderr}")
        return json.loads(done.stdout or "null")

    def adopts(self, manifest, number):
        """Trailkeeper finds what was made by hand as declared, makes it its own, and then has nothing to do."""
        plan = f"Plan: 0 to create, 0 to update, 0 to replace, 0 to delete, {number} to adopt."
        planned = trailkeeper(self.server.url, "plan", manifest)
        self.assertEqual(planned.stdout.strip().splitlines()[-1:], [plan], planned.stdout + planned.stderr)
        for words in [("apply", "--yes"), ("plan", "--detailed-exitcode")]:
            done = trailkeeper(self.server.url, *words, manifest)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def written(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "trailkeeper.yaml"
        path.write_text(text)
        return str(path)

    def settled(self, store):
        while self.aws("get-event-data-store", "--event-data-store", store)["Status"] == "CREATED":
            pass

    def test_integrations_with_partners(self):
        """User guide, "Create an integration with the AWS CLI": a store, a channel for each source, and a
        resource policy on each; here those of the example."""
        selectors = [
            {
                "Name": "activity from outside AWS",
                "FieldSelectors": [{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]}],
            }
        ]
        store = self.aws(
            "create-event-data-store",
            *("--name", "partner-activity", "--retention-period", "365", "--no-multi-region-enabled"),
            *("--advanced-event-selectors", json.dumps(selectors)),
        )["EventDataStoreArn"]
        self.settled(store)
        destinations = json.dumps([{"Type": "EVENT_DATA_STORE", "Location": store}])
        channels = {"launchdarkly": "LaunchDarkly", "deploy-log": "Custom"}
        arns = {
            name: self.aws(
                "create-channel", "--name", name, "--source", source, "--destinations", destinations
            )["ChannelArn"]
            for name, source in channels.items()
        }
        partner = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "PartnerMayPut",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
                    "Action": "cloudtrail-data:PutAuditEvents",
                    "Resource": arns["launchdarkly"],
                    "Condition": {"StringEquals": {"cloudtrail:ExternalId": "d1f0a2b4-example"}},
                }
            ],
        }
        text = (EXAMPLES / "partner-integration/policies/deploy-log.json").read_text()
        own = json.loads(text.replace("${self.arn}", arns["deploy-log"]))
        for name, document in [("launchdarkly", partner), ("deploy-log", own)]:
            self.aws(
                "put-resource-policy",
                *("--resource-arn", arns[name], "--resource-policy", json.dumps(document)),
            )
            read = self.aws("get-resource-policy", "--resource-arn", arns[name])
            self.assertEqual(json.loads(read["ResourcePolicy"]), document)
        listed = self.aws("list-channels")["Channels"]
        self.assertEqual({channel["Name"] for channel in listed}, set(channels))
        delete = ["delete-event-data-store", "--event-data-store", store]
        self.aws(*delete, fails="EventDataStoreTerminationProtectedException")
        self.adopts(str(EXAMPLES / "partner-integration"), 3)

    def test_a_trail_with_advanced_selectors(self):
        """User guide, "Log data events by using advanced event selectors": the trail, its selectors, logging on."""
        self.aws(
            *("create-trail", "--name", "payroll", "--s3-bucket-name", "acme-trail-logs"),
            *("--is-multi-region-trail", "--enable-log-file-validation", "--kms-key-id", "alias/trail"),
        )
        selectors = [
            {
                "Name": "writes to payroll",
                "FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Data"]},
                    {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
                    {"Field": "readOnly", "Equals": ["false"]},
                    {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::payroll/"]},
                ],
            },
            {"Name": "management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
        ]
        wrong = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ConfigurationItem"]}]}]
        put = ["put-event-selectors", "--trail-name", "payroll", "--advanced-event-selectors"]
        self.aws(*put, json.dumps(wrong), fails="InvalidEventSelectorsException")
        answer = self.aws(*put, json.dumps(selectors))
        self.assertEqual(answer["AdvancedEventSelectors"], selectors)
        read = self.aws("get-event-selectors", "--trail-name", "payroll")
        self.assertEqual(read["AdvancedEventSelectors"], selectors)
        insights = json.dumps([{"InsightType": "ApiCallRateInsight"}])
        self.aws("put-insight-selectors", "--trail-name", "payroll", "--insight-selectors", insights)
        self.aws("start-logging", "--name", "payroll")
        self.assertTrue(self.aws("get-trail-status", "--name", "payroll")["IsLogging"])
        attribute = "AttributeKey=ResourceName,AttributeValue=payroll"
        events = self.aws("lookup-events", "--lookup-attributes", attribute)
        names = [event["EventName"] for event in events["Events"]]
        self.assertEqual(
            names, ["StartLogging", "PutInsightSelectors", "PutEventSelectors", "PutEventSelectors", "CreateTrail"]
        )
        manifest = self.written(
            f"""
version: 1
name: by-hand
account: "{ACCOUNT}"
region: {REGION}
trails:
  - name: payroll
    s3BucketName: acme-trail-logs
    isMultiRegionTrail: true
    enableLogFileValidation: true
    kmsKeyId: alias/trail
    insightSelectors:
      - insightType: ApiCallRateInsight
    advancedEventSelectors:
      - name: writes to payroll
        fieldSelectors:
          - {{field: eventCategory, equals: [Data]}}
          - {{field: resources.type, equals: ["AWS::S3::Object"]}}
          - {{field: readOnly, equals: ["false"]}}
          - {{field: resources.ARN, startsWith: ["arn:aws:s3:::payroll/"]}}
      - name: management
        fieldSelectors:
          - {{field: eventCategory, equals: [Management]}}
"""
        )
        self.adopts(manifest, 1)

    def test_a_dashboard(self):
        """User guide, "Create a custom dashboard with the AWS CLI": the dashboard, its policy, then its schedule."""
        store = self.aws("create-event-data-store", "--name", "lake")["EventDataStoreArn"]
        self.settled(store)
        widget = {
            "QueryStatement": f"SELECT eventName, count(*) AS c FROM {store.split('/')[1]} GROUP BY eventName",
            "ViewProperties": {
                "Height": "2", "Width": "4", "Title": "Names", "View": "PieChart",
                "LabelColumn": "eventName", "ValueColumn": "c",
            },
        }
        create = ["create-dashboard", "--name", "overview", "--widgets", json.dumps([widget])]
        dashboard = self.aws(*create)["DashboardArn"]
        while self.aws("get-dashboard", "--dashboard-id", dashboard)["Status"] == "CREATING":
            pass
        source = {"AWS:SourceArn": dashboard, "AWS:SourceAccount": ACCOUNT}
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Condition": {"StringEquals": source},
        }
        for arn, action in [(dashboard, "StartDashboardRefresh"), (store, "StartQuery")]:
            document = {"Version": "2012-10-17", "Statement": [{**statement, "Action": f"cloudtrail:{action}"}]}
            self.aws("put-resource-policy", "--resource-arn", arn, "--resource-policy", json.dumps(document))
        schedule = {"Frequency": {"Unit": "HOURS", "Value": 6}, "Status": "ENABLED", "TimeOfDay": "00:00"}
        self.aws("update-dashboard", "--dashboard-id", dashboard, "--refresh-schedule", json.dumps(schedule))
        self.assertEqual(self.aws("get-dashboard", "--dashboard-id", dashboard)["RefreshSchedule"], schedule)
        self.assertEqual(len(self.aws("list-dashboards", "--type", "CUSTOM")["Dashboards"]), 1)
        manifest = self.written(
            f"""
version: 1
name: by-hand
account: "{ACCOUNT}"
region: {REGION}
eventDataStores:
  - name: lake
    resourcePolicy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {{Service: cloudtrail.amazonaws.com}}
          Action: cloudtrail:StartQuery
          Condition:
            StringEquals: {{"AWS:SourceArn": "${{dashboards.overview.arn}}", "AWS:SourceAccount": "{ACCOUNT}"}}
dashboards:
  - name: overview
    widgets:
      - queryStatement: SELECT eventName, count(*) AS c FROM ${{eventDataStores.lake.id}} GROUP BY eventName
        viewProperties:
          {{Height: "2", Width: "4", Title: Names, View: PieChart, LabelColumn: eventName, ValueColumn: c}}
    refreshSchedule:
      frequency: {{unit: HOURS, value: 6}}
      status: ENABLED
      timeOfDay: "00:00"
    resourcePolicy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {{Service: cloudtrail.amazonaws.com}}
          Action: cloudtrail:StartDashboardRefresh
          Condition:
            StringEquals: {{"AWS:SourceArn": "${{self.arn}}", "AWS:SourceAccount": "{ACCOUNT}"}}
"""
        )
        self.adopts(manifest, 2)
