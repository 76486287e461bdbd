"""Faults that are put into traffic on purpose."""

from typing import Annotated

from gateway.model.confs.parts import Connections, Duration
from gateway.model.resources import Int32, Wire


class FaultDelay(Wire, frozen=True):
    """Responses that come late."""

    percentage: Annotated[float | None, "Of how many requests."] = None
    value: Annotated[Duration | None, "How late."] = None


class FaultAbort(Wire, frozen=True):
    """Requests that are refused."""

    percentage: Annotated[float | None, "Of how many requests."] = None
    http_status: Annotated[Int32 | None, "With which status."] = None


class FaultBandwidth(Wire, frozen=True):
    """Responses that come slowly."""

    percentage: Annotated[float | None, "Of how many requests."] = None
    limit: Annotated[str | None, "How fast at most: `50mbps`, `10kbps`."] = None


class FaultInjectionConf(Wire, frozen=True):
    """Faults in traffic to the destinations."""

    delay: Annotated[FaultDelay | None, "Responses that come late."] = None
    abort: Annotated[FaultAbort | None, "Requests that are refused."] = None
    response_bandwidth: Annotated[FaultBandwidth | None, "Responses that come slowly."] = None


class FaultInjection(Connections, frozen=True):
    """The body of a FaultInjection."""

    conf: Annotated[FaultInjectionConf | None, "Which faults."] = None
