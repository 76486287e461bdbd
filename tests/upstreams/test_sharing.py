import asyncio
import gc
from collections.abc import Callable, Coroutine
from math import inf
from operator import methodcaller
from typing import Any

import pytest

from gateway.upstreams.alarms import Alarms
from gateway.upstreams.base import Answer
from gateway.upstreams.sharing import Flights, Lone, Once, Shared

KEY = ("anonymous", "10.0.0.1", "/meshes")
OK = Answer(200, {}, b"{}")


def now() -> float:
    return asyncio.get_running_loop().time()


def soon(seconds: float = 5.0) -> float:
    return now() + seconds


def shared(coroutine: Coroutine[Any, Any, Answer]) -> Shared[Answer]:
    return Shared(coroutine, asyncio.get_running_loop(), Alarms())


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


class Asked:
    """Something to ask for that is answered once released; it keeps how that went."""

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.begun = 0
        self.cancelled = 0
        self.late = 0
        self.error: Exception | None = None

    async def __call__(self) -> Answer:
        self.begun += 1
        try:
            # Several things to wait for, one of them nothing but a turn.
            await asyncio.sleep(0)
            await self.release.wait()
            await asyncio.sleep(0.001)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        except TimeoutError:
            self.late += 1
            raise
        if self.error is not None:
            raise self.error
        return OK


def waiting(flight: Shared[Answer], seconds: float = 5.0) -> asyncio.Task[Answer]:
    return asyncio.create_task(flight.result(soon(seconds)))


async def test_a_flight_is_found_while_somebody_waits_for_it() -> None:
    asked, flights = Asked(), Flights()
    flight = shared(asked())
    flights.start(KEY, flight)
    task = waiting(flight)
    await turns()
    assert flights.find(KEY) is flight
    assert flights.find(("another", *KEY[1:])) is None
    asked.release.set()
    assert await task is OK
    assert flights.find(KEY) is None


async def test_a_flight_given_up_is_not_found_even_before_it_has_ended() -> None:
    ended = asyncio.Event()

    async def get() -> Answer:
        try:
            await asyncio.Event().wait()
        finally:
            # It takes a moment to end.
            await asyncio.sleep(0.01)
            ended.set()
        return OK

    flights = Flights()
    flight = shared(get())
    flights.start(KEY, flight)
    with pytest.raises(TimeoutError):
        await flight.result(soon(0.01))
    assert flight.late
    assert not ended.is_set()
    assert flights.find(KEY) is None
    another = shared(get())
    flights.start(KEY, another)
    task = waiting(another)
    async with asyncio.timeout(1):
        await ended.wait()
    assert flights.find(KEY) is another
    flights.land(KEY, flight)
    assert flights.find(KEY) is another
    ended.clear()
    task.cancel()
    async with asyncio.timeout(1):
        await ended.wait()
    assert not another.late


async def test_a_flight_lasts_until_the_latest_deadline_of_those_who_wait() -> None:
    asked = Asked()
    asked.release.set()
    flight = shared(asked())
    late = soon(9)
    await asyncio.gather(flight.result(late), flight.result(soon(1)))
    assert flight.deadline == late


async def test_what_is_forgotten_still_arrives_for_those_who_wait() -> None:
    asked, flights = Asked(), Flights()
    flight = shared(asked())
    flights.start(KEY, flight)
    task = waiting(flight)
    await turns()
    flights.forget()
    assert flights.find(KEY) is None
    asked.release.set()
    assert await task is OK


@pytest.mark.parametrize("leaving", range(4))
async def test_it_goes_on_for_those_who_stay_whoever_leaves(leaving: int) -> None:
    asked = Asked()
    flight = shared(asked())
    tasks = [waiting(flight) for _ in range(4)]
    await turns()
    tasks[leaving].cancel()
    await turns()
    asked.release.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one is OK for one in outcomes] == [number != leaving for number in range(4)]
    assert (asked.begun, asked.cancelled) == (1, 0)


async def test_all_leave_but_the_last_one_after_another() -> None:
    asked = Asked()
    flight = shared(asked())
    tasks = [waiting(flight) for _ in range(4)]
    for task in tasks[:3]:
        await turns()
        task.cancel()
    # Two at once: who is to go on may have left already.
    asked.release.set()
    assert await tasks[3] is OK
    assert (asked.begun, asked.cancelled) == (1, 0)


async def test_who_is_to_go_on_may_leave_in_the_same_moment() -> None:
    asked = Asked()
    flight = shared(asked())
    tasks = [waiting(flight) for _ in range(3)]
    await turns()
    tasks[0].cancel()
    tasks[1].cancel()
    await turns()
    asked.release.set()
    assert await tasks[2] is OK
    assert asked.begun == 1


async def test_the_earlier_deadline_of_one_who_began_it_is_nothing_to_the_others() -> None:
    asked = Asked()
    flight = shared(asked())
    short, long = waiting(flight, 0.01), waiting(flight)
    with pytest.raises(TimeoutError):
        await short
    asked.release.set()
    assert await long is OK
    assert not flight.late


async def test_it_is_cancelled_when_the_last_leaves() -> None:
    asked = Asked()
    flight = shared(asked())
    tasks = [waiting(flight) for _ in range(3)]
    await turns()
    for task in tasks:
        assert not asked.cancelled
        task.cancel()
        await turns()
    assert asked.cancelled == 1
    assert not flight.late


async def test_at_its_limit_the_call_itself_is_told() -> None:
    asked = Asked()
    flight = shared(asked())
    flight.limit = soon(0.01)
    tasks = [waiting(flight) for _ in range(3)]
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(one, TimeoutError) for one in outcomes)
    assert (asked.late, asked.cancelled, flight.late) == (1, 0, False)


