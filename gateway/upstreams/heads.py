"""Heads of messages that came lately: what is the same to the byte is not parsed again.

Who asks or answers over HTTP repeats itself: what changes is the body. What a parser made of a head
it would make of the same bytes again, wherever a message begins.
"""

from typing import Final, Generic, TypeVar

END: Final = b"\r\n\r\n"
LONGEST: Final = 4096
"""Bytes of a head that is kept."""

T = TypeVar("T")


class Heads(Generic[T]):
    """What was made of the heads of whole messages, by their bytes, credentials among them; the
    oldest gives way to the one that is too many."""

    __slots__ = ("_entries", "_kept")

    def __init__(self, entries: int = 256) -> None:
        self._entries = entries
        self._kept: dict[bytes, tuple[T, int]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def split(self, data: bytes) -> tuple[T, bytes] | None:
        """What the head stands for, and the body: of one whole message whose head is known."""
        end = data.find(END) + 4
        known = self._kept.get(data[:end])
        if known is None or known[1] != len(data) - end:
            return None
        return known[0], data[end:]

    def keep(self, data: bytes, made: T, length: int) -> None:
        """Keep what was made of a head that says how long its body is; of one whole message."""
        end = data.find(END) + 4
        if end > LONGEST or length != len(data) - end:
            return
        if len(self._kept) >= self._entries:
            del self._kept[next(iter(self._kept))]
        self._kept[data[:end]] = made, length
