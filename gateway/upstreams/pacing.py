"""How fast one upstream is asked: below what it allows, and again after it was too fast."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.settings import UpstreamSettings
from gateway.upstreams.base import Answer, Operation
from gateway.upstreams.retries import retry_after

ALLOWED: Final = {"nginx-instance-manager": 20.0}
"""The calls a second that a product allows one client, where the settings do not say."""
SHARE: Final = 0.9
"""The part of what is allowed that is taken: clocks differ, and networks bunch what was even."""
TOO_MANY: Final = 429
LONGEST: Final = 2.0
"""Seconds to wait at most before a call that was one too many is made again, unless asked to."""


def allowed(settings: UpstreamSettings) -> float | None:
    """The calls a second that an upstream allows; None where there is no limit."""
    return settings.rate_limit or ALLOWED.get(settings.product)


class Pace:
    """Lets calls out one after another, never more in a second than are allowed.

    After a pause half of what is not taken may go out at once: of twenty, two.

    Whoever stops waiting costs the others nothing: a turn is taken when the call goes out.
    """

    __slots__ = ("_clock", "_due", "_interval", "_queue", "_sleep", "_spare")

    def __init__(
        self,
        rate: float | None,
        *,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interval = 0.0 if rate is None else 1 / (rate * SHARE)
        self._spare = 0.0 if rate is None else self._interval * rate * (1 - SHARE) / 2
        self._clock = clock
        self._sleep = sleep
        self._queue = asyncio.Lock()
        self._due = 0.0

    async def turn(self) -> None:
        """Wait until one more call may go out."""
        if not self._interval:
            return
        async with self._queue:
            ahead = self._due - self._now() - self._spare
            if ahead > 0:
                await self._sleep(ahead)
            self._due = max(self._due, self._now()) + self._interval

    def _now(self) -> float:
        return self._clock() if self._clock else asyncio.get_running_loop().time()


async def waited_out(
    send: Callable[[], Awaitable[Answer]],
    operation: Operation,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Answer:
    """The answer to a call, made again for as long as it was one too many and there is time.

    A write too: a limit turns a request away before anybody has read it. Where `Retry-After` asks
    for more time than there is, nobody waits.
    """
    wait = LONGEST / 8
    while True:
        answer = await send()
        delay = max(retry_after(answer) or 0.0, random.uniform(wait / 2, wait))
        if answer.status != TOO_MANY or delay >= operation.seconds_left():
            return answer
        await sleep(delay)
        wait = min(LONGEST, wait * 2)
