"""One upstream's client: the only place that waits for a network.

It keeps deadlines, a cap on the calls at once, retries of what is safe to repeat, the circuit,
and what is known of the upstream's health. It knows no product.
"""

import asyncio
import re
import time
from collections.abc import Callable
from math import inf
from operator import methodcaller
from typing import Final

import msgspec

from gateway.errors import (
    BadResponse,
    BadUserInput,
    CircuitOpen,
    Problem,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.model.health import Circuit, Health
from gateway.settings import UpstreamSettings
from gateway.telemetry import UPSTREAM_CIRCUIT, UPSTREAM_REQUEST, UPSTREAM_RETRY, Event
from gateway.upstreams import faults
from gateway.upstreams.alarms import Alarms
from gateway.upstreams.base import Answer, Operation, Transport
from gateway.upstreams.bodies import Bodies
from gateway.upstreams.breaker import Breaker, Ticket
from gateway.upstreams.credentials import Credentials, Shown
from gateway.upstreams.headers import Sent
from gateway.upstreams.pacing import Pace, allowed
from gateway.upstreams.retries import PASSING_STATUSES, RetryBudget, backoff, retry_after
from gateway.upstreams.sharing import Flights, Key, Lone, Shared
from gateway.upstreams.slots import Slots
from gateway.upstreams.vitals import Vitals

JSON: Final = "application/json"

# 500 may be one resource's own trouble; these are the whole upstream's.
_DOWN_STATUSES: Final = frozenset({502, 503, 504})

# A path that any client of HTTP would send as it stands: escaped, and without dot segments, which
# proxies resolve even when they are escaped.
_PATH: Final = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]]++|%[0-9a-fA-F]{2})*+")
_DOTS: Final = re.compile(r"[^?]*/(?:\.|%2[eE]){1,2}(?:[/?]|$)")


def _silent(*_: object, **__: object) -> None:
    """Nobody listens."""


def _always(_: Event) -> bool:
    return True


class Call(msgspec.Struct):
    """What one `send` was asked for, and how far it has come."""

    method: str
    path: str
    operation: Operation
    body: bytes | None
    shown: Shown
    content_type: str
    answers: frozenset[int]
    seconds: float
    # What drives it is made of it.
    run: Lone[Answer] | Shared[Answer] = None  # type: ignore[assignment]
    attempt: int = 1

    @property
    def headers(self) -> Sent:
        """What it carries; an answer to anything but JSON may be anything."""
        if self.body is None:
            return self.shown.reading
        if self.content_type == JSON:
            return self.shown.writing
        own = {"Accept": "*/*", "Content-Type": self.content_type}
        return Sent({**self.shown.writing, **own})


