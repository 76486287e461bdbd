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
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, cast

import httptools
import msgspec

from gateway.errors import UpstreamError
from gateway.upstreams import faults
from gateway.upstreams.base import Answer
from gateway.upstreams.bodies import LARGE, Bodies, Body
from gateway.upstreams.headers import Received, lines

MAX_HEAD: Final = 512 * 1024
# A connection that lay idle may have been dropped by what is between us: a GET can be made again,
# a write cannot, and takes one only that was in use a moment ago.
MAX_IDLE: Final = 30.0
MAX_IDLE_BEFORE_WRITE: Final = 1.0
# What of a head says how its body is to be read. The parser has taken the head by then, so that
# each line of it ends as it should.
_FRAMING: Final = re.compile(
    rb"\r\n(content-length|transfer-encoding|content-encoding):[ \t]*([^\r]*)", re.IGNORECASE
)


class Origin(msgspec.Struct, frozen=True):
    """Where an upstream listens, and how it is spoken to there."""

    url: str
    host: str
    port: int
    host_header: str
    tls: ssl.SSLContext | None = None
    server_name: str | None = None


class Connection(asyncio.Protocol):
    """One connection, with at most one exchange on it at a time."""

    __slots__ = (
        "_announced",
        "_bodies",
        "_body",
        "_closed_by",
        "_compressed",
        "_has_head",
        "_head",
        "_head_size",
        "_heads",
        "_loop",
        "_lost",
        "_made",
        "_max_body",
        "_parser",
        "_parts",
        "_size",
        "_status",
        "_transport",
        "_until_close",
        "_waiter",
        "idle_since",
        "is_held",
        "reusable",
    )

    def __init__(
        self,
        max_body: int,
        bodies: Bodies,
        made: Callable[["Connection"], None],
        lost: Callable[["Connection"], None],
    ) -> None:
        self._max_body = max_body
        self._bodies = bodies
        self._made = made
        self._lost = lost
        self._closed_by: faults.Fault | None = None
        self._waiter: asyncio.Future[Answer] | None = None
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._loop = asyncio.get_running_loop()
        self.reusable = False
        self.idle_since = 0.0
        self.is_held = False
        """Whether its answer is left where it is, until there is room for the rest."""
        self._begin()

    def exchange(self, request: bytes) -> asyncio.Future[Answer]:
        """Send a request; the future gets its answer, or the fault as an error."""
        waiter = self._waiter = self._loop.create_future()
        self.reusable = False
        if self._closed_by is not None:
            self._fail(self._closed_by.error())
        else:
            self._begin()
            self._transport.write(request)
        return waiter

    def abort(self) -> None:
        """Drop the connection, whatever is under way on it."""
        self.reusable = False
        self._transport.abort()

    def drop(self) -> None:
        """Drop the connection, and whatever nobody waits for on it any more."""
        self._waiter = None
        self._let_go()
        self.abort()

    def read_on(self) -> None:
        """Take in the rest of an answer that was held."""
        self.is_held = False
        self._transport.resume_reading()

    def _begin(self) -> None:
        self._status = 0
        self._head = b""
        self._heads: list[bytes] = []
        self._parts: list[bytes] = []
        self._body: Body | None = None
        self._size = 0
        self._announced = 0
        self._head_size = 0
        self._has_head = False
        self._until_close = False
        self._compressed = False

    def _let_go(self) -> None:
        if self._body is not None:
            self._body = None
            self._bodies.forget(self)
        if self.is_held:
            self.read_on()

    def _fail(self, error: UpstreamError) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)
        self._let_go()
        self.abort()

    def _complete(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        if self._compressed:
            waiter.set_exception(faults.COMPRESSED.error())
            return
        parts = self._parts
        if self._body is not None:
            # It reads as bytes do, and nobody writes to it any more.
            body = cast(bytes, self._body)
        else:
            body = parts[0] if len(parts) == 1 else b"".join(parts)
        waiter.set_result(Answer(self._status, Received(self._head), body))
        self._let_go()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not asyncio's by inheritance.
        self._transport = cast(asyncio.Transport, transport)
        self._made(self)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None or self._parser is None:
            # Such as a 408 on an idle connection: nobody asked, so nobody may take it for theirs.
            # Who speaks before the first request is no server of HTTP.
            self._closed_by = None if self.idle_since else faults.NOT_HTTP
            self.abort()
            return
        if not self._has_head:
            self._head_size += len(data)
            if self._head_size > MAX_HEAD:
                self._fail(faults.TOO_LARGE.error("the head of its answer is larger than allowed"))
                return
            self._heads.append(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(faults.NOT_HTTP.error())

    def eof_received(self) -> None:
        if self._until_close:
            self._complete()

    def connection_lost(self, reason: Exception | None) -> None:
        if self._closed_by is None:
            self._closed_by = faults.fault(reason) if reason is not None else faults.CLOSED
        if self._waiter is not None:
            self._fail((faults.TRUNCATED if self._head_size else self._closed_by).error())
        self.is_held = False
        self._let_go()
        self.reusable = False
        # The parser holds our methods: without this, only the collector would free the two.
        self._parser = None
        self._lost(self)

    def on_message_begin(self) -> None:
        if self._waiter is None:
            self.abort()

    def on_headers_complete(self) -> None:
        if self._waiter is None or self._parser is None:
            return
        status = self._status = self._parser.get_status_code()
        came = self._heads[0] if len(self._heads) == 1 else b"".join(self._heads)
        # Blank lines may stand before a head, and one ends it.
        came = came.lstrip(b"\r\n")
        end = came.find(b"\r\n\r\n")
        if status < 200:
            # An interim answer (RFC 9110, section 15.2); the one that counts follows.
            self._heads = [came[end + 4 :]]
            return
        self._head = came[:end]
        self._has_head = True
        self.reusable = self._parser.should_keep_alive()
        self._until_close = True
        for name, value in _FRAMING.findall(self._head):
            match name.lower():
                case b"content-length":
                    self._until_close = False
                    self._announced = int(value)
                    if self._announced > self._max_body:
                        self._fail(faults.too_large(self._max_body, self._announced))
                case b"transfer-encoding":
                    self._until_close = False
                case b"content-encoding":
                    self._compressed = value != b"identity"

    def on_body(self, part: bytes) -> None:
        if self._waiter is None:
            return
        self._size += len(part)
        if self._size > self._max_body:
            self._fail(faults.too_large(self._max_body, self._size, more=True))
        elif self._size < LARGE:
            self._parts.append(part)
        else:
            self._grow(part)

    def _grow(self, part: bytes) -> None:
        if self._body is None:
            self._body = Body(self._bodies, self._announced)
            part = b"".join((*self._parts, part))
            self._parts.clear()
        may_read_on = self._body.grow(part, self)
        if not may_read_on and not self.is_held:
            self.is_held = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._waiter is None:
            return
        if self._status < 200:
            return
        self._complete()
        if not self.reusable or self._transport.get_write_buffer_size():
            self.reusable = False
            self._transport.close()


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
        self._host = f"Host: {origin.host_header}\r\n".encode("latin-1")
        self._connect_timeout = connect_timeout
        self._max_body = max_body
        self._bodies = bodies or Bodies()
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
        origin = self._origin.url
        target = url[len(origin) :]
        if not url.startswith(origin) or target[:1] != "/":
            raise ValueError("not an address of this upstream")
        if not method.isalpha() or " " in target or not target.isprintable():
            raise ValueError("a request's first line holds what it may not hold")
        head = f"{method} {target} HTTP/1.1\r\n".encode("ascii") + self._host + lines(headers)
        if body is not None:
            return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)
        if method in ("PUT", "POST", "PATCH"):
            return head + b"Content-Length: 0\r\n\r\n"
        return head + b"\r\n"

    def _take(self, max_idle: float) -> Connection | None:
        if not self._idle:
            return None
        youngest = time.monotonic() - max_idle
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable and connection.idle_since >= youngest:
                return connection
            connection.abort()
        return None

    async def _connect(self) -> Connection:
        origin = self._origin
        connection = Connection(self._max_body, self._bodies, self._made, self._gone)
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
