"""The page about the sandbox: its commands and its Python are run, one after the other, as a reader would."""

import os
import re
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "examples/sandbox/README.md"


class Page(unittest.TestCase):
    def test_what_it_shows_works(self):
        blocks = re.findall(r"```(sh|python)\n(.*?)```", PAGE.read_text(), re.S)
        self.assertEqual([language for language, _ in blocks], ["sh", "sh", "sh", "python", "sh", "sh"])
        blocks[0] = ("sh", blocks[0][1].replace("serve ", "serve --listen 127.0.0.1:4580 "))
        script = ["set -eu", "trap 'kill $(jobs -p)' EXIT"]
        for number, (language, text) in enumerate(blocks):
            script.append(text if language == "sh" else f"python - <<'END'\n{text}END\n")
            if number == 0:
                script.append("timeout 10 sh -c 'until test -e account.sandbox.lock; do sleep 0.1; done'\n")
            if number == 4:
                script.append("echo adopted\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        environment = {
            "PATH": f"{Path(os.environ['TRAILKEEPER']).parent}:{os.environ['PATH']}",
            "HOME": tempfile.gettempdir(),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                ["bash", "-c", "\n".join(script).replace("4580", port)],
                env=environment, cwd=folder, capture_output=True, text=True, timeout=120,
            )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("StartLogging\tsandbox\nCreateTrail\tsandbox\n", done.stdout)
        self.assertIn("No changes. 3 resources checked.\nadopted\n", done.stdout)
        self.assertTrue(done.stdout.rstrip().endswith('"trailList": []\n}'), done.stdout)
