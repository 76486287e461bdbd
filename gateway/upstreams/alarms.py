"""Many futures that are woken at a time of their own, by one timer of the loop."""

import asyncio
from math import inf
from typing import Final

# A loop may count in milliseconds, and its timers fire that much too early.
_EARLY: Final = 0.001


class Alarms:
    """Wakes futures at their times; nearly all are called off before.

    A timer of the loop costs ten times what an entry of a dict does, and every call needs one. So
    there is one timer, for the earliest: when it fires, whoever is due is woken.
    """

    __slots__ = ("_set_for", "_times")

    def __init__(self) -> None:
        self._times: dict[asyncio.Future[bool], float] = {}
        self._set_for = inf

    def set(self, future: asyncio.Future[bool], when: float) -> None:
        """Give the future True at that time of its loop's clock, unless it is done by then."""
        self._times[future] = when
        if when < self._set_for:
            self._set_for = when
            future.get_loop().call_at(when, self._ring, when)

    def off(self, future: asyncio.Future[bool]) -> None:
        """Forget a future."""
        self._times.pop(future, None)

    def _ring(self, when: float) -> None:
        if when != self._set_for:
            # An earlier one was set since, and has set the next.
            return
        self._set_for = inf
        loop = asyncio.get_running_loop()
        now = loop.time() + _EARLY
        for future in [one for one, due in self._times.items() if due <= now]:
            del self._times[future]
            if not future.done():
                future.set_result(True)
        self._set_for = min(self._times.values(), default=inf)
        if self._set_for < inf:
            loop.call_at(self._set_for, self._ring, self._set_for)
