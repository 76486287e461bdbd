"""The roots of every question."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any, Final

import strawberry

from gateway.errors import BadUserInput
from gateway.model.kinds import IN_MESH, Noun
from gateway.model.kinds import Kind as Row
from gateway.model.pages import Page
from gateway.model.reads import Reads
from gateway.model.resources import ResourceKey
from gateway.schema.arguments import (
    After,
    ControlPlaneName,
    First,
    MeshName,
    Name,
    OfControlPlane,
    OfMesh,
)
from gateway.schema.collecting import lone, of_kind
from gateway.schema.connections import Connection, connection
from gateway.schema.context import Info, asks, asks_alone, once_for_nodes, reads
from gateway.schema.control_planes import ControlPlane, control_planes
from gateway.schema.dataplanes import Dataplane, dataplanes
from gateway.schema.described import described
from gateway.schema.filters import (
    WhichDataplanes,
    WhichMeshes,
    WhichPolicies,
    WhichServices,
    WhichZones,
)
from gateway.schema.filters.keeping import everything
from gateway.schema.ids import CONTROL_PLANE, resource_key
from gateway.schema.meshes import Mesh, meshes
from gateway.schema.nginx_instance_manager.root import NginxInstanceManager, manager
from gateway.schema.nginx_service_mesh.meshes import NginxServiceMesh, install
from gateway.schema.ordering import OrderDataplanes, OrderPolicies
from gateway.schema.policies import Policy, policies
from gateway.schema.products import Product
from gateway.schema.resources import Node, Resource
from gateway.schema.search import NEEDS, Kinds, SearchResults, Text, WhichOrigin, search
from gateway.schema.secrets import KumaGlobalSecret, KumaSecret, secrets
from gateway.schema.services import Service, services
from gateway.schema.totals import Insight, insight
from gateway.schema.views import view
from gateway.schema.waiting import outcomes
from gateway.schema.zones import Zone, zones
from gateway.upstreams.base import Adapter

_MESH: Final = Noun.MESH
_DATAPLANE: Final = Noun.DATAPLANE

Kind = Annotated[
    str, strawberry.argument(description="The kind, by the upstream's own word: MeshTimeout, …")
]


async def found(
    info: Info, key: ResourceKey, type_name: str, *, alone: bool = False
) -> Resource | None:
    """The view of one resource, of that type; None where there is none."""
    overview, read = wanted(info, key.kind, type_name)
    loaders = info.context.loaders
    if alone:
        resource = await loaders.sole(key, overview=overview, reads=read)
    else:
        resource = await loaders.resource(key, overview=overview, reads=read)
    return view(resource) if resource else None


@once_for_nodes
def wanted(info: Info, kind: str, type_name: str) -> tuple[bool, Reads | None]:
    """Of one resource: whether its insight is, and what of it is read."""
    return kind in NEEDS and asks(info, NEEDS[kind]), reads(info)(type_name)


async def node(info: Info, id: str) -> Node | None:
    """What has this id; None where it is gone, or its control plane is no longer configured."""
    key = resource_key(id)
    upstream = info.context.upstreams.get(key.upstream)
    if upstream is None:
        return None
    if key.kind == CONTROL_PLANE:
        return ControlPlane(upstream=upstream)
    return await found(info, key, info.context.type_name(key))


async def named(
    info: Info, noun: Noun, control_plane: str | None, mesh: str | None, name: str
) -> Any:
    """What has this name, of whichever kind of a noun: a stored thing before a counted one.

    Raises BadUserInput where a kind stands in a mesh and none is named.
    """
    context = info.context
    upstream = context.sole(control_plane)
    if upstream is None:
        upstream = await context.only(control_plane, noun)
    kinds = context.known_kinds(upstream, noun) or await context.kinds(upstream, noun)
    if mesh is None and any([kind.scope is IN_MESH for kind in kinds]):
        raise BadUserInput(f"a {noun.value} stands in a mesh; say in which")

    def of(kind: Row, *, alone: bool = False) -> Coroutine[Any, Any, Resource | None]:
        key = ResourceKey(upstream.name, kind.name, mesh if kind.scope is IN_MESH else None, name)
        return found(info, key, kind.type_name, alone=alone)

    if len(kinds) == 1:
        [kind] = kinds
        return await of(kind, alone=asks_alone(info) and not kind.listed_only)
    views = await asyncio.gather(*map(of, kinds))
    return next((one for one in views if one is not None), None)


@described
@strawberry.type
class Query:
    """Everything that can be asked."""

    @strawberry.field
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Node | None:
        """What has this id; null where it is gone."""
        return await node(info, id)

    @strawberry.field
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Their ids.")],
    ) -> list[Node | None]:
        """What has these ids, in their order; null for each that is gone."""
        return await outcomes([node(info, id) for id in ids])  # type: ignore[return-value]

    @strawberry.field
    def control_planes(
        self,
        info: Info,
        product: Annotated[
            Product | None,  # type: ignore[valid-type]
            strawberry.argument(description="Of this product alone."),
        ] = None,
    ) -> list[ControlPlane]:
        """The configured upstreams, whether they answer or not."""
        chosen = info.context.chosen(None)
        return control_planes([one for one in chosen if product in (None, one.product)])

    @strawberry.field
    def control_plane(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Its name in the settings.")],
    ) -> ControlPlane | None:
        """One configured upstream; null where none has this name."""
        upstream = info.context.upstreams.get(name)
        return ControlPlane(upstream=upstream) if upstream else None

    @strawberry.field
    async def meshes(
        self, info: Info, filter: WhichMeshes = None, first: First = None, after: After = None
    ) -> Connection[Mesh]:
        """The meshes of all control planes."""
        return await meshes(info, filter, first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def mesh(
        self, info: Info, name: Name, control_plane: ControlPlaneName = None
    ) -> Mesh | None:
        """One mesh; null where there is none."""
        return await named(info, _MESH, control_plane, None, name)  # type: ignore[no-any-return]

    @strawberry.field
    async def dataplanes(
        self,
        info: Info,
        filter: WhichDataplanes = None,
        first: First = None,
        after: After = None,
        order_by: OrderDataplanes = None,
    ) -> Connection[Dataplane]:
        """The dataplanes of all control planes."""
        return await dataplanes(info, filter, first, after, None, order_by)  # type: ignore[no-any-return]

    @strawberry.field
    async def dataplane(
        self, info: Info, name: Name, mesh: OfMesh = None, control_plane: ControlPlaneName = None
    ) -> Dataplane | None:
        """One dataplane; null where there is none. Kuma wants its mesh, which is never guessed."""
        return await named(info, _DATAPLANE, control_plane, mesh, name)  # type: ignore[no-any-return]

    @strawberry.field
    async def services(
        self, info: Info, filter: WhichServices = None, first: First = None, after: After = None
    ) -> Connection[Service]:
        """The services of all control planes, of every generation that each of them has."""
        return await services(info, filter, first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def service(
        self, info: Info, name: Name, mesh: OfMesh = None, control_plane: ControlPlaneName = None
    ) -> Service | None:
        """One service; null where there is none. Kuma wants its mesh, which is never guessed."""
        return await named(info, Noun.SERVICE, control_plane, mesh, name)  # type: ignore[no-any-return]

    @strawberry.field
    async def policies(
        self,
        info: Info,
        filter: WhichPolicies = None,
        first: First = None,
        after: After = None,
        order_by: OrderPolicies = None,
    ) -> Connection[Policy]:
        """The policies of all control planes, of every kind of which there are any."""
        return await policies(info, filter, first, after, None, order_by)  # type: ignore[no-any-return]

    @strawberry.field
    async def policy(
        self,
        info: Info,
        kind: Kind,
        name: Name,
        mesh: MeshName,
        control_plane: ControlPlaneName = None,
    ) -> Policy | None:
        """One policy; null where there is none."""
        upstream = await info.context.only(control_plane, kind)
        key = ResourceKey(upstream.name, kind, mesh, name)
        one = await found(info, key, info.context.type_name(key))
        if one is not None and not isinstance(one, Policy):
            raise BadUserInput(f"{kind} is no kind of policy; ask `resources` for it")
        return one

    @strawberry.field
    async def zones(
        self, info: Info, filter: WhichZones = None, first: First = None, after: After = None
    ) -> Connection[Zone]:
        """The zones of all control planes."""
        return await zones(info, filter, first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def zone(
        self, info: Info, name: Name, control_plane: ControlPlaneName = None
    ) -> Zone | None:
        """One zone; null where there is none."""
        return await named(info, Noun.ZONE, control_plane, None, name)  # type: ignore[no-any-return]

    @strawberry.field
    async def insight(
        self, info: Info, control_plane: OfControlPlane = None, mesh: OfMesh = None
    ) -> Insight | None:
        """What adds up over all control planes, over one, or over the meshes of one name."""
        return await insight(info, info.context.chosen(control_plane), mesh)

    @strawberry.field
    async def resources(
        self,
        info: Info,
        kind: Kind,
        mesh: OfMesh = None,
        control_plane: OfControlPlane = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Resource]:
        """The resources of any kind that a control plane lists, known to this gateway or not."""

        overview = kind in NEEDS and asks(info, NEEDS[kind])

        async def ask(upstream: Adapter) -> list[Page]:
            return await of_kind(info, upstream, kind, mesh, overview=overview)

        return await connection(  # type: ignore[no-any-return]
            info,
            info.context.chosen(control_plane),
            ask,
            keep=everything,
            first=first,
            after=after,
            listing=lambda upstream: lone(info, upstream, kind, mesh, overview=overview),
        )

    @strawberry.field
    async def search(
        self,
        info: Info,
        text: Text,
        kinds: Kinds = None,
        mesh: OfMesh = None,
        control_plane: OfControlPlane = None,
        origin: WhichOrigin = None,
        first: First = None,
    ) -> SearchResults:
        """What a text is in the name, a label, a tag or a service of; of all kinds but secrets."""
        upstreams = info.context.chosen(control_plane)
        return await search(info, upstreams, text, kinds, mesh, origin, first)

    @strawberry.field
    def nginx_service_mesh(
        self, info: Info, control_plane: ControlPlaneName = None
    ) -> NginxServiceMesh | None:
        """What an NGINX Service Mesh has and no other product."""
        return install(info, control_plane)

    @strawberry.field
    async def secrets(
        self,
        info: Info,
        mesh: OfMesh = None,
        control_plane: OfControlPlane = None,
        first: First = None,
        after: After = None,
    ) -> Connection[KumaSecret]:
        """The secrets of meshes; what is in them for whom the settings name alone."""
        return await secrets(info, "Secret", control_plane, mesh, first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def global_secrets(
        self,
        info: Info,
        control_plane: OfControlPlane = None,
        first: First = None,
        after: After = None,
    ) -> Connection[KumaGlobalSecret]:
        """The secrets of control planes; what is in them for whom the settings name alone."""
        return await secrets(info, "GlobalSecret", control_plane, None, first, after)  # type: ignore[no-any-return]

    @strawberry.field
    def nginx_instance_manager(
        self, info: Info, control_plane: ControlPlaneName = None
    ) -> NginxInstanceManager | None:
        """What an NGINX Instance Manager has and no other product."""
        return manager(info, control_plane)
