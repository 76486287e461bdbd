import asyncio

import pytest

from gateway.upstreams.slots import Slots


async def test_places_are_taken_until_there_are_none_and_then_in_turn() -> None:
    slots, order = Slots(2), list[int]()

    async def one(number: int) -> None:
        if not slots.take():
            await slots.wait()
        order.append(number)

    assert slots.take()
    assert slots.take()
    tasks = [asyncio.create_task(one(number)) for number in range(3)]
    await asyncio.sleep(0)
    assert order == []
    for _ in range(3):
        slots.give()
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2]
    slots.give()
    slots.give()
    assert [slots.take() for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("given_first", [False, True])
async def test_who_leaves_the_queue_takes_no_place_along(given_first: bool) -> None:
    slots = Slots(1)
    assert slots.take()
    leaving, staying = (asyncio.create_task(slots.wait()) for _ in range(2))
    await asyncio.sleep(0)
    if given_first:
        slots.give()
        leaving.cancel()
    else:
        leaving.cancel()
        await asyncio.sleep(0)
        slots.give()
    async with asyncio.timeout(1):
        await staying
    assert leaving.cancelled() or leaving.cancelling()
    slots.give()
    assert slots.take()
