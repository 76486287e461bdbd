"""Meshes: the sets of dataplanes that trust one authority and share policies."""

from collections.abc import Sequence
from typing import Any, Final

import strawberry

from gateway.model import meshes as model
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.resources import ResourceKey
from gateway.schema.arguments import After, First
from gateway.schema.collecting import Within, every, scoped
from gateway.schema.connections import Connection, connection
from gateway.schema.context import Info, reads
from gateway.schema.dataplanes import Dataplane, dataplanes
from gateway.schema.described import described
from gateway.schema.filters import (
    MeshFilter,
    WhichDataplanes,
    WhichPolicies,
    WhichServices,
    narrowing,
    reads_of,
)
from gateway.schema.gateways import KumaMeshGateway
from gateway.schema.hops import alone, loaded, reading, together
from gateway.schema.identities import KumaMeshIdentity, KumaMeshTrust
from gateway.schema.insights import MeshInsight
from gateway.schema.members import members
from gateway.schema.ordering import OrderDataplanes, OrderPolicies
from gateway.schema.policies import Policy, policies
from gateway.schema.resources import Resource, Specified
from gateway.schema.services import EXTERNAL, Service, services
from gateway.schema.views import shows
from gateway.upstreams.base import Adapter

_MESH: Final = Noun.MESH


@described
@strawberry.type
class MeshBackend:
    """A backend of a mesh: a certificate authority, or where logs, traces or metrics go."""

    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="Its type, as the upstream says: builtin, file, …")


@described
@strawberry.type
class MeshMtls:
    """Whether the mesh's dataplanes prove to each other who they are."""

    enabled: bool = strawberry.field(description="Whether they do.")
    enabled_backend: str | None = strawberry.field(description="The backend in force.")
    backends: list[MeshBackend] = strawberry.field(description="The backends there are.")


@described
@strawberry.type
class MeshBackends:
    """The backends of one purpose."""

    default_backend: str | None = strawberry.field(
        description="The one in force where nothing else is said."
    )
    backends: list[MeshBackend] = strawberry.field(description="The backends there are.")


@described
@strawberry.type
class MeshRouting:
    """How a mesh routes by default."""

    locality_aware_load_balancing: bool = strawberry.field(
        description="Whether endpoints of the same zone come first."
    )
    zone_egress: bool = strawberry.field(
        description="Whether traffic leaves its zone through an egress."
    )
    default_forbid_mesh_external_service_access: bool = strawberry.field(
        description="Whether external services have to be allowed one by one."
    )


def backends(found: model.Backends | None) -> MeshBackends | None:
    """The backends of one purpose; metrics call the one in force enabled."""
    if found is None:
        return None
    return MeshBackends(
        default_backend=found.default_backend or found.enabled_backend or None,
        backends=[MeshBackend(name=one.name, type=one.type) for one in found.backends],
    )


def insight_key(info: Info, upstream: str, mesh: str) -> ResourceKey | None:
    """Where the counts of a mesh are."""
    known = info.context.upstreams[upstream].known(info.context.operation.viewer)
    return ResourceKey(upstream, known.insight, None, mesh) if known and known.insight else None


async def insights_of(meshes: Sequence[Resource], info: Info) -> list[Any]:
    """What control planes count of each; nothing where one does not count."""
    keys = [insight_key(info, one.resource.upstream, one.content.name) for one in meshes]
    return await loaded(info, keys, show=lambda one: MeshInsight(content=one.content))


