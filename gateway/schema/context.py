"""What an operation carries through its resolvers."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, wraps
from typing import Any, Final, TypeAlias, TypeVar

import strawberry
from graphql import FieldNode, FragmentSpreadNode, GraphQLError, SelectionSetNode

from gateway.errors import BadUserInput, MeshgateError, Unsupported
from gateway.loaders import Loaders
from gateway.model.kinds import Kind, Noun
from gateway.model.reads import Path, Reads, paths
from gateway.model.resources import ResourceKey
from gateway.settings import OperationSettings
from gateway.upstreams.base import Adapter, Operation

A = TypeVar("A", bound=Adapter)
T = TypeVar("T")


class Context:
    """One operation: what it has loaded, and the faults that left a part of its answer empty.

    The upstreams are in the order of their names.
    """

    def __init__(
        self, upstreams: Mapping[str, Adapter], operation: Operation, limits: OperationSettings
    ) -> None:
        self.upstreams = upstreams
        self.operation = operation
        self.limits = limits
        self.loaders = Loaders(upstreams, operation)
        self.faults: list[GraphQLError] = []
        self.failed = operation.failed
        self._kinds: dict[tuple[str, Noun], str] = {}

    def upstream(self, name: str) -> Adapter:
        """The upstream of that name; raises BadUserInput naming those that there are."""
        try:
            return self.upstreams[name]
        except KeyError:
            names = ", ".join(sorted(self.upstreams))
            raise BadUserInput(f"no control plane is called {name!r}; there are: {names}") from None

    def chosen(self, name: str | None) -> Sequence[Adapter]:
        """The upstreams that a filter leaves, by their names."""
        if name is not None:
            return (self.upstream(name),)
        return tuple(self.upstreams.values())

    def sole(self, name: str | None) -> Adapter | None:
        """The one upstream that can be meant whatever is looked up; None where there are several.

        Raises BadUserInput for a name that none has.
        """
        if name is not None:
            return self.upstream(name)
        return next(iter(self.upstreams.values())) if len(self.upstreams) == 1 else None

    async def only(
        self, name: str | None, wanted: str | Noun, *, to_write: bool = False
    ) -> Adapter:
        """The one upstream that can be meant where a kind, or a noun, is looked up or written.

        To be written it goes to those that let it be, where there are any.

        Raises BadUserInput naming those that could be, where there are several.
        """
        sole = self.sole(name)
        if sole is not None:
            return sole
        upstreams = self.chosen(name)
        serving = await asyncio.gather(*(self._serves(one, wanted) for one in upstreams))
        able = [one for one, serves in zip(upstreams, serving, strict=True) if serves]
        if to_write:
            able = [one for one in able if self._lets_write(one, wanted)] or able
        if len(able) == 1:
            return able[0]
        if not able:
            raise Unsupported(f"no control plane stores the kind {str(wanted)!r}")
        names = ", ".join(one.name for one in able)
        raise BadUserInput(f"several control planes could be meant; name one of: {names}")

    def of_product(self, name: str | None, product: type[A]) -> A:
        """The one upstream of a product that can be meant.

        Raises BadUserInput where several could be or the name is another product's, Unsupported
        where none is configured.
        """
        able = [one for one in self.chosen(name) if isinstance(one, product)]
        if len(able) == 1:
            return able[0]
        if name is not None:
            raise BadUserInput(f"{name} is not of the product {product.product}")
        if not able:
            raise Unsupported(f"no control plane of the product {product.product} is configured")
        names = ", ".join(one.name for one in able)
        raise BadUserInput(f"several control planes could be meant; name one of: {names}")

    async def _serves(self, upstream: Adapter, wanted: str | Noun) -> bool:
        """Whether it stores the kind, or one of the noun, as far as it will say."""
        try:
            found = await upstream.control_plane(self.operation)
        except MeshgateError:
            return True
        return bool(found.of(wanted)) if isinstance(wanted, Noun) else wanted in found.kinds

    def _lets_write(self, upstream: Adapter, kind: str) -> bool:
        known = upstream.known(self.operation.viewer)
        return known is None or (kind in known.kinds and known.kinds[kind].writable)

    def known_kinds(self, upstream: Adapter, noun: Noun) -> Sequence[Kind]:
        """The same as `kinds` has, where that is known and there are any."""
        known = upstream.known(self.operation.viewer)
        return known.of(noun) if known is not None else ()

    async def kinds(self, upstream: Adapter, noun: Noun) -> Sequence[Kind]:
        """The kinds that an upstream stores of a noun; raises Unsupported where it stores none."""
        found = await upstream.control_plane(self.operation)
        return found.of(noun) or (upstream.served(found, noun.value).kind,)

    def key(self, upstream: str, noun: Noun, name: str | None) -> ResourceKey | None:
        """Where a mesh or a zone is that a resource of the same upstream names, if it names one."""
        if not name:
            return None
        kind = self._kinds.get((upstream, noun))
        if kind is None:
            known = self.upstreams[upstream].known(self.operation.viewer)
            kinds = known.of(noun) if known else ()
            kind = self._kinds[upstream, noun] = kinds[0].name if kinds else noun.value
        return ResourceKey(upstream, kind, None, name)

    def type_name(self, key: ResourceKey) -> str:
        """The type that shows a resource; empty where its kind is not known."""
        known = self.upstreams[key.upstream].known(self.operation.viewer)
        served = known.kinds.get(key.kind) if known else None
        return served.kind.type_name if served else ""

    def fault(self, error: MeshgateError, info: "Info") -> None:
        """Put a failure beside an answer that stands without its part."""
        raw = info._raw_info
        self.faults.append(
            GraphQLError(
                error.message, raw.field_nodes, path=raw.path.as_list(), original_error=error
            )
        )


Info: TypeAlias = strawberry.Info[Context, None]


def asks_alone(info: Info) -> bool:
    """Whether nothing else of the operation can want anything until this field is resolved."""
    return getattr(info._raw_info, "alone", False)


def once_for_nodes(find: Callable[..., T]) -> Callable[..., T]:
    """A function of a field's Info and what can be a key, which is the same in each run.

    What it finds is kept with the plan.
    """

    @wraps(find)
    def found(info: Info, *given: object) -> T:
        raw = info._raw_info
        kept: dict[object, T] | None = getattr(raw, "kept", None)
        if kept is None:
            return find(info, *given)
        key = (find, id(raw.field_nodes), given)
        if key not in kept:
            kept[key] = find(info, *given)
        return kept[key]

    return found


@once_for_nodes
def asks(info: Info, names: frozenset[str]) -> bool:
    """Whether a field's selection asks, at any depth, for one of these fields."""
    raw: Any = info._raw_info
    seen: set[str] = set()

    def found(selections: SelectionSetNode | None) -> bool:
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                if node.name.value in names or found(node.selection_set):
                    return True
            elif isinstance(node, FragmentSpreadNode):
                fragment = node.name.value
                if fragment not in seen:
                    seen.add(fragment)
                    if found(raw.fragments[fragment].selection_set):
                        return True
            elif found(node.selection_set):  # type: ignore[attr-defined]
                return True
        return False

    return any(found(node.selection_set) for node in raw.field_nodes)


Reading = Callable[[str], Reads | None]
"""What is read of the rows that a type's views show, by its name; None for all of it."""


def reads(info: Info, *more: str) -> Reading:
    """What the operation reads of rows, and `more` that the resolver itself reads of their content,
    as dotted paths."""
    told = getattr(info._raw_info, "reads", None)

    def of_type(name: str) -> Reads | None:
        found = told(name) if told else None
        return _of_content(found, more) if found is not None else None

    return of_type


@lru_cache(maxsize=256)
def _of_content(found: frozenset[Path], more: tuple[str, ...]) -> Reads | None:
    """The same from the content on, where a view keeps it; None where it is read as one thing."""
    if any(_CONTENT[: len(path)] == path for path in found):
        return None
    content = {path[2:] for path in found if path[:2] == _CONTENT}
    return Reads(frozenset(content) | paths(*more), raw=("resource", "raw") in found)


_CONTENT: Final[Path] = ("resource", "content")
