"""What the writes of NGINX Service Mesh take."""

from enum import StrEnum

import strawberry

from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.inputs import Write
from gateway.schema.nginx_service_mesh.config import (
    AccessControlMode,
    CaKeyType,
    ErrorLogLevel,
    LoadBalancingMethod,
    LogFormat,
    MtlsMode,
    TracingBackend,
)


class Op(StrEnum):
    """What is done to a field, as the mesh spells it."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


NginxPatchOp = enum(
    Op,
    "NginxPatchOp",
    "What is done to a field of a mesh's configuration.",
    {
        "ADD": "Values are put into a list.",
        "REMOVE": "Values are taken out of a list; an empty one means all.",
        "REPLACE": "A value takes the place of another.",
    },
)


@described
@strawberry.input
class NginxMtlsInput:
    """Whether and how sidecars prove who they are."""

    mode: MtlsMode | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="Whether they do."
    )
    ca_ttl: str | None = strawberry.field(
        default=None, description="How long the authority's key is used: `24h` to `999999h`."
    )
    svid_ttl: str | None = strawberry.field(
        default=None, description="How long a workload's certificate is valid: `1h`, `30m`."
    )
    ca_key_type: CaKeyType | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="The authority's key."
    )


@described
@strawberry.input
class NginxInjectionInput:
    """Which Pods are given a sidecar by themselves, as releases before 1.6 spell it."""

    is_auto_inject_enabled: bool | None = strawberry.field(
        default=None, description="Whether Pods are."
    )
    enabled_namespaces: list[str] | None = strawberry.field(
        default=None, description="Where they are while it is off."
    )
    disabled_namespaces: list[str] | None = strawberry.field(
        default=None, description="Where they are not while it is on."
    )


@described
@strawberry.input
class NginxTracingInput:
    """Where traces go in releases before telemetry; an empty object means nowhere."""

    sample_rate: float | None = strawberry.field(
        default=None, description="The share of requests that are traced, from 0 to 1."
    )
    backend: TracingBackend | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="What takes them; with its address."
    )
    backend_address: str | None = strawberry.field(default=None, description="Where that is.")


@described
@strawberry.input
class NginxOtlpExporterInput:
    """An OpenTelemetry collector."""

    host: str = strawberry.field(description="Its host.")
    port: int = strawberry.field(description="Its port, from 1 to 65535.")


@described
@strawberry.input
class NginxTelemetryInput:
    """Where traces go; an empty object means nowhere."""

    sampler_ratio: float | None = strawberry.field(
        default=None, description="The share of requests that are traced, from 0 to 1."
    )
    otlp: NginxOtlpExporterInput | None = strawberry.field(
        default=None, description="The collector that takes them."
    )


@described
@strawberry.input
class NginxMeshConfigInput:
    """The fields of a mesh's configuration that may be changed; null is the same as left out."""

    access_control_mode: AccessControlMode | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="What holds where no TrafficTarget speaks."
    )
    client_max_body_size: str | None = strawberry.field(
        default=None, description="The largest request body: `1m`, `64k`; `0` is any size."
    )
    enabled_namespaces: list[str] | None = strawberry.field(
        default=None,
        description="Where Pods are injected while `isAutoInjectEnabled` is off; from 1.6 on.",
    )
    injection: NginxInjectionInput | None = strawberry.field(
        default=None, description="Which Pods are injected, in releases before 1.6."
    )
    is_auto_inject_enabled: bool | None = strawberry.field(
        default=None, description="Whether Pods are injected by themselves; from 1.6 on."
    )
    load_balancing_method: LoadBalancingMethod | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="How requests are spread."
    )
    mtls: NginxMtlsInput | None = strawberry.field(
        default=None, description="Whether and how sidecars prove who they are."
    )
    nginx_error_log_level: ErrorLogLevel | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="The least level that sidecars log."
    )
    nginx_log_format: LogFormat | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="The form of the lines that sidecars log."
    )
    prometheus_address: str | None = strawberry.field(
        default=None, description="The Prometheus of traffic metrics; empty is none."
    )
    telemetry: NginxTelemetryInput | None = strawberry.field(
        default=None, description="Where traces go."
    )
    tracing: NginxTracingInput | None = strawberry.field(
        default=None, description="Where traces go in releases before telemetry."
    )


@described
@strawberry.input
class NginxMeshConfigPatchInput:
    """One step of a change; they are taken in their order."""

    op: NginxPatchOp = strawberry.field(  # type: ignore[valid-type]
        description="What is done. What ADD and REMOVE do is documented for namespaces alone."
    )
    field: NginxMeshConfigInput = strawberry.field(description="To which fields, with what.")


@described
@strawberry.input
class PatchMeshConfigInput(Write):
    """Changes of a mesh's configuration."""

    patches: list[NginxMeshConfigPatchInput] = strawberry.field(
        description="The changes. Whether the mesh takes all of them or none is not documented."
    )
    any_operation: bool = strawberry.field(
        default=False,
        description="Send ADD and REMOVE for any field, whatever the mesh makes of that.",
    )


@described
@strawberry.input
class InjectSidecarInput(Write):
    """A manifest whose workloads are to be given a sidecar."""

    manifest: str = strawberry.field(
        description="Kubernetes objects as YAML, of one document or many, or as JSON; 512 KiB "
        "at most."
    )
    ignore_incoming_ports: list[int] | None = strawberry.field(
        default=None, description="Ports whose incoming traffic the sidecar leaves alone."
    )
    ignore_outgoing_ports: list[int] | None = strawberry.field(
        default=None, description="Ports whose outgoing traffic the sidecar leaves alone."
    )
