"""The configuration of an NGINX Service Mesh: every field of it, typed."""

from enum import Enum
from typing import TypeVar

import strawberry

from gateway.model.nginx_service_mesh import config as model
from gateway.schema.described import described
from gateway.schema.enums import enum

_UNKNOWN = {"UNKNOWN": "Another one, which `raw` shows; never given."}
AccessControlMode = enum(
    model.AccessControlMode,
    "NginxAccessControlMode",
    "What holds for traffic of which no TrafficTarget speaks.",
    {"ALLOW": "It is let through.", "DENY": "It is refused.", **_UNKNOWN},
)
Environment = enum(
    model.Environment,
    "NginxEnvironment",
    "In what a mesh is installed.",
    {"KUBERNETES": "Kubernetes.", "OPENSHIFT": "OpenShift.", **_UNKNOWN},
)
LoadBalancingMethod = enum(
    model.LoadBalancingMethod,
    "NginxLoadBalancingMethod",
    "How requests are spread over a service's endpoints.",
    {
        "ROUND_ROBIN": "One after another.",
        "LEAST_CONN": "To the one with the fewest connections.",
        "LEAST_TIME": "To the fastest, by the time to the first byte.",
        "LEAST_TIME_LAST_BYTE": "To the fastest, by the time to the last byte.",
        "LEAST_TIME_LAST_BYTE_INFLIGHT": "The same, with requests under way counted.",
        "RANDOM": "To any; not beside a CircuitBreaker.",
        "RANDOM_TWO": "To the better of any two; not beside a CircuitBreaker.",
        "RANDOM_TWO_LEAST_CONN": "Of any two, to the one with the fewer connections.",
        "RANDOM_TWO_LEAST_TIME": "Of any two, to the faster, by the first byte.",
        "RANDOM_TWO_LEAST_TIME_LAST_BYTE": "Of any two, to the faster, by the last byte.",
        **_UNKNOWN,
    },
)
MtlsMode = enum(
    model.MtlsMode,
    "NginxMtlsMode",
    "Whether sidecars prove to each other who they are.",
    {
        "OFF": "They do not.",
        "PERMISSIVE": "They do, and take plain traffic as well.",
        "STRICT": "They do, and take no other traffic.",
        **_UNKNOWN,
    },
)
CaKeyType = enum(
    model.CaKeyType,
    "NginxCaKeyType",
    "The key of the mesh's certificate authority.",
    {
        "EC_P256": "Elliptic curve P-256.",
        "EC_P384": "Elliptic curve P-384.",
        "RSA_2048": "RSA with 2048 bits.",
        "RSA_4096": "RSA with 4096 bits.",
        **_UNKNOWN,
    },
)
ErrorLogLevel = enum(
    model.ErrorLogLevel,
    "NginxErrorLogLevel",
    "The least level that sidecars log.",
    {
        "DEBUG": "Everything.",
        "INFO": "What may be of use.",
        "NOTICE": "What is worth a look.",
        "WARN": "What may be wrong.",
        "ERROR": "What failed.",
        "CRIT": "What is critical.",
        "ALERT": "What has to be acted on.",
        "EMERG": "What makes the proxy useless.",
        **_UNKNOWN,
    },
)
LogFormat = enum(
    model.LogFormat,
    "NginxLogFormat",
    "The form of the lines that sidecars log.",
    {"DEFAULT": "NGINX's own.", "JSON": "An object for each.", **_UNKNOWN},
)
TracingBackend = enum(
    model.TracingBackend,
    "NginxTracingBackend",
    "What takes the traces of releases before telemetry.",
    {"ZIPKIN": "Zipkin.", "JAEGER": "Jaeger.", "DATADOG": "Datadog.", **_UNKNOWN},
)
E = TypeVar("E", bound=Enum)


def value(cls: type[E], text: str | None) -> E | None:
    """A word as its enum; UNKNOWN where that has no such word, null where nothing is said."""
    if not text:
        return None
    return next((one for one in cls if one.value == text), cls["UNKNOWN"])


@described
@strawberry.type
class NginxMeshApi:
    """Where a mesh's own API listens."""

    address: str = strawberry.field(description="Its name inside of the cluster.")
    port: int | None = strawberry.field(description="The port of its Service.")
    container_port: int | None = strawberry.field(description="The port of its container.")


