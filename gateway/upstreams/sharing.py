"""Calls under way that several wait for together, without a task of their own."""

import asyncio
from collections.abc import Callable, Coroutine
from math import inf
from typing import Any, Generic, TypeVar

from gateway.upstreams.alarms import Alarms
from gateway.upstreams.base import Answer

Key = tuple[str, str, str]
T = TypeVar("T")


class Shared(Generic[T]):
    """A coroutine that is driven by those who wait for what it returns.

    The first to wait begins it and takes it from one thing that it awaits to the next, each time
    waiting for that on a future of its own. So one who drives can leave (cancelled, or at a
    deadline) without disturbing what is awaited, and another goes on from there. It is cancelled
    when the last leaves, and never begun where nobody waits. What it awaits must not mind in
    which task it goes on: it may use no `asyncio.timeout` and no `TaskGroup`.
    """

    __slots__ = (
        "_alarms",
        "_ask",
        "_awaited",
        "_coroutine",
        "_driven",
        "_error",
        "_others",
        "_turn",
        "_value",
        "deadline",
        "ended",
        "late",
        "limit",
        "waiting",
    )

    _value: T

    def __init__(
        self, ask: Callable[[], Coroutine[Any, Any, T]], alarms: Alarms | None = None
    ) -> None:
        self._ask = ask
        self._alarms = alarms
        self._coroutine: Coroutine[Any, Any, T] | None = None
        self._awaited: asyncio.Future[Any] | None = None
        self._driven = False
        self._error: BaseException | None = None
        self._turn: asyncio.Future[bool] | None = None
        self._others: list[asyncio.Future[bool]] = []
        self.deadline = -inf
        """The latest deadline of those who waited, by the loop's clock."""
        self.ended = False
        self.late = False
        """Whether the last to wait left at a deadline, not because it was cancelled."""
        self.limit = inf
        """When TimeoutError is raised inside the coroutine, by the loop's clock."""
        self.waiting = 0

    async def result(self, deadline: float = inf) -> T:
        """What the coroutine returns or raises; TimeoutError where the deadline comes first."""
        if deadline > self.deadline:
            self.deadline = deadline
        alarms = self._alarms
        drives = False
        self.waiting += 1
        try:
            while not self.ended:
                awaited = self._awaited
                if drives or not self._driven:
                    drives = self._driven = True
                    if awaited is None or awaited.done():
                        self._step(None)
                        if self._awaited is None and not self.ended:
                            await asyncio.sleep(0)
                        continue
                    news = self._turn = asyncio.get_running_loop().create_future()
                    until = min(deadline, self.limit)
                else:
                    awaited = None
                    news = asyncio.get_running_loop().create_future()
                    self._others.append(news)
                    until = deadline
                if alarms is not None:
                    alarms.set(news, until)
                try:
                    late = await news
                finally:
                    if alarms is not None:
                        alarms.off(news)
                if not late or self.ended or (awaited is not None and awaited.done()):
                    continue
                if drives and self.limit <= deadline:
                    self._step(TimeoutError())
                else:
                    self.late = self.waiting == 1
                    raise TimeoutError
        finally:
            self.waiting -= 1
            if drives:
                self._driven = False
                self._wake()
            if not self.waiting and not self.ended:
                self._give_up()
        if self._error is not None:
            raise self._error
        return self._value

    def _step(self, thrown: BaseException | None) -> None:
        """Let the coroutine go on until it awaits something again, or ends."""
        coroutine = self._coroutine
        if coroutine is None:
            coroutine = self._coroutine = self._ask()
        self._awaited = None
        try:
            awaited = coroutine.send(None) if thrown is None else coroutine.throw(thrown)
        except StopIteration as stop:
            self.ended = True
            self._value = stop.value
        except BaseException as error:
            self.ended = True
            self._error = error
        else:
            if awaited is not None:
                # What a task does with a future that is awaited within it.
                awaited._asyncio_future_blocking = False
                awaited.add_done_callback(self._arrived)
                self._awaited = awaited

    def _arrived(self, _: asyncio.Future[Any]) -> None:
        turn = self._turn
        if turn is not None and not turn.done():
            turn.set_result(False)

    def _wake(self) -> None:
        if not self._others:
            return
        others, self._others = self._others, []
        for news in others:
            if not news.done():
                news.set_result(False)

    def _give_up(self) -> None:
        """Cancel the coroutine; who asks after that begins it anew."""
        self._step(asyncio.CancelledError())
        coroutine, awaited = self._coroutine, self._awaited
        if coroutine is not None and not self.ended:
            # It ends with something that takes time.
            asyncio.ensure_future(_finish(coroutine, awaited))
        self.ended = False
        self._error = self._coroutine = self._awaited = None


async def _finish(coroutine: Coroutine[Any, Any, T], awaited: asyncio.Future[Any] | None) -> None:
    rest: Shared[T] = Shared(lambda: coroutine)
    rest._coroutine, rest._awaited = coroutine, awaited
    if awaited is not None:
        awaited.add_done_callback(rest._arrived)
    await asyncio.wait((asyncio.ensure_future(rest.result()),))


class Flights:
    """The GETs that may still be joined, by what makes two of them equal."""

    __slots__ = ("_by_key",)

    def __init__(self) -> None:
        self._by_key: dict[Key, Shared[Answer]] = {}

    def find(self, key: Key) -> Shared[Answer] | None:
        """The one to join, if there is one under way."""
        flight = self._by_key.get(key)
        return flight if flight is not None and flight.waiting else None

    def start(self, key: Key, flight: Shared[Answer]) -> None:
        """Let a GET be joined until it has landed."""
        self._by_key[key] = flight

    def land(self, key: Key, flight: Shared[Answer]) -> None:
        """Let go of a GET once nobody waits for it."""
        if not flight.waiting and self._by_key.get(key) is flight:
            del self._by_key[key]

    def forget(self) -> None:
        """Let nobody join what is under way: a write makes it the past."""
        self._by_key.clear()