@described
@strawberry.interface
class Mesh(Resource):
    """A set of dataplanes that trust one authority and share policies."""

    @strawberry.field
    def mtls(self) -> MeshMtls | None:
        """Whether and how its dataplanes prove who they are; null where nothing is said."""
        found = self.content.mtls
        if found is None:
            return None
        return MeshMtls(
            enabled=bool(found.enabled_backend),
            enabled_backend=found.enabled_backend or None,
            backends=[MeshBackend(name=one.name, type=one.type) for one in found.backends],
        )

    @strawberry.field
    async def dataplanes(
        self,
        info: Info,
        filter: WhichDataplanes = None,
        first: First = None,
        after: After = None,
        order_by: OrderDataplanes = None,
    ) -> Connection[Dataplane] | None:
        """Its dataplanes."""
        return await dataplanes(info, filter, first, after, self.within, order_by)  # type: ignore[no-any-return]

    @strawberry.field
    async def services(
        self,
        info: Info,
        filter: WhichServices = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Service] | None:
        """The services that can be called in it."""
        return await services(info, filter, first, after, self.within)  # type: ignore[no-any-return]

    @strawberry.field
    async def policies(
        self,
        info: Info,
        filter: WhichPolicies = None,
        first: First = None,
        after: After = None,
        order_by: OrderPolicies = None,
    ) -> Connection[Policy] | None:
        """The policies that hold in it."""
        return await policies(info, filter, first, after, self.within, order_by)  # type: ignore[no-any-return]

    @strawberry.field
    @together(insights_of)
    async def insight(self, info: Info) -> MeshInsight | None:
        """What the control plane counts of it; null while it has not counted."""
        return await alone(insights_of, self, info)  # type: ignore[no-any-return]

    @property
    def within(self) -> Within:
        """The place to which its fields are confined."""
        return Within(self.resource.upstream, self.content.name)


@shows("KumaMesh")
@described
@strawberry.type
class KumaMesh(Mesh, Specified):
    """A mesh of Kuma's."""

    @property
    def content(self) -> model.Mesh:
        return self.resource.content  # type: ignore[no-any-return]

    @strawberry.field
    def logging(self) -> MeshBackends | None:
        """Where access logs go."""
        return backends(self.content.logging)

    @strawberry.field
    def tracing(self) -> MeshBackends | None:
        """Where traces go."""
        return backends(self.content.tracing)

    @strawberry.field
    def metrics(self) -> MeshBackends | None:
        """Who is given metrics."""
        return backends(self.content.metrics)

    @strawberry.field
    def routing(self) -> MeshRouting | None:
        """How it routes by default."""
        found = self.content.routing
        if found is None:
            return None
        return MeshRouting(
            locality_aware_load_balancing=found.locality_aware_load_balancing,
            zone_egress=found.zone_egress,
            default_forbid_mesh_external_service_access=(
                found.default_forbid_mesh_external_service_access
            ),
        )

    @strawberry.field
    def mesh_services_mode(self) -> str | None:
        """Disabled, Everywhere, ReachableBackends or Exclusive; null where nothing is said."""
        found = self.content.mesh_services
        return (found.mode or None) if found else None

    @strawberry.field
    @reading()
    async def gateways(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[KumaMeshGateway] | None:
        """Its builtin gateways; before Kuma 3."""
        return await members(info, self.within, ("MeshGateway",), first, after)  # type: ignore[no-any-return]

    @strawberry.field
    @reading()
    async def identities(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[KumaMeshIdentity] | None:
        """Who issues the identities of its dataplanes."""
        return await members(info, self.within, ("MeshIdentity",), first, after)  # type: ignore[no-any-return]

    @strawberry.field
    @reading()
    async def trusts(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[KumaMeshTrust] | None:
        """The trust domains that are believed in it."""
        return await members(info, self.within, ("MeshTrust",), first, after)  # type: ignore[no-any-return]

    @strawberry.field
    @reading()
    async def external_services(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Service] | None:
        """The services outside of it that its dataplanes may call, of both generations."""
        return await members(info, self.within, EXTERNAL, first, after)  # type: ignore[no-any-return]


async def meshes(
    info: Info,
    filter: MeshFilter | None,
    first: int | None,
    after: str | None,
    within: Within | None = None,
) -> Any:
    """The meshes of all control planes, or of one."""
    scope = scoped(info, filter, within)
    narrow, read = narrowing(filter), reads(info, *reads_of(filter))
    is_alone = scope.is_alone(info)

    async def ask(upstream: Adapter) -> list[Page]:
        return await every(info, upstream, _MESH, narrow=narrow, reads=read, alone=is_alone)

    return await connection(
        info, scope.upstreams, ask, keep=scope.keeps(filter, info), first=first, after=after
    )
