"""An install of NGINX Service Mesh: its mesh, its configuration, what runs of it."""

from typing import Annotated

import strawberry

from gateway.model.nginx_service_mesh.config import MtlsMode
from gateway.model.nginx_service_mesh.metrics import Scope
from gateway.schema.context import Info
from gateway.schema.control_planes import ControlPlane
from gateway.schema.described import described
from gateway.schema.meshes import Mesh, MeshMtls
from gateway.schema.nginx_service_mesh.config import NginxMeshConfig
from gateway.schema.nginx_service_mesh.metrics import NginxTrafficMetrics, views
from gateway.schema.views import shows
from gateway.upstreams.nginx_service_mesh import NginxServiceMesh as Adapter


@described
@strawberry.type
class NginxComponent:
    """A component of the mesh."""

    name: str = strawberry.field(description="Its name: nginx-mesh-api, nginx-mesh-sidecar, …")
    versions: list[str] = strawberry.field(
        description="The versions that run of it; several during an upgrade."
    )


@described
@strawberry.type
class NginxServiceMesh:
    """What an NGINX Service Mesh has and no other product."""

    adapter: strawberry.Private[Adapter]

    @strawberry.field
    def control_plane(self) -> ControlPlane:
        """The upstream that it is."""
        return ControlPlane(upstream=self.adapter)

    @strawberry.field
    async def generation(self, info: Info) -> str:
        """How it is asked: 1.3 (and before), 1.4 (to 1.7) or 2.0."""
        return (await self.adapter.control_plane(info.context.operation)).speaks.since

    @strawberry.field
    async def components(self, info: Info) -> list[NginxComponent] | None:
        """Its components and the versions that run of each; empty where it does not tell."""
        found = await self.adapter.components(info.context.operation)
        return [NginxComponent(name=key, versions=list(found[key])) for key in sorted(found)]

    @strawberry.field
    async def traffic_metrics(
        self,
        info: Info,
        namespace: Annotated[
            str | None,
            strawberry.argument(description="Of this namespace; of all together if left out."),
        ] = None,
        kind: Annotated[
            str | None,
            strawberry.argument(
                description="Of each object of this kind in it: deployments, pods, …"
            ),
        ] = None,
        name: Annotated[
            str | None, strawberry.argument(description="Of the one object of this name.")
        ] = None,
        edges: Annotated[
            bool,
            strawberry.argument(
                description="Each peer by itself; of a namespace, or of one object."
            ),
        ] = False,
    ) -> list[NginxTrafficMetrics] | None:
        """The traffic, as Prometheus counted it; empty for a while after a sidecar's start."""
        scope = Scope(namespace, kind, name, edges)
        return views(await self.adapter.traffic(scope, info.context.operation))


@shows("NginxMesh")
@described
@strawberry.type
class NginxMesh(Mesh):
    """The mesh of one install of NGINX Service Mesh, named for the namespace that it is in."""

    @strawberry.field
    def mtls(self) -> MeshMtls | None:
        """Whether its sidecars prove who they are; `config { mtls }` says how."""
        found = self.content.config.identity
        if found is None or not found.mode:
            return None
        return MeshMtls(enabled=found.mode != MtlsMode.OFF, enabled_backend=None, backends=[])

    @strawberry.field
    def config(self) -> NginxMeshConfig:
        """Its configuration."""
        return NginxMeshConfig(content=self.content.config)

    @strawberry.field
    def install(self, info: Info) -> NginxServiceMesh:
        """What it has and no other product's mesh."""
        return install(info, self.resource.upstream)


def install(info: Info, control_plane: str | None) -> NginxServiceMesh:
    """The one install that can be meant."""
    return NginxServiceMesh(adapter=info.context.of_product(control_plane, Adapter))
