import asyncio
from typing import Any

import pytest

from gateway.execution.lasting import Lasting


class Work:
    """A coroutine that waits for a gate twice, and what became of it."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.tasks: list[Any] = []
        self.end: object = None

    async def run(self, error: Exception | None = None) -> str:
        try:
            await asyncio.sleep(0)
            self.tasks.append(asyncio.current_task())
            self.begun.set()
            await self.gate.wait()
            await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0.001))
            self.tasks.append(asyncio.current_task())
            if error is not None:
                raise error
        except BaseException as reason:
            self.end = reason
            raise
        self.end = "done"
        return "done"


async def begun(work: Work, lasting: Lasting, error: Exception | None = None) -> Any:
    waiter = asyncio.create_task(lasting.result(work.run(error)))
    await work.begun.wait()
    return waiter


async def left(work: Work, lasting: Lasting, error: Exception | None = None) -> None:
    waiter = await begun(work, lasting, error)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter


async def test_who_waits_needs_no_second_task() -> None:
    work, lasting = Work(), Lasting()
    waiter = await begun(work, lasting)
    work.gate.set()
    assert await waiter == "done"
    assert work.tasks == [waiter, waiter]


async def test_an_error_is_raised_to_who_waits() -> None:
    work, lasting = Work(), Lasting()
    waiter = await begun(work, lasting, KeyError("x"))
    work.gate.set()
    with pytest.raises(KeyError):
        await waiter


@pytest.mark.parametrize("error", [None, KeyError("x")])
async def test_who_leaves_ends_nothing(error: Exception | None) -> None:
    work, lasting = Work(), Lasting()
    await left(work, lasting, error)
    assert work.end is None
    draining = asyncio.create_task(lasting.drain())
    await asyncio.sleep(0)
    assert not draining.done()
    work.gate.set()
    await draining
    assert work.end == (error or "done")


async def test_what_goes_on_by_itself_can_be_cancelled() -> None:
    work, lasting = Work(), Lasting()
    await left(work, lasting)
    await asyncio.sleep(0)
    [own] = asyncio.all_tasks() - {asyncio.current_task()}
    own.cancel()
    await lasting.drain()
    assert isinstance(work.end, asyncio.CancelledError)
    assert own.cancelled()
