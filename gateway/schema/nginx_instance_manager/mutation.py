"""Instance Manager's writes, each by the verb that its API has for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

import strawberry

from gateway.model.changes import Apply, Delete, Outcome, Written
from gateway.model.nginx_instance_manager.changes import Create, Patch
from gateway.model.resources import ResourceKey
from gateway.schema.context import Info
from gateway.schema.inputs import DeleteInput
from gateway.schema.nginx_instance_manager import inputs, payloads, spelling
from gateway.schema.payloads import DeletePayload
from gateway.upstreams.nginx_instance_manager import InstanceManager
from gateway.upstreams.nginx_instance_manager.kinds import KINDS

_GIVEN = strawberry.argument(description="What to write, and where.")


@asynccontextmanager
async def writing(info: Info, name: str | None) -> AsyncIterator[InstanceManager]:
    """The Instance Manager to write to; what was read before is forgotten, whatever comes of it."""
    upstream = info.context.of_product(name, InstanceManager)
    try:
        yield upstream
    finally:
        info.context.loaders.clear()


async def delete(
    info: Info, given: DeleteInput | inputs.DeleteInstanceInput, kind: str
) -> DeletePayload:
    """Delete a thing by its name."""
    async with writing(info, given.control_plane) as upstream:
        key = ResourceKey(upstream.name, kind, None, given.name)
        written = await upstream.write(Delete(key), info.context.operation)
    return DeletePayload(key=key, written=written, mutation=given.client_mutation_id)


async def kept(
    info: Info, upstream: InstanceManager, kind: str, uid: str | None, body: dict[str, object]
) -> tuple[ResourceKey, Written]:
    """Make a thing without a uid, or change the one that has it."""
    operation = info.context.operation
    if uid is None:
        key = await upstream.create(Create(kind, body), operation)
        return key, Written(Outcome.CREATED)
    key = ResourceKey(upstream.name, kind, None, uid)
    if kind == "InstanceGroup":
        await upstream.patch(Patch(key, body), operation)
        return key, Written(Outcome.UPDATED)
    return key, await upstream.write(Apply(key, body), operation)


@strawberry.type
class Writes:
    """The writes that Instance Manager has."""

    @strawberry.mutation
    async def publish_instance_config(
        self, info: Info, input: Annotated[inputs.PublishInstanceConfigInput, _GIVEN]
    ) -> payloads.PublishPayload | None:
        """Publish a configuration to an instance or to a group (POST).

        It is accepted at once and takes its time; `wait` follows it, as long as the operation has.
        """
        async with writing(info, input.control_plane) as upstream:
            operation = info.context.operation
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            change = await upstream.unstaged(
                spelling.publish(input, upstream.name, now), now, operation
            )
            accepted = await upstream.publish(change, operation)
            found = await upstream.followed(accepted, operation) if input.wait else None
        return payloads.PublishPayload(
            written=Written(Outcome.ACCEPTED),
            mutation=input.client_mutation_id,
            accepted=accepted,
            content=found,
        )

    @strawberry.mutation
    async def patch_system(
        self, info: Info, input: Annotated[inputs.PatchSystemInput, _GIVEN]
    ) -> payloads.PatchSystemPayload | None:
        """Give a host another set of tags (PATCH)."""
        async with writing(info, input.control_plane) as upstream:
            key = ResourceKey(upstream.name, "System", None, input.name)
            await upstream.patch(Patch(key, spelling.tags(input.tags)), info.context.operation)
        return payloads.PatchSystemPayload(
            key=key, written=Written(Outcome.UPDATED), mutation=input.client_mutation_id
        )

    @strawberry.mutation
    async def apply_certificate(
        self, info: Info, input: Annotated[inputs.ApplyCertificateInput, _GIVEN]
    ) -> payloads.ApplyCertificatePayload | None:
        """Keep a certificate with its key for instances, or replace it (PUT)."""
        async with writing(info, input.control_plane) as upstream:
            key = ResourceKey(upstream.name, "Certificate", None, input.name)
            body = spelling.certificate(input, KINDS["Instance"])
            written = await upstream.write(Apply(key, body), info.context.operation)
        return payloads.ApplyCertificatePayload(
            key=key, written=written, mutation=input.client_mutation_id
        )

    @strawberry.mutation
    async def delete_certificate(
        self, info: Info, input: Annotated[DeleteInput, _GIVEN]
    ) -> DeletePayload | None:
        """Delete a certificate (DELETE)."""
        return await delete(info, input, "Certificate")

    @strawberry.mutation
    async def apply_instance_group(
        self, info: Info, input: Annotated[inputs.ApplyInstanceGroupInput, _GIVEN]
    ) -> payloads.ApplyInstanceGroupPayload | None:
        """Make a group of instances (POST), or change the one that has the uid (PATCH)."""
        async with writing(info, input.control_plane) as upstream:
            body = spelling.group(input)
            key, written = await kept(info, upstream, "InstanceGroup", input.uid, body)
        return payloads.ApplyInstanceGroupPayload(
            key=key, written=written, mutation=input.client_mutation_id
        )

    @strawberry.mutation
    async def apply_staged_configuration(
        self, info: Info, input: Annotated[inputs.ApplyStagedConfigurationInput, _GIVEN]
    ) -> payloads.ApplyStagedConfigurationPayload | None:
        """Keep a configuration (POST), or replace the one that has the uid (PUT)."""
        async with writing(info, input.control_plane) as upstream:
            body = spelling.staged(input)
            key, written = await kept(info, upstream, "StagedConfiguration", input.uid, body)
        return payloads.ApplyStagedConfigurationPayload(
            key=key, written=written, mutation=input.client_mutation_id
        )

    @strawberry.mutation
    async def delete_instance(
        self, info: Info, input: Annotated[inputs.DeleteInstanceInput, _GIVEN]
    ) -> DeletePayload | None:
        """Have an instance forgotten (DELETE); its agent may make it known again."""
        return await delete(info, input, "Instance")

    @strawberry.mutation
    async def scan_network(
        self, info: Info, input: Annotated[inputs.ScanNetworkInput, _GIVEN]
    ) -> payloads.ScanPayload | None:
        """Look for NGINX in a network (POST)."""
        async with writing(info, input.control_plane) as upstream:
            found = await upstream.scan(spelling.scan(input), info.context.operation)
        return payloads.ScanPayload(
            written=Written(Outcome.ACCEPTED),
            mutation=input.client_mutation_id,
            content=found,
        )
