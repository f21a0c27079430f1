"""A served sandbox, clients of it, and what is held of every answer: it has the shape that the model says."""

import json
import os
import subprocess
import tempfile
import unittest

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

ACCOUNT = "111122223333"
OTHER = "444455556666"
REGION = "us-east-1"

# Errors that every service of AWS may answer (API reference, "Common Errors"), and the wire's own.
COMMON_ERRORS = {
    "AccessDeniedException",
    "SerializationException",
    "ThrottlingException",
    "UnknownOperationException",
    "ValidationException",
}


def environment(url, account=ACCOUNT):
    """An environment that leads every client of AWS to the sandbox, and to nothing else."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": tempfile.gettempdir(),
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_PAGER": "",
    }


class Server:
    """`trailkeeper sandbox serve`, in memory unless a file is given."""

    def __init__(self, *arguments):
        command = [os.environ["TRAILKEEPER"], "sandbox", "serve", "--listen", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip().removeprefix("listening on ")

    def end(self):
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(timeout=10)


def trailkeeper(url, *words, account=ACCOUNT):
    """Runs trailkeeper against a server, which it knows from the environment alone."""
    command = [os.environ["TRAILKEEPER"], *map(str, words)]
    return subprocess.run(command, env=environment(url, account), capture_output=True, text=True)


class SandboxCase(unittest.TestCase):
    """A test with a server of its own."""

    def setUp(self):
        self.server = Server()

    def tearDown(self):
        self.assertEqual(self.server.end(), 0, "the server ends cleanly")

    def client(self, service="cloudtrail", account=ACCOUNT, region=REGION, **credentials):
        keys = credentials or {"aws_access_key_id": account, "aws_secret_access_key": "sandbox"}
        # One attempt: an answer that is wrong must not be hidden by a better second one.
        config = Config(retries={"total_max_attempts": 1}, parameter_validation=True)
        client = boto3.client(service, region_name=region, endpoint_url=self.server.url, config=config, **keys)
        if service == "cloudtrail":
            client.meta.events.register("before-parse.cloudtrail", hold_shape)
        return client

    def refused(self, code, call, **request):
        """The call is refused with this code."""
        with self.assertRaises(ClientError) as caught:
            call(**request)
        self.assertEqual(caught.exception.response["Error"]["Code"], code, str(caught.exception))
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)


CALLED = set()


def hold_shape(operation_model, response_dict, **_):
    """Fails unless the answer, as it came over the wire, is what botocore's model says of the operation."""
    CALLED.add(operation_model.name)
    answer = json.loads(response_dict["body"])
    name = operation_model.name
    if response_dict["status_code"] == 200:
        report = ParamValidator().validate(answer, operation_model.output_shape)
        assert not report.has_errors(), f"{name}: {report.generate_report()}\n{answer}"
        enums(answer, operation_model.output_shape, name)
        return
    assert response_dict["status_code"] == 400, f"{name}: {response_dict}"
    modelled = {shape.name for shape in operation_model.error_shapes}
    known = modelled | COMMON_ERRORS
    assert answer["__type"] in known, f"{name} does not answer {answer}: {sorted(modelled)}"


def enums(value, shape, path):
    """Every value of an enumeration is one of the model's."""
    if shape.type_name == "structure":
        for member, inner in value.items():
            enums(inner, shape.members[member], f"{path}.{member}")
    elif shape.type_name == "list":
        for inner in value:
            enums(inner, shape.member, f"{path}[]")
    elif shape.type_name == "string" and shape.enum:
        assert value in shape.enum, f"{path}: {value} is not one of {shape.enum}"
