"""Which kind of gateway a dataplane is, if it is one."""

from enum import StrEnum

from gateway.model.dataplanes import Dataplane


class GatewayKind(StrEnum):
    """What is asked of a dataplane: that it is a gateway, which, or that it is none."""

    ANY = "ANY"
    BUILTIN = "BUILTIN"
    DELEGATED = "DELEGATED"
    NONE = "NONE"


def gateway_kind(dataplane: Dataplane) -> GatewayKind:
    """What a dataplane is; a gateway that does not say which is a delegated one."""
    found = dataplane.network.gateway
    if found is None:
        return GatewayKind.NONE
    return GatewayKind.BUILTIN if found.type == "BUILTIN" else GatewayKind.DELEGATED
