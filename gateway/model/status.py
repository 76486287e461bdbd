"""How dataplanes, services and zones are doing, by the control plane's own rules.

Source: Kuma's `dataplane_overview_helpers.go` and its insights.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol

from gateway.model.dataplanes import Dataplane, Inbound, Listener, Networking
from gateway.model.insights import Counts
from gateway.model.reach import ServiceContent
from gateway.model.services import ExternalService, MeshService, ServiceInsight
from gateway.model.subscriptions import Subscription
from gateway.model.zones import Zone


class DataplaneStatus(StrEnum):
    """How a dataplane is doing."""

    ONLINE = "ONLINE"
    PARTIALLY_DEGRADED = "PARTIALLY_DEGRADED"
    OFFLINE = "OFFLINE"
    UNKNOWN = "UNKNOWN"


class ServiceStatus(StrEnum):
    """How the dataplanes behind a service are doing."""

    ONLINE = "ONLINE"
    PARTIALLY_DEGRADED = "PARTIALLY_DEGRADED"
    OFFLINE = "OFFLINE"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    UNKNOWN = "UNKNOWN"


class ZoneStatus(StrEnum):
    """How a zone is doing."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    DISABLED = "DISABLED"
    UNKNOWN = "UNKNOWN"


def connected(subscriptions: Iterable[Subscription]) -> bool:
    """Whether any connection is open."""
    return any(one.open for one in subscriptions)


def ready(part: Inbound | Listener) -> bool:
    """Whether an inbound or a listener takes traffic; an inbound that is Ignored does too."""
    if isinstance(part, Listener):
        return part.state in {"", "Ready"}
    return part.state != "NotReady" and (part.health is None or part.health.ready)


def parts(network: Networking) -> Sequence[Inbound | Listener]:
    """Everything of a dataplane that may be ready or not."""
    return (*network.inbound, *network.listeners)


def ups(network: Networking) -> int:
    """How many of its parts are ready."""
    return sum(ready(one) for one in network.inbound) + sum(ready(one) for one in network.listeners)


class Stated(Protocol):
    """What belongs to a product that tells the status itself, or never tells it."""

    @property
    def status(self) -> str:
        """A value of DataplaneStatus, of ServiceStatus or of ZoneStatus."""


def dataplane_status(dataplane: Dataplane | Stated) -> DataplaneStatus:
    """The status of a dataplane; Kuma's is one read as an overview."""
    if not isinstance(dataplane, Dataplane):
        return DataplaneStatus(dataplane.status)
    network = dataplane.network
    insight = dataplane.dataplane_insight
    if insight is None or not connected(insight.subscriptions):
        return DataplaneStatus.OFFLINE
    if network.gateway is not None:
        return DataplaneStatus.ONLINE
    up = ups(network)
    if up == 0:
        return DataplaneStatus.OFFLINE
    whole = len(network.inbound) + len(network.listeners)
    return DataplaneStatus.ONLINE if up == whole else DataplaneStatus.PARTIALLY_DEGRADED


def status_reasons(dataplane: Dataplane) -> list[str]:
    """Why a dataplane is not online; nothing where it is."""
    network: Networking = dataplane.network
    insight = dataplane.dataplane_insight
    if insight is None or not insight.subscriptions:
        return ["the proxy has never connected to the control plane"]
    if not connected(insight.subscriptions):
        return ["the proxy is not connected to the control plane"]
    if network.gateway is not None:
        return []
    if not parts(network):
        return ["it has neither inbounds nor listeners"]
    return [reason(part) for part in parts(network) if not ready(part)]


def reason(part: Inbound | Listener) -> str:
    """Why a part that is not ready is not."""
    what = "listener" if isinstance(part, Listener) else "inbound"
    name = f" {part.name}" if part.name else ""
    why = f"its state is {part.state}" if part.state not in {"", "Ready"} else "its probe failed"
    return f"{what}{name} on port {part.port} is not ready: {why}"


def zone_status(zone: Zone | Stated) -> ZoneStatus:
    """The status of a zone; Kuma's is one read as an overview."""
    if not isinstance(zone, Zone):
        return ZoneStatus(zone.status)
    if zone.disabled:
        return ZoneStatus.DISABLED
    insight = zone.zone_insight
    up = insight is not None and connected(insight.subscriptions)
    return ZoneStatus.ONLINE if up else ZoneStatus.OFFLINE


_SERVICE: dict[str, ServiceStatus] = {
    "online": ServiceStatus.ONLINE,
    "offline": ServiceStatus.OFFLINE,
    "partially_degraded": ServiceStatus.PARTIALLY_DEGRADED,
    "not_available": ServiceStatus.NOT_AVAILABLE,
}


def service_counts(service: ServiceContent) -> Counts | None:
    """The dataplanes behind a service, None where the control plane counts none.

    A service insight counts a partially degraded one as offline; behind a MeshService, online is
    what is both connected and healthy.
    """
    if isinstance(service, ServiceInsight):
        return None if service.service_type == "external" else service.dataplanes
    proxies = service.status.dataplane_proxies if isinstance(service, MeshService) else None
    if proxies is None:
        return None
    online = min(proxies.connected, proxies.healthy)
    return Counts(total=proxies.total, online=online, offline=proxies.total - online)


def service_status(service: ServiceContent | Stated) -> ServiceStatus:
    """The status that a service insight says, or that its rule makes of a MeshService's counts."""
    if isinstance(service, ServiceInsight):
        return _SERVICE.get(service.status, ServiceStatus.UNKNOWN)
    if not isinstance(service, ExternalService | MeshService):
        return ServiceStatus(service.status)
    if isinstance(service, ExternalService) or service.spec.match is not None:
        return ServiceStatus.NOT_AVAILABLE
    counts = service_counts(service)
    if counts is None:
        return ServiceStatus.UNKNOWN
    if counts.online == 0:
        return ServiceStatus.OFFLINE
    return ServiceStatus.ONLINE if counts.offline == 0 else ServiceStatus.PARTIALLY_DEGRADED
