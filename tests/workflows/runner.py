"""Runs the jobs of a workflow as GitHub would, step by step: the shell for real, artifacts as folders, GitHub's command
line as a stand-in that answers from a document and remembers what it was asked, AWS as a sandbox file."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from documents import EXAMPLES, GITHUB, load

GH = r'''#!/usr/bin/env python3
import json, os, shutil, subprocess, sys
from pathlib import Path
home, args = Path(os.environ["GH_HOME"]), sys.argv[1:]
def option(*names):
    return next((args[place + 1] for place, arg in enumerate(args) if arg in names), None)
fields = dict(args[place + 1].split("=", 1) for place, arg in enumerate(args) if arg in ("-f", "-F"))
body = fields.get("body", "")
if body.startswith("@"):
    fields["body"] = Path(body[1:]).read_text()
asked = {"method": option("--method") or "GET", "path": next((arg for arg in args if arg.startswith("repos/")), None), "fields": fields}
with open(home / "asked.jsonl", "a") as log:
    log.write(json.dumps(asked if args[0] == "api" else {"run": args}) + "\n")
if args[:2] == ["run", "download"]:
    artifact = home / "artifacts" / option("--name")
    if not artifact.is_dir():
        sys.exit("no artifact matches")
    shutil.copytree(artifact, option("--dir"), dirs_exist_ok=True)
elif option("--jq"):
    answers = json.loads((home / "answers.json").read_text())
    print(subprocess.run(["jq", "-r", option("--jq")], input=json.dumps(answers[asked["path"]]), text=True, check=True,
        capture_output=True).stdout, end="")
'''

# Credentials are for one account: here for the sandbox file that stands in the job's environment.
TRAILKEEPER = r'''#!/usr/bin/env bash
case " $* " in
  *" --sandbox "*) exec "$TRAILKEEPER" "$@" ;;
esac
case $1 in
  plan | apply | drift) exec "$TRAILKEEPER" "$@" --sandbox "${ACCOUNT:?this job has no credentials}" ;;
  *) exec "$TRAILKEEPER" "$@" ;;
esac
'''


class Repository(unittest.TestCase):
    """A repository with the workflows, two targets, and nothing in their accounts."""

    def setUp(self):
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.checkout = self.root / "checkout"
        shutil.copytree(EXAMPLES / "environments", self.checkout / "cloudtrail")
        shutil.copy(GITHUB / "targets.json", self.checkout / "cloudtrail")
        shutil.copytree(GITHUB / "scripts", self.checkout / ".github/cloudtrail")
        self.targets = json.loads((GITHUB / "targets.json").read_text())
        (self.root / "bin").mkdir()
        for name, text in (("gh", GH), ("trailkeeper", TRAILKEEPER)):
            path = self.root / "bin" / name
            path.write_text(text)
            path.chmod(0o755)
        self.answers = {}

    def edit(self, path, before, after):
        path = self.checkout / "cloudtrail" / path
        text = path.read_text()
        self.assertIn(before, text)
        path.write_text(text.replace(before, after))

    def by_hand(self, target, before, after):
        """What somebody does in the console."""
        account = self.root / f"{target}.sandbox"
        text = account.read_text()
        self.assertIn(before, text)
        account.write_text(text.replace(before, after, 1))

    def asked(self):
        """What GitHub was asked to write since the last look."""
        log = self.root / "asked.jsonl"
        asked = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        log.unlink(missing_ok=True)
        return [call for call in asked if call.get("method", "GET") != "GET"]

    def job(self, workflow, name, target=None, context=None, work=None):
        """Runs a job; answers its exit code, its log, its summary and its outputs."""
        job = load(GITHUB / "workflows" / f"{workflow}.yml")["jobs"][name]
        values = {f"matrix.target.{key}": value for key, value in (target or {}).items()}
        values |= {"github.token": "token", **(context or {})}
        work = work or Path(tempfile.mkdtemp(dir=self.root))
        if not any(work.iterdir()):
            shutil.copytree(self.checkout, work, dirs_exist_ok=True)
        summary, output = self.root / "summary", self.root / "output"
        for file in (summary, output):
            file.write_text("")
        (self.root / "answers.json").write_text(json.dumps(self.answers))
        environment = {
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}", "HOME": str(self.root), "GH_HOME": str(self.root),
            "TRAILKEEPER": os.environ["TRAILKEEPER"], "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output),
            "GITHUB_REPOSITORY": "acme/infrastructure", "GITHUB_SHA": "b" * 40, "GITHUB_REF_NAME": "main",
        }
        if "id-token" in job["permissions"]:
            environment["ACCOUNT"] = str(self.root / f"{target['name']}.sandbox")
        code, log = 0, ""
        for step in job["steps"]:
            uses = step.get("uses", "")
            given = {key: self.filled(value, values) for key, value in step.get("with", {}).items()}
            if "upload-artifact" in uses:
                self.upload(work, given)
            elif code:
                continue
            elif "download-artifact" in uses:
                self.download(work, given)
            elif "run" in step:
                own = {key: self.filled(value, values) for key, value in step.get("env", {}).items()}
                ran = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=work, env=environment | own, text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                code, log = ran.returncode, log + ran.stdout
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return code, log, summary.read_text(), outputs

    def filled(self, text, values):
        """Expressions as what they mean; one that is not known is an error."""
        return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda found: str(values[found[1]]), str(text))

    def upload(self, work, given):
        source, artifact = work / given["path"], self.root / "artifacts" / given["name"]
        shutil.rmtree(artifact, ignore_errors=True)
        if source.is_dir() and any(source.iterdir()):
            shutil.copytree(source, artifact)
        else:
            self.assertEqual(given.get("if-no-files-found"), "ignore", given)

    def download(self, work, given):
        for artifact in sorted((self.root / "artifacts").iterdir()):
            if artifact.name == given.get("name"):
                shutil.copytree(artifact, work / given["path"], dirs_exist_ok=True)
            elif fnmatch.fnmatch(artifact.name, given.get("pattern", "")):
                shutil.copytree(artifact, work / given["path"] / artifact.name, dirs_exist_ok=True)
