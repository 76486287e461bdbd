"""Every request has an id, and leaves one line in the log when it has been answered."""

import itertools
import os
import re
import time
from collections.abc import Callable, Iterator

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.execution.results import Operation
from gateway.server.graphql import Fields, GraphQL
from gateway.server.negotiation import Media
from gateway.upstreams.heads import Heads

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


def ids() -> Iterator[str]:
    """Ids of 32 digits: what tells this process from all others, and a count."""
    process = os.urandom(8).hex()
    for number in itertools.count(int.from_bytes(os.urandom(7), "big")):
        yield f"{process}{number:016x}"


class Head(msgspec.Struct, frozen=True):
    """A plain request up to its body, and how to answer it."""

    fields: Fields
    media: Media
    keep_alive: bool


class Direct(msgspec.Struct, frozen=True):
    """What a server may ask without ASGI where a request has nothing special about it."""

    path: str
    graph: GraphQL
    heads: Heads[Head] = msgspec.field(default_factory=Heads)


class Access:
    """The outermost ASGI application.

    `begin(request_id)` is told of each request before it is looked at, and `log` when it is over,
    where such a line is `wanted`. What is `direct` may be asked by a server that goes past `app`.
    """

    def __init__(
        self,
        app: ASGIApp,
        begin: Callable[[str], None],
        log: Callable[[Served], None],
        *,
        wanted: Callable[[], bool] = lambda: True,
        direct: Direct | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.direct = direct
        self.clock = clock
        self._app = app
        self._begin = begin
        self._log = log
        self._wanted = wanted
        self._ids = ids()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[ID] = own = self.begin(dict(scope["headers"]))
        header = (HEADER, own.encode())
        status: int | None = None

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        started = self.clock()
        try:
            await self._app(scope, receive, named)
        finally:
            where = scope["method"], scope["path"], scope.get("client")
            self.end(*where, own, started, status, scope.get(OPERATION))

    def begin(self, fields: Fields) -> str:
        """The id of a request that begins with these headers."""
        given = fields.get(HEADER)
        # A caller's id is kept only where it can do no harm in a log or a header.
        own = given.decode() if given and WELL_FORMED(given) else next(self._ids)
        self._begin(own)
        return own

    def end(
        self,
        method: str,
        path: str,
        client: tuple[str, int] | None,
        own: str,
        started: float,
        status: int | None,
        operation: Operation | None,
    ) -> None:
        """Log a request that is over."""
        if self._wanted():
            self._log(
                Served(
                    method,
                    path,
                    status,
                    self.clock() - started,
                    own,
                    client[0] if client else None,
                    operation.type if operation else None,
                    operation.name if operation else None,
                )
            )
