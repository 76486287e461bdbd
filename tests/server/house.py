"""An application behind a server on a socket, and what stands at the other end of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from gateway.server.access import Access, Direct, Served
from gateway.server.endpoint import GraphQLEndpoint
from gateway.server.health import Health
from gateway.server.problems import EXCEPTIONS
from gateway.server.protocol import DirectProtocol
from tests.server.desk import Desk

DATE = [(b"date", b"Sat, 01 Jan 2000 00:00:00 GMT")]


class Site(Desk):
    """A whole application over the desk, and what went through ASGI and into the log."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[str] = []
        self.served: list[Served] = []
        self.detours = 0
        endpoint = GraphQLEndpoint(self.graph, self)
        self.inner = Starlette(
            routes=[Route("/graphql", endpoint), *Health().routes()], exception_handlers=EXCEPTIONS
        )
        direct = Direct("/graphql", self.graph)
        self.app = Access(self.detour, self.begun.append, self.served.append, direct=direct)

    async def detour(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.detours += 1
        await self.inner(scope, receive, send)


class Line:
    """A client's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))

    async def answer(self) -> bytes:
        """The next answer as it came."""
        async with asyncio.timeout(5):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return head + await self.reader.readexactly(length)

    async def rest(self) -> bytes:
        """Everything up to the end."""
        async with asyncio.timeout(5):
            return await self.reader.read()


class House:
    """A server of one kind on a socket, and what it keeps of its connections."""

    def __init__(self, protocol: type[asyncio.Protocol], app: Any, **options: Any) -> None:
        self.config = uvicorn.Config(
            app, ws="none", proxy_headers=False, log_config=None, access_log=False, **options
        )
        self.config.load()
        self.state = ServerState()
        self.state.default_headers = DATE
        self.made: list[HttpToolsProtocol] = []
        self.protocol: Any = protocol
        self.port = 0

    def connection(self) -> asyncio.Protocol:
        made = self.protocol(self.config, self.state, {}, asyncio.get_running_loop())
        self.made.append(made)
        return made  # type: ignore[no-any-return]

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Line(reader, writer)
        finally:
            writer.close()


@asynccontextmanager
async def house(
    app: Any, protocol: type[asyncio.Protocol] = DirectProtocol, **options: Any
) -> AsyncIterator[House]:
    made = House(protocol, app, **options)
    server = await asyncio.get_running_loop().create_server(made.connection, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await until(lambda: not made.state.connections and not made.state.tasks)


async def until(fine: Callable[[], bool]) -> None:
    for _ in range(5000):
        if fine():
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


@asynccontextmanager
async def server(app: Any, grace: int) -> AsyncIterator[tuple[House, uvicorn.Server]]:
    made = House(DirectProtocol, app, lifespan="off", timeout_graceful_shutdown=grace)
    served = uvicorn.Server(made.config)
    served.server_state = made.state
    served.lifespan = made.config.lifespan_class(made.config)
    made.config.http_protocol_class = lambda **_: made.connection()  # type: ignore[assignment]
    made.config.host, made.config.port = "127.0.0.1", 0
    await served.startup()
    made.port = served.servers[0].sockets[0].getsockname()[1]
    yield made, served
