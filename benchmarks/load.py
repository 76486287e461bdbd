"""The clients: wrk for the load, and one careful client that reads what is answered."""

import json
import os
import subprocess
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import msgspec

SCRIPT: Final = Path(__file__).parent / "load.lua"
HEADERS: Final = {"Content-Type": "application/json", "Accept": "application/json"}
TIMEOUT: Final = 30


class Load(msgspec.Struct, frozen=True):
    """What came of some seconds of load; times in milliseconds."""

    requests: int
    seconds: float
    bytes: int
    failed: int
    p50: float
    p99: float
    client_cpu: float = 0.0
    """Seconds of CPU that the clients used."""


def load(port: int, path: str, bodies: Path, connections: int, seconds: int, core: int) -> Load:
    """Send the bodies in turn for some seconds, over so many connections."""
    url = f"http://127.0.0.1:{port}{path}"
    options = ("-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={TIMEOUT}s")
    command = ("taskset", "-c", str(core), "wrk", *options, "-s", str(SCRIPT), url)
    before = os.times()
    done = subprocess.run(
        (*command, "--", str(bodies), path), capture_output=True, text=True, check=False
    )
    after = os.times()
    if done.returncode:
        raise SystemExit(f"wrk failed:\n{done.stdout}{done.stderr}")
    found: Any = json.loads(done.stdout.splitlines()[-1])
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return msgspec.convert(found | {"client_cpu": used}, Load)


class WrongAnswer(Exception):
    """An answer that is not what the oracle says."""


def check(
    port: int, path: str, bodies: Sequence[bytes], expected: Sequence[dict[str, Any]]
) -> float:
    """Ask each once and compare; the mean length of the answers. Raises WrongAnswer."""
    length = 0
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        for body, right in zip(bodies, expected, strict=True):
            connection.request("POST", path, body, HEADERS)
            answer = connection.getresponse().read()
            length += len(answer)
            found = json.loads(answer)
            if found.get("errors") or found.get("data") != right:
                raise WrongAnswer(difference(found, right))
    finally:
        connection.close()
    return length / len(bodies)


def difference(found: Any, right: Any, place: str = "data") -> str:
    """The first place where they differ."""
    if place == "data":
        if found.get("errors"):
            return f"errors: {json.dumps(found['errors'])[:500]}"
        found = found.get("data")
    if isinstance(found, dict) and isinstance(right, dict) and found.keys() == right.keys():
        pairs = [(key, found[key], right[key]) for key in right]
    elif isinstance(found, list) and isinstance(right, list) and len(found) == len(right):
        pairs = [(at, one, two) for at, (one, two) in enumerate(zip(found, right, strict=True))]
    else:
        return f"{place}: {json.dumps(found)[:200]} instead of {json.dumps(right)[:200]}"
    key, one, two = next((key, one, two) for key, one, two in pairs if one != two)
    return difference(one, two, f"{place}.{key}")
