"""What one operation has asked for: every collection and every resource at most once."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from aiodataloader import DataLoader

from gateway.errors import MeshgateError
from gateway.model.pages import Listing, Page
from gateway.model.resources import Resource, ResourceKey
from gateway.upstreams import batching
from gateway.upstreams.base import Adapter, Operation

Upstreams = Mapping[str, Adapter]


class Wanted(msgspec.Struct, frozen=True):
    """One resource to get, with its insight where `overview` is set."""

    key: ResourceKey
    overview: bool = False

    @property
    def listings(self) -> tuple[Listing, Listing]:
        """The lists in which it stands: of its mesh, and of all."""
        key, overview = self.key, self.overview
        return (
            Listing(key.upstream, key.kind, key.mesh, overview),
            Listing(key.upstream, key.kind, None, overview),
        )


class Loaders:
    """The loaders of one operation; a write makes them forget."""

    def __init__(self, upstreams: Upstreams, operation: Operation) -> None:
        self.upstreams: Final = upstreams
        self.operation: Final = operation
        self.clear()

    def clear(self) -> None:
        """Forget everything, so that a later read sees what was written."""
        self._pages = Pages(self.upstreams, self.operation)
        self._resources = Resources(self.upstreams, self.operation, self._pages)

    async def page(self, listing: Listing) -> Page:
        """A whole collection. Raises MeshgateError."""
        return await self._pages.load(listing)

    async def resource(self, key: ResourceKey, *, overview: bool = False) -> Resource | None:
        """One resource, None where there is none. Raises MeshgateError."""
        return await self._resources.load(Wanted(key, overview))


class Pages(DataLoader[Listing, Page]):
    """Collections, those of one kind asked for together where that is cheaper."""

    def __init__(self, upstreams: Upstreams, operation: Operation) -> None:
        super().__init__()
        self.upstreams = upstreams
        self.operation = operation
        self.asked: dict[Listing, asyncio.Future[Page]] = {}

    async def batch_load_fn(self, keys: list[Listing]) -> list[Any]:
        """One page for each listing, or the error that it met."""
        counts = {}
        for name in {key.upstream for key in keys}:
            known = self.upstreams[name].known(self.operation.viewer)
            counts[name] = known.counts if known else {}
        wanted = [key for key in keys if self.covering(key) is None]
        for fetch in batching.plan(wanted, counts):
            asking = self.upstreams[fetch.listing.upstream].list(fetch.listing, self.operation)
            self.asked[fetch.listing] = asyncio.ensure_future(asking)
        futures = {key: future for key in keys if (future := self.covering(key)) is not None}
        await asyncio.wait(futures.values())
        return [part(key, futures[key]) for key in keys]

    def covering(self, listing: Listing) -> asyncio.Future[Page] | None:
        """A call already made that brings this listing: of the mesh, or of all meshes."""
        return self.asked.get(listing) or self.asked.get(
            Listing(listing.upstream, listing.kind, None, listing.overview)
        )


class Resources(DataLoader[Wanted, Resource | None]):
    """Single resources: from a list that is there, by one list for many, or each by its own get."""

    def __init__(self, upstreams: Upstreams, operation: Operation, pages: Pages) -> None:
        super().__init__()
        self.upstreams = upstreams
        self.operation = operation
        self.pages = pages

    async def batch_load_fn(self, keys: list[Wanted]) -> list[Any]:
        """One resource for each key, None where there is none, or the error that it met."""
        groups: defaultdict[Listing, list[Wanted]] = defaultdict(list)
        for key in keys:
            groups[key.listings[0]].append(key)
        loaded = await asyncio.gather(
            *(self._group(listing, group) for listing, group in groups.items())
        )
        found = {key: one for part in loaded for key, one in part.items()}
        return [found[key] for key in keys]

    async def _group(
        self, listing: Listing, keys: Sequence[Wanted]
    ) -> dict[Wanted, Resource | MeshgateError | None]:
        known = self.upstreams[listing.upstream].known(self.operation.viewer)
        rows = known.counts.get((listing.kind, listing.mesh)) if known else None
        if self.pages.covering(listing) or batching.worth_listing(len(keys), rows):
            return await self._from_list(listing, keys)
        return dict(zip(keys, await asyncio.gather(*map(self._get, keys)), strict=True))

    async def _from_list(
        self, listing: Listing, keys: Sequence[Wanted]
    ) -> dict[Wanted, Resource | MeshgateError | None]:
        try:
            page = await self.pages.load(listing)
        except MeshgateError as error:
            return dict.fromkeys(keys, error)
        rows = {row.key: row for row in page.rows}
        # What is not among the rows may be the one that could not be read.
        missing = page.broken[0] if page.broken else None
        return {key: rows.get(key.key, missing) for key in keys}

    async def _get(self, wanted: Wanted) -> Resource | MeshgateError | None:
        upstream = self.upstreams[wanted.key.upstream]
        try:
            return await upstream.get(wanted.key, self.operation, overview=wanted.overview)
        except MeshgateError as error:
            return error


def part(listing: Listing, call: asyncio.Future[Page]) -> Page | MeshgateError:
    """Of a call's page what a listing asked for, or the error that the call met."""
    error = call.exception()
    if isinstance(error, MeshgateError):
        return error
    page = call.result()
    if listing.mesh is None:
        return page
    rows = tuple(row for row in page.rows if row.mesh in (listing.mesh, None))
    return page if len(rows) == len(page.rows) else Page(rows, len(rows), None, page.broken)
