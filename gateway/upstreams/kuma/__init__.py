"""Kuma, from 1.1 on: one control plane, asked in its own dialect."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from gateway.errors import Unsupported
from gateway.model.changes import Apply, Change, Outcome, Written
from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.health import Health
from gateway.model.pages import Listing, Page
from gateway.model.resources import Resource, ResourceKey
from gateway.model.versions import Version, parse
from gateway.settings import UpstreamSettings
from gateway.upstreams.base import Answer, Document, Operation, Viewer
from gateway.upstreams.bodies import document as json_document
from gateway.upstreams.client import Client
from gateway.upstreams.discoveries import Discoveries, told
from gateway.upstreams.kuma import discovery, problems, requests, responses
from gateway.upstreams.kuma.dialects import dialect
from gateway.upstreams.kuma.kinds import KINDS

FRESH: Final = 30.0
"""Seconds for which a kind written through us is asked for whatever the insights say."""


class Kuma:
    """The adapter: reads, lists and writes whatever the control plane says it stores."""

    product = Product.KUMA

    def __init__(self, settings: UpstreamSettings, client: Client) -> None:
        self.name = settings.name
        self.client = client
        self._timeout = settings.timeout
        self._found = Discoveries(self.name, client.fingerprint, self._discover)
        self._written: dict[str, float] = {}

    @property
    def health(self) -> Health:
        """How it is doing, as this gateway sees it."""
        return self.client.health

    def known(self, viewer: Viewer) -> ControlPlane | None:
        """What discovery found: for anybody, which is kept fresh, or else for this caller."""
        return self._found.known(viewer)

    async def control_plane(self, operation: Operation) -> ControlPlane:
        """What discovery found; it is done now where it has not been. Raises UpstreamError."""
        return await self._found.found(operation)

    async def discover(self, viewer: Viewer) -> ControlPlane:
        """Ask again who it is and what it stores, together with whoever asks just then."""
        return await self._found.again(viewer)

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
        return discovery.control_plane(
            self.name, said, discovery.config(config), listed, insights.rows if insights else ()
        )

    async def list(self, listing: Listing, operation: Operation) -> Page:
        """A whole collection, page by page; an unknown mesh is an empty one."""
        found = await self.control_plane(operation)
        served = self.served(found, listing.kind)
        speaks = dialect(found.version)

        async def page(offset: int) -> Page:
            request = requests.listing(
                served, listing.mesh, speaks, overview=listing.overview, offset=offset
            )
            answer = await self.client.send(request.method, request.path, operation=operation)
            if answer.status == 404 and not problems.no_endpoint(answer):
                return Page()
            return responses.page(self.name, served.kind, self._good(answer), offset)

        believable = speaks.overview_total or not listing.overview
        return await all_pages(page, believable=believable, most=operation.calls_left)

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
        resource = responses.resource(self.name, served.kind, self._good(answer).body, answer)
        return resource if responses.exists(resource) else None

    async def write(self, change: Change, operation: Operation) -> Written:
        """One PUT or DELETE, sent once. Raises what the control plane says against it."""
        found = await self.control_plane(operation)
        served = self.served(found, change.key.kind)
        if isinstance(change, Apply) and "labels" in change.body:
            self._store_labels(found)
        request = requests.write(served, change)
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
        return json_document(self.name, await self._answer(path, operation))

    async def close(self) -> None:
        """Let go of its connections."""
        await self.client.close()

    def _store_labels(self, found: ControlPlane) -> None:
        if not dialect(found.version).labels:
            raise Unsupported(
                f"{self.name}: labels need Kuma 2.6 or later; "
                f"this control plane is {found.version_text}",
                upstream=self.name,
            )

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


async def all_pages(page: Callable[[int], Awaitable[Page]], *, believable: bool, most: int) -> Page:
    """A collection from its pages: side by side once the total is known and can be believed.

    A total of more than `most` pages is not: they are walked, as far as they go.
    """
    pages = [await page(0)]
    step, total = pages[0].next_offset, pages[0].total
    if believable and step and total and total <= step * most:
        pages += await asyncio.gather(*map(page, range(step, total, step)))
    while (offset := pages[-1].next_offset) is not None:
        pages.append(await page(offset))
    if len(pages) == 1:
        return pages[0]
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
