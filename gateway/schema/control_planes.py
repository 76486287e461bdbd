"""The configured upstreams: who they say they are and how they are doing."""

from collections.abc import Sequence
from datetime import UTC, datetime

import strawberry

from gateway.errors import MeshgateError
from gateway.model import control_planes as model
from gateway.model.health import Circuit, Health
from gateway.model.kinds import Scope
from gateway.model.resources import ResourceKey
from gateway.schema.arguments import After, First
from gateway.schema.collecting import Within
from gateway.schema.connections import Connection
from gateway.schema.context import Info
from gateway.schema.dataplanes import Dataplane, dataplanes
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.filters import (
    WhichDataplanes,
    WhichMeshes,
    WhichPolicies,
    WhichServices,
    WhichZones,
)
from gateway.schema.ids import CONTROL_PLANE, node_id
from gateway.schema.meshes import Mesh, meshes
from gateway.schema.policies import Policy, policies
from gateway.schema.resources import Node
from gateway.schema.scalars import JSON, DateTime
from gateway.schema.services import Service, services
from gateway.schema.totals import Insight, insight
from gateway.schema.zones import Zone, zones
from gateway.upstreams.base import Adapter, Document

Product = enum(
    model.Product,
    "Product",
    "The software behind a control plane.",
    {
        "KUMA": "Kuma, and what is made of it.",
        "NGINX_INSTANCE_MANAGER": "NGINX Instance Manager.",
        "NGINX_SERVICE_MESH": "NGINX Service Mesh, up to 2.0.",
    },
)
CircuitState = enum(
    Circuit,
    "CircuitState",
    "Whether calls to a control plane go out.",
    {
        "CLOSED": "All of them.",
        "OPEN": "None for a while: too many have failed.",
        "HALF_OPEN": "One, to see whether it answers again.",
    },
)


@described
@strawberry.type
class ControlPlaneHealth:
    """How a control plane is doing, as this gateway sees it."""

    health: strawberry.Private[Health]

    @strawberry.field
    def reachable(self) -> bool | None:
        """Whether the last call was answered; null while none was made."""
        return self.health.reachable

    @strawberry.field
    def latency(self) -> float | None:
        """How long the last answer took, in seconds."""
        return self.health.latency

    @strawberry.field
    def circuit(self) -> CircuitState:  # type: ignore[valid-type]
        """Whether calls go out."""
        return self.health.circuit

    @strawberry.field
    def last_error(self) -> str | None:
        """The code of the last failure, null once a call was answered again."""
        return self.health.last_error

    @strawberry.field
    def last_contact(self) -> DateTime | None:
        """When it last answered."""
        at = self.health.last_contact
        return None if at is None else DateTime(datetime.fromtimestamp(at, UTC).isoformat())


@described
@strawberry.type
class ResourceKind:
    """A kind of resource that a control plane stores."""

    name: str = strawberry.field(description="The upstream's own word.")
    path: str = strawberry.field(description="Its segment in the upstream's paths.")
    mesh_scoped: bool = strawberry.field(description="Whether its names are those of a mesh.")
    policy: bool = strawberry.field(description="Whether it is a policy.")
    writable: bool = strawberry.field(description="Whether the control plane lets it be written.")
    summary: str = strawberry.field(description="What it is for.")


