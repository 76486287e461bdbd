"""Fields that lead from many objects to others, and are resolved for all of them at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import FragmentDefinitionNode, GraphQLField

from gateway.execution.progress import Flags, Place, Progress, Reads, Selected
from gateway.execution.selections import Asked

Met = Callable[[Any, Flags, dict[int, Any]], Any]
"""What a response holds of what a hop has met, by what it holds of all that it met before; raises
where anything is unusual."""


class Hop:
    """A field that is resolved for many objects at once."""

    __slots__ = ("_fragments", "_kept", "_reads", "asked", "complete", "many", "quick")

    def __init__(
        self,
        many: Callable[[Sequence[Any], Any], Awaitable[Sequence[Any]]],
        complete: Callable[[Any, Progress, Place], Any],
        asked: Asked,
        fragments: Mapping[str, FragmentDefinitionNode],
        reads: Callable[[str], Reads],
        quick: Met | None = None,
    ) -> None:
        self.many = many
        self.quick = quick
        self.complete = complete
        self.asked = asked
        self._fragments = fragments
        self._reads = reads
        self._kept: dict[object, Any] = {}

    def selected(self, flags: Flags, place: Place) -> Selected:
        """What the resolver may ask of the document."""
        kept = None if self.asked.varies else self._kept
        held = self.asked.held(flags)
        return Selected(held, self._fragments, place, self._reads, kept)


class Lead(NamedTuple):
    """A field of an object type that is a hop, and whether null may stand there."""

    hop: Hop
    nullable: bool


def resolver_of(row: GraphQLField) -> object:
    """The function below a field's resolver."""
    resolver = row.extensions["strawberry-definition"].base_resolver
    return resolver and resolver.wrapped_func


def many_of(row: GraphQLField) -> Any:
    """The function that resolves a field for many objects at once; None where it has none."""
    return None if row.args else getattr(resolver_of(row), "many", None)
