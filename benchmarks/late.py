"""What one client waits for when the upstream answers late: rounds that depend on each other."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.load import check, load
from benchmarks.processes import Process, answering, free_port
from benchmarks.rows import ROOT, Row, Server
from benchmarks.turns import Question
from benchmarks.workloads import WORKLOADS

DELAY: Final = 0.005
ROUNDS: Final = {"W1": 1, "W3": 2}
"""Calls that wait for each other: dataplanes, then their meshes."""


class Late(msgspec.Struct, frozen=True):
    """One row at one workload; times in milliseconds."""

    row: str
    workload: str
    p50: float
    upstream: float
    """What a call to the upstream takes by itself."""
    cpu: float

    @property
    def rounds(self) -> int:
        """The rounds that cannot be fewer."""
        return ROUNDS[self.workload]

    @property
    def rest(self) -> float:
        """What neither the upstream nor the row's own CPU explains."""
        return self.p50 - self.rounds * self.upstream - self.cpu


def measure(
    rows: Sequence[Row],
    asked: Mapping[tuple[str, str], Question],
    folder: Path,
    seconds: int,
    cores: tuple[int, int],
) -> list[Late]:
    """Every row, with one client; it needs the upstream's files in the folder."""
    port = free_port()
    files = str(folder / "upstream" / "files")
    command = (sys.executable, "-m", "benchmarks.delaying", str(port), files, str(DELAY))
    upstream = Process("delaying", command, cores[1], folder, directory=ROOT)
    upstream.start()
    found: list[Late] = []
    try:
        answering(port, upstream)
        empty = folder / "empty.txt"
        empty.write_bytes(b"{}\n")
        wait = load(port, "/meshes", empty, 1, seconds, cores[1]).p50
        for row in rows:
            if not any((row.graph, name) in asked for name in ROUNDS):
                continue
            server = Server(row, f"http://127.0.0.1:{port}", folder, cores[0])
            try:
                server.start()
                server.process.wake()
                found += [
                    one(
                        server,
                        workload.name,
                        asked[row.graph, workload.name],
                        seconds,
                        wait,
                        cores[1],
                    )
                    for workload in WORKLOADS
                    if workload.name in ROUNDS
                ]
            finally:
                server.process.stop()
    finally:
        upstream.stop()
    return sorted(found, key=lambda each: each.workload)


def one(
    server: Server, workload: str, question: Question, seconds: int, wait: float, core: int
) -> Late:
    """A row at a workload."""
    where = (server.port, server.path)
    check(*where, question.bodies, question.answers)
    load(*where, question.file, 1, 1, core)
    before = server.process.cpu()
    found = load(*where, question.file, 1, seconds, core)
    used = server.process.cpu() - before
    return Late(server.row.name, workload, found.p50, wait, used * 1000 / max(1, found.requests))
