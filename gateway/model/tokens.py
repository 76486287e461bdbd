"""Tokens that a control plane is asked to make, for proxies, zones and users."""

from collections.abc import Mapping

import msgspec


class DataplaneToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token with which a proxy proves that it is a dataplane: any of a mesh that fits.

    `valid_for` is a Go duration; without it the control plane decides.
    """

    mesh: str
    name: str | None = None
    tags: Mapping[str, tuple[str, ...]] | None = None
    type: str | None = None
    workload: str | None = None
    valid_for: str | None = None


class ZoneToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token with which the proxies of a zone prove whose they are, each scope for one kind."""

    zone: str
    scope: tuple[str, ...] | None = None
    valid_for: str | None = None


class UserToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token with which somebody asks the control plane's own API."""

    name: str
    groups: tuple[str, ...] | None = None
    valid_for: str


TokenOrder = DataplaneToken | ZoneToken | UserToken


class Token(msgspec.Struct, frozen=True):
    """A token as it was made, and when it ends, in seconds since the epoch, where it says so."""

    text: str
    expires_at: float | None = None

    def __repr__(self) -> str:
        """Nothing of the text: what is printed may be kept."""
        return f"Token(expires_at={self.expires_at})"
