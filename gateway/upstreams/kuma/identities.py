"""Whom a control plane takes us for, and whether that is for where we are."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import msgspec

from gateway.model.identities import Identity

ADMIN: Final = "mesh-system:admin"
ANONYMOUS: Final = "mesh-system:anonymous"


class Who(msgspec.Struct):
    """`GET /who-am-i`, from 2.2 on."""

    name: str = ""
    groups: tuple[str, ...] = ()

    @property
    def administrator(self) -> bool:
        """Whether it is the administrator, by name or by a group."""
        return self.name == ADMIN or ADMIN in self.groups


def is_loopback(url: str) -> bool:
    """Whether an address leads to the host that it is used on."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def identity(who: Who, *, by_host: bool) -> Identity:
    """Whom the control plane says that it takes a caller for."""
    return Identity(
        name=who.name or None,
        groups=who.groups,
        administrator=who.administrator,
        by_host=by_host,
    )
