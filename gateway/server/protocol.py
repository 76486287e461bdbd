"""The short way from a socket to the graph and back: past ASGI, which costs more than a request.

A POST to the path of the graph with nothing special about it is answered here, by what answers it
over ASGI too. Everything else, and what is pipelined behind a request, goes the way that uvicorn
has for it.
"""

import asyncio
import math
from functools import lru_cache
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from gateway.server.access import Access, Direct, Head
from gateway.server.graphql import announced, viewer
from gateway.server.problems import problem
from gateway.server.replies import Header, Reply
from gateway.server.requests import posted
from gateway.upstreams.base import Viewer

SPECIAL = frozenset({b"transfer-encoding", b"upgrade", b"expect"})
MAX_HEAD = 64 * 1024
JOINED = 16 * 1024
"""Bytes from which on a body is not copied to stand behind its headers."""


class Exchange(RequestResponseCycle):
    """A plain request and its answer; it stands where uvicorn looks for what is under way."""

    def __init__(self, head: Head, body: bytes | bytearray) -> None:
        self.head = head
        self.body = body  # type: ignore[assignment]
        # uvicorn takes it back where the server ends.
        self.keep_alive = head.keep_alive
        self.response_complete = False


class DirectProtocol(HttpToolsProtocol):
    """One connection: plain requests go to what the application lets be asked directly."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        open_to_all = isinstance(self.app, Access) and self.limit_concurrency is None
        self._access: Access | None = self.app if open_to_all else None
        self._direct = direct = self._access.direct if self._access else None
        self._url = direct.path.encode() if direct else b""
        self._running: asyncio.Task[None] | None = None
        self._quiet_since = math.inf
        self._head: int | None = None
        self._is_between = True
        self._who: tuple[Head | None, Viewer] = (None, Viewer())
        self._defaults: list[Header] = []
        self._default_lines = b""

    def connection_lost(self, exc: Exception | None) -> None:
        if self._running is not None:
            # It discards itself, but where it has not begun.
            self.tasks.discard(self._running)
            self._running.cancel()
        if isinstance(self.cycle, Exchange):
            self.cycle = None  # type: ignore[assignment]
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

    def data_received(self, data: bytes) -> None:
        is_whole = self._is_between
        if is_whole and self._direct is not None and self._is_free():
            known = self._direct.heads.split(data)
            if known is not None:
                self._quiet_since = math.inf
                self.cycle = Exchange(*known)
                self._begin(self.cycle)
                return
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > MAX_HEAD and not self.transport.is_closing():
                self.send_400_response("The headers of the request are too large.")
        elif is_whole and self._is_between and self._direct is not None:
            exchange = self.cycle
            if isinstance(exchange, Exchange) and exchange.keep_alive:
                self._direct.heads.keep(data, exchange.head, announced(exchange.head.fields))

    def _is_free(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def on_message_begin(self) -> None:
        self._head = 0
        self._is_between = False
        self.url = b""
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._head = None
        exchange = self._plain()
        if exchange is not None:
            self.cycle = exchange
            return
        url, headers = self.url, self.headers
        super().on_message_begin()
        super().on_url(url)
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()

    def _plain(self) -> Exchange | None:
        direct, parser = self._direct, self.parser
        if direct is None or self.url != self._url:
            return None
        if not self._is_free() or parser.get_method() != b"POST":
            return None
        fields = dict(self.headers)
        media = direct.graph.plain(fields) if SPECIAL.isdisjoint(fields) else None
        if media is None:
            return None
        keep_alive = parser.should_keep_alive() and parser.get_http_version() != "1.0"
        return Exchange(Head(fields, media, keep_alive), bytearray())

    def on_body(self, body: bytes) -> None:
        if isinstance(self.cycle, Exchange):
            self.cycle.body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        # Behind an upgrade, or what closes the connection, stands no other message.
        self._is_between = self.parser.should_keep_alive() and not self.parser.should_upgrade()
        if isinstance(self.cycle, Exchange):
            self._begin(self.cycle)
        else:
            super().on_message_complete()

    def _begin(self, exchange: Exchange) -> None:
        assert self._access is not None
        assert self._direct is not None
        answering = self._answer(exchange, self._access, self._direct)
        self._running = self.loop.create_task(answering)
        self.tasks.add(self._running)

    async def _answer(self, exchange: Exchange, access: Access, direct: Direct) -> None:
        started = access.clock()
        head = exchange.head
        own = access.begin(head.fields)
        reply: Reply | None = None
        try:
            if head is not self._who[0]:
                self._who = head, viewer(self.client, head.fields)
            asked, who = bytes(exchange.body), self._who[1]
            reply = await direct.graph.answer(posted, asked, head.media, who, own)
            if self.flow.write_paused:
                await self.flow.drain()
        except asyncio.CancelledError:
            # By the client, who is gone, or by the server, which waits no longer.
            reply = None if self.transport.is_closing() else problem(503, "the gateway is ending")
        finally:
            if self._running is not None:
                self.tasks.discard(self._running)
                self._running = None
            if reply is None:
                self.transport.close()
            else:
                self._send(exchange, reply, own)
            status, operation = (reply.status, reply.operation) if reply else (None, None)
            access.end("POST", direct.path, self.client, own, started, status, operation)

    def _send(self, exchange: Exchange, reply: Reply, own: str) -> None:
        transport = self.transport
        exchange.response_complete = True
        if transport.is_closing():
            return
        if self._defaults is not self.server_state.default_headers:
            self._defaults = self.server_state.default_headers
            self._default_lines = lines(tuple(self._defaults))
        body = reply.body
        head = b"%b%b%bcontent-length: %d\r\nx-request-id: %b\r\n%b\r\n" % (
            STATUS_LINE[reply.status],
            self._default_lines,
            lines(reply.headers),
            len(body),
            own.encode(),
            b"" if exchange.keep_alive else b"connection: close\r\n",
        )
        if len(body) < JOINED:
            transport.write(head + body)
        else:
            transport.writelines((head, body))
        if not exchange.keep_alive:
            transport.close()
        self.on_response_complete()

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            # uvicorn sets a timer for each answer; here one looks from time to time.
            self._quiet_since = self.loop.time()
            if self.timeout_keep_alive_task is None:
                self._look_again(self.timeout_keep_alive)
        if self.flow.read_paused and not self.pipeline:
            self.flow.resume_reading()

    def _unset_keepalive_if_required(self) -> None:
        self._quiet_since = math.inf

    def timeout_keep_alive_handler(self) -> None:
        left = self._quiet_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._look_again(min(left, self.timeout_keep_alive))
        else:
            super().timeout_keep_alive_handler()

    def _look_again(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )


@lru_cache(maxsize=64)
def lines(headers: tuple[Header, ...]) -> bytes:
    """Headers as HTTP/1.1 spells them."""
    return b"".join(b"%b: %b\r\n" % header for header in headers)
