"""Services: what dataplanes offer and what the mesh may call, in each of Kuma's generations."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.model import services as model
from gateway.model import status as rules
from gateway.model.insights import Counts
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.resources import ResourceKey
from gateway.schema import masks
from gateway.schema.arguments import After, First
from gateway.schema.behind import behind
from gateway.schema.collecting import Within, collection, every, scoped
from gateway.schema.connections import Connection, connection
from gateway.schema.context import Info, asks
from gateway.schema.dataplanes import NEED_INSIGHT, Dataplane
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.filters import ServiceFilter, keeps
from gateway.schema.insights import StatusCounts, status_counts
from gateway.schema.resources import Resource, Tag, tags
from gateway.schema.scalars import JSON
from gateway.schema.views import shows, view
from gateway.upstreams.base import Adapter

if TYPE_CHECKING:
    from gateway.schema.meshes import Mesh

ServiceStatus = enum(
    rules.ServiceStatus,
    "ServiceStatus",
    "How the dataplanes behind a service are doing.",
    {
        "ONLINE": "All of them are online.",
        "PARTIALLY_DEGRADED": "Some of them are online.",
        "OFFLINE": "None of them is online.",
        "NOT_AVAILABLE": "There are none that could be: the service is external.",
        "UNKNOWN": "The control plane does not tell.",
    },
)


@described
@strawberry.type
class ServicePort:
    """A port of a service."""

    port: int = strawberry.field(description="The port that clients call.")
    target_port: str | None = strawberry.field(
        description="The port or the inbound's name behind it, where that is another."
    )
    name: str | None = strawberry.field(description="Its name.")
    protocol: str | None = strawberry.field(description="What is spoken on it.")


@described
@strawberry.interface
class Service(Resource):
    """Something that dataplanes may call."""

    @strawberry.field
    async def mesh(
        self, info: Info
    ) -> Annotated["Mesh", strawberry.lazy("gateway.schema.meshes")] | None:
        """The mesh in which it can be called."""
        key = ResourceKey(self.resource.upstream, "Mesh", None, self.content.mesh)
        found = await info.context.loaders.resource(key)
        return view(found) if found else None

    @strawberry.field
    def status(self) -> ServiceStatus:  # type: ignore[valid-type]
        """How the dataplanes behind it are doing."""
        return self.standing()

    @strawberry.field
    def addresses(self) -> list[str]:
        """Hostnames and addresses under which it is called or found, without ports."""
        return self.hosts()

    @strawberry.field
    def ports(self) -> list[ServicePort]:
        """The ports under which it is called."""
        return self.openings()

    @strawberry.field
    async def dataplanes(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Dataplane] | None:
        """The dataplanes behind it; null where it is external or only a name for others."""
        keep = behind(self.resource)
        if keep is None:
            return None
        overview = asks(info, NEED_INSIGHT)
        mesh = self.content.mesh

        async def ask(upstream: Adapter) -> list[Page]:
            return await collection(info, upstream, "Dataplane", mesh, overview=overview)

        upstreams = info.context.chosen(self.resource.upstream)
        return await connection(info, upstreams, ask, keep=keep, first=first, after=after)  # type: ignore[no-any-return]

    @strawberry.field
    def dataplane_counts(self) -> StatusCounts | None:
        """The dataplanes behind it, counted by the control plane; null where it counts none."""
        found = self.counted()
        return status_counts(found) if found else None

    def standing(self) -> rules.ServiceStatus:
        """Its status, where its kind has one."""
        return rules.ServiceStatus.UNKNOWN

    def hosts(self) -> list[str]:
        """Its hostnames and addresses."""
        return []

    def openings(self) -> list[ServicePort]:
        """Its ports."""
        return []

    def counted(self) -> Counts | None:
        """Its dataplanes, where its kind counts them."""
        return None


def split(address: str) -> tuple[str, ServicePort | None]:
    """An address with a port as one without and the port; IPv6 stands in brackets."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or len(port) > 5:
        return address, None
    return host, ServicePort(port=int(port), target_port=None, name=None, protocol=None)


