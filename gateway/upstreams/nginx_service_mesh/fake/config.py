"""The configuration of an imitated mesh: as its chart installs it, and what a patch makes of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

JSONObject = dict[str, Any]
Release = tuple[int, int, int]

PORTS: Final = {
    "incoming": 8888,
    "incomingGrpc": 8891,
    "incomingGrpcPermissive": 8893,
    "incomingNotInKeyval": 8903,
    "incomingPermissive": 8890,
    "incomingRedirect": 8901,
    "incomingTcp": 8904,
    "incomingTcpDeny": 8905,
    "incomingTcpPermissive": 8907,
    "incomingUdp": 8909,
    "metrics": 8887,
    "outgoing": 8889,
    "outgoingDefaultEgress": 8894,
    "outgoingGrpc": 8892,
    "outgoingNotInKeyval": 8902,
    "outgoingRedirect": 8900,
    "outgoingTcp": 8906,
    "outgoingUdp": 8908,
    "plusApi": 8886,
    "redirectHealthPort": 8895,
    "redirectHealthPortHTTPS": 8896,
}
PATCHABLE: Final = frozenset(
    (
        "accessControlMode",
        "prometheusAddress",
        "isAutoInjectEnabled",
        "enabledNamespaces",
        "loadBalancingMethod",
        "nginxErrorLogLevel",
        "nginxLogFormat",
        "clientMaxBodySize",
        "mtls",
        "injection",
        "tracing",
        "telemetry",
    )
)


def installed(release: Release) -> JSONObject:
    """What the chart of a release installs, its values untouched."""
    # The chart of 1.2.1 installed the images of 1.2.0.
    tag = "1.2.0" if release[:2] == (1, 2) else ".".join(map(str, release))
    registry = "docker-registry.nginx.com/nsm"
    old = release < (1, 5, 0)
    found: JSONObject = {
        "accessControlMode": "allow",
        "api": {"address": "nginx-mesh-api.nginx-mesh", "containerPort": 8443, "port": 443},
        "autoInjectorPort": 9443,
        "injection": {
            "disabledNamespaces": [],
            "enabledNamespaces": [],
            "isAutoInjectEnabled": True,
        },
        "loadBalancingMethod": "least_time",
        "namespace": "nginx-mesh",
        "nginxErrorLogLevel": "warn",
        "nginxLogFormat": "default",
        "prometheusAddress": "prometheus.nginx-mesh.svc.cluster.local:9090" if old else "",
        "proxy": {
            "ports": {
                name: port
                for name, port in PORTS.items()
                if release >= (1, 4, 0) or not name.endswith("Udp")
            },
            "transparent": False,
        },
        "registryKeyName": "",
        "sidecarImage": {
            "image": f"{registry}/nginx-mesh-sidecar:{tag}",
            "name": "nginx-mesh-sidecar",
        },
        "sidecarInitImage": {
            "image": f"{registry}/nginx-mesh-init:{tag}",
            "name": "nginx-mesh-init",
        },
        "tracing": {},
        "trustDomain": "example.org",
    }
    mode = "permissive"
    if old:
        found["mtlsMode"] = mode
        found["tracing"] = {
            "backend": "jaeger",
            "backendAddress": "jaeger.nginx-mesh.svc.cluster.local:6831",
            "isEnabled": True,
            "sampleRate": 0.01,
        }
    if release >= (1, 3, 0):
        identity = {"caKeyType": "ec-p256", "caTTL": "720h", "mode": mode, "svidTTL": "1h"}
        found |= {"environment": "kubernetes", "mtls": identity}
    if release >= (1, 4, 0):
        found |= {"isUDPEnabled": False, "telemetry": {}}
    if release >= (1, 5, 0):
        found["clientMaxBodySize"] = "1m"
    if release >= (1, 6, 0):
        found |= {"isAutoInjectEnabled": True, "enabledNamespaces": []}
    return found


def patched(config: JSONObject, op: str, field: Mapping[str, Any]) -> JSONObject:
    """A configuration after one step of a patch; injection is kept in step with what is flat."""
    found = _merged(config, op, field)
    nested = found["injection"]
    for name in ("isAutoInjectEnabled", "enabledNamespaces"):
        if name not in config:
            continue
        if name in field:
            nested = {**nested, name: found[name]}
        elif name in field.get("injection", {}):
            found[name] = nested[name]
    found["injection"] = nested
    return found


def _merged(config: JSONObject, op: str, field: Mapping[str, Any]) -> JSONObject:
    found = dict(config)
    for name, value in field.items():
        held = found.get(name)
        if isinstance(value, dict):
            found[name] = _merged(held if value and isinstance(held, dict) else {}, op, value)
        elif isinstance(value, list):
            found[name] = _listed(op, held or [], value)
        else:
            found[name] = value
    return found


def _listed(op: str, held: Sequence[str], given: Sequence[str]) -> list[str]:
    match op:
        case "add":
            return list(dict.fromkeys((*held, *given)))
        case "remove" if given:
            return [one for one in held if one not in given]
        case _:
            return list(given)


def refusal(config: JSONObject, *, circuit_breakers: bool) -> str | None:
    """Why a configuration is refused, in the words of 1.7; None where it is not."""
    on, tracing = config.get("isAutoInjectEnabled"), config.get("tracing") or {}
    backend, address = tracing.get("backend"), tracing.get("backendAddress")
    told = None
    if on and config.get("enabledNamespaces"):
        told = "enabled namespaces should not be set when auto injection is enabled"
    elif on is False and config["injection"].get("disabledNamespaces"):
        told = "disabled namespaces should not be set when auto injection is disabled"
    elif circuit_breakers and "random" in config["loadBalancingMethod"]:
        told = "load balancing method cannot be random when CircuitBreaker resources exist"
    elif address and not backend:
        told = "if tracing.backendAddress is specified tracing.backend must also be specified"
    elif address and (config.get("telemetry") or {}).get("exporters"):
        told = (
            "tracing and telemetry cannot both be enabled. Either set 'tracing.isEnabled' to "
            "'false', set 'tracing' to an empty object, or set 'telemetry' to an empty object"
        )
    elif backend and not address:
        told = "if tracing.backend is specified tracing.backendAddress must also be specified"
    return told and f"invalid configuration: {told}"
