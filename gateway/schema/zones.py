"""Zones: the parts of a multi-zone deployment."""

from typing import Any, Final

import strawberry

from gateway.model import status as rules
from gateway.model import zones as model
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.schema.arguments import After, First
from gateway.schema.collecting import Within, every, scoped
from gateway.schema.connections import Connection, connection
from gateway.schema.context import Info, asks
from gateway.schema.dataplanes import NEED_INSIGHT, Dataplane, zone_name
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.filters import WhichDataplanes, ZoneFilter, keeps
from gateway.schema.overviews import Overviewed
from gateway.schema.resources import Resource
from gateway.schema.subscriptions import Subscription
from gateway.schema.views import shows
from gateway.upstreams.base import Adapter

ZoneStatus = enum(
    rules.ZoneStatus,
    "ZoneStatus",
    "How a zone is doing.",
    {
        "ONLINE": "Enabled, and its control plane connected.",
        "OFFLINE": "Enabled, and its control plane not connected.",
        "DISABLED": "Switched off.",
        "UNKNOWN": "The product does not tell.",
    },
)
ZONE_NEEDS_INSIGHT: Final = frozenset(("status", "insight"))
"""The fields for which a zone is read together with its insight."""


@described
@strawberry.type
class ZoneInsight:
    """A zone control plane's connections to the Global."""

    content: strawberry.Private[model.ZoneInsight]

    @strawberry.field
    def subscriptions(self) -> list[Subscription]:
        """The connections, the latest last."""
        return [Subscription(content=one) for one in self.content.subscriptions]


@described
@strawberry.interface
class Zone(Overviewed, Resource):
    """A part of a deployment that has a control plane, or is a host, of its own."""

    @strawberry.field
    def status(self, info: Info) -> ZoneStatus:  # type: ignore[valid-type]
        """How it is doing."""
        return self.overview(info, rules.zone_status)  # type: ignore[no-any-return]

    @strawberry.field
    async def dataplanes(
        self,
        info: Info,
        filter: WhichDataplanes = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Dataplane] | None:
        """The dataplanes that run in it."""
        scope = scoped(info, filter, Within(self.resource.upstream))
        overview = asks(info, NEED_INSIGHT)
        keep, name = keeps(filter), self.content.name

        async def ask(upstream: Adapter) -> list[Page]:
            return await every(info, upstream, Noun.DATAPLANE, scope.mesh, overview=overview)

        return await connection(  # type: ignore[no-any-return]
            info,
            scope.upstreams,
            ask,
            keep=lambda one: zone_name(one.content) == name and keep(one),
            first=first,
            after=after,
        )

    @strawberry.field
    def insight(self, info: Info) -> ZoneInsight | None:
        """Its connections; null while it has never connected."""
        return self.overview(info, zone_insight)  # type: ignore[no-any-return]


def zone_insight(zone: model.Zone) -> ZoneInsight | None:
    """The view of a zone's insight."""
    return ZoneInsight(content=zone.zone_insight) if zone.zone_insight else None


@shows("KumaZone")
@described
@strawberry.type
class KumaZone(Zone):
    """A zone of Kuma's."""

    @strawberry.field
    def enabled(self) -> bool:
        """Whether it is switched on."""
        return not self.content.disabled


async def zones(
    info: Info,
    filter: ZoneFilter | None,
    first: int | None,
    after: str | None,
    within: Within | None = None,
) -> Any:
    """The zones of all control planes, or of one."""
    scope = scoped(info, filter, within)
    overview = asks(info, ZONE_NEEDS_INSIGHT)

    async def ask(upstream: Adapter) -> list[Page]:
        return await every(info, upstream, Noun.ZONE, overview=overview)

    return await connection(
        info, scope.upstreams, ask, keep=keeps(filter), first=first, after=after
    )
