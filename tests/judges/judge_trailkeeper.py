"""trailkeeper itself, which knows the server from AWS_ENDPOINT_URL alone: every example is applied, and then there
is nothing left to do."""

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
