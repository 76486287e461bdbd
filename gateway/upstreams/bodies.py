"""How many bytes of answers are held at once, by all upstreams together."""

import asyncio
from collections import deque
from heapq import heappop, heappush
from typing import Final, Protocol

LARGE: Final = 64 * 1024
"""From how many bytes a body counts: what is smaller weighs no more than the call that brings it."""


class Reader(Protocol):
    """What reads a body, and can be told to go on."""

    def read_on(self) -> None: ...


class Body(bytearray):
    """A large body: its bytes count for as long as anything refers to them."""

    __slots__ = ("_bodies", "_counted")

    def __init__(self, bodies: "Bodies") -> None:
        super().__init__()
        self._bodies = bodies
        self._counted = 0

    def grow(self, part: bytes, reader: Reader) -> bool:
        """Add what came; whether the reader may read on."""
        self += part
        self._counted += len(part)
        return self._bodies.take(len(part), reader)

    def __del__(self) -> None:
        self._bodies.give(self._counted)


class Bodies:
    """The bytes of large bodies that are held, and who waits for there to be fewer.

    At the limit a GET waits before it begins, those of the oldest operations first, and a body that
    is coming in is left where it is. One is always let through, so that everything goes on: the
    limit is exceeded by one body at a time, and by what was on its way to us.
    """

    __slots__ = ("_admitted", "_turn", "_limit", "_readers", "_through", "_waiting", "held")

    def __init__(self, limit: int = 128 << 20) -> None:
        self.held = 0
        self._limit = limit
        self._admitted = 0
        self._turn = 0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._readers: deque[Reader] = deque()
        self._through: Reader | None = None

    def admit(self) -> bool:
        """Let a GET begin, if there is room; where there is none, `wait` for it."""
        if self._is_full and self._admitted:
            return False
        self._admitted += 1
        return True

    async def wait(self, deadline: float) -> None:
        """Wait until a GET may begin; the earliest deadline is the first."""
        given = asyncio.get_running_loop().create_future()
        self._turn += 1
        heappush(self._waiting, (deadline, self._turn, given))
        try:
            await given
        except BaseException:
            if not given.cancel() and not given.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """A GET that was admitted is over."""
        self._admitted -= 1
        if self._waiting:
            self._go_on()

    def take(self, size: int, reader: Reader) -> bool:
        """Count what came; whether the reader may read on, or is told later that it may."""
        self.held += size
        if not self._is_full:
            return True
        if self._through is None:
            self._through = reader
        if self._through is not reader:
            self._readers.append(reader)
        return self._through is reader

    def forget(self, reader: Reader) -> None:
        """The reader has its body, or will not have it."""
        if self._through is reader:
            self._through = None
        elif reader in self._readers:
            self._readers.remove(reader)
        self._go_on()

    def give(self, size: int) -> None:
        """Count what nobody refers to any more."""
        self.held -= size
        self._go_on()

    @property
    def _is_full(self) -> bool:
        return self.held >= self._limit

    def _go_on(self) -> None:
        while self._readers and not (self._is_full and self._through):
            reader = self._readers.popleft()
            if self._is_full:
                self._through = reader
            reader.read_on()
        while self._waiting and not (self._is_full and self._admitted):
            given = heappop(self._waiting)[2]
            if not given.done():
                self._admitted += 1
                given.set_result(None)
