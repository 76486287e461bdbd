"""The status of a dataplane by the control plane's own rule; it is counted and never served."""

from typing import Any, Literal

from gateway.upstreams.kuma.fake.connections import is_connected

Status = Literal["online", "offline", "partiallyDegraded"]


def _listens(inbound: dict[str, Any]) -> bool:
    if "health" in inbound and not inbound["health"].get("ready", False):
        return False
    return inbound.get("state") != "NotReady"


def is_ready(dataplane: dict[str, Any]) -> bool:
    """Whether any inbound or listener is ready, which a gateway needs not have."""
    networking = dataplane.get("networking", {})
    return "gateway" in networking or _counted(networking)[0] > 0


def _counted(networking: dict[str, Any]) -> tuple[int, int]:
    inbounds, listeners = networking.get("inbound", []), networking.get("listeners", [])
    ready = sum(map(_listens, inbounds))
    ready += sum(1 for one in listeners if one.get("state", "Ready") == "Ready")
    return ready, len(inbounds) + len(listeners)


def status(dataplane: dict[str, Any], insight: dict[str, Any] | None) -> Status:
    """Online, offline or between, from a dataplane's inbounds and its streams."""
    if insight is None or not is_connected(insight):
        return "offline"
    networking = dataplane.get("networking", {})
    if "gateway" in networking:
        return "online"
    ready, total = _counted(networking)
    if ready == 0:
        return "offline"
    return "online" if ready == total else "partiallyDegraded"
