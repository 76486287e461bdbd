"""What Kuma's versions spell differently: a row per change."""

from typing import Final

import msgspec

from gateway.errors import Unsupported
from gateway.model.control_planes import ControlPlane
from gateway.model.versions import Version


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How a range of versions speaks, from `since` to the next row."""

    since: tuple[int, int]
    everywhere: bool = True
    """Whether a kind is listed over all meshes at once; before, in one mesh at a time."""
    overview: str = "/_overview"
    """What an overview's path ends with."""
    overview_total: bool = True
    """Whether an overview list's `total` is the collection's size (kumahq/kuma#7801)."""
    labels: bool = True
    """Whether labels are stored; before, they would be dropped without a word."""
    counts: bool = True
    """Whether a mesh insight counts every kind, not policies alone."""


DIALECTS: Final = (
    Dialect(
        since=(0, 0),
        everywhere=False,
        overview="+insights",
        overview_total=False,
        labels=False,
        counts=False,
    ),
    Dialect(
        since=(0, 5),
        overview="+insights",
        overview_total=False,
        labels=False,
        counts=False,
    ),
    Dialect(since=(2, 5), labels=False, counts=False),
    Dialect(since=(2, 6), counts=False),
    Dialect(since=(2, 9)),
)


def dialect(version: Version | None) -> Dialect:
    """How that version speaks; one that gives no number is taken for the newest."""
    if version is None:
        return DIALECTS[-1]
    return [row for row in DIALECTS if row.since <= version][-1]


def require_labels(found: ControlPlane) -> None:
    """Raise Unsupported where a control plane has no labels."""
    if not dialect(found.version).labels:
        raise Unsupported(
            f"{found.name}: labels need Kuma 2.6 or later; "
            f"this control plane is {found.version_text}",
            upstream=found.name,
        )
