"""Instance groups: instances that share one configuration."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.model.resources import ResourceKey
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.hops import alone, loaded, together
from gateway.schema.nginx_instance_manager.configurations import (
    NginxConfiguration,
    OfVersion,
    configuration,
)
from gateway.schema.nginx_instance_manager.managed import NginxManaged
from gateway.schema.offering import views
from gateway.schema.views import shows

if TYPE_CHECKING:
    from gateway.schema.nginx_instance_manager.instances import NginxInstance


async def members_of(groups: Sequence["NginxInstanceGroup"], info: Info) -> list[Any]:
    """The instances of each group; an error of one of them is that of all of its."""
    keys = [
        [
            ResourceKey(one.resource.upstream, "Instance", None, f"{it.system_uid}/{it.uid}")
            for it in one.content.instances
        ]
        for one in groups
    ]
    every = [key for some in keys for key in some]
    found = dict(zip(every, await loaded(info, every), strict=True))
    return [views([found[key] for key in some]) for some in keys]


@shows("NginxInstanceGroup")
@described
@strawberry.type
class NginxInstanceGroup(NginxManaged):
    """Instances that share one configuration."""

    @strawberry.field
    def group_name(self) -> str | None:
        """The name that it was made with."""
        return self.content.own_name or None

    @strawberry.field
    @together(members_of)
    async def instances(
        self, info: Info
    ) -> (
        list[
            Annotated[
                "NginxInstance", strawberry.lazy("gateway.schema.nginx_instance_manager.instances")
            ]
        ]
        | None
    ):
        """Its instances."""
        return await alone(members_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    async def configuration(
        self, info: Info, external_id: OfVersion = None
    ) -> NginxConfiguration | None:
        """The files that they share; a call for each group."""
        return await configuration(info, self.resource.key, external_id)
