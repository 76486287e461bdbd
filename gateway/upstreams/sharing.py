"""Calls under way that one or several wait for, without a task of their own."""

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator
from math import inf
from typing import Any, Generic, TypeVar

import msgspec

from gateway.upstreams.alarms import Alarms
from gateway.upstreams.base import Answer

Key = tuple[str, str, str]
T = TypeVar("T")


class Once(Generic[T]):
    """What several ask for and one of them brings: the first, and another where that one leaves.

    Nothing is asked where nobody waits. An error is put into `failed`, whoever deals with it.
    """

    __slots__ = ("_ask", "_bringing", "_ended", "_error", "_failed", "_loop", "_others", "_value")

    _value: T

    def __init__(
        self,
        ask: Callable[[], Coroutine[Any, Any, T]],
        loop: asyncio.AbstractEventLoop,
        failed: list[Exception] | None = None,
    ) -> None:
        self._failed = failed
        self._ask: Callable[[], Coroutine[Any, Any, T]] | None = ask
        self._loop = loop
        self._bringing = False
        self._ended = False
        self._error: Exception | None = None
        self._others: list[asyncio.Future[bool]] = []

    async def result(self) -> T:
        """What was asked for; raises what failed for each who asks."""
        while not self._ended:
            if self._bringing:
                news = self._loop.create_future()
                self._others.append(news)
                await news
                continue
            assert self._ask is not None
            self._bringing = True
            try:
                self._value = await self._ask()
                self._ended = True
            except Exception as error:
                self._error = error
                self._ended = True
                if self._failed is not None:
                    self._failed.append(error)
            finally:
                self._bringing = False
                if self._others:
                    self._others = woken(self._others)
        # It may refer to what holds this.
        self._ask = None
        if self._error is not None:
            raise self._error
        return self._value


class Lone(msgspec.Struct, Generic[T]):
    """A coroutine that one alone waits for, in the task of that one, and until a time.

    At that time what it awaits just then is cancelled, as its task would cancel it. So no future
    stands between, and nobody else may wait for what it awaits.
    """

    _coroutine: Coroutine[Any, Any, T]
    _alarms: Alarms
    deadline: float = inf
    """Until when it is waited for, by the loop's clock."""
    late: bool = False
    """Whether it was cancelled at the deadline."""
    limit: float = inf
    """When TimeoutError is raised inside the coroutine, by the loop's clock."""

    @types.coroutine
    def result(self, deadline: float = inf) -> Generator[Any, None, T]:
        """What the coroutine returns or raises; TimeoutError where the deadline comes first."""
        self.deadline = deadline
        coroutine, alarms = self._coroutine, self._alarms
        thrown: BaseException | None = None
        try:
            while True:
                awaited = coroutine.send(None) if thrown is None else coroutine.throw(thrown)
                thrown = None
                if awaited is None:
                    # A turn of the loop, and nothing more.
                    yield
                    continue
                if not self.late:
                    alarms.set(awaited, min(self.limit, deadline))
                try:
                    yield awaited
                except asyncio.CancelledError as cancelled:
                    is_due = not (self.late or alarms.off(awaited))
                    thrown = self._timed_out(cancelled) if is_due else cancelled
                except Exception as failed:
                    thrown = failed
                finally:
                    alarms.off(awaited)
        except StopIteration as stop:
            found: T = stop.value
            return found
        except asyncio.CancelledError:
            if self.late:
                raise TimeoutError from None
            raise
        finally:
            coroutine.close()

    def _timed_out(self, cancelled: asyncio.CancelledError) -> BaseException:
        if self.limit <= self.deadline:
            return TimeoutError()
        self.late = True
        return cancelled


class Shared(Generic[T]):
    """A coroutine that is driven by those who wait for what it returns.

    The first to wait begins it and takes it from one thing that it awaits to the next, each time
    waiting for that on a future of its own. So one who drives can leave (cancelled, or at a
    deadline) without disturbing what is awaited, and another goes on from there. It is cancelled
    when the last leaves. What it awaits must not mind in which task it goes on: it may use no
    `asyncio.timeout` and no `TaskGroup`.
    """

    __slots__ = (
        "_alarms",
        "_awaited",
        "_coroutine",
        "_driven",
        "_error",
        "_loop",
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
        self,
        coroutine: Coroutine[Any, Any, T],
        loop: asyncio.AbstractEventLoop,
        alarms: Alarms | None = None,
    ) -> None:
        self._coroutine = coroutine
        self._loop = loop
        self._alarms = alarms
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
                    news = self._turn = self._loop.create_future()
                    until = min(deadline, self.limit)
                else:
                    awaited = None
                    news = self._loop.create_future()
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
                if self._others:
                    self._others = woken(self._others)
            if not self.waiting and not self.ended:
                self._give_up()
        if self._error is not None:
            raise self._error
        return self._value

    def _step(self, thrown: BaseException | None) -> None:
        """Let the coroutine go on until it awaits something again, or ends."""
        coroutine = self._coroutine
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
            self._await(awaited)

    def _await(self, awaited: asyncio.Future[Any] | None) -> None:
        self._awaited = awaited
        if awaited is not None:
            # What a task does with a future that is awaited within it.
            awaited._asyncio_future_blocking = False
            awaited.add_done_callback(self._arrived)

    def _arrived(self, _: asyncio.Future[Any]) -> None:
        turn = self._turn
        if turn is not None and not turn.done():
            turn.set_result(False)

    def _give_up(self) -> None:
        self._step(asyncio.CancelledError())
        if not self.ended:
            # It ends with something that takes time.
            rest: Shared[T] = Shared(self._coroutine, self._loop)
            rest._await(self._awaited)
            self.ended = True
            self._error = asyncio.CancelledError()
            ending = self._loop.create_task(rest.result())
            ending.add_done_callback(lambda done: done.cancelled() or done.exception())


def woken(waiting: list[asyncio.Future[bool]]) -> list[asyncio.Future[bool]]:
    """Tell those who wait that there is news; who still waits then is nobody."""
    for news in waiting:
        if not news.done():
            news.set_result(False)
    return []


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