class Client:
    """Asks one upstream, as the caller of each operation."""

    def __init__(
        self,
        settings: UpstreamSettings,
        transport: Transport,
        credentials: Credentials,
        events: Callable[..., None] = _silent,
        *,
        breaker: Breaker | None = None,
        bodies: Bodies | None = None,
        listens: Callable[[Event], bool] = _always,
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._base = settings.url.rstrip("/")
        self._transport = transport
        self._credentials = credentials
        self.fingerprint: Final = credentials.fingerprint
        """What stands for the credential that a caller's calls carry: the key of all sharing."""
        self._events = events
        self._listens = listens
        self._breaker = breaker or Breaker(changed=self._circuit_changed)
        self._budget = RetryBudget()
        self._slots = Slots(settings.concurrency)
        self._bodies = bodies or Bodies()
        self._alarms = Alarms()
        self._cuts = Alarms(methodcaller("cancel"))
        self._flights = Flights()
        rate = allowed(settings)
        self._pace = Pace(rate) if rate is not None else None
        self._vitals = Vitals()

    async def send(
        self,
        method: str,
        path: str,
        *,
        operation: Operation,
        body: bytes | None = None,
        content_type: str = JSON,
        answers: frozenset[int] = frozenset(),
        seconds: float | None = None,
    ) -> Answer:
        """The upstream's answer, whatever its status; `path` is escaped and may have a query.

        One attempt may take so many `seconds`, or what the settings say of all.
        Statuses that are `answers` here say nothing against the upstream, and are not tried again.
        A GET may be answered together with an equal one under way, and may be made again. Anything
        else is a write and is sent once. Raises UpstreamUnavailable, UpstreamTimeout, CircuitOpen,
        BadResponse and BudgetExceeded; BadUserInput for a path that could become another one.
        """
        if not _PATH.fullmatch(path) or (("/." in path or "/%2" in path) and _DOTS.match(path)):
            raise BadUserInput(f"{self.name}: a name in this request cannot be asked for")
        if operation.deadline <= operation.loop.time():
            raise self._too_late()
        shown = self._credentials.shown(operation.viewer)
        limit = self._settings.timeout if seconds is None else seconds
        call = Call(method, path, operation, body, shown, content_type, answers, limit)
        try:
            if method == "GET" and self._settings.share_calls:
                return await self._joined(call)
            self._begin(call)
            how = self._get if method == "GET" else self._write
            run = call.run = Lone(how(call), self._cuts)
            return await run.result(operation.deadline)
        except TimeoutError:
            raise self._too_late() from None

    async def _joined(self, call: Call) -> Answer:
        """What an equal GET brings that is under way, or else this one."""
        # An upstream, or a proxy before it, may decide by the address: it is part of the key.
        key: Key = (call.shown.fingerprint, call.operation.viewer.address, call.path)
        flight = self._flights.find(key)
        if flight is None:
            self._begin(call)
            flight = call.run = Shared(self._get(call), call.operation.loop, self._alarms)
            self._flights.start(key, flight)
        try:
            return await flight.result(call.operation.deadline)
        finally:
            self._flights.land(key, flight)

    @property
    def health(self) -> Health:
        """What is known without asking."""
        return self._vitals.health(self._breaker.state)

    async def close(self) -> None:
        """Drop the connections; whoever still waits is told that they closed."""
        await self._transport.close()

    def _begin(self, call: Call) -> None:
        if not self._breaker.admits():
            raise self._left_alone()
        call.operation.spend(self.name)

    async def _get(self, call: Call) -> Answer:
        self._budget.called()
        if self._bodies.is_full:
            await self._bodies.wait(call.operation.deadline)
        while True:
            answer, failure = None, None
            if not self._slots.take():
                await self._slots.wait()
            try:
                answer = await self._exchange(call)
                if answer.status == 401:
                    answer = await self._once_renewed(call, answer)
            except (UpstreamUnavailable, BadResponse) as error:
                failure = error
            finally:
                self._slots.give()
            if answer and (answer.status not in PASSING_STATUSES or answer.status in call.answers):
                return answer
            delay = self._delay(call, answer, failure)
            if delay is None:
                break
            call.operation.spend(self.name)
            self._tell_retry(call, delay, failure)
            await asyncio.sleep(delay)
            call.attempt += 1
        if answer is not None:
            return answer
        assert failure is not None
        raise failure

    def _delay(
        self, call: Call, answer: Answer | None, failure: UpstreamError | None
    ) -> float | None:
        """Seconds until the next attempt; None where there shall be none."""
        if call.attempt > self._settings.retries:
            return None
        if failure is not None and (call.attempt > 1 or not faults.is_passing(failure)):
            return None
        asked = retry_after(answer) if answer is not None else None
        delay = backoff(call.attempt) if asked is None else asked
        is_late = call.operation.loop.time() + delay >= call.run.deadline
        if is_late or call.operation.calls_left <= 0 or not self._breaker.admits():
            return None
        return delay if self._budget.take() else None

    async def _write(self, call: Call) -> Answer:
        if not self._slots.take():
            await self._slots.wait()
        self._flights.forget()
        try:
            answer = await self._exchange(call)
            return await self._once_renewed(call, answer) if answer.status == 401 else answer
        finally:
            self._flights.forget()
            self._slots.give()

    async def _once_renewed(self, call: Call, refused: Answer) -> Answer:
        """The answer to another exchange, where a token's file has another one by now."""
        operation = call.operation
        if operation.calls_left <= 0 or not self._credentials.renewed(call.shown.authorization):
            return refused
        call.shown = self._credentials.shown(operation.viewer)
        operation.spend(self.name)
        return await self._exchange(call)

    async def _exchange(self, call: Call) -> Answer:
        if self._pace is not None:
            await self._pace.turn()
        run = call.run
        limit = call.seconds
        if call.method != "GET":
            # Those who wait for a GET keep their own deadlines.
            limit = min(limit, call.operation.seconds_left())
        if limit <= 0:
            raise self._too_late()
        ticket = self._breaker.admit()
        if ticket is None:
            raise self._left_alone()
        run.limit = call.operation.loop.time() + limit
        started = time.perf_counter()
        answer: Answer | None = None
        failure: UpstreamError | None = None
        try:
            answer = await self._transport.send(
                call.method, self._base + call.path, call.headers, call.body
            )
            return answer
        except TimeoutError:
            failure = self._timed_out(limit, call.seconds)
            raise failure from None
        except UpstreamError as error:
            failure = self._named(error)
            raise failure from error
        except asyncio.CancelledError:
            if run.late:
                failure = self._too_late()
            raise
        finally:
            run.limit = inf
            self._settle(call, ticket, answer, failure, time.perf_counter() - started)

    def _settle(
        self,
        call: Call,
        ticket: Ticket,
        answer: Answer | None,
        failure: UpstreamError | None,
        seconds: float,
    ) -> None:
        if answer is not None:
            status = 200 if answer.status in call.answers else answer.status
            self._vitals.answered(status, seconds)
            if status in _DOWN_STATUSES:
                self._breaker.failed(ticket)
            else:
                self._breaker.succeeded(ticket)
        elif failure is None or _says_nothing(failure, seconds, call.seconds):
            self._breaker.withdrawn(ticket)
        else:
            self._vitals.failed(failure)
            if faults.name(failure) == faults.CLOSED.name:
                # Some requests crash their handler, and the rest of the upstream is well.
                self._breaker.withdrawn(ticket)
            elif isinstance(failure, BadResponse):
                self._breaker.succeeded(ticket)
            else:
                self._breaker.failed(ticket)
        if self._listens(UPSTREAM_REQUEST):
            self._events(
                UPSTREAM_REQUEST,
                upstream=self.name,
                method=call.method,
                path=call.path,
                status=answer.status if answer is not None else None,
                seconds=round(seconds, 4),
                attempt=call.attempt,
                error=failure.code if failure is not None else None,
            )

    def _tell_retry(self, call: Call, delay: float, failure: UpstreamError | None) -> None:
        self._events(
            UPSTREAM_RETRY,
            upstream=self.name,
            method=call.method,
            path=call.path,
            attempt=call.attempt,
            delay=round(delay, 3),
            error=failure.code if failure is not None else None,
        )

    def _circuit_changed(self, state: Circuit, previous: Circuit) -> None:
        self._events(UPSTREAM_CIRCUIT, upstream=self.name, state=state, previous=previous)

    def _named(self, error: UpstreamError) -> UpstreamError:
        return type(error)(
            f"{self.name}: {error.message}",
            upstream=self.name,
            status=error.status,
            problem=error.problem,
            retry_after=error.retry_after,
        )

    def _left_alone(self) -> CircuitOpen:
        return CircuitOpen(
            f"{self.name}: it failed so often that it is left alone for a while",
            upstream=self.name,
        )

    def _timed_out(self, limit: float, usual: float) -> UpstreamTimeout:
        if limit < usual:
            return self._too_late()
        told = f"no answer within {limit:g} s"
        return UpstreamTimeout(
            f"{self.name}: {told}",
            upstream=self.name,
            problem=Problem(type=faults.ANSWER_TIMEOUT.name, title=told),
        )

    def _too_late(self) -> UpstreamTimeout:
        return UpstreamTimeout(
            f"{self.name}: no answer before the operation's deadline",
            upstream=self.name,
            problem=Problem(type=faults.ANSWER_TIMEOUT.name, title="no answer in time"),
        )


def _says_nothing(failure: UpstreamError, seconds: float, limit: float) -> bool:
    """Whether a failure tells of us: no room, or a deadline that left next to no time."""
    if not isinstance(failure, UpstreamTimeout):
        return False
    fault = faults.name(failure)
    is_cut = seconds < limit / 2 and fault != faults.CONNECT_TIMEOUT.name
    return is_cut or fault == faults.NO_ROOM.name
