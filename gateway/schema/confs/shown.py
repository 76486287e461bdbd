"""Structs → object types: the values are the Structs themselves, and nothing is copied."""

import functools
from collections.abc import Callable
from typing import Any, Final

import msgspec
import strawberry

from gateway.model.confs.parts import Count, Duration, Empty, Percent
from gateway.model.resources import Wire
from gateway.schema.confs.members import Member, Shape, annotation, members
from gateway.schema.described import described
from gateway.schema.resources import Label, Tag
from gateway.schema.scalars import JSON, BigInt

LEAVES: Final[dict[Any, Any]] = {
    str: str,
    bool: bool,
    int: int,
    float: float,
    Duration: Duration,
    Count: BigInt,
    Percent: float,
    Any: JSON,
    Empty: bool,
}
"""The graph's own types by those of the wire."""


class Entry(msgspec.Struct, frozen=True):
    """A value and its key."""

    key: str
    value: Any


@functools.cache
def shape(part: type[Wire]) -> Any:
    """The object type of a Struct, of its name and with its docstring."""
    made = {one.name: (type_of(one), _field(one)) for one in members(part)}
    return _object(part.__name__, part.__doc__, made)


@functools.cache
def _entry(part: type[Wire]) -> Any:
    key = strawberry.field(description="The key.")
    value = strawberry.field(description="The value.")
    made = {"key": (str, key), "value": (shape(part), value)}
    return _object(f"{part.__name__}Entry", Entry.__doc__, made)


def _object(name: str, text: str | None, made: dict[str, tuple[Any, Any]]) -> Any:
    namespace = {
        "__doc__": text,
        "__annotations__": {key: kind for key, (kind, _) in made.items()},
        **{key: field for key, (_, field) in made.items()},
    }
    return described(strawberry.type(type(name, (), namespace)))


def type_of(member: Member) -> Any:
    """The type of a member, which is nullable where it may be left out."""
    found = annotation(member, _one(member))
    nullable = member.shape is Shape.ONE and member.optional and member.leaf is not Empty
    return found | None if nullable else found


def _one(member: Member) -> Any:
    if member.shape is Shape.KEYED:
        return _entry(member.part) if member.part else _pair(member)
    return LEAVES.get(member.leaf) or shape(member.leaf)


def _pair(member: Member) -> Any:
    return Label if member.name == "labels" else Tag


def _field(member: Member) -> Any:
    resolver: Any = _resolver(member)
    return strawberry.field(name=member.shown, description=member.text, resolver=resolver)


def _resolver(member: Member) -> Callable[..., Any] | None:
    name = member.name
    if member.leaf is Empty:

        def present(self: Any) -> Any:
            return getattr(self, name) is not None

        return present
    if member.shape is not Shape.KEYED:
        return None
    pair: Any = _pair(member) if member.part is None else Entry

    def pairs(self: Any) -> Any:
        found = getattr(self, name)
        return [pair(key=key, value=found[key]) for key in sorted(found)]

    return pairs
