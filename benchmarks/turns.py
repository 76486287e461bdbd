"""One turn: a row answers one workload for some seconds, alone on its core."""

import math
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.data import Stored
from benchmarks.load import WrongAnswer, check, load
from benchmarks.oracle import expected
from benchmarks.processes import busy
from benchmarks.rows import Server
from benchmarks.upstream import Upstream
from benchmarks.workloads import GRAPHS, WORKLOADS, Workload, operations

WARM: Final = 1
"""Seconds of load before a turn, unmeasured."""
DISTURBED: Final = 0.04
"""What part of one core others may use in a turn."""
REPEATS: Final = 3
MANY: Final = 6
"""How many answers a turn is long enough for on each connection, within LONGEST."""
LONGEST: Final = 30


class Question(msgspec.Struct, frozen=True):
    """A workload in the words of one graph, and the right answers."""

    bodies: Sequence[bytes]
    file: Path
    answers: Sequence[dict[str, Any]]


class Alone(msgspec.Struct, frozen=True):
    """What one request costs when nobody else asks."""

    calls: float
    seconds: float


class Turn(msgspec.Struct, frozen=True):
    """What one turn measured; times in milliseconds, each for one request."""

    rate: float
    cpu: float
    p50: float
    p99: float
    calls: float
    megabytes: float
    failed: int
    disturbed: float
    """The part of one core that others used meanwhile."""


def questions(stored: Stored, folder: Path) -> Mapping[tuple[str, str], Question]:
    """Everything that can be asked, by graph and workload."""
    found = {}
    for graph in GRAPHS:
        for workload in WORKLOADS:
            bodies = operations(graph, workload)
            if not bodies:
                continue
            file = folder / f"{graph}-{workload.name}.txt"
            file.write_bytes(b"\n".join(bodies) + b"\n")
            answers = expected(graph, workload, stored)
            found[graph, workload.name] = Question(bodies, file, answers)
    return found


def long_enough(seconds: int, workload: Workload, alone: Alone) -> int:
    """The seconds of a turn: as many as asked for, more where answers take long."""
    return max(seconds, min(LONGEST, math.ceil(MANY * workload.connections * alone.seconds)))


class Table:
    """Where turns are taken: the upstream and the clients on one core, servers on the other."""

    def __init__(self, upstream: Upstream, core: int) -> None:
        self.upstream = upstream
        self.core = core

    def alone(self, server: Server, question: Question) -> Alone:
        """One request after another, each of which is checked. Raises WrongAnswer."""
        server.process.wake()
        try:
            # What a server finds out once is not counted.
            check(server.port, server.path, question.bodies[:1], question.answers[:1])
            before = self.upstream.requests()
            taken = time.perf_counter()
            check(server.port, server.path, question.bodies, question.answers)
            taken = time.perf_counter() - taken
            calls = self.upstream.requests() - before
            return Alone(calls / len(question.bodies), taken / len(question.bodies))
        finally:
            server.process.rest()

    def turn(self, server: Server, workload: Workload, question: Question, seconds: int) -> Turn:
        """One turn, taken again while something else disturbs it; at last the quietest."""
        taken: list[Turn] = []
        while len(taken) <= REPEATS:
            server.process.wake()
            try:
                taken.append(self._take(server, workload, question, seconds))
            finally:
                server.process.rest()
            if taken[-1].disturbed <= DISTURBED:
                break
        return min(taken, key=lambda one: one.disturbed)

    def _take(self, server: Server, workload: Workload, question: Question, seconds: int) -> Turn:
        where = (server.port, server.path)
        length = check(*where, question.bodies, question.answers)
        load(*where, question.file, workload.connections, WARM, self.core)
        server.process.forget_peak()
        calls, all_cpu, used, ours = self._counts(server)
        found = load(*where, question.file, workload.connections, seconds, self.core)
        calls_after, all_cpu_after, used_after, ours_after = self._counts(server)
        if found.requests and found.bytes / found.requests < 0.99 * length:
            raise WrongAnswer("shorter answers under load")
        megabytes = server.process.memory()
        check(*where, question.bodies, question.answers)
        others = (all_cpu_after - all_cpu) - (ours_after - ours) - found.client_cpu
        # Answers that the end cut off were half done.
        requests = found.requests + workload.connections / 2
        return Turn(
            rate=found.requests / found.seconds,
            cpu=(used_after - used) * 1000 / requests,
            p50=found.p50,
            p99=found.p99,
            calls=(calls_after - calls) / requests,
            megabytes=megabytes,
            failed=found.failed,
            disturbed=max(0.0, others / found.seconds),
        )

    def _counts(self, server: Server) -> tuple[int, float, float, float]:
        """Upstream calls, and CPU seconds: of the machine, the server, and all of us."""
        used = server.process.cpu()
        now = os.times()
        ours = used + self.upstream.process.cpu() + now.user + now.system
        return self.upstream.requests(), busy(), used, ours
