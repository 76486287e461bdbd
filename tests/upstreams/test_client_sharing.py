import asyncio

import pytest

from gateway.errors import BadResponse, UpstreamTimeout
from gateway.settings import AuthSettings
from gateway.upstreams.base import Viewer
from tests.upstreams.asking import BUSY, Told, asking, client_of, held, operation
from tests.upstreams.loopback import CLOSE, Reply, Request, always, reply, upstream


async def test_equal_gets_at_once_are_one_call() -> None:
    release = asyncio.Event()
    async with asking(held(release, reply(b"1"), reply(b"2"))) as (client, server):
        first, second = operation(), operation()
        calls = [
            asyncio.create_task(client.send("GET", "/meshes", operation=op))
            for op in (first, first, second)
        ]
        await server.arrived(1)
        release.set()
        assert {(await call).body for call in calls} == {b"1"}
        assert (first.calls_left, second.calls_left) == (99, 100)
        assert (await client.send("GET", "/meshes", operation=second)).body == b"2"


@pytest.mark.parametrize(
    ("other", "path"),
    [
        (Viewer("10.1.2.3", "Bearer b"), "/meshes"),
        (Viewer("10.1.2.3"), "/meshes"),
        (Viewer("127.0.0.1", "Bearer a"), "/meshes"),
        (Viewer("10.1.2.3", "Bearer a"), "/meshes?size=1"),
    ],
)
async def test_nothing_is_shared_with_another_caller_or_path(other: Viewer, path: str) -> None:
    release = asyncio.Event()
    auth = AuthSettings(type="forward")
    async with asking(held(release, reply()), lambda url: upstream(url, auth=auth)) as (
        client,
        server,
    ):
        one = operation(viewer=Viewer("10.1.2.3", "Bearer a"))
        calls = [
            asyncio.create_task(client.send("GET", "/meshes", operation=one)),
            asyncio.create_task(client.send("GET", path, operation=operation(viewer=other))),
        ]
        await server.arrived(2)
        release.set()
        await asyncio.gather(*calls)


async def test_one_callers_leaving_is_nothing_to_the_others() -> None:
    release = asyncio.Event()
    async with asking(held(release, reply(b"1"))) as (client, server):
        leaving, staying = (
            asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
            for _ in range(2)
        )
        await server.arrived(1)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        release.set()
        assert (await staying).body == b"1"
    assert len(server.requests) == 1


async def test_the_shorter_deadline_of_one_does_not_cut_the_other() -> None:
    release = asyncio.Event()
    async with asking(held(release, reply(b"1"))) as (client, server):
        short, long = (
            asyncio.create_task(client.send("GET", "/meshes", operation=operation(seconds)))
            for seconds in (0.05, 5)
        )
        await server.arrived(1)
        with pytest.raises(UpstreamTimeout):
            await short
        release.set()
        assert (await long).body == b"1"
        assert client.health.reachable


async def test_a_call_that_nobody_waits_for_any_more_is_dropped() -> None:
    dropped = asyncio.Event()

    async def watched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            arrived.set()
            await reader.read()
        except ConnectionError:
            pass
        finally:
            dropped.set()
            writer.transport.abort()

    arrived = asyncio.Event()
    server = await asyncio.start_server(watched, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = client_of(upstream(url))
    calls = [
        asyncio.create_task(client.send("GET", "/meshes", operation=operation())) for _ in range(2)
    ]
    await arrived.wait()
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    async with asyncio.timeout(1):
        await dropped.wait()
    assert client.health.last_error is None
    await client.close()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("fails", [False, True])
async def test_a_get_from_before_a_write_is_not_joined_after_it(fails: bool) -> None:
    release = asyncio.Event()

    async def script(request: Request) -> Reply:
        if request.method == "PUT":
            return CLOSE if fails else reply()
        if request.number == 0:
            await release.wait()
            return reply(b"before")
        return reply(b"after")

    async with asking(script) as (client, server):
        early = asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
        await server.arrived(1)
        writing = client.send("PUT", "/meshes/x", operation=operation(), body=b"{}")
        (outcome,) = await asyncio.gather(writing, return_exceptions=True)
        assert isinstance(outcome, BadResponse) == fails
        assert (await client.send("GET", "/meshes", operation=operation())).body == b"after"
        release.set()
        assert (await early).body == b"before"


async def test_a_get_from_during_a_write_is_not_joined_after_it() -> None:
    get, put = asyncio.Event(), asyncio.Event()

    async def script(request: Request) -> Reply:
        await (put if request.method == "PUT" else get).wait()
        return reply(str(request.number).encode())

    async with asking(script) as (client, server):
        writing = asyncio.create_task(
            client.send("PUT", "/meshes/x", operation=operation(), body=b"{}")
        )
        await server.arrived(1)
        during = asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
        await server.arrived(2)
        put.set()
        await writing
        after = asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
        await server.arrived(3)
        get.set()
        assert [(await call).body for call in (during, after)] == [b"1", b"2"]


async def test_a_failure_is_shared_as_well() -> None:
    release = asyncio.Event()
    async with asking(held(release, CLOSE), lambda url: upstream(url, retries=0)) as (client, _):
        calls = [client.send("GET", "/meshes", operation=operation()) for _ in range(3)]
        waiting = asyncio.gather(*calls, return_exceptions=True)
        await asyncio.sleep(0)
        release.set()
        assert all(isinstance(outcome, BadResponse) for outcome in await waiting)


async def test_a_caller_who_joins_late_and_leaves_early_costs_the_others_nothing() -> None:
    release = asyncio.Event()
    async with asking(held(release, reply(b"1"))) as (client, server):
        first = asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
        await server.arrived(1)
        for _ in range(3):
            with pytest.raises(UpstreamTimeout, match="deadline"):
                await client.send("GET", "/meshes", operation=operation(0.005))
        release.set()
        assert (await first).body == b"1"
    assert len(server.requests) == 1


async def test_callers_share_a_call_that_is_made_again() -> None:
    told = Told()
    async with asking(always(BUSY, BUSY, reply(b"ok")), told=told) as (client, server):
        operations = [operation() for _ in range(5)]
        calls = [client.send("GET", "/meshes", operation=one) for one in operations]
        assert {answer.body for answer in await asyncio.gather(*calls)} == {b"ok"}
        assert sorted(one.calls_left for one in operations) == [97, 100, 100, 100, 100]
    assert len(server.requests) == 3
