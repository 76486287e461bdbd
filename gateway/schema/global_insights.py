"""What a control plane counts of all of its meshes and zones, as it says itself."""

import strawberry

from gateway.model import global_insight as model
from gateway.model.insights import Counts
from gateway.schema.described import described
from gateway.schema.insights import KindCount, StatusCounts, kind_counts, status_counts
from gateway.schema.scalars import DateTime, moment


@described
@strawberry.type
class OnlineCounts:
    """How many are connected, of those that ever were."""

    online: int = strawberry.field(description="Those connected, whether switched on or not.")
    total: int = strawberry.field(description="Those that ever connected; the others are in none.")


@described
@strawberry.type
class GlobalDataplaneCounts:
    """The dataplanes of all meshes by what they are."""

    standard: StatusCounts | None = strawberry.field(description="Those that are no gateways.")
    gateway_builtin: StatusCounts | None = strawberry.field(
        description="Gateways that Kuma runs; null from Kuma 3 on, which has none."
    )
    gateway_delegated: StatusCounts | None = strawberry.field(
        description="Gateways of other makers."
    )


@described
@strawberry.type
class GlobalServiceCounts:
    """The services of all meshes by what they are."""

    internal: StatusCounts | None = strawberry.field(description="Those of the mesh itself.")
    gateway_builtin: StatusCounts | None = strawberry.field(
        description="Gateways that Kuma runs; null from Kuma 3 on, which has none."
    )
    gateway_delegated: StatusCounts | None = strawberry.field(
        description="Gateways of other makers."
    )
    external: int | None = strawberry.field(description="Those outside of the mesh.")


@described
@strawberry.type
class KumaGlobalInsight:
    """What a Kuma control plane counts of everything, as it says itself. Kuma 2.5 or later."""

    content: strawberry.Private[model.GlobalInsight]

    @strawberry.field
    def as_of(self) -> DateTime | None:
        """When it was counted."""
        return moment(self.content.created_at)

    @strawberry.field
    def meshes(self) -> int:
        """The meshes."""
        return self.content.meshes.total

    @strawberry.field
    def policies(self) -> int:
        """The policies of all kinds."""
        return self.content.policies.total

    @strawberry.field
    def resources(self) -> list[KindCount]:
        """The resources by kind; kinds of which there are none are left out."""
        return kind_counts(self.content.resources)

    @strawberry.field
    def dataplanes(self) -> GlobalDataplaneCounts:
        """The dataplanes by what they are."""
        found = self.content.dataplanes
        return GlobalDataplaneCounts(
            standard=_counts(found.standard),
            gateway_builtin=_counts(found.gateway_builtin),
            gateway_delegated=_counts(found.gateway_delegated),
        )

    @strawberry.field
    def services(self) -> GlobalServiceCounts:
        """The services by what they are."""
        found = self.content.services
        return GlobalServiceCounts(
            internal=_counts(found.internal),
            gateway_builtin=_counts(found.gateway_builtin),
            gateway_delegated=_counts(found.gateway_delegated),
            external=found.external.total if found.external else None,
        )

    @strawberry.field
    def zones(self) -> OnlineCounts:
        """The control planes of zones."""
        return _online(self.content.zones.control_planes)

    @strawberry.field
    def zone_ingresses(self) -> OnlineCounts:
        """The ingresses of zones."""
        return _online(self.content.zones.zone_ingresses)

    @strawberry.field
    def zone_egresses(self) -> OnlineCounts:
        """The egresses of zones."""
        return _online(self.content.zones.zone_egresses)


def _counts(found: Counts | None) -> StatusCounts | None:
    return status_counts(found) if found else None


def _online(found: model.Online) -> OnlineCounts:
    return OnlineCounts(online=found.online, total=found.total)
