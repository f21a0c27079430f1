"""A team's days with the workflows: pull requests, merges, forks, drift. The shell is run, the accounts are sandboxes."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from documents import EXAMPLES, load, shell
from runner import Repository

EVENT = {
    "github.event.workflow_run.id": 7,
    "github.event.workflow_run.head_repository.owner.login": "acme",
    "github.event.workflow_run.head_repository.full_name != github.repository": "false",
    "github.event.workflow_run.head_branch": "key",
    "github.event.workflow_run.head_sha": "a" * 40,
}
PULLS = "repos/acme/infrastructure/pulls"
COMMENTS = "repos/acme/infrastructure/issues/12/comments"
ISSUES = "repos/acme/infrastructure/issues"


class Days(Repository):
    def setUp(self):
        super().setUp()
        self.answers = {
            PULLS: [{"number": 11, "head": {"sha": "f" * 40}}, {"number": 12, "head": {"sha": "a" * 40}}],
            COMMENTS: [{"id": 1, "user": {"login": "mallory"}, "body": "<!-- trailkeeper-report -->"}],
            f"repos/acme/infrastructure/commits/{'b' * 40}/pulls": [
                {"merged_at": "2026-11-20", "base": {"ref": "main"}, "head": {"sha": "a" * 40}}],
            "repos/acme/infrastructure/actions/workflows/plan.yml/runs": {"workflow_runs": [
                {"id": 8, "head_repository": {"full_name": "mallory/infrastructure"}},
                {"id": 7, "head_repository": {"full_name": "acme/infrastructure"}}]},
            ISSUES: [],
        }

    def plan(self):
        return [self.job("plan", "plan", target)[0] for target in self.targets]

    def apply(self):
        return [self.job("apply", "apply", target)[0] for target in self.targets]

    def comment(self, **changes):
        code, log, _, _ = self.job("comment", "comment", context=EVENT | changes)
        self.assertEqual(code, 0, log)
        return self.asked()

    def test_targets_are_read(self):
        for workflow in ("plan", "apply", "drift"):
            _, _, _, outputs = self.job(workflow, "targets")
            self.assertEqual(json.loads(outputs["targets"]), self.targets)

    def test_a_pull_request_is_planned_commented_merged_and_applied(self):
        self.assertEqual(self.plan(), [0, 0])
        [posted] = self.comment()
        self.assertEqual((posted["method"], posted["path"]), ("POST", COMMENTS))
        body = posted["fields"]["body"]
        self.assertTrue(body.startswith("<!-- trailkeeper-report -->\n<!-- trailkeeper plan "), body)
        for manifest in ("baseline-dev", "baseline-prod"):
            self.assertIn(f"## Changes: `{manifest}` in account", body)
        # The second push finds the comment of the first.
        self.answers[COMMENTS].append({"id": 2, "user": {"login": "github-actions[bot]"}, "body": body})
        [patched] = self.comment()
        self.assertEqual((patched["method"], patched["path"]), ("PATCH", f"{ISSUES}/comments/2"))
        self.assertEqual(patched["fields"]["body"], body)
        self.assertEqual(self.apply(), [0, 0])
        self.assertEqual(self.job("apply", "look")[3], {"targets": "[]"})
        # The next plan has nothing to say.
        self.assertEqual(self.plan(), [0, 0])
        [calm] = self.comment()
        self.assertEqual(calm["fields"]["body"].count("## No changes, "), 2)

    def test_a_refused_plan_is_red_before_the_merge_and_says_why(self):
        self.plan(), self.apply()
        self.edit("base/trails.yaml", "isMultiRegionTrail: true", "isMultiRegionTrail: true\n    isLogging: false")
        code, log, summary, _ = self.job("plan", "plan", self.targets[0])
        self.assertEqual(code, 3, log)
        self.assertIn("::error file=cloudtrail/base/trails.yaml,line=", log)
        self.assertIn("## Refused: `baseline-dev`", summary)
        self.assertIn("## Refused: `baseline-dev`", self.comment()[0]["fields"]["body"])

    def test_a_bad_manifest_is_told_in_the_comment(self):
        self.edit("base/trails.yaml", "isMultiRegionTrail", "isMultiRegionTrial")
        self.assertEqual(self.plan(), [1, 1])
        self.assertEqual(self.comment()[0]["fields"]["body"].count("## Invalid manifest"), 2)

    def test_what_changed_since_the_review_waits_for_a_person(self):
        self.plan(), self.apply()
        self.edit("base/trails.yaml", "enableLogFileValidation: true", "enableLogFileValidation: true\n    s3KeyPrefix: new")
        self.assertEqual(self.plan(), [0, 0])
        self.by_hand("dev", "IsLogging: true", "IsLogging: false")
        code, log, summary, _ = self.job("apply", "apply", self.targets[0])
        self.assertEqual(code, 0, log)
        self.assertIn("## Not covered by the saved plan", summary)
        self.assertIn("it waits for an approval", log)
        self.assertEqual(self.job("apply", "apply", self.targets[1])[0], 0)
        waiting = json.loads(self.job("apply", "look")[3]["targets"])
        self.assertEqual(waiting, self.targets[:1])
        code, log, summary, _ = self.job("apply", "approved", waiting[0])
        self.assertEqual(code, 0, log)
        self.assertIn("## Applied: `baseline-dev`", summary)
        # Somebody changes it once more while a person looks: nobody has approved that.
        self.by_hand("dev", "IsMultiRegionTrail: true", "IsMultiRegionTrail: false")
        code, log, _, _ = self.job("apply", "approved", waiting[0])
        self.assertEqual(code, 4, log)

    def test_a_push_without_a_reviewed_plan_waits_for_a_person(self):
        self.answers[f"repos/acme/infrastructure/commits/{'b' * 40}/pulls"] = []
        self.assertEqual(self.apply(), [0, 0])
        self.assertEqual(json.loads(self.job("apply", "look")[3]["targets"]), self.targets)

    def test_a_fork_is_planned_without_credentials_and_shown_as_text(self):
        work = Path(tempfile.mkdtemp(dir=self.root))
        shutil.copytree(self.checkout, work / "base")
        self.edit("base/trails.yaml", "enableLogFileValidation: true", "enableLogFileValidation: false")
        shutil.copytree(self.checkout, work / "head")
        base = {"github.event.pull_request.base.sha": "c" * 40}
        code, log, summary, _ = self.job("plan", "fork", self.targets[0], context=base, work=work)
        self.assertEqual(code, 0, log)
        self.assertIn("log files can no longer be proven unchanged", summary)
        # Whoever made the pull request may have changed the workflow too, and written what they liked.
        evil = self.root / "artifacts/report-dev/evil.md"
        evil.write_text("```\n\n</details>\n@acme/everybody\r\rlook <img src=x>\n\x1b[31m\n/close\n")
        [posted] = self.comment(**{"github.event.workflow_run.head_repository.full_name != github.repository": "true"})
        head, _, text = posted["fields"]["body"].partition("at the account.\n\n")
        self.assertIn("## From a fork", head)
        self.assertIn("    @acme/everybody", text)
        self.assertTrue(all(line.startswith("    ") for line in text.splitlines()), text)
        self.assertNotIn("\x1b", text)

    def test_a_forks_bad_manifest_is_told_too(self):
        work = Path(tempfile.mkdtemp(dir=self.root))
        shutil.copytree(self.checkout, work / "base")
        self.edit("base/trails.yaml", "isMultiRegionTrail", "isMultiRegionTrial")
        shutil.copytree(self.checkout, work / "head")
        base = {"github.event.pull_request.base.sha": "c" * 40}
        code, log, summary, _ = self.job("plan", "fork", self.targets[0], context=base, work=work)
        self.assertEqual(code, 1, log)
        self.assertIn("::error file=cloudtrail/base/trails.yaml,line=", log)
        self.assertIn("## Invalid manifest", summary)
        # Nothing at all is no reason to say nothing.
        shutil.rmtree(self.root / "artifacts/report-dev")
        self.assertIn("## No report", self.comment()[0]["fields"]["body"])

    def test_many_reports_share_one_comment(self):
        folder = self.root / "artifacts/report-many"
        folder.mkdir(parents=True)
        for number in range(9):
            (folder / f"{number}.md").write_text(f"<!-- trailkeeper -->\n## Changes: {number}\n" + "x" * 9_000 + "\n")
        (folder / "calm.md").write_text("<!-- trailkeeper -->\n## No changes, 1 resource checked\n")
        [posted] = self.comment()
        body = posted["fields"]["body"]
        self.assertLess(len(body), 65_536)
        self.assertEqual(body.count("## Changes: "), 6)
        self.assertIn("## No changes", body)
        self.assertIn("3 more reports are left out here for length", body)

    def test_drift_keeps_one_issue_while_it_lasts(self):
        self.plan(), self.apply()

        def look(result="success"):
            codes = [self.job("drift", "drift", target)[0] for target in self.targets]
            code, log, _, _ = self.job("drift", "report", context={"needs.drift.result": result})
            self.assertEqual((codes, code), ([0, 0], 0), log)
            return self.asked()

        self.assertEqual(look(), [])
        evidence = json.loads((self.root / "artifacts/evidence-dev/dev.json").read_text())
        self.assertEqual((evidence["command"], evidence["changes"]), ("drift", []))
        self.assertTrue(evidence["checked"], "what was looked at is evidence too")
        self.by_hand("prod", "IsLogging: true", "IsLogging: false")
        [opened] = look()
        self.assertEqual((opened["method"], opened["path"], opened["fields"]["labels[]"]), ("POST", ISSUES, "cloudtrail-drift"))
        self.assertIn("## Drift: `baseline-prod`", opened["fields"]["body"])
        self.assertLess(opened["fields"]["body"].index("## Drift"), opened["fields"]["body"].index("## No drift"))
        self.answers[ISSUES] = [{"number": 3, "pull_request": {}}, {"number": 4}]
        [updated] = look()
        self.assertEqual((updated["method"], updated["path"]), ("PATCH", f"{ISSUES}/4"))
        self.by_hand("prod", "IsLogging: false", "IsLogging: true")
        said, closed = look()
        self.assertEqual(said["path"], f"{ISSUES}/4/comments")
        self.assertEqual((closed["path"], closed["fields"]["state"]), (f"{ISSUES}/4", "closed"))
        # Who could not look does not say that all is well.
        [kept] = look("failure")
        self.assertNotIn("state", kept["fields"])


class Elsewhere(Repository):
    """The shell of other systems, which have no steps but lines."""

    def shell(self, where, text, folder, **environment):
        known = {"PATH": f"{self.root / 'bin'}:{os.environ['PATH']}", "TRAILKEEPER": os.environ["TRAILKEEPER"],
            "ACCOUNT": str(self.root / "account.sandbox")}
        ran = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", text], cwd=folder, env=known | environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return ran.returncode, f"{where}: {ran.stdout}"

    def test_atlantis_applies_what_it_has_shown(self):
        pieces = [(where, text) for where, text in shell("atlantis.yaml") if "trailkeeper-prod" in where]
        self.assertEqual(len(pieces), 3)
        for where, text in pieces:
            code, log = self.shell(where, text, self.checkout / "cloudtrail", PLANFILE=str(self.root / "prod.plan"))
            self.assertEqual(code, 0, log)
        self.assertIn("Applied: ", log)

    def test_gitlab_plans_notes_applies_and_looks(self):
        curl = self.root / "bin/curl"
        curl.write_text('#!/bin/sh\ncase "$*" in *per_page*) echo "[]" ;; *) cat > note.json; echo "$*" > asked ;; esac\n')
        curl.chmod(0o755)
        variables = load(EXAMPLES / "gitlab-ci.yml")["variables"]
        jobs = dict(shell("gitlab-ci.yml"))
        given = variables | {"CI_BUILDS_DIR": str(self.root), "AWS_TOKEN": "token", "ROLE": "role", "NOTE_TOKEN": "token",
            "CI_API_V4_URL": "https://gitlab.example/api/v4", "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_IID": "2"}
        names = ["validate", "plan", "plan again", "apply", "drift"]
        for name in names:
            code, log = self.shell(name, jobs[f"cloudtrail {name}"], self.checkout, **given)
            self.assertEqual(code, 0, log)
        note = json.loads((self.checkout / "note.json").read_text())["body"]
        self.assertTrue(note.startswith("<!-- trailkeeper plan baseline-prod "), note)
        self.assertIn("--request POST", (self.checkout / "asked").read_text())
        self.assertEqual(json.loads((self.checkout / "drift.json").read_text())["changes"], [])
        self.assertEqual(set(jobs), {f"cloudtrail {name}" for name in names})


if __name__ == "__main__":
    unittest.main()
