"""What control planes computed of one mesh, and the counts that all insights are made of."""

import strawberry

from gateway.model import insights as model
from gateway.model import subscriptions
from gateway.schema.described import described
from gateway.schema.scalars import BigInt, DateTime, as_int, moment


@described
@strawberry.type
class StatusCounts:
    """How many there are, and how they are doing."""

    total: int = strawberry.field(description="All of them.")
    online: int = strawberry.field(description="Those that are online.")
    offline: int = strawberry.field(description="Those that are offline.")
    partially_degraded: int = strawberry.field(description="Those that are ready in part.")


def status_counts(found: model.Counts) -> StatusCounts:
    """Counts as clients see them."""
    return StatusCounts(
        total=as_int(found.total),
        online=as_int(found.online),
        offline=as_int(found.offline),
        partially_degraded=as_int(found.partially_degraded),
    )


@described
@strawberry.type
class KindCount:
    """How many resources of one kind there are."""

    kind: str = strawberry.field(description="The upstream's own word for the kind.")
    total: int = strawberry.field(description="How many of it there are.")


@described
@strawberry.type
class VersionCount:
    """How many dataplanes run one version of a component, and how they are doing."""

    component: str = strawberry.field(description="The component: `kumaDp` or `envoy`.")
    version: str = strawberry.field(description="Its version; `unknown` where it is not known.")
    counts: StatusCounts = strawberry.field(description="The dataplanes that run it.")


@described
@strawberry.type
class BackendCount:
    """How many dataplanes a certificate backend serves."""

    backend: str = strawberry.field(description="The backend's name.")
    counts: StatusCounts = strawberry.field(description="Its dataplanes.")


@described
@strawberry.type
class DataplaneTypeCounts:
    """A mesh's dataplanes by what they are."""

    standard: StatusCounts = strawberry.field(description="Proxies beside a workload.")
    gateway: StatusCounts = strawberry.field(description="Gateways of every sort.")
    gateway_builtin: StatusCounts = strawberry.field(description="Gateways of Kuma's own.")
    gateway_delegated: StatusCounts = strawberry.field(description="Other products' gateways.")


@described
@strawberry.type
class ServiceTotals:
    """A mesh's services, counted."""

    total: int = strawberry.field(description="All of them.")
    internal: int = strawberry.field(description="Those of the mesh's dataplanes.")
    external: int = strawberry.field(description="Those outside of the mesh.")


def kind_counts(found: dict[str, model.KindTotal]) -> list[KindCount]:
    """Counts by kind, in the order of the kinds' names."""
    return [KindCount(kind=kind, total=as_int(found[kind].total)) for kind in sorted(found)]


def version_counts(found: model.DpVersions) -> list[VersionCount]:
    """Counts by version; their total adds what the control plane leaves out of it."""
    components = (("kumaDp", found.kuma_dp), ("envoy", found.envoy), ("nginx", found.nginx))
    return [
        VersionCount(component=component, version=version, counts=status_counts(whole(counts)))
        for component, versions in components
        for version, counts in sorted(versions.items())
    ]


def whole(found: model.Counts) -> model.Counts:
    """Counts whose total is the sum of their parts: Kuma's leave the partially degraded out."""
    total = found.online + found.offline + found.partially_degraded
    return model.Counts(
        max(found.total, total), found.online, found.offline, found.partially_degraded
    )


def backend_counts(found: dict[str, model.Counts]) -> list[BackendCount]:
    """Counts by backend, in the order of their names."""
    return [BackendCount(backend=k, counts=status_counts(whole(found[k]))) for k in sorted(found)]


@described
@strawberry.type
class MeshInsight:
    """A mesh counted by its control plane; it trails reality by up to 20 seconds."""

    content: strawberry.Private[model.MeshInsight]

    @strawberry.field
    def dataplanes(self) -> StatusCounts:
        """The mesh's dataplanes."""
        return status_counts(self.content.dataplanes)

    @strawberry.field
    def dataplanes_by_type(self) -> DataplaneTypeCounts | None:
        """The mesh's dataplanes by what they are; null from versions that do not say."""
        found = self.content.dataplanes_by_type
        if found is None:
            return None
        return DataplaneTypeCounts(
            standard=status_counts(found.standard),
            gateway=status_counts(found.gateway),
            gateway_builtin=status_counts(found.gateway_builtin),
            gateway_delegated=status_counts(found.gateway_delegated),
        )

    @strawberry.field
    def policies(self) -> list[KindCount]:
        """Policies by kind; Kuma 1.x counts some other kinds here too."""
        return kind_counts(self.content.policies)

    @strawberry.field
    def resources(self) -> list[KindCount]:
        """Resources by kind; empty from versions before 2.9."""
        return kind_counts(self.content.resources)

    @strawberry.field
    def versions(self) -> list[VersionCount]:
        """The mesh's dataplanes by the versions they run."""
        return version_counts(self.content.dp_versions)

    @strawberry.field
    def issued_backends(self) -> list[BackendCount]:
        """The mesh's dataplanes by the backend that issued their certificate."""
        return backend_counts(self.content.mtls.issued_backends if self.content.mtls else {})

    @strawberry.field
    def supported_backends(self) -> list[BackendCount]:
        """The mesh's dataplanes by the backends that they trust."""
        return backend_counts(self.content.mtls.supported_backends if self.content.mtls else {})

    @strawberry.field
    def services(self) -> ServiceTotals | None:
        """The mesh's services; null where the control plane does not count them."""
        found = self.content.services
        if found is None:
            return None
        return ServiceTotals(total=found.total, internal=found.internal, external=found.external)

    @strawberry.field
    def last_sync(self) -> DateTime | None:
        """When Kuma up to 1.3 last computed it."""
        return moment(self.content.last_sync)

    @strawberry.field
    def as_of(self) -> DateTime | None:
        """When it was computed."""
        return moment(self.content.modification_time)


@described
@strawberry.type
class DiscoveryCounts:
    """How many configurations went to a client and came back accepted or refused."""

    responses_sent: BigInt = strawberry.field(description="Configurations sent.")
    responses_acknowledged: BigInt = strawberry.field(description="Those that were accepted.")
    responses_rejected: BigInt = strawberry.field(description="Those that were refused.")


def discovery_counts(found: subscriptions.DiscoveryCounts) -> DiscoveryCounts:
    """Counts as clients see them."""
    return DiscoveryCounts(
        responses_sent=BigInt(found.responses_sent),
        responses_acknowledged=BigInt(found.responses_acknowledged),
        responses_rejected=BigInt(found.responses_rejected),
    )
