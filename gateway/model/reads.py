"""What an operation reads of each row of a list, so that no more than that is decoded."""

import msgspec

Path = tuple[str, ...]


class Reads(msgspec.Struct, frozen=True):
    """Attributes of a row's content, as paths; one that ends in `""` asks only if it is there.

    `raw` says that the row's own bytes are shown.
    """

    paths: frozenset[Path]
    raw: bool = False


def paths(*dotted: str) -> frozenset[Path]:
    """Paths as they are written: `networking.inbound.tags`."""
    return frozenset(tuple(one.split(".")) for one in dotted)


IDENTITY = paths("name", "mesh")
"""What says where a row stands."""
