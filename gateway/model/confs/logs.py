"""Which traffic is logged and traced, and where."""

from typing import Annotated, Any

import msgspec

from gateway.model.confs.parts import (
    Connections,
    KeyValue,
    NamedBackend,
    Proxies,
    Rule,
    Target,
    Targeting,
)
from gateway.model.policies import TargetRef
from gateway.model.resources import Wire


class TrafficLog(Connections, frozen=True):
    """The body of a TrafficLog."""

    conf: Annotated[NamedBackend | None, "Where the traffic is logged."] = None


class TrafficTrace(Proxies, frozen=True):
    """The body of a TrafficTrace."""

    conf: Annotated[NamedBackend | None, "Where the dataplanes send their traces."] = None


class AccessLogFormat(Wire, frozen=True):
    """How an entry of a log is written."""

    type: Annotated[str, "Plain or Json."] = ""
    plain: Annotated[str | None, "A line with placeholders."] = None
    json: Annotated[tuple[KeyValue, ...], "The members of an object, with placeholders."] = ()
    omit_empty_values: Annotated[bool | None, "Whether members without a value are left out."] = (
        None
    )


class TcpLogBackend(Wire, frozen=True):
    """A listener for entries."""

    address: Annotated[str | None, "Its host and port."] = None
    format: Annotated[AccessLogFormat | None, "How an entry is written."] = None


class FileLogBackend(Wire, frozen=True):
    """A file on the dataplane's machine."""

    path: Annotated[str | None, "Its path."] = None
    format: Annotated[AccessLogFormat | None, "How an entry is written."] = None


class OpenTelemetryLogBackend(Wire, frozen=True):
    """An OpenTelemetry collector."""

    endpoint: Annotated[str | None, "Its host and port."] = None
    backend_ref: Annotated[TargetRef | None, "A MeshOpenTelemetryBackend; since 2.14."] = None
    attributes: Annotated[tuple[KeyValue, ...], "The attributes of an entry."] = ()
    body: Annotated[Any, "The body of an entry: a text, or any value of OTLP."] = None


class AccessLogBackend(Wire, frozen=True):
    """Where entries go: what the type names."""

    type: Annotated[str, "Tcp, File or OpenTelemetry."] = ""
    tcp: Annotated[TcpLogBackend | None, "A listener."] = None
    file: Annotated[FileLogBackend | None, "A file."] = None
    open_telemetry: Annotated[OpenTelemetryLogBackend | None, "A collector."] = None


class AccessLogConf(Wire, frozen=True):
    """Where traffic is logged."""

    backends: Annotated[tuple[AccessLogBackend, ...], "All that log it."] = ()


class MeshAccessLogTarget(Target, frozen=True):
    """Where traffic with the other side is logged."""

    default: Annotated[AccessLogConf | None, "Where."] = None


class MeshAccessLogRule(Rule, frozen=True):
    """Where traffic into the proxies is logged."""

    default: Annotated[AccessLogConf | None, "Where."] = None


class MeshAccessLog(Targeting, frozen=True):
    """The spec of a MeshAccessLog."""

    to: Annotated[tuple[MeshAccessLogTarget, ...], "Of traffic to these."] = ()
    from_: Annotated[tuple[MeshAccessLogTarget, ...], "Of traffic from these; until 3.0."] = (
        msgspec.field(name="from", default=())
    )
    rules: Annotated[tuple[MeshAccessLogRule, ...], "Of traffic into the proxies."] = ()
