import asyncio
import gc
import json
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
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
from gateway.server.protocol import MAX_HEAD, DirectProtocol
from gateway.upstreams.base import Viewer
from tests.server.desk import Desk

NAMES = "{ meshes { name } }"
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


@pytest.fixture
def site() -> Site:
    return Site()


def body(query: str = NAMES, **more: Any) -> bytes:
    return json.dumps({"query": query, **more}).encode()


def post(content: bytes | None = None, *headers: str, start: str = "POST /graphql") -> bytes:
    content = body() if content is None else content
    lines = [f"{start} HTTP/1.1", "Host: gateway", "X-Request-Id: same", *headers]
    if not any(it.lower().startswith("content-type") for it in headers):
        lines.append("Content-Type: application/json")
    if not any(it.lower().startswith(("content-length", "transfer")) for it in headers):
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def old(request: bytes) -> bytes:
    return request.replace(b"HTTP/1.1", b"HTTP/1.0", 1)


RESPONSE = "Accept: application/graphql-response+json"
PLAIN: dict[str, bytes] = {
    "query": post(),
    "query in its own media type": post(None, RESPONSE),
    "any media type": post(None, "Accept: */*"),
    "charset": post(None, "Content-Type: application/json; charset=utf-8"),
    "mutation": post(body('mutation { apply(name: "a") }')),
    "failed mutation": post(body('mutation { apply(name: "bad") }')),
    "variables": post(body("query ($n: Int) { meshes(first: $n) { name } }", variables={"n": 1})),
    "failing field": post(body("{ meshes { name status } }")),
    "null at the root": post(body("{ must }")),
    "syntax error": post(body("{")),
    "syntax error in its own media type": post(body("{"), RESPONSE),
    "unknown field": post(body("{ x }"), RESPONSE),
    "no JSON": post(b"{"),
    "no request": post(b"[]", RESPONSE),
    "wrong variables": post(body(variables=[])),
    "not UTF-8": post(b'{"query":"\xff"}'),
    "closing": post(None, "Connection: close"),
    "closing in capitals": post(None, "CONNECTION: Close"),
    "old": old(post()),
    "old and kept": old(post(None, "Connection: keep-alive")),
    "of a page of another site": post(None, "Origin: https://other.example"),
    "authorization": post(None, "Authorization: Bearer abc"),
    "two of a kind": post(
        None, "Authorization: a", "Authorization: b", "Accept: a/b", "Accept: */*"
    ),
    "long answer": post(
        body("query ($n: Int) { meshes(first: $n) { name } }", variables={"n": 400})
    ),
}
DETOURS: dict[str, bytes] = {
    "GET": b"GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nX-Request-Id: same\r\n\r\n",
    "HEAD": b"HEAD /graphql?query=%7B__typename%7D HTTP/1.1\r\nX-Request-Id: same\r\n\r\n",
    "page": b"GET /graphql HTTP/1.1\r\nAccept: text/html\r\nX-Request-Id: same\r\n\r\n",
    "health": b"GET /healthz HTTP/1.1\r\nX-Request-Id: same\r\n\r\n",
    "elsewhere": post(start="POST /other"),
    "parameters": post(start="POST /graphql?a=1"),
    "escaped path": post(start="POST /graph%71l"),
    "PUT": post(start="PUT /graphql"),
    "no type": post(None, "Content-Type: text/plain"),
    "other charset": post(None, "Content-Type: application/json; charset=utf-16"),
    "compressed": post(None, "Content-Encoding: gzip"),
    "unacceptable": post(None, "Accept: image/png"),
    "empty": post(b""),
    "too long": post(b" " * 2001),
    "chunked": post(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body()), body()), "Transfer-Encoding: chunked"),
    "upgrade": post(None, "Connection: upgrade, close", "Upgrade: h2c"),
    "no HTTP": b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n",
    "bad length": post(None, "Content-Length: x"),
    "two lengths": post(None, "Content-Length: 2", "Content-Length: 3"),
    "length and chunks": post(b"0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"),
    "bad header": post(None, "A b: c"),
}
CLOSER = b"GET /healthz HTTP/1.1\r\nX-Request-Id: same\r\nConnection: close\r\n\r\n"


async def both(site: Site, request: bytes) -> tuple[bytes, bytes]:
    """Everything that a connection brings when this is asked, and then for the health."""
    found = []
    for protocol in (DirectProtocol, HttpToolsProtocol):
        async with house(site.app, protocol) as here, here.line() as line:
            line.send(request)
            if b"close" not in request.lower():
                line.send(CLOSER)
            found.append(await line.rest())
            site.detours -= protocol is HttpToolsProtocol and site.detours > 0
    return found[0], found[1]


@pytest.mark.parametrize("name", [*PLAIN, *DETOURS])
async def test_an_answer_is_the_same_byte_for_byte_both_ways(site: Site, name: str) -> None:
    direct, usual = await both(site, (PLAIN | DETOURS)[name])
    assert direct == usual
    assert direct.startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("name", PLAIN)
