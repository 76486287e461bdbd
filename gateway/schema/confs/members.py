"""What the members of a Struct are to the graph, read from its annotations once."""

import functools
from collections.abc import Iterator
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec

from gateway.model.policies import TagSelector
from gateway.model.resources import Wire

RENAMED: Final[dict[tuple[type[Wire], str], str]] = {(TagSelector, "match"): "tags"}
"""Members that the graph calls otherwise than the wire does."""


class Shape(Enum):
    """How many values a member has: one, some, or one for each key."""

    ONE = 1
    MANY = 2
    KEYED = 3


class Member(msgspec.Struct, frozen=True):
    """One member: its name in Python, on the wire and in the graph, and what it holds."""

    name: str
    wire: str
    shown: str
    text: str
    shape: Shape
    leaf: Any
    """The type of one value, a Struct among others."""
    optional: bool

    @property
    def part(self) -> type[Wire] | None:
        """The Struct of one value, where it is one."""
        return self.leaf if isinstance(self.leaf, type) and issubclass(self.leaf, Wire) else None


def annotation(member: Member, one: Any) -> Any:
    """The type of a member whose values are each of the type `one`."""
    return one if member.shape is Shape.ONE else list[one]


@functools.cache
def members(part: type[Wire]) -> tuple[Member, ...]:
    """The members of a Struct; raises TypeError for one that says not what it is."""
    return tuple(_members(part))


def _members(part: type[Wire]) -> Iterator[Member]:
    for field in msgspec.structs.fields(part):
        if get_origin(field.type) is not Annotated:
            raise TypeError(f"{part.__name__}.{field.name} has no text")
        held, text = get_args(field.type)[:2]
        wire = field.encode_name
        shown = RENAMED.get((part, field.name), wire)
        # What an old version spells otherwise comes after what it is turned into.
        kinds = get_args(held) if get_origin(held) in {Union, UnionType} else (held,)
        shape, leaf = _held(kinds[0])
        yield Member(field.name, wire, shown, text, shape, leaf, NoneType in kinds or held is Any)


def _held(kind: Any) -> tuple[Shape, Any]:
    match get_origin(kind):
        case built if built is tuple:
            return Shape.MANY, _plain(get_args(kind)[0])
        case built if built is dict:
            return Shape.KEYED, _plain(get_args(kind)[1])
        case _:
            return Shape.ONE, _plain(kind)


def _plain(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind
