"""Kuma, from 0.1 on: one control plane, asked in its own dialect."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import msgspec

from gateway.errors import Unsupported
from gateway.model.changes import Apply, Change, JSONObject, Outcome, Written
from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.health import Health
from gateway.model.identities import Identity
from gateway.model.inspection import Inspection
from gateway.model.kinds import IN_MESH, Kind
from gateway.model.pages import Listing, Narrowing, Page
from gateway.model.reads import Reads
from gateway.model.resources import Resource, ResourceKey
from gateway.model.tokens import Token, TokenOrder
from gateway.model.versions import Version, parse
from gateway.settings import UpstreamSettings
from gateway.upstreams import reading
from gateway.upstreams.base import Answer, Document, Operation, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import ANONYMOUS
from gateway.upstreams.discoveries import Discoveries, told
from gateway.upstreams.kuma import (
    crashes,
    discovery,
    identities,
    narrowing,
    past,
    problems,
    requests,
    responses,
    spans,
    tokens,
)
from gateway.upstreams.kuma.dialects import KUBERNETES, dialect, require_labels
from gateway.upstreams.kuma.inspecting import inspect
from gateway.upstreams.kuma.kinds import KINDS

_CREATED, _UPDATED, _DELETED = Outcome.CREATED, Outcome.UPDATED, Outcome.DELETED

LARGE: Final = 1 << 20
"""From how many bytes a body is decoded in a turn of the loop of its own."""
FRESH: Final = 30.0
"""Seconds for which a kind written through us is asked for whatever the insights say."""
READ_AGAIN: Final = 3
"""How often the pages of a list are read again while others write into it."""


class Kuma:
    """The adapter: reads, lists and writes whatever the control plane says it stores."""

    product = Product.KUMA

    def __init__(self, settings: UpstreamSettings, client: Client) -> None:
        self.name = settings.name
        self.client = client
        self._settings = settings
        self._timeout = settings.timeout
        self._found = Discoveries(self.name, client.fingerprint, self._discover)
        self._written: dict[str, float] = {}
        self._decoding = asyncio.Lock()

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
        """A whole collection, page by page, or a part of it; an unknown mesh is an empty one."""
        found = self.known(operation.viewer) or await self.control_plane(operation)
        served = self.served(found, listing.kind)
        speaks = dialect(found.version)
        if not speaks.everywhere and listing.mesh is None and served.kind.scope is IN_MESH:
            return await self._mesh_by_mesh(listing, operation)

        async def page(offset: int, size: int = requests.PAGE_SIZE) -> Page:
            request = requests.listing(
                served,
                listing.mesh,
                speaks,
                overview=listing.overview,
                offset=offset,
                size=size,
                narrowing=listing.narrowing,
            )
            answer = await self.client.send(request.method, request.path, operation=operation)
            if answer.status == 404 and not problems.no_endpoint(answer):
                return Page()
            if len(answer.body) >= LARGE:
                # One large body is decoded at a time, and others have turns between them.
                async with self._decoding:
                    await asyncio.sleep(0)
            # Those who share a call share what it brings, already read.
            return answer.once(
                (served.kind.name, offset, listing.reads, found.version),
                responses.page,
                self.name,
                served.kind,
                self._good(answer),
                offset,
                listing.reads,
                found.version,
            )

        believable = speaks.overview_total or not listing.overview
        if listing.part is not None:
            some = await page(listing.part.offset, listing.part.size)
            return some if believable else msgspec.structs.replace(some, total=None)
        return await all_pages(page, believable=believable, most=operation.calls_left)

    async def _mesh_by_mesh(self, listing: Listing, operation: Operation) -> Page:
        """A kind in all meshes of a control plane that lists it in one at a time."""
        meshes = await self.list(Listing(self.name, "Mesh"), operation)
        names = [row.content.name for row in meshes.rows]
        parts = [msgspec.structs.replace(listing, mesh=name) for name in names]
        pages = await asyncio.gather(*(self.list(part, operation) for part in parts))
        return joined((*pages, Page(broken=meshes.broken)))

    async def get(
        self,
        key: ResourceKey,
        operation: Operation,
        *,
        overview: bool,
        reads: Reads | None = None,
    ) -> Resource | None:
        """One resource, with its insight where `overview` is set; None where there is none."""
        found = self.known(operation.viewer) or await self.control_plane(operation)
        served = self.served(found, key.kind)
        request = requests.one(
            served, key.mesh, key.name, dialect(found.version), overview=overview
        )
        answer = await self.client.send(request.method, request.path, operation=operation)
        if answer.status == 404 and not problems.no_endpoint(answer):
            return None
        resource = answer.once(
            (served.kind.name, found.version, reads),
            responses.resource,
            self.name,
            served.kind,
            self._good(answer).body,
            answer,
            found.version,
            reads,
        )
        return resource if responses.exists(resource) else None

    async def write(self, change: Change, operation: Operation) -> Written:
        """One PUT or DELETE, sent once. Raises what the control plane says against it."""
        found = self.known(operation.viewer) or await self.control_plane(operation)
        served = self.served(found, change.key.kind)
        if isinstance(change, Apply):
            if "labels" in change.body:
                require_labels(found)
            body = past.body(served.kind, found, change.body)
            if body is not change.body:
                change = Apply(change.key, body)
        request = requests.write(served, change)
        crashes.refuse(f"{request.method} {served.kind.name}", found)
        self._written[change.key.kind] = operation.loop.time()
        answer = await self.client.send(
            request.method, request.path, operation=operation, body=request.body
        )
        warnings = responses.warnings(self.name, self._good(answer))
        created = _CREATED if answer.status == 201 else _UPDATED
        outcome = created if isinstance(change, Apply) else _DELETED
        return Written(outcome, warnings)

    async def inspect(self, asked: Inspection, operation: Operation) -> Any:
        """What a view shows; None where there is nothing of that name. Raises UpstreamError."""
        found = await self.control_plane(operation)
        served = self.served(found, asked.key.kind)
        return await inspect(
            self.client, self._settings.proxy_timeout, served, found, asked, operation
        )

    async def document(self, document: Document, operation: Operation) -> msgspec.Raw | None:
        """A document that it keeps about itself; None where its version has none."""
        found = self.known(operation.viewer) or await self.control_plane(operation)
        path = requests.document(document, found.version)
        if path is None:
            return None
        return reading.document(self.name, await self._answer(path, operation))

    def shows_secrets(self, viewer: Viewer) -> bool:
        """Whether the settings let this caller read the data of secrets."""
        given = self._settings.secret_data
        return given == "everybody" or (given == "forwarded" and bool(viewer.authorization))

    async def identity(self, operation: Operation) -> Identity | None:
        """Whom it takes the caller for; before 2.2 its configuration tells no more than by_host."""
        found = await self.control_plane(operation)
        who = await self._who(operation)
        if who is None:
            by_host = found.trusts_its_host and identities.is_loopback(self._settings.url)
            return Identity(administrator=True, by_host=True) if by_host else None
        return identities.identity(who, by_host=await self._by_host(who, operation))

    async def _who(self, operation: Operation) -> identities.Who | None:
        said = await self.document(Document.IDENTITY, operation)
        return None if said is None else responses.who(self.name, said)

    async def _by_host(self, who: identities.Who, operation: Operation) -> bool:
        """Whether the caller would be the administrator without a credential as well."""
        if not who.administrator or self._settings.tls.cert_file is not None:
            return False
        nobody = Viewer(operation.viewer.address)
        if self.client.fingerprint(operation.viewer) == ANONYMOUS:
            return True
        if self.client.fingerprint(nobody) != ANONYMOUS:
            return False
        operation.spend(self.name)
        bare = await self._who(Operation(nobody, operation.seconds_left(), calls=1))
        return bare is not None and bare.administrator

    async def kubernetes(self, key: ResourceKey, operation: Operation) -> msgspec.Raw | None:
        """One resource as a Kubernetes object; None where there is none, and before 2.3."""
        found = await self.control_plane(operation)
        served = self.served(found, key.kind)
        if found.version and found.version < KUBERNETES:
            return None
        request = requests.kubernetes(served, key.mesh, key.name)
        answer = await self.client.send(request.method, request.path, operation=operation)
        if answer.status == 404 and not problems.no_endpoint(answer):
            return None
        return reading.document(self.name, self._good(answer))

    async def issue(self, order: TokenOrder, operation: Operation) -> Token:
        """A new token, asked for once. Raises what the control plane says against it."""
        found = await self.control_plane(operation)
        request = tokens.request(self.name, order, found.version)
        answer = await self.client.send(
            request.method, request.path, operation=operation, body=request.body
        )
        return tokens.token(self.name, answer)

    async def close(self) -> None:
        """Let go of its connections."""
        await self.client.close()

    def served(self, found: ControlPlane, kind: str) -> Served:
        """How the control plane serves a kind; raises Unsupported, naming the version that does."""
        served = found.kinds.get(kind)
        if served is None:
            raise Unsupported(f"{self.name}: {lacking(kind, found)}", upstream=self.name)
        return served

    def narrowed(self, found: ControlPlane, listing: Listing) -> Listing:
        """The listing with as much of its narrowing as the control plane's version knows."""
        known = narrowing.narrowed(
            listing.narrowing, listing.kind, found.version, overview=listing.overview
        )
        return msgspec.structs.replace(listing, narrowing=known)

    def require(self, found: ControlPlane, narrowing: Narrowing) -> None:
        """Raise Unsupported where labels are wanted of a version that has none."""
        if narrowing.labels:
            require_labels(found)

    def require_members(
        self, found: ControlPlane, kind: str, members: JSONObject, place: Callable[[str], str]
    ) -> None:
        """Raise Unsupported for a member of a body that its version would drop without a word."""
        lacks = spans.lacking(kind, members, found.version)
        if lacks is not None:
            raise Unsupported(
                f"{self.name}: `{place(lacks.path)}` {lacks.reason}; "
                f"this control plane is {found.version_text}",
                upstream=self.name,
            )

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

    A total of more than `most` pages is not: they are walked, as far as they go. Where the totals
    of pages differ, somebody wrote between them, and what is older than the newest is read again.
    """
    first = await page(0)
    if first.next_offset is None:
        return first
    read, step, total = {0: first}, first.next_offset, first.total
    if believable and total and total <= step * most:
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
    return joined(read[offset] for offset in sorted(read))


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
    row = KINDS.get(kind) or oldest(kind)
    here = f"this control plane is {found.version_text}"
    if row is None:
        return f"this control plane stores no kind {kind!r}"
    if found.version and row.until and found.version >= row.until:
        return f"{row.name} was dropped by Kuma {dotted(row.until)}; {here}"
    return f"{row.name} needs Kuma {dotted(row.since)} or later; {here}"


def oldest(noun: str) -> Kind | None:
    """The kind of a noun that the oldest version has; None where there is no such noun."""
    rows = (row for row in KINDS.values() if row.noun == noun)
    return min(rows, key=lambda row: row.since, default=None)


def dotted(version: tuple[int, ...]) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))