@described
@strawberry.type
class NginxProxyPort:
    """A port that every sidecar listens on."""

    name: str = strawberry.field(description="What it is for, by the mesh's own word.")
    port: int = strawberry.field(description="The port.")


@described
@strawberry.type
class NginxProxy:
    """What all sidecars have in common."""

    ports: list[NginxProxyPort] = strawberry.field(description="The ports they listen on.")
    transparent: bool | None = strawberry.field(
        description="Whether they let all traffic through as it is."
    )


@described
@strawberry.type
class NginxImage:
    """A container's image."""

    name: str = strawberry.field(description="The container's name.")
    image: str = strawberry.field(description="The image, with its tag.")


@described
@strawberry.type
class NginxMtls:
    """Whether and how sidecars prove who they are."""

    content: strawberry.Private[model.Mtls]

    @strawberry.field
    def mode(self) -> MtlsMode | None:  # type: ignore[valid-type]
        """Whether they do; up to 1.4 it was called `mtlsMode`."""
        return value(model.MtlsMode, self.content.mode)

    @strawberry.field
    def ca_ttl(self) -> str | None:
        """How long the authority's key is used, in hours: `720h`."""
        return self.content.ca_ttl or None

    @strawberry.field
    def svid_ttl(self) -> str | None:
        """How long a workload's certificate is valid, in hours or minutes: `1h`."""
        return self.content.svid_ttl or None

    @strawberry.field
    def ca_key_type(self) -> CaKeyType | None:  # type: ignore[valid-type]
        """The authority's key."""
        return value(model.CaKeyType, self.content.ca_key_type)


@described
@strawberry.type
class NginxInjection:
    """Which Pods are given a sidecar by themselves; old and new spellings read as one."""

    is_auto_inject_enabled: bool | None = strawberry.field(
        description="Whether Pods are, in all namespaces but those that are disabled."
    )
    enabled_namespaces: list[str] = strawberry.field(
        description="The namespaces in which they are, while it is off everywhere else."
    )
    disabled_namespaces: list[str] = strawberry.field(
        description="The namespaces in which they are not, while it is on everywhere else."
    )
    disagrees: bool = strawberry.field(
        description="Whether the mesh says another thing in `injection` than beside it, as 1.6 "
        "and 1.7 may; then what stands beside is shown."
    )


@described
@strawberry.type
class NginxTracing:
    """Where traces go in releases before telemetry."""

    content: strawberry.Private[model.Tracing]

    @strawberry.field
    def is_enabled(self) -> bool | None:
        """Whether they go anywhere; 1.4 and before."""
        return self.content.is_enabled

    @strawberry.field
    def sample_rate(self) -> float | None:
        """The share of requests that are traced, from 0 to 1."""
        return self.content.sample_rate

    @strawberry.field
    def backend(self) -> TracingBackend | None:  # type: ignore[valid-type]
        """What takes them."""
        return value(model.TracingBackend, self.content.backend)

    @strawberry.field
    def backend_address(self) -> str | None:
        """Where that is."""
        return self.content.backend_address or None


@described
@strawberry.type
class NginxOtlpExporter:
    """An OpenTelemetry collector."""

    host: str = strawberry.field(description="Its host.")
    port: int = strawberry.field(description="Its port.")


@described
@strawberry.type
class NginxTelemetry:
    """Where traces go, and how many of them; from 1.4 on."""

    sampler_ratio: float | None = strawberry.field(
        description="The share of requests that are traced, from 0 to 1."
    )
    otlp: NginxOtlpExporter | None = strawberry.field(
        description="The collector that takes them; null where none does."
    )


def image(found: model.Image | None) -> NginxImage | None:
    """The view of an image."""
    return NginxImage(name=found.name, image=found.image) if found else None


