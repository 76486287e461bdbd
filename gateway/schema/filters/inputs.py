"""Filters as clients write them."""

from typing import Annotated, Any, TypeAlias

import strawberry

from gateway.model.confs.parts import Duration
from gateway.model.gateways import GatewayKind
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.origins import OriginFilter
from gateway.schema.products import Product
from gateway.schema.states import DataplaneStatus, ServiceStatus, ZoneStatus

enum(
    GatewayKind,
    "GatewayKind",
    "Whether a dataplane is a gateway, and which.",
    {
        "ANY": "A gateway of either kind.",
        "BUILTIN": "A gateway that Kuma itself runs.",
        "DELEGATED": "A gateway of another maker, with a proxy beside it.",
        "NONE": "No gateway.",
    },
)


@described
@strawberry.input
class NameFilter:
    """A condition on a name, or on a version; with several, all have to hold."""

    equals: str | None = strawberry.field(default=None, description="The whole of it.")
    contains: str | None = strawberry.field(default=None, description="A part of it.")
    prefix: str | None = strawberry.field(default=None, description="What it begins with.")
    any_of: list[str] | None = strawberry.field(default=None, description="One of these.")

    def keeps(self, name: str) -> bool:
        """Whether a name passes."""
        return (
            self.equals in (None, name)
            and (self.contains is None or self.contains in name)
            and (self.prefix is None or name.startswith(self.prefix))
            and (self.any_of is None or name in self.any_of)
        )

    @property
    def part(self) -> str:
        """The longest text that each name that passes has in it."""
        single = self.any_of[0] if self.any_of and len(self.any_of) == 1 else None
        return (
            max((self.equals, self.contains, self.prefix, single), key=lambda it: len(it or ""))
            or ""
        )


@described
@strawberry.input
class LabelInput:
    """A label to match, or to write."""

    key: str = strawberry.field(description="The label's key.")
    value: str = strawberry.field(description="The label's value, exactly.")


@described
@strawberry.input
class TagInput:
    """A tag to match, or to write."""

    key: str = strawberry.field(description="The tag's key, such as `kuma.io/service`.")
    value: str = strawberry.field(description="The tag's value, exactly.")


@described
@strawberry.input
class VersionFilter:
    """Conditions on the versions that a proxy runs, as it last said."""

    kuma_dp: NameFilter | None = strawberry.field(default=None, description="Of kuma-dp.")
    envoy: NameFilter | None = strawberry.field(default=None, description="Of Envoy.")
    nginx: NameFilter | None = strawberry.field(default=None, description="Of NGINX.")


@described
@strawberry.input
class TargetFilter:
    """Conditions on what a policy of the family TARGET_REF is for; all have to hold."""

    kind: str | None = strawberry.field(
        default=None, description="Mesh, which is what none stands for; Dataplane, MeshService, …"
    )
    name: NameFilter | None = strawberry.field(
        default=None, description="A condition on the name of what it is for."
    )


def _given(description: str) -> Any:
    return strawberry.field(default=None, description=description)


@strawberry.input
class Everywhere:
    """What every filter may say."""

    control_plane: str | None = _given("Of the control plane of this name.")
    product: Product | None = _given("Of control planes of this product.")  # type: ignore[valid-type]
    name: NameFilter | None = _given("A condition on the name.")
    labels: list[LabelInput] | None = _given("Labels that all have to be there.")
    origin: OriginFilter | None = _given("Conditions on where it was made.")


@strawberry.input
class InMeshes(Everywhere):
    """What filters of things in meshes may say."""

    mesh: str | None = _given("In the mesh of this name.")


@described
@strawberry.input
class MeshFilter(Everywhere):
    """Which meshes; with several conditions, all have to hold."""


@described
@strawberry.input
class ZoneFilter(Everywhere):
    """Which zones; with several conditions, all have to hold."""

    status: list[ZoneStatus] | None = _given("In one of these states.")  # type: ignore[valid-type]


@described
@strawberry.input
class DataplaneFilter(InMeshes):
    """Which dataplanes; with several conditions, all have to hold."""

    tags: list[TagInput] | None = _given("Tags that one inbound, or the gateway, has all of.")
    status: list[DataplaneStatus] | None = _given("In one of these states.")  # type: ignore[valid-type]
    zone: str | None = _given("In the zone of this name, by its label or its tags.")
    gateway: GatewayKind | None = _given("That are gateways, of one kind or any, or that are none.")
    service: str | None = _given(
        "Whose tags name this service, in `kuma.io/service`; from Kuma 3 on, that are behind the "
        "MeshService of this name."
    )
    version: VersionFilter | None = _given("Whose proxy runs these versions.")
    certificate_expiring_within: Duration | None = _given(
        "Whose certificate ends within this time, or has ended."
    )


@described
@strawberry.input
class ServiceFilter(InMeshes):
    """Which services; with several conditions, all have to hold."""

    status: list[ServiceStatus] | None = _given("In one of these states.")  # type: ignore[valid-type]
    zone: str | None = _given(
        "In the zone of this name: by its label, or with dataplanes there as its insight says."
    )


@described
@strawberry.input
class PolicyFilter(InMeshes):
    """Which policies; with several conditions, all have to hold."""

    kind: str | None = _given("Of this kind, by the upstream's own word: MeshTimeout, Retry, …")
    target: TargetFilter | None = _given("That are for this, of the family TARGET_REF.")
    service: str | None = _given(
        "That name this service: in the tags of a selector, or in a reference of any place."
    )


_WHICH = strawberry.argument(description="Which of them; all if left out.")
WhichMeshes: TypeAlias = Annotated[MeshFilter | None, _WHICH]
WhichZones: TypeAlias = Annotated[ZoneFilter | None, _WHICH]
WhichDataplanes: TypeAlias = Annotated[DataplaneFilter | None, _WHICH]
WhichServices: TypeAlias = Annotated[ServiceFilter | None, _WHICH]
WhichPolicies: TypeAlias = Annotated[PolicyFilter | None, _WHICH]
Filter = MeshFilter | ZoneFilter | DataplaneFilter | ServiceFilter | PolicyFilter
