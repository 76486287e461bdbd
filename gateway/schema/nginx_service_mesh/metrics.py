"""Traffic metrics of an NGINX Service Mesh, as Kubernetes serves them beside it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import strawberry

from gateway.errors import MeshgateError
from gateway.model.nginx_service_mesh import metrics as model
from gateway.model.quantities import quantity
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.scalars import DateTime, moment
from gateway.upstreams.nginx_service_mesh import NginxServiceMesh


@described
@strawberry.type
class NginxTrafficSubject:
    """A Kubernetes object that traffic comes from or goes to."""

    kind: str = strawberry.field(description="Its kind: Deployment, Pod, Namespace, …")
    namespace: str | None = strawberry.field(description="Its namespace.")
    name: str | None = strawberry.field(description="Its name.")


@described
@strawberry.type
class NginxTrafficMetric:
    """One number of the traffic."""

    name: str = strawberry.field(
        description="p99_response_latency, p90_response_latency, p50_response_latency, "
        "success_count or failure_count."
    )
    unit: str | None = strawberry.field(description="Its unit; counts have none.")
    value: float | None = strawberry.field(
        description="The number; null where what came is no Kubernetes quantity."
    )
    quantity: str | None = strawberry.field(
        description="The number as Kubernetes wrote it: `2969m` is 2.969."
    )


def subject(found: model.Subject) -> NginxTrafficSubject:
    """The view of an object."""
    return NginxTrafficSubject(
        kind=found.kind, namespace=found.namespace or None, name=found.name or None
    )


@described
@strawberry.type
class NginxTrafficMetrics:
    """The traffic of one object, or over one of its edges, counted over a window of time."""

    content: strawberry.Private[model.TrafficMetrics]

    @strawberry.field
    def resource(self) -> NginxTrafficSubject:
        """Whose traffic it is."""
        return subject(self.content.resource)

    @strawberry.field
    def peer(self) -> NginxTrafficSubject | None:
        """The other end of an edge; null where all of the traffic is meant."""
        found = self.content.edge
        return subject(found.resource) if found and found.resource else None

    @strawberry.field
    def direction(self) -> str | None:
        """`to` the peer or `from` it; null where all of the traffic is meant."""
        return (self.content.edge.direction or None) if self.content.edge else None

    @strawberry.field
    def timestamp(self) -> DateTime | None:
        """When it was counted."""
        return moment(self.content.timestamp)

    @strawberry.field
    def window(self) -> str | None:
        """Over how long it was counted, as a Go duration: `30s`."""
        return self.content.window or None

    @strawberry.field
    def metrics(self) -> list[NginxTrafficMetric]:
        """The numbers."""
        return [
            NginxTrafficMetric(
                name=one.name,
                unit=one.unit or None,
                value=quantity(one.value),
                quantity=None if one.value is None else str(one.value),
            )
            for one in self.content.metrics
        ]


def views(found: Sequence[model.TrafficMetrics]) -> list[NginxTrafficMetrics]:
    """Traffic metrics as clients see them."""
    return [NginxTrafficMetrics(content=one) for one in found]


async def traffic_of(workloads: Sequence[Any], info: Info) -> list[Any]:
    """The traffic of each workload: one question for those of a kind in a namespace."""
    places = [
        (one.resource.upstream, one.content.namespace, one.content.workload_kind)
        for one in workloads
    ]
    asked = list(dict.fromkeys(places))
    found = dict(zip(asked, await asyncio.gather(*(_told(info, *it) for it in asked)), strict=True))
    return [
        told
        if isinstance(told := found[place], MeshgateError)
        else views([it for it in told if it.resource.name == one.content.workload_name])
        for one, place in zip(workloads, places, strict=True)
    ]


async def _told(info: Info, upstream: str, namespace: str, kind: str) -> Any:
    mesh = info.context.of_product(upstream, NginxServiceMesh)
    try:
        return await mesh.traffic(model.Scope(namespace, kind), info.context.operation)
    except MeshgateError as error:
        return error
