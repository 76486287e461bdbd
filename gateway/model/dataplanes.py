"""A dataplane: its addresses and ports, and what the control plane knows of its proxy."""

import msgspec

from gateway.model.resources import Int32, Stored, Wire
from gateway.model.subscriptions import Subscription


class Health(Wire, frozen=True):
    """What a health probe said; `{}` on the wire is not ready."""

    ready: bool = False


class Inbound(Wire, frozen=True):
    """A port of the workload that the proxy listens on."""

    port: Int32 = 0
    address: str = ""
    service_port: Int32 = 0
    service_address: str = ""
    name: str = ""
    protocol: str = ""
    state: str = ""
    health: Health | None = None
    tags: dict[str, str] = {}


class BackendRef(Wire, frozen=True):
    """The service that an outbound leads to, where it names one instead of tags."""

    kind: str = ""
    name: str = ""
    labels: dict[str, str] = {}
    port: Int32 = 0


class Outbound(Wire, frozen=True):
    """A local port through which the workload reaches another service."""

    port: Int32 = 0
    address: str = ""
    tags: dict[str, str] = {}
    backend_ref: BackendRef | None = None


class Gateway(Wire, frozen=True):
    """That a dataplane is a gateway, and which."""

    type: str = ""
    tags: dict[str, str] = {}


class Listener(Wire, frozen=True):
    """A zone proxy's listener inside a dataplane."""

    type: str = ""
    address: str = ""
    port: Int32 = 0
    name: str = ""
    state: str = ""


class TransparentProxying(Wire, frozen=True):
    """That traffic is redirected to the proxy, which then has outbounds that nobody wrote."""


class Networking(Wire, frozen=True):
    """The addresses and ports of a dataplane."""

    address: str = ""
    advertised_address: str = ""
    inbound: tuple[Inbound, ...] = ()
    outbound: tuple[Outbound, ...] = ()
    gateway: Gateway | None = None
    listeners: tuple[Listener, ...] = ()
    transparent_proxying: TransparentProxying | None = None


class DataplaneSpec(Wire, frozen=True):
    """What was written of a dataplane."""

    networking: Networking = Networking()


class DataplaneMtls(Wire, frozen=True):
    """The certificate that a dataplane was given."""

    certificate_expiration_time: str | None = None
    last_certificate_regeneration: str | None = None
    certificate_regenerations: Int32 = 0
    issued_backend: str = ""
    supported_backends: tuple[str, ...] = ()


class DataplaneInsight(Wire, frozen=True):
    """A dataplane's connections to the control plane, and its certificate."""

    subscriptions: tuple[Subscription, ...] = ()
    mtls: DataplaneMtls | None = msgspec.field(default=None, name="mTLS")


class Dataplane(Stored, frozen=True):
    """A dataplane, by itself or as an overview together with its insight."""

    networking: Networking | None = None
    dataplane: DataplaneSpec | None = None
    dataplane_insight: DataplaneInsight | None = None

    @property
    def is_overview(self) -> bool:
        """Whether it was read together with its insight."""
        return self.dataplane is not None

    @property
    def host(self) -> str | None:
        """The host on which it runs, where hosts are zones: Kuma knows none."""
        return None

    @property
    def network(self) -> Networking:
        """Its networking, wherever the body keeps it."""
        return self.networking or (self.dataplane or DataplaneSpec()).networking

    @property
    def tag_sets(self) -> list[dict[str, str]]:
        """The tags of each inbound, and of the gateway."""
        network = self.network
        found = [one.tags for one in network.inbound]
        return [*found, network.gateway.tags] if network.gateway else found
