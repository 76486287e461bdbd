"""Kuma, from 0.1 on: one control plane, asked in its own dialect."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final, TypeVar

import msgspec

from gateway.errors import MeshgateError, Unsupported, UpstreamTimeout
from gateway.model.changes import Apply, Change, Outcome, Written
from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.health import Health
from gateway.model.kinds import Scope
from gateway.model.pages import Listing, Page
from gateway.model.resources import Resource, ResourceKey
from gateway.model.versions import Version, parse
from gateway.settings import UpstreamSettings
from gateway.upstreams.base import Answer, Document, Operation, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.kuma import crashes, discovery, past, problems, requests, responses
from gateway.upstreams.kuma.dialects import dialect, require_labels
from gateway.upstreams.kuma.kinds import KINDS

FRESH: Final = 30.0
"""Seconds for which a kind written through us is asked for whatever the insights say."""
KEPT: Final = 300.0
"""Seconds for which one caller's finding is believed."""
READ_AGAIN: Final = 3
"""How often the pages of a list are read again while others write into it."""
KNOWN: Final = 1000
"""For how many credentials the findings of discovery are kept."""


class Kuma:
    """The adapter: reads, lists and writes whatever the control plane says it stores."""

    product = Product.KUMA

    def __init__(self, settings: UpstreamSettings, client: Client) -> None:
        self.name = settings.name
        self.client = client
        self._timeout = settings.timeout
        self._known: dict[str, ControlPlane] = {}
        self._discovering: dict[str, asyncio.Task[ControlPlane]] = {}
        self._written: dict[str, float] = {}

    @property
    def health(self) -> Health:
        """How it is doing, as this gateway sees it."""
        return self.client.health

    def known(self, viewer: Viewer) -> ControlPlane | None:
        """What discovery found: for anybody, which is kept fresh, or else for this caller."""
        anybody = self._known.get(self.client.fingerprint(Viewer()))
        if anybody is not None:
            return anybody
        found = self._known.get(self.client.fingerprint(viewer))
        if found is None or asyncio.get_running_loop().time() - found.found_at > KEPT:
            return None
        return found

    async def control_plane(self, operation: Operation) -> ControlPlane:
        """What discovery found; it is done now where it has not been. Raises UpstreamError."""
        found = self.known(operation.viewer)
        if found is not None:
            return found
        task = self._discovery(operation.viewer)
        done, _ = await asyncio.wait({task}, timeout=max(0.0, operation.seconds_left()))
        if not done:
            raise UpstreamTimeout(f"{self.name}: no answer in time", upstream=self.name)
        return task.result()

    async def discover(self, viewer: Viewer) -> ControlPlane:
        """Ask again who it is and what it stores, together with whoever asks just then."""
        return await asyncio.shield(self._discovery(viewer))

    def _discovery(self, viewer: Viewer) -> asyncio.Task[ControlPlane]:
        key = self.client.fingerprint(viewer)
        task = self._discovering.get(key)
        if task is None:
            task = asyncio.create_task(self._discover(viewer))
            self._discovering[key] = task
            task.add_done_callback(partial(self._discovered, key))
        return task

    def _discovered(self, key: str, task: asyncio.Task[ControlPlane]) -> None:
        del self._discovering[key]
        # Whoever waited may have gone: then nobody asks what it raised.
        if not task.cancelled():
            task.exception()

    async def _discover(self, viewer: Viewer) -> ControlPlane:
        # What it will not tell stays open.
        ask = Operation(viewer, self._timeout * 3, calls=8)
        said = discovery.index(self.name, await self._answer(requests.INDEX, ask))
        version = parse(said.version)
        config, listed, insights = await asyncio.gather(
            told(self._answer(requests.CONFIG, ask)),
            told(self._kinds(version, ask)),
            told(self._insights(ask)),
        )
        found = discovery.control_plane(
            self.name, said, discovery.config(config), listed, insights.rows if insights else ()
        )
        found = msgspec.structs.replace(found, found_at=asyncio.get_running_loop().time())
        key = self.client.fingerprint(viewer)
        # What was found last stands last, so that the oldest gives way.
        self._known.pop(key, None)
        while len(self._known) >= KNOWN:
            self._known.pop(next(iter(self._known)))
        self._known[key] = found
        return found

    async def list(self, listing: Listing, operation: Operation) -> Page:
        """A whole collection, page by page; an unknown mesh is an empty one."""
        found = await self.control_plane(operation)
        served = self.served(found, listing.kind)
        speaks = dialect(found.version)
        if not speaks.everywhere and listing.mesh is None and served.kind.scope is Scope.MESH:
            return await self._mesh_by_mesh(listing, operation)

        async def page(offset: int) -> Page:
            request = requests.listing(
                served, listing.mesh, speaks, overview=listing.overview, offset=offset
            )
            answer = await self.client.send(request.method, request.path, operation=operation)
            if answer.status == 404 and not problems.no_endpoint(answer):
                return Page()
            good = self._good(answer)
            return responses.page(self.name, served.kind, good, offset, found.version)

        believable = speaks.overview_total or not listing.overview
        return await all_pages(page, believable=believable, most=operation.calls_left)

    async def _mesh_by_mesh(self, listing: Listing, operation: Operation) -> Page:
        """A kind in all meshes of a control plane that lists it in one at a time."""
        meshes = await self.list(Listing(self.name, "Mesh"), operation)
        names = [row.content.name for row in meshes.rows]
        parts = [msgspec.structs.replace(listing, mesh=name) for name in names]
        pages = await asyncio.gather(*(self.list(part, operation) for part in parts))
        return joined((*pages, Page(broken=meshes.broken)))

    async def get(
        self, key: ResourceKey, operation: Operation, *, overview: bool
    ) -> Resource | None:
        """One resource, with its insight where `overview` is set; None where there is none."""
        found = await self.control_plane(operation)
        served = self.served(found, key.kind)
        request = requests.one(
            served, key.mesh, key.name, dialect(found.version), overview=overview
        )
        answer = await self.client.send(request.method, request.path, operation=operation)
        if answer.status == 404 and not problems.no_endpoint(answer):
            return None
        body = self._good(answer).body
        resource = responses.resource(self.name, served.kind, body, answer, found.version)
        return resource if responses.exists(resource) else None

    async def write(self, change: Change, operation: Operation) -> Written:
        """One PUT or DELETE, sent once. Raises what the control plane says against it."""
        found = await self.control_plane(operation)
        served = self.served(found, change.key.kind)
        if isinstance(change, Apply):
            if "labels" in change.body:
                require_labels(found)
            change = Apply(change.key, past.body(served.kind, found, change.body))
        request = requests.write(served, change)
        crashes.refuse(f"{request.method} {served.kind.name}", found)
        self._written[change.key.kind] = asyncio.get_running_loop().time()
        answer = await self.client.send(
            request.method, request.path, operation=operation, body=request.body
        )
        responses.accepted(self.name, self._good(answer))
        created = Outcome.CREATED if answer.status == 201 else Outcome.UPDATED
        outcome = created if isinstance(change, Apply) else Outcome.DELETED
        return Written(outcome, responses.warnings(answer))

    async def document(self, document: Document, operation: Operation) -> msgspec.Raw | None:
        """A document that it keeps about itself; None where its version has none."""
        found = await self.control_plane(operation)
        path = requests.document(document, found.version)
        if path is None:
            return None
        return responses.document(self.name, await self._answer(path, operation))

    async def close(self) -> None:
        """Let go of its connections."""
        await self.client.close()

    def served(self, found: ControlPlane, kind: str) -> Served:
        """How the control plane serves a kind; raises Unsupported, naming the version that does."""
        served = found.kinds.get(kind)
        if served is None:
            raise Unsupported(f"{self.name}: {lacking(kind, found)}", upstream=self.name)
        return served

    def written_lately(self, kind: str) -> bool:
        """Whether the kind was written through us so lately that insights may not count it yet.

        A mesh comes with resources of several kinds.
        """
        now = asyncio.get_running_loop().time()
        return any(now - self._written.get(one, -FRESH) < FRESH for one in (kind, "Mesh"))

    async def _answer(self, path: str, operation: Operation) -> Answer:
        return self._good(await self.client.send("GET", path, operation=operation))

    async def _kinds(self, version: Version | None, ask: Operation) -> Answer | None:
        if version is None or version >= discovery.RESOURCES_SINCE:
            return await self._answer(requests.RESOURCES, ask)
        if version >= discovery.POLICIES_SINCE:
            return await self._answer(requests.POLICIES, ask)
        return None

    async def _insights(self, ask: Operation) -> Page:
        path = f"/{KINDS['MeshInsight'].path}?size={requests.PAGE_SIZE}"
        return responses.page(self.name, KINDS["MeshInsight"], await self._answer(path, ask))

    def _good(self, answer: Answer) -> Answer:
        if answer.status >= 300:
            raise problems.failure(self.name, answer)
        return answer


