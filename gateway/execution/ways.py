"""The ways in which objects of a type are completed: quick where all is usual, else careful."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    get_nullable_type,
    is_leaf_type,
)

from gateway.execution.completion import Complete, Quick
from gateway.execution.leaves import Unforeseen
from gateway.execution.progress import Flags, Met, Place, Progress, Reads
from gateway.execution.selections import Asked

if TYPE_CHECKING:
    from gateway.execution.compile import Compiler


class Made(NamedTuple):
    """How objects of a type are completed: at a place; quickly, where all of it can be; and what
    is read of each below itself, None standing for everything."""

    complete: Complete
    quick: Quick | None
    reads: Reads


class Ways(dict[type, Quick]):
    """The quick functions of a type or an abstract type's types, each made once."""

    def __init__(self, compiler: "Compiler", kind: GraphQLOutputType, asked: Asked) -> None:
        super().__init__()
        self._compiler = compiler
        self._kind = kind
        self._asked = asked

    def __missing__(self, cls: type) -> Quick:
        kind = self._kind
        if not isinstance(kind, GraphQLObjectType):
            kind = self._compiler.possible(kind, cls)  # type: ignore[arg-type]
        found = self[cls] = self._compiler.made(kind, self._asked.selections).quick or unforeseen
        return found


def met(compiler: "Compiler", kind: GraphQLOutputType, asked: Asked) -> Met | None:
    """What a response holds of objects that may have been met before, or of lists of them."""
    nullable = get_nullable_type(kind)
    is_list = isinstance(nullable, GraphQLList)
    item = get_nullable_type(nullable.of_type) if isinstance(nullable, GraphQLList) else nullable
    if is_leaf_type(item) or isinstance(item, GraphQLList):
        return None
    ways = compiler.ways(item, asked)  # type: ignore[arg-type]

    def one(value: Any, flags: Flags, seen: dict[int, Any]) -> Any:
        found = seen.get(id(value))
        if found is None:
            found = seen[id(value)] = ways[value.__class__](value, flags)
        return found

    def each(values: Any, flags: Flags, seen: dict[int, Any]) -> Any:
        if values.__class__ not in (list, tuple):
            raise Unforeseen
        return [one(value, flags, seen) for value in values]

    return each if is_list else one


def unforeseen(_value: Any, _flags: Flags) -> Any:
    """Raise Unforeseen: there is no quick way."""
    raise Unforeseen


def lazy(make: Callable[[], Complete]) -> Complete:
    """A function that is made when it is first called."""
    made: list[Complete] = []

    def complete(value: Any, progress: Progress, place: Place) -> Any:
        if not made:
            made.append(make())
        return made[0](value, progress, place)

    return complete
