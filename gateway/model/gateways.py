"""Gateways: of which kind a dataplane is, and whose dataplanes and routes a builtin one has."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from gateway.model.dataplanes import Dataplane
from gateway.model.policies import Policy, TagSelector
from gateway.model.resources import Int32, Resource, Stored, Wire
from gateway.model.selectors import best, rank, winner


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


class GatewayListener(Wire, frozen=True):
    """A port of a builtin gateway."""

    hostname: str = ""
    port: Int32 = 0
    protocol: str = ""
    tags: dict[str, str] = {}
    cross_mesh: bool = False


class GatewayConf(Wire, frozen=True):
    """The listeners of a builtin gateway."""

    listeners: tuple[GatewayListener, ...] = ()


class MeshGateway(Stored, frozen=True):
    """The listeners of a builtin gateway, and which dataplanes carry them."""

    selectors: tuple[TagSelector, ...] = ()
    tags: dict[str, str] = {}
    conf: GatewayConf = GatewayConf()


def gateway_of(dataplane: Dataplane, gateways: Iterable[Resource]) -> Resource | None:
    """The MeshGateway whose selector fits a builtin gateway's dataplane best; None elsewhere."""
    found = dataplane.network.gateway
    if found is None or gateway_kind(dataplane) is not GatewayKind.BUILTIN:
        return None
    return winner(
        (one, best((s.match for s in one.content.selectors), (found.tags,))) for one in gateways
    )


def listener_tags(gateway: MeshGateway) -> Iterator[dict[str, str]]:
    """What each listener goes by: tags of the dataplane, then of the gateway, then its own."""
    for selector in gateway.selectors:
        for listener in gateway.conf.listeners:
            yield {**selector.match, **gateway.tags, **listener.tags}


def routes_through(route: Resource, gateway: MeshGateway) -> bool:
    """Whether a route is for a listener of a gateway: by its selectors, or by its targetRef."""
    content: Policy = route.content
    if route.kind.name == "MeshGatewayRoute":
        listeners = list(listener_tags(gateway))
        return any(
            rank(selector.match, tags) is not None
            for selector in content.selectors
            for tags in listeners
        )
    ref = content.spec.target_ref
    if ref is None or ref.kind == "Mesh":
        return ref is None or not ref.proxy_types or "Gateway" in ref.proxy_types
    if ref.kind != "MeshGateway" or ref.name != gateway.name:
        return False
    return not ref.tags or any(
        rank(ref.tags, {**gateway.tags, **one.tags}) is not None for one in gateway.conf.listeners
    )
