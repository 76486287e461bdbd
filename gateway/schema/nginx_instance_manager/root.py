"""What one Instance Manager has and no other product: the root that leads to it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import strawberry

from gateway.errors import MeshgateError, Refused
from gateway.model.nginx_instance_manager import health as model
from gateway.model.resources import ResourceKey
from gateway.schema.arguments import After, First
from gateway.schema.connections import Connection, page_size
from gateway.schema.context import Info
from gateway.schema.control_planes import ControlPlane
from gateway.schema.described import described
from gateway.schema.failures import failure
from gateway.schema.filters import Keep
from gateway.schema.nginx_instance_manager import analytics
from gateway.schema.nginx_instance_manager.access import NginxRole
from gateway.schema.nginx_instance_manager.deployments import NginxDeployment, deployment
from gateway.schema.nginx_instance_manager.managed import NginxManaged, listed
from gateway.schema.scalars import JSON, DateTime, moment
from gateway.schema.views import view
from gateway.upstreams.nginx_instance_manager import InstanceManager
from gateway.upstreams.nginx_instance_manager.analytics import Order
from gateway.upstreams.nginx_instance_manager.analytics import events as events_query
from gateway.upstreams.nginx_instance_manager.analytics import metrics as metrics_query
from gateway.upstreams.nginx_instance_manager.requests import LICENSE_STATUS, deployments

Uid = Annotated[str, strawberry.argument(description="Its uid.")]
Names = Annotated[list[str] | None, strawberry.argument(description="Names of dimensions.")]


@described
@strawberry.type
class NginxServiceHealth:
    """How one of Instance Manager's own services is doing."""

    name: str = strawberry.field(description="The service.")
    status: str = strawberry.field(description="Its status: `healthy`, `unhealthy`.")


@described
@strawberry.type
class NginxInstanceManagerHealth:
    """How Instance Manager's own services are doing, as it says itself."""

    content: strawberry.Private[model.Health]

    @strawberry.field
    def status(self) -> str | None:
        """All of it: `healthy`, `unhealthy`."""
        return self.content.status or None

    @strawberry.field
    def services(self) -> list[NginxServiceHealth]:
        """Each of them, by name."""
        found = self.content.services
        return [NginxServiceHealth(name=name, status=found[name]) for name in sorted(found)]

    @strawberry.field
    def timestamp(self) -> DateTime | None:
        """When it looked."""
        return moment(self.content.timestamp)


