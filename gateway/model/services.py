"""Services, in each of Kuma's generations."""

from gateway.model.insights import Counts
from gateway.model.resources import Int32, Stored, Wire


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
