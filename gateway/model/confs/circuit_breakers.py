"""Limits on connections, and when an endpoint that fails is left alone."""

from typing import Annotated

import msgspec

from gateway.model.confs.parts import Connections, Count, Duration, Rule, Target, Targeting
from gateway.model.resources import Int32, Wire


class ConsecutiveErrors(Wire, frozen=True):
    """Errors one after another."""

    consecutive: Annotated[Int32 | None, "How many; the proxy's own default if left out."] = None


class Volume(Wire, frozen=True):
    """How much there has to be before rates mean something."""

    request_volume: Annotated[Int32 | None, "How many requests of an endpoint."] = None
    minimum_hosts: Annotated[Int32 | None, "How many endpoints with so many requests."] = None


class FailureRate(Volume, frozen=True):
    """A part of failures that is too large."""

    threshold: Annotated[Int32 | None, "The percentage from which on it is."] = None


class ErrorDeviation(Volume, frozen=True):
    """A rate of success that is too far from that of the others."""

    factor: Annotated[float | None, "How many standard deviations below the mean."] = None


class CircuitBreakerDetectors(Wire, frozen=True):
    """What speaks against an endpoint."""

    total_errors: Annotated[ConsecutiveErrors | None, "Errors of every sort."] = None
    gateway_errors: Annotated[ConsecutiveErrors | None, "Statuses 502, 503 and 504."] = None
    local_errors: Annotated[ConsecutiveErrors | None, "Errors on this side of the wire."] = None
    standard_deviation: Annotated[ErrorDeviation | None, "Fewer successes than others."] = None
    failure: Annotated[FailureRate | None, "Too large a part of failures."] = None


class ConnectionLimits(Wire, frozen=True):
    """How much may be under way at once."""

    max_connections: Annotated[Count | None, "Connections."] = None
    max_pending_requests: Annotated[Count | None, "Requests that wait for a connection."] = None
    max_retries: Annotated[Count | None, "Requests that are tried again."] = None
    max_requests: Annotated[Count | None, "Requests."] = None
    max_connection_pools: Annotated[
        Count | None, "Pools of connections; of MeshCircuitBreaker."
    ] = None


class Ejection(Wire, frozen=True):
    """When an endpoint is left alone, and for how long."""

    interval: Annotated[Duration | None, "The time between looks at the endpoints."] = None
    base_ejection_time: Annotated[
        Duration | None, "How long one is left alone the first time; longer each time."
    ] = None
    max_ejection_percent: Annotated[
        Int32 | None, "The percentage of endpoints that may be left alone at once."
    ] = None
    split_external_and_local_errors: Annotated[
        bool | None, "Whether errors on this side of the wire are counted for themselves."
    ] = None


class CircuitBreakerConf(Ejection, frozen=True):
    """When an endpoint of the destinations is left alone."""

    detectors: Annotated[CircuitBreakerDetectors | None, "What speaks against an endpoint."] = None
    thresholds: Annotated[ConnectionLimits | None, "How much may be under way at once."] = None


class CircuitBreaker(Connections, frozen=True):
    """The body of a CircuitBreaker."""

    conf: Annotated[CircuitBreakerConf | None, "When an endpoint is left alone."] = None


class SuccessRate(Volume, frozen=True):
    """A rate of success that is too far from that of the others."""

    standard_deviation_factor: Annotated[
        float | None, "How many standard deviations below the mean."
    ] = None


class OutlierDetectors(Wire, frozen=True):
    """What speaks against an endpoint."""

    total_failures: Annotated[ConsecutiveErrors | None, "Failures of every sort."] = None
    gateway_failures: Annotated[ConsecutiveErrors | None, "Statuses 502, 503 and 504."] = None
    local_origin_failures: Annotated[
        ConsecutiveErrors | None, "Failures on this side of the wire."
    ] = None
    success_rate: Annotated[SuccessRate | None, "Fewer successes than others."] = None
    failure_percentage: Annotated[FailureRate | None, "Too large a part of failures."] = None


class OutlierDetection(Ejection, frozen=True):
    """When an endpoint is left alone."""

    disabled: Annotated[bool | None, "Whether it is switched off."] = None
    detectors: Annotated[OutlierDetectors | None, "What speaks against an endpoint."] = None
    healthy_panic_threshold: Annotated[
        float | None, "The percentage of healthy endpoints below which health is not looked at."
    ] = None


class MeshCircuitBreakerConf(Wire, frozen=True):
    """Limits on connections, and when an endpoint is left alone."""

    connection_limits: Annotated[ConnectionLimits | None, "How much may be under way."] = None
    outlier_detection: Annotated[OutlierDetection | None, "When an endpoint is left alone."] = None


class MeshCircuitBreakerTarget(Target, frozen=True):
    """Limits on traffic with the other side."""

    default: Annotated[MeshCircuitBreakerConf | None, "The limits."] = None


class MeshCircuitBreakerRule(Rule, frozen=True):
    """Limits on traffic into the proxies."""

    default: Annotated[MeshCircuitBreakerConf | None, "The limits."] = None


class MeshCircuitBreaker(Targeting, frozen=True):
    """The spec of a MeshCircuitBreaker."""

    to: Annotated[tuple[MeshCircuitBreakerTarget, ...], "On traffic to these."] = ()
    from_: Annotated[tuple[MeshCircuitBreakerTarget, ...], "On traffic from these; until 3.0."] = (
        msgspec.field(name="from", default=())
    )
    rules: Annotated[tuple[MeshCircuitBreakerRule, ...], "On traffic into the proxies."] = ()
