"""What an upstream says it is and what it stores, as discovery found it."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from gateway.model.kinds import Kind
from gateway.model.versions import Version


class Product(StrEnum):
    """The software behind an upstream; the value is its word in the settings."""

    KUMA = "kuma"
    NGINX_INSTANCE_MANAGER = "nginx-instance-manager"


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
    kinds: Mapping[str, Served] = {}
    counts: Mapping[tuple[str, str | None], int] = {}
    found_at: float = 0.0
    """When it was found, by the running loop's clock."""
