"""NGINX Service Mesh, from 1.2 on: its own API, and Kubernetes beside it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec

from gateway.errors import (
    BadResponse,
    BadUserInput,
    Forbidden,
    MeshgateError,
    Problem,
    Unsupported,
)
from gateway.model.changes import Change, JSONObject, Written
from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.health import Health
from gateway.model.identities import Identity
from gateway.model.inspection import Inspection
from gateway.model.kinds import Kind, Noun
from gateway.model.nginx_service_mesh.metrics import Scope, TrafficMetrics
from gateway.model.pages import EVERYTHING, Listing, Narrowing, Page
from gateway.model.reads import Reads
from gateway.model.resources import Resource, ResourceKey
from gateway.model.tokens import Token, TokenOrder
from gateway.settings import UpstreamSettings
from gateway.upstreams.base import Answer, Document, Operation, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.discoveries import Discoveries
from gateway.upstreams.nginx_service_mesh import discovery, problems, requests, responses, rules
from gateway.upstreams.nginx_service_mesh.dialects import Dialect, below, tried
from gateway.upstreams.nginx_service_mesh.discovery import Found
from gateway.upstreams.nginx_service_mesh.kinds import KINDS, MESH, SERVICE, WORKLOAD
from gateway.upstreams.nginx_service_mesh.requests import Request

T = TypeVar("T")


class NginxServiceMesh:
    """The adapter of one install; `kubernetes` is a client of the Kubernetes API beside it."""

    product = Product.NGINX_SERVICE_MESH

    def __init__(
        self, settings: UpstreamSettings, client: Client, kubernetes: Client | None = None
    ) -> None:
        self.name = settings.name
        self.client = client
        self._kubernetes = kubernetes
        self._url = settings.url
        self._timeout = settings.timeout
        self._tried = tried(settings.generation, settings.url)
        self._found = Discoveries(self.name, client.fingerprint, self._discover)

    @property
    def health(self) -> Health:
        """How it is doing, as this gateway sees it."""
        return self.client.health

    def known(self, viewer: Viewer) -> Found | None:
        """What discovery found: for anybody, which is kept fresh, or else for this caller."""
        return self._found.known(viewer)

    async def control_plane(self, operation: Operation) -> Found:
        """What discovery found; it is done now where it has not been. Raises UpstreamError."""
        return await self._found.found(operation)

    async def discover(self, viewer: Viewer) -> Found:
        """Ask again which generation it is, together with whoever asks just then."""
        return await self._found.again(viewer)

    async def _discover(self, viewer: Viewer) -> Found:
        ask = Operation(viewer, self._timeout * 3, calls=12)
        given = len(self._tried) == 1
        speaks = self._tried[0] if given else await self._generation(ask)
        meshes, components = await asyncio.gather(
            self._seen(speaks, ask) if given else _told(self._meshes(speaks, ask)),
            _told(self._components(speaks, ask)),
        )
        return discovery.control_plane(
            self.name,
            speaks,
            meshes.rows[0].content.name if meshes and len(meshes.rows) == 1 else None,
            components or {},
            kubernetes=self._kubernetes is not None,
        )

    async def _generation(self, ask: Operation) -> Dialect:
        for speaks in self._tried:
            answer = await self._send(speaks, Request("GET", speaks.probe), ask)
            if discovery.speaks(speaks, answer):
                return speaks
            if answer.status not in (200, 404):
                raise problems.failure(self.name, answer)
        raise self._another()

    async def _seen(self, speaks: Dialect, ask: Operation) -> Page | None:
        """The meshes of a generation that the settings name; None where they may not be read."""
        try:
            return await self._meshes(speaks, ask)
        except Forbidden:
            return None
        except (Unsupported, BadResponse) as error:
            raise self._another() from error

    def _another(self) -> BadResponse:
        return BadResponse(
            f"{self.name}: what answers there is not the API of NGINX Service Mesh; "
            "is url the address of the mesh's API, or of Kubernetes' own?",
            upstream=self.name,
        )

    async def list(self, listing: Listing, operation: Operation) -> Page:
        """A whole collection; an unknown mesh is an empty one."""
        found = await self.control_plane(operation)
        kind = self.served(found, listing.kind).kind
        if kind is MESH:
            return await self._meshes(found.speaks, operation)
        mesh = found.mesh
        if mesh is None and listing.mesh is not None:
            mesh = await self._mesh(operation, found)
        if listing.mesh not in (None, mesh):
            return Page()
        if kind.noun is Noun.POLICY:
            answer = await self._ask_kubernetes(requests.resources(kind), operation)
            return responses.custom(self.name, kind, self._there(answer, kind), mesh)
        request = requests.told(found.speaks, kind.path)
        answer = self._there(await self._send(found.speaks, request, operation), kind)
        if kind is SERVICE:
            return responses.services(self.name, answer, mesh)
        return responses.workloads(self.name, answer, mesh)

    async def get(
        self,
        key: ResourceKey,
        operation: Operation,
        *,
        overview: bool,
        reads: Reads | None = None,
    ) -> Resource | None:
        """One resource of its list, for there is no asking for one; None where there is none."""
        page = await self.list(Listing(self.name, key.kind, key.mesh), operation)
        found = next((row for row in page.rows if row.key == key), None)
        if found is None and page.broken:
            raise page.broken[0]
        return found

    async def write(self, change: Change, operation: Operation) -> Written:
        """Nothing is stored or deleted here by its name; raises Unsupported."""
        raise self._lacks("NGINX Service Mesh stores nothing by PUT; see patchMeshConfig")

    async def patch(self, items: Sequence[JSONObject], operation: Operation) -> Resource:
        """Change the configuration by a list of `{op, field}`, sent once; the mesh as it is then.

        Raises BadUserInput, before anything is sent, for what the mesh would refuse by its rules.
        """
        found = await self.control_plane(operation)
        self._own_api(found, "change its MeshConfig resource in Kubernetes instead")
        held = await _told(self._meshes(found.speaks, operation))
        if held is not None:
            await self._foresee(held.rows[0], items, found, operation)
        request = requests.patch(found.speaks, items)
        answer = self._good(await self._send(found.speaks, request, operation))
        return responses.config(self.name, answer, found.speaks.since)

    async def _foresee(
        self, held: Resource, items: Sequence[JSONObject], found: Found, operation: Operation
    ) -> None:
        config = msgspec.json.decode(held.raw)
        breakers = any("random" in str(it["field"].get("loadBalancingMethod")) for it in items)
        if breakers and "CircuitBreaker" in found.kinds:
            listed = await _told(self.list(Listing(self.name, "CircuitBreaker"), operation))
            breakers = listed is not None and bool(listed.rows)
        else:
            breakers = False
        told = rules.foreseen(config, items, circuit_breakers=breakers)
        if told is not None:
            raise BadUserInput(
                f"{self.name}: the mesh would refuse this configuration: {told.reason}",
                upstream=self.name,
                problem=Problem(title=told.reason, invalid_parameters=(told,)),
            )

    async def inject(
        self,
        manifest: str,
        incoming: Sequence[int],
        outgoing: Sequence[int],
        operation: Operation,
    ) -> str:
        """A manifest with the sidecar in its workloads; asked for, and nothing stored."""
        found = await self.control_plane(operation)
        self._own_api(found, "inject with its command line client instead")
        request = requests.inject(found.speaks, manifest, incoming, outgoing)
        answer = self._good(await self._send(found.speaks, request, operation))
        return responses.manifest(self.name, answer)

    async def components(self, operation: Operation) -> dict[str, tuple[str, ...]]:
        """The versions that run of each component; none where it does not tell."""
        found = await self.control_plane(operation)
        return await self._components(found.speaks, operation)

    async def traffic(self, scope: Scope, operation: Operation) -> tuple[TrafficMetrics, ...]:
        """The traffic of what a scope names, as Prometheus counted it."""
        answer = self._good(await self._ask_kubernetes(requests.traffic(scope), operation))
        return responses.traffic(self.name, answer)

    async def document(self, document: Document, operation: Operation) -> msgspec.Raw | None:
        """Its configuration as it tells it; it tells of nothing else."""
        if document is not Document.CONFIGURATION:
            return None
        found = await self.control_plane(operation)
        page = await self._meshes(found.speaks, operation)
        return page.rows[0].raw if page.rows else None

    async def close(self) -> None:
        """Let go of its connections."""
        await self.client.close()
        if self._kubernetes is not None:
            await self._kubernetes.close()

    def served(self, found: ControlPlane, kind: str) -> Served:
        """How it serves a kind; raises Unsupported, saying what would be needed for it."""
        served = found.kinds.get(kind)
        if served is not None:
            return served
        row = KINDS.get(kind)
        if kind == Noun.POLICY.value or (row is not None and row.noun is Noun.POLICY):
            raise self._lacks(
                "its policies are in Kubernetes: name that under kubernetes in its settings"
            )
        if row in (SERVICE, WORKLOAD) or kind in (Noun.SERVICE.value, Noun.DATAPLANE.value):
            raise self._lacks("2.0 has no API of its own, which told of services and workloads")
        raise self._lacks(f"NGINX Service Mesh stores no kind {kind!r}")

    def narrowed(self, found: ControlPlane, listing: Listing) -> Listing:
        """The listing without its narrowing: the mesh chooses nothing by itself."""
        return msgspec.structs.replace(listing, narrowing=EVERYTHING)

    def require(self, found: ControlPlane, narrowing: Narrowing) -> None:
        """Nothing: every version may have what fits."""

    def require_members(
        self, found: ControlPlane, kind: str, members: JSONObject, place: Callable[[str], str]
    ) -> None:
        """Nothing: no body is written member by member."""

    def shows_secrets(self, viewer: Viewer) -> bool:
        """It has none."""
        return False

    async def inspect(self, asked: Inspection, operation: Operation) -> Any:
        """Raises Unsupported: it does not tell whom policies are for, or of its sidecars."""
        raise self._lacks("NGINX Service Mesh tells neither whom policies are for nor of sidecars")

    async def identity(self, operation: Operation) -> Identity | None:
        """None: it does not tell whom it takes the caller for."""
        return None

    async def kubernetes(self, key: ResourceKey, operation: Operation) -> msgspec.Raw | None:
        """None: what is a Kubernetes object is shown as that by `raw`."""
        return None

    async def issue(self, order: TokenOrder, operation: Operation) -> Token:
        """Raises Unsupported: it makes no tokens."""
        raise self._lacks("NGINX Service Mesh makes no tokens")

    def written_lately(self, kind: str) -> bool:
        """Nothing is counted here, so nothing trails."""
        return False

    async def _meshes(self, speaks: Dialect, operation: Operation) -> Page:
        if not speaks.rest:
            answer = self._good(await self._ask_kubernetes(requests.configs(speaks), operation))
            return responses.configs(self.name, answer, speaks.since)
        request = requests.told(speaks, requests.CONFIG)
        answer = self._good(await self._send(speaks, request, operation))
        return Page((responses.config(self.name, answer, speaks.since),), 1)

    async def _mesh(self, operation: Operation, found: Found) -> str | None:
        """The mesh of its resources; None where several may be meant."""
        page = await self._meshes(found.speaks, operation)
        return page.rows[0].content.name if len(page.rows) == 1 else None

    async def _components(
        self, speaks: Dialect, operation: Operation
    ) -> dict[str, tuple[str, ...]]:
        if not speaks.rest:
            return {}
        answer = await self._send(speaks, requests.told(speaks, requests.VERSION), operation)
        if answer.status == 404:
            return {}
        return responses.components(self.name, self._good(answer))

    async def _send(self, speaks: Dialect, request: Request, operation: Operation) -> Answer:
        return await self.client.send(
            request.method,
            below(request.path, speaks, self._url),
            operation=operation,
            body=request.body,
            content_type=request.content_type,
        )

    async def _ask_kubernetes(self, request: Request, operation: Operation) -> Answer:
        # 2.0 is Kubernetes and nothing else, so that its own address will do.
        client = self._kubernetes or self.client
        found = self.known(operation.viewer)
        if self._kubernetes is None and found is not None and found.speaks.rest:
            raise self._lacks(
                "traffic metrics are in Kubernetes: name that under kubernetes in its settings"
            )
        return await client.send(request.method, request.path, operation=operation)

    def _own_api(self, found: Found, instead: str) -> None:
        if not found.speaks.rest:
            raise self._lacks(f"NGINX Service Mesh 2.0 has no API of its own: {instead}")

    def _lacks(self, told: str) -> Unsupported:
        return Unsupported(f"{self.name}: {told}", upstream=self.name)

    def _there(self, answer: Answer, kind: Kind) -> Answer:
        """The answer with a kind's list, of which not every install has all."""
        if answer.status == 404 and kind.noun is Noun.POLICY:
            raise self._lacks(f"Kubernetes there has no resources of kind {kind.name}")
        if answer.status == 404 and kind is WORKLOAD:
            raise self._lacks("this release does not tell which workloads carry its sidecar")
        return self._good(answer)

    def _good(self, answer: Answer) -> Answer:
        if answer.status >= 300:
            raise problems.failure(self.name, answer)
        return answer


async def _told(asking: Awaitable[T]) -> T | None:
    """What was asked for, or None where it is not to be had."""
    try:
        return await asking
    except MeshgateError:
        return None
