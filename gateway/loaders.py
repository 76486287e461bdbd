"""What one operation has asked for: every collection and every resource at most once."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Mapping
from typing import Any, Final, TypeVar

import msgspec
from aiodataloader import DataLoader

from gateway.errors import MeshgateError
from gateway.model.pages import Listing, Page
from gateway.model.resources import Resource, ResourceKey
from gateway.upstreams import batching
from gateway.upstreams.base import Adapter, Operation

Upstreams = Mapping[str, Adapter]
T = TypeVar("T")


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
        self._resources: Resources | None = None

    async def page(self, listing: Listing) -> Page:
        """A whole collection. Raises MeshgateError."""
        return await self._pages.page(listing)

    async def resource(self, key: ResourceKey, *, overview: bool = False) -> Resource | None:
        """One resource, None where there is none. Raises MeshgateError."""
        if self._resources is None:
            self._resources = Resources(self.upstreams, self.operation, self._pages)
        return await self._resources.resource(Wanted(key, overview))


class Pages(DataLoader[Listing, Any]):
    """Collections, those of one kind asked for together where that is cheaper.

    What a batch loads are the calls that it began: each caller waits for its own, and none for the
    slowest of the batch, which may be another upstream's.
    """

    def __init__(self, upstreams: Upstreams, operation: Operation) -> None:
        super().__init__()
        self.upstreams = upstreams
        self.operation = operation
        self.asked: dict[Listing, asyncio.Future[Page]] = {}
        self._parts: dict[int, dict[str | None, list[Resource]]] = {}

    async def page(self, listing: Listing) -> Page:
        """A whole collection. Raises MeshgateError."""
        call = await self.load(listing)
        found: Page = await finished(call)
        return found if self.asked.get(listing) is call else self._part(found, listing.mesh)

    def _part(self, whole: Page, mesh: str | None) -> Page:
        """Of a page over all meshes what stands in one; what cannot be read may stand there."""
        parts = self._parts.get(id(whole))
        if parts is None:
            parts = self._parts[id(whole)] = {}
            for row in whole.rows:
                parts.setdefault(row.mesh, []).append(row)
        rows = tuple(parts.get(mesh, ()))
        return Page(rows, len(rows), None, whole.broken)

    async def batch_load_fn(self, keys: list[Listing]) -> list[Any]:
        """For each listing the call that brings it."""
        counts = {}
        for name in {key.upstream for key in keys}:
            known = self.upstreams[name].known(self.operation.viewer)
            counts[name] = known.counts if known else {}
        wanted = [key for key in keys if self.covering(key) is None]
        for fetch in batching.plan(wanted, counts):
            asking = self.upstreams[fetch.listing.upstream].list(fetch.listing, self.operation)
            self.asked[fetch.listing] = begun(asking)
        return [self.covering(key) for key in keys]

    def covering(self, listing: Listing) -> asyncio.Future[Page] | None:
        """A call already made that brings this listing: of the mesh, or of all meshes."""
        return self.asked.get(listing) or self.asked.get(
            Listing(listing.upstream, listing.kind, None, listing.overview)
        )


class Rows(msgspec.Struct, frozen=True):
    """What one call brought, by key, and what it could not read of it."""

    by_key: Mapping[ResourceKey, Resource]
    broken: tuple[MeshgateError, ...] = ()

    def row(self, key: ResourceKey) -> Resource | None:
        """The resource, None where there is none; raises BadResponse where it may be unreadable."""
        found = self.by_key.get(key)
        if found is None and self.broken:
            raise self.broken[0]
        return found


class Resources(DataLoader[Wanted, Any]):
    """Single resources: from a list that is there, by one list for many, or each by its own get.

    Here too a batch loads the calls that it began.
    """

    def __init__(self, upstreams: Upstreams, operation: Operation, pages: Pages) -> None:
        super().__init__()
        self.upstreams = upstreams
        self.operation = operation
        self.pages = pages

    async def resource(self, wanted: Wanted) -> Resource | None:
        """One resource, None where there is none. Raises MeshgateError."""
        rows: Rows = await finished(await self.load(wanted))
        return rows.row(wanted.key)

    async def batch_load_fn(self, keys: list[Wanted]) -> list[Any]:
        """For each resource the call that brings it."""
        groups: defaultdict[Listing, list[Wanted]] = defaultdict(list)
        for key in keys:
            groups[key.listings[0]].append(key)
        calls: dict[Wanted, asyncio.Future[Rows]] = {}
        for listing, group in groups.items():
            if self._listed(listing, len(group)):
                calls |= dict.fromkeys(group, begun(self._list(listing)))
            else:
                calls |= {key: begun(self._get(key)) for key in group}
        return [calls[key] for key in keys]

    def _listed(self, listing: Listing, keys: int) -> bool:
        known = self.upstreams[listing.upstream].known(self.operation.viewer)
        rows = known.counts.get((listing.kind, listing.mesh)) if known else None
        served = known.kinds.get(listing.kind) if known else None
        if served is not None and served.kind.listed_only:
            return True
        return self.pages.covering(listing) is not None or batching.worth_listing(keys, rows)

    async def _list(self, listing: Listing) -> Rows:
        page = await self.pages.page(listing)
        return Rows({row.key: row for row in page.rows}, page.broken)

    async def _get(self, wanted: Wanted) -> Rows:
        upstream = self.upstreams[wanted.key.upstream]
        found = await upstream.get(wanted.key, self.operation, overview=wanted.overview)
        return Rows({} if found is None else {wanted.key: found})


def begun(asking: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
    """A call on its way; those who wait for it may all be gone when it fails."""
    call = asyncio.ensure_future(asking)
    call.add_done_callback(lambda done: done.cancelled() or done.exception())
    return call


async def finished(call: asyncio.Future[T]) -> T:
    """What a call brought; it goes on for others where one who waits for it is gone."""
    return call.result() if call.done() else await asyncio.shield(call)
