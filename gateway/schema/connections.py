"""Relay connections over what several control planes list, in one order."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeVar

import msgspec
import strawberry

from gateway.errors import BadUserInput, MeshgateError
from gateway.model.pages import Listing, Page
from gateway.model.resources import Resource
from gateway.schema.context import Info, asks
from gateway.schema.described import described
from gateway.schema.failures import Failure, failure
from gateway.schema.filters.keeping import Keep, everything
from gateway.schema.ids import Place
from gateway.schema.ordering import USUAL, Order
from gateway.schema.paging import Source, Told, shown
from gateway.schema.views import view
from gateway.schema.waiting import outcomes
from gateway.upstreams.base import Adapter
from gateway.upstreams.batching import worth_paging
from gateway.upstreams.stretches import SLICE

_COUNT: Final = frozenset({"totalCount"})

T = TypeVar("T")


@described
@strawberry.type
class PageInfo:
    """Where a page of a connection ends, and whether more follows."""

    has_next_page: bool = strawberry.field(description="Whether more follows `endCursor`.")
    has_previous_page: bool = strawberry.field(description="Whether something stands before.")
    start_cursor: str | None = strawberry.field(description="The first edge's cursor.")
    end_cursor: str | None = strawberry.field(
        description="The last edge's cursor: give it as `after` for the next page."
    )


@described
@strawberry.type
class Edge(Generic[T]):
    """One place in a connection."""

    node: T = strawberry.field(description="What stands there.")
    cursor: str = strawberry.field(description="The place itself.")


@described
@strawberry.type
class Connection(Generic[T]):
    """A page of a list and what is missing of it, by control plane, mesh and name or as asked."""

    rows: strawberry.Private[Sequence[Resource]]
    more: strawberry.Private[bool]
    preceded: strawberry.Private[bool]
    order: strawberry.Private[Order]
    total_count: int = strawberry.field(
        description="How many there are on all pages, of the control planes that answered."
    )
    failures: list[Failure] = strawberry.field(
        description="The control planes whose part is missing, and why."
    )

    @strawberry.field
    def page_info(self) -> PageInfo:
        """Where this page ends."""
        rows = self.rows
        return PageInfo(
            has_next_page=self.more,
            has_previous_page=self.preceded,
            start_cursor=self.order.cursor(rows[0]) if rows else None,
            end_cursor=self.order.cursor(rows[-1]) if rows else None,
        )

    @strawberry.field
    def nodes(self) -> list[T]:
        """What is on this page."""
        return [view(row) for row in self.rows]

    @strawberry.field
    def edges(self) -> list[Edge[T]]:
        """What is on this page, each with its cursor."""
        return [Edge(node=view(row), cursor=self.order.cursor(row)) for row in self.rows]


async def connection(
    info: Info,
    upstreams: Sequence[Adapter],
    ask: Callable[[Adapter], Awaitable[Iterable[Page]]],
    *,
    keep: Keep,
    first: int | None,
    after: str | None,
    order: Order = USUAL,
    listing: Callable[[Adapter], Listing | None] | None = None,
) -> Any:
    """A connection over what each upstream gives; one that fails costs its own part.

    Where `listing` gives the one list that brings an upstream's part, and that is long, no more of
    it is read than the page.
    """
    size = page_size(info, first)
    start = order.place(after) if after is not None else None
    if listing is not None and order is USUAL:
        lists = long_lists(info, upstreams, listing, size, filtered=keep is not everything)
        if lists:
            return await page_of(info, upstreams, ask, lists, keep, start, size)
    asked = await outcomes([told(ask, one, keep) for one in upstreams])
    rows: list[Resource] = []
    failures: list[Failure] = []
    for upstream, found in zip(upstreams, asked, strict=True):
        if isinstance(found, MeshgateError):
            failures.append(failure(found, upstream.name, info))
            continue
        rows += found.rows
        failures += [failure(error, upstream.name, info) for error in found.errors]
    rows = await order.arranged(rows)
    begin = order.begin(rows, start) if start else 0
    page = rows[begin : begin + size]
    return Connection(
        rows=page,
        more=begin + len(page) < len(rows),
        preceded=begin > 0,
        order=order,
        total_count=len(rows),
        failures=failures,
    )


async def told(
    ask: Callable[[Adapter], Awaitable[Iterable[Page]]], upstream: Adapter, keep: Keep
) -> Told:
    """What an upstream gives that is kept, and what it could not give."""
    rows: list[Resource] = []
    # What fails for every kind alike is told once.
    broken: dict[tuple[str, str], MeshgateError] = {}
    for page in await ask(upstream):
        rows += page.rows if keep is everything else await kept(keep, page.rows)
        broken |= {(error.code, error.message): error for error in page.broken}
    return Told(rows, tuple(broken.values()))


async def kept(keep: Keep, rows: Sequence[Resource]) -> list[Resource]:
    """The rows that are kept; others have turns while many are looked at."""
    found: list[Resource] = []
    for begin in range(0, len(rows), SLICE):
        if begin:
            await asyncio.sleep(0)
        found += filter(keep, rows[begin : begin + SLICE])
    return found


def long_lists(
    info: Info,
    upstreams: Sequence[Adapter],
    listing: Callable[[Adapter], Listing | None],
    size: int,
    *,
    filtered: bool,
) -> Mapping[str, Listing]:
    """The lists that are read for less by pages, by their upstreams' names.

    To count what a filter keeps each row has to be read, so that nothing is saved.
    """
    if filtered and asks(info, _COUNT):
        return {}
    context = info.context
    found = {}
    for upstream in upstreams:
        one = listing(upstream)
        known = upstream.known(context.operation.viewer)
        if one is None or known is None:
            continue
        rows = known.counts.get((one.kind, one.mesh))
        if worth_paging(size, rows) and context.loaders.covering(one) is None:
            found[upstream.name] = one
    return found


async def page_of(
    info: Info,
    upstreams: Sequence[Adapter],
    ask: Callable[[Adapter], Awaitable[Iterable[Page]]],
    lists: Mapping[str, Listing],
    keep: Keep,
    start: Place | None,
    size: int,
) -> Any:
    """A connection of which some upstreams' lists are read by pages, and the others whole."""

    async def whole(upstream: Adapter) -> Told:
        found = await told(ask, upstream, keep)
        return Told(await USUAL.arranged(found.rows), found.errors)

    some = None if keep is everything else keep
    sources = [
        Source(info, one, partial(whole, one), lists.get(one.name), some) for one in upstreams
    ]
    found, total = await shown(info, sources, start, size)
    return Connection(
        rows=found.rows,
        more=found.more,
        preceded=found.preceded,
        order=msgspec.structs.replace(USUAL, offsets=found.offsets),
        total_count=total,
        failures=[
            failure(error, source.name, info) for source in sources for error in source.errors
        ],
    )


def page_size(info: Info, first: int | None) -> int:
    """How many to give; raises BadUserInput where that is less than none or more than allowed."""
    limits = info.context.limits
    if first is None:
        return limits.page_size
    if not 0 <= first <= limits.max_page_size:
        raise BadUserInput(f"`first` is from 0 to {limits.max_page_size}, not {first}")
    return first
