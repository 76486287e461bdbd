"""The ways in which objects of a type are completed: quick where all is usual, else careful."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    get_nullable_type,
    is_leaf_type,
)

from gateway.execution.classes import kernel_of
from gateway.execution.completion import Quick
from gateway.execution.hops import Lead, Met
from gateway.execution.leaves import Unforeseen
from gateway.execution.progress import Complete, Flags, Place, Progress, Reads
from gateway.execution.selections import Asked

if TYPE_CHECKING:
    from gateway.execution.compile import Compiler


class Made(NamedTuple):
    """How objects of a type are completed: at a place; quickly, where all of it can be but for
    `leads`, which are null then; and what is read of each below itself, None standing for
    everything."""

    complete: Complete
    quick: Quick | None
    reads: Reads
    leads: tuple[Lead, ...] = ()
    kernel: Quick | None = None
    """The same for what a view would be made of: the view is not."""


class Ways(dict[type, Quick]):
    """The quick functions of a type or an abstract type's types, each made once.

    What leads on is left open by those that are `open`, and to be met by whoever calls them. Those
    with a `kernel` are given what a view would be made of by that name; the view is not made.
    """

    def __init__(
        self,
        compiler: "Compiler",
        kind: GraphQLOutputType,
        asked: Asked,
        *,
        is_open: bool = False,
        kernel: str = "",
    ) -> None:
        super().__init__()
        self._compiler = compiler
        self._kind = kind
        self._asked = asked
        self._is_open = is_open
        self._kernel = kernel
        self.leads: dict[type, tuple[Lead, ...]] = {}

    def __missing__(self, cls: type) -> Quick:
        kind = self._kind
        if not isinstance(kind, GraphQLObjectType):
            kind = self._compiler.possible(kind, cls)  # type: ignore[arg-type]
        made = self._compiler.made(kind, self._asked.selections)
        found = made.quick if self._is_open or not made.leads else None
        if self._kernel:
            found = found and made.kernel if kernel_of(cls) == self._kernel else None
        if found and made.leads:
            self.leads[cls] = made.leads
        self[cls] = found or unforeseen
        return self[cls]

    def meet(
        self,
        values: Sequence[Any],
        out: Sequence[Any],
        progress: Progress,
        place: Place,
        *,
        null: bool,
    ) -> None:
        """Let what was left open in `out` be filled in; `null` says whether an item may be null."""
        flags = progress.flags
        rows = list(zip(count(), values, out))
        for cls, leads in self.leads.items():
            ours = [it for it in rows if it[1].__class__ is cls] if len(self) > 1 else rows
            for hop, nullable in leads if ours else ():
                if hop.asked.condition and not flags[hop.asked.condition]:
                    continue
                key = hop.asked.key
                progress.meet(hop).extend(
                    [
                        (value, ((place, index, out, null), key, one, nullable))
                        for index, value, one in ours
                    ]
                )


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
        found = seen.get(id(values))
        if found is None:
            if values.__class__ not in (list, tuple):
                raise Unforeseen
            found = seen[id(values)] = [one(value, flags, seen) for value in values]
        return found

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
