"""Scalars and enums as a plan writes them: which go out as they are, and how it looks at others."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLEnumType,
    GraphQLError,
    GraphQLOutputType,
    GraphQLScalarType,
)

from gateway.execution.symbols import bare, is_int32, some

_CLASSES: Mapping[str, type] = {"String": str, "ID": str, "Boolean": bool, "Int": int}


class Unforeseen(Exception):
    """What a quick function does not know; the careful one does."""


class Serialized(dict[Any, Any]):
    """The values of an enum as they go out, each serialised once."""

    def __init__(self, kind: GraphQLEnumType) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, value: Any) -> Any:
        found = self[value] = self._kind.coerce_output_value(value)
        return found


def goes_as_it_is(found: Any, kind: GraphQLScalarType | GraphQLEnumType) -> bool:
    """Whether values that were decoded as this type go out unchanged."""
    if kind.name == "Int":
        return is_int32(found)
    wanted = _CLASSES.get(kind.name)
    if wanted:
        return some(found) is wanted
    return some(found) is str and kind.coerce_output_value is str


def checked(
    name: str, found: Any, kind: GraphQLScalarType | GraphQLEnumType, bind: Callable[[Any], str]
) -> tuple[str, str]:
    """The source of how a leaf goes out, and of when it does not fit."""
    if isinstance(kind, GraphQLEnumType):
        return f"{bind(Serialized(kind))}[{name}]", ""
    wanted = _CLASSES.get(kind.name)
    if wanted is int:
        limits = f"{GRAPHQL_MIN_INT} <= {name} <= {GRAPHQL_MAX_INT}"
        return name, f"({name}.__class__ is not int or not ({limits}))"
    if wanted:
        return name, f"{name}.__class__ is not {wanted.__name__}"
    if kind.coerce_output_value is str:
        return (name, "") if bare(found) is str else (f"{bind(str)}({name})", "")
    return f"{bind(_never_null(kind))}({name})", ""


def settled_leaf(value: Enum, kind: GraphQLOutputType) -> str:
    """The source of an enum's value as it goes out in each run; empty where it does not fit."""
    if not isinstance(kind, GraphQLEnumType):
        return ""
    try:
        found = kind.coerce_output_value(value)
    except GraphQLError:
        return ""
    return repr(found) if type(found) is str else ""


def _never_null(kind: GraphQLScalarType) -> Callable[[Any], Any]:
    serialize = kind.coerce_output_value

    def serialized(value: Any) -> Any:
        found = serialize(value)
        if found is None:
            raise Unforeseen
        return found

    return serialized
