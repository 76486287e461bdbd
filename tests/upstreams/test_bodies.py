import asyncio
import gc

import msgspec
import pytest

from gateway.errors import BadResponse, UpstreamTimeout
from gateway.model.health import Circuit
from gateway.upstreams import faults
from gateway.upstreams.base import Answer, Operation, Viewer
from gateway.upstreams.bodies import LARGE, Bodies, Body
from gateway.upstreams.breaker import Breaker
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.transports import default_transport
from tests.upstreams.loopback import Reply, Request, Script, always, loopback, reply, upstream

MIB = 1 << 20
CHUNK = 256 * 1024
"""The most that a connection reads at once, on asyncio and on uvloop."""


class Reader:
    """A connection that is told to read on."""

    def __init__(self) -> None:
        self.told = 0
        self.news = asyncio.Event()

    def read_on(self) -> None:
        self.told += 1
        self.news.set()


def body(bodies: Bodies, size: int, reader: Reader | None = None) -> Body:
    made = Body(bodies)
    made.grow(b"x" * size, reader or Reader())
    return made


def client_of(
    url: str, bodies: Bodies, *, timeout: float = 5.0, breaker: Breaker | None = None
) -> Client:
    settings = upstream(url, timeout=timeout, concurrency=4, max_body=4 * MIB, retries=0)
    return Client(
        settings,
        default_transport(settings, bodies),
        Credentials(settings.auth, upstream="prod"),
        bodies=bodies,
        breaker=breaker,
    )


def operation(seconds: float = 10.0) -> Operation:
    return Operation(Viewer(), seconds, 1000)


def test_a_body_counts_for_as_long_as_anything_refers_to_it() -> None:
    bodies = Bodies(100)
    held = Body(bodies)
    held.grow(b'{"items":[{"a":1},{"a":2}]}', Reader())
    assert bodies.held == len(held) == 27
    rows = msgspec.json.decode(held, type=dict[str, list[msgspec.Raw]])["items"]
    del held
    assert bodies.held == 27
    row = rows[1]
    del rows
    assert (bytes(row), bodies.held) == (b'{"a":2}', 27)
    del row
    assert bodies.held == 0


async def test_at_the_limit_all_but_one_stop_reading_until_there_is_room() -> None:
    bodies = Bodies(100)
    first, second, third = Reader(), Reader(), Reader()
    one, two, three = Body(bodies), Body(bodies), Body(bodies)
    assert two.grow(b"x" * 60, second)
    assert one.grow(b"x" * 60, first)
    assert one.grow(b"x" * 60, first)
    assert not two.grow(b"x", second)
    assert not three.grow(b"x", third)
    assert (first.told, second.told, third.told) == (0, 0, 0)
    del one
    assert (first.told, second.told, third.told) == (0, 1, 1)


async def test_one_after_the_other_is_let_through_where_nothing_moves_for_a_while() -> None:
    bodies = Bodies(10, patience=0.001)
    readers = [Reader() for _ in range(4)]
    held = [body(bodies, 10, reader) for reader in readers]
    bodies.forget(readers[0])
    assert [reader.told for reader in readers] == [0, 0, 0, 0]
    for number in (1, 2, 3):
        async with asyncio.timeout(1):
            await readers[number].news.wait()
        assert [reader.told for reader in readers[number + 1 :]] == [0] * (3 - number)
        assert held[number].grow(b"x", readers[number])
        bodies.forget(readers[number])
    assert bodies.held == sum(map(len, held))


async def test_who_leaves_while_it_is_held_is_not_told_to_go_on() -> None:
    bodies = Bodies(10)
    through, leaving = Reader(), Reader()
    held = [body(bodies, 10, through), body(bodies, 10, leaving)]
    bodies.forget(leaving)
    held.clear()
    bodies.forget(through)
    assert (through.told, leaving.told, bodies.held) == (0, 0, 0)


async def test_gets_wait_for_room_and_the_earliest_deadline_is_the_first() -> None:
    bodies = Bodies(10)
    held = body(bodies, 10)
    assert bodies.is_full
    order: list[float] = []

    async def get(deadline: float) -> None:
        await bodies.wait(deadline)
        order.append(deadline)

    tasks = [asyncio.create_task(get(deadline)) for deadline in (3.0, 1.0, 2.0)]
    await asyncio.sleep(0)
    assert order == []
    del held
    await asyncio.gather(*tasks)
    assert order == [1.0, 2.0, 3.0]
    assert not bodies.is_full


async def test_a_get_that_is_given_up_leaves_its_turn_to_another() -> None:
    bodies = Bodies(10, patience=0.001)
    held = body(bodies, 10)
    leaving, staying = (asyncio.create_task(bodies.wait(n)) for n in (1.0, 2.0))
    await asyncio.sleep(0)
    leaving.cancel()
    async with asyncio.timeout(1):
        await staying
    assert len(held) == bodies.held


async def watched(bodies: Bodies, most: list[int]) -> None:
    while True:
        most.append(bodies.held)
        await asyncio.sleep(0)


