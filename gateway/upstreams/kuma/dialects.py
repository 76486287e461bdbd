"""What Kuma's versions spell differently: a row per change."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from gateway.errors import Unsupported
from gateway.model.control_planes import ControlPlane
from gateway.model.tokens import DataplaneToken, UserToken, ZoneToken
from gateway.model.versions import Version
from gateway.upstreams.base import Document


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
    ordered: bool = True
    """Whether pages are cut from a list by mesh and name; 0.7 gives them as its store does."""
    tagged: bool = True
    """Whether inbounds have tags; 3 drops them."""


DIALECTS: Final = (
    Dialect(
        since=(0, 0),
        everywhere=False,
        overview="+insights",
        overview_total=False,
        labels=False,
        counts=False,
        ordered=False,
    ),
    Dialect(
        since=(0, 5),
        overview="+insights",
        overview_total=False,
        labels=False,
        counts=False,
        ordered=False,
    ),
    Dialect(
        since=(1, 1),
        overview="+insights",
        overview_total=False,
        labels=False,
        counts=False,
    ),
    Dialect(since=(2, 5), labels=False, counts=False),
    Dialect(since=(2, 6), counts=False),
    Dialect(since=(2, 9)),
    Dialect(since=(3, 0), tagged=False),
)


KUBERNETES: Final = (2, 3)
"""Since when a resource is shown as a Kubernetes object."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A path that versions from `since` on have, and before `until`."""

    path: str
    since: tuple[int, int]
    until: tuple[int, int] | None = None

    def served_by(self, version: Version | None) -> bool:
        """Whether a version has it; one that gives no number is taken for the newest."""
        at = version or NEWEST
        return self.since <= at and (self.until is None or at < self.until)


class Issuer(Endpoint, frozen=True, kw_only=True):
    """Where a kind of token is made, the members of the body, and since when a later one is known.

    `implied` holds what a member means there that the body has no place for.
    """

    kind: type
    members: Mapping[str, tuple[int, int] | None]
    implied: Mapping[str, Any] = {}


NEWEST: Final = Version(2, 14)

DOCUMENTS: Final[Mapping[Document, Endpoint]] = {
    Document.CONFIGURATION: Endpoint(path="/config", since=(0, 3)),
    Document.SUPPORTED_VERSIONS: Endpoint(path="/versions", since=(1, 1), until=(1, 8)),
    Document.ZONES: Endpoint(path="/status/zones", since=(0, 7), until=(2, 12)),
    Document.GLOBAL_INSIGHT: Endpoint(path="/global-insight", since=(2, 5)),
    Document.IDENTITY: Endpoint(path="/who-am-i", since=(2, 2)),
}
"""Where control planes tell of themselves."""

# `validFor` is of November 2021, and came to 1.4 in a patch (kumahq/kuma#3376).
_OF_DATAPLANES: Final[Mapping[str, tuple[int, int] | None]] = {
    "mesh": None,
    "name": None,
    "tags": None,
    "type": None,
    "valid_for": (1, 4),
    "workload": (2, 13),
}

ISSUERS: Final = (
    # Before 1.0 tokens were made on a port of their own (kumahq/kuma#1115).
    Issuer(kind=DataplaneToken, path="/tokens", since=(1, 0), until=(1, 2), members=_OF_DATAPLANES),
    Issuer(kind=DataplaneToken, path="/tokens/dataplane", since=(1, 2), members=_OF_DATAPLANES),
    Issuer(
        kind=ZoneToken,
        path="/tokens/zone-ingress",
        since=(1, 2),
        until=(1, 8),
        members={"zone": None, "valid_for": (1, 4)},
        implied={"scope": ("ingress",)},
    ),
    Issuer(
        kind=ZoneToken,
        path="/tokens/zone",
        since=(1, 8),
        members={"zone": None, "scope": None, "valid_for": None},
    ),
    Issuer(
        kind=UserToken,
        path="/tokens/user",
        since=(1, 4),
        members={"name": None, "groups": None, "valid_for": None},
    ),
)
"""Where each version makes which tokens, and of what."""


@lru_cache(maxsize=64)
def dialect(version: Version | None) -> Dialect:
    """How that version speaks; one that gives no number is taken for the newest."""
    at = version or NEWEST
    return [row for row in DIALECTS if row.since <= at][-1]


def require_labels(found: ControlPlane) -> None:
    """Raise Unsupported where a control plane has no labels."""
    if not dialect(found.version).labels:
        raise Unsupported(
            f"{found.name}: labels need Kuma 2.6 or later; "
            f"this control plane is {found.version_text}",
            upstream=found.name,
        )
