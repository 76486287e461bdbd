"""Services: what dataplanes offer and what the mesh may call, in each of Kuma's generations."""

from typing import Any, Final

import strawberry

from gateway.model import reach
from gateway.model import status as rules
from gateway.model.confs import external_services
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.services import ServiceInsight
from gateway.schema.arguments import After, First
from gateway.schema.behind import behind, named_by
from gateway.schema.collecting import Within, every, scoped
from gateway.schema.confs.bodies import Bodied
from gateway.schema.confs.shown import shape
from gateway.schema.connections import Connection, connection
from gateway.schema.context import Info, asks, reads
from gateway.schema.dataplanes import NEED_INSIGHT, Dataplane
from gateway.schema.described import described
from gateway.schema.filters import ServiceFilter, narrowing, reads_of
from gateway.schema.hostnames import Hostnamed
from gateway.schema.insights import StatusCounts, status_counts
from gateway.schema.members import members
from gateway.schema.resources import MeshScoped, Specified, Tag, tags
from gateway.schema.states import ServiceStatus
from gateway.schema.views import shows
from gateway.upstreams.base import Adapter

EXTERNAL: Final = ("ExternalService", "MeshExternalService")
"""The kinds of services outside of a mesh."""


ExternalServiceNetworking = shape(external_services.ExternalServiceNetworking)


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
class Service(MeshScoped):
    """Something that dataplanes may call."""

    @strawberry.field
    def status(self) -> ServiceStatus:  # type: ignore[valid-type]
        """How the dataplanes behind it are doing."""
        return rules.service_status(self.content)

    @strawberry.field
    def addresses(self) -> list[str]:
        """Hostnames and addresses under which it is called or found, without ports."""
        return reach.hosts(self.content)

    @strawberry.field
    def ports(self) -> list[ServicePort]:
        """The ports under which it is called."""
        return [
            ServicePort(port=one.port, target_port=one.target, name=one.name, protocol=one.protocol)
            for one in reach.openings(self.content)
        ]

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
            return await every(info, upstream, Noun.DATAPLANE, mesh, overview=overview)

        upstreams = info.context.chosen(self.resource.upstream)
        return await connection(info, upstreams, ask, keep=keep, first=first, after=after)  # type: ignore[no-any-return]

    @strawberry.field
    def dataplane_counts(self) -> StatusCounts | None:
        """The dataplanes behind it, counted by the control plane; null where it counts none."""
        found = rules.service_counts(self.content)
        return status_counts(found) if found else None


@described
@strawberry.type
class IssuedCertificates:
    """How many of a service's dataplanes hold a certificate of one backend."""

    backend: str = strawberry.field(description="The backend's name.")
    total: int = strawberry.field(description="The dataplanes.")


@shows("KumaService")
@described
@strawberry.type
class KumaService(Service):
    """A service as the tags of dataplanes make it, counted in a service insight."""

    @property
    def content(self) -> ServiceInsight:
        return self.resource.content  # type: ignore[no-any-return]

    @strawberry.field
    def service_type(self) -> str:
        """internal, external, gateway_builtin or gateway_delegated."""
        return self.content.service_type or "internal"

    @strawberry.field
    def zone_names(self) -> list[str]:
        """The zones in which it has dataplanes."""
        return list(self.content.zones)

    @strawberry.field
    def issued_backends(self) -> list[IssuedCertificates]:
        """Its dataplanes by the backend that issued their certificate."""
        found = self.content.issued_backends
        return [IssuedCertificates(backend=k, total=found[k]) for k in sorted(found)]


@shows("KumaMeshService")
@described
@strawberry.type
class KumaMeshService(Hostnamed, Service, Specified):
    """A service of the mesh with ports, addresses and the dataplanes behind it."""

    @strawberry.field
    def state(self) -> str | None:
        """Available or Unavailable, as the control plane says."""
        return self.content.spec.state or None


@shows("KumaMeshMultiZoneService")
@described
@strawberry.type
class KumaMeshMultiZoneService(Hostnamed, Service, Specified):
    """One name for the services of several zones."""

    @strawberry.field
    async def services(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Service] | None:
        """The services that it stands for."""
        within = Within(self.resource.upstream, self.resource.mesh)
        keep = named_by(self.content.spec.selector)
        return await members(info, within, ("MeshService",), first, after, keep=keep)  # type: ignore[no-any-return]


@shows("KumaMeshExternalService")
@described
@strawberry.type
class KumaMeshExternalService(Hostnamed, Service, Specified):
    """A service outside of the mesh with a hostname and endpoints."""


@shows("KumaExternalService")
@described
@strawberry.type
class KumaExternalService(Service, Specified, Bodied):
    """A service outside of the mesh that its dataplanes call by tags."""

    @strawberry.field
    def networking(self) -> ExternalServiceNetworking | None:  # type: ignore[valid-type]
        """Where it is, and how it is spoken to."""
        return self.body.networking  # type: ignore[no-any-return]

    @strawberry.field
    def tags(self) -> list[Tag]:
        """The tags by which it is called."""
        return tags(self.content.tags)


async def services(
    info: Info,
    filter: ServiceFilter | None,
    first: int | None,
    after: str | None,
    within: Within | None = None,
) -> Any:
    """The services of all control planes, or within one of them or one of its meshes."""
    scope = scoped(info, filter, within)
    narrow, read = narrowing(filter), reads(info, *reads_of(filter))

    async def ask(upstream: Adapter) -> list[Page]:
        return await every(info, upstream, Noun.SERVICE, scope.mesh, narrow=narrow, reads=read)

    return await connection(
        info, scope.upstreams, ask, keep=scope.keeps(filter, info), first=first, after=after
    )
