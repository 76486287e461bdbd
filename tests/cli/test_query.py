import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from gateway.cli import app
from gateway.settings import UpstreamSettings
from gateway.upstreams.base import Transport
from gateway.upstreams.bodies import Bodies
from tests.replay import snapshot

runner = CliRunner()

KUMA = ("--kuma", "http://cp.example:5681")
NAMES = "query Names($first: Int) { meshes(first: $first) { nodes { name } } }"


@pytest.fixture(autouse=True)
def _recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    def transport(settings: UpstreamSettings, bodies: Bodies) -> Transport:
        return snapshot("2.14.3")

    monkeypatch.setattr("gateway.app.default_transport", transport)


def test_the_answer_is_plain_json_to_a_pipe() -> None:
    result = runner.invoke(app, ["query", "{ meshes(first: 2) { nodes { name } } }", *KUMA])
    assert result.exit_code == 0
    found = {"data": {"meshes": {"nodes": [{"name": "bank"}, {"name": "default"}]}}}
    assert result.stdout == json.dumps(found, indent=2) + "\n"


def test_the_answer_may_be_yaml() -> None:
    result = runner.invoke(app, ["query", "{ __typename }", *KUMA, "-o", "yaml"])
    assert yaml.safe_load(result.stdout) == {"data": {"__typename": "Query"}}


def test_the_document_may_come_from_a_file_and_variables_too(tmp_path: Path) -> None:
    (tmp_path / "q.graphql").write_text(NAMES + " query Other { __typename }")
    (tmp_path / "v.json").write_text('{"first": 1}')
    arguments = ["-f", str(tmp_path / "q.graphql"), "-v", f"@{tmp_path / 'v.json'}"]
    result = runner.invoke(app, ["query", *arguments, "--operation", "Names", *KUMA])
    assert json.loads(result.stdout) == {"data": {"meshes": {"nodes": [{"name": "bank"}]}}}


@pytest.mark.parametrize("arguments", [["-"], []])
def test_the_document_may_come_from_standard_input(arguments: list[str]) -> None:
    result = runner.invoke(app, ["query", *arguments, *KUMA], input="{ __typename }")
    assert json.loads(result.stdout) == {"data": {"__typename": "Query"}}


def test_errors_are_printed_and_end_with_one() -> None:
    result = runner.invoke(app, ["query", "{ nothing }", *KUMA])
    assert result.exit_code == 1
    (error,) = json.loads(result.stdout)["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{ a }", "-f", "/x"], "not both"),
        (["-f", "/no/such/file"], "no such file"),
        (["{ a }", "-v", "{"], "is not JSON"),
        (["{ a }", "-v", "[1]"], "must be an object"),
        (["{ a }", "-v", "@/no/such/file"], "no such file"),
        (["{ a }", "-o", "xml"], "xml"),
    ],
)
def test_a_wrong_use_ends_with_two(arguments: list[str], told: str) -> None:
    result = runner.invoke(app, ["query", *arguments, *KUMA], env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert told in result.stderr


def test_ctrl_c_ends_it_at_once_without_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        arguments = ["query", "{ meshes { nodes { name } } }", "--kuma", url]
        command = [sys.executable, "-m", "gateway", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            hanging.settimeout(20)
            connection, _ = hanging.accept()
            started = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
            connection.close()
    assert (process.returncode, out, err) == (130, b"", b"")
    assert time.monotonic() - started < 1
