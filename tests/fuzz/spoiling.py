"""Values made wrong: one of their parts is another, too much, or not there."""

from collections.abc import Sequence
from random import Random
from typing import Any

ODD: Sequence[Any] = (None, "x", "", 7, -1, 2**40, 1.5, True, [], [None], [[1]], {}, {"no": 1})


def spoilt(value: Any, random: Random) -> Any:
    """The value with another in the place of one of its parts, or of all of it."""
    if isinstance(value, list) and value and random.random() < 0.8:
        place = random.randrange(len(value))
        return [spoilt(it, random) if at == place else it for at, it in enumerate(value)]
    if isinstance(value, dict) and value and random.random() < 0.8:
        key = random.choice(list(value))
        match random.randrange(5):
            case 0:
                return {name: it for name, it in value.items() if name != key}
            case 1:
                return {**value, random.choice(("no", f"{key}s")): 1}
            case _:
                return {**value, key: spoilt(value[key], random)}
    return random.choice(ODD)
