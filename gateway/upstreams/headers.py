"""Headers that are made once and sent often, and headers that came and are hardly ever read."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

# A name and a value as they may be sent (RFC 9110, sections 5.1 and 5.5), in Latin-1 at most.
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def lines(headers: Mapping[str, str]) -> bytes:
    """Headers as they are sent; raises ValueError for what no header may hold."""
    if isinstance(headers, Sent):
        return headers.lines
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError("a header holds what no header may hold")
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()]).encode("latin-1")


class Sent(Mapping[str, str]):
    """Headers that many calls carry: looked at and written down when they are made."""

    __slots__ = ("_values", "lines")

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        self.lines: Final = lines(self._values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Received(Mapping[str, str]):
    """The headers of an answer by their lower-case names; read where somebody asks for one.

    `head` is what came before the body, from the status line on; a parser has approved of it.
    """

    __slots__ = ("_head", "_values")

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._values: dict[str, str] | None = None

    def _read(self) -> dict[str, str]:
        found = self._values
        if found is None:
            found = self._values = {}
            for line in self._head.decode("latin-1").split("\r\n")[1:]:
                name, _, value = line.partition(":")
                key, told = name.lower(), value.strip(" \t")
                found[key] = f"{found[key]}, {told}" if key in found else told
        return found

    def __getitem__(self, name: str) -> str:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())
