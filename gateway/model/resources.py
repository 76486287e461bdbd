"""What control planes store, as values: each Struct reads its body from bytes and nothing more.

Field names are the upstream's in snake case. A field that an upstream leaves out has the zero value
that protobuf JSON leaves out: no text, no number, an empty list.
"""

from typing import Annotated, Any

import msgspec

from gateway.model.kinds import Kind

Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]


class ResourceKey(msgspec.Struct, frozen=True):
    """Where a resource is: which upstream, of which kind, in which mesh (None where global)."""

    upstream: str
    kind: str
    mesh: str | None
    name: str


class Wire(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A part of a body."""


class Stored(Wire, frozen=True):
    """What every stored thing says of itself."""

    name: str
    type: str = ""
    mesh: str | None = None
    creation_time: str | None = None
    modification_time: str | None = None
    labels: dict[str, str] = {}
    kri: str | None = None


class Backend(Wire, frozen=True):
    """A named backend of a mesh: of a certificate authority, of logs, traces or metrics."""

    name: str = ""
    type: str = ""


class Backends(Wire, frozen=True):
    """The backends of one purpose and which of them is in force."""

    enabled_backend: str = ""
    default_backend: str = ""
    backends: tuple[Backend, ...] = ()


class MeshRouting(Wire, frozen=True):
    """How a mesh routes by default."""

    locality_aware_load_balancing: bool = False
    zone_egress: bool = False
    default_forbid_mesh_external_service_access: bool = False


class MeshServices(Wire, frozen=True):
    """Whether MeshServices are generated and whether they replace service tags."""

    mode: str = ""


class Mesh(Stored, frozen=True):
    """A mesh: what it is made of beside its policies."""

    mtls: Backends | None = None
    logging: Backends | None = None
    tracing: Backends | None = None
    metrics: Backends | None = None
    routing: MeshRouting | None = None
    mesh_services: MeshServices | None = None


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


class Networking(Wire, frozen=True):
    """The addresses and ports of a dataplane."""

    address: str = ""
    advertised_address: str = ""
    inbound: tuple[Inbound, ...] = ()
    outbound: tuple[Outbound, ...] = ()
    gateway: Gateway | None = None
    listeners: tuple[Listener, ...] = ()


class DataplaneSpec(Wire, frozen=True):
    """What was written of a dataplane."""

    networking: Networking = Networking()


class DiscoveryCounts(Wire, frozen=True):
    """How many configurations went to a client and came back accepted or refused."""

    responses_sent: int = 0
    responses_acknowledged: int = 0
    responses_rejected: int = 0


class DiscoveryStatus(Wire, frozen=True):
    """The exchanges of one connection: of a proxy by xDS type, of a zone by kind (`stat`)."""

    last_update_time: str | None = None
    total: DiscoveryCounts = DiscoveryCounts()
    cds: DiscoveryCounts = DiscoveryCounts()
    eds: DiscoveryCounts = DiscoveryCounts()
    lds: DiscoveryCounts = DiscoveryCounts()
    rds: DiscoveryCounts = DiscoveryCounts()
    stat: dict[str, DiscoveryCounts] = {}


class Build(Wire, frozen=True):
    """The version of one component and how it was built."""

    version: str = ""
    git_tag: str = ""
    git_commit: str = ""
    build_date: str = ""
    build: str = ""
    kuma_cp_compatible: bool = False
    kuma_dp_compatible: bool = False


class Versions(Wire, frozen=True):
    """The components at the other end of a connection."""

    kuma_dp: Build | None = None
    envoy: Build | None = None
    kuma_cp: Build | None = None
    dependencies: dict[str, str] = {}


class Subscription(Wire, frozen=True):
    """One connection of a proxy or a zone to a control plane."""

    id: str = ""
    control_plane_instance_id: str = ""
    global_instance_id: str = ""
    connect_time: str | None = None
    disconnect_time: str | None = None
    status: DiscoveryStatus = DiscoveryStatus()
    version: Versions | None = None
    generation: Int32 = 0

    @property
    def open(self) -> bool:
        """Connected and not yet disconnected."""
        return self.connect_time is not None and self.disconnect_time is None


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
    def network(self) -> Networking:
        """Its networking, wherever the body keeps it."""
        return self.networking or (self.dataplane or DataplaneSpec()).networking


class ZoneSpec(Wire, frozen=True):
    """What was written of a zone; no `enabled` means enabled."""

    enabled: bool | None = None


class ZoneInsight(Wire, frozen=True):
    """A zone control plane's connections to the Global."""

    subscriptions: tuple[Subscription, ...] = ()


class Zone(Stored, frozen=True):
    """A zone, by itself or as an overview together with its insight."""

    enabled: bool | None = None
    zone: ZoneSpec | None = None
    zone_insight: ZoneInsight | None = None

    @property
    def disabled(self) -> bool:
        """Whether it was switched off; nothing said means it was not."""
        return (self.zone.enabled if self.zone else self.enabled) is False


class Counts(Wire, frozen=True):
    """How many there are, and how they are doing."""

    total: Int32 = 0
    online: Int32 = 0
    offline: Int32 = 0
    partially_degraded: Int32 = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.total + other.total,
            self.online + other.online,
            self.offline + other.offline,
            self.partially_degraded + other.partially_degraded,
        )


class KindTotal(Wire, frozen=True):
    """How many resources of one kind there are."""

    total: Int32 = 0


