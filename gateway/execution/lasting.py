"""What is finished once it has begun, whoever leaves: writes."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class Lasting:
    """Runs coroutines in the tasks of those who wait for them.

    One whose waiter is cancelled goes on in a task of its own. So whoever stays needs no second
    task; and what is run must not mind in which one it goes on.
    """

    def __init__(self) -> None:
        self._left: set[asyncio.Task[Any]] = set()

    async def result(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns or raises."""
        thrown: BaseException | None = None
        while True:
            try:
                awaited = coroutine.send(None) if thrown is None else coroutine.throw(thrown)
            except StopIteration as stop:
                found: T = stop.value
                return found
            try:
                thrown = await _news(awaited)
            except asyncio.CancelledError:
                left = asyncio.create_task(_rest(coroutine, awaited))
                self._left.add(left)
                left.add_done_callback(self._ended)
                raise

    async def drain(self) -> None:
        """Wait for those whose waiters have gone."""
        await asyncio.gather(*self._left, return_exceptions=True)

    def _ended(self, left: asyncio.Task[Any]) -> None:
        self._left.discard(left)
        if not left.cancelled():
            # Nobody is there to hear what it raised.
            left.exception()


async def _rest(coroutine: Coroutine[Any, Any, T], awaited: "asyncio.Future[Any] | None") -> T:
    """What a coroutine returns that awaits something already."""
    while True:
        thrown: BaseException | None
        try:
            thrown = await _news(awaited)
        except asyncio.CancelledError as cancelled:
            thrown = cancelled
        try:
            awaited = coroutine.send(None) if thrown is None else coroutine.throw(thrown)
        except StopIteration as stop:
            found: T = stop.value
            return found


async def _news(awaited: "asyncio.Future[Any] | None") -> asyncio.CancelledError | None:
    """Wait until a future that a coroutine awaits is done, without cancelling it; what a task would
    raise there. What else failed is raised by the future itself."""
    if awaited is None:
        # It gives others a turn, and that is all.
        await asyncio.sleep(0)
        return None
    # What a task does with a future that is awaited within it.
    awaited._asyncio_future_blocking = False
    news = awaited.get_loop().create_future()
    awaited.add_done_callback(partial(_tell, news))
    await news
    return asyncio.CancelledError() if awaited.cancelled() else None


def _tell(news: asyncio.Future[None], _: asyncio.Future[Any]) -> None:
    if not news.done():
        news.set_result(None)
