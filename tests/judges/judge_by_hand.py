"""The AWS CLI does by hand everything that trailkeeper does: each call of a plan is made by `aws cloudtrail`, without
our tags, and trailkeeper then has nothing to do but adopt. So for every kind, and every writing operation."""

import json
import re
import subprocess
from pathlib import Path

from sandbox import SandboxCase, environment, trailkeeper

MANIFESTS = Path(__file__).resolve().parent / "by-hand"

# Every writing operation that trailkeeper makes.
WRITES = {
    *("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
    *("PutEventSelectors", "PutInsightSelectors", "PutEventConfiguration"),
    *("CreateEventDataStore", "UpdateEventDataStore", "DeleteEventDataStore", "RestoreEventDataStore"),
    *("StartEventDataStoreIngestion", "StopEventDataStoreIngestion", "EnableFederation", "DisableFederation"),
    *("CreateChannel", "UpdateChannel", "DeleteChannel"),
    *("CreateDashboard", "UpdateDashboard", "DeleteDashboard"),
    *("PutResourcePolicy", "DeleteResourcePolicy", "AddTags", "RemoveTags"),
}

# What passes when the resource has settled (API reference, the errors of each operation).
PASSING = (
    "ConflictException",
    "InvalidEventDataStoreStatusException",
    "InactiveEventDataStoreException",
    "ConcurrentModificationException",
)

PLURALS = {
    "trail": "trails",
    "eventDataStore": "eventDataStores",
    "channel": "channels",
    "dashboard": "dashboards",
}


class Everything(SandboxCase):
    def setUp(self):
        super().setUp()
        self.made = set()

    def aws(self, *words):
        words = ["aws", "cloudtrail", *words]
        return subprocess.run(words, env=environment(self.server.url), capture_output=True, text=True)

    def call(self, operation, request):
        """Makes one call, and again as long as the resource is not ready: reading lets it settle."""
        self.made.add(operation)
        verb = re.sub("(?<!^)([A-Z])", r"-\1", operation).lower()
        for _ in range(6):
            done = self.aws(verb, "--cli-input-json", json.dumps(request))
            if done.returncode == 0:
                return json.loads(done.stdout or "{}")
            self.assertRegex(done.stderr, "|".join(PASSING), f"{operation} {request}")
            for store in json.loads(self.aws("list-event-data-stores").stdout)["EventDataStores"]:
                self.aws("get-event-data-store", "--event-data-store", store["EventDataStoreArn"])
            for board in json.loads(self.aws("list-dashboards").stdout)["Dashboards"]:
                self.aws("get-dashboard", "--dashboard-id", board["DashboardArn"])
        self.fail(f"{operation} {request}: {done.stderr}")

    def plan(self, manifest):
        done = trailkeeper(self.server.url, "plan", "--format", "json", MANIFESTS / manifest)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def by_hand(self, manifest):
        """Makes every call of the plans for this manifest but those that only adopt. Gives the last plan."""
        for _ in range(4):
            plan = self.plan(manifest)
            adopted = {change["key"] for change in plan["changes"] if change["action"] == "adopt"}
            steps = [step for step in plan["steps"] if step["key"] not in adopted]
            if not steps:
                return plan
            arns = {}
            for step in steps:
                self.step(step, arns)
        self.fail(f"{manifest} does not come to an end: {plan['changes']}")

    def step(self, step, arns):
        text = json.dumps(step["request"])
        for name, arn in arns.items():
            text = text.replace(f"${{{name}.arn}}", arn).replace(f"${{{name}.id}}", arn.rsplit("/", 1)[1])
        request = json.loads(text)
        if request.get("RecursiveLogging"):
            # The default. Of the AWS CLI even the newest release does not know the member yet.
            del request["RecursiveLogging"]
        for member in ("TagsList", "Tags"):
            if step["call"].startswith("Create") and member in request:
                request[member] = [tag for tag in request[member] if not tag["Key"].startswith("trailkeeper:")]
        answer = self.call(step["call"], request)
        kind, _, name = step["key"].partition("/")
        made = [value for member, value in answer.items() if member.lower().endswith("arn")]
        if step["call"].startswith("Create"):
            own = [arn for arn in made if f":{kind.lower()}/" in arn]
            arns[f"{PLURALS[kind]}.{name}"] = own[0]

    def adopts(self, manifest, keys):
        """Trailkeeper finds everything as declared, makes its own what was made, and then has nothing to do."""
        plan = self.by_hand(manifest)
        self.assertEqual([change["key"] for change in plan["changes"] if not change.get("goes_along")], keys)
        self.assertEqual(plan["refusals"], [])
        done = trailkeeper(self.server.url, "apply", "--yes", MANIFESTS / manifest)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.plan(manifest)["changes"], [])

    def test_every_call_of_every_kind(self):
        stores = [f"eventDataStore/{name}" for name in ("insights", "lake", "partners", "quiet")]
        trails = ["trail/audit", "trail/payments"]
        channels = ["channel/deployments", "channel/okta"]
        self.adopts("begin.yaml", [*trails, *stores, *channels, "dashboard/overview"])
        # Everything bears our tags now, but what a replacement makes anew.
        self.adopts("change.yaml", ["channel/deployments"])
        self.adopts("end.yaml", [])
        # The stores wait for their deletion and are restored with their tags.
        self.adopts("change.yaml", [*trails, "channel/deployments", "channel/sign-ins", "dashboard/overview"])
        self.assertEqual(self.made, WRITES)
