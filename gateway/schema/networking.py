"""The addresses and ports of a dataplane."""

import strawberry

from gateway.model import dataplanes as model
from gateway.model.status import ready
from gateway.schema.described import described
from gateway.schema.resources import Label, Tag, tags


@described
@strawberry.type
class DataplaneInbound:
    """A port of the workload that the proxy listens on."""

    content: strawberry.Private[model.Inbound]

    @strawberry.field
    def name(self) -> str | None:
        """Its name, where it has one."""
        return self.content.name or None

    @strawberry.field
    def address(self) -> str | None:
        """The address it listens on; null for the dataplane's own."""
        return self.content.address or None

    @strawberry.field
    def port(self) -> int:
        """The port it listens on."""
        return self.content.port

    @strawberry.field
    def service_address(self) -> str | None:
        """The address of the workload; null for the dataplane's own."""
        return self.content.service_address or None

    @strawberry.field
    def service_port(self) -> int | None:
        """The port of the workload; null for the same as `port`."""
        return self.content.service_port or None

    @strawberry.field
    def protocol(self) -> str | None:
        """What is spoken on it: the field, or the tag `kuma.io/protocol`."""
        return self.content.protocol or self.content.tags.get("kuma.io/protocol")

    @strawberry.field
    def state(self) -> str:
        """Ready, NotReady or Ignored, as the control plane says; it leaves out Ready."""
        return self.content.state or "Ready"

    @strawberry.field
    def ready(self) -> bool:
        """Whether it takes traffic, by its state and its probe."""
        return ready(self.content)

    @strawberry.field
    def tags(self) -> list[Tag]:
        """Its tags."""
        return tags(self.content.tags)


@described
@strawberry.type
class OutboundBackend:
    """The service that an outbound leads to."""

    kind: str = strawberry.field(description="MeshService, MeshExternalService, …")
    name: str | None = strawberry.field(description="Its name.")
    port: int | None = strawberry.field(description="Its port.")
    labels: list[Label] = strawberry.field(description="Labels that choose it instead of a name.")


@described
@strawberry.type
class DataplaneOutbound:
    """A local port through which the workload reaches another service."""

    content: strawberry.Private[model.Outbound]

    @strawberry.field
    def address(self) -> str | None:
        """The local address; null for 127.0.0.1."""
        return self.content.address or None

    @strawberry.field
    def port(self) -> int:
        """The local port."""
        return self.content.port

    @strawberry.field
    def tags(self) -> list[Tag]:
        """The tags of the service that it leads to."""
        return tags(self.content.tags)

    @strawberry.field
    def backend_ref(self) -> OutboundBackend | None:
        """The service that it leads to, where it names one instead of tags."""
        found = self.content.backend_ref
        if found is None:
            return None
        return OutboundBackend(
            kind=found.kind,
            name=found.name or None,
            port=found.port or None,
            labels=[Label(key=k, value=v) for k, v in sorted(found.labels.items())],
        )


@described
@strawberry.type
class DataplaneGateway:
    """That a dataplane is a gateway, and which."""

    type: str = strawberry.field(description="DELEGATED or BUILTIN.")
    tags: list[Tag] = strawberry.field(description="Its tags.")


@described
@strawberry.type
class DataplaneListener:
    """A zone proxy's listener inside a dataplane."""

    type: str = strawberry.field(description="ZoneIngress or ZoneEgress.")
    name: str | None = strawberry.field(description="Its name.")
    address: str | None = strawberry.field(description="The address it listens on.")
    port: int = strawberry.field(description="The port it listens on.")
    state: str = strawberry.field(description="Ready or NotReady.")


@described
@strawberry.type
class DataplaneNetworking:
    """The addresses and ports of a dataplane."""

    content: strawberry.Private[model.Networking]

    @strawberry.field
    def address(self) -> str | None:
        """The address on which it listens."""
        return self.content.address or None

    @strawberry.field
    def advertised_address(self) -> str | None:
        """The address that other dataplanes are given instead."""
        return self.content.advertised_address or None

    @strawberry.field
    def inbounds(self) -> list[DataplaneInbound]:
        """The workload's ports."""
        return [DataplaneInbound(content=one) for one in self.content.inbound]

    @strawberry.field
    def outbounds(self) -> list[DataplaneOutbound]:
        """The ports through which the workload reaches others."""
        return [DataplaneOutbound(content=one) for one in self.content.outbound]

    @strawberry.field
    def gateway(self) -> DataplaneGateway | None:
        """Which gateway it is; null where it is none."""
        found = self.content.gateway
        if found is None:
            return None
        return DataplaneGateway(type=found.type or "DELEGATED", tags=tags(found.tags))

    @strawberry.field
    def listeners(self) -> list[DataplaneListener]:
        """The zone proxies that it carries."""
        return [
            DataplaneListener(
                type=one.type,
                name=one.name or None,
                address=one.address or None,
                port=one.port,
                state=one.state or "Ready",
            )
            for one in self.content.listeners
        ]
