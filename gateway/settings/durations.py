"""Durations, sizes and rates as people write them in a settings file: `1h30m`, `64KiB`, `20/s`."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

_PARTS: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)([A-Za-z]+)")

_SECONDS: Final = MappingProxyType({"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001})

_BYTES: Final = MappingProxyType(
    {
        "GiB": 2**30,
        "MiB": 2**20,
        "KiB": 2**10,
        "GB": 10**9,
        "MB": 10**6,
        "kB": 10**3,
        "B": 1,
    }
)

_RATE: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)/([sm])")
_PER: Final = MappingProxyType({"s": 1.0, "m": 60.0})


class Unit(msgspec.Struct, frozen=True):
    """A number that is written with its unit: how to read it and how to write it."""

    noun: str
    example: str
    pattern: str
    read: Callable[[str], float]
    write: Callable[[float], str]


def _total(text: str, units: Mapping[str, float]) -> float:
    parts = _PARTS.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError("not numbers with their units")
    if any(unit not in units for _, unit in parts):
        raise ValueError("not numbers with their units")
    return sum(float(number) * units[unit] for number, unit in parts)


def seconds(text: str) -> float:
    """The seconds that `500ms`, `5s` or `1h30m` mean; raises ValueError for other texts."""
    return round(_total(text, _SECONDS), 6)


def size(text: str) -> int:
    """The bytes that `64KiB` or `1MiB` mean; raises ValueError for other texts."""
    return int(_total(text, _BYTES))


def written_seconds(value: float) -> str:
    """A duration in the fewest units: 5400.0 is `1h30m`."""
    whole, rest = divmod(round(value * 1000, 3), 1000)
    found = ""
    for unit in ("h", "m", "s"):
        count, whole = divmod(whole, _SECONDS[unit])
        found += f"{count:.0f}{unit}" if count else ""
    found += f"{rest:g}ms" if rest else ""
    return found or "0s"


def written_size(value: float) -> str:
    """A size in the largest unit that leaves no fraction: 65536 is `64KiB`."""
    unit = (
        next(unit for unit in ("GiB", "MiB", "KiB", "B") if value and value % _BYTES[unit] == 0)
        if value
        else "B"
    )
    return f"{value / _BYTES[unit]:.0f}{unit}"


def rate(text: str) -> float:
    """The times a second that `20/s` or `90/m` mean; raises ValueError for other texts."""
    found = _RATE.fullmatch(text)
    if found is None:
        raise ValueError("not a number by a second or a minute")
    return float(found[1]) / _PER[found[2]]


def written_rate(value: float) -> str:
    """A rate by the second where it is a whole one, else by the minute: 1.5 is `90/m`."""
    return f"{value:g}/s" if value == int(value) else f"{value * 60:g}/m"


DURATION: Final = Unit(
    noun="a duration",
    example="1m30s",
    pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$",
    read=seconds,
    write=written_seconds,
)

SIZE: Final = Unit(
    noun="a size",
    example="64KiB",
    pattern=r"^([0-9]+(\.[0-9]+)?(B|kB|MB|GB|KiB|MiB|GiB))+$",
    read=size,
    write=written_size,
)

RATE: Final = Unit(
    noun="a rate",
    example="20/s",
    pattern=r"^[0-9]+(\.[0-9]+)?/(s|m)$",
    read=rate,
    write=written_rate,
)
