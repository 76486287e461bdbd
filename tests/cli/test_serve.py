import gc
import json
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.cli.serve import address, listening, spare_collector
from gateway.settings import ServerSettings

runner = CliRunner()


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A gateway in a process of its own, and what it logs of its start; its upstream is dead."""
    kuma = ("--kuma", "http://127.0.0.1:9")
    command = [sys.executable, "-m", "gateway", "serve", *kuma, "--port", "0", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield process, json.loads(process.stderr.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_and_ends_well(number: signal.Signals) -> None:
    with serving() as (process, started):
        assert started["event"] == "gateway.started"
        health = started["url"].replace("/graphql", "/healthz")
        with urlopen(health, timeout=5) as answer:
            assert answer.status == 200
            assert "server" not in answer.headers
        asked = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - asked < 2
        assert process.stderr is not None
        assert json.loads(process.stderr.readlines()[-1])["event"] == "gateway.stopped"


def test_a_port_in_use_is_told_and_ends_with_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = runner.invoke(app, ["serve", "--kuma", "http://a", "--port", port])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"port {port} of 127.0.0.1 is taken by another program")


def test_a_host_that_is_none_of_ours_is_told_and_ends_with_one() -> None:
    result = runner.invoke(app, ["serve", "--kuma", "http://a", "--host", "192.0.2.1"])
    assert result.exit_code == 1
    assert "192.0.2.1 is no address of this machine" in result.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_ends_with_two(port: str) -> None:
    assert runner.invoke(app, ["serve", "--kuma", "http://a", "--port", port]).exit_code == 2


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, shown: str) -> None:
    server = ServerSettings(host=host, port=0, path="/g")
    with listening(server) as listener:
        assert address(server, listener) == f"http://{shown}:{listener.getsockname()[1]}/g"


def test_cycles_are_looked_for_again_once_the_gateway_is_made() -> None:
    often = gc.get_threshold()
    gc.disable()
    try:
        spare_collector()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*often)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others have other allocators")
def test_what_a_large_answer_needed_the_next_one_has() -> None:
    # In a process of its own: this cannot be taken back.
    count = (
        "import resource; n = 4_000_000; from gateway.cli.serve import keep_memory; keep_memory()\n"
        "def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "body = b'x' * n; del body; before = faults()\n"
        "for _ in range(5): body = b'x' * n; del body\n"
        "print(faults() - before)"
    )
    found = subprocess.run(
        [sys.executable, "-c", count], capture_output=True, text=True, check=True
    )
    assert int(found.stdout) < 100
