"""Inputs → bodies as control planes want them, and their complaints → paths into the inputs."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from gateway.errors import BadUserInput, MeshgateError
from gateway.model.changes import JSONObject
from gateway.model.kinds import Kind
from gateway.schema.filters import LabelInput, TagInput
from gateway.schema.inputs import (
    ApplyDataplaneInput,
    ApplyExternalServiceInput,
    ApplyMeshInput,
    ApplyZoneInput,
    DataplaneInboundInput,
    DataplaneNetworkingInput,
    DataplaneOutboundInput,
)
from gateway.schema.masks import refuse_mask

_META: Final = ("type", "mesh", "name", "labels")
_PLACES: Final = {"type": "kind"}
_RENAMED: Final = {"networking.inbound": "networking.inbounds"} | {
    "networking.outbound": "networking.outbounds"
}
"""Members that an input names otherwise than the wire does."""


def pairs(found: Iterable[LabelInput | TagInput] | None) -> dict[str, str] | None:
    """Labels or tags as an object; raises BadUserInput where a key comes twice."""
    if found is None:
        return None
    made: dict[str, str] = {}
    for one in found:
        if one.key in made:
            raise BadUserInput(f"{one.key!r} is given twice")
        made[one.key] = one.value
    return made


def said(**members: Any) -> JSONObject:
    """The members that were given; an underscore ends a name that Python keeps for itself."""
    return {key.rstrip("_"): value for key, value in members.items() if value is not None}


def mesh(given: ApplyMeshInput) -> JSONObject:
    """The members of a mesh that are typed."""
    mtls = given.mtls
    if mtls is None:
        return {}
    backends = [said(name=b.name, type=b.type, conf=b.conf) for b in mtls.backends]
    return {"mtls": said(enabledBackend=mtls.enabled_backend, backends=backends)}


def zone(given: ApplyZoneInput) -> JSONObject:
    """The members of a zone that are typed."""
    return said(enabled=given.enabled)


def external_service(given: ApplyExternalServiceInput) -> JSONObject:
    """The members of an external service that are typed."""
    at = given.networking
    return said(networking=said(address=at.address) if at else None, tags=pairs(given.tags))


def dataplane(given: ApplyDataplaneInput) -> JSONObject:
    """The members of a dataplane that are typed."""
    return said(networking=_networking(given.networking) if given.networking else None)


def _networking(given: DataplaneNetworkingInput) -> JSONObject:
    gateway = given.gateway
    return said(
        address=given.address,
        advertisedAddress=given.advertised_address,
        inbound=_each(_inbound, given.inbounds),
        outbound=_each(_outbound, given.outbounds),
        gateway=said(type=gateway.type, tags=pairs(gateway.tags)) if gateway else None,
    )


def _each(spell: Any, given: Iterable[Any] | None) -> list[JSONObject] | None:
    return None if given is None else [spell(one) for one in given]


def _inbound(given: DataplaneInboundInput) -> JSONObject:
    return said(
        port=given.port,
        address=given.address,
        servicePort=given.service_port,
        serviceAddress=given.service_address,
        name=given.name,
        protocol=given.protocol,
        state=given.state,
        tags=pairs(given.tags),
    )


def _outbound(given: DataplaneOutboundInput) -> JSONObject:
    ref = given.backend_ref
    backend = (
        said(kind=ref.kind, name=ref.name, port=ref.port, labels=pairs(ref.labels)) if ref else None
    )
    return said(port=given.port, address=given.address, tags=pairs(given.tags), backendRef=backend)


def body(
    kind: Kind,
    mesh: str | None,
    name: str,
    *,
    labels: Iterable[LabelInput] | None = None,
    typed: Mapping[str, Any] | None = None,
    spec: Any = None,
) -> JSONObject:
    """The whole of a resource as it is PUT: the meta, then what is typed and what is in `spec`."""
    if spec is not None and not isinstance(spec, dict):
        raise BadUserInput("`spec` is an object")
    made: JSONObject = said(type=kind.name, mesh=mesh, name=name, labels=pairs(labels))
    if kind.plugin:
        made["spec"] = spec or {}
    else:
        for key in spec or ():
            if key in _META:
                raise BadUserInput(f"`spec` is the body without the meta, and has no {key!r}")
            if key in (typed or ()):
                raise BadUserInput(f"{key!r} is given both by itself and in `spec`")
        made |= {**(typed or {}), **(spec or {})}
    refuse_mask(made)
    return made


def whole(resource: Any) -> JSONObject:
    """A resource given as one would PUT it; raises BadUserInput where it says not what it is."""
    if not isinstance(resource, dict):
        raise BadUserInput("`resource` is an object with `type`, `name` and the rest")
    for key in ("type", "name"):
        if not isinstance(resource.get(key), str) or not resource[key]:
            raise BadUserInput(f"`resource.{key}` is missing")
    if not isinstance(resource.get("mesh"), str | None):
        raise BadUserInput("`resource.mesh` is the name of a mesh")
    refuse_mask(resource)
    return resource


def placed(error: MeshgateError, typed: Iterable[str] | None) -> MeshgateError:
    """The same error with the control plane's paths into the body as paths into the input.

    `typed` holds the members that were given by themselves; None is an input of the whole body.
    """
    if error.problem is None or not error.problem.invalid_parameters:
        return error
    moved = tuple(
        msgspec.structs.replace(one, field=place(one.field, typed))
        for one in error.problem.invalid_parameters
    )
    error.problem = msgspec.structs.replace(error.problem, invalid_parameters=moved)
    return error


def place(field: str, typed: Iterable[str] | None) -> str:
    """A path into a body as a path into the input that it was made of."""
    if typed is None:
        return f"resource.{field}" if field else "resource"
    head = field.replace("[", ".").split(".", 1)[0]
    if head in {"", "spec", *_META}:
        return _PLACES.get(field, field)
    if head not in typed:
        return f"spec.{field}"
    for wire, ours in _RENAMED.items():
        if field.startswith(wire):
            return ours + field.removeprefix(wire)
    return field
