"""From many objects to what each leads to, in one go: a load for each thing, none for each hop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from gateway.errors import MeshgateError
from gateway.model.resources import ResourceKey
from gateway.schema.context import Info
from gateway.schema.views import view

Many = Callable[[Sequence[Any], Info], Awaitable[Sequence[Any]]]
"""For each object what it leads to, or the error that stands in the way."""
F = TypeVar("F", bound=Callable[..., Any])


def together(many: Many) -> Callable[[F], F]:
    """Let a plan resolve a field of many objects at once by this function."""

    def mark(resolver: F) -> F:
        resolver.many = many  # type: ignore[attr-defined]
        return resolver

    return mark


async def alone(many: Many, one: Any, info: Info) -> Any:
    """What one object leads to, for whoever asks object by object."""
    [found] = await many((one,), info)
    if isinstance(found, Exception):
        raise found
    return found


async def loaded(
    info: Info, keys: Sequence[ResourceKey | None], *, overview: bool = False
) -> list[Any]:
    """The resource of each key, None where there is none or no key, or the error that it met."""
    loaders = info.context.loaders
    wanted = list(dict.fromkeys(key for key in keys if key is not None))
    found = await asyncio.gather(
        *(loaders.resource(key, overview=overview) for key in wanted), return_exceptions=True
    )
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, MeshgateError):
            raise one
    by_key = dict(zip(wanted, found, strict=True))
    return [None if key is None else by_key[key] for key in keys]


def shown(found: Any) -> Any:
    """The view of a resource; an error, and None, stay what they are."""
    return found if found is None or isinstance(found, Exception) else view(found)
