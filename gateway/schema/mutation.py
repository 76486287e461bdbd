"""The writes: the verb of each is the verb on the wire, apply = PUT and delete = DELETE."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Any, Final, TypeVar

import msgspec
import strawberry

from gateway.errors import BadUserInput, MeshgateError
from gateway.model.changes import Change, Delete, JSONObject
from gateway.model.control_planes import ControlPlane
from gateway.model.kinds import Kind, Noun
from gateway.model.resources import ResourceKey
from gateway.schema import inputs, payloads, spelling
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.filters import LabelInput
from gateway.schema.nginx_instance_manager import mutation as nginx_instance_manager
from gateway.schema.nginx_service_mesh import mutation as nginx_service_mesh
from gateway.upstreams.base import Adapter

P = TypeVar("P", bound=payloads.WritePayload)

_POLICY: Final = Noun.POLICY
_SECRET: Final = Noun.SECRET
_GIVEN = strawberry.argument(description="What to write, and where.")


class Writing(msgspec.Struct, frozen=True):
    """One write to come: the upstream and the kind as it serves it, found before it is sent."""

    upstream: Any
    found: ControlPlane
    kind: Kind

    def key(self, mesh: str | None, name: str) -> ResourceKey:
        """Where the resource is."""
        return ResourceKey(self.upstream.name, self.kind.name, mesh, name)


async def writing(info: Info, control_plane: str | None, kind: str, noun: Noun | None) -> Writing:
    """Where a kind is written; raises Unsupported where the control plane stores none of it."""
    context = info.context
    upstream = context.sole(control_plane)
    if upstream is None:
        upstream = await context.only(control_plane, kind, to_write=True)
    found = upstream.known(context.operation.viewer)
    if found is None:
        found = await upstream.control_plane(context.operation)
    row = upstream.served(found, kind).kind
    if row.noun is _SECRET and noun is not _SECRET:
        raise BadUserInput("secrets are written by applySecret and deleted by deleteSecret alone")
    if noun is not None and row.noun is not noun:
        raise BadUserInput(f"{kind} is no kind of {noun.value}; use applyResource, deleteResource")
    return Writing(upstream, found, row)


async def write(
    info: Info,
    upstream: Adapter,
    change: Change,
    payload: Callable[..., P],
    mutation: str | None,
    typed: Iterable[str] | None,
    under: str = "",
) -> P:
    """Send one change, and forget what was read before it, whatever comes of it."""
    try:
        written = await upstream.write(change, info.context.operation)
    except MeshgateError as error:
        if isinstance(change, Delete):
            raise
        raise spelling.placed(error, typed, under) from error
    finally:
        info.context.loaders.clear()
    return payload(key=change.key, written=written, mutation=mutation)


async def apply(
    info: Info,
    kind: str,
    payload: Callable[..., P],
    given: Any,
    *,
    noun: Noun | None = None,
    typed: JSONObject | None = None,
    under: str = "",
) -> P:
    """Create or replace what an input describes by mesh, name, labels, typed members and spec.

    The typed members stand in the input's member `under`, if it names one.
    """
    to = await writing(info, given.control_plane, kind, noun)
    typed = typed or {}
    place = partial(spelling.place, typed=typed, under=under)
    to.upstream.require_members(to.found, kind, typed, place)
    key = to.key(getattr(given, "mesh", None), given.name)
    labels: list[LabelInput] | None = given.labels
    body = spelling.body(to.kind, key.mesh, key.name, labels=labels, typed=typed, spec=given.spec)
    change = spelling.applied(key, body)
    return await write(
        info, to.upstream, change, payload, given.client_mutation_id, tuple(typed), under
    )


async def delete(
    info: Info, kind: str, given: Any, *, noun: Noun | None = None
) -> payloads.DeletePayload:
    """Delete what an input names."""
    to = await writing(info, given.control_plane, kind, noun)
    change = Delete(to.key(getattr(given, "mesh", None), given.name))
    mutation = given.client_mutation_id
    return await write(info, to.upstream, change, payloads.DeletePayload, mutation, ())


@described
@strawberry.type
class Mutation(nginx_instance_manager.Writes, nginx_service_mesh.Writes):
    """Everything that can be written; an apply creates, or replaces as a whole."""

    @strawberry.mutation
    async def apply_mesh(
        self, info: Info, input: Annotated[inputs.ApplyMeshInput, _GIVEN]
    ) -> payloads.ApplyMeshPayload | None:
        """Create a mesh or replace it as a whole: what the input leaves out is gone."""
        typed = spelling.mesh(input)
        return await apply(info, "Mesh", payloads.ApplyMeshPayload, input, typed=typed)

    @strawberry.mutation
    async def delete_mesh(
        self, info: Info, input: Annotated[inputs.DeleteMeshInput, _GIVEN]
    ) -> payloads.DeletePayload | None:
        """Delete a mesh with all that stands in it; one that has dataplanes is refused."""
        return await delete(info, "Mesh", input)

    @strawberry.mutation
    async def apply_dataplane(
        self, info: Info, input: Annotated[inputs.ApplyDataplaneInput, _GIVEN]
    ) -> payloads.ApplyDataplanePayload | None:
        """Create a dataplane or replace it as a whole, labels included."""
        typed = spelling.dataplane(input)
        return await apply(info, "Dataplane", payloads.ApplyDataplanePayload, input, typed=typed)

    @strawberry.mutation
    async def delete_dataplane(
        self, info: Info, input: Annotated[inputs.DeleteMeshScopedInput, _GIVEN]
    ) -> payloads.DeletePayload | None:
        """Delete a dataplane."""
        return await delete(info, "Dataplane", input)

    @strawberry.mutation
    async def apply_policy(
        self, info: Info, input: Annotated[inputs.ApplyPolicyInput, _GIVEN]
    ) -> payloads.ApplyPolicyPayload | None:
        """Create a policy of any kind or replace it as a whole, labels included.

        The control plane fills in defaults, so that what is stored may say more than the input.
        """
        kind, typed, under = spelling.policy(input)
        payload = payloads.ApplyPolicyPayload
        return await apply(info, kind, payload, input, noun=_POLICY, typed=typed, under=under)

    @strawberry.mutation
    async def delete_policy(
        self, info: Info, input: Annotated[inputs.DeletePolicyInput, _GIVEN]
    ) -> payloads.DeletePayload | None:
        """Delete a policy of any kind."""
        return await delete(info, input.kind, input, noun=Noun.POLICY)

    @strawberry.mutation
    async def apply_zone(
        self, info: Info, input: Annotated[inputs.ApplyZoneInput, _GIVEN]
    ) -> payloads.ApplyZonePayload | None:
        """Create a zone or replace it as a whole."""
        typed = spelling.zone(input)
        return await apply(info, "Zone", payloads.ApplyZonePayload, input, typed=typed)

    @strawberry.mutation
    async def delete_zone(
        self, info: Info, input: Annotated[inputs.DeleteInput, _GIVEN]
    ) -> payloads.DeletePayload | None:
        """Delete a zone; a Global refuses to delete one that is online."""
        return await delete(info, "Zone", input)

    @strawberry.mutation
    async def apply_external_service(
        self, info: Info, input: Annotated[inputs.ApplyExternalServiceInput, _GIVEN]
    ) -> payloads.ApplyServicePayload | None:
        """Create an external service or replace it as a whole, labels included."""
        typed = spelling.external_service(input)
        return await apply(
            info, "ExternalService", payloads.ApplyServicePayload, input, typed=typed
        )

    @strawberry.mutation
    async def delete_external_service(
        self, info: Info, input: Annotated[inputs.DeleteMeshScopedInput, _GIVEN]
    ) -> payloads.DeletePayload | None:
        """Delete an external service."""
        return await delete(info, "ExternalService", input)

    @strawberry.mutation
    async def apply_resource(
        self, info: Info, input: Annotated[inputs.ApplyResourceInput, _GIVEN]
    ) -> payloads.ApplyResourcePayload | None:
        """Create a resource of any writable kind, by its own JSON, or replace it as a whole."""
        body = spelling.whole(input.resource)
        to = await writing(info, input.control_plane, body["type"], None)
        change = spelling.applied(to.key(body.get("mesh"), body["name"]), body)
        mutation = input.client_mutation_id
        payload = payloads.ApplyResourcePayload
        return await write(info, to.upstream, change, payload, mutation, None)

    @strawberry.mutation
    async def delete_resource(
        self, info: Info, input: Annotated[inputs.DeleteResourceInput, _GIVEN]
    ) -> payloads.DeletePayload | None:
        """Delete a resource of any writable kind."""
        return await delete(info, input.kind, input)
