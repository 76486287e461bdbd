"""Zone proxies: the ingresses and egresses of zones."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry

from gateway.model import status as rules
from gateway.model import zone_proxies as model
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.resources import Resource as Row
from gateway.model.tags import ZONE
from gateway.schema.collecting import collection
from gateway.schema.connections import connection
from gateway.schema.context import Info, asks, reads
from gateway.schema.described import described
from gateway.schema.hops import alone, loaded, together
from gateway.schema.overviews import Overviewed
from gateway.schema.proxies import KumaProxy
from gateway.schema.resources import Specified, Tag, tags
from gateway.schema.states import ZoneStatus
from gateway.schema.subscriptions import Subscription
from gateway.schema.views import shows
from gateway.upstreams.base import Adapter

if TYPE_CHECKING:
    from gateway.schema.zones import Zone

NEED_INSIGHT: Final = frozenset(("status", "subscriptions"))
"""The fields for which a zone proxy is read together with its insight."""


@described
@strawberry.type
class AvailableService:
    """A service that other zones reach through an ingress."""

    content: strawberry.Private[model.AvailableService]

    @strawberry.field
    def tags(self) -> list[Tag]:
        """The tags that it goes by."""
        return tags(self.content.tags)

    @strawberry.field
    def mesh_name(self) -> str:
        """The name of its mesh."""
        return self.content.mesh

    @strawberry.field
    def instances(self) -> int:
        """How many dataplanes offer it."""
        return self.content.instances


def zone_of(proxy: model.ZoneProxy) -> str | None:
    """The zone that a zone proxy is of, by its name, where labels or the body tell it."""
    return proxy.labels.get(ZONE) or proxy.spec.zone or None


async def zones_of(proxies: Sequence["ZoneProxy"], info: Info) -> list[Any]:
    """The zone that each is of."""
    from gateway.schema.zones import ZONE_NEEDS_INSIGHT

    keys = [
        info.context.key(one.resource.upstream, Noun.ZONE, zone_of(one.content)) for one in proxies
    ]
    return await loaded(info, keys, overview=asks(info, ZONE_NEEDS_INSIGHT), reads=reads(info))


def status(proxy: model.ZoneProxy) -> rules.ZoneStatus:
    """Whether any of a zone proxy's connections is open."""
    up = proxy.insight is not None and rules.connected(proxy.insight.subscriptions)
    return rules.ZoneStatus.ONLINE if up else rules.ZoneStatus.OFFLINE


def subscriptions(proxy: model.ZoneProxy) -> list[Subscription]:
    """A zone proxy's connections as clients see them."""
    found = proxy.insight.subscriptions if proxy.insight else ()
    return [Subscription(content=one) for one in found]


@described
@strawberry.interface
class ZoneProxy(KumaProxy, Overviewed, Specified):
    """A proxy that stands between zones."""

    @strawberry.field
    def status(self, info: Info) -> ZoneStatus:  # type: ignore[valid-type]
        """Whether it is connected to its control plane."""
        return self.overview(info, status)  # type: ignore[no-any-return]

    @strawberry.field
    @together(zones_of, "labels", "zone", "zone_ingress.zone", "zone_egress.zone")
    async def zone(
        self, info: Info
    ) -> Annotated["Zone", strawberry.lazy("gateway.schema.zones")] | None:
        """The zone that it is of, where the control plane knows it."""
        return await alone(zones_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    def address(self) -> str | None:
        """The address under which its own zone reaches it."""
        return self.content.spec.networking.address or None

    @strawberry.field
    def port(self) -> int | None:
        """The port there."""
        return self.content.spec.networking.port or None

    @strawberry.field
    def subscriptions(self, info: Info) -> list[Subscription]:
        """Its connections to the control plane, the latest last."""
        return self.overview(info, subscriptions)  # type: ignore[no-any-return]


@shows("KumaZoneIngress")
@described
@strawberry.type
class KumaZoneIngress(ZoneProxy):
    """The proxy through which other zones reach the services of its zone."""

    @strawberry.field
    def advertised_address(self) -> str | None:
        """The address under which other zones reach it."""
        return self.content.spec.networking.advertised_address or None

    @strawberry.field
    def advertised_port(self) -> int | None:
        """The port there."""
        return self.content.spec.networking.advertised_port or None

    @strawberry.field
    def available_services(self) -> list[AvailableService]:
        """The services that other zones reach through it."""
        return [AvailableService(content=one) for one in self.content.spec.available_services]


@shows("KumaZoneEgress")
@described
@strawberry.type
class KumaZoneEgress(ZoneProxy):
    """The proxy through which a zone's traffic leaves it."""


async def zone_proxies(
    info: Info, zone: Row, kind: str, first: int | None, after: str | None
) -> Any:
    """The ingresses or egresses of a zone, from the one list of all zones'."""
    overview, name = asks(info, NEED_INSIGHT), zone.content.name

    async def ask(upstream: Adapter) -> list[Page]:
        return await collection(info, upstream, kind, overview=overview)

    def keep(row: Row) -> bool:
        return bool(zone_of(row.content) == name)

    upstreams = info.context.chosen(zone.upstream)
    return await connection(info, upstreams, ask, keep=keep, first=first, after=after)
