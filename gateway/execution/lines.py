"""The lines of a function that is being written, and the names of what it needs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LINES = 4000
"""How much is written of one operation: fragments within fragments can make much of little."""
PATH = re.compile(r"(?:inner|value|v\d+)(?:\.\w+)+")
"""What is the same wherever it is asked for: attributes of what was decoded."""


class TooLong(Exception):
    """A function would become longer than it may, or complete more fields."""


class Lines:
    """One function in the making, of `limit` lines at most."""

    def __init__(self, limit: int = LINES) -> None:
        self.limit = limit
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self._indent = 1
        self._fresh = 0
        self._bound: dict[int, str] = {}
        self._known: list[dict[str, tuple[str, int]]] = [{}]

    def fresh(self) -> str:
        """A name that nothing else has."""
        self._fresh += 1
        return f"v{self._fresh}"

    def bind(self, value: Any) -> str:
        """A name for an object."""
        name = self._bound.get(id(value))
        if name is None:
            name = self._bound[id(value)] = f"g{len(self._bound)}"
            self.names[name] = value
        return name

    def hold(self, text: str) -> str:
        """A name for a value that is computed here, or was on the way here."""
        is_path = PATH.fullmatch(text) is not None
        for block in self._known if is_path else ():
            name, line = block.get(text, ("", 0))
            # What could not be written is taken back.
            if name and any(it.strip() == f"{name} = {text}" for it in self.lines[line : line + 1]):
                return name
        name = self.fresh()
        if is_path:
            self._known[-1][text] = name, len(self.lines)
        self.line(f"{name} = {text}")
        return name

    def line(self, text: str) -> None:
        """Write one line."""
        if len(self.lines) >= self.limit:
            raise TooLong
        self.lines.append("    " * self._indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write the lines that stand below a head."""
        self.line(head)
        before = len(self.lines)
        self._indent += 1
        self._known.append({})
        try:
            yield
            if len(self.lines) == before:
                self.line("pass")
        finally:
            self._known.pop()
            self._indent -= 1
