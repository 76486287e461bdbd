"""Builtin gateways: their listeners, the dataplanes that carry them, and their routes."""

from collections.abc import Sequence
from typing import Any, Final

import strawberry

from gateway.model import gateways as model
from gateway.model.resources import Resource as Row
from gateway.schema.arguments import After, First
from gateway.schema.collecting import Within, collection
from gateway.schema.connections import Connection
from gateway.schema.context import Info, asks
from gateway.schema.dataplanes import NEED_INSIGHT, Dataplane
from gateway.schema.described import described
from gateway.schema.members import members
from gateway.schema.policies import Policy
from gateway.schema.resources import MeshScoped, Specified, Tag, tags
from gateway.schema.views import shows, view

ROUTES: Final = ("MeshGatewayRoute", "MeshHTTPRoute", "MeshTCPRoute")
"""The kinds that may lead through a builtin gateway."""


@described
@strawberry.type
class GatewayListener:
    """A port of a builtin gateway."""

    content: strawberry.Private[model.GatewayListener]

    @strawberry.field
    def hostname(self) -> str | None:
        """The hostname that it takes requests for; null means any."""
        return self.content.hostname or None

    @strawberry.field
    def port(self) -> int:
        """The port."""
        return self.content.port

    @strawberry.field
    def protocol(self) -> str | None:
        """What is spoken on it: HTTP, HTTPS, TCP, TLS."""
        return self.content.protocol or None

    @strawberry.field
    def tags(self) -> list[Tag]:
        """The tags by which routes choose it."""
        return tags(self.content.tags)

    @strawberry.field
    def cross_mesh(self) -> bool:
        """Whether dataplanes of other meshes may call it."""
        return self.content.cross_mesh


@shows("KumaMeshGateway")
@described
@strawberry.type
class KumaMeshGateway(Specified, MeshScoped):
    """The listeners of a builtin gateway."""

    @strawberry.field
    def tags(self) -> list[Tag]:
        """The tags that all of its listeners have."""
        return tags(self.content.tags)

    @strawberry.field
    def listeners(self) -> list[GatewayListener]:
        """Its ports."""
        return [GatewayListener(content=one) for one in self.content.conf.listeners]

    @strawberry.field
    async def dataplanes(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Dataplane] | None:
        """The dataplanes that carry it, where no other gateway fits them better."""
        gateways = await gateways_beside(info, self.resource)

        def keep(row: Row) -> bool:
            found = model.gateway_of(row.content, gateways)
            return found is not None and found.key == self.resource.key

        overview = asks(info, NEED_INSIGHT)
        within = Within(self.resource.upstream, self.resource.mesh)
        return await members(  # type: ignore[no-any-return]
            info, within, ("Dataplane",), first, after, keep=keep, overview=overview
        )

    @strawberry.field
    async def routes(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Policy] | None:
        """The routes that lead through it, by their selectors or their targetRef."""
        content = self.content

        def keep(row: Row) -> bool:
            return model.routes_through(row, content)

        within = Within(self.resource.upstream, self.resource.mesh)
        return await members(info, within, ROUTES, first, after, keep=keep)  # type: ignore[no-any-return]


async def gateways_beside(info: Info, row: Row) -> Sequence[Row]:
    """The gateways of the mesh in which something stands."""
    upstream = info.context.upstream(row.upstream)
    pages = await collection(info, upstream, "MeshGateway", row.mesh)
    return [one for page in pages for one in page.rows]


async def gateway_of(info: Info, dataplane: Row) -> Any:
    """The view of the MeshGateway that a dataplane carries; None where it carries none."""
    if model.gateway_kind(dataplane.content) is not model.GatewayKind.BUILTIN:
        return None
    found = model.gateway_of(dataplane.content, await gateways_beside(info, dataplane))
    return view(found) if found else None
