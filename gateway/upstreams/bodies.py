"""How many bytes of answers are held at once, by all upstreams together."""

import asyncio
from collections import deque
from heapq import heappop, heappush
from typing import Final, Protocol

LARGE: Final = 64 * 1024
"""From how many bytes a body counts: a smaller one weighs little more than its call."""

ROOM: Final = 8 * 2**20
"""The most that is made room for before it comes: what is announced may never come."""


class Reader(Protocol):
    """What reads a body, and can be told to go on."""

    def read_on(self) -> None: ...


class Body(bytearray):
    """A large body: its bytes count for as long as anything refers to them.

    `size` is what it will have, where that is known: there is room for it from the start.
    """

    __slots__ = ("_bodies", "_counted")

    def __init__(self, bodies: "Bodies", size: int = 0) -> None:
        super().__init__(min(size, ROOM))
        self._bodies = bodies
        self._counted = 0

    def grow(self, part: bytes, reader: Reader) -> bool:
        """Add what came; whether the reader may read on."""
        end = self._counted + len(part)
        if end <= len(self):
            self[self._counted : end] = part
        else:
            self[self._counted :] = part
        self._counted = end
        return self._bodies.take(len(part), reader)

    def __del__(self) -> None:
        self._bodies.give(self._counted)


class Bodies:
    """The bytes of large bodies that are held, and who waits for there to be fewer.

    At the limit a GET waits before it begins, those of the oldest operations first, and a body that
    is coming in is left where it is, but for one. So that nobody waits for each other, one more is
    let through each time that nothing came and nothing was given back for `patience` seconds.
    """

    __slots__ = (
        "_exceeded",
        "_limit",
        "_moves",
        "_patience",
        "_readers",
        "_through",
        "_turn",
        "_waiting",
        "_watching",
        "held",
    )

    def __init__(self, limit: int = 128 << 20, patience: float = 0.05) -> None:
        self.held = 0
        self._limit = limit
        self._patience = patience
        self._exceeded = False
        self._through: Reader | None = None
        self._moves = 0
        self._turn = 0
        self._readers: deque[Reader] = deque()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._watching = False

    @property
    def is_full(self) -> bool:
        """Whether a GET has to `wait` before it begins."""
        return self.held >= self._limit

    async def wait(self, deadline: float) -> None:
        """Wait until a GET may begin; the earliest deadline is the first."""
        given = asyncio.get_running_loop().create_future()
        self._turn += 1
        heappush(self._waiting, (deadline, self._turn, given))
        self._watch()
        try:
            await given
        except BaseException:
            if not given.cancel() and not given.cancelled():
                self._go_on()
            raise

    def take(self, size: int, reader: Reader) -> bool:
        """Count what came; whether the reader may read on, or is told later that it may."""
        self.held += size
        self._moves += 1
        if not self.is_full or self._through is reader:
            return True
        if not self._exceeded:
            self._exceeded, self._through = True, reader
            return True
        self._readers.append(reader)
        self._watch()
        return False

    def forget(self, reader: Reader) -> None:
        """The reader has its body, or will not have it."""
        if self._through is reader:
            self._through = None
        elif reader in self._readers:
            self._readers.remove(reader)

    def give(self, size: int) -> None:
        """Count what nobody refers to any more."""
        self.held -= size
        self._moves += 1
        self._go_on()

    def _go_on(self) -> None:
        if self.is_full:
            return
        self._exceeded, self._through = False, None
        while not self.is_full and self._let_through():
            pass

    def _let_through(self) -> bool:
        """Let one more go on, who reads already before who has not begun."""
        if self._readers:
            reader = self._readers.popleft()
            if self.is_full:
                self._through = reader
            reader.read_on()
            return True
        while self._waiting:
            given = heappop(self._waiting)[2]
            if not given.done():
                given.set_result(None)
                return True
        return False

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            loop = asyncio.get_running_loop()
            loop.call_later(self._patience, self._look, self._moves)

    def _look(self, moves: int) -> None:
        self._watching = False
        if moves == self._moves:
            self._let_through()
        if self._readers or self._waiting:
            self._watch()
