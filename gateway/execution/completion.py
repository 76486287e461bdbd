"""Values → what a response holds of them: scalars, enums, lists, and objects by their plans."""

from collections.abc import Callable
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLUnionType,
    get_nullable_type,
    is_leaf_type,
)
from graphql.pyutils import is_iterable

from gateway.execution.progress import Complete, Flags, Nulled, Place, Progress
from gateway.execution.selections import Asked

if TYPE_CHECKING:
    from gateway.execution.compile import Compiler
    from gateway.execution.ways import Ways

Quick = Callable[[Any, Flags], Any]
"""What a response holds of a value, by these conditions; raises where anything is unusual."""


def completion(
    compiler: "Compiler", parent: str, asked: Asked, kind: GraphQLOutputType
) -> Complete:
    """How values of a type are completed, whether the type allows for null or not."""
    if isinstance(kind, GraphQLNonNull):
        return completion(compiler, parent, asked, kind.of_type)
    if isinstance(kind, GraphQLList):
        inner = completion(compiler, parent, asked, kind.of_type)
        nullable = not isinstance(kind.of_type, GraphQLNonNull)
        careful = each(compiler, inner, parent, asked, nullable=nullable)
        item = get_nullable_type(kind.of_type)
        return (
            careful
            if is_leaf_type(item) or isinstance(item, GraphQLList)
            else quickly(compiler.ways(item, asked, is_open=True), careful, nullable=nullable)
        )
    if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
        return leaf(kind)
    if isinstance(kind, GraphQLObjectType):
        return compiler.made(kind, asked.selections).complete
    return by_class(compiler, kind, asked)


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
        found = serialize(value)
        if found is None:
            raise TypeError(f"{kind} made null of a value")
        return found

    return complete_leaf


def each(
    compiler: "Compiler", complete: Complete, parent: str, asked: Asked, *, nullable: bool
) -> Complete:
    """A list, one item after another; an item that fails is null where it may be."""
    unusual = compiler.unusual
    awaited = or_null(complete, parent, asked, nullable=nullable)

    def complete_list(values: Any, progress: Progress, place: Place) -> Any:
        if values.__class__ is not list and not is_iterable(values):
            raise GraphQLError(f"Expected a list for field '{asked.name}'.")
        out: list[Any] = []
        add = out.append
        for index, value in enumerate(values):
            here = (place, index, out, nullable)
            try:
                if value is None:
                    if not nullable:
                        raise no_null(parent, asked)
                    add(None)
                elif unusual[value.__class__]:
                    progress.later(value, awaited, asked, here)
                    add(None)
                else:
                    add(complete(value, progress, here))
            except Nulled:
                if not nullable:
                    close(values, index)
                    raise
                add(None)
            except Exception as error:
                progress.fail(error, asked, here)
                if not nullable:
                    close(values, index)
                    raise Nulled from None
                add(None)
        return out

    return complete_list


def quickly(ways: "Ways", careful: Complete, *, nullable: bool) -> Complete:
    """A list of objects, all of them the quick way or all of them the careful one."""

    def complete_list(values: Any, progress: Progress, place: Place) -> Any:
        if values.__class__ is list:
            flags = progress.flags
            try:
                out = [ways[value.__class__](value, flags) for value in values]
            except Exception:
                return careful(values, progress, place)
            if ways.leads:
                ways.meet(values, out, progress, place, null=nullable)
            return out
        return careful(values, progress, place)

    return complete_list


def close(values: Any, reached: int) -> None:
    """Let go of the coroutines of a list that nobody will await."""
    for value in values[reached + 1 :] if isinstance(values, list | tuple) else ():
        if isinstance(value, CoroutineType):
            value.close()


def by_class(
    compiler: "Compiler", kind: GraphQLInterfaceType | GraphQLUnionType, asked: Asked
) -> Complete:
    """An interface or a union: each value by the plan of its own type."""
    plans: dict[type, Complete] = {}

    def complete_abstract(value: Any, progress: Progress, place: Place) -> Any:
        cls = value.__class__
        plan = plans.get(cls)
        if plan is None:
            plan = plans[cls] = compiler.made(
                compiler.possible(kind, cls), asked.selections
            ).complete
        return plan(value, progress, place)

    return complete_abstract
