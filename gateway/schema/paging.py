"""Connections over lists so long that no more of them is read than what is shown."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from gateway.errors import MeshgateError
from gateway.model.pages import Listing, Page, Part
from gateway.model.resources import Resource, ResourceKey
from gateway.schema.context import Info, asks
from gateway.schema.filters.keeping import Keep
from gateway.schema.ids import Place
from gateway.schema.ordering import USUAL
from gateway.upstreams.base import Adapter
from gateway.upstreams.sharing import Once
from gateway.upstreams.stretches import Spot, Stretch, stretch

_ROWS: Final = frozenset({"nodes", "edges", "pageInfo"})
_MORE: Final = frozenset({"hasNextPage"})
_BEFORE: Final = frozenset({"hasPreviousPage"})
_ALL: Final = frozenset({"totalCount", "failures"})
"""The fields that tell of every control plane, whether the page comes to it or not."""


class Told(msgspec.Struct, frozen=True):
    """All that an upstream gives of a list: the rows that are kept, in order, and what failed."""

    rows: Sequence[Resource] = ()
    errors: Sequence[MeshgateError] = ()


class Shown(msgspec.Struct, frozen=True):
    """One page over several upstreams: its rows, and what was read of how their lists go on.

    `offsets` holds how many rows of its upstream's list go up to each that was read by pages.
    """

    rows: Sequence[Resource] = ()
    offsets: Mapping[ResourceKey, int] = {}
    more: bool = False
    preceded: bool = False


class Source:
    """One upstream's part of a connection, read by pages where there is a `listing`, else whole."""

    def __init__(
        self,
        info: Info,
        upstream: Adapter,
        whole: Callable[[], Coroutine[Any, Any, Told]],
        listing: Listing | None,
        keep: Keep | None,
    ) -> None:
        self.name = upstream.name
        self._upstream = upstream
        self._listing = listing
        self._keep = keep
        self._operation = info.context.operation
        self._whole = Once(whole, self._operation.loop, self._operation.failed)
        self._failed: MeshgateError | None = None
        self._told: Told | None = None
        self._total: int | None = None

    @property
    def expected(self) -> int:
        """How many rows it may have, as discovery counted them; 0 where that is not known."""
        known = self._upstream.known(self._operation.viewer)
        if known is None or self._listing is None:
            return 0
        return known.counts.get((self._listing.kind, self._listing.mesh), 0)

    @property
    def errors(self) -> Sequence[MeshgateError]:
        """What failed so far, each thing once."""
        if self._failed is not None:
            return (self._failed,)
        return self._told.errors if self._told is not None else ()

    async def after(self, place: Place | None, want: int, *, look_on: bool) -> Stretch:
        """What follows a place, or its start; nothing where it fails."""
        if self._failed is None:
            try:
                return await self._after(place, want, look_on=look_on)
            except MeshgateError as error:
                self._failed = error
        return Stretch()

    async def total(self) -> int:
        """How many rows it has, without a call where that has been told; 0 where it fails."""
        if self._failed is None:
            try:
                return await self._count()
            except MeshgateError as error:
                self._failed = error
        return 0

    async def _after(self, place: Place | None, want: int, *, look_on: bool) -> Stretch:
        if self._listing is not None:
            spot = Spot(place.position[1:3], place.offset) if place else None
            ask = partial(self._part, self._listing)
            found = await stretch(ask, spot, want, self._keep, look_on=look_on)
            if found is not None:
                self._total = found.total
                return found
            self._listing = None
        rows = await self._rows()
        begin = USUAL.begin(rows, place) if place else 0
        shown = tuple((row, 0) for row in rows[begin : begin + want])
        return Stretch(shown, begin + len(shown) < len(rows), begin > 0)

    async def _count(self) -> int:
        if self._listing is None:
            return len(await self._rows())
        if self._total is None:
            # Counted by the plain list: of overviews not every version tells the total.
            plain = msgspec.structs.replace(self._listing, overview=False)
            page = await self._part(plain, Part(0, 1))
            self._total = len(page.rows) if page.total is None else page.total
        return self._total

    async def _rows(self) -> Sequence[Resource]:
        self._told = await self._whole.result()
        return self._told.rows

    async def _part(self, listing: Listing, part: Part) -> Page:
        return await self._upstream.list(
            msgspec.structs.replace(listing, part=part), self._operation
        )


async def shown(
    info: Info, sources: Sequence[Source], place: Place | None, size: int
) -> tuple[Shown, int]:
    """One page, and how many rows there are on all of them where the operation asks for that.

    No source is asked for more than is shown of it.
    """
    all_asked = sources if asks(info, _ALL) else ()
    if not asks(info, _ROWS):
        return Shown(), sum(await totals(all_asked))
    apart = beyond(sources, place, size)
    found, _ = await asyncio.gather(
        page(info, sources, place, size),
        totals([source for source in all_asked if source in apart]),
    )
    return found, sum(await totals(all_asked))


async def totals(sources: Sequence[Source]) -> Sequence[int]:
    """How many rows each has."""
    return await asyncio.gather(*(source.total() for source in sources))


def beyond(sources: Sequence[Source], place: Place | None, size: int) -> Sequence[Source]:
    """Those to which the page does not come, as far as discovery counted them."""
    here = place.position[0] if place else ""
    left = size + (place.offset if place else 0)
    found = []
    for source in sources:
        if source.name < here or left < 0:
            found.append(source)
        else:
            left -= source.expected
    return found


async def page(info: Info, sources: Sequence[Source], place: Place | None, size: int) -> Shown:
    """The rows that follow a place, source after source."""
    here = place.position[0] if place else ""
    look_on = asks(info, _MORE)
    rows: list[Resource] = []
    offsets: dict[ResourceKey, int] = {}
    more = preceded = False
    for source in sources:
        left = size - len(rows)
        if source.name < here:
            continue
        if more or not (left or look_on):
            break
        found = await source.after(place if source.name == here else None, left, look_on=look_on)
        rows += [row for row, _ in found.rows]
        offsets |= {row.key: offset for row, offset in found.rows if offset}
        more, preceded = found.more, preceded or found.preceded
    if not preceded and asks(info, _BEFORE):
        before = [source.after(None, 0, look_on=True) for source in sources if source.name < here]
        preceded = any(found.more for found in await asyncio.gather(*before))
    return Shown(rows, offsets, more, preceded)
