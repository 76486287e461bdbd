"""Which generation of NGINX Service Mesh answers, and what it stores, read from what it says."""

from collections.abc import Mapping

import msgspec

from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.versions import parse
from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_service_mesh.dialects import Dialect
from gateway.upstreams.nginx_service_mesh.kinds import MESH, POLICIES, SERVICE, WORKLOAD
from gateway.upstreams.nginx_service_mesh.responses import MALFORMED


class Found(ControlPlane, frozen=True, kw_only=True):
    """What discovery found of one install."""

    speaks: Dialect
    mesh: str | None = None
    """The name of its mesh; None where the configuration was not to be had."""


class Said(msgspec.Struct, rename="camel"):
    """What tells one answer to a probe from another: a list of resources, or a configuration."""

    kind: str = ""
    access_control_mode: str | None = None


def speaks(dialect: Dialect, answer: Answer) -> bool:
    """Whether an answer to a generation's probe is that generation's."""
    if answer.status != 200:
        return False
    try:
        said = msgspec.json.decode(answer.body, type=Said, strict=False)
    except MALFORMED:
        return False
    if dialect.probe.endswith("/config"):
        return said.access_control_mode is not None
    return said.kind == "APIResourceList"


def version(components: Mapping[str, tuple[str, ...]]) -> str | None:
    """The version that all components run; None while they differ, as during an upgrade."""
    found = {one for versions in components.values() for one in versions}
    return found.pop() if len(found) == 1 else None


def control_plane(
    name: str,
    dialect: Dialect,
    mesh: str | None,
    components: Mapping[str, tuple[str, ...]],
    *,
    kubernetes: bool,
) -> Found:
    """Everything that discovery found, as one value."""
    told = (MESH, SERVICE, WORKLOAD) if dialect.rest else (MESH,)
    kinds = (*told, *(POLICIES if kubernetes else ()))
    text = version(components)
    return Found(
        name=name,
        product=Product.NGINX_SERVICE_MESH,
        version_text=text,
        version=parse(text),
        read_only=not dialect.rest,
        kinds={
            kind.name: Served(kind, kind.path, writable=dialect.rest and kind is MESH)
            for kind in kinds
        },
        speaks=dialect,
        mesh=mesh,
    )
