"""What is wrong with settings, and on which line of the file it was written."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from gateway.errors import SettingsError

_HEADER: Final = re.compile(r"\s*\[(\[)?([^\[\]]+)\]")
_KEY: Final = re.compile(r"""\s*([A-Za-z0-9_."'-]+)\s*=""")


class Flaw(msgspec.Struct, frozen=True):
    """One thing that is wrong: where it was written, its path in the settings, and the reason."""

    path: str
    reason: str
    place: str = ""
    line: int | None = None

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.path, self.reason) if part)


class InvalidSettings(SettingsError):
    """Settings that cannot be used; the message has a line for each flaw."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("\n".join(map(str, self.flaws)))


class Lines:
    """Which line of a TOML text says what; for errors alone, so it need not know all of TOML."""

    def __init__(self, text: str) -> None:
        self._found: dict[str, int] = {}
        counts: dict[str, int] = {}
        table = ""
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                if header[1]:
                    name = _plain(header[2])
                    counts[name] = counts.get(name, -1) + 1
                table = _counted(_plain(header[2]), counts)
                self._found.setdefault(table, number)
            elif key := _KEY.match(line):
                self._found.setdefault(joined(table, _plain(key[1])), number)

    def line(self, path: str) -> int | None:
        """The line of a path, else that of the nearest table around it."""
        while path:
            if path in self._found:
                return self._found[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return None


def _plain(name: str) -> str:
    return re.sub(r"""[\s"']""", "", name)


def joined(table: str, key: str) -> str:
    return f"{table}.{key}" if table else key


def _counted(name: str, counts: Mapping[str, int]) -> str:
    path = plain = ""
    for part in name.split("."):
        path, plain = joined(path, part), joined(plain, part)
        if plain in counts:
            path += f"[{counts[plain]}]"
    return path
