"""Who may call whom."""

from typing import Annotated

import msgspec

from gateway.model.confs.parts import Connections, InboundMatch, Target, Targeting
from gateway.model.resources import Wire


class TrafficPermission(Connections, frozen=True):
    """The body of a TrafficPermission: that it is there is what allows."""


class MeshTrafficPermissionAction(Wire, frozen=True):
    """What becomes of the traffic."""

    action: Annotated[str | None, "Allow, Deny or AllowWithShadowDeny."] = None


class MeshTrafficPermissionTarget(Target, frozen=True):
    """What becomes of the traffic of some clients."""

    default: Annotated[MeshTrafficPermissionAction | None, "What becomes of it."] = None


class MeshTrafficPermissionConf(Wire, frozen=True):
    """Which clients may call; to deny wins over to allow."""

    allow: Annotated[tuple[InboundMatch, ...], "Clients that may."] = ()
    deny: Annotated[tuple[InboundMatch, ...], "Clients that may not."] = ()
    allow_with_shadow_deny: Annotated[
        tuple[InboundMatch, ...], "Clients that may, and are logged as if they might not."
    ] = ()


class MeshTrafficPermissionRule(Wire, frozen=True):
    """Which clients may call the proxies."""

    default: Annotated[MeshTrafficPermissionConf | None, "Which clients may."] = None


class MeshTrafficPermission(Targeting, frozen=True):
    """The spec of a MeshTrafficPermission."""

    from_: Annotated[tuple[MeshTrafficPermissionTarget, ...], "By who calls; until 3.0."] = (
        msgspec.field(name="from", default=())
    )
    rules: Annotated[
        tuple[MeshTrafficPermissionRule, ...], "By the identity of who calls; since 2.12."
    ] = ()
