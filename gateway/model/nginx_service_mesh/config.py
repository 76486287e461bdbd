"""The configuration of an NGINX Service Mesh, of which older releases have less.

Source: MeshConfig of the API document of 1.7, the charts from 1.2 on, the resource of 2.0.
"""

from enum import StrEnum

import msgspec

from gateway.model.resources import Int32, Stored, Wire


class AccessControlMode(StrEnum):
    """What holds where no TrafficTarget speaks."""

    ALLOW = "allow"
    DENY = "deny"
    UNKNOWN = ""


class Environment(StrEnum):
    """In what the control plane is installed."""

    KUBERNETES = "kubernetes"
    OPENSHIFT = "openshift"
    UNKNOWN = ""


class LoadBalancingMethod(StrEnum):
    """How requests are spread over a service's endpoints."""

    ROUND_ROBIN = "round_robin"
    LEAST_CONN = "least_conn"
    LEAST_TIME = "least_time"
    LEAST_TIME_LAST_BYTE = "least_time last_byte"
    LEAST_TIME_LAST_BYTE_INFLIGHT = "least_time last_byte inflight"
    RANDOM = "random"
    RANDOM_TWO = "random two"
    RANDOM_TWO_LEAST_CONN = "random two least_conn"
    RANDOM_TWO_LEAST_TIME = "random two least_time"
    RANDOM_TWO_LEAST_TIME_LAST_BYTE = "random two least_time=last_byte"
    UNKNOWN = ""


class MtlsMode(StrEnum):
    """Whether proxies prove to each other who they are."""

    OFF = "off"
    PERMISSIVE = "permissive"
    STRICT = "strict"
    UNKNOWN = ""


class CaKeyType(StrEnum):
    """The key of the certificate authority."""

    EC_P256 = "ec-p256"
    EC_P384 = "ec-p384"
    RSA_2048 = "rsa-2048"
    RSA_4096 = "rsa-4096"
    UNKNOWN = ""


class ErrorLogLevel(StrEnum):
    """The least level that proxies log."""

    DEBUG = "debug"
    INFO = "info"
    NOTICE = "notice"
    WARN = "warn"
    ERROR = "error"
    CRIT = "crit"
    ALERT = "alert"
    EMERG = "emerg"
    UNKNOWN = ""


class LogFormat(StrEnum):
    """The form of the lines that proxies log."""

    DEFAULT = "default"
    JSON = "json"
    UNKNOWN = ""


class TracingBackend(StrEnum):
    """To what releases before telemetry send their traces."""

    ZIPKIN = "zipkin"
    JAEGER = "jaeger"
    DATADOG = "datadog"
    UNKNOWN = ""


class Api(Wire, frozen=True):
    """Where the mesh's own API listens."""

    address: str = ""
    port: Int32 | None = None
    container_port: Int32 | None = None


class Proxy(Wire, frozen=True):
    """What all sidecars have in common."""

    ports: dict[str, Int32] = {}
    transparent: bool | None = None


class Image(Wire, frozen=True):
    """A container's image."""

    name: str = ""
    image: str = ""


class Mtls(Wire, frozen=True):
    """Whether and how proxies prove who they are."""

    mode: str | None = None
    ca_ttl: str | None = msgspec.field(default=None, name="caTTL")
    svid_ttl: str | None = msgspec.field(default=None, name="svidTTL")
    ca_key_type: str | None = None


class Injection(Wire, frozen=True):
    """Which Pods are given a sidecar by themselves."""

    is_auto_inject_enabled: bool | None = None
    enabled_namespaces: tuple[str, ...] | None = None
    disabled_namespaces: tuple[str, ...] | None = None


class Tracing(Wire, frozen=True):
    """Where traces went before there was telemetry; `isEnabled` is of 1.4 and before."""

    is_enabled: bool | None = None
    sample_rate: float | None = None
    backend: str | None = None
    backend_address: str | None = None


class Otlp(Wire, frozen=True):
    """An OpenTelemetry collector."""

    host: str = ""
    port: Int32 = 0


class Exporters(Wire, frozen=True):
    """To whom telemetry goes."""

    otlp: Otlp | None = None


class Telemetry(Wire, frozen=True):
    """Where traces go, and how many of them."""

    sampler_ratio: float | None = None
    exporters: Exporters | None = None


class Config(Wire, frozen=True):
    """A mesh's configuration, whatever release spells it."""

    access_control_mode: str | None = None
    api: Api | None = None
    auto_injector_port: Int32 | None = None
    client_max_body_size: str | None = None
    enabled_namespaces: tuple[str, ...] | None = None
    environment: str | None = None
    injection: Injection | None = None
    is_auto_inject_enabled: bool | None = None
    is_udp_enabled: bool | None = msgspec.field(default=None, name="isUDPEnabled")
    load_balancing_method: str | None = None
    mtls: Mtls | None = None
    mtls_mode: str | None = None
    namespace: str | None = None
    nginx_error_log_level: str | None = None
    nginx_lb_method: str | None = msgspec.field(default=None, name="nginxLBMethod")
    nginx_log_format: str | None = None
    prometheus_address: str | None = None
    proxy: Proxy | None = None
    registry_key_name: str | None = None
    sidecar_image: Image | None = None
    sidecar_init_image: Image | None = None
    telemetry: Telemetry | None = None
    tracing: Tracing | None = None
    trust_domain: str | None = None

    @property
    def method(self) -> str | None:
        """The load balancing method: 2.0 has another word for it."""
        return self.load_balancing_method or self.nginx_lb_method

    @property
    def identity(self) -> Mtls | None:
        """mTLS as one shape: up to 1.4 the mode stands by itself."""
        if self.mtls_mode is None:
            return self.mtls
        found = self.mtls or Mtls()
        return found if found.mode else msgspec.structs.replace(found, mode=self.mtls_mode)

    @property
    def injected(self) -> Injection | None:
        """Injection as one shape: the flat members of 1.6 and later before the nested ones."""
        flat, listed = self.is_auto_inject_enabled, self.enabled_namespaces
        if self.injection is None and flat is None and listed is None:
            return None
        nested = self.injection or Injection()
        return Injection(
            nested.is_auto_inject_enabled if flat is None else flat,
            nested.enabled_namespaces if listed is None else listed,
            nested.disabled_namespaces,
        )

    @property
    def disagrees(self) -> bool:
        """Whether the flat members and the nested ones say different things of injection."""
        nested = self.injection or Injection()
        both = (
            (self.is_auto_inject_enabled, nested.is_auto_inject_enabled),
            (self.enabled_namespaces, nested.enabled_namespaces),
        )
        return any(None not in pair and pair[0] != pair[1] for pair in both)


class Mesh(Stored, frozen=True):
    """One install: its name is that of the namespace in which its control plane runs."""

    config: Config = Config()
    generation: str = ""
    """How it is asked: 1.3, 1.4 or 2.0, as the settings call it."""
