"""Relay connections over what several control planes list, in one order."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

import strawberry

from gateway.errors import BadUserInput, MeshgateError
from gateway.model.pages import Page
from gateway.model.resources import Resource
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.failures import Failure, failure
from gateway.schema.filters.keeping import Keep, everything
from gateway.schema.ordering import USUAL, Order
from gateway.schema.views import view
from gateway.schema.waiting import outcomes
from gateway.upstreams.base import Adapter

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
    begin: strawberry.Private[int]
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
            has_next_page=self.begin + len(rows) < self.total_count,
            has_previous_page=self.begin > 0,
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
) -> Any:
    """A connection over what each upstream gives; one that fails costs its own part."""
    size = page_size(info, first)
    start = order.place(after) if after is not None else None
    asked = await outcomes([ask(one) for one in upstreams])
    rows: list[Resource] = []
    failures: list[Failure] = []
    for upstream, pages in zip(upstreams, asked, strict=True):
        if isinstance(pages, MeshgateError):
            failures.append(failure(pages, upstream.name, info))
            continue
        if isinstance(pages, BaseException):
            raise pages
        broken: dict[tuple[str, str], MeshgateError] = {}
        for page in pages:
            rows += page.rows if keep is everything else filter(keep, page.rows)
            # What fails for every kind alike is told once.
            broken |= {(error.code, error.message): error for error in page.broken}
        failures += [failure(error, upstream.name, info) for error in broken.values()]
    rows = order.sorted(rows)
    begin = order.begin(rows, start) if start else 0
    shown = rows[begin : begin + size]
    return Connection(
        rows=shown, begin=begin, order=order, total_count=len(rows), failures=failures
    )


def page_size(info: Info, first: int | None) -> int:
    """How many to give; raises BadUserInput where that is less than none or more than allowed."""
    limits = info.context.limits
    if first is None:
        return limits.page_size
    if not 0 <= first <= limits.max_page_size:
        raise BadUserInput(f"`first` is from 0 to {limits.max_page_size}, not {first}")
    return first
