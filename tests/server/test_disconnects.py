import asyncio
from typing import Any

import pytest

from gateway.server.disconnects import unless_gone


class Line:
    """A connection that hangs up when told to."""

    def __init__(self) -> None:
        self.hung_up = asyncio.Event()

    async def receive(self) -> Any:
        await self.hung_up.wait()
        return {"type": "http.disconnect"}


async def answer(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def test_an_answer_is_passed_on() -> None:
    assert await unless_gone(Line().receive, answer(1)) == 1
    assert await unless_gone(Line().receive, answer(1), patience=0) == 1


async def test_work_ends_when_the_client_leaves() -> None:
    line = Line()
    ended = asyncio.Event()

    async def work() -> int:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()
        return 1

    asking = asyncio.create_task(unless_gone(line.receive, work(), patience=0))
    line.hung_up.set()
    assert await asking is None
    assert ended.is_set()
    assert asking.cancelling() == 0


async def test_a_cancellation_from_elsewhere_stays_one() -> None:
    forever: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    asking = asyncio.create_task(unless_gone(Line().receive, forever, patience=0))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_failure_is_passed_on() -> None:
    async def work() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await unless_gone(Line().receive, work())
