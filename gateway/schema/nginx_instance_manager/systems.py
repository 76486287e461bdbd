"""Systems: hosts on which an agent runs, which stand among the zones of all products."""

import strawberry

from gateway.schema.described import described
from gateway.schema.nginx_instance_manager.managed import NginxManaged
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
