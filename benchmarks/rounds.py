"""The rounds: in each, every row takes a turn at every workload, so that all share the weather."""

import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from benchmarks.load import WrongAnswer
from benchmarks.rows import Server
from benchmarks.turns import DISTURBED, Alone, Question, Table, Turn, long_enough
from benchmarks.workloads import Workload


class Cell(msgspec.Struct, frozen=True):
    """A row at a workload: the medians of its turns, and how far they are apart."""

    row: str
    workload: str
    reason: str = ""
    """Why there is nothing; else empty."""
    rate: float = 0.0
    slowest: float = 0.0
    fastest: float = 0.0
    cpu: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    calls: float = 0.0
    calls_under_load: float = 0.0
    megabytes: float = 0.0
    failed: int = 0
    disturbed: int = 0
    """How many of the turns something else disturbed, however often they were taken again."""
    turns: int = 0


class Match:
    """All rows at all workloads."""

    def __init__(
        self,
        table: Table,
        servers: Sequence[Server],
        workloads: Sequence[Workload],
        questions: Mapping[tuple[str, str], Question],
    ) -> None:
        self.table = table
        self.servers = servers
        self.workloads = workloads
        self.questions = questions
        self.alone: dict[tuple[str, str], Alone] = {}
        self.turns: dict[tuple[str, str], list[Turn]] = {}
        self.wrong: dict[tuple[str, str], str] = {}

    def prepare(self) -> None:
        """Check every answer once, and see what each costs."""
        for server, workload, question in self._pairs(0):
            key = server.row.name, workload.name
            try:
                self.alone[key] = self.table.alone(server, question)
            except (WrongAnswer, OSError) as error:
                self.wrong[key] = f"wrong answer: {error}"
                say(f"{key[0]}, {key[1]}: {self.wrong[key]}")

    def round(self, number: int, seconds: int) -> None:
        """One turn for each; every round another row begins."""
        for server, workload, question in self._pairs(number):
            key = server.row.name, workload.name
            if key in self.wrong:
                continue
            length = long_enough(seconds, workload, self.alone[key])
            try:
                turn = self.table.turn(server, workload, question, length)
            except (WrongAnswer, OSError) as error:
                self.wrong[key] = f"wrong answer under load: {error}"
                say(f"{key[0]}, {key[1]}: {self.wrong[key]}")
                continue
            self.turns.setdefault(key, []).append(turn)
            note = f", disturbed: {turn.disturbed:.0%}" if turn.disturbed > DISTURBED else ""
            say(f"round {number + 1}, {key[1]}, {key[0]}: {turn.rate:.4g}/s{note}")

    def cells(self) -> list[Cell]:
        """The medians."""
        return [
            self._cell(server, workload)
            for workload in self.workloads
            for server in self.servers
            if (server.row.graph, workload.name) in self.questions
            or workload.name in server.row.lacks
        ]

    def _pairs(self, number: int) -> Iterator[tuple[Server, Workload, Question]]:
        first = number % len(self.servers)
        for workload in self.workloads:
            for server in (*self.servers[first:], *self.servers[:first]):
                question = self.questions.get((server.row.graph, workload.name))
                if question is not None:
                    yield server, workload, question

    def _cell(self, server: Server, workload: Workload) -> Cell:
        key = server.row.name, workload.name
        turns = self.turns.get(key)
        if not turns or key in self.wrong:
            reason = self.wrong.get(key) or server.row.lacks.get(workload.name, "not measured")
            return Cell(*key, reason)
        rates = [one.rate for one in turns]

        def median(name: str) -> float:
            values: list[float] = [getattr(one, name) for one in turns]
            return statistics.median(values)

        return Cell(
            *key,
            rate=median("rate"),
            slowest=min(rates),
            fastest=max(rates),
            cpu=median("cpu"),
            p50=median("p50"),
            p99=median("p99"),
            calls=self.alone[key].calls,
            calls_under_load=median("calls"),
            megabytes=max(one.megabytes for one in turns),
            failed=sum(one.failed for one in turns),
            disturbed=sum(one.disturbed > DISTURBED for one in turns),
            turns=len(turns),
        )


def say(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(text, file=sys.stderr, flush=True)