@shows("KumaService")
@described
@strawberry.type
class KumaService(Service):
    """A service as the tags of dataplanes make it, counted in a service insight."""

    @strawberry.field
    def service_type(self) -> str:
        """internal, external, gateway_builtin or gateway_delegated."""
        return self.content.service_type or "internal"

    @strawberry.field
    def zone_names(self) -> list[str]:
        """The zones in which it has dataplanes."""
        return list(self.content.zones)

    def standing(self) -> rules.ServiceStatus:
        """As the insight says."""
        return rules.service_status(self.content.status)

    def hosts(self) -> list[str]:
        """The name under which the mesh's DNS knows it."""
        return [split(self.content.address_port)[0]] if self.content.address_port else []

    def openings(self) -> list[ServicePort]:
        """The port of that name."""
        port = split(self.content.address_port)[1]
        return [port] if port else []

    def counted(self) -> Counts | None:
        """As the insight counts; Kuma counts a partially degraded dataplane as offline here."""
        return self.content.dataplanes if self.content.service_type != "external" else None


@described
@strawberry.interface
class SpecifiedService(Service):
    """A service that is a resource of its own with a spec."""

    @strawberry.field
    def spec(self) -> JSON:
        """The body without the meta."""
        return JSON(masks.spec(self.resource))

    def hosts(self) -> list[str]:
        """Hostnames, then virtual addresses, then endpoints."""
        content: model.MeshService = self.content
        status = content.status
        vips = (*status.vips, *((status.vip,) if status.vip else ()))
        names = [one.hostname for one in status.addresses]
        names += [one.ip for one in vips] + [one.address for one in content.spec.endpoints]
        return list(dict.fromkeys(filter(None, names)))

    def openings(self) -> list[ServicePort]:
        """The ports of the spec."""
        content: model.MeshService = self.content
        ports = [
            ServicePort(
                port=one.port,
                target_port=None if one.target_port is None else str(one.target_port),
                name=one.name or None,
                protocol=one.app_protocol or None,
            )
            for one in content.spec.ports
        ]
        match = content.spec.match
        if match is not None:
            protocol = match.protocol or None
            ports.append(
                ServicePort(port=match.port, target_port=None, name=None, protocol=protocol)
            )
        return ports


@shows("KumaMeshService")
@described
@strawberry.type
class KumaMeshService(SpecifiedService):
    """A service of the mesh with ports, addresses and the dataplanes behind it."""

    @strawberry.field
    def state(self) -> str | None:
        """Available or Unavailable, as the control plane says."""
        return self.content.spec.state or None

    def standing(self) -> rules.ServiceStatus:
        """By the counts of its dataplanes."""
        return rules.mesh_service_status(self.content)

    def counted(self) -> Counts | None:
        """Its dataplanes; online is what is connected and healthy."""
        return rules.mesh_service_counts(self.content)


@shows("KumaMeshMultiZoneService")
@described
@strawberry.type
class KumaMeshMultiZoneService(SpecifiedService):
    """One name for the services of several zones."""


@shows("KumaMeshExternalService")
@described
@strawberry.type
class KumaMeshExternalService(SpecifiedService):
    """A service outside of the mesh with a hostname and endpoints."""

    def standing(self) -> rules.ServiceStatus:
        """Nobody watches over it."""
        return rules.ServiceStatus.NOT_AVAILABLE


@shows("KumaExternalService")
@described
@strawberry.type
class KumaExternalService(SpecifiedService):
    """A service outside of the mesh that its dataplanes call by tags."""

    @strawberry.field
    def tags(self) -> list[Tag]:
        """The tags by which it is called."""
        return tags(self.content.tags)

    def standing(self) -> rules.ServiceStatus:
        """Nobody watches over it."""
        return rules.ServiceStatus.NOT_AVAILABLE

    def hosts(self) -> list[str]:
        """Where it is."""
        address = self.content.networking.address
        return [split(address)[0]] if address else []

    def openings(self) -> list[ServicePort]:
        """The port of that address."""
        port = split(self.content.networking.address)[1]
        return [port] if port else []


async def services(
    info: Info,
    filter: ServiceFilter | None,
    first: int | None,
    after: str | None,
    within: Within | None = None,
) -> Any:
    """The services of all control planes, or within one of them or one of its meshes."""
    scope = scoped(info, filter, within)

    async def ask(upstream: Adapter) -> list[Page]:
        return await every(info, upstream, Noun.SERVICE, scope.mesh)

    return await connection(
        info, scope.upstreams, ask, keep=keeps(filter), first=first, after=after
    )
