"""Many futures that are woken at a time of their own, by one timer of the loop."""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Any, Final

# A loop may count in milliseconds, and its timers fire that much too early.
_EARLY: Final = 0.001


def _tell(future: asyncio.Future[Any]) -> None:
    future.set_result(True)


class Alarms:
    """Wakes futures at their times; nearly all are called off before.

    A timer of the loop costs ten times what an entry of a dict does, and every call needs one. So
    there is one timer, for the earliest: when it fires, whoever is due is woken. To `ring` is to
    give a future True, or what it is told to be.
    """

    __slots__ = ("_ring", "_set_for", "_times")

    def __init__(self, ring: Callable[[asyncio.Future[Any]], object] = _tell) -> None:
        self._ring = ring
        self._times: dict[asyncio.Future[Any], float] = {}
        self._set_for = inf

    def set(self, future: asyncio.Future[Any], when: float) -> None:
        """Wake the future at that time of its loop's clock, unless it is done by then."""
        self._times[future] = when
        if when < self._set_for:
            self._set_for = when
            future.get_loop().call_at(when, self._due, when)

    def off(self, future: asyncio.Future[Any]) -> bool:
        """Forget a future; whether it was still to be woken."""
        return self._times.pop(future, None) is not None

    def _due(self, when: float) -> None:
        if when != self._set_for:
            # An earlier one was set since, and has set the next.
            return
        self._set_for = inf
        loop = asyncio.get_running_loop()
        now = loop.time() + _EARLY
        for future in [one for one, due in self._times.items() if due <= now]:
            del self._times[future]
            if not future.done():
                self._ring(future)
        self._set_for = min(self._times.values(), default=inf)
        if self._set_for < inf:
            loop.call_at(self._set_for, self._due, self._set_for)
