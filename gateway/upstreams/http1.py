"""HTTP/1.1 to one upstream, on asyncio's own connections and the parser that uvicorn uses.

It costs half the CPU of the next best client, or less (`benchmarks/upstream_get.py`), and OpenSSL
trusts the certificate that Kuma makes for itself, which is its own authority: rustls, below the
next best client, refuses that (CaUsedAsEndEntity). An exchange is sent once and never again, not
even where its connection proved dead.
"""

import asyncio
import re
import ssl
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import msgspec

from gateway.upstreams import faults
from gateway.upstreams.base import Answer
from gateway.upstreams.bodies import Bodies
from gateway.upstreams.connection import Connection, Head
from gateway.upstreams.headers import lines
from gateway.upstreams.heads import Heads

# A connection that lay idle may have been dropped by what is between us: a GET can be made again,
# a write cannot, and takes one only that was in use a moment ago.
MAX_IDLE: Final = 30.0
MAX_IDLE_BEFORE_WRITE: Final = 1.0
_LINE: Final = re.compile(r"[A-Za-z]+ /[!-~]*")
"""A request's first line up to its target."""


class Origin(msgspec.Struct, frozen=True):
    """Where an upstream listens, and how it is spoken to there."""

    url: str
    host: str
    port: int
    host_header: str
    tls: ssl.SSLContext | None = None
    server_name: str | None = None


class Http1Transport:
    """The connections to one upstream; it sends to that origin and to no other."""

    def __init__(
        self,
        origin: Origin,
        *,
        connect_timeout: float,
        max_body: int,
        bodies: Bodies | None = None,
    ) -> None:
        self._origin = origin
        self._root = f"{origin.url}/"
        self._host = f"Host: {origin.host_header}\r\n".encode("latin-1")
        self._connect_timeout = connect_timeout
        self._max_body = max_body
        self._bodies = bodies or Bodies()
        self._known = Heads[Head]()
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._drained: asyncio.Event | None = None

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        request = self._request(method, url, headers, body)
        connection = self._take(MAX_IDLE if method == "GET" else MAX_IDLE_BEFORE_WRITE)
        if connection is None:
            connection = await self._connect()
        try:
            answer = await connection.exchange(request)
        except BaseException as reason:
            is_held = connection.is_held
            connection.drop()
            if is_held and isinstance(reason, TimeoutError):
                raise faults.NO_ROOM.error() from None
            raise
        if connection.reusable:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
        return answer

    async def close(self) -> None:
        self._idle.clear()
        if self._open:
            self._drained = asyncio.Event()
            for connection in self._open:
                connection.abort()
            await self._drained.wait()

    def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> bytes:
        root = self._root
        if not url.startswith(root):
            raise ValueError("not an address of this upstream")
        line = f"{method} /{url[len(root) :]}"
        if not _LINE.fullmatch(line):
            raise ValueError("a request's first line holds what it may not hold")
        head = f"{line} HTTP/1.1\r\n".encode("ascii") + self._host + lines(headers)
        if body is not None:
            return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)
        if method in ("PUT", "POST", "PATCH"):
            return head + b"Content-Length: 0\r\n\r\n"
        return head + b"\r\n"

    def _take(self, max_idle: float) -> Connection | None:
        youngest = time.monotonic() - max_idle
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable and connection.idle_since >= youngest:
                return connection
            connection.abort()
        return None

    async def _connect(self) -> Connection:
        origin = self._origin
        connection = Connection(self._max_body, self._bodies, self._known, self._made, self._gone)
        # In a task of its own: who waits for it may change.
        connecting = asyncio.ensure_future(
            asyncio.get_running_loop().create_connection(
                lambda: connection,
                origin.host,
                origin.port,
                ssl=origin.tls,
                server_hostname=origin.server_name,
            )
        )
        try:
            await asyncio.wait((connecting,), timeout=self._connect_timeout)
            if not connecting.done():
                raise faults.CONNECT_TIMEOUT.error()
        except BaseException:
            connecting.cancel()
            connecting.add_done_callback(partial(self._unwanted, connection))
            raise
        try:
            connecting.result()
        except (OSError, UnicodeError) as reason:
            raise faults.fault(reason).error() from reason
        return connection

    def _unwanted(self, connection: Connection, connecting: asyncio.Task[Any]) -> None:
        if connecting.cancelled() or connecting.exception() is not None:
            # uvloop may have made it and given it up again, and says nothing of that.
            self._gone(connection)
        else:
            connection.abort()

    def _made(self, connection: Connection) -> None:
        self._open.add(connection)
        if self._drained is not None:
            connection.abort()

    def _gone(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if self._drained is not None and not self._open:
            self._drained.set()
