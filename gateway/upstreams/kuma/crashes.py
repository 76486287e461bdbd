"""Requests that make a control plane drop the connection: refused before they are sent.

Each was seen in one release, and is taken to be so in all of its minor.
"""

from typing import Final

import msgspec

from gateway.errors import Unsupported
from gateway.model.control_planes import ControlPlane


class Crash(msgspec.Struct, frozen=True):
    """A request that control planes from `since` and before `until`, in a mode, do not survive."""

    what: str
    """What is asked: a verb and a kind, or the name of an endpoint."""
    since: tuple[int, int]
    until: tuple[int, int]
    mode: str | None = None
    """The mode in which it is so; None for any."""


CRASHES: Final = (Crash("DELETE Zone", (1, 1), (1, 2), "standalone"),)


def refuse(what: str, found: ControlPlane) -> None:
    """Raise Unsupported where a control plane would drop the connection instead of answering."""
    for row in CRASHES:
        at = found.version
        if row.what != what or not at or not row.since <= at < row.until:
            continue
        if row.mode in (None, found.mode):
            raise Unsupported(
                f"{found.name}: {what} makes a control plane of {found.version_text} drop the "
                f"connection; it takes Kuma {'.'.join(map(str, row.until))}",
                upstream=found.name,
            )
