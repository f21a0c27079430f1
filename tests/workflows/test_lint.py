"""What is wrong in a workflow without running it."""

import re
import subprocess
import unittest

from documents import ACTION, EXAMPLES, GITHUB, ROOT, SCRIPTS, WORKFLOWS, load, shell, steps

# GitHub's own actions may be named by a tag, which only GitHub can move; everybody else's by a commit.
PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")
TAGGED = re.compile(r"^actions/[\w-]+@v\d+(\.\d+\.\d+)?$")
# Values of these contexts may be written by anybody: in a script they would be part of it
# (GitHub documentation, script injections).
UNTRUSTED = re.compile(r"\$\{\{[^}]*\b(github|matrix|inputs|needs|steps)\.[^}]*\}\}")
# What a job can be given (GitHub documentation, workflow syntax: permissions).
SCOPES = {"actions", "contents", "id-token", "issues", "pull-requests"}


def shellcheck(text):
    """What shellcheck says of a script, and whether bash can read it at all."""
    read = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True)
    checked = subprocess.run(["shellcheck", "--shell=bash", "-"], input=text, text=True, capture_output=True)
    return read.stderr + checked.stdout


class Workflows(unittest.TestCase):
    def documents(self):
        self.assertGreaterEqual(len(WORKFLOWS), 5)
        for path in [*WORKFLOWS, ACTION]:
            with self.subTest(path.name):
                yield path, load(path)

    def test_every_action_is_pinned(self):
        for path, document in self.documents():
            text = path.read_text()
            for _, step in steps(document):
                uses = step.get("uses")
                if uses is None or re.fullmatch(r"\./(base/)?\.github/actions/trailkeeper", uses):
                    continue
                own = ROOT in path.parents and GITHUB not in path.parents
                self.assertTrue(PINNED.match(uses) or (own and TAGGED.match(uses)), uses)
                if PINNED.match(uses):
                    self.assertRegex(text, re.escape(uses) + r" # v\d+\.\d+\.\d+", "the tag stands beside the commit")

    def test_nothing_that_others_write_is_part_of_a_script(self):
        for _, document in self.documents():
            for _, step in steps(document):
                self.assertIsNone(UNTRUSTED.search(step.get("run", "")), step)

    def test_the_shell_is_sound(self):
        for _, document in self.documents():
            for _, step in steps(document):
                if "run" in step:
                    self.assertEqual(shellcheck(f"#!/usr/bin/env bash\n{step['run']}"), "", step)
        for script in SCRIPTS:
            with self.subTest(script.name):
                self.assertTrue(script.stat().st_mode & 0o100, "it is executable")
                text = script.read_text()
                self.assertIn("\nset -euo pipefail\n", text)
                self.assertEqual(shellcheck(text), "")

    def test_every_script_is_there_and_used(self):
        used = set()
        for _, document in self.documents():
            for _, step in steps(document):
                used.update(re.findall(r"\.github/cloudtrail/([\w-]+)", step.get("run", "")))
        self.assertEqual(used, {script.name for script in SCRIPTS})

    def test_permissions_are_given_job_by_job(self):
        for path, document in self.documents():
            if path == ACTION:
                continue
            jobs = document["jobs"]
            if GITHUB in path.parents:
                self.assertEqual(document["permissions"], {}, "nothing unless a job asks for it")
                for job in jobs.values():
                    self.assertLessEqual(set(job["permissions"]), SCOPES)
            for name, job in jobs.items():
                self.assertIn("timeout-minutes", job, name)
                self.assertIn("runs-on", job, name)
                self.assertNotIn("write-all", str(job.get("permissions")))

    def test_no_checkout_leaves_credentials_behind(self):
        for path, document in self.documents():
            for _, step in steps(document):
                if GITHUB in path.parents and step.get("uses", "").startswith("actions/checkout@"):
                    self.assertEqual(step["with"]["persist-credentials"], "false")

    def test_jobs_need_jobs_that_are_there_and_give_what_is_asked_of_them(self):
        for path, document in self.documents():
            if path == ACTION:
                continue
            jobs = document["jobs"]
            for name, job in jobs.items():
                needs = job.get("needs", [])
                needs = [needs] if isinstance(needs, str) else needs
                for need in needs:
                    self.assertIn(need, jobs, name)
                text = str(job)
                for need, output in re.findall(r"needs\.([\w-]+)\.outputs\.([\w-]+)", text):
                    self.assertIn(need, needs, name)
                    self.assertIn(output, jobs[need]["outputs"], name)
                ids = {step.get("id") for step in job["steps"]}
                for step in re.findall(r"steps\.([\w-]+)\.outputs", text):
                    self.assertIn(step, ids, name)

    def test_no_job_may_both_write_to_github_and_assume_a_role(self):
        for path, document in self.documents():
            for name, job in document.get("jobs", {}).items():
                given = job.get("permissions", {})
                writes = [scope for scope, level in given.items() if level == "write" and scope != "id-token"]
                self.assertFalse(writes and "id-token" in given, f"{path.name} {name}")

    def test_a_fork_meets_no_credentials(self):
        plan = load(GITHUB / "workflows/plan.yml")
        self.assertIn("pull_request", plan["on"])
        for name, job in plan["jobs"].items():
            for step in job["steps"]:
                if "configure-aws-credentials" in step.get("uses", "") or "id-token" in job["permissions"]:
                    self.assertEqual(job["if"], "${{ !github.event.pull_request.head.repo.fork }}", name)
        for path, document in self.documents():
            self.assertNotIn("pull_request_target", document.get("on", {}), path.name)

    def test_what_posts_runs_nothing_of_the_pull_request(self):
        job = load(GITHUB / "workflows/comment.yml")["jobs"]["comment"]
        for step in job["steps"]:
            self.assertNotIn("ref", step.get("with", {}))
            self.assertNotIn("head", step.get("run", ""))


class Others(unittest.TestCase):
    def test_the_shell_of_gitlab_and_atlantis_is_sound(self):
        for name in ("gitlab-ci.yml", "atlantis.yaml"):
            pieces = shell(name)
            self.assertGreater(len(pieces), 2)
            for where, text in pieces:
                with self.subTest(f"{name} {where}"):
                    self.assertEqual(shellcheck(f"#!/usr/bin/env bash\n{text}"), "")

    def test_every_other_example_is_well_formed(self):
        for path in sorted(EXAMPLES.rglob("*.y*ml")):
            with self.subTest(str(path.relative_to(EXAMPLES))):
                self.assertIsInstance(load(path), dict)


if __name__ == "__main__":
    unittest.main()