class DpVersions(Wire, frozen=True):
    """The versions of a mesh's proxies, counted."""

    kuma_dp: dict[str, Counts] = {}
    envoy: dict[str, Counts] = {}


class InsightMtls(Wire, frozen=True):
    """The certificate backends of a mesh's proxies, counted."""

    issued_backends: dict[str, Counts] = {}
    supported_backends: dict[str, Counts] = {}


class DataplanesByType(Wire, frozen=True):
    """A mesh's proxies, counted by what they are."""

    standard: Counts = Counts()
    gateway: Counts = Counts()
    gateway_builtin: Counts = Counts()
    gateway_delegated: Counts = Counts()


class ServiceTotals(Wire, frozen=True):
    """A mesh's services, counted."""

    total: Int32 = 0
    internal: Int32 = 0
    external: Int32 = 0


class MeshInsight(Stored, frozen=True):
    """A mesh's dataplanes, policies, services and versions, counted by the control plane."""

    last_sync: str | None = None
    dataplanes: Counts = Counts()
    dataplanes_by_type: DataplanesByType | None = None
    policies: dict[str, KindTotal] = {}
    resources: dict[str, KindTotal] = {}
    dp_versions: DpVersions = DpVersions()
    mtls: InsightMtls | None = msgspec.field(default=None, name="mTLS")
    services: ServiceTotals | None = None


class ServiceInsight(Stored, frozen=True):
    """A service as the tags of dataplanes make it."""

    status: str = ""
    dataplanes: Counts = Counts()
    issued_backends: dict[str, Int32] = {}
    service_type: str = ""
    address_port: str = ""
    zones: tuple[str, ...] = ()


class ExternalNetworking(Wire, frozen=True):
    """Where an external service is."""

    address: str = ""


class ExternalService(Stored, frozen=True):
    """A service outside of the mesh, called by tags."""

    networking: ExternalNetworking = ExternalNetworking()
    tags: dict[str, str] = {}


class Port(Wire, frozen=True):
    """A port of a service and what is spoken on it."""

    port: Int32 = 0
    target_port: Int32 | str | None = None
    name: str = ""
    app_protocol: str = ""


class DataplaneRef(Wire, frozen=True):
    """One dataplane by its name."""

    name: str = ""


class ServiceSelector(Wire, frozen=True):
    """Which dataplanes are behind a MeshService."""

    dataplane_tags: dict[str, str] = {}
    dataplane_labels: "LabelSelector | None" = None
    dataplane_ref: DataplaneRef | None = None
    mesh_service: "LabelSelector | None" = None


class LabelSelector(Wire, frozen=True):
    """Labels that all have to be there."""

    match_labels: dict[str, str] = {}


class Endpoint(Wire, frozen=True):
    """An address and port outside of the mesh."""

    address: str = ""
    port: Int32 = 0


class ExternalMatch(Wire, frozen=True):
    """What a client inside the mesh calls to reach an external service."""

    type: str = ""
    port: Int32 = 0
    protocol: str = ""


class ServiceSpec(Wire, frozen=True):
    """The specs of MeshService, MeshMultiZoneService and MeshExternalService."""

    state: str = ""
    selector: ServiceSelector = ServiceSelector()
    ports: tuple[Port, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    match: ExternalMatch | None = None


class Vip(Wire, frozen=True):
    """A virtual address inside the mesh."""

    ip: str = ""


class Hostname(Wire, frozen=True):
    """A hostname that a generator gave."""

    hostname: str = ""
    origin: str = ""


class ProxyCounts(Wire, frozen=True):
    """The dataplanes behind a service or a workload."""

    connected: Int32 = 0
    healthy: Int32 = 0
    total: Int32 = 0


class ServiceStatus(Wire, frozen=True):
    """What the control plane made of a service."""

    vip: Vip | None = None
    vips: tuple[Vip, ...] = ()
    addresses: tuple[Hostname, ...] = ()
    dataplane_proxies: ProxyCounts | None = None


class MeshService(Stored, frozen=True):
    """A MeshService, MeshMultiZoneService or MeshExternalService."""

    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


class TagSelector(Wire, frozen=True):
    """Tags that all have to match; `*` matches any value."""

    match: dict[str, str] = {}


class TargetRef(Wire, frozen=True):
    """What a policy is for, by kind and name, labels or tags."""

    kind: str = ""
    name: str | None = None
    namespace: str | None = None
    mesh: str | None = None
    section_name: str | None = None
    labels: dict[str, str] = {}
    tags: dict[str, str] = {}
    proxy_types: tuple[str, ...] = ()


class PolicySpec(Wire, frozen=True):
    """What all targetRef policies share."""

    target_ref: TargetRef | None = None


class Policy(Stored, frozen=True):
    """What all policies share: whom they are for."""

    sources: tuple[TagSelector, ...] = ()
    destinations: tuple[TagSelector, ...] = ()
    selectors: tuple[TagSelector, ...] = ()
    spec: PolicySpec = PolicySpec()


class Resource(msgspec.Struct, frozen=True):
    """A stored thing as the gateway holds it: whence, of which kind, its content and its bytes."""

    upstream: str
    kind: Kind
    content: Any
    raw: msgspec.Raw

    @property
    def key(self) -> ResourceKey:
        """Where it is."""
        return ResourceKey(self.upstream, self.kind.name, self.content.mesh, self.content.name)
