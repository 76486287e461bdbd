"""Time from the start of a process to its first answer, and the memory it holds when idle.

Run it with `python -m benchmarks.startup [--rounds N]`. `meshgate serve` is held against the same
schema object served by Strawberry's own ASGI application under the same uvicorn. The rounds of
both are interleaved, so that a busy machine disturbs them alike; medians are compared.
"""

import argparse
import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

ROOT: Final = Path(__file__).resolve().parent.parent
QUERY: Final = b'{"query": "{ __typename }"}'
DEADLINE: Final = 30.0
IDLE: Final = 1.0
"""Seconds after the first answer at which memory is looked at."""

BARE: Final = """
import sys, uvicorn
from strawberry.asgi import GraphQL
from gateway.schema import build
app = GraphQL(build())
uvicorn.run(
    app, port=int(sys.argv[1]), loop="uvloop", http="httptools", ws="none",
    lifespan="off", access_log=False, log_level="warning",
)
"""

GOAL_RATIO: Final = 1.3
GOAL_MEGABYTES: Final = 90.0


class Started(msgspec.Struct, frozen=True):
    """One process: seconds to its first answer, and megabytes once it idles."""

    seconds: float
    megabytes: float


def commands(port: int) -> dict[str, Sequence[str]]:
    """What is started, by what the table calls it."""
    # Nothing listens there: the gateway starts with every upstream down.
    kuma = "http://127.0.0.1:9"
    serve = ("-m", "gateway", "serve", "--kuma", kuma, "--port", str(port))
    return {
        "bare Strawberry and uvicorn": (sys.executable, "-c", BARE, str(port)),
        "meshgate serve": (sys.executable, *serve),
    }


def start(command: Sequence[str], port: int) -> Started:
    """Start it, ask it until it answers, let it idle, and end it."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - began > DEADLINE:
                raise SystemExit(f"{' '.join(command[:4])} … did not answer")
            time.sleep(0.002)
        seconds = time.perf_counter() - began
        time.sleep(IDLE)
        return Started(seconds, resident(process.pid))
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> bool:
    """Whether a query is answered now."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        connection.request("POST", "/graphql", QUERY, {"content-type": "application/json"})
        return b'"Query"' in connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()


def resident(process: int) -> float:
    """Megabytes of memory that a process holds; not a number where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return float("nan")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def free_port() -> int:
    """A port that nobody has."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(rounds: int) -> dict[str, Started]:
    """The medians of each."""
    found: dict[str, list[Started]] = {name: [] for name in commands(0)}
    for _ in range(rounds + 1):
        for name in found:
            port = free_port()
            found[name].append(start(commands(port)[name], port))
    # The first round fills the caches of files and of compiled code.
    return {
        name: Started(
            statistics.median(one.seconds for one in each[1:]),
            statistics.median(one.megabytes for one in each[1:]),
        )
        for name, each in found.items()
    }


def table(medians: dict[str, Started]) -> str:
    """The medians, and what they are beside the goals."""
    bare, ours = medians.values()
    lines = [f"{'':<32}{'first answer':>16}{'idle memory':>16}"]
    for name, one in medians.items():
        lines.append(f"{name:<32}{one.seconds:>14.3f} s{one.megabytes:>13.1f} MB")
    ratio = ours.seconds / bare.seconds
    lines.append(
        f"{'meshgate beside bare (goal)':<32}{f'{ratio:.2f}x (≤ {GOAL_RATIO:g}x)':>16}"
        f"{f'(≤ {GOAL_MEGABYTES:g} MB)':>16}"
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="The start and the idle memory of the gateway.")
    parser.add_argument("--rounds", type=int, default=9)
    print(table(measure(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