T = TypeVar("T")


async def told(asking: Awaitable[T]) -> T | None:
    """What was asked for, or None where the control plane will not tell."""
    try:
        return await asking
    except MeshgateError:
        return None


async def all_pages(page: Callable[[int], Awaitable[Page]], *, believable: bool, most: int) -> Page:
    """A collection from its pages: side by side once the total is known and can be believed.

    A total of more than `most` pages is not: they are walked, as far as they go. Where the totals
    of pages differ, somebody wrote between them, and what is older than the newest is read again.
    """
    read = {0: await page(0)}
    step, total = read[0].next_offset, read[0].total
    if believable and step and total and total <= step * most:
        offsets = range(step, total, step)
        read |= zip(offsets, await asyncio.gather(*map(page, offsets)), strict=True)
    newest, asked = read[max(read)].total, len(read)
    for again in range(READ_AGAIN + 1):
        while (offset := read[max(read)].next_offset) is not None:
            read[offset] = await page(offset)
            newest, asked = read[offset].total, asked + 1
        stale = [offset for offset, one in read.items() if one.total not in (None, newest)]
        asked += len(stale)
        enough = again == READ_AGAIN or asked > most
        if not believable or newest is None or not stale or enough:
            break
        read |= zip(stale, await asyncio.gather(*map(page, stale)), strict=True)
        newest = read[stale[-1]].total
    return read[0] if len(read) == 1 else joined(read[offset] for offset in sorted(read))


def joined(pages: Iterable[Page]) -> Page:
    """One page of several, each resource once."""
    pages = tuple(pages)
    rows = {row.key: row for one in pages for row in one.rows}
    return Page(
        rows=tuple(rows.values()),
        total=len(rows),
        broken=tuple(error for one in pages for error in one.broken),
    )


def lacking(kind: str, found: ControlPlane) -> str:
    """Why a control plane does not store a kind, as a sentence that names the version that does."""
    row = KINDS.get(kind)
    here = f"this control plane is {found.version_text}"
    if row is None:
        return f"this control plane stores no kind {kind!r}"
    if found.version and row.until and found.version >= row.until:
        return f"{kind} was dropped by Kuma {dotted(row.until)}; {here}"
    return f"{kind} needs Kuma {dotted(row.since)} or later; {here}"


def dotted(version: tuple[int, ...]) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))
