"""How long connections, requests and streams may last."""

from typing import Annotated

import msgspec

from gateway.model.confs.parts import Connections, Duration, Rule, Target, Targeting
from gateway.model.resources import Wire


class TcpTimeouts(Wire, frozen=True):
    """How long TCP connections may last."""

    idle_timeout: Annotated[Duration | None, "How long a connection may carry no byte."] = None


class GrpcTimeouts(Wire, frozen=True):
    """How long gRPC streams may last; newer versions take that under `http`."""

    stream_idle_timeout: Annotated[Duration | None, "How long a stream may carry nothing."] = None
    max_stream_duration: Annotated[Duration | None, "How long a stream may last."] = None


class HttpTimeouts(GrpcTimeouts, frozen=True):
    """How long HTTP requests, streams and connections may last."""

    request_timeout: Annotated[
        Duration | None, "From the end of a request to the end of its response."
    ] = None
    idle_timeout: Annotated[
        Duration | None, "How long a connection may have no active request."
    ] = None


class TimeoutConf(Wire, frozen=True):
    """How long traffic to the destinations may last."""

    connect_timeout: Annotated[Duration | None, "How long it may take to connect."] = None
    tcp: Annotated[TcpTimeouts | None, "Of TCP."] = None
    http: Annotated[HttpTimeouts | None, "Of HTTP."] = None
    grpc: Annotated[GrpcTimeouts | None, "Of gRPC."] = None


class Timeout(Connections, frozen=True):
    """The body of a Timeout."""

    conf: Annotated[TimeoutConf | None, "How long traffic to the destinations may last."] = None


class MeshTimeoutHttp(Wire, frozen=True):
    """How long HTTP requests, streams and connections may last; `0s` is for ever."""

    request_timeout: Annotated[
        Duration | None, "From the end of a request to the end of its response."
    ] = None
    request_headers_timeout: Annotated[
        Duration | None, "How long a request's headers may take to come."
    ] = None
    stream_idle_timeout: Annotated[Duration | None, "How long a stream may carry nothing."] = None
    max_stream_duration: Annotated[Duration | None, "How long a stream may last."] = None
    max_connection_duration: Annotated[Duration | None, "How long a connection may last."] = None


class MeshTimeoutConf(Wire, frozen=True):
    """How long traffic may last."""

    connection_timeout: Annotated[Duration | None, "How long it may take to connect."] = None
    idle_timeout: Annotated[Duration | None, "How long a connection may carry nothing."] = None
    http: Annotated[MeshTimeoutHttp | None, "Of HTTP."] = None


class MeshTimeoutTarget(Target, frozen=True):
    """How long traffic with the other side may last."""

    default: Annotated[MeshTimeoutConf | None, "How long it may last."] = None


class MeshTimeoutRule(Rule, frozen=True):
    """How long traffic into the proxies may last."""

    default: Annotated[MeshTimeoutConf | None, "How long it may last."] = None


class MeshTimeout(Targeting, frozen=True):
    """The spec of a MeshTimeout."""

    to: Annotated[tuple[MeshTimeoutTarget, ...], "Of traffic to these."] = ()
    from_: Annotated[tuple[MeshTimeoutTarget, ...], "Of traffic from these; until 3.0."] = (
        msgspec.field(name="from", default=())
    )
    rules: Annotated[tuple[MeshTimeoutRule, ...], "Of traffic into the proxies; since 2.10."] = ()