@described
@strawberry.type
class NginxMeshConfig:
    """A mesh's configuration; what its release does not have is null."""

    content: strawberry.Private[model.Config]

    @strawberry.field
    def access_control_mode(self) -> AccessControlMode | None:  # type: ignore[valid-type]
        """What holds for traffic of which no TrafficTarget speaks."""
        return value(model.AccessControlMode, self.content.access_control_mode)

    @strawberry.field
    def api(self) -> NginxMeshApi | None:
        """Where the mesh's own API listens."""
        found = self.content.api
        if found is None:
            return None
        return NginxMeshApi(
            address=found.address, port=found.port, container_port=found.container_port
        )

    @strawberry.field
    def auto_injector_port(self) -> int | None:
        """The port of the webhook that injects sidecars."""
        return self.content.auto_injector_port

    @strawberry.field
    def client_max_body_size(self) -> str | None:
        """The largest request body that sidecars take: `1m`; `0` is any size. From 1.5 on."""
        return self.content.client_max_body_size or None

    @strawberry.field
    def environment(self) -> Environment | None:  # type: ignore[valid-type]
        """In what the mesh is installed; from 1.3 on."""
        return value(model.Environment, self.content.environment)

    @strawberry.field
    def injection(self) -> NginxInjection | None:
        """Which Pods are given a sidecar by themselves."""
        found = self.content.injected
        if found is None:
            return None
        return NginxInjection(
            is_auto_inject_enabled=found.is_auto_inject_enabled,
            enabled_namespaces=list(found.enabled_namespaces or ()),
            disabled_namespaces=list(found.disabled_namespaces or ()),
            disagrees=self.content.disagrees,
        )

    @strawberry.field
    def is_udp_enabled(self) -> bool | None:
        """Whether sidecars carry UDP; from 1.4 on."""
        return self.content.is_udp_enabled

    @strawberry.field
    def load_balancing_method(self) -> LoadBalancingMethod | None:  # type: ignore[valid-type]
        """How requests are spread over a service's endpoints."""
        return value(model.LoadBalancingMethod, self.content.method)

    @strawberry.field
    def mtls(self) -> NginxMtls | None:
        """Whether and how sidecars prove who they are."""
        found = self.content.identity
        return NginxMtls(content=found) if found else None

    @strawberry.field
    def namespace(self) -> str | None:
        """The namespace of the mesh's control plane."""
        return self.content.namespace

    @strawberry.field
    def nginx_error_log_level(self) -> ErrorLogLevel | None:  # type: ignore[valid-type]
        """The least level that sidecars log."""
        return value(model.ErrorLogLevel, self.content.nginx_error_log_level)

    @strawberry.field
    def nginx_log_format(self) -> LogFormat | None:  # type: ignore[valid-type]
        """The form of the lines that sidecars log."""
        return value(model.LogFormat, self.content.nginx_log_format)

    @strawberry.field
    def prometheus_address(self) -> str | None:
        """The Prometheus that traffic metrics are read from; null where none is."""
        return self.content.prometheus_address or None

    @strawberry.field
    def proxy(self) -> NginxProxy | None:
        """What all sidecars have in common."""
        found = self.content.proxy
        if found is None:
            return None
        ports = [NginxProxyPort(name=k, port=v) for k, v in sorted(found.ports.items())]
        return NginxProxy(ports=ports, transparent=found.transparent)

    @strawberry.field
    def registry_key_name(self) -> str | None:
        """The secret with which images are pulled; null where none is needed."""
        return self.content.registry_key_name or None

    @strawberry.field
    def sidecar_image(self) -> NginxImage | None:
        """The image of the sidecar."""
        return image(self.content.sidecar_image)

    @strawberry.field
    def sidecar_init_image(self) -> NginxImage | None:
        """The image that prepares a Pod for its sidecar."""
        return image(self.content.sidecar_init_image)

    @strawberry.field
    def telemetry(self) -> NginxTelemetry | None:
        """Where traces go."""
        found = self.content.telemetry
        if found is None:
            return None
        otlp = found.exporters.otlp if found.exporters else None
        return NginxTelemetry(
            sampler_ratio=found.sampler_ratio,
            otlp=NginxOtlpExporter(host=otlp.host, port=otlp.port) if otlp else None,
        )

    @strawberry.field
    def tracing(self) -> NginxTracing | None:
        """Where traces go in releases before telemetry; deprecated by the mesh."""
        return NginxTracing(content=self.content.tracing) if self.content.tracing else None

    @strawberry.field
    def trust_domain(self) -> str | None:
        """The name under which the mesh's identities stand."""
        return self.content.trust_domain or None
