"""A table of settings becomes a Struct, and everything wrong with it is kept with its place.

Knows Structs and what a file or a variable may say, and nothing of what the settings mean.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar, get_origin

import msgspec

from gateway.settings.flaws import Flaw, Lines, joined
from gateway.settings.rows import Row, rows, tables

S = TypeVar("S", bound=msgspec.Struct)


class Variable(msgspec.Struct, frozen=True):
    """A value that an environment variable gave, as the text it is."""

    name: str
    text: str


class Reading:
    """One reading of a document: what was wrong with it, each flaw told once for its path."""

    def __init__(
        self,
        source: str,
        text: str,
        variables: Mapping[str, str],
        homes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.source = source
        self._lines = Lines(text)
        self._variables = variables
        self._homes = homes
        self._flaws: dict[str, Flaw] = {}

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What was wrong, in the order of the file, then what has no line."""
        return tuple(sorted(self._flaws.values(), key=lambda flaw: flaw.line or 1_000_000))

    def flag(self, path: str, reason: str) -> None:
        """Keep what is wrong with a path, unless something is known to be wrong with it."""
        self._flaws.setdefault(path, self._placed(path, reason))

    def flag_once(self, path: str, reason: str) -> None:
        """Flag a path unless something around or inside of it is flagged already."""
        if not self.wrong(path):
            self.flag(path, reason)

    def forget(self, prefix: str) -> None:
        """Drop what was flagged inside a table that is refused as a whole."""
        self._flaws = {p: flaw for p, flaw in self._flaws.items() if not p.startswith(prefix)}

    def wrong(self, path: str) -> bool:
        """Whether something is known to be wrong with a path, what it holds or what holds it."""
        return any(_within(known, path) or _within(path, known) for known in self._flaws)

    def struct(self, kind: type[S], given: object, path: str = "") -> S:
        """A table as its Struct, with the default of each setting that is absent or wrong."""
        if not isinstance(given, Mapping):
            self.flag(path, "must be a table")
            given = {}
        inner, own = tables(kind), {row.key: row for row in rows(kind)}
        for key in given:
            if key not in inner and key not in own:
                self.flag(joined(path, key), unknown(key, [*own, *inner], self._homes))
        found: dict[str, Any] = {}
        for key, (struct, many) in inner.items():
            if key in given:
                place = joined(path, key)
                found[key] = (
                    self._list(struct, given[key], place)
                    if many
                    else self.struct(struct, given[key], place)
                )
        for key, row in own.items():
            if key in given:
                found[key] = self._value(row, given[key], joined(path, key))
            elif row.required:
                self.flag(joined(path, key), f"is required: {row.wanted}")
                found[key] = ""
        return kind(**found)

    def _list(self, kind: type[S], given: object, path: str) -> tuple[S, ...]:
        if not isinstance(given, list):
            self.flag(path, f"must be a list of tables: write [[{path}]]")
            return ()
        return tuple(self.struct(kind, each, f"{path}[{at}]") for at, each in enumerate(given))

    def _value(self, row: Row, given: object, path: str) -> Any:
        loose = isinstance(given, Variable)
        value: Any = given.text if isinstance(given, Variable) else given
        if loose and get_origin(row.type) is tuple:
            value = [part.strip() for part in value.split(",") if part.strip()]
        try:
            if row.unit:
                value = row.unit.read(value)
            found = msgspec.convert(value, Annotated[row.type, row.meta], strict=not loose)
        except (ValueError, TypeError):
            shown = "" if row.secret else f", not {given_text(given)}"
            self.flag(path, f"must be {row.wanted}{shown}")
            return "" if row.required else row.default
        if row.file and (reason := _unreadable(found)):
            self.flag(path, f"names {found}, which {reason}")
        return found

    def _placed(self, path: str, reason: str) -> Flaw:
        for known, name in self._variables.items():
            if _within(known, path):
                return Flaw(path, reason, place=name)
        line = self._lines.line(path)
        place = f"{self.source}:{line}" if line else self.source
        return Flaw(path, reason, place=place, line=line)


def _within(path: str, table: str) -> bool:
    return path == table or path.startswith((f"{table}.", f"{table}["))


def _unreadable(path: str) -> str | None:
    try:
        with Path(path).open("rb") as file:
            file.read(1)
    except OSError as error:
        return f"cannot be read: {(error.strerror or 'unknown reason').lower()}"
    return None


def given_text(given: object) -> str:
    """A value as the one who wrote it knows it."""
    value = given.text if isinstance(given, Variable) else given
    return msgspec.json.encode(value, enc_hook=str).decode()


def unknown(key: str, known: Sequence[str], homes: Mapping[str, str]) -> str:
    """What is said of a key that does not exist, with the nearest that does."""
    from difflib import get_close_matches

    near = get_close_matches(key.lower(), known, n=1)
    right = near[0] if near else homes.get(key)
    hint = f"did you mean {right}?" if right else "known here: " + ", ".join(known)
    return f"there is no such key; {hint}"
