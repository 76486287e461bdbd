"""How an upstream is doing, as this gateway sees it."""

from enum import StrEnum

import msgspec


class Circuit(StrEnum):
    """Whether calls go out: all of them, none for a while, or one to see."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Health(msgspec.Struct, frozen=True):
    """The last that was seen of an upstream; None where it was never asked.

    `latency` is in seconds, `last_contact` in seconds since the epoch, `last_error` a code.
    """

    reachable: bool | None = None
    latency: float | None = None
    circuit: Circuit = Circuit.CLOSED
    last_error: str | None = None
    last_contact: float | None = None
