"""The writes of NGINX Service Mesh: PATCH of its configuration, POST of a manifest."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from gateway.errors import MeshgateError, Refused, UpstreamError, Violation
from gateway.model.changes import JSONObject
from gateway.model.pages import Listing
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.failures import Failure, failure
from gateway.schema.nginx_service_mesh import inputs, manifests, spelling
from gateway.schema.nginx_service_mesh.meshes import NginxMesh
from gateway.schema.views import view
from gateway.upstreams.nginx_service_mesh import NginxServiceMesh

_GIVEN = strawberry.argument(description="What to write, and where.")


@described
@strawberry.type
class PatchMeshConfigPayload:
    """What became of a mesh's configuration."""

    mesh: NginxMesh | None = strawberry.field(
        description="The mesh as it is now: as the answer says, or read again after a failure."
    )
    failure: Failure | None = strawberry.field(
        description="Why a change was not taken, or not all of it; `mesh` shows what holds."
    )
    client_mutation_id: str | None = strawberry.field(description="What the input gave.")


@described
@strawberry.type
class InjectSidecarPayload:
    """A manifest with the sidecar in it."""

    manifest: str = strawberry.field(description="The manifest, as the mesh answered it.")
    client_mutation_id: str | None = strawberry.field(description="What the input gave.")


def may_hold(error: MeshgateError, items: Sequence[JSONObject]) -> bool:
    """Whether a change that failed may have come to hold all the same, whole or in part.

    One that was not sent does not, and a refusal leaves a single one undone.
    """
    if error.status is None:
        return isinstance(error, UpstreamError)
    is_refused = isinstance(error, Refused) or 400 <= error.status < 500
    return len(items) > 1 or not is_refused


async def patch_mesh_config(
    info: Info, given: inputs.PatchMeshConfigInput
) -> PatchMeshConfigPayload:
    """Change a configuration; where it is open what came of that, what holds now is read."""
    upstream = info.context.of_product(given.control_plane, NginxServiceMesh)
    items = spelling.patches(given)
    failed: Failure | None = None
    try:
        mesh: Any = view(await upstream.patch(items, info.context.operation))
    except MeshgateError as error:
        if not may_hold(error, items):
            raise
        failed = failure(error, upstream.name, info)
        mesh = None
    finally:
        info.context.loaders.clear()
    if failed is not None:
        mesh = await held(info, upstream)
    return PatchMeshConfigPayload(
        mesh=mesh, failure=failed, client_mutation_id=given.client_mutation_id
    )


async def held(info: Info, upstream: NginxServiceMesh) -> Any:
    """The mesh as it is read now; None where it cannot be."""
    try:
        page = await info.context.loaders.page(Listing(upstream.name, "MeshConfig"))
    except MeshgateError:
        return None
    return view(page.rows[0]) if page.rows else None


async def inject_sidecar(info: Info, given: inputs.InjectSidecarInput) -> InjectSidecarPayload:
    """Ask for a manifest with the sidecar in it."""
    upstream = info.context.of_product(given.control_plane, NginxServiceMesh)
    incoming, outgoing = given.ignore_incoming_ports or [], given.ignore_outgoing_ports or []
    spelling.refuse(
        Violation(f"{name}[{at}]", told)
        for name, ports in (("ignoreIncomingPorts", incoming), ("ignoreOutgoingPorts", outgoing))
        for at, one in enumerate(ports)
        if (told := spelling.port(one))
    )
    manifests.check(given.manifest)
    operation = info.context.operation
    return InjectSidecarPayload(
        manifest=await upstream.inject(given.manifest, incoming, outgoing, operation),
        client_mutation_id=given.client_mutation_id,
    )


@strawberry.type
class Writes:
    """The fields of the root."""

    @strawberry.mutation
    async def patch_mesh_config(
        self, info: Info, input: Annotated[inputs.PatchMeshConfigInput, _GIVEN]
    ) -> PatchMeshConfigPayload | None:
        """Change the configuration of an NGINX Service Mesh up to 1.7.

        All is checked before it is sent: types, ranges, and the rules that the mesh is known to
        have. Where a list was not taken, or it is open whether a change was, the answer is
        `failure` and what holds now.
        """
        return await patch_mesh_config(info, input)

    @strawberry.mutation
    async def inject_sidecar(
        self, info: Info, input: Annotated[inputs.InjectSidecarInput, _GIVEN]
    ) -> InjectSidecarPayload | None:
        """Put the sidecar into the workloads of a manifest; nothing is stored.

        What is not a workload comes back as it was. To inject a manifest twice may give it two
        sidecars.
        """
        return await inject_sidecar(info, input)
