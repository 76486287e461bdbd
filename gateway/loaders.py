"""What one operation has asked for: every collection and every resource at most once."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
from aiodataloader import DataLoader, Loader
from msgspec.structs import replace

from gateway.errors import MeshgateError
from gateway.inspections import Inspections
from gateway.model.pages import EVERYTHING, Listing, Page
from gateway.model.reads import Reads, either, holds
from gateway.model.resources import Resource, ResourceKey
from gateway.upstreams import batching
from gateway.upstreams.base import Adapter, Operation
from gateway.upstreams.paths import fits
from gateway.upstreams.sharing import Once

Upstreams = Mapping[str, Adapter]
Got = dict[tuple[ResourceKey, bool], tuple[Resource | None, Reads | None]]
"""Single resources that are there already, with their insights or without, and how much was read of
each."""
K = TypeVar("K")
T = TypeVar("T")


class Wanted(msgspec.Struct, frozen=True):
    """One resource to get, with its insight where `overview` is set."""

    key: ResourceKey
    overview: bool = False
    reads: Reads | None = None

    @property
    def listing(self) -> Listing:
        """The list in which it stands."""
        key = self.key
        return Listing(key.upstream, key.kind, key.mesh, self.overview, reads=self.reads)


class Loaders:
    """The loaders of one operation; a write makes them forget."""

    def __init__(self, upstreams: Upstreams, operation: Operation) -> None:
        self.upstreams: Final = upstreams
        self.operation: Final = operation
        self._pages: Pages | None = None
        self._resources: Resources | None = None
        self._inspections: Inspections | None = None
        self.got: Got = {}

    def clear(self) -> None:
        """Forget everything, so that a later read sees what was written."""
        self._pages = self._resources = self._inspections = None
        self.got = {}

    @property
    def pages(self) -> "Pages":
        """The collections that were asked for."""
        if self._pages is None:
            self._pages = Pages(self.upstreams, self.operation)
        return self._pages

    @property
    def resources(self) -> "Resources":
        """The single resources that were asked for."""
        if self._resources is None:
            given = self.upstreams, self.operation, self.pages, self.got
            self._resources = Resources(*given)
        return self._resources

    @property
    def inspections(self) -> Inspections:
        """The questions that were asked."""
        if self._inspections is None:
            self._inspections = Inspections(self.upstreams, self.operation)
        return self._inspections

    def page(self, listing: Listing, *, alone: bool = False) -> Coroutine[Any, Any, Page]:
        """A whole collection; at once where it is `alone`. Raises MeshgateError."""
        return self.pages.page(listing, alone=alone)

    def covering(self, listing: Listing) -> "Once[Page] | None":
        """A call for a whole collection that holds this one, where there has been one."""
        return self._pages.covering(listing) if self._pages is not None else None

    def resource(
        self, key: ResourceKey, *, overview: bool = False, reads: Reads | None = None
    ) -> Coroutine[Any, Any, Resource | None]:
        """One resource, None where there is none, of which at least so much is read.

        Raises MeshgateError.
        """
        return self.resources.resource(Wanted(key, overview, reads))

    async def sole(
        self, key: ResourceKey, *, overview: bool = False, reads: Reads | None = None
    ) -> Resource | None:
        """One resource by a get of its own, where nothing else of the operation can want anything
        until it is there; of which at least so much is read. Raises MeshgateError."""
        upstream = self.upstreams[key.upstream]
        try:
            found = await upstream.get(key, self.operation, overview=overview, reads=reads)
        except Exception as error:
            self.operation.failed.append(error)
            raise
        self.got[key, overview] = found, reads
        return found

    def several(
        self, wanted: Sequence[Wanted]
    ) -> Coroutine[Any, Any, list[Resource | MeshgateError | None]]:
        """Many resources at once: each, None where there is none, or the error that it met."""
        return self.resources.several(wanted)


class Calls(DataLoader[K, Once[T]]):
    """A loader of calls: a batch finds the call that brings each key, and begins none.

    Whoever wants a key waits for its call, and none for the slowest of the batch, which may be
    another upstream's. So a batch waits for nothing, and needs no task: the loop calls it.
    """

    def __init__(self, upstreams: Upstreams, operation: Operation) -> None:
        # DataLoader's own would look at `batch_load_fn` for every operation anew, for longer than
        # all the rest takes.
        self.loop = operation.loop
        self._cache = {}
        self._queue: list[Loader] = []
        self.upstreams = upstreams
        self.operation = operation

    def get_cache_key(self, key: K) -> K:
        """A key is its own."""
        return key

    def do_resolve_reject(self, key: K, future: asyncio.Future[Once[T]]) -> None:
        """Let a key be of the next batch."""
        if not self._queue:
            # A turn later: those who ask for the next key may not have been begun in this one.
            self.loop.call_soon(self.loop.call_soon, self._batch)
        self._queue.append(Loader(key=key, future=future))

    def _batch(self) -> None:
        queue, self._queue = self._queue, []
        try:
            found = self.calls([one.key for one in queue])
        except Exception as fault:
            for one in queue:
                self.clear(one.key)
                if not one.future.done():
                    one.future.set_exception(fault)
            return
        for one, call in zip(queue, found, strict=True):
            if not one.future.done():
                one.future.set_result(call)

    def once(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> Once[T]:
        """A call that is begun where somebody waits for it."""
        return Once(ask, self.loop, self.operation.failed)

    async def batch_load_fn(self, keys: list[K]) -> list[Once[T]]:
        """For each key the call that brings it."""
        return list(self.calls(keys))

    def calls(self, keys: Sequence[K]) -> Sequence[Once[T]]:
        """For each key the call that brings it."""
        raise NotImplementedError


class Pages(Calls[Listing, Page]):
    """Collections, those of one kind asked for together where that is cheaper."""

    def __init__(self, upstreams: Upstreams, operation: Operation) -> None:
        super().__init__(upstreams, operation)
        self.asked: dict[Listing, Once[Page]] = {}
        self._parts: dict[int, dict[str | None, list[Resource]]] = {}

    async def page(self, listing: Listing, *, alone: bool = False) -> Page:
        """A whole collection. Raises MeshgateError."""
        call = self.calls((listing,))[0] if alone else await self.load(listing)
        found = await call.result()
        whole = listing.mesh is None or self.asked.get(listing) is call
        return found if whole or self._is_apart(call) else self._part(found, listing.mesh)

    def _is_apart(self, call: Once[Page]) -> bool:
        """Whether a call is for one mesh alone."""
        return any(one is call for it, one in self.asked.items() if it.mesh is not None)

    def _part(self, whole: Page, mesh: str | None) -> Page:
        """Of a page over all meshes what stands in one; what cannot be read may stand there."""
        parts = self._parts.get(id(whole))
        if parts is None:
            parts = self._parts[id(whole)] = {}
            for row in whole.rows:
                parts.setdefault(row.mesh, []).append(row)
        rows = tuple(parts.get(mesh, ()))
        return Page(rows, len(rows), None, whole.broken)

    def calls(self, keys: Sequence[Listing]) -> Sequence[Once[Page]]:
        """For each listing the call that brings it."""
        if len(keys) == 1 and not self.asked:
            return [self._begin(keys[0])]
        counts = {}
        for name in {key.upstream for key in keys}:
            known = self.upstreams[name].known(self.operation.viewer)
            counts[name] = known.counts if known else {}
        unasked = alike([key for key in keys if self.covering(key) is None])
        # What is asked for as a whole needs not be asked for in part.
        whole = {key for key in unasked if key.narrowing == EVERYTHING}
        wanted = [key for key in unasked if key in whole or whole.isdisjoint(key.wider)]
        for fetch in batching.plan(wanted, counts):
            self._begin(fetch.listing)
        return [call for key in keys if (call := self.covering(key)) is not None]

    def _begin(self, listing: Listing) -> Once[Page]:
        upstream = self.upstreams[listing.upstream]
        call = self.asked[listing] = self.once(partial(upstream.list, listing, self.operation))
        return call

    def covering(self, listing: Listing) -> Once[Page] | None:
        """A call already made that brings this listing, or a wider one."""
        asked = self.asked
        if not asked:
            return None
        found = next((asked[it] for it in (listing, *listing.wider) if it in asked), None)
        if found is not None or listing.reads is None:
            return found
        # Few lists are asked for at all, and fewer of one kind.
        return next((call for it, call in asked.items() if it.covers(listing)), None)


def alike(listings: Sequence[Listing]) -> list[Listing]:
    """The same lists, of which those of one kind read what any of them reads: they may be one."""
    read: dict[object, Reads | None] = {}
    for one in listings:
        kind = one.upstream, one.kind, one.overview
        read[kind] = either(read[kind], one.reads) if kind in read else one.reads
    return [replace(one, reads=read[one.upstream, one.kind, one.overview]) for one in listings]


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


def row_of(found: Rows | MeshgateError, key: ResourceKey) -> Resource | MeshgateError | None:
    """The resource, None where there is none, or the error that stands in its place."""
    if isinstance(found, MeshgateError):
        return found
    try:
        return found.row(key)
    except MeshgateError as error:
        return error


def cannot_be(key: ResourceKey) -> bool:
    """Whether no resource that is asked for by a path can be of this name, or in such a mesh."""
    return not fits(key.name) or not (key.mesh is None or fits(key.mesh))


class Resources(Calls[Wanted, Rows]):
    """Single resources: from a list that is there, by one list for many, or each by its own get."""

    def __init__(
        self, upstreams: Upstreams, operation: Operation, pages: Pages, there: Got
    ) -> None:
        super().__init__(upstreams, operation)
        self.pages = pages
        self._there = there
        self._gets: dict[tuple[ResourceKey, bool], Once[Rows]] = {}

    async def resource(self, wanted: Wanted) -> Resource | None:
        """One resource, None where there is none. Raises MeshgateError."""
        call = await self.load(wanted)
        return (await call.result()).row(wanted.key)

    async def several(self, wanted: Sequence[Wanted]) -> list[Resource | MeshgateError | None]:
        """Many at once: each, None where there is none, or the error that it met.

        Raises what is no error of ours.
        """
        calls = await asyncio.gather(*map(self.load, wanted))
        # Few calls bring many resources: each needs to be waited for once.
        own = list(dict.fromkeys(calls))
        brought: dict[Once[Rows], Rows | MeshgateError] = {}
        results = await asyncio.gather(*(it.result() for it in own), return_exceptions=True)
        for call, rows in zip(own, results, strict=True):
            if isinstance(rows, BaseException) and not isinstance(rows, MeshgateError):
                raise rows
            brought[call] = rows
        return [row_of(brought[call], one.key) for one, call in zip(wanted, calls, strict=True)]

    def calls(self, keys: Sequence[Wanted]) -> Sequence[Once[Rows]]:
        """For each resource the call that brings it."""
        if len(keys) == 1 and not self.pages.asked and not self._listed_only(keys[0].key):
            return [self._got(keys[0])]
        groups: defaultdict[Listing, list[Wanted]] = defaultdict(list)
        for key, listing in zip(keys, alike([key.listing for key in keys]), strict=True):
            groups[listing].append(key)
        calls: dict[Wanted, Once[Rows]] = {}
        for listing, group in groups.items():
            if self._listed(listing, len({one.key for one in group})):
                call = self.once(partial(self._list, listing))
                # No list tells a name that cannot be from one that is not there.
                odd = (
                    [] if self._listed_only(listing) else [it for it in group if cannot_be(it.key)]
                )
                calls.update((key, call) for key in group)
                calls.update((key, self._got(key)) for key in odd)
            else:
                calls.update((key, self._got(key)) for key in group)
        return [calls[key] for key in keys]

    def _listed(self, listing: Listing, keys: int) -> bool:
        if self._listed_only(listing) or self.pages.covering(listing) is not None:
            return True
        known = self.upstreams[listing.upstream].known(self.operation.viewer)
        rows = known.counts.get((listing.kind, listing.mesh)) if known else None
        return batching.worth_listing(keys, rows)

    def _listed_only(self, wanted: ResourceKey | Listing) -> bool:
        known = self.upstreams[wanted.upstream].known(self.operation.viewer)
        served = known.kinds.get(wanted.kind) if known else None
        return served is not None and served.kind.listed_only

    def _got(self, wanted: Wanted) -> Once[Rows]:
        """Its get, which brings all of it, however much is read."""
        one = wanted.key, wanted.overview
        call = self._gets.get(one)
        if call is None:
            call = self._gets[one] = self.once(partial(self._get, wanted))
        return call

    async def _list(self, listing: Listing) -> Rows:
        page = await self.pages.page(listing)
        return Rows({row.key: row for row in page.rows}, page.broken)

    async def _get(self, wanted: Wanted) -> Rows:
        key, overview = wanted.key, wanted.overview
        got = self._there.get((key, overview))
        if got is not None and holds(got[1], wanted.reads):
            found = got[0]
        else:
            upstream = self.upstreams[key.upstream]
            found = await upstream.get(key, self.operation, overview=overview)
        return Rows({} if found is None else {key: found})
