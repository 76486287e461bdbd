import asyncio

import pytest

from gateway.upstreams.base import Answer
from gateway.upstreams.sharing import Flight, Flights

KEY = ("anonymous", "10.0.0.1", "/meshes")
OK = Answer(200, {}, b"{}")


def soon(seconds: float = 5.0) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_a_flight_is_found_while_somebody_waits_for_it() -> None:
    release = asyncio.Event()

    async def get(flight: Flight) -> Answer:
        await release.wait()
        return OK

    flights = Flights()
    flight = flights.start(KEY, get)
    waiting = asyncio.create_task(flight.answer(soon()))
    await asyncio.sleep(0)
    assert flights.find(KEY) is flight
    assert flights.find(("another", *KEY[1:])) is None
    release.set()
    assert await waiting is OK
    assert flights.find(KEY) is None


async def test_a_flight_given_up_is_not_found_even_before_it_has_ended() -> None:
    async def get(flight: Flight) -> Answer:
        try:
            await asyncio.Event().wait()
        finally:
            # It takes a moment to end.
            await asyncio.sleep(0.01)
        return OK

    flights = Flights()
    flight = flights.start(KEY, get)
    with pytest.raises(TimeoutError):
        await flight.answer(soon(0.01))
    assert flight.late
    assert flights.find(KEY) is None
    another = flights.start(KEY, get)
    waiting = asyncio.create_task(another.answer(soon()))
    await asyncio.wait((flight.task,))
    assert flights.find(KEY) is another
    waiting.cancel()
    await asyncio.wait((another.task,))
    assert not another.late


async def test_a_flight_lasts_until_the_latest_deadline_of_those_who_wait() -> None:
    async def get(flight: Flight) -> Answer:
        await asyncio.sleep(0)
        return OK

    flight = Flights().start(KEY, get)
    late = soon(9)
    await asyncio.gather(flight.answer(late), flight.answer(soon(1)))
    assert flight.deadline == late


async def test_what_is_forgotten_still_arrives_for_those_who_wait() -> None:
    release = asyncio.Event()

    async def get(flight: Flight) -> Answer:
        await release.wait()
        return OK

    flights = Flights()
    waiting = asyncio.create_task(flights.start(KEY, get).answer(soon()))
    await asyncio.sleep(0)
    flights.forget()
    assert flights.find(KEY) is None
    release.set()
    assert await waiting is OK
