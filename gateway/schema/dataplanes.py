"""Dataplanes: a proxy beside a workload, or a gateway, and how it is doing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry

from gateway.model import dataplanes as model
from gateway.model import status as rules
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.resources import Resource, ResourceKey
from gateway.schema.collecting import Within, every, scoped
from gateway.schema.connections import connection
from gateway.schema.context import Info, asks
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.filters import DataplaneFilter, keeps
from gateway.schema.hops import alone, loaded, shown, together
from gateway.schema.networking import DataplaneNetworking
from gateway.schema.overviews import Overviewed
from gateway.schema.resources import MeshScoped, Tag
from gateway.schema.scalars import DateTime, moment
from gateway.schema.subscriptions import ComponentVersion, Subscription, component_versions
from gateway.schema.views import shows, view
from gateway.upstreams.base import Adapter

if TYPE_CHECKING:
    from gateway.schema.services import Service
    from gateway.schema.zones import Zone

DataplaneStatus = enum(
    rules.DataplaneStatus,
    "DataplaneStatus",
    "How a dataplane is doing, by the control plane's own rule.",
    {
        "ONLINE": "Connected, and every inbound ready.",
        "PARTIALLY_DEGRADED": "Connected, and some inbound not ready.",
        "OFFLINE": "Not connected, or nothing of it ready.",
        "UNKNOWN": "The product does not tell.",
    },
)
NEED_INSIGHT: Final = frozenset(("status", "statusReasons", "insight", "versions"))
"""The fields for which a dataplane is read together with its insight."""
_SERVICE: Final = "kuma.io/service"
_ZONE: Final = "kuma.io/zone"


async def services_of(dataplanes: Sequence["Dataplane"], info: Info) -> list[Any]:
    """The services that the tags of each name; an error of one of them is that of all of its."""
    keys = [service_keys(one.resource) for one in dataplanes]
    every = [key for some in keys for key in some]
    found = dict(zip(every, await loaded(info, every), strict=True))
    return [views([found[key] for key in some]) for some in keys]


def views(found: Sequence[Any]) -> Any:
    """The views of what there is, or the first error."""
    failed = next((one for one in found if isinstance(one, Exception)), None)
    return failed or [view(one) for one in found if one is not None]


def service_keys(dataplane: Resource) -> list[ResourceKey]:
    """Where the insights of the services are that a dataplane's tags name."""
    names = {one[_SERVICE] for one in dataplane.content.tag_sets if _SERVICE in one}
    return [
        ResourceKey(dataplane.upstream, "ServiceInsight", dataplane.mesh, name)
        for name in sorted(names)
    ]


async def zones_of(dataplanes: Sequence["Dataplane"], info: Info) -> list[Any]:
    """The zone in which each runs."""
    from gateway.schema.zones import ZONE_NEEDS_INSIGHT

    keys = [
        info.context.key(one.resource.upstream, Noun.ZONE, zone_name(one.content))
        for one in dataplanes
    ]
    return list(map(shown, await loaded(info, keys, overview=asks(info, ZONE_NEEDS_INSIGHT))))


