"""Durations as Go writes them: `1h30m`, `250ms`."""

import re
from typing import Final

_PART: Final = re.compile(
    r"(\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})(h|ms|m|s|us|\u00b5s|\u03bcs|ns)", re.ASCII
)
_MICRO: Final = dict.fromkeys(("us", "\u00b5s", "\u03bcs"), 1e-6)
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, **_MICRO, "ns": 1e-9}


def seconds(text: str) -> float:
    """The seconds that a duration means; raises ValueError for what is none."""
    sign, plain = (-1.0, text[1:]) if text.startswith("-") else (1.0, text)
    parts = _PART.findall(plain)
    if plain != "0" and (not parts or "".join(number + unit for number, unit in parts) != plain):
        raise ValueError(f"{text[:40]!r} is no duration such as 1h30m")
    return sign * sum(float(number) * _SECONDS[unit] for number, unit in parts)
