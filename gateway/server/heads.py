"""Heads of requests that came lately: what is the same to the byte is not parsed again.

A client repeats itself: of its requests only the body and its length change. What the parser made
of a head before, it would make of the same bytes again, wherever a message begins.
"""

from typing import Final

import msgspec

from gateway.server.graphql import Fields
from gateway.server.negotiation import Media

END: Final = b"\r\n\r\n"
LONGEST: Final = 4096
"""Bytes of a head that is kept."""


class Head(msgspec.Struct, frozen=True):
    """A plain request up to its body: its headers, how to answer, and the body's length."""

    fields: Fields
    media: Media
    keep_alive: bool
    length: int


class Heads:
    """The heads of whole requests by their bytes, which name the credential too; so many are kept,
    and the oldest gives way."""

    __slots__ = ("_entries", "_kept")

    def __init__(self, entries: int = 256) -> None:
        self._entries = entries
        self._kept: dict[bytes, Head] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def split(self, data: bytes) -> tuple[Head, bytes] | None:
        """The head and the body, where `data` is one whole request with a known head."""
        end = data.find(END) + len(END)
        head = self._kept.get(data[:end])
        if head is None or head.length != len(data) - end:
            return None
        return head, data[end:]

    def keep(self, data: bytes, head: Head) -> None:
        """Keep what was made of the head of a request, where `data` is that whole request."""
        end = data.find(END) + len(END)
        if end > LONGEST or not head.keep_alive or head.length != len(data) - end:
            return
        if len(self._kept) >= self._entries:
            del self._kept[next(iter(self._kept))]
        self._kept[data[:end]] = head