@described
@strawberry.interface
class Dataplane(Overviewed, MeshScoped):
    """A proxy beside a workload, or a gateway."""

    @strawberry.field
    def status(self, info: Info) -> DataplaneStatus:  # type: ignore[valid-type]
        """How it is doing, by the control plane's own rule."""
        return self.overview(info, rules.dataplane_status)  # type: ignore[no-any-return]

    @strawberry.field
    def status_reasons(self, info: Info) -> list[str]:
        """Why it is not online; empty where it is."""
        return self.overview(info, rules.status_reasons)  # type: ignore[no-any-return]

    @strawberry.field
    def address(self) -> str | None:
        """The address under which other dataplanes reach it."""
        network = self.content.network
        return network.advertised_address or network.address or None

    @strawberry.field
    def tags(self) -> list[Tag]:
        """The tags of all of its inbounds and of its gateway, each once."""
        pairs = {pair for one in self.content.tag_sets for pair in one.items()}
        return [Tag(key=key, value=value) for key, value in sorted(pairs)]

    @strawberry.field
    @together(services_of)
    async def services(
        self, info: Info
    ) -> list[Annotated["Service", strawberry.lazy("gateway.schema.services")]] | None:
        """The services that its tags name, of those the control plane lists."""
        return await alone(services_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    @together(zones_of)
    async def zone(
        self, info: Info
    ) -> Annotated["Zone", strawberry.lazy("gateway.schema.zones")] | None:
        """The zone in which it runs, where the control plane knows it."""
        return await alone(zones_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    def versions(self, info: Info) -> list[ComponentVersion]:
        """The components of the proxy, as of its latest connection."""
        return self.overview(info, latest_versions)  # type: ignore[no-any-return]


def latest_versions(dataplane: model.Dataplane) -> list[ComponentVersion]:
    """The components of a proxy, as of its latest connection."""
    insight = dataplane.dataplane_insight
    if insight is None or not insight.subscriptions:
        return []
    return component_versions(insight.subscriptions[-1].version)


def zone_name(dataplane: model.Dataplane) -> str | None:
    """The zone that labels name, or tags in versions without labels."""
    tagged = (one.get(_ZONE) for one in dataplane.tag_sets)
    return dataplane.labels.get(_ZONE) or next(filter(None, tagged), None)


@described
@strawberry.type
class DataplaneMtls:
    """The certificate that a dataplane was given."""

    content: strawberry.Private[model.DataplaneMtls]

    @strawberry.field
    def certificate_expiration_time(self) -> DateTime | None:
        """Until when it is valid."""
        return moment(self.content.certificate_expiration_time)

    @strawberry.field
    def last_certificate_regeneration(self) -> DateTime | None:
        """When it was last made anew."""
        return moment(self.content.last_certificate_regeneration)

    @strawberry.field
    def certificate_regenerations(self) -> int:
        """How often it was made."""
        return self.content.certificate_regenerations

    @strawberry.field
    def issued_backend(self) -> str | None:
        """The backend that issued it."""
        return self.content.issued_backend or None

    @strawberry.field
    def supported_backends(self) -> list[str]:
        """The backends whose certificates it trusts."""
        return list(self.content.supported_backends)


@described
@strawberry.type
class DataplaneInsight:
    """A dataplane's connections to the control plane, and its certificate."""

    content: strawberry.Private[model.DataplaneInsight]

    @strawberry.field
    def subscriptions(self) -> list[Subscription]:
        """Its connections, the latest last; the control plane keeps the last few."""
        return [Subscription(content=one) for one in self.content.subscriptions]

    @strawberry.field
    def mtls(self) -> DataplaneMtls | None:
        """Its certificate; null where it was given none."""
        return DataplaneMtls(content=self.content.mtls) if self.content.mtls else None


@shows("KumaDataplane")
@described
@strawberry.type
class KumaDataplane(Dataplane):
    """A dataplane of Kuma's."""

    @strawberry.field
    def networking(self) -> DataplaneNetworking:
        """Its addresses and ports."""
        return DataplaneNetworking(content=self.content.network)

    @strawberry.field
    def insight(self, info: Info) -> DataplaneInsight | None:
        """Its connections and its certificate; null while it has never connected."""
        return self.overview(info, dataplane_insight)  # type: ignore[no-any-return]


def dataplane_insight(dataplane: model.Dataplane) -> DataplaneInsight | None:
    """The view of a dataplane's insight."""
    found = dataplane.dataplane_insight
    return DataplaneInsight(content=found) if found else None


async def dataplanes(
    info: Info,
    filter: DataplaneFilter | None,
    first: int | None,
    after: str | None,
    within: Within | None = None,
) -> Any:
    """The dataplanes of all control planes, or within one of them or one of its meshes."""
    scope = scoped(info, filter, within)
    overview = asks(info, NEED_INSIGHT)

    async def ask(upstream: Adapter) -> list[Page]:
        return await every(info, upstream, Noun.DATAPLANE, scope.mesh, overview=overview)

    return await connection(
        info, scope.upstreams, ask, keep=keeps(filter), first=first, after=after
    )
