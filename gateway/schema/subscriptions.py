"""The connections of proxies and zones to a control plane (Kuma calls them subscriptions)."""

import msgspec
import strawberry

from gateway.model import subscriptions as model
from gateway.schema.described import described
from gateway.schema.insights import DiscoveryCounts, discovery_counts
from gateway.schema.scalars import JSON, DateTime, moment


@described
@strawberry.type
class ComponentVersion:
    """A component at the other end of a connection, and how it was built."""

    component: str = strawberry.field(description="The component: `kumaDp`, `envoy`, `kumaCp`, …")
    version: str = strawberry.field(description="Its version.")
    git_tag: str | None = strawberry.field(description="The tag it was built from.")
    git_commit: str | None = strawberry.field(description="The commit it was built from.")
    build_date: str | None = strawberry.field(description="When it was built, as it says.")
    build: str | None = strawberry.field(description="Envoy's own description of its build.")


def component_versions(found: model.Versions | None) -> list[ComponentVersion]:
    """The components of one connection."""
    if found is None:
        return []
    builds = (("kumaDp", found.kuma_dp), ("envoy", found.envoy), ("kumaCp", found.kuma_cp))
    versions = [
        ComponentVersion(
            component=component,
            version=build.version,
            git_tag=build.git_tag or None,
            git_commit=build.git_commit or None,
            build_date=build.build_date or None,
            build=build.build or None,
        )
        for component, build in builds
        if build is not None
    ]
    for name, version in sorted(found.dependencies.items()):
        versions.append(
            ComponentVersion(
                component=name,
                version=version,
                git_tag=None,
                git_commit=None,
                build_date=None,
                build=None,
            )
        )
    return versions


@described
@strawberry.type
class KindDiscovery:
    """The exchanges of one kind on one connection."""

    kind: str = strawberry.field(description="The xDS type or the kind: `cds`, `Mesh`, …")
    counts: DiscoveryCounts = strawberry.field(description="What went and came back.")


@described
@strawberry.type
class DiscoveryStatus:
    """What went over one connection."""

    content: strawberry.Private[model.DiscoveryStatus]

    @strawberry.field
    def last_update_time(self) -> DateTime | None:
        """When something last went over it."""
        return moment(self.content.last_update_time)

    @strawberry.field
    def total(self) -> DiscoveryCounts:
        """All of it."""
        return discovery_counts(self.content.total)

    @strawberry.field
    def cds(self) -> DiscoveryCounts:
        """Clusters, to a proxy."""
        return discovery_counts(self.content.cds)

    @strawberry.field
    def eds(self) -> DiscoveryCounts:
        """Endpoints, to a proxy."""
        return discovery_counts(self.content.eds)

    @strawberry.field
    def lds(self) -> DiscoveryCounts:
        """Listeners, to a proxy."""
        return discovery_counts(self.content.lds)

    @strawberry.field
    def rds(self) -> DiscoveryCounts:
        """Routes, to a proxy."""
        return discovery_counts(self.content.rds)

    @strawberry.field
    def kinds(self) -> list[KindDiscovery]:
        """What went to a zone, by kind; empty for a proxy."""
        found = self.content.stat
        return [KindDiscovery(kind=k, counts=discovery_counts(found[k])) for k in sorted(found)]


@described
@strawberry.type
class Subscription:
    """One connection of a proxy or a zone to a control plane."""

    content: strawberry.Private[model.Subscription]

    @strawberry.field
    def id(self) -> str:
        """The upstream's own id of the connection."""
        return self.content.id

    @strawberry.field
    def instance(self) -> str | None:
        """The control plane's instance at the other end."""
        return self.content.control_plane_instance_id or self.content.global_instance_id or None

    @strawberry.field
    def connect_time(self) -> DateTime | None:
        """When it was made."""
        return moment(self.content.connect_time)

    @strawberry.field
    def disconnect_time(self) -> DateTime | None:
        """When it ended; null while it lasts."""
        return moment(self.content.disconnect_time)

    @strawberry.field
    def status(self) -> DiscoveryStatus:
        """What went over it."""
        return DiscoveryStatus(content=self.content.status)

    @strawberry.field
    def versions(self) -> list[ComponentVersion]:
        """The components at its other end."""
        return component_versions(self.content.version)

    @strawberry.field
    def configuration(self) -> JSON | None:
        """The configuration that a zone's control plane runs with; null for a proxy."""
        return JSON(inner(self.content.config)) if bytes(self.content.config) else None


def inner(text: msgspec.Raw) -> object:
    """The value that a JSON text holds as JSON once more; the text itself where it holds none."""
    try:
        found = msgspec.json.decode(text, type=str)
        msgspec.json.decode(found)
    except (msgspec.DecodeError, RecursionError):
        return text
    return msgspec.Raw(found.encode())
