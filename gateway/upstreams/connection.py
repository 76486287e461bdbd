"""One connection of HTTP/1.1 to an upstream: a request out, its answer in, one after another."""

import asyncio
import re
from collections.abc import Callable
from typing import Final, cast

import httptools
import msgspec

from gateway.errors import UpstreamError
from gateway.upstreams import faults
from gateway.upstreams.base import Answer
from gateway.upstreams.bodies import LARGE, Bodies, Body
from gateway.upstreams.headers import Received
from gateway.upstreams.heads import Heads

MAX_HEAD: Final = 512 * 1024
# What of a head says how its body is to be read. The parser has taken the head by then, so that
# each line of it ends as it should.
_FRAMING: Final = re.compile(
    rb"\r\n(content-length|transfer-encoding|content-encoding):[ \t]*([^\r]*)", re.IGNORECASE
)


class Head(msgspec.Struct, frozen=True):
    """An answer up to its body."""

    status: int
    headers: Received


class Connection(asyncio.Protocol):
    """One connection, with at most one exchange on it at a time."""

    __slots__ = (
        "_announced",
        "_bodies",
        "_body",
        "_closed_by",
        "_compressed",
        "_head",
        "_head_size",
        "_is_between",
        "_known",
        "_loop",
        "_lost",
        "_made",
        "_max_body",
        "_parser",
        "_parts",
        "_pieces",
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
        known: Heads[Head],
        made: Callable[["Connection"], None],
        lost: Callable[["Connection"], None],
    ) -> None:
        self._max_body = max_body
        self._bodies = bodies
        self._known = known
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
        self._is_between = True
        self._begin()

    def exchange(self, request: bytes) -> asyncio.Future[Answer]:
        """Send a request; the future gets its answer, or the fault as an error."""
        waiter = self._waiter = self._loop.create_future()
        self.reusable = False
        if self._closed_by is not None:
            self._fail(self._closed_by.error())
        else:
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
        self._head: Head | None = None
        self._pieces: list[bytes] = []
        self._parts: list[bytes] = []
        self._body: Body | None = None
        self._size = 0
        self._announced = 0
        self._head_size = 0
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
        head = self._head
        if waiter is None or head is None or waiter.done():
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
        waiter.set_result(Answer(head.status, head.headers, body))
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
        is_first = self._is_between
        if is_first:
            if self._answered(data):
                return
            self._is_between = False
            self._begin()
        if self._head is None:
            self._head_size += len(data)
            if self._head_size > MAX_HEAD:
                self._fail(faults.TOO_LARGE.error("the head of its answer is larger than allowed"))
                return
            self._pieces.append(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(faults.NOT_HTTP.error())
        is_whole = is_first and self._is_between and not self._compressed
        if is_whole and self._head is not None and self._size < LARGE:
            self._known.keep(data, self._head, self._announced)

    def _answered(self, data: bytes) -> bool:
        """Whether this is a whole answer with a head that is known; then it is given."""
        known = self._known.split(data)
        waiter = self._waiter
        if known is None or waiter is None or self._transport.get_write_buffer_size():
            return False
        self.reusable = True
        self._waiter = None
        if not waiter.done():
            head, body = known
            waiter.set_result(Answer(head.status, head.headers, body))
        return True

    def eof_received(self) -> None:
        if self._until_close:
            self._complete()

    def connection_lost(self, reason: Exception | None) -> None:
        if self._closed_by is None:
            self._closed_by = faults.fault(reason) if reason is not None else faults.CLOSED
        if self._waiter is not None:
            self._fail((self._closed_by if self._is_between else faults.TRUNCATED).error())
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
        came = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        # Blank lines may stand before a head, and one ends it.
        came = came.lstrip(b"\r\n")
        end = came.find(b"\r\n\r\n")
        if status < 200:
            # An interim answer (RFC 9110, section 15.2); the one that counts follows.
            self._pieces = [came[end + 4 :]]
            return
        self._head = Head(status, Received(came[:end]))
        self.reusable = self._parser.should_keep_alive()
        self._until_close = True
        for name, value in _FRAMING.findall(came, 0, end):
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
        if self.reusable and not self._transport.get_write_buffer_size():
            self._is_between = True
        else:
            self.reusable = False
            self._transport.close()