@pytest.mark.parametrize("chunked", [False, True])
async def test_many_large_answers_at_once_stay_within_the_limit(chunked: bool) -> None:
    bodies, most = Bodies(3 * MIB), list[int]()
    answer = reply(b"x" * MIB)
    if chunked:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = Reply(head + b"".join([b"10000\r\n%b\r\n" % (b"x" * 65536)] * 16) + b"0\r\n\r\n")
    async with loopback(always(answer)) as server:
        client = client_of(server.url, bodies)
        watching = asyncio.create_task(watched(bodies, most))

        async def get(number: int) -> int:
            found = await client.send("GET", f"/{number}", operation=operation())
            # What is made of it takes a while.
            await asyncio.sleep(0.005)
            return len(found.body)

        assert await asyncio.gather(*map(get, range(40))) == [MIB] * 40
        watching.cancel()
        await client.close()
    # One is let through, and each connection may have had a part of another on its way.
    assert 2 * MIB <= max(most) <= 3 * MIB + MIB + 4 * CHUNK
    gc.collect()
    assert bodies.held == 0


async def test_operations_that_keep_what_they_got_and_need_more_never_wait_for_each_other() -> None:
    bodies = Bodies(2 * MIB, patience=0.002)
    async with loopback(always(reply(b"x" * MIB))) as server:
        client = client_of(server.url, bodies)

        async def run(number: int) -> int:
            asking, kept = operation(), list[Answer]()
            for page in range(3):
                kept.append(await client.send("GET", f"/{number}/{page}", operation=asking))
            kept += await asyncio.gather(
                *(client.send("GET", f"/{number}/{n}", operation=asking) for n in range(3, 6))
            )
            return len(kept)

        async with asyncio.timeout(10):
            assert await asyncio.gather(*map(run, range(6))) == [6] * 6
        await client.close()


async def test_one_answer_may_be_larger_than_the_limit() -> None:
    bodies = Bodies(LARGE, patience=0.002)
    async with loopback(always(reply(b"x" * 3 * MIB))) as server:
        client = client_of(server.url, bodies)
        sizes = await asyncio.gather(
            *(client.send("GET", f"/{n}", operation=operation()) for n in range(3))
        )
        assert [len(one.body) for one in sizes] == [3 * MIB] * 3
        await client.close()


async def test_small_answers_do_not_count_and_writes_wait_for_nothing() -> None:
    bodies = Bodies(LARGE, patience=60.0)
    async with loopback(always(reply(b"x" * (LARGE - 1)))) as server:
        client = client_of(server.url, bodies)
        answers = [await client.send("GET", "/", operation=operation()) for _ in range(3)]
        assert bodies.held == 0
        held = body(bodies, LARGE)
        answers.append(await client.send("PUT", "/m", operation=operation(), body=b"{}"))
        assert [len(one.body) for one in answers] == [LARGE - 1] * 4
        assert bodies.held == len(held)
        await client.close()


def stalling(size: int) -> Script:
    """Begin an answer of so many bytes, and never end it."""

    async def script(request: Request) -> Reply:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (size + 1)
        return Reply(head + b"x" * size)

    return script


async def test_no_room_in_time_is_told_and_not_held_against_the_upstream() -> None:
    bodies, breaker = Bodies(2 * LARGE, patience=60.0), Breaker(threshold=1)
    full = asyncio.Event()

    async def script(request: Request) -> Reply:
        await full.wait()
        return reply(b"x" * MIB)

    async with loopback(stalling(MIB)) as slow, loopback(script) as server:
        through = client_of(slow.url, bodies)
        client = client_of(server.url, bodies, timeout=0.1, breaker=breaker)
        stalled = asyncio.create_task(through.send("GET", "/", operation=operation()))
        waiting = asyncio.create_task(client.send("GET", "/", operation=operation()))
        await server.arrived(1)
        while not bodies.is_full:  # noqa: ASYNC110 -- nobody is told.
            await asyncio.sleep(0)
        full.set()
        with pytest.raises(UpstreamTimeout) as raised:
            await waiting
        assert faults.name(raised.value) == faults.NO_ROOM.name
        assert raised.value.message.startswith("prod: this gateway holds too much")
        assert client.health.circuit is Circuit.CLOSED
        with pytest.raises(UpstreamTimeout, match="deadline"):
            await client.send("GET", "/later", operation=operation(0.02))
        stalled.cancel()
        await asyncio.gather(stalled, return_exceptions=True)
        gc.collect()
        assert len((await client.send("GET", "/", operation=operation())).body) == MIB
        await asyncio.gather(through.close(), client.close())


@pytest.mark.parametrize("announced", [True, False])
async def test_an_answer_beyond_max_body_is_refused_with_its_size(announced: bool) -> None:
    bodies = Bodies()
    large = b"x" * (5 * MIB)
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"500000\r\n" + large
    given = reply(large) if announced else Reply(chunks + b"\r\n0\r\n\r\n")
    async with loopback(always(given)) as server:
        client = client_of(server.url, bodies)
        with pytest.raises(BadResponse) as raised:
            await client.send("GET", "/", operation=operation())
        await client.close()
    told = raised.value.message
    assert told.startswith("prod: its answer has ")
    assert told.endswith(f"max_body is {4 * MIB} bytes")
    assert (f"{5 * MIB} bytes" in told) == announced
    assert raised.value.extensions()["upstream"] == "prod"
    gc.collect()
    assert bodies.held == 0


def test_it_is_all_the_same_on_uvloop() -> None:
    uvloop = pytest.importorskip("uvloop")
    uvloop.run(test_many_large_answers_at_once_stay_within_the_limit(chunked=False))
    uvloop.run(test_many_large_answers_at_once_stay_within_the_limit(chunked=True))
