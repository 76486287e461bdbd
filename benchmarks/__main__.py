"""`python -m benchmarks`: everything in one go, from what is to be installed to the picture."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from benchmarks import data, late
from benchmarks.install import WORK, install
from benchmarks.picture import svg
from benchmarks.report import Results, machine, markdown, versions
from benchmarks.rounds import Match
from benchmarks.rows import ROOT, ROWS, Row, Server
from benchmarks.turns import Table, questions
from benchmarks.upstream import Upstream
from benchmarks.workloads import WORKLOADS, Workload

RESULTS: Final = Path(__file__).parent / "results"
ALSO: Final = ("benchmarks.upstream_get", "benchmarks.startup", "benchmarks.large")


def cores() -> tuple[int, int]:
    """The server's core, and the one of the clients and the upstream."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise SystemExit("the benchmark needs two cores: one is the server's alone")
    return allowed[0], allowed[1]


def compare(
    rows: Sequence[Row], workloads: Sequence[Workload], rounds: int, seconds: int
) -> Results:
    """All rows at all workloads, and what they wait for when the upstream is late."""
    ours, other = cores()
    os.sched_setaffinity(0, {other})
    stored = data.stored()
    files = data.files(stored)
    upstream = Upstream(WORK / "upstream", files, other)
    asked = questions(stored, WORK)
    started: list[Server] = []
    try:
        upstream.start()
        for row in rows:
            started.append(Server(row, upstream.url, WORK, ours))
            started[-1].start()
        match = Match(Table(upstream, other), started, workloads, asked)
        match.prepare()
        for number in range(rounds):
            match.round(number, seconds)
        cells = match.cells()
    finally:
        for server in started:
            server.process.stop()
        upstream.process.stop()
    first = stored.overviews[0]
    name = f"/meshes/{first['mesh']}/dataplanes/{first['name']}/_overview"
    listed = len(files["/dataplanes/_overview"]) / len(stored.overviews)
    waits = late.measure(rows, asked, WORK, seconds, (ours, other))
    about = (machine(), versions(), rounds, seconds, (len(files[name]), listed))
    return Results(*about, cells, waits)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Meshgate beside its peers, over one upstream."
    )
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds")
    parser.add_argument("--seconds", type=int, default=4, help="of each turn, at least")
    parser.add_argument("--only", default="", help="parts of names and workloads: Meshgate,W1")
    parser.add_argument("--quick", action="store_true", help="one round of one second, not kept")
    parser.add_argument("--alone", action="store_true", help="the comparison and nothing else")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    # Whoever ends the benchmark ends what it started too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    install()
    wanted = [one.strip().lower() for one in given.only.split(",") if one.strip()]
    rows = [one for one in ROWS if any(part in one.name.lower() for part in wanted)]
    workloads = [one for one in WORKLOADS if one.name.lower() in wanted]
    rounds, seconds = (1, 1) if given.quick else (given.rounds, given.seconds)
    results = compare(rows or ROWS, workloads or WORKLOADS, rounds, seconds)
    text = markdown(results)
    print(text)
    whole = not (wanted or given.quick)
    folder = RESULTS if whole else WORK
    folder.mkdir(exist_ok=True)
    (folder / "results.md").write_text(text)
    (folder / "results.svg").write_text(svg(results.cells))
    encoded = msgspec.json.format(msgspec.json.encode(results), indent=1)
    (folder / "results.json").write_bytes(encoded + b"\n")
    print(f"kept in {folder.relative_to(ROOT)}", file=sys.stderr)
    if not (wanted or given.alone):
        for module in ALSO:
            # Free of our core: they pin themselves.
            command = ("taskset", "-c", "0-1023", sys.executable, "-m", module)
            subprocess.run(command, cwd=ROOT, check=True)
    if any(cell.reason.startswith("wrong") for cell in results.cells):
        raise SystemExit("some answers were wrong")


if __name__ == "__main__":
    main()
