"""What an operation reads of each row of a list, so that no more than that is decoded."""

import msgspec

Path = tuple[str, ...]


class Reads(msgspec.Struct, frozen=True):
    """Attributes of a row's content, as paths; one that ends in `""` asks only if it is there.

    `raw` says that the row's own bytes are shown.
    """

    paths: frozenset[Path]
    raw: bool = False


def either(one: Reads | None, other: Reads | None) -> Reads | None:
    """What is read where both are wanted."""
    if one is None or other is None:
        return None
    return Reads(one.paths | other.paths, one.raw or other.raw)


def holds(one: Reads | None, other: Reads | None) -> bool:
    """Whether who reads the one has the other."""
    return one is None or (other is not None and either(one, other) == one)


def paths(*dotted: str) -> frozenset[Path]:
    """Paths as they are written: `networking.inbound.tags`."""
    return frozenset(tuple(one.split(".")) for one in dotted)


IDENTITY = paths("name", "mesh")
"""What says where a row stands."""