async def test_what_is_plain_goes_past_asgi(site: Site, name: str) -> None:
    async with house(site.app) as here, here.line() as line:
        line.send(PLAIN[name])
        answer = await line.answer()
    assert (site.detours, here.state.total_requests) == (0, 1)
    assert b"\r\ndate: Sat, 01 Jan 2000 00:00:00 GMT\r\n" in answer


async def test_a_failure_is_the_same_both_ways(site: Site) -> None:
    site.broken = True
    direct, usual = await both(site, post())
    assert direct == usual
    assert direct.startswith(b"HTTP/1.1 500 ")
    assert [str(fault) for fault in site.faults] == ["secret", "secret"]


async def test_a_viewer_is_the_same_both_ways(site: Site) -> None:
    await both(site, PLAIN["authorization"])
    assert site.viewers == [Viewer("127.0.0.1", "Bearer abc")] * 2


@pytest.mark.parametrize("protocol", [DirectProtocol, HttpToolsProtocol])
async def test_a_line_of_the_log_is_the_same_both_ways(
    site: Site, protocol: type[asyncio.Protocol]
) -> None:
    async with house(site.app, protocol) as here, here.line() as line:
        line.send(post(body("query Q { meshes { name } }"), "Connection: close"))
        await line.rest()
    (told,) = site.served
    assert 0 < told.seconds < 5
    assert told == Served("POST", "/graphql", 200, told.seconds, "same", "127.0.0.1", "query", "Q")
    assert site.begun == ["same"]


async def test_a_request_without_an_id_gets_one(site: Site) -> None:
    async with house(site.app) as here, here.line() as line:
        for _ in range(2):
            line.send(post().replace(b"X-Request-Id: same\r\n", b""))
            answer = await line.answer()
            assert f"\r\nx-request-id: {site.begun[-1]}\r\n".encode() in answer
    assert len({*site.begun, "same"}) == 3


async def test_an_application_of_another_kind_is_served_too(site: Site) -> None:
    async with house(site.inner) as here, here.line() as line:
        line.send(post())
        assert b"meshes" in await line.answer()
    assert site.begun == []


async def test_what_is_pipelined_is_answered_in_order(site: Site) -> None:
    def asked(number: int) -> bytes:
        query = "query ($n: Int) { meshes(first: $n) { name } }"
        return post(body(query, variables={"n": number}))

    numbers = [*range(1, 20)]
    async with house(site.app) as here, here.line() as line:
        line.send(*map(asked, numbers), PLAIN["closing"])
        for number in numbers:
            assert b'"name":"' + b"m" * number + b'"}]}}' in await line.answer()
        assert b"connection: close" in await line.rest()
    assert here.state.total_requests == 20


async def test_what_is_pipelined_waits_for_its_turn(site: Site) -> None:
    site.journal.gate.clear()
    async with house(site.app) as here, here.line() as line:
        line.send(post(body("{ wait }")), post(), post()[:-5])
        await until(lambda: len(site.viewers) == 1)
        line.send(post()[-5:])
        site.journal.gate.set()
        assert b"waited" in await line.answer()
        assert b"meshes" in await line.answer()
        assert b"meshes" in await line.answer()
        line.send(post())
        assert b"meshes" in await line.answer()


async def test_a_client_that_floods_is_read_no_further_than_it_is_answered(site: Site) -> None:
    site.journal.gate.clear()
    async with house(site.app) as here, here.line() as line:
        line.send(post(body("{ wait }")), post())
        await until(lambda: bool(here.made[0].pipeline))
        line.send(post() * 20_000)
        await asyncio.sleep(0.05)
        assert len(here.made[0].pipeline) == 1
        line.writer.transport.abort()
        site.journal.gate.set()


@pytest.mark.parametrize("size", [1, 7, 60])
async def test_a_request_may_come_in_pieces(site: Site, size: int) -> None:
    request = post()
    async with house(site.app) as here, here.line() as line:
        for at in range(0, len(request), size):
            line.send(request[at : at + size])
            await asyncio.sleep(0)
        assert b"meshes" in await line.answer()
    assert site.detours == 0


async def test_a_client_that_leaves_ends_its_query(site: Site) -> None:
    site.journal.gate.clear()
    async with house(site.app) as here:
        async with here.line() as line:
            line.send(post(body("{ wait }")))
            await until(lambda: bool(site.viewers))
        await until(lambda: not here.state.tasks)
        assert [it.status for it in site.served] == [None]
        site.journal.gate.set()
        await asyncio.sleep(0)
    assert site.journal.done == []


async def test_a_client_that_leaves_does_not_end_its_mutation(site: Site) -> None:
    site.journal.gate.clear()
    async with house(site.app) as here:
        async with here.line() as line:
            line.send(post(body('mutation { apply(name: "a") }')))
            await until(lambda: bool(site.viewers))
        await until(lambda: not here.state.tasks)
        site.journal.gate.set()
        await site.engine.drain()
    assert site.journal.done == ["a"]


