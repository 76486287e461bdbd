"""What an upstream says it is and what it stores, as discovery found it."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from gateway.model.kinds import Kind, Noun
from gateway.model.versions import Version


class Product(StrEnum):
    """The software behind an upstream; the value is its word in the settings."""

    KUMA = "kuma"
    NGINX_INSTANCE_MANAGER = "nginx-instance-manager"
    NGINX_SERVICE_MESH = "nginx-service-mesh"


class Served(msgspec.Struct, frozen=True):
    """A kind as one control plane serves it: its row, its path there, whether it may be written."""

    kind: Kind
    path: str
    writable: bool


class ControlPlane(msgspec.Struct, frozen=True, kw_only=True):
    """Who an upstream says it is.

    `counts` holds the sizes of collections by (kind, mesh), with None for all meshes. They are as
    old as the discovery and serve to choose the cheaper of two ways to ask, never to answer.
    """

    name: str
    product: Product
    version_text: str | None = None
    version: Version | None = None
    mode: str | None = None
    read_only: bool | None = None
    environment: str | None = None
    store: str | None = None
    zone: str | None = None
    """The name of the zone that it is the control plane of."""
    federated: bool = False
    """Whether it is a zone's that belongs to a Global."""
    cluster: str | None = None
    """An id that a Global and its zones have in common, from 1.8 on."""
    trusts_its_host: bool = False
    """Whether whoever calls from its own host is its administrator."""
    kinds: Mapping[str, Served] = {}
    counts: Mapping[tuple[str, str | None], int] = {}
    insight: str | None = None
    """The kind whose resources each count what is in one mesh; None where it counts nothing."""
    counted: frozenset[str] = frozenset()
    """The kinds that are counted there."""
    ordered: bool = False
    """Whether it lists by mesh and name, so that a list can be read from a place in it on."""
    tagged: bool = True
    """Whether tags name the services of its dataplanes; else MeshServices alone choose them."""
    found_at: float = 0.0
    """When it was found, by the running loop's clock."""

    by_noun: dict[Noun, tuple[Kind, ...]] = {}
    """The kinds of each noun, as far as they were asked for."""

    def of(self, noun: Noun) -> tuple[Kind, ...]:
        """The kinds that it has of a noun: those that are written before those it counts."""
        found = self.by_noun.get(noun)
        if found is None:
            kinds = [one.kind for one in self.kinds.values() if one.kind.noun is noun]
            kinds.sort(key=lambda kind: not kind.writable)
            found = self.by_noun[noun] = tuple(kinds)
        return found
