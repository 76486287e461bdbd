"""The services of an NGINX Service Mesh, and the workloads that carry its sidecar."""

from typing import ClassVar

import msgspec

from gateway.model.dataplanes import Networking
from gateway.model.resources import Int32, Stored, Wire
from gateway.model.status import DataplaneStatus, ServiceStatus


class Port(Wire, frozen=True):
    """A port of a service and what is spoken on it."""

    port: Int32 = 0
    protocol: str = ""


class Listed(Wire, frozen=True):
    """A service as `/services` lists it."""

    name: str
    namespace: str = ""
    addresses: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    service_ip: str = msgspec.field(default="", name="serviceIP")


class Service(Stored, frozen=True):
    """A service of the mesh; its name here is its namespace and its own name."""

    listed: Listed = Listed("")
    status: ClassVar = ServiceStatus.UNKNOWN


class Workload(Stored, frozen=True):
    """What carries a sidecar, as `/resources` names it: never how its proxies are doing."""

    namespace: str = ""
    workload_kind: str = ""
    workload_name: str = ""
    status: ClassVar = DataplaneStatus.UNKNOWN
    host: ClassVar = None
    tag_sets: ClassVar[list[dict[str, str]]] = []
    network: ClassVar = Networking()
    dataplane_insight: ClassVar = None
