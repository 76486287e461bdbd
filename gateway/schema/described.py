"""Docstrings as the SDL's descriptions: Strawberry does not read them."""

from inspect import cleandoc
from typing import TypeVar

from strawberry.types.base import StrawberryObjectDefinition

T = TypeVar("T", bound=type)


def described(cls: T) -> T:
    """Give a Strawberry type, and its fields that have resolvers, their docstrings.

    It stands above `@strawberry.type` and its like.
    """
    definition: StrawberryObjectDefinition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    if definition.description is None:
        definition.description = text(cls.__doc__)
    for field in definition.fields:
        if field.description is None and field.base_resolver is not None:
            field.description = text(field.base_resolver.wrapped_func.__doc__)
    return cls


def text(docstring: str | None) -> str | None:
    """A docstring as one paragraph after another, without its indentation."""
    if not docstring:
        return None
    paragraphs = cleandoc(docstring).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
