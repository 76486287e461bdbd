"""The services of an NGINX Service Mesh, and the workloads that carry its sidecar."""

import strawberry

from gateway.schema.context import Info
from gateway.schema.dataplanes import Dataplane, DataplaneStatus
from gateway.schema.described import described
from gateway.schema.hops import alone, together
from gateway.schema.insights import StatusCounts
from gateway.schema.nginx_service_mesh.metrics import NginxTrafficMetrics, traffic_of
from gateway.schema.services import Service, ServicePort
from gateway.schema.subscriptions import ComponentVersion
from gateway.schema.views import shows


@shows("NginxMeshService")
@described
@strawberry.type
class NginxMeshService(Service):
    """A Kubernetes Service that takes part in an NGINX Service Mesh."""

    @strawberry.field
    def display_name(self) -> str:
        """Its name without the namespace."""
        return str(self.content.listed.name)

    @strawberry.field
    def namespace(self) -> str | None:
        """Its Kubernetes namespace."""
        return self.content.listed.namespace or None

    @strawberry.field
    def service_ip(self) -> str | None:
        """The address under which Kubernetes lets it be called."""
        return self.content.listed.service_ip or None

    @strawberry.field
    def addresses(self) -> list[str]:
        """The addresses of the Pods behind it."""
        return list(self.content.listed.addresses)

    @strawberry.field
    def ports(self) -> list[ServicePort]:
        """The ports under which it is called."""
        return [
            ServicePort(port=one.port, target_port=None, name=None, protocol=one.protocol or None)
            for one in self.content.listed.ports
        ]

    @strawberry.field
    def dataplane_counts(self) -> StatusCounts | None:
        """Null: the mesh does not count what is behind it."""
        return None


@shows("NginxWorkload")
@described
@strawberry.type
class NginxWorkload(Dataplane):
    """A workload whose Pods carry the sidecar; the mesh does not tell how those are doing."""

    @strawberry.field
    def display_name(self) -> str:
        """Its name without the namespace and the kind."""
        return str(self.content.workload_name)

    @strawberry.field
    def namespace(self) -> str:
        """Its Kubernetes namespace."""
        return str(self.content.namespace)

    @strawberry.field
    def workload_kind(self) -> str:
        """Its Kubernetes kind, as the mesh spells it: deployments, statefulsets, …"""
        return str(self.content.workload_kind)

    @strawberry.field
    def status(self) -> DataplaneStatus:  # type: ignore[valid-type]
        """UNKNOWN: the mesh does not tell."""
        return self.content.status  # type: ignore[no-any-return]

    @strawberry.field
    def status_reasons(self) -> list[str]:
        """Why it is not known to be online."""
        return ["NGINX Service Mesh does not tell how sidecars are doing"]

    @strawberry.field
    def address(self) -> str | None:
        """Null: its Pods have addresses, and it has none."""
        return None

    @strawberry.field
    def versions(self) -> list[ComponentVersion]:
        """Empty: the mesh tells which versions run, and not where."""
        return []

    @strawberry.field
    @together(traffic_of)
    async def traffic_metrics(self, info: Info) -> list[NginxTrafficMetrics] | None:
        """Its traffic, as Prometheus counted it; empty for a while after a sidecar's start."""
        return await alone(traffic_of, self, info)  # type: ignore[no-any-return]
