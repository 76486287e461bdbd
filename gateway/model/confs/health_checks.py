"""How a destination's endpoints are probed."""

from typing import Annotated

from gateway.model.confs.parts import (
    Connections,
    Duration,
    HeaderModifier,
    KeyValue,
    Target,
    Targeting,
)
from gateway.model.resources import Int32, Wire


class Probing(Wire, frozen=True):
    """When endpoints are probed, and what is made of it."""

    interval: Annotated[Duration | None, "The time between probes."] = None
    timeout: Annotated[Duration | None, "How long an answer may take."] = None
    unhealthy_threshold: Annotated[
        Int32 | None, "After how many bad answers in a row an endpoint is unhealthy."
    ] = None
    healthy_threshold: Annotated[
        Int32 | None, "After how many good answers in a row an endpoint is healthy."
    ] = None
    initial_jitter: Annotated[
        Duration | None, "The first probe is put off by chance, for this long at most."
    ] = None
    interval_jitter: Annotated[
        Duration | None, "An interval is made longer by chance, by this much at most."
    ] = None
    interval_jitter_percent: Annotated[
        Int32 | None, "An interval is made longer by chance, by this part of it at most."
    ] = None
    healthy_panic_threshold: Annotated[
        float | None, "The percentage of healthy endpoints below which health is not looked at."
    ] = None
    fail_traffic_on_panic: Annotated[
        bool | None, "Whether requests fail below that percentage, instead of going anywhere."
    ] = None
    event_log_path: Annotated[str | None, "A file in which the proxy logs changes of health."] = (
        None
    )
    always_log_health_check_failures: Annotated[
        bool | None, "Whether every failure is logged, and not the first alone."
    ] = None
    no_traffic_interval: Annotated[
        Duration | None, "The time between probes of what has never been called."
    ] = None
    reuse_connection: Annotated[
        bool | None, "Whether probes share a connection; they do if left out."
    ] = None


class TcpHealthCheck(Wire, frozen=True):
    """Bytes that are sent, and bytes that are awaited, in base64."""

    send: Annotated[str | None, "What is sent; no more than a connection is made if empty."] = None
    receive: Annotated[tuple[str, ...], "What has to come, in this order."] = ()


class HealthCheckHeader(Wire, frozen=True):
    """A header that a probe carries."""

    header: Annotated[KeyValue | None, "Its name and value."] = None
    append: Annotated[
        bool | None, "Whether one that is there stays beside it; true if left out."
    ] = None


class HttpHealthCheck(Wire, frozen=True):
    """A request, and the answers that are good."""

    path: Annotated[str | None, "The path that is asked for."] = None
    request_headers_to_add: Annotated[
        tuple[HealthCheckHeader, ...], "Headers that the request carries."
    ] = ()
    expected_statuses: Annotated[tuple[Int32, ...], "The statuses that are good."] = ()


class HealthCheckConf(Probing, frozen=True):
    """How the endpoints of the destinations are probed."""

    tcp: Annotated[TcpHealthCheck | None, "By bytes."] = None
    http: Annotated[HttpHealthCheck | None, "By requests."] = None


class HealthCheck(Connections, frozen=True):
    """The body of a HealthCheck."""

    conf: Annotated[HealthCheckConf | None, "How endpoints are probed."] = None


class MeshTcpHealthCheck(TcpHealthCheck, frozen=True):
    """Bytes that are sent, and bytes that are awaited, in base64."""

    disabled: Annotated[bool | None, "Whether it is switched off."] = None


class MeshHttpHealthCheck(Wire, frozen=True):
    """A request, and the answers that are good."""

    disabled: Annotated[bool | None, "Whether it is switched off."] = None
    path: Annotated[str | None, "The path that is asked for."] = None
    request_headers_to_add: Annotated[
        HeaderModifier | None, "Headers that the request carries."
    ] = None
    expected_statuses: Annotated[tuple[Int32, ...], "The statuses that are good."] = ()


class MeshGrpcHealthCheck(Wire, frozen=True):
    """A call of gRPC's own health service."""

    disabled: Annotated[bool | None, "Whether it is switched off."] = None
    service_name: Annotated[str | None, "The service that is asked for."] = None
    authority: Annotated[str | None, "The call's `:authority`; the cluster's if left out."] = None


class MeshHealthCheckConf(Probing, frozen=True):
    """How endpoints are probed."""

    tcp: Annotated[MeshTcpHealthCheck | None, "By bytes."] = None
    http: Annotated[MeshHttpHealthCheck | None, "By requests."] = None
    grpc: Annotated[MeshGrpcHealthCheck | None, "By calls."] = None


class MeshHealthCheckTarget(Target, frozen=True):
    """How the endpoints of one destination are probed."""

    default: Annotated[MeshHealthCheckConf | None, "How they are probed."] = None


class MeshHealthCheck(Targeting, frozen=True):
    """The spec of a MeshHealthCheck."""

    to: Annotated[tuple[MeshHealthCheckTarget, ...], "Of these."] = ()
