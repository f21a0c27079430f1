"""The examples' files, and every piece of shell in them."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
GITHUB = EXAMPLES / "github-actions"
SCRIPTS = sorted((GITHUB / "scripts").iterdir())
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml")) + sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTION = GITHUB / "action.yml"


class Strict(yaml.SafeLoader):
    """YAML as GitHub reads it: `on` is a word, and no key stands twice. CloudFormation's tags are their values."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key stands twice in {keys}, {node.start_mark}"
        return super().construct_mapping(node, deep)


Strict.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def tagged(loader, _, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return loader.construct_sequence(node, deep=True)


Strict.add_multi_constructor("!", tagged)


def load(path):
    return yaml.load(path.read_text(), Strict)


def steps(document):
    """Every step of a workflow or an action, each with the name of its job."""
    if "runs" in document:
        return [("action", step) for step in document["runs"]["steps"]]
    return [(name, step) for name, job in document["jobs"].items() for step in job["steps"]]


def shell(name):
    """Every piece of shell in a document that is no workflow of GitHub's: (where, text)."""
    document = load(EXAMPLES / name)
    if name == "gitlab-ci.yml":
        jobs = {key: job for key, job in document.items() if isinstance(job, dict) and "script" in job}
        # GitLab runs both in one shell.
        whole = {key: document.get(job.get("extends"), {}).get("before_script", []) + job["script"] for key, job in jobs.items()}
        return [(key, "\n".join(lines)) for key, lines in whole.items()]
    runs = []
    for name, workflow in document["workflows"].items():
        for stage in ("plan", "apply"):
            for step in workflow[stage]["steps"]:
                command = step["run"]["command"] if isinstance(step["run"], dict) else step["run"]
                runs.append((f"{name} {stage}", command))
    return runs
