"""Inputs → bodies as control planes want them, and their complaints → paths into the inputs."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from gateway.errors import BadUserInput, MeshgateError
from gateway.model.changes import Apply, JSONObject
from gateway.model.kinds import Kind
from gateway.model.resources import ResourceKey
from gateway.schema.confs.given import chosen, member_of
from gateway.schema.filters import LabelInput
from gateway.schema.inputs import (
    ApplyDataplaneInput,
    ApplyExternalServiceInput,
    ApplyMeshInput,
    ApplyPolicyInput,
    ApplyZoneInput,
    DataplaneInboundInput,
    DataplaneNetworkingInput,
    DataplaneOutboundInput,
)
from gateway.schema.masks import refuse_mask
from gateway.schema.pairs import pairs

_META: Final = ("type", "mesh", "name", "labels")
_PLACES: Final = {"type": "kind"}
_RENAMED: Final = {"networking.inbound": "networking.inbounds"} | {
    "networking.outbound": "networking.outbounds"
}
"""Members that an input names otherwise than the wire does."""
_SELECTED: Final = re.compile(r"^((?:sources|destinations)\[\d+\])\.match")
"""The tags of a selector, which are `match` on the wire."""


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


def policy(given: ApplyPolicyInput) -> tuple[str, JSONObject, str]:
    """The kind of a policy, its members that are typed, and where in the input they stand.

    Raises BadUserInput where nothing says the kind, or two things say two.
    """
    if given.policy is None:
        if given.kind is None:
            raise BadUserInput("say of which `kind` it is, or give its body in `policy`")
        return given.kind, {}, ""
    kind, typed = chosen(given.policy)
    if given.kind not in {None, kind}:
        raise BadUserInput(f"`kind` is {given.kind!r}, and `policy` is of another")
    return kind, typed, f"policy.{member_of(kind)}"


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
    made: JSONObject = {"type": kind.name}
    if mesh is not None:
        made["mesh"] = mesh
    made["name"] = name
    if labels is not None:
        made["labels"] = pairs(labels)
    typed, spec = typed or {}, spec or {}
    if not kind.plugin and not spec.keys().isdisjoint(_META):
        key = next(it for it in spec if it in _META)
        raise BadUserInput(f"`spec` is the body without the meta, and has no {key!r}")
    if not spec.keys().isdisjoint(typed):
        key = next(it for it in spec if it in typed)
        raise BadUserInput(f"{key!r} is given both by itself and in `spec`")
    content = {**typed, **spec}
    made |= {"spec": content} if kind.plugin else content
    return made


def applied(key: ResourceKey, body: JSONObject) -> Apply:
    """The write of a body; raises BadUserInput where a key in it is masked."""
    return Apply(key, body, refuse_mask(body))


def whole(resource: Any) -> JSONObject:
    """A resource given as one would PUT it; raises BadUserInput where it says not what it is."""
    if not isinstance(resource, dict):
        raise BadUserInput("`resource` is an object with `type`, `name` and the rest")
    for key in ("type", "name"):
        if not isinstance(resource.get(key), str) or not resource[key]:
            raise BadUserInput(f"`resource.{key}` is missing")
    if not isinstance(resource.get("mesh"), str | None):
        raise BadUserInput("`resource.mesh` is the name of a mesh")
    return resource


def placed(error: MeshgateError, typed: Iterable[str] | None, under: str = "") -> MeshgateError:
    """The same error with the control plane's paths into the body as paths into the input.

    `typed` holds the members that were given by themselves, in the input's member `under` if it
    names one; None is an input of the whole body.
    """
    if error.problem is None or not error.problem.invalid_parameters:
        return error
    moved = tuple(
        msgspec.structs.replace(one, field=place(one.field, typed, under))
        for one in error.problem.invalid_parameters
    )
    error.problem = msgspec.structs.replace(error.problem, invalid_parameters=moved)
    return error


def place(field: str, typed: Iterable[str] | None, under: str = "") -> str:
    """A path into a body as a path into the input that it was made of."""
    if typed is None:
        return f"resource.{field}" if field else "resource"
    inner = field.removeprefix("spec.")
    head = inner.replace("[", ".").split(".", 1)[0]
    if under and head in typed:
        return f"{under}." + _SELECTED.sub(r"\1.tags", inner)
    if inner != field or head in {"", "spec", *_META}:
        return _PLACES.get(field, field)
    if head not in typed:
        return f"spec.{field}"
    for wire, ours in _RENAMED.items():
        if field.startswith(wire):
            return ours + field.removeprefix(wire)
    return field
