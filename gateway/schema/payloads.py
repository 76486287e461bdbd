"""What writes answer: what was done, and the resource as it is now stored."""

from dataclasses import dataclass
from typing import Any

import strawberry

from gateway.model import changes as model
from gateway.model.resources import ResourceKey
from gateway.schema.context import Info, asks
from gateway.schema.dataplanes import NEED_INSIGHT, Dataplane
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.ids import node_id
from gateway.schema.meshes import Mesh
from gateway.schema.policies import Policy
from gateway.schema.resources import Resource
from gateway.schema.services import Service
from gateway.schema.views import view
from gateway.schema.zones import ZONE_NEEDS_INSIGHT, Zone

WriteOutcome = enum(
    model.Outcome,
    "WriteOutcome",
    "What a write did.",
    {
        "CREATED": "It was not there, and is now.",
        "UPDATED": "It was there, and is replaced.",
        "DELETED": "It was there, and is gone.",
        "ACCEPTED": "It is begun, and takes its time.",
    },
)


@described
@strawberry.interface
class WritePayload:
    """What every write answers."""

    written: strawberry.Private[model.Written]
    mutation: strawberry.Private[str | None]

    @strawberry.field
    def outcome(self) -> WriteOutcome:  # type: ignore[valid-type]
        """What was done, as the control plane says."""
        return self.written.outcome

    @strawberry.field
    def warnings(self) -> list[str]:
        """What the control plane warns of, such as what it is about to drop."""
        return list(self.written.warnings)

    @strawberry.field
    def client_mutation_id(self) -> str | None:
        """What the input gave."""
        return self.mutation


@dataclass
class OfResource:
    """A payload that is about one resource."""

    key: strawberry.Private[ResourceKey]

    async def stored(self, info: Info, needs: frozenset[str] = frozenset()) -> Any:
        """The view of the resource, read now that it is written."""
        found = await info.context.loaders.resource(self.key, overview=asks(info, needs))
        return view(found) if found else None


@described
@strawberry.type
class ApplyMeshPayload(OfResource, WritePayload):
    """What became of a mesh."""

    @strawberry.field
    async def mesh(self, info: Info) -> Mesh | None:
        """It as it is now stored."""
        return await self.stored(info)  # type: ignore[no-any-return]


@described
@strawberry.type
class ApplyDataplanePayload(OfResource, WritePayload):
    """What became of a dataplane."""

    @strawberry.field
    async def dataplane(self, info: Info) -> Dataplane | None:
        """It as it is now stored."""
        return await self.stored(info, NEED_INSIGHT)  # type: ignore[no-any-return]


@described
@strawberry.type
class ApplyPolicyPayload(OfResource, WritePayload):
    """What became of a policy."""

    @strawberry.field
    async def policy(self, info: Info) -> Policy | None:
        """It as it is now stored."""
        return await self.stored(info)  # type: ignore[no-any-return]


@described
@strawberry.type
class ApplyZonePayload(OfResource, WritePayload):
    """What became of a zone."""

    @strawberry.field
    async def zone(self, info: Info) -> Zone | None:
        """It as it is now stored."""
        return await self.stored(info, ZONE_NEEDS_INSIGHT)  # type: ignore[no-any-return]


@described
@strawberry.type
class ApplyServicePayload(OfResource, WritePayload):
    """What became of a service."""

    @strawberry.field
    async def service(self, info: Info) -> Service | None:
        """It as it is now stored."""
        return await self.stored(info)  # type: ignore[no-any-return]


@described
@strawberry.type
class ApplyResourcePayload(OfResource, WritePayload):
    """What became of a resource."""

    @strawberry.field
    async def resource(self, info: Info) -> Resource | None:
        """It as it is now stored."""
        return await self.stored(info)  # type: ignore[no-any-return]


@described
@strawberry.type
class DeletePayload(OfResource, WritePayload):
    """What was deleted."""

    @strawberry.field
    def id(self) -> strawberry.ID:
        """The id that it had."""
        return node_id(self.key)
