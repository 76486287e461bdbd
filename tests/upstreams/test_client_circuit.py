import asyncio

import pytest

from gateway.errors import BadResponse, CircuitOpen, UpstreamTimeout
from gateway.model.health import Circuit
from gateway.upstreams.breaker import Breaker
from tests.upstreams.asking import BUSY, Told, asking, hang, operation
from tests.upstreams.loopback import CLOSE, Reply, Request, always, reply, upstream
from tests.upstreams.test_breaker import Clock


async def test_requests_that_crash_their_handler_do_not_open_the_circuit() -> None:
    async def script(request: Request) -> Reply:
        return CLOSE if request.target == "/crash" else reply()

    settings = lambda url: upstream(url, retries=0)  # noqa: E731
    async with asking(script, settings, breaker=Breaker(threshold=2)) as (client, _):
        for _ in range(5):
            with pytest.raises(BadResponse):
                await client.send("GET", "/crash", operation=operation())
        assert client.health.circuit == Circuit.CLOSED
        assert (await client.send("GET", "/meshes", operation=operation())).status == 200


async def test_an_upstream_that_keeps_failing_is_left_alone_and_then_tried_again() -> None:
    clock, told = Clock(), Told()
    breaker = Breaker(clock, threshold=3, rest=5.0)
    async with asking(always(BUSY), lambda url: upstream(url, retries=0), told, breaker) as (
        client,
        server,
    ):
        op = operation()
        for n in range(3):
            await client.send("GET", f"/{n}", operation=op)
        for method in ("GET", "PUT"):
            with pytest.raises(CircuitOpen) as raised:
                await client.send(method, "/x", operation=op)
            assert raised.value.upstream == "prod"
        assert (len(server.requests), op.calls_left) == (3, 97)
        assert client.health.circuit == Circuit.OPEN
        clock.now += 5
        server.script = always(reply())
        await client.send("GET", "/x", operation=op)
        assert client.health.circuit == Circuit.CLOSED  # type: ignore[comparison-overlap]


async def test_a_circuit_that_opens_is_told() -> None:
    told = Told()
    async with asking(always(BUSY), lambda url: upstream(url, retries=0), told) as (client, _):
        for n in range(10):
            await client.send("GET", f"/{n}", operation=operation())
    assert told.of("upstream.circuit") == [
        {"upstream": "prod", "state": Circuit.OPEN, "previous": Circuit.CLOSED}
    ]


async def test_deadlines_that_leave_no_time_do_not_open_the_circuit() -> None:
    breaker = Breaker(threshold=3)
    async with asking(hang, breaker=breaker) as (client, _):
        for n in range(5):
            with pytest.raises(UpstreamTimeout):
                await client.send("GET", f"/{n}", operation=operation(0.01))
            with pytest.raises(UpstreamTimeout):
                await client.send("PUT", f"/{n}", operation=operation(0.01))
        assert client.health.circuit == Circuit.CLOSED


async def test_deadlines_that_left_enough_time_do() -> None:
    breaker = Breaker(threshold=3)
    async with asking(hang, lambda url: upstream(url, timeout=0.06), None, breaker) as (client, _):
        for n in range(3):
            with pytest.raises(UpstreamTimeout):
                await client.send("GET", f"/{n}", operation=operation(0.05))
        # The call itself ends a moment after those who waited for it.
        await asyncio.sleep(0.01)
        assert client.health.circuit == Circuit.OPEN


async def test_a_probe_given_up_by_its_caller_leaves_its_place_to_another() -> None:
    clock = Clock()
    breaker = Breaker(clock, threshold=1, rest=5.0)
    async with asking(always(BUSY), lambda url: upstream(url, retries=0), None, breaker) as (
        client,
        server,
    ):
        await client.send("GET", "/0", operation=operation())
        clock.now += 5
        server.script = hang
        probe = asyncio.create_task(client.send("GET", "/1", operation=operation()))
        await server.arrived(2)
        assert client.health.circuit == Circuit.HALF_OPEN
        with pytest.raises(CircuitOpen):
            await client.send("GET", "/2", operation=operation())
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        await asyncio.sleep(0)
        server.script = always(reply())
        await client.send("GET", "/3", operation=operation())
        assert client.health.circuit == Circuit.CLOSED  # type: ignore[comparison-overlap]


async def test_a_status_that_is_an_answer_is_neither_tried_again_nor_held_against_it() -> None:
    async with asking(always(BUSY)) as (client, server):
        for _ in range(20):
            answer = await client.send(
                "GET", "/health", operation=operation(), answers=frozenset((503,))
            )
            assert (answer.status, answer.body) == (503, b"busy")
        assert (client.health.circuit, client.health.last_error) == (Circuit.CLOSED, None)
    assert len(server.requests) == 20
