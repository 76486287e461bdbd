"""What an Instance Manager is and keeps: it tells its version, and what it keeps is the rows'."""

from collections.abc import Mapping

from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.versions import parse
from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_instance_manager import responses
from gateway.upstreams.nginx_instance_manager.kinds import KINDS

COUNTED = ("Instance", "System")
"""The kinds that many things lead to, of which it pays to know how many there are."""


def control_plane(
    name: str, versions: Answer | None, totals: Mapping[str, int | None]
) -> ControlPlane:
    """Everything that discovery found, as one value."""
    told = responses.version(versions) if versions else None
    return ControlPlane(
        name=name,
        product=Product.NGINX_INSTANCE_MANAGER,
        version_text=told,
        version=parse(told),
        read_only=False,
        kinds={kind.name: Served(kind, kind.path, bool(kind.writable)) for kind in KINDS.values()},
        counts={(kind, None): total for kind, total in totals.items() if total is not None},
    )
