"""Structs → input types, and what was given of them → the JSON of the wire."""

import functools
from typing import Any, Final

import strawberry

from gateway.model.changes import JSONObject
from gateway.model.confs.parts import Empty, Percent
from gateway.model.resources import Wire
from gateway.schema.confs.members import Member, Shape, annotation, members
from gateway.schema.confs.shown import LEAVES
from gateway.schema.described import described
from gateway.schema.filters import LabelInput, TagInput
from gateway.schema.pairs import pairs
from gateway.upstreams.kuma.kinds import KINDS

WRITTEN: Final = (
    "TrafficPermission",
    "TrafficRoute",
    "HealthCheck",
    "MeshTimeout",
    "MeshHTTPRoute",
    "MeshTrafficPermission",
)
"""The kinds whose bodies have an input type; those of all others are given as JSON."""


def member_of(kind: str) -> str:
    """What `PolicyInput` calls a kind."""
    return kind[0].lower() + kind[1:]


@functools.cache
def policy_input() -> Any:
    """The input of a policy's body by its kind."""
    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {"__doc__": "A policy's body by its kind: one of these."}
    for kind in WRITTEN:
        annotations[kind] = given_type(_body(kind)) | None
        namespace[kind] = strawberry.field(
            name=member_of(kind), default=strawberry.UNSET, description=KINDS[kind].summary
        )
    namespace["__annotations__"] = annotations
    return described(strawberry.input(type("PolicyInput", (), namespace), one_of=True))


@functools.cache
def given_type(part: type[Wire]) -> Any:
    """The input type of a Struct, with its docstring."""
    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {"__doc__": part.__doc__, "__annotations__": annotations}
    for one in members(part):
        needed = one.shape is Shape.ONE and not one.optional
        annotations[one.name] = _type(one) if needed else _type(one) | None
        default: dict[str, Any] = {} if needed else {"default": None}
        namespace[one.name] = strawberry.field(name=one.shown, description=one.text, **default)
    return described(strawberry.input(type(f"{part.__name__}Input", (), namespace)))


@functools.cache
def _entry(part: type[Wire]) -> Any:
    namespace = {
        "__doc__": "A value and its key.",
        "__annotations__": {"key": str, "value": given_type(part)},
        "key": strawberry.field(description="The key."),
        "value": strawberry.field(description="The value."),
    }
    return described(strawberry.input(type(f"{part.__name__}EntryInput", (), namespace)))


def _type(member: Member) -> Any:
    return annotation(member, _leaf(member))


def _leaf(member: Member) -> Any:
    if member.shape is Shape.KEYED:
        return _entry(member.part) if member.part else _pair(member)
    return LEAVES.get(member.leaf) or given_type(member.leaf)


def _pair(member: Member) -> Any:
    return LabelInput if member.name == "labels" else TagInput


def _body(kind: str) -> type[Wire]:
    body: type[Wire] = KINDS[kind].body
    return body


def chosen(given: Any) -> tuple[str, JSONObject]:
    """The kind that a `PolicyInput` chose, and its body's members as the wire has them."""
    kind = next(kind for kind in WRITTEN if getattr(given, kind))
    return kind, spelled(getattr(given, kind), _body(kind))


def spelled(given: Any, part: type[Wire]) -> JSONObject:
    """What was given of a Struct as JSON; what was left out, or null, is not there."""
    found = ((one, getattr(given, one.name)) for one in members(part))
    made = {one.wire: _spelled(one, value) for one, value in found if value is not None}
    return {key: value for key, value in made.items() if value is not None}


def _spelled(member: Member, value: Any) -> Any:
    match member.shape:
        case Shape.MANY:
            return [_one(member, one) for one in value]
        case Shape.KEYED if member.part is None:
            return pairs(value)
        case Shape.KEYED:
            keyed = pairs(value) or {}
            return {key: _one(member, one) for key, one in keyed.items()}
        case Shape.ONE:
            return _one(member, value)


def _one(member: Member, value: Any) -> Any:
    if member.leaf is Empty:
        return {} if value else None
    if member.part is not None:
        return spelled(value, member.part)
    if isinstance(value, float):
        return _number(value, as_text=member.leaf is Percent)
    return value


def _number(value: float, *, as_text: bool) -> int | float | str:
    """A number as control planes want it: a whole one as it is, another as text where it may be."""
    if value.is_integer():
        return int(value)
    return str(value) if as_text else value
