"""Zones: the parts of a multi-zone deployment."""

from typing import Any, Final

import strawberry

from gateway.model import status as rules
from gateway.model import zones as model
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.tags import ZONE_BY, zone_name
from gateway.schema.arguments import After, First
from gateway.schema.collecting import Within, every, scoped
from gateway.schema.connections import Connection, connection
from gateway.schema.context import Info, asks, reads
from gateway.schema.dataplanes import Dataplane, dataplanes
from gateway.schema.described import described
from gateway.schema.filters import (
    WhichDataplanes,
    ZoneFilter,
    narrowing,
    needs_insight,
    reads_of,
)
from gateway.schema.ordering import OrderDataplanes
from gateway.schema.overviews import Overviewed
from gateway.schema.states import ZoneStatus
from gateway.schema.subscriptions import Subscription
from gateway.schema.views import shows
from gateway.schema.zone_proxies import ZoneProxy, zone_proxies
from gateway.upstreams.base import Adapter

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
class Zone(Overviewed):
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
        order_by: OrderDataplanes = None,
    ) -> Connection[Dataplane] | None:
        """The dataplanes that run in it."""
        within, name = Within(self.resource.upstream), self.content.name
        return await dataplanes(  # type: ignore[no-any-return]
            info,
            filter,
            first,
            after,
            within,
            order_by,
            keep=lambda one: zone_name(one.content) == name,
            kept_by=ZONE_BY,
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

    @property
    def content(self) -> model.Zone:
        return self.resource.content  # type: ignore[no-any-return]

    @strawberry.field
    def enabled(self) -> bool:
        """Whether it is switched on."""
        return not self.content.disabled

    @strawberry.field
    async def ingresses(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[ZoneProxy] | None:
        """The proxies through which other zones reach it; before Kuma 3."""
        return await zone_proxies(info, self.resource, "ZoneIngress", first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def egresses(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[ZoneProxy] | None:
        """The proxies through which its traffic leaves it; before Kuma 3."""
        return await zone_proxies(info, self.resource, "ZoneEgress", first, after)  # type: ignore[no-any-return]


async def zones(
    info: Info,
    filter: ZoneFilter | None,
    first: int | None,
    after: str | None,
    within: Within | None = None,
) -> Any:
    """The zones of all control planes, or of one."""
    scope = scoped(info, filter, within)
    overview = asks(info, ZONE_NEEDS_INSIGHT) or needs_insight(filter)
    narrow, read = narrowing(filter), reads(info, *reads_of(filter))

    async def ask(upstream: Adapter) -> list[Page]:
        return await every(info, upstream, Noun.ZONE, overview=overview, narrow=narrow, reads=read)

    return await connection(
        info, scope.upstreams, ask, keep=scope.keeps(filter, info), first=first, after=after
    )
