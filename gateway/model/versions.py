"""Versions of upstreams: what a row's `since` and `until` are compared with."""

import re
from typing import NamedTuple

_NUMBERS = re.compile(r"v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?")


class Version(NamedTuple):
    """A release by its numbers; `3.0.0-dev` counts as 3.0.0: it already dropped what 3 drops."""

    major: int
    minor: int = 0
    patch: int = 0

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def parse(text: str | None) -> Version | None:
    """The version that a text like `2.14.3` or `v3.0.0-dev` names; None where it names none.

    Builds between releases call themselves 0.0.0, which names none either.
    """
    found = _NUMBERS.match(text or "")
    numbers = Version(*(int(part or 0) for part in found.groups())) if found else None
    return numbers if numbers and any(numbers) else None
