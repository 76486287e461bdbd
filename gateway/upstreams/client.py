"""One upstream's client: the only place that waits for a network.

It keeps deadlines, a cap on the calls at once, retries of what is safe to repeat, the circuit,
and what is known of the upstream's health. It knows no product.
"""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Final

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
from gateway.telemetry import UPSTREAM_CIRCUIT, UPSTREAM_REQUEST, UPSTREAM_RETRY
from gateway.upstreams import faults
from gateway.upstreams.base import Answer, Operation, Transport, Viewer
from gateway.upstreams.breaker import Breaker, Ticket
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.pacing import Pace, allowed
from gateway.upstreams.retries import PASSING_STATUSES, RetryBudget, backoff, retry_after
from gateway.upstreams.sharing import Flight, Flights
from gateway.upstreams.vitals import Vitals

JSON: Final = "application/json"

# 500 may be one resource's own trouble; these are the whole upstream's.
_DOWN_STATUSES: Final = frozenset({502, 503, 504})

# A path that any client of HTTP would send as it stands: escaped, and without dot segments, which
# proxies resolve even when they are escaped.
_PATH: Final = re.compile(
    r"(?![^?]*/(?:\.|%2[eE]){1,2}(?:[/?]|$))/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]]|%[0-9a-fA-F]{2})*"
)


def _silent(*_: object, **__: object) -> None:
    """Nobody listens."""