@described
@strawberry.type
class NginxInstanceManager:
    """One NGINX Instance Manager."""

    upstream: strawberry.Private[InstanceManager]

    @strawberry.field
    def control_plane(self) -> ControlPlane:
        """It among all control planes."""
        return ControlPlane(upstream=self.upstream)

    @strawberry.field
    async def systems(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[NginxManaged] | None:
        """Its hosts; each is of type `NginxSystem`."""
        return await listed(info, self.upstream, "System", first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def instances(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[NginxManaged] | None:
        """Its instances, which are among `dataplanes` as well; each is of type `NginxInstance`."""
        return await listed(info, self.upstream, "Instance", first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def instance_groups(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[NginxManaged] | None:
        """Its groups of instances; each is of type `NginxInstanceGroup`."""
        return await listed(info, self.upstream, "InstanceGroup", first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def staged_configurations(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[NginxManaged] | None:
        """The configurations that it keeps and has published nowhere yet.

        Each is of type `NginxStagedConfiguration`.
        """
        return await listed(info, self.upstream, "StagedConfiguration", first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def certificates(
        self,
        info: Info,
        ends_before: Annotated[
            DateTime | None,
            strawberry.argument(description="Those alone that end before this point in time."),
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[NginxManaged] | None:
        """The certificates that it keeps; each is of type `NginxCertificate`."""
        keep = ending(ends_before)
        return await listed(info, self.upstream, "Certificate", first, after, keep)  # type: ignore[no-any-return]

    @strawberry.field
    async def servers(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[NginxManaged] | None:
        """What scans have found in the network; each is of type `NginxServer`."""
        return await listed(info, self.upstream, "Server", first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def users(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[NginxManaged] | None:
        """Who may use it; each is of type `NginxUser`."""
        return await listed(info, self.upstream, "User", first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def role(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Its name.")],
    ) -> NginxRole | None:
        """A role by its name; null where there is none. It lists none."""
        key = ResourceKey(self.upstream.name, "Role", None, name)
        found = await info.context.loaders.resource(key)
        return view(found) if found else None

    @strawberry.field
    async def resource_groups(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[NginxManaged] | None:
        """The groups of things that roles give rights to; each is of type `NginxResourceGroup`."""
        return await listed(info, self.upstream, "ResourceGroup", first, after)  # type: ignore[no-any-return]

    @strawberry.field
    async def groups(self, info: Info) -> JSON | None:
        """The groups of users, as it says them: no document shows their shape."""
        return JSON(list(await self.upstream.items("groups", info.context.operation)))

    @strawberry.field
    async def features(self, info: Info) -> JSON | None:
        """The features that roles speak of, as it says them: no document shows their shape."""
        return JSON(list(await self.upstream.items("features", info.context.operation)))

    @strawberry.field
    async def events(
        self,
        info: Info,
        start_time: analytics.Start = None,
        end_time: analytics.End = None,
        filter: analytics.WhichValues = None,
        order: Annotated[
            analytics.NginxEventOrder,  # type: ignore[valid-type]
            strawberry.argument(description="In which order."),
        ] = Order.NEWEST_FIRST,
        first: First = None,
        after: After = None,
    ) -> analytics.NginxEventConnection | None:
        """What happened; pages are those of the moment at which the first was asked for."""
        within = analytics.window(start_time, end_time)
        query = events_query(within, analytics.conditions(filter), order)
        at = analytics.place(self.upstream.name, after)
        return await events(info, self.upstream, query, at, page_size(info, first))

    @strawberry.field
    async def event(self, info: Info, uid: Uid) -> analytics.NginxEvent | None:
        """One event; null where there is none."""
        found = await self.upstream.event(uid, info.context.operation)
        return analytics.NginxEvent(content=found) if found else None

    @strawberry.field
    async def metrics(
        self,
        info: Info,
        names: analytics.MetricNames,
        aggregation: analytics.Aggregated = None,
        start_time: analytics.Start = None,
        end_time: analytics.End = None,
        resolution: analytics.Resolution = None,
        filter: analytics.WhichValues = None,
        group_by: Names = None,
        dimensions: Names = None,
    ) -> list[analytics.NginxMetric] | None:
        """What was measured."""
        query = metrics_query(
            names,
            aggregation,
            analytics.window(start_time, end_time),
            analytics.conditions(filter),
            group_by=group_by or (),
            dimensions=dimensions or (),
            resolution=resolution,
        )
        found = await self.upstream.metrics(query, info.context.operation)
        return [analytics.NginxMetric(content=one) for one in found]

    @strawberry.field
    async def deployment(self, info: Info, uid: Uid) -> NginxDeployment | None:
        """A publication to an instance or a group; null before it is known, and once forgotten."""
        found = await self.upstream.deployment(deployments(uid), info.context.operation)
        return deployment(found)

    @strawberry.field
    async def health(self, info: Info) -> NginxInstanceManagerHealth | None:
        """How its own services are doing, from 2.21.1 on."""
        found = await self.upstream.own_health(info.context.operation)
        return NginxInstanceManagerHealth(content=found)

    @strawberry.field
    async def license_status(self, info: Info) -> str | None:
        """Whether it is licensed: `VALID`, …"""
        found = await self.upstream.told_of(LICENSE_STATUS, info.context.operation)
        return member(found, "licenseStatus")

    @strawberry.field
    async def license(self, info: Info) -> JSON | None:
        """Its license, as it says it: no document shows its shape."""
        return JSON(await self.upstream.told_of("/license", info.context.operation))

    @strawberry.field
    async def modules(self, info: Info) -> JSON | None:
        """Its modules, as it says them: no document shows their shape."""
        return JSON(await self.upstream.told_of("/modules", info.context.operation))

    @strawberry.field
    async def module_versions(self, info: Info) -> JSON | None:
        """The versions of its modules, as it says them."""
        return JSON(await self.upstream.told_of("/modules/versions", info.context.operation))

    @strawberry.field
    async def inventory(self, info: Info) -> JSON | None:
        """What it counts of all that it manages, as it says it: no document shows its shape."""
        return JSON(await self.upstream.told_of("/inventory", info.context.operation))


def manager(info: Info, control_plane: str | None) -> NginxInstanceManager:
    """The one Instance Manager that can be meant."""
    return NginxInstanceManager(upstream=info.context.of_product(control_plane, InstanceManager))


async def events(
    info: Info,
    upstream: InstanceManager,
    query: Mapping[str, str],
    at: analytics.Place,
    size: int,
) -> analytics.NginxEventConnection:
    """A page of events; where they are not to be had, an empty one that says why."""
    try:
        found = await upstream.events(
            query, info.context.operation, token=at.token, offset=at.offset, size=size
        )
    except Refused:
        raise
    except MeshgateError as error:
        failures = [failure(error, upstream.name, info)]
        return analytics.NginxEventConnection(
            rows=(), at=at, more=False, total_count=None, failures=failures
        )
    rows = found.rows[:size]
    seen = at.offset + len(rows)
    return analytics.NginxEventConnection(
        rows=rows,
        at=analytics.Place(upstream.name, found.token, at.offset),
        more=len(found.rows) > size or (found.total is not None and seen < found.total),
        total_count=found.total,
        failures=[],
    )


def member(found: msgspec.Raw, name: str) -> str | None:
    """A text of a document; None where it has none of that name."""
    body: Any = msgspec.json.decode(found)
    text = body.get(name) if isinstance(body, dict) else None
    return text if isinstance(text, str) else None


def ending(before: DateTime | None) -> Keep:
    """The condition on certificates that they end before a point in time."""
    limit = _moment(before)
    if limit is None:
        return lambda _: True
    return lambda one: (end := _moment(one.content.valid_until)) is not None and end < limit


def _moment(text: str | None) -> datetime | None:
    """A point in time, in UTC where it has no zone; None where the text is none."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
