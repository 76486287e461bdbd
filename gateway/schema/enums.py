"""Enums of the model as GraphQL shows them: each value described."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

E = TypeVar("E", bound=type[Enum])


def enum(cls: E, name: str, description: str, values: Mapping[str, str]) -> E:
    """The enum itself, known to GraphQL by its keys; every one of them has a sentence."""
    missing = set(cls.__members__) ^ set(values)
    if missing:
        raise ValueError(f"{name}: {missing} has no description, or describes nothing")
    made = strawberry.enum(cls, name=name, description=description)
    definition: StrawberryEnumDefinition = made.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values[value.name]
    return cls
