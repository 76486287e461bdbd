"""What writes take: each kind's own members typed where the model types them, `spec` beside."""

import strawberry

from gateway.schema.confs.given import policy_input
from gateway.schema.described import described
from gateway.schema.filters import LabelInput, TagInput
from gateway.schema.scalars import JSON


@strawberry.input
class Write:
    """What every write is given."""

    control_plane: str | None = strawberry.field(
        default=None,
        description="The control plane to write to; it may be left out where one can be meant.",
    )
    client_mutation_id: str | None = strawberry.field(
        default=None, description="Comes back as it is in the payload."
    )


@strawberry.input
class Named(Write):
    """A write of something by its name."""

    name: str = strawberry.field(description="The name under which it is stored.")


@strawberry.input
class InMesh(Named):
    """A write of something in a mesh."""

    mesh: str = strawberry.field(description="The name of the mesh in which it stands.")


@strawberry.input
class Whole:
    """What is written as a whole."""

    labels: list[LabelInput] | None = strawberry.field(
        default=None,
        description="All of its labels: a write replaces those that were there, and a "
        "`kuma.io/display-name` once given has to be given again. Kuma 2.6 or later.",
    )
    spec: JSON | None = strawberry.field(
        default=None,
        description="The body without the meta, as `spec` shows it: what is not typed here.",
    )


@strawberry.input
class OfKind:
    """What may be of several kinds."""

    kind: str = strawberry.field(description="The kind, by the upstream's own word.")


@described
@strawberry.input
class MeshBackendInput:
    """A backend of a mesh."""

    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="Its type: builtin, provided, vault, …")
    conf: JSON | None = strawberry.field(
        default=None, description="Its configuration, as the upstream spells it."
    )


@described
@strawberry.input
class MeshMtlsInput:
    """Whether and how the mesh's dataplanes prove who they are."""

    enabled_backend: str | None = strawberry.field(
        default=None, description="The backend in force; none means that they do not."
    )
    backends: list[MeshBackendInput] = strawberry.field(description="The backends there are.")


@described
@strawberry.input
class ApplyMeshInput(Named, Whole):
    """A mesh to create, or to replace as a whole."""

    mtls: MeshMtlsInput | None = strawberry.field(
        default=None,
        description="Whether and how its dataplanes prove who they are. Kuma before 3.",
    )


@described
@strawberry.input
class DataplaneInboundInput:
    """A port of the workload that the proxy listens on."""

    port: int = strawberry.field(description="The port it listens on.")
    tags: list[TagInput] | None = strawberry.field(
        default=None, description="Its tags, `kuma.io/service` among them; Kuma 3 has none."
    )
    address: str | None = strawberry.field(
        default=None, description="The address it listens on; the dataplane's own if left out."
    )
    service_port: int | None = strawberry.field(
        default=None, description="The port of the workload; the same if left out."
    )
    service_address: str | None = strawberry.field(
        default=None, description="The address of the workload."
    )
    name: str | None = strawberry.field(
        default=None, description="A name for it. Kuma 2.8 or later."
    )
    protocol: str | None = strawberry.field(
        default=None, description="What is spoken on it. Kuma 2.14 or later."
    )
    state: str | None = strawberry.field(
        default=None, description="Ready, NotReady or Ignored. Kuma 2.6 or later."
    )


@described
@strawberry.input
class OutboundBackendInput:
    """The service that an outbound leads to."""

    kind: str = strawberry.field(description="MeshService, MeshExternalService, …")
    name: str | None = strawberry.field(default=None, description="Its name.")
    port: int | None = strawberry.field(default=None, description="Its port.")
    labels: list[LabelInput] | None = strawberry.field(
        default=None, description="Labels that choose it instead of a name."
    )


@described
@strawberry.input
class DataplaneOutboundInput:
    """A local port through which the workload reaches another service."""

    port: int = strawberry.field(description="The local port.")
    address: str | None = strawberry.field(default=None, description="The local address.")
    tags: list[TagInput] | None = strawberry.field(
        default=None,
        description="The tags of the service that it leads to. Kuma before 3.",
    )
    backend_ref: OutboundBackendInput | None = strawberry.field(
        default=None,
        description="The service itself, instead of tags. Kuma 2.7 or later.",
    )


@described
@strawberry.input
class DataplaneGatewayInput:
    """That a dataplane is a gateway, and which."""

    type: str | None = strawberry.field(default=None, description="DELEGATED or BUILTIN.")
    tags: list[TagInput] = strawberry.field(description="Its tags.")


@described
@strawberry.input
class DataplaneNetworkingInput:
    """The addresses and ports of a dataplane."""

    address: str = strawberry.field(description="The address on which it listens.")
    advertised_address: str | None = strawberry.field(
        default=None,
        description="The address that other dataplanes are given instead. Kuma 1.2 to 2.",
    )
    inbounds: list[DataplaneInboundInput] | None = strawberry.field(
        default=None, description="The workload's ports."
    )
    outbounds: list[DataplaneOutboundInput] | None = strawberry.field(
        default=None, description="The ports through which the workload reaches others."
    )
    gateway: DataplaneGatewayInput | None = strawberry.field(
        default=None, description="Which gateway it is, instead of inbounds."
    )


@described
@strawberry.input
class ApplyDataplaneInput(InMesh, Whole):
    """A dataplane to create, or to replace as a whole."""

    networking: DataplaneNetworkingInput | None = strawberry.field(
        default=None, description="Its addresses and ports."
    )


PolicyInput = policy_input()


@described
@strawberry.input
class ApplyPolicyInput(InMesh, Whole):
    """A policy to create, or to replace as a whole."""

    kind: str | None = strawberry.field(
        default=None,
        description="The kind, by the upstream's own word; `policy` says it as well.",
    )
    policy: PolicyInput | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="The body, typed; what has no type is given in `spec` beside it."
    )


@described
@strawberry.input
class ApplyZoneInput(Named, Whole):
    """A zone to create, or to replace as a whole."""

    enabled: bool | None = strawberry.field(
        default=None, description="Whether it is switched on; it is, if left out."
    )


@described
@strawberry.input
class ExternalNetworkingInput:
    """Where an external service is."""

    address: str = strawberry.field(description="Its host and port, as `api.example.com:443`.")


@described
@strawberry.input
class ApplyExternalServiceInput(InMesh, Whole):
    """An external service to create, or to replace as a whole."""

    networking: ExternalNetworkingInput | None = strawberry.field(
        default=None, description="Where it is; what needs TLS is given whole in `spec`."
    )
    tags: list[TagInput] | None = strawberry.field(
        default=None, description="The tags by which it is called."
    )


@described
@strawberry.input
class ApplyResourceInput(Write):
    """A resource of any writable kind, to create or to replace as a whole."""

    resource: JSON = strawberry.field(
        description="All of it as one would PUT it: `type`, `mesh`, `name`, `labels` and the rest."
    )


@described
@strawberry.input
class DeleteInput(Named):
    """Something that stands in no mesh, to delete."""


@described
@strawberry.input
class DeleteMeshInput(Named):
    """A mesh to delete; one that has dataplanes is refused by the control plane."""


@described
@strawberry.input
class DeleteMeshScopedInput(InMesh):
    """Something that stands in a mesh, to delete."""


@described
@strawberry.input
class DeletePolicyInput(InMesh, OfKind):
    """A policy to delete."""


@described
@strawberry.input
class DeleteResourceInput(Named, OfKind):
    """A resource of any writable kind, to delete."""

    mesh: str | None = strawberry.field(
        default=None, description="The name of the mesh in which it stands, if in one."
    )
