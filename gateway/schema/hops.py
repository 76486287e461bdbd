"""From many objects to what each leads to, in one go: a load for each thing, none for each hop."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from gateway.loaders import Wanted
from gateway.model.reads import paths
from gateway.model.resources import Resource, ResourceKey
from gateway.schema.context import Info, Reading
from gateway.schema.views import view

Many = Callable[[Sequence[Any], Info], Awaitable[Sequence[Any]]]
"""For each object what it leads to, or the error that stands in the way."""
F = TypeVar("F", bound=Callable[..., Any])


def together(many: Many, *read: str) -> Callable[[F], F]:
    """Let a plan resolve a field of many objects at once by this function.

    `read` is what the function reads of each object's content, as dotted paths.
    """

    def mark(resolver: F) -> F:
        resolver.many = many  # type: ignore[attr-defined]
        return reading(*read)(resolver)

    return mark


def reading(*read: str) -> Callable[[F], F]:
    """Let a plan know what a resolver that it has to call reads of its object's content."""

    def mark(resolver: F) -> F:
        resolver.reads = frozenset(  # type: ignore[attr-defined]
            ("resource", "content", *path) for path in paths("name", "mesh", *read)
        )
        return resolver

    return mark


async def alone(many: Many, one: Any, info: Info) -> Any:
    """What one object leads to, for whoever asks object by object."""
    [found] = await many((one,), info)
    if isinstance(found, Exception):
        raise found
    return found


async def loaded(
    info: Info,
    keys: Sequence[ResourceKey | None],
    *,
    overview: bool = False,
    reads: Reading | None = None,
    show: Callable[[Resource], Any] = view,
) -> list[Any]:
    """The view of each key's resource, None where there is none or no key, or the error it met.

    Equal keys have one view.
    """
    context = info.context
    wanted = list(dict.fromkeys(key for key in keys if key is not None))
    found = await context.loaders.several(
        [Wanted(key, overview, reads(context.type_name(key)) if reads else None) for key in wanted]
    )
    by_key: dict[ResourceKey | None, Any] = {None: None}
    for key, one in zip(wanted, found, strict=True):
        by_key[key] = show(one) if isinstance(one, Resource) else one
    return [by_key[key] for key in keys]


def dear(calls: int) -> Callable[[F], F]:
    """Say of a resolver that it costs so many upstream calls for each object, whatever is asked
    beside it: an operation that plans too many of them is refused before it asks for anything."""

    def mark(resolver: F) -> F:
        resolver.calls = calls  # type: ignore[attr-defined]
        return resolver

    return mark