async def test_a_client_that_leaves_before_its_request_is_whole_leaves_nothing(site: Site) -> None:
    async with house(site.app) as here:
        for cut in (10, -len(body()), -3):
            async with here.line() as line:
                line.send(post()[:cut])
                await until(lambda: len(here.state.connections) == 1)
            await until(lambda: not here.state.connections)
    assert (site.begun, site.served, here.state.tasks) == ([], [], set())


async def test_a_client_that_reads_slowly_is_waited_for(site: Site) -> None:
    query = "query ($n: Int) { meshes(first: $n) { name } }"
    many = post(body(query, variables={"n": 4000}))
    async with house(site.app) as here, here.line() as line:
        line.writer.transport.pause_reading()  # type: ignore[attr-defined]
        line.send(many)
        await until(lambda: bool(here.made) and here.made[0].flow.write_paused)
        line.send(many)
        await until(lambda: len(site.viewers) == 2)
        await until(lambda: here.state.total_requests == 1)
        buffered = here.made[0].transport.get_write_buffer_size()
        await asyncio.sleep(0.02)
        assert here.made[0].transport.get_write_buffer_size() == buffered
        line.writer.transport.resume_reading()  # type: ignore[attr-defined]
        first, second = await line.answer(), await line.answer()
    assert first == second
    assert len(first) > 8_000_000


async def test_a_slow_client_that_leaves_ends_the_wait_for_it(site: Site) -> None:
    query = "query ($n: Int) { meshes(first: $n) { name } }"
    many = post(body(query, variables={"n": 4000}))
    async with house(site.app) as here, here.line() as line:
        line.writer.transport.pause_reading()  # type: ignore[attr-defined]
        for asked in (1, 2):
            line.send(many)
            await until(lambda n=asked: len(site.viewers) == n)  # type: ignore[misc]
        line.writer.transport.abort()
        await until(lambda: not here.state.tasks)


async def test_headers_may_be_so_large(site: Site) -> None:
    async with house(site.app) as here, here.line() as line:
        line.send(post(None, "A: " + "a" * (MAX_HEAD // 2)))
        assert b"meshes" in await line.answer()
        line.send(b"POST /graphql HTTP/1.1\r\nA: ".ljust(MAX_HEAD, b"a"))
        await asyncio.sleep(0.01)
        assert here.state.connections
        line.send(b"a")
        answer = await line.answer()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"too large" in answer


async def test_a_connection_serves_thousands_in_flat_memory(site: Site) -> None:
    async def ask(line: Line, times: int) -> None:
        for _ in range(times):
            line.send(post())
            await line.answer()

    held = []
    async with house(site.app) as here, here.line() as line:
        tracemalloc.start()
        try:
            for times in (300, 1000):
                await ask(line, times)
                for told in (site.begun, site.served, site.viewers):
                    told.clear()
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
    assert held[1] - held[0] < 50_000
    assert here.state.total_requests == 1300


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time can be moved on."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


def test_a_quiet_connection_is_closed_and_a_busy_one_is_not() -> None:
    site = Site()
    site.journal.gate.clear()
    loop = Clock()

    async def look() -> None:
        async with house(site.app, timeout_keep_alive=5) as here, here.line() as line:
            for _ in range(4):
                line.send(post())
                await line.answer()
                loop.ahead += 4
            line.send(post(body("{ wait }")))
            await until(lambda: len(site.viewers) == 5)
            for _ in range(3):
                loop.ahead += 4
                await asyncio.sleep(0.01)
            site.journal.gate.set()
            assert b"waited" in await line.answer()
            line.send(CLOSER.replace(b"close", b"keep-alive"))
            assert b'"status":"ok"' in await line.answer()
            loop.ahead += 4.9
            await asyncio.sleep(0.01)
            assert here.state.connections
            loop.ahead += 0.2
            assert await line.rest() == b""

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(look())


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


async def test_a_server_ends_when_what_is_under_way_is_answered(site: Site) -> None:
    site.journal.gate.clear()
    async with server(site.app, 5) as (here, served), here.line() as busy, here.line() as idle:
        idle.send(post())
        await idle.answer()
        busy.send(post(body("{ wait }")))
        await until(lambda: len(site.viewers) == 2)
        ending = asyncio.create_task(served.shutdown())
        assert await idle.rest() == b""
        assert not ending.done()
        site.journal.gate.set()
        answer = await busy.rest()
        assert b"connection: close" in answer
        assert b"waited" in answer
        await ending


async def test_a_server_that_waits_no_longer_says_so(site: Site) -> None:
    site.journal.gate.clear()
    async with server(site.app, 0) as (here, served), here.line() as line:
        line.send(post(body("{ wait }")))
        await until(lambda: bool(site.viewers))
        await served.shutdown()
        answer = await line.rest()
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"connection: close" in answer
        assert [it.status for it in site.served] == [503]
