"""How far one operation has come: what is still awaited, what failed, what became null of it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from graphql import FragmentDefinitionNode, located_error
from graphql.execution.values import VariableValues

from gateway.execution.order import Failed
from gateway.execution.selections import Asked, Condition

if TYPE_CHECKING:
    from gateway.execution.hops import Hop

Place = tuple[Any, str | int | None, Any, bool]
"""Where a value stands in the response: the place of what holds it, its key or index there, the
container itself, and whether null may stand there."""


Arguments = Callable[[VariableValues], dict[str, Any]]
"""What a field's resolver is given, by the variables of a run."""


Reads = frozenset[tuple[str, ...]] | None
"""The attributes, from a view on, that are read of it; None for everything."""


class Nulled(Exception):
    """Null stands where it may not: what holds it becomes null in its stead."""


class Path(msgspec.Struct, frozen=True):
    """A place as keys and indices, made where it is asked for."""

    place: Place

    def as_list(self) -> list[str | int]:
        """From the root to the place."""
        found: list[str | int] = []
        place: Place | None = self.place
        while place is not None:
            if place[1] is not None:
                found.append(place[1])
            place = place[0]
        return found[::-1]


class Selected(msgspec.Struct, frozen=True):
    """What a resolver may ask of the document."""

    field_nodes: Sequence[Any]
    fragments: Mapping[str, FragmentDefinitionNode]
    place: Place
    reads: Callable[[str], Reads]
    """What the operation reads of the objects of a GraphQL type, by its name."""
    kept: dict[object, Any] | None = None
    """What was found out of these very nodes; None where they are others in each run."""
    alone: bool = False
    """Whether no other field of the operation is resolved until this one is."""

    @property
    def path(self) -> Path:
        """Where the field stands."""
        return Path(self.place)


class Info(msgspec.Struct, frozen=True):
    """What a resolver is told, as much of Strawberry's Info as ours need."""

    context: Any
    _raw_info: Selected


Complete = Callable[[Any, "Progress", Place], Any]
"""What a response holds of a value at a place, which is not null; raises Nulled where it may hold
nothing."""


def _done(_value: Any, _progress: "Progress", _place: Place) -> None:
    """Nothing is left to be completed."""


class Progress:
    """One run of a plan."""

    __slots__ = (
        "_arguments",
        "_cancelled",
        "_done",
        "_first",
        "_hops",
        "_running",
        "_tasks",
        "_variables",
        "context",
        "failed",
        "flags",
    )

    def __init__(self, context: Any, variables: VariableValues) -> None:
        self.context = context
        self.flags = Flags(variables.coerced)
        self.failed: list[Failed] = []
        self._variables = variables
        self._arguments: dict[Arguments, dict[str, Any]] = {}
        self._running = False
        self._cancelled = False
        self._first: list[tuple[Awaitable[Any], Complete, Asked, Place]] = []
        self._hops: dict[Hop, list[tuple[Any, Place]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: asyncio.Future[None] | None = None

    def once(self, arguments: Arguments) -> dict[str, Any]:
        """A field's arguments, made of the variables once in a run."""
        found = self._arguments.get(arguments)
        if found is None:
            found = self._arguments[arguments] = arguments(self._variables)
        return found

    def fail(self, error: Exception, asked: Asked, place: Place) -> None:
        """Tell what failed at a place."""
        path = Path(place).as_list()
        nulled = Path(nullable(place)).as_list()
        located = located_error(error, asked.held(self.flags), path)
        self.failed.append(Failed(located, tuple(nulled)))

    def later(
        self,
        value: Any,
        complete: Complete,
        asked: Asked,
        place: Place,
    ) -> None:
        """Complete a value once it is there; raises the exception that stands for one."""
        if isinstance(value, Exception):
            raise value
        if self._running:
            self._start(self._await(value, complete, asked, place))
        else:
            self._first.append((value, complete, asked, place))

    def _start(self, awaited: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(awaited)
        self._tasks.add(task)
        task.add_done_callback(self._one_less)

    async def _await(
        self, value: Awaitable[Any], complete: Complete, asked: Asked, place: Place
    ) -> None:
        try:
            found = await value
        except Exception as error:
            found = error
        self._settle(found, complete, asked, place)

    def _settle(
        self,
        found: Any,
        complete: Complete,
        asked: Asked,
        place: Place,
    ) -> None:
        try:
            if isinstance(found, Exception):
                raise found
            place[2][place[1]] = complete(found, self, place)
        except Nulled:
            self._null(place)
        except Exception as error:
            self.fail(error, asked, place)
            self._null(place)

    def meet(self, hop: "Hop") -> list[tuple[Any, Place]]:
        """The objects that are completed just now and lead on by a field, each with the place that
        waits for it: whoever is put there is resolved together with the others."""
        met = self._hops.get(hop)
        if met is None:
            met = self._hops[hop] = []
            # It puts what it finds in place by itself.
            self.later(self._follow(hop), _done, hop.asked, (None, None, {}, True))
        return met

    async def _follow(self, hop: "Hop") -> None:
        met = self._hops.pop(hop)
        found: Sequence[Any]
        try:
            info = Info(self.context, hop.selected(self.flags, met[0][1]))
            found = await hop.many([value for value, _ in met], info)
        except Exception as error:
            found = [error] * len(met)
        # Many objects lead to the same: that is completed once.
        seen: dict[int, Any] = {}
        for one, (_, place) in zip(found, met, strict=True):
            if hop.quick is not None:
                try:
                    place[2][place[1]] = hop.quick(one, self.flags, seen)
                    continue
                except Exception:
                    pass
            self._settle(one, hop.complete, hop.asked, place)

    def _one_less(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._cancelled |= task.cancelled()
        done = self._done
        if (self._cancelled or not self._tasks) and done is not None and not done.done():
            done.set_result(None)

    def _null(self, place: Place) -> None:
        _, key, container, _ = nullable(place)
        container[key] = None

    async def finished(self) -> None:
        """Wait for everything that is still awaited; it ends where nobody waits any more."""
        if not self._first:
            return
        self._running = True
        (value, complete, asked, place), *others = self._first
        for one in others:
            self._start(self._await(*one))
        try:
            # One of them needs no task of its own: who calls this waits anyway.
            try:
                found = await value
            except Exception as error:
                found = error
            self._settle(found, complete, asked, place)
            while self._tasks and not self._cancelled:
                self._done = asyncio.get_running_loop().create_future()
                await self._done
            if self._cancelled:
                # By something else than this: what it would have been is not known.
                raise asyncio.CancelledError
        except asyncio.CancelledError:
            for task in self._tasks:
                task.cancel()
            raise
        self._running = False
        self._first = []


def nullable(place: Place) -> Place:
    """The nearest place that may be null, from here up; the root may be, so that there is one."""
    while not place[3]:
        place = place[0]
    return place


class Flags(dict[Condition, bool]):
    """Which conditions hold with these variables, each looked at once; and what a run has `seen`,
    so that what objects have in common is completed once."""

    __slots__ = ("_variables", "seen")

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self.seen: dict[object, Any] = {}

    def __missing__(self, condition: Condition) -> bool:
        held = all(bool(self._variables.get(name)) is wanted for name, wanted in condition)
        self[condition] = held
        return held


class Unusual(dict[type, bool]):
    """Which classes are no values yet but awaited or raised, each looked at once."""

    def __missing__(self, cls: type) -> bool:
        self[cls] = found = issubclass(cls, Exception) or hasattr(cls, "__await__")
        return found