class Call:
    """What one `send` was asked for, and how far it has come."""

    __slots__ = ("attempt", "body", "content_type", "flight", "method", "operation", "path")

    def __init__(
        self,
        method: str,
        path: str,
        operation: Operation,
        body: bytes | None,
        content_type: str = JSON,
    ) -> None:
        self.method = method
        self.path = path
        self.operation = operation
        self.body = body
        self.content_type = content_type
        self.attempt = 1
        self.flight: Flight | None = None


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
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._base = settings.url.rstrip("/")
        self._transport = transport
        self._credentials = credentials
        self._events = events
        self._breaker = breaker or Breaker(changed=self._circuit_changed)
        self._budget = RetryBudget()
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._flights = Flights()
        self._pace = Pace(allowed(settings))
        self._vitals = Vitals()

    async def send(
        self,
        method: str,
        path: str,
        *,
        operation: Operation,
        body: bytes | None = None,
        content_type: str = JSON,
    ) -> Answer:
        """The upstream's answer, whatever its status; `path` is escaped and may have a query.

        A GET may be answered together with an equal one under way, and may be made again. Anything
        else is a write and is sent once. Raises UpstreamUnavailable, UpstreamTimeout, CircuitOpen,
        BadResponse and BudgetExceeded; BadUserInput for a path that could become another one.
        """
        if not _PATH.fullmatch(path):
            raise BadUserInput(f"{self.name}: a name in this request cannot be asked for")
        if operation.seconds_left() <= 0:
            raise self._too_late()
        call = Call(method, path, operation, body, content_type)
        return await (self._read(call) if method == "GET" else self._write(call))

    def fingerprint(self, viewer: Viewer) -> str:
        """What stands for the credential that this caller's calls carry: the key of all sharing."""
        return self._credentials.fingerprint(viewer)

    @property
    def health(self) -> Health:
        """What is known without asking."""
        return self._vitals.health(self._breaker.state)

    async def close(self) -> None:
        """Drop the connections; whoever still waits is told that they closed."""
        await self._transport.close()

    async def _read(self, call: Call) -> Answer:
        viewer = call.operation.viewer
        # An upstream, or a proxy before it, may decide by the address, so that is part of the key.
        key = (self._credentials.fingerprint(viewer), viewer.address, call.path)
        flight = self._flights.find(key) if self._settings.share_calls else None
        if flight is None:
            self._start(call)
            flight = self._flights.start(key, lambda made: self._get(call, made))
        try:
            return await flight.answer(call.operation.deadline)
        except TimeoutError:
            raise self._too_late() from None

    async def _get(self, call: Call, flight: Flight) -> Answer:
        call.flight = flight
        self._budget.called()
        while True:
            answer, failure = None, None
            async with self._slots:
                try:
                    answer = await self._attempt(call)
                except UpstreamUnavailable as error:
                    failure = error
            if answer is not None and answer.status not in PASSING_STATUSES:
                return answer
            delay = self._delay(call, answer, failure, flight)
            if delay is None:
                break
            call.operation.spend(self.name)
            self._events(
                UPSTREAM_RETRY,
                upstream=self.name,
                method=call.method,
                path=call.path,
                attempt=call.attempt,
                delay=round(delay, 3),
                error=failure.code if failure is not None else None,
            )
            await asyncio.sleep(delay)
            call.attempt += 1
        if answer is not None:
            return answer
        assert failure is not None
        raise failure

    def _delay(
        self, call: Call, answer: Answer | None, failure: UpstreamError | None, flight: Flight
    ) -> float | None:
        """Seconds until the next attempt; None where there shall be none."""
        if call.attempt > self._settings.retries:
            return None
        if failure is not None and (call.attempt > 1 or not faults.is_passing(failure)):
            return None
        asked = retry_after(answer) if answer is not None else None
        delay = backoff(call.attempt) if asked is None else asked
        is_late = asyncio.get_running_loop().time() + delay >= flight.deadline
        if is_late or call.operation.calls_left <= 0 or not self._breaker.admits():
            return None
        return delay if self._budget.take() else None

    async def _write(self, call: Call) -> Answer:
        self._start(call)
        try:
            async with asyncio.timeout(call.operation.seconds_left()):
                await self._slots.acquire()
        except TimeoutError:
            raise self._too_late() from None
        self._flights.forget()
        try:
            return await self._attempt(call)
        finally:
            self._flights.forget()
            self._slots.release()

    def _start(self, call: Call) -> None:
        if not self._breaker.admits():
            raise self._left_alone()
        call.operation.spend(self.name)

    async def _attempt(self, call: Call) -> Answer:
        """One exchange; two where a 401 came for a token whose file has another one by now."""
        operation = call.operation
        headers = self._headers(call)
        answer = await self._exchange(call, headers)
        if answer.status != 401 or operation.calls_left <= 0:
            return answer
        if not self._credentials.renewed(operation.viewer, headers.get("Authorization")):
            return answer
        operation.spend(self.name)
        return await self._exchange(call, self._headers(call))

    def _headers(self, call: Call) -> dict[str, str]:
        headers = self._credentials.headers(call.operation.viewer)
        headers["Accept"] = JSON if call.content_type == JSON else "*/*"
        headers["Accept-Encoding"] = "identity"
        if call.body is not None:
            headers["Content-Type"] = call.content_type
        return headers

    async def _exchange(self, call: Call, headers: dict[str, str]) -> Answer:
        await self._pace.turn()
        limit = self._settings.timeout
        if call.flight is None:
            # Those who wait for a flight keep their own deadlines.
            limit = min(limit, call.operation.seconds_left())
        if limit <= 0:
            raise self._too_late()
        ticket = self._breaker.admit()
        if ticket is None:
            raise self._left_alone()
        started = time.perf_counter()
        answer: Answer | None = None
        failure: UpstreamError | None = None
        try:
            async with asyncio.timeout(limit):
                answer = await self._transport.send(
                    call.method, self._base + call.path, headers, call.body
                )
            return answer
        except TimeoutError:
            failure = self._timed_out(limit)
            raise failure from None
        except UpstreamError as error:
            failure = self._named(error)
            raise failure from error
        except asyncio.CancelledError:
            if call.flight is not None and call.flight.late:
                failure = self._too_late()
            raise
        finally:
            self._settle(call, ticket, answer, failure, time.perf_counter() - started)

    def _settle(
        self,
        call: Call,
        ticket: Ticket,
        answer: Answer | None,
        failure: UpstreamError | None,
        seconds: float,
    ) -> None:
        # An operation's deadline may leave an attempt next to no time: that says nothing.
        is_cut = isinstance(failure, UpstreamTimeout) and seconds < self._settings.timeout / 2
        is_connecting = failure is not None and faults.name(failure) == faults.CONNECT_TIMEOUT.name
        if (answer is None and failure is None) or (is_cut and not is_connecting):
            self._breaker.withdrawn(ticket)
        elif answer is not None:
            self._vitals.answered(answer.status, seconds)
            if answer.status in _DOWN_STATUSES:
                self._breaker.failed(ticket)
            else:
                self._breaker.succeeded(ticket)
        elif failure is not None:
            self._vitals.failed(failure)
            if isinstance(failure, BadResponse):
                self._breaker.succeeded(ticket)
            else:
                self._breaker.failed(ticket)
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

    def _timed_out(self, limit: float) -> UpstreamTimeout:
        if limit < self._settings.timeout:
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
