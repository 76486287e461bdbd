"""Values → what a response holds of them: scalars, enums, lists, and objects by their plans."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
)

from gateway.execution.progress import Nulled, Place, Progress
from gateway.execution.selections import Asked

if TYPE_CHECKING:
    from gateway.execution.compile import Compiler

Complete = Callable[[Any, Progress, Place], Any]
"""What a response holds of a value at a place, which is not null; raises Nulled where it may hold
nothing."""


def completion(
    compiler: "Compiler", parent: str, asked: Asked, kind: GraphQLOutputType
) -> Complete:
    """How values of a type are completed, whether the type allows for null or not."""
    if isinstance(kind, GraphQLNonNull):
        return completion(compiler, parent, asked, kind.of_type)
    if isinstance(kind, GraphQLList):
        inner = completion(compiler, parent, asked, kind.of_type)
        return each(inner, parent, asked, nullable=not isinstance(kind.of_type, GraphQLNonNull))
    if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
        return leaf(kind)
    if isinstance(kind, GraphQLObjectType):
        return compiler.object(kind, asked.selections)
    return by_class(compiler, asked)


def or_null(complete: Complete, parent: str, asked: Asked, *, nullable: bool) -> Complete:
    """The completion of a value that may turn out to be null."""

    def complete_or_null(value: Any, progress: Progress, place: Place) -> Any:
        if value is not None:
            return complete(value, progress, place)
        if not nullable:
            raise no_null(parent, asked)
        return None

    return complete_or_null


def no_null(parent: str, asked: Asked) -> TypeError:
    """The error for null where the schema promises none; in the words of graphql-core."""
    return TypeError(f"Cannot return null for non-nullable field {parent}.{asked.name}.")


def leaf(kind: GraphQLScalarType | GraphQLEnumType) -> Complete:
    """A scalar or an enum as it is serialised."""
    serialize = kind.coerce_output_value

    def complete_leaf(value: Any, _progress: Progress, _place: Place) -> Any:
        return serialize(value)

    return complete_leaf


def each(complete: Complete, parent: str, asked: Asked, *, nullable: bool) -> Complete:
    """A list, one item after another; an item that fails is null where it may be."""

    def complete_list(values: Any, progress: Progress, place: Place) -> Any:
        if isinstance(values, str) or not hasattr(values, "__iter__"):
            raise GraphQLError(f"Expected a list for field '{asked.name}'.")
        out: list[Any] = []
        add = out.append
        for index, value in enumerate(values):
            here = (place, index, out, nullable)
            try:
                if isinstance(value, Exception):
                    raise value
                if value is None and not nullable:
                    raise no_null(parent, asked)
                add(None if value is None else complete(value, progress, here))
            except Nulled:
                if not nullable:
                    raise
                add(None)
            except Exception as error:
                progress.fail(error, asked, here)
                if not nullable:
                    raise Nulled from None
                add(None)
        return out

    return complete_list


def by_class(compiler: "Compiler", asked: Asked) -> Complete:
    """An interface or a union: each value by the plan of its own type."""
    plans: dict[type, Complete] = {}

    def complete_abstract(value: Any, progress: Progress, place: Place) -> Any:
        cls = value.__class__
        plan = plans.get(cls)
        if plan is None:
            plan = plans[cls] = compiler.object(compiler.type_of(cls), asked.selections)
        return plan(value, progress, place)

    return complete_abstract
