"""Keys and values as clients give them → an object of JSON."""

from collections.abc import Iterable
from typing import Any

from gateway.errors import BadUserInput


def pairs(found: Iterable[Any] | None) -> dict[str, Any] | None:
    """Labels, tags or entries as an object; raises BadUserInput where a key comes twice."""
    if found is None:
        return None
    made: dict[str, Any] = {}
    for one in found:
        if one.key in made:
            raise BadUserInput(f"{one.key!r} is given twice")
        made[one.key] = one.value
    return made
