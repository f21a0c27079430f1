"""trailkeeper itself, which knows the server from AWS_ENDPOINT_URL alone: every example is applied, and then there
is nothing left to do. What others change after that is drift, and drift knows who it was."""

import json
from pathlib import Path

from sandbox import ACCOUNT, OTHER, SandboxCase, trailkeeper

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ENVIRONMENTS = EXAMPLES / "environments"


class Examples(SandboxCase):
    def applies(self, account, *paths):
        for words in [("apply", "--yes"), ("plan", "--detailed-exitcode")]:
            done = trailkeeper(self.server.url, *words, *paths, account=account)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_baseline(self):
        self.applies(ACCOUNT, EXAMPLES / "baseline.yaml")

    def test_a_partner_integration(self):
        self.applies(ACCOUNT, EXAMPLES / "partner-integration")

    def test_one_baseline_for_two_environments(self):
        self.applies(ACCOUNT, ENVIRONMENTS / "base", ENVIRONMENTS / "dev.yaml")
        self.applies(OTHER, ENVIRONMENTS / "base", ENVIRONMENTS / "prod.yaml")


class Who(SandboxCase):
    def test_who_stopped_and_narrowed_a_trail(self):
        """Each change by another session of boto3, which names it in its events."""
        baseline = EXAMPLES / "baseline.yaml"
        trailkeeper(self.server.url, "apply", "--yes", baseline)
        for session in ["alice", "bob"]:
            role = f"arn:aws:iam::{ACCOUNT}:role/admin"
            keys = self.client("sts").assume_role(RoleArn=role, RoleSessionName=session)["Credentials"]
            client = self.client(
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"],
            )
            if session == "alice":
                selectors = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
                client.put_event_selectors(TrailName="management-events", EventSelectors=selectors)
            else:
                client.stop_logging(Name="management-events")
        done = trailkeeper(self.server.url, "drift", "--who", "--format", "json", baseline)
        self.assertEqual(done.returncode, 2, done.stderr)
        (change,) = json.loads(done.stdout)["changes"]
        self.assertEqual(change["origin"], "changed outside")
        told = [(deed["event_name"], deed["principal"].rsplit("/", 1)[1], deed["by"]) for deed in change["who"]]
        self.assertEqual(told, [("StopLogging", "bob", "outside"), ("PutEventSelectors", "alice", "outside")])
        self.assertTrue(all(deed["user_agent"].startswith("Boto3/") for deed in change["who"]))
