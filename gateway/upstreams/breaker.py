"""When an upstream that keeps failing is left alone, and when it is tried again."""

import time
from collections.abc import Callable
from math import inf
from typing import Final

from gateway.model.health import Circuit

Ticket = int

# To look up a member of an Enum costs more than all the rest of a call, before Python 3.12.
_CLOSED: Final = Circuit.CLOSED
_HALF_OPEN: Final = Circuit.HALF_OPEN


def _unwatched(state: Circuit, previous: Circuit) -> None:
    """Nobody listens."""


class Breaker:
    """A circuit that opens when too great a share of the recent calls failed.

    Calls are counted in a ring of buckets that covers `window` seconds. With `threshold` calls or
    more in it, of which `share` or more failed, the circuit opens for `rest` seconds; then one
    call is let through, and its outcome closes the circuit or opens it again. Every call let
    through gets a ticket, and gives it back with its outcome: one that began before the circuit
    last changed says nothing about it any more.
    """

    __slots__ = (
        "_bucket",
        "_bucket_ends",
        "_buckets",
        "_changed",
        "_clock",
        "_failed",
        "_rest",
        "_rest_until",
        "_share",
        "_ticket",
        "_total",
        "_width",
        "_written",
        "state",
        "threshold",
    )

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        threshold: int = 10,
        share: float = 0.5,
        window: float = 30.0,
        buckets: int = 10,
        rest: float = 5.0,
        changed: Callable[[Circuit, Circuit], None] = _unwatched,
    ) -> None:
        self.state: Circuit = Circuit.CLOSED
        self.threshold: Final = threshold
        self._clock = clock
        self._share = share
        self._width = window / buckets
        self._buckets = buckets
        self._rest = rest
        self._rest_until = 0.0
        self._changed = changed
        self._ticket: Ticket = 0
        self._empty()

    def admits(self) -> bool:
        """Whether a call would be let through now."""
        if self.state is _CLOSED:
            return True
        return self.state is Circuit.OPEN and self._clock() >= self._rest_until

    def admit(self) -> Ticket | None:
        """Let a call through, if it may: then its ticket."""
        if self.state is not _CLOSED:
            if not self.admits():
                return None
            self._become(Circuit.HALF_OPEN)
        return self._ticket

    def succeeded(self, ticket: Ticket) -> None:
        """The call was answered."""
        if ticket != self._ticket:
            return
        if self.state is _HALF_OPEN:
            self._empty()
            self._become(Circuit.CLOSED)
        else:
            if self._clock() >= self._bucket_ends:
                self._turn()
            self._total[self._bucket] += 1

    def failed(self, ticket: Ticket) -> None:
        """The call was not answered, or by an upstream that said it cannot."""
        if ticket != self._ticket:
            return
        if self.state is _CLOSED:
            if self._clock() >= self._bucket_ends:
                self._turn()
            self._total[self._bucket] += 1
            self._failed[self._bucket] += 1
            if not self._is_too_much():
                return
        self._rest_until = self._clock() + self._rest
        self._become(Circuit.OPEN)

    def withdrawn(self, ticket: Ticket) -> None:
        """The call was given up by its caller: nothing was learnt, another may take its place."""
        if ticket == self._ticket and self.state is _HALF_OPEN:
            self._become(Circuit.OPEN)

    def _become(self, state: Circuit) -> None:
        previous, self.state = self.state, state
        self._ticket += 1
        self._changed(state, previous)

    def _empty(self) -> None:
        self._written = [-1] * self._buckets
        self._total = [0] * self._buckets
        self._failed = [0] * self._buckets
        self._bucket = 0
        self._bucket_ends = -inf

    def _turn(self) -> None:
        """Go on to the bucket whose time it is."""
        turn = int(self._clock() / self._width)
        self._bucket = bucket = turn % self._buckets
        self._bucket_ends = (turn + 1) * self._width
        if self._written[bucket] != turn:
            self._written[bucket] = turn
            self._total[bucket] = self._failed[bucket] = 0

    def _is_too_much(self) -> bool:
        oldest = int(self._clock() / self._width) - self._buckets + 1
        total = failed = 0
        for turn, counted, bad in zip(self._written, self._total, self._failed, strict=True):
            if turn >= oldest:
                total += counted
                failed += bad
        return total >= self.threshold and failed >= self._share * total
