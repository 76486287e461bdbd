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
"""What a response holds of a value at a place; raises Nulled where it may hold nothing."""


def completion(
    compiler: "Compiler", parent: str, asked: Asked, kind: GraphQLOutputType
) -> Complete:
    """How values of a field's type are completed."""
    if isinstance(kind, GraphQLNonNull):
        inner = completion(compiler, parent, asked, kind.of_type)
        return never_null(inner, f"{parent}.{asked.name}")
    if isinstance(kind, GraphQLList):
        return each(completion(compiler, parent, asked, kind.of_type), asked, kind)
    if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
        return unless_null(leaf(kind))
    if isinstance(kind, GraphQLObjectType):
        return unless_null(compiler.object(kind, asked.selections))
    return unless_null(by_class(compiler, asked))


def unless_null(complete: Complete) -> Complete:
    """Null stays null."""

    def complete_nullable(value: Any, progress: Progress, place: Place) -> Any:
        return None if value is None else complete(value, progress, place)

    return complete_nullable


def never_null(complete: Complete, field: str) -> Complete:
    """Null is an error."""

    def complete_non_null(value: Any, progress: Progress, place: Place) -> Any:
        completed = None if value is None else complete(value, progress, place)
        if completed is None:
            raise TypeError(f"Cannot return null for non-nullable field {field}.")
        return completed

    return complete_non_null


def leaf(kind: GraphQLScalarType | GraphQLEnumType) -> Complete:
    """A scalar or an enum as it is serialised."""
    serialize = kind.coerce_output_value

    def complete_leaf(value: Any, _progress: Progress, _place: Place) -> Any:
        return serialize(value)

    return complete_leaf


def each(complete: Complete, asked: Asked, kind: GraphQLList[Any]) -> Complete:
    """A list, one item after another; an item that fails is null where it may be."""
    nullable = not isinstance(kind.of_type, GraphQLNonNull)

    def complete_list(values: Any, progress: Progress, place: Place) -> Any:
        if values is None:
            return None
        if isinstance(values, str) or not hasattr(values, "__iter__"):
            raise GraphQLError(f"Expected a list for field '{asked.name}'.")
        out: list[Any] = []
        for index, value in enumerate(values):
            out.append(None)
            try:
                if isinstance(value, Exception):
                    raise value
                out[index] = complete(value, progress, (place, index, out, nullable))
            except Nulled:
                if not nullable:
                    raise
            except Exception as error:
                progress.fail(error, asked, (place, index, out, nullable))
                if not nullable:
                    raise Nulled from None
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