async def test_what_it_raises_is_raised_for_each() -> None:
    asked = Asked()
    asked.error = ZeroDivisionError()
    asked.release.set()
    flight = shared(asked())
    outcomes = await asyncio.gather(*(waiting(flight) for _ in range(3)), return_exceptions=True)
    assert outcomes == [asked.error] * 3


async def test_what_is_there_at_once_needs_no_waiting() -> None:
    async def get() -> Answer:
        return OK

    flight = shared(get())
    assert await flight.result(soon()) is OK
    assert await flight.result(soon()) is OK


async def test_nothing_is_asked_where_nobody_waits() -> None:
    asked = Asked()
    Once(asked, asyncio.get_running_loop())
    await turns()
    assert not asked.begun


async def test_what_several_ask_for_is_brought_once() -> None:
    asked = Asked()
    once = Once(asked, asyncio.get_running_loop())
    tasks = [asyncio.create_task(once.result()) for _ in range(3)]
    await turns()
    asked.release.set()
    assert await asyncio.gather(*tasks) == [OK] * 3
    assert await once.result() is OK
    assert asked.begun == 1


async def test_where_the_one_who_brings_it_leaves_another_does() -> None:
    asked = Asked()
    once = Once(asked, asyncio.get_running_loop())
    tasks = [asyncio.create_task(once.result()) for _ in range(4)]
    await turns()
    for task in tasks[:2]:
        task.cancel()
    await turns()
    asked.release.set()
    assert await asyncio.gather(*tasks[2:]) == [OK] * 2
    assert asked.begun == 2


async def test_what_all_have_left_may_be_asked_for_again() -> None:
    asked = Asked()
    once = Once(asked, asyncio.get_running_loop())
    task = asyncio.create_task(once.result())
    await turns()
    task.cancel()
    await turns()
    asked.release.set()
    assert await once.result() is OK


async def test_what_fails_fails_for_all_and_for_who_asks_later() -> None:
    asked = Asked()
    asked.error = ZeroDivisionError()
    asked.release.set()
    once = Once(asked, asyncio.get_running_loop())
    outcomes = await asyncio.gather(once.result(), once.result(), return_exceptions=True)
    assert [one is asked.error for one in outcomes] == [True, True]
    with pytest.raises(ZeroDivisionError):
        await once.result()
    assert asked.begun == 1


@pytest.mark.parametrize(
    "made",
    [
        lambda asked: Once(asked, asyncio.get_running_loop()),
        lambda asked: shared(asked()),
    ],
    ids=["once", "shared"],
)
async def test_nothing_is_left_for_the_collector(
    made: Callable[[Asked], Once[Answer] | Shared[Answer]],
) -> None:
    async def asking() -> None:
        asked = Asked()
        asked.release.set()
        one = made(asked)
        await asyncio.gather(one.result(), one.result())

    def living() -> int:
        return sum(isinstance(one, Once | Shared) for one in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = living()
        await asking()
        await turns()
        assert living() == before
    finally:
        gc.enable()


def lone(coroutine: Coroutine[Any, Any, Answer], alarms: Alarms | None = None) -> Lone[Answer]:
    return Lone(coroutine, alarms or Alarms(methodcaller("cancel")))


async def test_a_lone_call_brings_what_it_returns_or_raises() -> None:
    asked, failing = Asked(), Asked()
    failing.error = ValueError("no")
    for one in (asked, failing):
        one.release.set()
    assert await lone(asked()).result(soon()) is OK
    with pytest.raises(ValueError, match="no"):
        await lone(failing()).result(soon())


async def test_a_lone_call_hears_of_what_fails_while_it_waits() -> None:
    waited: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    async def call() -> Answer:
        try:
            return await waited
        except ValueError as error:
            raise KeyError(str(error)) from error

    asyncio.get_running_loop().call_soon(waited.set_exception, ValueError("no"))
    with pytest.raises(KeyError, match="no"):
        await lone(call()).result(soon())


async def test_a_lone_call_hears_of_its_limit_and_may_go_on_from_it() -> None:
    asked = Asked()

    async def twice() -> Answer:
        call.limit = now() + 0.01
        with pytest.raises(TimeoutError):
            await asked()
        call.limit = inf
        asked.release.set()
        return await asked()

    call = lone(twice())
    assert await call.result(soon()) is OK
    assert (asked.late, asked.cancelled, call.late) == (1, 0, False)


async def test_a_lone_call_at_its_deadline_is_told_from_one_that_is_given_up() -> None:
    late, given_up = Asked(), Asked()

    async def in_a_task() -> Answer:
        return await asyncio.create_task(late())

    call = lone(in_a_task())
    with pytest.raises(TimeoutError):
        await call.result(soon(0.01))
    assert (late.cancelled, late.late, call.late) == (1, 0, True)
    call = lone(given_up())
    task = asyncio.create_task(call.result(soon()))
    await turns()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (given_up.cancelled, given_up.late, call.late) == (1, 0, False)


async def test_a_lone_call_that_is_given_up_may_take_its_time_to_end() -> None:
    ended = asyncio.Event()

    async def slow() -> Answer:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.001)
            ended.set()
        return OK

    with pytest.raises(TimeoutError):
        await lone(slow()).result(soon(0.01))
    assert ended.is_set()


async def test_a_lone_call_leaves_no_alarm_behind_and_is_closed_where_it_never_ends() -> None:
    alarms, asked = Alarms(methodcaller("cancel")), Asked()
    closed = lone(asked(), alarms).result(soon())
    closed.send(None)
    closed.close()
    assert asked.begun == 1
    asked.release.set()
    await lone(asked(), alarms).result(soon())
    assert not alarms._times
