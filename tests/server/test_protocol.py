import asyncio
import gc
import tracemalloc
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.server.access import Served
from gateway.server.protocol import MAX_HEAD, DirectProtocol
from gateway.upstreams.base import Viewer
from tests.server.house import Line, Site, house, server, until
from tests.server.posts import CLOSER, DETOURS, PLAIN, body, post


@pytest.fixture
def site() -> Site:
    return Site()


async def both(site: Site, request: bytes) -> tuple[bytes, bytes]:
    """Everything that a connection brings when this is asked, and then for the health."""
    found = []
    for protocol in (DirectProtocol, HttpToolsProtocol):
        async with house(site.app, protocol) as here, here.line() as line:
            line.send(request)
            if b"close" not in request.lower():
                line.send(CLOSER)
            found.append(await line.rest())
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
        await asyncio.sleep(0.01)
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
        await until(lambda: not here.state.tasks and bool(site.served))
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


@pytest.mark.parametrize(
    "scenario",
    [
        test_a_failure_is_the_same_both_ways,
        test_what_is_pipelined_is_answered_in_order,
        test_what_is_pipelined_waits_for_its_turn,
        test_a_client_that_floods_is_read_no_further_than_it_is_answered,
        test_a_client_that_leaves_ends_its_query,
        test_a_client_that_leaves_does_not_end_its_mutation,
        test_a_client_that_leaves_before_its_request_is_whole_leaves_nothing,
        test_a_client_that_reads_slowly_is_waited_for,
        test_a_slow_client_that_leaves_ends_the_wait_for_it,
        test_headers_may_be_so_large,
        test_a_connection_serves_thousands_in_flat_memory,
        test_a_server_ends_when_what_is_under_way_is_answered,
        test_a_server_that_waits_no_longer_says_so,
    ],
)
def test_all_of_it_on_uvloop(scenario: Callable[[Site], Coroutine[Any, Any, None]]) -> None:
    uvloop = pytest.importorskip("uvloop")
    uvloop.run(scenario(Site()))


@pytest.mark.parametrize("name", [*PLAIN, *DETOURS])
def test_an_answer_is_the_same_both_ways_on_uvloop(name: str) -> None:
    uvloop = pytest.importorskip("uvloop")
    uvloop.run(test_an_answer_is_the_same_byte_for_byte_both_ways(Site(), name))


@pytest.mark.parametrize("name", PLAIN)
async def test_a_head_that_comes_again_is_answered_as_before(site: Site, name: str) -> None:
    async with house(site.app) as here:
        found = []
        for _ in range(3):
            async with here.line() as line:
                line.send(PLAIN[name])
                found.append(await line.answer())
    assert found == found[:1] * 3
    assert site.viewers == site.viewers[:1] * len(site.viewers)


async def test_a_head_that_comes_again_may_be_another_callers(site: Site) -> None:
    heads = site.app.direct.heads  # type: ignore[union-attr]
    async with house(site.app) as here, here.line() as one, here.line() as other:
        for _ in range(2):
            for line, who in ((one, "a"), (other, "b"), (one, "b")):
                line.send(post(None, f"Authorization: {who}"))
                await line.answer()
    assert [it.authorization for it in site.viewers] == ["a", "b", "b"] * 2
    assert len(heads) == 2


async def test_what_follows_a_known_head_is_taken_as_it_comes(site: Site) -> None:
    known = post()
    async with house(site.app) as here, here.line() as line:
        for parts in (
            [known],
            [known, known],
            [known[:-3], known[-3:]],
            [known + b"\r\n"],
            [known, DETOURS["GET"], known],
            [post(body("{ must }")), known],
        ):
            count = sum(part.count(b" HTTP/1.1") for part in parts)
            for part in parts:
                line.send(part)
                await asyncio.sleep(0.005)
            for _ in range(count):
                assert (await line.answer()).startswith(b"HTTP/1.1 200 ")
        line.send(known, b"\x00")
        assert (await line.rest()).startswith(b"HTTP/1.1 400 ")


async def test_behind_what_closes_a_connection_nothing_is_answered(site: Site) -> None:
    async with house(site.app) as here, here.line() as line:
        line.send(post())
        await line.answer()
        line.send(PLAIN["closing"], post())
        assert (await line.rest()).count(b"HTTP/1.1 200 ") == 1
