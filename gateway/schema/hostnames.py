"""Hostnames: the names that generators give services, and where each is known."""

import strawberry

from gateway.errors import Unsupported
from gateway.model.inspection import Hostname, Inspection, View
from gateway.model.resources import Resource
from gateway.schema.context import Info
from gateway.schema.described import described


@described
@strawberry.type
class ServiceHostname:
    """A hostname of a service."""

    content: strawberry.Private[Hostname]

    @strawberry.field
    def hostname(self) -> str:
        """The name."""
        return self.content.hostname

    @strawberry.field
    def zone_names(self) -> list[str]:
        """The zones in which it is known; empty where the control plane does not tell."""
        return list(self.content.zones)


@described
@strawberry.interface
class Hostnamed:
    """A service that has hostnames."""

    resource: strawberry.Private[Resource]

    @strawberry.field
    async def hostnames(self, info: Info) -> list[ServiceHostname] | None:
        """Its hostnames."""
        found = await hostnames_of(info, self.resource)
        return [ServiceHostname(content=one) for one in found]


async def hostnames_of(info: Info, service: Resource) -> list[Hostname]:
    """The hostnames of a service; before they are told with their zones, those of its status."""
    try:
        asked = Inspection(View.HOSTNAMES, service.key)
        return list(await info.context.loaders.inspections.found(asked) or ())
    except Unsupported:
        return [Hostname(one.hostname) for one in service.content.status.addresses]