@described
@strawberry.type
class ControlPlane(Node):
    """One configured upstream: who it says it is and how it is doing, as this gateway sees it."""

    upstream: strawberry.Private[Adapter]

    @strawberry.field
    def id(self) -> strawberry.ID:
        """The id under which `node` finds it again."""
        return node_id(ResourceKey(self.upstream.name, CONTROL_PLANE, None, self.upstream.name))

    @strawberry.field
    def name(self) -> str:
        """Its name in the gateway's settings."""
        return self.upstream.name

    @strawberry.field
    def product(self) -> Product:  # type: ignore[valid-type]
        """The software behind it."""
        return self.upstream.product

    @strawberry.field
    async def version(self, info: Info) -> str | None:
        """The version it says it is; null while it has never answered."""
        found = await self._found(info)
        return found.version_text if found else None

    @strawberry.field
    async def mode(self, info: Info) -> str | None:
        """How it is run: zone, global or standalone; null where it does not tell."""
        found = await self._found(info)
        return found.mode if found else None

    @strawberry.field
    async def read_only(self, info: Info) -> bool | None:
        """Whether nothing can be written there; null while unknown. `kinds` tells more exactly."""
        found = await self._found(info)
        return found.read_only if found else None

    @strawberry.field
    def health(self) -> ControlPlaneHealth:
        """How it is doing."""
        return ControlPlaneHealth(health=self.upstream.health)

    @strawberry.field
    async def kinds(self, info: Info) -> list[ResourceKind]:
        """What it stores, and what may be written; empty while it has never answered."""
        found = await self._found(info)
        return [
            ResourceKind(
                name=one.kind.name,
                path=one.path,
                mesh_scoped=one.kind.scope is Scope.MESH,
                policy=one.kind.family is not None,
                writable=one.writable,
                summary=one.kind.summary,
            )
            for _, one in sorted(found.kinds.items() if found else ())
        ]

    @strawberry.field
    async def configuration(self, info: Info) -> JSON | None:
        """The configuration that it runs with; it masks its secrets itself."""
        return await self._document(info, Document.CONFIGURATION)

    @strawberry.field
    async def supported_versions(self, info: Info) -> JSON | None:
        """Which proxies it works with, as Kuma 1.1 to 1.7 say; null from others."""
        return await self._document(info, Document.SUPPORTED_VERSIONS)

    @strawberry.field
    async def meshes(
        self, info: Info, filter: WhichMeshes = None, first: First = None, after: After = None
    ) -> Connection[Mesh] | None:
        """Its meshes."""
        return await meshes(info, filter, first, after, self.within)  # type: ignore[no-any-return]

    @strawberry.field
    async def dataplanes(
        self, info: Info, filter: WhichDataplanes = None, first: First = None, after: After = None
    ) -> Connection[Dataplane] | None:
        """Its dataplanes."""
        return await dataplanes(info, filter, first, after, self.within)  # type: ignore[no-any-return]

    @strawberry.field
    async def services(
        self, info: Info, filter: WhichServices = None, first: First = None, after: After = None
    ) -> Connection[Service] | None:
        """Its services."""
        return await services(info, filter, first, after, self.within)  # type: ignore[no-any-return]

    @strawberry.field
    async def policies(
        self, info: Info, filter: WhichPolicies = None, first: First = None, after: After = None
    ) -> Connection[Policy] | None:
        """Its policies."""
        return await policies(info, filter, first, after, self.within)  # type: ignore[no-any-return]

    @strawberry.field
    async def zones(
        self, info: Info, filter: WhichZones = None, first: First = None, after: After = None
    ) -> Connection[Zone] | None:
        """Its zones."""
        return await zones(info, filter, first, after, self.within)  # type: ignore[no-any-return]

    @strawberry.field
    async def insight(self, info: Info) -> Insight | None:
        """What it counts, of all its meshes."""
        return await insight(info, (self.upstream,), None)

    @property
    def within(self) -> Within:
        """The place to which its fields are confined."""
        return Within(self.upstream.name)

    async def _found(self, info: Info) -> model.ControlPlane | None:
        try:
            return await self.upstream.control_plane(info.context.operation)
        except MeshgateError:
            return None

    async def _document(self, info: Info, document: Document) -> JSON | None:
        found = await self.upstream.document(document, info.context.operation)
        return None if found is None else JSON(found)


def control_planes(upstreams: Sequence[Adapter]) -> list[ControlPlane]:
    """The views of upstreams."""
    return [ControlPlane(upstream=one) for one in upstreams]
