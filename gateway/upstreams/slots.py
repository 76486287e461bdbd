"""How many calls may run at once."""

import asyncio
from collections import deque


class Slots:
    """A number of places, taken at once where one is free, and in turn where none is."""

    __slots__ = ("_free", "_waiting")

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take(self) -> bool:
        """Take a place if one is free; where none is, `wait` for one."""
        if self._free:
            self._free -= 1
            return True
        return False

    async def wait(self) -> None:
        """Wait for a place, and take it."""
        given = asyncio.get_running_loop().create_future()
        self._waiting.append(given)
        try:
            await given
        except BaseException:
            if not given.cancel() and not given.cancelled():
                self.give()
            raise

    def give(self) -> None:
        """Give a place back: to the first who waits for one."""
        while self._waiting:
            given = self._waiting.popleft()
            if not given.done():
                given.set_result(None)
                return
        self._free += 1
