"""What is aimed at: how many times a rival's figure ours has to be, in the same run."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from benchmarks.rounds import Cell
from benchmarks.rows import APOLLO, MESHGATE, SHARING, TAILCALL, YOGA


class Goal(msgspec.Struct, frozen=True):
    """At a workload, ours has to answer so many times as fast as another."""

    workload: str
    rival: str
    times: float
    ours: str = MESHGATE


GOALS: Final = (
    Goal("W1", TAILCALL, 1.2),
    Goal("W1", MESHGATE, 1.4, ours=SHARING),
    Goal("W2", TAILCALL, 5),
    Goal("W2", YOGA, 2.3),
    Goal("W3", TAILCALL, 10),
    Goal("W4", TAILCALL, 5),
    Goal("W4", YOGA, 2),
    Goal("W5", APOLLO, 1.6),
    Goal("W6", APOLLO, 2),
    Goal("W7", YOGA, 2),
)
CALLS: Final = {"W3": 3}
"""How many upstream calls ours may make."""
MEGABYTES: Final = {"W4": 150}
"""How much memory ours may hold."""


class Ratio(msgspec.Struct, frozen=True):
    """A goal and what became of it."""

    goal: Goal
    found: float

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self.found >= self.goal.times


def ratios(cells: Sequence[Cell]) -> list[Ratio]:
    """Every goal of which both sides were measured."""
    rates = {(one.row, one.workload): one.rate for one in cells if not one.reason}
    return [Ratio(goal, found) for goal in GOALS if (found := quotient(rates, goal)) is not None]


def quotient(rates: Mapping[tuple[str, str], float], goal: Goal) -> float | None:
    """How many times as fast ours is."""
    ours = rates.get((goal.ours, goal.workload))
    theirs = rates.get((goal.rival, goal.workload))
    return ours / theirs if ours is not None and theirs else None
