"""Dataplanes: a proxy beside a workload, or a gateway, and how it is doing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry

from gateway.model import dataplanes as model
from gateway.model import status as rules
from gateway.model.kinds import Noun
from gateway.model.pages import Listing, Page
from gateway.model.tags import ZONE_BY, zone_name
from gateway.schema.collecting import Within, every, lone, scoped
from gateway.schema.connections import connection
from gateway.schema.context import Info, asks, reads
from gateway.schema.described import described
from gateway.schema.filters import (
    DataplaneFilter,
    Keep,
    WhichPolicies,
    narrowing,
    needs_insight,
    reads_of,
)
from gateway.schema.hops import alone, loaded, reading, together
from gateway.schema.matched import WORKED_OUT_BY, MatchedPolicy, matched_policies
from gateway.schema.networking import DataplaneNetworking
from gateway.schema.offering import OFFERS_BY, Behind, services_of
from gateway.schema.ordering import DataplaneOrder, by_status, order, ordered_by
from gateway.schema.overviews import Overviewed
from gateway.schema.proxies import InspectedProxy
from gateway.schema.resources import MeshScoped, Tag
from gateway.schema.scalars import DateTime, moment
from gateway.schema.states import DataplaneStatus
from gateway.schema.subscriptions import ComponentVersion, Subscription, component_versions
from gateway.schema.views import shows
from gateway.upstreams.base import Adapter

if TYPE_CHECKING:
    from gateway.schema.gateways import KumaMeshGateway
    from gateway.schema.identities import KumaMeshIdentity
    from gateway.schema.services import Service
    from gateway.schema.zones import Zone

NEED_INSIGHT: Final = frozenset(("status", "statusReasons", "insight", "versions"))
"""The fields for which a dataplane is read together with its insight."""


async def zones_of(dataplanes: Sequence["Dataplane"], info: Info) -> list[Any]:
    """The zone in which each runs."""
    from gateway.schema.zones import ZONE_NEEDS_INSIGHT

    keys = [
        info.context.key(one.resource.upstream, Noun.ZONE, zone_name(one.content))
        for one in dataplanes
    ]
    return await loaded(info, keys, overview=asks(info, ZONE_NEEDS_INSIGHT), reads=reads(info))


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
    @together(services_of, *OFFERS_BY)
    async def services(
        self, info: Info
    ) -> list[Annotated["Service", strawberry.lazy("gateway.schema.services")]] | None:
        """The services that its tags name, and the MeshServices that choose it."""
        return await alone(services_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    @together(zones_of, *ZONE_BY)
    async def zone(
        self, info: Info
    ) -> Annotated["Zone", strawberry.lazy("gateway.schema.zones")] | None:
        """The zone in which it runs, where the control plane knows it."""
        return await alone(zones_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    def versions(self, info: Info) -> list[ComponentVersion]:
        """The components of the proxy, as of its latest connection."""
        return self.overview(info, latest_versions)  # type: ignore[no-any-return]

    @strawberry.field
    @reading(*WORKED_OUT_BY)
    async def policies(
        self, info: Info, filter: WhichPolicies = None
    ) -> list[MatchedPolicy] | None:
        """The policies that hold for it, and where in it."""
        return await matched_policies(info, self.resource, filter)


def latest_versions(dataplane: model.Dataplane) -> list[ComponentVersion]:
    """The components of a proxy, as of its latest connection."""
    insight = dataplane.dataplane_insight
    if insight is None or not insight.subscriptions:
        return []
    return component_versions(insight.subscriptions[-1].version)


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
class KumaDataplane(InspectedProxy, Dataplane):
    """A dataplane of Kuma's."""

    @property
    def content(self) -> model.Dataplane:
        return self.resource.content  # type: ignore[no-any-return]

    @strawberry.field
    def networking(self) -> DataplaneNetworking:
        """Its addresses and ports."""
        return DataplaneNetworking(content=self.content.network)

    @strawberry.field
    @reading("networking.gateway", "dataplane.networking.gateway")
    async def gateway(
        self, info: Info
    ) -> Annotated["KumaMeshGateway", strawberry.lazy("gateway.schema.gateways")] | None:
        """The MeshGateway that it carries; null where it is no builtin gateway."""
        from gateway.schema.gateways import gateway_of

        return await gateway_of(info, self.resource)  # type: ignore[no-any-return]

    @strawberry.field
    @reading("labels")
    async def identity(
        self, info: Info
    ) -> Annotated["KumaMeshIdentity", strawberry.lazy("gateway.schema.identities")] | None:
        """The MeshIdentity that fits its labels best; null where none does."""
        from gateway.schema.identities import identity_of

        return await identity_of(info, self.resource)  # type: ignore[no-any-return]

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
    order_by: DataplaneOrder | None = None,
    keep: Keep | None = None,
    kept_by: Sequence[str] = (),
) -> Any:
    """The dataplanes of all control planes, or within one of them or one of its meshes.

    Where `keep` is given they are those of them that it keeps, by what `kept_by` names of them.
    """
    scope = scoped(info, filter, within)
    overview = asks(info, NEED_INSIGHT) or needs_insight(filter) or by_status(order_by)
    behind = Behind(info, filter.service if filter else None, scope.mesh)
    narrow, passes = narrowing(filter), scope.keeps(filter, info, behind.holds)
    read = reads(info, *reads_of(filter), *ordered_by(order_by), *kept_by)

    async def ask(upstream: Adapter) -> list[Page]:
        await behind.learn(upstream)
        return await every(
            info,
            upstream,
            Noun.DATAPLANE,
            scope.mesh,
            overview=overview,
            narrow=narrow,
            reads=read,
            alone=scope.is_alone(info),
        )

    def listing(upstream: Adapter) -> Listing | None:
        if behind.is_needed(upstream):
            return None
        return lone(
            info,
            upstream,
            Noun.DATAPLANE,
            scope.mesh,
            overview=overview,
            narrow=narrow,
            reads=read,
        )

    return await connection(
        info,
        scope.upstreams,
        ask,
        keep=passes if keep is None else lambda one: keep(one) and passes(one),
        first=first,
        after=after,
        order=order(order_by),
        listing=listing,
    )
