"""NGINX Instance Manager: lists and writes as other products have them, and what it alone has."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec

from gateway.errors import BadResponse, MeshgateError, Unsupported
from gateway.model.changes import Apply, Change, Delete, JSONObject, Outcome, Written
from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.health import Health
from gateway.model.identities import Identity
from gateway.model.inspection import Inspection
from gateway.model.nginx_instance_manager.analytics import Event, Events, Metric
from gateway.model.nginx_instance_manager.changes import Create, Patch, Publish, Scan
from gateway.model.nginx_instance_manager.configurations import Configuration
from gateway.model.nginx_instance_manager.deployments import Accepted, Deployment
from gateway.model.nginx_instance_manager.health import Health as OwnHealth
from gateway.model.nginx_instance_manager.servers import Scan as Scanned
from gateway.model.pages import EVERYTHING, Listing, Narrowing, Page
from gateway.model.reads import Reads
from gateway.model.resources import Resource, ResourceKey
from gateway.model.tokens import Token, TokenOrder
from gateway.settings import UpstreamSettings
from gateway.upstreams.base import Answer, Document, Operation, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.discoveries import Discoveries, told
from gateway.upstreams.nginx_instance_manager import (
    certificates,
    discovery,
    problems,
    requests,
    responses,
)
from gateway.upstreams.nginx_instance_manager.dialects import Envelope
from gateway.upstreams.nginx_instance_manager.kinds import KINDS, VERBS
from gateway.upstreams.pacing import waited_out
from gateway.upstreams.reading import document
from gateway.upstreams.wire import Request

LOOK: Final = (0.25, 0.5, 1.0, 2.0)
"""Seconds until a deployment is looked at again; the last for ever."""
UNWELL: Final = frozenset((503,))
"""How it tells of its health where that is not good."""
SPARE: Final = 1.0
"""Seconds before the deadline at which following ends, so that there is an answer."""


class InstanceManager:
    """The adapter: what it keeps is asked for page by page, below its limit of calls."""

    product = Product.NGINX_INSTANCE_MANAGER

    def __init__(
        self,
        settings: UpstreamSettings,
        client: Client,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = settings.name
        self.client = client
        self.findings = Discoveries(settings.name, client.fingerprint, self._discover)
        self._timeout = settings.timeout
        self._sleep = sleep

    @property
    def health(self) -> Health:
        """How it is doing, as this gateway sees it."""
        return self.client.health

    def known(self, viewer: Viewer) -> ControlPlane | None:
        """What discovery found, for this caller or for anybody."""
        return self.findings.known(viewer)

    def served(self, found: ControlPlane, kind: str) -> Served:
        """How it serves a kind; raises Unsupported where it has no such kind."""
        served = found.kinds.get(kind)
        if served is None:
            lacking = f"{self.name}: Instance Manager keeps no kind {kind!r}"
            raise Unsupported(lacking, upstream=self.name)
        return served

    def narrowed(self, found: ControlPlane, listing: Listing) -> Listing:
        """The listing without its narrowing: no filter of its lists is documented well enough."""
        return msgspec.structs.replace(listing, narrowing=EVERYTHING)

    def require(self, found: ControlPlane, narrowing: Narrowing) -> None:
        """Nothing: every version may have what fits."""

    def require_members(
        self, found: ControlPlane, kind: str, members: JSONObject, place: Callable[[str], str]
    ) -> None:
        """Nothing: no version is known to drop a member."""

    def shows_secrets(self, viewer: Viewer) -> bool:
        """It has none."""
        return False

    async def inspect(self, asked: Inspection, operation: Operation) -> Any:
        """Raises Unsupported: it has no policies."""
        lacking = f"{self.name}: Instance Manager has no policies, and looks into no proxy for them"
        raise Unsupported(lacking, upstream=self.name)

    async def identity(self, operation: Operation) -> Identity | None:
        """None: it does not tell whom it takes the caller for."""
        return None

    async def kubernetes(self, key: ResourceKey, operation: Operation) -> msgspec.Raw | None:
        """None: nothing of it is a Kubernetes object."""
        return None

    async def issue(self, order: TokenOrder, operation: Operation) -> Token:
        """Raises Unsupported: it makes no tokens."""
        raise Unsupported(f"{self.name}: Instance Manager makes no tokens", upstream=self.name)

    def written_lately(self, kind: str) -> bool:
        """Whether insights may not count yet what was written: it has no insights."""
        return False

    async def discover(self, viewer: Viewer) -> ControlPlane:
        """Ask again who it is, together with whoever asks just then."""
        return await self.findings.again(viewer)

    async def control_plane(self, operation: Operation) -> ControlPlane:
        """What discovery found; it is done now where it has not been. Raises UpstreamError."""
        return await self.findings.found(operation)

    async def _discover(self, viewer: Viewer) -> ControlPlane:
        # What it will not tell stays open, but for whether it lets us in.
        ask = Operation(viewer, self._timeout * 3, calls=16)
        totals = asyncio.gather(*(told(self._total(kind, ask)) for kind in discovery.COUNTED))
        known, versions, counts = await asyncio.gather(
            self._admitted(ask), told(self._get(requests.VERSIONS, ask)), totals
        )
        if not known and versions is None and counts == [None] * len(counts):
            raise BadResponse(f"{self.name}: no Instance Manager answers there", upstream=self.name)
        counted = dict(zip(discovery.COUNTED, counts, strict=True))
        return discovery.control_plane(self.name, versions, counted)

    async def _admitted(self, ask: Operation) -> bool:
        """Whether it knows who asks, False where it has no such path."""
        answer = await self._ask(Request("GET", requests.USER), ask)
        if answer.status == 404:
            return False
        document(self.name, self._good(answer))
        return True

    async def _total(self, kind: str, ask: Operation) -> int | None:
        request = requests.listing(KINDS[kind].path, 1, size=1)
        answer = self._good(await self._ask(request, ask))
        return responses.listed(self.name, kind, answer).total

    async def list(self, listing: Listing, operation: Operation) -> Page:
        """A whole collection, page by page; nothing of it stands in a mesh."""
        kind = self.served(await self.control_plane(operation), listing.kind).kind
        if listing.mesh is not None:
            return Page()
        if kind.unlisted:
            raise Unsupported(
                f"{self.name}: Instance Manager lists no kind {kind.name!r}; ask by name",
                upstream=self.name,
            )
        rows: list[Resource] = []
        broken: list[MeshgateError] = []
        async for found, answer in self._pages(kind.path, operation):
            good, bad = responses.rows(self.name, kind, found, answer)
            rows += good
            broken += bad
        return Page(rows=tuple(rows), total=len(rows), broken=tuple(broken))

    async def get(
        self,
        key: ResourceKey,
        operation: Operation,
        *,
        overview: bool,
        reads: Reads | None = None,
    ) -> Resource | None:
        """One thing; None where there is none."""
        kind = self.served(await self.control_plane(operation), key.kind).kind
        if not VERBS[kind.name].gets:
            page = await self.list(Listing(self.name, kind.name), operation)
            return next((row for row in page.rows if row.content.name == key.name), None)
        answer = await self._ask(Request("GET", requests.place(kind, key.name)), operation)
        if answer.status == 404:
            return None
        return responses.resource(self.name, kind, self._good(answer).body, answer)

    async def write(self, change: Change, operation: Operation) -> Written:
        """One PUT or DELETE, sent once. Raises what Instance Manager says against it."""
        self.served(await self.control_plane(operation), change.key.kind)
        secrets = certificates.secrets(change.body) if isinstance(change, Apply) else ()
        answer = self._good(await self._ask(requests.write(change), operation), secrets)
        created = Outcome.CREATED if answer.status == 201 else Outcome.UPDATED
        return Written(Outcome.DELETED if isinstance(change, Delete) else created)

    async def create(self, change: Create, operation: Operation) -> ResourceKey:
        """Make a thing; where it is."""
        answer = self._good(await self._ask(requests.order(change), operation))
        uid = responses.made(answer) or await self._uid_of(change, operation)
        return ResourceKey(self.name, change.kind, None, uid)

    async def _uid_of(self, change: Create, operation: Operation) -> str:
        """The uid of what was made, which not every answer tells: of the only one called so."""
        member = VERBS[change.kind].creates or ""
        page = await self.list(Listing(self.name, change.kind), operation)
        named = [
            row.content.uid
            for row in page.rows
            if msgspec.json.decode(row.raw).get(member) == change.body.get(member)
        ]
        if len(named) != 1:
            told = "it was made, and its uid was not told; look for it in the list"
            raise BadResponse(f"{self.name}: {told}", upstream=self.name)
        return str(named[0])

    async def patch(self, change: Patch, operation: Operation) -> None:
        """Change a part of a thing."""
        self._good(await self._ask(requests.order(change), operation))

    async def publish(self, change: Publish, operation: Operation) -> Accepted:
        """Have a configuration published; it is on its way when this returns."""
        answer = self._good(await self._ask(requests.order(change), operation))
        return responses.accepted(self.name, answer)

    async def deployment(self, paths: Iterable[str], operation: Operation) -> Deployment | None:
        """How far a deployment is, at the first place where it is; None where it is at none.

        That may be so because it is not there yet, or not any more.
        """
        for path in paths:
            answer = await self._ask(Request("GET", path), operation)
            if answer.status != 404:
                return responses.read(self.name, Deployment, "a deployment", self._good(answer))
        return None

    async def followed(self, accepted: Accepted, operation: Operation) -> Deployment | None:
        """A deployment once nothing is pending, or as far as it is at the deadline.

        It is not there at once, which is waited out, and what goes wrong is no more than a look in
        vain: the publication itself was accepted.
        """
        found: Deployment | None = None
        paths = requests.followed(accepted)
        for wait in (*LOOK, *[LOOK[-1]] * 1000):
            left = operation.seconds_left() - SPARE
            if not paths or left <= 0 or operation.calls_left <= 1:
                break
            await self._sleep(min(wait, left))
            with suppress(MeshgateError):
                found = await self.deployment(paths, operation) or found
            if found is not None and found.is_settled:
                break
        return found

    async def unstaged(self, change: Publish, now: str, operation: Operation) -> Publish:
        """A publication as its target takes it: an instance takes files alone.

        Raises NotFound where the staged configuration is not there.
        """
        staged = change.body.get("configUid")
        if change.key.kind != "Instance" or staged is None:
            return change
        path = requests.configuration(KINDS["StagedConfiguration"], staged)
        body = responses.files(self.name, await self._get(path, operation))
        rest = {key: value for key, value in change.body.items() if key != "configUid"}
        return Publish(change.key, {**body, "updateTime": now, **rest})

    async def scan(self, change: Scan, operation: Operation) -> Scanned:
        """Look for NGINX in a network; how far that is."""
        answer = self._good(await self._ask(requests.order(change), operation))
        return responses.read(self.name, Scanned, "a scan", answer)

    async def configuration(
        self, key: ResourceKey, external_id: str | None, operation: Operation
    ) -> Configuration | None:
        """The files of an instance, a group or a staged configuration; None without any."""
        path = requests.configuration(KINDS[key.kind], key.name, external_id)
        answer = await self._ask(Request("GET", path), operation)
        return (
            None if answer.status == 404 else responses.configuration(self.name, self._good(answer))
        )

    async def events(
        self,
        query: Mapping[str, str],
        operation: Operation,
        *,
        token: str | None,
        offset: int,
        size: int,
    ) -> Events:
        """So many events of one moment, and one more where the total is not told."""
        found = Events(token=token)
        page, skip = divmod(offset, requests.PAGE_SIZE)
        while True:
            page += 1
            path = requests.events(query, page, found.token)
            one = responses.events(self.name, await self._get(path, operation))
            found = Events(
                (*found.rows, *one.rows[skip:]), one.token or found.token, one.total or found.total
            )
            skip = 0
            enough = len(found.rows) > size or (found.total is not None and len(found.rows) >= size)
            if enough or len(one.rows) < requests.PAGE_SIZE:
                return found

    async def event(self, uid: str, operation: Operation) -> Event | None:
        """One event; None where there is none."""
        answer = await self._ask(Request("GET", requests.event(uid)), operation)
        return (
            None
            if answer.status == 404
            else responses.read(self.name, Event, "an event", self._good(answer))
        )

    async def metrics(self, query: Mapping[str, str], operation: Operation) -> Sequence[Metric]:
        """Series of metrics."""
        answer = await self._get(requests.metrics(query), operation)
        return responses.read(self.name, responses.Metrics, "metrics", answer).metrics

    async def own_health(self, operation: Operation) -> OwnHealth:
        """How its services are doing, which it tells with 503 as well."""
        answer = await self._ask(Request("GET", requests.HEALTH), operation, answers=UNWELL)
        if answer.status in UNWELL:
            with suppress(MeshgateError):
                return responses.read(self.name, OwnHealth, "its health", answer)
        return responses.read(self.name, OwnHealth, "its health", self._good(answer))

    async def told_of(self, path: str, operation: Operation) -> msgspec.Raw:
        """A document whose shape nobody tells."""
        return document(self.name, await self._get(path, operation))

    async def items(self, path: str, operation: Operation) -> Sequence[msgspec.Raw]:
        """All rows of a list whose shape nobody tells."""
        return [raw async for found, _ in self._pages(path, operation) for raw in found.items]

    async def document(self, document: Document, operation: Operation) -> msgspec.Raw | None:
        """A document that control planes keep about themselves: it has none."""
        return None

    async def close(self) -> None:
        """Let go of its connections."""
        await self.client.close()

    async def _pages(
        self, path: str, operation: Operation
    ) -> AsyncIterator[tuple[Envelope, Answer]]:
        seen, number, before = 0, 1, Envelope()
        while True:
            request = requests.listing(path, number, before.token)
            answer = self._good(await self._ask(request, operation))
            found = responses.listed(self.name, path, answer)
            # Some lists have no pages and give everything, again and again.
            if number > 1 and found.items[:1] == before.items[:1]:
                return
            yield found, answer
            seen += len(found.items)
            is_short = len(found.items) != requests.PAGE_SIZE
            if not found.items or (is_short if found.total is None else seen >= found.total):
                return
            before = found if found.token else msgspec.structs.replace(found, token=before.token)
            number += 1

    async def _get(self, path: str, operation: Operation) -> Answer:
        return self._good(await self._ask(Request("GET", path), operation))

    async def _ask(
        self, request: Request, operation: Operation, *, answers: frozenset[int] = frozenset()
    ) -> Answer:
        async def send() -> Answer:
            return await self.client.send(
                request.method,
                request.path,
                operation=operation,
                body=request.body,
                answers=answers,
            )

        return await waited_out(send, operation, sleep=self._sleep)

    def _good(self, answer: Answer, secrets: Iterable[str] = ()) -> Answer:
        if answer.status >= 300:
            raise problems.failure(self.name, answer, secrets)
        return responses.without_keys(answer)
