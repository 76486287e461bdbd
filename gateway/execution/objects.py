"""Objects: the class that an object type shows, and the Structs that an answer holds of it."""

from functools import lru_cache
from typing import Any

import msgspec
from graphql import GraphQLObjectType, GraphQLOutputType
from strawberry.types.base import StrawberryObjectDefinition


def origin_of(kind: GraphQLOutputType) -> type | None:
    """The class whose values an object type shows; None for other types."""
    if not isinstance(kind, GraphQLObjectType):
        return None
    definition: StrawberryObjectDefinition = kind.extensions["strawberry-definition"]
    # Of a generic class there is a type for each of what it is made of, and values of its own.
    return (definition.concrete_of or definition).origin


@lru_cache(maxsize=1024)
def struct_of(keys: tuple[str, ...]) -> type[msgspec.Struct]:
    """A Struct that is encoded as an object of these keys, and takes what is filled in by them."""
    names = {f"f{number}": key for number, key in enumerate(keys)}
    attributes = {key: name for name, key in names.items()}

    def put(out: Any, key: str, value: Any) -> None:
        setattr(out, attributes[key], value)

    return msgspec.defstruct(
        "Object",
        [(name, Any) for name in names],
        namespace={"__setitem__": put},
        rename=names,
        gc=False,
    )
