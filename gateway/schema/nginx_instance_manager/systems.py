"""Systems: hosts on which an agent runs, which stand among the zones of all products."""

import strawberry

from gateway.schema.arguments import After, First
from gateway.schema.collecting import Within
from gateway.schema.connections import Connection
from gateway.schema.context import Info
from gateway.schema.dataplanes import Dataplane, dataplanes
from gateway.schema.described import described
from gateway.schema.filters import WhichDataplanes
from gateway.schema.nginx_instance_manager.managed import NginxManaged
from gateway.schema.ordering import OrderDataplanes
from gateway.schema.views import shows
from gateway.schema.zones import Zone, ZoneInsight


@shows("NginxSystem")
@described
@strawberry.type
class NginxSystem(NginxManaged, Zone):
    """A host on which an agent runs, with the NGINX instances that it manages."""

    @strawberry.field
    def hostname(self) -> str | None:
        """The name that it has in its network."""
        return self.content.hostname or None

    @strawberry.field
    def system_tags(self) -> list[str]:
        """Its tags, such as `env:prod`; `patchSystem` replaces them."""
        return list(self.content.tags)

    @strawberry.field
    def insight(self) -> ZoneInsight | None:
        """Its connections: Instance Manager tells none."""
        return None

    @strawberry.field
    async def dataplanes(
        self,
        info: Info,
        filter: WhichDataplanes = None,
        first: First = None,
        after: After = None,
        order_by: OrderDataplanes = None,
    ) -> Connection[Dataplane] | None:
        """The instances that run on it."""
        within, uid = Within(self.resource.upstream), self.content.uid
        return await dataplanes(  # type: ignore[no-any-return]
            info,
            filter,
            first,
            after,
            within,
            order_by,
            keep=lambda one: one.content.system == uid,
            kept_by=("system_uid", "links"),
        )
