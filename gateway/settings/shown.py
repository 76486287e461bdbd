"""Settings as others see them: in the words of a file, with every secret masked."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from gateway.settings.flaws import joined
from gateway.settings.rows import Row, rows, tables
from gateway.settings.values import Settings

MASK: Final = "********"


def masked(settings: msgspec.Struct) -> dict[str, Any]:
    """A table with durations and sizes as they are written, without what is not set."""
    found: dict[str, Any] = {}
    own = {row.key: row for row in rows(type(settings))}
    for key, row in own.items():
        value = getattr(settings, key)
        # A secret that a variable gave is told by the name of the variable.
        if value is None or (row.secret and getattr(settings, f"{key}_env") is not None):
            continue
        found[key] = MASK if row.secret else written(row, value)
    for key, (_, many) in tables(type(settings)).items():
        inner = getattr(settings, key)
        found[key] = [masked(each) for each in inner] if many else masked(inner)
    return found


def written(row: Row, value: Any) -> Any:
    """A value as a file says it."""
    if row.unit:
        return row.unit.write(value)
    return list(value) if isinstance(value, tuple) else value


def toml(settings: Settings) -> str:
    """The masked settings as a TOML text."""
    return "\n\n".join(_tables("", masked(settings), many=False)) + "\n"


def _tables(path: str, table: Mapping[str, Any], many: bool) -> list[str]:
    inner = {k: v for k, v in table.items() if _is_table(v)}
    lines = [f"{k} = {_value(v)}" for k, v in table.items() if k not in inner]
    header = [f"[[{path}]]" if many else f"[{path}]"] if path else []
    found = ["\n".join(header + lines)] if lines else []
    for key, value in inner.items():
        each_of = value if isinstance(value, list) else [value]
        for each in each_of:
            found += _tables(joined(path, key), each, many=isinstance(value, list))
    return found


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(each, dict) for each in value)
    )


def _value(value: object) -> str:
    # TOML's strings, numbers, booleans and lists of strings are spelled as JSON's.
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
