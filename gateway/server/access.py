"""Every request has an id, and leaves one line in the log when it has been answered."""

import os
import re
import time
from collections.abc import Callable

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.execution.results import Operation

HEADER = b"x-request-id"
ID = "meshgate.request_id"
OPERATION = "meshgate.operation"
WELL_FORMED = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}").fullmatch


class Served(msgspec.Struct, frozen=True):
    """One request as the log tells it; `status` is None where no answer could be given."""

    method: str
    path: str
    status: int | None
    seconds: float
    request_id: str
    client: str | None
    operation_type: str | None = None
    operation_name: str | None = None


def request_id(scope: Scope) -> str:
    """The id of the request that a scope is of."""
    found: str = scope.get(ID, "")
    return found


class Access:
    """The outermost ASGI application.

    `begin(request_id)` is told of each request before it is looked at, `log` when it is over.
    """

    def __init__(
        self,
        app: ASGIApp,
        begin: Callable[[str], None],
        log: Callable[[Served], None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app = app
        self._begin = begin
        self._log = log
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == HEADER), b"")
        # A caller's id is kept only where it can do no harm in a log or a header.
        own = given if WELL_FORMED(given) else os.urandom(16).hex().encode()
        scope[ID] = own.decode()
        self._begin(scope[ID])
        status: int | None = None

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER, own)]
            await send(message)

        started = self._clock()
        try:
            await self._app(scope, receive, named)
        finally:
            client = scope.get("client")
            operation: Operation | None = scope.get(OPERATION)
            self._log(
                Served(
                    scope["method"],
                    scope["path"],
                    status,
                    self._clock() - started,
                    scope[ID],
                    client[0] if client else None,
                    operation.type if operation else None,
                    operation.name if operation else None,
                )
            )
