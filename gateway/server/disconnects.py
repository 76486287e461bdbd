"""Nobody waits for the answer: then nobody works on it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

T = TypeVar("T")

# What is answered sooner is not worth a watcher, which costs as much as a small request.
PATIENCE = 0.05


async def unless_gone(receive: Receive, work: Awaitable[T], patience: float = PATIENCE) -> T | None:
    """What comes of `work`; None where the client left before, and `work` was cancelled.

    To be called when the request's body has been read: all that can still come is a disconnect.
    It is looked out for when `patience` seconds have passed.
    """
    loop = asyncio.get_running_loop()
    asker = asyncio.current_task()
    watchers: list[asyncio.Task[None]] = []
    gone = False

    async def watch() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        if asker is not None:
            asker.cancel()

    timer = loop.call_later(patience, lambda: watchers.append(loop.create_task(watch())))
    try:
        return await work
    except asyncio.CancelledError:
        if not gone or asker is None:
            raise
        asker.uncancel()
        return None
    finally:
        timer.cancel()
        for watcher in watchers:
            watcher.cancel()
