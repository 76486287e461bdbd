"""GETs under way that several callers wait for together."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from gateway.upstreams.base import Answer

Key = tuple[str, str, str]


class Flight:
    """One GET under way: it lives as long as somebody waits for it.

    `deadline` is the latest of those who wait, by the loop's clock; `late` says that the last of
    them left because of their deadline, not because they were cancelled.
    """

    __slots__ = ("deadline", "late", "task", "waiting")

    task: asyncio.Task[Answer]

    def __init__(self) -> None:
        self.deadline = 0.0
        self.late = False
        self.waiting = 0

    async def answer(self, deadline: float) -> Answer:
        """Wait until the answer or the deadline; raises TimeoutError for the latter."""
        self.deadline = max(self.deadline, deadline)
        self.waiting += 1
        try:
            left = deadline - asyncio.get_running_loop().time()
            if not self.task.done():
                await asyncio.wait((self.task,), timeout=left)
            if self.task.done():
                return self.task.result()
            self.late = self.waiting == 1
            raise TimeoutError
        finally:
            self.waiting -= 1
            if not self.waiting and not self.task.done():
                self.task.cancel()


class Flights:
    """The GETs that may still be joined, by what makes two of them equal."""

    __slots__ = ("_by_key",)

    def __init__(self) -> None:
        self._by_key: dict[Key, Flight] = {}

    def find(self, key: Key) -> Flight | None:
        """The flight to join, if there is one that is not being given up."""
        flight = self._by_key.get(key)
        return flight if flight is not None and flight.waiting else None

    def start(self, key: Key, get: Callable[[Flight], Coroutine[Any, Any, Answer]]) -> Flight:
        """Begin a GET; the flight waits for its first passenger."""
        flight = self._by_key[key] = Flight()
        flight.task = asyncio.create_task(get(flight))
        flight.task.add_done_callback(lambda task: self._land(key, flight, task))
        return flight

    def forget(self) -> None:
        """Let nobody join what is under way: a write makes it the past."""
        self._by_key.clear()

    def _land(self, key: Key, flight: Flight, task: asyncio.Task[Answer]) -> None:
        if self._by_key.get(key) is flight:
            del self._by_key[key]
        if not task.cancelled():
            # Those who waited may all be gone; then nobody else asks for the failure.
            task.exception()
